//! A notebook as one ordinary Rust program, with its manifest, that prints what the cells print.
//!
//! Items go beside `main`, statements into it, prose into comments. What a program cannot contain (two `impl`s of one
//! trait for one type) is an error. A figure is printed as its text.

mod manifest;
mod pieces;

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use manifest::Manifest;
use pieces::Pieces;

use crate::cli::notebook::course::CellKind;
use crate::cli::page::source::Source;
use crate::cli::page::written::Exported;
use crate::cli::runner::rules::{Expect, Rules};
use crate::cli::runner::settings;
use crate::cli::syntax::indent;

/// Prints a value as below a cell: its own text if the crate provides one, else `{:?}`.
const SHOW: &str = r#"
/// Prints a value as the notebook shows it.
macro_rules! show {
    ($value:expr) => {
        match &$value {
            value => {
                #[allow(unused_imports)]
                use {TRAITS};
                for text in [value.cell_heading(), value.cell_text()].into_iter().flatten() {
                    println!("{text}");
                }
            }
        }
    };
}

trait Debugged {
    fn cell_text(&self) -> Option<String>;

    fn cell_heading(&self) -> Option<String> {
        None
    }
}

impl<T: std::fmt::Debug> Debugged for &T {
    fn cell_text(&self) -> Option<String> {
        (std::any::type_name::<T>() != "()").then(|| format!("{self:?}"))
    }
}
"#;

/// Runs a cell that the notebook expects to fail.
const FAILS: &str = r#"
/// Runs code that is expected to fail, prints how it failed, and continues.
fn fails(cell: impl FnOnce() -> Result<(), Box<dyn std::error::Error>>) {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(cell)) {
        Ok(Ok(())) => eprintln!("this was expected to fail, but did not"),
        Ok(Err(error)) => eprintln!("{error}"),
        Err(_) => {}
    }
}
"#;

/// The program, with its manifest as a file beside it or as the comment at its head that rust-script reads.
pub fn program(source: &Source, in_folder: bool) -> Result<Exported> {
    let path = source.folder.join(format!("{}.ipynb", source.name));
    let settings = settings::of_notebook(&path, &source.notebook)?;
    let mut pieces = Pieces::default();
    for cell in &source.notebook.cells {
        match cell.kind {
            CellKind::Markdown | CellKind::Raw => pieces.prose(&cell.source),
            CellKind::Code => {
                let rules = Rules::of(cell, &settings).map_err(|error| anyhow!("cell `{}`: {error}", cell.id))?;
                add(&mut pieces, &cell.source, &rules).with_context(|| format!("cell `{}`", cell.id))?;
            }
        }
    }
    let manifest = Manifest::new(&source.name, &source.folder, &pieces)?;
    let text = assembled(source, &pieces, &manifest, in_folder);
    let beside = vec![(PathBuf::from("Cargo.toml"), manifest.text().into_bytes())];
    Ok(match in_folder {
        true => Exported { text, main: Some("src/main.rs"), beside, notes: Vec::new() },
        false => Exported::single(text),
    })
}

fn add(pieces: &mut Pieces, code: &str, rules: &Rules) -> Result<()> {
    if rules.skip.is_some() {
        pieces.left_out(code, "this cell is skipped");
        return Ok(());
    }
    match rules.expect {
        Expect::CompileError(_) => pieces.left_out(code, "this is not meant to compile"),
        Expect::Success => pieces.code(code, false)?,
        Expect::Failure | Expect::Panic(_) => pieces.code(code, true)?,
    }
    Ok(())
}

fn assembled(source: &Source, pieces: &Pieces, manifest: &Manifest, in_folder: bool) -> String {
    let mut text = String::new();
    let title = source.notebook.title().unwrap_or_else(|| source.name.clone());
    text += &format!("//! {title}\n//!\n//! Written from the notebook `{}.ipynb`.\n", source.name);
    if !in_folder {
        text += &manifest.as_comment();
    }
    text += "#![allow(unused)]\n";
    text.extend(pieces.attributes.iter().map(|attribute| format!("{attribute}\n")));
    for item in &pieces.items {
        text += &format!("\n{item}\n");
    }
    if pieces.shows {
        let traits = match manifest.chapter_crate() {
            Some(name) => format!("crate::Debugged as _, {name}::display::CellDisplay as _"),
            None => "crate::Debugged as _".to_string(),
        };
        text += &SHOW.replace("TRAITS", &traits);
    }
    if pieces.fails {
        text += FAILS;
    }
    let (runtime, head) = if pieces.awaits { ("#[tokio::main]\n", "async fn") } else { ("", "fn") };
    text += &format!("\n{runtime}{head} main() -> Result<(), Box<dyn std::error::Error>> {{\n");
    text += &indent::by_one(&pieces.body());
    text += "    Ok(())\n}\n";
    text
}
