//! The types of variables, read from the MIR text that rustc writes beside the library.
//!
//! That text has no stable format: everything known about it is in this file, and its tests run the compiler.

use std::collections::BTreeSet;

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

impl TypeText {
    fn new(text: &str) -> TypeText {
        TypeText(with_parentheses(text))
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

    /// The type as generated code writes it: crates by absolute paths, and `!` by another name.
    pub fn source(&self) -> String {
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
