//! Compiled cells in the user's cache: a source is not compiled again until something that it depends on changes.
//!
//! An entry holds rustc's results for one source: the library, the MIR and the messages. Its name is a hash of all
//! inputs, libraries by content; the notebook's folder is one only for a cell that looks at it. A cell that reads a
//! file or a variable while it is compiled is not cached; like cargo, we assume that procedural macros are
//! deterministic. A failure is cached if it is rustc's judgement of the code, and never if the disk, the linker or a
//! signal may have caused it. If anything fails here, the cell is compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use super::super::cache::{self, DONE};
use super::super::deps::{Libraries, dep_info, path_of_entry};
use super::diagnostics::is_summary;
use super::rustc::{CompileEnd, Compiled, Job};
use super::standby::around;
use super::toolchain::Toolchain;

/// Changes with the format of entries.
const FORMAT: &[u8] = b"4";

/// The size limit of all cached cells, in bytes.
const LIMIT: u64 = 1 << 30;

/// Errors about files and crates, which may change while the cell stays the same.
const ABOUT_FILES: [&str; 10] =
    ["E0460", "E0461", "E0462", "E0463", "E0464", "E0514", "E0519", "E0583", "E0584", "E0786"];

const LIBRARY: &str = "library";
const MIR: &str = "mir";

/// The cached cells of all sessions.
#[derive(Clone, Debug)]
pub struct CellCache {
    /// In the user's own cache; `None` if it cannot be used.
    groups: Option<PathBuf>,
    /// In the shared ones.
    shared: Vec<PathBuf>,
    /// Entries are evicted once a session.
    has_evicted: Arc<AtomicBool>,
    /// The results that are being stored, while their cell runs.
    storing: Arc<Storing>,
}

#[derive(Debug, Default)]
struct Storing(Mutex<Option<JoinHandle<()>>>);

impl Storing {
    fn finish(&self) {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Storing {
    fn drop(&mut self) {
        self.finish();
    }
}

impl CellCache {
    /// `None` if there is no cache that can be used.
    pub fn open() -> Option<CellCache> {
        let groups = cache::folder().ok().map(|folder| folder.join("cells"));
        let shared: Vec<PathBuf> = cache::shared().folders.into_iter().map(|folder| folder.join("cells")).collect();
        let has_any = groups.is_some() || !shared.is_empty();
        has_any.then(|| CellCache { groups, shared, has_evicted: Arc::default(), storing: Arc::default() })
    }

    /// The cached results of this job, copied to where rustc would have written them.
    pub fn find(&self, keys: &Keys, job: &Job) -> Option<Compiled> {
        // What is being stored has the names of files that rustc may write next.
        self.storing.finish();
        let keys = [&keys.anywhere, &keys.here];
        let shared = self.shared.iter().flat_map(|groups| keys.map(|key| entry(groups, key)));
        shared.filter(|entry| is_safe(entry)).find_map(|entry| found_in(&entry, job)).or_else(|| {
            let groups = self.groups.as_ref()?;
            keys.into_iter().map(|key| entry(groups, key)).find_map(|entry| {
                let _hold = entry.is_dir().then(|| cache::hold(&entry)).flatten()?;
                found_in(&entry, job)
            })
        })
    }

    /// Caches the results of this job, unless they depend on more than the key covers.
    pub fn add(&self, keys: &Keys, job: &Job, compiled: &Compiled) {
        let Some(groups) = &self.groups else { return };
        let succeeded = match compiled.ended {
            CompileEnd::Succeeded => true,
            CompileEnd::Failed if is_judgement(compiled, job) => false,
            CompileEnd::Failed => return,
            CompileEnd::TimedOut | CompileEnd::Interrupted => return,
        };
        // Without the list of what was read, or after a crash of the compiler, the inputs are unknown.
        let Ok(read) = fs::read_to_string(job.dep_info()) else { return };
        let (files, variables) = dep_info(&read, &job.folder);
        let has_no_other_input =
            variables.iter().all(|name| job.env.contains_key(name)) && files.iter().all(|file| is_source(file, job));
        if has_no_other_input && compiled.rest.is_empty() {
            let result = StoredResult {
                succeeded,
                messages: compiled.messages.clone(),
                rest: compiled.rest.clone(),
                files: [(LIBRARY, compiled.library.clone()), (MIR, compiled.mir.clone())],
            };
            let looks_around = keys.looks_around || variables.iter().any(|name| OF_PLACE.contains(&name.as_str()));
            let key = if looks_around { &keys.here } else { &keys.anywhere };
            let (entry, groups) = (entry(groups, key), groups.clone());
            let evicts = !self.has_evicted.swap(true, Ordering::Relaxed);
            let work = move || {
                let _ = result.store(&entry);
                if evicts {
                    let _ = std::thread::Builder::new().spawn(move || cache::evict(&groups, LIMIT));
                }
            };
            let thread = std::thread::Builder::new().spawn(work).ok();
            *self.storing.0.lock().unwrap_or_else(PoisonError::into_inner) = thread;
        }
    }
}

fn entry(groups: &Path, key: &str) -> PathBuf {
    groups.join(&key[..2]).join(key)
}

/// Can nobody else change an entry of a shared cache?
fn is_safe(entry: &Path) -> bool {
    let files = [DONE, LIBRARY, MIR].map(|name| entry.join(name));
    entry.parent().into_iter().chain([entry]).all(cache::is_safe)
        && files.iter().filter(|file| file.exists()).all(|file| cache::is_safe(file))
}

fn found_in(entry: &Path, job: &Job) -> Option<Compiled> {
    let about: Value = serde_json::from_str(&fs::read_to_string(entry.join(DONE)).ok()?).ok()?;
    let compiled = Compiled {
        code: Some(i32::from(!about["succeeded"].as_bool()?)),
        ended: if about["succeeded"].as_bool()? { CompileEnd::Succeeded } else { CompileEnd::Failed },
        messages: about["messages"].as_array()?.clone(),
        rest: about["rest"].as_str()?.to_owned(),
        library: job.library(),
        mir: job.mir(),
    };
    for (name, to) in [(LIBRARY, &compiled.library), (MIR, &compiled.mir)] {
        // A truncated entry has another length.
        if let Some(length) = about["lengths"][name].as_u64()
            && cache::copy_to_own(&entry.join(name), to).ok()? != length
        {
            return None;
        }
    }
    Some(compiled)
}

/// What rustc said and wrote.
struct StoredResult {
    succeeded: bool,
    messages: Vec<Value>,
    rest: String,
    files: [(&'static str, PathBuf); 2],
}

impl StoredResult {
    fn store(&self, entry: &Path) -> std::io::Result<()> {
        let group = entry.parent().unwrap_or(entry);
        cache::make(group).map_err(std::io::Error::other)?;
        let half = tempfile::Builder::new().prefix("half-").tempdir_in(group)?;
        let mut lengths = serde_json::Map::new();
        for (name, from) in &self.files {
            if from.is_file() {
                lengths.insert((*name).to_owned(), fs::copy(from, half.path().join(name))?.into());
            }
        }
        let about = json!({
            "succeeded": self.succeeded,
            "messages": self.messages,
            "rest": self.rest,
            "lengths": lengths,
        });
        fs::write(half.path().join(DONE), about.to_string())?;
        // If another session was faster, its entry is as good.
        if fs::rename(half.path(), entry).is_ok() {
            let _ = half.keep();
        }
        Ok(())
    }
}

/// Does every error have a code, and a place in the cell's source? Then rustc judged the code: a failure of the
/// machine, of the linker or of the compiler itself has neither.
fn is_judgement(compiled: &Compiled, job: &Job) -> bool {
    let source = job.source.file_name().unwrap_or_default().to_string_lossy();
    let errors = compiled.messages.iter().filter(|message| message["level"] == "error");
    // The summary at the end has no place.
    let mut errors = errors.filter(|message| !is_summary(message)).peekable();
    let is_placed = |message: &Value| {
        let code = message["code"]["code"].as_str().unwrap_or_default();
        let mut spans = message["spans"].as_array().into_iter().flatten();
        code.starts_with('E')
            && !ABOUT_FILES.contains(&code)
            && spans.any(|span| span["is_primary"] == true && span["file_name"].as_str() == Some(&source))
    };
    let has_crashed = compiled
        .messages
        .iter()
        .any(|message| message["level"].as_str().is_some_and(|level| level.starts_with("error: ")));
    compiled.code == Some(1) && !has_crashed && errors.peek().is_some() && errors.all(is_placed)
}

fn is_source(file: &Path, job: &Job) -> bool {
    [&job.source, &around(job)].iter().any(|source| source.file_name() == file.file_name())
}

/// The names of an entry.
pub struct Keys {
    /// For a cell that does not look at its place.
    anywhere: String,
    /// For this notebook's folder.
    here: String,
    /// What procedural macros look at is unknown.
    looks_around: bool,
}

/// The variables that depend on where a notebook, or cargo, is.
const OF_PLACE: [&str; 2] = ["CARGO", "CARGO_MANIFEST_DIR"];

impl Keys {
    /// Hashes of all inputs of a compilation: the compiler, the source, the libraries by content, the flags.
    pub fn of(toolchain: &Toolchain, job: &Job, text: &str, libraries: &Libraries) -> Keys {
        let mut parts: Vec<String> = vec![
            toolchain.version.clone(),
            toolchain.host.clone(),
            toolchain.sysroot.display().to_string(),
            text.to_owned(),
            name(&job.source),
            format!("{:?} {} {} {} {}", job.kind, job.crate_name, job.metadata, job.opt_level, job.has_statics),
        ];
        // By their names, as the contents of all of them are in the fingerprints.
        parts.extend(job.externs.iter().map(|(crate_name, file)| format!("{crate_name}={}", name(file))));
        parts.extend(job.layers.iter().map(|layer| name(&layer.library)));
        parts.extend(job.search_paths.iter().map(|path| path_of_entry(path, &libraries.folder)));
        let (places, env): (Vec<_>, Vec<_>) = job.env.iter().partition(|(name, _)| OF_PLACE.contains(&name.as_str()));
        parts.extend(env.into_iter().map(|(name, value)| format!("{name}={value}")));
        parts.extend(libraries.fingerprints.iter().map(|(name, print)| format!("{name}:{print}")));
        let digest =
            |parts: &[String]| cache::digest(std::iter::once(FORMAT).chain(parts.iter().map(String::as_bytes)));
        let anywhere = digest(&parts);
        parts.extend(places.into_iter().map(|(name, value)| format!("{name}={value}")));
        Keys { anywhere, here: digest(&parts), looks_around: libraries.looks_around }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
