//! What a page shows of a cell: which of its parts, and its stored outputs as text or as a figure.
//!
//! It honours the same tags as Jupyter's own converters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::cli::notebook::course::Cell;
use crate::cli::outcome::{MimeBundle, Output, Stream};

/// One output below a cell.
pub enum Shown {
    Text { stream: Option<Stream>, text: String },
    Figure(Figure),
    Html(String),
    Markdown(String),
}

/// An image file.
pub struct Figure {
    pub mime: &'static str,
    pub ending: &'static str,
    pub bytes: Vec<u8>,
    /// The alternative text.
    pub alt: String,
}

impl Figure {
    pub fn as_data_uri(&self) -> String {
        format!("data:{};base64,{}", self.mime, STANDARD.encode(&self.bytes))
    }
}

/// Whether pages leave out this part of the cell.
pub fn hides(cell: &Cell, part: Part) -> bool {
    let names: &[&str] = match part {
        Part::Cell => &["remove-cell", "remove_cell", "hide-cell"],
        Part::Input => &["remove-input", "remove_input", "hide-input"],
        Part::Output => &["remove-output", "remove_output", "hide-output"],
    };
    cell.tags.iter().any(|tag| names.contains(&tag.as_str()))
}

#[derive(Clone, Copy)]
pub enum Part {
    Cell,
    Input,
    Output,
}

/// The stored outputs in order, each in the richest form that a page can show.
pub fn outputs(cell: &Cell) -> Vec<Shown> {
    let mut shown: Vec<Shown> = cell.outputs.iter().map(output).collect();
    if let Some(error) = &cell.stored_error {
        shown.push(Shown::Text { stream: Some(Stream::Stderr), text: plain(error) });
    }
    shown
}

fn output(output: &Output) -> Shown {
    match output {
        Output::Stream { stream, text } => Shown::Text { stream: Some(*stream), text: plain(text) },
        Output::Rich { data, .. } => bundle(data),
    }
}

fn bundle(data: &MimeBundle) -> Shown {
    let alt = data.get("text/plain").map(|text| text.trim().to_string()).unwrap_or_else(|| "figure".into());
    if let Some(svg) = data.get("image/svg+xml") {
        let bytes = svg.clone().into_bytes();
        return Shown::Figure(Figure { mime: "image/svg+xml", ending: "svg", bytes, alt });
    }
    for (mime, ending) in [("image/png", "png"), ("image/jpeg", "jpg"), ("image/gif", "gif"), ("image/webp", "webp")] {
        let encoded = data.get(mime).map(|text| text.split_whitespace().collect::<String>());
        if let Some(bytes) = encoded.and_then(|encoded| STANDARD.decode(encoded).ok()) {
            return Shown::Figure(Figure { mime, ending, bytes, alt });
        }
    }
    if let Some(html) = data.get("text/html") {
        return Shown::Html(html.clone());
    }
    if let Some(markdown) = data.get("text/markdown") {
        return Shown::Markdown(markdown.clone());
    }
    let text = data.get("text/plain").or_else(|| data.values().next()).cloned().unwrap_or_default();
    Shown::Text { stream: None, text: plain(&text) }
}

/// The text without escape sequences for terminals.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Text for HTML, also within an attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
