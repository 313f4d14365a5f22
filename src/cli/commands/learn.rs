//! `learn`: copies the chapter's notebooks into a reader's own folder, so that solving never stands in the way of an
//! update.
//!
//! Nothing is run, and no existing folder is touched.

use anyhow::{Context, Result};

use crate::cli::args::LearnArgs;
use crate::cli::exit::{Exit, usage};
use crate::cli::lang::Lang;
use crate::cli::notebook::chapter;
use crate::cli::streams;

pub fn run(args: &LearnArgs) -> Result<Exit> {
    let shown = args.folder.display();
    if args.folder.symlink_metadata().is_ok() {
        return Err(usage(format!("`{shown}` already exists\nhelp: choose another name")));
    }
    let notebooks = chapter::working_copy(args.lang.unwrap_or_else(Lang::of_environment))?;
    std::fs::create_dir_all(&args.folder).with_context(|| format!("cannot create {shown}"))?;
    for (name, text) in &notebooks {
        std::fs::write(args.folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    streams::println!("{} notebooks copied to {shown}", notebooks.len());
    streams::println!("open them in Jupyter, or walk through them: forward-pass repl {shown}");
    streams::println!("`forward-pass test {shown}` passes before you solve an exercise, and after it");
    Ok(Exit::Passed)
}
