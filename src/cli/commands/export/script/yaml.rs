//! The YAML at the head of a script: what Jupytext writes, and JSON values, which are YAML too.
//!
//! Anchors, tags, block scalars, and flow collections that are not JSON are errors.

use std::iter::Peekable;
use std::vec::IntoIter;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Deserializer, Map, Value, json};

/// Nested deeper than any metadata.
const DEEPEST: usize = 64;

/// The map under the key `jupyter`; the other keys belong to other tools. `first` is the number of the first line.
pub fn jupyter(lines: &[&str], first: usize) -> Result<Map<String, Value>> {
    let Some(key) = lines.iter().position(|line| line.trim_end() == "jupyter:") else { return Ok(Map::new()) };
    let inner = lines.iter().enumerate().skip(key + 1).map(|(at, line)| (first + at, *line));
    let inner = inner.take_while(|(_, line)| line.is_empty() || line.starts_with([' ', '\t', '#']));
    let mut lines = logical(inner)?.into_iter().peekable();
    if lines.peek().is_none() {
        return Ok(Map::new());
    }
    let value = block(&mut lines, 0)?;
    if let Some(line) = lines.next() {
        bail!("line {}: its indentation fits no line above it", line.number);
    }
    value.as_object().cloned().context("`jupyter` must be a map")
}

/// A line with its continuation lines; a `-` is a line of its own.
struct Line {
    number: usize,
    indent: usize,
    text: String,
}

fn logical<'a>(lines: impl Iterator<Item = (usize, &'a str)>) -> Result<Vec<Line>> {
    let mut out: Vec<Line> = Vec::new();
    let mut blank = 0;
    for (number, line) in lines {
        let mut text = line.trim_start_matches(' ').trim_end();
        let mut indent = line.len() - line.trim_start_matches(' ').len();
        if text.is_empty() {
            blank += 1;
            continue;
        }
        let breaks = std::mem::take(&mut blank);
        ensure!(!text.starts_with('\t'), "line {number}: YAML is indented by spaces, not by tabs");
        if let Some(last) = out.last_mut().filter(|last| indent > last.indent && !opens_block(&last.text)) {
            // PyYAML breaks text in double quotes by a backslash, which no blank stands for.
            let is_escaped = last.text.contains('"') && last.text.ends_with('\\');
            match breaks {
                0 if is_escaped => drop(last.text.pop()),
                0 => last.text.push(' '),
                _ => last.text += &"\n".repeat(breaks),
            }
            last.text += text;
            continue;
        }
        while let Some(inner) = text.strip_prefix('-').filter(|inner| inner.is_empty() || inner.starts_with(' ')) {
            out.push(Line { number, indent, text: "-".to_owned() });
            indent += text.len() - inner.trim_start().len();
            text = inner.trim_start();
        }
        if !is_end(text) {
            out.push(Line { number, indent, text: text.to_owned() });
        }
    }
    Ok(out)
}

fn opens_block(text: &str) -> bool {
    text == "-" || key(text).is_some_and(|(_, rest)| is_end(rest))
}

/// Nothing but a comment.
fn is_end(text: &str) -> bool {
    let text = text.trim_start();
    text.is_empty() || text.starts_with('#')
}

type Lines = Peekable<IntoIter<Line>>;

/// The list, map or scalar that begins at the next line.
fn block(lines: &mut Lines, depth: usize) -> Result<Value> {
    let Some(Line { number, indent, text }) = lines.peek() else { return Ok(Value::Null) };
    let (number, indent) = (*number, *indent);
    ensure!(depth < DEEPEST, "line {number}: it is nested too deeply");
    if text == "-" {
        return list(lines, indent, depth);
    }
    if key(text).is_none() {
        let value = scalar(text).with_context(|| format!("line {number}"));
        lines.next();
        return value;
    }
    let mut map = Map::new();
    while let Some(line) = lines.next_if(|line| line.indent == indent && line.text != "-") {
        let place = || format!("line {}", line.number);
        let (key, rest) = key(&line.text).context("`key: value` is expected").with_context(place)?;
        let value = match lines.peek() {
            _ if !is_end(rest) => scalar(rest).with_context(|| format!("the value of `{key}`")).with_context(place)?,
            Some(next) if next.indent > indent => block(lines, depth + 1)?,
            Some(next) if next.indent == indent && next.text == "-" => list(lines, indent, depth + 1)?,
            _ => Value::Null,
        };
        ensure!(map.insert(key.clone(), value).is_none(), "line {}: a second `{key}`", line.number);
    }
    Ok(Value::Object(map))
}

fn list(lines: &mut Lines, indent: usize, depth: usize) -> Result<Value> {
    let mut items = Vec::new();
    while lines.next_if(|line| line.indent == indent && line.text == "-").is_some() {
        let has_item = lines.peek().is_some_and(|next| next.indent > indent);
        items.push(if has_item { block(lines, depth + 1)? } else { Value::Null });
    }
    Ok(Value::Array(items))
}

/// `key: value` -> `key` and ` value`; `None` where there is no key.
fn key(text: &str) -> Option<(String, &str)> {
    let (key, rest) = match text.chars().next()? {
        '"' | '\'' => {
            let (key, rest) = quoted(text).ok()?;
            (key.as_str()?.to_owned(), rest.strip_prefix(':')?)
        }
        _ => {
            let colon =
                text.match_indices(':').find(|(at, _)| text[at + 1..].is_empty() || text[at + 1..].starts_with(' '));
            let (at, _) = colon.filter(|(at, _)| !text.starts_with(['{', '[']) && !text[..*at].contains(" #"))?;
            (text[..at].to_owned(), &text[at + 1..])
        }
    };
    (rest.is_empty() || rest.starts_with(' ')).then_some((key, rest))
}

/// `'it''s'`, `"\xe9"` or a JSON value, and the text after it.
fn quoted(text: &str) -> Result<(Value, &str)> {
    if let Some(inner) = text.strip_prefix('\'') {
        let inner_quotes = inner.replace("''", "\0\0");
        let end = inner_quotes.find('\'').context("the quote `'` is not closed")?;
        return Ok((Value::from(inner[..end].replace("''", "'")), &inner[end + 1..]));
    }
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    match (values.next(), text.strip_prefix('"')) {
        (Some(Ok(value)), _) => Ok((value, &text[values.byte_offset()..])),
        (_, Some(inner)) => unescaped(inner),
        (_, None) => bail!("brackets must be JSON"),
    }
}

/// The text up to the closing quote, by YAML's escapes, and what follows it.
fn unescaped(inner: &str) -> Result<(Value, &str)> {
    /// Escapes of one letter, and what they stand for.
    const ESCAPES: (&str, &str) =
        ("0abtnvfre \"/\\N_LP", "\0\x07\x08\t\n\x0b\x0c\r\x1b \"/\\\u{85}\u{a0}\u{2028}\u{2029}");
    let mut out = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => return Ok((Value::from(out), rest.as_str())),
            '\\' => {
                let letter = rest.next().context("the quote `\"` is not closed")?;
                let digits = match letter {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                let (code, after) = rest.as_str().split_at_checked(digits).context("an escape is cut")?;
                let known = || ESCAPES.0.find(letter).and_then(|at| ESCAPES.1.chars().nth(at));
                let numbered = || u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
                let meant = if digits == 0 { known() } else { numbered() };
                out.push(meant.with_context(|| format!("`\\{letter}{code}` is not an escape"))?);
                rest = after.chars();
            }
            c => out.push(c),
        }
    }
    bail!("the quote `\"` is not closed")
}

fn scalar(text: &str) -> Result<Value> {
    let text = text.trim();
    if text.starts_with(['"', '\'', '{', '[']) {
        let (value, rest) = quoted(text)?;
        ensure!(is_end(rest), "`{}` follows it", rest.trim());
        return Ok(value);
    }
    let plain = text.split(" #").next().unwrap_or_default().trim_end();
    let is_special = plain.starts_with(['&', '*', '!', '|', '>', '%', '@', '`', ',', ']', '}', '?']);
    ensure!(!is_special, "`{plain}` is not supported: text of that kind must be in quotes, on one line");
    ensure!(!plain.contains(": ") && !plain.ends_with(':'), "`{plain}` must be in quotes");
    Ok(match plain {
        "null" | "Null" | "NULL" | "~" => Value::Null,
        "true" | "True" | "TRUE" => json!(true),
        "false" | "False" | "FALSE" => json!(false),
        // A JSON number is the only plain scalar that is JSON.
        plain => serde_json::from_str(plain).unwrap_or_else(|_| json!(plain)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Value> {
        jupyter(&yaml.lines().collect::<Vec<_>>(), 2).map(Value::Object)
    }

    /// The block that Jupytext 1.19.6 writes for a notebook with difficult metadata.
    #[test]
    fn jupytexts_own_header_is_read() {
        let yaml = r#"# a comment
title: 'a tag of another tool'
list: &anchor
- *anchor
jupyter:
  authors:
  - email: k@example.org
    name: 'Kim: A'
  - name: "\uAE40 \U0001F600 \xE9"
    tags:
    - a
    - 'b # c'
    - '- d'
  bool-like: 'true'
  empty: {}
  empty-text: ''
  flags:
    big: 1.5e+20
    n: 3
    nested:
    - - 1
      - 2
    - []
    - - x
      - deep: y
    'on': true
    version: '1.3'
    x: 1.0e-09
  jupytext:
    formats: ipynb,rs:percent
    text_representation:
      extension: .rs
      format_name: percent
      format_version: '1.3'
      jupytext_version: 1.19.6
  # indented, and deeper than the next key
  kernelspec:
    display_name: Rust
    language: rust  # a comment
    name: rust
  long: 'it''s a long text of many words that goes on beyond the eighty columns at
    which PyYAML folds it '
  longer: "\xE9 a long text \
    \ that goes on"
  none: null
  para: 'first


    second

    '
  quote: it's
  tab: "a\tb"
  void:
after: |
  text
"#;
        let expected = json!({
            "authors": [
                {"email": "k@example.org", "name": "Kim: A"},
                {"name": "김 \u{1f600} é", "tags": ["a", "b # c", "- d"]},
            ],
            "bool-like": "true", "empty": {}, "empty-text": "",
            "flags": {
                "big": 1.5e20, "n": 3, "nested": [[1, 2], [], ["x", {"deep": "y"}]],
                "on": true, "version": "1.3", "x": 1e-9,
            },
            "jupytext": {
                "formats": "ipynb,rs:percent",
                "text_representation": {
                    "extension": ".rs", "format_name": "percent", "format_version": "1.3",
                    "jupytext_version": "1.19.6",
                },
            },
            "kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"},
            "long": "it's a long text of many words that goes on beyond the eighty columns at which PyYAML folds it ",
            "longer": "é a long text  that goes on",
            "none": null, "para": "first\n\nsecond\n", "quote": "it's", "tab": "a\tb", "void": null,
        });
        assert_eq!(read(yaml).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let cases = [
            (
                "jupyter:\n  a: &x 1",
                "line 3: the value of `a`: `&x 1` is not supported: text of that kind must be in quotes, on one line",
            ),
            (
                "jupyter:\n  a:\n    - |\n      text",
                "line 4: `|` is not supported: text of that kind must be in quotes, on one line",
            ),
            ("jupyter:\n  a: [b, c]", "line 3: the value of `a`: brackets must be JSON"),
            ("jupyter:\n  a: b: c", "line 3: the value of `a`: `b: c` must be in quotes"),
            ("jupyter:\n  a: 'b' c", "line 3: the value of `a`: `c` follows it"),
            ("jupyter:\n  a: 'b", "line 3: the value of `a`: the quote `'` is not closed"),
            ("jupyter:\n  a: \"\\q\"", "line 3: the value of `a`: `\\q` is not an escape"),
            ("jupyter:\n  a: 1\n  a: 2", "line 4: a second `a`"),
            ("jupyter:\n  a: 1\n  b", "line 4: `key: value` is expected"),
            ("jupyter:\n  a:\n    b: 1\n   c: 1", "line 5: its indentation fits no line above it"),
            ("jupyter:\n\ta: 1", "line 3: YAML is indented by spaces, not by tabs"),
            ("jupyter:\n  - a", "`jupyter` must be a map"),
        ];
        for (yaml, expected) in cases {
            assert_eq!(format!("{:#}", read(yaml).unwrap_err()), expected, "{yaml}");
        }
        let deep = format!("jupyter:\n  a:\n  {}1", "- ".repeat(100_000));
        assert_eq!(format!("{:#}", read(&deep).unwrap_err()), "line 4: it is nested too deeply");
        assert_eq!(read("title: x").unwrap(), json!({}));
        assert_eq!(read("jupyter:").unwrap(), json!({}));
    }

    /// Lines of the characters that mean something in YAML.
    const ANY_LINES: &str = "([ ]{0,4}(- )?([a\"'{\\[#:| \\\\]{0,4}: ?)?[-1a:\"'{}# \\\\]{0,5}\n){0,8}";

    proptest::proptest! {
        #[test]
        fn any_header_is_read_or_refused(lines in ANY_LINES) {
            let _ = read(&format!("jupyter:\n{lines}"));
        }

        /// What `export` writes is read again: every value as JSON.
        #[test]
        fn any_json_is_read_as_it_was(text in ".{0,12}", key in ".{1,6}") {
            let value = json!({"list": [text], "x": 1.5});
            let line = format!("jupyter:\n  {}: {value}\n  b: {}", json!(key), json!(text));
            let mut expected = json!({key.as_str(): value});
            expected["b"] = json!(text);
            if key != "b" {
                proptest::prop_assert_eq!(read(&line).unwrap(), expected);
            }
        }
    }
}
