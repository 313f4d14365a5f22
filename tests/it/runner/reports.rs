//! What `test` and `review` tell programs and CI, and how stored outputs are brought up to date, through the binary.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, command, forward_pass, rounds, tested, with_input};

/// One cell that passes, one that changed, one that panics; `red` and what stands below did not see the panic.
fn mixed() -> NotebookBuilder {
    NotebookBuilder::new().code("green", "println!(\"1\");", "1\n").code("red", "println!(\"2 < 3\");", "2 > 3\n").code(
        "panic",
        "\nlet v: Vec<i32> = vec![];\nv[1]",
        "",
    )
}

fn stored(maker: &NotebookBuilder) -> String {
    std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap()
}

#[test]
fn json_says_all_that_people_are_told() {
    let maker = mixed();
    let told = tested(&maker, &["--format", "json"]);
    let report: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told.code, Some(1));
    assert_eq!(report["exit_code"], 1);
    let cells = report["notebooks"][0]["cells"].as_array().unwrap();
    let verdicts: Vec<&str> = cells.iter().map(|cell| cell["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["passed", "output-changed", "panicked"]);
    assert_eq!(cells[2]["cell_line"], 3);
}

/// One cell for each way to end that can stand in one notebook.
#[test]
fn every_verdict_is_told_in_json_junit_and_annotations() {
    let maker = NotebookBuilder::new()
        .code("fine", "println!(\"1\");", "1\n")
        .code("moved", "println!(\"0.5\");", "0.25\n")
        .code("refused", "let n: i32 = \"x\";", "")
        .code("panics", "println!(\"here\");\npanic!(\"no\");", "here\n")
        .code("asks", "\n\n\"x\".parse::<i32>()?;", "")
        .code("was-to-fail", "let n = 1;", "")
        .tags(&["raises-exception"])
        .code("fails-otherwise", "panic!(\"small\");", "")
        .tags(&["should_panic=large"])
        .code("misspelt", "1", "")
        .tags(&["should-panic"])
        .code("later", "todo!()", "")
        .tags(&["nbval-skip"])
        .settings(json!({"reason": "needs a camera"}))
        .code("hangs", "loop {}", "")
        .settings(json!({"run_timeout": "0.3"}))
        .code("after", "println!(\"2\");", "2\n");
    let expected = [
        ("fine", "passed", Value::Null),
        ("moved", "output-changed", Value::Null),
        ("refused", "compile-error", json!(1)),
        ("panics", "panicked", json!(2)),
        ("asks", "returned-error", json!(3)),
        ("was-to-fail", "expected-failure-missing", Value::Null),
        ("fails-otherwise", "wrong-failure", json!(1)),
        ("misspelt", "bad-rules", Value::Null),
        ("later", "skipped", Value::Null),
        ("hangs", "timed-out", Value::Null),
        ("after", "not-run", Value::Null),
    ];
    let told = tested(&maker, &["--format", "json", "--junit", "out.xml"]);
    let report: Value = serde_json::from_str(&told.stdout).unwrap();
    let cells = report["notebooks"][0]["cells"].as_array().unwrap();
    for (cell, (id, verdict, line)) in cells.iter().zip(&expected) {
        assert_eq!((&cell["id"], &cell["verdict"], &cell["cell_line"]), (&json!(id), &json!(verdict), line));
    }
    assert_eq!(cells.len(), expected.len());
    let counts = &report["summary"];
    assert_eq!(
        (&counts["cells_failed"], &counts["cells_skipped"], &counts["cells_not_run"]),
        (&json!(8), &json!(1), &json!(1))
    );
    let xml = std::fs::read_to_string(maker.folder.path().join("out.xml")).unwrap();
    for (id, verdict, _) in &expected[1..] {
        let case = xml.split("<testcase").find(|case| case.contains(&format!("name=\"{id}\""))).unwrap();
        assert!(case.contains(&format!("type=\"{verdict}\"")), "{id}: {case}");
    }
    let annotated = tested(&maker, &["--format", "github"]).stdout;
    let source_line = |text: &str| 1 + maker.text().lines().position(|line| line.contains(text)).unwrap();
    for (id, verdict, text) in [
        ("moved", "output-changed", "0.25"),
        ("panics", "panicked", "panic!(\\\"no"),
        ("asks", "returned-error", "parse"),
        ("misspelt", "bad-rules", "\"1\""),
    ] {
        let line = source_line(text);
        let annotation = format!("::error file=made.ipynb,line={line},title=`{id}`%3A {verdict}::");
        assert!(annotated.contains(&annotation), "{annotation}\n{annotated}");
    }
}

#[test]
fn github_gets_annotations_at_the_line_of_the_file() {
    let maker = mixed();
    let told = tested(&maker, &["--format", "github"]);
    let line = 1 + maker.text().lines().position(|line| line.contains("v[1]")).unwrap();
    told.exits(1).has(&format!("::error file=made.ipynb,line={line},title=`panic`%3A panicked::"));
    told.has("::error file=made.ipynb,line=").has("title=`red`%3A output-changed::");
}

#[test]
fn junit_is_xml_with_a_case_for_each_cell() {
    let maker = mixed();
    tested(&maker, &["--junit", "out.xml"]).exits(1);
    let xml = std::fs::read_to_string(maker.folder.path().join("out.xml")).unwrap();
    for part in ["<testsuites", "tests=\"3\"", "failures=\"2\"", "name=\"green\"", "2 &gt; 3", "index out of bounds"] {
        assert!(xml.contains(part), "{part} is not in\n{xml}");
    }
}

#[test]
fn filters_and_shards_choose_and_say_so() {
    let maker = mixed();
    tested(&maker, &["--filter", "green"]).exits(0).has("1 output compared");
    tested(&maker, &["--filter", "made::red"]).exits(1).has("`red`");
    tested(&maker, &["--filter", "gren"]).exits(4).has("gren").has("green");
    tested(&maker, &["--shard", "1/0"]).exits(2);
    let listed = tested(&maker, &["--list"]);
    listed.exits(0).has("green").has("panic");
    assert!(!listed.stdout.contains("index out of bounds"));
}

#[test]
fn only_the_chosen_cells_are_accepted_and_every_other_byte_stays() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "old\n").code("b", "println!(\"2\");", "older\n");
    let before = maker.text();
    tested(&maker, &["--accept", "--filter", "b"]).has("accepted");
    assert_eq!(stored(&maker), before.replace("older\\n", "2\\n"));
}

#[test]
fn in_ci_nothing_is_written() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "old\n");
    maker.write();
    for (arguments, code) in [
        (&["test", "made.ipynb", "--accept"][..], 2),
        (&["test", "made.ipynb", "--pending"], 2),
        (&["review", "made.ipynb"], 2),
        (&["test", "made.ipynb"], 1),
    ] {
        let output = command(maker.folder.path(), arguments).env("CI", "true").output().unwrap();
        Finished::of(output).exits(code);
        assert_eq!(stored(&maker), maker.text());
        assert_eq!(std::fs::read_dir(maker.folder.path()).unwrap().count(), 1, "{arguments:?} wrote a file");
    }
}

#[test]
fn the_parts_of_a_split_run_are_the_whole() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "1\n");
    ["a.ipynb", "b.ipynb", "c.ipynb"].iter().for_each(|name| drop(maker.write_as(name)));
    let part = |part: &str| {
        let told = forward_pass(maker.folder.path(), &["--engine", "own", "test", ".", "--shard", part]);
        told.exits(0);
        let names =
            told.stdout.lines().filter_map(|line| Some(line.strip_prefix("ok ")?.split(' ').next()?.to_owned()));
        names.collect::<Vec<_>>()
    };
    let mut all = [part("1/2"), part("2/2")].concat();
    all.sort();
    assert_eq!(all, ["a.ipynb", "b.ipynb", "c.ipynb"]);
    let none = forward_pass(maker.folder.path(), &["test", ".", "--shard", "4/4"]);
    none.exits(4).has("part 4 of 4 has none of the 3 notebooks");
}

/// In colour where that is asked for, and with the files of a figure that changed.
#[test]
fn review_shows_a_diff_in_colour_and_names_the_files_of_a_figure() {
    let svg = |x: u8| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect x='{x}' width='3' height='3'/></svg>"
        )
    };
    let source = format!("println!(\"EVCXR_BEGIN_CONTENT image/svg+xml\\n{{}}\\nEVCXR_END_CONTENT\", \"{}\");", svg(1));
    let output = json!({"data": {"image/svg+xml": [svg(2)]}, "metadata": {}, "output_type": "display_data"});
    let maker = NotebookBuilder::new()
        .code("text", "println!(\"2\");", "3\n")
        .cell(json!({"cell_type": "code", "execution_count": 1,
        "id": "figure", "metadata": {}, "outputs": [output], "source": [source]}));
    maker.write();
    let cache = maker.folder.path().join("cache");
    let mut command = command(maker.folder.path(), &["--engine", "own", "review", "made.ipynb"]);
    command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").env("XDG_CACHE_HOME", &cache);
    let told = with_input(&mut command, "s\ns\n").stdout;
    assert!(told.contains("\u{1b}[31m- 3") && told.contains("\u{1b}[32m+ 2"), "{told:?}");
    let files: Vec<&str> = told.lines().filter_map(|line| line.trim().strip_prefix("file://")).collect();
    assert!(files.len() >= 2, "{told}");
    files.iter().for_each(|file| assert!(std::path::Path::new(file).is_file(), "{file}"));
}

/// `review` with these lines typed.
fn review(maker: &NotebookBuilder, typed: &str) -> String {
    let reviewed = with_input(&mut command(maker.folder.path(), &["review", "made.ipynb"]), typed);
    reviewed.stdout + &reviewed.stderr
}

#[test]
fn review_takes_one_change_at_a_time_and_can_be_resumed() {
    let maker = NotebookBuilder::new()
        .code("a", "println!(\"1\");", "old a\n")
        .code("b", "println!(\"2\");", "old b\n")
        .code("c", "println!(\"3\");", "old c\n");
    let before = maker.text();
    tested(&maker, &["--pending"]).exits(1);
    assert_eq!(stored(&maker), before);
    let told = review(&maker, "s\na\nq\n");
    assert_eq!(stored(&maker), before.replace("old b\\n", "2\\n"), "{told}");
    let told = review(&maker, "a\nr\n");
    assert_eq!(stored(&maker), before.replace("old b\\n", "2\\n").replace("old a\\n", "1\\n"), "{told}");
    assert!(!maker.folder.path().join("made.ipynb.new").exists(), "{told}");
}

#[test]
fn a_normaliser_that_matches_nothing_or_everything_is_red() {
    let with = |pattern: &str| {
        let normaliser = json!([{"name": "n", "pattern": pattern, "replace": "", "reason": "a test"}]);
        NotebookBuilder::new()
            .code("it", "println!(\"time 7\");", "time 9\n")
            .settings(json!({"normalisers": normaliser}))
    };
    tested(&with("\\d"), &[]).exits(0);
    tested(&with("[xyz]{9}|9|7"), &[]).exits(0);
    tested(&with("(?s).*"), &[]).exits(1);
    let unused = json!([{"name": "n", "pattern": "never", "replace": "", "reason": "a test"}]);
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n").settings(json!({"normalisers": unused}));
    tested(&maker, &[]).exits(1).has("normaliser `n`");
}

#[test]
fn what_the_stock_kernel_would_not_do_is_told() {
    let maker = NotebookBuilder::new().code("line", "print!(\"no end\");", "no end\n");
    tested(&maker, &[]).exits(0).has("not portable");
    tested(&maker, &["--portable"]).exits(1);
}

#[test]
fn foreign_notebooks_come_back_byte_for_byte() {
    let crlf = "\u{feff}{\r\n  \"nbformat\": 4,\r\n  \"nbformat_minor\": 2,\r\n  \"metadata\": {\"kernelspec\": {\"language\": \"rust\", \"name\": \"rust\", \"x\": 1}},\r\n  \"cells\": [\r\n    {\"cell_type\": \"raw\", \"metadata\": {}, \"source\": \"raw\"},\r\n    {\"cell_type\": \"code\", \"execution_count\": null, \"metadata\": {\"odd\": [1, 2]}, \"source\": \"println!(\\\"1\\\");\", \"outputs\": [\r\n      {\"name\": \"stdout\", \"output_type\": \"stream\", \"text\": \"1\\n\", \"more\": true}\r\n    ]}\r\n  ]\r\n}";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.ipynb");
    std::fs::write(&path, crlf).unwrap();
    forward_pass(folder.path(), &["test", "theirs.ipynb", "--accept"]).exits(0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), crlf);
    std::fs::write(&path, crlf.replace("\"1\\n\"", "\"2\\n\"")).unwrap();
    forward_pass(folder.path(), &["test", "theirs.ipynb"]).exits(1);
    std::fs::write(&path, crlf.replace("\"nbformat\": 4", "\"nbformat\": 3")).unwrap();
    forward_pass(folder.path(), &["test", "theirs.ipynb"]).has("too old").has("jupyter nbconvert");
}

/// kill -9 at many moments of an `--accept`: the old file is there, or the new one.
#[cfg(unix)]
#[test]
fn a_notebook_is_whole_whenever_the_tool_is_killed() {
    let long = "x".repeat(200_000);
    let maker = NotebookBuilder::new().code("it", "println!(\"{}\", \"y\".repeat(200_000));", &format!("{long}\n"));
    let path = maker.write();
    let (old, new) = (maker.text(), maker.text().replace(&long, &"y".repeat(200_000)));
    let mut seen = [0, 0];
    // The first run compiles the cell. The others find it in the cache, so one of those is timed.
    tested(&maker, &["--accept"]).exits(0);
    std::fs::write(&path, &old).unwrap();
    let started = std::time::Instant::now();
    tested(&maker, &["--accept"]).exits(0);
    let whole = started.elapsed();
    let kills = rounds(20, 100);
    for at in 0..kills {
        std::fs::write(&path, &old).unwrap();
        let mut command = command(maker.folder.path(), &["test", "made.ipynb", "--accept"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // The first kill comes at once, the others around the end, where the file is written.
        let part = if at == 0 { 0.0 } else { 0.4 + f64::from(at) / f64::from(kills) };
        std::thread::sleep(whole.mul_f64(part));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        assert!(now == old || now == new, "the notebook is neither the old nor the new one");
        seen[usize::from(now == new)] += 1;
    }
    assert!(seen[0] > 0, "no kill came before the file was written: {seen:?}");
}

#[test]
fn a_report_says_what_failed_where_and_what_it_had_printed() {
    let maker = NotebookBuilder::new()
        .code("pan", "eprintln!(\"the reason: x is locked\");\nassert_eq!(1 + 1, 3, \"sum\");", "")
        .code("slow", "(0..40).for_each(|n| println!(\"step {n}\"));\nloop { std::hint::spin_loop() }", "")
        .settings(json!({"run_timeout": "1"}))
        .code("after", "1", "");
    let told = tested(&maker, &["--format", "github", "--junit", "out.xml"]);
    let line = 1 + maker.text().lines().position(|line| line.contains("assert_eq")).unwrap();
    told.exits(1).has(&format!("  made.ipynb:{line} `pan` panicked at line 2: assertion `left == right` failed: sum"));
    told.has("   right: 3\n    stderr before it ended\n    | the reason: x is locked\n");
    told.has("| (30 lines before)\n    | step 30\n").has("`after` was not run: `slow` did not run to its end");
    told.has("stderr before it ended:%0A| the reason: x is locked");
    assert!(!told.stdout.contains("--accept"), "no new output could be stored: {}", told.stdout);
    let xml = std::fs::read_to_string(maker.folder.path().join("out.xml")).unwrap();
    assert!(xml.contains("| step 39"), "{xml}");
}

#[cfg(unix)]
#[test]
fn the_last_words_before_a_signal_are_shown() {
    let code = "eprintln!(\"memory is short\");\nstd::process::abort();";
    tested(&NotebookBuilder::new().code("a", code, ""), &[]).exits(1).has("SIGABRT").has("| memory is short");
    let code =
        "struct D;\nimpl Drop for D { fn drop(&mut self) { panic!(\"second\") } }\n{ let _d = D; panic!(\"first\"); }";
    tested(&NotebookBuilder::new().code("a", code, ""), &[]).exits(1).has("first").has("second");
}

#[test]
fn what_was_stored_and_what_was_refused_are_told_apart() {
    let maker = NotebookBuilder::new()
        .code("good", "println!(\"1\");", "")
        .code("clock", "println!(\"at 12:30:59\");", "")
        .code("same", "println!(\"2\");", "2\n");
    let told = tested(&maker, &["--accept"]);
    told.exits(1).has("`good` did not match its stored output; the new one is stored now");
    told.has("`clock` does not match its stored output, and the new one was not stored");
    let new = NotebookBuilder::new().code("first", "println!(\"1\");", "");
    let told = tested(&new, &["--accept"]);
    told.exits(0).has("accepted made.ipynb");
    assert!(!told.stdout.contains("store it with") && !told.stdout.contains("nothing was compared"), "{}", told.stdout);
    let silent = NotebookBuilder::new().code("quiet", "let x = 1;", "");
    let told = tested(&silent, &[]);
    told.exits(1).has("help: print something in a cell, or allow `nothing-compared`");
    assert!(!told.stdout.contains("--accept"), "{}", told.stdout);
}

#[test]
fn both_sides_of_a_change_are_shown_and_unseen_characters_marked() {
    let long = |mode: &str| format!("{}{mode}", "item, ".repeat(60));
    let rows = |word: &str| (0..70).map(|at| format!("{word} {at}\n")).collect::<String>();
    let maker = NotebookBuilder::new()
        .code("long", "println!(\"{}fast\", \"item, \".repeat(60));", &format!("{}\n", long("slow")))
        .code("rows", "(0..70).for_each(|at| println!(\"new {at}\"));", &rows("old"))
        .code("blank", "println!(\"total 5 \");", "total 5\n")
        .code("nbsp", "println!(\"a\\u{a0}b\");", "a b\n")
        .code("colour", "println!(\"\\u{1b}[31mred\\u{1b}[0m\");", "red\n")
        .code("empty", "println!(\"a\\n\\nb\");", "a\nb\n");
    let told = tested(&maker, &["--format", "github"]);
    told.exits(1).has("item, slow (").has("item, fast (").has("- old 0").has("+ new 0").has("+ (40 lines more)");
    told.has("+ total 5␠").has("+ a\\u{a0}b").has("+ ␛[31mred␛[0m").has("+ ␤");
    told.has("stdout, line 2: `b` became an empty line").has("`total 5` became `total 5␠`");
}
