//! The zoo: `tests/fixtures/zoo/*.ipynb`, a notebook for each kind of failure, with what has to come of every cell of
//! it.
//!
//! Each runs in a session of its own on our engine. The last cell of every notebook uses a variable that was made
//! before the failure: whatever happened, the session answers with it. What is expected stands in a cell's
//! `metadata.zoo`, and what the session begins with in the notebook's.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::cells::{Cells, command, lines};
use crate::support::{ACCEPT, accepts, notebook_text, takes_every_way};

/// How long a cell that is to be interrupted has been running, or compiling, by then.
const A_WHILE: Duration = Duration::from_millis(800);

const MOST_LINES: usize = 12;
const LONGEST: usize = 300;

fn cages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/zoo")
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|word| word.as_str().unwrap()).collect()
}

fn source(cell: &Value) -> String {
    words(&cell["source"]).concat()
}

/// A session as the notebook wants it; it knows the cells beforehand, where it gets them.
fn start(settings: &Value, folder: &Path, script: Option<Vec<String>>) -> Cells {
    let mut command = command("own", folder, &words(&settings["arguments"]));
    for (name, value) in settings["environment"].as_object().into_iter().flatten() {
        command.env(name, value.as_str().unwrap());
    }
    match script {
        Some(cells) => Cells::spawn_with_script(command, cells.into_iter()),
        None => Cells::spawn(command),
    }
}

/// Runs a cell, with what is to happen to it meanwhile.
fn run(cells: &mut Cells, code: &str, settings: &Value) -> Vec<String> {
    let pid = cells.child.id().to_string();
    if let Some(limit) = settings["largest_file"].as_str() {
        // A disk that takes no more: what is written beyond this size fails.
        tell("prlimit", &["--pid", &pid, &format!("--fsize={limit}:")]);
    }
    cells.send(code);
    if settings["interrupt"] == true {
        std::thread::sleep(A_WHILE);
        tell("kill", &["-INT", &pid]);
    }
    let mut came = lines(&cells.answer());
    if settings["interrupt"] == true {
        // How much came until then is chance.
        came.retain(|line| !line.starts_with('|'));
    }
    short(came)
}

fn tell(program: &str, arguments: &[&str]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

/// What was cut is counted.
fn short(mut lines: Vec<String>) -> Vec<String> {
    for line in &mut lines {
        let length = line.chars().count();
        if length > LONGEST {
            *line = format!("{} ... ({length} characters)", line.chars().take(20).collect::<String>());
        }
    }
    if lines.len() > MOST_LINES {
        let rest = lines.split_off(2);
        let (texts, others): (Vec<String>, Vec<String>) = rest.into_iter().partition(|line| line.starts_with('|'));
        lines.push(format!("| ... ({} more lines)", texts.len()));
        lines.extend(others);
    }
    lines
}

/// Runs a notebook, and puts what came in place of what was expected; tells what differed.
fn visit(path: &Path, together: bool) -> String {
    let mut notebook: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let all = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code");
    let script = together.then(|| all.map(source).collect());
    let mut cells = start(&notebook["metadata"]["zoo"], folder.path(), script);
    let mut wrong = String::new();
    for cell in notebook["cells"].as_array_mut().unwrap().iter_mut().filter(|cell| cell["cell_type"] == "code") {
        let came = run(&mut cells, &source(cell), &cell["metadata"]["zoo"]);
        let wanted = words(&cell["metadata"]["zoo"]["outcome"]).join("\n");
        let folder = folder.path().to_str().unwrap();
        let mut came: Vec<String> = came.iter().map(|line| line.replace(folder, "FOLDER")).collect();
        if cell["metadata"]["zoo"]["by_speed"] == true {
            // Whether so much was printed by then is up to the machine.
            came.retain(|line| !line.starts_with("note output cut"));
        }
        if came.join("\n") != wanted {
            let name = path.file_name().unwrap().to_str().unwrap();
            wrong += &format!("\n{name}\n{}\n--- expected\n{wanted}\n--- came\n{}\n", source(cell), came.join("\n"));
            cell["metadata"]["zoo"]["outcome"] = json!(came);
        }
    }
    if accepts() {
        std::fs::write(path, notebook_text(&notebook)).unwrap();
        return String::new();
    }
    wrong
}

#[test]
fn after_every_kind_of_failure_the_session_answers_with_its_variables() {
    let entries = std::fs::read_dir(cages()).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|it| it == "ipynb")).collect();
    paths.sort();
    assert!(paths.len() >= 30, "only {} notebooks in {}", paths.len(), cages().display());
    // Several wait for a clock: they may do so at one time.
    let share = paths.len().div_ceil(4);
    let both = |path: &PathBuf| {
        let alone = visit(path, false);
        if takes_every_way() { alone + &visit(path, true) } else { alone }
    };
    let wrong: String = std::thread::scope(|scope| {
        let visits: Vec<_> =
            paths.chunks(share).map(|paths| scope.spawn(|| paths.iter().map(both).collect::<String>())).collect();
        visits.into_iter().map(|visit| visit.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong}\nto store what came: {ACCEPT}=1 cargo test zoo");
}

#[test]
fn a_cell_of_megabytes_is_interrupted_while_it_is_taken_apart() {
    let folder = tempfile::tempdir().unwrap();
    let mut cells = Cells::start("own", folder.path());
    assert_eq!(cells.lines("let kept = 1;"), ["ok"]);
    let lets: String = (0..150_000).map(|n| format!("let x{n} = {n};\n")).collect();
    cells.send(&lets);
    std::thread::sleep(A_WHILE);
    tell("kill", &["-INT", &cells.child.id().to_string()]);
    let asked = std::time::Instant::now();
    assert_eq!(lines(&cells.answer()), ["Interrupted"]);
    let waited = asked.elapsed();
    assert_eq!(cells.lines("kept + 1"), ["= 2"]);
    assert!(waited < Duration::from_secs(10), "{waited:?}: it was taken apart to its end");
}
