//! Reads notebooks and writes changed outputs back: everything else keeps every byte, unknown fields included.
//!
//! No cell is run and no file is written here.

mod conflict;
pub mod density;
mod fields;
#[cfg(test)]
mod fuzz;
pub mod file;
mod places;
mod since;
mod spans;
mod style;
mod types;
mod write;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result, bail};
pub use fields::Repairs;
use places::{LineIndex, Place};
use serde_json::Value;
use spans::Node;
pub use write::{CellChange, ErrorChange, as_jupyter_writes, output_values};

use super::course::{Cell, CellKind};
use crate::cli::outcome::{MimeBundle, Output, RichKind, Stream, join_streams};
use crate::cli::syntax::split::commands::commands_of;

/// A notebook: its text, and the cells in it.
#[derive(Clone, Debug)]
pub struct Notebook {
    pub cells: Vec<Cell>,
    /// The language of its kernel, in lower case; empty if the notebook names none.
    pub language: String,
    /// The `forward_pass` block of the notebook's metadata, each value as text.
    pub settings: BTreeMap<String, String>,
    text: String,
    places: Vec<Place>,
}

impl Notebook {
    /// Reads a notebook from a file.
    pub fn read(path: &Path) -> Result<Notebook> {
        Notebook::parse(&file::read_text(path)?).with_context(|| format!("cannot use {}", path.display()))
    }

    /// Parses the bytes of a file.
    pub fn of_bytes(bytes: &[u8]) -> Result<Notebook> {
        Notebook::parse(std::str::from_utf8(bytes).context("it is not UTF-8")?)
    }

    /// Parses a notebook's text, nbformat 4.0 to 4.5.
    pub fn parse(text: &str) -> Result<Notebook> {
        let json = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = match (serde_json::from_str(json), conflict::of(json)) {
            (Err(_), Some(conflict)) => bail!("{conflict}"),
            (value, _) => value.context("it is not JSON")?,
        };
        check_format(&value)?;
        let cells = value["cells"].as_array().context("it has no list of cells")?;
        cells.iter().enumerate().try_for_each(|(at, cell)| types::check_cell(cell, at))?;
        types::check_metadata(&value)?;
        let root = spans::scan(json, text.len() - json.len());
        let nodes = root.get("cells").map(Node::items).unwrap_or_default();
        let lines = LineIndex::new(text);
        let places: Vec<Place> = nodes.iter().map(|node| Place::new(node, &lines)).collect();
        let cells = cells.iter().zip(&places).enumerate().map(|(at, (cell, place))| read_cell(cell, at, place));
        let mut cells: Vec<Cell> = cells.collect::<Result<_>>()?;
        make_ids_unique(&mut cells);
        let metadata = &value["metadata"];
        Ok(Notebook {
            cells,
            language: language(metadata),
            settings: settings(metadata),
            text: text.to_string(),
            places,
        })
    }

    /// A message if its kernel is for another language; a notebook without a kernel counts as Rust.
    pub fn other_language(&self) -> Option<String> {
        let language = self.language.as_str();
        (!language.is_empty() && language != "rust")
            .then(|| format!("its kernel is for {language}; only Rust is supported"))
    }

    /// The first heading in the prose.
    pub fn title(&self) -> Option<String> {
        let prose = self.cells.iter().filter(|cell| cell.kind == CellKind::Markdown);
        let mut lines = prose.flat_map(|cell| cell.source.lines());
        let heading = lines.find(|line| line.starts_with('#'))?;
        Some(heading.trim_start_matches('#').trim().to_string())
    }

    /// The `:dep` lines of all code cells, in order.
    pub fn dependencies(&self) -> Vec<String> {
        dependencies(&self.cells)
    }
}

/// The `:dep` lines of these cells, in order.
pub fn dependencies(cells: &[Cell]) -> Vec<String> {
    let code = cells.iter().filter(|cell| cell.kind == CellKind::Code);
    let commands = code.flat_map(|cell| commands_of(&cell.source).0).map(|command| command.text);
    commands.filter(|text| text.starts_with(":dep ")).collect()
}

fn check_format(value: &Value) -> Result<()> {
    let Some(major) = value["nbformat"].as_u64() else {
        bail!("not a notebook: `nbformat` is missing");
    };
    if major < 4 {
        bail!(
            "nbformat {major} is too old: only nbformat 4 is supported\n\
             help: upgrade it with `jupyter nbconvert --to notebook --nbformat 4 --inplace NOTEBOOK`"
        );
    }
    if major > 4 {
        bail!("nbformat {major} is not supported, only 4 is\nhelp: save it as nbformat 4");
    }
    Ok(())
}

/// The language of the kernel, or the kernel's name if that is all there is.
fn language(metadata: &Value) -> String {
    let named = [&metadata["kernelspec"]["language"], &metadata["language_info"]["name"]];
    let named = named.iter().find_map(|name| name.as_str()).map(str::to_lowercase).filter(|name| !name.is_empty());
    named.unwrap_or_else(|| {
        let kernel = metadata["kernelspec"]["name"].as_str().unwrap_or_default().to_lowercase();
        if kernel.contains("evcxr") || kernel.contains("rust") { "rust".into() } else { kernel }
    })
}

fn read_cell(cell: &Value, at: usize, place: &Place) -> Result<Cell> {
    let kind = match cell["cell_type"].as_str() {
        Some("code") => CellKind::Code,
        Some("markdown") => CellKind::Markdown,
        Some("raw") => CellKind::Raw,
        Some(other) => bail!("cell {} has the unknown type `{other}`", at + 1),
        None => bail!("cell {} has no type", at + 1),
    };
    let id = cell["id"].as_str().map_or_else(|| format!("cell-{}", at + 1), str::to_string);
    let tags = cell["metadata"]["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let stored = cell["outputs"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(Cell {
        id,
        kind,
        source: joined(&cell["source"]),
        tags: tags.iter().filter_map(|tag| tag.as_str().map(str::to_string)).collect(),
        settings: settings(&cell["metadata"]),
        outputs: join_streams(stored.iter().filter_map(read_output)),
        stored_error: stored.iter().find_map(read_error),
        line: place.source_lines.first().copied().unwrap_or(1),
    })
}

/// Renames the second cell with the same id to `id#2`, so that reports are unambiguous.
fn make_ids_unique(cells: &mut [Cell]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for cell in cells {
        let count = seen.entry(cell.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            cell.id = format!("{}#{count}", cell.id);
        }
    }
}

fn settings(metadata: &Value) -> BTreeMap<String, String> {
    let block = metadata["forward_pass"].as_object();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
    block.map(|block| block.iter().map(|(key, value)| (key.clone(), text(value))).collect()).unwrap_or_default()
}

/// nbformat stores text as one string or as a list of lines.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// Outputs from their nbformat values.
pub fn outputs_of(values: &[Value]) -> Vec<Output> {
    values.iter().filter_map(read_output).collect()
}

fn read_output(output: &Value) -> Option<Output> {
    match output["output_type"].as_str()? {
        "stream" => {
            let stream = if output["name"] == "stderr" { Stream::Stderr } else { Stream::Stdout };
            Some(Output::Stream { stream, text: joined(&output["text"]) })
        }
        "execute_result" => Some(Output::Rich { kind: RichKind::Result, data: bundle(&output["data"]) }),
        "display_data" => Some(Output::Rich { kind: RichKind::Display, data: bundle(&output["data"]) }),
        _ => None,
    }
}

fn read_error(output: &Value) -> Option<String> {
    (output["output_type"] == "error").then(|| {
        let name = output["ename"].as_str().unwrap_or_default();
        format!("{name}: {}", output["evalue"].as_str().unwrap_or_default())
    })
}

/// JSON types are kept as JSON text, all others as text.
fn bundle(data: &Value) -> MimeBundle {
    let Some(data) = data.as_object() else { return MimeBundle::new() };
    let text = |mime: &str, value: &Value| match value {
        _ if mime.ends_with("json") => value.to_string(),
        value => joined(value),
    };
    data.iter().map(|(mime, value)| (mime.clone(), text(mime, value))).collect()
}
