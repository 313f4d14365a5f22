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
    let cells: Vec<String> = read(&format!("cells/{notebook}.rs")).split("\n%%\n").map(str::to_owned).collect();
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
    // One name is bound where the cursor is, and one method is written below it.
    let least = [("own member", 109), ("own path", 45), ("own name", 94), ("std member", 110), ("std path", 50)];
    let others = [("use path", 30), ("macro", 20), ("keyword", 15), ("outside", 25)];
    for (kind, least) in least.into_iter().chain(others) {
        let (hits, all) = scores[kind];
        assert!(hits >= least, "{kind}: {hits} of {all}, at least {least}\n{}", missed.join("\n"));
    }
}

const SESSION: &str = "use std::collections::HashMap;
#[derive(Debug, Clone)]
/// A place.
struct Point { xcoord: f64, ycoord: f64 }
impl Point {
    /// Its distance from the origin.
    fn norm(&self) -> f64 { self.xcoord.hypot(self.ycoord) }
    fn origin() -> Point { Point { xcoord: 0.0, ycoord: 0.0 } }
}
enum Shade { Dark, Light(u8), Mixed { part: f64 } }
trait Area { fn area(&self) -> f64; }
impl Area for Point { fn area(&self) -> f64 { 0.0 } }
struct S { field: i32 }
macro_rules! twice { ($e:expr) => { $e + $e } }
mod inner { pub fn helper() {} fn hidden() {} pub struct Part { pub side: u8, secret: u8 } }
fn describe(alpha: i32, point: &Point) -> Option<String> { None }";

fn names() -> Names {
    let variable = |name: &str, ty: &str| (name.to_owned(), ty.to_owned());
    Names {
        variables: vec![
            variable("p", "Point"),
            variable("name", "String"),
            variable("s", "S"),
            variable("v", "Vec<Point>"),
            variable("n", "i32"),
            variable("map", "HashMap<String, Vec<f64>>"),
            variable("opt", "Option<Point>"),
            variable("part", "Part"),
            variable("shade", "Shade"),
            variable("cb", "Box<dyn Fn(i32) -> Point + Send + Sync>"),
        ],
        sources: vec![SESSION.to_owned()],
        folder: folder(),
        ..Names::default()
    }
}

const ITERATOR: &str = "map filter collect fold zip enumerate";
const LIBRARY: &str = "sigmoid Network figsize fit adam arange accuracy activate";

/// The code before the cursor, what must come, and what must not come at all.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str)] = &[
    ("p.", "xcoord ycoord norm area clone", ITERATOR),
    ("p.x", "xcoord", LIBRARY),
    ("p.xcoord.sq", "sqrt", "norm"),
    ("p.norm().", "abs", "xcoord map"),
    ("Point::", "norm origin", "xcoord map fold"),
    ("Point { xc", "xcoord", "norm"),
    ("let q = Point { xcoord: 1.0, y", "ycoord", "xcoord"),
    ("std::collec", "collections", LIBRARY),
    ("use std::collections::Ha", "HashMap HashSet", "Point"),
    ("use std::{fs, collections::{BTr", "", "fs"),
    ("use std::{fs, collections::{BTree", "BTreeMap BTreeSet", "fs"),
    ("String::fr", "from from_utf8", "len"),
    ("Vec::<i32>::wi", "with_capacity", ""),
    ("i32::MA", "MAX", ""),
    ("<Point as Area>::", "area", "norm origin clone"),
    ("return <Point as Area>::", "area", "norm origin clone"),
    ("<Point>::", "norm origin", "map"),
    ("<Vec<i32>>::wi", "with_capacity", "norm"),
    ("let next = <std::vec::IntoIter<u8> as Iterator>::ne", "next", "new"),
    ("<Vec<i32> as Default>::d", "default", "drain dedup"),
    ("std::fs::read", "read read_to_string read_dir", "write"),
    ("serde_json::to_", "", "to_string to_owned"),
    ("eprin", "eprintln! eprint!", ""),
    ("#[der", "derive", "default"),
    ("#[derive(De", "Debug Default", "derive"),
    ("fn foo(alpha: i32) { let beta = al", "alpha", ""),
    ("fn foo(alpha: i32) { alp", "alpha", LIBRARY),
    ("name.len().", "pow to_string", LIBRARY),
    ("name.len().", "pow", "chars push_str map"),
    ("s.fi", "field", LIBRARY),
    ("unknown_thing().", "", "map clone abs len"),
    ("unknown_thing().fi", "field", "filter find fill"),
    ("v.iter().map(|point| point.", "xcoord norm", ITERATOR),
    ("v.iter().filter(|point| point.norm() > 1.0).", "count map collect", "xcoord push"),
    ("v[0].", "xcoord norm", ITERATOR),
    ("v.first().", "map unwrap is_some", "xcoord"),
    ("v.first().unwrap().", "xcoord", "unwrap"),
    ("v.", "len push iter", "fold xcoord"),
    ("for point in &v { point.", "xcoord", "iter"),
    ("for (key, values) in &map { values.", "len iter", "keys"),
    ("for (key, values) in &map { key.", "len chars", "keys"),
    ("if let Some(q) = opt { q.", "xcoord norm", "unwrap"),
    ("match opt { Some(place) => place.", "xcoord", "unwrap"),
    ("match shade { Shade::", "Dark Light Mixed", "norm"),
    ("match shade { Shade::Light(level) => level.", "pow", "xcoord"),
    ("match shade { Shade::Mixed { pa", "part", ""),
    ("map.en", "entry", "enumerate"),
    ("map.entry(name).or_default().", "push len", "entry"),
    ("map[\"a\"].", "len", "keys"),
    ("map.get(\"a\").", "map unwrap", "keys"),
    ("describe(1, &p).", "map unwrap is_some", "len"),
    ("describe(1, &p).unwrap().", "len chars", "xcoord"),
    ("cb(1).", "xcoord norm", "map"),
    ("twi", "twice!", ""),
    ("inner::", "helper Part", "hidden"),
    ("let t: Po", "Point", "pow"),
    ("fn f<T: Area>(shape: &T) { shape.", "area", "norm xcoord map clone"),
    ("fn f(p: impl Iterator<Item = Point>) { p.", "map count next", "norm"),
    ("fn f(p: impl Iterator<Item = Point>) { for one in p { one.", "norm", "map"),
    ("impl Point { fn far(&self) -> bool { self.", "xcoord norm", "map"),
    ("impl Point { fn far(&self) -> bool { Self::or", "origin", ""),
    ("struct New { a: u8 } let q = New { a: 1 }; q.", "a", "xcoord map"),
    ("let text = \"é😀\"; text.to_up", "to_uppercase", ""),
    ("let x = 1..5; x.", "map rev sum", "xcoord"),
    ("let pair = (1, name); pair.1.le", "len", ""),
    ("let c = 'a'; c.is_al", "is_alphabetic is_alphanumeric", ""),
    ("// p.", "", "xcoord"),
    ("println!(\"p.", "", "xcoord"),
    ("println!(\"{na", "name", "norm"),
    ("std::fs::read_to_string(\"cel", "cells/", "name"),
    ("f64::consts::P", "", "Point"),
    ("std::f64::consts::P", "PI", "Point"),
    ("let y = 1.", "", "abs pow"),
    ("fn f<'text>(a: &'te", "text", "std"),
    ("use std::io::Read; std::fs::File::open(\"a\").unwrap().rea", "read_to_string read", ""),
    ("std::fs::File::open(\"a\").unwrap().read_to_s", "", "read_to_string"),
    ("fn ", "", "Point for"),
    ("let b = Box::new(p); b.", "xcoord norm", ITERATOR),
    ("let r = std::rc::Rc::new(p); r.", "xcoord norm", "map to_string cmp"),
    ("let t = (1, name); t.1.", "len chars", ITERATOR),
    ("match shade { Shade::Light(level) if level.", "pow", "xcoord"),
    ("use std::f", "fs fmt", "Point"),
];

#[test]
fn what_fits_comes_and_what_does_not_stays_away() {
    let names = names();
    let mut wrong = Vec::new();
    for (code, come, stay) in CASES {
        let found = offered(&names, code);
        // Behind a bare dot everything is listed, and only the session's own must come first.
        let first = if code.ends_with('.') { usize::MAX } else { 10 };
        let missing = come.split_whitespace().filter(|wanted| !found.iter().take(first).any(|name| name == wanted));
        let noise = stay.split_whitespace().filter(|unwanted| found.iter().any(|name| name == unwanted));
        let (missing, noise): (Vec<_>, Vec<_>) = (missing.collect(), noise.collect());
        if !missing.is_empty() || !noise.is_empty() {
            wrong.push(format!("{code}| without {missing:?}, with {noise:?}: {:?}", &found[..found.len().min(12)]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn any_beginning_of_any_cell_can_be_completed() {
    let names = names();
    for file in std::fs::read_dir(folder().join("cells")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(997).collect();
        for end in ends {
            let (start, found) = complete_within(&text[..end], &names, PATIENCE);
            assert!(found.iter().all(|one| one.name.starts_with(&text[start..end])), "{}", &text[..end]);
        }
    }
}

#[test]
fn the_thread_ends_after_a_rest_and_starts_again() {
    let mut worker = None;
    let mut thread = |pause| {
        std::thread::sleep(Duration::from_millis(pause));
        let (sender, answer) = std::sync::mpsc::channel();
        let job = Box::new(move || sender.send(std::thread::current().id()).unwrap_or_default());
        let is_new = super::send(&mut worker, Duration::from_millis(300), job);
        (is_new, answer.recv_timeout(PATIENCE).unwrap())
    };
    let [first, second, third] = [thread(0), thread(0), thread(2000)];
    assert_eq!([first.0, second.0, third.0], [true, false, true]);
    assert!(first.1 == second.1 && second.1 != third.1, "{first:?} {second:?} {third:?}");
}
