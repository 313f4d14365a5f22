//! What a reader takes away: the last figure as a file, and their own lines as a notebook or as Rust.
//!
//! It writes only where it was told to, and says what it wrote.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

use super::{Repl, output, state};
use crate::cli::files::write_atomically;
use crate::cli::lang::Lang;
use crate::cli::outcome::{MimeBundle, Output, RichKind, Stream};
use crate::cli::syntax::names;
use crate::cli::syntax::split::items::name_of;
use crate::cli::terminal::picture;

/// An input that ran to its end, and what it showed.
#[derive(Clone, Debug)]
pub struct Entry {
    pub code: String,
    pub outputs: Vec<Output>,
    /// Did the reader type it? Otherwise it is a cell of the chapter.
    pub is_own: bool,
}

impl Repl {
    pub(super) fn show_figure(&mut self) {
        match self.screen.figure.clone() {
            Some(svg) => {
                let data = MimeBundle::from([("image/svg+xml".to_owned(), svg)]);
                output::output(&mut self.screen, &Output::Rich { kind: RichKind::Display, data }, "last");
            }
            None => self.fail(&self.screen.lang.no_figure()),
        }
    }

    pub(super) fn save_figure(&mut self, file: &str) {
        let lang = self.screen.lang;
        let Some(svg) = self.screen.figure.clone() else { return self.fail(&lang.no_figure()) };
        let file = at_home(file);
        match picture_file(&svg, &file, lang).and_then(|bytes| self.write(&file, &bytes)) {
            Ok(()) => self.screen.say(&lang.saved(file.display())),
            Err(error) => self.fail(&format!("{error:#}")),
        }
    }

    /// Hands the figure to the system's viewer, which may be a browser.
    pub(super) fn open_figure(&mut self) {
        let lang = self.screen.lang;
        let Some(svg) = self.screen.figure.clone() else { return self.fail(&lang.no_figure()) };
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let opened = state::save_figure("last", &svg).and_then(|path| {
            let quiet = std::process::Stdio::null;
            let child = std::process::Command::new(opener).arg(&path).stdout(quiet()).stderr(quiet()).spawn();
            child.with_context(|| lang.no_opener(opener, path.display()))?;
            Ok(path)
        });
        match opened {
            Ok(path) => self.screen.faint(&lang.opening_file(path.display())),
            Err(error) => self.fail(&format!("{error:#}")),
        }
    }

    pub(super) fn export(&mut self, file: &str) {
        let (lang, file) = (self.screen.lang, at_home(file));
        let own = self.journal.iter().filter(|entry| entry.is_own).count();
        if own == 0 {
            return self.fail(&lang.nothing_typed());
        }
        let setup = self.steps.iter().find_map(|step| step.code).map(|at| self.cell(at).source.clone());
        let text = written(&file, setup.as_deref().unwrap_or_default(), &needed(&self.journal), lang);
        match text.and_then(|text| self.write(&file, text.as_bytes())) {
            Ok(()) => self.screen.say(&lang.exported(own, file.display())),
            Err(error) => self.fail(&format!("{error:#}")),
        }
    }

    /// Writes a file whole; one that was there before this session stays as it is.
    fn write(&mut self, file: &Path, bytes: &[u8]) -> Result<()> {
        if file.exists() && !self.written.contains(file) {
            bail!(self.screen.lang.file_exists(file.display()));
        }
        let lang = self.screen.lang;
        write_atomically(file, bytes)
            .map_err(|error| anyhow!("{}: {}", lang.cannot_write(file.display()), error.root_cause()))?;
        self.written.insert(file.to_owned());
        Ok(())
    }
}

/// `~/plot.png` is in the reader's home, as it is in a shell.
fn at_home(file: &str) -> PathBuf {
    let home = file.strip_prefix("~/").and_then(|rest| Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)));
    home.unwrap_or_else(|| PathBuf::from(file))
}

/// The reader's own lines, and those cells of the chapter whose names they use.
fn needed(journal: &[Entry]) -> Vec<Entry> {
    let mut wanted = BTreeSet::new();
    let mut kept = Vec::new();
    for entry in journal.iter().rev() {
        if entry.is_own || names::defined(&entry.code).iter().any(|name| wanted.contains(name)) {
            wanted.extend(names::mentioned(&entry.code));
            kept.push(entry.clone());
        }
    }
    kept.reverse();
    kept
}

fn ending(file: &Path) -> String {
    file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn picture_file(svg: &str, file: &Path, lang: Lang) -> Result<Vec<u8>> {
    match ending(file).as_str() {
        "svg" => Ok(svg.as_bytes().to_vec()),
        "png" => picture::png(svg).context(lang.not_a_picture()),
        other => bail!(lang.figure_ending(other)),
    }
}

fn written(file: &Path, setup: &str, journal: &[Entry], lang: Lang) -> Result<String> {
    match ending(file).as_str() {
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
    // Notebooks are indented by one blank; serde_json indents by two, and no text spans lines.
    let indented = serde_json::to_string_pretty(&notebook)?;
    let line = |line: &str| {
        let text = line.trim_start();
        format!("{}{text}\n", " ".repeat((line.len() - text.len()) / 2))
    };
    Ok(indented.lines().map(line).collect())
}

fn cell(id: &str, code: &str, outputs: &[Output]) -> Value {
    let outputs: Vec<Value> = outputs.iter().map(output).collect();
    json!({
        "cell_type": "code", "execution_count": null, "id": id, "metadata": {},
        "outputs": outputs, "source": lines(code.trim_end()),
    })
}

fn output(output: &Output) -> Value {
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
                    // A later definition takes the place of an earlier one, as in the session.
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

/// The statement as it was typed.
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
        let entry = |code: &str, outputs, is_own| Entry { code: code.into(), outputs, is_own };
        vec![
            entry("fn unused() {}", vec![], false),
            entry("use std::fmt;\nfn five() -> i32 {\n    5\n}\nlet é = five();", vec![], false),
            entry("use std::fmt;\né", vec![shown], true),
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
    fn lines_become_a_notebook_that_can_be_read_again() {
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
    fn a_file_of_another_kind_is_refused() {
        let error = written(Path::new("mine.txt"), "", &journal(), Lang::En).expect_err("it is no notebook");
        assert!(error.to_string().starts_with("your lines are written as `.ipynb` or `.rs`, not as `.txt`"));
        let error = picture_file("<svg/>", Path::new("plot.jpg"), Lang::En).expect_err("it is no figure");
        assert!(error.to_string().starts_with("a figure is saved as `.svg` or `.png`, not as `.jpg`"));
    }
}
