//! The types of variables, read from the MIR text that rustc writes beside the library.
//!
//! That text has no stable format: everything known about it is in this file, and its tests run the compiler.

use std::collections::BTreeSet;

use super::generate::symbol;
use crate::cli::syntax::types::at_commas;

/// A type as rustc writes it, with the session's crates under their reserved names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeText(String);

/// The prefix of every generated name.
pub const RESERVED: &str = "__fp_";

/// In written types, `!` is allowed only after an arrow.
const NEVER: &str = "<fn() -> ! as ::fp_rt::Gives>::What";

/// The name of the tuple of a cell's new variables.
pub fn mark(number: usize) -> String {
    format!("{RESERVED}types_{number}")
}

/// The types in a cell's marked tuple, after the `bool` that keeps it from being optimised away; `None` if the tuple is
/// unreachable because the cell does not return.
pub fn marked_types(mir: &str, number: usize) -> Option<Vec<TypeText>> {
    // Locals are numbered per function: find the tuple in the function that names it.
    let name = format!("debug {} => ", mark(number));
    let named = mir.find(&name)?;
    let start = mir[..named].rfind("\nfn ").map_or(0, |newline| newline + 1);
    let end = mir[named..].find("\n}").map_or(mir.len(), |end| named + end);
    let function = &mir[start..end];
    let local = mir[named..].strip_prefix(&name)?.split(';').next()?;
    let declared = ["let ", "let mut "].map(|head| format!("{head}{local}: "));
    let mut lines = function.lines().map(str::trim);
    let tuple = lines.find_map(|line| declared.iter().find_map(|head| line.strip_prefix(head.as_str())))?;
    let tuple = tuple.strip_suffix(';')?;
    let inner = tuple.strip_prefix('(')?.strip_suffix(')')?;
    Some(at_commas(inner).into_iter().skip(1).map(TypeText::new).collect())
}

/// The type of a variable of a cell, where the MIR of the cell's body names it; of several of one name, the last.
pub fn local_type(mir: &str, number: usize, name: &str) -> Option<TypeText> {
    let start = mir.find(&format!("\nfn {}::{{closure#0}}(", symbol(number)))? + 1;
    let end = mir[start..].find("\n}").map_or(mir.len(), |end| start + end);
    let function = &mir[start..end];
    let named = format!("debug {name} => ");
    let place = function.lines().filter_map(|line| line.trim().strip_prefix(named.as_str())).next_back()?;
    let local = place.strip_suffix(';')?;
    if let Some(constant) = local.strip_prefix("const ZeroSized: ") {
        return Some(TypeText::new(constant));
    }
    let declared = ["let ", "let mut "].map(|head| format!("{head}{local}: "));
    let mut lines = function.lines().map(str::trim);
    let found = lines.find_map(|line| declared.iter().find_map(|head| line.strip_prefix(head.as_str())))?;
    Some(TypeText::new(found.strip_suffix(';')?))
}

impl TypeText {
    /// A type in the words of the MIR.
    pub fn new(text: &str) -> TypeText {
        TypeText(with_parentheses(text))
    }

    /// `{closure@FILE:LINE...}`, if the type is a closure itself.
    pub fn closure(&self) -> Option<&str> {
        let text = self.0.as_str();
        (text.starts_with("{closure@") && text.find('}') == Some(text.len() - 1)).then_some(text)
    }

    /// The pointer to a function, if the type is that of a single one: `fn(i32) -> i32 {twice}`.
    pub fn function_pointer(&self) -> Option<TypeText> {
        let head = self.0.strip_suffix('}')?.split_once(" {")?.0;
        let is_function =
            ["fn(", "unsafe fn(", "extern ", "unsafe extern ", "for<"].iter().any(|it| head.starts_with(it));
        (is_function && !head.contains(['{', '}']) && head.contains("fn(")).then(|| TypeText::new(head))
    }

    /// Does the type, as far as it is known, contain a borrow?
    pub fn borrows(&self) -> bool {
        self.0.contains(['&', '\''])
    }

    /// Why the type cannot be written, if it cannot.
    pub fn unnameable(&self) -> Option<Unnameable> {
        let text = &self.0;
        if text.contains("{closure@") {
            Some(Unnameable::Closure)
        } else if text.contains("{async") || text.contains("{coroutine") {
            Some(Unnameable::Future)
        } else if text.contains('{') {
            Some(Unnameable::Function)
        } else if text.contains("impl ") {
            Some(Unnameable::Opaque)
        } else {
            None
        }
    }

    /// The type of a stored value as generated code writes it.
    pub fn source(&self) -> String {
        static_in_calls(&self.written())
    }

    /// The type as Rust: crates by absolute paths, and `!` by another name.
    pub fn written(&self) -> String {
        let absolute = self.map_paths(|path| match path.split("::").next() {
            Some(first) if path.contains("::") && is_std(first) => format!("::{path}"),
            _ => path.to_owned(),
        });
        absolute.replace('!', NEVER)
    }

    /// The type as the user would write it: only the last name of every path into a crate.
    pub fn shown(&self) -> String {
        self.map_paths(|path| {
            let first = path.split("::").next().unwrap_or(path);
            let outside = path.contains("::") && (is_std(first) || first.starts_with(RESERVED));
            if outside { path.rsplit("::").next().unwrap_or(path).to_owned() } else { path.to_owned() }
        })
    }

    /// All names in it that the user may have defined, and the crates.
    pub fn names(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut names, mut crates) = (BTreeSet::new(), BTreeSet::new());
        self.map_paths(|path| {
            let is_outside = path.contains("::") && path.split("::").next().is_some_and(is_std);
            for word in path.split("::").filter(|_| !is_outside) {
                match word.strip_prefix(RESERVED) {
                    Some(name) => crates.insert(name.to_owned()),
                    None => names.insert(word.strip_prefix("r#").unwrap_or(word).to_owned()),
                };
            }
            String::new()
        });
        (names, crates)
    }

    /// The first names of the paths in it.
    pub fn heads(&self) -> BTreeSet<String> {
        let mut heads = BTreeSet::new();
        self.map_paths(|path| {
            heads.extend(path.split_once("::").map(|(head, _)| head.to_owned()));
            String::new()
        });
        heads
    }

    fn map_paths(&self, mut map: impl FnMut(&str) -> String) -> String {
        let mut out = String::new();
        let mut path = String::new();
        let mut rest = self.0.as_str();
        while let Some(c) = rest.chars().next() {
            if c.is_alphanumeric() || c == '_' || rest.starts_with("r#") {
                path.push(c);
                if rest.starts_with("r#") {
                    path.push('#');
                    rest = &rest[1..];
                }
            } else if rest.starts_with("::") && !rest.starts_with("::<") && !path.is_empty() {
                path.push_str("::");
                rest = &rest[1..];
            } else {
                if !path.is_empty() {
                    // A lifetime is not a path.
                    let text = if out.ends_with('\'') { path.clone() } else { map(&path) };
                    out.push_str(&text);
                    path.clear();
                }
                out.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
        if !path.is_empty() {
            out.push_str(&map(&path));
        }
        out
    }
}

/// Why a type cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnameable {
    Closure,
    Future,
    Function,
    Opaque,
}

fn is_std(name: &str) -> bool {
    matches!(name, "std" | "core" | "alloc")
}

/// rustc prints `&dyn A + B` for `&(dyn A + B)`.
fn with_parentheses(text: &str) -> String {
    for head in ["&dyn ", "&mut dyn ", "*const dyn ", "*mut dyn "] {
        let mut from = 0;
        while let Some(found) = text[from..].find(head) {
            let start = from + found + head.len() - "dyn ".len();
            let end = start + end_of_bounds(&text[start..]);
            if text[start..end].contains(" + ") {
                let inner = with_parentheses(&text[start + 4..end]);
                return format!("{}(dyn {inner}){}", &text[..start], with_parentheses(&text[end..]));
            }
            from = start + 4;
        }
    }
    text.to_owned()
}

/// In the signatures of functions, a lifetime that is left out would be a parameter; rustc names those, so that what it
/// leaves out is `'static`, as in all stored values.
fn static_in_calls(text: &str) -> String {
    let heads = ["Fn(", "FnMut(", "FnOnce(", "fn("];
    let Some(start) = heads.iter().filter_map(|head| text.find(head)).min() else { return text.to_owned() };
    let end = start + end_of_bounds(&text[start..]);
    format!("{}{}{}", &text[..start], with_static(&text[start..end]), static_in_calls(&text[end..]))
}

/// With every lifetime that is left out or erased written as `'static`.
pub fn with_static(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        out.push(c);
        rest = &rest[c.len_utf8()..];
        if c == '&' && !rest.starts_with('\'') {
            out.push_str("'static ");
        } else if c == '\'' && rest.starts_with('_') && !rest[1..].starts_with(char::is_alphanumeric) {
            out.push_str("static");
            rest = &rest[1..];
        }
    }
    out
}

/// Where the bounds of a `dyn` end: at a comma or a closing bracket that is not part of them.
fn end_of_bounds(text: &str) -> usize {
    let mut depth = 0i32;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '<' | '{' => depth += 1,
            '>' if before == '-' => {}
            ')' | ']' | '>' | '}' if depth == 0 => return at,
            ')' | ']' | '>' | '}' => depth -= 1,
            ',' | ';' | '=' if depth == 0 => return at,
            _ => {}
        }
        before = c;
    }
    text.len()
}

#[cfg(test)]
mod tests;
