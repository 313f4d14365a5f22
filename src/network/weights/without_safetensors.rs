//! Stands in for `safetensors.rs` where the feature of that name is off: it says how to turn it on.

use super::{Contents, Network, Problem, problem};

const HELP: &str = "add `features = [\"safetensors\"]` to the dependency on forward-pass, or use `.npz`";

pub(super) fn read(_: &[u8]) -> Result<Contents, Problem> {
    problem("reading a .safetensors file needs the feature `safetensors`, which is off in this build", HELP)
}

pub(super) fn write<T>(_: &Network<T>) -> Result<Vec<u8>, Problem> {
    problem("writing a .safetensors file needs the feature `safetensors`, which is off in this build", HELP)
}
