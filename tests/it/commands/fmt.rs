//! `fmt`, `lint --fix` and the parameters of `run` through the binary: they change what they say, and nothing else.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, forward_pass};

fn fmt(maker: &NotebookBuilder, arguments: &[&str]) -> Finished {
    forward_pass(maker.folder.path(), &[&["fmt"], arguments].concat())
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

fn source(cell: &Value) -> String {
    match &cell["source"] {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        text => text.as_str().unwrap().to_owned(),
    }
}

#[test]
fn cells_are_formatted_and_commands_stay() {
    // A cell before and after.
    let cases = [
        ("let  x=1;\nx", "let x = 1;\nx"),
        (":dep  serde = \"1\"\n\nuse  std::fmt;\nuse std::env;", ":dep  serde = \"1\"\n\nuse std::env;\nuse std::fmt;"),
        (":dep a\n// why\n:timing\nf( )", ":dep a\n// why\n:timing\nf()"),
        ("!ls  -l\nf( )\n", "!ls  -l\nf()"),
        ("let a=1;\n:vars\nlet b=2;", "let a = 1;\n:vars\nlet b = 2;"),
        ("fn f( ) { }\nf( );\n\n\n// end", "fn f() {}\nf();\n\n// end"),
        ("let s = \"one\n    two\n  three\";", "let s = \"one\n    two\n  three\";"),
        ("if  a {\nr#\"\n    x\"#\n}", "if a {\n    r#\"\n    x\"#\n}"),
        ("/* a\n   b */\nf( )", "/* a\nb */\nf()"),
        ("m!(\"a\" => &[1,2],\n     \"b\" => 3);", "m!(\"a\" => &[1,2],\n     \"b\" => 3);"),
        ("#![allow(unused)]\nstruct  P;", "#![allow(unused)]\nstruct P;"),
        ("", ""),
        ("// only  this", "// only  this"),
        (":help  ", ":help  "),
        ("}\nfn  g() {", "}\nfn  g() {"),
        ("let  = 1", "let  = 1"),
        ("한글( )?", "한글()?"),
    ];
    for (before, after) in cases {
        let maker = NotebookBuilder::new().code("a", before, "out\n").code("b", "1", "");
        maker.write();
        let stays = before == after;
        fmt(&maker, &["--check", "."]).exits(if stays { 0 } else { 1 });
        assert_eq!(std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap(), maker.text());
        fmt(&maker, &["made.ipynb"]).exits(0);
        let mut now = read(maker.folder.path(), "made.ipynb");
        assert_eq!(source(&now["cells"][0]), after, "{before}");
        let mut was: Value = serde_json::from_str(&maker.text()).unwrap();
        was["cells"][0]["source"] = json!("");
        now["cells"][0]["source"] = json!("");
        assert_eq!(now, was);
        fmt(&maker, &["--check"]).exits(0).has("1 notebook, all formatted");
    }
}

#[test]
fn all_cells_of_a_notebook_are_formatted_and_the_invalid_named() {
    let maker = NotebookBuilder::new()
        .code("good", "f( )", "")
        .code("bad", "let  = 1", "")
        .code("last", "g( )", "")
        .cell(json!({"cell_type": "markdown", "id": "p", "metadata": {}, "source": "f( )"}));
    maker.write();
    std::fs::write(maker.folder.path().join("broken.ipynb"), "{").unwrap();
    let words = "made.ipynb: not formatted: `good`, `last`";
    fmt(&maker, &["--check", "."]).exits(3).has(words).has("error: broken.ipynb: ").has("2 cells in 1 of 2 notebooks");
    std::fs::remove_file(maker.folder.path().join("broken.ipynb")).unwrap();
    fmt(&maker, &[])
        .exits(0)
        .has("note: made.ipynb: `bad` is not valid Rust, and stays as it is")
        .has("formatted: `good`");
    let now = read(maker.folder.path(), "made.ipynb");
    let sources: Vec<String> = now["cells"].as_array().unwrap().iter().map(source).collect();
    assert_eq!(sources, ["f()", "let  = 1", "g()", "f( )"]);
    fmt(&maker, &["--check"]).exits(0);
    let python = NotebookBuilder::new().metadata(json!({"kernelspec": {"language": "python"}})).code("a", "f( )", "");
    python.write();
    fmt(&python, &["--check"]).exits(0).has("python");
    fmt(&python, &["gone.ipynb"]).exits(2);
}

#[test]
fn a_cell_that_is_laid_out_by_hand_stays() {
    let maker = NotebookBuilder::new()
        .code("hand", "let m=[1,0,\n       0,1];", "")
        .settings(json!({"allow": ["unformatted", "not-portable"]}))
        .code("skip", "#[rustfmt::skip]\nlet m=[1,0,\n       0,1];", "")
        .code("usual", "f( )", "");
    maker.write();
    fmt(&maker, &["--check"]).exits(1).has("made.ipynb: not formatted: `usual`\n").has("; 1 cell left as laid out\n");
    fmt(&maker, &[]).exits(0).has("1 cell in 1 of 1 notebook formatted; 1 cell left as laid out\n");
    let now = read(maker.folder.path(), "made.ipynb");
    let sources: Vec<String> = now["cells"].as_array().unwrap().iter().map(source).collect();
    let skipped = "#[rustfmt::skip]\nlet m=[1,0,\n       0,1];";
    assert_eq!(sources, ["let m=[1,0,\n       0,1];", skipped, "f()"]);
    // The notebook, or its project, can allow it for all cells.
    std::fs::write(maker.folder.path().join("forward-pass.toml"), "allow = [\"unformatted\"]\n").unwrap();
    maker.write();
    fmt(&maker, &["--check"]).exits(0).has("1 notebook, all formatted; 3 cells left as laid out\n");
    std::fs::write(maker.folder.path().join("forward-pass.toml"), "allow = [\"unformated\"]\n").unwrap();
    fmt(&maker, &["--check"]).exits(3).has("did you mean `unformatted`?");
}

/// The chapter is laid out for a page of Jupyter, and says which cells are not.
#[test]
fn the_chapter_is_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    forward_pass(root, &["fmt", "--check", "notebooks"]).exits(0).has("16 notebooks, all formatted; 8 cells left");
}

#[test]
fn the_settings_of_rustfmt_apply() {
    let maker = NotebookBuilder::new().code("a", "let x = call(1111111111, 2222222222);", "").code(
        "b",
        "fn f() {\n    1;\n}",
        "",
    );
    maker.write();
    std::fs::write(maker.folder.path().join("rustfmt.toml"), "max_width = 37\n").unwrap();
    fmt(&maker, &["--check"]).exits(0);
    std::fs::write(maker.folder.path().join("rustfmt.toml"), "max_width = 36\n").unwrap();
    fmt(&maker, &["--check"]).exits(1).has("not formatted: `a`");
    for (settings, step) in [("tab_spaces = 2", "  "), ("hard_tabs = true", "\t")] {
        let after = format!("fn f() {{\n{step}1;\n}}");
        std::fs::write(maker.folder.path().join("rustfmt.toml"), settings).unwrap();
        fmt(&maker, &[]).exits(0);
        assert_eq!(source(&read(maker.folder.path(), "made.ipynb")["cells"][1]), after);
    }
    std::fs::write(maker.folder.path().join("rustfmt.toml"), "max_width = \"x\"").unwrap();
    // Nothing is said of a notebook that could not be looked at.
    assert_eq!(fmt(&maker, &[]).exits(3).has("rustfmt cannot use its settings").stdout, "");
}

#[test]
fn lint_repairs_ids_counts_and_the_kernels_typo() {
    let maker = NotebookBuilder::new()
        .metadata(json!({"language_info": {"name": "rust", "pygment_lexer": "rust"}}))
        .code("a", "println!(\"1\")", "1\n")
        .code("a", "println!(\"2\")", "2\n");
    let path = maker.write();
    let mut old: Value = serde_json::from_str(&maker.text()).unwrap();
    let lint = |arguments: &[&str]| forward_pass(maker.folder.path(), &[&["lint"], arguments].concat());
    lint(&["made.ipynb"]).exits(1);
    let words = "made.ipynb: repaired: 1 new id, 1 new execution count, `pygments_lexer` for `pygment_lexer`";
    lint(&["--fix", "made.ipynb"]).exits(0).has(words);
    let now = read(maker.folder.path(), "made.ipynb");
    old["cells"][1]["id"] = json!("a-2");
    old["cells"][1]["execution_count"] = json!(2);
    old["metadata"]["language_info"] = json!({"name": "rust", "pygments_lexer": "rust"});
    assert_eq!(now, old);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(lint(&["--fix"]).exits(0).stderr, "");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    // What it cannot repair is found, and nothing is written.
    let maker = NotebookBuilder::new().code("a", "x", "").code("b", "let x = 1;", "");
    maker.write();
    let finished = forward_pass(maker.folder.path(), &["lint", "--fix", "--allow", "execution-order"]);
    finished.exits(1).has("used-before `a` uses `x`");
    std::fs::write(maker.folder.path().join("made.ipynb"), "{}").unwrap();
    forward_pass(maker.folder.path(), &["lint", "--fix"]).exits(1).has("unreadable");
}

#[test]
fn parameters_are_defined_again_after_the_authors_cell() {
    let maker = NotebookBuilder::new().code("set", "let n = 1;\nlet name = \"a\";", "").tags(&["parameters"]).code(
        "use",
        "println!(\"{n} {name}\");",
        "",
    );
    maker.write();
    let folder = maker.folder.path();
    let run = |arguments: &[&str]| forward_pass(folder, &[&["--engine", "own", "run"], arguments].concat());
    run(&["made.ipynb", "-p", "n=7", "-p", "name=x y", "-o", "ran.ipynb"]).exits(0).has("7 x y\n");
    let ran = read(folder, "ran.ipynb");
    assert_eq!(ran["cells"][1]["source"], json!(["// Parameters\n", "let n = 7;\n", "let name = \"x y\";"]));
    assert_eq!(ran["cells"][1]["metadata"], json!({"tags": ["injected-parameters"]}));
    assert_eq!(ran["cells"][2]["outputs"][0]["text"], json!(["7 x y\n"]));
    assert_eq!(std::fs::read_to_string(folder.join("made.ipynb")).unwrap(), maker.text());
    // The cell of an earlier run is replaced.
    run(&["ran.ipynb", "--parameter", "n=8", "-o", "again.ipynb"]).exits(0).has("8 a\n");
    assert_eq!(read(folder, "again.ipynb")["cells"].as_array().unwrap().len(), 3);
    run(&["made.ipynb", "-p", "m=7"]).exits(2).has("no parameter `m`").has("help: did you mean `n`?");
    run(&["made.ipynb", "-p", "n=x"]).exits(2).has("`n` cannot be `x`: it is an integer in the notebook");
    run(&["made.ipynb", "-p", "n"]).exits(2).has("`-p n` has no value");
    let none = NotebookBuilder::new().code("a", "1", "");
    none.write();
    forward_pass(none.folder.path(), &["run", "made.ipynb", "-p", "n=1"])
        .exits(2)
        .has("tag the cell that defines them");
}
