//! The REPL through the binary, with lines piped in. Tests that need a terminal are in `terminal`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Finished, command, forward_pass, with_input};

/// A small course without dependencies, whose session starts at once.
pub fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/walk")
}

/// The command in this package's folder, with its state in another.
fn repl(state: &Path, arguments: &[&str]) -> Command {
    let mut command = command(Path::new(env!("CARGO_MANIFEST_DIR")), arguments);
    command.env("XDG_STATE_HOME", state).env("LC_ALL", "C");
    command
}

/// Runs the REPL on a course, or on the chapter, with these lines as its input.
pub fn piped(course: Option<&Path>, input: &str) -> Finished {
    let state = tempfile::tempdir().expect("a temporary folder");
    let course = course.map(|course| course.to_str().expect("UTF-8"));
    let arguments: Vec<&str> = ["repl"].into_iter().chain(course).collect();
    with_input(&mut repl(state.path(), &arguments), input)
}

#[test]
fn rust_and_commands_share_one_session() {
    let lines = "let n = 20\nfn twice(n: i32) -> i32 {\n    n * 2\n}\ntwice(n) + 2\n:vars\n:reset\n:vars\n";
    let seen = piped(Some(&fixture()), lines);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{}", seen.stdout);
    let expected = "42\nn: i32\nx: i32\nall variables and items are forgotten; \
                    the section's first cell is run again\nx: i32\n";
    assert_eq!(seen.stdout, expected);
}

#[test]
fn a_line_that_fails_is_reported_and_counted() {
    let cases = [
        (":nxt\n", "error: there is no command `:nxt`\nhelp: did you mean `:next`?\n"),
        (":goto wrods\n", "error: there is no section or cell `wrods`\nhelp: did you mean `:goto words`?\n"),
        (":source sigmoit\n", "error: the library has no `sigmoit`\nhelp: did you mean `:source sigmoid`?\n"),
        ("let x = [1,\n", "error: the input ends before `let x = [1,` is complete\n"),
        (":again\n", "error: there is no cell to run again yet\nhelp: press Enter\n"),
    ];
    for (line, message) in cases {
        let seen = piped(Some(&fixture()), line);
        assert_eq!((seen.code, seen.stderr.as_str(), seen.stdout.as_str()), (Some(1), message, ""), "{line}");
    }
}

#[test]
fn failing_rust_says_where_and_the_session_goes_on() {
    let seen = piped(Some(&fixture()), "let kept = 5;\nkept + \"a\"\npanic!(\"not this\");\nkept + 1\n");
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), "6\n"), "{}", seen.stderr);
    assert!(seen.stderr.contains("error[E0277]: cannot add `&str` to `i32`"), "{}", seen.stderr);
    assert!(seen.stderr.contains("kept + \"a\""), "{}", seen.stderr);
    assert!(seen.stderr.contains("error: the cell panicked at line 1: not this"), "{}", seen.stderr);
}

#[test]
fn enter_walks_through_every_cell_and_on_to_the_next_section() {
    let seen = piped(Some(&fixture()), &"\n".repeat(9));
    assert_eq!(seen.code, Some(0), "{}", seen.stderr);
    assert_eq!(without_saved(&seen.stdout), WALK);
}

#[test]
fn a_place_in_the_middle_runs_what_comes_before_it() {
    let seen = piped(Some(&fixture()), ":goto one-more\n:goto words\n:goto length\nx\n");
    assert!(seen.stdout.starts_with("And what came of it:\n\n    y + 1\n\n42\n"), "{}", seen.stdout);
    assert!(seen.stdout.ends_with("    word.len()\n\n5\n\n"), "{}", seen.stdout);
    assert!(seen.stderr.contains("cannot find value `x`"), "each section starts fresh: {}", seen.stderr);
}

#[test]
fn a_figure_is_named_and_saved() {
    let seen = piped(Some(&fixture()), ":goto figure\n");
    let saved = seen.stdout.lines().find_map(|line| line.strip_prefix("saved: ")).expect("a figure is saved");
    assert!(seen.stdout.contains("<Figure 40x20>\n"), "{}", seen.stdout);
    assert!(saved.ends_with("forward-pass/figures/02-figure.svg"), "{saved}");
}

#[test]
fn the_librarys_own_source_is_shown() {
    let seen = piped(Some(&fixture()), ":source Network::chapter\n");
    assert_eq!(seen.code, Some(0), "{}", seen.stderr);
    assert!(seen.stdout.starts_with("// src/network.rs:"), "{}", seen.stdout);
    assert!(seen.stdout.contains("pub fn chapter()"), "{}", seen.stdout);
}

/// Runs the REPL with arguments and no input.
fn asked(args: &[&str]) -> Finished {
    let state = tempfile::tempdir().expect("a temporary folder");
    with_input(&mut repl(state.path(), &[&["repl"], args].concat()), "")
}

#[test]
fn a_missing_path_is_the_reader_s_mistake() {
    let seen = asked(&["nowhere/at-all.ipynb"]);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(2), ""));
    let said = seen.stderr.trim_end();
    assert!(said.starts_with("error: no notebook or folder at /"), "{said}");
    assert!(said.ends_with("nowhere/at-all.ipynb\nhelp: check the path"), "{said}");
    let empty = tempfile::tempdir().unwrap();
    let told = asked(&[empty.path().to_str().unwrap()]);
    assert_eq!(told.code, Some(2));
    assert!(told.stderr.starts_with("error: no notebooks in ") && told.stderr.contains("help: "), "{}", told.stderr);
}

#[test]
fn a_program_gets_whole_outputs_line_by_line() {
    let walk = fixture();
    let walk = walk.to_str().expect("UTF-8");
    let seen = asked(&[walk, "-c", ":help", "-c", ":cells words", "-c", "for n in 0..2 { println!(\"{n}\"); }"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{}", seen.stdout);
    assert!(seen.stdout.contains("\n:goto PLACE: 4, softmax, a cell id\n"), "{}", seen.stdout);
    assert!(seen.stdout.contains("length"), "{}", seen.stdout);
    assert!(seen.stdout.ends_with("\n0\n1\n"), "a loop shows no value: {}", seen.stdout);
    let seen = asked(&["-c", ":type matmul"]);
    assert!(seen.stdout.starts_with("pub fn matmul<"), "{} {}", seen.stdout, seen.stderr);
}

#[test]
fn the_repl_speaks_korean_on_request() {
    let walk = fixture();
    let walk = walk.to_str().expect("UTF-8");
    let seen = asked(&["--lang", "ko", walk, "-c", ":nxt", "-c", ":goto one-more", "-c", ":term bias"]);
    assert_eq!(seen.stderr, "오류: `:nxt` 명령은 없어요\n도움말: 혹시 `:next`인가요?\n");
    assert!(seen.stdout.contains("편향 (bias)"), "{}", seen.stdout);
    let seen = asked(&["-c", ":lang ko", "-c", ":sections", "-c", ":lang en", "-c", ":sections"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{}", seen.stdout);
    assert!(seen.stdout.contains("> 1  계단 함수 (step-function, 셀 47개)"), "{}", seen.stdout);
    assert!(seen.stdout.contains("> 1  The step function (step-function, 47 cells)"), "{}", seen.stdout);
}

#[test]
fn a_name_that_is_gone_or_elsewhere_is_explained() {
    let lines = "let v = vec![1];\nlet w = v;\nv.len()\ny\nword\n";
    let seen = piped(Some(&fixture()), lines);
    let hints = [
        "help: `v` was moved by `let w = v;`; use `v.clone()` there to keep it, or undo that line with `:undo`",
        "help: `y` is defined in the cell `doubled`; `:goto doubled` runs the cells before it, then that cell",
        "help: `word` is defined in section 2, and each section starts fresh: `:goto 2` goes there",
    ];
    for line in hints {
        assert!(seen.stderr.contains(line), "{line}\n{}", seen.stderr);
    }
}

#[test]
fn a_crash_costs_nothing_and_an_error_is_reported_once() {
    let lines = "let kept = 5;\nstd::process::exit(3)\n\"a\".parse::<i32>()?;\nkept\n";
    let seen = piped(Some(&fixture()), lines);
    assert_eq!(seen.stdout, "5\n");
    let expected = "error: the cell ended the process with exit code 3\n\
                    note: nothing is lost: your variables are as they were before\n\
                    error: the cell returned an error through `?` at line 1: invalid digit found in string\n";
    assert_eq!(seen.stderr, expected);
}

#[test]
fn own_lines_are_written_with_the_cells_that_they_need() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (notebook, program) = (folder.path().join("mine.ipynb"), folder.path().join("mine.rs"));
    let lines = format!("\n\nlet z = y + 1;\nz\n:export {}\n:export {}\n", notebook.display(), program.display());
    let seen = piped(Some(&fixture()), &lines);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{}", seen.stdout);
    assert!(seen.stdout.contains("wrote 2 of your inputs to "), "{}", seen.stdout);
    forward_pass(folder.path(), &["test", "mine.ipynb"]).exits(0);
    let built = Command::new("rustc").arg("-o").arg(folder.path().join("mine")).arg(&program).output().expect("rustc");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let ran = Command::new(folder.path().join("mine")).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "40\n42\n");
    std::fs::write(&notebook, "mine").expect("it is written");
    let seen = piped(Some(&fixture()), &format!("1\n:export {}\n", notebook.display()));
    assert!(seen.stderr.contains("already exists and is not overwritten"), "{}", seen.stderr);
}

/// The paths of saved figures differ from machine to machine.
fn without_saved(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with("saved: ")).collect()
}

const WALK: &str = "\
We begin with a number, and double it. In a formula: x².

    let x = 20;
    fn double(n: i32) -> i32 {
        n * 2
    }

Twice as much:

    println!(\"{}\", double(x));
    let y = double(x) + 1;

40

And what came of it:

    y + 1

42

    panic!(\"too far\");

    std::process::exit(7);

(this cell is marked to be skipped)

That was the first section.

End of section 1. Next: Words (press Enter).

2 of 2 · Words · 4 cells

Now a word, in a session that has never heard of `x`.

    let word = String::from(\"hello\");

    word.len()

5

    println!(\"EVCXR_BEGIN_CONTENT image/svg+xml\\n{}\\nEVCXR_END_CONTENT\", \
    r##\"<svg xmlns=\"http://www.w3.org/2000/svg\" \
    width=\"40\" height=\"20\"><rect width=\"20\" height=\"20\"/></svg>\"##);
    println!(\"EVCXR_BEGIN_CONTENT text/plain\\n<Figure 40x20>\\nEVCXR_END_CONTENT\");

<Figure 40x20>

End of the chapter.

";

/// The texts that a cell stores, in order: its stdout, and the value of its last expression.
fn stored_texts(cell: &serde_json::Value) -> Vec<String> {
    let joined = |value: &serde_json::Value| match value {
        serde_json::Value::Array(lines) => lines.iter().filter_map(|line| line.as_str()).collect::<String>(),
        value => value.as_str().unwrap_or_default().to_owned(),
    };
    let outputs = cell["outputs"].as_array().into_iter().flatten();
    let texts = outputs.map(|output| match output["output_type"].as_str() {
        Some("stream") => joined(&output["text"]),
        _ => joined(&output["data"]["text/plain"]),
    });
    texts.map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty()).collect()
}

#[test]
fn the_whole_chapter_walked_at_the_prompt_shows_what_the_notebooks_store() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let state = tempfile::tempdir().unwrap();
    let mut command = command(root, &["repl", "notebooks/en"]);
    // Section 8 needs data that may be missing.
    for section in 1..=7 {
        command.args(["-c", &format!(":goto {section}"), "-c", ":run"]);
    }
    command.env("XDG_STATE_HOME", state.path()).env("LC_ALL", "C.UTF-8").env("COLUMNS", "200");
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}\n{}", shown, String::from_utf8_lossy(&output.stderr));
    let mut rest = shown.as_str();
    let mut seen = 0;
    for file in std::fs::read_dir(root.join("notebooks/en"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect::<std::collections::BTreeSet<_>>()
    {
        if file.extension().is_none_or(|ending| ending != "ipynb") || file.ends_with("08-mnist.ipynb") {
            continue;
        }
        let notebook: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for cell in notebook["cells"].as_array().unwrap() {
            // The results of training have a tolerance in the notebook: their last digits depend on the machine.
            if cell["metadata"]["forward_pass"]["rtol"].is_string() {
                continue;
            }
            // At the prompt an exercise runs when the reader begins it.
            if cell["metadata"]["tags"] == serde_json::json!(["exercise-check"]) {
                continue;
            }
            for text in stored_texts(cell) {
                let place = rest.find(&text);
                assert!(place.is_some(), "{} {}: `{text}` is not shown", file.display(), cell["id"]);
                rest = &rest[place.unwrap() + text.len()..];
                seen += 1;
            }
        }
    }
    assert!(seen >= 70, "only {seen} outputs were compared");
}

/// A course whose first section needs digits that are missing.
pub fn without_data(folder: &Path) -> PathBuf {
    let course = folder.join("course");
    std::fs::create_dir(&course).expect("a folder");
    let write = |name: &str, needs: &str, code: &str, shown: &str| {
        let cell = |id: &str, code: &str, outputs: serde_json::Value| {
            serde_json::json!({"cell_type": "code", "execution_count": null, "id": id, "metadata": {},
                "outputs": outputs, "source": [code]})
        };
        let outputs = serde_json::json!([{"name": "stdout", "output_type": "stream", "text": [shown]}]);
        let notebook = serde_json::json!({
            "cells": [cell(&format!("{name}-setup"), "let x = 1;", serde_json::json!([])), cell(name, code, outputs)],
            "metadata": {"language_info": {"name": "rust"}, "forward_pass": {"requires": needs}},
            "nbformat": 4, "nbformat_minor": 5});
        std::fs::write(course.join(format!("{name}.ipynb")), notebook.to_string()).expect("it is written");
    };
    write("1-digits", "mnist", "panic!(\"no digits\");", "a digit\n");
    write("2-plain", "nothing", "println!(\"{}\", x + 41);", "42\n");
    course
}

#[test]
fn a_section_without_its_data_is_reported_as_skipped_and_can_be_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let course = without_data(folder.path());
    let seen = |lines: &[&str]| {
        let mut command = repl(&folder.path().join("state"), &["repl", course.to_str().expect("UTF-8")]);
        command.env("FORWARD_PASS_MNIST", folder.path().join("nothing"));
        for line in lines {
            command.args(["-c", line]);
        }
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let why = "`mnist` is missing; `forward-pass data mnist` downloads it";
    let all = seen(&[":run-all"]);
    assert!(all.contains(&format!("Section 1 is skipped: {why}.")), "{all}");
    assert!(all.contains("\n42\n") && !all.contains("a digit"), "{all}");
    let walked = seen(&[":goto 1", "", ""]);
    assert!(walked.contains("`forward-pass data mnist` downloads it at any time"), "{walked}");
    assert!(walked.contains(&format!("a digit\n(stored output: {why})")), "{walked}");
}

#[test]
fn a_digit_in_a_png_is_shown_with_ten_bars() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("seven.png");
    let file = std::fs::File::create(&path).expect("it is made");
    let mut encoder = png::Encoder::new(file, 28, 28);
    encoder.set_color(png::ColorType::Grayscale);
    let is_ink = |x: usize, y: usize| {
        (6..22).contains(&x) && (5..8).contains(&y) || x.abs_diff(24 - y / 2) < 2 && y > 7 && y < 24
    };
    let pixels: Vec<u8> = (0..28 * 28).map(|at| if is_ink(at % 28, at / 28) { 0 } else { 255 }).collect();
    encoder.write_header().expect("a header").write_image_data(&pixels).expect("pixels");
    let line = format!("Network::untrained(&[784, 10], 1)?.classify_png(\"{}\")?\n", path.display());
    let seen = piped(None, &line);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{}", seen.stdout);
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert!(lines[0].starts_with("it is a "), "{}", seen.stdout);
    let bars: Vec<(usize, f64)> = lines[1..11]
        .iter()
        .map(|line| {
            let parts: Vec<&str> = line.split('|').collect();
            (parts[1].trim_end().chars().count(), parts[2].trim().parse().expect("a probability"))
        })
        .collect();
    assert_eq!(bars.len(), 10);
    let sum: f64 = bars.iter().map(|(_, probability)| probability).sum();
    assert!((sum - 1.0).abs() < 0.06, "{}", seen.stdout);
    // The likelier, the longer.
    for (one, other) in bars.iter().flat_map(|one| bars.iter().map(move |other| (one, other))) {
        assert!(one.1 <= other.1 || one.0 >= other.0, "{}", seen.stdout);
    }
}

/// The line that `:draw` offers is a seven, and is read as one.
#[test]
fn a_digit_is_drawn_with_letters_and_read() {
    let shown = piped(None, ":draw\n").stdout;
    let code = shown.find("classify_drawing(").map(|at| shown[at..].trim_end()).expect("a drawing");
    assert_eq!(code.lines().count(), 9, "{shown}");
    let seen = piped(None, &format!("{}\n", code.replace("\n    ", "\n")));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{}", seen.stdout);
    assert!(seen.stdout.starts_with("it is a 7\n0 |"), "{}", seen.stdout);
}
