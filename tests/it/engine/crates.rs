//! The state of crates: it lives as long as the session, as all cells use the one copy of each crate.

use super::{CRATES, Place, has};

/// State of every kind that a crate can have.
const COUNTER: &str = r#"
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
static N: AtomicUsize = AtomicUsize::new(0);
static CONFIG: OnceLock<String> = OnceLock::new();
static REGISTRY: Mutex<Vec<String>> = Mutex::new(Vec::new());
thread_local! {
    static LOCAL: Cell<u32> = const { Cell::new(5) };
    static LAZY: RefCell<Vec<u8>> = RefCell::new(vec![1]);
}
pub fn bump() -> usize { N.fetch_add(1, Relaxed) + 1 }
#[inline]
pub fn local() -> u32 { LOCAL.with(|it| { it.set(it.get() + 1); it.get() }) }
pub fn lazy() -> usize { LAZY.with(|it| { it.borrow_mut().push(1); it.borrow().len() }) }
pub fn config() -> Option<&'static str> { CONFIG.get().map(String::as_str) }
pub fn set(text: &str) { let _ = CONFIG.set(text.into()); }
pub fn register(name: &str) -> usize { let mut all = REGISTRY.lock().unwrap(); all.push(name.into()); all.len() }
pub fn generic<T>(_: T) -> usize { static G: AtomicUsize = AtomicUsize::new(0); G.fetch_add(1, Relaxed) + 1 }
"#;

/// The values shown, as they are in the JSON.
fn results(told: &str) -> Vec<&str> {
    told.lines().filter_map(|line| line.strip_prefix("result {\"text/plain\": ")?.strip_suffix('}')).collect()
}

#[test]
fn the_statics_and_thread_locals_of_a_crate_live_as_long_as_the_session() {
    let all = "(counter::bump(), counter::local(), counter::lazy(), counter::register(\"a\"), counter::generic(1))";
    let place = Place::new(&format!(
        ":dep counter = {{ path = \"counter\" }}\ncounter::set(\"blue\");\n{all}\n%%\n{all}\n%%\ncounter::config()\n%%\n\
         :dep other = {{ path = \"other\" }}\nother::through()\n%%\n:opt 2\n{all}\n%%\nunsafe {{ std::process::abort() }}\n\
         %%\n{all}"
    ));
    place.package("counter", "", COUNTER);
    let through = "pub fn through() -> usize { counter::bump() }";
    place.package("other", "[dependencies]\ncounter = { path = \"../counter\" }", through);
    let expected = [
        "\"(1, 6, 2, 1, 1)\"",
        "\"(2, 7, 3, 2, 2)\"",
        "\"Some(\\\"blue\\\")\"",
        // A crate added later uses the same copy.
        "\"3\"",
        "\"Optimization: 2\"",
        "\"(4, 8, 4, 3, 3)\"",
        "\"(5, 9, 5, 4, 4)\"",
    ];
    // Cells that were compiled before find it, too.
    for _ in 0..2 {
        let told = place.tells(&["cells", "cells.txt"]);
        assert_eq!(results(&told), expected, "{told}");
    }
}

/// In each pair, the second cell needs what the first one set.
#[test]
fn loggers_runtimes_and_seeds_persist() {
    let cells = "log::set_max_level(log::LevelFilter::Debug);\n%%\nlog::max_level()\n%%\n\
         fastrand::seed(7); let one = fastrand::u64(..); fastrand::seed(7);\n%%\none == fastrand::u64(..)\n%%\n\
         tracing_subscriber::fmt().without_time().with_ansi(false).init();\n%%\ntracing::info!(\"heard\");\n%%\n\
         let rt = tokio::runtime::Runtime::new()?;\n%%\nrt.block_on(rt.spawn(async { 1 }))?\n%%\n\
         rt.block_on(async { tokio::spawn(async { 2 }).await })?\n%%\n\
         use std::sync::Arc;\nlet m = Arc::new(parking_lot::Mutex::new(0));\nstd::mem::forget(m.lock());\n\
         let m2 = m.clone();\nlet t = std::thread::spawn(move || { *m2.lock() += 1; 5 });\n\
         std::thread::sleep(std::time::Duration::from_millis(100));\n%%\nunsafe { m.force_unlock() };\n%%\n\
         t.join().unwrap()";
    let place = Place::with_kept_crates(&format!("{CRATES}{cells}"));
    let told = place.tells(&["cells", "--timeout", "20", "cells.txt"]);
    assert_eq!(results(&told), ["\"Debug\"", "\"true\"", "\"1\"", "\"2\"", "\"5\""], "{told}");
    has(&told, " INFO cell: heard");
}

/// Two crates bundle one C function: only one of them is linked, as in a program.
#[test]
fn two_crates_may_bundle_the_same_object() {
    let place = Place::new(
        ":dep one = { path = \"one\" }\n:dep two = { path = \"two\" }\n(one::next(), two::next())\n%%\n(two::next(), one::next())",
    );
    place.write("work/clash.c", "static int n; int clash(void) { return ++n; }\n");
    let build = "fn main() {\n    let out = std::env::var(\"OUT_DIR\").unwrap();\n    \
         let run = |program: &str, arguments: &[&str]| {\n        \
         assert!(std::process::Command::new(program).args(arguments).current_dir(&out).status()\
         .unwrap().success());\n    };\n    \
         let source = concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../clash.c\");\n    \
         run(\"cc\", &[\"-fPIC\", \"-c\", source, \"-o\", \"clash.o\"]);\n    run(\"ar\", &[\"rcs\", \"libclash.a\", \"clash.o\"]);\n    \
         println!(\"cargo:rustc-link-search=native={out}\\ncargo:rustc-link-lib=static=clash\");\n}\n";
    for name in ["one", "two"] {
        let source = "unsafe extern \"C\" { fn clash() -> i32; }\npub fn next() -> i32 { unsafe { clash() } }";
        place.package(name, "", source);
        place.write(&format!("work/{name}/build.rs"), build);
    }
    let told = place.tells(&["cells", "cells.txt"]);
    assert_eq!(results(&told), ["\"(1, 2)\"", "\"(3, 4)\""], "{told}");
}

/// Plain linking finds the other one where it is needed first, and takes it where it is the only one.
#[test]
fn two_crates_with_the_same_exported_name_are_judged_as_by_plain_linking() {
    let place = Place::new(
        ":dep left = { path = \"left\" }\n:dep right = { path = \"right\" }\n%%\nleft::f()\n%%\nright::f()\n%%\n\
         left::f() + right::f()",
    );
    for (name, number) in [("left", 1), ("right", 2)] {
        let source = format!(
            "#[unsafe(no_mangle)] pub extern \"C\" fn clash() -> i32 {{ {number} }}\npub fn f() -> i32 {{ clash() }}"
        );
        place.package(name, "", &source);
    }
    let told = place.tells(&["cells", "cells.txt"]);
    assert_eq!(results(&told), ["\"2\""], "{told}");
    has(&told, "note each cell has its own copy of the crates, and their state does not outlive it: ");
    assert_eq!(told.matches("= note: rust-lld: error: duplicate symbol: clash").count(), 2, "{told}");
}

/// A copy of the process has no threads but one: nothing may wait for those of a pool.
#[test]
fn no_cell_waits_for_a_pool_that_a_crash_has_ended() {
    let place = Place::with_kept_crates(
        ":dep rayon = \"1\"\n:dep log = \"0.4\"\nuse rayon::prelude::*;\nuse std::sync::Arc;\n\
         log::set_max_level(log::LevelFilter::Debug);\nlet squares = Arc::new(vec![1, 4, 9]);\n%%\n\
         (0..10).into_par_iter().sum::<i32>()\n%%\n\
         struct App { pool: rayon::ThreadPool }\nfn pool() -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> \
         { rayon::ThreadPoolBuilder::new().num_threads(2).build() }\nlet app = App { pool: pool()? };\
         \nlet plain = pool()?;\n\
         let hidden: Box<dyn Fn() -> usize> = { let pool = pool()?; Box::new(move || pool.\
         current_num_threads()) };\n%%\n\
         (plain.install(|| (0..9).into_par_iter().sum::<i32>()), hidden())\n%%\nunsafe { std::process::abort() }\n%%\n\
         (0..100).into_par_iter().sum::<i32>()\n%%\n(squares.len(), log::max_level())\n%%\nplain.install(|| 1)",
    );
    let told = place.tells(&["cells", "--timeout", "20", "cells.txt"]);
    assert_eq!(results(&told), ["\"45\"", "\"(36, 2)\"", "\"4950\"", "\"(3, Off)\""], "{told}");
    has(
        &told,
        "note the crates start again without their state (loggers, pools, caches): threads of `rayon_core` ended with \
         the process; dropped, as they may wait for such a thread: `app`, `hidden`, `plain`\n",
    );
    has(&told, "cannot find value `plain`");
}

/// A thread of the user's own costs the crates nothing.
#[test]
fn a_crash_without_a_pool_leaves_the_state_of_crates() {
    let place = Place::with_kept_crates(
        ":dep log = \"0.4\"\nlog::set_max_level(log::LevelFilter::Debug);\n\
         std::thread::spawn(|| loop { log::info!(\"\"); std::thread::sleep(std::time::Duration::from_millis(50)); });\n%%\n\
         unsafe { std::process::abort() }\n%%\nlog::max_level()",
    );
    let told = place.tells(&["cells", "--timeout", "20", "cells.txt"]);
    assert_eq!(results(&told), ["\"Debug\""], "{told}");
    has(&told, "note 1 thread of earlier cells ended with the process");
}

/// Another crate asks for more of it: cargo compiles it again, and it is another crate from then on.
#[test]
fn a_crate_that_is_compiled_again_starts_again_and_a_note_says_so() {
    let place = Place::new(
        ":dep counter = { path = \"counter\" }\n:dep calm = { path = \"calm\" }\n(counter::bump(), calm::bump())\n%%\n\
         let kept = counter::bump() + calm::bump();\n%%\n:dep other = { path = \"other\" }\n\
         (counter::bump(), calm::bump(), other::f(), kept)",
    );
    let bump = "use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};\nstatic N: AtomicUsize = AtomicUsize::new(0);\n\
                pub fn bump() -> usize { N.fetch_add(1, Relaxed) + 1 }\n";
    place.package(
        "counter",
        "[features]\nmore = []\n",
        &format!("{bump}#[cfg(feature = \"more\")] pub fn more() {{}}"),
    );
    place.package("calm", "", bump);
    let needs = "[dependencies]\ncounter = { path = \"../counter\", features = [\"more\"] }\n";
    place.package("other", needs, "pub fn f() -> u8 { counter::more(); 7 }");
    let told = place.tells(&["cells", "cells.txt"]);
    assert_eq!(results(&told), ["\"(1, 1)\"", "\"(1, 3, 7, 4)\""], "{told}");
    has(&told, "note cargo compiled `counter` again for this line: the values of its statics are lost\n");
}
