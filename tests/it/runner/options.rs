//! How `test` runs: limits, order, how much at once, settings files, watching; through the binary.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::json;

use crate::support::{NotebookBuilder, command, forward_pass, tested};

#[test]
fn compiling_and_running_have_limits_of_their_own() {
    let run =
        NotebookBuilder::new().code("it", "println!(\"1\");\nloop {}", "1\n").code("after", "println!(\"2\");", "2\n");
    tested(&run, &["--timeout", "0.5"])
        .exits(1)
        .has("`it` was still running after 0.5 s")
        .has("`after` was not run: `it` did not run to its end, and later cells may need what it was to define");
    let own = NotebookBuilder::new().code("it", "loop {}", "").settings(json!({"run_timeout": "0.4"}));
    tested(&own, &[]).exits(1).has("`it` was still running after 0.4 s");
    // A cell that nobody compiled before: it would be taken from what is kept.
    let new = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let compile = NotebookBuilder::new().code("it", &format!("let _ = {new}_u128; println!(\"1\");"), "1\n");
    tested(&compile, &["--compile-timeout", "0.001"]).exits(1).has("`it` was still compiling after 0.001 s");
    tested(&compile, &["--timeout", "0"]).exits(2);
}

#[test]
fn the_first_failure_can_end_the_run_and_the_rest_is_counted() {
    let maker = NotebookBuilder::new().code("bad", "println!(\"1\");", "2\n").code("next", "println!(\"3\");", "4\n");
    maker.write_as("b.ipynb");
    let told = tested(&maker, &["b.ipynb", "--fail-fast"]);
    told.exits(1).has("`next` was not run: `bad` failed in made.ipynb").has("not run b.ipynb").has("3 cells not run");
    assert!(!told.stdout.contains("`next` shows"), "{}", told.stdout);
}

#[test]
fn notebooks_side_by_side_are_told_in_their_order() {
    let maker = |text: &str| NotebookBuilder::new().code("it", &format!("println!(\"{text}\");"), &format!("{text}\n"));
    let slow = NotebookBuilder::new().code("it", "std::thread::sleep(std::time::Duration::from_secs(1));\n1", "");
    let slow = slow.settings(json!({"ignore_output": "true", "reason": "a test", "allow": "nothing-compared"}));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.ipynb"), slow.text()).unwrap();
    std::fs::write(folder.path().join("b.ipynb"), maker("b").text()).unwrap();
    std::fs::write(folder.path().join("c.ipynb"), maker("c").text().replace("c\\n", "d\\n")).unwrap();
    std::fs::write(folder.path().join("forward-pass.toml"), "allow = [\"nothing-compared\"]\n").unwrap();
    let told = forward_pass(folder.path(), &["test", ".", "--jobs", "3"]);
    told.exits(1).has("3 notebooks, 3 cells run, 2 outputs compared, 1 notebook failed");
    let order: Vec<&str> = told.stdout.lines().filter_map(|line| line.split_once(".ipynb (").map(|it| it.0)).collect();
    assert_eq!(order, ["ok a", "ok b", "FAILED c"], "{}", told.stdout);
    told.has("allowed: nothing-compared").has("1 cell run without comparison");
}

#[test]
fn a_setting_file_holds_for_its_folder_and_the_nearer_one_rules() {
    let maker = NotebookBuilder::new().code("it", "println!(\"0.5\");", "0.51\n");
    let write = |name: &str, text: &str| std::fs::write(maker.folder.path().join(name), text).unwrap();
    write("forward-pass.toml", "rtol = 0.1\n");
    tested(&maker, &[]).exits(0);
    write("made.forward-pass.toml", "rtol = 1e-9\n");
    tested(&maker, &[]).exits(1).has("0.51 became 0.5, by -1.0e-2");
    write("made.forward-pass.toml", "rtoll = 1e-9\n");
    tested(&maker, &[]).exits(1).has("made.forward-pass.toml").has("did you mean `rtol`?");
}

#[test]
fn a_folder_without_notebooks_is_nothing_to_test() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["test"][..], &["test", "."], &["test", "--format", "json"]] {
        let told = forward_pass(folder.path(), arguments);
        told.exits(4);
        assert!(told.stderr.contains("nothing to test: no notebook was found"), "{}", told.stderr);
    }
}

/// Panics that nobody joins, and what is printed after its cell ended: as `test --help` says.
#[test]
fn threads_have_the_verdict_that_the_help_gives_them() {
    let late = "std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(300)); \
                println!(\"late\"); });";
    let wait = "std::thread::sleep(std::time::Duration::from_millis(1200));\nprintln!(\"2\");";
    let panics = "let _ = std::thread::spawn(|| panic!(\"alone\"));\n\
                  std::thread::sleep(std::time::Duration::from_millis(300));\nprintln!(\"3\");";
    let joined = "std::thread::spawn(|| panic!(\"joined\")).join().unwrap();";
    let maker = NotebookBuilder::new()
        .code("spawn", late, "")
        .code("wait", wait, "late\n2\n")
        .code("alone", panics, "3\n")
        .code("joined", joined, "");
    let told = tested(&maker, &[]);
    told.exits(1).has("`alone` does not match its stored output").has("stderr is new");
    told.has("`joined` panicked at line 1");
    assert!(!told.stdout.contains("`wait`") && !told.stdout.contains("`spawn`"), "{}", told.stdout);
}

/// Ends a process that would run on.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn watch_runs_again_when_the_notebook_changes() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n");
    let path = maker.write();
    let mut command = command(maker.folder.path(), &["test", "made.ipynb", "--watch"]);
    let mut child = Ended(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (sender, lines) = channel();
    let streams: [Box<dyn std::io::Read + Send>; 2] =
        [Box::new(child.0.stdout.take().unwrap()), Box::new(child.0.stderr.take().unwrap())];
    for stream in streams {
        let sender = sender.clone();
        std::thread::spawn(move || {
            BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
    }
    // What comes on stdout may overtake what comes on stderr: all of `words` are waited for, in any order.
    let wait_for = |words: &[&str]| {
        let mut missing = words.to_vec();
        while !missing.is_empty() {
            let line = lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|_| panic!("{missing:?} did not come"));
            missing.retain(|words| !line.contains(words));
        }
    };
    wait_for(&["ok made.ipynb", "watching 1 notebook;"]);
    std::fs::write(&path, maker.text().replace("\"1\\n\"", "\"7\\n\"")).unwrap();
    wait_for(&["FAILED made.ipynb", "watching"]);
}

#[test]
fn the_page_on_testing_names_all_that_the_help_names() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/testing.md")).unwrap();
    let help = forward_pass(std::path::Path::new("."), &["test", "--help"]).stdout;
    let (_, tables) = help.split_once("A cell can end").unwrap();
    let (tables, _) = tables.split_once("Threads:").unwrap();
    let rows = tables.lines().filter(|line| line.starts_with("  ")).map(str::trim);
    let mut named = 0;
    for row in rows.filter(|row| !row.starts_with(|c: char| c.is_ascii_digit())) {
        // What stands before the wide gap are names; the rest says what they do.
        let names = row.split("  ").next().unwrap().split(", ").map(|name| name.trim_end_matches(','));
        for name in names.filter(|name| !name.contains(' ')) {
            assert!(page.contains(&format!("`{name}`")), "docs/testing.md does not name `{name}`");
            named += 1;
        }
    }
    assert!(named > 40, "only {named} names were found in the help");
}

/// A moving line on a terminal, which says which cell runs; elsewhere nothing moves, and nothing is coloured.
#[cfg(unix)]
#[test]
fn progress_moves_on_a_terminal_and_nowhere_else() {
    let slow = "std::thread::sleep(std::time::Duration::from_millis(700));\nprintln!(\"1\");";
    let maker = NotebookBuilder::new().code("slow", slow, "1\n").code("next", "println!(\"2\");", "2\n");
    let told = tested(&maker, &[]);
    told.exits(0);
    assert!(
        !format!("{}{}", told.stdout, told.stderr).contains(['\r', '\u{1b}']),
        "{:?} {:?}",
        told.stdout,
        told.stderr
    );
    let mut command = command(maker.folder.path(), &["--engine", "own", "test", "made.ipynb"]);
    command.env("TERM", "xterm").env_remove("NO_COLOR");
    let options = rexpect::reader::Options::new().timeout_ms(Some(60_000)).strip_ansi_escape_codes(true);
    let mut terminal = rexpect::session::spawn_with_options(command, options).unwrap();
    terminal.exp_string("[0/1]").unwrap();
    terminal.exp_string("made.ipynb: cell 1 of 2, `slow`").unwrap();
    terminal.exp_string("ok made.ipynb (2 cells").unwrap();
    terminal.exp_string("2 outputs compared").unwrap();
}
