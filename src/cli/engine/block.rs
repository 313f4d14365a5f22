//! The line that begins a block of rich output, as a cell prints it:
//!
//! ```text
//! EVCXR_BEGIN_CONTENT KIND
//! EVCXR_BEGIN_CONTENT KIND display-id=NAME [gauge=DONE/TOTAL] [more]
//! EVCXR_BEGIN_CONTENT KIND clear-output[=wait]
//! ```
//!
//! The second is shown under a name, as a progress bar where there is a gauge; `more` of the same bundle may follow.
//! The third clears what the cell has shown so far.
//!
//! The first form is evcxr's. The stock kernel reads the kind up to the first space, so to it they are all the same.

pub const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";

/// The line that ends a block.
pub const END: &str = "EVCXR_END_CONTENT";

/// A line that begins a block.
#[derive(Debug, PartialEq, Eq)]
pub struct Begin<'a> {
    /// Text printed without a newline precedes the marker on its line.
    pub before: &'a str,
    pub kind: &'a str,
    pub directive: Directive<'a>,
}

/// What to do with a block.
#[derive(Debug, PartialEq, Eq)]
pub enum Directive<'a> {
    Plain,
    Named { name: &'a str, gauge: Option<&'a str>, more: bool },
    Clear { wait: bool },
}

/// Parses a line, given without its newline.
pub fn begin(line: &str) -> Option<Begin<'_>> {
    let (before, after) = line.split_once(BEGIN)?;
    let after = after.trim();
    // A kind with parameters (`text/html; charset=utf-8`) is kept whole.
    let (kind, directive) = directive(after).unwrap_or((after, Directive::Plain));
    let is_kind = kind.contains('/') && !after.contains(char::is_control) && kind.len() < 200;
    is_kind.then_some(Begin { before, kind, directive })
}

fn directive<'a>(text: &'a str) -> Option<(&'a str, Directive<'a>)> {
    let (kind, rest) = text.split_once(' ')?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let named = |word: &'a str| word.strip_prefix("display-id=").filter(|name| !name.is_empty());
    let gauge = |word: &'a str| word.strip_prefix("gauge=");
    let directive = match words.as_slice() {
        ["clear-output"] => Directive::Clear { wait: false },
        ["clear-output=wait"] => Directive::Clear { wait: true },
        [name] => Directive::Named { name: named(name)?, gauge: None, more: false },
        [name, "more"] => Directive::Named { name: named(name)?, gauge: None, more: true },
        [name, word] => Directive::Named { name: named(name)?, gauge: Some(gauge(word)?), more: false },
        [name, word, "more"] => Directive::Named { name: named(name)?, gauge: Some(gauge(word)?), more: true },
        _ => return None,
    };
    Some((kind, directive))
}

/// Could this text, an unfinished line, contain the marker or end in the middle of one?
pub fn may_begin(text: &[u8]) -> bool {
    let begin = BEGIN.as_bytes();
    text.windows(begin.len()).any(|window| window == begin)
        || (1..begin.len()).any(|length| text.ends_with(&begin[..length]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_names_and_directives_are_told_apart() {
        let named = |name, more| Directive::Named { name, gauge: None, more };
        let bar = |name, gauge, more| Directive::Named { name, gauge: Some(gauge), more };
        let clear = |wait| Directive::Clear { wait };
        let cases = [
            ("EVCXR_BEGIN_CONTENT text/plain", Some(("", "text/plain", Directive::Plain))),
            ("x EVCXR_BEGIN_CONTENT  text/plain ", Some(("x ", "text/plain", Directive::Plain))),
            ("EVCXR_BEGIN_CONTENT text/html; charset=utf-8", Some(("", "text/html; charset=utf-8", Directive::Plain))),
            ("EVCXR_BEGIN_CONTENT text/plain display-id=손실", Some(("", "text/plain", named("손실", false)))),
            ("EVCXR_BEGIN_CONTENT image/svg+xml display-id=a more", Some(("", "image/svg+xml", named("a", true)))),
            (
                "EVCXR_BEGIN_CONTENT text/plain display-id=a gauge=5/20",
                Some(("", "text/plain", bar("a", "5/20", false))),
            ),
            ("EVCXR_BEGIN_CONTENT text/plain display-id=a gauge=5 more", Some(("", "text/plain", bar("a", "5", true)))),
            ("EVCXR_BEGIN_CONTENT text/plain clear-output", Some(("", "text/plain", clear(false)))),
            ("EVCXR_BEGIN_CONTENT text/plain clear-output=wait", Some(("", "text/plain", clear(true)))),
            ("EVCXR_BEGIN_CONTENT text/plain display-id=", Some(("", "text/plain display-id=", Directive::Plain))),
            ("EVCXR_BEGIN_CONTENT plain", None),
            ("EVCXR_BEGIN_CONTENT", None),
            ("no marker", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(before, kind, directive)| Begin { before, kind, directive });
            assert_eq!(begin(line), expected, "{line}");
        }
    }
}
