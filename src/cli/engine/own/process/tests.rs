//! Cells that misbehave, compiled by hand into one library; after each of them the variables are checked.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nix::libc;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::forking::Forking;
use super::*;
use crate::cli::outcome::Stream;

/// The test binary is also the child process: the hook must run before the test harness.
#[used]
#[unsafe(link_section = ".init_array")]
static HOOK: extern "C" fn() = {
    extern "C" fn hook() {
        super::hook();
    }
    hook
};

fn library() -> PathBuf {
    static LIBRARY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cells.rs"), include_str!("cells.rs")).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.args([
            "--edition=2024",
            "--crate-type=cdylib",
            "-Cprefer-dynamic",
            "-Crpath",
            "-o",
            "cells.so",
            "cells.rs",
        ]);
        let done = rustc.current_dir(folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        folder
    });
    folder.path().join("cells.so")
}

struct Session {
    child: Forking,
    stop: Stop,
    out: String,
    err: String,
}

impl Session {
    fn new() -> Session {
        let stop = Stop::new().unwrap();
        let child = Forking::start(&std::env::temp_dir(), stop.clone()).unwrap();
        let mut session = Session { child, stop, out: String::new(), err: String::new() };
        session.run("set");
        session
    }

    fn run(&mut self, symbol: &str) -> RunReport {
        self.run_for(symbol, Duration::from_secs(20))
    }

    fn run_for(&mut self, symbol: &str, timeout: Duration) -> RunReport {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut on_piece = |piece: Piece| match piece {
            Piece::Text(Stream::Stdout, bytes) => out.extend_from_slice(bytes),
            Piece::Text(Stream::Stderr, bytes) => err.extend_from_slice(bytes),
            // The worker's, not the cell's.
            Piece::Report(super::wire::worker_side::LOADED, _) => {}
            Piece::Report(kind, bytes) => out.extend(format!("<{kind} {}>", bytes.len()).bytes()),
            Piece::Reads(_) => out.extend(b"<reads>"),
        };
        let report = self
            .child
            .run(Cell { library: &library(), layers: &[], symbol, shares: false }, Some(timeout), &mut on_piece)
            .unwrap();
        self.out = String::from_utf8_lossy(&out).into_owned();
        self.err = String::from_utf8_lossy(&err).into_owned();
        report
    }

    /// The variable that [`Session::new`] stored still has its value.
    fn is_whole(&mut self) {
        let report = self.run("get");
        assert_eq!(report.ended, Ended::Returned(0));
        assert_eq!(self.out, "x = [1, 2, 3]\n");
    }
}

fn killed(signal: i32) -> Ended {
    Ended::Killed { signal, stack_overflow: false }
}

#[test]
fn every_kind_of_end_is_distinguished_and_drops_no_variable() {
    let overflow = Ended::Killed { signal: libc::SIGSEGV, stack_overflow: true };
    let cases: &[(&str, Ended, &str)] = &[
        ("print", Ended::Returned(0), "no newline"),
        ("fails", Ended::Returned(2), ""),
        ("exit_0", Ended::Exited(0), ""),
        ("exit_3", Ended::Exited(3), "before"),
        ("abort", killed(libc::SIGABRT), ""),
        ("segfault", killed(libc::SIGSEGV), ""),
        ("overflow", overflow, ""),
        ("kill_group", killed(libc::SIGKILL), ""),
        ("realtime", killed(34), ""),
        ("forks", Ended::Returned(0), ""),
        ("close_streams", Ended::Returned(0), ""),
        ("stdin", Ended::Returned(0), "0 bytes\n"),
        ("invalid_utf8", Ended::Returned(0), "a\u{fffd}b\n"),
        ("mutate_and_abort", killed(libc::SIGABRT), ""),
        ("take_and_abort", killed(libc::SIGABRT), ""),
        ("lies", Ended::Returned(0), "\u{6}EVCXR_EXECUTION_COMPLETE\n"),
        ("nothing_of_that_name", Ended::NotLoaded(String::new()), ""),
    ];
    let mut session = Session::new();
    for (symbol, ended, out) in cases {
        let report = session.run(symbol);
        match (&report.ended, ended) {
            (Ended::NotLoaded(why), Ended::NotLoaded(_)) => assert!(why.contains(symbol), "{why}"),
            (actual, expected) => assert_eq!(actual, expected, "{symbol}"),
        }
        assert_eq!(session.out, *out, "{symbol}");
        assert!(report.after != After::Lost, "{symbol}");
        session.is_whole();
    }
}

#[test]
fn an_endless_loop_is_stopped_in_time_and_drops_no_variable() {
    let mut session = Session::new();
    let report = session.run_for("endless", Duration::from_millis(200));
    assert_eq!(report.ended, Ended::TimedOut);
    session.is_whole();
    let stop = session.stop.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        stop.set();
    });
    let start = Instant::now();
    assert_eq!(session.run("endless").ended, Ended::Interrupted);
    assert!(start.elapsed() < Duration::from_millis(1000), "{:?}", start.elapsed());
    session.stop.clear();
    session.is_whole();
}

#[test]
fn endless_output_is_cut_with_a_note() {
    let mut session = Session::new();
    // Long enough for a busy machine to print 16 MB.
    let report = session.run_for("endless_output", Duration::from_secs(4));
    assert_eq!(report.ended, Ended::TimedOut);
    assert_eq!(session.out.len(), LIMIT);
    assert_eq!(report.notes, ["output cut: only the first 16 MB are kept"]);
    session.is_whole();
    session.run("megabyte");
    assert_eq!(session.out.len(), (1 << 20) + 1);
}

#[test]
fn reports_keep_their_place_among_the_text() {
    let mut session = Session::new();
    let report = session.run("ordered");
    assert_eq!(session.out, "one\n<256 0>two\n<256 100000>three\n");
    assert_eq!(report.reports.last().map(|(_, text)| text.len()), Some(100_000));
}

#[test]
fn an_older_state_can_be_restored() {
    let mut session = Session::new();
    session.run("push");
    let mark = session.child.mark();
    session.run("push");
    session.run("get");
    assert_eq!(session.out, "x = [1, 2, 3, 4, 4]\n");
    session.child.undo().unwrap();
    assert_eq!(session.child.undo().unwrap(), Some(mark));
    session.run("get");
    assert_eq!(session.out, "x = [1, 2, 3, 4]\n");
    session.run("segfault");
    session.run("get");
    assert_eq!(session.out, "x = [1, 2, 3, 4]\n");
    session.child.forget(&["x".into()]).unwrap();
    session.run("get");
    assert_eq!(session.out, "no x\n");
    session.child.reset().unwrap();
    assert_eq!(session.child.mark(), 0);
    session.run("get");
    assert_eq!(session.out, "no x\n");
}

#[test]
fn threads_may_print_later_and_may_end_the_process() {
    let mut session = Session::new();
    session.run("print_later");
    std::thread::sleep(Duration::from_millis(300));
    let report = session.run("get");
    assert!(session.out.contains("later\n") && session.out.contains("x = [1, 2, 3]\n"), "{}", session.out);
    assert_eq!(report.notes, Vec::<String>::new());
    session.run("exit_later");
    std::thread::sleep(Duration::from_millis(300));
    let report = session.run("get");
    assert_eq!(session.out, "x = [1, 2, 3]\n");
    assert_eq!(
        report.notes,
        [
            "1 thread of earlier cells ended with the process",
            "the process ended between two cells (exit code 5), and was restored"
        ]
    );
}

#[test]
fn what_checkpoints_hold_is_what_the_worker_does_not_share() {
    const BIG: u64 = 64 << 20;
    let mut session = Session::new();
    let held = |session: &Session| system::held(session.child.worker, &session.child.checkpoints.pids()).unwrap();
    session.run("big");
    session.run("get");
    let before = held(&session);
    session.run("change");
    session.run("get");
    let after = held(&session);
    // The system may have swapped some of it out.
    assert!(before < BIG / 4 && (BIG / 2..BIG + BIG / 4).contains(&after), "{before} {after}");
    assert!(!system::is_too_much(session.child.worker, &session.child.checkpoints.pids(), 0));
}

/// The processes whose command line has this word.
fn processes(word: &str) -> usize {
    let is_one = |entry: std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let is_zombie = || std::fs::read_to_string(entry.path().join("stat")).is_ok_and(|stat| stat.contains(") Z "));
        String::from_utf8_lossy(&line).contains(word) && !is_zombie()
    };
    std::fs::read_dir("/proc").unwrap().flatten().map(is_one).filter(|&is_one| is_one).count()
}

/// A killed process takes a moment to end.
fn settles_at(word: &str, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while processes(word) != count && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(processes(word), count, "{word}");
}

#[test]
fn what_a_cell_starts_ends_with_the_session_and_not_with_the_process() {
    let mut session = Session::new();
    session.run("leave_child");
    assert_eq!(session.out, "");
    session.is_whole();
    settles_at("sleep\u{0}98765", 1);
    let notes = session.run("abort").notes;
    assert!(notes.len() == 1 && notes[0].contains("(`sleep`) of an earlier cell still runs"), "{notes:?}");
    settles_at("sleep\u{0}98765", 1);
    session.run("leave_daemon");
    session.is_whole();
    settles_at("sleep\u{0}98764", 1);
    let supervisor = session.child.supervisor.id();
    drop(session);
    settles_at("sleep\u{0}98764", 0);
    settles_at("sleep\u{0}98765", 0);
    assert!(!std::path::Path::new(&format!("/proc/{supervisor}")).exists());
}

#[test]
fn a_killed_supervisor_takes_everything_with_it_and_a_new_one_starts() {
    let mut session = Session::new();
    session.run("leave_marked");
    settles_at("sleep\u{0}98763", 1);
    let supervisor = session.child.supervisor.id() as i32;
    kill(Pid::from_raw(supervisor), Signal::SIGKILL).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let report = session.run("get");
    assert_eq!((report.ended, report.after), (killed(libc::SIGKILL), After::Lost));
    assert_eq!(report.notes, ["the process ended between two cells (signal 9), and could not be restored"]);
    settles_at("sleep\u{0}98763", 0);
    session.run("set");
    session.is_whole();
}

#[test]
fn without_copies_a_death_costs_the_variables_and_a_panic_or_an_error_does_not() {
    let stop = Stop::new().unwrap();
    let mut single = Single::start(&std::env::temp_dir(), stop.clone()).unwrap();
    let mut run = |symbol: &str, seconds: u64| {
        let mut out = Vec::new();
        let mut on_piece = |piece: Piece| match piece {
            Piece::Text(_, bytes) => out.extend_from_slice(bytes),
            Piece::Report(super::wire::worker_side::LOADED, _) => {}
            Piece::Report(kind, bytes) => out.extend(format!("<{kind} {}>", bytes.len()).bytes()),
            Piece::Reads(_) => out.extend(b"<reads>"),
        };
        let cell = Cell { library: &library(), layers: &[], symbol, shares: false };
        let report = single.run(cell, Some(Duration::from_secs(seconds)), &mut on_piece).unwrap();
        (report, String::from_utf8_lossy(&out).into_owned())
    };
    let overflow = Ended::Killed { signal: libc::SIGSEGV, stack_overflow: true };
    let cases: [(&str, Ended, &str); 9] = [
        ("exit_3", Ended::Exited(3), "before"),
        ("abort", killed(libc::SIGABRT), ""),
        ("segfault", killed(libc::SIGSEGV), ""),
        ("overflow", overflow, ""),
        ("fails", Ended::Returned(2), ""),
        ("stdin", Ended::Returned(0), "0 bytes\n"),
        ("ordered", Ended::Returned(0), "one\n<256 0>two\n<256 100000>three\n"),
        ("endless", Ended::TimedOut, ""),
        ("nothing_of_that_name", Ended::NotLoaded(String::new()), ""),
    ];
    for (symbol, ended, out) in cases {
        run("set", 20);
        assert_eq!(run("get", 20).1, "x = [1, 2, 3]\n");
        let (report, printed) = run(symbol, if symbol == "endless" { 1 } else { 20 });
        let has_ended = match (&report.ended, &ended) {
            (Ended::NotLoaded(_), Ended::NotLoaded(_)) => true,
            (one, other) => one == other,
        };
        assert!(has_ended && printed.ends_with(out), "{symbol}: {:?} {printed}", report.ended);
        let lives = matches!(ended, Ended::Returned(_) | Ended::NotLoaded(_));
        assert_eq!(report.after == After::Lost, !lives, "{symbol}");
        assert_eq!(run("get", 20).1, if lives { "x = [1, 2, 3]\n" } else { "no x\n" }, "{symbol}");
    }
}
