//! The cell's questions to the person at the front end, and the answers.
//!
//! Only the front end that sent the cell is asked.

use std::time::Duration;

use jupyter_protocol::{InputRequest, JupyterMessage, JupyterMessageContent, ReplyStatus};
use jupyter_zmq_client::{KernelStdinConnection, RouterSendConnection};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::wire;
use super::wire::{Incoming, log};
use crate::cli::engine::Question;
use crate::cli::engine::thread::SessionThread;

pub struct Stdin {
    connection: RouterSendConnection,
    replies: UnboundedReceiver<JupyterMessage>,
}

/// How often it is looked whether the cell was interrupted.
const GLANCE: Duration = Duration::from_millis(25);

impl Stdin {
    /// The asking side, and the work of listening, which somebody has to do.
    pub fn new(connection: KernelStdinConnection) -> (Stdin, impl Future<Output = ()>) {
        let (connection, mut incoming) = connection.split();
        let (sender, replies) = unbounded_channel();
        let listen = async move {
            loop {
                if let Incoming::Message(message) = wire::receive(&mut incoming).await {
                    // At the end of the process nobody listens any more.
                    let _ = sender.send(message);
                }
            }
        };
        (Stdin { connection, replies }, listen)
    }

    /// A line, or nothing when the cell was stopped or nobody can be asked.
    pub async fn ask(&mut self, parent: &JupyterMessage, question: &Question, session: &SessionThread) -> Option<String> {
        while self.replies.try_recv().is_ok() {}
        let request = InputRequest { prompt: question.prompt.clone(), password: question.is_secret };
        if let Err(error) = self.connection.send(request.as_child_of(parent)).await {
            log(&format!("the front end cannot be asked: {error}"));
            return None;
        }
        while !session.is_stopped() {
            let Ok(reply) = tokio::time::timeout(GLANCE, self.replies.recv()).await else { continue };
            match reply?.content {
                JupyterMessageContent::InputReply(reply) if reply.status == ReplyStatus::Ok => {
                    return Some(reply.value);
                }
                JupyterMessageContent::InputReply(_) => return None,
                _ => {}
            }
        }
        None
    }
}
