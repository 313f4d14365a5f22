//! A diagnostic as plain text: the message, the cell's lines, and carets under the spans.
//!
//! Notebooks store this text, so its bytes must not depend on the version of a crate that renders diagnostics.

use crate::cli::outcome::{Diagnostic, Span};

/// Renders a diagnostic against the code of its cell.
pub fn render(diagnostic: &Diagnostic, code: &str) -> String {
    let lines: Vec<&str> = code.lines().collect();
    let number = diagnostic.code.as_ref().map(|code| format!("[{code}]")).unwrap_or_default();
    let mut text = format!("{}{number}: {}\n", diagnostic.level, diagnostic.message);
    let mut spans: Vec<&Span> = diagnostic.spans.iter().filter(|span| (1..=lines.len()).contains(&span.line)).collect();
    spans.sort_by_key(|span| (span.line, span.column));
    let width = spans.iter().map(|span| span.line.to_string().len()).max().unwrap_or(0);
    let primary = spans.iter().find(|span| span.is_primary).or(spans.first());
    if let Some(primary) = primary {
        text.push_str(&format!("{:width$}--> line {}, column {}\n", "", primary.line, primary.column));
    }
    let mut shown = 0;
    for span in spans {
        if shown != span.line {
            text.push_str(&format!("{:>width$} | {}\n", span.line, lines[span.line - 1]));
            shown = span.line;
        }
        text.push_str(&format!("{:width$} | {}\n", "", marks(span, lines[span.line - 1]).trim_end()));
    }
    for note in &diagnostic.notes {
        text.push_str(&format!("{:width$} = {note}\n", ""));
    }
    text
}

fn marks(span: &Span, line: &str) -> String {
    let end = if span.end_line == span.line { span.end_column } else { line.chars().count() + 1 };
    let count = end.saturating_sub(span.column).max(1);
    let mark = if span.is_primary { "^" } else { "-" };
    let label = span.label.as_deref().unwrap_or_default();
    // Tabs stay tabs; wide characters take two columns.
    let before = line.chars().take(span.column.saturating_sub(1));
    let before: String = before.map(|c| if c == '\t' { "\t".into() } else { " ".repeat(width_of(c)) }).collect();
    let wide = line.chars().skip(span.column.saturating_sub(1)).take(count).map(width_of).sum::<usize>().max(1);
    format!("{before}{} {label}", mark.repeat(wide))
}

fn width_of(c: char) -> usize {
    unicode_width::UnicodeWidthChar::width(c).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_are_under_their_span_in_any_script() {
        let span = |column, end_column, label: &str, is_primary| Span {
            line: 2,
            column,
            end_line: 2,
            end_column,
            label: Some(label.into()),
            is_primary,
        };
        let diagnostic = Diagnostic {
            code: Some("E0308".into()),
            level: "error".into(),
            message: "mismatched types".into(),
            spans: vec![span(14, 18, "expected `i32`, found `&str`", true), span(8, 11, "expected due to this", false)],
            notes: vec!["help: parse it".into()],
            rendered: String::new(),
        };
        let text = render(&diagnostic, "// 값\nlet 값: i32 = \"값\";\n");
        let expected = "error[E0308]: mismatched types\n \
                        --> line 2, column 14\n\
                        2 | let 값: i32 = \"값\";\n  \
                        |         --- expected due to this\n  \
                        |               ^^^^^ expected `i32`, found `&str`\n  \
                        = help: parse it\n";
        assert_eq!(text.replace("  |", " |"), expected.replace("  |", " |"));
    }
}
