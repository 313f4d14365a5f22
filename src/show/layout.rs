//! Brackets, lines and the dots of a summary: where each element goes.
//!
//! Elements are formatted in `format`.

use ndarray::{ArrayViewD, Axis, Ix1, IxDyn, s};

use super::element::Element;
use super::format::Format;
use super::options::PrintOptions;

/// The separator of the elements, and the width of the prefix and suffix of an array.
#[derive(Clone, Copy, Debug)]
pub struct Style<'a> {
    pub(super) separator: &'a str,
    pub(super) prefix: usize,
    pub(super) suffix: usize,
}

/// The whole array in brackets.
pub(super) fn array_text<T: Element, F: Format<T>>(
    view: ArrayViewD<'_, T>,
    options: &PrintOptions,
    style: &Style<'_>,
) -> String {
    if view.is_empty() {
        return "[]".to_owned();
    }
    let summary = view.len() > options.threshold;
    let format = if summary {
        let mut shown = Vec::new();
        corners(view.view(), options.edgeitems, &mut shown);
        let shape = if view.ndim() == 0 { IxDyn(&[]) } else { IxDyn(&[shown.len()]) };
        let shown = ArrayViewD::from_shape(shape, &shown).expect("the shape is the length of the elements");
        F::new(shown, options)
    } else {
        F::new(view.view(), options)
    };
    let mut page = Page::new(format, options, style, summary, view.len());
    let width = signed(options.linewidth).saturating_sub(signed(style.suffix));
    page.write(view, 1 + style.prefix, width);
    page.out
}

/// A count of characters, signed because differences may be negative.
fn signed(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX)
}

/// The elements that a summary shows.
fn corners<T: Element>(view: ArrayViewD<'_, T>, edge: usize, shown: &mut Vec<T>) {
    if view.ndim() == 0 {
        return shown.extend(view.iter());
    }
    let length = view.len_of(Axis(0));
    for index in (0..length).filter(|&index| edge == 0 || index < edge || index + edge >= length) {
        corners(view.index_axis(Axis(0), index), edge, shown);
    }
}

/// The text so far, and the line it is in.
struct Page<'a, F> {
    format: F,
    separator: &'a str,
    stripped: &'a str,
    separator_length: usize,
    edge: usize,
    summary: bool,
    out: String,
    /// One element, before its line is known.
    word: String,
    /// Where the current line starts in `out`, and its length in characters, including the indent.
    line: usize,
    length: usize,
}

impl<'a, F> Page<'a, F> {
    fn new<T>(format: F, options: &PrintOptions, style: &Style<'a>, summary: bool, elements: usize) -> Self
    where
        F: Format<T>,
    {
        let each = format.width() + style.separator.len() + 1;
        let bytes = if summary { 256 } else { elements.saturating_mul(each).saturating_add(256) };
        Page {
            format,
            separator: style.separator,
            stripped: style.separator.trim_end(),
            separator_length: style.separator.chars().count(),
            edge: options.edgeitems,
            summary,
            out: String::with_capacity(bytes),
            word: String::new(),
            line: 0,
            length: 0,
        }
    }

    /// Writes a view without its first indent: `indent` columns are used, up to `width` may be.
    fn write<T: Element>(&mut self, view: ArrayViewD<'_, T>, indent: usize, width: isize)
    where
        F: Format<T>,
    {
        match view.ndim() {
            0 => self.format.write(view[IxDyn(&[])], &mut self.out),
            1 => self.write_row(view, indent, width),
            _ => self.write_rows(view, indent, width),
        }
    }

    /// The last axis: elements side by side, wrapped where the line is full.
    fn write_row<T: Element>(&mut self, view: ArrayViewD<'_, T>, indent: usize, width: isize)
    where
        F: Format<T>,
    {
        let room = width.saturating_sub(signed(self.stripped.chars().count().max(1)));
        let row = view.into_dimensionality::<Ix1>().expect("a row has one axis");
        let length = row.len();
        let (leading, trailing) = self.split(length);
        self.out.push('[');
        let start = self.out.len();
        self.line = start;
        self.length = indent;
        for &element in row.iter().take(leading) {
            self.place(element, indent, room);
            self.separate();
        }
        if self.cuts(length) {
            self.word.clear();
            self.word.push_str("...");
            self.place_word(indent, room);
            self.separate();
        }
        let trailing = trailing.max(1);
        for &element in row.slice(s![length - trailing..length - 1]) {
            self.place(element, indent, room);
            self.separate();
        }
        self.place(row[length - 1], indent, room);
        if self.line > start && self.out[start..].starts_with('\n') {
            self.lose_indent(start, indent);
        }
        self.out.push(']');
    }

    /// The other axes: one part per line or block.
    fn write_rows<T: Element>(&mut self, view: ArrayViewD<'_, T>, indent: usize, width: isize)
    where
        F: Format<T>,
    {
        let length = view.len_of(Axis(0));
        let (leading, trailing) = self.split(length);
        let breaks = view.ndim() - 1;
        self.out.push('[');
        let mut first = true;
        for index in 0..leading {
            self.next_line(&mut first, breaks, indent);
            self.write(view.index_axis(Axis(0), index), indent + 1, width.saturating_sub(1));
        }
        if self.cuts(length) {
            self.next_line(&mut first, breaks, indent);
            self.out.push_str("...");
        }
        for index in length - trailing.max(1)..length {
            self.next_line(&mut first, breaks, indent);
            self.write(view.index_axis(Axis(0), index), indent + 1, width.saturating_sub(1));
        }
        self.out.push(']');
    }

    fn cuts(&self, length: usize) -> bool {
        self.summary && self.edge.saturating_mul(2) < length
    }

    /// The number of items before and after the dots.
    fn split(&self, length: usize) -> (usize, usize) {
        if self.cuts(length) { (self.edge, self.edge) } else { (0, length) }
    }

    fn next_line(&mut self, first: &mut bool, breaks: usize, indent: usize) {
        if !std::mem::take(first) {
            self.out.push_str(self.stripped);
            self.out.extend(std::iter::repeat_n('\n', breaks));
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
    }

    fn place<T: Element>(&mut self, element: T, indent: usize, room: isize)
    where
        F: Format<T>,
    {
        self.word.clear();
        self.format.write(element, &mut self.word);
        self.place_word(indent, room);
    }

    /// Puts the word on this line, or on a new one if this line is full and a new one has more room.
    fn place_word(&mut self, indent: usize, room: isize) {
        let length = if self.word.is_ascii() { self.word.len() } else { self.word.chars().count() };
        if signed(self.length + length) > room && self.length > indent {
            let end = self.line + self.out[self.line..].trim_end().len();
            self.out.truncate(end);
            self.out.push('\n');
            self.line = self.out.len();
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.length = indent;
        }
        self.out.push_str(&self.word);
        self.length += length;
    }

    /// If the first line of a row is blank (`nanstr=''`), NumPy strips the blanks together with the indent, and then
    /// strips the indent once more from what follows.
    fn lose_indent(&mut self, start: usize, indent: usize) {
        let lost: usize = self.out[start..].chars().take(indent).map(char::len_utf8).sum();
        self.out.replace_range(start..start + lost, "");
    }

    fn separate(&mut self) {
        self.out.push_str(self.separator);
        self.length += self.separator_length;
    }
}
