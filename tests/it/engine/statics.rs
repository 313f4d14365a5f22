//! The user's own statics persist over cells, and start again when their definitions change.

use std::path::Path;

use super::{Place, has};
use crate::support::cells::{Cells, command};
use crate::support::takes_every_way;

/// The items of the first cell, what both cells end with, and what they show.
const FORMS: &[(&str, &str, &str, &str)] = &[
    ("static N: AtomicU32 = AtomicU32::new(0);", "N.fetch_add(1, SeqCst)", "0", "1"),
    ("static N: AtomicU32 = AtomicU32::new(7);", "N.fetch_add(1, SeqCst)", "7", "8"),
    ("pub(crate) static ON: AtomicBool = AtomicBool::new(false);", "ON.swap(true, SeqCst)", "false", "true"),
    ("static mut RAW: [u8; 4] = [1; 4];", "unsafe { RAW[1] += 1; RAW }", "[1, 2, 1, 1]", "[1, 3, 1, 1]"),
    ("static mut ZERO: u64 = 0;", "unsafe { ZERO += 1; ZERO }", "1", "2"),
    (
        "static LIST: Mutex<Vec<String>> = Mutex::new(Vec::new());",
        "{ let mut l = LIST.lock().unwrap(); l.push(\"a\".into()); l.len() }",
        "1",
        "2",
    ),
    (
        "static MAP: RwLock<BTreeMap<u8, u8>> = RwLock::new(BTreeMap::new());",
        "{ let n = MAP.read().unwrap().len() as u8; MAP.write().unwrap().insert(n, n); n }",
        "0",
        "1",
    ),
    (
        "struct P { a: i64 } static PS: Mutex<Vec<P>> = Mutex::new(Vec::new());",
        "{ PS.lock().unwrap().push(P { a: 4 }); PS.lock().unwrap().iter().map(|p| p.a).sum::<i64>() }",
        "4",
        "8",
    ),
    ("static ONCE: OnceLock<u8> = OnceLock::new();", "ONCE.set(1).is_ok()", "true", "false"),
    (
        "static LAZY: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(|| { println!(\"made\"); Mutex::new(vec![9]) });",
        "{ LAZY.lock().unwrap().push(1); LAZY.lock().unwrap().len() }",
        "2",
        "3",
    ),
    (
        "static TEXT: OnceLock<String> = OnceLock::new(); fn text() -> &'static str { TEXT.get_or_init(|| std::process::id().to_string()) }",
        "text().as_ptr() == TEXT.get().unwrap().as_ptr()",
        "true",
        "true",
    ),
    (
        "fn next() -> u32 { static ID: AtomicU32 = AtomicU32::new(1); ID.fetch_add(1, SeqCst) }",
        "(next(), next())",
        "(1, 2)",
        "(3, 4)",
    ),
    (
        "fn two() -> u32 { let a = { static ID: AtomicU32 = AtomicU32::new(1); ID.fetch_add(1, SeqCst) }; static ID: AtomicU32 = AtomicU32::new(10); a + ID.fetch_add(1, SeqCst) }",
        "two()",
        "11",
        "13",
    ),
    (
        "fn generic<T>(_: T) -> u32 { static G: AtomicU32 = AtomicU32::new(0); G.fetch_add(1, SeqCst) }",
        "(generic(1u8), generic(\"a\"))",
        "(0, 1)",
        "(2, 3)",
    ),
    (
        "fn closed() -> u32 { let f = || { static IN: AtomicU32 = AtomicU32::new(0); IN.fetch_add(1, SeqCst) }; f() + f() }",
        "closed()",
        "1",
        "5",
    ),
    (
        "struct A; impl A { fn next(&self) -> u32 { static N: AtomicU32 = AtomicU32::new(0); N.fetch_add(1, SeqCst) } }",
        "A.next()",
        "0",
        "1",
    ),
    (
        "struct A; impl A { fn next() -> u32 { static N: AtomicU32 = AtomicU32::new(0); N.fetch_add(1, SeqCst) } } struct B; impl B { fn next() -> u32 { static N: AtomicU32 = AtomicU32::new(50); N.fetch_add(1, SeqCst) } }",
        "(A::next(), B::next())",
        "(0, 50)",
        "(1, 51)",
    ),
    (
        "trait Count { fn next(&self) -> u32; } impl Count for Vec<Box<dyn Fn(u8) -> u8>> { fn next(&self) -> u32 { static N: AtomicU32 = AtomicU32::new(0); N.fetch_add(1, SeqCst) } }",
        "Vec::<Box<dyn Fn(u8) -> u8>>::new().next()",
        "0",
        "1",
    ),
    (
        "trait Count { fn next(&self) -> u32 { static N: AtomicU32 = AtomicU32::new(0); N.fetch_add(1, SeqCst) } } impl Count for u8 {} impl Count for u16 {}",
        "(1u8.next(), 1u16.next())",
        "(0, 1)",
        "(2, 3)",
    ),
    (
        "mod deep { pub mod er { use std::sync::atomic::*; pub static D: AtomicU8 = AtomicU8::new(0); } }",
        "deep::er::D.fetch_add(1, SeqCst)",
        "0",
        "1",
    ),
    (
        "static A: AtomicU32 = AtomicU32::new(0); static B: &AtomicU32 = &A; static TABLE: [&AtomicU32; 2] = [&A, &A];",
        "(A.fetch_add(1, SeqCst), B.load(SeqCst), TABLE[1].load(SeqCst))",
        "(0, 1, 1)",
        "(1, 2, 2)",
    ),
    ("thread_local! { static T: Cell<i32> = const { Cell::new(3) }; }", "T.replace(T.get() + 1)", "3", "4"),
    (
        "thread_local! { static T: RefCell<Vec<u8>> = RefCell::new(vec![]); static U: Cell<u8> = Cell::new(5); }",
        "{ T.with_borrow_mut(|t| t.push(1)); U.set(U.get() + 1); (T.with_borrow(|t| t.len()), U.get()) }",
        "(1, 6)",
        "(2, 7)",
    ),
    (
        "fn local() -> u8 { thread_local! { static T: Cell<u8> = const { Cell::new(0) }; } T.set(T.get() + 1); T.get() }",
        "(local(), std::thread::spawn(local).join().unwrap())",
        "(1, 1)",
        "(2, 1)",
    ),
    (
        "macro_rules! counter { ($n:ident) => { static $n: AtomicU32 = AtomicU32::new(0); } } counter!(ONE); counter!(TWO);",
        "(ONE.fetch_add(1, SeqCst), TWO.fetch_add(2, SeqCst))",
        "(0, 0)",
        "(1, 2)",
    ),
    (
        "macro_rules! hidden { () => { static HIDDEN: AtomicU32 = AtomicU32::new(0); fn up() -> u32 { HIDDEN.fetch_add(1, SeqCst) } } } hidden!();",
        "up()",
        "0",
        "1",
    ),
    (
        "macro_rules! count { () => {{ static HERE: AtomicU32 = AtomicU32::new(0); HERE.fetch_add(1, SeqCst) }} } fn a() -> u32 { count!() } fn b() -> u32 { count!() + count!() }",
        "(a(), b())",
        "(0, 0)",
        "(1, 2)",
    ),
    (
        "static F: Mutex<Option<fn() -> u8>> = Mutex::new(None); fn five() -> u8 { 5 }",
        "F.lock().unwrap().replace(five).map(|f| f())",
        "None",
        "Some(5)",
    ),
    (
        "static ANY: Mutex<Vec<Box<dyn std::any::Any + Send>>> = Mutex::new(Vec::new());",
        "{ let mut all = ANY.lock().unwrap(); all.push(Box::new(1u8)); all.iter().filter(|it| it.is::<u8>()).count() }",
        "1",
        "2",
    ),
    (
        "static WAKES: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());",
        "{ std::thread::spawn(|| { *WAKES.0.lock().unwrap() ^= true; WAKES.1.notify_all(); }).join().unwrap(); *WAKES.0.lock().unwrap() }",
        "true",
        "false",
    ),
];

const NAMES: &str = "use std::{cell::*, collections::*, sync::{*, atomic::{*, Ordering::SeqCst}}};\n";

fn results(lines: &[String]) -> Vec<&str> {
    lines.iter().filter(|line| !line.starts_with("| ")).map(String::as_str).collect()
}

/// One by one and in batches, at both levels.
#[test]
fn thirty_forms_of_statics_persist() {
    assert!(FORMS.len() >= 30, "{}", FORMS.len());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = String::new();
    let ways = [("0", false), ("2", true), ("0", true), ("2", false)];
    for (level, batched) in ways.into_iter().take(if takes_every_way() { 4 } else { 2 }) {
        let script: Vec<[String; 4]> = FORMS
            .iter()
            .map(|(items, code, ..)| {
                let first = format!("{NAMES}{items}\n{code}");
                [":clear".to_owned(), format!(":opt {level}"), first, (*code).to_owned()]
            })
            .collect();
        let mut cells = if batched {
            Cells::spawn_with_script(command("own", root, &[]), script.iter().flatten().cloned())
        } else {
            Cells::start("own", root)
        };
        for (script, (.., first, second)) in script.iter().zip(FORMS) {
            let lines: Vec<Vec<String>> = script.iter().map(|code| cells.lines(code)).collect();
            let found = [results(&lines[2]), results(&lines[3])].concat();
            if found != [format!("= {first}"), format!("= {second}")] {
                wrong.push_str(&format!("{}\n:opt {level}, batched {batched}: {lines:?}\n\n", script[2]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a static depends on changes, and the note comes at once. Something else changes, and nothing is lost.
#[test]
fn a_static_starts_again_when_what_it_depends_on_changes() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    let again = |name: &str| {
        vec![format!(
            "note the static `{name}` starts again with its first value: its definition changed, or one that it depends on"
        )]
    };
    let list = "struct P { a: u64 } static LIST: Mutex<Vec<P>> = Mutex::new(Vec::new());";
    let push = "LIST.lock().unwrap().push(P { a: 77 }); LIST.lock().unwrap().len()";
    for (items, code, change, name, after, shown) in [
        (list, push, "struct P { a: String }", "LIST", "LIST.lock().unwrap().len()", "0"),
        (list, push, "fn other() {}", "", "LIST.lock().unwrap().len()", "1"),
        (list, push, "impl P { fn f(&self) {} } struct Q(P);", "", "LIST.lock().unwrap().len()", "1"),
        (list, push, "static LIST: Mutex<Vec<P>> = Mutex::new(Vec::new());", "", "LIST.lock().unwrap().len()", "1"),
        (
            "use std::sync::Mutex as M; static ALL: M<Vec<u8>> = M::new(Vec::new());",
            "ALL.lock().unwrap().push(1);",
            "use std::sync::{Arc, Mutex as M};",
            "",
            "ALL.lock().unwrap().len()",
            "1",
        ),
        (
            "mod geo { pub struct P(pub u8); } use geo::*; static LIST: Mutex<Vec<P>> = Mutex::new(Vec::new());",
            "LIST.lock().unwrap().push(P(1));",
            "mod geo { pub struct P(pub String); }",
            "LIST",
            "LIST.lock().unwrap().len()",
            "0",
        ),
        (
            "mod geo { pub struct P(pub u8); } mod all { pub use super::geo::*; } use all::P; static LIST: Mutex<Vec<P>> = Mutex::new(Vec::new());",
            "LIST.lock().unwrap().push(P(1));",
            "mod geo { pub struct P(pub String); }",
            "LIST",
            "LIST.lock().unwrap().len()",
            "0",
        ),
        (
            "mod geo { pub struct P(pub u8); } use geo::*; static N: AtomicU8 = AtomicU8::new(1);",
            "N.store(4, SeqCst);",
            "mod geo { pub struct P(pub String); }",
            "",
            "N.load(SeqCst)",
            "4",
        ),
        (
            "enum E { A, B } struct P { e: E } static LIST: Mutex<Vec<P>> = Mutex::new(Vec::new());",
            "LIST.lock().unwrap().push(P { e: E::B });",
            "enum E { A(u8), B }",
            "LIST",
            "LIST.lock().unwrap().len()",
            "0",
        ),
        (
            "const N: usize = 2; static mut A: [u8; N] = [0; N];",
            "unsafe { A[1] = 1; }",
            "const N: usize = 3;",
            "A",
            "unsafe { A }",
            "[0, 0, 0]",
        ),
        (
            "type T = u8; static A: Mutex<Option<T>> = Mutex::new(None);",
            "*A.lock().unwrap() = Some(4);",
            "type T = Box<u8>;",
            "A",
            "A.lock().unwrap().is_none()",
            "true",
        ),
        (
            "fn make() -> Vec<u8> { vec![1] } static L: LazyLock<Vec<u8>> = LazyLock::new(make);",
            "L.len();",
            "fn make() -> Vec<u8> { vec![1, 2] }",
            "L",
            "L.len()",
            "2",
        ),
        (
            "struct P; impl P { fn new() -> u8 { 1 } } static L: LazyLock<u8> = LazyLock::new(|| P::new());",
            "*L;",
            "impl P { fn new() -> u8 { 2 } }",
            "L",
            "*L",
            "2",
        ),
        (
            "struct P(u8); impl Default for P { fn default() -> P { P(1) } } static L: LazyLock<P> = LazyLock::new(P::default);",
            "L.0;",
            "impl Default for P { fn default() -> P { P(2) } }",
            "L",
            "L.0",
            "2",
        ),
        (
            "fn next() -> u32 { static ID: AtomicU32 = AtomicU32::new(1); ID.fetch_add(1, SeqCst) }",
            "next();",
            "fn next() -> u32 { static ID: AtomicU32 = AtomicU32::new(5); ID.fetch_add(1, SeqCst) }",
            "ID",
            "next()",
            "5",
        ),
        (
            "fn next() -> u32 { static ID: AtomicU32 = AtomicU32::new(1); ID.fetch_add(1, SeqCst) }",
            "next();",
            "fn next() -> u32 { static ID: AtomicU32 = AtomicU32::new(1); ID.fetch_add(10, SeqCst) }",
            "",
            "next()",
            "2",
        ),
        (
            "fn f() -> usize { struct P(u8); static ID: Mutex<Vec<P>> = Mutex::new(Vec::new()); ID.lock().unwrap().push(P(1)); ID.lock().unwrap().len() }",
            "f();",
            "fn f() -> usize { struct P(u64); static ID: Mutex<Vec<P>> = Mutex::new(Vec::new()); ID.lock().unwrap().push(P(1)); ID.lock().unwrap().len() }",
            "ID",
            "f()",
            "1",
        ),
        (
            "macro_rules! c { ($n:ident) => { static $n: AtomicU8 = AtomicU8::new(1); } } c!(N);",
            "N.store(9, SeqCst);",
            "macro_rules! c { ($n:ident) => { static $n: AtomicU8 = AtomicU8::new(2); } }",
            "N",
            "N.load(SeqCst)",
            "2",
        ),
        (
            "thread_local! { static T: Cell<u8> = Cell::new(1); static U: Cell<u8> = Cell::new(1); }",
            "T.set(5); U.set(5);",
            "thread_local! { static T: Cell<u8> = Cell::new(1); static U: Cell<u8> = Cell::new(2); }",
            "U",
            "(T.get(), U.get())",
            "(5, 2)",
        ),
    ] {
        cells.run(":clear");
        cells.lines(&format!("{NAMES}{items}\n{code}"));
        let lines = cells.lines(change);
        let expected = if name.is_empty() { vec!["ok".to_owned()] } else { again(name) };
        assert_eq!(lines, expected, "{items}\n{change}");
        assert_eq!(cells.lines(after), [format!("= {shown}")], "{items}\n{change}");
    }
}

/// An older definition again is a new static, as its value was lost.
#[test]
fn a_definition_that_returns_does_not_bring_its_value_back() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    let define = |n: u8| format!("static N: AtomicU8 = AtomicU8::new({n});\nN.fetch_add(1, SeqCst)");
    cells.lines(NAMES);
    for (n, shown) in [(1, 1), (2, 2), (1, 1)] {
        assert_eq!(results(&cells.lines(&define(n)))[0], format!("= {shown}"));
    }
}

#[test]
fn statics_are_those_of_the_checkpoint_after_a_panic_a_crash_and_an_undo() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    let items = "static N: AtomicU32 = AtomicU32::new(0); thread_local! { static T: Cell<u32> = const { Cell::new(0) }; }\n\
                 fn up(n: u32) { N.store(n, SeqCst); T.set(n); }";
    cells.lines(&format!("{NAMES}{items}\nup(1)"));
    let is_at =
        |cells: &mut Cells, n: u32| assert_eq!(cells.lines("(N.load(SeqCst), T.get())"), [format!("= ({n}, {n})")]);
    is_at(&mut cells, 1);
    cells.lines("up(2); panic!(\"after\")");
    is_at(&mut cells, 2);
    cells.lines("up(3); std::process::abort()");
    is_at(&mut cells, 2);
    cells.lines("up(4);");
    cells.lines(":undo");
    is_at(&mut cells, 2);
    // First used by a cell that crashed.
    cells.lines("static M: AtomicU32 = AtomicU32::new(5); M.fetch_add(1, SeqCst); std::process::exit(1)");
    assert_eq!(cells.lines("(M.fetch_add(1, SeqCst), N.load(SeqCst))"), ["= (5, 2)"]);
    assert_eq!(cells.lines("M.load(SeqCst)"), ["= 6"]);
    cells.lines(":restart");
    is_at(&mut cells, 0);
}

/// The macros of crates, cells from the cache, and pools, whose threads a crash ends.
#[test]
fn statics_that_crates_make_persist_too() {
    let place = Place::new(
        ":dep lazy_static = \"1\"\n:dep once_cell = \"1\"\n:dep rayon = \"1\"\nuse std::sync::{*, atomic::*};\nuse rayon::prelude::*;\n%%\n\
         lazy_static::lazy_static! { static ref MAP: Mutex<Vec<u8>> = Mutex::new(vec![]); }\n\
         fn inner() -> usize { lazy_static::lazy_static! { static ref IN: Mutex<Vec<u8>> = Mutex::new(vec![]); } \
         IN.lock().unwrap().push(1); IN.lock().unwrap().len() }\n\
         static ONCE: once_cell::sync::Lazy<Mutex<Vec<u8>>> = once_cell::sync::Lazy::new(|| Mutex::new(vec![]));\n\
         static POOL: LazyLock<rayon::ThreadPool> = \
         LazyLock::new(|| rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap());\n\
         static PLAIN: AtomicU32 = AtomicU32::new(0);\n\
         fn all() -> (usize, usize, usize, i32, u32) { MAP.lock().unwrap().push(1); ONCE.lock().unwrap().push(1);\n\
         (MAP.lock().unwrap().len(), inner(), ONCE.lock().unwrap().len(), \
         POOL.install(|| (0..10).into_par_iter().sum::<i32>()), PLAIN.fetch_add(1, Ordering::SeqCst)) }\nall()\n%%\n\
         all()\n%%\nunsafe { std::process::abort() }\n%%\nall().3\n%%\nPLAIN.load(Ordering::SeqCst)",
    );
    let first = place.tells(&["cells", "--timeout", "20", "cells.txt"]);
    let shown: Vec<&str> = first.lines().filter_map(|line| line.strip_prefix("result ")).collect();
    let shown: Vec<&str> = shown.iter().filter_map(|line| line.split('"').nth(3)).collect();
    assert_eq!(shown, ["(1, 1, 1, 45, 0)", "(2, 2, 2, 45, 1)", "45", "3"], "{first}");
    has(&first, "; the statics `ONCE`, `POOL` start again with their first values: ");
    assert_eq!(place.tells(&["cells", "--timeout", "20", "cells.txt"]), first);
}
