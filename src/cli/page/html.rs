//! A notebook as one self-contained HTML page: no font and no network of its own, and no script.
//!
//! HTML of the notebook that could act is taken out of prose, and put into a sandboxed frame below a cell; `--trust`
//! leaves it in line.

use super::addresses::{Addresses, Pages, Place};
use super::language::Fold;
use super::parts::{Part, Parts};
use super::sanitize::clean;
use super::shown::{Shown, escaped, formula};
use super::{Exported, Source, frame, language, mathml, prose, screen, shown};
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::outcome::Stream;
use crate::cli::terminal::shown::visible;

/// The style sheet of a page.
pub const STYLE: &str = include_str!("page.css");

pub fn page(source: &Source, pages: &Pages, trusts: bool) -> Exported {
    let cells = cells(source, pages, trusts);
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
        language::of(source),
        escaped(&visible(&source.title())),
        cells.html.iter().map(|(_, html)| html.as_str()).collect::<String>()
    );
    Exported { notes: cells.notes, ..Exported::single(text) }
}

/// The cells of a page: the place of each in its notebook, and its HTML.
pub struct Cells {
    pub html: Vec<(usize, String)>,
    /// What the author should know.
    pub notes: Vec<String>,
}

/// All cells that a page shows.
pub fn cells(source: &Source, pages: &Pages, trusts: bool) -> Cells {
    let mut page = Page {
        source,
        addresses: Addresses::new(source, pages, Place::Inside),
        language: language::of(source),
        trusts,
    };
    let shown: Vec<(usize, &Cell, Parts)> = source.shown_cells();
    // All headings have their ids before the first link is read.
    let prose: Vec<String> = shown
        .iter()
        .map(|(at, cell, _)| match cell.kind {
            CellKind::Markdown => prose::html(&cell.source, &mut page.addresses.anchors),
            CellKind::Raw if source.raw_format(*at) == Some("markdown") => {
                prose::html(&cell.source, &mut page.addresses.anchors)
            }
            _ => String::new(),
        })
        .collect();
    let cells = shown.iter().zip(prose).map(|((at, cell, parts), prose)| (*at, page.cell(*at, cell, parts, prose)));
    // Browsers show nothing for what a terminal would obey.
    let acts = |c: char| c.is_control() && c != '\n' && c != '\t';
    let html = cells.map(|(at, html)| (at, html.replace(acts, "\u{fffd}"))).collect();
    Cells { html, notes: page.addresses.notes }
}

struct Page<'a> {
    source: &'a Source,
    addresses: Addresses<'a>,
    language: String,
    trusts: bool,
}

impl Page<'_> {
    fn cell(&mut self, at: usize, cell: &Cell, parts: &Parts, prose: String) -> String {
        self.addresses.of_cell(at);
        let id =
            if self.addresses.anchors.has(&cell.id) { String::new() } else { format!(" id=\"{}\"", escaped(&cell.id)) };
        let html = match cell.kind {
            CellKind::Markdown => format!("<section{id}>\n{}</section>\n", self.prose(&prose)),
            CellKind::Raw => match self.source.raw_format(at) {
                Some("markdown") => format!("<section{id}>\n{}</section>\n", self.prose(&prose)),
                Some("html") => format!("<section{id}>\n{}</section>\n", self.html(&cell.source)),
                _ => format!("<pre class=\"raw\"{id}>{}</pre>\n", escaped(&cell.source)),
            },
            CellKind::Code => format!("<section class=\"cell\"{id}>\n{}</section>\n", self.code_cell(at, cell, parts)),
        };
        self.folded(parts.cell, Fold::Cell, html)
    }

    fn folded(&self, part: Part, what: Fold, html: String) -> String {
        let words = what.words(&self.language);
        part.applied(html, |html| format!("<details>\n<summary>{words}</summary>\n{html}</details>\n"))
    }

    fn code_cell(&mut self, at: usize, cell: &Cell, parts: &Parts) -> String {
        let source = cell.source.replace("\r\n", "\n");
        let source = visible(&source);
        let code = match self.source.language() {
            "rust" => format!("<pre class=\"rust\"><code>{}</code></pre>\n", prose::code(&source)),
            _ => format!("<pre><code>{}</code></pre>\n", escaped(&source)),
        };
        let input = if cell.source.is_empty() { String::new() } else { self.folded(parts.input, Fold::Code, code) };
        if parts.outputs == Part::Removed {
            return input;
        }
        let shown = shown::outputs(cell, self.source.cell(at), parts);
        let outputs = shown.into_iter().map(|shown| self.output(shown)).collect();
        input + &self.folded(parts.outputs, Fold::Output, outputs)
    }

    fn output(&mut self, shown: Shown) -> String {
        match shown {
            Shown::Text { stream, text } => {
                let class = if stream == Some(Stream::Stderr) { "output stderr" } else { "output" };
                format!("<pre class=\"{class}\">{}</pre>\n", screen::html(text.trim_end_matches('\n')))
            }
            Shown::Figure(figure) => {
                format!("<img class=\"figure\" src=\"{}\" alt=\"{}\">\n", figure.as_data_uri(), escaped(&figure.alt))
            }
            Shown::Html(html) => self.html(&html),
            Shown::Plotly(json) if self.trusts => format!("<div class=\"output paper\">{}</div>\n", frame::plot(&json)),
            Shown::Plotly(json) => frame::around(&frame::plot(&json)),
            Shown::Markdown(markdown) => {
                let html = prose::html(&markdown, &mut self.addresses.anchors);
                format!("<div class=\"output\">{}</div>\n", self.prose(&html))
            }
            Shown::Latex(latex) => {
                let html = mathml::render(formula(&latex), true);
                format!("<div class=\"output\">{}</div>\n", self.prose(&html))
            }
            Shown::File(file) => format!(
                "<p class=\"output\"><a href=\"{}\" download=\"{}\">{}</a></p>\n",
                escaped(&file.as_data_uri()),
                escaped(&file.alt),
                escaped(&file.label())
            ),
        }
    }

    /// HTML of an output or of a raw cell: in line if it only shows something.
    fn html(&mut self, html: &str) -> String {
        let class = if frame::has_colours(html) { "output paper" } else { "output" };
        if self.trusts {
            return format!("<div class=\"{class}\">{}</div>\n", self.addresses.applied(html));
        }
        let clean = clean(html);
        if !clean.was_active {
            return format!("<div class=\"{class}\">{}</div>\n", self.addresses.applied(&clean.html));
        }
        self.addresses.note("HTML with scripts is in a frame of its own; `--trust` puts it in line".into());
        frame::around(&self.addresses.applied(html))
    }

    /// Prose without what could act, and with its addresses.
    fn prose(&mut self, html: &str) -> String {
        let mut html = html.to_owned();
        if !self.trusts {
            let clean = clean(&html);
            if clean.was_active {
                let what = "scripts, event handlers and `javascript:` links are taken out; `--trust` keeps them";
                self.addresses.note(what.into());
            }
            html = clean.html;
        }
        self.addresses.applied(&html)
    }
}
