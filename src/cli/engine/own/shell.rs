//! Runs a line `!command` in the shell.
//!
//! What it prints is the cell's value, as in the stock kernel: both streams as one text, in the order written. Whether
//! the session allows it is checked by the caller.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::compile::rustc::CompileEnd;
use super::pipe::read_output;
use super::process::LIMIT;
use super::process::system::{in_own_group, kill_group, shell};
use super::stop::Stop;
use crate::cli::outcome::{End, Phase};

/// Why there is no value.
pub enum Failed {
    /// The command could not be run, or failed; with the message.
    Refused(String),
    /// It was stopped.
    Stopped(End),
}

/// Runs a command in a folder and returns what it printed.
pub fn run(text: &str, folder: &Path, timeout: Option<Duration>, stop: &Stop) -> Result<String, Failed> {
    let cannot = |error: std::io::Error| Failed::Refused(format!("cannot run `{text}`: {error}"));
    let started = Instant::now();
    let (reader, writer) = std::io::pipe().map_err(cannot)?;
    let mut command = shell(text);
    in_own_group(command.current_dir(folder).stdin(Stdio::null()));
    command.stdout(writer.try_clone().map_err(cannot)?).stderr(writer);
    let mut child = command.spawn().map_err(cannot)?;
    // Our copies of the child's ends of the pipe go with it.
    drop(command);
    let (printed, stopped) = read_output(reader, LIMIT, started, timeout, stop);
    if stopped.is_some() {
        kill_group(child.id());
    }
    let status = child.wait().map_err(cannot)?;
    match stopped {
        Some(CompileEnd::TimedOut) => {
            let seconds = timeout.unwrap_or_default().as_secs_f64();
            return Err(Failed::Stopped(End::TimedOut { phase: Phase::Run, seconds }));
        }
        Some(_) => return Err(Failed::Stopped(End::Interrupted)),
        None => {}
    }
    let is_cut = printed.len() == LIMIT;
    let mut printed = String::from_utf8_lossy(&printed).trim_end_matches('\n').to_owned();
    if is_cut {
        printed.push_str("\n[the rest is not shown]");
    }
    if status.success() {
        return Ok(printed);
    }
    Err(Failed::Refused(format!("the shell command failed, {status}\n{printed}").trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed_by(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        match run(text, folder.path(), Some(Duration::from_secs(20)), &Stop::new().unwrap()) {
            Ok(text) => text,
            Err(Failed::Refused(why)) => format!("refused: {why}"),
            Err(Failed::Stopped(end)) => format!("{end:?}"),
        }
    }

    #[test]
    fn both_streams_are_one_text_in_order() {
        assert_eq!(printed_by("echo one; echo two >&2; echo three"), "one\ntwo\nthree");
        assert_eq!(printed_by("true"), "");
    }

    #[test]
    fn a_command_that_fails_is_reported_with_what_it_printed() {
        assert_eq!(printed_by("echo why >&2; exit 3"), "refused: the shell command failed, exit status: 3\nwhy");
        let missing = printed_by("no-such-program-here");
        assert!(missing.contains("exit status: 127"), "{missing}");
    }

    #[test]
    fn a_command_that_never_ends_is_stopped_and_endless_output_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let stop = Stop::new().unwrap();
        let short = Some(Duration::from_millis(100));
        let ended = run("sleep 60 & wait", folder.path(), short, &stop);
        assert!(matches!(ended, Err(Failed::Stopped(End::TimedOut { phase: Phase::Run, .. }))));
        stop.set();
        assert!(matches!(run("sleep 60", folder.path(), None, &stop), Err(Failed::Stopped(End::Interrupted))));
        let long = printed_by(&format!("yes | head -c {}", LIMIT + 10_000));
        assert!(long.ends_with("[the rest is not shown]") && long.len() < LIMIT + 100, "{}", long.len());
    }
}
