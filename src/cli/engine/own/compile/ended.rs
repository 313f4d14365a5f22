//! The variables that end with their cell, and the note that says why and how to keep them.
//!
//! Everything that the cell does has been done: only the wish to keep the variable fails.

use std::collections::BTreeMap;

use super::types::{TypeText, Unnameable};

/// Why a variable cannot persist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It borrows this variable, where rustc names it.
    Borrows(Option<String>),
    /// It borrows a value without a name.
    BorrowsTemporary,
    /// A value that is dropped only when the cell ends borrows it.
    Lent(String),
    /// A later cell cannot name its type.
    Unnameable(Unnameable),
    /// None of the forms in which it could be stored fits.
    NoForm,
}

/// One note for all of them; `None` if there are none.
pub fn note(ended: &BTreeMap<String, Why>, types: &BTreeMap<String, TypeText>) -> Option<String> {
    let mut groups: Vec<(Vec<&String>, String, String)> = Vec::new();
    for (name, why) in ended {
        let (what, how) = why.words(name, types.get(name));
        match groups.iter_mut().find(|(_, own, _)| *own == what) {
            Some((names, ..)) => names.push(name),
            None => groups.push((vec![name], what, how)),
        }
    }
    let sentences: Vec<String> = groups.iter().map(|(names, what, how)| sentence(names, what, how)).collect();
    (!sentences.is_empty()).then(|| sentences.join(". "))
}

fn sentence(names: &[&String], what: &str, how: &str) -> String {
    let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match list.as_slice() {
        [one] => format!("{one} {} and ended with its cell; {how}", what.replace("(s)", "s").replace("(has)", "has")),
        [first @ .., last] => {
            let what = what.replace("(s)", "").replace("(has)", "have");
            format!("{} and {last} {what} and ended with their cell; {how}", first.join(", "))
        }
        [] => String::new(),
    }
}

impl Why {
    /// What the variable does, and how to keep it.
    fn words(&self, name: &str, type_text: Option<&TypeText>) -> (String, String) {
        let is_closure = type_text.is_some_and(|text| text.closure().is_some());
        let how_to_own = || if is_closure { CAPTURE.to_owned() } else { owned(name, type_text) };
        match self {
            Why::Borrows(Some(other)) if other != name => (format!("borrow(s) `{other}`"), how_to_own()),
            Why::Borrows(Some(_)) => ("borrow(s) an earlier value of its name".to_owned(), how_to_own()),
            Why::Borrows(None) => ("borrow(s) from another value".to_owned(), how_to_own()),
            Why::BorrowsTemporary => ("borrow(s) a value without a name".to_owned(), how_to_own()),
            Why::Lent(to) => (
                format!("(has) been borrowed until the end by a `{to}`"),
                format!("drop that `{to}` first, or put the statements in braces"),
            ),
            Why::Unnameable(kind) => kind.words(name),
            Why::NoForm => ("(has) a type that a later cell cannot name".to_owned(), BOX.to_owned()),
        }
    }
}

const CAPTURE: &str = "make it own what it uses: `move |...|`";
const BOX: &str = "box it, as in `Box<dyn Fn(i32) -> i32>`";

impl Unnameable {
    fn words(self, name: &str) -> (String, String) {
        let (what, how) = match self {
            Unnameable::Closure => (
                "(has) a type that contains a closure",
                "collect its items, or box it, as in `Box<dyn Iterator<Item = i32>>`".to_owned(),
            ),
            Unnameable::Future => {
                ("(has) the type of a future", format!("`.await` it in this cell, or box it: `Box::pin({name})`"))
            }
            Unnameable::Function => (
                "(has) a type that contains a single function",
                "write the pointer's type, as in `fn(i32) -> i32`".to_owned(),
            ),
            Unnameable::Opaque => ("(has) a type behind `impl`", "box it, as in `Box<dyn Trait>`".to_owned()),
        };
        (what.to_owned(), how)
    }
}

/// How to make a value that owns its data.
fn owned(name: &str, type_text: Option<&TypeText>) -> String {
    let text = type_text.map(TypeText::shown).unwrap_or_default();
    let is_guard = ["Guard<", "Ref<", "RefMut<"].iter().any(|part| text.contains(part));
    if is_guard {
        return "take it again in the cell that needs it".to_owned();
    }
    let example = match text.as_str() {
        "&str" => format!("`{name}.to_owned()`"),
        text if text.starts_with("&[") => format!("`{name}.to_vec()`"),
        text if text.starts_with("&mut ") => return "borrow again in the cell that needs it".to_owned(),
        text if text.starts_with('&') => format!("`{name}.clone()`"),
        text if text.starts_with("Vec<&str") => "`.map(str::to_owned)` before `.collect()`".to_owned(),
        "" => "a `.clone()`".to_owned(),
        _ => return "keep an owned value".to_owned(),
    };
    format!("keep an owned value, such as {example}")
}
