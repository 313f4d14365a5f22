//! `.npz`: a zip archive with one `.npy` file for each array.
//!
//! It knows names and order; the bytes are the business of `zip` and `npy`.

use super::element::Element;
use super::{Contents, Network, Problem, Real, arrays, foreign, kinds, npy, problem, zip};

const ACTIVATIONS: &str = "activations";

pub(super) fn read(bytes: &[u8]) -> Result<Contents, Problem> {
    let mut contents = Contents::default();
    for member in zip::members(bytes)? {
        let Some(name) = member.name.strip_suffix(".npy") else {
            return foreign::member(&member.name);
        };
        if name == ACTIVATIONS {
            contents.activations = npy::texts(name, &member.unpack()?)?;
            continue;
        }
        if contents.tensors.iter().any(|tensor| tensor.name == name) {
            return problem(format!("{name} is there twice"), "write the file with `np.savez`");
        }
        contents.tensors.extend(npy::floats(name, &member.unpack()?)?);
    }
    Ok(contents)
}

pub(super) fn write<T: Real + Element>(net: &Network<T>) -> Vec<u8> {
    let arrays = arrays(net).into_iter();
    let mut members: Vec<_> =
        arrays.map(|(name, shape, values)| (format!("{name}.npy"), npy::write(&shape, &values))).collect();
    members.push((format!("{ACTIVATIONS}.npy"), npy::write_texts(&kinds(net))));
    zip::write(&members)
}
