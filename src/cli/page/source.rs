//! The notebook that is exported: the model, and its JSON for what the model leaves out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::parts::{Part, Parts};
use super::prose;
use crate::cli::exit::usage;
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::notebook::ipynb::file::read_text;

pub struct Source {
    pub name: String,
    pub folder: PathBuf,
    pub notebook: Notebook,
    pub json: Value,
}

impl Source {
    pub fn read(path: &Path) -> Result<Source> {
        let text = read_text(path)?;
        if path.extension().is_some_and(|ending| ending == "rs") {
            return Err(usage(format!(
                "{} is not a notebook\nhelp: to convert a script to a notebook, use `--to ipynb`",
                path.display()
            )));
        }
        Source::of(path, &text)
    }

    /// A notebook that need not be a file.
    pub fn of(path: &Path, text: &str) -> Result<Source> {
        let notebook = Notebook::parse(text).with_context(|| format!("cannot use {}", path.display()))?;
        let json = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = std::path::absolute(path)?.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Source { name, folder, notebook, json })
    }

    /// The JSON of a cell.
    pub fn cell(&self, at: usize) -> &Value {
        &self.json["cells"][at]
    }

    /// The cells of a page, with their places and the parts that are shown.
    pub fn shown_cells(&self) -> Vec<(usize, &Cell, Parts)> {
        let cells = self.notebook.cells.iter().enumerate();
        let cells = cells.map(|(at, cell)| (at, cell, Parts::of(cell, &self.cell(at)["metadata"])));
        cells.filter(|(_, _, parts)| parts.cell != Part::Removed).collect()
    }

    /// The format of a raw cell, if pages can show it: `html` or `markdown`.
    pub fn raw_format(&self, at: usize) -> Option<&'static str> {
        let metadata = &self.cell(at)["metadata"];
        let named = metadata["raw_mimetype"].as_str().or_else(|| metadata["format"].as_str())?;
        match named.to_lowercase().as_str() {
            "text/html" | "html" => Some("html"),
            "text/markdown" | "markdown" => Some("markdown"),
            _ => None,
        }
    }

    /// The language of its code; Rust if it names none.
    pub fn language(&self) -> &str {
        if self.notebook.language.is_empty() { "rust" } else { &self.notebook.language }
    }

    /// The title of its metadata, the first heading, or the file's name.
    pub fn title(&self) -> String {
        let own = self.json["metadata"]["title"].as_str().filter(|title| !title.trim().is_empty());
        let prose = self.shown_cells().into_iter().filter(|(_, cell, _)| cell.kind == CellKind::Markdown);
        let heading = || prose.filter_map(|(_, cell, _)| prose::title(&cell.source)).next();
        own.map(str::to_owned).or_else(heading).unwrap_or_else(|| self.name.clone())
    }
}
