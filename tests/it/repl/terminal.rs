//! The REPL at a terminal: keys, history, interrupts, crashes, resizing, pictures.
//!
//! The terminal is one of rexpect's pseudo-terminals; tests that need none are in `repl`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::piped::fixture;
use crate::support::BINARY;

/// The terminal, and the REPL's arguments.
pub struct Setting<'a> {
    pub size: (u16, u16),
    pub term: &'a str,
    pub args: &'a [&'a str],
    /// `None` is the fixture.
    pub course: Option<&'a str>,
    pub environment: &'a [(&'a str, &'a str)],
    /// Strip escape sequences from the output.
    pub stripped: bool,
}

pub const USUAL: Setting = Setting {
    size: (80, 24),
    term: "xterm",
    args: &["--images", "none"],
    course: None,
    environment: &[],
    stripped: true,
};

/// A person at a terminal.
pub struct Person {
    pty: PtySession,
}

/// Longer than any step takes on a busy machine.
const PATIENCE: u64 = 60_000;

pub fn sit_down(state: &Path, setting: &Setting) -> Person {
    let mut command = Command::new("sh");
    let (columns, rows) = setting.size;
    let course = setting.course.map_or_else(fixture, Into::into);
    command
        .arg("-c")
        .arg(format!("stty echo cols {columns} rows {rows}; exec \"$0\" \"$@\""))
        .arg(BINARY)
        .arg("repl")
        .args(setting.args)
        .arg(&course)
        .env("TERM", setting.term)
        .env("XDG_STATE_HOME", state)
        .env("LC_ALL", "C.UTF-8")
        .env("NO_COLOR", "1")
        .env("PAGER", "cat")
        .env("PATH", program(&state.join("no-server"), "rust-analyzer", "#!/bin/sh\nexit 1\n"))
        .envs(setting.environment.iter().copied())
        .env_remove("CLICOLOR_FORCE")
        .env_remove("COLORTERM")
        .env_remove("SSH_TTY")
        .env_remove("SSH_CONNECTION");
    let options = Options::new().timeout_ms(Some(PATIENCE)).strip_ansi_escape_codes(setting.stripped);
    Person { pty: spawn_with_options(command, options).expect("a terminal") }
}

impl Person {
    fn usual(state: &TempDir) -> Person {
        let mut person = sit_down(state.path(), &USUAL);
        person.sees("numbers 0/9> ");
        person
    }

    /// Waits until this is on the screen; returns the output before it.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> String {
        match self.pty.exp_string(text) {
            Ok(before) => before,
            Err(error) => panic!("{text:?} was not seen: {error}"),
        }
    }

    pub fn types(&mut self, keys: &str) {
        self.pty.send(keys).expect("keys are sent");
        self.pty.flush().expect("keys are sent");
    }

    /// Types a line and Enter, and reads to the next prompt.
    #[track_caller]
    pub fn says(&mut self, line: &str, answer: &str) {
        self.types(line);
        self.types("\r");
        self.sees(answer);
        self.sees("> ");
    }

    #[track_caller]
    pub fn leaves(mut self) -> String {
        self.types("\x04");
        self.pty.exp_eof().expect("it ends")
    }
}

pub fn state() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn the_reader_walks_back_and_forth() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says("", "let x = 20;");
    person.says("", "println!");
    person.says(":goto one-more", "42");
    person.says(":again", "42");
    person.says(":diff", "the same as in the chapter");
    person.says(":back", "Twice as much:");
    person.says(":goto words", "2 of 2 ");
    person.says(":progress", "6 of  9");
    person.leaves();
    // The next session knows how far the reader came.
    let mut person = sit_down(state.path(), &USUAL);
    person.sees("`:goto one-more` continues there");
    person.sees("numbers 0/9> ");
    person.leaves();
}

#[test]
fn tab_completes_commands_places_and_names() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says(":sect\t", "Words (words");
    person.says(":goto len\t", "word.len()");
    person.says("let my_value = 40;", "\n");
    person.says("my_v\t + 2", "42");
    person.says("fn my_function(n: i32) -> i32 { n - 1 }", "\n");
    person.says("my_fu\t(44)", "43");
    person.says("String::from(\"abc\").to_upp\t()", "ABC");
    person.types(":doc sigmo\t\r");
    person.sees("pub fn sigmoid");
    // The signature has an arrow, which is not a prompt.
    person.sees("The trap");
    person.sees("> ");
    person.leaves();
}

/// A `PATH` that starts with a folder holding this program.
fn program(folder: &Path, name: &str, script: &str) -> String {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).expect("a folder");
    std::fs::write(bin.join(name), script).expect("it is written");
    std::fs::set_permissions(bin.join(name), PermissionsExt::from_mode(0o755)).expect("it may run");
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default())
}

#[test]
fn a_language_server_adds_to_what_tab_offers() {
    // It answers each request, which are numbered from 1, before it is made.
    const SERVER: &str = r#"#!/bin/sh
[ "$1" = --version ] && exit 0
say() { printf 'Content-Length: %d\r\n\r\n%s' "${#1}" "$1"; }
say '{"id":1,"result":{}}'
for number in $(seq 2 99); do say "{\"id\":$number,\"result\":[{\"label\":\"frobnicate(…)\"}]}"; done
exec cat >/dev/null
"#;
    let state = state();
    // `${#1}` counts characters, the protocol bytes.
    let path = program(state.path(), "rust-analyzer", &SERVER.replace("(…)", "()"));
    let setting = Setting { environment: &[("PATH", &path)], ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    person.sees("numbers 0/9> ");
    person.types("\"x\".fro");
    for _ in 0..20 {
        person.types("\t");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    person.sees("frobnicate");
    person.types("\x03");
    person.sees("input cancelled");
    person.sees("numbers 0/9> ");
    person.leaves();
}

#[test]
fn a_missing_or_silent_language_server_never_blocks() {
    for server in
        ["#!/bin/sh\nexit 1\n", "#!/bin/sh\nexec sleep 100\n", "#!/bin/sh\necho nonsense; exec cat >/dev/null\n"]
    {
        let state = state();
        let path = program(state.path(), "rust-analyzer", server);
        let setting = Setting { environment: &[("PATH", &path)], ..USUAL };
        let mut person = sit_down(state.path(), &setting);
        person.sees("numbers 0/9> ");
        person.says("let my_value = 40;", "\n");
        person.says("my_v\t + 2", "42");
        person.says("my_v\t + 3", "43");
        person.leaves();
    }
}

#[test]
fn several_lines_are_one_input_with_their_indentation() {
    let state = state();
    let file = state.path().join("mine.rs");
    let mut person = Person::usual(&state);
    person.types("fn f(n: i32) -> i32 {\r");
    person.types("if n > 1 {\r");
    person.types("n * 21\r} else {\r0\r}\r}\r");
    person.sees("> ");
    person.says("f(2)", "42");
    // A pasted block is one input too, as it is.
    person.types("\x1b[200~let a = 1;\nlet b = a + 1;\nb * 20 + f(2)\x1b[201~");
    person.says("", "82");
    person.says(&format!(":export {}", file.display()), "wrote 3 of your inputs");
    person.leaves();
    let text = std::fs::read_to_string(file).expect("it is written");
    let expected = "fn f(n: i32) -> i32 {\n    if n > 1 {\n        n * 21\n    } else {\n        0\n    }\n}\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn one_tab_lists_the_candidates() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says("let number = 4.0;", "\n");
    person.types("number.po\t");
    person.sees("powf");
    person.sees("powi");
    person.types("\x03");
    person.sees("input cancelled");
    person.sees("numbers 0/9> ");
    person.leaves();
}

#[test]
fn a_name_s_code_is_put_on_the_line_and_enter_continues_after_it() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says(":goto one-more", "42");
    person.types(":edit double\r");
    person.sees("n * 2");
    // From the end of the line up to the second line of the function, and `n * 2` becomes `n * 23`.
    person.types("\x1b[A\x1b[F3\r");
    person.sees("numbers 2/9> ");
    person.says("", "460");
    person.types(":edit double\r");
    person.sees("n * 23");
    person.types("\x03");
    person.sees("input cancelled");
    person.sees("> ");
    person.says(":edit nothing", "no cell of this section has the id `nothing` or defines that name");
    person.leaves();
}

#[test]
fn keys_typed_ahead_of_a_running_cell_are_not_lost() {
    let state = state();
    let mut person = Person::usual(&state);
    person.types("println!(\"begun\"); std::thread::sleep(std::time::Duration::from_millis(500)); 40 + 1\r40 + 2\r");
    person.sees("begun\r\n");
    person.types("40 + 3\r40 + ");
    let before = person.sees("41\r\n");
    assert!(!before.contains("40 + 3"), "keys are echoed into the output: {before:?}");
    for answer in ["42", "43"] {
        person.sees(&format!("{answer}\r\n"));
    }
    person.sees("40 + ");
    person.types("4\r");
    person.sees("44\r\n");
    person.sees("> ");
    person.leaves();
}

#[test]
fn ctrl_d_pressed_while_a_cell_runs_exits_when_it_has_ended() {
    let state = state();
    for term in ["xterm", "dumb"] {
        let mut person = sit_down(state.path(), &Setting { term, ..USUAL });
        person.sees("numbers 0/9> ");
        person.types(
            "for n in 40..43 { println!(\"n is {n}\"); std::thread::sleep(std::time::Duration::from_millis(200)); }\r",
        );
        person.sees("n is 40");
        let seen = person.leaves();
        assert!(seen.contains("n is 42"), "{seen:?}");
    }
}

#[test]
fn history_is_private_and_searched_in_the_next_session() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says("let marker = 41;", "\n");
    person.leaves();
    let file = state.path().join("forward-pass/history");
    let mode = std::fs::metadata(&file).expect("there is a history").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
    let mut person = Person::usual(&state);
    person.types("\x12mark");
    person.sees("let marker = 41;");
    person.types("\r");
    person.sees("> ");
    person.says("marker + 1", "42");
    person.leaves();
}

#[test]
fn an_endless_loop_is_interrupted_and_the_variables_stay() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says("let kept = 41;", "\n");
    person.types("println!(\"it runs\"); loop {}\r");
    person.sees("it runs\r");
    person.types("\x03");
    person.sees("the cell was interrupted");
    person.sees("> ");
    person.says("kept + 1", "42");
    // Ctrl-C cancels a half-typed line.
    person.types("let half = (\x03");
    person.sees("input cancelled");
    person.sees("> ");
    person.says("kept + 2", "43");
    person.leaves();
}

#[test]
fn a_crash_is_explained_and_costs_nothing() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says("let kept = 41;", "\n");
    person.says("unsafe { *(8 as *mut i32) = 1 };", "SIGSEGV (signal 11): it accessed memory that is");
    person.says("kept + 1", "42");
    person.says("panic!(\"no way\");", "error: the cell panicked at line 1: no way");
    person.says("kept + 2", "43");
    person.says("let kept = 0;", "\n");
    person.says(":undo", "undone: `let kept = 0;`");
    person.says("kept + 3", "44");
    person.leaves();
}

#[test]
fn a_narrower_window_is_noticed() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says(":help", "next cell (Enter)");
    let handle = person.pty.process().get_file_handle().expect("the terminal");
    let size = nix::libc::winsize { ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCSWINSZ reads one winsize, and the pointer is to one that lives through the call.
    let answer =
        unsafe { nix::libc::ioctl(std::os::fd::AsRawFd::as_raw_fd(&handle), nix::libc::TIOCSWINSZ, &raw const size) };
    assert_eq!(answer, 0);
    person.types(":help\r");
    let page = person.sees("explains one command.");
    assert!(!page.contains("next cell (Enter)"), "{page}");
    for line in page.lines().skip(1) {
        assert!(line.trim_end().chars().count() <= 40, "{line:?}");
    }
    person.leaves();
}

#[test]
fn the_keys_of_vi_and_hangul_behave() {
    let state = state();
    let mut person = sit_down(state.path(), &Setting { args: &["--vi", "--images", "none"], ..USUAL });
    person.sees("numbers 0/9> ");
    person.says("41 + 0\x1bxa1", "42");
    person.leaves();
    let mut person = Person::usual(&state);
    // Backspace deletes the last syllable as one.
    person.says("let 값을\x7f = 41;", "\n");
    person.says("값 + 1", "42");
    person.leaves();
}

#[test]
fn shift_tab_describes_the_name_under_the_cursor_however_often_it_is_pressed() {
    let state = state();
    let mut person = Person::usual(&state);
    // The key may repeat faster than the editor prints.
    person.types("sigmoid(\x1b[Z\x1b[Z\x1b[Z\x1b[Z");
    person.sees("pub fn sigmoid");
    person.sees("> sigmoid(");
    person.types("\x03");
    person.sees("input cancelled");
    person.sees("> ");
    person.leaves();
}

#[test]
fn shift_tab_knows_your_own_functions_and_asks_the_language_server() {
    const SERVER: &str = r#"#!/bin/sh
[ "$1" = --version ] && exit 0
say() { printf 'Content-Length: %d\r\n\r\n%s' "${#1}" "$1"; }
say '{"id":1,"result":{}}'
for number in $(seq 2 99); do
  value='```rust\nfn frobnicate(n: u8)\n```\n\n---\n\nIt frobnicates.'
  say "{\"id\":$number,\"result\":{\"contents\":{\"value\":\"$value\"}}}"
done
exec cat >/dev/null
"#;
    let state = state();
    let path = program(state.path(), "rust-analyzer", SERVER);
    let setting = Setting { environment: &[("PATH", &path)], ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    person.sees("numbers 0/9> ");
    person.says("fn my_function(n: i32) -> i32 { n - 1 }", "\n");
    person.types("my_function(\x1b[Z");
    person.sees("fn my_function(n: i32) -> i32\r\n");
    person.types("\x03");
    person.sees("input cancelled");
    person.types("\"x\".frob(");
    for _ in 0..20 {
        person.types("\x1b[Z");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    person.sees("fn frobnicate(n: u8)\r\nIt frobnicates.");
    person.types("\x03");
    person.sees("input cancelled");
    person.sees("numbers 0/9> ");
    person.leaves();
}

#[test]
fn a_long_page_opens_in_the_pager_and_without_one_is_cut() {
    let state = state();
    let read = state.path().join("read");
    let pager = format!("tee {} | head -1; echo \"keys: $LESS\"", read.display());
    let mut person = sit_down(state.path(), &Setting { environment: &[("PAGER", &pager)], ..USUAL });
    person.sees("numbers 0/9> ");
    person.types(":explain E0382\r");
    person.sees("A variable was used after");
    person.sees("keys: FRXPsSpace for the next page, q to quit$");
    person.sees("numbers 0/9> ");
    // What fits the screen needs no pager.
    person.types(":type 1 + 1\r");
    let short = person.sees("numbers 0/9> ");
    assert!(short.contains("i32") && !short.contains("keys:"), "{short}");
    person.types("for n in 0..90 { println!(\"n is {n}\"); }\r");
    person.sees("... 30 more lines: `:all` shows them");
    person.types(":all\r");
    let all = person.sees("keys: ");
    assert!(all.contains("n is 0") && !all.contains("n is 1\r"), "{all}");
    person.leaves();
    assert!(std::fs::read_to_string(&read).expect("it was read").ends_with("n is 88\nn is 89\n"));

    for pager in ["", "no-such-pager-anywhere"] {
        let mut person = sit_down(state.path(), &Setting { environment: &[("PAGER", pager)], ..USUAL });
        person.sees("numbers 0/9> ");
        person.types(":explain E0382\r");
        person.sees("more lines: `:all` shows them");
        person.sees("numbers 0/9> ");
        person.types(":all\r");
        let all = person.sees("numbers 0/9> ");
        assert!(all.lines().count() > 30, "{all}");
        person.leaves();
    }

    // A screen reader gets the whole text.
    for (term, args) in [("xterm", &["--images", "none", "--plain"][..]), ("dumb", &["--images", "none"])] {
        let mut person = sit_down(state.path(), &Setting { term, args, environment: &[("PAGER", &pager)], ..USUAL });
        person.sees("numbers 0/9> ");
        person.types(":explain E0382\r");
        let all = person.sees("numbers 0/9> ");
        assert!(all.lines().count() > 30 && !all.contains("keys:") && !all.contains("more lines"), "{all}");
        person.leaves();
    }
}

#[test]
fn cells_are_listed_with_the_ids_that_goto_takes() {
    let state = state();
    let mut person = Person::usual(&state);
    person.says(":goto one-more", "42");
    person.types(":cells\r");
    let list = person.sees("numbers ");
    let here: Vec<&str> = list.lines().filter(|line| line.starts_with('>')).collect();
    assert!(here.len() == 1 && here[0].contains("one-more") && here[0].contains("y + 1"), "{list}");
    person.sees("> ");
    person.says(":cells words", "length");
    person.says(":cells wrods", "did you mean `:cells words`?");
    person.says(":sections", "`:cells` lists the cells of this section");
    person.leaves();
}

#[test]
fn the_terminal_is_asked_about_pictures_and_no_byte_is_left_over() {
    let state = state();
    let setting = Setting { args: &[], stripped: false, ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    person.sees("\x1b[16t\x1b[c");
    // The answer of a terminal with sixels, and a line that was typed before it.
    person.types("20 + \x1b[6;20;10t\x1b[?62;4c1");
    person.sees("20 + 1");
    person.types("\r");
    person.sees("21\r\n");
    person.types(":goto figure\r");
    person.sees("\x1bP");
    let picture = person.sees("\x1b\\");
    let decoded = icy_sixel::SixelImage::decode(format!("\x1bP{picture}\x1b\\").as_bytes()).expect("sixels");
    let at = |x: usize, y: usize| &decoded.pixels[4 * (y * decoded.width + x)..][..3];
    let (left, right) = (decoded.width / 4, decoded.width * 3 / 4);
    assert_eq!((at(left, 3), at(right, 3)), (&[0; 3][..], &[255; 3][..]));
    person.leaves();
}

#[test]
fn a_late_or_missing_answer_leaves_no_byte_on_the_line() {
    let state = state();
    let setting = Setting { args: &[], stripped: false, ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    // The terminal does not answer in time: the first keys are the reader's.
    person.sees("numbers 0/9> ");
    person.types("20 + 1\r");
    person.sees("21\r\n");
    person.leaves();
    let mut person = sit_down(state.path(), &setting);
    person.sees("numbers 0/9> ");
    // Now that the prompt is shown, the answer arrives in two pieces, and announces sixels.
    person.types("\x1b_Gi=31;EINVAL:no\x1b\\\x1b[6;20");
    std::thread::sleep(std::time::Duration::from_millis(20));
    person.types(";10t\x1b[?62;4c");
    std::thread::sleep(std::time::Duration::from_millis(200));
    person.types("20 + 2\r");
    let seen = person.sees("22\r\n");
    assert!(!seen.contains("62;4") && !seen.contains("EINVAL") && !seen.contains("10t"), "{seen:?}");
    person.types(":goto figure\r");
    person.sees("\x1bP");
    person.sees("words 4/4> ");
    person.leaves();
}

#[test]
fn a_dumb_terminal_gets_plain_text() {
    let state = state();
    let setting = Setting { term: "dumb", args: &[], stripped: false, ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    person.sees("numbers 0/9> ");
    person.types(":goto figure\n");
    let seen = person.sees("End of the chapter.");
    assert!(seen.contains("<Figure 40x20>") && !seen.contains('\x1b'), "{seen:?}");
    person.types("20 + 1\n");
    person.sees("21");
    let seen = person.leaves();
    assert!(!seen.contains('\x1b'), "{seen:?}");
}

#[test]
fn missing_data_is_offered_and_a_refusal_or_a_failure_continues() {
    let state = state();
    let course = super::piped::without_data(state.path());
    let (course, absent) = (course.to_str().expect("UTF-8"), state.path().join("nothing"));
    let environment = [("FORWARD_PASS_MNIST", absent.to_str().expect("UTF-8")), ("HTTPS_PROXY", "http://127.0.0.1:9")];
    let setting = Setting { args: &["--images", "none"], course: Some(course), environment: &environment, ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    person.sees("This section needs MNIST, which is missing. Download it now (11.6 MB)?");
    person.sees("y/n> ");
    person.says("n", "`forward-pass data mnist` downloads it at any time");
    person.types(":goto 1\r");
    person.sees("y/n> ");
    // That proxy does not answer.
    person.types("y\r");
    person.sees("error: ");
    person.sees("until then the stored");
    person.sees("digits 0/2> ");
    person.says("", "let x = 1;");
    person.says("", "a digit");
    person.types(":goto 1\r");
    person.sees("y/n> ");
    // Ctrl-C is a no.
    person.types("\x03");
    person.sees("until then the stored");
    person.sees("digits 0/2> ");
    person.types(":goto 1\r");
    person.sees("y/n> ");
    // Anything else is not an answer, but a line as usual.
    person.says("x + 41", "42");
    person.leaves();
}

/// A course of one section, whose two cells of prose ask for a guess.
fn asking(folder: &Path) -> String {
    let file = folder.join("guesses.ipynb");
    let prose = |id: &str, ask: Value| json!({"cell_type": "markdown", "id": id, "metadata": {"forward_pass": ask}, "source": ["Twice as much:"]});
    let code = |id: &str, source: &str| json!({"cell_type": "code", "id": id, "metadata": {}, "execution_count": null, "outputs": [], "source": [source]});
    let cells = [
        prose("one", json!({"guess": "how much is it?"})),
        code("double", "let x = 20; x * 2"),
        prose("two", json!({"guess": "and the halves?", "guess_after": "halves:"})),
        code("halves", "println!(\"halves: {} {}\", x / 2, f64::from(x) / 16.0);"),
    ];
    let notebook = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    std::fs::write(&file, notebook.to_string()).expect("a file");
    file.to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_guess_is_taken_before_the_cell_runs() {
    let state = state();
    let course = asking(state.path());
    let setting = Setting { course: Some(&course), ..USUAL };
    let mut person = sit_down(state.path(), &setting);
    person.sees("guesses 0/4> ");
    person.types("\r");
    let seen = person.sees("guess> ");
    assert!(seen.contains("let x = 20;") && seen.contains("Before you see: how much is it?"), "{seen:?}");
    assert!(!seen.contains("40"), "{seen:?}");
    // Rust and commands are still taken, and the cell waits.
    person.types("7 * 6\r");
    person.sees("42");
    person.sees("guess> ");
    person.types("30\r");
    person.sees("40\r\nyour guess was 10 too low (25 %)");
    person.sees("guesses 2/4> ");
    person.types("\r");
    person.sees("guess> ");
    person.says("[10, 1]", "1 of 2 right; the farthest is 0.25 off");
    // Enter skips, and what was asked is not asked again in between.
    person.types(":goto double\r");
    person.sees("guess> ");
    person.types("\r");
    let seen = person.sees("guesses 2/4> ");
    assert!(seen.contains("40") && !seen.contains("your guess"), "{seen:?}");
    // Whoever runs the rest is not asked.
    person.types(":run\r");
    let seen = person.sees("guesses 4/4> ");
    assert!(seen.contains("halves: 10 1.25") && !seen.contains("Before you see"), "{seen:?}");
    person.leaves();
}
