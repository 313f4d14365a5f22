//! What the relay reported of one cell: its outputs, and signs of how it ended.

use serde_json::Value;

use super::control::Control;
use super::relay;
use crate::cli::outcome::{Event, MimeBundle, Output, Stream};

#[derive(Default)]
pub struct Transcript {
    pub outputs: Vec<Output>,
    pub bundle: MimeBundle,
    pub panicked: bool,
    pub returned_error: bool,
    started: bool,
    pub notes: Vec<String>,
    pub beyond_stock: Vec<String>,
}

impl Transcript {
    pub fn line(&mut self, line: &str, control: &Control, events: &mut dyn FnMut(Event)) {
        let Some(frame) = line.strip_prefix(relay::FRAME) else {
            // Without the relay, or from evcxr itself: a line of the cell's stdout.
            return self.stream(Stream::Stdout, &format!("{line}\n"), events);
        };
        let frame: Value = serde_json::from_str(frame).unwrap_or_default();
        let text = |key: &str| frame[key].as_str();
        if let Some(text) = text("stdout") {
            self.stream(Stream::Stdout, text, events);
        } else if let Some(text) = text("stderr") {
            self.stream(Stream::Stderr, text, events);
        } else if let (Some(mime), Some(content)) = (text("mime"), text("content")) {
            self.content(mime, content);
        } else if frame["panicked"] == true {
            self.panicked = true;
        } else if frame["returned_error"] == true {
            self.returned_error = true;
        } else if frame["started"] == true {
            self.started = true;
            control.started();
        }
    }

    pub fn stream(&mut self, stream: Stream, text: &str, events: &mut dyn FnMut(Event)) {
        if !self.started {
            self.notes.push(format!("printed after its cell had ended: {}", text.trim_end()));
            return;
        }
        if self.outputs.is_empty() && stream == Stream::Stdout && text.is_empty() {
            return;
        }
        self.output(Output::Stream { stream, text: text.to_string() }, events);
    }

    pub fn output(&mut self, output: Output, events: &mut dyn FnMut(Event)) {
        events(Event::Output(output.clone()));
        self.outputs.push(output);
    }

    /// The stock kernel keeps the last content of each type.
    fn content(&mut self, mime: &str, content: &str) {
        if self.bundle.insert(mime.to_string(), content.to_string()).is_some() {
            self.beyond_stock.push(format!("several {mime} in one cell: the stock kernel shows the last one only"));
        }
    }

    /// All text of one stream.
    pub fn text(&self, wanted: Stream) -> String {
        let texts = self.outputs.iter().filter_map(|output| match output {
            Output::Stream { stream, text } if *stream == wanted => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}
