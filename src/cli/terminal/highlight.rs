//! Highlights Rust code by rustc's own lexer, without changing the text.
//!
//! It knows tokens, not meanings: whatever begins with a capital letter is a type.

mod fold;

use anstyle::{AnsiColor, Color, Style};
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use super::style::{Look, QUIET};

/// A kind of token with a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Keyword,
    Text,
    Number,
    Comment,
    Type,
    Call,
    Other,
}

impl Kind {
    /// Its class in a style sheet.
    pub fn class(self) -> Option<&'static str> {
        Some(match self {
            Kind::Keyword => "keyword",
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Comment => "comment",
            Kind::Type => "type",
            Kind::Call => "call",
            Kind::Other => return None,
        })
    }

    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Kind::Keyword => color(AnsiColor::Magenta),
            Kind::Text => color(AnsiColor::Green),
            Kind::Number => color(AnsiColor::Cyan),
            Kind::Comment => Style::new().dimmed(),
            Kind::Type => color(AnsiColor::Yellow),
            // The plain blue of many terminals is unreadable on black.
            Kind::Call => color(AnsiColor::BrightBlue),
            Kind::Other => Style::new(),
        }
    }
}

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// `code` in colour, if the look has colours.
pub fn rust(code: &str, look: &Look) -> String {
    rust_in(code, look, usize::MAX)
}

/// The same, with lines of at most this many columns: longer ones are folded between tokens, with a mark.
pub fn rust_in(code: &str, look: &Look, room: usize) -> String {
    let places = fold::places(code, room);
    if !look.color && places.is_empty() {
        return code.to_owned();
    }
    let mut out = String::with_capacity(code.len() * 2);
    let (mut at, mut places) = (0, places.into_iter().peekable());
    for (kind, mut text) in pieces(code) {
        while let Some((place, indent)) = places.next_if(|(place, _)| *place < at + text.len()) {
            let (before, after) = text.split_at(place - at);
            paint_lines(&mut out, look, kind.style(), before);
            out.push_str(&format!("\n{}{}", " ".repeat(indent), look.paint(QUIET, fold::MARK)));
            (at, text) = (place, after);
        }
        paint_lines(&mut out, look, kind.style(), text);
        at += text.len();
    }
    out
}

/// The code in pieces, which together are the code.
pub fn pieces(code: &str) -> Vec<(Kind, &str)> {
    let mut at = 0;
    let tokens = tokenize(code, FrontmatterAllowed::No).map(|token| {
        let text = &code[at..at + token.len as usize];
        at += text.len();
        (kind_of(token.kind, text, &code[at..]), text)
    });
    tokens.collect()
}

/// Paints each line by itself, so that a line of a long string can be shown alone.
fn paint_lines(out: &mut String, look: &Look, style: Style, text: &str) {
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        out.push_str(&look.paint(style, line));
    }
}

fn kind_of(kind: TokenKind, text: &str, rest: &str) -> Kind {
    match kind {
        TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Kind::Comment,
        TokenKind::Lifetime { .. } | TokenKind::RawLifetime => Kind::Type,
        TokenKind::Literal { .. } if text.starts_with(|c: char| c.is_ascii_digit()) => Kind::Number,
        TokenKind::Literal { .. } => Kind::Text,
        TokenKind::Ident if KEYWORDS.contains(&text) => Kind::Keyword,
        TokenKind::Ident if text.starts_with(char::is_uppercase) => Kind::Type,
        TokenKind::Ident if is_called(rest) => Kind::Call,
        _ => Kind::Other,
    }
}

/// `sigmoid(`, `array!`; not `x != y`.
fn is_called(rest: &str) -> bool {
    rest.starts_with('(') || (rest.starts_with('!') && !rest.starts_with("!="))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLOR: Look = Look { width: 80, color: true, decorated: true };

    #[test]
    fn tokens_get_the_colour_of_their_kind() {
        assert_eq!(
            rust("let x = sigmoid(&a); // why", &COLOR),
            "\u{1b}[35mlet\u{1b}[0m x = \u{1b}[94msigmoid\u{1b}[0m(&a); \u{1b}[2m// why\u{1b}[0m"
        );
        assert_eq!(rust("\"a\nb\"", &COLOR), "\u{1b}[32m\"a\u{1b}[0m\n\u{1b}[32mb\"\u{1b}[0m");
        assert_eq!(rust("x != 2.5f32", &COLOR), "x != \u{1b}[36m2.5f32\u{1b}[0m");
    }

    #[test]
    fn colour_leaves_the_text_unchanged() {
        for code in ["fn f<'a>(x: &'a str) -> usize { x.len() }", "r#\"open", "'", "let 값 = \"한글\";", "№ €"] {
            assert_eq!(anstream::adapter::strip_str(&rust(code, &COLOR)).to_string(), code);
            assert_eq!(rust(code, &Look::plain(80)), code);
        }
    }
}
