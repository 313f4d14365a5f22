//! The tags of an HTML text, read as browsers read them.
//!
//! It builds no tree and changes nothing.

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

/// A start tag or an end tag.
#[derive(Debug)]
pub struct Tag<'a> {
    /// As written; elements of SVG have capital letters.
    pub name: &'a str,
    pub is_end: bool,
    /// Ends with `/>`.
    pub is_empty: bool,
    pub attributes: Vec<Attribute<'a>>,
    /// With its brackets.
    pub range: Range<usize>,
}

#[derive(Debug)]
pub struct Attribute<'a> {
    pub name: &'a str,
    /// As written, without quotes.
    pub value: &'a str,
    /// The value with its quotes; empty without a value.
    pub range: Range<usize>,
}

impl Tag<'_> {
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.name.eq_ignore_ascii_case(name)).map(|it| it.value)
    }
}

/// The tag that begins at this `<`; `None` if it is text, a comment or a declaration, or has no end.
pub fn tag_at(html: &str, at: usize) -> Option<Tag<'_>> {
    let bytes = html.as_bytes();
    let is_end = bytes.get(at + 1) == Some(&b'/');
    let name_at = at + 1 + usize::from(is_end);
    bytes.get(name_at).filter(|byte| byte.is_ascii_alphabetic())?;
    let mut to = until(bytes, name_at, |byte| is_space(byte) || matches!(byte, b'/' | b'>'));
    let name = &html[name_at..to];
    let mut attributes = Vec::new();
    loop {
        let from = until(bytes, to, |byte| !is_space(byte) && byte != b'/');
        if *bytes.get(from)? == b'>' {
            let is_empty = bytes[from - 1] == b'/';
            return Some(Tag { name, is_end, is_empty, attributes, range: at..from + 1 });
        }
        // An equals sign at the start belongs to the name.
        let name_to = until(bytes, from + 1, |byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='));
        let equals = until(bytes, name_to, |byte| !is_space(byte));
        let (value, range) = match bytes.get(equals) {
            Some(b'=') => value_at(html, until(bytes, equals + 1, |byte| !is_space(byte)))?,
            _ => ("", name_to..name_to),
        };
        to = range.end;
        attributes.push(Attribute { name: &html[from..name_to], value, range });
    }
}

/// Whether a tag begins here; if `tag_at` finds none, it has no end.
pub fn begins_tag(html: &str) -> bool {
    let name = html.strip_prefix("</").or_else(|| html.strip_prefix('<'));
    name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn value_at(html: &str, at: usize) -> Option<(&str, Range<usize>)> {
    let bytes = html.as_bytes();
    match *bytes.get(at)? {
        quote @ (b'"' | b'\'') => {
            let end = until(bytes, at + 1, |byte| byte == quote);
            (end < bytes.len()).then(|| (&html[at + 1..end], at..end + 1))
        }
        _ => {
            let end = until(bytes, at, |byte| is_space(byte) || byte == b'>');
            Some((&html[at..end], at..end))
        }
    }
}

fn until(bytes: &[u8], from: usize, ends: impl Fn(u8) -> bool) -> usize {
    bytes[from.min(bytes.len())..].iter().position(|byte| ends(*byte)).map_or(bytes.len(), |length| from + length)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// The value of an attribute, with its character references resolved.
pub fn decoded(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = reference(rest, &mut text);
        if length == 0 {
            text.push('&');
        }
        rest = &rest[length.max(1)..];
    }
    text + rest
}

/// Adds what a reference such as `&#58;` or `&amp;` stands for, and returns the reference's length; 0 if it is none.
fn reference(text: &str, out: &mut String) -> usize {
    if let Some(number) = text.strip_prefix("&#") {
        let (digits, radix) = number.strip_prefix(['x', 'X']).map_or((number, 10), |digits| (digits, 16));
        let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        if length == 0 {
            return 0;
        }
        // Too large a number is no character.
        out.push(u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'));
        let before = text.len() - digits.len() + length;
        return before + usize::from(text[before..].starts_with(';'));
    }
    let length = text[1..].find(|c: char| !c.is_ascii_alphanumeric()).map_or(text.len(), |length| length + 1);
    if !text[length..].starts_with(';') || length == 1 {
        return 0;
    }
    // Markdown has the same names.
    let name = &text[..=length];
    let mut events = Parser::new(name).filter_map(|event| match event {
        Event::Text(text) => Some(text),
        _ => None,
    });
    match events.next() {
        Some(character) if *character != *name => {
            out.push_str(&character);
            name.len()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_browsers_read_them() {
        type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
        let cases: [Case; 9] = [
            ("<a href=x>", "a", &[("href", "x")]),
            ("<IMG/src='a b'/alt>", "IMG", &[("src", "a b"), ("alt", "")]),
            ("<a title=\">\" onclick = f()>", "a", &[("title", ">"), ("onclick", "f()")]),
            ("<a\nhref\t=\n\"x\"y=1>", "a", &[("href", "x"), ("y", "1")]),
            ("<a =b=c>", "a", &[("=b", "c")]),
            ("<a b=>", "a", &[("b", "")]),
            ("<a b=c/>", "a", &[("b", "c/")]),
            ("</p x>", "p", &[("x", "")]),
            ("<a'b c>", "a'b", &[("c", "")]),
        ];
        for (html, name, attributes) in cases {
            let tag = tag_at(html, 0).unwrap();
            let read: Vec<_> = tag.attributes.iter().map(|it| (it.name, it.value)).collect();
            assert_eq!((tag.name, &read[..], tag.range.end), (name, attributes, html.len()), "{html}");
        }
        for text in ["<", "< a>", "<3>", "<!-- -->", "<?a>", "<a", "<a b=\"c>", "</", "</ a>"] {
            assert!(tag_at(text, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn references_are_resolved() {
        let cases = [
            ("&#106;avascript&colon;x", "javascript:x"),
            ("&#x6a&#97;", "ja"),
            ("java&Tab;script&NewLine;", "java\tscript\n"),
            ("a&amp;b&c&;&#;&nosuch;", "a&b&c&;&#;&nosuch;"),
            ("&#99999999999;", "\u{fffd}"),
            ("&eacute;값&", "é값&"),
        ];
        for (value, expected) in cases {
            assert_eq!(decoded(value), expected, "{value}");
        }
    }
}
