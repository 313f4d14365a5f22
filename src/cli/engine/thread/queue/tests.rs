//! The queue with a session that echoes its cells.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::cli::engine::{Interrupter, Question, Reader, Variable};
use crate::cli::outcome::{Output, Stream};

/// Prints each cell; `wait` waits for an interrupt, `ask` prints a line from stdin.
#[derive(Default)]
struct Echo {
    stopped: Arc<AtomicBool>,
    reader: Option<Reader>,
}

impl Session for Echo {
    fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        if code == "wait" {
            events(Event::Progress("compiling".into()));
        }
        while code == "wait" && !self.stopped.swap(false, Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut text = code.to_owned();
        if code == "ask" {
            let answer = self.reader.as_mut().and_then(|reader| reader(&Question::default()));
            text = answer.unwrap_or_else(|| "end of input".into());
        }
        Ok(Outcome { outputs: vec![Output::Stream { stream: Stream::Stdout, text }], ..Outcome::default() })
    }

    fn variables(&mut self) -> Vec<Variable> {
        vec![Variable { name: "x".into(), type_name: "i32".into() }]
    }

    fn reset(&mut self) -> Result<()> {
        Ok(())
    }

    fn limit(&mut self, _: Option<Duration>, _: Option<Duration>) {}

    fn set_reader(&mut self, reader: Option<Reader>) {
        self.reader = reader;
    }

    fn interrupter(&self) -> Interrupter {
        let stopped = Arc::clone(&self.stopped);
        Interrupter::new(move || stopped.store(true, Ordering::Relaxed))
    }
}

fn echo() -> Queue {
    Queue::start(|| Ok(Box::new(Echo::default())))
}

fn text(outcome: Option<Result<Outcome>>) -> String {
    match &outcome.expect("an outcome").expect("a session").outputs[0] {
        Output::Stream { text, .. } => text.clone(),
        Output::Rich { .. } => String::new(),
    }
}

#[test]
fn each_ticket_gets_its_own_outcome() {
    let mut queue = echo();
    let (one, two) = (queue.run("one"), queue.run("two"));
    assert_eq!(text(queue.wait(two, &mut |_| Reply::Continue)), "two");
    assert_eq!(text(queue.poll(one)), "one");
    assert!(!queue.is_busy());
    assert_eq!(queue.definitions().variables[0].name, "x");
}

#[test]
fn a_running_cell_is_interrupted_and_a_queued_one_cancelled() {
    let mut queue = echo();
    let (running, queued) = (queue.run("wait"), queue.run("never"));
    assert!(queue.wait(queued, &mut |_| Reply::Stop).is_none());
    let mut ticks = 0;
    let outcome = queue.wait(running, &mut |_| {
        ticks += 1;
        if ticks > 1 { Reply::Stop } else { Reply::Continue }
    });
    assert_eq!(text(outcome), "wait");
    let after = queue.run("after");
    assert_eq!(text(queue.wait(after, &mut |_| Reply::Continue)), "after");
}

#[test]
fn earlier_progress_is_repeated_to_a_caller_that_waits_later() {
    let mut queue = echo();
    let (running, queued) = (queue.run("wait"), queue.run("next"));
    while queue.doing.as_ref().is_none_or(|(whose, _)| *whose != running) {
        queue.is_busy();
    }
    let mut heard = Vec::new();
    queue.wait(queued, &mut |update| {
        if let Update::Behind(text) = update {
            heard.push(text);
        }
        Reply::Stop
    });
    assert_eq!(heard, ["compiling"]);
}

#[test]
fn a_session_that_does_not_start_gives_the_reason_each_time() {
    let mut queue = Queue::start(|| Err(anyhow!("no compiler")));
    let ticket = queue.run("1");
    let error = queue.wait(ticket, &mut |_| Reply::Continue).expect("an answer").expect_err("no session");
    assert_eq!(error.to_string(), "no compiler");
    assert_eq!(queue.start_failure().map(|error| error.to_string()).as_deref(), Some("no compiler"));
}

#[test]
fn a_dead_thread_fails_every_request() {
    let mut queue = Queue::start(|| panic!("the engine's own mistake"));
    for _ in 0..2 {
        let ticket = queue.run("1");
        let error = queue.wait(ticket, &mut |_| Reply::Continue).expect("an answer").expect_err("no session");
        assert_eq!(error.to_string(), "the live session has ended");
    }
    assert!(!queue.is_busy());
}

#[test]
fn a_cell_that_reads_a_line_is_answered_or_interrupted() {
    for (answer, printed) in [(Some("a line"), "a line"), (None, "end of input")] {
        let (outbox, messages) = channel();
        let thread = SessionThread::start(|| Ok(Box::new(Echo::default())), move |message| drop(outbox.send(message)));
        let ticket = thread.run("ask", true);
        let mut unanswered = Vec::new();
        let outcome = loop {
            match messages.recv().expect("the thread lives") {
                Message::Question(_, sender) => match answer {
                    Some(line) => sender.send(Some(line.to_owned())).expect("the cell waits"),
                    None => {
                        thread.interrupt();
                        unanswered.push(sender);
                    }
                },
                Message::Done(whose, outcome) if whose == ticket => break outcome,
                _ => {}
            }
        };
        assert_eq!(text(Some(*outcome)), printed);
    }
}
