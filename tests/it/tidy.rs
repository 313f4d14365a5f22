//! House rules in code: the direction of imports, one file that names evcxr, few that print, nothing left over.

use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder with its text, sorted; paths as in the repository.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort();
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().display().to_string().replace('\\', "/");
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Code without its tests and without lines of comment.
fn code(text: &str) -> String {
    let body = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = body.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_library_module_uses_only_modules_declared_above_it() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let place = |module: &str| declared.iter().position(|name| *name == module);
    for (file, text) in sources("src").iter().filter(|(file, _)| !file.starts_with("src/cli") && file != "src/main.rs")
    {
        let module = file.trim_start_matches("src/").split(['/', '.']).next().unwrap();
        let Some(own) = place(module) else { continue };
        for used in code(text).split("crate::").skip(1) {
            let name = used.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            let Some(its) = place(name) else { continue };
            assert!(its <= own, "{file} uses `{name}`, which is declared below `{module}` in lib.rs");
        }
    }
}

#[test]
fn the_library_cannot_see_the_command_line() {
    for (file, text) in sources("src").iter().filter(|(file, _)| !file.starts_with("src/cli") && file != "src/main.rs")
    {
        for word in ["clap::", "evcxr::", "rustyline::", "anyhow::", "ureq::", "TcpStream", "cli::"] {
            assert!(!code(text).contains(word), "{file} uses `{word}`");
        }
    }
}

#[test]
fn imports_on_the_floor_of_the_command_line_go_down_only() {
    // Each module and those above it, which it must not use.
    let floors: &[&[&str]] = &[
        &["outcome"],
        &["course", "normalize", "words", "glossary"],
        &["ipynb", "compare", "rules"],
        &["verdict", "shelf", "settings", "files"],
        &["session"],
        &["report", "execute"],
        &["run", "test", "repl"],
    ];
    let floor = |module: &str| floors.iter().position(|floor| floor.contains(&module));
    for (file, text) in sources("src/cli") {
        let module = file.trim_start_matches("src/cli/").split(['/', '.']).next().unwrap();
        let Some(own) = floor(module) else { continue };
        for marker in ["crate::cli::", "use super::"] {
            // In a folder's own files `super::` is the folder.
            if marker == "use super::" && file.matches('/').count() > 2 {
                continue;
            }
            for used in code(&text).split(marker).skip(1) {
                let name = used.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                let Some(its) = floor(name).filter(|_| name != module) else { continue };
                assert!(its <= own, "{file} uses `{name}`, which stands above it");
            }
        }
    }
}

#[test]
fn evcxr_is_named_in_one_file() {
    for (file, text) in sources("src") {
        let allowed = file == "src/cli/engine/evcxr.rs" || file == "src/cli/engine/mod.rs";
        assert!(allowed || !code(&text).contains("evcxr::"), "{file} names evcxr");
    }
}

#[test]
fn only_the_command_line_prints() {
    for (file, text) in sources("src").iter().filter(|(file, _)| !file.starts_with("src/cli") && file != "src/main.rs")
    {
        for word in ["eprintln!(", " print!(", "dbg!("] {
            assert!(!code(text).contains(word), "{file} has `{word}`");
        }
    }
}

#[test]
fn nothing_is_left_over() {
    for (file, text) in sources("src").into_iter().chain(sources("tests")) {
        if file == "tests/it/tidy.rs" {
            continue;
        }
        for word in ["dbg!(", "unimplemented!(", "#[ignore", "FIXME", "(in work)"] {
            assert!(!text.contains(word), "{file} has `{word}`");
        }
        assert!(!code(&text).contains("todo!()") || file.starts_with("tests/"), "{file} has `todo!()`");
        assert!(text.starts_with("//"), "{file} does not begin with what it is for");
    }
}

#[test]
fn stored_outputs_hold_no_paths_and_no_times() {
    for language in ["en", "ko"] {
        let Ok(entries) = std::fs::read_dir(root().join("notebooks").join(language)) else { continue };
        for path in
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "ipynb"))
        {
            let notebook: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            for cell in notebook["cells"].as_array().unwrap() {
                let outputs = cell["outputs"].to_string();
                for word in ["/home/", "/root/", "/tmp/", "/Users/", "C:\\\\", " ms\\n", "seconds", "202"] {
                    let is_digit_run = word == "202" && !outputs.contains("2026-") && !outputs.contains("2025-");
                    assert!(is_digit_run || !outputs.contains(word), "{} {}: `{word}`", path.display(), cell["id"]);
                }
            }
        }
    }
}

#[test]
fn every_path_that_the_readme_names_exists() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let quoted = readme.split('`').skip(1).step_by(2).filter(|word| {
        ["src/", "notebooks/", "tests/", "benches/", ".ci/"].iter().any(|begin| word.starts_with(begin))
            && !word.contains([' ', '*', '{', 'N'])
    });
    for path in links.filter(|link| !link.contains("://") && !link.starts_with('#')).chain(quoted) {
        let path = path.split('#').next().unwrap();
        assert!(root().join(path).exists(), "README.md names {path}, which does not exist");
    }
}
