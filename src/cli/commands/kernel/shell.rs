//! The shell channel, one request after the other: cells, completion, inspection.
//!
//! While a cell runs, no other request is answered here, as front ends expect; `control` interrupts it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use jupyter_protocol::{
    ErrorOutput, ExecuteInput, ExecuteReply, ExecuteRequest, ExecutionCount, JupyterMessage,
    JupyterMessageContent as Content, ReplyStatus, Status,
};
use jupyter_zmq_client::{KernelShellConnection, RouterSendConnection};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::comms::{Widgets, name_of_cell};
use super::history::History;
use super::inbox::Inbox;
use super::output::{PAUSE, Show};
use super::stdin::Stdin;
use super::variables::others;
use super::wire::{Heard, Incoming, Publisher, log, refusal};
use super::{failure, inspect, queries, wire};
use crate::cli::engine::thread::{Definitions, Message, SessionThread, Ticket};
use crate::cli::outcome::{End, Event, Outcome, Output};
use crate::cli::syntax::complete::{self, Names};

pub struct Shell {
    connection: RouterSendConnection,
    pub(super) incoming: Inbox,
    pub(super) publisher: Publisher,
    stdin: Stdin,
    pub(super) session: Arc<SessionThread>,
    pub(super) widgets: Widgets,
    messages: UnboundedReceiver<Message>,
    count: usize,
    history: History,
    /// Publishes what threads print after the last cell, as output of that cell.
    late: Option<Show>,
    /// The folder of the session's files.
    folder: PathBuf,
}

/// After a failure, requests that arrive within this time are aborted too.
const LATE: Duration = Duration::from_millis(20);

impl Shell {
    /// The shell, and the task that receives its requests.
    pub fn new(
        connection: KernelShellConnection,
        publisher: Publisher,
        stdin: Stdin,
        (session, messages): (Arc<SessionThread>, UnboundedReceiver<Message>),
    ) -> (Shell, impl Future<Output = ()>) {
        let (connection, mut socket) = connection.split();
        let (sender, incoming) = unbounded_channel();
        let listen = async move {
            let mut heard = Heard::default();
            loop {
                // The shell may have ended before.
                let _ = sender.send(wire::receive(&mut socket, &mut heard).await);
            }
        };
        // Before the first key.
        complete::read_ahead(&Names::default());
        let (history, folder) = (History::default(), std::env::current_dir().unwrap_or_default());
        let (incoming, widgets) = (Inbox::new(incoming), Widgets::default());
        let shell = Shell {
            connection,
            incoming,
            publisher,
            stdin,
            session,
            widgets,
            messages,
            count: 0,
            history,
            late: None,
            folder,
        };
        (shell, listen)
    }

    /// Answers until the channel is closed.
    pub async fn attend(mut self) {
        let mut has_session = true;
        loop {
            tokio::select! {
                biased;
                message = self.messages.recv(), if has_session => match message {
                    Some(Message::Late(output)) => self.show_late(output),
                    // The session has started.
                    Some(_) => {}
                    None => has_session = false,
                },
                incoming = self.incoming.next() => match incoming {
                    Some(incoming) => self.one(incoming).await,
                    None => return,
                },
            }
        }
    }

    /// What completion and help know of the session.
    fn names(&self, known: &Definitions) -> Names {
        known.clone().names(|| self.history.cells(), &self.folder)
    }

    fn show_late(&mut self, output: Output) {
        if let Some(show) = &mut self.late {
            show.event(Event::Output(output));
            show.finish(None, &[], None);
        }
    }

    async fn one(&mut self, incoming: Incoming) {
        let (Incoming::Message(message) | Incoming::Broken(message, _)) = &incoming;
        let message = Arc::new(message.clone());
        self.publisher.publish(Status::busy(), Some(&message));
        let waiting = match incoming {
            Incoming::Broken(_, why) => {
                log(&format!("`{}` is malformed: {why}", message.header.msg_type));
                self.reply(refusal(&message.header.msg_type, &why), &message).await;
                Vec::new()
            }
            Incoming::Message(_) => self.answer(&message).await,
        };
        self.publisher.publish(Status::idle(), Some(&message));
        self.abort(waiting).await;
    }

    /// Answers one request; returns the requests queued after a cell that failed, if those are to be aborted.
    async fn answer(&mut self, message: &Arc<JupyterMessage>) -> Vec<Incoming> {
        let known = || self.session.definitions();
        let reply: Option<Content> = match &message.content {
            Content::ExecuteRequest(request) => {
                let reply = self.execute(message, request).await;
                let failed = reply.status == ReplyStatus::Error && request.stop_on_error;
                // Requests sent after the reply know of the failure.
                let waiting = if failed { self.waiting().await } else { Vec::new() };
                self.reply(Some(reply.into()), message).await;
                return waiting;
            }
            Content::KernelInfoRequest(_) => Some(Content::KernelInfoReply(Box::new(queries::kernel_info()))),
            Content::IsCompleteRequest(request) => Some(queries::is_complete(&request.code).into()),
            Content::CompleteRequest(request) => {
                let known = known();
                Some(queries::complete(&request.code, request.cursor_pos, &known, &self.names(&known)).into())
            }
            Content::InspectRequest(request) => {
                let names = self.names(&known());
                let is_detailed = request.detail_level.unwrap_or(0) > 0;
                Some(inspect::inspect(&request.code, request.cursor_pos, is_detailed, &names).into())
            }
            Content::HistoryRequest(request) => Some(self.history.answer(request).into()),
            Content::CommInfoRequest(request) => Some(self.widgets.info(request.target_name.as_deref()).into()),
            Content::CommOpen(_) | Content::CommMsg(_) | Content::CommClose(_) => {
                self.comm(message).await;
                None
            }
            Content::UnknownMessage(_) => {
                let kind = &message.header.msg_type;
                refusal(kind, &format!("this kernel does not know `{kind}`"))
            }
            _ => None,
        };
        self.reply(reply, message).await;
        Vec::new()
    }

    async fn reply(&mut self, reply: Option<Content>, to: &JupyterMessage) {
        let Some(reply) = reply else { return };
        if let Err(error) = self.connection.send(JupyterMessage::new(reply, Some(to))).await {
            log(&format!("cannot send a reply: {error}"));
        }
    }

    async fn execute(&mut self, message: &Arc<JupyterMessage>, request: &ExecuteRequest) -> ExecuteReply {
        let code = request.code.as_str();
        let is_kept = request.store_history && !request.silent;
        if !request.silent {
            self.count += 1;
            let execution_count = ExecutionCount::new(self.count);
            self.publisher.publish(ExecuteInput { code: code.into(), execution_count }, Some(message));
        }
        if is_kept {
            self.history.add(self.count, code);
        }
        let cell = name_of_cell(message, code);
        if !request.silent {
            self.end_widgets(&cell, message);
        }
        let variables = if request.silent { None } else { self.about_variables(code, message).await };
        let answer = variables.as_ref().and_then(|(_, answer)| answer.clone()).unwrap_or_default();
        let mut show = self.show(message, &cell, request.silent);
        show.variables = variables;
        // The reader hears what has happened since the last cell, and what came meanwhile.
        others(&answer).into_iter().for_each(|output| show.event(Event::Output(output)));
        let Outcome { notes, end, .. } = answer;
        let mut outcome = match end {
            End::Interrupted => Ok(Outcome { end, ..Outcome::default() }),
            _ => self.run(code, request.allow_stdin, message, &mut show).await,
        };
        if let Ok(outcome) = &mut outcome {
            outcome.notes.splice(0..0, notes);
            outcome.notes.extend(self.about_operators(code, &outcome.end, message).await);
        }
        let error = self.settle(code, &outcome, &mut show);
        if code.contains(":dep") {
            complete::read_ahead(&self.names(&self.session.definitions()));
        }
        // What comes later is text: nobody keeps the models of a bar.
        let mut late = self.show(message, &cell, request.silent);
        late.has_widgets = false;
        self.late = Some(late);
        for widget in std::mem::take(&mut show.widgets) {
            self.keep_widget(widget, message);
        }
        if is_kept {
            self.history.add_output(&show.value);
        }
        let execution_count = ExecutionCount::new(self.count);
        if let Some(error) = error {
            let error = Some(Box::new(failure::for_reply(&error)));
            return ExecuteReply { status: ReplyStatus::Error, execution_count, error, ..ExecuteReply::default() };
        }
        let mut expressions = std::collections::HashMap::new();
        for (name, expression) in request.user_expressions.iter().flatten() {
            expressions.insert(name.clone(), self.evaluate(expression, message).await);
        }
        ExecuteReply { execution_count, user_expressions: Some(expressions), ..ExecuteReply::default() }
    }

    /// Runs a cell and publishes its outputs as they arrive.
    async fn run(
        &mut self,
        code: &str,
        may_ask: bool,
        parent: &Arc<JupyterMessage>,
        show: &mut Show,
    ) -> anyhow::Result<Outcome> {
        let ticket = self.session.run(code, may_ask);
        self.await_done(ticket, parent, show).await
    }

    pub(super) fn show(&self, message: &Arc<JupyterMessage>, cell: &str, silent: bool) -> Show {
        let has_widgets = self.widgets.are_drawn();
        let mut show = Show::new(self.publisher.clone(), Arc::clone(message), cell, self.count, silent);
        show.has_widgets = has_widgets;
        show
    }

    /// Publishes the outputs of a request until it is done.
    pub(super) async fn await_done(
        &mut self,
        ticket: Ticket,
        parent: &Arc<JupyterMessage>,
        show: &mut Show,
    ) -> anyhow::Result<Outcome> {
        let mut tick = tokio::time::interval(PAUSE);
        loop {
            tokio::select! {
                biased;
                message = self.messages.recv() => match message {
                    Some(Message::Event(whose, event)) if whose == ticket => show.event(event),
                    Some(Message::Question(question, answer)) => {
                        show.flush();
                        let line = self.stdin.ask(parent, &question, &self.session).await;
                        // The cell may have been interrupted meanwhile.
                        let _ = answer.send(line);
                    }
                    Some(Message::Done(whose, outcome)) if whose == ticket => return *outcome,
                    Some(Message::Late(output)) => self.show_late(output),
                    // The session has started.
                    Some(_) => {}
                    None => return Err(anyhow!("the live session has ended\nhelp: restart the kernel")),
                },
                _ = tick.tick() => {
                    show.rest();
                    if self.session.is_stopped() {
                        // The cell may have been starting when it was first interrupted.
                        self.session.interrupt();
                    }
                }
            }
        }
    }

    pub(super) fn settle(&self, code: &str, outcome: &anyhow::Result<Outcome>, show: &mut Show) -> Option<ErrorOutput> {
        let (error, end, notes) = match outcome {
            Ok(outcome) => (failure::of(&outcome.end, code), Some(&outcome.end), outcome.notes.as_slice()),
            Err(error) => (Some(failure::of_tool(error)), None, [].as_slice()),
        };
        show.finish(end, notes, error.as_ref());
        error
    }

    async fn waiting(&mut self) -> Vec<Incoming> {
        let mut waiting = Vec::new();
        while let Ok(Some(incoming)) = tokio::time::timeout(LATE, self.incoming.next()).await {
            waiting.push(incoming);
        }
        waiting
    }

    /// Aborts the cells that were queued behind a failed one, and answers the other requests.
    async fn abort(&mut self, waiting: Vec<Incoming>) {
        let mut others = Vec::new();
        for incoming in waiting {
            match incoming {
                Incoming::Message(message) if matches!(message.content, Content::ExecuteRequest(_)) => {
                    self.publisher.publish(Status::busy(), Some(&message));
                    let reply = ExecuteReply {
                        status: ReplyStatus::Aborted,
                        execution_count: ExecutionCount::new(self.count),
                        ..ExecuteReply::default()
                    };
                    self.reply(Some(reply.into()), &message).await;
                    self.publisher.publish(Status::idle(), Some(&message));
                }
                other => others.push(other),
            }
        }
        for other in others {
            Box::pin(self.one(other)).await;
        }
    }
}
