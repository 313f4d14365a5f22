//! Raw pointers to variables: a variable moves between cells, and its pointer does not follow.
//!
//! It reads the statement that makes the pointer; where a pointer comes from a function, nothing is known.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};

use super::super::source::Source;
use super::super::state::State;
use super::NewVariables;
use crate::cli::syntax::split::PartKind;

/// Functions that return the address of an array's first element.
const OF_ARRAYS: [&str; 2] = ["as_ptr", "as_mut_ptr"];

/// A note on the pointers among the new variables that point to variables.
pub fn note(state: &State, new: &NewVariables, source: &Source) -> Option<String> {
    let of_state = state.variables.iter().map(|(name, variable)| (name.as_str(), variable.type_text.shown()));
    let of_cell = new.iter().map(|(binding, type_text)| (binding.name.as_str(), type_text.shown()));
    let types: BTreeMap<&str, String> = of_state.chain(of_cell).collect();
    let is_pointer = |text: &String| ["*mut ", "*const ", "NonNull<"].iter().any(|head| text.starts_with(head));
    let pointers = new.iter().map(|(binding, _)| &binding.name).filter(|name| is_pointer(&types[name.as_str()]));
    let found = pointers.filter_map(|pointer| {
        let makes = |kind: &PartKind| match kind {
            PartKind::Statement { binds, .. } => binds.iter().any(|bind| bind.name == *pointer),
            _ => false,
        };
        let part = source.cell.parts.iter().rev().find(|part| makes(&part.kind))?;
        let tokens: TokenStream = source.text_of(part).parse().ok()?;
        let mut flat = Vec::new();
        flatten(tokens, &mut flat);
        Some((pointer, addressed(&flat, &types)?.clone()))
    });
    let pairs: Vec<String> = found.map(|(pointer, to)| format!("`{pointer}` points to `{to}`")).collect();
    (!pairs.is_empty()).then(|| {
        format!(
            "{}, and a variable has another address after each cell: use the pointer in its own cell only, or point \
             into a `Box`",
            pairs.join(", ")
        )
    })
}

fn flatten(tokens: TokenStream, flat: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                flat.push("(".to_owned());
                flatten(group.stream(), flat);
                flat.push(")".to_owned());
            }
            other => flat.push(other.to_string()),
        }
    }
}

/// The variable whose own address these tokens take: `&x`, `&mut x.field`, `&raw const x`, `addr_of!(x)`,
/// `array.as_ptr()`.
fn addressed<'a>(tokens: &'a [String], types: &BTreeMap<&str, String>) -> Option<&'a String> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token == word);
    (0..tokens.len()).find_map(|at| {
        let mut place = at;
        if is(at, "&") {
            place += 1;
            place += usize::from(is(place, "raw"));
            place += usize::from(is(place, "mut") || is(place, "const"));
        } else if (is(at, "addr_of") || is(at, "addr_of_mut")) && is(at + 1, "!") {
            place += 3;
        } else {
            let is_array = types.get(tokens[at].as_str()).is_some_and(|text| text.starts_with('['));
            let takes = is(at + 1, ".") && OF_ARRAYS.iter().any(|name| is(at + 2, name));
            return (is_array && takes).then(|| &tokens[at]);
        }
        let variable = tokens.get(place).filter(|word| types.contains_key(word.as_str()))?;
        let mut next = place + 1;
        while is(next, ".") && !is(next + 2, "(") {
            next += 2;
        }
        (!is(next, ".") && !is(next, "(")).then_some(variable)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_variables_are_found() {
        let types = BTreeMap::from([("x", "i32".to_owned()), ("a", "[u8; 4]".to_owned()), ("v", "Vec<u8>".to_owned())]);
        for (code, expected) in [
            ("let p = &mut x as *mut i32;", Some("x")),
            ("let p: *const u8 = &x.first.second;", Some("x")),
            ("let p = &raw const x;", Some("x")),
            ("let p = std::ptr::addr_of_mut!(x);", Some("x")),
            ("let p = std::ptr::NonNull::from(&mut x);", Some("x")),
            ("let p = a.as_ptr();", Some("a")),
            ("let p = v.as_ptr();", None),
            ("let p = &v[0] as *const u8;", None),
            ("let p = &*x as *const u8;", None),
            ("let p = x.get(&y);", None),
            ("let p = &v.first().unwrap() as *const u8;", None),
            ("let p = Box::into_raw(Box::new(x));", None),
        ] {
            let mut flat = Vec::new();
            flatten(code.parse().unwrap(), &mut flat);
            assert_eq!(addressed(&flat, &types).map(String::as_str), expected, "{code}");
        }
    }
}
