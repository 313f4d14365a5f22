//! What other tools start: the GitHub action, whose steps run here, and the hooks for pre-commit.

use std::path::Path;
use std::process::Command;

use crate::support::{BINARY, Finished, NotebookBuilder};

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The last step of the action, which is a block of lines.
fn test_step() -> String {
    let action = text("action.yml");
    let (_, block) = action.rsplit_once("      run: |\n").unwrap();
    block.lines().map(|line| format!("{}\n", line.strip_prefix("        ").unwrap())).collect()
}

fn run_step(maker: &NotebookBuilder, paths: &str, write: &str) -> Finished {
    let folder = Path::new(BINARY).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    // As GitHub starts it.
    bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &test_step()]).current_dir(maker.folder.path());
    Finished::of(bash.env("PATH", path).env("CI", "true").env("PATHS", paths).env("WRITE", write).output().unwrap())
}

#[test]
fn the_steps_of_the_action_test_and_annotate() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n");
    maker.write_as("good one.ipynb");
    std::fs::write(maker.folder.path().join("red.ipynb"), maker.text().replace("1\\n", "0\\n")).unwrap();
    run_step(&maker, "good one.ipynb\n", "").exits(0).has("ok good one.ipynb");
    let red = run_step(&maker, "good one.ipynb\nred.ipynb", "kept here");
    red.exits(1).has("::error file=red.ipynb,line=");
    assert!(maker.folder.path().join("kept here/red.ipynb").is_file());
    std::fs::remove_dir_all(maker.folder.path().join("kept here")).unwrap();
    // The project's own, and nothing that a path says is run by the shell.
    run_step(&maker, "", "").exits(1).has("2 notebooks");
    run_step(&maker, "$(touch hacked)", "").exits(2);
    assert!(!maker.folder.path().join("hacked").exists());
}

#[test]
fn the_inputs_reach_the_steps_as_variables_only() {
    let action = text("action.yml");
    for line in action.lines().filter(|line| line.contains("${{")) {
        let line = line.trim();
        assert!(line == "PATHS: ${{ inputs.paths }}" || line == "WRITE: ${{ inputs.write }}", "{line}");
    }
    assert!(action.contains("cargo install --locked --path \"$GITHUB_ACTION_PATH\""));
}

#[test]
fn the_hooks_run_on_the_files_that_they_get() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n");
    maker.write();
    let hooks = text(".pre-commit-hooks.yaml");
    let entries: Vec<&str> =
        hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: forward-pass ")).collect();
    assert_eq!(entries, ["lint", "fmt", "test"]);
    for entry in entries {
        crate::support::forward_pass(maker.folder.path(), &[entry, "made.ipynb"]).exits(0);
    }
}
