//! A guess before a cell runs: where the prose asks for one, the prompt takes it, and says how near it was.
//!
//! A cell of prose asks with the setting `guess`. The answer is what the code after it prints or returns; if that is
//! more than was asked for, the setting `guess_after` names the text before the answer.

use std::fmt;

use super::place::Place;
use super::screen::Screen;
use super::work::Work;
use super::{Repl, output};
use crate::cli::lang::Lang;
use crate::cli::terminal::style::GOOD;

/// What is asked, and where the answer is in the output.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub question: &'a str,
    pub after: &'a str,
}

/// The question that waits for a guess, and the guess.
#[derive(Default)]
pub struct Guess {
    /// The section and the step whose code has been shown and not run.
    asked: Option<(usize, usize)>,
    said: Option<Vec<Value>>,
}

impl Guess {
    pub fn ask(&mut self, place: &Place) {
        self.asked = Some((place.section, place.next));
    }

    /// Whether the next step has been shown up to its code, and waits.
    pub fn is_asked(&self, place: &Place) -> bool {
        self.asked == Some((place.section, place.next))
    }

    /// The reader moves: nothing waits any more. Returns the guess.
    pub fn take(&mut self) -> Option<Vec<Value>> {
        self.asked = None;
        self.said.take()
    }
}

impl Repl {
    /// Takes the line as a guess, and runs the cell, if a guess is asked for and the line is one.
    pub(super) fn is_guess(&mut self, line: &str) -> bool {
        if !self.guess.is_asked(&self.place) {
            return false;
        }
        let values = values(line).filter(|values| !values.is_empty());
        let is_guess = values.is_some();
        if is_guess {
            self.guess.said = values;
            self.step();
        }
        is_guess
    }
}

/// Says how near a guess is to what the code cell at `at` has shown.
pub fn judge(said: &[Value], ask: Ask, place: &Place, work: &Work, screen: &mut Screen, at: usize) {
    let live = work.last.outcome.as_ref().filter(|_| work.last.cell == Some(at));
    let text = output::plain_text(live.map_or(&place.cell(at).outputs, |outcome| &outcome.outputs));
    let wanted = answer(&text, ask.after);
    if wanted.is_empty() {
        return;
    }
    screen.fresh_line();
    let text = judgement(said, &wanted, screen.lang);
    if said.len() == wanted.len() && said.iter().zip(&wanted).all(|(said, wanted)| said.is(*wanted)) {
        let text = screen.look.paint(GOOD, &text);
        return screen.line(&text);
    }
    screen.say(&text);
}

/// A number, or yes and no.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    Number(f64),
    Truth(bool),
}

impl Value {
    fn of(word: &str) -> Option<Value> {
        let truth = match word.to_lowercase().as_str() {
            "true" | "yes" | "네" | "예" | "참" => Some(true),
            "false" | "no" | "아니요" | "아니오" | "거짓" => Some(false),
            _ => None,
        };
        truth.map(Value::Truth).or_else(|| number(word).map(Value::Number))
    }

    /// Equal, up to what a printed number leaves out.
    fn is(self, other: Value) -> bool {
        match (self, other) {
            (Value::Truth(said), Value::Truth(wanted)) => said == wanted,
            (Value::Number(said), Value::Number(wanted)) => {
                // An array prints eight digits.
                let is_full = said.to_string().chars().filter(char::is_ascii_digit).count() >= 8;
                said == wanted
                    || said.is_nan() && wanted.is_nan()
                    || is_full && (said - wanted).abs() < 1e-8 * wanted.abs()
            }
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => number.fmt(f),
            Value::Truth(truth) => truth.fmt(f),
        }
    }
}

/// `-0.5`, `1e-3`, `nan`, `1/4`, `25%`.
fn number(word: &str) -> Option<f64> {
    if let Some(percent) = word.strip_suffix('%') {
        return Some(number(percent)? / 100.0);
    }
    if let Some((above, below)) = word.split_once('/') {
        return Some(above.parse::<f64>().ok()? / below.parse::<f64>().ok()?);
    }
    word.parse().ok()
}

/// The values of a line that holds nothing else; brackets and commas around them are as in Rust, Python or neither.
fn values(line: &str) -> Option<Vec<Value>> {
    let line = line.trim();
    let inside = line.strip_prefix("array!").or_else(|| line.strip_prefix("array")).unwrap_or(line);
    words(inside).map(Value::of).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "[](),;".contains(c)).filter(|word| !word.is_empty())
}

/// The first values of an output, or of the line after a text in it.
fn answer(output: &str, after: &str) -> Vec<Value> {
    let rest = output.find(after).map_or("", |at| &output[at + after.len()..]);
    let rest = if after.is_empty() { rest } else { rest.lines().next().unwrap_or_default() };
    let values = words(rest).map(Value::of).skip_while(Option::is_none);
    values.map_while(|value| value).collect()
}

fn judgement(said: &[Value], wanted: &[Value], lang: Lang) -> String {
    if said.len() != wanted.len() {
        return lang.guess_count(said.len(), wanted.len());
    }
    let right = said.iter().zip(wanted).filter(|(said, wanted)| said.is(**wanted)).count();
    match (said, wanted) {
        _ if right == said.len() => lang.guess_right(),
        ([Value::Number(said)], [Value::Number(wanted)]) if (said - wanted).is_finite() => {
            distance(*said, *wanted, lang)
        }
        ([said], [wanted]) => lang.guess_wrong(said, wanted),
        _ => match farthest(said, wanted) {
            Some(off) => {
                let text = lang.guess_some_off(right, said.len(), short(off));
                if off <= 0.02 * largest(wanted) { lang.guess_close(text) } else { text }
            }
            None => lang.guess_some(right, said.len()),
        },
    }
}

/// How far one number is from the other, and in percent where that says more.
fn distance(said: f64, wanted: f64, lang: Lang) -> String {
    let off = (said - wanted).abs();
    let share = off / wanted.abs();
    let percent = match (100.0 * share).round() {
        _ if !share.is_finite() || share > 10.0 => String::new(),
        0.0 => lang.guess_under_a_percent(),
        percent => lang.guess_percent(percent),
    };
    let text = if said > wanted { lang.guess_high(short(off), percent) } else { lang.guess_low(short(off), percent) };
    if share <= 0.1 { lang.guess_close(text) } else { text }
}

/// The largest distance between the numbers; `None` if they are all whole, or some are no numbers.
fn farthest(said: &[Value], wanted: &[Value]) -> Option<f64> {
    let off = |(said, wanted): (&Value, &Value)| match (said, wanted) {
        (Value::Number(said), Value::Number(wanted)) => Some((said - wanted).abs()).filter(|off| off.is_finite()),
        _ => None,
    };
    let all: Vec<f64> = said.iter().zip(wanted).map(off).collect::<Option<_>>()?;
    let whole = wanted.iter().all(|value| matches!(value, Value::Number(number) if number.fract() == 0.0));
    all.into_iter().reduce(f64::max).filter(|_| !whole)
}

/// The largest of the numbers, without its sign.
fn largest(values: &[Value]) -> f64 {
    let number = |value: &Value| if let Value::Number(number) = value { number.abs() } else { 0.0 };
    values.iter().map(number).fold(0.0, f64::max)
}

/// Two digits of a distance; all of one that is a whole number.
fn short(number: f64) -> String {
    if number.fract() == 0.0 {
        return number.to_string();
    }
    let places = (1.0 - number.log10().floor()).max(0.0);
    if places > 6.0 { format!("{number:.1e}") } else { format!("{number:.*}", places as usize) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::notebook::chapter;

    #[test]
    fn a_line_of_nothing_but_values_is_a_guess() {
        let cases = [
            ("0.5", "0.5"),
            ("-1, 0 1", "-1 0 1"),
            ("[1., 2.]", "1 2"),
            ("array![[0.25], [1e-3]]", "0.25 0.001"),
            ("(0, 0, 1)", "0 0 1"),
            ("1/4 25%", "0.25 0.25"),
            ("True false 네", "true false true"),
            ("nan -inf", "NaN -inf"),
        ];
        for (line, expected) in cases {
            let found: Vec<String> = values(line).expect(line).iter().map(Value::to_string).collect();
            assert_eq!(found.join(" "), expected, "{line}");
        }
        for line in ["let x = 1;", "3 + 4", "sigmoid(0.5)", ":goto 2", "x", "1 2 ?"] {
            assert!(values(line).is_none(), "{line}");
        }
    }

    #[test]
    fn the_answer_is_what_follows_in_the_output() {
        let cases = [
            ("array([0.25, 1.   ])", "", "0.25 1"),
            ("array([[0, 1],\n       [2, 3]], dtype=int32)", "", "0 1 2 3"),
            ("(100,) numbers, 49 of them above zero\n", "numbers,", "49"),
            ("batches of   1: 9712 of 10000\nbatches of 100: 9 of 10\n", "100:", "9"),
            ("[1. 2.]\n[0. 0.]\n", "]\n", "0 0"),
            ("true", "", "true"),
            ("no such text", "accuracy", ""),
        ];
        for (output, after, expected) in cases {
            let found: Vec<String> = answer(output, after).iter().map(Value::to_string).collect();
            assert_eq!(found.join(" "), expected, "{output}");
        }
    }

    #[test]
    fn a_judgement_says_how_near() {
        let cases = [
            ("0.88079708", "0.8807970779778823", "your guess was right"),
            ("0.9", "0.88079708", "close: your guess was 0.019 too high (2 %)"),
            ("0.5", "0.88079708", "your guess was 0.38 too low (43 %)"),
            ("9700", "9712", "close: your guess was 12 too low (under 1 %)"),
            ("1", "0.9999999999999999", "close: your guess was 1.1e-16 too high (under 1 %)"),
            ("1", "0", "your guess was 1 too high"),
            ("1000", "3", "your guess was 997 too high"),
            ("1", "nan", "you said 1, and it is NaN"),
            ("nan", "nan", "your guess was right"),
            ("true", "false", "you said true, and it is false"),
            ("0 1 1", "0 0 1", "2 of 3 right"),
            ("0.25 0.1 0", "2.5e-01 1.04993585e-01 4.53e-05", "close: 1 of 3 right; the farthest is 0.0050 off"),
            ("0.3 0.5", "0.25 0.5", "1 of 2 right; the farthest is 0.050 off"),
            ("0.3 0.6 0.7", "0.25 0.5 0.75", "0 of 3 right; the farthest is 0.10 off"),
            ("1 2", "1 2 3", "the answer has 3 values, and your guess 2"),
            ("1", "1 2 3", "the answer has 3 values, and your guess 1"),
        ];
        for (said, wanted, expected) in cases {
            let (said, wanted) = (values(said).unwrap(), values(wanted).unwrap());
            assert_eq!(judgement(&said, &wanted, Lang::En), expected);
        }
    }

    #[test]
    fn every_question_of_the_chapter_has_an_answer_in_both_editions() {
        let asks = |lang: Lang| {
            let mut place = Place::new(chapter::chapter(lang).expect("the chapter is part of the program"));
            let mut found = Vec::new();
            for section in 0..place.sections().len() {
                place.enter(section);
                for step in place.steps.clone() {
                    let (Some(ask), Some(at)) = (place.ask(&step), step.code) else { continue };
                    let shown = answer(&output::plain_text(&place.cell(at).outputs), ask.after);
                    let shown: Vec<String> = shown.iter().map(Value::to_string).collect();
                    let is_korean = ask.question.chars().any(|c| ('가'..='힣').contains(&c));
                    assert_eq!(is_korean, lang == Lang::Ko, "{}", ask.question);
                    assert!(!shown.is_empty(), "no answer to {}", ask.question);
                    found.push((section + 1, place.cell(at).id.clone(), ask.after.to_owned(), shown.join(" ")));
                }
            }
            found
        };
        let found = asks(Lang::En);
        assert_eq!(found, asks(Lang::Ko));
        let sections: std::collections::BTreeSet<usize> = found.iter().map(|(section, ..)| *section).collect();
        assert_eq!(sections.len(), 8, "{found:#?}");
    }
}
