//! The control channel, answered even while a cell runs: interrupt the cell, shut the kernel down.
//!
//! The shutdown itself is done by `serve`.

use std::sync::Arc;

use jupyter_protocol::{
    InterruptReply, JupyterMessage, JupyterMessageContent as Content, ReplyStatus, ShutdownReply, Status,
};
use jupyter_zmq_client::KernelControlConnection;

use super::wire::{Heard, Incoming, Publisher, log, refusal};
use super::{queries, wire};
use crate::cli::engine::thread::SessionThread;

/// Answers until a shutdown is requested.
pub async fn attend(connection: KernelControlConnection, publisher: Publisher, session: Arc<SessionThread>) {
    let (mut connection, mut socket) = connection.split();
    let mut heard = Heard::default();
    loop {
        let incoming = wire::receive(&mut socket, &mut heard).await;
        let (Incoming::Message(message) | Incoming::Broken(message, _)) = &incoming;
        publisher.publish(Status::busy(), Some(message));
        let (reply, is_end) = match &incoming {
            Incoming::Broken(message, why) => (refusal(&message.header.msg_type, why), false),
            Incoming::Message(message) => answer(message, &session),
        };
        if let Some(reply) = reply
            && let Err(error) = connection.send(JupyterMessage::new(reply, Some(message))).await
        {
            log(&format!("cannot send a reply: {error}"));
        }
        publisher.publish(Status::idle(), Some(message));
        if is_end {
            return;
        }
    }
}

/// The reply, and whether a shutdown is requested.
fn answer(message: &JupyterMessage, session: &SessionThread) -> (Option<Content>, bool) {
    match &message.content {
        Content::InterruptRequest(_) => {
            session.interrupt();
            (Some(InterruptReply::new().into()), false)
        }
        Content::ShutdownRequest(request) => {
            session.interrupt();
            let reply = ShutdownReply { restart: request.restart, status: ReplyStatus::Ok, error: None };
            (Some(reply.into()), true)
        }
        Content::KernelInfoRequest(_) => (Some(Content::KernelInfoReply(Box::new(queries::kernel_info()))), false),
        _ => {
            let kind = &message.header.msg_type;
            (refusal(kind, &format!("this kernel does not support `{kind}` on its control channel")), false)
        }
    }
}
