//! What the whole costs: crates, lines, bytes. Each figure may fall; who raises one gives the reason here.

use std::collections::BTreeSet;
use std::process::Command;

use super::{root, sources};

/// The crates of the graph on this system, without those that only tests need.
const CRATES: &[(&str, &[&str], usize)] = &[
    ("the library alone", &["--no-default-features"], 30),
    ("the default features", &[], 203),
    ("all features", &["--all-features"], 364),
];

/// Lines of Rust in `src`, rounded up to the next hundred.
///
/// Raised from 48,400: one library for the crates of a session and a compiler that waits (1,700); cells whose variables
/// cannot persist, closures that do (1,200); descriptors and memory of checkpoints, failures of the machine (1,000);
/// reports that show both sides and no control character, the kernel's door (1,700); edits that are kept and output
/// that cannot be written (1,200); exercises (1,900).
///
/// Raised from 56,500: pages that show others' outputs and make a stranger's HTML harmless, `fmt`, `lint --fix` and
/// parameters (3,400); statics that keep their values (1,500); places, files beside the notebook, tokio's runtime
/// (1,400); sixteen more exercises and the figures of the chapter (1,100); the site and its moving figures (1,500).
///
/// Raised from 65,400: macOS, Windows and what POSIX has, with a session that does not fork (2,500); a cache that users
/// share, and crates known by content (1,500); guesses, PNG beside SVG, exercises on the site's pages (1,800).
///
/// Raised from 71,000: Korean words in figures, and editions that are compared without them (400); completion and help
/// by types, sources and an index of std, with its tests (4,200).
///
/// Raised from 75,900: outputs that move, with Jupyter's comms and the prompt's keys (1,500); cells run again where a
/// process cannot be copied (250); advice for readers of Python, moving figures in Korean (450).
///
/// Raised from 78,300: bars and tables in Jupyter, with their tests (500); figures that move in the chapter (100);
/// limits on memory and processes that are named (560), idle memory given back (70), answers that come back (40).
const LINES: usize = 79_800;

/// Bytes of the files in the published package, rounded up to the next 10,000. Raised from 3,810,000 by the same, and
/// most of all by the outputs of the chapter's new cells in two languages and the network that comes with the crate.
/// Raised from 5,210,000 by the PNG of each figure, which readers see before they trust a notebook.
/// Raised from 6,870,000 by completion and its index of std (210,000), and the files for teachers.
/// Raised from 7,170,000 by outputs that move and their tests (60,000), and by those of a system without checkpoints.
/// Raised from 7,290,000 by four figures that move in the chapter, as PNG and SVG in two languages.
const BYTES: u64 = 7_590_000;

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_crates_are_counted() {
    for (what, features, limit) in CRATES {
        let tree = ["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"];
        let tree = cargo(&[&tree[..], features].concat());
        // `name v1.2.3 (*)` stands again where it was listed before; a procedural macro says so behind its version.
        let crates = tree.lines().filter_map(|line| line.split_once(" v"));
        let crates: BTreeSet<(&str, &str)> =
            crates.map(|(name, rest)| (name, rest.split(' ').next().unwrap_or(rest))).collect();
        // The package itself is in the tree.
        let count = crates.len() - 1;
        assert!(count <= *limit, "{what}: {count} crates, at most {limit} are allowed");
        assert!(count == *limit, "{what}: {count} crates: lower the limit of {limit}");
    }
}

#[test]
fn the_lines_of_src_are_counted() {
    let lines: usize = sources("src").iter().map(|file| file.text.lines().count()).sum();
    assert!(lines <= LINES, "src has {lines} lines, at most {LINES} are allowed");
    assert!(lines + 500 > LINES, "src has {lines} lines: lower the limit of {LINES}");
}

#[test]
fn the_package_is_weighed() {
    let list = cargo(&["package", "--locked", "--allow-dirty", "--list"]);
    let size = |name: &str| root().join(name).metadata().map_or(0, |about| about.len());
    let bytes: u64 = list.lines().map(size).sum();
    assert!(bytes <= BYTES, "the package has {bytes} bytes, at most {BYTES} are allowed");
    assert!(bytes + 100_000 > BYTES, "the package has {bytes} bytes: lower the limit of {BYTES}");
}
