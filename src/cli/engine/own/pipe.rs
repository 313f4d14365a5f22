//! Reads what a process writes, until something ends that.

use std::io::Read;
#[cfg(unix)]
pub use std::os::fd::AsFd as AsPipe;
#[cfg(windows)]
pub use std::os::windows::io::AsHandle as AsPipe;
use std::time::{Duration, Instant};

use super::compile::rustc::CompileEnd;
use super::stop::Stop;

/// Reads the output of a process to its end, a timeout or a stop; keeps the first `most` bytes.
pub fn read_output(
    pipe: impl Read + AsPipe,
    most: usize,
    started: Instant,
    timeout: Option<Duration>,
    stop: &Stop,
) -> (Vec<u8>, Option<CompileEnd>) {
    read_until(pipe, None, most, started, timeout, stop)
}

/// The same, and no further than to these words.
pub fn read_until(
    mut pipe: impl Read + AsPipe,
    words: Option<&[u8]>,
    most: usize,
    started: Instant,
    timeout: Option<Duration>,
    stop: &Stop,
) -> (Vec<u8>, Option<CompileEnd>) {
    let mut text = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        let left = timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
        if stop.is_set() {
            return (text, Some(CompileEnd::Interrupted));
        }
        if left == Some(Duration::ZERO) {
            return (text, Some(CompileEnd::TimedOut));
        }
        let wait = left.map_or(Duration::from_secs(1), |left| left.min(Duration::from_secs(1)));
        if is_ready(&pipe, stop, wait + Duration::from_millis(1)) {
            match pipe.read(&mut buffer) {
                Ok(0) => return (text, None),
                Ok(count) => {
                    let from = words.map_or(0, |words| text.len().saturating_sub(words.len()));
                    text.extend_from_slice(&buffer[..count.min(most - text.len())]);
                    if words.is_some_and(|words| has(&text[from..], words)) {
                        return (text, None);
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return (text, None),
            }
        }
    }
}

/// Waits until there is something to read, or the end of it, or a reason to look for.
#[cfg(unix)]
fn is_ready(pipe: &impl AsPipe, stop: &Stop, wait: Duration) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let wait = PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX);
    let mut fds = [pipe.as_fd(), stop.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    poll(&mut fds, wait).unwrap_or(0) > 0 && fds[0].revents().is_some_and(|events| !events.is_empty())
}

#[cfg(windows)]
fn is_ready(pipe: &impl AsPipe, stop: &Stop, wait: Duration) -> bool {
    use super::process::system::{available, is_closed};
    const TICK: Duration = Duration::from_millis(2);
    let until = Instant::now() + wait;
    while available(pipe) == 0 && !is_closed(pipe) && !stop.is_set() && Instant::now() < until {
        std::thread::sleep(TICK);
    }
    available(pipe) > 0 || is_closed(pipe)
}

/// Are these words in the text?
pub fn has(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|part| part == words)
}
