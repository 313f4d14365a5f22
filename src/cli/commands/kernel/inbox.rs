//! The requests that wait on the shell channel, in order.

use std::collections::VecDeque;

use jupyter_protocol::{JupyterMessage, JupyterMessageContent as Content};
use tokio::sync::mpsc::UnboundedReceiver;

use super::wire::Incoming;

pub struct Inbox {
    receiver: UnboundedReceiver<Incoming>,
    /// Received already.
    waiting: VecDeque<Incoming>,
}

impl Inbox {
    pub fn new(receiver: UnboundedReceiver<Incoming>) -> Inbox {
        Inbox { receiver, waiting: VecDeque::new() }
    }

    /// The next request; `None` when the channel is closed.
    pub async fn next(&mut self) -> Option<Incoming> {
        match self.waiting.pop_front() {
            Some(incoming) => Some(incoming),
            None => self.receiver.recv().await,
        }
    }

    /// Of the messages of comms that come next, is there one like this?
    pub fn is_followed_by(&mut self, is_like: impl Fn(&JupyterMessage) -> bool) -> bool {
        self.waiting.extend(std::iter::from_fn(|| self.receiver.try_recv().ok()));
        let messages = self.waiting.iter().map_while(|incoming| match incoming {
            Incoming::Message(message) if matches!(message.content, Content::CommMsg(_)) => Some(message),
            _ => None,
        });
        messages.into_iter().any(is_like)
    }
}
