//! Files of strangers: nothing in them acts on the terminal, on a log or on the tool, in whatever way it is shown.

use std::path::Path;

use rexpect::reader::Options;
use rexpect::session::spawn_with_options;
use serde_json::{Value, json};

use crate::support::{Finished, NotebookBuilder, command, forward_pass, tested, with_input};

/// Each kind of text that does something where it is printed as it is.
const KINDS: [&str; 14] = [
    "\u{1b}]52;c;cHduZWQ=\u{7}",
    "\u{1b}]0;title\u{1b}\\",
    "\u{1b}[2J\u{1b}[31m",
    "\u{9b}2J",
    "\u{0}\u{8}\u{c}",
    "\u{7f}",
    "\r",
    "\u{202e}\u{2066}",
    "\u{61c}\u{200f}",
    "\u{2028}\u{85}",
    "\u{fffe}\u{ffff}",
    "\u{feff}\u{e0041}",
    "\n::stop-commands::t0k\n  ::error::x\n",
    "##[error]y ##vso[task.z]",
];

/// Whether a character of the output does something, colours of our own left out.
fn acts(c: char) -> bool {
    let is_mark = matches!(u32::from(c), 0x61c | 0x200e..=0x200f | 0x2028..=0x202e | 0x2066..=0x206f | 0xfeff);
    let is_nothing = matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff) || matches!(u32::from(c), 0xe0000..=0xe007f);
    c.is_control() && !matches!(c, '\n' | '\t') || is_mark || is_nothing
}

#[track_caller]
fn is_only_text(output: &str, kind: &str) {
    assert!(!output.contains(acts), "{kind:?} acts in {output:?}");
    // Our own annotations are commands; they begin with their file.
    let obeyed = |line: &&str| {
        line.trim_start().starts_with("::")
            && !line.starts_with("::error file=")
            && !line.starts_with("::warning file=")
    };
    let found = output.lines().find(|line| obeyed(line) || line.contains("##["));
    assert!(found.is_none(), "{kind:?} is obeyed in {found:?}");
}

/// A notebook with this text everywhere: ids, tags, settings, reasons, code, stored and new outputs, panics.
fn full_of(kind: &str) -> NotebookBuilder {
    let escaped: String = kind.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    NotebookBuilder::new()
        .code(
            &format!("id{kind}"),
            &format!("println!(\"a{escaped}b\"); eprintln!(\"{escaped}\");"),
            &format!("x{kind}y\n"),
        )
        .code("skipped", "1", "")
        .tags(&["skip-execution"])
        .settings(json!({"reason": format!("why{kind}")}))
        .code("value", &format!("\"v{escaped}w\""), "")
        .code("settings", "1", "")
        .settings(json!({format!("rtol{kind}"): "1"}))
        .code("tag", "1", "")
        .tags(&[&format!("should-panic={kind}")])
        .code("refused", &format!("let x: i32 = \"{kind}\";"), "")
        .code("returns", &format!("Err::<(), String>(\"e{escaped}f\".into())?;"), "")
        .code("panics", &format!("println!(\"{escaped}\"); panic!(\"boom{escaped}bang\")"), "")
        .code("named", "compile_error!(\"x\")", "")
        .tags(&[&format!("should_panic=text{kind}")])
}

fn shown(maker: &NotebookBuilder, arguments: &[&str]) -> Finished {
    maker.write();
    forward_pass(maker.folder.path(), &[&["--engine", "own"], arguments].concat())
}

#[test]
fn nothing_of_a_strangers_file_acts_however_it_is_shown() {
    let ways: [&[&str]; 8] = [
        &["test", "made.ipynb"],
        &["test", "made.ipynb", "--format", "github", "--junit", "out.xml"],
        &["test", "made.ipynb", "--format", "json"],
        &["test", "made.ipynb", "--list"],
        &["test", "made.ipynb", "--list", "--format", "json"],
        &["lint", "made.ipynb"],
        &["lint", "made.ipynb", "--format", "github"],
        &["lint", "made.ipynb", "--format", "json"],
    ];
    for kind in KINDS {
        let maker = full_of(kind);
        for way in ways {
            let Finished { stdout, stderr, code } = shown(&maker, way);
            assert_eq!(code, Some(if way.contains(&"--list") { 0 } else { 1 }), "{way:?}\n{stdout}\n{stderr}");
            is_only_text(&stdout, kind);
            is_only_text(&stderr, kind);
            if way.contains(&"json") {
                assert!(serde_json::from_str::<Value>(&stdout).is_ok(), "{way:?} {kind:?}");
            }
        }
        let xml = std::fs::read_to_string(maker.folder.path().join("out.xml")).unwrap();
        assert!(!xml.contains(acts), "{kind:?} acts in {xml}");
        let reviewed = with_input(&mut command(maker.folder.path(), &["review", "made.ipynb"]), "s\ns\ns\n");
        is_only_text(&reviewed.stdout, kind);
        let accepted = shown(&maker, &["test", "made.ipynb", "--accept"]);
        is_only_text(&accepted.stdout, kind);
    }
}

/// A pipe or a file gets every byte of it.
#[test]
fn nothing_of_a_strangers_file_acts_when_it_is_exported_to_a_terminal() {
    for kind in KINDS {
        let maker = full_of(kind).cell(json!({"cell_type": "markdown", "id": "prose", "metadata": {}, "source": kind}));
        maker.write();
        for to in ["script", "md", "html", "rs"] {
            let arguments = ["export", "made.ipynb", "--to", to];
            let options = Options::new().timeout_ms(Some(60_000));
            let mut terminal = spawn_with_options(command(maker.folder.path(), &arguments), options).unwrap();
            // It has a character for each byte.
            let bytes: Vec<u8> = terminal.exp_eof().unwrap().chars().map(|c| c as u8).collect();
            is_only_text(&String::from_utf8_lossy(&bytes).replace("\r\n", "\n"), kind);
            let piped = forward_pass(maker.folder.path(), &arguments);
            let written = forward_pass(maker.folder.path(), &[&arguments[..], &["-o", "out"]].concat());
            if to == "script" {
                written.exits(0);
                assert_eq!(piped.stdout, std::fs::read_to_string(maker.folder.path().join("out")).unwrap());
                assert!(piped.stdout.contains(kind.trim()), "{kind:?} is lost in {}", piped.stdout);
                std::fs::remove_file(maker.folder.path().join("out")).unwrap();
            }
        }
    }
}

/// What a cell prints while it runs keeps its colours and carriage returns, and nothing else.
#[test]
fn the_output_of_a_running_cell_may_have_colours_and_nothing_else() {
    for kind in KINDS {
        let escaped: String = kind.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
        let maker =
            NotebookBuilder::new().code("a", &format!("println!(\"\\u{{1b}}[31mred{escaped}\\u{{1b}}[0m\");"), "");
        maker.write();
        let mut run = command(maker.folder.path(), &["--engine", "own", "run", "made.ipynb"]);
        let ran = Finished::of(run.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").output().unwrap()).stdout;
        assert!(ran.contains("\u{1b}[31mred"), "{ran:?}");
        let plain = ran.replace("\u{1b}[31m", "").replace("\u{1b}[0m", "").replace("\u{1b}[2m", "").replace('\r', "\n");
        is_only_text(&plain, kind);
        let code = format!("print!(\"{escaped}\")");
        let typed = with_input(&mut command(maker.folder.path(), &["--engine", "own", "repl", "made.ipynb"]), &code);
        is_only_text(&typed.stdout.replace("\u{1b}[31m", "").replace('\r', "\n"), kind);
    }
}

#[test]
fn a_line_that_is_not_utf_8_is_an_error_of_that_line() {
    let maker = NotebookBuilder::new().code("a", "1", "");
    maker.write();
    let mut repl = command(maker.folder.path(), &["--engine", "own", "repl", "made.ipynb"]);
    let mut child = repl
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(
        &mut child.stdin.take().unwrap(),
        b"let a = 6;\nlet b = \"\xff\xfe\";\nprintln!(\"{}\", a * 7);\n",
    )
    .unwrap();
    let finished = Finished::of(child.wait_with_output().unwrap());
    finished.exits(1).has("this line is not UTF-8");
    assert_eq!(finished.stdout, "42\n");
}

#[cfg(unix)]
#[test]
fn devices_pipes_and_sockets_in_a_folder_are_skipped() {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "1\n");
    maker.write();
    let folder = maker.folder.path();
    let made = std::process::Command::new("mkfifo").arg(folder.join("pipe.ipynb")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.ipynb")).unwrap();
    std::os::unix::fs::symlink("pipe.ipynb", folder.join("link.ipynb")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket.ipynb")).unwrap();
    for way in [&["test", "."][..], &["test", ".", "--list"], &["lint", ".", "--allow", "execution-order"]] {
        let finished = forward_pass(folder, &[&["--engine", "own"], way].concat());
        finished.exits(0).has("skipped pipe.ipynb: it is a named pipe, not a file");
        finished.has("skipped zero.ipynb: it is a device, not a file").has("skipped link.ipynb: it is a named pipe");
        finished.has("skipped socket.ipynb: it is a socket");
    }
    forward_pass(folder, &["lint", "zero.ipynb"]).exits(2);
    let huge = std::fs::File::create(folder.join("huge.ipynb")).unwrap();
    huge.set_len(1 << 33).unwrap();
    forward_pass(folder, &["lint", "huge.ipynb"]).exits(1).has("8192 MB, more than the 256 MB");
    std::os::unix::fs::symlink("/proc/self/mem", folder.join("proc.ipynb")).unwrap();
    forward_pass(folder, &["lint", "proc.ipynb"]).exits(1).has("it is not JSON");
}

/// Deep and long code, a hundred of each kind: `lint` says that it is, or reads it.
#[test]
fn deep_nesting_and_long_chains_end_in_a_word() {
    let kinds: [&dyn Fn(usize) -> String; 8] = [
        &|n| "(".repeat(n) + "1" + &")".repeat(n),
        &|n| "{".repeat(n) + &"}".repeat(n),
        &|n| format!("let x = {}true;", "!".repeat(n)),
        &|n| format!("let x: {}i32{} = y;", "Vec<".repeat(n), ">".repeat(n)),
        &|n| "1".to_owned() + &"+1".repeat(n),
        &|n| format!("let f = {}1;", "|x| ".repeat(n)),
        &|n| format!("let r = {}1;", "&".repeat(n)),
        &|n| "if a { } else ".repeat(n) + "{ }",
    ];
    let draws = [1, 10, 100, 300, 1_000, 3_000, 10_000, 19_000, 30_000, 100_000, 300_000];
    for kind in kinds {
        let maker = draws.iter().fold(NotebookBuilder::new(), |maker, n| maker.code(&format!("c{n}"), &kind(*n), ""));
        let found = shown(&maker, &["lint", "made.ipynb", "--allow", "execution-order"]);
        found.exits(1).has("`c300000` is too long or nested too deeply to be checked");
        assert!(!found.stdout.contains("`c100` is too"), "{}", found.stdout);
    }
    let long = NotebookBuilder::new().code("long", &"let long_name = 1;\n".repeat(300_000), "");
    shown(&long, &["lint", "made.ipynb"]).exits(1).has("`long` is too long");
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    let cell = json!({"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {}, "outputs": [], "source": ["1 ", 7]});
    let maker = NotebookBuilder::new().cell(cell);
    tested(&maker, &[]).exits(1).has("cell 1 is not valid: line 2 of `source` is a number, not text");
    shown(&maker, &["lint", "made.ipynb"]).exits(1).has("unreadable").has("line 2 of `source` is a number");
}

#[test]
fn a_list_names_other_languages_and_fails_for_what_cannot_be_read() {
    let maker = NotebookBuilder::new()
        .code("a", "1", "")
        .metadata(json!({"kernelspec": {"language": "python", "name": "python3"}}));
    shown(&maker, &["test", "made.ipynb", "--list"]).exits(0).has("its kernel is for python");
    std::fs::write(Path::new(maker.folder.path()).join("bad.ipynb"), "{").unwrap();
    shown(&maker, &["test", ".", "--list"]).exits(1).has("it is not JSON");
}
