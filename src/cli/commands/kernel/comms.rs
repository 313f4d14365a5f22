//! Comms: outputs that move are opened, moved by a front end and closed. Every other target is closed at once.
//!
//! A drag calls a function in the session's process; no cell is compiled. Of drags that wait, the last one is drawn.

use std::collections::HashMap;
use std::sync::Arc;

use jupyter_protocol::{
    CommClose, CommId, CommInfo, CommInfoReply, CommMsg, CommOpen, JupyterMessage, JupyterMessageContent as Content,
    Stdio, StreamContent,
};
use serde_json::{Value, json};

use super::output::Show;
use super::shell::Shell;
use super::widget::{Widget, html, object, plain};
use super::wire::Publisher;
use crate::cli::lang::Lang;
use crate::cli::outcome::{End, Outcome, Output, STANDS_STILL, Stream};
use crate::cli::terminal::cell_end;

/// The target of every widget.
const TARGET: &str = "jupyter.widget";

/// The version of the widgets' protocol.
const VERSION: &str = "2.1.0";

/// More than a notebook shows: the oldest ends.
const MOST: usize = 100;

/// The target of a front end that asks for the state of all widgets.
const CONTROL: &str = "jupyter.widget.control";

/// The outputs that move, oldest first.
#[derive(Default)]
pub struct Widgets {
    all: Vec<Widget>,
    /// Whether the front end draws widgets, as soon as a message tells.
    are_drawn: Option<bool>,
}

impl Widgets {
    /// The front end draws widgets: it has asked for them.
    pub fn are_drawn(&self) -> bool {
        self.are_drawn == Some(true)
    }

    fn of(&mut self, comm: &str) -> Option<&mut Widget> {
        self.all.iter_mut().find(|widget| widget.models.iter().any(|model| model.comm == comm))
    }

    /// Answers which comms are open.
    pub fn info(&mut self, target: Option<&str>) -> CommInfoReply {
        if target == Some(TARGET) {
            self.are_drawn = Some(true);
        }
        let is_wanted = target.is_none_or(|target| target == TARGET);
        let models = self.all.iter().filter(|_| is_wanted).flat_map(|widget| &widget.models);
        let info = models.map(|model| (CommId(model.comm.clone()), CommInfo { target_name: TARGET.to_owned() }));
        CommInfoReply { comms: info.collect::<HashMap<_, _>>(), ..CommInfoReply::default() }
    }
}

/// Opens the comms of a widget.
pub fn open(widget: &Widget, publisher: &Publisher, parent: &JupyterMessage) {
    for model in &widget.models {
        let data = object(json!({"state": model.state, "buffer_paths": []}));
        let comm_id = CommId(model.comm.clone());
        let open = CommOpen { comm_id, target_name: TARGET.to_owned(), data, ..CommOpen::default() };
        publisher.publish_with(open, Some(parent), json!({"version": VERSION}));
    }
}

/// Publishes what has changed of the model behind a comm.
pub fn publish_state(publisher: &Publisher, method: &str, comm_id: CommId, state: Value, message: &JupyterMessage) {
    let data = object(json!({"method": method, "state": state, "buffer_paths": []}));
    publisher.publish_with(CommMsg { comm_id, data }, Some(message), json!({"version": VERSION}));
}

/// What a cell's widgets are kept under: its id, where the front end says it, or its text.
pub fn name_of_cell(message: &JupyterMessage, code: &str) -> String {
    let id = message.metadata.get("cellId").and_then(Value::as_str);
    id.map_or_else(|| format!("code {code}"), |id| format!("cell {id}"))
}

impl Shell {
    /// A cell runs again: what it has shown before moves no more.
    pub(super) fn end_widgets(&mut self, cell: &str, message: &JupyterMessage) {
        while let Some(at) = self.widgets.all.iter().position(|widget| widget.cell == cell) {
            self.end_widget(at, message);
        }
    }

    fn end_widget(&mut self, at: usize, message: &JupyterMessage) {
        let widget = self.widgets.all.remove(at);
        self.session.end_moving(widget.id);
        for model in widget.models {
            let close = CommClose { comm_id: CommId(model.comm), ..CommClose::default() };
            self.publisher.publish(close, Some(message));
        }
    }

    pub(super) fn keep_widget(&mut self, mut widget: Widget, message: &Arc<JupyterMessage>) {
        widget.parent = Some(Arc::clone(message));
        self.widgets.all.push(widget);
        if self.widgets.all.len() > MOST {
            self.end_widget(0, message);
        }
    }

    /// Carries out a message of a comm.
    pub(super) async fn comm(&mut self, message: &Arc<JupyterMessage>) {
        match &message.content {
            // Front ends can open none; the protocol requires to close at once.
            Content::CommOpen(open) => {
                if open.target_name == CONTROL {
                    self.widgets.are_drawn = Some(true);
                }
                let close = CommClose { comm_id: open.comm_id.clone(), ..CommClose::default() };
                self.publisher.publish(close, Some(message));
            }
            Content::CommMsg(change) => self.hear_comm(change, message).await,
            Content::CommClose(close) => self.close_comm(close),
            _ => {}
        }
    }

    /// A front end closes a comm: with the whole of a widget, that ends. One that never asked for widgets knows none.
    fn close_comm(&mut self, close: &CommClose) {
        let comm = close.comm_id.0.as_str();
        if !self.widgets.are_drawn()
            && let Some(parent) = self.widgets.of(comm).and_then(|widget| widget.parent.take())
        {
            self.widgets.are_drawn = Some(false);
            let text = format!("{STANDS_STILL}\n");
            self.publisher.publish(StreamContent { name: Stdio::Stderr, text }, Some(&parent));
        }
        let root = self.widgets.all.iter_mut().position(|widget| widget.is_root(comm));
        if let Some(at) = root {
            let widget = self.widgets.all.remove(at);
            self.session.end_moving(widget.id);
        }
    }

    /// A front end asks for a model's state, or changes it.
    async fn hear_comm(&mut self, CommMsg { comm_id, data }: &CommMsg, message: &Arc<JupyterMessage>) {
        if self.widgets.of(&comm_id.0).is_some() {
            self.widgets.are_drawn = Some(true);
        }
        let Some(widget) = self.widgets.of(&comm_id.0) else { return };
        match data.get("method").and_then(Value::as_str) {
            Some("request_state") => {
                let model = widget.models.iter().find(|model| model.comm == comm_id.0);
                let state = model.map(|model| model.state.clone()).unwrap_or_default();
                self.publish_state("update", comm_id.clone(), Value::Object(state), message);
            }
            Some("update") => {
                let Some(state) = data.get("state").and_then(Value::as_object) else { return };
                let is_changed = widget.take(&comm_id.0, state);
                let own: Vec<String> = widget.models.iter().map(|model| model.comm.clone()).collect();
                // For other views of the same session.
                self.publish_state("echo_update", comm_id.clone(), Value::Object(state.clone()), message);
                let is_next = |next: &JupyterMessage| match &next.content {
                    Content::CommMsg(next) => {
                        next.data.get("method") == data.get("method") && own.contains(&next.comm_id.0)
                    }
                    _ => false,
                };
                if self.incoming.is_followed_by(is_next) {
                    if let Some(widget) = self.widgets.of(&comm_id.0) {
                        widget.is_late |= is_changed;
                    }
                } else {
                    self.draw(&comm_id.0, is_changed, message).await;
                }
            }
            _ => {}
        }
    }

    async fn draw(&mut self, comm: &str, is_changed: bool, message: &Arc<JupyterMessage>) {
        let Some(widget) = self.widgets.of(comm) else { return };
        let is_late = std::mem::take(&mut widget.is_late);
        if widget.has_ended || !(is_changed || is_late) {
            return;
        }
        let (id, values) = (widget.id, widget.values.clone());
        let ticket = self.session.draw(id, values);
        let mut silent = Show::new(self.publisher.clone(), Arc::clone(message), "", 0, true);
        let drawn = self.await_done(ticket, message, &mut silent).await;
        let (output, note, has_ended) = match &drawn {
            Ok(outcome) => shown(outcome),
            Err(error) => (None, plain(&format!("it cannot be moved: {error:#}")), true),
        };
        let Some(widget) = self.widgets.of(comm) else { return };
        widget.has_ended = has_ended;
        for (comm, value) in widget.show(output, note) {
            self.publish_state("update", CommId(comm), json!({"value": value}), message);
        }
        if has_ended {
            self.session.end_moving(id);
        }
    }

    fn publish_state(&self, method: &str, comm_id: CommId, state: Value, message: &JupyterMessage) {
        publish_state(&self.publisher, method, comm_id, state, message);
    }
}

/// The output as HTML, what is to be read below it, and whether this was the end.
fn shown(outcome: &Outcome) -> (Option<String>, String, bool) {
    let (mut output, mut printed, mut errors) = (String::new(), String::new(), String::new());
    for one in &outcome.outputs {
        match one {
            Output::Rich { data, .. } => output.push_str(&html(data)),
            Output::Stream { stream: Stream::Stdout, text } => printed.push_str(text),
            Output::Stream { stream: Stream::Stderr, text } => errors.push_str(text),
        }
    }
    printed.push_str(&cell_end::without_end(errors, &outcome.end));
    let mut lines: Vec<String> = vec![printed.trim_end().to_owned()];
    lines.extend(cell_end::predicate(&outcome.end, Lang::En).map(|how| format!("the function {how}")));
    lines.extend(outcome.notes.iter().map(|note| format!("note: {note}")));
    let has_ended = matches!(outcome.end, End::Exited(_) | End::Killed { .. });
    lines.extend(has_ended.then(|| "run the cell again to move it".to_owned()));
    lines.retain(|line| !line.is_empty());
    // After a failure, the last output stays.
    ((outcome.end == End::Passed).then_some(output), plain(&lines.join("\n")), has_ended)
}
