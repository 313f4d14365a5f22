//! A NumPy array: a header in the form of a Python dictionary, then the values.
//!
//! ```text
//! \x93NUMPY 1 0 | length | {'descr': '<f4', 'fortran_order': False, 'shape': (784, 50), } | values
//! ```
//!
//! Only floats are read, and short strings for the names of activations. Nothing is unpickled.

use super::element::{Element, Kind};
use super::{Problem, Tensor, damaged, foreign, problem, shape_text};

const MAGIC: &[u8] = b"\x93NUMPY";

/// A header, and where the values start.
struct Header<'a> {
    descr: &'a str,
    fortran: bool,
    shape: Vec<usize>,
    body: &'a [u8],
}

/// Whether these bytes are an array.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// An array of floats; `None` for a scalar of another type, such as a count of epochs.
pub(super) fn floats(name: &str, bytes: &[u8]) -> Result<Option<Tensor>, Problem> {
    let header = header(name, bytes)?;
    let kind = match header.descr.trim_start_matches(['<', '>', '=', '|']) {
        "f2" => Kind::F16,
        "f4" => Kind::F32,
        "f8" => Kind::F64,
        "O" => return foreign::objects(name, &header.shape),
        _ if header.shape.is_empty() => return Ok(None),
        _ => {
            let what = format!("{name} has dtype {}, not a float of 2, 4 or 8 bytes", header.descr);
            return problem(what, format!("save {name}.astype(\"f4\")"));
        }
    };
    let count = header.shape.iter().try_fold(1_usize, |count, side| count.checked_mul(*side));
    let size = count.and_then(|count| count.checked_mul(kind.size()));
    if size != Some(header.body.len()) {
        let (shape, there) = (shape_text(&header.shape), header.body.len());
        let needs = size.map_or("more bytes than there can be".into(), |size| format!("{size} bytes"));
        return damaged(format!("{name} has shape {shape}, which takes {needs}, and {there} follow"));
    }
    let mut values = kind.values(header.body, header.descr.starts_with('>'));
    if header.fortran && header.shape.len() > 1 {
        values = by_rows(&values, &header.shape);
    }
    Ok(Some(Tensor { name: name.to_string(), shape: header.shape, values }))
}

/// An array of strings (`<U7`), as written by [`write_texts`].
pub(super) fn texts(name: &str, bytes: &[u8]) -> Result<Vec<String>, Problem> {
    let header = header(name, bytes)?;
    let length = header.descr.strip_prefix("<U").and_then(|length| length.parse::<usize>().ok());
    let Some(length) = length.filter(|length| (1..=100).contains(length)) else {
        return problem(format!("{name} has dtype {}, not a short text", header.descr), "leave it out");
    };
    let text = |bytes: &[u8]| {
        let letters =
            bytes.chunks_exact(4).map(|letter| u32::from_le_bytes([letter[0], letter[1], letter[2], letter[3]]));
        letters.take_while(|&letter| letter != 0).filter_map(char::from_u32).collect()
    };
    Ok(header.body.chunks_exact(4 * length).map(text).collect())
}

fn header<'a>(name: &str, bytes: &'a [u8]) -> Result<Header<'a>, Problem> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return damaged(format!("{name} is not a NumPy array: it does not begin with \\x93NUMPY"));
    };
    let (length, start): (usize, usize) = match rest {
        [1, _, a, b, ..] => (usize::from(u16::from_le_bytes([*a, *b])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 6),
        [version, ..] => {
            return problem(format!("{name} is of format {version}, newer than 3"), "save it with NumPy 2");
        }
        [] => return damaged(format!("{name} ends after its first word")),
    };
    let text = start.checked_add(length).and_then(|stop| rest.get(start..stop));
    let Some(Ok(text)) = text.map(std::str::from_utf8) else {
        return damaged(format!("the header of {name} should have {length} bytes of text"));
    };
    let parts = (value(text, "descr"), value(text, "fortran_order"), value(text, "shape").and_then(shape));
    let (Some(descr), Some(fortran), Some(shape)) = parts else {
        return damaged(format!("the header of {name} is not understood: `{}`", text.trim_end()));
    };
    let descr = descr.trim_matches(['\'', '"']);
    Ok(Header { descr, fortran: fortran == "True", shape, body: &rest[start + length..] })
}

/// The text after a key, up to the comma that ends it.
fn value<'a>(dictionary: &'a str, key: &str) -> Option<&'a str> {
    let after = dictionary.split_once(&format!("'{key}':"))?.1.trim_start();
    let end = if after.starts_with('(') { after.find(')')? + 1 } else { after.find([',', '}'])? };
    Some(after[..end].trim())
}

fn shape(text: &str) -> Option<Vec<usize>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let sides = inner.split(',').map(str::trim).filter(|side| !side.is_empty());
    sides.map(|side| side.trim_end_matches('L').parse().ok()).collect()
}

/// Converts values from column order to row order.
fn by_rows(values: &[f64], shape: &[usize]) -> Vec<f64> {
    let mut place = vec![0; shape.len()];
    let mut rows = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        let from = place.iter().zip(shape).rev().fold(0, |from, (index, side)| from * side + index);
        rows.push(values[from]);
        for axis in (0..shape.len()).rev() {
            place[axis] += 1;
            if place[axis] < shape[axis] {
                break;
            }
            place[axis] = 0;
        }
    }
    rows
}

/// An array of floats as a file.
pub(super) fn write<T: Element>(shape: &[usize], values: &[T]) -> Vec<u8> {
    let mut bytes = start(T::NPY, shape);
    values.iter().for_each(|value| value.put(&mut bytes));
    bytes
}

/// An array of strings as a file.
pub(super) fn write_texts(texts: &[&str]) -> Vec<u8> {
    let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
    let mut bytes = start(&format!("<U{longest}"), &[texts.len()]);
    for text in texts {
        let letters = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(longest);
        letters.for_each(|letter| bytes.extend(letter.to_le_bytes()));
    }
    bytes
}

fn start(descr: &str, shape: &[usize]) -> Vec<u8> {
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {}, }}", shape_text(shape));
    // The values start at a multiple of 64.
    let length = (10 + text.len() + 1).next_multiple_of(64) - 10;
    text.push_str(&" ".repeat(length - 1 - text.len()));
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((length as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_rows() {
        assert_eq!(by_rows(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0], &[2, 3]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = write(&[2, 1], &[1.5_f32, -2.0]);
        assert_eq!(bytes.len(), 128 + 8);
        let tensor = floats("W1", &bytes).unwrap().unwrap();
        assert_eq!((tensor.shape, tensor.values), (vec![2, 1], vec![1.5, -2.0]));
        assert_eq!(texts("a", &write_texts(&["relu", "softmax"])).unwrap(), ["relu", "softmax"]);
    }
}
