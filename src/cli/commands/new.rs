//! `new`: creates a course of one section, with a crate, a notebook, a test and a CI workflow, that passes as it is.
//!
//! The course is created whole or not at all. Nothing is run; the outputs in its notebook come from a real run.

mod origin;

use std::path::Path;

use anyhow::{Context, Result};

use crate::cli::args::NewArgs;
use crate::cli::exit::{Exit, usage};
use crate::cli::streams;
use crate::cli::terminal::style::{QUIET, STRONG};

/// The files of a course; `{{package}}` and `{{crate}}` in their texts are replaced by its name.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("new/Cargo.toml.txt")),
    ("README.md", include_str!("new/README.md.txt")),
    // Git for Windows would give the lines of notebooks CR and LF.
    (".gitattributes", "*.ipynb text eol=lf\n"),
    (".gitignore", "/target\n"),
    (".github/workflows/notebooks.yml", include_str!("new/notebooks.yml.txt")),
    ("src/lib.rs", include_str!("new/lib.rs.txt")),
    ("notebooks/01-mean.ipynb", include_str!("new/01-mean.ipynb.txt")),
    ("tests/notebooks.rs", include_str!("new/notebooks.rs.txt")),
];

/// Names that a crate cannot have, besides Rust's keywords.
const RESERVED: &[&str] = &["core", "gen", "proc_macro", "std", "test"];

/// Devices of Windows: no folder there can have such a name, whatever its case. `com` and `lpt` have numbers.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt"];

pub fn run(args: &NewArgs) -> Result<Exit> {
    let folder = std::path::absolute(&args.name)?;
    let name = package_name(&folder)?;
    if folder.symlink_metadata().is_ok() {
        return Err(usage(format!("`{}` already exists\nhelp: choose another name", args.name.display())));
    }
    create(&folder, &name).with_context(|| format!("cannot create {}", args.name.display()))?;
    print_next_steps(&args.name);
    Ok(Exit::Passed)
}

fn package_name(folder: &Path) -> Result<String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !begins || !is_plain {
        return Err(usage(format!(
            "`{name}` cannot be the name of a crate\n\
             help: start with a letter and use only letters, digits, `-` and `_`"
        )));
    }
    let ident = name.replace('-', "_");
    if RESERVED.contains(&ident.as_str()) || syn::parse_str::<syn::Ident>(&ident).is_err() {
        return Err(usage(format!("`{name}` is reserved by Rust\nhelp: choose another name, such as `{name}-course`")));
    }
    if is_device(&name) {
        return Err(usage(format!(
            "`{name}` cannot be the name of a folder on Windows\nhelp: choose another name, such as `{name}-course`"
        )));
    }
    Ok(name)
}

fn is_device(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    match DEVICES.iter().find_map(|device| name.strip_prefix(device).map(|rest| (*device, rest))) {
        Some(("com" | "lpt", rest)) => matches!(rest.as_bytes(), [b'1'..=b'9']),
        Some((_, rest)) => rest.is_empty(),
        None => false,
    }
}

/// Creates the course in a temporary folder, and then moves it into place.
fn create(folder: &Path, name: &str) -> Result<()> {
    let parent = folder.parent().context("it has no parent folder")?;
    std::fs::create_dir_all(parent)?;
    let beside = tempfile::Builder::new().prefix(".forward-pass-").tempdir_in(parent)?;
    let course = beside.path().join("course");
    for (path, text) in FILES {
        let path = course.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&course))?;
        let text = text.replace("{{package}}", name).replace("{{crate}}", &name.replace('-', "_"));
        std::fs::write(&path, text.replace("{{install}}", origin::INSTALL).replace("{{source}}", &origin::source()))?;
    }
    std::fs::rename(&course, folder)?;
    Ok(())
}

fn print_next_steps(name: &Path) {
    let name = name.display();
    streams::println!("{STRONG}{name}{STRONG:#} is a course of one section:");
    let mut names: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
    names.sort_unstable();
    for path in names {
        streams::println!("  {QUIET}{path}{QUIET:#}");
    }
    streams::println!(
        "\nNext:\n  cd {name}\n  \
         forward-pass test               run the notebook and compare its outputs: it passes\n  \
         forward-pass repl notebooks     walk through it in the terminal\n\n\
         To see it fail, write `sum / 2.0` in src/lib.rs and test again."
    );
}
