//! An item on one line: its comments and line breaks become blanks, and every byte stays where it is.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// The text on one line; `None` if a literal has a line break.
pub fn on_one_line(text: &str) -> Option<String> {
    let mut line = String::with_capacity(text.len());
    let mut at = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let piece = &text[at..at + token.len as usize];
        at += piece.len();
        match token.kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } | TokenKind::Whitespace => {
                line.push_str(&" ".repeat(piece.len()));
            }
            _ if piece.contains('\n') => return None,
            _ => line.push_str(piece),
        }
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_line_breaks_become_blanks() {
        for (text, expected) in [
            ("macro_rules! m {\n  () => { 1 } // 한\n}", Some("macro_rules! m {   () => { 1 }        }")),
            ("/* a\nb */ x \"//\"", Some("          x \"//\"")),
            ("m!(\"a\nb\")", None),
        ] {
            assert_eq!(on_one_line(text).as_deref(), expected, "{text}");
        }
    }
}
