//! Completion judged: the 500 points of `tests/completion`, and places where specific names must or must not come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Names, complete_within};

/// A debug build on a busy machine is slow; the times are printed.
const PATIENCE: Duration = Duration::from_secs(60);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/completion")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

fn offered(names: &Names, code: &str) -> Vec<String> {
    let (_, found) = complete_within(code, names, PATIENCE);
    found.into_iter().map(|one| one.name).collect()
}

/// The session before a cell.
fn session(notebook: &str, cell: usize, variables: &Value) -> (Names, Vec<String>) {
    let cells: Vec<String> =
        read(&format!("cells/{notebook}.rs")).split("\n%%\n").map(str::to_owned).collect();
    let known = if cell == 0 { &Value::Null } else { &variables[notebook][cell - 1] };
    let known = known.as_object().into_iter().flatten();
    let names = Names {
        variables: known.map(|(name, ty)| (name.clone(), ty.as_str().unwrap_or_default().to_owned())).collect(),
        sources: cells[..cell].to_vec(),
        folder: folder().join("cells"),
        ..Names::default()
    };
    (names, cells)
}

#[test]
fn the_points_are_hit() {
    let variables: Value = serde_json::from_str(&read("variables.json")).unwrap();
    let (mut scores, mut times, mut missed) = (BTreeMap::new(), Vec::new(), Vec::new());
    for line in read("points.jsonl").lines() {
        let point: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| point[key].as_str().unwrap();
        let number = |key: &str| usize::try_from(point[key].as_u64().unwrap()).unwrap();
        let (names, cells) = session(text("notebook"), number("cell"), &variables);
        let cell = &cells[number("cell")];
        let before: String = cell.chars().take(number("at")).collect();
        let begun = Instant::now();
        let found = offered(&names, &before);
        times.push(begun.elapsed());
        let want = text("want");
        let is_hit = found.iter().take(10).any(|name| name.trim_end_matches('!') == want);
        let score: &mut (u32, u32) = scores.entry(text("kind").to_owned()).or_default();
        score.0 += u32::from(is_hit);
        score.1 += 1;
        if !is_hit {
            let line = before.rsplit('\n').next().unwrap_or_default();
            missed.push(format!("{} {want}: {line}| {:?}", text("notebook"), &found[..found.len().min(6)]));
        }
    }
    times.sort();
    let table: String = scores.iter().map(|(kind, (hits, all))| format!("{kind:12} {hits:3} of {all}\n")).collect();
    println!("{table}median {:?}, worst {:?}\n{}", times[times.len() / 2], times[times.len() - 1], missed.join("\n"));
    let least = [
        ("keyword", 100),
    ];
    for (kind, percent) in least {
        let (hits, all) = scores[kind];
        assert!(hits * 100 >= all * percent, "{kind}: {hits} of {all}, at least {percent} %\n{}", missed.join("\n"));
    }
}

#[test]
#[ignore]
fn debug() {
    let variables: Value = serde_json::from_str(&read("variables.json")).unwrap();
    let (names, cells) = session("library", 2, &variables);
    println!("{:?} {:?}", names.variables, offered(&names, "same."));
    println!("{:?} {:?}", names.variables, offered(&names, "novel."));
    let (names, cells) = session("matrix", 1, &variables);
    println!("{:?} {:?}", names.variables, offered(&names, "mod linear2 { pub struct M { rows: usize } impl M { fn z(r: usize) -> M { M { rows: r } } fn id(size: usize) -> M { let mut matrix = M::z(3); for x in 0..size { matrix."));
}
