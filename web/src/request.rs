//! What a page asks for, and the answers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use forward_pass::exercise::quiz::judge;
use forward_pass::moving::{Control, Moving, chapter};
use forward_pass::plot::Figure;
use forward_pass::prelude::ko::page as korean;

use crate::digits;

thread_local! {
    /// The figures drawn so far: one that learns goes on from where it was.
    static FIGURES: RefCell<HashMap<String, Moving>> = RefCell::default();
    static IS_KOREAN: Cell<bool> = const { Cell::new(false) };
}

/// Whether the words of figures are Korean.
pub fn is_korean() -> bool {
    IS_KOREAN.get()
}

/// The answer to a request, or a sentence that says what is wrong with it.
pub fn answer(request: &[u8]) -> Result<String, String> {
    let end = request.iter().position(|&byte| byte == b'\n').unwrap_or(request.len());
    let line = std::str::from_utf8(&request[..end]).map_err(|_| "the request is not UTF-8")?;
    let mut words = line.split(' ');
    match words.next() {
        Some("figures") => Ok(figures()),
        Some("language") => {
            IS_KOREAN.set(words.next() == Some("ko"));
            FIGURES.take();
            Ok(String::new())
        }
        Some("draw") => draw(words.next().unwrap_or_default(), &words.collect::<Vec<_>>()),
        Some("read") => {
            let size = |word: Option<&str>| word.and_then(|word| word.parse().ok()).ok_or("give a width and a height");
            digits::read(size(words.next())?, size(words.next())?, request.get(end + 1..).unwrap_or_default())
        }
        Some("check") => check(words.next().unwrap_or_default(), &words.collect::<Vec<_>>()),
        Some("start") => digits::start(),
        Some("learn") => {
            let count = words.next().map(|word| word.parse().map_err(|_| format!("`{word}` is not a number")));
            digits::learn(count.transpose()?)
        }
        other => Err(format!("unknown request `{}`", other.unwrap_or_default())),
    }
}

/// A line for each figure: name, function, and then for each control its name, least, most, step, start, choices, and
/// `film` if it can be played, all separated by tabs.
fn figures() -> String {
    let line = |entry: &chapter::Entry| {
        let controls: Vec<String> = (entry.figure)().controls().iter().map(fields).collect();
        format!("{}\t{}\t{}\n", entry.name, entry.function, controls.join("\t"))
    };
    chapter::ALL.iter().map(line).collect()
}

fn fields(control: &Control) -> String {
    let (least, most) = (control.range.start(), control.range.end());
    format!(
        "{}\t{least}\t{most}\t{}\t{}\t{}\t{}",
        control.name,
        control.step,
        control.start,
        control.choices.join("|"),
        if control.plays { "film" } else { "" }
    )
}

fn draw(name: &str, values: &[&str]) -> Result<String, String> {
    let values = numbers(values)?;
    FIGURES.with_borrow_mut(|figures| {
        if !figures.contains_key(name) {
            let found = if is_korean() { korean::find(name) } else { chapter::find(name) };
            let figure = found.ok_or_else(|| format!("no figure is called `{name}`"))?;
            figures.insert(name.to_owned(), figure);
        }
        Ok(figures[name].draw(&values).map_err(|error| error.to_string())?.to_svg())
    })
}

/// The verdict on the answer to an exercise, and the picture of what is wrong, where there is one.
fn check(name: &str, values: &[&str]) -> Result<String, String> {
    let values = numbers(values)?;
    let verdict = if is_korean() { korean::judge(name, &values) } else { judge(name, &values) };
    let verdict = verdict.map_err(|error| error.to_string())?;
    let picture = verdict.figure().map(Figure::to_svg).unwrap_or_default();
    Ok(format!("{verdict}\n{picture}"))
}

fn numbers(words: &[&str]) -> Result<Vec<f64>, String> {
    let number = |word: &&str| match *word {
        "true" => Ok(1.0),
        "false" => Ok(0.0),
        word => word.parse().map_err(|_| format!("`{word}` is not a number")),
    };
    words.iter().map(number).collect()
}
