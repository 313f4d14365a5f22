//! Scripts and back: prose of every kind, outputs that stay, and what `test` writes for others to keep.

use serde_json::{Value, json};

use crate::support::{NotebookBuilder, forward_pass};

fn prose(lines: &[&str]) -> Value {
    let source: Vec<String> = lines.join("\n").split_inclusive('\n').map(str::to_owned).collect();
    json!({"cell_type": "markdown", "id": "prose", "metadata": {}, "source": source})
}

fn read(maker: &NotebookBuilder, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(maker.folder.path().join(name)).unwrap()).unwrap()
}

/// A small generator: the same numbers in every run.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    }
}

#[test]
fn prose_with_cell_marks_comes_back_as_it_was() {
    const PIECES: [&str; 14] = [
        "%%",
        "%% note",
        "  %% x",
        "// %%",
        "// // %% x",
        "//%%",
        "%%%  y",
        "%%bash",
        "text %% x",
        "",
        "//",
        "// text",
        "---",
        "%",
    ];
    let mut draw = numbers(18);
    for kind in ["markdown", "raw"] {
        let cells = (0..100).map(|number| {
            let lines: Vec<&str> = (0..1 + draw(6)).map(|_| PIECES[draw(PIECES.len())]).collect();
            let mut cell = prose(&lines);
            cell["id"] = json!(format!("c{number}"));
            cell["cell_type"] = json!(kind);
            cell
        });
        let maker = cells.fold(NotebookBuilder::new(), NotebookBuilder::cell).code("end", "1", "");
        maker.write();
        forward_pass(maker.folder.path(), &["export", "--to", "script", "made.ipynb", "-o", "s.rs"]).exits(0);
        forward_pass(maker.folder.path(), &["export", "--to", "ipynb", "s.rs", "-o", "back.ipynb"]).exits(0);
        let (before, after) = (read(&maker, "made.ipynb"), read(&maker, "back.ipynb"));
        let sources = |it: &Value| -> Vec<String> {
            let cells = it["cells"].as_array().unwrap();
            let text =
                |cell: &Value| cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
            cells.iter().map(text).collect()
        };
        assert_eq!(sources(&after), sources(&before));
    }
}

#[test]
fn a_script_updates_its_notebook_and_the_outputs_stay() {
    let maker = NotebookBuilder::new()
        .cell(prose(&["# Title"]))
        .code("a", "println!(\"1\");", "1\n")
        .code("b", "println!(\"2\");", "2\n")
        .code("c", "3", "");
    maker.write();
    let folder = maker.folder.path();
    forward_pass(folder, &["export", "--to", "script", "made.ipynb", "-o", "s.rs"]).exits(0);
    let script = std::fs::read_to_string(folder.join("s.rs")).unwrap();
    let edited = script.replace("println!(\"2\")", "println!(\"5\")").replace("# Title", "# New");
    std::fs::write(folder.join("s.rs"), edited + "\n// %% id=\"new\"\n4\n").unwrap();
    forward_pass(folder, &["export", "--to", "ipynb", "s.rs", "-o", "made.ipynb"]).exits(3);
    let update = ["export", "--to", "ipynb", "s.rs", "-o", "made.ipynb", "--update"];
    forward_pass(folder, &update).exits(0).has("made.ipynb: kept the outputs of 1 of 2 cells");
    let now = read(&maker, "made.ipynb");
    let cells = now["cells"].as_array().unwrap();
    assert_eq!(cells[0]["source"], json!(["# New"]));
    assert_eq!(cells[1]["outputs"][0]["text"], json!(["1\n"]));
    assert_eq!((&cells[1]["execution_count"], &cells[2]["outputs"]), (&json!(1), &json!([])));
    assert_eq!(cells.len(), 5);
    forward_pass(folder, &["export", "--to", "html", "made.ipynb", "-o", "x", "--update"]).exits(2);
}

#[test]
fn a_merge_conflict_is_named_with_both_sides() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "1\n");
    let text = maker.text();
    let line = "println!(\\\"1\\\");";
    let at = text.lines().position(|it| it.contains(line)).unwrap() + 1;
    let mine = text.lines().nth(at - 1).unwrap();
    let both = format!("<<<<<<< HEAD\n{mine}\n=======\n{mine}\n{mine}\n>>>>>>> theirs");
    std::fs::write(maker.folder.path().join("made.ipynb"), text.replace(mine, &both)).unwrap();
    let words = format!(
        "it has a merge conflict from line {at} to {}: line {} on one side, lines {} to {} on the other",
        at + 5,
        at + 1,
        at + 3,
        at + 4
    );
    for arguments in [&["test", "made.ipynb"][..], &["lint", "made.ipynb"], &["run", "made.ipynb"]] {
        let finished = forward_pass(maker.folder.path(), arguments);
        finished.has(&words);
        assert!(!finished.stdout.contains("JSON") && !finished.stderr.contains("JSON"));
    }
}

#[test]
fn executed_notebooks_are_written_for_others_to_keep() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "0\n").code("b", "panic!(\"no\")", "");
    let path = maker.write();
    let folder = maker.folder.path();
    std::fs::create_dir(folder.join("deep")).unwrap();
    std::fs::copy(&path, folder.join("deep/other.ipynb")).unwrap();
    forward_pass(folder, &["test", ".", "--write", "out/ran"]).exits(1);
    for name in ["made.ipynb", "deep/other.ipynb"] {
        let ran = read(&maker, &format!("out/ran/{name}"));
        assert_eq!(ran["cells"][0]["outputs"][0]["text"], json!(["1\n"]), "{name}");
        assert_eq!(ran["cells"][1]["execution_count"], json!(2));
        assert_eq!(std::fs::read_to_string(folder.join("made.ipynb")).unwrap(), maker.text());
    }
    forward_pass(folder, &["test", "made.ipynb", "--write", "."])
        .exits(3)
        .has("`--write .` would overwrite made.ipynb");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), maker.text());
}

#[test]
fn what_had_to_be_stored_can_be_red() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "0\n");
    maker.write();
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--accept", "--fail"]).exits(1);
    assert_eq!(read(&maker, "made.ipynb")["cells"][0]["outputs"][0]["text"], json!(["1\n"]));
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--accept", "--fail"]).exits(0);
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--fail"]).exits(2);
}

#[test]
fn numbers_in_metadata_come_back_to_the_last_digit() {
    let mut draw = numbers(9);
    let mut cells = NotebookBuilder::new();
    let mut stored = Vec::new();
    for number in 0..300 {
        let digits: String = (0..17).map(|_| char::from(b'1' + draw(9) as u8)).collect();
        let text = format!("{}.{}e{}", &digits[..1], &digits[1..], draw(600) as i32 - 300);
        let value: f64 = text.parse().unwrap();
        stored.push(value);
        let mut cell = prose(&["text"]);
        cell["id"] = json!(format!("c{number}"));
        cell["metadata"] = json!({"number": value, "deep": [{"x": -value}]});
        cells = cells.cell(cell);
    }
    cells.write();
    let folder = cells.folder.path();
    forward_pass(folder, &["export", "--to", "script", "made.ipynb", "-o", "s.rs"]).exits(0);
    forward_pass(folder, &["export", "--to", "ipynb", "s.rs", "-o", "back.ipynb"]).exits(0);
    let back = std::fs::read_to_string(folder.join("back.ipynb")).unwrap();
    let lines = |key: &str| -> Vec<f64> {
        let texts = back.lines().filter_map(|line| line.trim().strip_prefix(key));
        texts.map(|text| text.trim_end_matches(',').parse().unwrap()).collect()
    };
    assert_eq!(lines("\"number\": "), stored);
    assert_eq!(lines("\"x\": "), stored.iter().map(|it| -it).collect::<Vec<_>>());
}
