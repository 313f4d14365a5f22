//! The JSON that heads a `.safetensors` file: objects, arrays, texts, whole numbers.
//!
//! Not for anything else: it knows neither fractions nor `true`, and nests four deep at most.

#[derive(Debug, PartialEq)]
pub(super) enum Value {
    Object(Vec<(String, Value)>),
    Array(Vec<Value>),
    Text(String),
    Whole(usize),
}

impl Value {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Object(entries) => entries.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn whole(&self) -> Option<usize> {
        match self {
            Value::Whole(number) => Some(*number),
            _ => None,
        }
    }
}

/// The value that the whole text is, or `None`.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text };
    let value = reader.value(4)?;
    reader.rest.trim().is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, letter: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(letter)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let deeper = depth.checked_sub(1)?;
        match self.rest.trim_start().chars().next()? {
            '{' => {
                let entry = |reader: &mut Self| {
                    let name = reader.text()?;
                    reader.take(':')?;
                    Some((name, reader.value(deeper)?))
                };
                Some(Value::Object(self.list('{', '}', entry)?))
            }
            '[' => Some(Value::Array(self.list('[', ']', |reader| reader.value(deeper))?)),
            '"' => Some(Value::Text(self.text()?)),
            _ => self.whole(),
        }
    }

    fn list<X>(&mut self, open: char, close: char, item: impl Fn(&mut Self) -> Option<X>) -> Option<Vec<X>> {
        self.take(open)?;
        let mut items = Vec::new();
        if self.take(close).is_some() {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if self.take(close).is_some() {
                return Some(items);
            }
            self.take(',')?;
        }
    }

    fn whole(&mut self) -> Option<Value> {
        let rest = self.rest.trim_start();
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        self.rest = &rest[end..];
        Some(Value::Whole(rest[..end].parse().ok()?))
    }

    fn text(&mut self) -> Option<String> {
        self.take('"')?;
        let mut text = String::new();
        let mut letters = self.rest.char_indices();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.rest = &self.rest[place + 1..];
                    return Some(text);
                }
                '\\' => text.push(match letters.next()?.1 {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let code: String = letters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        char::from_u32(u32::from_str_radix(&code, 16).ok()?)?
                    }
                    other @ ('"' | '\\' | '/') => other,
                    _ => return None,
                }),
                _ => text.push(letter),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_safetensors_writes_is_read() {
        let read = read(r#" {"a\u0041": {"shape": [ 2 , 30], "e": []}, "t": "\"x\\"} "#).unwrap();
        assert_eq!(
            read.get("aA").and_then(|a| a.get("shape")),
            Some(&Value::Array(vec![Value::Whole(2), Value::Whole(30)]))
        );
        assert_eq!(read.get("t"), Some(&Value::Text("\"x\\".into())));
    }

    #[test]
    fn everything_else_is_nothing() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "{}x",
            "[1,]",
            "[1 2]",
            "-1",
            "1.5",
            "true",
            "\"a",
            "\"\\",
            "\"\\u12",
            "{\"a\"}",
            "99999999999999999999999",
            &deep,
        ] {
            assert_eq!(super::read(text), None, "{text:.20}");
        }
    }
}
