//! Runs the cells of a session again when their process has ended and could not be copied before: only where that is
//! known to be quick and to give the same values.
//!
//! It judges by the words of the cells, and looks into no crate. What the cells print again is discarded.

use std::path::PathBuf;
use std::time::Duration;

use super::super::process::{Cell, Child, Ended};

/// All cells together may take this long: the user waits for them.
const QUICK: Duration = Duration::from_secs(2);

/// Crates whose functions give the same values again, and change nothing outside the process.
const PURE: &[&str] = &["forward_pass", "ndarray"];

/// What gives other values each time, or changes what is outside the process.
const UNREPEATABLE: &[&str] = &[
    "asm",
    "extern",
    "fs",
    "File",
    "HashMap",
    "HashSet",
    "Instant",
    "net",
    "Path",
    "PathBuf",
    "process",
    "ptr",
    "RandomState",
    "save",
    "SystemTime",
    "thread",
    "unsafe",
];

/// What the session's process has done since it was empty.
#[derive(Default)]
pub struct Replay {
    steps: Vec<Step>,
    took: Duration,
    /// Why the steps are not taken again, with a verb.
    obstacle: Option<String>,
    pending: Pending,
}

/// Of the cell that is about to run.
#[derive(Default)]
struct Pending {
    dropped: Vec<String>,
    obstacle: Option<String>,
}

/// A cell that has run, and the variables that were dropped before it.
struct Step {
    dropped: Vec<String>,
    library: PathBuf,
    layers: Vec<PathBuf>,
    symbol: String,
    shares: bool,
    ended: Ended,
}

impl Replay {
    /// A cell is about to run.
    pub fn begin<'a>(&mut self, code: &str, dropped: &[String], mut crates: impl Iterator<Item = &'a str>) {
        let unknown = crates.find(|name| !PURE.contains(name)).map(|name| format!("uses the crate `{name}`"));
        let obstacle = unknown.or_else(|| unrepeatable(code).map(|word| format!("uses `{word}`")));
        self.pending.dropped.extend_from_slice(dropped);
        self.pending.obstacle = obstacle;
    }

    /// The cell had only items.
    pub fn add_items(&mut self) {
        self.obstacle = self.obstacle.take().or(self.pending.obstacle.take());
    }

    /// The cell has ended, and its process has not.
    pub fn add(&mut self, cell: Cell, ended: &Ended, took: Duration) {
        self.add_items();
        self.took += took;
        self.steps.push(Step {
            dropped: std::mem::take(&mut self.pending.dropped),
            library: cell.library.to_owned(),
            layers: cell.layers.to_vec(),
            symbol: cell.symbol.to_owned(),
            shares: cell.shares,
            ended: ended.clone(),
        });
    }

    /// Takes all steps again in an empty process; returns their number, or why they were not taken.
    pub fn run(&self, child: &mut Child) -> Result<usize, String> {
        if let Some(why) = self.why_not() {
            return Err(why);
        }
        child.set_deaf(true);
        let all = self.steps.iter().try_for_each(|step| step.run(child));
        child.set_deaf(false);
        all.map(|()| self.steps.len())
    }

    fn why_not(&self) -> Option<String> {
        let obstacle = self.obstacle.as_ref().map(|obstacle| format!("one {obstacle}"));
        let is_slow = self.took > QUICK;
        obstacle.or_else(|| is_slow.then(|| format!("they took {:.1} s", self.took.as_secs_f64())))
    }
}

impl Step {
    fn run(&self, child: &mut Child) -> Result<(), String> {
        let failed = |error: anyhow::Error| format!("{error:#}");
        let (library, layers, symbol, shares) = (&*self.library, &*self.layers, &*self.symbol, self.shares);
        child.forget(&self.dropped).map_err(failed)?;
        let report =
            child.run(Cell { library, layers, symbol, shares }, Some(2 * QUICK), &mut |_| {}).map_err(failed)?;
        if report.ended == self.ended { Ok(()) } else { Err(format!("one ended in another way ({})", report.ended)) }
    }
}

/// The first word of the cell that makes it unrepeatable. Words of comments and texts count, too.
fn unrepeatable(code: &str) -> Option<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = code.split(|c| !is_part(c));
    let pointer = || ["*const", "*mut"].into_iter().find(|text| code.contains(text));
    words.find(|word| UNREPEATABLE.contains(word)).or_else(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_may_do_something_else_again_are_known_by_their_words() {
        for (code, expected) in [
            ("let a = vec![1, 2]; println!(\"{a:?}\");", None),
            ("plot(&x, &y).title(\"time\")", None),
            ("let offset = buffer.len() * 2; processed(offset)", None),
            ("use std::{fs as files, io};", Some("fs")),
            ("std::fs::write(\"a\", \"b\")?;", Some("fs")),
            ("let started = r#Instant::now();", Some("Instant")),
            ("std::thread::spawn(|| 1).join()", Some("thread")),
            ("let seen = HashMap::from([(1, 2)]);", Some("HashMap")),
            ("&raw const x as *const u8 as usize", Some("*const")),
        ] {
            assert_eq!(unrepeatable(code), expected, "{code}");
        }
    }

    #[test]
    fn one_such_cell_or_crate_is_enough() {
        let obstacle = |cells: &[(&str, &[&str])]| {
            let mut replay = Replay::default();
            for (code, crates) in cells {
                replay.begin(code, &[], crates.iter().copied());
                replay.add_items();
            }
            replay.why_not()
        };
        assert_eq!(obstacle(&[("1", &["forward_pass"]), ("fn f() {}", &["ndarray"])]), None);
        assert_eq!(obstacle(&[("fs::read(a)", &[]), ("2", &[])]).as_deref(), Some("one uses `fs`"));
        assert_eq!(obstacle(&[("1", &["rand"])]).as_deref(), Some("one uses the crate `rand`"));
        // A cell that ended its process is not run again.
        let mut replay = Replay::default();
        replay.begin("std::process::abort()", &[], [].into_iter());
        replay.begin("1", &[], [].into_iter());
        replay.add_items();
        assert_eq!(replay.why_not(), None);
        replay.took = Duration::from_millis(2500);
        assert_eq!(replay.why_not().as_deref(), Some("they took 2.5 s"));
    }
}
