//! The cells run in this session, for `history_request`: the last ones, a range, or those that match a pattern.
//!
//! It is kept in memory only.

use jupyter_protocol::{HistoryEntry, HistoryReply, HistoryRequest};

/// The current session; earlier ones are not kept.
const SESSION: usize = 0;

#[derive(Default)]
pub struct History(Vec<Line>);

struct Line {
    number: usize,
    input: String,
    output: String,
}

impl History {
    pub fn add(&mut self, number: usize, input: &str) {
        self.0.push(Line { number, input: input.to_owned(), output: String::new() });
    }

    /// Adds the plain text of the last cell's value.
    pub fn add_output(&mut self, text: &str) {
        if let Some(line) = self.0.last_mut() {
            line.output = text.to_owned();
        }
    }

    /// The cells, from the oldest.
    pub fn cells(&self) -> Vec<String> {
        self.0.iter().map(|line| line.input.clone()).collect()
    }

    pub fn answer(&self, request: &HistoryRequest) -> HistoryReply {
        let (lines, output) = match request {
            HistoryRequest::Tail { n, output, .. } => (last(self.0.iter().collect(), *n), *output),
            HistoryRequest::Range { session, start, stop, output, .. } => {
                (self.range(*session, *start, *stop), *output)
            }
            HistoryRequest::Search { pattern, unique, output, n, .. } => {
                let mut lines: Vec<&Line> = self.0.iter().filter(|line| is_like(&line.input, pattern)).collect();
                if *unique {
                    let mut seen = std::collections::HashSet::new();
                    lines.reverse();
                    lines.retain(|line| seen.insert(line.input.as_str()));
                    lines.reverse();
                }
                (last(lines, *n), *output)
            }
        };
        HistoryReply::new(lines.into_iter().map(|line| entry(line, output)).collect())
    }

    fn range(&self, session: Option<i32>, start: i32, stop: i32) -> Vec<&Line> {
        if session.is_some_and(|session| session != 0) {
            return Vec::new();
        }
        let within = |line: &&Line| {
            i64::from(start) <= line.number as i64 && (stop <= 0 || (line.number as i64) < i64::from(stop))
        };
        self.0.iter().filter(within).collect()
    }
}

fn last(mut lines: Vec<&Line>, count: i32) -> Vec<&Line> {
    let count = usize::try_from(count).unwrap_or(0);
    lines.split_off(lines.len().saturating_sub(count))
}

fn entry(line: &Line, with_output: bool) -> HistoryEntry {
    if with_output {
        return HistoryEntry::InputOutput(SESSION, line.number, (line.input.clone(), line.output.clone()));
    }
    HistoryEntry::Input(SESSION, line.number, line.input.clone())
}

/// `*` matches any text, `?` one character.
fn is_like(text: &str, pattern: &str) -> bool {
    let pattern = regex::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
    regex::Regex::new(&format!("(?s)^{pattern}$")).is_ok_and(|pattern| pattern.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(request: HistoryRequest) -> Vec<String> {
        let mut history = History::default();
        for (number, input) in ["let a = 1;", "a + 1", "let b = 2;", "a + 1"].iter().enumerate() {
            history.add(number + 1, input);
        }
        history.add_output("2");
        let text = |entry| match entry {
            HistoryEntry::Input(_, number, input) => format!("{number} {input}"),
            HistoryEntry::InputOutput(_, number, (input, output)) => format!("{number} {input} -> {output}"),
        };
        history.answer(&request).history.into_iter().map(text).collect()
    }

    #[test]
    fn each_kind_of_request_finds_its_cells() {
        let raw = true;
        assert_eq!(inputs(HistoryRequest::Tail { n: 1, output: true, raw }), ["4 a + 1 -> 2"]);
        assert_eq!(inputs(HistoryRequest::Tail { n: -1, output: false, raw }), Vec::<String>::new());
        let range = |session, start, stop| HistoryRequest::Range { session, start, stop, output: false, raw };
        assert_eq!(inputs(range(Some(0), 2, 4)), ["2 a + 1", "3 let b = 2;"]);
        assert_eq!(inputs(range(Some(-1), 2, 4)), Vec::<String>::new());
        let search = |pattern: &str, unique| HistoryRequest::Search {
            pattern: pattern.into(),
            unique,
            output: false,
            raw,
            n: 10,
        };
        assert_eq!(inputs(search("let*", false)), ["1 let a = 1;", "3 let b = 2;"]);
        assert_eq!(inputs(search("? + 1", true)), ["4 a + 1"]);
        assert_eq!(inputs(search("a [+", false)), Vec::<String>::new());
    }
}
