//! `completions` and `man`: what a shell and `man` know of the command line, made from its arguments.
//!
//! It installs nothing: where the files belong is said in the help.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use super::Exit;
use super::args::Args;

/// Writes a shell's completions to standard output.
pub fn completions(shell: Shell) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "forward-pass", &mut text);
    print(&text)
}

/// The manual page to standard output, or a page for each subcommand into a folder.
pub fn man(folder: Option<&Path>) -> Result<Exit> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        clap_mangen::generate_to(Args::command(), folder)
            .with_context(|| format!("cannot write into {}", folder.display()))?;
        return Ok(Exit::Passed);
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut text)?;
    print(&text)
}

/// A reader that has gone away (`| head`) is no failure.
fn print(text: &[u8]) -> Result<Exit> {
    match std::io::stdout().write_all(text) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Passed),
    }
}
