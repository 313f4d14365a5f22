//! `kernel`: the live session as a Jupyter kernel, and its kernelspec installed, listed and removed.
//!
//! Requests are read in `wire` and answered in `shell` and `control`; cells run on a `SessionThread`. It writes no
//! notebooks: the front end does.

mod queries;
mod variables;
mod asks;
mod comms;
mod control;
mod failure;
mod history;
mod inbox;
mod inspect;
mod dirs;
mod door;
mod ends;
mod serve;
mod shell;
mod output;
mod spec;
mod stdin;
mod widget;
mod bar;
mod wire;

use std::time::Duration;

use anyhow::Result;

use crate::cli::args::{KernelAction, KernelArgs};
use crate::cli::engine::Engine;
use crate::cli::exit::Exit;
use crate::cli::streams;

pub fn run(engine: Engine, args: &KernelArgs) -> Result<Exit> {
    match &args.action {
        KernelAction::Install(args) => {
            let installed = spec::install(engine, args)?;
            streams::println!("{}", installed.folder.display());
            installed.notes.iter().for_each(|note| streams::eprintln!("note: {note}"));
        }
        KernelAction::Uninstall(args) => {
            spec::uninstall(args)?.iter().for_each(|path| streams::println!("removed {}", path.display()));
        }
        KernelAction::List => streams::print!("{}", spec::list()),
        KernelAction::Run(args) => serve::serve(engine, &args.connection, args.timeout.map(Duration::from_secs))?,
    }
    Ok(Exit::Passed)
}
