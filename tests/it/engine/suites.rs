//! Cells that compare the engines: `tests/fixtures/engines/*.cells`, each with its expected outcome.
//!
//! Every file runs on our own engine, and with the feature `evcxr` on that one too. Where they differ, the file says
//! so in lines that begin with `own:` and `evcxr:`, and gives the reason in one that begins with `because:`. A cell
//! whose outcome on evcxr is undefined (it reads old bytes as a new type) is `not run` there.

use std::path::{Path, PathBuf};

use crate::support::cells::{Cells, command};
use crate::support::{ACCEPT, accepts, takes_every_way};

const OWN: usize = 0;
const EVCXR: usize = 1;
const ENGINES: [&str; 2] = ["own", "evcxr"];
const NOT_RUN: &str = "not run";

#[derive(Debug, Default)]
struct Group {
    title: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Default)]
struct Cell {
    code: Vec<String>,
    /// By engine.
    expected: [Vec<String>; 2],
    /// Why the engines differ.
    because: Option<String>,
}

/// `## title` starts a group; a cell's code precedes its `=> ` lines.
fn read(text: &str) -> (String, Vec<Group>) {
    let (head, rest) = text.split_at(text.find("## ").unwrap());
    let mut groups: Vec<Group> = Vec::new();
    for line in rest.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            groups.push(Group { title: title.to_owned(), cells: Vec::new() });
            continue;
        }
        let group = groups.last_mut().unwrap();
        let is_expectation = line.starts_with("=> ");
        let is_over = group.cells.last().is_none_or(|cell| !cell.expected[OWN].is_empty());
        if is_over && !is_expectation {
            if line.is_empty() {
                continue;
            }
            group.cells.push(Cell::default());
        }
        let cell = group.cells.last_mut().unwrap();
        match line.strip_prefix("=> ") {
            Some(line) => cell.expect(line),
            None => cell.code.push(line.to_owned()),
        }
    }
    (head.to_owned(), groups)
}

impl Cell {
    fn expect(&mut self, line: &str) {
        if let Some(reason) = line.strip_prefix("because: ") {
            self.because = Some(reason.to_owned());
            return;
        }
        for (engine, name) in ENGINES.iter().enumerate() {
            let other = format!("{}: ", ENGINES[1 - engine]);
            if !line.starts_with(&other) {
                self.expected[engine].push(line.strip_prefix(&format!("{name}: ")).unwrap_or(line).to_owned());
            }
        }
    }

    fn written(&self) -> String {
        let [own, evcxr] = &self.expected;
        let code = self.code.iter().map(|line| format!("{line}\n")).collect::<String>();
        let lines =
            |name: &str, lines: &[String]| lines.iter().map(|it| format!("=> {name}{it}\n")).collect::<String>();
        let expected = if own == evcxr {
            lines("", own)
        } else {
            let because = self.because.iter().map(|it| format!("=> because: {it}\n")).collect::<String>();
            lines("own: ", own) + &lines("evcxr: ", evcxr) + &because
        };
        code + &expected
    }
}

fn written(head: &str, groups: &[Group]) -> String {
    let group = |group: &Group| {
        let cells: Vec<String> = group.cells.iter().map(Cell::written).collect();
        format!("## {}\n\n{}", group.title, cells.join("\n"))
    };
    format!("{head}{}", groups.iter().map(group).collect::<Vec<_>>().join("\n"))
}

/// Runs a file on one engine, replaces expected outcomes with the actual ones, and returns the differences. With
/// `batched`, the engine knows the cells of a group beforehand, and may compile them in batches.
fn run(engine: usize, groups: &mut [Group], folder: &Path, batched: bool) -> String {
    let mut wrong = String::new();
    let mut kept: Option<Cells> = None;
    for group in groups {
        // Ours starts quickly; the other one is cleared instead.
        let mut cells = match kept.take() {
            Some(mut cells) => {
                cells.run(":clear");
                cells
            }
            None if batched => {
                let code = group.cells.iter().map(|cell| cell.code.join("\n"));
                Cells::spawn_with_script(command(ENGINES[engine], folder, &[]), code)
            }
            None => Cells::start(ENGINES[engine], folder),
        };
        for cell in &mut group.cells {
            if cell.expected[engine] == [NOT_RUN] {
                continue;
            }
            let actual = cells.lines(&cell.code.join("\n"));
            if actual != cell.expected[engine] {
                let (name, code) = (ENGINES[engine], cell.code.join("\n"));
                let (expected, actual_text) = (cell.expected[engine].join("\n"), actual.join("\n"));
                wrong.push_str(&format!(
                    "\n## {}\n{code}\n--- expected of {name}\n{expected}\n--- actual\n{actual_text}\n",
                    group.title
                ));
                cell.expected[engine] = actual;
            }
        }
        if engine == EVCXR {
            kept = Some(cells);
        }
    }
    wrong
}

/// Cells on which the engines differ without a reason given.
fn without_reason(groups: &[Group]) -> String {
    let cells = groups.iter().flat_map(|group| &group.cells);
    let differ = cells.filter(|cell| cell.expected[OWN] != cell.expected[EVCXR] && cell.because.is_none());
    differ.map(|cell| format!("\nno reason is given for a difference:\n{}", cell.written())).collect()
}

/// Runs `tests/fixtures/engines/NAME.cells` in a folder that `prepare` has filled.
fn check_in(name: &str, prepare: impl FnOnce(&Path)) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/engines").join(format!("{name}.cells"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, mut groups) = read(&text);
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let mut wrong = without_reason(&groups);
    wrong += &run(OWN, &mut groups, folder.path(), false);
    if takes_every_way() {
        wrong += &run(OWN, &mut groups, folder.path(), true);
    }
    // The processes of evcxr are its own, whatever ours are limited to.
    if cfg!(feature = "evcxr") && std::env::var_os("FORWARD_PASS_POSIX").is_none() {
        wrong += &run(EVCXR, &mut groups, folder.path(), false);
    }
    if accepts() {
        std::fs::write(&path, written(&head, &groups)).unwrap();
    } else {
        assert!(wrong.is_empty(), "{wrong}\nto store the actual outcomes: {ACCEPT}=1 cargo test --all-features");
    }
}

fn check(name: &str) {
    check_in(name, |_| {});
}

#[test]
fn values() {
    check("values");
}

#[test]
fn items() {
    check("items");
}

#[test]
fn names() {
    check("names");
}

#[test]
fn flow() {
    check("flow");
}

#[test]
fn drops() {
    check("drops");
}

#[test]
fn closures() {
    check("closures");
}

#[test]
fn macros() {
    check("macros");
}

#[test]
fn threads() {
    check("threads");
}

#[test]
fn display() {
    check("display");
}

#[test]
fn commands() {
    check("commands");
}

#[test]
fn system() {
    check("system");
}

/// Each row of the table of features names a test that exists.
#[test]
fn the_table_of_features_names_existing_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(root.join("docs/engines.md")).unwrap();
    let mut rows = 0;
    for line in table.lines().filter(|line| line.starts_with("| ") && !line.ends_with("shown by |")) {
        let shown_by = line.trim_end_matches(" |").rsplit(" | ").next().unwrap().trim();
        let Some((file, heading)) = shown_by.split_once(": ") else {
            assert!(line.ends_with("| |"), "no test is named\n{line}");
            continue;
        };
        let exists = match file {
            "zoo" => root.join(format!("tests/fixtures/zoo/{heading}.ipynb")).is_file(),
            _ => std::fs::read_to_string(root.join(format!("tests/fixtures/engines/{file}.cells")))
                .is_ok_and(|text| text.lines().any(|line| line == format!("## {heading}"))),
        };
        assert!(exists, "`{shown_by}` does not exist, but is named in docs/engines.md\n{line}");
        rows += 1;
    }
    assert!(rows > 30, "{rows}");
}
