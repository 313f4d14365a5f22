//! Splits a cell's raw output into text, rich content and evcxr's marks.

use std::collections::HashMap;

use serde_json::json;

use super::super::super::block::{BEGIN, END};
use super::frame;

const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
const RETURNED_ERROR: &str = "EVCXR_ERROR_OCCURRED";
const CHANGED_TYPE: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";

#[derive(Default)]
pub struct Splitter {
    /// Bytes of unfinished lines; the key is whether they are of stderr.
    pending: HashMap<bool, Vec<u8>>,
    /// The MIME type and the lines of content that has begun.
    content: Option<(String, Vec<String>)>,
}

impl Splitter {
    pub fn stdout(&mut self, bytes: &[u8]) -> Vec<String> {
        let lines = self.complete_lines(false, bytes);
        lines.iter().flat_map(|line| self.stdout_line(line)).collect()
    }

    pub fn stderr(&mut self, bytes: &[u8]) -> Vec<String> {
        let lines = self.complete_lines(true, bytes);
        lines.iter().map(|line| frame(json!({"stderr": format!("{line}\n")}))).collect()
    }

    /// The cell has ended: what is left has no line end.
    pub fn finish(&mut self) -> Vec<String> {
        let mut sent = Vec::new();
        for (is_stderr, name) in [(false, "stdout"), (true, "stderr")] {
            let rest = self.pending.remove(&is_stderr).unwrap_or_default();
            if !rest.is_empty() {
                sent.push(frame(json!({name: String::from_utf8_lossy(&rest)})));
            }
        }
        sent.extend(self.end_content());
        sent
    }

    fn complete_lines(&mut self, is_stderr: bool, bytes: &[u8]) -> Vec<String> {
        let pending = self.pending.entry(is_stderr).or_default();
        pending.extend_from_slice(bytes);
        let Some(last) = pending.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let rest = pending.split_off(last + 1);
        let whole = std::mem::replace(pending, rest);
        whole[..last].split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    fn stdout_line(&mut self, line: &str) -> Vec<String> {
        // A panic while content is written ends the content.
        if let Some((before, mark)) = split_mark(line, &[PANICKED, RETURNED_ERROR]) {
            let mut sent: Vec<String> = self.end_content().into_iter().collect();
            sent.extend(self.unterminated(before));
            let word = if mark == PANICKED { "panicked" } else { "returned_error" };
            sent.extend([frame(json!({word: true})), mark.to_string()]);
            return sent;
        }
        if let Some((_, lines)) = &mut self.content {
            if line != END {
                lines.push(line.to_string());
                return Vec::new();
            }
            return self.end_content().into_iter().collect();
        }
        if let Some(at) = line.find(BEGIN) {
            // As evcxr reads it: this engine ignores what follows the kind.
            let kind = line[at + BEGIN.len()..].split_whitespace().next().unwrap_or_default();
            self.content = Some((kind.to_string(), Vec::new()));
            return self.unterminated(&line[..at]).into_iter().collect();
        }
        if let Some(at) = line.find(CHANGED_TYPE) {
            let mut sent: Vec<String> = self.unterminated(&line[..at]).into_iter().collect();
            sent.push(line[at..].to_string());
            return sent;
        }
        vec![frame(json!({"stdout": format!("{line}\n")}))]
    }

    fn unterminated(&self, text: &str) -> Option<String> {
        (!text.is_empty()).then(|| frame(json!({"stdout": text})))
    }

    fn end_content(&mut self) -> Option<String> {
        let (mime, lines) = self.content.take()?;
        // evcxr drops empty lines at the beginning, and so does the stock kernel.
        let content = lines.join("\n");
        Some(frame(json!({"mime": mime, "content": content.trim_start_matches('\n')})))
    }
}

/// The text before a mark at the end of a line, and the mark.
fn split_mark<'a>(line: &'a str, marks: &[&'static str]) -> Option<(&'a str, &'static str)> {
    marks.iter().find_map(|mark| line.strip_suffix(mark).map(|before| (before, *mark)))
}

#[cfg(test)]
mod tests {
    use super::super::FRAME;
    use super::*;

    fn split(chunks: &[&str]) -> Vec<String> {
        let mut splitter = Splitter::default();
        let mut sent: Vec<String> = chunks.iter().flat_map(|chunk| splitter.stdout(chunk.as_bytes())).collect();
        sent.extend(splitter.finish());
        sent.iter().map(|line| line.strip_prefix(FRAME).unwrap_or(line).to_string()).collect()
    }

    #[test]
    fn text_content_and_marks_are_separated_even_in_mid_line() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["a\nb"], &[r#"{"stdout":"a\n"}"#, r#"{"stdout":"b"}"#]),
            (&["a", "b\n"], &[r#"{"stdout":"ab\n"}"#]),
            (&["xEVCXR_PANIC_NOTIFICATION\n"], &[r#"{"stdout":"x"}"#, r#"{"panicked":true}"#, PANICKED]),
            (
                &["x EVCXR_BEGIN_CONTENT text/plain\n\n42\n", "EVCXR_END_CONTENT\n"],
                &[r#"{"stdout":"x "}"#, r#"{"mime":"text/plain","content":"42"}"#],
            ),
            (
                &["EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_PANIC_NOTIFICATION\n"],
                &[r#"{"mime":"text/html","content":"<b>"}"#, r#"{"panicked":true}"#, PANICKED],
            ),
            (&["EVCXR_ERROR_OCCURRED\n"], &[r#"{"returned_error":true}"#, RETURNED_ERROR]),
            (&["EVCXR_VARIABLE_CHANGED_TYPE:x\n"], &["EVCXR_VARIABLE_CHANGED_TYPE:x"]),
        ];
        for (chunks, expected) in cases {
            assert_eq!(&split(chunks), expected, "{chunks:?}");
        }
    }
}
