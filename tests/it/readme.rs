//! The commands of the READMEs and of docs/jupyter.md: each is run by a test, or listed here with the reason why not.

use std::collections::BTreeSet;
use std::path::Path;

/// Why a command of the README is not run here.
enum Covered {
    /// Run below as it stands.
    Here,
    /// Another test runs the same.
    By(&'static str),
    /// No test runs it, for this reason.
    Not(&'static str),
}

use crate::support::forward_pass;
use Covered::{By, Here, Not};

const COMMANDS: &[(&str, Covered)] = &[
    ("forward-pass new my-course", Here),
    ("forward-pass test my-course", Here),
    ("forward-pass review my-course", Here),
    ("forward-pass lint my-course", Here),
    ("forward-pass learn my-chapter", By("commands::exercises")),
    ("forward-pass export notebooks/en/02-sigmoid.ipynb --to html -o sigmoid.html", Here),
    ("forward-pass kernel install", By("commands::kernel, tests/kernel/run.sh")),
    ("jupyter lab notebooks/en", Not("it stays open; tests/kernel/run.sh drives JupyterLab")),
    ("cargo run -- repl", By("repl")),
    ("cargo run -- repl --lang ko", By("repl")),
    ("rustup target add wasm32-unknown-unknown", By(".ci/run")),
    ("cargo run -- site -o site --serve 8000", By("commands::site, tests/site/run.sh")),
    ("cargo run -- data mnist", By("commands::data, from a server of its own")),
    ("cargo run -- test", By("runner")),
    ("cargo run -- test notebooks", By("notebooks")),
    ("cargo test", Not("this is a part of it")),
    ("cargo test --all-features", Not("this is a part of it")),
    ("cargo install --locked --path .", Not("it takes minutes; `.ci/run` builds the packaged crate")),
    ("cargo install --locked evcxr_jupyter", By("tests/jupyter/run.sh")),
    ("evcxr_jupyter --install", By("tests/jupyter/run.sh")),
];

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The lines after `$ ` in the blocks of a page, and the commands quoted in its text.
fn commands(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("$ "));
    let quoted = page.split('`').filter(|text| ["cargo ", "forward-pass "].iter().any(|word| text.starts_with(word)));
    lines.chain(quoted).map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_readme_is_run_or_excused() {
    for page in ["README.md", "README.ko.md"] {
        let page_text = read(page);
        let shown = commands(&page_text);
        let known: BTreeSet<String> = COMMANDS.iter().map(|(command, _)| (*command).to_owned()).collect();
        assert_eq!(shown, known, "{page} and COMMANDS differ");
        let mut fences = page_text.lines().filter(|line| line.starts_with("```"));
        assert!(fences.all(|line| line == "```" || line == "```console"), "{page} has a block that is not `console`");
    }
}

#[test]
fn commands_of_the_readme_work_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let notebooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("notebooks");
    std::os::unix::fs::symlink(notebooks, folder.path().join("notebooks")).unwrap();
    for (command, covered) in COMMANDS {
        match covered {
            By(reason) | Not(reason) => assert!(!reason.is_empty(), "{command} is not run, and nothing says why"),
            Here => {
                let arguments: Vec<&str> = command.strip_prefix("forward-pass ").unwrap().split(' ').collect();
                println!("{command}");
                forward_pass(folder.path(), &arguments).exits(0);
            }
        }
    }
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
