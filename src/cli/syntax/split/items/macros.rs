//! Macros that make items: which macros do, and which names a call of one defines.
//!
//! It guesses from tokens, because nothing is expanded here.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use super::Space;

/// Whether a macro call makes items: known by the macro's own rules, or guessed from its input.
pub fn call_makes_items(call: &syn::Macro, item_macros: &BTreeSet<String>) -> bool {
    let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    // The session knows which included files hold items.
    let is_include = name == "include" && item_macros.contains(call.tokens.to_string().trim_end_matches([' ', ',']));
    is_include || item_macros.contains(&name) || name == "thread_local" || begins_like_item(&call.tokens)
}

/// Whether a rule of a `macro_rules!` macro expands to something that begins like an item.
pub fn rules_make_items(tokens: &TokenStream) -> bool {
    let mut after_arrow = 0;
    for token in tokens.clone() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '=' => after_arrow = 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && after_arrow == 1 => after_arrow = 2,
            TokenTree::Group(group) if after_arrow == 2 => {
                if begins_like_item(&group.stream()) {
                    return true;
                }
                after_arrow = 0;
            }
            _ => after_arrow = 0,
        }
    }
    false
}

const ITEM_WORDS: [&str; 10] = ["struct", "enum", "fn", "static", "trait", "mod", "impl", "union", "type", "use"];

fn begins_like_item(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            // Attributes, and the repetition `$( ... )*` around the item.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next();
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Group(group)) => {
                    // `$(#[$meta])* struct ...`: attributes repeated, then the item.
                    let only_attributes = group
                        .stream()
                        .into_iter()
                        .next()
                        .is_some_and(|first| matches!(&first, TokenTree::Punct(punct) if punct.as_char() == '#'));
                    if !only_attributes || begins_like_item(&group.stream()) {
                        return begins_like_item(&group.stream());
                    }
                    tokens.next();
                }
                // `$vis struct`
                Some(TokenTree::Ident(_)) if matches!(tokens.peek(), Some(TokenTree::Ident(_))) => {}
                _ => return false,
            },
            TokenTree::Ident(ident) if ident == "pub" => {
                if matches!(tokens.peek(), Some(TokenTree::Group(_))) {
                    tokens.next();
                }
            }
            TokenTree::Ident(ident) if ident == "unsafe" || ident == "extern" || ident == "async" => {
                if !matches!(tokens.peek(), Some(TokenTree::Ident(_))) {
                    return false;
                }
            }
            TokenTree::Ident(ident) if ident == "macro_rules" => {
                return matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
            }
            TokenTree::Ident(ident) if ident == "const" => {
                return matches!(tokens.peek(), Some(TokenTree::Ident(_) | TokenTree::Punct(_)));
            }
            TokenTree::Ident(ident) if ITEM_WORDS.iter().any(|word| ident == word) => {
                return match tokens.peek() {
                    Some(TokenTree::Ident(_)) => true,
                    // `struct $name`, `impl<T>`, `use ::a`
                    Some(TokenTree::Punct(punct)) => "$<:".contains(punct.as_char()),
                    _ => false,
                };
            }
            _ => return false,
        }
    }
    false
}

/// The names after `struct`, `fn`, `static ref`, ... at the first level of a macro's input.
pub fn names_defined(tokens: &TokenStream) -> Vec<(Space, String)> {
    let mut names = Vec::new();
    let mut space = None;
    for token in tokens.clone() {
        let TokenTree::Ident(ident) = token else {
            space = None;
            continue;
        };
        let word = ident.to_string();
        space = match word.as_str() {
            "struct" | "enum" | "trait" | "mod" | "union" | "type" => Some(Space::Type),
            "fn" | "static" | "const" => Some(Space::Value),
            "ref" | "mut" => space,
            _ => {
                names.extend(space.map(|space| (space, word)));
                None
            }
        };
    }
    names
}
