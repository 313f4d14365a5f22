//! `lint` through the binary: each lint finds its case, and what is right is left alone.

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, forward_pass};

fn lint(maker: &NotebookBuilder, arguments: &[&str]) -> Finished {
    maker.write();
    forward_pass(maker.folder.path(), &[&["lint", "made.ipynb"], arguments].concat())
}

fn prose(id: &str, text: &str) -> Value {
    json!({"cell_type": "markdown", "id": id, "metadata": {}, "source": [text]})
}

#[test]
fn each_lint_finds_its_case() {
    let cases = [
        (
            NotebookBuilder::new().code("a", "println!(\"{x}\");", "").code("b", "let x = 1;", ""),
            "used-before `a` uses `x`, which `b` defines only later",
        ),
        (
            NotebookBuilder::new().code("a", "let mut v = vec![1];", "").code("b", "\nv.push(2);", ""),
            "runs-once `b` changes `v` of `a` by `.push()`: running it again gives another result",
        ),
        (NotebookBuilder::new().code("a", "f()", "at 12:30:59\n"), "unstable-output `a` stores a time, `12:30:59`"),
        (
            NotebookBuilder::new().code("a", "f()", "see /home/ann/x.txt\n"),
            "`a` stores a path of this machine, `/home/ann/x.txt`",
        ),
        (NotebookBuilder::new().code("a", "1", "").code("a", "2", ""), "cell-ids `a#2` has the same id as cell 1"),
        (
            NotebookBuilder::new()
                .code("a", "f()", "0.731058 12\n")
                .cell(prose("p", "It is 0.73, or 74 %."))
                .tags(&["quoted-numbers"]),
            "quoted-number `p` quotes 74, which is in no output",
        ),
        (NotebookBuilder::new().code("a", "1", "").tags(&["skip-exection"]), "rules `a` unknown tag `skip-exection`"),
    ];
    for (maker, words) in cases {
        // Each of the made cells was run as number 1.
        lint(&maker, &["--allow", "execution-order"]).exits(1).has(words).has("1 problem found");
    }
    let twice = NotebookBuilder::new().code("a", "1", "").code("b", "2", "");
    lint(&twice, &[]).exits(1).has("execution-order `b` has the execution count 1, and `a` above it has 1");
}

#[test]
fn what_is_right_is_left_alone() {
    let maker = NotebookBuilder::new()
        .code("a", "fn f(x: i32) -> i32 { x }\nlet v = vec![1, 2];", "")
        .code("b", "let y: Vec<i32> = v.iter().map(|n| n + f(1)).collect();\nlet mut w = v.clone();\nw.push(3);", "")
        .code("c", "later", "")
        .tags(&["compile_fail=E0425"])
        .code("d", "let later = 1;\nlet x = y.len();", "3.5 s, 10 m\n")
        .cell(prose("p", "Not tagged: 99.9 %."));
    lint(&maker, &["--allow", "execution-order"]).exits(0).has("1 notebook, nothing found");
}

#[test]
fn findings_are_told_to_programs_and_unknown_lints_refused() {
    let maker = NotebookBuilder::new().code("a", "println!(\"{x}\");", "").code("b", "let x = 1;", "");
    let arguments = ["--allow", "execution-order", "--format", "json"];
    let report: Value = serde_json::from_str(&lint(&maker, &arguments).stdout).unwrap();
    assert_eq!(report["findings"][0]["lint"], "used-before");
    assert_eq!(report["findings"][0]["cell"], "a");
    let line = 1 + maker.text().lines().position(|line| line.contains("{x}")).unwrap();
    assert_eq!(report["findings"][0]["line"], line);
    lint(&maker, &["--format", "github"]).has(&format!("::warning file=made.ipynb,line={line},title=used-before::"));
    std::fs::write(maker.folder.path().join("old.ipynb"), "{\"nbformat\": 3}").unwrap();
    let all = forward_pass(maker.folder.path(), &["lint", "."]);
    all.exits(1).has("unreadable cannot use").has("nbformat 3 is too old").has("used-before");
    lint(&maker, &["--allow", "used-befor"]).exits(2).has("did you mean `used-before`?");
    forward_pass(maker.folder.path(), &["lint", "missing.ipynb"]).exits(2).has("missing.ipynb");
}

#[test]
fn nothing_is_run() {
    let maker = NotebookBuilder::new().code("a", "std::fs::write(\"ran\", \"\").unwrap();", "");
    lint(&maker, &[]);
    forward_pass(maker.folder.path(), &["export", "made.ipynb", "--to", "rs"]).exits(0);
    assert!(!maker.folder.path().join("ran").exists());
}

#[test]
fn the_chapter_is_clean() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    forward_pass(root, &["lint", "notebooks"]).exits(0).has("nothing found");
}

#[test]
fn an_author_allows_a_lint_for_a_cell_or_a_notebook() {
    let maker = || {
        NotebookBuilder::new().code("a", "let mut v = vec![1];", "").code("b", "v.push(2);", "").code(
            "c",
            "v.push(3);",
            "",
        )
    };
    let arguments = ["--allow", "execution-order"];
    lint(&maker(), &arguments).exits(1).has("2 problems found");
    let one = maker().settings(json!({"allow": "runs-once"}));
    lint(&one, &arguments).exits(1).has("runs-once `b` changes").has("1 problem found");
    let all = maker().metadata(json!({"forward_pass": {"allow": ["runs-once", "execution-order"]}}));
    lint(&all, &[]).exits(0);
    lint(&maker().settings(json!({"allow": "runs-onc"})), &arguments).exits(1).has("did you mean `runs-once`?");
}
