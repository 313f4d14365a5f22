//! `warm`: builds the crates of notebooks and compiles their cells, for a cache that others share.
//!
//! No cell runs. What is compiled is what `test` compiles, in batches, and what Jupyter does, cell by cell.

use std::path::Path;

use anyhow::{Context, Result, anyhow};

use super::asked_for;
use crate::cli::args::WarmArgs;
use crate::cli::engine::{self, Engine, Warmed};
use crate::cli::exit::{Exit, usage};
use crate::cli::files::shown_path;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::Event;
use crate::cli::runner::execute::{self, Step};
use crate::cli::runner::rules::Expect;
use crate::cli::runner::settings;
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{name, report, visible};
use crate::cli::terminal::style::QUIET;

pub fn run(engine: Engine, args: &WarmArgs) -> Result<Exit> {
    if engine != Engine::Own {
        return Err(usage("only our own engine has cells in its cache\nhelp: leave out `--engine`"));
    }
    let paths = asked_for(&args.notebooks)?;
    if paths.is_empty() {
        streams::eprintln!("error: nothing to warm: no notebook was found\nhelp: name a notebook or a folder of them");
        return Ok(Exit::NothingToTest);
    }
    if let Some(folder) = &args.to {
        engine::redirect_cache(folder)?;
    }
    let mut exit = Exit::Passed;
    for path in &paths {
        let shown = name(&shown_path(path));
        match warm(engine, path) {
            Ok((compiled, all)) => streams::println!("{shown}: {compiled} of {} compiled", count(all, "cell")),
            Err(error) => {
                streams::eprintln!("{}", report(&format!("error: {shown}: {}", visible(&format!("{error:#}")))));
                exit = Exit::Broken;
            }
        }
    }
    let Warmed { folder, bytes } = engine::open_cache()?;
    streams::println!("`{}` has {} MB", folder.display(), bytes.div_ceil(1_000_000));
    Ok(exit)
}

/// Returns how many cells compile, of how many.
fn warm(engine: Engine, path: &Path) -> Result<(usize, usize)> {
    let notebook = Notebook::read(path)?;
    if let Some(why) = notebook.other_language() {
        return Err(anyhow!(why));
    }
    let settings = settings::of_notebook(path, &notebook)?;
    let steps = execute::steps(&notebook, &settings);
    let runs = |step: &&Step| step.rules.as_ref().is_ok_and(|rules| rules.skip.is_none());
    let mut compiled = 0;
    for script in [execute::script(&steps), Vec::new()] {
        let mut session = execute::session(engine, path, &notebook, None, None, false)?;
        session.script(script);
        compiled = 0;
        for step in steps.iter().filter(runs) {
            let reaches_end = step.rules.as_ref().is_ok_and(|rules| rules.expect == Expect::Success);
            let mut on_event = |event| {
                if let Event::Progress(words) = event {
                    streams::eprintln!("{QUIET}{}{QUIET:#}", visible(&words));
                }
            };
            let is_compiled = session.warm(&step.cell.source, reaches_end, &mut on_event);
            compiled += usize::from(is_compiled.with_context(|| format!("cell `{}`", step.cell.id))?);
        }
    }
    Ok((compiled, steps.iter().filter(runs).count()))
}
