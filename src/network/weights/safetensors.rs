//! `.safetensors`: the length of a JSON text, the text, then all values in one block.
//!
//! ```text
//! 8 bytes | {"W1": {"dtype": "F32", "shape": [784, 50], "data_offsets": [0, 156800]}, ...} | values
//! ```

use super::element::{Element, Kind};
use super::json::{self, Value};
use super::{Contents, Network, Problem, Real, Tensor, arrays, damaged, kinds, problem};

pub(super) fn read(bytes: &[u8]) -> Result<Contents, Problem> {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return damaged("the length of the header is cut off");
    };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let Some((text, values)) = rest.split_at_checked(length) else {
        return damaged(format!("the header should have {length} bytes, and {} follow", rest.len()));
    };
    let header = std::str::from_utf8(text).ok().and_then(json::read);
    let Some(Value::Object(entries)) = header else { return damaged("the header is not JSON") };
    let mut contents = Contents::default();
    for (name, entry) in &entries {
        if name == "__metadata__" {
            if let Some(Value::Text(names)) = entry.get("activations") {
                contents.activations = names.split(',').map(str::to_string).collect();
            }
        } else if contents.tensors.iter().any(|tensor| tensor.name == *name) {
            return problem(format!("{name} is there twice"), "write the file again");
        } else {
            contents.tensors.extend(tensor(name, entry, values)?);
        }
    }
    Ok(contents)
}

/// An array of floats; nothing for one number of another type, such as a count of epochs.
fn tensor(name: &str, entry: &Value, values: &[u8]) -> Result<Option<Tensor>, Problem> {
    let numbers = |key: &str| match entry.get(key) {
        Some(Value::Array(items)) => items.iter().map(Value::whole).collect::<Option<Vec<usize>>>(),
        _ => None,
    };
    let parts = (entry.get("dtype"), numbers("shape"), numbers("data_offsets"));
    let (Some(Value::Text(dtype)), Some(shape), Some(offsets)) = parts else {
        return damaged(format!("the header does not say dtype, shape and data_offsets of {name}"));
    };
    let kind = match dtype.as_str() {
        "F16" => Kind::F16,
        "BF16" => Kind::Bf16,
        "F32" => Kind::F32,
        "F64" => Kind::F64,
        _ if shape.is_empty() => return Ok(None),
        _ => return problem(format!("{name} has dtype {dtype}, not F16, BF16, F32 or F64"), "save floats"),
    };
    let &[start, stop] = &offsets[..] else {
        return damaged(format!("{name} has {} data_offsets, not 2", offsets.len()));
    };
    let Some(block) = values.get(start..stop) else {
        return damaged(format!("{name} lies at bytes {start} to {stop}, and there are {}", values.len()));
    };
    let count = shape.iter().try_fold(kind.size(), |count, side| count.checked_mul(*side));
    if count != Some(block.len()) {
        let text = super::shape_text(&shape);
        return damaged(format!(
            "{name} has shape {text} and dtype {dtype}, which does not take {} bytes",
            block.len()
        ));
    }
    Ok(Some(Tensor { name: name.to_string(), shape, values: kind.values(block, false) }))
}

pub(super) fn write<T: Real + Element>(net: &Network<T>) -> Vec<u8> {
    let mut header = format!("{{\"__metadata__\":{{\"activations\":\"{}\"}}", kinds(net).join(","));
    let mut values = Vec::new();
    for (name, shape, array) in arrays(net) {
        let start = values.len();
        array.iter().for_each(|value| value.put(&mut values));
        let (dtype, stop) = (T::SAFETENSORS, values.len());
        header.push_str(&format!(
            ",\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape:?},\"data_offsets\":[{start},{stop}]}}"
        ));
    }
    header.push('}');
    // The values begin at a multiple of 8.
    let length = header.len().next_multiple_of(8);
    header.push_str(&" ".repeat(length - header.len()));
    [&(length as u64).to_le_bytes(), header.as_bytes(), &values].concat()
}
