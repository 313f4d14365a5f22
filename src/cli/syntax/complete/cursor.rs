//! Where the cursor is: the brackets that are open there, the pieces of code in each, and the expression before a dot.
//!
//! It works on tokens, so that code need not be finished.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// A token that is neither a blank nor a comment, with its place.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub text: &'a str,
    pub start: usize,
    pub kind: TokenKind,
}

impl Token<'_> {
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn opens(&self) -> bool {
        matches!(self.text, "(" | "[" | "{")
    }

    fn closes(&self) -> bool {
        matches!(self.text, ")" | "]" | "}")
    }

    pub fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Ident | TokenKind::RawIdent)
    }
}

/// What the cursor is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Code,
    Comment,
    /// A string or a character that begins here.
    Text(usize),
}

/// The tokens before the cursor, and what it is in.
pub fn tokens(code: &str) -> (Vec<Token<'_>>, Place) {
    let (mut found, mut at, mut place) = (Vec::new(), 0, Place::Code);
    for token in tokenize(code, FrontmatterAllowed::No) {
        let text = &code[at..at + token.len as usize];
        place = match token.kind {
            TokenKind::LineComment { .. } if !text.ends_with('\n') => Place::Comment,
            TokenKind::BlockComment { terminated: false, .. } => Place::Comment,
            TokenKind::Literal { kind, .. } if is_open(kind) => Place::Text(at),
            _ => Place::Code,
        };
        let is_blank = matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        );
        if !is_blank {
            found.push(Token { text, start: at, kind: token.kind });
        }
        at += text.len();
    }
    (found, place)
}

fn is_open(kind: LiteralKind) -> bool {
    matches!(
        kind,
        LiteralKind::Str { terminated: false }
            | LiteralKind::ByteStr { terminated: false }
            | LiteralKind::CStr { terminated: false }
            | LiteralKind::RawStr { n_hashes: None }
    )
}

/// The code between one bracket that is open at the cursor and the next.
#[derive(Clone, Copy, Debug)]
pub struct Level<'a> {
    /// The bracket before it; a blank for the outermost.
    pub open: char,
    pub text: &'a str,
    pub start: usize,
}

/// The open brackets from the outermost to the innermost.
pub fn levels(code: &str) -> Vec<Level<'_>> {
    let mut open: Vec<(char, usize)> = vec![(' ', 0)];
    for token in tokens(code).0 {
        if token.opens() {
            open.push((token.text.chars().next().unwrap_or(' '), token.end()));
        } else if token.closes() && open.len() > 1 {
            open.pop();
        }
    }
    let ends: Vec<usize> = open.iter().skip(1).map(|(_, start)| start - 1).chain([code.len()]).collect();
    open.iter().zip(ends).map(|(&(open, start), end)| Level { open, text: &code[start..end], start }).collect()
}

/// Where the text is cut at its own level, outside brackets.
fn cuts(code: &str, mut is_end: impl FnMut(&[Token], usize) -> bool) -> Vec<&str> {
    let (tokens, _) = tokens(code);
    let (mut pieces, mut from, mut depth) = (Vec::new(), 0, 0i32);
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(token.opens()) - i32::from(token.closes());
        if depth == 0 && is_end(&tokens, at) {
            pieces.push(&code[from..token.end()]);
            from = token.end();
        }
    }
    pieces.push(&code[from..]);
    pieces
}

/// Words that begin what ends with a closing brace.
const BLOCKS: [&str; 18] = [
    "fn",
    "struct",
    "enum",
    "impl",
    "trait",
    "mod",
    "if",
    "for",
    "while",
    "loop",
    "match",
    "unsafe",
    "{",
    "pub",
    "macro_rules",
    "async",
    "extern",
    "union",
];

/// The statements of a block; the last is what is being written.
pub fn statements(code: &str) -> Vec<&str> {
    let mut first = 0;
    cuts(code, |tokens, at| {
        let follows = |text: &str| tokens.get(at + 1).is_some_and(|next| next.text == text);
        let is_end = match tokens[at].text {
            ";" => true,
            "}" => begins_block(&tokens[first..=at]) && !["else", ".", "?"].into_iter().any(follows),
            _ => false,
        };
        if is_end {
            first = at + 1;
        }
        is_end
    })
}

/// Whether a statement is one that a brace ends; attributes before it do not count.
fn begins_block(tokens: &[Token]) -> bool {
    let mut at = 0;
    while tokens.get(at).is_some_and(|token| token.text == "#") {
        let mut depth = 0;
        while let Some(token) = tokens.get(at) {
            depth += i32::from(token.text == "[") - i32::from(token.text == "]");
            at += 1;
            if token.text == "]" && depth == 0 {
                break;
            }
        }
    }
    let is_label = tokens.get(at).is_some_and(|token| token.text.starts_with('\''));
    tokens.get(at).is_some_and(|token| is_label || BLOCKS.contains(&token.text))
}

/// The parts between commas.
pub fn arguments(code: &str) -> Vec<&str> {
    let mut bars = 0;
    cuts(code, |tokens, at| {
        bars += usize::from(tokens[at].text == "|");
        tokens[at].text == "," && bars % 2 == 0
    })
}

/// The arms of a `match`; the last is what is being written.
pub fn arms(code: &str) -> Vec<&str> {
    let mut has_arrow = false;
    cuts(code, |tokens, at| {
        has_arrow |= tokens[at].text == ">" && at > 0 && tokens[at - 1].text == "=";
        let is_end = tokens[at].text == ","
            || tokens[at].text == "}" && has_arrow && tokens.get(at + 1).is_none_or(|next| next.text != ".");
        has_arrow &= !is_end;
        is_end
    })
}

/// The expression at the end of the text that a dot may follow: names, calls, indices, literals.
pub fn receiver(code: &str) -> &str {
    let (tokens, _) = tokens(code);
    let mut at = tokens.len();
    while at > 0 {
        let mut first = at - 1;
        if tokens[first].text == "?" {
            at = first;
            continue;
        }
        if tokens[first].text == ">" {
            let Some(before) = angles(&tokens, first) else { break };
            first = before;
            at = first;
            if at > 1 && tokens[at - 1].text == ":" {
                at -= 2;
            }
            continue;
        }
        if tokens[first].closes() {
            first = opening(&tokens, first);
            at = first;
            let follows = at > 0
                && (tokens[at - 1].is_name() && !is_word(tokens[at - 1].text)
                    || tokens[at - 1].closes()
                    || matches!(tokens[at - 1].text, ">" | "?" | "!"));
            if follows && tokens[at - 1].text == "!" {
                at -= 1;
            } else if !follows {
                break;
            }
            continue;
        }
        let is_operand = tokens[first].is_name() || matches!(tokens[first].kind, TokenKind::Literal { .. });
        if !is_operand || is_word(tokens[first].text) && at < tokens.len() + 1 && tokens[first].text != "await" {
            break;
        }
        at = first;
        match at.checked_sub(1).map(|before| tokens[before].text) {
            Some(".") if at < 2 || tokens[at - 2].text != "." => at -= 1,
            Some(":") if at > 1 && tokens[at - 2].text == ":" => at -= 2,
            _ => break,
        }
    }
    tokens.get(at).map_or("", |token| &code[token.start..])
}

/// Words that end an expression before them.
fn is_word(name: &str) -> bool {
    matches!(name, "return" | "in" | "if" | "match" | "while" | "else" | "let" | "mut" | "move" | "as" | "break")
}

fn opening(tokens: &[Token], close: usize) -> usize {
    let mut depth = 0;
    for at in (0..=close).rev() {
        depth += i32::from(tokens[at].closes()) - i32::from(tokens[at].opens());
        if depth == 0 {
            return at;
        }
    }
    0
}

/// Where the generic arguments that end here begin.
pub fn angles(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0;
    for at in (0..=close).rev() {
        match tokens[at].text {
            ">" if at > 0 && tokens[at - 1].text == "-" => {}
            ">" => depth += 1,
            "<" => depth -= 1,
            ";" | "{" | "}" => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The path that ends with `::`, if it begins with a type in brackets: `<Vec<i32> as Trait>::`.
pub fn bracketed(code: &str) -> Option<&str> {
    let (tokens, _) = tokens(code);
    let close = tokens.len().checked_sub(3)?;
    let is_end = tokens[close].text == ">" && tokens[close + 1].text == ":" && tokens[close + 2].text == ":";
    let open = angles(&tokens, close).filter(|_| is_end)?;
    // Otherwise they are the arguments of a name.
    let begins = ["return", "in", "match", "if", "while", "else", "break", "as", "move"];
    let is_of_name = |token: &Token| token.is_name() && !begins.contains(&token.text) || token.text == ":";
    let is_first = open == 0 || !is_of_name(&tokens[open - 1]);
    is_first.then(|| &code[tokens[open].start..])
}

/// The names of the path that ends with `::`, generic arguments aside: `Vec::<i32>::` -> `Vec`.
pub fn path_before(code: &str) -> Vec<String> {
    let (tokens, _) = tokens(code);
    let mut names = Vec::new();
    let mut at = tokens.len();
    while at >= 3 && tokens[at - 1].text == ":" && tokens[at - 2].text == ":" {
        at -= 2;
        if tokens[at - 1].text == ">" {
            let Some(open) = angles(&tokens, at - 1) else { break };
            at = open;
            if at == 0 || !tokens[at - 1].is_name() {
                at = at.saturating_sub(2);
            }
        }
        if at == 0 || !tokens[at - 1].is_name() {
            break;
        }
        names.insert(0, tokens[at - 1].text.to_owned());
        at -= 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_brackets_are_found() {
        let code = "fn f(a: i32) {\n    let b = (1, \")\");\n    g(a, h[";
        let texts: Vec<&str> = levels(code).iter().map(|level| level.text.trim()).collect();
        assert_eq!(texts, ["fn f(a: i32)", "let b = (1, \")\");\n    g", "a, h", ""]);
    }

    #[test]
    fn statements_end_with_a_semicolon_or_a_brace() {
        let code = "#[derive(A)]\nstruct P { x: i32 }\nlet p = P { x: 1 };\nif a { b } else { c }\np.x";
        let pieces: Vec<&str> = statements(code).into_iter().map(str::trim).collect();
        let expected = ["#[derive(A)]\nstruct P { x: i32 }", "let p = P { x: 1 };", "if a { b } else { c }", "p.x"];
        assert_eq!(pieces, expected);
        assert_eq!(arms("A => 1, B(x) if x > 1 => { 2 } C"), ["A => 1,", " B(x) if x > 1 => { 2 }", " C"]);
    }

    #[test]
    fn the_receiver_is_what_a_dot_belongs_to() {
        let cases = [
            ("let a = b.c(d)[0]", "b.c(d)[0]"),
            ("1 + x", "x"),
            ("f(&a.b", "a.b"),
            ("for x in a.iter()", "a.iter()"),
            ("return s", "s"),
            ("vec![1, 2]", "vec![1, 2]"),
            ("a.collect::<Vec<_>>()", "a.collect::<Vec<_>>()"),
            ("Vec::<i32>::new()", "Vec::<i32>::new()"),
            ("if (a + b)", "(a + b)"),
            ("File::open(p)?", "File::open(p)?"),
            ("\"text\"", "\"text\""),
            ("0..n", "n"),
        ];
        for (code, expected) in cases {
            assert_eq!(receiver(code), expected, "{code}");
        }
        assert_eq!(path_before("x + Vec::<i32>::"), ["Vec"]);
        assert_eq!(path_before("std::fs::"), ["std", "fs"]);
    }
}
