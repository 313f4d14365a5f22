//! Broken notebooks: each one that is accepted is written back byte for byte, and none causes a panic.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::*;
use crate::cli::fuzz::{edited, edits, notebooks};

#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "\"cells\": [", "\"cells\": null", "\"id\": \"a\",", "\"outputs\": [],", "\"outputs\": {}",
    "\"source\": [\"a\\n\", \"b\"]", "\"text\": \"x\\r\\n\"", "\"output_type\": \"stream\",",
    "\"name\": \"stderr\",", "\"data\": {\"text/plain\": []},", "\"data\": 3", "{}", "[]", "null", "{", "}", "[",
    "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\\"", "\r\n", "\n", "\t", "1e999", "-0", "0.5e-3", "true",
    "\u{feff}", "한글", "\u{2028}", "\"nbformat\": 4,", "\"nbformat\": 3,", "\"a\\u0062\": 1,",
];

/// Notebooks of one or two cells, small enough for many cases.
fn seeds() -> Vec<Value> {
    let mut seeds = Vec::new();
    for notebook in notebooks() {
        let cells = notebook["cells"].as_array().cloned().unwrap_or_default();
        for group in cells.chunks(2) {
            let mut small = notebook.clone();
            small["cells"] = json!(group);
            if small.to_string().len() < 3_000 {
                seeds.push(small);
            }
        }
    }
    assert!(seeds.len() > 100, "only {} seeds", seeds.len());
    seeds
}

/// Values of the wrong kind.
fn junk() -> Vec<Value> {
    vec![
        Value::Null,
        json!(4),
        json!(-1.5e300),
        json!(""),
        json!("a\nb\r\n한글\u{0}"),
        json!([]),
        json!({}),
        json!(["a\n", 3, null, "b"]),
        json!({"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}),
        json!({"output_type": "display_data", "data": {"image/png": ["AA", "AA"], "stdout": "x", "a/json": [1]}}),
        json!([{"output_type": "error", "ename": "E", "evalue": 3}, {"output_type": "odd"}]),
        json!({"forward_pass": {"rtol": 1e-6, "normalisers": [{}], "ellipsis": "["}, "tags": ["a", 3]}),
        json!("code"),
        json!(true),
    ]
}

/// What happens to the value at the end of a path.
#[derive(Clone, Debug)]
enum Damage {
    Remove,
    Repeat,
    Replace(Value),
}

fn damages() -> impl Strategy<Value = (Vec<Index>, Damage)> {
    let damage = prop_oneof![
        1 => Just(Damage::Remove),
        1 => Just(Damage::Repeat),
        8 => select(junk()).prop_map(Damage::Replace),
    ];
    (vec(any::<Index>(), 0..7), damage)
}

fn damage(value: &mut Value, path: &[Index], how: &Damage) {
    match (value, path) {
        (Value::Object(map), [next, rest @ ..]) if !map.is_empty() => {
            let key = map.keys().nth(next.index(map.len())).cloned().unwrap_or_default();
            match how {
                Damage::Remove if rest.is_empty() => drop(map.shift_remove(&key)),
                _ => damage(&mut map[&key], rest, how),
            }
        }
        (Value::Array(items), [next, rest @ ..]) if !items.is_empty() => {
            let at = next.index(items.len());
            match how {
                Damage::Remove if rest.is_empty() => drop(items.remove(at)),
                Damage::Repeat if rest.is_empty() => items.push(items[at].clone()),
                _ => damage(&mut items[at], rest, how),
            }
        }
        (value, _) => {
            if let Damage::Replace(junk) = how {
                *value = junk.clone();
            }
        }
    }
}

fn styled(value: &Value, style: u8) -> String {
    match style {
        0 => value.to_string(),
        1 => serde_json::to_string_pretty(value).unwrap().replace('\n', "\r\n"),
        _ => serde_json::to_string_pretty(value).unwrap(),
    }
}

/// Calls everything on a notebook, and checks that changes to one cell leave all other bytes alone.
fn use_it(text: &str, line: usize) {
    let Ok(notebook) = Notebook::parse(text) else { return };
    assert_eq!(notebook.with_changes(&[]), text);
    let _ = (notebook.title(), notebook.dependencies());
    let code = |cell: &Cell| cell.kind == CellKind::Code;
    for (at, cell) in notebook.cells.iter().enumerate() {
        let lines = 1 + text.lines().count();
        assert!((1..=lines).contains(&notebook.file_line(at, line)));
        for part in ["stdout", "text/plain", "image/png (output 2)", "error", "stdout (output x)"] {
            assert!(notebook.output_line(at, part, line + 1).is_none_or(|line| (1..=lines).contains(&line)));
        }
        let _ = notebook.fingerprint(at);
        if !code(cell) {
            continue;
        }
        let same =
            CellChange { cell: at, outputs: cell.outputs.clone(), error: ErrorChange::Keep, ..CellChange::default() };
        assert_eq!(notebook.with_changes(&[same]), text, "the outputs of `{}` as they were", cell.id);
        let shown = Output::Stream { stream: Stream::Stdout, text: "new\n".into() };
        let data =
            [("text/plain", "a\nb"), ("image/png", "AAAA")].map(|(mime, text)| (mime.to_string(), text.to_string()));
        let rich = Output::Rich { kind: RichKind::Result, data: data.into() };
        let outputs = vec![shown, rich];
        let new = CellChange { cell: at, outputs: outputs.clone(), execution_count: Some(7), ..CellChange::default() };
        let written = notebook.with_changes(&[new]);
        let again = Notebook::parse(&written).unwrap_or_else(|error| panic!("{error:#}: {text}\nbecame\n{written}"));
        assert_eq!(kindless(&again.cells[at].outputs), kindless(&outputs), "{text}\nbecame\n{written}");
        let others = |notebook: &Notebook| -> Vec<Cell> {
            let others = notebook.cells.iter().enumerate().filter(|(its, _)| *its != at);
            others.map(|(_, cell)| Cell { line: 0, ..cell.clone() }).collect()
        };
        assert_eq!(others(&again), others(&notebook));
    }
}

/// A stored display stays a display, with its unknown fields, when a result takes its place.
fn kindless(outputs: &[Output]) -> Vec<Output> {
    let kindless = |output: Output| match output {
        Output::Rich { data, .. } => Output::Rich { kind: RichKind::Display, data },
        stream => stream,
    };
    outputs.iter().cloned().map(kindless).collect()
}

proptest! {
    #[test]
    fn a_damaged_notebook_is_read_or_refused(
        (mut value, style) in (select(seeds()), 0..3_u8), damages in vec(damages(), 1..=4), line in 0..9_usize,
    ) {
        damages.iter().for_each(|(path, how)| damage(&mut value, path, how));
        use_it(&styled(&value, style), line);
    }

    #[test]
    fn a_broken_text_is_read_or_refused(
        (value, style) in (select(seeds()), 0..3_u8),
        edits in edits(TOKENS, seeds().iter().map(Value::to_string).collect()),
        line in 0..9_usize,
    ) {
        use_it(&edited(&styled(&value, style), &edits), line);
    }
}
