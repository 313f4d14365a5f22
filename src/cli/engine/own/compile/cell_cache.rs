//! Compiled cells, kept in the user's cache: a source that was compiled once is not compiled again as long as nothing
//! that it hangs on has changed.
//!
//! An entry is what rustc made of one source: the library, the MIR, the messages; errors are kept as well. Its name is a
//! hash of all that goes in. A cell that reads a file or a variable while it is compiled is not kept; of a procedural macro
//! it is believed, as cargo does, that the same input gives the same output. Whatever goes wrong here, the cell is compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use serde_json::{Value, json};

use super::super::cache;
use super::super::cache::DONE;
use super::super::deps::dep_info;
use super::rustc::{CompileEnd, Compiled, Job, Toolchain};

/// Changed whenever entries are made in another way.
const FORMAT: &[u8] = b"1";

/// What all kept cells together may take.
const LIMIT: u64 = 1 << 30;

const LIBRARY: &str = "library";
const MIR: &str = "mir";

/// The cells kept of all sessions.
#[derive(Clone, Debug)]
pub struct Shelf {
    groups: PathBuf,
    /// Room is made once a session.
    has_room: Arc<AtomicBool>,
}

impl Shelf {
    /// In the user's cache; none where there is none.
    pub fn open() -> Option<Shelf> {
        survive_limits();
        Some(Shelf { groups: cache::folder().ok()?.join("cells"), has_room: Arc::default() })
    }

    /// What came of this job before. Its files are copied to where rustc would have written them.
    pub fn find(&self, key: &str, job: &Job) -> Option<Compiled> {
        let entry = self.entry(key);
        let _hold = entry.is_dir().then(|| cache::hold(&entry)).flatten()?;
        let about: Value = serde_json::from_str(&fs::read_to_string(entry.join(DONE)).ok()?).ok()?;
        let compiled = Compiled {
            ended: if about["succeeded"].as_bool()? { CompileEnd::Succeeded } else { CompileEnd::Failed },
            messages: about["messages"].as_array()?.clone(),
            rest: about["rest"].as_str()?.to_owned(),
            library: job.library(),
            mir: job.mir(),
        };
        for (name, to) in [(LIBRARY, &compiled.library), (MIR, &compiled.mir)] {
            // The length tells of an entry that was cut short.
            if let Some(length) = about["lengths"][name].as_u64()
                && fs::copy(entry.join(name), to).ok()? != length
            {
                return None;
            }
        }
        Some(compiled)
    }

    /// Keeps what came of this job, unless it hangs on more than the key says.
    pub fn keep(&self, key: &str, job: &Job, compiled: &Compiled) {
        let succeeded = match compiled.ended {
            CompileEnd::Succeeded => true,
            CompileEnd::Failed => false,
            CompileEnd::TimedOut | CompileEnd::Interrupted => return,
        };
        // Without the list of what was read, and for a compiler that broke down, nobody knows.
        let Ok(read) = fs::read_to_string(job.dep_info()) else { return };
        let (files, variables) = dep_info(&read, &job.folder);
        let is_alone = variables.is_empty() && files.iter().all(|file| file.file_name() == job.source.file_name());
        if is_alone && compiled.rest.is_empty() {
            let _ = self.store(key, compiled, succeeded);
        }
    }

    fn store(&self, key: &str, compiled: &Compiled, succeeded: bool) -> std::io::Result<()> {
        let entry = self.entry(key);
        let group = entry.parent().unwrap_or(&self.groups);
        cache::make(group).map_err(std::io::Error::other)?;
        let half = tempfile::Builder::new().prefix("half-").tempdir_in(group)?;
        let mut lengths = serde_json::Map::new();
        for (name, from) in [(LIBRARY, &compiled.library), (MIR, &compiled.mir)] {
            if from.is_file() {
                lengths.insert(name.to_owned(), fs::copy(from, half.path().join(name))?.into());
            }
        }
        let about = json!({
            "succeeded": succeeded,
            "messages": compiled.messages,
            "rest": compiled.rest,
            "lengths": lengths,
        });
        fs::write(half.path().join(DONE), about.to_string())?;
        // Another session may have been first; its entry is as good.
        if fs::rename(half.path(), &entry).is_ok() {
            let _ = half.keep();
        }
        if !self.has_room.swap(true, Ordering::Relaxed) {
            let groups = self.groups.clone();
            let _ = std::thread::Builder::new().spawn(move || cache::evict(&groups, LIMIT));
        }
        Ok(())
    }

    fn entry(&self, key: &str) -> PathBuf {
        self.groups.join(&key[..2]).join(key)
    }
}

/// A file that may not grow is an error here, as a full disk is, and not the end of the program. What this program starts
/// begins with the usual end again.
fn survive_limits() {
    extern "C" fn nothing(_: nix::libc::c_int) {}
    let action = SigAction::new(SigHandler::Handler(nothing), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing.
    let _ = unsafe { sigaction(Signal::SIGXFSZ, &action) };
}

/// A name for all that goes into a compilation: the compiler, the source, the libraries by their content, the flags.
pub fn key(
    toolchain: &Toolchain,
    job: &Job,
    text: &str,
    fingerprints: impl Iterator<Item = (String, String)>,
) -> String {
    let mut parts: Vec<String> = vec![
        toolchain.version.clone(),
        toolchain.host.clone(),
        path(&toolchain.sysroot),
        text.to_owned(),
        path(Path::new(job.source.file_name().unwrap_or_default())),
        format!("{:?} {} {} {}", job.kind, job.crate_name, job.metadata, job.opt_level),
    ];
    parts.extend(job.externs.iter().map(|(name, file)| format!("{name}={}", path(file))));
    parts.extend(job.search_paths.iter().cloned());
    parts.extend(job.env.iter().map(|(name, value)| format!("{name}={value}")));
    parts.extend(fingerprints.map(|(name, print)| format!("{name}:{print}")));
    cache::digest(std::iter::once(FORMAT).chain(parts.iter().map(String::as_bytes)))
}

fn path(path: &Path) -> String {
    path.display().to_string()
}
