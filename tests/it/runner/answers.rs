//! `review` at a terminal: one key is an answer, and what the terminal itself sends is none.

use std::process::Command;
use std::time::Duration;

use rexpect::reader::Options;
use rexpect::session::{PtySession, spawn_with_options};

use crate::support::{BINARY, NotebookBuilder, forward_pass};

/// What a terminal answers to the queries, of which the last one is for its device attributes.
const TERMINALS: [(&str, &str); 5] = [
    ("xterm-256color", "\x1b[6;18;9t\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"),
    ("xterm-kitty", "\x1b_Gi=31;OK\x1b\\\x1b[6;36;18t\x1b[?62;c"),
    ("tmux-256color", "\x1b[?1;2;4c"),
    // Answers that other programs asked for, with the letters of all answers in them.
    ("screen-256color", "\x1bP>|tmux 3.4 aqrs\x1b\\\x1b]11;rgb:a/r/s\x1b\\\x1bOA\x1b[?1;2c"),
    ("dumb", ""),
];

fn maker() -> NotebookBuilder {
    let maker = NotebookBuilder::new().code("a", "println!(\"1\");", "0\n").code("b", "println!(\"2\");", "0\n");
    maker.write();
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--pending"]).exits(1);
    maker
}

/// A review in a terminal; the shell that started it then says how it ended, and whether the terminal is as it was.
fn sit_down(maker: &NotebookBuilder, term: &str) -> PtySession {
    let script = "trap : INT; before=$(stty -g); \"$0\" review made.ipynb; echo \"ended $?\"; \
                  test \"$(stty -g)\" = \"$before\" && echo restored; echo over";
    let mut command = Command::new("sh");
    command.args(["-c", script, BINARY]).current_dir(maker.folder.path()).env("TERM", term);
    for name in ["CI", "CLICOLOR_FORCE", "SSH_TTY", "SSH_CONNECTION", "TERM_PROGRAM", "LC_TERMINAL"] {
        command.env_remove(name);
    }
    spawn_with_options(command, Options::new().timeout_ms(Some(60_000))).unwrap()
}

fn send(terminal: &mut PtySession, keys: &str) {
    terminal.send(keys).unwrap();
    terminal.flush().unwrap();
}

fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn one_key_answers_and_no_terminal_answers_in_the_readers_place() {
    for (term, answer) in TERMINALS {
        // At once, after the wait for the answer, and in two halves: a terminal far away.
        for (early, late) in [(true, false), (false, true), (true, true)] {
            let maker = maker();
            let mut terminal = sit_down(&maker, term);
            let cut = if early && late { answer.len() / 2 } else { answer.len() };
            if !answer.is_empty() && early {
                terminal.exp_string("\x1b[c").unwrap();
                send(&mut terminal, &answer[..cut]);
            }
            if late {
                terminal.exp_string("1 of 2").unwrap();
                send(&mut terminal, if early { &answer[cut..] } else { answer });
            }
            terminal.exp_string("[a/r/s/q]").unwrap();
            pause(300);
            send(&mut terminal, "a");
            let shown = terminal.exp_string("2 of 2").unwrap();
            assert!(shown.contains("accept\r\n") && !shown.contains("a stores the new"), "{term}: {shown}");
            terminal.exp_string("[a/r/s/q]").unwrap();
            send(&mut terminal, "r");
            terminal.exp_string("1 accepted, 1 rejected").unwrap();
            terminal.exp_string("ended 0").unwrap();
            terminal.exp_string("restored").unwrap();
        }
    }
}

/// Nothing typed is nothing answered, however often it begins.
#[test]
fn a_review_waits_for_its_reader() {
    let maker = maker();
    for (term, answer) in TERMINALS.into_iter().chain(TERMINALS).chain(TERMINALS).chain(TERMINALS) {
        let mut terminal = sit_down(&maker, term);
        if !answer.is_empty() {
            terminal.exp_string("\x1b[c").unwrap();
            send(&mut terminal, answer);
        }
        terminal.exp_string("[a/r/s/q]").unwrap();
        pause(150);
        send(&mut terminal, "q");
        let shown = terminal.exp_string("2 left for later").unwrap();
        assert!(!shown.contains("a stores the new"), "{term}: {shown}");
        terminal.exp_string("ended 1").unwrap();
    }
}

#[test]
fn ctrl_c_ends_it_and_leaves_the_terminal_as_it_was() {
    for (keys, code) in [("\u{3}", "ended 130"), ("\u{4}", "ended 1"), ("x\u{3}", "ended 130"), ("s\nq", "ended 1")] {
        let maker = maker();
        let mut terminal = sit_down(&maker, "dumb");
        terminal.exp_string("[a/r/s/q]").unwrap();
        send(&mut terminal, keys);
        terminal.exp_string("2 left for later").unwrap();
        terminal.exp_string(code).unwrap();
        terminal.exp_string("restored").unwrap();
    }
}

#[test]
fn accept_is_an_option_of_test() {
    let maker = maker();
    forward_pass(maker.folder.path(), &["review", "--accept"]).exits(2).has("help: `test --accept` stores all of them");
}
