//! Notebooks broken by chance: whatever is read comes back byte for byte, and what is not read is refused in words.

use serde_json::{Value, json};

use super::*;
use crate::cli::fuzz::{Chance, notebooks, rounds};

const TOKENS: &[&str] = &[
    "\"cells\": [",
    "\"cells\": null",
    "\"id\": \"a\",",
    "\"outputs\": [],",
    "\"outputs\": {}",
    "\"source\": [\"a\\n\", \"b\"]",
    "\"text\": \"x\\r\\n\"",
    "\"output_type\": \"stream\",",
    "\"name\": \"stderr\",",
    "\"data\": {\"text/plain\": []},",
    "\"data\": 3",
    "{}",
    "[]",
    "null",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\\"",
    "\r\n",
    "\n",
    "\t",
    "1e999",
    "-0",
    "0.5e-3",
    "true",
    "\u{feff}",
    "한글",
    "\u{2028}",
    "\"nbformat\": 4,",
    "\"nbformat\": 3,",
    "\"a\\u0062\": 1,",
];

/// Notebooks of one to three cells, with outputs of a size that a test can turn over a million times.
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

/// What stands where something else is expected.
fn junk(chance: &mut Chance) -> Value {
    match chance.below(14) {
        0 => Value::Null,
        1 => json!(chance.below(9)),
        2 => json!(-1.5e300),
        3 => json!(""),
        4 => json!("a\nb\r\n한글\u{0}"),
        5 => json!([]),
        6 => json!({}),
        7 => json!(["a\n", 3, null, "b"]),
        8 => json!({"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}),
        9 => json!({"output_type": "display_data", "data": {"image/png": ["AA", "AA"], "stdout": "x", "a/json": [1]}}),
        10 => json!([{"output_type": "error", "ename": "E", "evalue": 3}, {"output_type": "odd"}]),
        11 => json!({"forward_pass": {"rtol": 1e-6, "normalisers": [{}], "ellipsis": "["}, "tags": ["a", 3]}),
        12 => json!("code"),
        _ => json!(true),
    }
}

/// Some value somewhere becomes another one, or a key is lost.
fn damage(value: &mut Value, chance: &mut Chance) {
    let here = chance.below(6) == 0;
    match value {
        Value::Object(map) if !here && !map.is_empty() => {
            let key = map.keys().nth(chance.below(map.len())).cloned().unwrap_or_default();
            if chance.below(12) == 0 {
                map.shift_remove(&key);
            } else {
                damage(&mut map[&key], chance);
            }
        }
        Value::Array(items) if !here && !items.is_empty() => {
            let at = chance.below(items.len());
            match chance.below(12) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => damage(&mut items[at], chance),
            }
        }
        value => *value = junk(chance),
    }
}

fn styled(value: &Value, chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => value.to_string(),
        1 => serde_json::to_string_pretty(value).unwrap().replace('\n', "\r\n"),
        _ => serde_json::to_string_pretty(value).unwrap(),
    }
}

/// Everything that is asked of a notebook, and the promises that its file keeps.
fn use_it(text: &str, chance: &mut Chance) -> bool {
    let Ok(notebook) = Notebook::parse(text) else { return false };
    assert_eq!(notebook.with_changes(&[]), text);
    let _ = (notebook.title(), notebook.dependencies());
    let code = |cell: &Cell| cell.kind == CellKind::Code;
    for (at, cell) in notebook.cells.iter().enumerate() {
        let lines = 1 + text.lines().count();
        assert!((1..=lines).contains(&notebook.file_line(at, chance.below(9))));
        for part in ["stdout", "text/plain", "image/png (output 2)", "error", "stdout (output x)"] {
            assert!(notebook.output_line(at, part, 1 + chance.below(5)).is_none_or(|line| (1..=lines).contains(&line)));
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
    true
}

/// A stored display stays a display where a value takes its place: its unknown fields stay, too.
fn kindless(outputs: &[Output]) -> Vec<Output> {
    let kindless = |output: Output| match output {
        Output::Rich { data, .. } => Output::Rich { kind: RichKind::Display, data },
        stream => stream,
    };
    outputs.iter().cloned().map(kindless).collect()
}

#[test]
fn no_notebook_brings_the_reader_down_and_each_comes_back_whole() {
    let seeds = seeds();
    let texts: Vec<String> = seeds.iter().map(Value::to_string).collect();
    let mut chance = Chance::new(31);
    let (mut read, rounds) = (0, rounds());
    for _ in 0..rounds {
        let mut value = chance.of(&seeds).clone();
        let text = if chance.below(3) == 0 {
            let text = styled(&value, &mut chance);
            chance.broken(&text, &texts, TOKENS)
        } else {
            (0..=chance.below(3)).for_each(|_| damage(&mut value, &mut chance));
            styled(&value, &mut chance)
        };
        read += usize::from(use_it(&text, &mut chance));
    }
    assert!(read > rounds / 10 && read < rounds, "{read} of {rounds} could be read");
}
