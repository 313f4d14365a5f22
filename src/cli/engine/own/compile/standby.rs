//! A compiler that waits for the next cell: it has started and has read the crates before the cell is known.
//!
//! Its source has the crates and an `include!` of a file that is its standard input. The text of the cell goes there,
//! with blanks in place of the crates, so that every byte is where it is in the cell's own file. A cell that needs
//! anything else at the head of a crate, or that looks at the files around it, is compiled in the usual way.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::process::system::kill_group;
use super::rustc::{Job, Kind, Linking, command};
use super::toolchain::Toolchain;
use super::types::RESERVED;
use crate::cli::engine::own::source::file_name;

/// A compiler that nobody needs ends after this time.
const IDLE: Duration = Duration::from_secs(60);

/// Cells that follow each other at once, from the cache, do not start one each.
const PAUSE: Duration = Duration::from_millis(40);

/// What a pipe takes without a reader.
const MOST: usize = 60_000;

/// Words by which a cell may look at the files around it.
const FILES: [&str; 4] = ["include", "#[path", "file!", "env!"];

/// Clones share the compiler that waits; it ends with the last of them.
#[derive(Clone, Debug, Default)]
pub struct Standby(Arc<Owner>);

#[derive(Debug, Default)]
struct Owner(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Slot {
    /// Counts the changes: whoever waits sees whether it is out of date.
    turn: u64,
    is_off: bool,
    waiting: Option<Waiting>,
}

/// A compiler that waits for the text of this job.
#[derive(Debug)]
struct Waiting {
    job: Job,
    head: String,
    child: Option<Child>,
    stdin: Option<ChildStdin>,
}

impl Standby {
    /// None is started from now on, or is again.
    pub fn set_off(&self, is_off: bool) {
        let mut slot = self.0.0.turn();
        slot.is_off = is_off;
    }

    /// The compiler that waits for this job, with the text that it waits for.
    pub fn take(&self, job: &Job, text: &str) -> Option<Child> {
        let mut waiting = self.0.0.turn().waiting.take()?;
        let (head, body) = split(text)?;
        let is_it = waiting.job == *job && waiting.head == head && text.len() <= MOST;
        if !is_it || looks_around(body) {
            return None;
        }
        let blank: String = head.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
        let mut stdin = waiting.stdin.take()?;
        stdin.write_all(blank.as_bytes()).and_then(|()| stdin.write_all(body.as_bytes())).ok()?;
        waiting.child.take()
    }

    /// Starts the compiler for the cell after this one: at once if that is likely to be compiled.
    pub fn expect_next(&self, toolchain: &Toolchain, job: &Job, number: usize, text: &str, at_once: bool) {
        let Some((head, _)) = split(text).filter(|_| !job.layers.is_empty()) else { return };
        let mut slot = self.0.0.turn();
        if slot.is_off {
            return;
        }
        let (turn, shared) = (slot.turn, Arc::clone(&self.0.0));
        slot.waiting = None;
        drop(slot);
        let next = number + 1;
        let (source, suffix) = (job.folder.join(file_name(next)), format!("-{next}"));
        let job = Job { source, suffix, kind: Kind::Cell, ..job.clone() };
        let (toolchain, head) = (toolchain.clone(), head.to_owned());
        let pause = if at_once { Duration::ZERO } else { PAUSE };
        let _ = std::thread::Builder::new().spawn(move || {
            if shared.is_current(turn, pause)
                && let Some(waiting) = Waiting::start(&toolchain, job, head)
                && shared.keep(turn, waiting)
                && shared.is_current(turn, IDLE)
            {
                drop(shared.turn().waiting.take());
            }
        });
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new turn: what is under way for the last one is out of date.
    fn turn(&self) -> MutexGuard<'_, Slot> {
        let mut slot = self.lock();
        slot.turn += 1;
        self.changed.notify_all();
        slot
    }

    /// Is it still this turn after that time?
    fn is_current(&self, turn: u64, time: Duration) -> bool {
        let end = Instant::now() + time;
        let mut slot = self.lock();
        while slot.turn == turn {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            slot = self.changed.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    fn keep(&self, turn: u64, waiting: Waiting) -> bool {
        let mut slot = self.lock();
        let is_current = slot.turn == turn;
        if is_current {
            slot.waiting = Some(waiting);
        }
        is_current
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        drop(self.0.turn().waiting.take());
    }
}

impl Waiting {
    /// In a folder of its own, as the cell's file is a link to the standard input here. If this process dies, the
    /// input ends, and so does the compiler.
    fn start(toolchain: &Toolchain, job: Job, head: String) -> Option<Waiting> {
        let folder = job.folder.join("standby");
        fs::create_dir_all(&folder).ok()?;
        let source = folder.join(job.source.file_name()?);
        if fs::symlink_metadata(&source).is_err() {
            link_to_stdin(&source)?;
        }
        let around = around(&job);
        let include = format!("{head}include!(\"{}\");\n", source.file_name()?.to_str()?);
        fs::write(folder.join(around.file_name()?), include).ok()?;
        let mut command = command(toolchain, &job, Linking::Layers, &around);
        let mut child = command.current_dir(folder).stdin(Stdio::piped()).spawn().ok()?;
        let stdin = child.stdin.take();
        Some(Waiting { job, head, child: Some(child), stdin })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            kill_group(child.id());
            let _ = child.wait();
        }
    }
}

/// `None` where standard input is not a file.
fn link_to_stdin(link: &Path) -> Option<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink("/dev/stdin", link).ok();
    #[cfg(not(unix))]
    link.try_exists().ok().filter(|exists| *exists).map(drop)
}

/// The file with the crates around a cell.
pub fn around(job: &Job) -> PathBuf {
    let name = job.source.file_name().unwrap_or_default().to_string_lossy().into_owned();
    job.source.with_file_name(format!("around_{name}"))
}

/// What names the crates, and the rest; `None` if the cell has attributes of the crate.
fn split(text: &str) -> Option<(&str, &str)> {
    let allow = "#![allow(warnings)]";
    let mut end = if text.starts_with(allow) { allow.len() } else { return None };
    loop {
        let rest = &text[end..];
        let blank = rest.len() - rest.trim_start().len();
        let item = rest[blank..].split_inclusive(';').next().unwrap_or_default();
        if !(item.starts_with("extern crate ") && item.ends_with(';') && item.contains(RESERVED)) {
            break;
        }
        end += blank + item.len();
    }
    let (head, body) = text.split_at(end);
    (!body.trim_start().starts_with("#!")).then_some((head, body))
}

/// May the text depend on where it is?
fn looks_around(text: &str) -> bool {
    let has_file = |after: &str| {
        let rest = after.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
        rest.starts_with(';')
    };
    FILES.iter().any(|word| text.contains(word)) || text.split("mod ").skip(1).any(has_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_are_split_from_a_cell() {
        let head = "#![allow(warnings)] extern crate a as __fp_a; extern crate __fp_b;";
        for (body, expected) in [
            (" let x = 1;\n", Some(" let x = 1;\n")),
            ("\nextern crate alloc;\n", Some("\nextern crate alloc;\n")),
            (" #![feature(test)]\n", None),
        ] {
            assert_eq!(split(&format!("{head}{body}")), expected.map(|body| (head, body)));
        }
    }

    #[test]
    fn a_cell_that_looks_around_is_recognised() {
        for (text, expected) in [
            ("include_str!(\"a\")", true),
            ("mod a ;", true),
            ("#[path = \"b.rs\"] mod a {}", true),
            ("mod a { fn f() {} }", false),
            ("let a = 1 % 2;", false),
        ] {
            assert_eq!(looks_around(text), expected, "{text}");
        }
    }
}
