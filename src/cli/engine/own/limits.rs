//! Names the limit on memory or on processes that a cell, a compiler or the session has met.
//!
//! It decides nothing: that a limit was met is known from an error, a signal or what was printed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Error, anyhow};

use super::process::Ended;
use super::process::system::{self, Limit};

/// A limit that was met, and what to do.
pub struct Met {
    what: String,
    help: &'static str,
}

/// What programs say whose memory has run out.
const OF_MEMORY: [&str; 6] = [
    "memory allocation of ",
    "Cannot allocate memory",
    "os error 12",
    "out of memory",
    "failed to map segment",
    "cannot allocate memory in static TLS",
];

/// What programs say that cannot start a process or a thread.
const OF_PROCESSES: [&str; 4] = ["Resource temporarily unavailable", "os error 11", "failed to spawn thread", "WouldBlock"];

/// With fewer left, a compiler does not start.
const FEW: u64 = 16;

/// The processes that the container had killed before.
static KILLS: AtomicU64 = AtomicU64::new(0);

impl Met {
    /// As the error of a cell: what happened, and the help in a line of its own.
    pub fn message(&self) -> String {
        format!("{}\nhelp: {}", self.what, self.help)
    }
}

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.help)
    }
}

/// From now on, a process that the container kills for want of memory is noticed.
pub fn watch() {
    KILLS.store(system::memory_kills(), Ordering::Relaxed);
}

pub fn memory() -> Met {
    of_memory(system::memory_limit())
}

fn of_memory(limit: Option<Limit>) -> Met {
    let Some(Limit { amount, option, .. }) = limit else {
        return Met { what: "the machine has no memory left".into(), help: "use smaller arrays, or end other programs" };
    };
    let size = size(amount);
    match option {
        Some(option) => Met {
            what: format!("the limit on memory was met, {size} (`{option}`)"),
            help: "use smaller arrays, or raise the limit",
        },
        None => Met {
            what: format!("the container's limit on memory was met, {size}"),
            help: "use smaller arrays, or start the container with more",
        },
    }
}

/// No process or thread could be started. That may be for want of memory: each thread takes a stack.
pub fn processes() -> Met {
    of_processes(system::process_limit(), system::memory_limit())
}

fn of_processes(limit: Option<Limit>, memory: Option<Limit>) -> Met {
    match limit {
        Some(Limit { amount, left, option }) if left.is_none_or(|left| left < FEW) => {
            let (whose, option) = match option {
                Some(option) => ("the", format!(" (`{option}`)")),
                None => ("the container's", String::new()),
            };
            let what = format!("{whose} limit on processes and threads was met, {amount}{option}");
            Met { what, help: "end some, or raise the limit" }
        }
        _ if memory.is_some_and(|limit| limit.option.is_some()) => of_memory(memory),
        _ => Met {
            what: "the system allows no more processes or threads".into(),
            help: "end some, or raise the limit (`ulimit -u`, or the container's)",
        },
    }
}

/// The limit behind what a program printed, or an error says.
pub fn behind(text: &str) -> Option<Met> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&OF_PROCESSES) {
        return Some(processes());
    }
    has(&OF_MEMORY).then(memory)
}

/// The error, with the limit behind it.
pub fn explained(error: Error) -> Error {
    let text = format!("{error:#}");
    match behind(&text) {
        Some(met) => anyhow!("{text}\nhelp: {met}"),
        None => error,
    }
}

/// The limit that a cell has met which ended like this, after it printed this to stderr or failed with this message.
pub fn of_cell(ended: &Ended, text: &str) -> Option<Met> {
    match ended {
        Ended::Killed { signal: 6, .. } => text.contains(OF_MEMORY[0]).then(memory),
        Ended::Killed { signal: 9, .. } => {
            let kills = system::memory_kills();
            (KILLS.swap(kills, Ordering::Relaxed) < kills).then(memory)
        }
        Ended::Returned(_) => text.contains("failed to spawn thread").then(processes),
        Ended::NotLoaded(why) => behind(why),
        _ => None,
    }
}

/// `512 MB`, `1.5 GB`.
fn size(bytes: u64) -> String {
    if bytes >= 1_000_000_000 { format!("{:.1} GB", bytes as f64 / 1e9) } else { format!("{} MB", bytes / 1_000_000) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_named_with_what_to_do() {
        let limit = |amount, left, option| Some(Limit { amount, left, option });
        let (of_shell, of_group) = (limit(1_500_000_000, None, Some("ulimit -v")), limit(512_000_000, None, None));
        let cases = [
            (
                of_memory(of_shell),
                "the limit on memory was met, 1.5 GB (`ulimit -v`): use smaller arrays, or raise the limit",
            ),
            (
                of_memory(of_group),
                "the container's limit on memory was met, 512 MB: use smaller arrays, or start the container with more",
            ),
            (of_memory(None), "the machine has no memory left: use smaller arrays, or end other programs"),
            (
                of_processes(limit(64, Some(2), Some("ulimit -u")), of_shell),
                "the limit on processes and threads was met, 64 (`ulimit -u`): end some, or raise the limit",
            ),
            (
                of_processes(limit(100, Some(0), None), None),
                "the container's limit on processes and threads was met, 100: end some, or raise the limit",
            ),
            // There are processes left, but no room for the stack of a thread.
            (
                of_processes(limit(4000, Some(3900), Some("ulimit -u")), of_shell),
                "the limit on memory was met, 1.5 GB (`ulimit -v`): use smaller arrays, or raise the limit",
            ),
            (
                of_processes(None, of_group),
                "the system allows no more processes or threads: end some, or raise the limit (`ulimit -u`, or the \
                 container's)",
            ),
        ];
        for (met, expected) in cases {
            assert_eq!(met.to_string(), expected);
        }
    }

    #[test]
    fn only_what_a_limit_explains_is_explained() {
        let killed = |signal| Ended::Killed { signal, stack_overflow: false };
        let cases = [
            (killed(6), "memory allocation of 64 bytes failed", true),
            (killed(6), "thread caused non-unwinding panic", false),
            (killed(11), "memory allocation of 64 bytes failed", false),
            (Ended::Returned(1), "failed to spawn thread: Os { code: 11, kind: WouldBlock }", true),
            (Ended::Returned(1), "Resource temporarily unavailable (os error 11)", false),
            (Ended::NotLoaded("libcell-1.so: failed to map segment from shared object".into()), "", true),
            (Ended::NotLoaded("undefined symbol: f".into()), "", false),
        ];
        for (ended, text, expected) in cases {
            assert_eq!(of_cell(&ended, text).is_some(), expected, "{ended:?} {text}");
        }
    }
}
