//! `review`: shows changed outputs one at a time, to be accepted into the notebook, rejected, or left for later.
//!
//! Pending changes are in files beside the notebooks, and each answer is written at once: nothing is lost if the
//! review is cut short.

pub mod answer;

use std::path::Path;

use answer::{Answer, Answers};
use anyhow::Result;

use super::{asked_for, runner_options};
use crate::cli::args::ReviewArgs;
use crate::cli::engine::Engine;
use crate::cli::exit::{Exit, usage};
use crate::cli::files::{self, Origin};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::runner::compare::{self, Difference, Measure, pictures as pixels};
use crate::cli::runner::filter::{self, Chosen};
use crate::cli::runner::pending::{self, Pending};
use crate::cli::runner::report::human;
use crate::cli::runner::result::UNSTABLE;
use crate::cli::runner::rules::{Rules, allows};
use crate::cli::runner::{self, accept, pictures, settings, volatile};
use crate::cli::streams;
use crate::cli::terminal::picture::{ImageProtocol, Images, probe};
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{self, visible};
use crate::cli::terminal::style::{BAD, GOOD, Look, QUIET, STRONG};
use crate::cli::terminal::{highlight, interrupt, picture};

pub fn run(engine: Engine, args: &ReviewArgs) -> Result<Exit> {
    if args.accept {
        return Err(usage("`review` asks about each change\nhelp: `test --accept` stores all of them"));
    }
    if files::in_ci() {
        return Err(usage("`review` writes nothing when CI is set\nhelp: review on your own machine"));
    }
    let paths = asked_for(&args.runner.paths)?;
    let chosen = match filter::filter(paths, &args.runner.filter) {
        Ok(chosen) if !chosen.is_empty() => chosen,
        Ok(_) => return nothing("nothing to review: no notebook was found\nhelp: name a notebook or a folder of them"),
        Err(message) => return nothing(&message),
    };
    interrupt::watch();
    let mut failed = false;
    let mut pending = all_pending(&chosen)?;
    if pending.is_empty() {
        match find_changes(engine, args, &chosen)? {
            Exit::Passed => {}
            Exit::Failed => failed = true,
            other => return Ok(other),
        }
        pending = all_pending(&chosen)?;
    }
    let total = pending.iter().map(|(_, changes)| changes.len()).sum();
    let mut review = Review::new(total);
    for (it, changes) in &pending {
        if !review.notebook(&it.path, &it.origin, changes)? {
            break;
        }
    }
    streams::println!("{}", review.summary());
    if review.interrupted {
        return Ok(Exit::Interrupted);
    }
    Ok(if failed || review.left() > 0 { Exit::Failed } else { Exit::Passed })
}

fn nothing(message: &str) -> Result<Exit> {
    streams::eprintln!("error: {message}");
    Ok(Exit::NothingToTest)
}

/// The pending changes of the chosen cells; stale ones are reported, and dropped when their file is written again.
fn all_pending(chosen: &[Chosen]) -> Result<Vec<(&Chosen, Vec<Pending>)>> {
    let mut all = Vec::new();
    for it in chosen {
        let path = &it.path;
        let changes = pending::read(path)?;
        if changes.is_empty() {
            continue;
        }
        let notebook = Notebook::read(path)?;
        let is_chosen = |change: &Pending| match change.for_notebook(&notebook) {
            Some(change) => it.has(change.cell),
            None => {
                let path = files::shown_path(path);
                let path = shown::name(&path);
                streams::eprintln!(
                    "{QUIET}the pending change of `{}` in {path} is stale: the cell has changed since{QUIET:#}",
                    shown::name(&change.id)
                );
                false
            }
        };
        let current: Vec<Pending> = changes.into_iter().filter(is_chosen).collect();
        if !current.is_empty() {
            all.push((it, current));
        }
    }
    Ok(all)
}

/// Runs the notebooks and writes their changes beside them.
fn find_changes(engine: Engine, args: &ReviewArgs, chosen: &[Chosen]) -> Result<Exit> {
    let mut exit = Exit::Passed;
    let mut written = Ok(());
    let interrupted = runner::test_all(&runner_options(engine, &args.runner), chosen, &mut |progress, report| {
        if written.is_err() {
            return;
        }
        if report.fails_after_accept() {
            exit = Exit::Failed;
            progress.print(&human::notebook(&report, true));
        }
        written = pending::write(&report).map(|refused| {
            refused.iter().for_each(|it| progress.print(&human::problem_text(&it.text)));
        });
    });
    written?;
    Ok(if interrupted { Exit::Interrupted } else { exit })
}

/// A review in progress.
struct Review {
    answers: Answers,
    protocol: ImageProtocol,
    look: Look,
    total: usize,
    seen: usize,
    accepted: usize,
    rejected: usize,
    interrupted: bool,
}

impl Review {
    fn new(total: usize) -> Review {
        let look = Look::of_stdout(false);
        // Input typed before the first change is shown is discarded: it cannot be an answer. Nothing reads from the
        // terminal while it is asked.
        let mut answers = Answers::new();
        let asked = probe::ask(Images::Auto, look.decorated && answers.are_keys()).answer();
        if let Answers::Keys(keys) = &mut answers {
            keys.begun(&asked.begun);
        }
        let protocol = asked.protocol;
        Review { answers, protocol, look, total, seen: 0, accepted: 0, rejected: 0, interrupted: false }
    }

    fn left(&self) -> usize {
        self.total - self.accepted - self.rejected
    }

    fn summary(&self) -> String {
        if self.total == 0 {
            return "nothing to review: no output has changed".into();
        }
        let counts = [(self.accepted, "accepted"), (self.rejected, "rejected"), (self.left(), "left for later")];
        let counts: Vec<String> = counts.iter().filter(|it| it.0 > 0).map(|(n, what)| format!("{n} {what}")).collect();
        format!("{}: {}", count(self.total, "change"), counts.join(", "))
    }

    /// All changes of a notebook; false when the user quits.
    fn notebook(&mut self, path: &Path, origin: &Origin, changes: &[Pending]) -> Result<bool> {
        for change in changes {
            self.seen += 1;
            let notebook = Notebook::read(path)?;
            let Some(cell) = change.for_notebook(&notebook) else { continue };
            self.show(path, &notebook, cell.cell, change)?;
            let refusal = self.refusal(path, &notebook, cell.cell, change)?;
            let answer = loop {
                match (self.answers.ask(), &refusal) {
                    (Answer::Accept, Some(refusal)) => streams::println!("{BAD}{}{BAD:#}", visible(refusal)),
                    (answer, _) => break answer,
                }
            };
            match answer {
                Answer::Accept => {
                    if accept::answered(path, origin, change)? {
                        self.accepted += 1;
                    } else {
                        streams::println!("{BAD}`{}` {}{BAD:#}", change.id, accept::MEANWHILE);
                        continue;
                    }
                    pending::forget(path, &change.id)?;
                }
                Answer::Reject => {
                    pending::forget(path, &change.id)?;
                    self.rejected += 1;
                }
                Answer::Skip => {}
                Answer::Quit => return Ok(false),
                Answer::Interrupted => {
                    self.interrupted = true;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn show(&self, path: &Path, notebook: &Notebook, at: usize, change: &Pending) -> Result<()> {
        let cell = &notebook.cells[at];
        let place = format!("{}:{}", files::shown_path(path), notebook.file_line(at, 1));
        let place = shown::name(&place);
        let head = format!("{} of {}: `{}`", self.seen, self.total, shown::name(&cell.id));
        let head = format!("\n{STRONG}{head}{STRONG:#} {QUIET}{place}{QUIET:#}");
        streams::println!("{}", shown::report(&head));
        streams::println!("{}\n", shown::report(&highlight::rust(&visible(cell.source.trim_end()), &self.look)));
        for difference in compare::compare(&cell.outputs, &change.outputs, &Measure::default()) {
            streams::println!("{}", human::difference_text(&difference));
            if difference.part.starts_with("image/") {
                self.show_picture(path, &cell.id, &difference)?;
            }
        }
        Ok(())
    }

    /// The stored and the fresh figure, if the terminal can show them, and links to their files.
    fn show_picture(&self, path: &Path, id: &str, difference: &Difference) -> Result<()> {
        let mime = difference.part.split(' ').next().unwrap_or_default();
        for (style, name, text) in [(BAD, "stored", &difference.stored), (GOOD, "fresh", &difference.fresh)] {
            let drawn =
                text.as_ref().and_then(|text| picture::draw(&as_svg(mime, text)?, &self.protocol, &self.look, None));
            if let Some(drawn) = drawn {
                streams::println!("    {style}{name}{style:#}");
                // As it is: a picture has no place among the colours that NO_COLOR switches off.
                streams::write(drawn.as_bytes());
            }
        }
        let Some(home) = pictures::cached(path) else { return Ok(()) };
        for file in pictures::write(&home, pictures::files(difference, id)?)? {
            streams::println!("    file://{}", shown::name(&file.display().to_string()));
        }
        Ok(())
    }

    /// Why a change cannot be accepted.
    fn refusal(&self, path: &Path, notebook: &Notebook, at: usize, change: &Pending) -> Result<Option<String>> {
        let cell = &notebook.cells[at];
        if allows(&settings::of_notebook(path, notebook)?, UNSTABLE) || allows(&cell.settings, UNSTABLE) {
            return Ok(None);
        }
        let measure = Rules::of(cell, &settings::of_notebook(path, notebook)?).unwrap_or_default().measure;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let what = volatile::of_outputs(&cell.outputs, &change.outputs, &measure, folder);
        Ok(what
            .map(|what| format!("cannot accept this change: it contains {what}\nhelp: allow `{UNSTABLE}`, or skip it")))
    }
}

/// Pictures are drawn as SVG: pixels are wrapped in one.
fn as_svg(mime: &str, text: &str) -> Option<String> {
    if mime == "image/svg+xml" {
        return Some(text.to_string());
    }
    let (width, height) = pixels::size(mime, text)?;
    let data: String = text.split_whitespace().collect();
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
         <image width=\"{width}\" height=\"{height}\" href=\"data:{mime};base64,{data}\"/></svg>"
    ))
}
