//! Maps and sets on one line, as `{:?}` prints them: with `unordered`, their items may be in any order.
//!
//! The fields of a struct are no items: their order is the type's.

/// The text with the items of each map and set sorted, also of those within others, in lists and in values.
pub fn sorted(text: &str) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    // A bracket that is not closed is text, and so is everything before the end of its line.
    while at < text.len() {
        let rest = &text[at..];
        let step = quoted(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
        if rest.starts_with('{')
            && let Some((items, end)) = items(&rest[1..])
        {
            push_group(&mut out, &items);
            at += end + 1;
            continue;
        }
        out.push_str(&rest[..step]);
        at += step;
    }
    out
}

/// Adds `{...}` to what comes before it.
fn push_group(out: &mut String, items: &[&str]) {
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return out.push_str("{}") };
    let padding = |text: &str| text.len() - text.trim_start().len();
    let (before, after) = (&first[..padding(first)], &last[last.trim_end().len()..]);
    // `{:?}` sets only the fields of a struct off from its brackets.
    let is_struct = !before.is_empty();
    let mut parts: Vec<String> = items.iter().map(|item| sorted(item.trim())).collect();
    if !is_struct {
        parts.sort();
    }
    out.push('{');
    out.push_str(before);
    out.push_str(&parts.join(", "));
    out.push_str(after);
    out.push('}');
}

/// What stands between the commas up to the closing bracket, and where that ends; `None` if there is none.
fn items(text: &str) -> Option<(Vec<&str>, usize)> {
    let (mut items, mut start, mut at) = (Vec::new(), 0, 0);
    let mut open = Vec::new();
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        if let Some(length) = quoted(rest) {
            at += length;
            continue;
        }
        match c {
            '\n' => return None,
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            '}' if open.is_empty() => {
                let last = &text[start..at];
                if !items.is_empty() || !last.trim().is_empty() {
                    items.push(last);
                }
                return Some((items, at + 1));
            }
            ')' | ']' | '}' if open.pop() != Some(c) => return None,
            ',' if open.is_empty() => {
                items.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// The length of the string or the character with which the text begins, as `{:?}` prints it.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    for (nth, (at, c)) in text.char_indices().enumerate().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            // An apostrophe, not a character.
            _ if quote == '\'' && nth > 1 && !text[1..].starts_with('\\') => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn items_of_maps_and_sets_are_sorted_and_nothing_else() {
        let cases = [
            (r#"{"b": 2, "a": 1}"#, r#"{"a": 1, "b": 2}"#),
            ("map = {2, 1} and [3, 2, 1]", "map = {1, 2} and [3, 2, 1]"),
            ("Some({3: {2, 1}, 1: {}})", "Some({1: {}, 3: {1, 2}})"),
            (r#"{"x, y": 1, "a}": 2}"#, r#"{"a}": 2, "x, y": 1}"#),
            ("{'b', 'a', '\\''}", "{'\\'', 'a', 'b'}"),
            ("Point { y: 1, x: {2, 1} }", "Point { y: 1, x: {1, 2} }"),
            ("{Point { y: 1, x: 2 }, Point { y: 0, x: 9 }}", "{Point { y: 0, x: 9 }, Point { y: 1, x: 2 }}"),
            ("{2, 1", "{2, 1"),
            ("it's {b, a}, isn't it", "it's {a, b}, isn't it"),
            ("set {2, 1}", "set {1, 2}"),
            ("{}", "{}"),
            ("{(2, 1), (1, 2)}", "{(1, 2), (2, 1)}"),
        ];
        for (text, expected) in cases {
            assert_eq!(sorted(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_order_of_items_is_the_same(
            items in proptest::collection::vec(("[a-z ,{}\"']{0,4}", 0..9u8), 0..6),
            turn in 0..6usize,
            within in any::<bool>(),
        ) {
            let map = |items: &[(String, u8)]| {
                let items: Vec<String> = items.iter().map(|(key, value)| format!("{key:?}: {value}")).collect();
                let map = format!("{{{}}}", items.join(", "));
                if within { format!("{{\"k\": Some({map}), \"a\": [{map}]}}") } else { map }
            };
            let mut turned = items.clone();
            turned.rotate_left(if items.is_empty() { 0 } else { turn % items.len() });
            prop_assert_eq!(sorted(&map(&items)), sorted(&map(&turned)));
            let mut other = items.clone();
            other.push(("zzz".into(), 1));
            prop_assert_ne!(sorted(&map(&items)), sorted(&map(&other)));
        }

        #[test]
        fn any_text_keeps_its_characters(text in "[{}(),\"'\\\\ab1: \n]{0,24}") {
            let characters = |text: &str| {
                let mut all: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
                all.sort_unstable();
                all
            };
            prop_assert_eq!(characters(&sorted(&text)), characters(&text));
        }
    }
}
