//! Moves code to the right or to the left, except for lines that begin inside a string or a block comment.
//!
//! Nothing else of the code is formatted here.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

const STEP: &str = "    ";

pub fn by_one(code: &str) -> String {
    let fixed = lines_inside_tokens(code, |_| true);
    let lines = code.lines().enumerate().map(|(at, line)| {
        let is_free = !line.trim().is_empty() && fixed.binary_search(&at).is_err();
        format!("{}{line}\n", if is_free { STEP } else { "" })
    });
    lines.collect()
}

/// The code one step to the left, where a step is this text. Lines of block comments move as well: rustfmt indents
/// them with the code.
pub fn back_by(step: &str, code: &str) -> String {
    let fixed = lines_inside_tokens(code, |kind| !matches!(kind, TokenKind::BlockComment { .. }));
    let lines = code.lines().enumerate().map(|(at, line)| {
        let moved = line.strip_prefix(step).filter(|_| fixed.binary_search(&at).is_err());
        format!("{}\n", moved.unwrap_or(line))
    });
    lines.collect()
}

/// The lines that begin inside a token other than whitespace, from 0, in order.
fn lines_inside_tokens(code: &str, counts: impl Fn(&TokenKind) -> bool) -> Vec<usize> {
    let mut lines = Vec::new();
    let (mut line, mut at) = (0, 0);
    for token in tokenize(code, FrontmatterAllowed::No) {
        let text = &code[at..at + token.len as usize];
        let breaks = text.matches('\n').count();
        if !text.trim().is_empty() && counts(&token.kind) {
            lines.extend(line + 1..=line + breaks);
        }
        line += breaks;
        at += text.len();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{STEP, back_by, by_one};

    #[test]
    fn the_inside_of_a_string_is_not_indented() {
        let code = "let a = \"one\n  two\";\n/* three\nfour */ f();\n\nif a {\n    g(r#\"\nfive\"#);\n}";
        let moved =
            "    let a = \"one\n  two\";\n    /* three\nfour */ f();\n\n    if a {\n        g(r#\"\nfive\"#);\n    }\n";
        assert_eq!(by_one(code), moved);
        let moved = moved.replace("\nfour", "\n    four");
        assert_eq!(back_by(STEP, &moved), format!("{code}\n"));
    }
}
