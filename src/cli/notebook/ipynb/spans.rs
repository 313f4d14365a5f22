//! The byte range of each value in a JSON text, so that a change touches nothing else.
//!
//! The text has been accepted by serde_json; it is not validated again.

use std::ops::Range;

/// A value and its bytes.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub range: Range<usize>,
    /// Its key, in quotes, in an object.
    pub key: Option<Range<usize>>,
    children: Vec<(Option<String>, Node)>,
}

impl Node {
    /// The value of a key; the last one of duplicates, as in serde_json.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.children.iter().rev().find(|(name, _)| name.as_deref() == Some(key)).map(|(_, node)| node)
    }

    /// The items of an array; empty for other values.
    pub fn items(&self) -> Vec<&Node> {
        self.children.iter().filter(|(name, _)| name.is_none()).map(|(_, node)| node).collect()
    }
}

/// Scans a valid JSON text; `base` is added to every offset.
pub fn scan(json: &str, base: usize) -> Node {
    let mut scanner = Scanner { bytes: json.as_bytes(), at: 0, base };
    scanner.value()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    base: usize,
}

impl Scanner<'_> {
    fn value(&mut self) -> Node {
        self.space();
        let start = self.at;
        let children = match self.peek() {
            b'{' => self.children(b'}', true),
            b'[' => self.children(b']', false),
            b'"' => {
                self.string();
                Vec::new()
            }
            _ => {
                while self.at < self.bytes.len()
                    && !matches!(self.peek(), b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
                {
                    self.at += 1;
                }
                Vec::new()
            }
        };
        Node { range: self.base + start..self.base + self.at, key: None, children }
    }

    fn children(&mut self, close: u8, named: bool) -> Vec<(Option<String>, Node)> {
        let mut children = Vec::new();
        self.at += 1;
        self.space();
        while self.at < self.bytes.len() && self.peek() != close {
            let start = self.at;
            let name = named.then(|| self.key());
            let mut value = self.value();
            value.key = name.is_some().then(|| self.key_at(start));
            children.push((name, value));
            self.space();
            if self.peek() == b',' {
                self.at += 1;
                self.space();
            }
        }
        self.at = (self.at + 1).min(self.bytes.len());
        children
    }

    fn key(&mut self) -> String {
        let start = self.at;
        self.string();
        let key =
            std::str::from_utf8(&self.bytes[start..self.at]).ok().and_then(|text| serde_json::from_str(text).ok());
        self.space();
        self.at += 1; // the colon
        key.unwrap_or_default()
    }

    /// The place of the key that begins here.
    fn key_at(&self, start: usize) -> Range<usize> {
        let mut end = start + 1;
        while end < self.bytes.len() && self.bytes[end] != b'"' {
            end += if self.bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.base + start..self.base + (end + 1).min(self.bytes.len())
    }

    fn string(&mut self) {
        self.at += 1;
        while self.at < self.bytes.len() && self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.bytes.len());
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn every_value_knows_its_bytes() {
        let text = r#" {"a": [1, -2.5e3 , "x\"]\\"], "b" : {"c":null},"\u0061":true} "#;
        let root = scan(text, 0);
        let of = |node: &super::Node| &text[node.range.clone()];
        assert_eq!(of(&root), text.trim());
        let b = root.get("b").unwrap();
        assert_eq!(of(b), r#"{"c":null}"#);
        assert_eq!(of(b.get("c").unwrap()), "null");
        // The key `a` is there twice, once escaped: the last one counts.
        assert_eq!(of(root.get("a").unwrap()), "true");
        let items = root.children[0].1.items();
        assert_eq!(items.iter().map(|node| of(node)).collect::<Vec<_>>(), ["1", "-2.5e3", r#""x\"]\\""#]);
    }
}
