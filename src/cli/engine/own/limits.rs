//! Names the limit on memory or on processes that a cell, a compiler or the session has reached.
//!
//! It decides nothing: that a limit was reached is known from an error, a signal or what was printed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Error, anyhow};

use super::process::Ended;
use super::process::system::{self, Limit};

/// A limit that was reached, and what to do: take less, or allow more.
pub struct Met {
    what: String,
    less: &'static str,
    more: &'static str,
}

/// What programs say whose memory has run out.
const OF_MEMORY: [&str; 6] = [
    "memory allocation of ",
    "Cannot allocate memory",
    "(os error 12)",
    "out of memory",
    "failed to map segment",
    "cannot allocate memory in static TLS",
];

/// What programs say that cannot start a process or a thread.
const OF_PROCESSES: [&str; 4] = ["Resource temporarily unavailable", "(os error 11)", "failed to spawn", "WouldBlock"];

/// What rustc says of the standard library if it cannot be read.
const UNREAD: [&str; 3] = ["only metadata stub found", "can't find crate for `std`", "can't find crate for `core`"];

/// A compiler needs so much address space, most of it for its own libraries.
const LEAST: u64 = 600_000_000;

/// With fewer left, a compiler does not start.
const FEW: u64 = 16;

/// The processes that the container had killed before.
static KILLS: AtomicU64 = AtomicU64::new(0);

impl Met {
    /// As the error of a cell: what happened, and the help in a line of its own.
    pub fn message(&self) -> String {
        format!("{}\nhelp: {}, or {}", self.what, self.less, self.more)
    }

    /// The same where a program reached it that the user has not written.
    pub fn by(&self, program: &str) -> String {
        format!("{program} failed: {}\nhelp: {}", self.what, self.more)
    }

    /// As the help of an error that names something else.
    pub fn help(&self) -> String {
        format!("{}: {}", self.more, self.what)
    }
}

impl fmt::Display for Met {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}, or {}", self.what, self.less, self.more)
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
    let less = "use smaller arrays";
    let Some(Limit { amount, option, .. }) = limit else {
        return Met { what: "the machine has no memory left".into(), less, more: "end other programs" };
    };
    let size = size(amount);
    match option {
        Some(option) => {
            Met { what: format!("the memory limit of {size} (`{option}`) was reached"), less, more: "raise the limit" }
        }
        None => {
            let more = "start the container with more memory";
            Met { what: format!("the container's memory limit of {size} was reached"), less, more }
        }
    }
}

/// An allocation was refused: a container does not refuse one, and neither does a machine whose memory is merely short.
fn of_allocation(limit: Option<Limit>) -> Option<Met> {
    limit.filter(|limit| limit.option.is_some()).map(|limit| of_memory(Some(limit)))
}

/// The container has killed a process.
fn of_container(limit: Option<Limit>) -> Met {
    let limit = limit.filter(|limit| limit.option.is_none());
    limit.map(|limit| of_memory(Some(limit))).unwrap_or(Met {
        what: "the container's memory limit was reached".into(),
        less: "use smaller arrays",
        more: "start the container with more memory",
    })
}

/// No process or thread could be started. That may be for want of memory: each thread takes a stack.
pub fn processes() -> Met {
    of_processes(system::process_limit(), system::memory_limit())
}

fn of_processes(limit: Option<Limit>, memory: Option<Limit>) -> Met {
    let less = "end some";
    match limit {
        Some(Limit { amount, option, .. }) if is_near(limit) => {
            let what = match option {
                Some(option) => format!("the limit of {amount} processes and threads (`{option}`) was reached"),
                None => format!("the container's limit of {amount} processes and threads was reached"),
            };
            Met { what, less, more: "raise the limit" }
        }
        _ if memory.is_some_and(|limit| limit.option.is_some()) => of_memory(memory),
        _ => Met {
            what: "the system allows no more processes or threads".into(),
            less,
            more: "raise the limit (`ulimit -u`, or the container's)",
        },
    }
}

fn is_near(limit: Option<Limit>) -> bool {
    limit.is_some_and(|limit| limit.left.is_none_or(|left| left < FEW))
}

/// The limit behind what a program printed, or an error says.
pub fn behind(text: &str) -> Option<Met> {
    if has(text, &OF_PROCESSES) {
        return Some(processes());
    }
    has(text, &OF_MEMORY).then(memory)
}

/// rustc maps the files of crates into its memory, and reports those that do not fit as missing.
pub fn unread(messages: &[serde_json::Value]) -> Option<Met> {
    unread_within(system::memory_limit(), messages)
}

fn unread_within(limit: Option<Limit>, messages: &[serde_json::Value]) -> Option<Met> {
    let is_unread = |message: &serde_json::Value| {
        message["message"].as_str().is_some_and(|text| UNREAD.iter().any(|words| text.starts_with(words)))
    };
    of_allocation(limit).filter(|_| messages.iter().any(is_unread))
}

/// What to know beforehand: with so little memory, rustc also misses what it could not read.
pub fn warning() -> Option<String> {
    let Limit { amount, option, .. } = system::memory_limit()?;
    let option = option.filter(|_| amount < LEAST)?;
    Some(format!(
        "the memory limit of {} (`{option}`) is small for rustc, whose errors may be due to it: raise it to {}",
        size(amount),
        size(LEAST)
    ))
}

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// The error, with the limit behind it.
pub fn explained(error: Error) -> Error {
    let text = format!("{error:#}");
    match behind(&text) {
        Some(met) => anyhow!("{text}\nhelp: {}", met.help()),
        None => error,
    }
}

/// The limit that a cell has reached which ended like this. The text is what it printed to stderr, or failed with.
pub fn of_cell(ended: &Ended, text: &str) -> Option<Met> {
    match ended {
        Ended::Killed { signal: 6, .. } if text.contains(OF_MEMORY[0]) => of_allocation(system::memory_limit()),
        Ended::Killed { signal: 9, .. } => {
            let kills = system::memory_kills();
            (KILLS.swap(kills, Ordering::Relaxed) < kills).then(|| of_container(system::memory_limit()))
        }
        Ended::Returned(_) if text.contains("failed to spawn thread") => Some(processes()),
        // Also said of a socket that has nothing to read.
        Ended::Returned(_) if has(text, &OF_PROCESSES) => {
            let left = system::process_limit().and_then(|limit| limit.left);
            left.is_some_and(|left| left < FEW).then(processes)
        }
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
                "the memory limit of 1.5 GB (`ulimit -v`) was reached: use smaller arrays, or raise the limit",
            ),
            (
                of_memory(of_group),
                "the container's memory limit of 512 MB was reached: use smaller arrays, or start the container with \
                 more memory",
            ),
            (of_memory(None), "the machine has no memory left: use smaller arrays, or end other programs"),
            (
                of_processes(limit(64, Some(2), Some("ulimit -u")), of_shell),
                "the limit of 64 processes and threads (`ulimit -u`) was reached: end some, or raise the limit",
            ),
            (
                of_processes(limit(100, Some(0), None), None),
                "the container's limit of 100 processes and threads was reached: end some, or raise the limit",
            ),
            // There are processes left, but no room for the stack of a thread.
            (
                of_processes(limit(4000, Some(3900), Some("ulimit -u")), of_shell),
                "the memory limit of 1.5 GB (`ulimit -v`) was reached: use smaller arrays, or raise the limit",
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

    /// The smaller limit may be the one that was not reached.
    #[test]
    fn a_refused_allocation_and_a_kill_have_each_their_own_limit() {
        let limit = |amount, option| Some(Limit { amount, left: None, option });
        let (of_shell, of_group) = (limit(2_000_000_000, Some("ulimit -v")), limit(512_000_000, None));
        assert!(of_allocation(None).is_none() && of_allocation(of_group).is_none());
        assert!(of_allocation(of_shell).unwrap().to_string().starts_with("the memory limit of 2.0 GB (`ulimit -v`)"));
        assert!(of_container(of_group).to_string().starts_with("the container's memory limit of 512 MB was reached"));
        assert!(of_container(of_shell).to_string().starts_with("the container's memory limit was reached"));
    }

    #[test]
    fn a_library_that_rustc_cannot_read_is_not_missing_where_memory_is_limited() {
        let said = |text: &str| serde_json::json!({ "message": text });
        let limit = |option| Some(Limit { amount: 400_000_000, left: None, option });
        let missing = [said("unused"), said("can't find crate for `std`")];
        assert!(unread_within(limit(Some("ulimit -v")), &missing).is_some());
        assert!(unread_within(limit(None), &missing).is_none() && unread_within(None, &missing).is_none());
        assert!(unread_within(limit(Some("ulimit -v")), &[said("can't find crate for `mine`")]).is_none());
    }

    #[test]
    fn only_what_a_limit_explains_is_explained() {
        let killed = |signal| Ended::Killed { signal, stack_overflow: false };
        let has_limit = of_allocation(system::memory_limit()).is_some();
        let cases = [
            (killed(6), "memory allocation of 64 bytes failed", has_limit),
            (killed(6), "thread caused non-unwinding panic", false),
            (killed(11), "memory allocation of 64 bytes failed", false),
            (Ended::Returned(1), "failed to spawn thread: Os { code: 11, kind: WouldBlock }", true),
            (Ended::Returned(1), "Resource temporarily unavailable (os error 11)", false),
            (Ended::NotLoaded("libcell-1.so: failed to map segment from shared object".into()), "", true),
            (Ended::NotLoaded("undefined symbol: f".into()), "", false),
            (Ended::NotLoaded("disk quota exceeded (os error 122)".into()), "", false),
        ];
        for (ended, text, expected) in cases {
            assert_eq!(of_cell(&ended, text).is_some(), expected, "{ended:?} {text}");
        }
    }
}
