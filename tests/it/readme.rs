//! The commands of the READMEs and of docs/jupyter.md: each is run by a test, or listed here with the reason why not.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Why a command of the README is not run here.
enum Covered {
    /// Run below as it stands, in the repository.
    Here,
    /// Another test runs the same.
    By(&'static str),
    /// No test runs it, for this reason.
    Not(&'static str),
}

use Covered::{By, Here, Not};

const COMMANDS: &[(&str, Covered)] = &[
    ("cargo run -- repl", By("repl")),
    ("cargo run -- repl --lang ko", By("repl")),
    ("cargo run -- data mnist", By("commands::data, with a server of its own")),
    ("cargo run -- test notebooks", By("notebooks")),
    ("cargo test --all-features", Not("it would run itself; `.ci/run` does")),
    ("cargo install --locked --path .", Not("it builds for minutes; the gate packages and compiles the crate")),
    ("cargo install --locked evcxr_jupyter", By("tests/jupyter/run.sh")),
    ("evcxr_jupyter --install", By("tests/jupyter/run.sh")),
    ("forward-pass kernel install", By("commands::kernel and tests/kernel/run.sh")),
    ("jupyter lab notebooks/en", Not("it stays open; tests/kernel/run.sh drives JupyterLab in a browser")),
    ("forward-pass new my-course", By("commands::new_course")),
    ("forward-pass test my-course", By("commands::new_course")),
    ("forward-pass review my-course", Not("it asks; `runner` answers it through a terminal")),
    ("forward-pass lint notebooks", Here),
    ("forward-pass export notebooks/en/02-sigmoid.ipynb --to html -o sigmoid.html", Here),
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The lines after `$ ` in the blocks of a page.
fn commands(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.map(|line| line.split("  #").next().unwrap_or(line).trim().to_owned()).collect()
}

#[test]
fn every_command_of_the_readme_is_run_or_excused() {
    for page in ["README.md", "README.ko.md"] {
        let shown = commands(&read(page));
        let known: BTreeSet<String> = COMMANDS.iter().map(|(command, _)| (*command).to_owned()).collect();
        assert_eq!(shown, known, "{page} and COMMANDS differ");
        let other = read(page).lines().filter(|line| line.starts_with("```") && line.len() > 3).count();
        assert_eq!(read(page).matches("```console\n").count(), other, "{page} has a block that is not `console`");
    }
    for (command, covered) in COMMANDS {
        match covered {
            Here => run(command),
            By(reason) | Not(reason) => assert!(!reason.is_empty()),
        }
    }
}

fn run(command: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join("notebooks"), folder.path().join("notebooks"))
        .unwrap();
    let arguments = command.strip_prefix("forward-pass ").unwrap().split(' ');
    let output = Command::new(env!("CARGO_BIN_EXE_forward-pass"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What cannot work today is printed nowhere: the crate is not in a registry.
#[test]
fn one_line_installs_the_program() {
    let origin = read("src/cli/commands/new/origin.rs");
    let install = origin.split("INSTALL: &str = \"").nth(1).unwrap().split('"').next().unwrap();
    for page in ["README.md", "README.ko.md", "docs/jupyter.md", "docs/testing.md", "docs/engines.md"] {
        for line in read(page).lines().filter(|line| line.contains("cargo install")) {
            let is_ours = line.contains(install);
            assert!(is_ours || line.contains("cargo install --locked evcxr_jupyter"), "{page}: {line}");
        }
    }
    for template in ["README.md.txt", "notebooks.rs.txt", "notebooks.yml.txt"] {
        let text = read(&format!("src/cli/commands/new/{template}"));
        for line in text.lines().filter(|line| line.contains("cargo install --")) {
            assert!(line.contains("$FORWARD_PASS_SOURCE"), "{template}: {line}");
        }
    }
}

#[test]
fn the_pictures_of_the_readme_are_small() {
    for name in ["figure", "prompt", "digit"] {
        let picture = read(&format!("docs/pictures/{name}.svg"));
        assert!(picture.starts_with("<svg") && picture.len() < 100_000, "{name}.svg: {} bytes", picture.len());
        assert!(read("README.md").contains(&format!("](docs/pictures/{name}.svg)")), "README.md lacks {name}.svg");
    }
}
