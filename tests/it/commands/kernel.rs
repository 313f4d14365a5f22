//! `kernel install`, `uninstall` and `list` through the binary, in a temporary home. The protocol is tested in
//! `tests/kernel`.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Finished, command};

/// The binary without any installed kernel: the user's folder is `home/jupyter`, the Python environment `home/venv`.
fn kernel(home: &Path, arguments: &[&str]) -> Finished {
    let mut command = command(home, &[&["kernel"], arguments].concat());
    command.env("JUPYTER_DATA_DIR", home.join("jupyter")).env("VIRTUAL_ENV", home.join("venv"));
    for name in ["JUPYTER_PATH", "CONDA_PREFIX"] {
        command.env_remove(name);
    }
    Finished::of(command.output().unwrap())
}

fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("venv")).unwrap();
    home
}

fn spec(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("kernel.json")).unwrap()).unwrap()
}

#[test]
fn a_kernel_is_installed_listed_and_removed_in_every_place() {
    let home = home();
    let cases: [(&[&str], &str); 5] = [
        (&[], "jupyter/kernels/forward-pass"),
        (&["--user", "--name", "mine"], "jupyter/kernels/mine"),
        (&["--prefix", "a b/없다"], "a b/없다/share/jupyter/kernels/forward-pass"),
        (&["--sys-prefix"], "venv/share/jupyter/kernels/forward-pass"),
        (&["--sys-prefix", "--name", "Other-1.0_x"], "venv/share/jupyter/kernels/Other-1.0_x"),
    ];
    for (arguments, place) in cases {
        let folder = home.path().join(place);
        for _ in 0..2 {
            // Installing again is not an error, and leaves no temporary files.
            let told = kernel(home.path(), &[&["install"], arguments].concat());
            assert_eq!(told.exits(0).stdout, format!("{}\n", folder.display()));
        }
        let kernels = folder.parent().unwrap();
        let left = std::fs::read_dir(kernels)
            .unwrap()
            .filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
        assert_eq!(left.count(), 0, "{place}");
        let spec = spec(&folder);
        assert_eq!(spec["language"], "rust");
        assert_eq!(spec["display_name"], "Rust (forward-pass)");
        assert_eq!(spec["interrupt_mode"], "message");
        assert_eq!(spec["argv"].as_array().unwrap().last().unwrap(), "{connection_file}");
        let program = spec["argv"][0].as_str().unwrap();
        assert!(Path::new(program).is_absolute() && Path::new(program).is_file(), "{program}");
        for logo in ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"] {
            assert!(std::fs::metadata(folder.join(logo)).unwrap().len() > 100, "{logo}");
        }
        let listed = kernel(home.path(), &["list"]);
        let is_listed = listed.exits(0).stdout.lines().any(|line| line.ends_with(&folder.display().to_string()));
        assert_eq!(is_listed, !arguments.contains(&"--prefix"), "{}", listed.stdout);
    }
    for (arguments, place) in cases {
        kernel(home.path(), &[&["uninstall"], arguments].concat()).exits(0).has("removed ").has(place);
        assert!(!home.path().join(place).exists());
        kernel(home.path(), &[&["uninstall"], arguments].concat()).exits(3).has("no kernel is installed in").has(place);
    }
    let listed = kernel(home.path(), &["list"]);
    assert!(!listed.stdout.contains(&home.path().display().to_string()), "{}", listed.stdout);
}

#[test]
fn the_display_name_and_the_time_limit_can_be_chosen() {
    let home = home();
    kernel(home.path(), &["install", "--display-name", "Rust, 느린", "--timeout", "30"]).exits(0);
    let spec = spec(&home.path().join("jupyter/kernels/forward-pass"));
    assert_eq!(spec["display_name"], "Rust, 느린");
    let arguments: Vec<&str> = spec["argv"].as_array().unwrap().iter().skip(1).map(|it| it.as_str().unwrap()).collect();
    assert_eq!(arguments, ["--engine", "own", "kernel", "run", "--timeout", "30", "{connection_file}"]);
}

#[test]
fn mistakes_are_reported_with_the_next_step() {
    let home = home();
    std::fs::write(home.path().join("file"), "").unwrap();
    let cases: [(&[&str], i32, &str, &str); 10] = [
        (
            &["install", "--name", "a b"],
            2,
            "`a b` is not a valid kernel name",
            "help: use letters, digits, `-`, `_` and `.`",
        ),
        (&["install", "--name", "../up"], 2, "`../up` is not a valid kernel name", "help: use letters"),
        (&["uninstall", "--name", "한글"], 2, "`한글` is not a valid kernel name", "help: use letters"),
        (&["install", "--display-name", " "], 2, "`--display-name` is empty", "help: leave it out"),
        (&["install", "--timeout", "0"], 2, "invalid value '0'", "--timeout"),
        (&["install", "--user", "--sys-prefix"], 2, "'--user' cannot be used with '--sys-prefix'", "Usage: "),
        (&["install", "--prefix", "file"], 3, "cannot write `", "help: choose a writable folder with `--prefix`"),
        (
            &["uninstall"],
            3,
            "no kernel is installed in `",
            "help: `forward-pass kernel list` lists the installed kernels",
        ),
        (
            &["run", "nowhere.json"],
            3,
            "cannot read the connection file `nowhere.json`: No such file",
            "help: Jupyter writes",
        ),
        (
            &["run", "file"],
            3,
            "`file` is not a Jupyter connection file: EOF while parsing",
            "help: `forward-pass kernel",
        ),
    ];
    for (arguments, code, words, help) in cases {
        let told = kernel(home.path(), arguments);
        told.exits(code).has(words).has(help);
        assert!(told.stderr.starts_with("error: "), "{}", told.stderr);
    }
    std::fs::remove_dir(home.path().join("venv")).unwrap();
    kernel(home.path(), &["install", "--sys-prefix"]).exits(3).has("no Python environment is active").has("`--prefix`");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing was written");
    kernel(home.path(), &["list"]).exits(0);
}

#[test]
fn another_programs_kernel_is_left_alone() {
    let home = home();
    let theirs = home.path().join("jupyter/kernels/rust");
    std::fs::create_dir_all(&theirs).unwrap();
    let text = r#"{"argv": ["evcxr_jupyter"], "display_name": "Rust", "language": "rust"}"#;
    for content in [text, "no JSON"] {
        std::fs::write(theirs.join("kernel.json"), content).unwrap();
        for action in ["install", "uninstall"] {
            kernel(home.path(), &[action, "--name", "rust"])
                .exits(3)
                .has("belongs to another program")
                .has("help: choose");
        }
        assert_eq!(std::fs::read_to_string(theirs.join("kernel.json")).unwrap(), content);
    }
    std::fs::write(theirs.join("kernel.json"), text).unwrap();
    kernel(home.path(), &["list"]).exits(0).has("rust                 Rust                     ");
}
