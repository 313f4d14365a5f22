//! The crates that cells can use: the session's dependencies, and their builds.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::cell_commands::refused;
use super::super::compile::Compiler;
use super::super::compile::toolchain::Toolchain;
use super::super::deps::{self, Dependency, Libraries, NotBuilt, Prefetch};
use super::super::halt::Halt;
use super::super::source::Source;
use super::super::{cache, stop::Stop};
use crate::cli::engine::SessionOptions;
use crate::cli::outcome::{End, Event, Phase};
use crate::cli::syntax::split::items::ItemKind;

pub struct Crates {
    dependencies: Vec<Dependency>,
    prefetch: Option<Prefetch>,
    /// Relative paths start here.
    folder: PathBuf,
    timeout: Option<Duration>,
    /// The sources of path dependencies, and when they were last compared with their build.
    sources: Vec<PathBuf>,
    seen: SystemTime,
}

/// A dependency that a cell asks for, and where in the cell.
pub struct Wanted {
    pub text: String,
    pub range: Range<usize>,
}

impl Crates {
    /// Starts to build the dependencies that the session is expected to ask for.
    pub fn prefetch(toolchain: &Toolchain, options: &SessionOptions) -> Crates {
        Crates {
            dependencies: Vec::new(),
            prefetch: Prefetch::begin(toolchain, &options.dependencies, &options.folder),
            folder: options.folder.clone(),
            timeout: options.compile_timeout,
            sources: Vec::new(),
            seen: SystemTime::now(),
        }
    }

    /// A note if a source of a path dependency has been edited since it was built; once for each edit.
    pub fn note_edited(&mut self) -> Option<String> {
        let is_new =
            |file: &&PathBuf| file.metadata().and_then(|about| about.modified()).is_ok_and(|at| at > self.seen);
        let edited = self.sources.iter().find(is_new)?;
        let name = edited.strip_prefix(&self.folder).unwrap_or(edited).display();
        let note =
            format!("`{name}` has changed since its crate was built: run the crate's `:dep` line again to use it");
        self.seen = SystemTime::now();
        Some(note)
    }

    pub fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// What `.await` needs.
    pub fn tokio(&self) -> Wanted {
        Wanted { text: deps::tokio(&self.dependencies).to_string(), range: 0..0 }
    }

    /// The dependencies with these added, `None` if nothing changes. A crate named again replaces its earlier line.
    pub fn with(&self, wanted: &[Wanted], code: &str) -> Result<Option<Vec<Dependency>>, Halt> {
        if wanted.is_empty() {
            return Ok(None);
        }
        let mut all = self.dependencies.clone();
        for Wanted { text, range } in wanted {
            let parsed = Dependency::parse(text, &self.folder)
                .map_err(|error| refused(format!("{error:#}"), range.clone(), code))?;
            for dependency in parsed {
                all.retain(|other| other.name() != dependency.name());
                all.push(dependency);
            }
        }
        // The sources of a path dependency may have changed.
        let is_local = |one: &Dependency| one.spec().get("path").is_some();
        let is_asked_again = |one: &Dependency| is_local(one) && wanted.iter().any(|it| it.text.contains(one.name()));
        Ok((all != self.dependencies || all.iter().any(is_asked_again)).then_some(all))
    }

    /// Builds the dependencies for the compiler; the old ones stay if that fails. Returns notes for the user if
    /// state of crates is lost.
    pub fn build(
        &mut self,
        all: Vec<Dependency>,
        compiler: &mut Compiler,
        events: &mut dyn FnMut(Event),
    ) -> anyhow::Result<Vec<String>> {
        let (timeout, stop) = (self.timeout, &compiler.stop);
        let mut progress = |text| events(Event::Progress(text));
        let libraries = match self.prefetch.take().filter(|prefetch| prefetch.is_for(&all)) {
            Some(prefetch) => prefetch.finish(timeout, stop, &mut progress)?,
            None => deps::build(&compiler.toolchain, &all, timeout, stop, &mut progress)?,
        };
        let tokio = deps::tokio(&all);
        compiler.awaits = all.contains(&tokio);
        compiler.enters = compiler.awaits && !tokio.version().is_some_and(|version| version.starts_with("0."));
        let rebuilt = rebuilt(&compiler.libraries, &libraries);
        compiler.libraries = libraries;
        self.dependencies = all;
        self.sources.clone_from(&compiler.libraries.sources);
        self.seen = SystemTime::now();
        match self.share(compiler) {
            Ok(()) if rebuilt.is_empty() => Ok(Vec::new()),
            Ok(()) => Ok(vec![format!(
                "cargo compiled {} again for this line: the values of {} statics are lost",
                rebuilt.join(", "),
                if rebuilt.len() == 1 { "its" } else { "their" }
            )]),
            Err(error) => Ok(vec![own_copies(&format!("{error:#}"))]),
        }
    }

    /// Links what is new among the crates into one library for all cells.
    fn share(&self, compiler: &mut Compiler) -> anyhow::Result<()> {
        // Elsewhere each cell has its own copy, as the documentation says.
        if !cfg!(target_os = "linux") {
            return Ok(());
        }
        let layer = deps::layer(&compiler.toolchain, &compiler.libraries, &compiler.layers);
        if layer.is_err() {
            compiler.runtime_layer = None;
        }
        compiler.layers.splice(0..0, layer?);
        Ok(())
    }

    /// How a failed build ends the cell.
    pub fn end_of(&self, error: &anyhow::Error, stop: &Stop, range: Range<usize>, code: &str) -> End {
        if stop.is_set() {
            return End::Interrupted;
        }
        if error.downcast_ref() == Some(&NotBuilt::TimedOut) {
            let seconds = self.timeout.unwrap_or_default().as_secs_f64();
            return End::TimedOut { phase: Phase::Compile, seconds };
        }
        refused(cache::describe(error), range, code)
    }
}

/// The crates that a session has used and that are others now, with other features or from other sources.
fn rebuilt(before: &Libraries, now: &Libraries) -> Vec<String> {
    let name = |file: &Path| {
        let stem = file.file_stem()?.to_str()?.strip_prefix("lib")?;
        Some(stem.split('-').next().unwrap_or(stem).to_owned())
    };
    let is_gone = |print: &String| !now.rlibs.values().any(|other| other == print);
    let gone = before.rlibs.iter().filter(|(file, print)| is_gone(print) && Some(*file) != before.prebuilt.as_ref());
    let names: BTreeSet<String> = now.rlibs.keys().filter_map(|file| name(file)).collect();
    let rebuilt: BTreeSet<String> = gone.filter_map(|(file, _)| name(file)).filter(|it| names.contains(it)).collect();
    rebuilt.into_iter().map(|name| format!("`{name}`")).collect()
}

/// What it means for the user that the crates are not in a library of their own.
pub fn own_copies(why: &str) -> String {
    let why = why.lines().next().unwrap_or_default();
    format!("each cell has its own copy of the crates, and their state does not outlive it: {why}")
}

/// The crates that `extern crate name;` asks for, as in evcxr.
pub fn extern_crates(source: &Source, compiler: &Compiler) -> Vec<Wanted> {
    let is_known = |name: &str| {
        ["std", "core", "alloc", "proc_macro", "test", "self"].contains(&name)
            || compiler.libraries.externs.iter().any(|(own, _)| own == name)
    };
    let named = source.items().filter_map(|(_, item)| match &item.kind {
        ItemKind::ExternCrate(name) if !is_known(name) => Some(name),
        _ => None,
    });
    named.map(|name| Wanted { text: format!("{name} = \"*\""), range: 0..0 }).collect()
}
