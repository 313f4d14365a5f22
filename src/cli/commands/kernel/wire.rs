//! Receiving and publishing messages: signatures are checked, malformed requests are answered with an error.
//!
//! The sockets are those of `jupyter-zmq-client`; requests are carried out elsewhere.

use std::collections::{HashSet, VecDeque};

use jupyter_protocol::{Header, JupyterMessage, JupyterMessageContent, UnknownMessage};
use jupyter_zmq_client::{KernelIoPubConnection, RawMessage, RouterRecvConnection};
use serde_json::{Value, json};

use crate::cli::streams;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::SocketRecv;

/// A message received on a socket.
pub enum Incoming {
    /// A message of the protocol, or an `UnknownMessage`.
    Message(JupyterMessage),
    /// Signed and with a readable header, but without the content that its type requires; and why.
    Broken(JupyterMessage, String),
}

/// The signatures that were received: a signed message that comes again was not sent by its front end.
#[derive(Default)]
pub struct Heard {
    signatures: HashSet<Vec<u8>>,
    in_order: VecDeque<Vec<u8>>,
}

/// As many as Jupyter remembers.
const MOST_HEARD: usize = 1 << 16;

impl Heard {
    /// Whether a signature is new; it is remembered then. Messages without a signature are always new.
    fn is_new(&mut self, signature: Vec<u8>) -> bool {
        if signature.is_empty() {
            return true;
        }
        if !self.signatures.insert(signature.clone()) {
            return false;
        }
        self.in_order.push_back(signature);
        if self.in_order.len() > MOST_HEARD
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.signatures.remove(&oldest);
        }
        true
    }
}

/// The part between the identities and the signature.
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// The next message that can be answered; others are logged and skipped.
pub async fn receive(connection: &mut RouterRecvConnection, heard: &mut Heard) -> Incoming {
    loop {
        let raw = match connection.socket.recv().await {
            Ok(parts) => {
                let signature = parts.iter().skip_while(|part| part[..] != *DELIMITER).nth(1);
                let signature = signature.map(|part| part.to_vec()).unwrap_or_default();
                let raw = RawMessage::from_multipart(parts, &connection.mac).map_err(|error| error.to_string());
                raw.and_then(|raw| if heard.is_new(signature) { Ok(raw) } else { Err("it came before".into()) })
            }
            Err(error) => {
                // The peer may be gone or not connected yet: do not spin.
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                Err(error.to_string())
            }
        };
        match raw.and_then(read) {
            Ok(incoming) => return incoming,
            Err(why) => log(&format!("skipped a message: {why}")),
        }
    }
}

/// Jupyter logs what a kernel writes to stderr.
pub fn log(message: &str) {
    streams::eprintln!("forward-pass kernel: {message}");
}

fn read(raw: RawMessage) -> Result<Incoming, String> {
    let [header, parent, metadata, content, buffers @ ..] = raw.jparts.as_slice() else {
        return Err("it has fewer than four parts".into());
    };
    let header: Header = serde_json::from_slice(header).map_err(|error| format!("its header: {error}"))?;
    let kind = header.msg_type.clone();
    let with = |content| JupyterMessage {
        zmq_identities: raw.zmq_identities.clone(),
        header: header.clone(),
        parent_header: serde_json::from_slice(parent).ok(),
        metadata: serde_json::from_slice(metadata).unwrap_or_else(|_| json!({})),
        content,
        buffers: buffers.to_vec(),
        channel: None,
    };
    let unknown = || with(UnknownMessage { msg_type: kind.clone(), content: json!({}) }.into());
    let content: Value = match serde_json::from_slice(content) {
        Ok(content) => content,
        Err(error) => return Ok(Incoming::Broken(unknown(), format!("its content is not JSON: {error}"))),
    };
    match JupyterMessageContent::from_type_and_content(&kind, with_defaults(&kind, content)) {
        Ok(content) => Ok(Incoming::Message(with(content))),
        Err(error) => Ok(Incoming::Broken(unknown(), error.to_string())),
    }
}

/// Adds the protocol's defaults for fields that older front ends leave out.
fn with_defaults(kind: &str, mut content: Value) -> Value {
    let defaults = match kind {
        "execute_request" => json!({"silent": false, "store_history": true, "user_expressions": {}}),
        "history_request" => {
            json!({"output": false, "raw": true, "n": 1000, "unique": false, "start": 0, "stop": 1000000})
        }
        "shutdown_request" => json!({"restart": false}),
        _ => return content,
    };
    if let (Some(content), Value::Object(defaults)) = (content.as_object_mut(), defaults) {
        for (name, value) in defaults {
            content.entry(name).or_insert(value);
        }
    }
    content
}

/// The error reply to a request that cannot be carried out.
pub fn refusal(kind: &str, why: &str) -> Option<JupyterMessageContent> {
    let name = kind.strip_suffix("_request")?;
    let content = json!({
        "status": "error", "ename": "BadRequest", "evalue": why, "traceback": [], "execution_count": 0,
        "matches": [], "cursor_start": 0, "cursor_end": 0, "metadata": {}, "data": {}, "found": false, "history": [],
    });
    Some(UnknownMessage { msg_type: format!("{name}_reply"), content }.into())
}

/// Publishes to every front end.
#[derive(Clone)]
pub struct Publisher(UnboundedSender<JupyterMessage>);

impl Publisher {
    /// The publisher, and the task that sends its messages.
    pub fn new(socket: KernelIoPubConnection) -> (Publisher, impl Future<Output = ()>) {
        let (sender, receiver) = unbounded_channel();
        (Publisher(sender), send_all(socket, receiver))
    }

    /// Publishes a message that `parent` caused.
    pub fn publish(&self, content: impl Into<JupyterMessageContent>, parent: Option<&JupyterMessage>) {
        self.publish_with(content, parent, json!({}));
    }

    /// The same with metadata.
    pub fn publish_with(
        &self,
        content: impl Into<JupyterMessageContent>,
        parent: Option<&JupyterMessage>,
        metadata: Value,
    ) {
        let message = JupyterMessage::new(content, parent).with_zmq_identities(Vec::new());
        let message = JupyterMessage { metadata, ..message };
        // The sending task may have ended before.
        let _ = self.0.send(message);
    }
}

async fn send_all(mut socket: KernelIoPubConnection, mut messages: UnboundedReceiver<JupyterMessage>) {
    while let Some(message) = messages.recv().await {
        if let Err(error) = socket.send(message).await {
            log(&format!("cannot send a message: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_new_once() {
        let mut heard = Heard::default();
        let signature = |n: usize| n.to_string().into_bytes();
        assert!((0..MOST_HEARD).all(|n| heard.is_new(signature(n))));
        assert!(!(0..MOST_HEARD).any(|n| heard.is_new(signature(n))));
        assert!(heard.is_new(Vec::new()) && heard.is_new(Vec::new()));
        assert!(heard.is_new(signature(MOST_HEARD)) && heard.is_new(signature(0)), "the oldest is forgotten");
    }
}
