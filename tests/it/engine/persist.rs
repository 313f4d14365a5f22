//! Which variables of a cell persist: those that own their data, and closures that own what they use.
//!
//! Every one of these cells is valid in a `main`, and runs.

use std::path::Path;

use crate::support::cells::Cells;

/// A cell, and the names of the variables that persist.
const CELLS: &[(&str, &str)] = &[
    // Borrows.
    ("let s = String::from(\"a\"); let r = &s; println!(\"{r}\");", "s"),
    ("let mut s = String::from(\"a\"); let r = &mut s; r.push('b');", "s"),
    ("let v = vec![1, 2, 3]; let tail = &v[1..]; let n = tail.len();", "n v"),
    ("let text = String::from(\"a b\"); let parts: Vec<&str> = text.split(' ').collect();", "text"),
    (
        "let text = String::from(\"a=b\"); let (k, v) = text.split_once('=').unwrap(); let n = k.len() + v.len();",
        "n text",
    ),
    ("let mut v = vec![1]; let first = &v[0]; let one = *first; v.push(2);", "one v"),
    ("let mut v = vec![1]; let last = v.last_mut(); if let Some(x) = last { *x = 5; } let n = v.len();", "n v"),
    ("let a = 1; let b = 2; let larger = if a > b { &a } else { &b }; let c = *larger;", "a b c"),
    ("let x = 5; let r = &x; let rr = &r; let y = **rr;", "x y"),
    ("let r = &5; let t: &'static str = \"t\"; let c = r;", "c r t"),
    ("let r = &String::from(\"temporary\"); let n = r.len();", "n"),
    ("let (ref r, n) = (String::from(\"r\"), 3); let k = r.len();", "k n"),
    (
        "let names = [String::from(\"b\"), String::from(\"a\")]; let mut by: Vec<&String> = names.iter().collect(); by.sort();",
        "names",
    ),
    (
        "struct Part<'a>(&'a str); let s = String::from(\"a.b\"); let p = Part(s.split('.').next().unwrap()); let n = p.0.len();",
        "n s",
    ),
    (
        "use std::borrow::Cow; let s = String::from(\"a\"); let c: Cow<str> = Cow::Borrowed(&s); let o: Cow<str> = Cow::Owned(s.clone());",
        "o s",
    ),
    ("let a = [1, 2, 3]; let (left, right) = a.split_at(1); let sum = left[0] + right[0];", "a sum"),
    ("let b = Box::new(5); let r = &*b; let n = *r;", "b n"),
    ("let o = Some(String::from(\"a\")); let r = o.as_ref(); let n = r.map(|s| s.len());", "n o"),
    ("let mut o = Some(3); if let Some(x) = &mut o { *x += 1; } let r = &o; let k = r.is_some();", "k o"),
    ("let s = String::from(\"é\"); let b = s.as_bytes(); let c = s.chars(); let n = b.len() + c.count();", "n s"),
    // Maps and collections.
    (
        "use std::collections::HashMap; let mut m = HashMap::from([(\"a\", 1)]); let e = m.entry(\"a\").or_insert(0); *e += 1;",
        "m",
    ),
    (
        "use std::collections::HashMap; let m = HashMap::from([(1, 2)]); let got = m.get(&1); let n = got.copied();",
        "m n",
    ),
    (
        "use std::collections::BTreeMap; let m = BTreeMap::from([(1, 2)]); let r = m.range(0..); let n = r.count();",
        "m n",
    ),
    ("let mut v = vec![3, 1]; let d = v.drain(..); let w: Vec<i32> = d.collect();", "v w"),
    ("let mut v = vec![3, 1]; let d = v.drain(..1); let n = 1;", "n v"),
    ("let v = vec![1, 2]; let mut it = v.iter(); let one = it.next().copied(); let rest = it.len();", "one rest v"),
    ("let v = vec![1, 2]; let mut it = v.into_iter(); let one = it.next();", "it one"),
    ("let v = vec![1, 2]; let p = v.iter().peekable(); let w = v.windows(2); let n = w.count();", "n v"),
    // Guards.
    ("use std::sync::Mutex; let m = Mutex::new(1); let mut g = m.lock().unwrap(); *g += 1;", "m"),
    ("use std::sync::Mutex; let m = Mutex::new(1); let g = m.lock().unwrap(); let n = *g; drop(g);", "m n"),
    (
        "use std::sync::{Arc, Mutex}; let m = Arc::new(Mutex::new(1)); let g = m.lock().unwrap(); let c = Arc::clone(&m); let n = *g;",
        "c m n",
    ),
    ("use std::sync::RwLock; let l = RwLock::new(vec![1]); let r = l.read().unwrap(); let n = r.len();", "l n"),
    ("use std::cell::RefCell; let c = RefCell::new(1); let mut b = c.borrow_mut(); *b = 2;", "c"),
    (
        "use std::cell::RefCell; use std::rc::Rc; let c = Rc::new(RefCell::new(1)); let b = c.borrow(); let n = *b; let d = c.clone();",
        "c d n",
    ),
    (
        "use std::cell::RefCell; let c = RefCell::new(1); let a = c.borrow(); let b = c.borrow(); let n = *a + *b;",
        "c n",
    ),
    (
        "use std::io::Write; let out = std::io::stdout(); let mut lock = out.lock(); writeln!(lock, \"a\").unwrap(); let n = 1;",
        "lock n out",
    ),
    // Closures.
    ("let add = |a: i32, b: i32| a + b; let three = add(1, 2);", "add three"),
    ("let n = 3; let add = move |x: i32| x + n;", "add n"),
    ("let n = 3; let add = |x: i32| x + n; let k = add(1);", "k n"),
    ("let mut c = 0; let mut up = move || { c += 1; c }; let one = up();", "c one up"),
    ("let mut c = 0; let mut up = || c += 1; up(); up();", "c"),
    ("let s = String::from(\"a\"); let once = move || s;", "once"),
    ("let len = |s: &str| s.len(); let n = len(\"abc\");", "len n"),
    ("let first = |s: &str| -> Option<char> { s.chars().next() };", "first"),
    ("let same = |v: &Vec<i32>| -> usize { v.len() }; let v = vec![1]; let n = same(&v);", "n same v"),
    ("let rc = std::rc::Rc::new(2); let r = rc.clone(); let by = move |x: i32| x * *r;", "by rc"),
    ("fn adder(n: i32) -> impl Fn(i32) -> i32 { move |x| x + n } let a = adder(1); let b = adder(2);", "a b"),
    (
        "fn both<A>(f: impl Fn(A) -> A, g: impl Fn(A) -> A) -> impl Fn(A) -> A { move |x| g(f(x)) } let h = both(|x: i32| x + 1, |x| x * 2);",
        "h",
    ),
    ("fn twice(x: i32) -> i32 { 2 * x } let f = twice; let g: fn(i32) -> i32 = twice;", "f g"),
    ("let f = str::len; let n = f(\"ab\");", "f n"),
    ("let mut v = vec![3, 1, 2]; let key = |x: &i32| -*x; v.sort_by_key(key);", "key v"),
    ("let evens = (1..10).filter(|x| x % 2 == 0); let n = 1;", "n"),
    ("let squares = (1..4).map(|x| x * x); let v: Vec<i32> = squares.collect();", "v"),
    ("let fs: Vec<Box<dyn Fn(i32) -> i32>> = vec![Box::new(|x| x + 1), Box::new(|x| x * 2)];", "fs"),
    (
        "let greeting = String::from(\"hi\"); let greet = |name: &str| format!(\"{greeting} {name}\"); let g = greet(\"a\");",
        "g greeting",
    ),
    // Threads.
    (
        "use std::sync::mpsc; let (tx, rx) = mpsc::channel(); let h = std::thread::spawn(move || tx.send(1).unwrap()); h.join().unwrap();",
        "rx",
    ),
    (
        "let v = vec![1, 2]; let sum = std::thread::scope(|s| s.spawn(|| v.iter().sum::<i32>()).join().unwrap());",
        "sum v",
    ),
    // What the cell itself moves, leaves without a value or shadows.
    ("let s = String::from(\"a\"); let t = s; let later: i32; let n = 1;", "n t"),
    ("let s = String::from(\"a\"); let s = &s; let n = s.len();", "n"),
    ("let s = String::from(\"a b\"); let s = s.split(' ').count();", "s"),
    ("let f = async { 1 }; let n = 2;", "n"),
    // The borrow is made in a closure, which is all that rustc names.
    (
        "let title = \"class\"; let class = vec![String::from(\"Ada\")]; let names: Vec<&str> = class.iter().map(|name| name.as_str()).collect();",
        "class title",
    ),
    (
        "let rows = vec![(1, String::from(\"a\"))]; let longest = rows.iter().map(|row| &row.1).max(); let count = rows.len();",
        "count rows",
    ),
    (
        "struct P { name: String } let all = vec![P { name: String::new() }]; let found = all.iter().find(|p| p.name.is_empty()).map(|p| &p.name); let n = 3;",
        "all n",
    ),
    ("let v = vec![1, 2]; let f: Box<dyn Fn(i32) -> bool> = Box::new(|x| v.contains(&x)); let yes = f(1);", "v yes"),
    (
        "let v = vec![1, 2, 3]; let windows: Vec<&[i32]> = v.windows(2).collect(); let sums: Vec<i32> = windows.iter().map(|w| w.iter().sum()).collect();",
        "sums v",
    ),
    (
        "let m = std::collections::HashMap::from([(String::from(\"a\"), 1)]); let best = m.iter().max_by_key(|(_, n)| **n).map(|(name, _)| name);",
        "m",
    ),
];

#[test]
fn of_sixty_valid_cells_everything_persists_that_can() {
    assert!(CELLS.len() >= 60, "{}", CELLS.len());
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    let mut wrong = String::new();
    for (code, persist) in CELLS {
        cells.run(":clear");
        let lines = cells.lines(code);
        let vars = cells.lines(":vars");
        let names = vars.iter().filter_map(|line| Some(line.strip_prefix("= ")?.split_once(": ")?.0));
        let names: Vec<&str> = names.collect();
        if names.join(" ") != *persist || lines.iter().any(|line| line.starts_with("error")) {
            wrong.push_str(&format!(
                "{code}\nexpected {persist}\nactual   {}\n{}\n\n",
                names.join(" "),
                lines.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
