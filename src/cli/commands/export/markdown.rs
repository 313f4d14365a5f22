//! A notebook as one Markdown page: prose unchanged, code and outputs fenced.
//!
//! Figures become files in `NAME_files/` beside the page, or data URIs if the page goes to stdout.

use std::path::{Path, PathBuf};

use super::shown::{Figure, Part, Shown};
use super::{Exported, Source, shown};
use crate::cli::notebook::course::{Cell, CellKind};

pub fn page(source: &Source, output: Option<&Path>) -> Exported {
    let stem = output.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let mut page = Page { folder: stem.map(|stem| format!("{stem}_files")), beside: Vec::new(), blocks: Vec::new() };
    for cell in source.notebook.cells.iter().filter(|cell| !shown::hides(cell, Part::Cell)) {
        match cell.kind {
            CellKind::Markdown => page.blocks.push(cell.source.trim_end().to_string()),
            CellKind::Code => page.code(cell),
            CellKind::Raw => page.blocks.push(fenced("", &cell.source)),
        }
    }
    page.blocks.retain(|block| !block.is_empty());
    Exported { text: page.blocks.join("\n\n") + "\n", main: None, beside: page.beside }
}

struct Page {
    /// Where figures go; `None` embeds them.
    folder: Option<String>,
    beside: Vec<(PathBuf, Vec<u8>)>,
    blocks: Vec<String>,
}

impl Page {
    fn code(&mut self, cell: &Cell) {
        if !shown::hides(cell, Part::Input) {
            self.blocks.push(fenced("rust", &cell.source));
        }
        if shown::hides(cell, Part::Output) {
            return;
        }
        for (at, shown) in shown::outputs(cell).into_iter().enumerate() {
            let block = match shown {
                Shown::Text { text, .. } => fenced("text", &text),
                Shown::Markdown(text) | Shown::Html(text) => text.trim_end().to_string(),
                Shown::Figure(figure) => self.figure(figure, &format!("{}-{}", file_name(&cell.id), at + 1)),
            };
            self.blocks.push(block);
        }
    }

    fn figure(&mut self, figure: Figure, name: &str) -> String {
        let alt = figure.alt.replace('\n', " ").replace(['[', ']', '<', '>'], "");
        let Some(folder) = &self.folder else { return format!("![{alt}]({})", figure.as_data_uri()) };
        let file = format!("{name}.{}", figure.ending);
        self.beside.push((Path::new(folder).join(&file), figure.bytes));
        // A folder's name may contain spaces, which would end the link.
        let link = format!("{folder}/{file}");
        if link.contains([' ', '(', ')']) { format!("![{alt}](<{link}>)") } else { format!("![{alt}]({link})") }
    }
}

/// A cell id made safe for a file name.
fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
}

/// The text in a fence longer than any inside.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}
