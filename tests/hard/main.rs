//! Nothing panics: every public function of the library on hard shapes and hard values, drawn from a seed.
//!
//! About five hundred inputs by default; FORWARD_PASS_FUZZ_SECONDS runs it for that long, from a new seed each time:
//!
//! ```text
//! FORWARD_PASS_FUZZ_SECONDS=600 cargo test --release --locked --no-default-features --test hard -- --nocapture
//! ```
//!
//! Results are not compared here, but in `tests/it/library/numpy`.

#![allow(clippy::unwrap_used, reason = "a failed test stops there")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tests report what they measured or skipped")]

mod allocation;
mod arrays;
mod draw;
mod exercises;
mod figures;
mod moving;
mod networks;
mod trials;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use draw::Draw;
use trials::TRIALS;

/// Any number of bits for a seed (SplitMix64).
fn seeded(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// What was tested, and what took longest.
#[derive(Default)]
struct Tried {
    inputs: u64,
    slowest: (Duration, &'static str, u64),
}

impl Tried {
    fn all(&mut self, seed: u64) {
        for (name, trial) in TRIALS {
            let (mut draw, begun) = (Draw::new(seeded(seed)), Instant::now());
            let outcome = catch_unwind(AssertUnwindSafe(|| trial(&mut draw)));
            assert!(outcome.is_ok(), "{name}, seed {seed}, in `{}`", draw.step());
            self.inputs += 1;
            self.slowest = self.slowest.max((begun.elapsed(), name, seed));
        }
    }
}

#[test]
fn nothing_panics() {
    let seconds: Option<u64> = std::env::var("FORWARD_PASS_FUZZ_SECONDS").ok().map(|text| text.parse().unwrap());
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let (first, begun, mut tried) = (if seconds.is_some() { clock } else { 0 }, Instant::now(), Tried::default());
    for seed in 0.. {
        let over = seconds.map_or(seed == 60, |seconds| begun.elapsed() >= Duration::from_secs(seconds));
        if over {
            break;
        }
        tried.all(first.wrapping_add(seed));
    }
    let (time, name, seed) = tried.slowest;
    let all = begun.elapsed().as_secs();
    println!("{} inputs from seed {first} in {all} s, and nothing panicked", tried.inputs);
    println!("the slowest: {name}, seed {seed}, {} ms", time.as_millis());
}

/// Functions that no input can reach, that only print, or that read this machine's files.
const LEFT_OUT: [&str; 8] =
    ["evcxr_display", "clear_output", "display_as", "default_folder", "find", "fashion", "find_folder", "of_session"];
/// The private modules of `plot`.
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
    let tried = [
        include_str!("arrays.rs"),
        include_str!("exercises.rs"),
        include_str!("figures.rs"),
        include_str!("moving.rs"),
        include_str!("networks.rs"),
    ]
    .concat();
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
