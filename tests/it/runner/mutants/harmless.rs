//! Ways to write the same notebook otherwise: whoever reads its outputs sees nothing new.

use serde_json::{Map, Value, json};

use super::Chance;
use super::damage::{Slot, joined, put, slots};
use super::material::{PIXELS, indented, picture, printed};

/// The notebook's new text; None where it has no place for the change.
type Change = fn(&Value, &mut Chance) -> Option<String>;

pub const KINDS: &[(&str, Change)] = &[
    ("execution counts", counts),
    ("metadata of a cell", cell_metadata),
    ("metadata of the notebook", notebook_metadata),
    ("metadata of an output", output_metadata),
    ("a stream in pieces", pieces),
    ("pieces of two streams in turn", in_turn),
    ("a text as one string", one_string),
    ("a text in odd pieces", odd_pieces),
    ("a source as one string", source_string),
    ("the order of keys", keys),
    ("the last line's end", last_end),
    ("fields that nobody knows", unknown_fields),
    ("tags of others", tags),
    ("a picture wrapped into lines", wrapped),
    ("a picture written by another encoder", encoder),
    ("what a carriage return wrote over", progress),
    ("prose", prose),
    ("a cell without code", empty_cell),
    ("a raw cell", raw_cell),
    ("an indent", indent),
    ("Windows line ends and a BOM", windows),
    ("everything on one line", one_line),
    ("characters as escapes", escapes),
    ("a value for a display", value_or_display),
    ("a thread's number and place", thread),
    ("a note on backtraces", backtrace),
    ("a temporary folder's name", temporary),
    ("an older minor form", minor),
];

fn changed(notebook: &Value, change: impl FnOnce(&mut Value) -> Option<()>) -> Option<String> {
    let mut notebook = notebook.clone();
    change(&mut notebook)?;
    Some(printed(&notebook))
}

fn code(notebook: &Value, chance: &mut Chance) -> Option<usize> {
    let cells = notebook["cells"].as_array()?.iter().enumerate();
    let code: Vec<usize> = cells.filter(|(_, cell)| cell["cell_type"] == "code").map(|(at, _)| at).collect();
    chance.of(&code).copied()
}

/// An output of some cell.
fn output<'a>(notebook: &'a mut Value, chance: &mut Chance) -> Option<&'a mut Value> {
    let cell = code(notebook, chance)?;
    let outputs = notebook["cells"][cell]["outputs"].as_array_mut()?;
    let at = chance.below(outputs.len());
    outputs.get_mut(at)
}

/// One of the stored texts that `wanted` holds for.
fn slot(notebook: &Value, chance: &mut Chance, wanted: impl Fn(&Slot) -> bool) -> Option<Slot> {
    let mut slots: Vec<Slot> = slots(notebook).into_iter().filter(wanted).collect();
    (!slots.is_empty()).then(|| slots.swap_remove(chance.below(slots.len())))
}

fn counts(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        for cell in notebook["cells"].as_array_mut()?.iter_mut().filter(|cell| cell["cell_type"] == "code") {
            let count = if chance.below(4) == 0 { Value::Null } else { json!(chance.below(500)) };
            cell["outputs"]
                .as_array_mut()?
                .iter_mut()
                .filter(|it| it["output_type"] == "execute_result")
                .for_each(|it| it["execution_count"] = count.clone());
            cell["execution_count"] = count;
        }
        Some(())
    })
}

fn cell_metadata(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let cell = code(notebook, chance)?;
        let (key, value) = chance
            .of(&[
                ("collapsed", json!(true)),
                ("scrolled", json!(false)),
                ("jupyter", json!({"outputs_hidden": true})),
                ("vscode", json!({"languageId": "rust"})),
            ])?
            .clone();
        notebook["cells"][cell]["metadata"][key] = value;
        Some(())
    })
}

fn notebook_metadata(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let (key, value) = chance
            .of(&[
                ("toc", json!({"base_numbering": 1})),
                ("authors", json!([{"name": "A"}])),
                ("kernelspec", json!({"display_name": "Rust 1.95", "language": "rust", "name": "rust-1-95"})),
                ("language_info", json!({"name": "rust"})),
            ])?
            .clone();
        notebook["metadata"][key] = value;
        Some(())
    })
}

fn output_metadata(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let output = output(notebook, chance).filter(|output| output["data"].is_object())?;
        output["metadata"] = json!({"needs_background": "light", "image/png": {"width": 4}, "n": chance.below(99)});
        Some(())
    })
}

/// A stream's text in two outputs, cut anywhere.
fn pieces(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let slot = slot(notebook, chance, |slot| slot.mime.is_none() && slot.text.len() > 2)?;
        let (first, second) = halves(&slot.text, chance)?;
        let outputs = notebook["cells"][slot.cell]["outputs"].as_array_mut()?;
        let mut twin = outputs[slot.output].clone();
        (outputs[slot.output]["text"], twin["text"]) = (json!([first]), json!(second));
        outputs.insert(slot.output + 1, twin);
        Some(())
    })
}

fn halves(text: &str, chance: &mut Chance) -> Option<(String, String)> {
    let at = 1 + chance.below(text.len() - 1);
    text.is_char_boundary(at).then(|| (text[..at].to_string(), text[at..].to_string()))
}

/// stderr first, and stdout around it.
fn in_turn(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let has_two = |cell: &Value| {
            cell["outputs"].as_array().is_some_and(|all| all.len() == 2 && all.iter().all(|it| it["text"].is_array()))
        };
        let cells = notebook["cells"].as_array_mut()?.iter_mut().filter(|cell| has_two(cell));
        let outputs = cells.collect::<Vec<_>>().into_iter().next()?["outputs"].as_array_mut()?;
        let (first, second) = halves(&joined(&outputs[0]["text"])?, chance)?;
        let mut twin = outputs[0].clone();
        (outputs[0]["text"], twin["text"]) = (json!(first), json!(second));
        outputs.push(twin);
        outputs.swap(0, chance.below(2));
        Some(())
    })
}

fn one_string(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let slot = slot(notebook, chance, |_| true)?;
        put(notebook, &slot, json!(slot.text));
        Some(())
    })
}

fn odd_pieces(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let slot = slot(notebook, chance, |slot| slot.text.len() > 3)?;
        let (first, rest) = halves(&slot.text, chance)?;
        put(notebook, &slot, json!([first, "", rest]));
        Some(())
    })
}

fn source_string(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let cell = code(notebook, chance)?;
        let source = joined(&notebook["cells"][cell]["source"])?;
        notebook["cells"][cell]["source"] = json!(source);
        Some(())
    })
}

fn turned(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().rev().map(|(key, value)| (key.clone(), turned(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(turned).collect(),
        value => value.clone(),
    }
}

/// Of the whole notebook, or of one cell.
fn keys(notebook: &Value, chance: &mut Chance) -> Option<String> {
    if chance.below(4) == 0 {
        return Some(printed(&turned(notebook)));
    }
    changed(notebook, |notebook| {
        let cell = code(notebook, chance)?;
        notebook["cells"][cell] = turned(&notebook["cells"][cell]);
        Some(())
    })
}

/// A stream's last line without its end; a result with one, or with two.
fn last_end(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let slot = slot(notebook, chance, |_| true)?;
        let bare = slot.text.trim_end_matches('\n');
        let text = match slot.mime {
            None if slot.text.ends_with("\n\n") => return None,
            None => bare.to_string(),
            Some(_) => format!("{bare}\n{}", "\n".repeat(chance.below(2))),
        };
        put(notebook, &slot, json!(text));
        Some(())
    })
}

fn unknown_fields(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let value = json!({"more": [1, 2.5, null], "n": chance.below(99)});
        match chance.below(3) {
            0 => notebook["x-more"] = value,
            1 => output(notebook, chance)?["x-more"] = value,
            _ => {
                let cell = code(notebook, chance)?;
                notebook["cells"][cell]["x-more"] = value;
            }
        }
        Some(())
    })
}

fn tags(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let cell = code(notebook, chance)?;
        let mut tags = notebook["cells"][cell]["metadata"]["tags"].as_array().cloned().unwrap_or_default();
        tags.push(json!(chance.of(&[
            "hide-input",
            "remove-cell",
            "parameters",
            "scroll-output",
            "injected",
            "slow"
        ])?));
        notebook["cells"][cell]["metadata"]["tags"] = json!(tags);
        Some(())
    })
}

/// The stored picture of the cell that shows one.
fn png_of(notebook: &mut Value) -> Option<&mut Value> {
    let mut cells = notebook["cells"].as_array_mut()?.iter_mut();
    Some(&mut cells.find(|cell| cell["id"] == "png")?["outputs"][0]["data"]["image/png"])
}

fn wrapped(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let png = png_of(notebook)?;
        let (a, b) = halves(&joined(png)?, chance)?;
        *png = json!(format!("{a}\n{b}\n"));
        Some(())
    })
}

fn encoder(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let kinds = [png::Compression::NoCompression, png::Compression::Fastest, png::Compression::High];
    let compression = *chance.of(&kinds)?;
    changed(notebook, |notebook| {
        *png_of(notebook)? = json!(picture(&PIXELS, compression));
        Some(())
    })
}

/// `42 %`, then back to the line's beginning.
fn progress(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let slot = slot(notebook, chance, |slot| {
            slot.mime.is_none() && slot.text.lines().next().is_some_and(|line| line.len() > 5)
        })?;
        put(notebook, &slot, json!(format!("{} %\r{}", 10 + chance.below(90), slot.text)));
        Some(())
    })
}

fn prose(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let cells = notebook["cells"].as_array_mut()?;
        let at = chance.below(cells.len() + 1);
        cells.insert(at, json!({"cell_type": "markdown", "id": format!("new-{at}"), "metadata": {}, "source": ["# 제목 1.5\n", "![x](attachment:x.png)"], "attachments": {"x.png": {"image/png": "AAAA"}}}));
        Some(())
    })
}

fn empty_cell(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let cells = notebook["cells"].as_array_mut()?;
        let at = chance.below(cells.len() + 1);
        cells.insert(at, json!({"cell_type": "code", "id": format!("new-{at}"), "metadata": {}, "execution_count": null, "outputs": [], "source": []}));
        Some(())
    })
}

fn raw_cell(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let cells = notebook["cells"].as_array_mut()?;
        let at = chance.below(cells.len() + 1);
        cells.insert(at, json!({"cell_type": "raw", "id": format!("new-{at}"), "metadata": {"format": "text/latex"}, "source": "\\LaTeX"}));
        Some(())
    })
}

fn indent(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let indent: &[u8] = chance.of(&[&b"  "[..], b"    ", b"\t", b"   "])?;
    Some(indented(notebook, indent))
}

fn windows(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let bom = ["", "\u{feff}"][chance.below(2)];
    Some(format!("{bom}{}", printed(notebook).replace('\n', "\r\n")))
}

fn one_line(notebook: &Value, _: &mut Chance) -> Option<String> {
    Some(notebook.to_string())
}

/// As `json.dumps` writes them, and more than it has to.
fn escapes(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let all = chance.below(2) == 0;
    let escaped =
        |c: char| -> String { c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect() };
    let text = printed(notebook);
    Some(
        text.chars()
            .map(|c| if !c.is_ascii() || all && c.is_ascii_uppercase() { escaped(c) } else { c.to_string() })
            .collect(),
    )
}

fn value_or_display(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        let output = output(notebook, chance)?;
        output["output_type"] = match output["output_type"].as_str()? {
            "execute_result" => json!("display_data"),
            "display_data" => json!("execute_result"),
            _ => return None,
        };
        Some(())
    })
}

fn in_text(notebook: &Value, chance: &mut Chance, from: &str, to: &str) -> Option<String> {
    changed(notebook, |notebook| {
        let slot = slot(notebook, chance, |slot| slot.text.contains(from))?;
        put(notebook, &slot, json!(slot.text.replace(from, to)));
        Some(())
    })
}

/// As another engine words it.
fn thread(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let (number, line) = (1 + chance.below(90_000), 1 + chance.below(900));
    in_text(notebook, chance, "' panicked at the cell:", &format!("' ({number}) panicked at src/lib.rs:{line}:7:"))
}

fn backtrace(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let place = chance.below(900);
    let notes = [
        "lost\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n".to_string(),
        format!("lost\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/0/panicking.rs:{place}:5\n"),
    ];
    in_text(notebook, chance, "lost\n", &notes[place % 2])
}

fn temporary(notebook: &Value, chance: &mut Chance) -> Option<String> {
    let number = chance.below(90_000);
    in_text(notebook, chance, "/tmp/folder", &format!("/tmp/.tmp{number:06}"))
}

fn minor(notebook: &Value, chance: &mut Chance) -> Option<String> {
    changed(notebook, |notebook| {
        notebook["nbformat_minor"] = json!(chance.below(6));
        (notebook["nbformat_minor"] != 5).then_some(())
    })
}
