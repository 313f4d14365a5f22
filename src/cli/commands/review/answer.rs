//! The user's answers in a review: one key at a terminal, a line from a pipe.
//!
//! The question is repeated until the answer is valid; the end of the input means `quit`.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::cli::streams;
use crate::cli::terminal::interrupt;
use crate::cli::terminal::keys::{Key, Keys};
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

impl Answer {
    fn of(text: &str) -> Option<Answer> {
        match text.trim().to_lowercase().as_str() {
            "a" | "accept" => Some(Answer::Accept),
            "r" | "reject" => Some(Answer::Reject),
            "s" | "skip" => Some(Answer::Skip),
            "q" | "quit" => Some(Answer::Quit),
            _ => None,
        }
    }

    /// Shown in the place of a key, which is not echoed.
    fn word(self) -> &'static str {
        match self {
            Answer::Accept => "accept",
            Answer::Reject => "reject",
            Answer::Skip => "skip",
            Answer::Quit | Answer::Interrupted => "quit",
        }
    }
}

/// Where answers come from.
pub enum Answers {
    Keys(Keys),
    /// Lines of stdin, read on a thread of their own so that Ctrl-C is noticed while waiting for one.
    Lines(Receiver<String>),
}

impl Answers {
    pub fn new() -> Answers {
        if let Some(keys) = Keys::begin() {
            return Answers::Keys(keys);
        }
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Answers::Lines(lines)
    }

    pub fn are_keys(&self) -> bool {
        matches!(self, Answers::Keys(_))
    }

    /// Asks until there is an answer.
    pub fn ask(&mut self) -> Answer {
        loop {
            streams::print!("{STRONG}accept, reject, skip or quit? [a/r/s/q]{STRONG:#} ");
            // A question that nobody sees has no answer.
            if streams::is_failed() {
                return Answer::Quit;
            }
            if let Some(answer) = self.answer() {
                return answer;
            }
            streams::println!("{QUIET}a stores the new output, r discards it, s leaves it for later, q quits{QUIET:#}");
        }
    }

    /// One answer; `None` if it is not valid.
    fn answer(&mut self) -> Option<Answer> {
        match self {
            Answers::Keys(keys) => {
                let key = loop {
                    match keys.next() {
                        // Enter after an answer, as it was needed once.
                        Key::Char('\n' | '\r') => {}
                        key => break key,
                    }
                };
                let answer = match key {
                    Key::Char(key) => Answer::of(key.encode_utf8(&mut [0; 4])),
                    Key::Arrow(_) | Key::Escape => None,
                    Key::End => Some(Answer::Quit),
                    Key::Interrupted => Some(Answer::Interrupted),
                };
                streams::println!("{}", answer.map_or("", Answer::word));
                answer
            }
            Answers::Lines(lines) => {
                let line = match line(lines) {
                    Ok(line) => line,
                    Err(answer) => {
                        streams::println!();
                        return Some(answer);
                    }
                };
                // Input from a pipe is not echoed by a terminal.
                streams::println!("{line}");
                Answer::of(&line)
            }
        }
    }
}

fn line(lines: &Receiver<String>) -> Result<String, Answer> {
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => return Ok(line),
            Err(RecvTimeoutError::Disconnected) => return Err(Answer::Quit),
            Err(RecvTimeoutError::Timeout) if interrupt::take() => return Err(Answer::Interrupted),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
