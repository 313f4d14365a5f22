//! A Rust file as tokens: the paths it names, grouped imports among them, its functions and the macros it calls.
//!
//! Tokens see what a parser of items cannot: a path inside a macro call. Comments and strings are not tokens.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path from the root of the crate, `["cli", "runner", "rules", "Rules"]`, and the line that names it.
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
}

/// A function and the lines from `fn` to its closing brace.
pub struct Function {
    pub name: String,
    pub lines: usize,
}

/// What one file contains.
#[derive(Default)]
pub struct Contents {
    pub named: Vec<Named>,
    pub functions: Vec<Function>,
    pub macros: Vec<String>,
}

/// Reads a file; `module` is its own path from the root of the crate.
pub fn read(text: &str, module: &[String]) -> Contents {
    let stream = TokenStream::from_str(text).expect("the file compiles, so it is made of tokens");
    let mut contents = Contents::default();
    walk(stream, module, &mut contents);
    contents
}

fn walk(stream: TokenStream, module: &[String], contents: &mut Contents) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        let is_continued = at >= 2 && is_punct(&tokens[at - 1], ':') && is_punct(&tokens[at - 2], ':');
        match &tokens[at] {
            TokenTree::Ident(ident) if !is_continued => match ident.to_string().as_str() {
                "crate" | "super" | "self" => follow(&tokens, at, Vec::new(), module, contents),
                "fn" => contents.functions.extend(function(&tokens, at)),
                "mod" => {
                    if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) =
                        (tokens.get(at + 1), tokens.get(at + 2))
                    {
                        let inner = [module, &[name.to_string()]].concat();
                        walk(body.stream(), &inner, contents);
                        at += 3;
                        continue;
                    }
                }
                _ => {}
            },
            TokenTree::Group(group) => walk(group.stream(), module, contents),
            _ => {}
        }
        if let (TokenTree::Ident(name), Some(bang), Some(TokenTree::Group(_))) =
            (&tokens[at], tokens.get(at + 1), tokens.get(at + 2))
            && is_punct(bang, '!')
        {
            contents.macros.push(name.to_string());
        }
        at += 1;
    }
}

/// Collects the path that goes on at this token, each leaf of a `{a, b::c}` as one of its own.
fn follow(tokens: &[TokenTree], start: usize, before: Vec<String>, module: &[String], contents: &mut Contents) {
    let (mut path, mut at) = (before, start);
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                for leaf in leaves(group) {
                    follow(&leaf, 0, path.clone(), module, contents);
                }
                return;
            }
            _ => break,
        }
        let colons = [tokens.get(at + 1), tokens.get(at + 2)];
        if !colons.into_iter().all(|token| token.is_some_and(|token| is_punct(token, ':'))) {
            break;
        }
        at += 3;
    }
    let line = tokens.get(start).map_or(0, |token| token.span().start().line);
    contents.named.extend(absolute(&path, module).map(|path| Named { path, line }));
}

/// The parts of a group between its commas.
fn leaves(group: &Group) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    tokens.split(|token| is_punct(token, ',')).filter(|leaf| !leaf.is_empty()).map(<[_]>::to_vec).collect()
}

/// From the root of the crate; `None` for a lone `self` or `crate`.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut base = if path[0] == "crate" { Vec::new() } else { module.to_vec() };
    for word in path {
        match word.as_str() {
            "crate" | "self" => {}
            "super" => drop(base.pop()),
            name => base.push(name.to_owned()),
        }
    }
    (path.len() > 1).then_some(base)
}

fn function(tokens: &[TokenTree], at: usize) -> Option<Function> {
    let TokenTree::Ident(name) = tokens.get(at + 1)? else { return None };
    let body = tokens[at + 2..].iter().find(|token| is_punct(token, ';') || is_body(token))?;
    let lines = body.span().end().line + 1 - tokens[at].span().start().line;
    is_body(body).then(|| Function { name: name.to_string(), lines })
}

fn is_body(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

#[test]
fn a_grouped_import_and_a_path_in_a_macro_are_seen() {
    let text = "use crate::cli::{exit::Exit, runner::{self, rules}};\nuse super::state;\n\
                mod tests { use super::super::wire; }\nfn f() {\n    println!(\"{}\", crate::cli::lang::code());\n}\n";
    let contents = read(text, &["cli", "engine", "own"].map(str::to_owned));
    let named: Vec<String> = contents.named.iter().map(|named| named.path.join("::")).collect();
    let expected = [
        "cli::exit::Exit",
        "cli::runner",
        "cli::runner::rules",
        "cli::engine::state",
        "cli::engine::wire",
        "cli::lang::code",
    ];
    assert_eq!(named, expected);
    assert_eq!((contents.functions[0].name.as_str(), contents.functions[0].lines), ("f", 3));
    assert_eq!(contents.macros, ["println"]);
}
