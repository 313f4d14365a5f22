//! A cell's outputs as IOPub messages: text joined into few messages, named bundles updated, progress that vanishes.
//!
//! It keeps the order in which the cell wrote them, and publishes nothing of a silent cell.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jupyter_protocol::{
    ClearOutput, CommId, DisplayData, ErrorOutput, ExecuteResult, ExecutionCount, JupyterMessage,
    JupyterMessageContent, Media, MediaType, Stdio, StreamContent, Transient, UpdateDisplayData,
};
use serde_json::Value;

use super::bar::Fill;
use super::comms;
use super::variables::Question;
use super::widget::{VIEW, Widget};
use super::wire::Publisher;
use crate::cli::engine::moving::Moving;
use crate::cli::notebook::ipynb::density;
use crate::cli::outcome::{
    CLEAR_OUTPUT, DISPLAY_ID, End, Event, MOVING, MimeBundle, Outcome, Output, RichKind, Stream,
};
use crate::cli::terminal::cell_end;

/// How long text is buffered.
pub const PAUSE: Duration = Duration::from_millis(25);

/// Longer text is sent at once.
const MOST: usize = 64 * 1024;

/// Shorter work shows no progress.
const SHORT: Duration = Duration::from_millis(500);

/// How long stderr is held back: a panic's report, or an error that leaves the cell, is shown in our own wording.
const HOLD: Duration = Duration::from_millis(200);

/// The protocol requires the object even without a name.
const UNNAMED: Option<Transient> = Some(Transient { display_id: None });

pub struct Show {
    publisher: Publisher,
    parent: Arc<JupyterMessage>,
    /// What the widgets of the cell are kept under.
    cell: String,
    count: usize,
    silent: bool,
    text: Option<(Stream, String)>,
    sent: Instant,
    held: String,
    held_at: Instant,
    begun: Instant,
    /// Progress that has not been shown yet.
    doing: Option<String>,
    progress: Option<Instant>,
    is_empty: bool,
    /// The named bundles shown so far, each with its pending update.
    names: BTreeMap<String, Option<(MimeBundle, Option<Fill>)>>,
    /// The places of the widgets that are bars, by name.
    bars: BTreeMap<String, usize>,
    /// The outputs of bars as they are to be stored: published when the cell has ended.
    filled: BTreeMap<String, MimeBundle>,
    replaced: Instant,
    /// The plain text of the cell's value.
    pub value: String,
    /// The front end draws widgets.
    pub has_widgets: bool,
    /// What the cell has shown that can move, and its bars.
    pub widgets: Vec<Widget>,
    /// What was asked about the variables that the cell lists, and the answer.
    pub variables: Option<(Question, Option<Outcome>)>,
}

impl Show {
    pub fn new(publisher: Publisher, parent: Arc<JupyterMessage>, cell: &str, count: usize, silent: bool) -> Show {
        let now = Instant::now();
        Show {
            publisher,
            parent,
            cell: cell.to_owned(),
            count,
            silent,
            text: None,
            // The first text is not buffered.
            sent: now.checked_sub(PAUSE).unwrap_or(now),
            held: String::new(),
            held_at: now,
            begun: now,
            doing: None,
            progress: None,
            is_empty: true,
            names: BTreeMap::new(),
            bars: BTreeMap::new(),
            filled: BTreeMap::new(),
            replaced: now,
            value: String::new(),
            has_widgets: false,
            widgets: Vec::new(),
            variables: None,
        }
    }

    pub fn event(&mut self, event: Event) {
        match event {
            Event::Progress(words) => {
                self.doing = Some(words);
                self.show_progress();
            }
            Event::Output(output) => {
                self.end_progress();
                self.output(output);
            }
        }
    }

    /// Called when no event is pending: publishes what was buffered for long enough.
    pub fn rest(&mut self) {
        if self.held_at.elapsed() >= HOLD {
            self.release();
        }
        if self.sent.elapsed() >= PAUSE {
            self.flush();
        }
        self.show_progress();
        if self.replaced.elapsed() >= PAUSE {
            self.replace();
        }
    }

    /// The cell has ended: publishes the rest of its outputs, the session's notes, and the error.
    pub fn finish(&mut self, end: Option<&End>, notes: &[String], error: Option<&ErrorOutput>) {
        self.end_progress();
        if let Some(end) = end {
            self.held = cell_end::without_end(std::mem::take(&mut self.held), end);
            if *end != End::Passed && self.held.trim().is_empty() {
                self.held.clear();
            }
        }
        self.release();
        for note in notes {
            self.write(Stream::Stderr, &format!("note: {note}\n"));
        }
        self.flush();
        self.replace();
        for (name, data) in std::mem::take(&mut self.filled) {
            self.update(&name, data);
        }
        if let Some(error) = error {
            self.publish(error.clone());
        }
    }

    /// Publishes the buffered text.
    pub fn flush(&mut self) {
        let Some((stream, text)) = self.text.take() else { return };
        self.sent = Instant::now();
        let name = match stream {
            Stream::Stdout => Stdio::Stdout,
            Stream::Stderr => Stdio::Stderr,
        };
        self.publish(StreamContent { name, text });
    }

    fn output(&mut self, output: Output) {
        self.is_empty = false;
        if let Output::Stream { stream: Stream::Stderr, text } = &output {
            if self.held.is_empty() {
                self.held_at = Instant::now();
            }
            return self.held.push_str(text);
        }
        if !cell_end::is_report(&self.held) {
            self.release();
        }
        match output {
            Output::Stream { stream, text } => self.write(stream, &text),
            Output::Rich { kind, data } => {
                // An update in place does not split the text around it.
                if data.get(DISPLAY_ID).is_none_or(|name| !self.names.contains_key(name)) {
                    self.flush();
                }
                self.rich(kind, data);
            }
        }
    }

    /// The held text is not the report of an end.
    fn release(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.write(Stream::Stderr, &held);
    }

    fn write(&mut self, stream: Stream, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.text.as_ref().is_some_and(|(last, _)| *last != stream) {
            self.flush();
        }
        let waiting = &mut self.text.get_or_insert((stream, String::new())).1;
        waiting.push_str(text);
        if waiting.len() > MOST {
            self.flush();
        }
    }

    fn rich(&mut self, kind: RichKind, mut data: MimeBundle) {
        if let Some(when) = data.remove(CLEAR_OUTPUT) {
            return self.clear(when == "wait");
        }
        let moving = data.remove(MOVING).and_then(|text| Moving::read(&text)).filter(|_| !self.silent);
        if let Some(name) = data.remove(DISPLAY_ID) {
            return self.named(&name, data);
        }
        if let Some(moving) = moving {
            let mut widget = Widget::new(&self.cell, &moving, &data);
            comms::open(&widget, &self.publisher, &self.parent);
            data.insert(VIEW.to_owned(), widget.view());
            self.widgets.push(widget);
        }
        if kind == RichKind::Result {
            self.value = data.get("text/plain").cloned().unwrap_or_default();
            if let Some((question, answer)) = self.variables.take() {
                question.add_to(&mut data, answer.as_ref());
            }
            let metadata = density::metadata(&data);
            let result = ExecuteResult::new(ExecutionCount::new(self.count), media(data));
            return self.publish(ExecuteResult { metadata, transient: UNNAMED, ..result });
        }
        self.publish(displayed(data, None));
    }

    /// Shows the first bundle of its name in this cell; later ones update it, but not faster than the eye can see.
    fn named(&mut self, name: &str, mut data: MimeBundle) {
        let fill = Fill::take(&mut data);
        if let Some(next) = self.names.get_mut(name) {
            *next = Some((data, fill));
            if self.replaced.elapsed() >= PAUSE {
                self.replace();
            }
            return;
        }
        self.names.insert(name.to_owned(), None);
        if let Some(fill) = fill.filter(|_| self.has_widgets && !self.silent) {
            self.begin_bar(name, &fill);
            self.fill_bar(name, &fill, &mut data);
        }
        self.publish(displayed(data, Some(self.id(name))));
    }

    /// Publishes the pending updates.
    fn replace(&mut self) {
        self.replaced = Instant::now();
        let mut names = std::mem::take(&mut self.names);
        for (name, next) in &mut names {
            let Some((mut data, fill)) = next.take() else { continue };
            self.filled.remove(name);
            if fill.is_some_and(|fill| self.fill_bar(name, &fill, &mut data)) {
                self.filled.insert(name.clone(), data);
            } else {
                self.update(name, data);
            }
        }
        self.names = names;
    }

    fn update(&self, name: &str, data: MimeBundle) {
        let metadata = density::metadata(&data);
        self.publish(UpdateDisplayData { metadata, ..UpdateDisplayData::new(media(data), &self.id(name)) });
    }

    /// Opens a bar, unless the cell has shown one of this name before.
    fn begin_bar(&mut self, name: &str, fill: &Fill) {
        if !self.bars.contains_key(name) {
            let bar = Widget::bar(&self.cell, fill);
            comms::open(&bar, &self.publisher, &self.parent);
            self.bars.insert(name.to_owned(), self.widgets.len());
            self.widgets.push(bar);
        }
    }

    /// Fills a bar and adds it to an output; `false` if there is no bar of this name.
    fn fill_bar(&mut self, name: &str, fill: &Fill, data: &mut MimeBundle) -> bool {
        let Some(bar) = self.bars.get(name).and_then(|&at| self.widgets.get_mut(at)) else { return false };
        for (comm, state) in bar.fill(fill) {
            comms::publish_state(&self.publisher, "update", CommId(comm), state, &self.parent);
        }
        data.insert(VIEW.to_owned(), bar.view());
        true
    }

    /// Includes the cell and the process, because a restarted kernel counts its cells from 1 again.
    fn id(&self, name: &str) -> String {
        format!("{name}-{}-{}", self.count, std::process::id())
    }

    /// Clears the cell's outputs, and forgets their names.
    fn clear(&mut self, wait: bool) {
        self.names.clear();
        self.filled.clear();
        self.publish(ClearOutput { wait });
    }

    /// Shows progress once the cell takes long enough.
    fn show_progress(&mut self) {
        let is_early = self.begun.elapsed() < SHORT || self.progress.is_some_and(|last| last.elapsed() < SHORT / 5);
        if is_early || !self.is_empty {
            return;
        }
        let Some(words) = self.doing.take() else { return };
        self.progress = Some(Instant::now());
        self.named("forward-pass-progress", [("text/plain".to_owned(), words)].into());
    }

    /// Progress is not part of the cell's output.
    fn end_progress(&mut self) {
        self.doing = None;
        if self.progress.take().is_some() {
            self.clear(false);
        }
    }

    fn publish(&self, content: impl Into<JupyterMessageContent>) {
        if !self.silent {
            self.publisher.publish(content, Some(&self.parent));
        }
    }
}

fn displayed(data: MimeBundle, display_id: Option<String>) -> DisplayData {
    let (metadata, transient) = (density::metadata(&data), Some(Transient { display_id }));
    DisplayData { metadata, transient, ..DisplayData::new(media(data)) }
}

/// JSON types are values on the wire, all others text.
pub fn media(data: MimeBundle) -> Media {
    let value = |kind: &str, text: String| match kind.ends_with("json") {
        true => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        false => Value::String(text),
    };
    let plain = data.get("text/plain").cloned();
    let values = data.into_iter().map(|(kind, text)| (kind.clone(), value(&kind, text))).collect();
    // If a type's content is malformed, the plain text remains.
    let fallback = || Media::new(plain.map(MediaType::Plain).into_iter().collect());
    serde_json::from_value(Value::Object(values)).unwrap_or_else(|_| fallback())
}
