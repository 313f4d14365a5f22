//! House rules in code: which way imports run, how long a file may be, which files print, nothing left over.
//!
//! Each list of exceptions may only shrink: an entry that is no longer needed fails its test.

mod ratchet;
mod tokens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokens::Contents;

/// The command line's rooms from the top down, each with its modules. A room uses only rooms below it.
const ROOMS: &[(&str, &str)] = &[
    (
        "commands",
        "cells clean completions data edition exercises export fmt kernel learn lint new repl review run site test warm",
    ),
    (
        "runner",
        "accept compare editions execute executed filter notebook options pending pictures pool portability problems report \
         result rules settings stop verdict volatile workers",
    ),
    (
        "page",
        "addresses anchors beside frame html language markdown mathml parts prose sanitize screen shown source tags written",
    ),
    ("args", "course data help kernel runner"),
    ("engine", "block cache_folder caret evcxr moving own thread"),
    ("notebook", "chapter course exercise glossary ipynb normalize progress"),
    ("terminal", "cell_end highlight interrupt keys markdown messages picture plural shown style"),
    ("syntax", "complete dependency indent input library names split types"),
    // The ground: small files that every room may use, and that use each other only.
    ("outcome", ""),
    ("exit", ""),
    ("lang", ""),
    ("suggest", ""),
    ("files", ""),
    ("streams", ""),
    ("memory", ""),
];

const GROUND: [&str; 7] = ["outcome", "exit", "lang", "suggest", "files", "streams", "memory"];

/// Commands that use another one, and why.
const BESIDE: &[(&str, &str, &str)] = &[("repl", "data", "the prompt offers to download a missing data set")];

/// The longest a file and a function may be, in lines.
const LONGEST_FILE: usize = 350;
const LONGEST_FUNCTION: usize = 60;

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// Functions that may be longer, and why.
const LONG_FUNCTIONS: &[(&str, &str)] = &[];

/// The files outside `src/cli/commands` that print, and what.
const PRINTING: &[(&str, &str)] = &[
    ("src/cli.rs", "the error that ends the command"),
    ("src/cli/engine/evcxr/relay.rs", "the child process of evcxr, whose stdout the session reads"),
    ("src/cli/engine/own/process/supervisor.rs", "the process of the cells, whose stderr the session reads"),
    ("src/cli/runner/report/progress.rs", "progress, which has to know what is on the screen"),
    ("src/cli/streams.rs", "everything that the others print"),
    ("src/display.rs", "the kernels' protocol: `evcxr_display` prints a bundle"),
    ("src/display/live.rs", "the same protocol, while a cell runs"),
];

/// The macros that print.
const PRINTERS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Rust file of the repository.
struct File {
    /// As in the repository, with forward slashes.
    name: String,
    text: String,
}

impl File {
    /// Its module's path from the root of the crate: `src/cli/runner/mod.rs` -> `cli`, `runner`.
    fn module(&self) -> Vec<String> {
        let path = self.name.trim_start_matches("src/").trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        if ["lib", "main"].contains(&path) { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
    }

    fn is_library(&self) -> bool {
        self.name.starts_with("src/") && !self.name.starts_with("src/cli") && self.name != "src/main.rs"
    }

    fn contents(&self) -> Contents {
        tokens::read(&self.text, &self.module())
    }

    /// Without its tests.
    fn code(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
    }

    fn is_test(&self) -> bool {
        ["/tests.rs", "/fuzz.rs", "/process/cells.rs"].iter().any(|ending| self.name.ends_with(ending))
    }
}

/// Every Rust file below a folder, sorted by name.
fn sources(folder: &str) -> Vec<File> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().display().to_string().replace('\\', "/");
    paths.iter().map(|path| File { name: name(path), text: std::fs::read_to_string(path).unwrap() }).collect()
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

/// The modules that a file declares, in its order.
fn declared(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    let module = |line: &str| Some(line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')?.to_owned());
    text.lines().filter_map(module).collect()
}

/// Fails with all that was found, one a line.
#[track_caller]
fn nothing(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// Fails where a list of exceptions names what needs none.
#[track_caller]
fn only_what_is_needed(allowed: &[(&str, &str)], needed: &BTreeSet<String>) {
    let idle = allowed.iter().filter(|(name, _)| !needed.contains(*name)).map(|(name, _)| (*name).to_owned());
    nothing(idle.collect(), "take these out of the list of exceptions");
}

#[test]
fn a_library_module_uses_only_modules_declared_above_it() {
    let order = declared("src/lib.rs");
    let place = |module: &str| order.iter().position(|name| name == module);
    let mut found = Vec::new();
    for file in sources("src").iter().filter(|file| file.is_library()) {
        let module = file.module();
        let Some(own) = module.first().and_then(|module| place(module)) else { continue };
        for named in tokens::read(file.code(), &module).named {
            if place(&named.path[0]).is_some_and(|its| its > own) {
                found.push(format!("{}:{} uses `{}`", file.name, named.line, named.path.join("::")));
            }
        }
    }
    nothing(found, "a module uses only those that lib.rs declares above it");
}

#[test]
fn the_library_cannot_see_the_command_line() {
    for file in sources("src").iter().filter(|file| file.is_library()) {
        for word in ["clap::", "evcxr::", "rustyline::", "anyhow::", "ureq::", "TcpStream", "cli::"] {
            assert!(!without_comments(&file.text).contains(word), "{} uses `{word}`", file.name);
        }
    }
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_table_of_rooms_has_every_module() {
    let mut rooms: Vec<String> = declared("src/cli.rs");
    rooms.retain(|room| room != "fuzz");
    rooms.sort();
    let mut table: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    table.sort_unstable();
    assert_eq!(rooms, table, "src/cli.rs and ROOMS differ");
    for (room, modules) in ROOMS {
        let map = if *room == "args" { "src/cli/args.rs".to_owned() } else { format!("src/cli/{room}/mod.rs") };
        let mut inside = if GROUND.contains(room) { Vec::new() } else { declared(&map) };
        inside.sort();
        assert_eq!(inside.join(" "), *modules, "{map} and ROOMS differ");
    }
}

/// May a module of the first room name one of the second?
fn may_use(room: &str, other: &str) -> bool {
    let place = |room: &str| ROOMS.iter().position(|(name, _)| *name == room);
    match (place(room), place(other)) {
        // The engine knows nothing of notebooks, and of the terminal only that Rust is text.
        _ if room == "engine" => ["engine", "syntax"].contains(&other) || GROUND.contains(&other),
        _ if GROUND.contains(&room) => GROUND.contains(&other),
        (Some(own), Some(its)) => own <= its,
        _ => true,
    }
}

#[test]
fn imports_between_rooms_go_down_only() {
    let commands = declared("src/cli/commands/mod.rs");
    let mut found = Vec::new();
    for file in sources("src/cli").iter().filter(|file| file.name != "src/cli.rs") {
        let module = file.module();
        for named in file.contents().named.iter().filter(|named| named.path.len() > 1 && named.path[0] == "cli") {
            let (room, other) = (module[1].as_str(), named.path[1].as_str());
            // A command never uses another, but for those in `BESIDE`.
            let is_beside = room == "commands"
                && other == "commands"
                && module.len() > 2
                && named.path.get(2).is_some_and(|other| *other != module[2] && commands.contains(other))
                && !BESIDE.iter().any(|(one, other, _)| *one == module[2] && *other == named.path[2]);
            if !may_use(room, other) || is_beside {
                found.push(format!("{}:{} uses `{}`", file.name, named.line, named.path.join("::")));
            }
        }
    }
    nothing(found, "imports between rooms go down only");
}

#[test]
fn no_file_is_too_long() {
    let (mut found, mut long) = (Vec::new(), BTreeSet::new());
    for file in sources("src") {
        let lines = file.text.lines().count();
        if lines > LONGEST_FILE {
            if !LONG_FILES.iter().any(|(name, _)| *name == file.name) {
                found.push(format!("{}: {lines} lines", file.name));
            }
            long.insert(file.name);
        }
    }
    nothing(found, "find the second noun of these files");
    only_what_is_needed(LONG_FILES, &long);
}

#[test]
fn no_function_is_too_long() {
    let (mut found, mut long) = (Vec::new(), BTreeSet::new());
    for file in sources("src") {
        for function in tokens::read(file.code(), &file.module())
            .functions
            .iter()
            .filter(|function| function.lines > LONGEST_FUNCTION)
        {
            let name = format!("{}: {}", file.name, function.name);
            if !LONG_FUNCTIONS.iter().any(|(allowed, _)| *allowed == name) {
                found.push(format!("{name}: {} lines", function.lines));
            }
            long.insert(name);
        }
    }
    nothing(found, "find the parts of these functions");
    only_what_is_needed(LONG_FUNCTIONS, &long);
}

#[test]
fn no_line_is_too_wide() {
    let mut found = Vec::new();
    for file in sources("src").into_iter().chain(sources("tests/it")).chain(sources("benches")) {
        // A test may quote a long text as it is.
        let may_quote = file.name.starts_with("tests/");
        let is_wide = |line: &str| line.chars().count() > 120 && !(may_quote && line.contains('"'));
        let wide = file.text.lines().enumerate().filter(|(_, line)| is_wide(line));
        found.extend(wide.map(|(at, _)| format!("{}:{}", file.name, at + 1)));
    }
    nothing(found, "no line is wider than 120 characters");
}

#[test]
fn only_few_files_print() {
    let (mut found, mut printing) = (Vec::new(), BTreeSet::new());
    for file in sources("src").iter().filter(|file| !file.name.starts_with("src/cli/commands/") && !file.is_test()) {
        let macros = tokens::read(file.code(), &file.module()).macros;
        // The library speaks the kernels' protocol in whole lines on stdout, and says nothing else.
        let misused =
            macros.iter().find(|name| file.is_library() && PRINTERS.contains(&name.as_str()) && *name != "println");
        assert!(misused.is_none(), "{} calls `{misused:?}`", file.name);
        if macros.iter().any(|name| PRINTERS.contains(&name.as_str())) {
            if !PRINTING.iter().any(|(name, _)| *name == file.name) {
                found.push(file.name.clone());
            }
            printing.insert(file.name.clone());
        }
    }
    nothing(found, "only commands print, and the files in PRINTING");
    only_what_is_needed(PRINTING, &printing);
}

#[test]
fn evcxr_is_named_in_one_file() {
    for file in sources("src") {
        let allowed = file.name == "src/cli/engine/evcxr.rs" || file.name == "src/cli/engine/mod.rs";
        assert!(allowed || !without_comments(file.code()).contains("evcxr::"), "{} names evcxr", file.name);
    }
}

#[test]
fn nothing_is_left_over() {
    for file in sources("src").into_iter().chain(sources("tests")) {
        if file.name.starts_with("tests/it/tidy") {
            continue;
        }
        for word in ["dbg!(", "unimplemented!(", "#[ignore", "FIXME", "(in work)"] {
            assert!(!file.text.contains(word), "{} has `{word}`", file.name);
        }
        let is_test = file.name.starts_with("tests/") || file.is_test();
        // In backticks it is a word to the reader.
        let code = without_comments(file.code()).replace("`todo!()`", "");
        assert!(is_test || !code.contains("todo!()"), "{} has `todo!()`", file.name);
        assert!(file.text.starts_with("//"), "{} does not begin with what it is for", file.name);
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
