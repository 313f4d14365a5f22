//! `.npz`: a zip archive with one `.npy` file for each array.
//!
//! Names and order are handled here, bytes in `zip` and `npy`.

use super::element::Element;
use super::{Contents, Network, Problem, Real, arrays, foreign, kinds, npy, problem, zip};

const ACTIVATIONS: &str = "activations";

pub(super) fn read(bytes: &[u8]) -> Result<Contents, Problem> {
    let mut contents = Contents::default();
    for member in zip::members(bytes)? {
        let bytes = member.unpack();
        let name = match member.name.strip_suffix(".npy") {
            Some(name) => name,
            // Some programs omit the extension; then the content decides, as in NumPy.
            None if bytes.as_ref().is_ok_and(|bytes| npy::begins(bytes)) => &member.name,
            None => return foreign::member(&member.name),
        };
        let bytes = bytes?;
        if name == ACTIVATIONS {
            contents.activations = npy::texts(name, &bytes)?;
            continue;
        }
        if contents.tensors.iter().any(|tensor| tensor.name == name) {
            return problem(format!("the file has two arrays named {name}"), "write the file with `np.savez`");
        }
        contents.tensors.extend(npy::floats(name, &bytes)?);
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
