//! A test of the runner itself: stored outputs are damaged, each by one seeded change, and all are caught, at the right
//! cell; as many notebooks are written otherwise and say the same, and none is flagged.
//!
//! Each mutant is an edition of its notebook, so the real command runs every cell once and compares it with all of
//! them.

mod damage;
mod harmless;
mod material;

use std::collections::BTreeSet;
use std::path::Path;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde_json::Value;

use crate::support::{forward_pass, rounds};
use material::{Material, printed};

/// How many damaged notebooks, and how many harmless changes.
fn count() -> usize {
    rounds(80, 200) as usize
}

/// Seeded chance.
pub struct Chance(Pcg64Mcg);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        (self.0.next_u64() % limit.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { Some(&items[self.below(items.len())]) }
    }
}

/// A notebook with one change.
struct Mutant {
    /// Its place among the material.
    notebook: usize,
    text: String,
    what: &'static str,
    /// The damaged cell; None where nothing is.
    cell: Option<String>,
}

fn damaged(material: &[Material], chance: &mut Chance, count: usize) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut tries = 0;
    while mutants.len() < count {
        tries += 1;
        assert!(
            tries < 100 * count,
            "no place for a change of {:?}",
            damage::KINDS[mutants.len() % damage::KINDS.len()].0
        );
        let (what, change) = damage::KINDS[mutants.len() % damage::KINDS.len()];
        let notebook = chance.below(material.len());
        let mut value = material[notebook].value.clone();
        let Some(cell) = change(&mut value, chance) else { continue };
        let is_new = mutants.iter().all(|it: &Mutant| it.notebook != notebook || it.text != printed(&value));
        if is_new {
            mutants.push(Mutant { notebook, text: printed(&value), what, cell: Some(cell) });
        }
    }
    mutants
}

fn written_otherwise(material: &[Material], chance: &mut Chance, count: usize) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut tries = 0;
    while mutants.len() < count {
        tries += 1;
        assert!(tries < 100 * count, "no place for {:?}", harmless::KINDS[mutants.len() % harmless::KINDS.len()].0);
        let (what, change) = harmless::KINDS[mutants.len() % harmless::KINDS.len()];
        let notebook = chance.below(material.len());
        let Some(text) = change(&material[notebook].value, chance) else { continue };
        if text != printed(&material[notebook].value) {
            mutants.push(Mutant { notebook, text, what, cell: None });
        }
    }
    mutants
}

#[test]
fn damaged_outputs_are_caught_and_harmless_changes_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let material = material::all(folder.path());
    let mut chance = Chance(Pcg64Mcg::seed_from_u64(20));
    let mut mutants = damaged(&material, &mut chance, count());
    mutants.extend(written_otherwise(&material, &mut chance, count()));
    let root = folder.path().join("editions");
    let write = |edition: &str, name: &str, text: &str| {
        std::fs::create_dir_all(root.join(edition)).unwrap();
        std::fs::write(root.join(edition).join(name), text).unwrap();
    };
    material.iter().for_each(|it| write("a-original", &it.name, &printed(&it.value)));
    for (at, mutant) in mutants.iter().enumerate() {
        write(&format!("m{at:03}"), &material[mutant.notebook].name, &mutant.text);
    }
    let report = report(&root, "editions", folder.path());
    let all_cells: usize = material.iter().map(|it| it.code_cells()).sum();
    assert_eq!(report["summary"]["cells_run"], all_cells, "each cell runs once");
    let notebooks = report["notebooks"].as_array().unwrap();
    assert_eq!(notebooks.len(), material.len() + mutants.len());
    let (originals, changed) = notebooks.split_at(material.len());
    originals.iter().for_each(|it| assert_eq!(it["verdict"], "passed", "{it:#}"));
    let wrong: Vec<String> = mutants.iter().zip(changed).filter_map(|(mutant, told)| wrong(mutant, told)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mutants.len(), wrong.join("\n"));
    let kinds: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.what).collect();
    assert_eq!(kinds.len(), damage::KINDS.len() + harmless::KINDS.len());
}

/// What the runner should have said of a mutant and did not.
fn wrong(mutant: &Mutant, told: &Value) -> Option<String> {
    let red = told["cells"].as_array()?.iter().filter(|cell| cell["failed"] == true);
    let red: Vec<&str> = red.filter_map(|cell| cell["id"].as_str()).collect();
    let expected: Vec<&str> = mutant.cell.as_deref().into_iter().collect();
    let right = red == expected && (told["verdict"] == "passed") == expected.is_empty();
    let path = &told["path"];
    (!right).then(|| {
        format!("{path}: {}: `{expected:?}` should be red, and `{red:?}` is, {}", mutant.what, told["problems"])
    })
}

fn report(root: &Path, folder: &str, from: &Path) -> Value {
    assert!(root.is_dir());
    let told = forward_pass(from, &["--engine", "own", "test", folder, "--format", "json"]);
    serde_json::from_str(&told.stdout).unwrap_or_else(|_| panic!("{}\n{}", told.stdout, told.stderr))
}

/// One notebook at a time, run for itself, as an author would see it.
#[test]
fn a_handful_of_each_at_the_front_door() {
    let folder = tempfile::tempdir().unwrap();
    let material = [material::made(folder.path())];
    let mut chance = Chance(Pcg64Mcg::seed_from_u64(21));
    let test = |text: &str| {
        let path = folder.path().join("one.ipynb");
        std::fs::write(path, text).unwrap();
        forward_pass(folder.path(), &["--engine", "own", "test", "one.ipynb"])
    };
    for mutant in damaged(&material, &mut chance, damage::KINDS.len()).iter().step_by(3) {
        let cell = mutant.cell.as_deref().unwrap();
        test(&mutant.text).exits(1).has(&format!("`{cell}` does not match its stored output"));
    }
    for mutant in written_otherwise(&material, &mut chance, harmless::KINDS.len()).iter().step_by(4) {
        test(&mutant.text).exits(0).has("ok one.ipynb");
    }
}
