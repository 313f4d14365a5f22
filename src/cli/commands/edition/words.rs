//! The words in the figures of an edition, and the line of code that chooses their language.

use serde_json::{Value, json};

use super::text;
use crate::cli::notebook::chapter::{PRELUDE, is_prelude};

/// The line that takes all names of the prelude in some language, if the code has one.
pub fn prelude(code: &str) -> Option<&str> {
    code.lines().find(|line| is_prelude(line))
}

/// Puts this line in the place of the one that the cell has.
pub fn set_prelude(cell: &mut Value, line: &str) {
    replace(cell, &|old| is_prelude(old).then(|| line.to_owned()));
}

/// The cell with the original's line, and of each figure only its marks.
pub fn without(cell: &Value) -> Value {
    let mut plain = cell.clone();
    set_prelude(&mut plain, PRELUDE);
    for output in plain["outputs"].as_array_mut().into_iter().flatten() {
        let data = &mut output["data"];
        if data["image/svg+xml"].is_null() {
            continue;
        }
        data["image/svg+xml"] = json!(marks(&text(&data["image/svg+xml"])));
        if !data["image/png"].is_null() {
            data["image/png"] = json!("the same picture");
        }
    }
    plain
}

fn replace(cell: &mut Value, new: &dyn Fn(&str) -> Option<String>) {
    let change = |line: &mut Value| {
        let Some(old) = line.as_str() else { return };
        let lines: Vec<String> = old.split('\n').map(|line| new(line).unwrap_or_else(|| line.to_owned())).collect();
        *line = json!(lines.join("\n"));
    };
    match &mut cell["source"] {
        Value::Array(lines) => lines.iter_mut().for_each(change),
        source => change(source),
    }
}

/// The lines of an SVG without its letters and texts, and without positions: words of another length move everything.
fn marks(svg: &str) -> String {
    let mut marks = String::new();
    let mut is_text = false;
    for line in svg.lines() {
        is_text |= line.starts_with("<g aria-label");
        let is_letter = line.starts_with("<path id=\"u") || line.starts_with("<clipPath");
        if !is_text && !is_letter {
            marks.extend(line.chars().filter(|letter| !(letter.is_ascii_digit() || "-. ".contains(*letter))));
            marks.push('\n');
        }
        is_text &= line != "</g>";
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_of_a_figure_may_differ() {
        let cell = |line: &str, word: &str, colour: &str| {
            let svg = format!("<path d=\"M1 2\" fill=\"{colour}\"/>\n<g aria-label=\"{word}\">\n<use/>\n</g>\n");
            let data = json!({"image/svg+xml": svg, "image/png": word, "text/plain": "<Figure>"});
            json!({"source": [format!("use forward_pass::prelude::{line}*;")], "outputs": [{"data": data}]})
        };
        let original = without(&cell("", "loss", "red"));
        assert_eq!(original, without(&cell("ko::", "손실", "red")));
        assert_ne!(original, without(&cell("ko::", "손실", "blue")));
        let other = |text: &str| without(&json!({"source": text}));
        assert_ne!(other("let x = 1;"), other("let x = 2;"));
    }

    #[test]
    fn the_line_of_an_edition_stays() {
        let line = prelude("let a = 1;\nuse forward_pass::prelude::ko::*;").unwrap();
        let mut cell = json!({"source": [":dep a\n", "use forward_pass::prelude::*;"]});
        set_prelude(&mut cell, line);
        assert_eq!(cell["source"][1], "use forward_pass::prelude::ko::*;");
        assert_eq!(prelude("use forward_pass::show;"), None);
    }
}
