//! The completions as shells load them: bash, and zsh and fish where they are installed.

use std::path::Path;
use std::process::Command;

use rexpect::reader::Options;
use rexpect::session::spawn_with_options;
use tempfile::TempDir;

use crate::support::forward_pass;

/// A folder with the completions of a shell in a file of this name.
fn written(shell: &str, file: &str) -> TempDir {
    let completions = forward_pass(Path::new("."), &["completions", shell]);
    completions.exits(0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(file), completions.stdout).expect("it is written");
    folder
}

fn is_here(shell: &str) -> bool {
    let here = Command::new(shell).arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("{shell} is not installed, and its completions are not loaded");
    }
    here
}

/// What a shell says to a script that stands in the folder of the completions.
fn said(shell: &str, options: &[&str], folder: &TempDir, script: &str) -> String {
    let output =
        Command::new(shell).args(options).args(["-c", script]).current_dir(folder.path()).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn bash_offers_commands_options_and_their_values() {
    let folder = written("bash", "forward-pass.bash");
    let cases = [
        ("forward-pass re", "repl\nreview\n"),
        ("forward-pass repl --im", "--images\n"),
        ("forward-pass repl --images bl", "blocks\n"),
        ("forward-pass data fa", "fashion-mnist\n"),
        ("forward-pass cel", ""),
    ];
    for (line, offered) in cases {
        let words: Vec<&str> = line.split(' ').collect();
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let script = format!(
            "source forward-pass.bash; complete -p forward-pass | grep -q -- '-F _forward' || echo not bound; \
             COMP_WORDS=({line}); COMP_CWORD={}; \
             $(complete -p forward-pass | sed 's/.*-F \\([^ ]*\\).*/\\1/') forward-pass '{last}' '{before}'; \
             [ ${{#COMPREPLY[@]}} = 0 ] || printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.len() - 1
        );
        assert_eq!(said("bash", &["--norc"], &folder, &script), offered, "{line}");
    }
}

#[test]
fn fish_offers_commands_options_and_their_values() {
    if !is_here("fish") {
        return;
    }
    let folder = written("fish", "forward-pass.fish");
    let cases = [
        ("forward-pass re", "repl review"),
        ("forward-pass repl --im", "--images"),
        ("forward-pass repl --images bl", "blocks"),
        ("forward-pass cel", ""),
    ];
    for (line, offered) in cases {
        let script = format!("source forward-pass.fish; complete -C '{line}'");
        let said = said("fish", &["--no-config"], &folder, &script);
        let names: Vec<&str> = said.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(names.join(" "), offered, "{line}");
    }
}

#[test]
fn zsh_completes_at_its_prompt() {
    if !is_here("zsh") {
        return;
    }
    let folder = written("zsh", "_forward-pass");
    let mut command = Command::new("zsh");
    command.args(["-f", "-i"]).env("TERM", "xterm").env("PS1", "ready> ").current_dir(folder.path());
    let options = Options::new().timeout_ms(Some(60_000)).strip_ansi_escape_codes(true);
    let mut zsh = spawn_with_options(command, options).expect("a terminal");
    let mut types = |keys: &str, seen: &str| {
        zsh.send(keys).expect("keys are sent");
        zsh.flush().expect("keys are sent");
        zsh.exp_string(seen).unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    };
    types("fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; print loa''ded\r", "loaded\r\n");
    types("forward-pass lin\t", "lint");
    types("\x15forward-pass repl --images bl\t", "blocks");
    types("\x15print do''ne\r", "done\r\n");
    // It ends at no signal that the terminal's end sends.
    types("exit\r", "\r\n");
    zsh.exp_eof().expect("it ends");
}
