//! Verdicts of `run` and `test`, read from their reports.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, command, forward_pass, tested};

#[test]
fn each_end_of_a_cell_is_told_apart() {
    let cases = [
        ("println!(\"1\");", "1\n", 0, "ok made.ipynb (1 cell"),
        ("println!(\"2\");", "1\n", 1, "made.ipynb:13 `it` does not match its stored output"),
        (
            "let v: Vec<i32> = vec![];\nprintln!(\"1\");\nv[3];",
            "1\n",
            1,
            "`it` panicked at line 3: index out of bounds",
        ),
        ("println!(\"1\");\n\"x\".parse::<i32>()?;", "1\n", 1, "`it` returned an error through `?`"),
        ("let n: i32 = \"x\";", "1\n", 1, "`it` failed to compile (E0308)"),
        ("println!(\"1\"); std::process::exit(3);", "1\n", 1, "`it` ended the process with exit code 3"),
        ("println!(\"1\"); std::process::abort();", "1\n", 1, "`it` was killed by SIGABRT"),
    ];
    for (source, stored, code, words) in cases {
        tested(&NotebookBuilder::new().code("it", source, stored), &[]).exits(code).has(words);
    }
}

#[test]
fn both_engines_tell_the_same_truth() {
    let maker = NotebookBuilder::new()
        .code("let", "let v = vec![1, 2];\nprintln!(\"{}\", v.len());", "2\n")
        .code("panic", "print!(\"half\");\nv[7]", "half\n")
        .code("kept", "println!(\"{}\", v[1]);", "2\n")
        .code("question", "\"x\".parse::<i32>()?;", "")
        .code("refused", "let 값: i32 = \"값\";", "")
        .code("digit", "println!(\"0.74614674\");", "0.74614675\n")
        .code("dead", "std::process::exit(3)", "")
        .code("after", "println!(\"never\");", "never\n");
    maker.write();
    let engines: &[&str] = if cfg!(feature = "evcxr") { &["own", "evcxr"] } else { &["own"] };
    for engine in engines {
        let told = forward_pass(maker.folder.path(), &["--engine", engine, "test", "made.ipynb"]);
        told.exits(1)
            .has("`panic` panicked at line 2: index out of bounds: the len is 2 but the index is 7")
            .has("`question` returned an error through `?`")
            .has("invalid digit found in string")
            .has("`refused` failed to compile (E0308)")
            .has("let 값: i32 = \"값\";")
            .has("line 1: 0.74614675 became 0.74614674, by -1.0e-8, relative 1.3e-8")
            .has("`dead` ended the process with exit code 3");
        assert!(!told.stdout.contains("`kept`"), "{engine}: {}", told.stdout);
    }
}

#[test]
fn run_prints_the_message_of_an_error_once() {
    let cases = [
        ("eprintln!(\"before\");\nErr::<(), _>(String::from(\"zzz went wrong\"))?;", " at line 2\n"),
        ("Err::<(), _>(String::from(\"zzz:\"))?;", " at line 1\n"),
        ("println!(\"out\");\n\"zzz\".parse::<u8>().map_err(|it| format!(\"zzz: {it}\"))?;", " at line 2\n"),
        ("eprintln!(\"zzz\");\nstd::process::exit(3);", "with exit code 3\n"),
        ("panic!(\"zzz\")", " at line 1: zzz\n"),
    ];
    for (code, end) in cases {
        let maker = NotebookBuilder::new().code("it", code, "");
        maker.write();
        let ran = forward_pass(maker.folder.path(), &["--engine", "own", "run", "made.ipynb"]);
        ran.exits(1).has(end);
        let message = ran.stdout.lines().filter(|line| line.contains("zzz")).count();
        assert_eq!(message, 1, "{}", ran.stdout);
    }
}

#[test]
fn a_type_that_is_asked_for_too_early_is_explained() {
    let wide = "trait Wide { type To; }\nimpl Wide for i32 { type To = i64; }\nimpl Wide for u8 { type To = u64; }\n\
        fn wide<T: Wide>(_: T) -> Result<T::To, String> { Err(String::new()) }\nlet total = wide(1)?;";
    tested(&NotebookBuilder::new().code("it", wide, ""), &[])
        .exits(1)
        .has("`it` failed to compile (E0308)")
        .has("help: annotate the type of a number, as in `1_i64`, or of the result, as in `let total: i64 = ...?;`");
}

#[test]
fn nothing_is_green_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    forward_pass(folder.path(), &["test", "."]).exits(4).has("nothing to test: no notebook was found");
    forward_pass(folder.path(), &["test", "missing.ipynb"]).exits(2);
    let prose = json!({"cell_type": "markdown", "id": "p", "metadata": {}, "source": ["# Only prose"]});
    tested(&NotebookBuilder::new().cell(prose), &[]).exits(4).has("no code made.ipynb");
    tested(&NotebookBuilder::new().code("quiet", "let x = 1;", ""), &[]).exits(1).has("nothing was compared");
    let skipped = NotebookBuilder::new().code("shown", "println!(\"1\");", "1\n").code("left", "todo!()", "");
    let skipped = skipped.tags(&["skip-execution"]);
    tested(&skipped, &[]).exits(1).has("`left` is skipped without a reason");
    let reasoned = skipped.settings(json!({"reason": "needs a camera"}));
    tested(&reasoned, &[]).exits(0).has("`left` was skipped: needs a camera").has("1 cell skipped");
    let python = NotebookBuilder::new().metadata(json!({"kernelspec": {"language": "python"}}));
    tested(&python.code("it", "print(1)", "1\n"), &[]).exits(1).has("its kernel is for python");
}

#[test]
fn data_that_is_not_there_skips_aloud_and_an_empty_folder_is_no_data() {
    let maker = NotebookBuilder::new().code("shown", "println!(\"1\");", "1\n").code("digits", "todo!()", "");
    let maker = maker.settings(json!({"requires": "mnist"}));
    maker.write();
    let folder = maker.folder.path();
    let (empty, partly) = (folder.join("data/forward-pass/mnist"), folder.join("partly"));
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::create_dir_all(&partly).unwrap();
    std::fs::write(partly.join("train-images-idx3-ubyte"), "").unwrap();
    let data = folder.join("data");
    let tested = |variable: &str, value: &Path| {
        let mut command = command(folder, &["--engine", "own", "test", "made.ipynb"]);
        Finished::of(command.env_remove("FORWARD_PASS_MNIST").env(variable, value).output().unwrap())
    };
    for (variable, value) in [("FORWARD_PASS_MNIST", &empty), ("FORWARD_PASS_MNIST", &partly), ("XDG_DATA_HOME", &data)]
    {
        let why = "`mnist` is missing; fetch it with `forward-pass data mnist`";
        tested(variable, value).exits(0).has(&format!("`digits` was skipped: {why}"));
    }
    for file in ["train-labels-idx1-ubyte", "t10k-images.idx3-ubyte.gz", "t10k-labels-idx1-ubyte"] {
        std::fs::write(partly.join(file), "").unwrap();
    }
    tested("FORWARD_PASS_MNIST", &partly).exits(1).has("`digits` panicked");
}

#[test]
fn a_notebook_of_which_all_is_skipped_is_not_told_to_store_something() {
    let maker = NotebookBuilder::new().code("digits", "todo!()", "").settings(json!({"reason": "for later"}));
    let told = tested(&maker.tags(&["skip-execution"]), &[]);
    told.has("nothing was compared: every cell was skipped\n");
    assert!(!told.stdout.contains("look at what it shows"), "{}", told.stdout);
}

#[test]
fn accept_stores_what_came_and_nothing_else() {
    let maker = NotebookBuilder::new().code("same", "println!(\"1\");", "1\n").code("new", "println!(\"2\");", "3\n");
    tested(&maker, &["--accept"]).exits(0).has("accepted made.ipynb");
    let stored = std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap();
    assert_eq!(stored, maker.text().replace("3\\n", "2\\n"));
    forward_pass(maker.folder.path(), &["--engine", "own", "test", "made.ipynb"]).exits(0);
}

#[test]
fn a_line_that_comes_before_a_stored_value_is_stored_before_it() {
    let maker = NotebookBuilder::new().code("it", "1 + 2", "");
    tested(&maker, &["--accept"]).exits(0);
    let path = maker.folder.path().join("made.ipynb");
    let mut notebook: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    notebook["cells"][0]["source"] = json!("println!(\"said\");\n1 + 2");
    std::fs::write(&path, notebook.to_string()).unwrap();
    forward_pass(maker.folder.path(), &["--engine", "own", "test", "made.ipynb", "--accept"]).exits(0);
    let stored: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(stored["cells"][0]["outputs"][0]["text"], json!(["said\n"]));
    assert_eq!(stored["cells"][0]["outputs"][1]["data"]["text/plain"], json!(["3"]));
}

#[test]
fn a_panicking_cell_is_not_accepted() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "2\n").code("panic", "panic!(\"no\");", "");
    tested(&maker, &["--accept"]).exits(1).has("`panic` panicked at line 1: no");
}

#[test]
fn run_words_a_panic_once_and_keeps_what_else_was_on_stderr() {
    let maker = NotebookBuilder::new().code("it", "eprintln!(\"before\");\npanic!(\"no\");", "");
    maker.write();
    let told = forward_pass(maker.folder.path(), &["--engine", "own", "run", "made.ipynb"]);
    told.exits(1).has("before\n`it` panicked at line 2: no");
    assert!(!told.stdout.contains("src/lib.rs") && !told.stdout.contains("RUST_BACKTRACE"), "{}", told.stdout);
}

#[test]
fn run_shows_what_a_notebook_shows_and_writes_it_elsewhere() {
    let maker = NotebookBuilder::new().code("it", "println!(\"seen\");\n6 * 7", "");
    let path = maker.write();
    let told = forward_pass(maker.folder.path(), &["--engine", "own", "run", "made.ipynb", "-o", "out.ipynb"]);
    told.exits(0).has("seen\n42\n");
    let out: Value =
        serde_json::from_str(&std::fs::read_to_string(maker.folder.path().join("out.ipynb")).unwrap()).unwrap();
    assert_eq!(out["cells"][0]["outputs"][0]["text"], json!(["seen\n"]));
    assert_eq!(out["cells"][0]["outputs"][1]["data"]["text/plain"], json!(["42"]));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), maker.text());
    let piped = forward_pass(maker.folder.path(), &["--engine", "own", "run", "made.ipynb", "-o", "-"]);
    assert_eq!(serde_json::from_str::<Value>(&piped.stdout).unwrap(), out);
    assert!(piped.stderr.contains("seen\n42\n"), "{}", piped.stderr);
    assert!(!maker.folder.path().join("-").exists());
    for name in ["./made.ipynb", "link.ipynb"] {
        #[cfg(unix)]
        let _ = std::os::unix::fs::symlink("made.ipynb", maker.folder.path().join("link.ipynb"));
        let over = forward_pass(maker.folder.path(), &["run", "made.ipynb", "-o", name]);
        over.exits(2).has(&format!("`-o {name}` would overwrite the notebook that is run"));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), maker.text());
    forward_pass(maker.folder.path(), &["run", "missing.ipynb"]).exits(2).has("no notebook at missing.ipynb");
    let help = forward_pass(maker.folder.path(), &["run", "--help"]);
    help.has("its code, and the build scripts of its dependencies, run as you");
    forward_pass(maker.folder.path(), &["test", "--help"]).has("the build scripts of its dependencies, as you");
}

#[test]
fn expected_failures_must_come_and_must_be_that_one() {
    let with = |source: &str, tag: &str| NotebookBuilder::new().code("it", source, "").tags(&[tag]);
    let cases = [
        (with("panic!(\"too big\");", "should_panic=too big"), 0, "ok"),
        (
            with("panic!(\"too big\");", "should_panic=too small"),
            1,
            "was expected to panic with `too small`, but panicked",
        ),
        (with("let x = 1;", "should_panic"), 1, "was expected to panic, but ran to its last line"),
        (with("let x: i32 = \"\";", "compile_fail=E0308"), 0, "ok"),
        (with("let x: i32 = \"\";", "compile_fail=E0382"), 1, "with E0382, but failed to compile (E0308)"),
        (with("\"x\".parse::<i32>()?;", "raises-exception"), 0, "ok"),
        (with("let x = 1;", "nbval-raises-exception"), 1, "was expected to fail, but ran to its last line"),
        (with("let x = 1;", "should-panic"), 1, "unknown tag `should-panic`"),
    ];
    for (maker, code, words) in cases {
        let maker = maker.settings(json!({"ignore_output": "true"}));
        tested(&maker, &[]).exits(code).has(words);
    }
}

#[test]
fn numbers_may_move_only_as_far_as_the_author_says() {
    let cell = |stored: &str, settings: Value| {
        NotebookBuilder::new().code("it", "println!(\"y 0.74614674 (2, 3)\");", stored).settings(settings)
    };
    tested(&cell("y 0.74614675 (2, 3)\n", json!({"rtol": "1e-6"})), &[]).exits(0);
    tested(&cell("y 0.74614675 (2, 3)\n", json!({"rtol": "1e-9"})), &[]).exits(1);
    tested(&cell("y 0.74614674 (2, 4)\n", json!({"rtol": "1"})), &[]).exits(1).has("4 became 3");
    tested(&cell("y [...]\n", json!({"ellipsis": "[...]"})), &[]).exits(0);
    tested(&cell("y [...]\n", json!({})), &[]).exits(1);
    tested(&cell("y 1\n", json!({"rtoll": "1"})), &[]).exits(1).has("did you mean `rtol`?");
}

#[test]
fn what_a_cell_replaces_is_shown_once_in_a_terminal() {
    let code = "for at in 0..=2 { println!(\"EVCXR_BEGIN_CONTENT text/plain display-id=bar\\n{at} of 2\\nEVCXR_END_CONTENT\"); \
                println!(\"step {at}\"); };";
    let maker = NotebookBuilder::new().code("bar", code, "");
    maker.write();
    let run = forward_pass(maker.folder.path(), &["run", "made.ipynb"]);
    let repl = forward_pass(maker.folder.path(), &["repl", "made.ipynb", "-c", ":run"]);
    for told in [run, repl] {
        told.exits(0).has("step 0\nstep 1\nstep 2\n2 of 2\n");
        assert!(!told.stdout.contains("1 of 2"), "{}", told.stdout);
    }
}
