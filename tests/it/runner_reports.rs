//! What `test` and `review` tell programs and CI, and how stored outputs are brought up to date, through the binary.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::runner::{Maker, forward_pass, tested};

/// One cell that passes, one that changed, one that panics; `red` and what stands below did not see the panic.
fn mixed() -> Maker {
    Maker::new().code("green", "println!(\"1\");", "1\n").code("red", "println!(\"2 < 3\");", "2 > 3\n").code(
        "panic",
        "\nlet v: Vec<i32> = vec![];\nv[1]",
        "",
    )
}

fn stored(maker: &Maker) -> String {
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
    let maker = Maker::new().code("a", "println!(\"1\");", "old\n").code("b", "println!(\"2\");", "older\n");
    let before = maker.text();
    tested(&maker, &["--accept", "--filter", "b"]).has("accepted");
    assert_eq!(stored(&maker), before.replace("older\\n", "2\\n"));
}

#[test]
fn in_ci_nothing_is_written() {
    let maker = Maker::new().code("a", "println!(\"1\");", "old\n");
    maker.write();
    let output = Command::new(env!("CARGO_BIN_EXE_forward-pass"))
        .args(["test", "made.ipynb", "--accept"])
        .current_dir(maker.folder.path())
        .env("CI", "true")
        .output()
        .unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(stored(&maker), maker.text());
}

/// `review` with these lines typed.
fn review(maker: &Maker, typed: &str) -> String {
    use std::io::Write;
    let mut command = Command::new(env!("CARGO_BIN_EXE_forward-pass"));
    command.args(["review", "made.ipynb"]).current_dir(maker.folder.path()).env_remove("CI");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn review_takes_one_change_at_a_time_and_can_be_resumed() {
    let maker = Maker::new().code("a", "println!(\"1\");", "old a\n").code("b", "println!(\"2\");", "old b\n").code(
        "c",
        "println!(\"3\");",
        "old c\n",
    );
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
        Maker::new().code("it", "println!(\"time 7\");", "time 9\n").settings(json!({"normalisers": normaliser}))
    };
    tested(&with("\\d"), &[]).exits(0);
    tested(&with("[xyz]{9}|9|7"), &[]).exits(0);
    tested(&with("(?s).*"), &[]).exits(1);
    let unused = json!([{"name": "n", "pattern": "never", "replace": "", "reason": "a test"}]);
    let maker = Maker::new().code("it", "println!(\"1\");", "1\n").settings(json!({"normalisers": unused}));
    tested(&maker, &[]).exits(1).has("normaliser `n`");
}

#[test]
fn what_the_stock_kernel_would_not_do_is_told() {
    let maker = Maker::new().code("line", "print!(\"no end\");", "no end\n");
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

/// kill -9 at a hundred moments of an `--accept`: the old file is there, or the new one.
#[cfg(unix)]
#[test]
fn a_notebook_is_whole_whenever_the_tool_is_killed() {
    let long = "x".repeat(200_000);
    let maker = Maker::new().code("it", "println!(\"{}\", \"y\".repeat(200_000));", &format!("{long}\n"));
    let path = maker.write();
    let (old, new) = (maker.text(), maker.text().replace(&long, &"y".repeat(200_000)));
    let mut seen = [0, 0];
    let started = std::time::Instant::now();
    tested(&maker, &["--accept"]).exits(0);
    let whole = started.elapsed();
    for at in 0..100 {
        std::fs::write(&path, &old).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_forward-pass"));
        command.args(["test", "made.ipynb", "--accept"]).current_dir(maker.folder.path()).env_remove("CI");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // More of the moments near the end, where the file is written.
        std::thread::sleep(whole.mul_f64(0.5 + f64::from(at) / 110.0));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        assert!(now == old || now == new, "the notebook is neither the old nor the new one");
        seen[usize::from(now == new)] += 1;
    }
    assert!(seen[0] > 0, "no kill came before the file was written: {seen:?}");
}
