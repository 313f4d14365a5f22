//! Stops a cell from another thread, or when its time is up: its build while it compiles, its process while it runs.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::SessionOptions;
use crate::cli::outcome::{End, Phase};

pub struct Control {
    state: Mutex<State>,
    process: Arc<Mutex<Child>>,
    pub build_folder: PathBuf,
}

#[derive(Default)]
struct State {
    /// What the cell is doing, and since when; none between cells.
    phase: Option<(Phase, Instant)>,
    stopped: Option<End>,
}

impl Control {
    pub fn new(process: Arc<Mutex<Child>>, build_folder: PathBuf) -> Control {
        Control { state: Mutex::default(), process, build_folder }
    }

    /// A cell starts to compile.
    pub fn begin(&self) {
        *self.state() = State { phase: Some((Phase::Compile, Instant::now())), stopped: None };
    }

    /// The cell is compiled and starts to run.
    pub fn started(&self) {
        self.state().phase = Some((Phase::Run, Instant::now()));
    }

    /// The cell has ended; returns why, if it was stopped.
    pub fn end(&self) -> Option<End> {
        std::mem::take(&mut *self.state()).stopped
    }

    pub fn phase(&self) -> Option<(Phase, Duration)> {
        self.state().phase.map(|(phase, since)| (phase, since.elapsed()))
    }

    pub fn stop(&self, why: End) {
        let mut state = self.state();
        let Some((phase, _)) = state.phase else { return };
        state.stopped = Some(why);
        drop(state);
        match phase {
            Phase::Compile => kill_builds_in(&self.build_folder),
            Phase::Run => {
                let _ = self.process.lock().unwrap_or_else(PoisonError::into_inner).kill();
            }
        }
    }

    pub fn check_timeouts(&self, options: &SessionOptions) {
        let Some((phase, elapsed)) = self.phase() else { return };
        let limit = match phase {
            Phase::Compile => options.compile_timeout,
            Phase::Run => options.run_timeout,
        };
        if let Some(limit) = limit.filter(|limit| elapsed > *limit) {
            self.stop(End::TimedOut { phase, seconds: limit.as_secs_f64() });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Kills cargo and what it started in this folder: evcxr offers no handle to it.
fn kill_builds_in(folder: &Path) {
    #[cfg(target_os = "linux")]
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let works_here = std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if works_here && ["cargo", "rustc"].contains(&name.trim()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}
