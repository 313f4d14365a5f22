//! `.safetensors`: a JSON header with the shape and place of each array, then all values in one block.
//!
//! The `safetensors` crate checks the header against the file; only floats are taken.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView, serialize};

use super::element::{Element, Kind};
use super::{Contents, Network, Problem, Real, Tensor, arrays, damaged, kinds, problem};

pub(super) fn read(bytes: &[u8]) -> Result<Contents, Problem> {
    let (length, header) = match SafeTensors::read_metadata(bytes) {
        Ok(read) => read,
        Err(SafeTensorError::InvalidHeaderLength | SafeTensorError::HeaderTooLarge) => {
            return damaged("the header is longer than the file");
        }
        Err(SafeTensorError::MetadataIncompleteBuffer) => {
            return damaged("the file has more or fewer values than its header describes");
        }
        Err(error) => return damaged(error.to_string()),
    };
    let values = &bytes[8 + length..];
    let mut contents = Contents::default();
    if let Some(names) = header.metadata().as_ref().and_then(|texts| texts.get("activations")) {
        contents.activations = names.split(',').map(str::to_string).collect();
    }
    for name in header.offset_keys() {
        let Some(info) = header.info(&name) else { continue };
        let kind = match info.dtype {
            Dtype::F16 => Kind::F16,
            Dtype::BF16 => Kind::Bf16,
            Dtype::F32 => Kind::F32,
            Dtype::F64 => Kind::F64,
            // One number of another type, such as a count of epochs.
            _ if info.shape.is_empty() => continue,
            dtype => return problem(format!("{name} has dtype {dtype}, not F16, BF16, F32 or F64"), "save floats"),
        };
        let (start, stop) = info.data_offsets;
        let values = kind.values(&values[start..stop], false);
        contents.tensors.push(Tensor { name, shape: info.shape.clone(), values });
    }
    Ok(contents)
}

pub(super) fn write<T: Real + Element>(net: &Network<T>) -> Result<Vec<u8>, Problem> {
    let dtype = if size_of::<T>() == 4 { Dtype::F32 } else { Dtype::F64 };
    let mut blocks = Vec::new();
    for (name, shape, values) in arrays(net) {
        let mut bytes = Vec::with_capacity(values.len() * size_of::<T>());
        values.iter().for_each(|value| value.put(&mut bytes));
        blocks.push((name, shape, bytes));
    }
    let texts = HashMap::from([("activations".to_string(), kinds(net).join(","))]);
    let views = blocks.iter().map(|(name, shape, bytes)| Ok((name, TensorView::new(dtype, shape.clone(), bytes)?)));
    let views = views.collect::<Result<Vec<_>, SafeTensorError>>();
    views.and_then(|views| serialize(views, Some(texts))).or_else(|error| problem(error.to_string(), "save as `.npz`"))
}
