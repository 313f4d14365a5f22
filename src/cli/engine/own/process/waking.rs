//! A worker that starts or is woken: waits for it, and notes what it could not keep.

use std::time::Instant;

use anyhow::{Result, bail};

use super::forking::{Forking, PATIENCE};
use super::wire::{FromSupervisor, FromWorker, Received};

impl Forking {
    /// Waits until the worker `pid` (any, if 0) reports that it is ready, and the supervisor what is left of others.
    pub(super) fn wait_ready(&mut self, pid: i32) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let (mut is_ready, mut is_woken) = (false, pid == 0);
        while Instant::now() < deadline {
            // Either report may be the last: then nothing more arrives.
            if is_ready && is_woken {
                return Ok(());
            }
            let _ = self.wait_channels(deadline);
            while !is_ready && let Received::Message(message) = self.control.try_receive::<FromWorker>()? {
                match message {
                    FromWorker::Ready { pid: ready, woken, restarted } if pid == woken => {
                        self.worker = ready;
                        self.restarted = restarted;
                        is_ready = true;
                    }
                    FromWorker::Lost { name, kinds } => self.note_lost(name, &kinds),
                    _ => {}
                }
            }
            match self.orders.try_receive::<FromSupervisor>()? {
                Received::Message(FromSupervisor::Ended { pid: ended, .. }) if pid == ended => break,
                Received::Message(FromSupervisor::Woken { survivors }) => {
                    is_woken = true;
                    self.note_survivors(&survivors);
                }
                Received::Closed => break,
                _ => {}
            }
        }
        let mut printed = Vec::new();
        self.streams.drain(&mut |_, bytes| printed.extend_from_slice(bytes));
        bail!("the process for the cells did not start: {}", String::from_utf8_lossy(&printed).trim())
    }

    fn note_lost(&mut self, name: String, kinds: &str) {
        if name.is_empty() {
            self.notes.push("sockets, pipes and locks of earlier cells were closed with the process".to_owned());
        } else {
            self.notes.push(format!("variable `{name}` was dropped: its {kinds} closed with the process"));
            self.lost.push(name);
        }
    }

    fn note_survivors(&mut self, survivors: &str) {
        for (name, pid) in survivors.lines().filter_map(|line| line.rsplit_once(' ')) {
            self.notes.push(format!(
                "process {pid} (`{name}`) of an earlier cell still runs: it can be killed, but no longer waited for"
            ));
        }
    }
}
