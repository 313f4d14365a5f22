//! What a page shows of a cell: its stored outputs as text, figures, HTML or files.
//!
//! Which parts of a cell are shown is in `parts`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::parts::Parts;
use crate::cli::notebook::course::Cell;
use crate::cli::outcome::{MimeBundle, Output, Stream};

/// One output below a cell.
pub enum Shown {
    /// As the cell wrote it, with colours and carriage returns.
    Text {
        stream: Option<Stream>,
        text: String,
    },
    Figure(File),
    Html(String),
    Markdown(String),
    Latex(String),
    /// The data of a Plotly figure.
    Plotly(String),
    /// Neither text nor a picture.
    File(File),
}

/// A file within an output.
pub struct File {
    pub mime: String,
    pub ending: String,
    pub bytes: Vec<u8>,
    /// The text in its place.
    pub alt: String,
}

impl File {
    pub fn as_data_uri(&self) -> String {
        format!("data:{};base64,{}", self.mime, STANDARD.encode(&self.bytes))
    }

    /// `application/pdf, 12 kB`
    pub fn label(&self) -> String {
        let size = self.bytes.len();
        let size = if size < 1000 { format!("{size} bytes") } else { format!("{} kB", size.div_ceil(1000)) };
        format!("{}, {size}", self.mime)
    }
}

/// The stored outputs in order, each in the richest form that a page can show.
pub fn outputs(cell: &Cell, json: &Value, parts: &Parts) -> Vec<Shown> {
    let kept = cell.outputs.iter().filter(|output| match output {
        Output::Stream { stream, .. } => parts.shows(*stream),
        Output::Rich { .. } => true,
    });
    let mut shown: Vec<Shown> = kept.map(output).collect();
    if let Some(error) = &cell.stored_error {
        let stored =
            json["outputs"].as_array().and_then(|outputs| outputs.iter().find(|it| it["traceback"].is_array()));
        let lines = stored.and_then(|error| error["traceback"].as_array()).into_iter().flatten();
        let trace: Vec<&str> = lines.filter_map(Value::as_str).collect();
        let text = if trace.is_empty() { error.clone() } else { trace.join("\n") };
        shown.push(Shown::Text { stream: Some(Stream::Stderr), text });
    }
    shown
}

fn output(output: &Output) -> Shown {
    match output {
        Output::Stream { stream, text } => Shown::Text { stream: Some(*stream), text: text.clone() },
        Output::Rich { data, .. } => bundle(data),
    }
}

const PICTURES: [(&str, &str); 6] = [
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/avif", "avif"),
    ("image/bmp", "bmp"),
];

fn bundle(data: &MimeBundle) -> Shown {
    let alt = data.get("text/plain").map(|text| text.trim().to_string()).unwrap_or_else(|| "figure".into());
    if let Some(svg) = data.get("image/svg+xml") {
        let bytes = svg.clone().into_bytes();
        return Shown::Figure(File { mime: "image/svg+xml".into(), ending: "svg".into(), bytes, alt });
    }
    for (mime, ending) in PICTURES {
        if let Some(bytes) = data.get(mime).and_then(|text| bytes_of(text)) {
            return Shown::Figure(File { mime: mime.into(), ending: ending.into(), bytes, alt });
        }
    }
    if let Some(html) = data.get("text/html") {
        return Shown::Html(html.clone());
    }
    if let Some(plotly) = data.get("application/vnd.plotly.v1+json") {
        return Shown::Plotly(plotly.clone());
    }
    if let Some(markdown) = data.get("text/markdown") {
        return Shown::Markdown(markdown.clone());
    }
    if let Some(latex) = data.get("text/latex") {
        return Shown::Latex(latex.clone());
    }
    let text = |text: &str| Shown::Text { stream: None, text: text.to_owned() };
    if let Some(plain) = data.get("text/plain") {
        return text(plain);
    }
    let Some((mime, content)) = data.iter().next() else { return text("") };
    let subtype = mime.rsplit(['/', '.', '+']).next().unwrap_or_default();
    let is_text = mime.starts_with("text/") || ["json", "xml", "javascript"].contains(&subtype);
    match bytes_of(content).filter(|_| !is_text) {
        Some(bytes) => {
            let ending: String = subtype.chars().filter(char::is_ascii_alphanumeric).collect();
            let alt = format!("output.{ending}");
            Shown::File(File { mime: mime.clone(), ending, bytes, alt })
        }
        None => text(content),
    }
}

fn bytes_of(base64: &str) -> Option<Vec<u8>> {
    STANDARD.decode(base64.split_whitespace().collect::<String>()).ok().filter(|bytes| !bytes.is_empty())
}

/// The LaTeX of an output without its fences.
pub fn formula(latex: &str) -> &str {
    let latex = latex.trim();
    let fences = [
        ("$$", "$$"),
        ("$", "$"),
        (r"\[", r"\]"),
        (r"\(", r"\)"),
        (r"\begin{equation}", r"\end{equation}"),
        (r"\begin{equation*}", r"\end{equation*}"),
        (r"\begin{math}", r"\end{math}"),
        (r"\begin{displaymath}", r"\end{displaymath}"),
    ];
    let bare = fences.iter().find_map(|(begin, end)| latex.strip_prefix(begin)?.strip_suffix(end));
    bare.unwrap_or(latex).trim().trim_start_matches(r"\displaystyle").trim()
}

/// A cell id made safe for a file name.
pub fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
}

/// Text for HTML, also within an attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
