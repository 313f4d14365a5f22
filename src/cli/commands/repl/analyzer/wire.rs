//! The language server's process and its messages: JSON after a header with its length.
//!
//! What is asked is in `analyzer`.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// A server process, killed on drop.
pub struct Server {
    child: Child,
    stdin: ChildStdin,
    messages: Receiver<Value>,
    last: u64,
}

impl Server {
    pub fn start(folder: &Path) -> Result<Server> {
        let mut command = Command::new("rust-analyzer");
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Ctrl-C at the prompt must not reach it, and it must not download anything.
        command.env("CARGO_NET_OFFLINE", "true");
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take().context("it is piped")?, child.stdout.take().context("it is piped")?);
        let (outbox, messages) = channel();
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = read(&mut stdout) {
                if outbox.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Server { child, stdin, messages, last: 0 })
    }

    pub fn notify(&mut self, method: &str, parameters: Value) -> Result<()> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": parameters}))
    }

    /// Sends a request and waits for its answer; the server's own requests are answered with null.
    pub fn ask(&mut self, method: &str, parameters: Value, deadline: Instant) -> Result<Value> {
        self.last += 1;
        let id = self.last;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters}))?;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut message = self.messages.recv_timeout(left)?;
            let is_request = message.get("method").is_some();
            if is_request && let Some(id) = message.get("id") {
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null}))?;
            } else if message["id"].as_u64() == Some(id) {
                if let Some(error) = message.get("error") {
                    bail!("{error}");
                }
                return Ok(message["result"].take());
            }
        }
    }

    fn send(&mut self, message: &Value) -> Result<()> {
        let text = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        Ok(self.stdin.flush()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Longer than any answer.
const LONGEST: usize = 64 << 20;

/// The next message; `None` if the server has exited or sends anything else.
fn read(from: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse::<usize>().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut bytes = vec![0; length.filter(|length| *length < LONGEST)?];
    from.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_in_order() {
        let text = "Content-Length: 8\r\nContent-Type: x\r\n\r\n{\"id\":1}content-length: 2\r\n\r\n[]\
                    Content-Length: 9\r\n\r\n{";
        let mut from = text.as_bytes();
        assert_eq!(read(&mut from), Some(json!({"id": 1})));
        assert_eq!(read(&mut from), Some(json!([])));
        assert_eq!(read(&mut from), None);
        assert_eq!(read(&mut &b"Content-Length: 99999999999\r\n\r\n"[..]), None);
    }
}
