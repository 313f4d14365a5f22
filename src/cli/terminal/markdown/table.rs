//! A Markdown table in columns that fit the terminal; long cells are wrapped.

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::super::style::{Look, QUIET, STRONG};
use super::inline::{Line, Piece, width};
use super::math;

/// A table under construction.
pub struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<Line>>,
}

const GAP: usize = 2;

/// Takes one event of the table; `false` at its end.
pub fn collect(table: &mut Table, event: &Event) -> bool {
    match event {
        Event::End(TagEnd::Table) => return false,
        Event::Start(Tag::TableHead | Tag::TableRow) => table.rows.push(Vec::new()),
        Event::Start(Tag::TableCell) => {
            if let Some(row) = table.rows.last_mut() {
                row.push(Line::default());
            }
        }
        _ => {
            if let Some(line) = table.rows.last_mut().and_then(|row| row.last_mut()) {
                write(line, event);
            }
        }
    }
    true
}

fn write(line: &mut Line, event: &Event) {
    match event {
        Event::Text(text) => line.push(text, Piece::Text),
        Event::Code(code) => line.push(code, Piece::Code),
        Event::InlineMath(latex) | Event::DisplayMath(latex) => line.push(&math::inline(latex), Piece::Unbroken),
        Event::Start(Tag::Strong) => line.open(STRONG),
        Event::Start(Tag::Emphasis) => line.open(anstyle::Style::new().italic()),
        Event::Start(Tag::Link { dest_url, .. }) => line.open_link(dest_url),
        Event::End(TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link) => line.close(),
        Event::SoftBreak | Event::HardBreak => line.push(" ", Piece::Text),
        _ => {}
    }
}

impl Table {
    pub fn new(alignments: &[Alignment]) -> Table {
        Table { alignments: alignments.to_vec(), rows: Vec::new() }
    }

    /// The table as lines of at most `room` columns.
    pub fn lines(&mut self, room: usize, look: &Look) -> Vec<String> {
        let columns = self.alignments.len();
        let rows: Vec<Vec<String>> = std::mem::take(&mut self.rows)
            .into_iter()
            .map(|row| row.into_iter().map(|cell| cell.wrap(usize::MAX, look).join(" ")).collect())
            .collect();
        let mut widths: Vec<usize> = (0..columns)
            .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0).max(1))
            .collect();
        shrink(&mut widths, room.saturating_sub(GAP * columns.saturating_sub(1)));
        let mut lines = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            lines.extend(self.row(row, &widths));
            if i == 0 {
                let bar = if look.decorated { "─" } else { "-" };
                let rules: Vec<String> = widths.iter().map(|w| look.paint(QUIET, &bar.repeat(*w))).collect();
                lines.push(rules.join(&" ".repeat(GAP)));
            }
        }
        lines
    }

    fn row(&self, row: &[String], widths: &[usize]) -> Vec<String> {
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, w)| broken(cell, *w)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let line = |at: usize| {
            let parts: Vec<String> = cells
                .iter()
                .zip(widths)
                .zip(&self.alignments)
                .map(|((cell, w), alignment)| padded(cell.get(at).map_or("", String::as_str), *w, *alignment))
                .collect();
            parts.join(&" ".repeat(GAP)).trim_end().to_owned()
        };
        (0..height).map(line).collect()
    }
}

/// Shrinks the widest column, one by one, until all fit or none can shrink further.
fn shrink(widths: &mut [usize], room: usize) {
    const NARROWEST: usize = 6;
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

/// Breaks between words; each word has its own colour codes.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| line.is_empty() || width(line) + 1 + width(word) <= room);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn padded(text: &str, to: usize, alignment: Alignment) -> String {
    let missing = to.saturating_sub(width(text));
    let left = match alignment {
        Alignment::Right => missing,
        Alignment::Center => missing / 2,
        Alignment::Left | Alignment::None => 0,
    };
    format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left))
}
