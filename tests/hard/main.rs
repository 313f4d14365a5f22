//! Nothing panics: every public function of the library on hard shapes and hard values, drawn from a seed.
//!
//! Some five hundred inputs by default; FORWARD_PASS_FUZZ_SECONDS goes on for that long, from a new seed each time:
//!
//! ```text
//! FORWARD_PASS_FUZZ_SECONDS=600 cargo test --release --locked --no-default-features --test hard -- --nocapture
//! ```
//!
//! It compares no answer; `tests/it/numpy` does.

mod allocation;
mod arrays;
mod draw;
mod figures;
mod networks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use draw::Draw;

/// A group of functions, each called once with what is drawn.
type Trial = fn(&mut Draw);

const TRIALS: [(&str, Trial); 9] = [
    ("arrays of f64", arrays::floats::<f64>),
    ("arrays of f32", arrays::floats::<f32>),
    ("arrays of i32", arrays::numbers::<i32>),
    ("arrays of i64", arrays::numbers::<i64>),
    ("arrays of u8", arrays::numbers::<u8>),
    ("arrays of i8", arrays::numbers::<i8>),
    ("figures", figures::figures),
    ("networks", networks::networks),
    ("files", networks::files),
];

fn try_all(seed: u64) {
    for (name, trial) in TRIALS {
        let mut draw = Draw::new(seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| trial(&mut draw)));
        assert!(outcome.is_ok(), "{name}, seed {seed}, in `{}`", draw.step());
    }
}

#[test]
fn nothing_panics() {
    let seconds: Option<u64> = std::env::var("FORWARD_PASS_FUZZ_SECONDS").ok().map(|text| text.parse().unwrap());
    let Some(seconds) = seconds else {
        return (0..60).for_each(try_all);
    };
    let first = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let (begun, mut inputs) = (Instant::now(), 0);
    println!("from seed {first}");
    while begun.elapsed() < Duration::from_secs(seconds) {
        try_all(first.wrapping_add(inputs));
        inputs += 1;
    }
    println!("{} inputs in {seconds} s, and nothing panicked", inputs * TRIALS.len() as u64);
}

/// What no input can reach, or what only prints, opens nothing, or fetches this machine's files.
const LEFT_OUT: [&str; 8] =
    ["evcxr_display", "clear_output", "display_as", "default_folder", "find", "fashion", "find_folder", "of_session"];
/// The modules of `plot` that a user does not see.
const UNSEEN: [&str; 14] = [
    "axes",
    "canvas",
    "colour",
    "diagram",
    "element",
    "ticks",
    "scale",
    "live",
    "series",
    "path",
    "sheet",
    "problem",
    "plot/frame.rs",
    "font",
];

#[test]
fn every_public_function_is_called_here() {
    let tried = [include_str!("arrays.rs"), include_str!("figures.rs"), include_str!("networks.rs")].concat();
    let mut missing = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.extend((!name.ends_with("/cli")).then_some(path));
            } else if name.ends_with(".rs")
                && !name.ends_with("cli.rs")
                && !UNSEEN.iter().any(|part| name.contains(&format!("/{part}")))
            {
                let text = std::fs::read_to_string(&path).unwrap();
                let found = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub fn "));
                let names = found.map(|line| line.split(['(', '<']).next().unwrap());
                let untried = |name: &&str| {
                    let called = ["(", "::<", ")", ","].iter().any(|end| tried.contains(&format!("{name}{end}")));
                    !called && !LEFT_OUT.contains(name)
                };
                missing.extend(names.filter(untried).map(|function| format!("{function} of {name}")));
            }
        }
    }
    assert!(missing.is_empty(), "not tried here: {missing:#?}");
}
