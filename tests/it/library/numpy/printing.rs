//! What the library prints, against the printing cases of the judge (`tests/numpy/judge.py`).
//!
//! `tests/numpy/run.sh fresh` points it at cases with another seed, which nobody has seen before.

use serde_json::Value;

use super::cases::{printed, text};
use super::stored::{self, Disagreement};

#[test]
fn every_printing_case_is_printed_as_numpy_prints_it() {
    let cases = stored::cases("printing");
    assert!(cases.len() >= 3000, "only {} cases", cases.len());
    stored::judge("printing", &cases, |case: &Value| {
        let (ours, numpys) = (printed(case), text(case, "e"));
        if ours == numpys { Ok(()) } else { Err(Disagreement { ours, numpys: numpys.to_owned() }) }
    });
}
