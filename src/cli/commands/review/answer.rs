//! The user's answers in a review: a letter and Enter, from a terminal or a pipe.
//!
//! The question is repeated until the answer is valid; the end of the input means `quit`.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::cli::terminal::interrupt;
use crate::cli::terminal::style::{QUIET, STRONG};

const TICK: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
    /// Ctrl-C
    Interrupted,
}

/// Lines of stdin, read on a thread of their own so that Ctrl-C is noticed while waiting for one.
pub struct Answers {
    lines: Receiver<String>,
    pub is_terminal: bool,
}

impl Answers {
    pub fn new() -> Answers {
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Answers { lines, is_terminal: std::io::stdin().is_terminal() }
    }

    /// Asks until there is an answer.
    pub fn ask(&self) -> Answer {
        loop {
            anstream::print!("{STRONG}accept, reject, skip or quit? [a/r/s/q]{STRONG:#} ");
            let _ = std::io::stdout().flush();
            let line = match self.line() {
                Ok(line) => line,
                Err(answer) => {
                    anstream::println!();
                    return answer;
                }
            };
            if !self.is_terminal {
                // Input from a pipe is not echoed by a terminal.
                anstream::println!("{line}");
            }
            match line.trim().to_lowercase().as_str() {
                "a" | "accept" => return Answer::Accept,
                "r" | "reject" => return Answer::Reject,
                "s" | "skip" => return Answer::Skip,
                "q" | "quit" => return Answer::Quit,
                _ => anstream::println!(
                    "{QUIET}a stores the new output, r discards it, s leaves it for later, q quits{QUIET:#}"
                ),
            }
        }
    }

    fn line(&self) -> Result<String, Answer> {
        loop {
            match self.lines.recv_timeout(TICK) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => return Err(Answer::Quit),
                Err(RecvTimeoutError::Timeout) if interrupt::take() => return Err(Answer::Interrupted),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}
