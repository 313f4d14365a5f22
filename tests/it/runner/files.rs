//! The files that the command writes: readable by those whom the umask allows, in folders that it makes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::{BINARY, NotebookBuilder};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";

/// Every way to write a file: the arguments, and what they write.
const WRITERS: [(&[&str], &[&str]); 9] = [
    (&["export", "--to", "html", "made.ipynb", "-o", "new/page.html"], &["new/page.html"]),
    (&["export", "--to", "script", "made.ipynb", "-o", "new/script.rs"], &["new/script.rs"]),
    (&["export", "--to", "ipynb", "script.rs", "-o", "new/back.ipynb"], &["new/back.ipynb"]),
    (&["export", "--to", "rs", "made.ipynb", "-o", "new"], &["new/Cargo.toml", "new/src/main.rs"]),
    (&["run", "made.ipynb", "-o", "new/ran.ipynb"], &["new/ran.ipynb"]),
    (&["test", "made.ipynb", "--junit", "new/deep/results.xml"], &["new/deep/results.xml"]),
    (&["test", "red.ipynb", "--pictures", "new/pictures"], &["new/pictures/red/it.stored.svg"]),
    (&["test", "red.ipynb", "--pending"], &["red.ipynb.new"]),
    (&["new", "course"], &["course/Cargo.toml", "course/notebooks/01-hello.ipynb"]),
];

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

fn first_below(folder: &Path) -> std::path::PathBuf {
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    names.sort();
    names.into_iter().next().unwrap()
}

#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    for (mask, expected) in [("022", 0o644), ("027", 0o640), ("077", 0o600), ("002", 0o664)] {
        let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n");
        maker.write();
        let folder = maker.folder.path();
        let figure = json!({"data": {"image/svg+xml": SVG}, "metadata": {}, "output_type": "display_data"});
        let red = NotebookBuilder::new().cell(json!({"cell_type": "code", "execution_count": 1, "id": "it",
            "metadata": {}, "outputs": [figure], "source": ["println!(\"1\");"]}));
        std::fs::write(folder.join("red.ipynb"), red.text()).unwrap();
        std::fs::write(folder.join("script.rs"), "// %%\n1 + 1\n").unwrap();
        for (arguments, files) in WRITERS {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("umask {mask}; exec \"$0\" \"$@\""), BINARY]).args(arguments);
            let output = command.current_dir(folder).env_remove("CI").output().unwrap();
            let what = format!("{arguments:?} {}", String::from_utf8_lossy(&output.stderr));
            assert!(output.status.code().is_some_and(|code| code < 2), "{what}");
            for file in files {
                let mut path = folder.join(file);
                if arguments[0] == "new" && !path.exists() {
                    path = first_below(path.parent().unwrap());
                }
                assert_eq!(mode(&path), expected, "{file}, umask {mask}: {what}");
            }
        }
    }
}

#[test]
fn a_changed_file_keeps_its_mode() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "0\n");
    let path = maker.write();
    for mode_before in [0o600, 0o640, 0o644, 0o664, 0o755] {
        std::fs::write(&path, maker.text()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode_before)).unwrap();
        crate::support::forward_pass(maker.folder.path(), &["test", "made.ipynb", "--accept"]).exits(0);
        assert_eq!(mode(&path), mode_before);
    }
}

/// Before anything runs: a folder that cannot be made must not cost the results of a long run.
#[test]
fn a_folder_that_cannot_be_made_is_reported_first() {
    let maker = NotebookBuilder::new().code("it", "std::fs::write(\"ran\", \"\").unwrap();", "");
    maker.write();
    std::fs::write(maker.folder.path().join("file"), "").unwrap();
    for arguments in [["--junit", "file/results.xml"], ["--pictures", "file/pictures"]] {
        let all = [&["test", "made.ipynb"], &arguments[..]].concat();
        crate::support::forward_pass(maker.folder.path(), &all).exits(3).has("error: cannot create the folder file");
        assert!(!maker.folder.path().join("ran").exists());
    }
}
