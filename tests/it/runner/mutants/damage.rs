//! Single changes of a stored output, each of which a reader would see.

use serde_json::{Value, json};

use super::Chance;
use super::material::{PIXELS, picture};

/// Makes the change, and names the cell; None where the notebook has no place for it.
type Change = fn(&mut Value, &mut Chance) -> Option<String>;

pub const KINDS: &[(&str, Change)] = &[
    ("a digit", digit),
    ("a sign", sign),
    ("a shape", shape),
    ("a letter of a word", letter),
    ("a pixel of a PNG", pixel),
    ("a colour or a length in an SVG", drawing),
    ("an output is missing", missing),
    ("an output too many", extra),
    ("the order of outputs", order),
    ("an output's type", kind),
    ("the order of lines", lines_swapped),
    ("a line is missing", line_missing),
    ("a line too many", line_extra),
    ("the end is missing", cut),
    ("a value in JSON", json_value),
    ("a stored error that does not come", error),
    ("one form of a result is missing", form_missing),
    ("one form of a result too many", form_extra),
    ("a space within a line", space),
];

/// A text among the stored outputs: of a stream, or of a type that is text.
pub struct Slot {
    pub cell: usize,
    pub output: usize,
    /// None: a stream.
    pub mime: Option<String>,
    pub text: String,
}

pub fn joined(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => Some(parts.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

pub fn slots(notebook: &Value) -> Vec<Slot> {
    let mut slots = Vec::new();
    for (cell, it) in notebook["cells"].as_array().unwrap().iter().enumerate() {
        for (output, it) in it["outputs"].as_array().into_iter().flatten().enumerate() {
            let text = joined(&it["text"]).map(|text| (None, text));
            let data = it["data"].as_object().into_iter().flatten();
            let data = data.filter(|(mime, _)| mime.starts_with("text/") || *mime == "image/svg+xml");
            let data = data.filter_map(|(mime, value)| Some((Some(mime.clone()), joined(value)?)));
            slots.extend(text.into_iter().chain(data).map(|(mime, text)| Slot { cell, output, mime, text }));
        }
    }
    slots
}

pub fn put(notebook: &mut Value, slot: &Slot, text: Value) {
    let output = &mut notebook["cells"][slot.cell]["outputs"][slot.output];
    match &slot.mime {
        Some(mime) => output["data"][mime] = text,
        None => output["text"] = text,
    }
}

fn id(notebook: &Value, cell: usize) -> Option<String> {
    notebook["cells"][cell]["id"].as_str().map(str::to_string)
}

/// Numbers of this cell may move a little, and its spaces say nothing.
fn is_tolerant(notebook: &Value, cell: usize) -> bool {
    !notebook["cells"][cell]["metadata"]["forward_pass"].is_null()
}

/// Rewrites a text that `change` can change.
fn rewritten(
    notebook: &mut Value,
    chance: &mut Chance,
    change: impl Fn(&str, bool, &mut Chance) -> Option<String>,
) -> Option<String> {
    let slots = slots(notebook);
    let slot = chance.of(&slots)?;
    let text = change(&slot.text, is_tolerant(notebook, slot.cell), chance)?;
    assert_ne!(text.trim_end(), slot.text.trim_end());
    put(notebook, slot, json!(text));
    id(notebook, slot.cell)
}

/// Numbers by their bytes.
fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric()) {
            let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
            found.push(at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn digit(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, is_tolerant, chance| {
        if is_tolerant {
            // Far beyond the tolerance: another digit in front.
            let at = chance.of(&numbers(text))?.start;
            return Some(format!("{}7{}", &text[..at], &text[at..]));
        }
        let digits: Vec<usize> =
            text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = *chance.of(&digits)?;
        let digit = (text.as_bytes()[at] - b'0' + 1 + chance.below(9) as u8) % 10;
        Some(format!("{}{digit}{}", &text[..at], &text[at + 1..]))
    })
}

fn sign(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, is_tolerant, chance| {
        let number = chance.of(&numbers(text))?.clone();
        let is_small = text[number.clone()].parse::<f64>().is_ok_and(|it| it.abs() < 0.5);
        if is_tolerant && is_small {
            return None;
        }
        Some(match text[..number.start].strip_suffix('-') {
            Some(before) => format!("{before}{}", &text[number.start..]),
            None => format!("{}-{}", &text[..number.start], &text[number.start..]),
        })
    })
}

/// `(2, 3)` becomes `(3, 2)`, and `(4,)` becomes `(5,)`.
fn shape(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, _, chance| {
        let opens: Vec<usize> = text.match_indices('(').map(|(at, _)| at).collect();
        let at = *chance.of(&opens)? + 1;
        let inside = &text[at..at + text[at..].find(')')?];
        let sizes: Vec<usize> =
            inside.trim_end_matches(',').split(", ").map(|size| size.parse().ok()).collect::<Option<_>>()?;
        let new = match sizes[..] {
            [one] => format!("{},", one + 1),
            [a, b] if a != b => format!("{b}, {a}"),
            [a, b] => format!("{a}, {}", b + 1),
            _ => return None,
        };
        Some(format!("{}{new}{}", &text[..at], &text[at + inside.len()..]))
    })
}

fn letter(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, _, chance| {
        let is_letter = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_lowercase);
        let inside: Vec<usize> =
            (1..text.len()).filter(|at| is_letter(at - 1) && is_letter(*at) && is_letter(at + 1)).collect();
        let at = *chance.of(&inside)?;
        // The folder's name is one of a kind of its own each time.
        if text.contains("/tmp/.tmp") {
            return None;
        }
        let new = char::from(b'a' + (text.as_bytes()[at] - b'a' + 1 + chance.below(25) as u8) % 26);
        Some(format!("{}{new}{}", &text[..at], &text[at + 1..]))
    })
}

fn space(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, is_tolerant, chance| {
        let spaces: Vec<usize> = text.trim_end().match_indices(' ').map(|(at, _)| at).collect();
        let at = *chance.of(&spaces).filter(|_| !is_tolerant)?;
        Some(format!("{} {}", &text[..at], &text[at..]))
    })
}

fn lines_swapped(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, _, chance| {
        let mut lines: Vec<&str> = text.trim_end().split('\n').collect();
        let at = chance.below(lines.len());
        lines.get(at + 1).filter(|next| **next != lines[at])?;
        lines.swap(at, at + 1);
        Some(lines.join("\n"))
    })
}

fn line_missing(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, _, chance| {
        let mut lines: Vec<&str> = text.trim_end().split('\n').collect();
        let at = chance.below(lines.len());
        (lines.len() > 1 && !lines[at].is_empty()).then(|| lines.remove(at))?;
        Some(lines.join("\n"))
    })
}

fn line_extra(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, _, chance| {
        let mut lines: Vec<&str> = text.trim_end().split('\n').collect();
        let at = chance.below(lines.len());
        lines.insert(at, *chance.of(&["and so on", "0.5", "(2, 3)"])?);
        Some(lines.join("\n"))
    })
}

fn cut(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    rewritten(notebook, chance, |text, _, chance| {
        let text = text.trim_end();
        let mut at = chance.below(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        (!text[at..].trim().is_empty()).then(|| text[..at].to_string())
    })
}

fn pixel(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    // Where a bundle has an SVG too, that decides.
    let is_alone = |cell: &Value| {
        let data = &cell["outputs"][0]["data"];
        !data["image/png"].is_null() && data["image/svg+xml"].is_null()
    };
    let cell = notebook["cells"].as_array()?.iter().position(is_alone)?;
    let mut pixels = PIXELS;
    let at = chance.below(pixels.len());
    pixels[at] = pixels[at].wrapping_add(1 + chance.below(200) as u8);
    notebook["cells"][cell]["outputs"][0]["data"]["image/png"] = json!(picture(&pixels, png::Compression::Balanced));
    id(notebook, cell)
}

/// Another colour, or a length longer by one.
fn drawing(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let slots: Vec<Slot> =
        slots(notebook).into_iter().filter(|slot| slot.mime.as_deref() == Some("image/svg+xml")).collect();
    let slot = chance.of(&slots)?;
    let text = &slot.text;
    let values: Vec<usize> = text.match_indices("=\"").map(|(at, _)| at + 2).collect();
    let at = *chance.of(&values)?;
    let value = &text[at..at + text[at..].find('"')?];
    let new = match (value.strip_prefix('#'), value.parse::<f64>()) {
        (Some(colour), _) => format!("#{:06x}", u32::from_str_radix(colour, 16).ok()? ^ 0x40),
        (None, Ok(length)) => format!("{}", length + 1.0),
        _ => return None,
    };
    let new = format!("{}{new}{}", &text[..at], &text[at + value.len()..]);
    put(notebook, slot, json!(new));
    id(notebook, slot.cell)
}

/// The cells with outputs, by their places.
fn with_outputs(notebook: &Value, least: usize) -> Vec<usize> {
    let cells = notebook["cells"].as_array().unwrap().iter().enumerate();
    let count = |cell: &Value| cell["outputs"].as_array().map_or(0, Vec::len);
    cells.filter(|(_, cell)| count(cell) >= least).map(|(at, _)| at).collect()
}

fn outputs(notebook: &mut Value, cell: usize) -> &mut Vec<Value> {
    notebook["cells"][cell]["outputs"].as_array_mut().unwrap()
}

fn missing(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cell = *chance.of(&with_outputs(notebook, 1))?;
    let at = chance.below(outputs(notebook, cell).len());
    let gone = outputs(notebook, cell).remove(at);
    (gone["output_type"] != "error").then_some(())?;
    id(notebook, cell)
}

fn extra(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cells = notebook["cells"].as_array()?.iter().enumerate();
    let code: Vec<usize> = cells.filter(|(_, cell)| cell["cell_type"] == "code").map(|(at, _)| at).collect();
    let cell = *chance.of(&code)?;
    let twin = outputs(notebook, cell).first().filter(|it| it["output_type"] != "error").cloned();
    let new = [
        json!({"name": "stdout", "output_type": "stream", "text": ["one more\n"]}),
        json!({"name": "stderr", "output_type": "stream", "text": ["one more\n"]}),
        json!({"data": {"text/plain": ["4"]}, "metadata": {}, "output_type": "display_data"}),
        json!({"data": {"text/html": ["<i>4</i>"]}, "metadata": {}, "output_type": "display_data"}),
    ];
    let new = twin.filter(|_| chance.below(3) == 0).or_else(|| chance.of(&new).cloned())?;
    outputs(notebook, cell).push(new);
    id(notebook, cell)
}

/// Two of a cell's displays change places; what streams and displays have between them depends on timing alone.
fn order(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cell = *chance.of(&with_outputs(notebook, 2))?;
    let all = outputs(notebook, cell);
    let (a, b) = (chance.below(all.len()), chance.below(all.len()));
    let is_new = all[a]["data"] != all[b]["data"] && !all[a]["data"].is_null() && !all[b]["data"].is_null();
    is_new.then(|| all.swap(a, b))?;
    id(notebook, cell)
}

/// stdout for stderr, and one type for another.
fn kind(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cell = *chance.of(&with_outputs(notebook, 1))?;
    let at = chance.below(outputs(notebook, cell).len());
    let output = &mut outputs(notebook, cell)[at];
    match output["name"].as_str() {
        Some("stdout") => output["name"] = json!("stderr"),
        Some("stderr") => output["name"] = json!("stdout"),
        _ => {
            let data = output["data"].as_object_mut()?;
            let mime = chance.of(&data.keys().cloned().collect::<Vec<_>>())?.clone();
            let value = data.remove(&mime)?;
            data.insert(if mime == "text/html" { "text/markdown".into() } else { "text/html".into() }, value);
        }
    }
    id(notebook, cell)
}

fn json_value(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cell = notebook["cells"]
        .as_array()?
        .iter()
        .position(|cell| cell["outputs"][0]["data"]["application/json"].is_object())?;
    let value = &mut notebook["cells"][cell]["outputs"][0]["data"]["application/json"];
    match chance.below(5) {
        0 => value["loss"] = json!(0.25 + chance.below(9) as f64),
        1 => value["steps"][chance.below(3)] = json!(7 + chance.below(90)),
        2 => value["name"] = json!(format!("run {}", chance.below(90))),
        3 => value["steps"].as_array_mut()?.push(json!(chance.below(90))),
        _ => value[format!("key {}", chance.below(90))] = Value::Null,
    }
    id(notebook, cell)
}

fn error(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cells = notebook["cells"].as_array()?.iter().enumerate();
    let runs = cells.filter(|(_, cell)| cell["cell_type"] == "code" && cell["metadata"]["tags"].is_null());
    let cell = *chance.of(&runs.map(|(at, _)| at).collect::<Vec<_>>())?;
    let words = format!("error {}", chance.below(90));
    outputs(notebook, cell).push(json!({"ename": "Error", "evalue": words, "output_type": "error", "traceback": []}));
    id(notebook, cell)
}

fn form_missing(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cell = *chance.of(&with_outputs(notebook, 1))?;
    let output = chance.below(outputs(notebook, cell).len());
    let data = outputs(notebook, cell)[output]["data"].as_object_mut().filter(|data| data.len() > 1)?;
    let mime = chance.of(&data.keys().cloned().collect::<Vec<_>>())?.clone();
    data.remove(&mime);
    id(notebook, cell)
}

fn form_extra(notebook: &mut Value, chance: &mut Chance) -> Option<String> {
    let cell = *chance.of(&with_outputs(notebook, 1))?;
    let output = chance.below(outputs(notebook, cell).len());
    let data = outputs(notebook, cell)[output]["data"].as_object_mut()?;
    let mime = *chance.of(&["text/latex", "text/markdown", "application/vnd.vega.v5+json", "image/gif"])?;
    data.insert(mime.into(), json!(if mime.ends_with("json") { "{}" } else { "AAAA" }));
    id(notebook, cell)
}
