//! A cell as rustfmt can read it, and back: each stands in a function, and command lines in comments.
//!
//! What the settings say is rustfmt's business.

use std::collections::BTreeSet;

use anyhow::Result;
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use super::rustfmt::Rustfmt;
use crate::cli::syntax::indent::{back_by, by_one};
use crate::cli::syntax::split::split;

/// The comment in place of a command.
const MARK: &str = "// forward-pass command ";

/// A cell's Rust, and what stands before it.
struct Body<'a> {
    /// Commands, and the line between them and the Rust.
    head: String,
    rust: &'a str,
    /// It could be parsed.
    is_clear: bool,
}

/// The cells formatted, without a newline at their ends; `None` for one that is not valid Rust.
pub fn formatted(sources: &[&str], rustfmt: &Rustfmt) -> Result<Vec<Option<String>>> {
    let bodies: Vec<Option<Body>> = sources.iter().map(|source| body(source)).collect();
    let clear: Vec<&str> = bodies.iter().flatten().filter(|body| body.is_clear).map(|body| body.rust).collect();
    // One start of rustfmt takes longer than all the cells.
    let together = if clear.len() > 1 { format(&clear, rustfmt)? } else { None };
    let mut together = together.map(Vec::into_iter);
    let mut all = Vec::new();
    for (source, body) in sources.iter().zip(&bodies) {
        let Some(body) = body else {
            all.push(Some((*source).to_owned()));
            continue;
        };
        let new = match together.as_mut().filter(|_| body.is_clear).and_then(Iterator::next) {
            Some(new) => Some(new),
            None => alone(body.rust, rustfmt)?,
        };
        all.push(new.map(|new| format!("{}{}", body.head, new.trim_end())));
    }
    Ok(all)
}

/// `None` if there is no Rust.
fn body(source: &str) -> Option<Body<'_>> {
    let cell = split(source, &BTreeSet::new());
    let start = cell.parts.first().filter(|_| cell.has_code())?.range.start;
    let (commands, body) = source.split_at(start);
    let rust = body.trim_start_matches(['\n', '\r', ' ', '\t']);
    let has_gap = !commands.is_empty() && body[..body.len() - rust.len()].contains('\n');
    let head = format!("{commands}{}", if has_gap { "\n" } else { "" });
    Some(Body { head, rust, is_clear: !cell.opaque })
}

fn alone(rust: &str, rustfmt: &Rustfmt) -> Result<Option<String>> {
    let one = |rust: &str| Ok(format(&[rust], rustfmt)?.and_then(|mut all| all.pop()));
    match one(rust)? {
        Some(new) => Ok(Some(new)),
        None => with_commands(rust, one),
    }
}

/// The stock kernel takes lines that begin with a colon as commands, wherever they are.
fn with_commands(rust: &str, one: impl Fn(&str) -> Result<Option<String>>) -> Result<Option<String>> {
    let mut commands = Vec::new();
    let lines = rust.split('\n').map(|line| {
        let text = line.trim_start();
        if !text.starts_with(':') || text.starts_with("::") {
            return line.to_owned();
        }
        commands.push(line);
        format!("{MARK}{}", commands.len() - 1)
    });
    let marked = lines.collect::<Vec<_>>().join("\n");
    let Some(new) = (if commands.is_empty() { None } else { one(&marked)? }) else { return Ok(None) };
    let lines = new.lines().map(|line| {
        let number = line.trim_start().strip_prefix(MARK).and_then(|number| number.parse::<usize>().ok());
        number.and_then(|number| commands.get(number)).copied().unwrap_or(line)
    });
    Ok(Some(lines.collect::<Vec<_>>().join("\n")))
}

/// Formats Rust, each text in a function; `None` if any of them cannot be.
fn format(texts: &[&str], rustfmt: &Rustfmt) -> Result<Option<Vec<String>>> {
    let head = |at: usize| format!("fn cell_of_the_notebook_{at}() {{\n");
    // Indented already: rustfmt leaves macros alone that it cannot read, and their lines must move back as they came.
    let functions = texts.iter().enumerate().map(|(at, text)| format!("{}{}}}\n", head(at), by_one(text)));
    let Some(whole) = rustfmt.format(&functions.collect::<Vec<_>>().join("\n"))? else { return Ok(None) };
    let mut rest = whole.as_str();
    let mut all = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let Some(after) = rest.strip_prefix(&head(at)) else { return Ok(None) };
        let next = format!("}}\n\n{}", head(at + 1));
        // What closes the function within a cell makes more than these functions.
        let end = if at + 1 == texts.len() { after.strip_suffix("}\n").map(str::len) } else { after.find(&next) };
        let Some(new) = end.map(|end| back_by(&rustfmt.step, &after[..end])).filter(|new| words(text) == words(new))
        else {
            return Ok(None);
        };
        all.push(new);
        rest = end.and_then(|end| after.get(end + 3..)).unwrap_or_default();
    }
    Ok(Some(all))
}

/// The names and literals of a text, sorted: rustfmt sorts imports, and changes none of them.
fn words(code: &str) -> Vec<&str> {
    let mut at = 0;
    let mut words: Vec<&str> = tokenize(code, FrontmatterAllowed::No)
        .filter_map(|token| {
            let text = &code[at..at + token.len as usize];
            at += text.len();
            let is_word = matches!(
                token.kind,
                TokenKind::Ident | TokenKind::RawIdent | TokenKind::Literal { .. } | TokenKind::Lifetime { .. }
            );
            is_word.then_some(text)
        })
        .collect();
    words.sort_unstable();
    words
}
