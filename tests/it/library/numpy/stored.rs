//! The judge's cases: stored beside the judge, or fresh in a folder that an environment variable names.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

/// A folder with fresh cases, in place of the stored ones.
const FOLDER: &str = "FORWARD_PASS_JUDGE";

/// What the library says, and what NumPy said.
pub struct Disagreement {
    pub ours: String,
    pub numpys: String,
}

/// The cases of a fixture, one JSON object a line.
pub fn cases(name: &str) -> Vec<Value> {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/numpy");
    let folder = std::env::var(FOLDER).unwrap_or_else(|_| here.to_owned());
    let packed = std::fs::read(format!("{folder}/{name}.jsonl.gz")).unwrap();
    let mut lines = String::new();
    GzDecoder::new(&packed[..]).read_to_string(&mut lines).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asks for every case, and fails with the first ones that disagree and how many there are.
pub fn judge(name: &str, cases: &[Value], ask: impl Fn(&Value) -> Result<(), Disagreement>) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let Disagreement { ours, numpys } = ask(case).err()?;
            Some(format!("{case}\nNumPy: {numpys}\nours:  {ours}\n"))
        })
        .collect();
    println!("{name}: {} of {} cases agree", cases.len() - wrong.len(), cases.len());
    assert!(
        wrong.is_empty(),
        "{} of {} {name} cases disagree; the first:\n{}",
        wrong.len(),
        cases.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
}
