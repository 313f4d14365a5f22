//! What a session shares with the rest of the system, where a table of cells cannot say it: interrupts, children,
//! zombies, memory. The rest is `tests/fixtures/engines/system.cells`.

use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::cells::{Cells, command, lines};

fn tell(program: &str, arguments: &[&str]) {
    assert!(std::process::Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

/// Runs a cell that does not end, and interrupts it once it runs.
fn interrupted(cells: &mut Cells, folder: &TempDir, code: &str) -> Vec<String> {
    let started = folder.path().join("started");
    cells.send(&format!("std::fs::write(\"started\", \"\")?; {code}"));
    let deadline = Instant::now() + Duration::from_secs(60);
    while !started.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(200));
    std::fs::remove_file(started).unwrap();
    tell("kill", &["-INT", &cells.child.id().to_string()]);
    lines(&cells.answer())
}

/// The processes below a session's, with the letter of their state.
fn below(pid: u32) -> Vec<(u32, String)> {
    let mut all: Vec<(u32, u32, String)> = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((head, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        all.push((head.split(' ').next().unwrap().parse().unwrap(), fields[1].parse().unwrap(), fields[0].to_owned()));
    }
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut parents = vec![pid];
    while let Some(parent) = parents.pop() {
        for (pid, _, state) in all.iter().filter(|(_, of, _)| *of == parent) {
            parents.push(*pid);
            found.push((*pid, state.clone()));
        }
    }
    found
}

#[test]
fn a_child_of_an_earlier_cell_survives_an_interrupt_and_one_of_the_same_cell_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    let spawn = "let mut c = std::process::Command::new(\"sleep\").arg(\"61\").spawn()?; c.id()";
    let pid = cells.lines(spawn)[0].trim_start_matches("= ").to_owned();
    let came = interrupted(&mut cells, &folder, "std::process::Command::new(\"sleep\").arg(\"62\").status()?;");
    let note = format!(
        "note process {pid} (`sleep`) of an earlier cell still runs: it can be killed, but no longer waited for"
    );
    assert_eq!(came, ["Interrupted", note.as_str()]);
    let lives = || std::path::Path::new(&format!("/proc/{pid}")).exists();
    assert!(lives());
    let sleeps = |cells: &Cells| {
        let is_sleep = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|it| it == "sleep\n");
        below(cells.child.id()).iter().filter(|(pid, _)| is_sleep(pid)).count()
    };
    assert_eq!(sleeps(&cells), 1);
    assert_eq!(cells.lines("c.kill()?;"), ["ok"]);
    let deadline = Instant::now() + Duration::from_secs(5);
    while lives() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((lives(), sleeps(&cells)), (false, 0));
}

#[test]
fn an_interrupt_frees_the_ports_and_keeps_the_other_variables() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    cells.lines("let kept = vec![1]; let l = std::net::TcpListener::bind(\"127.0.0.1:0\")?; let at = l.local_addr()?;");
    let came = interrupted(&mut cells, &folder, "loop {}");
    assert_eq!(came, ["Interrupted", "note variable `l` was dropped: its socket closed with the process"]);
    assert_eq!(cells.lines("let l = std::net::TcpListener::bind(at)?; kept"), ["= [1]"]);
    // Again, with the process that was restored.
    let came = interrupted(&mut cells, &folder, "loop {}");
    assert_eq!(came, ["Interrupted", "note variable `l` was dropped: its socket closed with the process"]);
    assert_eq!(cells.lines("let l = std::net::TcpListener::bind(at)?; kept"), ["= [1]"]);
}

#[test]
fn undo_drops_what_the_older_process_could_not_keep() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    cells.lines("let kept = 5; let (r, w) = std::io::pipe()?;");
    cells.lines("let more = 6;");
    assert_eq!(cells.lines(":undo"), ["= The last cell is taken back"]);
    let came = cells.lines("kept");
    assert_eq!(came[0], "= 5");
    assert!(came[1].starts_with("note variable `r` was dropped"), "{came:?}");
    assert_eq!(cells.lines("w"), ["error E0425 at 1:1: cannot find value `w` in this scope"]);
}

/// A thousand cells run where 60 processes are allowed.
#[test]
fn no_cell_leaves_a_zombie() {
    let folder = tempfile::tempdir().unwrap();
    let script: Vec<String> = ["let mut n = 0;"].into_iter().chain(["n += 1;"; 100]).map(str::to_owned).collect();
    let mut cells = Cells::spawn_with_script(command("own", folder.path(), &[]), script.iter().cloned());
    for cell in &script {
        assert_eq!(cells.lines(cell), ["ok"]);
    }
    // The last ones take a moment to die, and are reaped with the next cell.
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        assert_eq!(cells.lines("n"), ["= 100"]);
        let all = below(cells.child.id());
        assert!(all.len() < 16, "{all:?}");
        if all.iter().all(|(_, state)| state != "Z") {
            return;
        }
        assert!(Instant::now() < deadline, "{all:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn variables_are_dropped_at_the_end_and_at_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    let define = "struct D(&'static str);\n\
        impl Drop for D { fn drop(&mut self) {\n\
        use std::io::Write;\n\
        let mut log = std::fs::File::options().append(true).create(true).open(\"drops\").unwrap();\n\
        writeln!(log, \"{}\", self.0).unwrap(); } }\n\
        let z = D(\"first\"); let a = D(\"second\");";
    assert_eq!(cells.lines(define), ["ok"]);
    assert_eq!(cells.lines("let m = D(\"third\"); let _ = &z;"), ["ok"]);
    let drops = || std::fs::read_to_string(folder.path().join("drops")).unwrap_or_default();
    assert_eq!(drops(), "");
    cells.lines(":restart");
    assert_eq!(drops(), "third\nsecond\nfirst\n");
    assert_eq!(cells.lines("let y = D(\"after\"); let waits = std::sync::mpsc::channel::<D>();"), ["ok"]);
    drop(cells);
    assert_eq!(drops(), "third\nsecond\nfirst\nafter\n");
}

#[test]
fn a_value_that_waits_in_its_drop_does_not_hold_back_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    let code =
        "struct Waits; impl Drop for Waits { fn drop(&mut self) { loop { std::thread::park(); } } } let w = Waits;";
    assert_eq!(cells.lines(code), ["ok"]);
    let begun = Instant::now();
    drop(cells);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn the_environment_turns_no_backtrace_on() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["RUST_BACKTRACE", "RUST_LIB_BACKTRACE"] {
        let mut command = command("own", folder.path(), &[]);
        let mut cells = Cells::spawn({
            command.env(name, "1");
            command
        });
        assert_eq!(cells.lines("std::backtrace::Backtrace::capture().status()"), ["= Disabled"]);
    }
}

#[test]
fn a_cell_of_megabytes_is_compiled_or_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    assert_eq!(cells.lines(&format!("// {}\n1 + 1", "x".repeat(8_000_000))), ["= 2"]);
    assert_eq!(cells.lines(&format!("{}{}\n1 + 2", "/*".repeat(10_000), "*/".repeat(10_000))), ["= 3"]);
    assert_eq!(cells.lines(&format!("let s = \"{}\"; s.len()", "y".repeat(5_000_000))), ["= 5000000"]);
    let refused = "error - at ?: the cell is too large: it has more than 4 MB of code";
    let code = "let long_name = 1;\n".repeat(500_000);
    assert!(cells.lines(&code)[0].starts_with(refused));
    let refused = "error - at ?: the cell is too large: its brackets nest more than 400 deep";
    assert!(cells.lines(&format!("{}1{}", "(".repeat(500), ")".repeat(500)))[0].starts_with(refused));
    assert_eq!(cells.lines("s.len()"), ["= 5000000"]);
}

/// The words that name a limit on memory of this many kilobytes.
fn memory_limit(kilobytes: u64) -> String {
    format!("the memory limit of {} MB (`ulimit -v`) was reached", kilobytes * 1024 / 1_000_000)
}

/// A session whose processes may take so much memory each.
fn limited(folder: &TempDir, kilobytes: u64) -> std::process::Command {
    let inner = command("own", folder.path(), &[]);
    let mut outer = std::process::Command::new("bash");
    outer.args(["-c", &format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\"")]).arg(inner.get_program());
    outer.args(inner.get_args()).current_dir(folder.path()).env_remove("RUST_BACKTRACE");
    outer
}

#[test]
fn a_memory_limit_is_named_where_it_is_reached_and_the_session_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let kilobytes = 900_000;
    let mut cells = Cells::spawn(limited(&folder, kilobytes));
    let note = format!("note {}: use smaller arrays, or raise the limit", memory_limit(kilobytes));
    assert_eq!(cells.lines("let kept = 5;"), ["ok"]);
    let came = cells.lines("let large = vec![1u8; 2_000_000_000]; large.len()");
    assert_eq!(came[0], "! memory allocation of 2000000000 bytes failed", "{came:?}");
    assert_eq!(came[came.len() - 2..], ["Killed { signal: 6, stack_overflow: false }", &*note], "{came:?}");
    // A thread needs memory for its stack.
    let came =
        cells.lines("std::thread::Builder::new().stack_size(2 << 30).spawn(|| 1).expect(\"failed to spawn thread\");");
    assert!(came[0].starts_with("Panicked"), "{came:?}");
    assert_eq!(came[1..], [note], "{came:?}");
    assert_eq!(cells.lines("kept + 1"), ["= 6"]);
}

#[test]
fn where_rustc_has_too_little_memory_the_limit_is_named_instead_of_a_missing_crate() {
    let folder = tempfile::tempdir().unwrap();
    for kilobytes in [380_000, 440_000] {
        let mut cells = Cells::spawn(limited(&folder, kilobytes));
        let mut came = cells.lines(&format!("let size = {kilobytes};"));
        let warning = format!(
            "note the memory limit of {} MB (`ulimit -v`) is small for rustc, whose errors may be due to it: raise it to \
             600 MB",
            kilobytes * 1024 / 1_000_000
        );
        assert_eq!(came.pop(), Some(warning));
        assert!(kilobytes > 400_000 || !came.is_empty(), "rustc managed with {kilobytes} kB");
        // Whether the larger one suffices is up to rustc.
        let words = format!("the compiler failed: {}", memory_limit(kilobytes));
        assert!(came.iter().all(|line| line == &format!("error - at ?: cannot compile the cell: {words}")), "{came:?}");
    }
}

#[test]
fn a_session_that_cannot_start_for_want_of_memory_names_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let ended = limited(&folder, 150_000).stdin(std::process::Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let expected = format!("error: the Rust compiler failed: {}\nhelp: raise the limit\n", memory_limit(150_000));
    assert_eq!((said, ended.status.code()), (expected, Some(3)));
}
