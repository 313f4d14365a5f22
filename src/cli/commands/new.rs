//! `new`: a course of one section, with its crate, its notebook, its test and its CI, that is green as it stands.
//!
//! The course appears whole or not at all. Nothing is run; the outputs in its notebook were stored by a real run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cli::args::NewArgs;
use crate::cli::exit::{Exit, usage};
use crate::cli::terminal::report::{QUIET, STRONG};

/// The files of a course; `{{package}}` and `{{crate}}` in their texts are its name.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("new/Cargo.toml.txt")),
    ("README.md", include_str!("new/README.md.txt")),
    (".gitignore", "/target\n"),
    (".github/workflows/notebooks.yml", include_str!("new/notebooks.yml.txt")),
    ("src/lib.rs", include_str!("new/lib.rs.txt")),
    ("notebooks/01-mean.ipynb", include_str!("new/01-mean.ipynb.txt")),
    ("tests/notebooks.rs", include_str!("new/notebooks.rs.txt")),
];

/// Words that no crate can be called.
const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

pub fn run(args: &NewArgs) -> Result<Exit> {
    let folder = std::path::absolute(&args.name)?;
    let name = package_name(&folder)?;
    if folder.symlink_metadata().is_ok() {
        bail!("`{}` is there already\nhelp: choose another name", args.name.display());
    }
    make(&folder, &name).with_context(|| format!("cannot make {}", args.name.display()))?;
    tell(&args.name);
    Ok(Exit::Passed)
}

fn package_name(folder: &Path) -> Result<String> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !begins || !is_plain {
        return Err(usage(format!(
            "`{name}` cannot be the name of a crate\n\
             help: begin with a letter, and use letters, digits, `-` and `_` only"
        )));
    }
    if KEYWORDS.contains(&name.replace('-', "_").as_str()) {
        return Err(usage(format!(
            "`{name}` is a word of Rust's own\nhelp: choose another name, such as `{name}-course`"
        )));
    }
    Ok(name)
}

/// Makes the course beside its place, and then moves it there.
fn make(folder: &Path, name: &str) -> Result<()> {
    let parent = folder.parent().context("it has no folder above it")?;
    std::fs::create_dir_all(parent)?;
    let beside = tempfile::Builder::new().prefix(".forward-pass-").tempdir_in(parent)?;
    let course = beside.path().join("course");
    for (path, text) in FILES {
        let path = course.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&course))?;
        std::fs::write(&path, text.replace("{{package}}", name).replace("{{crate}}", &name.replace('-', "_")))?;
    }
    std::fs::rename(&course, folder)?;
    Ok(())
}

fn tell(name: &Path) {
    let shown: PathBuf = name.to_path_buf();
    anstream::println!("{STRONG}{}{STRONG:#} is a course of one section:", shown.display());
    let mut names: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
    names.sort_unstable();
    for path in names {
        anstream::println!("  {QUIET}{path}{QUIET:#}");
    }
    anstream::println!(
        "\nNext:\n  cd {}\n  forward-pass test     runs the notebook and compares: it is green\n  \
         forward-pass repl notebooks     walks through it\n\n\
         To see it red, write `sum / 2.0` in src/lib.rs and test again.",
        shown.display()
    );
}
