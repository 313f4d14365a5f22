//! Renders a notebook's prose for the terminal: wrapped, coloured, with formulas drawn.
//!
//! It supports the Markdown that the chapter uses; of HTML it shows the text between the tags.

#[cfg(test)]
mod fuzz;
mod inline;
mod math;
mod table;

use std::borrow::Cow;

use inline::{Line, Piece};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::style::{HEADING, Look, QUIET, STRONG};
use super::{highlight, shown};

/// The prose without a final line break, no wider than the look allows unless a word is.
pub fn render(markdown: &str, look: &Look) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_MATH | Options::ENABLE_STRIKETHROUGH;
    let mut page = Page { look: *look, out: Vec::new(), frames: Vec::new(), line: Line::default(), tight: false };
    let mut table = None;
    let mut code = None;
    for event in Parser::new_ext(markdown, options).map(harmless) {
        if let Some(building) = &mut table {
            if table::collect(building, &event) {
                continue;
            }
            page.block(&building.lines(page.room(), look));
            table = None;
        } else if let Event::Start(Tag::Table(alignments)) = &event {
            page.flush();
            table = Some(table::Table::new(alignments));
        } else if let Event::Start(Tag::CodeBlock(kind)) = &event {
            page.flush();
            code = Some((language(kind), String::new()));
        } else if let (Some((_, text)), Event::Text(more)) = (&mut code, &event) {
            text.push_str(more);
        } else if let Event::End(TagEnd::CodeBlock) = event {
            let (language, text) = code.take().unwrap_or_default();
            page.code(&language, &text);
        } else {
            page.event(event);
        }
    }
    page.flush();
    while page.out.last().is_some_and(|line| line.trim().is_empty()) {
        page.out.pop();
    }
    page.out.join("\n")
}

/// A stranger's notebook must not send control sequences to the terminal, neither as bytes nor as `&#27;`.
fn harmless(event: Event) -> Event {
    fn text(text: CowStr) -> CowStr {
        match shown::visible(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(signs) => signs.into(),
        }
    }
    match event {
        Event::Text(it) => Event::Text(text(it)),
        Event::Code(it) => Event::Code(text(it)),
        Event::InlineMath(it) => Event::InlineMath(text(it)),
        Event::DisplayMath(it) => Event::DisplayMath(text(it)),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: text(dest_url), title, id })
        }
        other => other,
    }
}

/// The page so far.
struct Page {
    look: Look,
    out: Vec<String>,
    /// The enclosing lists and quotations, outermost first.
    frames: Vec<Frame>,
    line: Line,
    /// The list is tight: no blank lines between its items.
    tight: bool,
}

/// A block that indents its content.
struct Frame {
    /// The prefix of its first line; later lines get spaces, or the same prefix in a quotation.
    first: String,
    later: String,
    used: bool,
    /// The number of the next item of an ordered list.
    list: Option<Option<u64>>,
}

impl Page {
    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::DisplayMath(latex) => {
                self.flush();
                let lines: Vec<String> = math::display(&latex).iter().map(|line| format!("    {line}")).collect();
                self.block(&lines);
            }
            Event::InlineMath(latex) => self.line.push(&math::inline(&latex), Piece::Unbroken),
            Event::Code(code) => self.line.push(&code, Piece::Code),
            Event::Text(text) => self.line.push(&text, Piece::Text),
            Event::SoftBreak => self.line.push(" ", Piece::Text),
            Event::HardBreak => self.line.push("\n", Piece::Text),
            Event::InlineHtml(tag) if tag.starts_with("<br") => self.line.push("\n", Piece::Text),
            Event::Rule => {
                self.flush();
                let rule = if self.look.decorated { "─".repeat(self.room()) } else { "---".into() };
                self.block(&[self.look.paint(QUIET, &rule)]);
            }
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag) {
        match tag {
            Tag::Heading { .. } => {
                self.flush();
                self.line.open(HEADING);
            }
            Tag::Paragraph => self.flush(),
            Tag::List(first) => {
                self.flush();
                self.frames.push(Frame { first: String::new(), later: String::new(), used: true, list: Some(first) });
            }
            Tag::Item => self.start_item(),
            Tag::BlockQuote(_) => {
                self.flush();
                let bar = if self.look.decorated { self.look.paint(QUIET, "│ ") } else { "  ".into() };
                self.frames.push(Frame { first: bar.clone(), later: bar, used: false, list: None });
            }
            Tag::Emphasis => self.line.open(anstyle::Style::new().italic()),
            Tag::Strong => self.line.open(STRONG),
            Tag::Strikethrough => self.line.open(anstyle::Style::new().strikethrough()),
            Tag::Link { dest_url, .. } => self.line.open_link(&dest_url),
            Tag::Image { .. } => self.line.push("picture: ", Piece::Text),
            _ => {}
        }
    }

    fn start_item(&mut self) {
        self.flush();
        self.tight = true;
        let number = self.frames.last_mut().and_then(|frame| frame.list.as_mut()).and_then(Option::as_mut);
        let mark = match number {
            Some(number) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            None if self.look.decorated => "• ".to_owned(),
            None => "- ".to_owned(),
        };
        let later = " ".repeat(inline::width(&mark));
        self.frames.push(Frame { first: mark, later, used: false, list: None });
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph => {
                self.tight &= tag != TagEnd::Paragraph;
                self.line.close();
                self.flush();
                self.blank();
            }
            TagEnd::Item | TagEnd::BlockQuote(_) => {
                self.flush();
                self.frames.pop();
            }
            TagEnd::List(_) => {
                self.frames.pop();
                self.blank();
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => self.line.close(),
            _ => {}
        }
    }

    /// Ends the current paragraph.
    fn flush(&mut self) {
        let line = std::mem::take(&mut self.line);
        for text in line.wrap(self.room(), &self.look) {
            self.put(&text);
        }
    }

    /// Adds lines that must not be wrapped, and a blank line.
    fn block(&mut self, lines: &[String]) {
        for line in lines {
            self.put(line);
        }
        self.blank();
    }

    fn code(&mut self, language: &str, text: &str) {
        let text = text.trim_end_matches('\n');
        let text = if language == "rust" { highlight::rust(text, &self.look) } else { text.to_owned() };
        let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
        self.block(&lines);
    }

    fn put(&mut self, text: &str) {
        let mut line = String::new();
        for frame in &mut self.frames {
            line.push_str(if std::mem::replace(&mut frame.used, true) { &frame.later } else { &frame.first });
        }
        line.push_str(text);
        self.out.push(line.trim_end().to_owned());
    }

    fn blank(&mut self) {
        if self.out.last().is_some_and(|line| !line.is_empty()) {
            self.out.push(String::new());
        }
    }

    /// The columns left by the frames.
    fn room(&self) -> usize {
        let taken: usize = self.frames.iter().map(|frame| inline::width(&frame.later)).sum();
        self.look.text_width().saturating_sub(taken).max(10)
    }
}

fn language(kind: &CodeBlockKind) -> String {
    match kind {
        CodeBlockKind::Fenced(words) => words.split([',', ' ']).next().unwrap_or_default().to_lowercase(),
        CodeBlockKind::Indented => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, width: usize, lines: &[&str]) {
        let text = render(markdown, &Look::plain(width));
        assert_eq!(text.lines().collect::<Vec<_>>(), lines, "{text}");
    }

    #[test]
    fn prose_is_wrapped_and_lists_hang() {
        check(
            "# Sigmoid\n\nA *smooth* step, `h(x)`,\nin two words.\n\n1. one two three four five\n\
             2. six\n\n- dot\n  - inner\n\nEnd.",
            20,
            &[
                "Sigmoid",
                "",
                "A smooth step,",
                "`h(x)`, in two",
                "words.",
                "",
                "1. one two three",
                "   four five",
                "2. six",
                "",
                "- dot",
                "  - inner",
                "",
                "End.",
            ],
        );
    }

    #[test]
    fn formulas_code_and_links_are_readable() {
        check(
            "With $e^{-x}$, see [the book](https://b.org):\n\n$$\\frac{1}{2}$$\n\n```python\nnp.exp(x)\n```\n> quoted",
            60,
            &[
                "With e⁻ˣ, see the book (https://b.org):",
                "",
                "     1",
                "    ───",
                "     2",
                "",
                "    np.exp(x)",
                "",
                "  quoted",
            ],
        );
    }

    #[test]
    fn hangul_counts_two_columns() {
        check("가나다라 마바사아 자차카타", 20, &["가나다라 마바사아", "자차카타"]);
        check("가나다라마바사아자차카타", 20, &["가나다라마바사아자차", "카타"]);
    }

    #[test]
    fn tables_fit_the_width() {
        let table = "| name | what it does |\n|---|---:|\n| step | jumps from 0 to 1 |\n| `relu` | x |\n";
        check(
            table,
            60,
            &[
                "name         what it does",
                "------  -----------------",
                "step    jumps from 0 to 1",
                "`relu`                  x",
            ],
        );
        check(
            table,
            20,
            &[
                "name    what it does",
                "------  ------------",
                "step    jumps from 0",
                "                to 1",
                "`relu`             x",
            ],
        );
    }

    #[test]
    fn any_text_renders() {
        for text in ["", "\u{0}", "$$", "| a |", "<b>bold</b>", "[x](", "> > > q", "* * *", "\u{301}", "```"] {
            render(text, &Look { width: 1, color: true, decorated: true });
        }
        check("a <b>bold</b> b", 40, &["a bold b"]);
    }
}
