//! The user's statics whose values persist, and when they start anew.
//!
//! A static stays while its definition, and every item that its type or its initial value reaches, stay the same: the
//! rule for variables, which also protects its memory from another type.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use super::super::statics::{Path, Shared};
use super::{Basis, Key, State, StoredItem};
use crate::cli::syntax::split::words;

/// The statics that cells have used.
#[derive(Clone, Debug, Default)]
pub struct Statics {
    /// By the text of their paths.
    known: BTreeMap<String, Known>,
    /// Counts them, so that one that starts anew gets another key.
    made: u64,
}

#[derive(Clone, Debug)]
struct Known {
    path: Path,
    name: String,
    /// By which the process knows it.
    key: u64,
    basis: Basis,
    /// The crates at the time.
    crates: BTreeSet<String>,
    /// What its type or initial value name may hold something of a crate.
    of_crates: bool,
}

/// The text that defines a static.
struct Definition {
    /// As the user named it.
    name: Option<String>,
    hash: u64,
    words: BTreeSet<String>,
}

impl State {
    /// The keys of a library's statics.
    pub fn keys_of_statics(&mut self, statics: Vec<(String, Path)>, crates: &BTreeMap<String, String>) -> Vec<Shared> {
        let mut keys = Vec::new();
        for (symbol, path) in statics {
            if let Some(known) = self.statics.known.get(&path.text) {
                keys.push(Shared { key: known.key, symbol, name: known.name.clone() });
            } else if let Some(definition) = self.definition(&path) {
                let (basis, of_crates) = self.basis_of_static(&definition.words, definition.hash, crates, None);
                self.statics.made += 1;
                let key = self.statics.made;
                let name = definition.name.or_else(|| path.names.last().cloned()).unwrap_or_default();
                keys.push(Shared { key, symbol, name: name.clone() });
                let crates = crates.keys().cloned().collect();
                self.statics.known.insert(path.text.clone(), Known { path, name, key, basis, crates, of_crates });
            }
        }
        keys
    }

    /// Forgets the statics whose definitions have changed, or what these reach; returns the names of those that start
    /// anew.
    pub fn forget_changed_statics(&mut self, crates: &BTreeMap<String, String>) -> BTreeSet<String> {
        self.forget_statics(|state, known| {
            let Some(definition) = state.definition(&known.path) else { return true };
            let then = crates.iter().filter(|(name, _)| known.crates.contains(*name));
            let then = then.map(|(name, print)| (name.clone(), print.clone())).collect();
            state.basis_of_static(&definition.words, definition.hash, &then, Some(&known.basis)).0 != known.basis
        })
    }

    /// Forgets the statics that may hold something of a crate; returns their names.
    pub fn forget_statics_of_crates(&mut self) -> BTreeSet<String> {
        self.forget_statics(|_, known| known.of_crates)
    }

    fn forget_statics(&mut self, is_gone: impl Fn(&State, &Known) -> bool) -> BTreeSet<String> {
        let gone: Vec<(String, Path)> = self
            .statics
            .known
            .iter()
            .filter(|(_, known)| is_gone(self, known))
            .map(|(text, known)| (text.clone(), known.path.clone()))
            .collect();
        for (text, _) in &gone {
            self.statics.known.remove(text);
        }
        gone.iter().filter_map(|(_, path)| self.definition(path)?.name).collect()
    }

    /// `None` if no item of the session contains the static.
    fn definition(&self, path: &Path) -> Option<Definition> {
        let mut owners: Vec<&StoredItem> =
            self.items.iter().map(|item| &**item).filter(|item| item.may_contain(path)).collect();
        if owners.is_empty() {
            // Made by a macro whose call does not show what it defines.
            let calls: Vec<&StoredItem> =
                self.items.iter().map(|item| &**item).filter(|item| matches!(item.key, Key::Text(_))).collect();
            let names_it = |call: &&&StoredItem| path.names.first().is_some_and(|name| call.words.contains(name));
            owners = calls.iter().filter(names_it).copied().collect();
            if owners.is_empty() {
                owners = calls;
            }
        }
        if owners.is_empty() {
            return None;
        }
        let all: Vec<(&StoredItem, Vec<Part>)> = owners.iter().map(|owner| (*owner, parts(&owner.text))).collect();
        for name in path.names.iter().rev() {
            let mut found = all.iter().flat_map(|(owner, parts)| parts.iter().map(move |part| (owner, part)));
            let mut found = found.by_ref().filter(|(_, part)| part.name == *name);
            if let (Some((owner, part)), None) = (found.next(), found.next()) {
                let text = if part.is_alone { part.text.clone() } else { owner.text.clone() };
                let (mut words, hash) = words::names_and_hash(&text)?;
                // The other statics of one macro call are not part of it.
                words.retain(|word| word != name || !part.is_alone);
                return Some(Definition { name: Some(name.clone()), hash, words });
            }
        }
        let text: Vec<&str> = owners.iter().map(|owner| owner.text.as_str()).collect();
        let (words, hash) = words::names_and_hash(&text.join("\n"))?;
        let name = path.names.first().filter(|_| path.is_plain && path.names.len() == 1);
        Some(Definition { name: name.cloned(), hash, words })
    }
}

impl StoredItem {
    /// May this static be in the item?
    fn may_contain(&self, path: &Path) -> bool {
        let is_named = |name: &String| !self.is_import() && self.names.iter().any(|(_, own)| own == name);
        if path.is_plain {
            return path.names.first().is_some_and(is_named);
        }
        let is_of_type =
            || self.layout.as_ref().is_some_and(|layout| path.names.iter().any(|it| layout.head.contains(it)));
        match &self.key {
            Key::Member { name, .. } => path.names.contains(name) && is_of_type(),
            Key::TraitImpl(_) => is_of_type() && self.words.contains("static"),
            _ => self.words.contains("static") && path.names.iter().any(is_named),
        }
    }
}

/// A static in the text of an item.
struct Part {
    name: String,
    text: String,
    /// Nothing beside it in the item can be part of its type or initial value.
    is_alone: bool,
}

/// The words of items whose names a static beside them could use.
const ITEMS: [&str; 9] = ["struct", "enum", "union", "trait", "impl", "use", "mod", "type", "macro_rules"];

/// The statics in the text of an item.
fn parts(text: &str) -> Vec<Part> {
    let mut found = Found::default();
    found.look(text.parse().unwrap_or_default());
    // The function itself, and no other.
    let is_alone = !found.has_items && found.functions <= 1;
    found.statics.into_iter().map(|(name, text)| Part { name, text, is_alone }).collect()
}

#[derive(Default)]
struct Found {
    statics: Vec<(String, String)>,
    has_items: bool,
    functions: usize,
}

impl Found {
    fn look(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut is_lifetime = false;
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Group(group) => self.look(group.stream()),
                TokenTree::Ident(word) if word == "static" && !is_lifetime => {
                    let rest: Vec<TokenTree> = std::iter::from_fn(|| tokens.next_if(|token| !is_end(token))).collect();
                    let is_mark = |token: &&TokenTree| matches!(token.to_string().as_str(), "mut" | "ref");
                    let name = rest.iter().find(|token| !is_mark(token));
                    if let Some(TokenTree::Ident(name)) = name {
                        let (name, text) = (name.to_string(), rest.iter().cloned().collect::<TokenStream>());
                        let name = name.strip_prefix("r#").unwrap_or(&name).to_owned();
                        self.statics.push((name, format!("static {text}")));
                    }
                }
                TokenTree::Ident(word) if !is_lifetime => {
                    let word = word.to_string();
                    self.has_items |= ITEMS.contains(&word.as_str());
                    self.has_items |= word == "const" && matches!(tokens.peek(), Some(TokenTree::Ident(_)));
                    self.functions += usize::from(word == "fn");
                }
                _ => {}
            }
            is_lifetime = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '\'');
        }
    }
}

fn is_end(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statics_are_found_in_the_text_of_an_item() {
        for (text, expected) in [
            ("static A: u8 = 1;", "A true: static A : u8 = 1"),
            ("pub static mut B: &'static str = \"\";", "B true: static mut B : & 'static str = \"\""),
            (
                "fn f() -> u8 { static C: u8 = 1; static D: u8 = 2; C + D }",
                "C true: static C : u8 = 1|D true: static D : u8 = 2",
            ),
            ("fn f() { struct P; static C: Option<P> = None; }", "C false: static C : Option < P > = None"),
            ("fn f() { const fn g() -> u8 { 1 } static C: u8 = g(); }", "C false: static C : u8 = g()"),
            (
                "thread_local! { static T: Cell<u8> = const { Cell::new(1) } }",
                "T true: static T : Cell < u8 > = const { Cell :: new (1) }",
            ),
            ("lazy_static! { static ref L: u8 = 1; }", "L true: static ref L : u8 = 1"),
            ("fn f(x: &'static str) {}", ""),
        ] {
            let found: Vec<String> =
                parts(text).iter().map(|part| format!("{} {}: {}", part.name, part.is_alone, part.text)).collect();
            assert_eq!(found.join("|").replace(' ', ""), expected.replace(' ', ""));
        }
    }
}
