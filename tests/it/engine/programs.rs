//! Cells against the same lines in a `main` compiled by plain rustc: the same output, the same errors.
//!
//! The programs are of the kinds that the Rust book teaches with. A guard must not be taken again in a later cell: in a
//! `main` it would still be held.

use std::path::Path;
use std::process::Command;

use crate::support::cells::Cells;

/// A program: one cell, or several with `%%` between them.
const PROGRAMS: &[&str] = &[
    // Ownership.
    "let s1 = String::from(\"hello\"); let s2 = s1; println!(\"{s2}\");",
    "let s1 = String::from(\"hello\"); let s2 = s1.clone(); println!(\"{s1} {s2}\");",
    "fn takes(s: String) -> usize { s.len() } let s = String::from(\"abc\"); let n = takes(s); println!(\"{n}\");",
    "fn longest_of(a: String, b: String) -> (String, usize) { let n = a.len().max(b.len()); (a + &b, n) }\n\
     let (both, n) = longest_of(\"ab\".into(), \"c\".into()); println!(\"{both} {n}\");",
    "let mut s = String::new();\n%%\ns.push_str(\"one\");\n%%\nlet t = s; println!(\"{t}\");\n%%\nprintln!(\"{}\", t.len());",
    "let x = 5; { let x = x * 2; println!(\"{x}\"); } println!(\"{x}\");",
    // Borrowing and slices.
    "let mut s = String::from(\"a\"); { let r = &mut s; r.push('b'); } let r2 = &s; println!(\"{r2}\");",
    "let mut s = String::from(\"a\"); let r1 = &s; let r2 = &s; println!(\"{r1}{r2}\"); let r3 = &mut s; r3.push('c'); println!(\"{r3}\");",
    "fn first_word(s: &str) -> &str { s.split(' ').next().unwrap_or(\"\") }\n\
     let text = String::from(\"two words\"); let word = first_word(&text); println!(\"{word}\");\n%%\nprintln!(\"{}\", first_word(&text));",
    "let a = [1, 2, 3, 4]; let slice = &a[1..3]; println!(\"{slice:?} {}\", slice == [2, 3]);\n%%\nprintln!(\"{a:?}\");",
    "fn longest<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }\n\
     let a = String::from(\"long\"); { let b = String::from(\"x\"); let l = longest(&a, &b); println!(\"{l}\"); }",
    "struct Excerpt<'a> { part: &'a str } impl<'a> Excerpt<'a> { fn level(&self) -> usize { self.part.len() } }\n\
     let novel = String::from(\"Call me. Later\"); let first = novel.split('.').next().unwrap();\n\
     let e = Excerpt { part: first }; println!(\"{} {}\", e.part, e.level());\n%%\nprintln!(\"{novel}\");",
    "let mut v = vec![1, 2, 3]; for i in &mut v { *i *= 10; } let third = &v[2]; println!(\"{third}\");\n%%\nv.push(4); println!(\"{v:?}\");",
    "let mut v = vec![1, 2]; let (a, b) = v.split_at_mut(1); a[0] += b[0]; println!(\"{v:?}\");",
    "let mut names: Vec<&str> = Vec::new();\nlet owned = String::from(\"late\"); names.push(&owned); println!(\"{names:?}\");",
    "let mut total = 0; let r = &mut total; *r += 5; println!(\"{total}\");\n%%\ntotal += 1; println!(\"{total}\");",
    // Collections.
    "use std::collections::HashMap; let mut scores = HashMap::new(); scores.insert(String::from(\"b\"), 10);\n\
     let entry = scores.entry(String::from(\"b\")).or_insert(50); *entry += 1; println!(\"{scores:?}\");\n%%\n\
     let got = scores.get(\"b\").copied().unwrap_or(0); println!(\"{got}\");",
    "let text = \"a b a\"; let mut map = std::collections::BTreeMap::new();\n\
     for word in text.split_whitespace() { let count = map.entry(word).or_insert(0); *count += 1; } println!(\"{map:?}\");\n\
     %%\nlet most = map.iter().max_by_key(|(_, n)| **n); println!(\"{most:?}\");",
    "let mut v = vec![3, 1, 2]; v.sort(); let first = v.first(); if let Some(f) = first { println!(\"{f}\"); }\n%%\nv.clear(); println!(\"{}\", v.len());",
    "let hello = String::from(\"Здра\"); let part = &hello[0..4]; println!(\"{part}\"); for c in hello.chars() { print!(\"{c}-\"); } println!();",
    // Closures.
    "let add = |a: i32, b: i32| a + b; println!(\"{}\", add(1, 2));\n%%\nprintln!(\"{}\", add(3, 4));",
    "let list = vec![1, 2, 3]; let only_borrows = || println!(\"{list:?}\"); only_borrows(); println!(\"{}\", list.len());",
    "let mut list = vec![1, 2, 3]; let mut pushes = || list.push(7); pushes(); println!(\"{list:?}\");",
    "let mut count = 0; let mut inc = move || { count += 1; count }; inc(); println!(\"{}\", inc());\n%%\nprintln!(\"{}\", inc());",
    "let x = 4; let equal_to_x = |z| z == x; let y = 4; println!(\"{}\", equal_to_x(y));\n%%\nprintln!(\"{}\", x + y);",
    "fn apply<F: Fn(i32) -> i32>(f: F, x: i32) -> i32 { f(x) } let double = |x| x * 2; println!(\"{}\", apply(double, 4));\n%%\nprintln!(\"{} {}\", apply(&double, 5), double(6));",
    "fn make(n: i32) -> Box<dyn Fn(i32) -> i32> { Box::new(move |x| x + n) } let f = make(5); println!(\"{}\", f(1));\n%%\nprintln!(\"{}\", f(2));",
    "fn make(n: i32) -> impl Fn(i32) -> i32 { move |x| x * n } let f = make(5); let g = make(6); println!(\"{}\", f(1) + g(1));\n%%\nprintln!(\"{}\", f(g(2)));",
    "let s = String::from(\"moved\"); let consume = move || { println!(\"{s}\"); s };\n%%\nlet back = consume(); println!(\"{back}\");",
    "let shout = |s: &str| s.to_uppercase(); let owned = String::from(\"a\"); println!(\"{}\", shout(&owned));\n%%\nlet other = String::from(\"b\"); println!(\"{}\", [\"x\", &other].map(|s| shout(s)).join(\" \"));",
    "let compare = |a: &i32, b: &i32| b.cmp(a); let mut v = vec![1, 3, 2]; v.sort_by(compare); println!(\"{v:?}\");\n%%\nlet mut w = vec![5, 6]; w.sort_by(&compare); println!(\"{w:?}\");",
    // Iterators.
    "let v = vec![1, 2, 3]; let it = v.iter(); for x in it { println!(\"{x}\"); }\n%%\nlet total: i32 = v.iter().sum(); println!(\"{total}\");",
    "let v = vec![1, 2, 3]; let mut it = v.iter().map(|x| x + 1); println!(\"{:?} {:?}\", it.next(), it.next());",
    "let evens = (1..10).filter(|x| x % 2 == 0); let squares = evens.map(|x| x * x); println!(\"{:?}\", squares.collect::<Vec<_>>());",
    "let shoes = vec![(10, \"a\"), (13, \"b\")]; let size = 10; let mine: Vec<_> = shoes.into_iter().filter(|s| s.0 == size).collect(); println!(\"{mine:?}\");",
    "struct Counter(u32); impl Iterator for Counter { type Item = u32; fn next(&mut self) -> Option<u32> { self.0 += 1; (self.0 < 4).then_some(self.0) } }\n\
     let c = Counter(0); let pairs = c.zip(Counter(1)); println!(\"{:?}\", pairs.collect::<Vec<_>>());",
    "let text = String::from(\"b\\na\"); let mut lines: Vec<&str> = text.lines().collect(); lines.sort(); println!(\"{lines:?}\");",
    "let mut stack = vec![1, 2]; while let Some(top) = stack.pop() { println!(\"{top}\"); }",
    "let mut numbers = (0..5).skip(1).step_by(2).peekable(); println!(\"{:?}\", numbers.peek());\n%%\nprintln!(\"{:?}\", numbers.next());",
    // Threads and locks.
    "use std::thread; let v = vec![1, 2, 3]; let handle = thread::spawn(move || println!(\"{v:?}\")); handle.join().unwrap();",
    "use std::sync::{Arc, Mutex}; use std::thread; let counter = Arc::new(Mutex::new(0)); let mut handles = vec![];\n\
     for _ in 0..3 { let counter = Arc::clone(&counter); let handle = thread::spawn(move || { \
         let mut num = counter.lock().unwrap(); *num += 1; }); handles.push(handle); }\n\
     for handle in handles { handle.join().unwrap(); } println!(\"{}\", *counter.lock().unwrap());\n%%\nlet guard = counter.lock().unwrap(); println!(\"{}\", *guard);",
    "use std::sync::mpsc; use std::thread; let (tx, rx) = mpsc::channel(); let tx1 = tx.clone();\n\
     thread::spawn(move || tx.send(1).unwrap()).join().unwrap(); thread::spawn(move || tx1.send(2).unwrap()).join().unwrap();\n%%\nlet got: Vec<i32> = rx.iter().collect(); println!(\"{got:?}\");",
    "let mut v = vec![1, 2]; std::thread::scope(|s| { s.spawn(|| v.push(3)); }); let r = &v; println!(\"{r:?}\");",
    "use std::sync::Mutex; let m = Mutex::new(5); { let mut num = m.lock().unwrap(); *num = 6; } println!(\"{m:?}\");\n%%\nlet mut g = m.lock().unwrap(); *g += 1; println!(\"{}\", *g);",
    "let work = |n: u64| n * 2; let t = std::thread::spawn(move || work(21)); println!(\"{}\", t.join().unwrap());\n%%\nlet t = std::thread::spawn(move || work(4)); println!(\"{}\", t.join().unwrap());",
    // Traits and generics.
    "trait Summary { fn author(&self) -> String; fn text(&self) -> String { format!(\"by {}\", self.author()) } } struct Post { user: String }\n\
     impl Summary for Post { fn author(&self) -> String { self.user.clone() } } let p = Post { user: \"a\".into() }; let s: &dyn Summary = &p; println!(\"{}\", s.text());\n%%\nprintln!(\"{}\", p.text());",
    "fn largest<T: PartialOrd + Copy>(list: &[T]) -> T { let mut l = list[0]; for &i in list { if i > l { l = i; } } l } let v = [3, 5, 1]; println!(\"{} {}\", largest(&v), largest(&['a', 'z']));",
    "trait Draw { fn draw(&self) -> String; } struct B; struct C(i32); impl Draw for B { fn draw(&self) -> String { \"b\".into() } } impl Draw for C { fn draw(&self) -> String { self.0.to_string() } }\n\
     let parts: Vec<Box<dyn Draw>> = vec![Box::new(B), Box::new(C(2))]; let all: Vec<String> = parts.iter().map(|p| p.draw()).collect(); println!(\"{all:?}\");\n%%\nlet first = parts[0].as_ref(); println!(\"{}\", first.draw());",
    "use std::ops::Add; #[derive(Debug, Clone, Copy, PartialEq)] struct P { x: i32 } impl Add for P { type Output = P; fn add(self, o: P) -> P { P { x: self.x + o.x } } } let p = P { x: 1 } + P { x: 2 }; println!(\"{p:?}\");\n%%\nlet P { x } = p; println!(\"{x}\");",
    "use std::fmt; struct W(Vec<String>); impl fmt::Display for W { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, \"[{}]\", self.0.join(\", \")) } } let w = W(vec![\"a\".into()]); let r = &w; println!(\"{r}\");",
    // Smart pointers.
    "enum List { Cons(i32, Box<List>), Nil } use List::{Cons, Nil}; let list = Cons(1, Box::new(Cons(2, Box::new(Nil)))); let mut sum = 0; let mut at = &list; while let Cons(n, next) = at { sum += n; at = next; } println!(\"{sum}\");",
    "use std::rc::Rc; let a = Rc::new(5); let b = Rc::clone(&a); let view: &i32 = &a; println!(\"{} {view}\", Rc::strong_count(&b));",
    "use std::cell::RefCell; let c = RefCell::new(vec![1]); let seen = c.borrow(); println!(\"{}\", seen.len()); drop(seen); c.borrow_mut().push(2);\n%%\nlet all = c.borrow(); println!(\"{all:?}\");",
    "use std::rc::{Rc, Weak}; use std::cell::RefCell; struct Node { parent: RefCell<Weak<Node>>, n: i32 } let root = Rc::new(Node { parent: RefCell::new(Weak::new()), n: 1 });\n\
     let leaf = Rc::new(Node { parent: RefCell::new(Rc::downgrade(&root)), n: 2 }); let up = leaf.parent.borrow().upgrade(); println!(\"{:?} {}\", up.map(|p| p.n), leaf.n);",
    "let b = Box::new(5); let r = &*b; let boxed: Box<dyn Fn() -> i32> = Box::new(|| *r + 1); println!(\"{}\", boxed());",
    "struct D(&'static str); impl Drop for D { fn drop(&mut self) { println!(\"drop {}\", self.0); } } let d = D(\"a\"); drop(d); { let _e = D(\"b\"); } println!(\"end\");",
    // Errors.
    "let n: Result<i32, _> = \"12\".parse::<i32>(); let r = n.as_ref(); println!(\"{:?}\", r.ok());",
    "let e = \"x\".parse::<i32>().unwrap_err(); let shown = e.to_string(); let d: &dyn std::error::Error = &e; println!(\"{shown} {}\", d.to_string() == shown);",
    "fn half(n: i32) -> Option<i32> { (n % 2 == 0).then(|| n / 2) } let Some(h) = half(4) else { panic!() }; let m = match half(3) { Some(n) => n, None => -1 }; println!(\"{h} {m}\");",
    // Patterns and enums.
    "#[derive(Debug)] enum Coin { Penny, Quarter(String) } let c = Coin::Quarter(\"Ohio\".into()); if let Coin::Quarter(state) = &c { println!(\"{state}\"); } println!(\"{c:?} {:?}\", Coin::Penny);",
    "let msg = Some(String::from(\"a\")); match &msg { Some(m) if m.len() == 1 => println!(\"one {m}\"), _ => println!(\"other\") } let len = msg.as_ref().map(String::len); println!(\"{len:?}\");",
    "let v = vec![(1, 'a'), (2, 'b')]; for (i, (n, c)) in v.iter().enumerate() { println!(\"{i}{n}{c}\"); } let [first, ..] = v.as_slice() else { panic!() }; println!(\"{first:?}\");",
    "let robot = Some(String::from(\"Bors\")); if let Some(ref name) = robot { println!(\"{name}\"); } let named = robot.as_deref().unwrap_or(\"none\"); println!(\"{named}\");",
];

/// Programs that plain rustc refuses.
const REFUSED: &[&str] = &[
    "let s1 = String::from(\"hello\"); let s2 = s1; println!(\"{s1}\");",
    "let mut v = vec![1]; let first = &v[0]; v.push(2); println!(\"{first}\");",
    "let mut s = String::new(); let a = &mut s; let b = &mut s; a.push('x'); b.push('y');",
    "let r; { let x = 5; r = &x; } println!(\"{r}\");",
    "let v = vec![1]; let h = std::thread::spawn(|| println!(\"{v:?}\")); h.join().unwrap();",
    "let s = String::from(\"a\"); let r = &s; let t = s; println!(\"{r}{t}\");",
    "let x = 5; x = 6; println!(\"{x}\");",
    "let s = String::from(\"a\"); s.push('b');",
    "let mut x = 5; let r = &x; x = 6; println!(\"{r}\");",
    "let s = String::from(\"a\"); let f = move || s.len(); println!(\"{s} {}\", f());",
    "let mut v = vec![1]; let mut add = || v.push(2); println!(\"{v:?}\"); add();",
    "let r: &String = &String::from(\"a\"); let u: &'static String = r;",
    "use std::rc::Rc; let r = Rc::new(1); std::thread::spawn(move || println!(\"{r}\"));",
    "fn f() -> &String { todo!() }",
    "let v: Vec<i32> = vec![\"a\"];",
];

fn rustc() -> Command {
    Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// What each program prints, compiled as one crate, with a `main` for each.
fn printed_by_rustc(programs: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("#![allow(warnings)]\n");
    for (at, program) in programs.iter().enumerate() {
        text.push_str(&format!("mod p{at} {{ pub fn main() {{\n{}\n}} }}\n", program.replace("\n%%\n", "\n")));
    }
    let calls: String = (0..programs.len()).map(|at| format!("p{at}::main(); println!(\"%%\");\n")).collect();
    text.push_str(&format!("fn main() {{\n{calls}}}\n"));
    let (source, program) = (folder.path().join("programs.rs"), folder.path().join("programs"));
    std::fs::write(&source, text).unwrap();
    let built = rustc().args(["--edition=2024", "-o"]).arg(&program).arg(&source).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let output = Command::new(program).output().unwrap();
    String::from_utf8_lossy(&output.stdout).split("%%\n").map(str::to_owned).collect()
}

/// The codes of the errors that rustc has for a program.
fn errors_of_rustc(program: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("main.rs");
    std::fs::write(&source, format!("#![allow(warnings)]\nfn main() {{\n{program}\n}}\n")).unwrap();
    let out = rustc().args(["--edition=2024", "--emit=metadata", "--out-dir"]).arg(folder.path()).arg(&source).output();
    let text = String::from_utf8(out.unwrap().stderr).unwrap();
    let errors = text.lines().filter(|line| line.starts_with("error") && !line.contains("aborting"));
    errors
        .map(|line| line.split(':').next().unwrap().trim_matches(|c: char| !c.is_alphanumeric()).replace("error[", ""))
        .collect()
}

/// What a program prints as cells, and how its cells end where one does not pass.
fn printed_by_cells(cells: &mut Cells, program: &str) -> String {
    let mut printed = String::new();
    for code in program.split("\n%%\n") {
        let answer = cells.run(code);
        for output in answer["outputs"].as_array().unwrap() {
            printed.push_str(output["stdout"].as_str().unwrap_or_default());
        }
        if answer["end"] != "Passed" {
            printed.push_str(&format!("{}\n", answer["end"]));
        }
    }
    printed
}

#[test]
fn a_program_prints_the_same_as_in_a_main() {
    let expected = printed_by_rustc(PROGRAMS);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut alone = Cells::start("own", folder);
    let mut wrong = String::new();
    for (program, expected) in PROGRAMS.iter().zip(&expected) {
        alone.run(":clear");
        let mut actual = vec![printed_by_cells(&mut alone, program)];
        if program.contains("\n%%\n") {
            let script = program.split("\n%%\n").map(str::to_owned);
            let mut batched = Cells::spawn_with_script(crate::support::cells::command("own", folder, &[]), script);
            actual.push(printed_by_cells(&mut batched, program));
        }
        for actual in actual.iter().filter(|actual| *actual != expected) {
            wrong.push_str(&format!("{program}\n--- in a main\n{expected}--- as cells\n{actual}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_program_that_rustc_refuses_has_the_same_errors() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    let mut wrong = String::new();
    for program in REFUSED {
        cells.run(":clear");
        let expected = errors_of_rustc(program);
        let lines = cells.lines(program);
        let actual: Vec<String> =
            lines.iter().filter_map(|line| Some(line.strip_prefix("error ")?.split(' ').next()?.to_owned())).collect();
        if actual != expected {
            wrong.push_str(&format!("{program}\nin a main {expected:?}\nas a cell {actual:?}\n{}\n", lines.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
