//! What a reader takes away: the last figure as a file, and their own lines as a notebook or as Rust.
//!
//! It writes only where it was told to, and says what it wrote.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

use super::{Repl, show, state};
use crate::cli::outcome::{MimeBundle, Output, RichKind, Stream};
use crate::cli::picture;

/// A line of the reader's that ran to its end, and what it showed.
pub type Entry = (String, Vec<Output>);

impl Repl {
    pub(super) fn show_figure(&mut self) {
        match self.screen.figure.clone() {
            Some(svg) => {
                let data = MimeBundle::from([("image/svg+xml".to_owned(), svg)]);
                show::output(&mut self.screen, &Output::Rich { kind: RichKind::Display, data }, "last");
            }
            None => self.fail(NO_FIGURE),
        }
    }

    pub(super) fn save_figure(&mut self, file: &str) {
        let Some(svg) = self.screen.figure.clone() else { return self.fail(NO_FIGURE) };
        match save(&svg, Path::new(file)) {
            Ok(()) => self.screen.line(&format!("saved: {file}")),
            Err(error) => self.fail(&format!("{error:#}")),
        }
    }

    /// Hands the figure to the system's viewer, which may be a browser.
    pub(super) fn open_figure(&mut self) {
        let Some(svg) = self.screen.figure.clone() else { return self.fail(NO_FIGURE) };
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let opened = state::save_figure("last", &svg).and_then(|path| {
            let quiet = std::process::Stdio::null;
            let child = std::process::Command::new(opener).arg(&path).stdout(quiet()).stderr(quiet()).spawn();
            child.with_context(|| format!("`{opener}` cannot be started; the figure is at {}", path.display()))?;
            Ok(path)
        });
        match opened {
            Ok(path) => self.screen.faint(&format!("opening {}", path.display())),
            Err(error) => self.fail(&format!("{error:#}")),
        }
    }

    pub(super) fn export(&mut self, file: &str) {
        if self.journal.is_empty() {
            return self.fail("you have typed no Rust yet that could be written\nhelp: type a line, then `:export`");
        }
        let setup = self.steps.iter().find_map(|step| step.code).map(|at| self.cell(at).source.clone());
        match write(Path::new(file), setup.as_deref().unwrap_or_default(), &self.journal) {
            Ok(()) => self.screen.line(&format!("wrote {} of your inputs to {file}", self.journal.len())),
            Err(error) => self.fail(&format!("{error:#}")),
        }
    }
}

const NO_FIGURE: &str = "there is no figure yet\nhelp: run a cell that draws one, such as `plot_sigmoid()`";

fn ending(file: &Path) -> String {
    file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn save(svg: &str, file: &Path) -> Result<()> {
    let bytes = match ending(file).as_str() {
        "svg" => svg.as_bytes().to_vec(),
        "png" => picture::png(svg).context("the figure is not SVG that can be drawn")?,
        other => bail!("a figure is saved as `.svg` or `.png`, not as `.{other}`\nhelp: `:save plot.png`"),
    };
    std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

fn write(file: &Path, setup: &str, journal: &[Entry]) -> Result<()> {
    let text = match ending(file).as_str() {
        "ipynb" => notebook(setup, journal)?,
        "rs" => program(setup, journal),
        other => bail!("your lines are written as `.ipynb` or `.rs`, not as `.{other}`\nhelp: `:export mine.ipynb`"),
    };
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// A notebook of nbformat 4.5: the section's first cell, then each input as a cell with its outputs.
fn notebook(setup: &str, journal: &[Entry]) -> Result<String> {
    let mut cells = Vec::new();
    if !setup.is_empty() {
        cells.push(cell("setup", setup, &[]));
    }
    for (at, (code, outputs)) in journal.iter().enumerate() {
        cells.push(cell(&format!("mine-{}", at + 1), code, outputs));
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
    let (mut head, mut items, mut body) = (String::new(), String::new(), String::new());
    let inputs = std::iter::once(setup).chain(journal.iter().map(|(code, _)| code.as_str()));
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
                Stmt::Item(Item::Use(_)) if items.contains(&text) => {}
                Stmt::Item(_) => items.push_str(&format!("{text}\n\n")),
                Stmt::Expr(_, None) => body.push_str(&format!("    println!(\"{{:?}}\", {{ {text} }});\n")),
                _ => body.push_str(&format!("    {}\n", text.replace('\n', "\n    "))),
            }
        }
    }
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
        vec![
            ("use std::fmt;\nfn five() -> i32 {\n    5\n}\nlet é = five();".into(), vec![]),
            ("use std::fmt;\né".into(), vec![shown]),
        ]
    }

    #[test]
    fn lines_become_a_program() {
        let text = program(":dep ndarray = \"0.17\"\nuse ndarray::array;", &journal());
        let expected = "// [dependencies] ndarray = \"0.17\"\n\nuse ndarray::array;\n\nuse std::fmt;\n\n\
                        fn five() -> i32 {\n    5\n}\n\n\
                        fn main() -> Result<(), Box<dyn std::error::Error>> {\n    let é = five();\n    \
                        println!(\"{:?}\", { é });\n    Ok(())\n}\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn lines_become_a_notebook_that_can_be_read_again() {
        let text = notebook("use std::fmt;", &journal()).expect("it is written");
        let read = crate::cli::ipynb::Notebook::parse(&text).expect("it is a notebook");
        let ids: Vec<&str> = read.cells.iter().map(|cell| cell.id.as_str()).collect();
        assert_eq!(ids, ["setup", "mine-1", "mine-2"]);
        assert_eq!((read.cells[2].source.as_str(), &read.cells[2].outputs), ("use std::fmt;\né", &journal()[1].1));
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let error = write(Path::new("mine.txt"), "", &journal()).expect_err("it is no notebook");
        assert!(error.to_string().starts_with("your lines are written as `.ipynb` or `.rs`, not as `.txt`"));
        let error = save("<svg/>", Path::new("plot.jpg")).expect_err("it is no figure");
        assert!(error.to_string().starts_with("a figure is saved as `.svg` or `.png`, not as `.jpg`"));
    }
}
