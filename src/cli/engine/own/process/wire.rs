//! The messages between a session and its processes, one packet each, on socket pairs of their own.
//!
//! What a cell prints never comes this way.

#[cfg(unix)]
mod channel;
mod frames;
pub mod worker_side;

#[cfg(unix)]
pub use channel::{Channel, Received, wait_readable};
pub use frames::Frames;

/// The largest body of one packet; longer reports are split.
pub const PIECE: usize = 32 * 1024;

/// To the worker, which runs the cells.
#[derive(Clone, Debug, PartialEq)]
pub enum ToWorker {
    /// Load the `layers` unless they are loaded, then the library, and call its function; `reads` says whether stdin is
    /// answered or empty, `shares` whether the library has a list of statics.
    Run { library: String, layers: Vec<String>, symbol: String, reads: bool, shares: bool },
    /// Drop a variable.
    Forget(String),
    /// Lose a variable without dropping it.
    Leak(String),
    /// Continue after an ordered report.
    GoOn,
    /// Draw what a cell has left to be moved, with these values.
    Draw { id: u64, values: Vec<f64> },
    /// Drop what a cell has left to be moved.
    EndMoving { id: u64 },
    /// Drop all variables, the last one first, and end.
    End,
}

/// From the worker.
#[derive(Clone, Debug, PartialEq)]
pub enum FromWorker {
    /// Ready for the first cell, or awake again, perhaps with crates that had to begin anew. `woken` is the checkpoint
    /// that this was, or 0.
    Ready {
        pid: i32,
        woken: i32,
        restarted: Option<Restarted>,
    },
    /// A checkpoint of the present state exists; the `threads` that ran beside the loop are not in it. `size` is what
    /// the worker occupied at its largest.
    Frozen {
        pid: i32,
        threads: u64,
        size: u64,
    },
    NotFrozen {
        errno: i32,
    },
    /// A woken checkpoint has dropped this variable: its descriptors, of these kinds, were closed when it was frozen.
    /// Without a name: some were, and it is unknown which variables own them.
    Lost {
        name: String,
        kinds: String,
    },
    /// A piece of a report; `more` says whether another one follows.
    Report {
        kind: u32,
        more: bool,
        bytes: Vec<u8>,
    },
    /// The process is about to die of a stack overflow.
    Overflowed,
    /// The library's own copies of these statics are used, as it could not be led to those of earlier libraries.
    NotShared(String),
    NotLoaded(String),
    Done {
        code: u32,
    },
}

/// The state of the crates is that of a new session, as threads of theirs are gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restarted {
    /// Those that had the threads.
    pub crates: Vec<String>,
    /// What was dropped because it may hold such a thread.
    pub variables: Vec<String>,
}

/// To the supervisor, which starts, wakes and reaps.
#[cfg(unix)]
#[derive(Clone, Debug, PartialEq)]
pub enum ToSupervisor {
    /// Kill the worker; its end is reported like any other.
    Kill,
    /// After the worker's end: this checkpoint becomes the worker. `keep` and what earlier cells started stay; all
    /// other children are killed.
    Wake { pid: i32, keep: Vec<i32> },
    /// After the worker's end: start an empty one.
    Restart,
    /// Kill this checkpoint.
    Discard { pid: i32 },
}

/// From the supervisor.
#[cfg(unix)]
#[derive(Clone, Debug, PartialEq)]
pub enum FromSupervisor {
    /// The worker, or a checkpoint, ended with this wait status.
    Ended { pid: i32, status: i32 },
    /// The checkpoint is being woken; these processes of earlier cells still run: their names and numbers, in lines.
    Woken { survivors: String },
}

/// A message that fits into one packet.
pub trait Message: Sized {
    fn encode(&self) -> Vec<u8>;
    fn decode(packet: &[u8]) -> Option<Self>;
}

impl Message for ToWorker {
    fn encode(&self) -> Vec<u8> {
        match self {
            ToWorker::Run { library, layers, symbol, reads, shares } => {
                // No path contains a null.
                let all: Vec<&str> = [symbol, library].into_iter().chain(layers).map(String::as_str).collect();
                packet(0, &[u64::from(*reads), u64::from(*shares)], all.join("\0").as_bytes())
            }
            ToWorker::Forget(name) => packet(1, &[], name.as_bytes()),
            ToWorker::GoOn => packet(2, &[], &[]),
            ToWorker::End => packet(3, &[], &[]),
            ToWorker::Leak(name) => packet(4, &[], name.as_bytes()),
            ToWorker::Draw { id, values } => {
                let numbers: Vec<u64> = std::iter::once(*id).chain(values.iter().map(|it| it.to_bits())).collect();
                packet(5, &numbers, &[])
            }
            ToWorker::EndMoving { id } => packet(6, &[*id], &[]),
        }
    }

    fn decode(packet: &[u8]) -> Option<Self> {
        let (kind, mut rest) = packet.split_first()?;
        Some(match kind {
            0 => {
                let (reads, shares) = (number(&mut rest)? != 0, number(&mut rest)? != 0);
                let mut all = rest.split(|&byte| byte == 0).map(text);
                ToWorker::Run { symbol: all.next()?, library: all.next()?, layers: all.collect(), reads, shares }
            }
            1 => ToWorker::Forget(text(rest)),
            2 => ToWorker::GoOn,
            3 => ToWorker::End,
            4 => ToWorker::Leak(text(rest)),
            5 => {
                let id = number(&mut rest)?;
                ToWorker::Draw { id, values: std::iter::from_fn(|| number(&mut rest)).map(f64::from_bits).collect() }
            }
            6 => ToWorker::EndMoving { id: number(&mut rest)? },
            _ => return None,
        })
    }
}

/// The whole packet of [`FromWorker::Overflowed`], for a signal handler, which must not allocate.
pub const OVERFLOWED: [u8; 1] = [4];

impl Message for FromWorker {
    fn encode(&self) -> Vec<u8> {
        match self {
            FromWorker::Ready { pid, woken, restarted } => {
                let names = restarted.as_ref().map(|it| format!("{};{}", it.crates.join(","), it.variables.join(",")));
                packet(0, &[*pid as u64, *woken as u64], names.unwrap_or_default().as_bytes())
            }
            FromWorker::Frozen { pid, threads, size } => packet(1, &[*pid as u64, *threads, *size], &[]),
            FromWorker::NotFrozen { errno } => packet(2, &[*errno as u64], &[]),
            FromWorker::Report { kind, more, bytes } => packet(3, &[u64::from(*kind), u64::from(*more)], bytes),
            FromWorker::Overflowed => OVERFLOWED.to_vec(),
            FromWorker::NotLoaded(why) => packet(5, &[], why.as_bytes()),
            FromWorker::Done { code } => packet(6, &[u64::from(*code)], &[]),
            FromWorker::NotShared(names) => packet(8, &[], names.as_bytes()),
            FromWorker::Lost { name, kinds } => packet(7, &[kinds.len() as u64], format!("{kinds}{name}").as_bytes()),
        }
    }

    fn decode(packet: &[u8]) -> Option<Self> {
        let (kind, mut rest) = packet.split_first()?;
        Some(match kind {
            0 => {
                let (pid, woken) = (number(&mut rest)? as i32, number(&mut rest)? as i32);
                let names = text(rest);
                let list = |names: &str| names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
                let restarted = names.split_once(';');
                let restarted =
                    restarted.map(|(crates, variables)| Restarted { crates: list(crates), variables: list(variables) });
                FromWorker::Ready { pid, woken, restarted }
            }
            1 => {
                let pid = number(&mut rest)? as i32;
                FromWorker::Frozen { pid, threads: number(&mut rest)?, size: number(&mut rest)? }
            }
            2 => FromWorker::NotFrozen { errno: number(&mut rest)? as i32 },
            3 => {
                let kind = number(&mut rest)? as u32;
                FromWorker::Report { kind, more: number(&mut rest)? != 0, bytes: rest.to_vec() }
            }
            4 => FromWorker::Overflowed,
            5 => FromWorker::NotLoaded(text(rest)),
            6 => FromWorker::Done { code: number(&mut rest)? as u32 },
            7 => {
                let length = number(&mut rest)? as usize;
                let (kinds, name) = rest.split_at_checked(length)?;
                FromWorker::Lost { name: text(name), kinds: text(kinds) }
            }
            8 => FromWorker::NotShared(text(rest)),
            _ => return None,
        })
    }
}

#[cfg(unix)]
impl Message for ToSupervisor {
    fn encode(&self) -> Vec<u8> {
        match self {
            ToSupervisor::Kill => packet(0, &[], &[]),
            ToSupervisor::Wake { pid, keep } => {
                let pids: Vec<u64> = std::iter::once(pid).chain(keep).map(|pid| *pid as u64).collect();
                packet(1, &pids, &[])
            }
            ToSupervisor::Restart => packet(2, &[], &[]),
            ToSupervisor::Discard { pid } => packet(3, &[*pid as u64], &[]),
        }
    }

    fn decode(packet: &[u8]) -> Option<Self> {
        let (kind, mut rest) = packet.split_first()?;
        Some(match kind {
            0 => ToSupervisor::Kill,
            1 => {
                let pid = number(&mut rest)? as i32;
                let keep = std::iter::from_fn(|| number(&mut rest)).map(|pid| pid as i32).collect();
                ToSupervisor::Wake { pid, keep }
            }
            2 => ToSupervisor::Restart,
            3 => ToSupervisor::Discard { pid: number(&mut rest)? as i32 },
            _ => return None,
        })
    }
}

#[cfg(unix)]
impl Message for FromSupervisor {
    fn encode(&self) -> Vec<u8> {
        match self {
            FromSupervisor::Ended { pid, status } => packet(0, &[*pid as u64, *status as u64], &[]),
            FromSupervisor::Woken { survivors } => packet(1, &[], survivors.as_bytes()),
        }
    }

    fn decode(packet: &[u8]) -> Option<Self> {
        let (kind, mut rest) = packet.split_first()?;
        Some(match kind {
            0 => FromSupervisor::Ended { pid: number(&mut rest)? as i32, status: number(&mut rest)? as i32 },
            1 => FromSupervisor::Woken { survivors: text(rest) },
            _ => return None,
        })
    }
}

fn packet(kind: u8, numbers: &[u64], rest: &[u8]) -> Vec<u8> {
    let mut packet = vec![kind];
    for number in numbers {
        packet.extend(number.to_le_bytes());
    }
    packet.extend(rest);
    packet
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let (number, after) = rest.split_first_chunk::<8>()?;
    *rest = after;
    Some(u64::from_le_bytes(*number))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    fn survives<M: Message + PartialEq + std::fmt::Debug>(message: M) {
        let (one, other) = Channel::pair().unwrap();
        one.send(&message).unwrap();
        assert_eq!(other.receive::<M>().unwrap(), Some(message));
        assert_eq!(other.try_receive::<M>().unwrap(), Received::Nothing);
        drop(one);
        assert_eq!(other.try_receive::<M>().unwrap(), Received::Closed);
    }

    #[test]
    fn every_message_arrives_as_it_was_sent() {
        for layers in [vec![], vec!["/tmp/liba.so".into(), "/tmp/ü/libb.so".into()]] {
            let (library, symbol) = ("/tmp/ü/libcell_1.so".into(), "fp_cell_1".into());
            survives(ToWorker::Run { library, layers, symbol, reads: true, shares: false });
        }
        survives(ToWorker::Forget("x".into()));
        survives(ToWorker::Leak("x".into()));
        survives(ToWorker::GoOn);
        survives(ToWorker::End);
        survives(ToWorker::Draw { id: u64::MAX, values: vec![0.5, -1e300] });
        survives(ToWorker::EndMoving { id: 7 });
        let all = Restarted { crates: vec!["rayon_core".into()], variables: vec!["a".into(), "r#b".into()] };
        for restarted in [None, Some(Restarted::default()), Some(all)] {
            survives(FromWorker::Ready { pid: 7, woken: 6, restarted });
        }
        survives(FromWorker::Frozen { pid: 7, threads: 2, size: 1 << 40 });
        survives(FromWorker::NotFrozen { errno: 12 });
        survives(FromWorker::Report { kind: 300, more: true, bytes: vec![255; PIECE] });
        survives(FromWorker::Overflowed);
        survives(FromWorker::NotLoaded("no such file".into()));
        survives(FromWorker::NotShared("`A`, `f::B`".into()));
        survives(FromWorker::Done { code: 3 });
        survives(FromWorker::Lost { name: "l".into(), kinds: "pipe and socket".into() });
        survives(ToSupervisor::Kill);
        survives(ToSupervisor::Wake { pid: 7, keep: vec![8, 9] });
        survives(ToSupervisor::Restart);
        survives(ToSupervisor::Discard { pid: 7 });
        survives(FromSupervisor::Ended { pid: 7, status: -1 });
        survives(FromSupervisor::Woken { survivors: "sleep 7\nsh 8".into() });
    }
}
