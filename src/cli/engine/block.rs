//! The line that begins a block of rich output, as a cell prints it:
//!
//! ```text
//! EVCXR_BEGIN_CONTENT KIND
//! EVCXR_BEGIN_CONTENT KIND display-id=NAME [more]     shown under a name; `more` of the same bundle follows
//! EVCXR_BEGIN_CONTENT KIND clear-output[=wait]        takes away what stands below the cell
//! ```
//!
//! The first is evcxr's. The stock kernel reads the kind as far as the first space: there the others are the first.

const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";

/// A line that begins a block.
#[derive(Debug, PartialEq, Eq)]
pub struct Begin<'a> {
    /// Text printed without a newline stands before the marker, on its line.
    pub before: &'a str,
    pub kind: &'a str,
    pub wish: Wish<'a>,
}

/// What is to become of a block.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish<'a> {
    Plain,
    Named { name: &'a str, more: bool },
    Clear { wait: bool },
}

/// Reads a line without its end.
pub fn begin(line: &str) -> Option<Begin<'_>> {
    let (before, after) = line.split_once(BEGIN)?;
    let after = after.trim();
    // A kind with parameters (`text/html; charset=utf-8`) is taken whole.
    let (kind, wish) = wished(after).unwrap_or((after, Wish::Plain));
    let is_kind = kind.contains('/') && !after.contains(char::is_control) && kind.len() < 200;
    is_kind.then_some(Begin { before, kind, wish })
}

fn wished(text: &str) -> Option<(&str, Wish<'_>)> {
    let (kind, wish) = text.split_once(' ')?;
    let mut words = wish.split_whitespace();
    let wish = match (words.next()?, words.next(), words.next()) {
        ("clear-output", None, None) => Wish::Clear { wait: false },
        ("clear-output=wait", None, None) => Wish::Clear { wait: true },
        (word, more @ (None | Some("more")), None) => {
            let name = word.strip_prefix("display-id=").filter(|name| !name.is_empty())?;
            Wish::Named { name, more: more.is_some() }
        }
        _ => return None,
    };
    Some((kind, wish))
}

/// May this text, the rest of a line so far, hold a marker's beginning, or end in the middle of one?
pub fn may_begin(text: &[u8]) -> bool {
    let begin = BEGIN.as_bytes();
    text.windows(begin.len()).any(|window| window == begin)
        || (1..begin.len()).any(|length| text.ends_with(&begin[..length]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_names_and_wishes_are_told_apart() {
        let named = |name, more| Wish::Named { name, more };
        let cases = [
            ("EVCXR_BEGIN_CONTENT text/plain", Some(("", "text/plain", Wish::Plain))),
            ("x EVCXR_BEGIN_CONTENT  text/plain ", Some(("x ", "text/plain", Wish::Plain))),
            ("EVCXR_BEGIN_CONTENT text/html; charset=utf-8", Some(("", "text/html; charset=utf-8", Wish::Plain))),
            ("EVCXR_BEGIN_CONTENT text/plain display-id=손실", Some(("", "text/plain", named("손실", false)))),
            ("EVCXR_BEGIN_CONTENT image/svg+xml display-id=a more", Some(("", "image/svg+xml", named("a", true)))),
            ("EVCXR_BEGIN_CONTENT text/plain clear-output", Some(("", "text/plain", Wish::Clear { wait: false }))),
            ("EVCXR_BEGIN_CONTENT text/plain clear-output=wait", Some(("", "text/plain", Wish::Clear { wait: true }))),
            ("EVCXR_BEGIN_CONTENT text/plain display-id=", Some(("", "text/plain display-id=", Wish::Plain))),
            ("EVCXR_BEGIN_CONTENT plain", None),
            ("EVCXR_BEGIN_CONTENT", None),
            ("no marker", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(before, kind, wish)| Begin { before, kind, wish });
            assert_eq!(begin(line), expected, "{line}");
        }
    }
}
