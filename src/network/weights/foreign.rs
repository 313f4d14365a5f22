//! Other file formats, recognised by their first bytes: what each is, and how to convert it.
//!
//! None of them is opened. A pickle is a program: reading it means running it.

use super::{NAMES, Problem, problem};

const SAVEZ: &str = "write it with `np.savez(\"weights.npz\", W1=W1, b1=b1, ...)`";

/// Reports a file that is neither `.npz` nor `.safetensors`; `path` is used in the line of Python that converts it.
pub(super) fn reported<X>(bytes: &[u8], path: &str) -> Result<X, Problem> {
    match bytes {
        // Protocol 2 and later; then the dictionaries of protocol 0 and 1.
        [0x80, 2..=5, ..] | [b'(', b'd', ..] | [b'}', b'q', ..] => problem(
            "a pickle, which can run arbitrary code when it is opened, so it is not opened here",
            format!("if you trust it, in Python: {}", unpickled(&format!("pickle.load(open({path:?}, \"rb\"))"))),
        ),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] if holds_objects(bytes) => problem(
            "a Python object in a .npy file, which can run arbitrary code when it is opened, so it is not opened here",
            format!(
                "if you trust it, in Python: {}",
                unpickled(&format!("np.load({path:?}, allow_pickle=True).item()"))
            ),
        ),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => problem("a single array, but a network has several", SAVEZ),
        [0x89, b'H', b'D', b'F', ..] => problem("an HDF5 file, such as Keras writes", keras()),
        _ => problem("neither .npz nor .safetensors", SAVEZ),
    }
}

/// Reports a member of a zip archive that is not an array: whose archive it is.
pub(super) fn member<X>(name: &str) -> Result<X, Problem> {
    if name.ends_with("data.pkl") {
        let help = "in Python, for each layer k: `np.savez(\"weights.npz\", Wk=layer.weight.detach().numpy().T, \
                    bk=layer.bias.detach().numpy(), ...)`";
        return problem(format!("a PyTorch file: it holds the pickle `{name}`, which is not opened here"), help);
    }
    if name.ends_with(".h5") || name == "metadata.json" {
        return problem(format!("a Keras file: it holds `{name}`"), keras());
    }
    problem(format!("`{name}` is not a NumPy array"), "write the file with `np.savez`")
}

/// Reports an array of Python objects in `.npz`, often a whole dictionary under one name.
pub(super) fn objects<X>(name: &str, shape: &[usize]) -> Result<X, Problem> {
    let help = if shape.is_empty() {
        format!("save what it holds: {}", unpickled(name))
    } else {
        "save numbers: `np.savez` of float arrays".into()
    };
    problem(format!("{name} holds Python objects"), help)
}

/// What to do about the array names of other programs, given one name and all names.
pub(super) fn renamed(name: &str, all: &[&str]) -> String {
    let first = |endings: &[&str]| {
        all.iter().find_map(|name| endings.iter().find_map(|ending| Some((*name, name.strip_suffix(ending)?))))
    };
    if name.strip_prefix("arr_").is_some_and(|number| number.parse::<usize>().is_ok()) {
        return "`np.savez` was given no names: `np.savez(\"weights.npz\", W1=W1, b1=b1, ...)`".into();
    }
    if let Some((kernel, _)) = first(&["kernel", "kernel:0"]) {
        return format!("Keras's names: save {kernel} as W1, its bias as b1, and the next layer as W2, b2");
    }
    if let Some((_, layer)) = first(&[".weight"]) {
        let saved = saved(&format!("W1=t[\"{layer}.weight\"].T, b1=t[\"{layer}.bias\"], ..."));
        return format!("PyTorch's names, and its weights are (outputs, inputs): with these arrays as `t`, {saved}");
    }
    if all.iter().any(|name| name.starts_with("coefs_")) {
        return format!("scikit-learn's names: {}", saved("W1=mlp.coefs_[0], b1=mlp.intercepts_[0], ..."));
    }
    if all.contains(&"W0") {
        return "the first layer is W1, b1, not W0, b0".into();
    }
    NAMES.to_string()
}

/// With `np.savez`, which handles transposed arrays; not every writer of safetensors does.
pub(super) fn saved(arrays: &str) -> String {
    format!("`np.savez(\"weights.npz\", {arrays})`")
}

fn unpickled(dictionary: &str) -> String {
    format!("`np.savez(\"weights.npz\", **{dictionary})`")
}

fn keras() -> String {
    "in Python: `W1, b1 = model.layers[0].get_weights()` and so on, then `np.savez(\"weights.npz\", W1=W1, b1=b1, ...)`"
        .into()
}

/// The first line of the header of an array says so.
fn holds_objects(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(128)];
    head.windows(4).any(|letters| letters == b"'|O'")
}
