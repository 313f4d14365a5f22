//! What is saved into a notebook while its outputs are stored: by an editor, a second run, or a cell of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, command, forward_pass, notebook_text, with_input};

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The ids of the cells, each with what it stores on stdout.
fn stored(path: &Path) -> Vec<(String, String)> {
    let text = |cell: &Value| cell["outputs"][0]["text"].as_array().map_or(String::new(), |it| it[0].to_string());
    let cells = read(path)["cells"].as_array().unwrap().clone();
    cells.iter().map(|cell| (cell["id"].as_str().unwrap().to_owned(), text(cell))).collect()
}

/// A cell that says it has begun by making a file, and then waits for another one.
fn slow(mark: &str, prints: &str) -> String {
    format!(
        "std::fs::write(\"{mark}.begun\", \"\").unwrap();\n\
         while !std::path::Path::new(\"{mark}.go\").exists() {{\n    \
         std::thread::sleep(std::time::Duration::from_millis(5));\n}}\nprintln!(\"{prints}\");"
    )
}

fn wait_for(path: &Path) {
    let begun = Instant::now();
    while !path.exists() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{} did not come", path.display());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs the command on a notebook with a slow cell and a quick one, and calls `meanwhile` while the slow one runs.
fn run_and(maker: &NotebookBuilder, arguments: &[&str], meanwhile: impl FnOnce(&Path)) -> Finished {
    let path = maker.write();
    let folder = maker.folder.path();
    let mut command = command(folder, arguments);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&folder.join("slow.begun"));
    meanwhile(&path);
    std::fs::write(folder.join("slow.go"), "").unwrap();
    Finished::of(child.wait_with_output().unwrap())
}

fn maker() -> NotebookBuilder {
    NotebookBuilder::new()
        .cell(json!({"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Old"]}))
        .code("slow", &slow("slow", "1"), "0\n")
        .code("next", "println!(\"2\");", "0\n")
}

const ACCEPT: [&str; 3] = ["test", "made.ipynb", "--accept"];

#[test]
fn what_is_saved_while_outputs_are_accepted_stays() {
    let maker = maker();
    let path = maker.folder.path().join("made.ipynb");
    let finished = run_and(&maker, &ACCEPT, |path| {
        let mut now = read(path);
        now["cells"][0]["source"] = json!(["# Mine"]);
        now["cells"][2]["source"] = json!(["println!(\"3\");"]);
        let new = json!({"cell_type": "code", "execution_count": null, "id": "new", "metadata": {}, "outputs": [],
            "source": ["4"]});
        now["cells"].as_array_mut().unwrap().insert(1, new);
        std::fs::write(path, notebook_text(&now)).unwrap();
    });
    finished.exits(1).has("made.ipynb was edited while it ran; the edits stay");
    finished.has("`next` was not stored: the cell has changed since it ran").has("help: your edit is still there");
    let expected = [("title", ""), ("new", ""), ("slow", "\"1\\n\""), ("next", "\"0\\n\"")];
    let expected = expected.map(|(id, text)| (id.to_owned(), text.to_owned()));
    assert_eq!(stored(&path), expected);
    assert_eq!(read(&path)["cells"][0]["source"], json!(["# Mine"]));
    let files = std::fs::read_dir(maker.folder.path()).unwrap().map(|it| it.unwrap().file_name());
    let left = files.filter(|name| name.to_string_lossy().starts_with(".forward")).count();
    assert_eq!(left, 0, "temporary files are left over");
}

#[test]
fn prose_alone_that_is_saved_meanwhile_makes_nothing_red() {
    let maker = maker();
    let finished = run_and(&maker, &ACCEPT, |path| {
        std::fs::write(path, std::fs::read_to_string(path).unwrap().replace("# Old", "# Mine")).unwrap();
    });
    finished.exits(0).has("the edits stay").has("accepted made.ipynb");
    let path = maker.folder.path().join("made.ipynb");
    assert_eq!(read(&path)["cells"][0]["source"], json!(["# Mine"]));
    assert_eq!(stored(&path)[1].1, "\"1\\n\"");
}

#[test]
fn a_notebook_that_becomes_a_link_or_goes_away_is_left_alone() {
    let maker = maker();
    let other = maker.folder.path().join("other.txt");
    std::fs::write(&other, "somebody else's").unwrap();
    let finished = run_and(&maker, &ACCEPT, |path| {
        std::fs::write(&other, std::fs::read(path).unwrap()).unwrap();
        std::fs::remove_file(path).unwrap();
        std::os::unix::fs::symlink(&other, path).unwrap();
    });
    finished.exits(1).has("no output was stored: made.ipynb leads to another file than before");
    assert_eq!(std::fs::read_to_string(&other).unwrap(), maker.text());
    std::fs::remove_file(maker.folder.path().join("slow.begun")).unwrap();
    std::fs::remove_file(maker.folder.path().join("slow.go")).unwrap();
    std::fs::remove_file(maker.folder.path().join("made.ipynb")).unwrap();
    let finished = run_and(&maker, &ACCEPT, |path| std::fs::remove_file(path).unwrap());
    finished.exits(1).has("no output was stored: made.ipynb is missing now");
    assert!(!maker.folder.path().join("made.ipynb").exists());
}

#[test]
fn a_notebook_that_was_a_link_from_the_start_is_written_through() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "0\n");
    let real = maker.write_as("real.ipynb");
    let link = maker.folder.path().join("made.ipynb");
    std::os::unix::fs::symlink("real.ipynb", &link).unwrap();
    forward_pass(maker.folder.path(), &ACCEPT).exits(0);
    assert!(link.is_symlink());
    assert_eq!(stored(&real)[0].1, "\"1\\n\"");
}

#[test]
fn a_cell_that_writes_its_own_notebook_is_not_overwritten() {
    let edits = "let text = std::fs::read_to_string(\"made.ipynb\").unwrap();\n\
                 std::fs::write(\"made.ipynb\", text.replace(\"\\\"# Old\\\"\", \"\\\"# By a cell\\\"\")).unwrap();\nprintln!(\"1\");";
    let title = json!({"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Old"]});
    let maker = NotebookBuilder::new().cell(title).code("it", edits, "0\n");
    let path = maker.write();
    forward_pass(maker.folder.path(), &ACCEPT).exits(0).has("the edits stay");
    assert_eq!(
        (&read(&path)["cells"][0]["source"], stored(&path)[1].1.as_str()),
        (&json!(["# By a cell"]), "\"1\\n\"")
    );
    let breaks = "std::fs::write(\"made.ipynb\", \"no notebook\").unwrap();\nprintln!(\"1\");";
    let maker = NotebookBuilder::new().code("it", breaks, "0\n");
    let path = maker.write();
    forward_pass(maker.folder.path(), &ACCEPT).exits(1).has("no output was stored: made.ipynb cannot be edited");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "no notebook");
}

#[test]
fn two_runs_at_once_lose_nothing() {
    let (a, b) = (slow("a", "1"), slow("b", "2"));
    let maker = NotebookBuilder::new().code("a", &a, "0\n").code("b", &b, "0\n").code("c", "println!(\"3\");", "0\n");
    let path = maker.write();
    // The first one waits in `b` while the second one, which has no need of it, begins and ends.
    std::fs::write(maker.folder.path().join("a.go"), "").unwrap();
    let mut first = command(maker.folder.path(), &["test", "made.ipynb", "--accept", "--filter", "b"]);
    let first = first.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(&maker.folder.path().join("b.begun"));
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--accept", "--filter", "a"]).exits(0);
    std::fs::write(maker.folder.path().join("b.go"), "").unwrap();
    Finished::of(first.wait_with_output().unwrap()).exits(0);
    let texts: Vec<String> = stored(&path).into_iter().map(|it| it.1).collect();
    assert_eq!(texts, ["\"1\\n\"", "\"2\\n\"", "\"0\\n\""]);
}

/// Notebooks are accepted while somebody edits them, at moments that nobody chose: the faster the run, the fewer edits.
#[test]
fn edits_at_any_moment_stay() {
    let folder = tempfile::tempdir().unwrap();
    let title = json!({"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Old"]});
    let maker = NotebookBuilder::new().cell(title).code("it", "println!(\"1\");", "0\n");
    let paths: Vec<_> = (0..120).map(|number| folder.path().join(format!("{number:03}.ipynb"))).collect();
    paths.iter().for_each(|path| std::fs::write(path, maker.text()).unwrap());
    let mut child = command(folder.path(), &["test", ".", "--accept", "-j", "2"]);
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_accepted = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains("\"1\\n\"");
    // This editor does not read again before it writes, and may undo what was just accepted.
    let mut is_past = |number: usize| match paths.get(number + 4) {
        Some(later) => is_accepted(later),
        None => child.try_wait().unwrap().is_some(),
    };
    let begun = Instant::now();
    let mut all = 0;
    // The editor goes through them as the run does, a little before or after it: each is edited until it is accepted.
    for (number, path) in paths.iter().enumerate() {
        let mut edits = 0;
        while !is_accepted(path) && !is_past(number) {
            assert!(begun.elapsed() < Duration::from_secs(600), "the run does not end");
            let mine = format!("# Mine {edits}");
            let old = read(path);
            let text = notebook_text(&old).replace(old["cells"][0]["source"][0].as_str().unwrap(), &mine);
            // A file written in place may be read half-written when the run begins, and is then not JSON.
            let now = path.with_extension("editor");
            std::fs::write(&now, text).and_then(|()| std::fs::rename(&now, path)).unwrap();
            std::thread::sleep(Duration::from_micros((number as u64 * 7919 + edits as u64 * 104_729) % 60_000));
            let kept = std::fs::read_to_string(path).unwrap();
            assert!(kept.contains(&mine), "{}: {mine} is lost\n{kept}", path.display());
            edits += 1;
        }
        all += edits;
    }
    assert!(all >= 20, "only {all} edits");
    assert!(child.wait().unwrap().code().is_some_and(|code| code == 0));
}

#[test]
fn a_review_stores_into_the_notebook_as_it_is_when_answered() {
    let maker = NotebookBuilder::new()
        .cell(json!({"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Old"]}))
        .code("it", "println!(\"1\");", "0\n")
        .code("next", "println!(\"2\");", "0\n");
    let path = maker.write();
    let mut child = command(maker.folder.path(), &["review", "made.ipynb"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut shown = String::new();
    while !shown.contains("[a/r/s/q]") {
        let mut bytes = [0; 4096];
        let count = std::io::Read::read(&mut output, &mut bytes).unwrap();
        assert!(count > 0, "{shown}");
        shown += &String::from_utf8_lossy(&bytes[..count]);
    }
    // While it asks about the first change, the title is edited, and the source of the second one.
    let text = std::fs::read_to_string(&path).unwrap().replace("# Old", "# Mine").replace("\\\"2\\\"", "\\\"5\\\"");
    std::fs::write(&path, text).unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"a\na\n").unwrap();
    std::io::Read::read_to_string(&mut output, &mut shown).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{shown}");
    assert!(shown.contains("1 accepted, 1 left for later"), "{shown}");
    assert_eq!(read(&path)["cells"][0]["source"], json!(["# Mine"]));
    let texts: Vec<String> = stored(&path).into_iter().map(|it| it.1).collect();
    assert_eq!(texts, ["", "\"1\\n\"", "\"0\\n\""]);
}

#[test]
fn a_cell_that_changes_while_it_is_looked_at_is_not_stored() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "0\n");
    let path = maker.write();
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--pending"]).exits(1);
    std::fs::write(&path, maker.text().replace("\\\"1\\\"", "\\\"7\\\"")).unwrap();
    let mut review = command(maker.folder.path(), &["review", "made.ipynb"]);
    with_input(&mut review, "q\n").has("is stale: the cell has changed since");
    assert!(std::fs::read_to_string(&path).unwrap().contains("0\\n"));
}

/// Pending changes of the cells that a filter leaves out stay, and a link in the place of their file is not followed.
#[test]
fn pending_changes_are_added_and_written_where_they_belong() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "0\n").code("b", "println!(\"2\");", "0\n");
    maker.write();
    let (folder, pending) = (maker.folder.path(), maker.folder.path().join("made.ipynb.new"));
    let elsewhere = folder.join("elsewhere");
    std::fs::write(&elsewhere, "mine").unwrap();
    std::os::unix::fs::symlink(&elsewhere, &pending).unwrap();
    for cell in ["a", "b"] {
        forward_pass(folder, &["test", "made.ipynb", "--pending", "--filter", cell]).exits(1);
    }
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "mine");
    let changes: Vec<Value> = read(&pending)["changes"].as_array().unwrap().clone();
    let cells: Vec<&str> = changes.iter().map(|change| change["cell"].as_str().unwrap()).collect();
    assert_eq!(cells, ["a", "b"]);
}
