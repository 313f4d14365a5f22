//! Completion and help for Rust that is being written: one code for the prompt and for the kernel.
//!
//! It reads text: the session's items, the index of std, the sources of loaded crates. It runs nothing and asks no
//! session. It works on a thread of its own, which keeps what it has read, and is not waited for if it is slow.

mod candidate;
mod crates;
mod cursor;
pub mod help;
mod infer;
mod members;
mod names;
mod offer;
mod outline;
mod page;
mod scope;
mod implements;
mod index;
mod ty;
mod words;
mod world;
mod written;

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SendError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use candidate::{Candidate, Sort};
use infer::Infer;
use outline::Outline;
use ty::Ty;
use world::World;

use super::dependency::Dependency;
use super::split::depth::is_within_limits;
use crate::cli::memory;

/// The names that can be offered.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The session's variables with their types.
    pub variables: Vec<(String, String)>,
    /// The session's functions, types and other items.
    pub items: Vec<String>,
    /// The library's public names, for commands about the library.
    pub library: Vec<String>,
    /// The source of what later cells see: `:dep` lines and items, or else the cells that ran.
    pub sources: Vec<String>,
    /// Where files are looked for.
    pub folder: PathBuf,
}

/// How long a key waits. An unoptimised build is ten times as slow.
const PATIENCE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1800 } else { 180 });
/// What has been read takes more memory than the rest of an idle session.
const REST: Duration = Duration::from_secs(60);
/// For the deepest code that is parsed at all.
const STACK: usize = 256 << 20;

/// Whether the common parts of the index have been read.
static HAS_READ: AtomicBool = AtomicBool::new(false);

type Job = Box<dyn FnOnce() + Send>;

/// The thread that completes. It ends after a while without keys, and all that it has read with it.
static WORKER: Mutex<Option<Sender<Job>>> = Mutex::new(None);

/// `None` without a thread for it.
fn start_worker(rest: Duration) -> Option<Sender<Job>> {
    let (sender, jobs) = channel::<Job>();
    HAS_READ.store(false, Ordering::Relaxed);
    let work = move || {
        while let Ok(job) = jobs.recv_timeout(rest) {
            // A place that cannot be read offers nothing.
            drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)));
        }
    };
    let thread = std::thread::Builder::new().name("completion".into()).stack_size(STACK).spawn(work).ok()?;
    // What it has read is its own, and is freed with it.
    let give_back = move || {
        let _ = thread.join();
        memory::give_back();
    };
    let _ = std::thread::Builder::new().spawn(give_back);
    Some(sender)
}

/// What `read` makes of the names on the thread that keeps what it has read; nothing if that takes too long.
fn on_worker<T: Send + 'static>(
    names: &Names,
    patience: Duration,
    read: impl FnOnce(&Names) -> T + Send + 'static,
) -> Result<T, RecvTimeoutError> {
    let (sender, answer) = channel();
    let names = names.clone();
    let job: Job = Box::new(move || drop(sender.send(read(&names))));
    let is_new = send(&mut WORKER.lock().unwrap_or_else(PoisonError::into_inner), REST, job);
    // It has to read everything again: better a late answer than none.
    answer.recv_timeout(if is_new { patience * 5 } else { patience })
}

/// To the thread, or to a new one if it has ended: is it new? Without one the answer is missing as well.
fn send(worker: &mut Option<Sender<Job>>, rest: Duration, job: Job) -> bool {
    let job = match worker {
        Some(sender) => match sender.send(job) {
            Ok(()) => return false,
            Err(SendError(job)) => job,
        },
        None => job,
    };
    *worker = start_worker(rest);
    if let Some(sender) = worker {
        let _ = sender.send(job);
    }
    true
}

/// Where the word at the end of the code begins, and what fits there, the best first.
pub fn complete(before: &str, names: &Names) -> (usize, Vec<Candidate>) {
    complete_within(before, names, PATIENCE)
}

/// The same with another patience: a test on a busy machine has more.
pub fn complete_within(before: &str, names: &Names, patience: Duration) -> (usize, Vec<Candidate>) {
    let start = before.trim_end_matches(is_part).len();
    if !is_within_limits(before) {
        return (start, Vec::new());
    }
    let code = before.to_owned();
    let found = on_worker(names, patience, move |names| {
        let world = world_of(&code, names);
        let scope = scope::session_scope(&names.variables, &world);
        offer::candidates(&code, start, &mut Infer::new(&world, scope), &names.folder)
    });
    (start, found.unwrap_or_default())
}

/// Reads the sources of loaded crates and the index in the background.
pub fn read_ahead(names: &Names) {
    // It is not waited for.
    let _ = on_worker(names, Duration::ZERO, |names| {
        let world = world_of("", names);
        if !HAS_READ.swap(true, Ordering::Relaxed) {
            // What most cells use of std.
            for code in ["i32::", "String::new().", "vec![1].iter()."] {
                let mut infer = Infer::new(&world, infer::Scope::default());
                offer::candidates(code, code.len(), &mut infer, &names.folder);
            }
        }
    });
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Everything that a cell which begins like this can name.
fn world_of(code: &str, names: &Names) -> World {
    let mut world = World { own: Vec::new(), crates: Vec::new(), uses: Vec::new() };
    let (_, from) = super::split::commands::commands_of(code);
    let closed = format!("{}{}", &code[..from], scope::closed(&code[from..]));
    for source in names.sources.iter().map(String::as_str).chain([closed.as_str()]) {
        let (commands, _) = super::split::commands::commands_of(source);
        let lines = commands.iter().filter_map(|command| command.text.strip_prefix(":dep"));
        for dependency in lines.filter_map(|line| Dependency::parse(line, &names.folder).ok()).flatten() {
            let name = dependency.name().replace('-', "_");
            if let Some(outline) = crates::outline(&dependency) {
                world.crates.retain(|(own, _)| *own != name);
                world.crates.push((name, outline));
            }
        }
        let outline = Outline::of(source);
        world.uses.extend(outline.uses.iter().cloned());
        world.own.push(Rc::clone(&outline));
    }
    world
}

/// A type as people write it.
fn shown(ty: &Ty) -> String {
    let all = |types: &[Ty]| types.iter().map(shown).collect::<Vec<_>>().join(", ");
    match ty {
        Ty::Unknown | Ty::Projection(..) => "_".to_owned(),
        Ty::Param(name) => name.clone(),
        Ty::Named(name, args) => match (name.as_str(), args.as_slice()) {
            ("std::slice", [one]) => format!("[{}]", shown(one)),
            ("std::array", [one]) => format!("[{}; _]", shown(one)),
            (name, args) => {
                let name = name.rsplit("::").next().unwrap_or(name);
                if args.is_empty() { name.to_owned() } else { format!("{name}<{}>", all(args)) }
            }
        },
        Ty::Ref(inner) => format!("&{}", shown(inner)),
        Ty::Tuple(types) => format!("({})", all(types)),
        Ty::Fn(inputs, output) => format!("fn({}) -> {}", all(inputs), shown(output)),
        Ty::Bounds(bounds) => {
            let names = bounds.iter().map(|bound| bound.name.rsplit("::").next().unwrap_or_default());
            format!("impl {}", names.collect::<Vec<_>>().join(" + "))
        }
    }
}

/// The names that begin with `word`, sorted and deduplicated.
pub fn beginning<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut fitting: Vec<String> = names.filter(|name| name.starts_with(word)).map(str::to_owned).collect();
    fitting.sort();
    fitting.dedup();
    fitting
}

#[cfg(test)]
mod tests;
