//! A notebook as one self-contained HTML page: no script, no font, no network.
//!
//! HTML in prose and outputs is not sanitized, as in Jupyter's own converter: read a stranger's notebook before you
//! publish its page.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

pub use super::shown::escaped;
use super::shown::{Part, Shown};
use super::{Source, mathml, shown};
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::outcome::Stream;
use crate::cli::terminal::highlight;

pub const PAGE_STYLE: &str = include_str!("page.css");

pub fn page(source: &Source) -> String {
    let title = source.notebook.title().unwrap_or_else(|| source.name.clone());
    let body: String = (0..source.notebook.cells.len()).map(|at| cell(source, at)).collect();
    format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(&title.replace(['*', '`'], ""))
    )
}

/// One cell of a page; nothing for a hidden one.
pub fn cell(source: &Source, at: usize) -> String {
    let (cell, attachments) = (&source.notebook.cells[at], &source.cell(at)["attachments"]);
    if shown::hides(cell, Part::Cell) {
        return String::new();
    }
    let id = escaped(&cell.id);
    match cell.kind {
        CellKind::Markdown => format!("<section id=\"{id}\">\n{}</section>\n", prose(&cell.source, attachments)),
        CellKind::Raw => format!("<pre class=\"raw\" id=\"{id}\">{}</pre>\n", escaped(&cell.source)),
        CellKind::Code => format!("<section class=\"cell\" id=\"{id}\">\n{}</section>\n", code_cell(cell)),
    }
}

fn code_cell(cell: &Cell) -> String {
    let mut html = String::new();
    if !shown::hides(cell, Part::Input) {
        html += &format!("<pre class=\"rust\"><code>{}</code></pre>\n", code(&cell.source));
    }
    if !shown::hides(cell, Part::Output) {
        html.extend(shown::outputs(cell).into_iter().map(output));
    }
    html
}

fn output(shown: Shown) -> String {
    match shown {
        Shown::Text { stream, text } => {
            let class = if stream == Some(Stream::Stderr) { "output stderr" } else { "output" };
            format!("<pre class=\"{class}\">{}</pre>\n", escaped(text.trim_end_matches('\n')))
        }
        Shown::Figure(figure) => {
            format!("<img class=\"figure\" src=\"{}\" alt=\"{}\">\n", figure.as_data_uri(), escaped(&figure.alt))
        }
        Shown::Html(html) => format!("<div class=\"output\">{html}</div>\n"),
        Shown::Markdown(markdown) => prose(&markdown, &serde_json::Value::Null),
    }
}

/// Prose as HTML, formulas as MathML, `attachment:` images from the cell.
fn prose(markdown: &str, attachments: &serde_json::Value) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_MATH | Options::ENABLE_STRIKETHROUGH;
    let options = options | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES;
    let mut in_rust = false;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::InlineMath(latex) => Event::InlineHtml(mathml::render(&latex, false).into()),
        Event::DisplayMath(latex) => Event::InlineHtml(mathml::render(&latex, true).into()),
        Event::Start(Tag::CodeBlock(kind)) => {
            in_rust = matches!(&kind, CodeBlockKind::Fenced(language) if language.starts_with("rust"));
            Event::Start(Tag::CodeBlock(kind))
        }
        Event::End(TagEnd::CodeBlock) => {
            in_rust = false;
            Event::End(TagEnd::CodeBlock)
        }
        Event::Text(text) if in_rust => Event::InlineHtml(code(&text).into()),
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let dest_url = attached(&dest_url, attachments).map_or(dest_url, CowStr::from);
            Event::Start(Tag::Image { link_type, dest_url, title, id })
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = page_of(&dest_url).map_or(dest_url, CowStr::from);
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        other => other,
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// Links to other notebooks, such as `02-relu.ipynb`, become links to their pages.
fn page_of(link: &str) -> Option<String> {
    let (path, place) = link.split_once('#').map_or((link, ""), |(path, _)| (path, &link[path.len()..]));
    let stem = path.strip_suffix(".ipynb").filter(|stem| !stem.contains(':') && !stem.starts_with('/'))?;
    Some(format!("{stem}.html{place}"))
}

fn attached(link: &str, attachments: &serde_json::Value) -> Option<String> {
    let bundle = attachments[link.strip_prefix("attachment:")?].as_object()?;
    let (mime, data) = bundle.iter().next()?;
    Some(format!("data:{mime};base64,{}", data.as_str()?.split_whitespace().collect::<String>()))
}

/// Rust with a `<span>` around each coloured token.
pub fn code(rust: &str) -> String {
    let pieces = highlight::pieces(rust).into_iter();
    let html = pieces.map(|(kind, text)| match kind.class() {
        Some(class) => format!("<span class=\"{class}\">{}</span>", escaped(text)),
        None => escaped(text),
    });
    html.collect()
}
