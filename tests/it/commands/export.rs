//! `export` through the binary: nothing runs, scripts come back as they were, programs print what the notebook stores.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, forward_pass, rounds};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn export(file: &Path, arguments: &[&str]) -> Finished {
    let file = file.to_str().unwrap();
    forward_pass(root(), &[&["export", file], arguments].concat())
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(path: &Path) -> Value {
    json_of(std::fs::read_to_string(path).unwrap().trim_start_matches('\u{feff}'))
}

/// Without what a script leaves out, and with each source as one text.
fn without_outputs(mut notebook: Value) -> Value {
    for cell in notebook["cells"].as_array_mut().unwrap() {
        if cell["cell_type"] == "code" {
            cell["outputs"] = json!([]);
            cell["execution_count"] = Value::Null;
        }
        if let Some(lines) = cell["source"].as_array() {
            cell["source"] = json!(lines.iter().filter_map(Value::as_str).collect::<String>());
        }
    }
    notebook
}

/// The chapter's notebooks of a language.
fn chapter(language: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("notebooks").join(language)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "ipynb"));
    files.sort();
    files
}

fn there_and_back(notebook: &Path) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.rs");
    let told = export(notebook, &["--to", "script", "-o", script.to_str().unwrap()]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let told = export(&script, &["--to", "ipynb"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    json_of(&told.stdout)
}

#[test]
fn the_chapter_as_scripts_comes_back_as_it_was() {
    let files = [chapter("en"), chapter("ko")].concat();
    assert!(files.len() >= 14);
    for file in files {
        assert_eq!(without_outputs(there_and_back(&file)), without_outputs(read(&file)), "{}", file.display());
    }
}

#[test]
fn a_script_loses_nothing_that_is_hard_to_write_down() {
    let code = |id: &str, source: &str, metadata: Value| {
        json!({"cell_type": "code", "execution_count": null, "id": id, "metadata": metadata, "outputs": [],
            "source": source})
    };
    let prose =
        |kind: &str, id: &str, source: &str| json!({"cell_type": kind, "id": id, "metadata": {}, "source": source});
    let mut attached =
        prose("markdown", "attached", "![a](attachment:a.png)\n\n\n// %% no cell\n ends in blank lines\n\n");
    attached["attachments"] = json!({"a.png": {"image/png": "iVBORw0KGgo="}});
    let made = NotebookBuilder::new()
        .cell(attached)
        .cell(code("dep", ":dep serde = \"1\"\n// :dep no = \"1\"\n//:x\nlet a = \"\n// %% inside\n\";\n", json!({})))
        .cell(code(
            "headings",
            "// %%\n// // %% [markdown]\n//%% x\n",
            json!({"tags": ["a b", "한글"], "title": "no=title"}),
        ))
        .cell(code(
            "odd-keys",
            "1",
            json!({"a b": 1, "id": "its own", "metadata": {"x": [1.5, null, "\n\u{1f600}\\"]}}),
        ))
        .cell(code("empty", "", json!({"metadata": {"only": true}})))
        .cell(code("blank", "\n\n", json!({"collapsed": true, "forward_pass": {"rtol": "1e-6"}})))
        .cell(prose("raw", "raw", "\r\nraw: [text]\r\n"))
        .cell(prose("markdown", "", ""));
    let path = made.write();
    let mut stored = read(&path);
    stored["metadata"] =
        json!({"jupytext": {"formats": "ipynb,rs:percent"}, "x: y": {"deep": ["# no comment", 1e-9]}, "title": "a\nb"});
    std::fs::write(&path, serde_json::to_string(&stored).unwrap()).unwrap();
    assert_eq!(without_outputs(there_and_back(&path)), without_outputs(stored.clone()));
    // A notebook of nbformat 4.4 has no ids, and gets none.
    stored["nbformat_minor"] = json!(4);
    for cell in stored["cells"].as_array_mut().unwrap() {
        cell.as_object_mut().unwrap().remove("id");
    }
    std::fs::write(&path, serde_json::to_string(&stored).unwrap()).unwrap();
    assert_eq!(without_outputs(there_and_back(&path)), without_outputs(stored));
}

#[test]
fn jupytexts_own_scripts_are_read() {
    let script = "// ---\n// jupyter:\n//   jupytext:\n//     text_representation:\n//       extension: .rs\n\
        //       format_name: percent\n//       format_version: '1.3'\n//       jupytext_version: 1.19.6\n\
        //   kernelspec:\n//     display_name: Rust\n//     language: rust\n//     name: rust\n// ---\n\n\
        // %% [markdown]\n// # Title\n//\n// text\n\n// %% Name of the cell tags=[\"x\"]\n\
        // :dep ndarray = \"0.17\"\nlet a = 1;\n\
        \n// %% [md] {\"key\": 1}\n// end\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.rs");
    std::fs::write(&path, script).unwrap();
    let notebook = json_of(&export(&path, &["--to", "ipynb"]).stdout);
    assert_eq!(
        notebook["metadata"],
        json!({"kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"}})
    );
    let cells = notebook["cells"].as_array().unwrap();
    assert_eq!(cells[0]["source"], json!(["# Title\n", "\n", "text"]));
    assert_eq!(cells[1]["source"], json!([":dep ndarray = \"0.17\"\n", "let a = 1;"]));
    assert_eq!(cells[1]["metadata"], json!({"tags": ["x"], "title": "Name of the cell"}));
    assert_eq!(cells[2]["metadata"], json!({"key": 1}));
    assert_eq!(cells[2]["id"], "cell-3");
}

/// What the cells print and show as text, one after the other.
fn stored_text(notebook: &Value) -> String {
    let mut text = String::new();
    let joined = |value: &Value| match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().unwrap_or_default().to_string(),
    };
    for output in notebook["cells"].as_array().unwrap().iter().flat_map(|cell| cell["outputs"].as_array()).flatten() {
        match output["name"].as_str() {
            Some("stdout") => text += &joined(&output["text"]),
            Some(_) => {}
            None => text += &(joined(&output["data"]["text/plain"]) + "\n"),
        }
    }
    text
}

/// The profile that an exported program has.
const OWN_PROFILE: &str = "[profile.dev.package.\"*\"]\nopt-level = 3\n";

/// The profile of this project: what its own build has compiled is not compiled again.
fn profile_of_this_project() -> String {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let sections = manifest.split("\n[").filter(|section| section.starts_with("profile.dev"));
    sections.map(|section| format!("[{section}\n")).collect()
}

#[test]
fn the_chapter_as_programs_prints_what_the_notebooks_store() {
    // All but the one that needs the data; two of them in the gate.
    let is_tested = |path: &PathBuf| match rounds(0, 1) {
        0 => path.ends_with("02-sigmoid.ipynb") || path.ends_with("05-three-layer-network.ipynb"),
        _ => !path.ends_with("08-mnist.ipynb"),
    };
    let files: Vec<PathBuf> = chapter("en").into_iter().filter(is_tested).collect();
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exported");
    let _ = std::fs::remove_dir_all(package.join("src"));
    std::fs::create_dir_all(package.join("src/bin")).unwrap();
    for file in &files {
        let folder = tempfile::tempdir().unwrap();
        let told = export(file, &["--to", "rs", "-o", folder.path().to_str().unwrap(), "--force"]);
        assert_eq!(told.code, Some(0), "{}", told.stderr);
        let stem = file.file_stem().unwrap().to_str().unwrap();
        std::fs::copy(folder.path().join("src/main.rs"), package.join(format!("src/bin/n{stem}.rs"))).unwrap();
        let manifest = std::fs::read_to_string(folder.path().join("Cargo.toml")).unwrap();
        assert!(manifest.contains(OWN_PROFILE), "{manifest}");
        std::fs::write(package.join("Cargo.toml"), manifest.replace(OWN_PROFILE, &profile_of_this_project())).unwrap();
    }
    // The versions of this project: they are on this machine.
    std::fs::copy(root().join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--offline", "--target-dir"]).arg(target).current_dir(&package);
    assert!(build.status().unwrap().success(), "the exported programs do not compile");
    for file in &files {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let program = target.join(format!("debug/n{stem}"));
        let output = Command::new(&program).output().unwrap();
        assert!(output.status.success(), "{stem}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).unwrap();
        let (expected, printed) = (stored_text(&read(file)), printed.replace('\r', ""));
        let differs = expected.lines().zip(printed.lines()).find(|(stored, fresh)| stored != fresh);
        assert!(differs.is_none() && expected.lines().count() == printed.lines().count(), "{stem}: {differs:?}");
    }
}

/// Compiles a program without dependencies with rustc alone, and gives what it prints.
fn run_alone(folder: &Path) -> String {
    let program = folder.join("program");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let rustc = rustc.args(["--edition", "2024", "-o"]).arg(&program).arg(folder.join("src/main.rs"));
    let compiled = rustc.output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let output = Command::new(&program).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_program_keeps_the_meaning_that_a_session_gives() {
    // Prose of a translation has a setting that is not a rule.
    let title = json!({"cell_type": "markdown", "id": "title", "source": "t",
        "metadata": {"forward_pass": {"pair": "a b"}}});
    let made = NotebookBuilder::new()
        .cell(title)
        .code("function", "fn f() -> i32 { 1 }\nf()", "")
        .code("again", "fn f() -> i32 { 2 }\nfn g() -> i32 { f() * 10 }\n(f(), g())", "")
        .code("float", "let x = 2.0; // a number\nlet s = \"two\n lines\";", "")
        .code("method", "println!(\"{} {s}\", x.sqrt());", "")
        .code("moved", "let v = vec![1];\nlet w = v;\nv", "")
        .tags(&["compile_fail=E0382"])
        .code("panic", "let big: i32 = 7;\nprintln!(\"before\");\npanic!(\"boom\");", "")
        .tags(&["should_panic=boom"])
        .code("question", "let n: i32 = \"x\".parse()?;", "")
        .tags(&["raises-exception"])
        .code(
            "macro",
            "macro_rules! make { ($n:ident) => { struct $n; }; }\nmake!(Made);\n#[derive(Debug)] struct P(u8);",
            "",
        )
        .code("shown", "for i in 0..2 { println!(\"{i}\"); }\nP(3)", "")
        .code("unit", "drop(P(1))", "");
    let path = made.write();
    let folder = made.folder.path().join("out");
    let told = export(&path, &["--to", "rs", "-o", folder.to_str().unwrap()]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let expected = "1\n(2, 20)\n1.4142135623730951 two\n lines\nbefore\n0\n1\nP(3)\n";
    assert_eq!(run_alone(&folder), expected);
}

#[test]
fn what_a_program_cannot_contain_is_an_error_that_names_the_cell() {
    let twice =
        "impl std::fmt::Display for P { fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { Ok(()) } }";
    let made = NotebookBuilder::new().code("a", &format!("struct P;\n{twice}"), "").code("b", twice, "");
    let told = export(&made.write(), &["--to", "rs"]);
    assert_eq!(told.code, Some(3));
    assert_eq!(
        told.stderr,
        "error: cell `b`: it implements std :: fmt :: Display for P again, which a program cannot contain\n\
         help: give the second one another name\n"
    );
}

#[test]
fn pages_show_prose_code_and_outputs() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    let figure = json!([{"output_type": "execute_result", "execution_count": 1, "metadata": {},
        "data": {"image/svg+xml": [svg], "text/plain": ["<Figure 9x9>"]}}]);
    let made = NotebookBuilder::new()
        .cell(json!({"cell_type": "markdown", "id": "prose", "metadata": {},
            "source": "# A *title*\n\n$$x^2 < 3$$ and `a < b`"}))
        .cell(json!({"cell_type": "markdown", "id": "link", "metadata": {}, "source": "[next](02-b.ipynb#c)"}))
        .code("text", "let s = \"<&>\"; // ```", "1 < 2 & `x`\n")
        .cell(json!({"cell_type": "code", "execution_count": 1, "id": "figure (1)", "metadata": {},
            "outputs": figure, "source": "plot()"}))
        .code("hidden", "secret()", "shown\n")
        .tags(&["remove-input"]);
    let path = made.write();
    let html = export(&path, &["--to", "html"]).stdout;
    for part in [
        "<title>A title</title>",
        "<h1 id=\"a-title\">A <em>title</em></h1>",
        "<msup><mi>x</mi><mn>2</mn></msup>",
        "<code>a &lt; b</code>",
        "<a href=\"02-b.html#c\">next</a>",
        "<span class=\"keyword\">let</span> s = <span class=\"text\">&quot;&lt;&amp;&gt;&quot;</span>",
        "<pre class=\"output\">1 &lt; 2 &amp; `x`</pre>",
        "<img class=\"figure\" src=\"data:image/svg+xml;base64,",
        "alt=\"&lt;Figure 9x9&gt;\"",
    ] {
        assert!(html.contains(part), "{part} is not in\n{html}");
    }
    assert!(!html.contains("secret") && html.contains("shown"));
    let page = made.folder.path().join("a page.md");
    assert_eq!(export(&path, &["--to", "md", "-o", page.to_str().unwrap()]).code, Some(0));
    let expected = "# A *title*\n\n$$x^2 < 3$$ and `a < b`\n\n[next](02-b.ipynb#c)\n\n\
        ````rust\nlet s = \"<&>\"; // ```\n````\n\n\
        ```text\n1 < 2 & `x`\n```\n\n```rust\nplot()\n```\n\n\
        ![Figure 9x9](<a page_files/figure--1--1.svg>)\n\n```text\nshown\n```\n";
    assert_eq!(std::fs::read_to_string(&page).unwrap(), expected);
    assert_eq!(std::fs::read_to_string(made.folder.path().join("a page_files/figure--1--1.svg")).unwrap(), svg);
}

#[test]
fn nothing_is_overwritten_without_force() {
    let made = NotebookBuilder::new().code("a", "1", "");
    let path = made.write();
    let there = made.folder.path().join("there.md");
    std::fs::write(&there, "mine").unwrap();
    let told = export(&path, &["--to", "md", "-o", there.to_str().unwrap()]);
    assert_eq!(told.code, Some(3));
    assert!(told.stderr.contains("already exists\nhelp: name another file, or add `--force`"), "{}", told.stderr);
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
    let told = export(&path, &["--to", "md", "-o", path.to_str().unwrap(), "--force"]);
    assert_eq!(told.code, Some(2), "{}", told.stderr);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), made.text());
    let script = made.folder.path().join("no-cells.rs");
    std::fs::write(&script, "fn main() {}\n").unwrap();
    let told = export(&script, &["--to", "ipynb"]);
    assert_eq!(told.code, Some(3));
    assert!(told.stderr.contains("has no line `// %%`, so it has no cells"), "{}", told.stderr);
}

#[test]
fn a_dash_stands_for_stdout() {
    let maker = NotebookBuilder::new().code("it", "1 + 1", "");
    let file = maker.write();
    let written = export(&file, &["--to", "script", "-o", "-"]);
    assert_eq!((written.code, &written.stdout), (Some(0), &export(&file, &["--to", "script"]).stdout));
    assert!(written.stdout.contains("1 + 1") && !root().join("-").exists());
}
