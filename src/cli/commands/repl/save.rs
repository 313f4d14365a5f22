//! What a reader takes away: the last figure as a file, and their own lines as a notebook or as Rust.
//!
//! It writes only where it was asked to, and prints the path.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

use super::journal::{Entry, Journal};
use super::place::Place;
use super::screen::Screen;
use super::{output, state};
use crate::cli::files::write_atomically;
use crate::cli::lang::Lang;
use crate::cli::outcome::{MimeBundle, Output, RichKind, Stream};
use crate::cli::syntax::names;
use crate::cli::syntax::split::items::name_of;
use crate::cli::terminal::picture;

/// The files that this session wrote, and may overwrite.
#[derive(Default)]
pub struct WrittenFiles(HashSet<PathBuf>);

impl WrittenFiles {
    /// Writes a whole file; one that this session did not write is left alone.
    fn write(&mut self, file: &Path, bytes: &[u8], lang: Lang) -> Result<()> {
        if file.exists() && !self.0.contains(file) {
            bail!(lang.file_exists(file.display()));
        }
        write_atomically(file, bytes)
            .map_err(|error| anyhow!("{}: {}", lang.cannot_write(file.display()), error.root_cause()))?;
        self.0.insert(file.to_owned());
        Ok(())
    }
}

pub fn show_figure(screen: &mut Screen) {
    let Some(svg) = screen.figure.clone() else { return screen.fail(&screen.lang.no_figure()) };
    let data = MimeBundle::from([("image/svg+xml".to_owned(), svg)]);
    output::show(screen, &Output::Rich { kind: RichKind::Display, data }, "last");
}

pub fn save_figure(screen: &mut Screen, written: &mut WrittenFiles, file: &str) {
    let lang = screen.lang;
    let Some(svg) = &screen.figure else { return screen.fail(&lang.no_figure()) };
    let file = expand_home(file);
    match encode_figure(svg, &file, lang).and_then(|bytes| written.write(&file, &bytes, lang)) {
        Ok(()) => screen.say(&lang.saved(file.display())),
        Err(error) => screen.fail(&format!("{error:#}")),
    }
}

/// Opens the figure in the system's viewer, which may be a browser.
pub fn open_figure(screen: &mut Screen) {
    let lang = screen.lang;
    let Some(svg) = &screen.figure else { return screen.fail(&lang.no_figure()) };
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let opened = state::save_figure("last", svg).and_then(|path| {
        let child = Command::new(opener).arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        child.with_context(|| lang.no_opener(opener, path.display()))?;
        Ok(path)
    });
    match opened {
        Ok(path) => screen.faint(&lang.opening_file(path.display())),
        Err(error) => screen.fail(&format!("{error:#}")),
    }
}

pub fn export(place: &Place, journal: &Journal, screen: &mut Screen, written: &mut WrittenFiles, file: &str) {
    let (lang, file) = (screen.lang, expand_home(file));
    let own = journal.entries().iter().filter(|entry| entry.is_own()).count();
    if own == 0 {
        return screen.fail(&lang.nothing_typed());
    }
    let setup = place.setup().map_or("", |at| &place.cell(at).source);
    let text = exported(&file, setup, &needed(journal.entries()), lang);
    match text.and_then(|text| written.write(&file, text.as_bytes(), lang)) {
        Ok(()) => screen.say(&lang.exported(own, file.display())),
        Err(error) => screen.fail(&format!("{error:#}")),
    }
}

/// `~/plot.png` is in the reader's home, as in a shell.
fn expand_home(file: &str) -> PathBuf {
    let home = file.strip_prefix("~/").and_then(|rest| Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)));
    home.unwrap_or_else(|| PathBuf::from(file))
}

/// The reader's lines, and the cells of the chapter that define the names they use.
fn needed(journal: &[Entry]) -> Vec<Entry> {
    let mut wanted = BTreeSet::new();
    let mut kept = Vec::new();
    for entry in journal.iter().rev() {
        if entry.is_own() || names::defined(&entry.code).iter().any(|name| wanted.contains(name)) {
            wanted.extend(names::mentioned(&entry.code));
            kept.push(entry.clone());
        }
    }
    kept.reverse();
    kept
}

fn extension(file: &Path) -> String {
    file.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn encode_figure(svg: &str, file: &Path, lang: Lang) -> Result<Vec<u8>> {
    match extension(file).as_str() {
        "svg" => Ok(svg.as_bytes().to_vec()),
        "png" => picture::png(svg).context(lang.not_a_picture()),
        other => bail!(lang.figure_ending(other)),
    }
}

fn exported(file: &Path, setup: &str, journal: &[Entry], lang: Lang) -> Result<String> {
    match extension(file).as_str() {
        "ipynb" => notebook(setup, journal),
        "rs" => Ok(program(setup, journal)),
        other => bail!(lang.export_ending(other)),
    }
}

/// A notebook of nbformat 4.5: the section's first cell, then each input as a cell with its outputs.
fn notebook(setup: &str, journal: &[Entry]) -> Result<String> {
    let mut cells = Vec::new();
    if !setup.is_empty() {
        cells.push(cell("setup", setup, &[]));
    }
    for (at, entry) in journal.iter().filter(|entry| entry.code != setup).enumerate() {
        cells.push(cell(&format!("mine-{}", at + 1), &entry.code, &entry.outputs));
    }
    let metadata = json!({
        "kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"},
        "language_info": {"file_extension": ".rs", "mimetype": "text/rust", "name": "Rust"},
    });
    let notebook = json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5});
    // Notebooks are indented by one space, serde_json indents by two; no JSON string spans lines.
    let indented = serde_json::to_string_pretty(&notebook)?;
    let line = |line: &str| {
        let text = line.trim_start();
        format!("{}{text}\n", " ".repeat((line.len() - text.len()) / 2))
    };
    Ok(indented.lines().map(line).collect())
}

fn cell(id: &str, code: &str, outputs: &[Output]) -> Value {
    let outputs: Vec<Value> = outputs.iter().map(output_json).collect();
    json!({
        "cell_type": "code", "execution_count": null, "id": id, "metadata": {},
        "outputs": outputs, "source": lines(code.trim_end()),
    })
}

fn output_json(output: &Output) -> Value {
    match output {
        Output::Stream { stream, text } => {
            let name = if *stream == Stream::Stdout { "stdout" } else { "stderr" };
            json!({"name": name, "output_type": "stream", "text": lines(text)})
        }
        Output::Rich { kind, data } => {
            let data: serde_json::Map<String, Value> =
                data.iter().map(|(mime, text)| (mime.clone(), json!(lines(text)))).collect();
            match kind {
                RichKind::Result => {
                    json!({"data": data, "execution_count": null, "metadata": {}, "output_type": "execute_result"})
                }
                RichKind::Display => json!({"data": data, "metadata": {}, "output_type": "display_data"}),
            }
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// One Rust program: dependencies as a comment, items, and `main` with the statements in the order typed.
fn program(setup: &str, journal: &[Entry]) -> String {
    let (mut head, mut body) = (String::new(), String::new());
    let mut items: Vec<(Option<String>, String)> = Vec::new();
    let inputs =
        std::iter::once(setup).chain(journal.iter().map(|entry| entry.code.as_str()).filter(|code| *code != setup));
    for input in inputs {
        let (commands, code): (Vec<&str>, Vec<&str>) =
            input.lines().partition(|line| line.trim_start().starts_with(':'));
        for dependency in commands.iter().filter_map(|line| line.trim().strip_prefix(":dep ")) {
            head.push_str(&format!("// [dependencies] {dependency}\n"));
        }
        let code = code.join("\n");
        let Ok(statements) = Block::parse_within.parse_str(&code) else { continue };
        let source: Vec<&str> = code.lines().collect();
        for statement in &statements {
            let text = text_of(&source, statement);
            match statement {
                Stmt::Item(Item::Use(_)) if items.iter().any(|(_, other)| *other == text) => {}
                Stmt::Item(item) => {
                    // A later definition replaces an earlier one, as in the session.
                    let name = name_of(item);
                    items.retain(|(other, _)| name.is_none() || *other != name);
                    items.push((name, text));
                }
                Stmt::Expr(_, None) => body.push_str(&format!("    println!(\"{{:?}}\", {{ {text} }});\n")),
                _ => body.push_str(&format!("    {}\n", text.replace('\n', "\n    "))),
            }
        }
    }
    let items: String = items.iter().map(|(_, text)| format!("{text}\n\n")).collect();
    let head = if head.is_empty() { head } else { format!("{head}\n") };
    format!("{head}{items}fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{body}    Ok(())\n}}\n")
}

/// A statement as it was typed.
fn text_of(source: &[&str], statement: &Stmt) -> String {
    let (start, end) = (statement.span().start(), statement.span().end());
    let columns = |line: &str, from: usize, to: usize| -> String {
        line.chars().skip(from).take(to.saturating_sub(from)).collect()
    };
    let lines = (start.line..=end.line).map(|number| {
        let line = source.get(number - 1).copied().unwrap_or_default();
        let from = if number == start.line { start.column } else { 0 };
        let to = if number == end.line { end.column } else { usize::MAX };
        columns(line, from, to)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Vec<Entry> {
        let shown = Output::Rich {
            kind: RichKind::Result,
            data: MimeBundle::from([("text/plain".to_owned(), "5".to_owned())]),
        };
        let entry = |code: &str, outputs, cell| Entry { code: code.into(), outputs, cell };
        vec![
            entry("fn unused() {}", vec![], Some(1)),
            entry("use std::fmt;\nfn five() -> i32 {\n    5\n}\nlet é = five();", vec![], Some(1)),
            entry("use std::fmt;\né", vec![shown], None),
        ]
    }

    #[test]
    fn lines_become_a_program() {
        let text = program(":dep ndarray = \"0.17\"\nuse ndarray::array;", &needed(&journal()));
        let expected = "// [dependencies] ndarray = \"0.17\"\n\nuse ndarray::array;\n\nuse std::fmt;\n\n\
                        fn five() -> i32 {\n    5\n}\n\n\
                        fn main() -> Result<(), Box<dyn std::error::Error>> {\n    let é = five();\n    \
                        println!(\"{:?}\", { é });\n    Ok(())\n}\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn lines_become_a_notebook_that_can_be_read_back() {
        let text = notebook("use std::fmt;", &needed(&journal())).expect("it is written");
        let read = crate::cli::notebook::ipynb::Notebook::parse(&text).expect("it is a notebook");
        let ids: Vec<&str> = read.cells.iter().map(|cell| cell.id.as_str()).collect();
        assert_eq!(ids, ["setup", "mine-1", "mine-2"]);
        assert_eq!(
            (read.cells[2].source.as_str(), &read.cells[2].outputs),
            ("use std::fmt;\né", &journal()[2].outputs)
        );
    }

    #[test]
    fn another_extension_is_refused() {
        let error = exported(Path::new("mine.txt"), "", &journal(), Lang::En).expect_err("not a notebook");
        assert!(error.to_string().starts_with("your lines are exported as `.ipynb` or `.rs`, not as `.txt`"));
        let error = encode_figure("<svg/>", Path::new("plot.jpg"), Lang::En).expect_err("not a figure");
        assert!(error.to_string().starts_with("a figure is saved as `.svg` or `.png`, not as `.jpg`"));
    }
}
