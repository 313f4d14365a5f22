//! A notebook as one Markdown page: prose unchanged but for its addresses, code and outputs fenced.
//!
//! Figures and attachments become files in `NAME_files/` beside the page, and data URIs if the page goes to stdout.

mod rewrite;

use std::path::Path;

use super::addresses::{Addresses, Pages, Place};
use super::beside::Beside;
use super::language::Fold;
use super::parts::{Part, Parts};
use super::sanitize::clean;
use super::shown::{File, Shown, file_name, formula};
use super::{Exported, Source, language, screen, shown};
use crate::cli::files::folder_of;
use crate::cli::notebook::course::{Cell, CellKind};

pub fn page(source: &Source, output: Option<&Path>, pages: &Pages, trusts: bool) -> Exported {
    let place = match output.and_then(Path::file_stem) {
        Some(stem) => Place::Beside(Beside::new(&stem.to_string_lossy())),
        None => Place::Inside,
    };
    let mut addresses = Addresses::new(source, pages, place);
    // Local pictures stay where they are, if the page's folder is theirs.
    let same = |output: &Path| {
        std::path::absolute(folder_of(output)).ok().and_then(|it| it.canonicalize().ok())
            == source.folder.canonicalize().ok()
    };
    addresses.keeps_local = output.is_none_or(same);
    let mut page = Page { source, addresses, language: language::of(source), trusts };
    let blocks: Vec<String> =
        source.shown_cells().into_iter().map(|(at, cell, parts)| page.cell(at, cell, &parts)).collect();
    let blocks: Vec<String> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
    let Addresses { place, notes, .. } = page.addresses;
    let beside = match place {
        Place::Beside(beside) => beside.files,
        Place::Inside => Vec::new(),
    };
    Exported { beside, notes, ..Exported::single(blocks.join("\n\n") + "\n") }
}

struct Page<'a> {
    source: &'a Source,
    addresses: Addresses<'a>,
    language: String,
    trusts: bool,
}

impl Page<'_> {
    fn cell(&mut self, at: usize, cell: &Cell, parts: &Parts) -> String {
        self.addresses.of_cell(at);
        let block = match cell.kind {
            CellKind::Markdown => self.prose(&cell.source),
            CellKind::Code => self.code(at, cell, parts),
            CellKind::Raw => match self.source.raw_format(at) {
                Some("markdown") => self.prose(&cell.source),
                Some("html") => self.html(&cell.source),
                _ => fenced("", &cell.source),
            },
        };
        self.folded(parts.cell, Fold::Cell, block)
    }

    fn prose(&mut self, markdown: &str) -> String {
        rewrite::addresses(markdown, &mut self.addresses).trim_end().to_string()
    }

    fn folded(&self, part: Part, what: Fold, block: String) -> String {
        let words = what.words(&self.language);
        part.applied(block, |block| format!("<details>\n<summary>{words}</summary>\n\n{block}\n\n</details>"))
    }

    fn code(&mut self, at: usize, cell: &Cell, parts: &Parts) -> String {
        let code = if cell.source.is_empty() { String::new() } else { fenced(self.source.language(), &cell.source) };
        let mut blocks = vec![self.folded(parts.input, Fold::Code, code)];
        if parts.outputs != Part::Removed {
            let shown = shown::outputs(cell, self.source.cell(at), parts);
            let outputs: Vec<String> = shown
                .into_iter()
                .enumerate()
                .map(|(nth, shown)| self.output(shown, &format!("{}-{}", file_name(&cell.id), nth + 1)))
                .filter(|block| !block.is_empty())
                .collect();
            blocks.push(self.folded(parts.outputs, Fold::Output, outputs.join("\n\n")));
        }
        blocks.retain(|block| !block.is_empty());
        blocks.join("\n\n")
    }

    fn output(&mut self, shown: Shown, name: &str) -> String {
        match shown {
            Shown::Text { text, .. } => fenced("text", &screen::plain(&text)),
            Shown::Markdown(text) => self.prose(&text),
            Shown::Html(html) => self.html(&html),
            Shown::Plotly(_) => LEFT_OUT.into(),
            Shown::Latex(latex) => format!("$$\n{}\n$$", formula(&latex)),
            Shown::Figure(figure) => {
                let alt = figure.alt.replace('\n', " ").replace(['[', ']', '<', '>'], "");
                format!("![{alt}]({})", self.file(figure, name))
            }
            Shown::File(file) => match file.label() {
                label if matches!(self.addresses.place, Place::Beside(_)) => {
                    format!("[{label}]({})", self.file(file, name))
                }
                label => format!("({label})"),
            },
        }
    }

    /// The address of a figure or of another file, as Markdown writes it.
    fn file(&mut self, file: File, name: &str) -> String {
        match &mut self.addresses.place {
            Place::Beside(beside) => rewrite::destination(&beside.add(&format!("{name}.{}", file.ending), file.bytes)),
            Place::Inside => file.as_data_uri(),
        }
    }

    /// HTML as one block, which an empty line would end.
    fn html(&mut self, html: &str) -> String {
        let mut html = html.to_owned();
        if !self.trusts {
            let clean = clean(&html);
            if clean.was_active {
                self.addresses.note("scripts and event handlers are taken out; `--trust` keeps them".into());
                if !rewrite::shows_something(&clean.html) {
                    return LEFT_OUT.into();
                }
            }
            html = clean.html;
        }
        let html = self.addresses.applied(&html);
        format!("<div>\n{}\n</div>", rewrite::without_empty_lines(&html))
    }
}

/// In place of a figure that only a script can draw.
const LEFT_OUT: &str = "*(A figure that needs a script is left out.)*";

/// The text in a fence longer than any inside.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}
