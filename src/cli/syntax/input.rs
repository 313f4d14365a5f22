//! Whether typed Rust is complete, by rustc's own lexer, then by syn.
//!
//! It decides only whether to wait for more lines; errors are left to rustc.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, RawStrError, TokenKind, tokenize, validate_raw_str};
use syn::parse::Parser;
use syn::{Block, Item, Stmt};

use super::split::depth::within_limits;
use super::split::without_commands;

/// Whether the prompt runs the lines or waits for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The code to run: what was typed, with the `;` missing after a last `let`.
    Complete(String),
    /// A bracket, a string or a comment is open, or the input ends within a statement.
    Incomplete,
}

/// Reads what has been typed so far.
pub fn reading(text: &str) -> Reading {
    if is_open(text) {
        return Reading::Incomplete;
    }
    // What is not parsed is left to rustc.
    within_limits(text, || parsed(text)).unwrap_or_else(|_| Reading::Complete(text.to_owned()))
}

fn parsed(text: &str) -> Reading {
    let complete = Reading::Complete(text.to_owned());
    let Err(error) = Block::parse_within.parse_str(&without_commands(text)) else { return complete };
    let finished = format!("{};", text.trim_end());
    if Block::parse_within.parse_str(&without_commands(&finished)).is_ok_and(|statements| wants_semicolon(&statements))
    {
        return Reading::Complete(finished);
    }
    let ends_in_the_middle = error.to_string().starts_with("unexpected end of input");
    if ends_in_the_middle && !text.ends_with('\n') { Reading::Incomplete } else { complete }
}

/// Not `struct Point`: a `;` would complete it, but its fields more often follow on the next line.
fn wants_semicolon(statements: &[Stmt]) -> bool {
    matches!(
        statements.last(),
        Some(Stmt::Local(_) | Stmt::Item(Item::Use(_) | Item::Const(_) | Item::Static(_) | Item::Type(_)))
    )
}

/// The indentation of the next line: four columns for each open bracket, none inside a string.
pub fn indentation(text: &str) -> usize {
    match open_brackets(text) {
        Some(open) => 4 * open.len(),
        None => 0,
    }
}

/// The text with each closing bracket dedented by one step if it still has the indentation that Enter gave its line.
pub fn stepped_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let closes = line[blanks..].starts_with(['}', ')', ']']);
        let was_indented = closes && blanks >= 4 && blanks == indentation(&out);
        out.push_str(if was_indented { &line[4..] } else { line });
    }
    out
}

/// Whether a bracket, a string or a block comment is open at the end. A wrong closing bracket is complete.
fn is_open(text: &str) -> bool {
    open_brackets(text).is_none_or(|open| !open.is_empty())
}

/// The innermost bracket that is open at the end, outside strings and comments.
pub fn open_bracket(text: &str) -> Option<char> {
    open_brackets(text)?.pop()
}

/// The brackets open at the end; `None` inside a string or a comment.
fn open_brackets(text: &str) -> Option<Vec<char>> {
    let mut brackets = Vec::new();
    let mut at = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let piece = &text[at..at + token.len as usize];
        at += token.len as usize;
        match token.kind {
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => brackets.extend(piece.chars()),
            TokenKind::CloseParen if brackets.pop() != Some('(') => return Some(Vec::new()),
            TokenKind::CloseBrace if brackets.pop() != Some('{') => return Some(Vec::new()),
            TokenKind::CloseBracket if brackets.pop() != Some('[') => return Some(Vec::new()),
            TokenKind::BlockComment { terminated: false, .. } => return None,
            TokenKind::Literal { kind, .. } if is_open_literal(kind, piece) => return None,
            _ => {}
        }
    }
    Some(brackets)
}

fn is_open_literal(kind: LiteralKind, text: &str) -> bool {
    let prefix = match kind {
        LiteralKind::Str { terminated } | LiteralKind::ByteStr { terminated } | LiteralKind::CStr { terminated } => {
            return !terminated;
        }
        LiteralKind::RawStr { n_hashes: None } => 1,
        LiteralKind::RawByteStr { n_hashes: None } | LiteralKind::RawCStr { n_hashes: None } => 2,
        _ => return false,
    };
    matches!(validate_raw_str(text, prefix), Err(RawStrError::NoTerminator { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_brace_is_dedented() {
        let typed = "fn f() {\n    if a {\n        1\n        } else {\n        \"\n    }\"\n        }\n    }";
        let meant = "fn f() {\n    if a {\n        1\n    } else {\n        \"\n    }\"\n    }\n}";
        assert_eq!(stepped_out(typed), meant);
        assert_eq!(stepped_out(meant), meant);
        assert_eq!(stepped_out("a\n  }\n}"), "a\n  }\n}");
    }

    #[test]
    fn the_innermost_open_bracket_is_found() {
        let cases = [("f(a[1", Some('[')), ("f(a[1]", Some('(')), ("{ \"(\" ", Some('{')), ("\"(", None), ("(]", None)];
        for (text, bracket) in cases {
            assert_eq!(open_bracket(text), bracket, "{text}");
        }
    }

    #[test]
    fn open_input_waits_for_more() {
        let open = [
            "fn f() {",
            "let x = [1,",
            "println!(\"half",
            "let s = r#\"raw \" still",
            "let s = br##\"raw \"#",
            "/* a comment /* inside */",
            "let x =",
            "x +",
            "#[derive(Debug)]",
            "struct Point",
            "let f = |x| {\n    x + 1",
            "array![[1, 2],",
        ];
        for text in open {
            assert_eq!(reading(text), Reading::Incomplete, "{text:?}");
        }
    }

    #[test]
    fn the_next_line_is_indented_by_its_open_brackets() {
        for (text, columns) in [("fn f() {", 4), ("f(g(|x| {", 12), ("let s = \"half", 0), ("let x =", 0)] {
            assert_eq!(indentation(text), columns, "{text}");
        }
    }

    #[test]
    fn complete_input_is_returned_unchanged() {
        let complete = [
            "1 + 1",
            "let x = 1;",
            "fn f() {}",
            "'{'",
            "\"{\"",
            "// {",
            "r#\"}\"#",
            "x)",
            "let ) = 1",
            ":dep ndarray = \"0.17\"\nuse ndarray::array;",
            "let a = x &&\n!b;",
            "println!(\"안녕\")",
            "'",
            "let x =\n",
            "if a { 1 } else { 2 }",
            "#![feature(x)]",
        ];
        for text in complete {
            assert_eq!(reading(text), Reading::Complete(text.into()), "{text:?}");
        }
    }

    #[test]
    fn a_missing_semicolon_is_added() {
        assert_eq!(reading("let x = 5"), Reading::Complete("let x = 5;".into()));
        assert_eq!(reading("use std::fmt\n"), Reading::Complete("use std::fmt;".into()));
        assert_eq!(reading("let x = 5; let y = x"), Reading::Complete("let x = 5; let y = x;".into()));
    }
}
