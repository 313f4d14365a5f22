//! The second engine: the evaluation context of the stock Jupyter kernel, told apart from it only by the truth about
//! how a cell ended. The one file that names evcxr.
//!
//! It does not make evcxr faster or more capable than design allows: no variable survives the death of the process.

pub mod build_folder;
pub mod relay;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use build_folder::{self, WarmFolder};
use evcxr::{CommandContext, EvalContext, EvalContextOutputs, EvalOutputs};
use relay;
use serde_json::Value;

use super::{Interrupter, Session, SessionOptions, Variable, caret};
use crate::cli::outcome::{
    Diagnostic, End, Event, MimeBundle, Outcome, Output, Phase, RichKind, Span, Stream, join_streams,
};

/// How often the session looks for output and timeouts.
const TICK: Duration = Duration::from_millis(2);
/// The longest that compiling goes on without a word.
const PROGRESS_EVERY: Duration = Duration::from_millis(500);

/// The process for cells has this variable set by evcxr.
const IS_RUNTIME: &str = "EVCXR_IS_RUNTIME";

/// When this process is the one that runs cells, or evcxr's compiler wrapper, this does not return.
pub fn hook() {
    #[cfg(unix)]
    if std::env::var_os(IS_RUNTIME).is_some() {
        relay::run();
    }
    evcxr::runtime_hook();
}

pub struct EvcxrSession {
    context: CommandContext,
    outputs: EvalContextOutputs,
    control: Arc<Control>,
    options: SessionOptions,
    folder: WarmFolder,
}

/// What another thread needs to stop a cell.
struct Control {
    state: Mutex<State>,
    process: Arc<Mutex<Child>>,
    build_folder: PathBuf,
}

#[derive(Default)]
struct State {
    /// What the cell is doing, and since when; none between cells.
    phase: Option<(Phase, Instant)>,
    stopped: Option<End>,
}

impl EvcxrSession {
    pub fn start(options: SessionOptions) -> Result<EvcxrSession> {
        let dependencies = options.dependencies.iter().map(|line| absolute_paths(line, &options.folder));
        let folder = WarmFolder::take(&dependencies.collect::<Vec<_>>())?;
        if !folder.is_warm() {
            let _building = folder.lock_building()?;
            folder.warm_up()?;
        }
        let (context, outputs) = new_context(&options, &folder)?;
        let process = context.process_handle();
        let control = Control { state: Mutex::default(), process, build_folder: folder.build_folder() };
        let mut session = EvcxrSession { context, outputs, control: Arc::new(control), options, folder };
        session.context.set_opt_level("0").map_err(|error| anyhow!("{error}"))?;
        session.command(":offline 1")?;
        Ok(session)
    }

    /// Runs one of evcxr's own commands.
    fn command(&mut self, command: &str) -> Result<()> {
        let outcome = self.execute(command, &mut |_| {})?;
        match outcome.end {
            End::Passed => Ok(()),
            end => bail!("evcxr refused `{command}`: {end:?}"),
        }
    }

    fn execute(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        let (context, outputs, control, options) = (&mut self.context, &self.outputs, &self.control, &self.options);
        let mut collected = Collected::default();
        control.begin();
        let result = std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(64 << 20);
            let worker = builder.spawn_scoped(scope, || context.execute(code)).context("cannot start a thread")?;
            let mut progress = Progress::new(&control.build_folder);
            loop {
                // Whether it has ended is asked first: what it sent before is then in the channel.
                let ended = worker.is_finished();
                match outputs.stdout.recv_timeout(TICK) {
                    Ok(line) => collected.line(&line, control, events),
                    Err(_) if ended => break,
                    Err(_) => {}
                }
                while let Ok(line) = outputs.stderr.try_recv() {
                    collected.stream(Stream::Stderr, &format!("{line}\n"), events);
                }
                control.check_timeouts(options);
                progress.tell(control, events);
            }
            worker.join().map_err(|_| anyhow!("evcxr itself panicked\nhelp: start again, and report the cell"))
        })?;
        let stopped = control.end();
        Ok(self.outcome(code, result, collected, stopped, events))
    }

    fn outcome(
        &mut self,
        code: &str,
        result: Result<EvalOutputs, evcxr::Error>,
        mut collected: Collected,
        stopped: Option<End>,
        events: &mut dyn FnMut(Event),
    ) -> Outcome {
        let end = match result {
            Ok(outputs) => {
                collected.bundle.extend(outputs.content_by_mime_type);
                self.end_of(code, &collected)
            }
            Err(_) if stopped.is_some() => stopped.unwrap_or_default(),
            Err(evcxr::Error::CompilationErrors(errors)) => {
                End::CompileError(errors.iter().map(|error| diagnostic(error, code)).collect())
            }
            Err(evcxr::Error::SubprocessTerminated(words)) => {
                collected.notes.push("the process ended, and every variable with it; items stay".into());
                death(&words, &collected.text(Stream::Stderr))
            }
            Err(error) => End::CompileError(vec![plain_diagnostic(&error.to_string())]),
        };
        if !collected.bundle.is_empty() {
            let result = Output::Rich { kind: RichKind::Result, data: collected.bundle };
            events(Event::Output(result.clone()));
            collected.outputs.push(result);
        }
        Outcome {
            outputs: join_streams(collected.outputs),
            end,
            notes: collected.notes,
            beyond_stock: collected.beyond_stock,
        }
    }

    fn end_of(&self, code: &str, collected: &Collected) -> End {
        let stderr = collected.text(Stream::Stderr);
        if collected.panicked {
            let (message, generated_line) = panic_in(&stderr);
            let source = self.context.last_source().unwrap_or_default();
            let line = generated_line.and_then(|line| cell_line(&source, line, code));
            return End::Panicked { message, line };
        }
        if collected.returned_error {
            return End::ReturnedError { message: stderr.trim_end().to_string(), line: None };
        }
        End::Passed
    }
}

impl Session for EvcxrSession {
    fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        let code: Vec<String> = code.lines().map(|line| absolute_paths(line, &self.options.folder)).collect();
        let code = code.join("\n");
        let names_dependencies = code.lines().any(|line| line.trim_start().starts_with(":dep"));
        let _building =
            (names_dependencies && !self.folder.is_warm()).then(|| self.folder.lock_building()).transpose()?;
        let mut outcome = self.execute(&code, events)?;
        if names_dependencies && needs_network(&outcome.end) {
            self.command(":offline 0")?;
            outcome = self.execute(&code, events)?;
            self.command(":offline 1")?;
        }
        if names_dependencies && outcome.end == End::Passed {
            self.folder.mark_warm()?;
        }
        Ok(outcome)
    }

    fn variables(&mut self) -> Vec<Variable> {
        let mut variables: Vec<Variable> = self
            .context
            .variables_and_types()
            .map(|(name, type_name)| Variable { name: name.to_string(), type_name: type_name.to_string() })
            .collect();
        variables.sort_by(|a, b| a.name.cmp(&b.name));
        variables
    }

    fn reset(&mut self) -> Result<()> {
        self.command(":clear")
    }

    fn limit(&mut self, compile: Option<Duration>, run: Option<Duration>) {
        self.options.compile_timeout = compile;
        self.options.run_timeout = run;
    }

    fn interrupter(&self) -> Interrupter {
        let control = Arc::clone(&self.control);
        Interrupter::new(move || control.stop(End::Interrupted))
    }
}

/// evcxr takes its settings from variables of the process and from a file in the current folder: they are set for
/// as long as one context is made, and a stranger's file is kept out.
fn new_context(options: &SessionOptions, folder: &WarmFolder) -> Result<(CommandContext, EvalContextOutputs)> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if Path::new("evcxr.toml").exists() {
        bail!("`evcxr.toml` in the current folder would configure the session\nhelp: start from another folder");
    }
    let no_config = folder.build_folder().join("no-config");
    // SAFETY: the lock above keeps other sessions away, and nothing else here reads variables through C.
    unsafe {
        std::env::set_var("EVCXR_TMPDIR", folder.build_folder());
        std::env::set_var("EVCXR_CONFIG_DIR", no_config);
    }
    let mut command = Command::new(std::env::current_exe().context("cannot find this program")?);
    command.current_dir(&options.folder);
    let flush = build_folder::flush_library().context("the toolchain for cells does not work")?;
    command.env(relay::FLUSH_LIBRARY, flush);
    let listening = folder.build_folder().join("listening");
    let _ = std::fs::remove_file(&listening);
    command.env(relay::LISTENING, &listening);
    find_std(&mut command)?;
    let (context, outputs) = EvalContext::with_subprocess_command(command).map_err(|error| anyhow!("{error}"))?;
    std::fs::write(&listening, "")?;
    Ok((CommandContext::with_eval_context(context), outputs))
}

/// Cells look for libstd by a path relative to where cargo first put them, and evcxr moves them one folder up: in a
/// folder below the home folder that leads nowhere.
fn find_std(command: &mut Command) -> Result<()> {
    let name = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    let mut folders = vec![build_folder::std_folder()?];
    folders.extend(std::env::split_paths(&std::env::var_os(name).unwrap_or_default()));
    command.env(name, std::env::join_paths(folders)?);
    Ok(())
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) {
        *self.state() = State { phase: Some((Phase::Compile, Instant::now())), stopped: None };
    }

    fn started(&self) {
        self.state().phase = Some((Phase::Run, Instant::now()));
    }

    fn end(&self) -> Option<End> {
        std::mem::take(&mut *self.state()).stopped
    }

    fn phase(&self) -> Option<(Phase, Duration)> {
        self.state().phase.map(|(phase, since)| (phase, since.elapsed()))
    }

    fn stop(&self, why: End) {
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

    fn check_timeouts(&self, options: &SessionOptions) {
        let Some((phase, elapsed)) = self.phase() else { return };
        let limit = match phase {
            Phase::Compile => options.compile_timeout,
            Phase::Run => options.run_timeout,
        };
        if let Some(limit) = limit.filter(|limit| elapsed > *limit) {
            self.stop(End::TimedOut { phase, seconds: limit.as_secs_f64() });
        }
    }
}

/// Ends cargo and what it started in this folder: evcxr has no handle on it.
fn kill_builds_in(folder: &Path) {
    #[cfg(target_os = "linux")]
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        let at_work_here = std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if at_work_here && ["cargo", "rustc"].contains(&name.trim()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}

/// What the relay said of one cell.
#[derive(Default)]
struct Collected {
    outputs: Vec<Output>,
    bundle: MimeBundle,
    panicked: bool,
    returned_error: bool,
    started: bool,
    notes: Vec<String>,
    beyond_stock: Vec<String>,
}

impl Collected {
    fn line(&mut self, line: &str, control: &Control, events: &mut dyn FnMut(Event)) {
        let Some(frame) = line.strip_prefix(relay::FRAME) else {
            // Without the relay, or from evcxr itself: a line of the cell's stdout.
            return self.stream(Stream::Stdout, &format!("{line}\n"), events);
        };
        let frame: Value = serde_json::from_str(frame).unwrap_or_default();
        let text = |key: &str| frame[key].as_str();
        if let Some(text) = text("stdout") {
            self.stream(Stream::Stdout, text, events);
        } else if let Some(text) = text("stderr") {
            self.stream(Stream::Stderr, text, events);
        } else if let (Some(mime), Some(content)) = (text("mime"), text("content")) {
            self.content(mime, content);
        } else if frame["panicked"] == true {
            self.panicked = true;
        } else if frame["returned_error"] == true {
            self.returned_error = true;
        } else if frame["started"] == true {
            self.started = true;
            control.started();
        }
    }

    fn stream(&mut self, stream: Stream, text: &str, events: &mut dyn FnMut(Event)) {
        if !self.started {
            self.notes.push(format!("printed after its cell had ended: {}", text.trim_end()));
            return;
        }
        if self.outputs.is_empty() && stream == Stream::Stdout && text.is_empty() {
            return;
        }
        let output = Output::Stream { stream, text: text.to_string() };
        events(Event::Output(output.clone()));
        self.outputs.push(output);
    }

    /// The stock kernel keeps the last content of each type.
    fn content(&mut self, mime: &str, content: &str) {
        if self.bundle.insert(mime.to_string(), content.to_string()).is_some() {
            self.beyond_stock.push(format!("several {mime} in one cell: the stock kernel shows the last one only"));
        }
    }

    fn text(&self, wanted: Stream) -> String {
        let texts = self.outputs.iter().filter_map(|output| match output {
            Output::Stream { stream, text } if *stream == wanted => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}

/// Tells what is compiled while it takes long: evcxr keeps cargo's words to itself, but the fingerprints show.
struct Progress {
    target: PathBuf,
    lock: PathBuf,
    told: Instant,
    last: String,
}

impl Progress {
    fn new(build_folder: &Path) -> Progress {
        Progress {
            target: build_folder.join("target"),
            lock: build_folder.join("Cargo.lock"),
            told: Instant::now() + PROGRESS_EVERY,
            last: String::new(),
        }
    }

    fn tell(&mut self, control: &Control, events: &mut dyn FnMut(Event)) {
        let compiling = control.phase().is_some_and(|(phase, _)| phase == Phase::Compile);
        if !compiling || self.told > Instant::now() {
            return;
        }
        self.told = Instant::now() + PROGRESS_EVERY;
        // `ctx` is the cell itself: what takes long then is no dependency.
        let Some((newest, count)) = self.newest_fingerprint().filter(|(name, _)| name != "ctx") else { return };
        let packages = std::fs::read_to_string(&self.lock).unwrap_or_default().matches("[[package]]").count();
        let of = if packages >= count { format!("{count} of {packages}") } else { count.to_string() };
        let words = format!("compiling {newest} ({of})");
        if words != self.last {
            events(Event::Progress(words.clone()));
            self.last = words;
        }
    }

    fn newest_fingerprint(&self) -> Option<(String, usize)> {
        let mut by_name: BTreeMap<String, std::time::SystemTime> = BTreeMap::new();
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

/// `path = "../.."` in a `:dep` line starts from the session's folder, not from the process's.
fn absolute_paths(line: &str, folder: &Path) -> String {
    let Some(rest) = line.trim_start().strip_prefix(":dep ") else { return line.to_string() };
    let bare = rest.trim();
    if bare.starts_with("./") || bare.starts_with("../") || bare == ".." || bare == "." {
        return format!(":dep {}", real_path(folder, bare).display());
    }
    let Some(at) = line.find("path") else { return line.to_string() };
    let Some((before_quote, quoted)) = line[at..].split_once('"') else { return line.to_string() };
    let Some((path, after)) = quoted.split_once('"') else { return line.to_string() };
    if before_quote.trim_start_matches("path").trim() != "=" || Path::new(path).is_absolute() {
        return line.to_string();
    }
    let path = real_path(folder, path).display().to_string().replace('\\', "\\\\");
    format!("{}{before_quote}\"{path}\"{after}", &line[..at])
}

fn real_path(folder: &Path, path: &str) -> PathBuf {
    let joined = folder.join(path);
    joined.canonicalize().unwrap_or(joined)
}

fn needs_network(end: &End) -> bool {
    let End::CompileError(diagnostics) = end else { return false };
    let offline = ["offline", "no matching package", "failed to download", "unable to update registry"];
    diagnostics.iter().any(|it| offline.iter().any(|words| it.message.contains(words)))
}

fn diagnostic(error: &evcxr::CompilationError, code: &str) -> Diagnostic {
    // evcxr takes a span in any file that ends in `lib.rs` for the cell's.
    let spans = error.json["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
    let foreign =
        |span: &Value| span["file_name"].as_str().is_some_and(|name| name.ends_with("lib.rs") && name != "src/lib.rs");
    let spans = if spans.iter().any(foreign) { Vec::new() } else { own_spans(error) };
    let mut diagnostic = Diagnostic {
        code: error.code().map(str::to_string),
        level: if error.level().is_empty() { "error".into() } else { error.level().to_string() },
        message: error.message(),
        spans,
        notes: notes(&error.json),
        rendered: String::new(),
    };
    diagnostic.rendered = caret::render(&diagnostic, code);
    diagnostic
}

fn own_spans(error: &evcxr::CompilationError) -> Vec<Span> {
    let messages = error.spanned_messages().iter();
    let spans = messages.filter_map(|message| {
        let span = message.span?;
        let level_words = format!("{}: {}", error.level(), error.message());
        let label = Some(message.label.clone()).filter(|label| !label.is_empty() && *label != level_words);
        Some(Span {
            line: span.start_line,
            column: span.start_column,
            end_line: span.end_line,
            end_column: span.end_column,
            label,
            is_primary: message.is_primary,
        })
    });
    spans.collect()
}

fn notes(json: &Value) -> Vec<String> {
    let children = json["children"].as_array().map(Vec::as_slice).unwrap_or_default();
    let words = children.iter().filter_map(|child| {
        let message = child["message"].as_str().filter(|message| !message.is_empty())?;
        let replacement = child["spans"][0]["suggested_replacement"].as_str().map(str::trim).unwrap_or_default();
        let replacement = if replacement.is_empty() { String::new() } else { format!(": `{replacement}`") };
        Some(format!("{}: {message}{replacement}", child["level"].as_str().unwrap_or("note")))
    });
    words.collect()
}

fn plain_diagnostic(message: &str) -> Diagnostic {
    let rendered = format!("error: {message}");
    Diagnostic { level: "error".into(), message: message.to_string(), rendered, ..Diagnostic::default() }
}

/// How the process ended, from evcxr's words: `... status: exit status: 3`, `... status: signal: 11 (SIGSEGV)`.
fn death(words: &str, stderr: &str) -> End {
    let number = |after: &str| {
        let rest = &words[words.rfind(after)? + after.len()..];
        rest.chars().take_while(|c| c.is_ascii_digit()).collect::<String>().parse::<i32>().ok()
    };
    match (number("signal: "), number("exit status: ")) {
        (Some(signal), _) => End::Killed { signal, stack_overflow: stderr.contains("has overflowed its stack") },
        (None, Some(code)) => End::Exited(code),
        (None, None) => End::Exited(-1),
    }
}

/// The message of the last panic on stderr, and its line in the generated file.
fn panic_in(stderr: &str) -> (String, Option<usize>) {
    let Some(at) = stderr.rfind("panicked at ") else { return ("(no message)".into(), None) };
    let (place, rest) = stderr[at + "panicked at ".len()..].split_once('\n').unwrap_or_default();
    let end = rest.find("\nnote: run with `RUST_BACKTRACE").unwrap_or(rest.trim_end().len());
    let line = place.strip_prefix("src/lib.rs:").and_then(|numbers| numbers.split(':').next()?.parse().ok());
    (rest[..end].to_string(), line)
}

/// The cell's line that stands at a line of the generated file. evcxr keeps the reader's lines whole: the same text
/// is looked for, and the same occurrence of it where there are several.
fn cell_line(generated: &str, line: usize, code: &str) -> Option<usize> {
    let lines: Vec<&str> = generated.lines().map(str::trim).collect();
    let text = *lines.get(line.checked_sub(1)?)?;
    let places: Vec<usize> =
        code.lines().enumerate().filter(|(_, its)| its.trim() == text).map(|(at, _)| at + 1).collect();
    let earlier = lines[..line - 1].iter().filter(|its| **its == text).count();
    let after = lines[line..].iter().filter(|its| **its == text).count();
    // Occurrences before the cell's own are those of earlier cells' items.
    let from_others = (earlier + after + 1).checked_sub(places.len())?;
    places.get(earlier.checked_sub(from_others)?).or(places.last()).copied()
}
