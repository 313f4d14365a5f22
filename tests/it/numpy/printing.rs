//! What the library prints, against the printing cases of the judge (`tests/numpy/judge.py`).

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::cases::{printed, text};

const FIXTURE: &[u8] = include_bytes!("../../numpy/printing.jsonl.gz");

#[test]
fn every_printing_case_is_printed_as_numpy_prints_it() {
    let mut lines = String::new();
    GzDecoder::new(FIXTURE).read_to_string(&mut lines).unwrap();
    let cases: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() >= 3000, "only {} cases", cases.len());
    for case in &cases {
        assert_eq!(printed(case), text(case, "e"), "{}", serde_json::json!({ "case": case }));
    }
}
