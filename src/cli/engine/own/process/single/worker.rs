//! The process itself: loads cells and runs them on its main thread, one after the other.

use std::io::{self, PipeReader, PipeWriter, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::super::loader::{load_cell, load_layers};
use super::super::moving;
use super::super::store::{self, API};
use super::super::system;
use super::super::wire::worker_side::{self, BROKEN, LOADED, Talk, exit, report};
use super::super::wire::{Frames, FromWorker, ToWorker};
use super::ENV;
use super::pipe::{Inlet, send};

/// The two pipes to the session.
struct Session {
    orders: Mutex<Inlet>,
    answers: Mutex<PipeWriter>,
}

impl Talk for Session {
    fn tell(&self, message: &FromWorker) -> io::Result<()> {
        send(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner), message)
    }

    fn tell_in_handler(&self, packet: &[u8]) {
        if let Ok(mut answers) = self.answers.try_lock() {
            let _ = answers.write_all(&Frames::head(packet)).and_then(|()| answers.write_all(packet));
        }
    }

    fn hear(&self) -> io::Result<Option<ToWorker>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).wait()
    }
}

/// If a session started this process as its child, does that work and never returns.
pub fn hook() {
    let Ok(numbers) = std::env::var(ENV) else { return };
    // SAFETY: called first in `main`, when no other thread exists. Removed, because programs that a cell starts must
    // not see it.
    unsafe { std::env::remove_var(ENV) };
    let Some((orders, answers)) = numbers.split_once(',') else { return };
    let (Ok(orders), Ok(answers)) = (orders.parse(), answers.parse()) else { return };
    // SAFETY: our parent passed these two for us.
    let (orders, answers) = unsafe { (system::of_number(orders), system::of_number(answers)) };
    for end in [&orders, &answers] {
        let _ = system::set_inherited(end, false);
    }
    let (orders, answers) = (Inlet::new(PipeReader::from(orders)), PipeWriter::from(answers));
    let session = Session { orders: Mutex::new(orders), answers: Mutex::new(answers) };
    run(Box::leak(Box::new(session)))
}

fn run(session: &'static Session) -> ! {
    worker_side::connect(session);
    #[cfg(unix)]
    super::super::worker::watch_stack();
    #[cfg(windows)]
    system::watch_stack();
    worker_side::send(&FromWorker::Ready { pid: std::process::id().cast_signed(), woken: 0, restarted: None });
    loop {
        match session.hear() {
            Ok(Some(ToWorker::Run { library, layers, symbol, shares, .. })) => {
                run_cell(&layers, &library, &symbol, shares);
            }
            Ok(Some(ToWorker::Draw { id, values })) => moving::draw(id, &values),
            Ok(Some(order)) => store::obey(order),
            _ => exit(BROKEN),
        }
    }
}

fn run_cell(layers: &[String], library: &str, symbol: &str, shares: bool) {
    let begun = Instant::now();
    let loaded = load_layers(layers).and_then(|()| load_cell(library, symbol));
    if shares && loaded.is_ok() {
        #[cfg(unix)]
        super::super::share::share_statics(library);
    }
    report(LOADED, begun.elapsed().as_micros().to_string().as_bytes());
    let answer = match loaded {
        // SAFETY: a cell that our own compiler made against this very table.
        Ok(cell) => FromWorker::Done { code: unsafe { cell(&API) } },
        Err(why) => FromWorker::NotLoaded(why),
    };
    moving::report_shown();
    worker_side::send(&answer);
}
