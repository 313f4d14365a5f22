//! Input requests: a cell asks the front end for a line.
//!
//! Only the front end that sent the cell is asked.

use std::time::Duration;

use jupyter_protocol::{InputRequest, JupyterMessage, JupyterMessageContent, ReplyStatus};
use jupyter_zmq_client::{KernelStdinConnection, RouterSendConnection};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::wire::{self, Heard, Incoming, log};
use crate::cli::engine::Question;
use crate::cli::engine::thread::SessionThread;

pub struct Stdin {
    connection: RouterSendConnection,
    replies: UnboundedReceiver<JupyterMessage>,
}

/// How often the cell is checked for being interrupted.
const POLL: Duration = Duration::from_millis(25);

impl Stdin {
    /// The stdin channel, and the task that receives its replies.
    pub fn new(connection: KernelStdinConnection) -> (Stdin, impl Future<Output = ()>) {
        let (connection, mut incoming) = connection.split();
        let (sender, replies) = unbounded_channel();
        let listen = async move {
            let mut heard = Heard::default();
            loop {
                if let Incoming::Message(message) = wire::receive(&mut incoming, &mut heard).await {
                    // The shell may have ended before.
                    let _ = sender.send(message);
                }
            }
        };
        (Stdin { connection, replies }, listen)
    }

    /// The line; `None` if the cell was interrupted or the front end cannot be asked.
    pub async fn ask(
        &mut self,
        parent: &JupyterMessage,
        question: &Question,
        session: &SessionThread,
    ) -> Option<String> {
        while self.replies.try_recv().is_ok() {}
        let request = InputRequest { prompt: question.prompt.clone(), password: question.is_secret };
        if let Err(error) = self.connection.send(request.as_child_of(parent)).await {
            log(&format!("cannot ask the front end for input: {error}"));
            return None;
        }
        while !session.is_stopped() {
            let Ok(reply) = tokio::time::timeout(POLL, self.replies.recv()).await else { continue };
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
