//! Output that cannot be written: every subcommand ends quickly, with one message, or quietly where its reader left.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{BINARY, NotebookBuilder};

/// Longer than any of them takes on a busy machine; none may wait for anything.
const PATIENCE: Duration = Duration::from_secs(90);

/// All ways to print: arguments, and what is typed where something has to be.
const COMMANDS: [(&[&str], &str); 26] = [
    (&["test", "made.ipynb"], ""),
    (&["test", "made.ipynb", "--format", "json"], ""),
    (&["test", "made.ipynb", "--format", "github"], ""),
    (&["test", "made.ipynb", "--junit", "out/results.xml"], ""),
    (&["test", "made.ipynb", "red.ipynb", "-j", "2"], ""),
    (&["test", "made.ipynb", "--list"], ""),
    (&["test", "made.ipynb", "--list", "--format", "json"], ""),
    (&["review", "red.ipynb"], "s\n"),
    (&["run", "made.ipynb"], ""),
    (&["run", "endless.ipynb"], ""),
    (&["lint", "red.ipynb"], ""),
    (&["lint", "red.ipynb", "--format", "json"], ""),
    (&["lint", "red.ipynb", "--format", "github"], ""),
    (&["export", "--to", "script", "made.ipynb"], ""),
    (&["export", "--to", "html", "made.ipynb"], ""),
    (&["new", "course"], ""),
    (&["data", "list"], ""),
    (&["completions", "bash"], ""),
    (&["man"], ""),
    (&["cells"], "println!(\"1\");\n%%\nprintln!(\"2\");\n"),
    (&["repl", "-c", "1 + 1"], ""),
    (&["kernel", "list"], ""),
    (&["edition", "--notebooks", "editions", "check"], ""),
    (&["--help"], ""),
    (&["test", "--help"], ""),
    (&["--version"], ""),
];

fn folder() -> NotebookBuilder {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n");
    maker.write();
    let red = NotebookBuilder::new().code("it", "println!(\"2\");", "1\n").settings(json!({"rtoll": "1"}));
    std::fs::write(maker.folder.path().join("red.ipynb"), red.text()).unwrap();
    let endless = NotebookBuilder::new().code("it", "loop { println!(\"again\"); }", "");
    std::fs::write(maker.folder.path().join("endless.ipynb"), endless.text()).unwrap();
    for language in ["en", "ko"] {
        std::fs::create_dir_all(maker.folder.path().join("editions").join(language)).unwrap();
        let file = maker.folder.path().join("editions").join(language).join("made.ipynb");
        std::fs::write(file, maker.text()).unwrap();
    }
    maker
}

/// Runs to the end, which has to come soon.
fn ended(command: &mut Command, input: &str, what: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
    drop(stdin);
    let mut errors = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        errors.read_to_end(&mut bytes).map(|_| bytes)
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{what} goes on");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Output { status, stdout: Vec::new(), stderr: reader.join().unwrap().unwrap() }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(folder).env_remove("CI");
    command
}

fn errors_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_every_subcommand() {
    for (arguments, input) in COMMANDS {
        let maker = folder();
        let full = File::options().write(true).open("/dev/full").unwrap();
        let what = arguments.join(" ");
        let output = ended(command(maker.folder.path(), arguments).stdout(full), input, &what);
        let errors = errors_of(&output);
        assert_eq!(output.status.code(), Some(3), "{what}: {errors}");
        assert!(!errors.contains("panicked"), "{what}: {errors}");
        let message = "error: cannot write to stdout: No space left on device";
        assert_eq!(errors.matches("error:").count(), 1, "{what}: {errors}");
        assert!(errors.contains(message), "{what}: {errors}");
        // And when the message cannot be written either.
        let maker = folder();
        let full = || File::options().write(true).open("/dev/full").unwrap();
        let mut both = Command::new(BINARY);
        let typed = maker.folder.path().join("typed");
        std::fs::write(&typed, input).unwrap();
        both.args(arguments).current_dir(maker.folder.path()).env_remove("CI").stdin(File::open(typed).unwrap());
        let status = both.stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(3), "{what}");
    }
}

#[test]
fn a_closed_pipe_ends_every_subcommand_quietly() {
    for (arguments, input) in COMMANDS {
        let maker = folder();
        let what = arguments.join(" ");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = ended(command(maker.folder.path(), arguments).stdout(writer), input, &what);
        let errors = errors_of(&output);
        assert_eq!(output.status.code(), Some(141), "{what}: {errors}");
        assert!(!errors.contains("error:") && !errors.contains("panicked"), "{what}: {errors}");
    }
}

/// What is written is longer than the limit, which is an error and not a signal.
#[cfg(unix)]
#[test]
fn a_limit_on_the_size_of_files_is_an_error_of_every_subcommand() {
    for (arguments, input) in COMMANDS {
        let maker = folder();
        let what = arguments.join(" ");
        let script = "ulimit -f 0; exec \"$0\" \"$@\" > limited";
        let mut command = Command::new("sh");
        command.args(["-c", script, BINARY]).args(arguments).current_dir(maker.folder.path()).env_remove("CI");
        let output = ended(&mut command, input, &what);
        let errors = errors_of(&output);
        // At the prompt it is the cell that cannot be compiled.
        let code = if arguments[0] == "repl" { 1 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{what}: {errors}");
        assert!(!errors.contains("panicked"), "{what}: {errors}");
        assert!(errors.contains("File too large") || errors.contains("error:"), "{what}: {errors}");
    }
}

/// Files that cannot be written: an error, and the old file stays.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_leaves_the_old_one() {
    let cases: [&[&str]; 4] = [
        &["export", "--to", "html", "made.ipynb", "--force", "-o", "old"],
        &["export", "--to", "script", "made.ipynb", "--force", "-o", "old"],
        &["run", "made.ipynb", "-o", "old"],
        &["test", "made.ipynb", "--junit", "old"],
    ];
    for arguments in cases {
        let maker = folder();
        std::fs::write(maker.folder.path().join("old"), "old").unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -f 0; exec \"$0\" \"$@\" | cat", BINARY]).args(arguments);
        let what = arguments.join(" ");
        let output = ended(command.current_dir(maker.folder.path()).env_remove("CI").stdout(Stdio::null()), "", &what);
        let errors = errors_of(&output);
        assert!(errors.contains("error:") && !errors.contains("panicked"), "{what}: {errors}");
        assert_eq!(std::fs::read_to_string(maker.folder.path().join("old")).unwrap(), "old", "{what}");
        let left = std::fs::read_dir(maker.folder.path()).unwrap().map(|it| it.unwrap().file_name());
        assert_eq!(left.filter(|name| name.to_string_lossy().starts_with(".forward")).count(), 0, "{what}");
    }
}
