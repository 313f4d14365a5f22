//! Reports what is being compiled while it takes long: evcxr discards cargo's output, but the fingerprints show.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::control::Control;
use crate::cli::outcome::{Event, Phase};

/// How often it is reported.
const EVERY: Duration = Duration::from_millis(500);

pub struct Progress {
    target: PathBuf,
    lock: PathBuf,
    next: Instant,
    last: String,
}

impl Progress {
    pub fn new(build_folder: &Path) -> Progress {
        Progress {
            target: build_folder.join("target"),
            lock: build_folder.join("Cargo.lock"),
            next: Instant::now() + EVERY,
            last: String::new(),
        }
    }

    pub fn report(&mut self, control: &Control, events: &mut dyn FnMut(Event)) {
        let is_compiling = control.phase().is_some_and(|(phase, _)| phase == Phase::Compile);
        if !is_compiling || self.next > Instant::now() {
            return;
        }
        self.next = Instant::now() + EVERY;
        // `ctx` is the cell itself, not a dependency.
        let Some((newest, count)) = self.newest_fingerprint().filter(|(name, _)| name != "ctx") else { return };
        let packages = std::fs::read_to_string(&self.lock).unwrap_or_default().matches("[[package]]").count();
        let of = if packages >= count { format!("{count} of {packages}") } else { count.to_string() };
        let message = format!("compiling {newest} ({of})");
        if message != self.last {
            events(Event::Progress(message.clone()));
            self.last = message;
        }
    }

    fn newest_fingerprint(&self) -> Option<(String, usize)> {
        let mut by_name: BTreeMap<String, SystemTime> = BTreeMap::new();
        for triple in std::fs::read_dir(&self.target).ok()?.flatten() {
            for profile in [triple.path().join(".fingerprint"), triple.path().join("debug/.fingerprint")] {
                for entry in std::fs::read_dir(profile).into_iter().flatten().flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let name = name.rsplit_once('-').map_or(name.clone(), |(crate_name, _)| crate_name.to_string());
                    let time = entry.metadata().and_then(|metadata| metadata.modified()).ok()?;
                    let latest = by_name.entry(name).or_insert(time);
                    *latest = time.max(*latest);
                }
            }
        }
        let count = by_name.len();
        by_name.into_iter().max_by_key(|(_, time)| *time).map(|(name, _)| (name, count))
    }
}
