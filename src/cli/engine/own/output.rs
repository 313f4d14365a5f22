//! Parses a cell's stdout: plain text, questions (`EVCXR_INPUT_REQUEST:`), and the blocks between
//! `EVCXR_BEGIN_CONTENT` and `EVCXR_END_CONTENT`.
//!
//! It takes bytes as they arrive and returns outputs once they are complete; it stores no more than the current block.

use super::super::Question;
use super::super::block::{self, Directive, END};
use crate::cli::outcome::{CLEAR_OUTPUT, DISPLAY_ID, GAUGE, MOVING, MimeBundle, Output, RichKind, Stream};

const ASK: &str = "EVCXR_INPUT_REQUEST:";
const ASK_SECRETLY: &str = "EVCXR_INPUT_REQUEST_PASSWORD:";

/// The largest text of a value: more makes a browser hang.
pub const LONGEST_VALUE: usize = 1 << 20;

/// The outputs of one cell, as they arrive.
#[derive(Default)]
pub struct Outputs {
    /// The text of the value was longer than shown.
    pub value_is_cut: bool,
    stdout: Pending,
    stderr: Pending,
    block: Option<Block>,
    bundle: Option<MimeBundle>,
    in_value: bool,
    question: Question,
    ready: Vec<Output>,
}

#[derive(Default)]
struct Pending(Vec<u8>);

struct Block {
    /// The line that began it, starting at the marker.
    head: String,
    lines: Vec<String>,
}

impl Outputs {
    /// Takes bytes; outputs that are complete are returned by `ready`.
    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        match stream {
            Stream::Stderr => {
                self.stderr.0.extend_from_slice(bytes);
                let text = self.stderr.take_text(false);
                self.text(Stream::Stderr, &text);
            }
            Stream::Stdout => {
                let searched = self.stdout.0.len();
                self.stdout.0.extend_from_slice(bytes);
                self.stdout_lines(searched);
            }
        }
    }

    /// From now on, blocks belong to the cell's value.
    pub fn value_begins(&mut self) {
        self.flush_stdout();
        self.close_bundle();
        self.in_value = true;
    }

    /// The value, if it is all that was shown last, can be moved: what the process says of that.
    pub fn moves(&mut self, text: &str) {
        self.flush_stdout();
        if let Some(bundle) = self.bundle.as_mut().filter(|_| self.in_value) {
            bundle.insert(MOVING.to_owned(), text.to_owned());
        }
    }

    /// The outputs that are complete.
    pub fn ready(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.ready)
    }

    /// The question that the cell last announced.
    pub fn take_question(&mut self) -> Question {
        std::mem::take(&mut self.question)
    }

    /// The cell has ended: the remaining outputs.
    pub fn finish(&mut self) -> Vec<Output> {
        self.flush_stdout();
        if self.in_value && self.block.is_some() {
            // The output was cut within it.
            self.value_is_cut = true;
            self.end_block();
        }
        if let Some(block) = self.block.take() {
            // Never closed, so it was text.
            let text = format!("{}\n{}", block.head, block.lines.join("\n"));
            self.text(Stream::Stdout, &text);
        }
        self.close_bundle();
        let rest = self.stderr.take_text(true);
        self.text(Stream::Stderr, &rest);
        self.ready()
    }

    fn stdout_lines(&mut self, mut searched: usize) {
        while let Some(newline) = self.stdout.0[searched..].iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.stdout.0.drain(..=searched + newline).collect();
            searched = 0;
            self.line(&String::from_utf8_lossy(&line));
        }
        // An unfinished line may still become a marker; anything else can be shown at once.
        if self.block.is_none() && !may_hold_marker(&self.stdout.0) {
            let text = self.stdout.take_text(false);
            self.text(Stream::Stdout, &text);
        }
    }

    fn flush_stdout(&mut self) {
        let rest = self.stdout.take_text(true);
        if !rest.is_empty() {
            self.line(&rest);
        }
    }

    fn line(&mut self, line: &str) {
        let bare = line.trim_end_matches(['\n', '\r']);
        if let Some(block) = &mut self.block {
            if bare == END {
                self.end_block();
            } else if let Some(text) = bare.strip_suffix(END) {
                block.lines.push(text.to_owned());
                self.end_block();
            } else {
                block.lines.push(bare.to_owned());
            }
        } else if let Some(question) = question(bare) {
            self.question = question;
        } else if let Some(begin) = block::begin(bare) {
            let (before, head) = bare.split_at(begin.before.len());
            let block = Block { head: head.to_owned(), lines: Vec::new() };
            self.text(Stream::Stdout, before);
            self.block = Some(block);
        } else {
            self.text(Stream::Stdout, line);
        }
    }

    fn end_block(&mut self) {
        let Some(block) = self.block.take() else { return };
        let Some(begin) = block::begin(&block.head) else { return };
        let (name, gauge, is_last) = match begin.directive {
            Directive::Plain => (None, None, false),
            Directive::Named { name, gauge, more } => (Some(name.to_owned()), gauge, !more),
            Directive::Clear { wait } => {
                self.close_bundle();
                let when = if wait { "wait" } else { "" };
                self.bundle = Some([(CLEAR_OUTPUT.to_owned(), when.to_owned())].into());
                return self.close_bundle();
            }
        };
        // A second picture of the same kind starts a new bundle; the same one in another kind belongs to the first.
        let belongs = |bundle: &MimeBundle| !bundle.contains_key(begin.kind) && bundle.get(DISPLAY_ID) == name.as_ref();
        if !self.bundle.as_ref().is_some_and(belongs) {
            self.close_bundle();
        }
        let bundle = self.bundle.get_or_insert_default();
        bundle.insert(begin.kind.to_owned(), block.lines.join("\n"));
        bundle.extend(name.map(|name| (DISPLAY_ID.to_owned(), name)));
        bundle.extend(gauge.map(|gauge| (GAUGE.to_owned(), gauge.to_owned())));
        if is_last {
            self.close_bundle();
        }
    }

    fn close_bundle(&mut self) {
        if let Some(mut data) = self.bundle.take() {
            let is_value = self.in_value && !data.contains_key(DISPLAY_ID) && !data.contains_key(CLEAR_OUTPUT);
            let kind = if is_value { RichKind::Result } else { RichKind::Display };
            if let Some(text) = data.get_mut("text/plain").filter(|text| is_value && text.len() > LONGEST_VALUE) {
                text.truncate(text.floor_char_boundary(LONGEST_VALUE));
                text.push('…');
                self.value_is_cut = true;
            }
            self.ready.push(Output::Rich { kind, data });
        }
    }

    fn text(&mut self, stream: Stream, text: &str) {
        if text.is_empty() {
            return;
        }
        if stream == Stream::Stdout {
            self.close_bundle();
        }
        self.ready.push(Output::Stream { stream, text: text.to_owned() });
    }
}

impl Pending {
    /// The text so far, without a character that is still incomplete, unless this is the end.
    fn take_text(&mut self, is_end: bool) -> String {
        let whole = match std::str::from_utf8(&self.0) {
            Err(error) if error.error_len().is_none() && !is_end => error.valid_up_to(),
            _ => self.0.len(),
        };
        let bytes: Vec<u8> = self.0.drain(..whole).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn question(line: &str) -> Option<Question> {
    let ask = |prompt: &str, is_secret| Question { prompt: prompt.to_owned(), is_secret };
    let plain = line.strip_prefix(ASK).map(|prompt| ask(prompt, false));
    plain.or_else(|| line.strip_prefix(ASK_SECRETLY).map(|prompt| ask(prompt, true)))
}

fn may_hold_marker(text: &[u8]) -> bool {
    block::may_begin(text) || text.starts_with(b"EVCXR_I")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(chunks: &[&str]) -> Vec<String> {
        let mut outputs = Outputs::default();
        for chunk in chunks {
            match *chunk {
                "VALUE" => outputs.value_begins(),
                _ => outputs.push(Stream::Stdout, chunk.as_bytes()),
            }
        }
        let shown = outputs.finish().into_iter().map(|output| match output {
            Output::Stream { text, .. } => text,
            Output::Rich { kind, data } => format!("{kind:?} {data:?}"),
        });
        shown.collect()
    }

    #[test]
    fn text_and_blocks_keep_their_order() {
        let cases: [(&[&str], &[&str]); 8] = [
            (&["a\n", "b"], &["a\n", "b"]),
            (
                &["x EVCXR_BEGIN_CONTENT text/plain\n1\nEVCXR_END_CONTENT\ny\n"],
                &["x ", r#"Display {"text/plain": "1"}"#, "y\n"],
            ),
            (
                &["EVCXR_BEGIN_CON", "TENT text/html\n<p>\n</p>\nEVCXR_END", "_CONTENT\n"],
                &[r#"Display {"text/html": "<p>\n</p>"}"#],
            ),
            (
                &[
                    "EVCXR_BEGIN_CONTENT image/svg+xml\n<svg/>\nEVCXR_END_CONTENT\n\
                     EVCXR_BEGIN_CONTENT text/plain\nfig\nEVCXR_END_CONTENT\n",
                    "VALUE",
                    "EVCXR_BEGIN_CONTENT text/plain\n7\nEVCXR_END_CONTENT\n",
                ],
                &[r#"Display {"image/svg+xml": "<svg/>", "text/plain": "fig"}"#, r#"Result {"text/plain": "7"}"#],
            ),
            (
                &[
                    "EVCXR_BEGIN_CONTENT text/plain\n1\nEVCXR_END_CONTENT\n",
                    "EVCXR_BEGIN_CONTENT text/plain\n2\nEVCXR_END_CONTENT\n",
                ],
                &[r#"Display {"text/plain": "1"}"#, r#"Display {"text/plain": "2"}"#],
            ),
            (
                &[
                    "EVCXR_BEGIN_CONTENT text/html\n0\nEVCXR_END_CONTENT\n",
                    "EVCXR_BEGIN_CONTENT image/svg+xml display-id=a more\n1\nEVCXR_END_CONTENT\n",
                    "EVCXR_BEGIN_CONTENT text/plain display-id=a\n2\nEVCXR_END_CONTENT\n",
                    "EVCXR_BEGIN_CONTENT text/html display-id=a\n3\nEVCXR_END_CONTENT\n",
                ],
                &[
                    r#"Display {"text/html": "0"}"#,
                    concat!(
                        r#"Display {"application/vnd.forward-pass.display-id": "a", "#,
                        r#""image/svg+xml": "1", "text/plain": "2"}"#
                    ),
                    r#"Display {"application/vnd.forward-pass.display-id": "a", "text/html": "3"}"#,
                ],
            ),
            (
                &["VALUE", "EVCXR_BEGIN_CONTENT text/plain clear-output=wait\n\nEVCXR_END_CONTENT\n"],
                &[r#"Display {"application/vnd.forward-pass.clear-output": "wait"}"#],
            ),
            (&["EVCXR_BEGIN_CONTENT text/plain\nnever closed\n"], &["EVCXR_BEGIN_CONTENT text/plain\nnever closed"]),
        ];
        for (chunks, expected) in cases {
            assert_eq!(check(chunks), expected, "{chunks:?}");
        }
    }

    #[test]
    fn a_long_value_is_cut_and_stays_a_value() {
        let head = "EVCXR_BEGIN_CONTENT text/plain\n";
        let long = "é".repeat(LONGEST_VALUE);
        // The whole block, and one of which the end was cut off.
        for tail in ["\nEVCXR_END_CONTENT\n", ""] {
            let mut outputs = Outputs::default();
            outputs.value_begins();
            for bytes in format!("{head}{long}{tail}").as_bytes().chunks(1000) {
                outputs.push(Stream::Stdout, bytes);
            }
            let shown = outputs.finish();
            let [Output::Rich { kind: RichKind::Result, data }] = shown.as_slice() else { panic!("{}", shown.len()) };
            assert_eq!((data["text/plain"].len(), outputs.value_is_cut), (LONGEST_VALUE + 3, true));
        }
        let mut short = Outputs::default();
        short.value_begins();
        short.push(Stream::Stdout, format!("{head}1\nEVCXR_END_CONTENT\n").as_bytes());
        assert_eq!((short.finish().len(), short.value_is_cut), (1, false));
    }

    #[test]
    fn a_character_that_arrives_in_two_parts_is_put_together() {
        let mut outputs = Outputs::default();
        let bytes = "한\u{fffd}".as_bytes();
        outputs.push(Stream::Stderr, &bytes[..2]);
        outputs.push(Stream::Stderr, &bytes[2..]);
        outputs.push(Stream::Stderr, b"\xff");
        let text: String = outputs
            .finish()
            .into_iter()
            .map(|output| match output {
                Output::Stream { text, .. } => text,
                Output::Rich { .. } => String::new(),
            })
            .collect();
        assert_eq!(text, "한\u{fffd}\u{fffd}");
    }
}
