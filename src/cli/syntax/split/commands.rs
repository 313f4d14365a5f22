//! The `:commands` and `!commands` at the top of a cell, with comments and blank lines between them.
//!
//! What a command does is the engine's business.

use std::ops::Range;

/// A command before any Rust: from a `:` or `!` to the end of its line, a `:dep` to the end of its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub line: usize,
    pub range: Range<usize>,
    /// On one line and without comments; every byte is where it is in the range.
    pub text: String,
}

impl Command {
    /// Without comments, and on one line.
    pub fn is_plain(&self, code: &str) -> bool {
        code[self.range.clone()].trim_end() == self.text
    }
}

/// Commands whose arguments may contain `//`.
const VERBATIM: [&str; 4] = [":fmt", ":efmt", ":env", ":build_env"];

/// The byte order mark that some editors put before a text.
pub const MARK: char = '\u{feff}';

/// The commands at the top of the cell, and where its Rust begins.
pub fn commands_of(code: &str) -> (Vec<Command>, usize) {
    let mut commands = Vec::new();
    let begin = if code.starts_with(MARK) { MARK.len_utf8() } else { 0 };
    let (mut rust, mut at) = (begin, begin);
    let is_shebang = code[begin..].strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    if is_shebang {
        at += code[at..].find('\n').map_or(code.len() - at, |end| end + 1);
        rust = at;
    }
    while at < code.len() {
        let rest = &code[at..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        let start = at + blank;
        let text = &code[start..];
        let is_shell = text.starts_with('!') && !text.starts_with("!=") && is_line_start(code, start);
        if text.starts_with("//") {
            at = start + text.find('\n').map_or(text.len(), |end| end + 1);
        } else if text.starts_with("/*") {
            let Some(length) = block_comment(text) else { break };
            at = start + length;
        } else if is_shell || text.starts_with(':') && !text.starts_with("::") {
            let (text, length) = if is_shell { (line_of(text).to_owned(), line_of(text).len()) } else { command(text) };
            let text = text.trim_end().to_owned();
            let range = start..start + code[start..start + length].trim_end().len().max(text.len());
            commands.push(Command { line: code[..start].matches('\n').count() + 1, range, text });
            at = start + length;
            at += code[at..].find('\n').map_or(code.len() - at, |end| end + 1);
            rust = at;
        } else {
            break;
        }
    }
    (commands, rust)
}

/// Shell commands begin where the line does.
fn is_line_start(code: &str, at: usize) -> bool {
    at == 0 || code[..at].ends_with(['\n', MARK])
}

fn line_of(text: &str) -> &str {
    text.split(['\n', '\r']).next().unwrap_or_default()
}

/// The command at the beginning of the text with blanks for its comments and line breaks, and its length.
fn command(text: &str) -> (String, usize) {
    let first = line_of(text);
    let name = first.split(' ').next().unwrap_or_default();
    if VERBATIM.contains(&name) {
        return (first.to_owned(), first.len());
    }
    let is_table = name == ":dep";
    let mut shown = String::new();
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        shown.push_str(&without_comment(content, is_table));
        if content.trim_start().starts_with('}') {
            let before = shown.rfind('}').unwrap_or_default();
            let mut head = shown[..before].to_owned();
            drop_comma(&mut head);
            shown.replace_range(..before, &head);
        }
        if !is_table || depth(&shown) <= 0 {
            return (shown, length + content.len());
        }
        shown.push_str(&" ".repeat(line.len() - content.len()));
        length += line.len();
    }
    // It is never closed: its first line is reported.
    (without_comment(first, is_table), first.len())
}

/// The line with blanks for a comment: `//`, `/* */`, or in a table `#`. A comma before a closing brace goes, too.
fn without_comment(line: &str, is_table: bool) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut quote: Option<char> = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let rest = &line[at..];
        let after_blank = kept.ends_with([' ', '\t']) || kept.is_empty();
        if quote.is_none() && (after_blank && rest.starts_with("//") || is_table && c == '#') {
            break;
        }
        if let (None, true, Some(length)) = (quote, after_blank && rest.starts_with("/*"), block_comment(rest)) {
            kept.push_str(&" ".repeat(length));
            while chars.peek().is_some_and(|(next, _)| *next < at + length) {
                chars.next();
            }
            continue;
        }
        match quote {
            Some(open) if c == '\\' && open == '"' => {
                kept.push(c);
                kept.extend(chars.next().map(|(_, escaped)| escaped));
                continue;
            }
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '}' => drop_comma(&mut kept),
            _ => {}
        }
        kept.push(c);
    }
    kept.push_str(&" ".repeat(line.len() - kept.len()));
    kept
}

/// TOML allows no comma before the end of an inline table.
fn drop_comma(kept: &mut String) {
    let end = kept.trim_end().len();
    if kept[..end].ends_with(',') {
        kept.replace_range(end - 1..end, " ");
    }
}

/// How many brackets are open at the end, outside strings.
fn depth(text: &str) -> i32 {
    let (mut depth, mut quote, mut escaped) = (0, None, false);
    for c in text.chars() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' => quote = Some(c),
                '{' | '[' => depth += 1,
                '}' | ']' => depth -= 1,
                _ => {}
            },
        }
    }
    depth
}

/// The length of the comment that the text begins with; comments nest.
fn block_comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_among_comments_and_over_lines() {
        let cases: [(&str, &[&str], &str); 17] = [
            ("// note\n/* block */\n\n:vars", &[":vars"], ""),
            ("/* one\n two */ :vars\nx", &[":vars"], "x"),
            ("/* one */ x\n:vars", &[], "/* one */ x\n:vars"),
            (":dep a = \"1\" // c\nx", &[":dep a = \"1\""], "x"),
            (":dep a = { git = \"https://a.b/c#d\" } # c\nx", &[":dep a = { git = \"https://a.b/c#d\" }"], "x"),
            (
                ":dep a = { version = \"1\", // {\n  features = [] }\nx",
                &[":dep a = { version = \"1\",        features = [] }"],
                "x",
            ),
            (":dep a = { version = \"1\",\nx", &[":dep a = { version = \"1\","], "x"),
            (":dep a = { version = \"1\",\n}\nx", &[":dep a = { version = \"1\"  }"], "x"),
            (":vars // all\n:type q /* of\nx", &[":vars", ":type q /* of"], "x"),
            (":vars /* all */\nx", &[":vars"], "x"),
            (":fmt {:?} // x\nx", &[":fmt {:?} // x"], "x"),
            ("!echo // a\nx", &["!echo // a"], "x"),
            (" !x", &[], " !x"),
            ("#!/bin/x\n:vars\n", &[":vars"], ""),
            ("#![a]\n:vars", &[], "#![a]\n:vars"),
            ("\u{feff}:vars\r\nx", &[":vars"], "x"),
            ("::std::mem::drop(1)", &[], "::std::mem::drop(1)"),
        ];
        for (code, expected, rust) in cases {
            let (commands, from) = commands_of(code);
            let texts: Vec<&str> = commands.iter().map(|command| command.text.as_str()).collect();
            assert_eq!((texts.as_slice(), &code[from..]), (expected, rust), "{code:?}");
        }
    }
}
