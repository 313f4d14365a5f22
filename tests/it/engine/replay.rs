//! A session whose process cannot be copied, as on Windows: what a dead process costs.

use std::time::Duration;

use tempfile::TempDir;

use crate::support::cells::{Cells, command, lines};

const NO_CHECKPOINTS: &str = "note this session cannot copy its process, so there was no checkpoint to restore";
const ABORT: &str = "std::process::abort()";
const ABORTED: &str = "Killed { signal: 6, stack_overflow: false }";

fn without_fork(folder: &TempDir) -> Cells {
    let mut command = command("own", folder.path(), &["--timeout", "3"]);
    command.env("FORWARD_PASS_NO_FORK", "1");
    Cells::spawn(command)
}

#[test]
fn quick_and_repeatable_cells_run_again_and_print_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = without_fork(&folder);
    assert_eq!(cells.lines("struct P { x: i32 } let p = P { x: 1 }; let mut all = vec![p.x];"), ["ok"]);
    assert_eq!(cells.lines("fn twice(n: i32) -> i32 { 2 * n }"), ["ok"]);
    assert_eq!(cells.lines("println!(\"once\"); all.push(twice(21)); let name = String::from(\"ada\");"), ["| once"]);
    // A panic keeps what the cell did before it, and so does its replay.
    assert_eq!(cells.lines("all.push(7); panic!(\"no\")"), ["Panicked { message: \"no\", line: Some(1) }"]);
    assert_eq!(cells.lines(ABORT), [ABORTED, NO_CHECKPOINTS, "note the 3 earlier cells were run again"]);
    assert_eq!(cells.lines("(&all, &name, p.x)"), ["= ([1, 42, 7], \"ada\", 1)"]);
    assert_eq!(cells.lines("all.push(8);"), ["ok"]);
    let took_too_long = cells.lines("loop { std::hint::black_box(0); }");
    assert_eq!(took_too_long, ["TimedOut { phase: Run, seconds: 3.0 }", "note the 5 earlier cells were run again"]);
    assert_eq!(cells.lines("all"), ["= [1, 42, 7, 8]"]);
    // A variable of another type under an old name, and one that a new type drops.
    assert_eq!(
        cells.lines("let name = 5; struct P { y: i32 }")[0],
        "note variable `p: P` was dropped: a type it depends on was redefined"
    );
    assert_eq!(cells.lines(ABORT)[0], ABORTED);
    assert_eq!(cells.lines("name + all.len() as i32"), ["= 9"]);
    assert_eq!(cells.lines("p.x")[0], "error E0425 at 1:1: cannot find value `p` in this scope");
    // After a restart, nothing of the time before is run.
    cells.lines(":restart");
    cells.lines("let fresh = 1;");
    assert_eq!(cells.lines(ABORT), [ABORTED, "note the earlier cell was run again"]);
    assert_eq!(cells.lines("fresh"), ["= 1"]);
}

#[test]
fn an_interrupted_cell_costs_nothing_where_the_others_are_repeatable() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = without_fork(&folder);
    cells.lines("let kept = vec![1, 2, 3];");
    cells.send("println!(\"begun\"); loop { std::hint::black_box(0); }");
    std::thread::sleep(Duration::from_secs(2));
    // As a reader does who is in a hurry.
    for _ in 0..3 {
        let interrupt = std::process::Command::new("kill").args(["-INT", &cells.child.id().to_string()]).status();
        assert!(interrupt.unwrap().success());
        std::thread::sleep(Duration::from_millis(5));
    }
    let shown = lines(&cells.answer());
    assert_eq!(shown, ["| begun", "Interrupted", NO_CHECKPOINTS, "note the earlier cell was run again"]);
    assert_eq!(cells.lines("kept"), ["= [1, 2, 3]"]);
}

#[test]
fn what_is_not_repeatable_is_lost_and_the_session_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = without_fork(&folder);
    let count = || std::fs::read_to_string(folder.path().join("count")).unwrap_or_default();
    let append =
        "{ use std::io::Write; write!(std::fs::File::options().append(true).create(true).open(\"count\")?, \"x\")?; }";
    cells.lines(&format!("let a = 1; {append}"));
    let lost = "note the variables `a` were lost with the process: run the cells again that make them; the session does \
                not, as one uses `fs`";
    assert_eq!(cells.lines(ABORT), [ABORTED, NO_CHECKPOINTS, lost]);
    assert_eq!(count(), "x");
    // What ended with the process is forgotten.
    cells.lines("let a = 2;");
    assert_eq!(cells.lines(ABORT), [ABORTED, "note the earlier cell was run again"]);
    assert_eq!(count(), "x");
}
