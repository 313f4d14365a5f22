//! Short names of types: `Array1<f64>` for the compiler's long name.
//!
//! It works on text, and leaves unknown types unchanged.

/// `alloc::vec::Vec<ndarray::ArrayBase<ndarray::OwnedRepr<f64>, ndarray::Dim<[usize; 2]>>>` -> `Vec<Array2<f64>>`
pub fn short(name: &str) -> String {
    arrays(&without_paths(name))
}

/// Each path cut to its last segment.
fn without_paths(name: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else if c == ':' && rest.peek() == Some(&':') {
            rest.next();
            word.clear();
        } else {
            out.push_str(&std::mem::take(&mut word));
            out.push(c);
        }
    }
    out + &word
}

fn arrays(name: &str) -> String {
    const START: &str = "ArrayBase<";
    let Some(at) = name.find(START) else { return name.to_owned() };
    let inside_at = at + START.len();
    let Some(end) = closing(&name[inside_at..]).map(|end| inside_at + end) else { return name.to_owned() };
    let rest = arrays(&name[end + 1..]);
    let whole = || format!("{}{START}{}>{rest}", &name[..at], arrays(&name[inside_at..end]));
    let parts = at_commas(&name[inside_at..end]);
    // ndarray 0.17 has the element as a third parameter, too.
    let [storage, dimension, ..] = parts.as_slice() else { return whole() };
    let Some(dimension) = dimension_of(dimension) else { return whole() };
    let (kind, element) = match storage.split_once('<') {
        Some(("OwnedRepr", element)) => ("Array", element),
        Some(("ViewRepr", element)) if element.starts_with("&mut ") => ("ArrayViewMut", &element[5..]),
        Some(("ViewRepr", element)) => ("ArrayView", element.trim_start_matches('&')),
        Some(("OwnedArcRepr", element)) => ("ArcArray", element),
        _ => return whole(),
    };
    let element = arrays(element.strip_suffix('>').unwrap_or(element));
    format!("{}{kind}{dimension}<{element}>{rest}", &name[..at])
}

/// `Dim<[usize; 2]>` -> `2`, `Dim<IxDynImpl>` -> `D`
fn dimension_of(text: &str) -> Option<String> {
    if text.contains("IxDyn") {
        return Some("D".into());
    }
    let count = text.strip_prefix("Dim<[usize; ")?.strip_suffix("]>")?;
    count.parse::<u8>().ok().map(|count| count.to_string())
}

/// Where the bracket that opened before `text` is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '<' => depth += 1,
            '>' if depth == 0 => return Some(at),
            '>' => depth -= 1,
            _ => {}
        }
        None
    })
}

/// Splits at the commas outside brackets: `x: (A, B), y: fn() -> C` -> `x: (A, B)` and `y: fn() -> C`.
pub fn at_commas(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from, mut before) = (Vec::new(), 0i32, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '<' | '{' => depth += 1,
            // The arrow of a return type is not a bracket.
            '>' if before == '-' => {}
            ')' | ']' | '>' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push(text[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_become_short() {
        let cases = [
            ("i32", "i32"),
            ("alloc::string::String", "String"),
            ("alloc::vec::Vec<alloc::string::String>", "Vec<String>"),
            (
                "ndarray::ArrayBase<ndarray::data_repr::OwnedRepr<f64>, ndarray::dimension::dim::Dim<[usize; 1]>>",
                "Array1<f64>",
            ),
            ("ndarray::ArrayBase<ndarray::ViewRepr<&f32>, ndarray::Dim<[usize; 2]>, f32>", "ArrayView2<f32>"),
            ("ArrayBase<OwnedRepr<i64>, Dim<IxDynImpl>>", "ArrayD<i64>"),
            ("(ArrayBase<OwnedRepr<u8>, Dim<[usize; 1]>>, &str)", "(Array1<u8>, &str)"),
            ("Vec<ArrayBase<OwnedRepr<Vec<f64>>, Dim<[usize; 2]>>>", "Vec<Array2<Vec<f64>>>"),
            ("ArrayBase<Other<i64>, Dim<[usize; 1]>>", "ArrayBase<Other<i64>, Dim<[usize; 1]>>"),
            ("ArrayBase<", "ArrayBase<"),
        ];
        for (long, text) in cases {
            assert_eq!(short(long), text);
        }
    }
}
