//! The second engine: the evaluation context of the stock Jupyter kernel. It differs from that kernel only in reporting
//! how a cell really ended. The one file that imports that crate.
//!
//! It makes evcxr neither faster nor more capable: no variable survives the death of the process.

mod build_folder;
mod control;
mod end;
mod progress;
mod relay;
mod transcript;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use build_folder::WarmFolder;
use control::Control;
use evcxr::{CommandContext, EvalContext, EvalContextOutputs, EvalOutputs};
use progress::Progress;
use serde_json::Value;
use transcript::Transcript;

use super::{Interrupter, Session, SessionOptions, Variable, caret};
use crate::cli::outcome::{Diagnostic, End, Event, Outcome, Output, RichKind, Span, Stream, join_streams};

/// How often the session checks for output and timeouts.
const TICK: Duration = Duration::from_millis(2);

/// Set by evcxr in the process that runs the cells.
const IS_RUNTIME: &str = "EVCXR_IS_RUNTIME";

/// If this process is the one that runs cells, or evcxr's compiler wrapper, this does not return.
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
        let control = Arc::new(Control::new(process, folder.build_folder()));
        let mut session = EvcxrSession { context, outputs, control, options, folder };
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
        let mut transcript = Transcript::default();
        control.begin();
        let result = std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(64 << 20);
            let worker = builder.spawn_scoped(scope, || context.execute(code)).context("cannot start a thread")?;
            let mut progress = Progress::new(&control.build_folder);
            loop {
                // Asked first: whatever it sent before it ended is then in the channel.
                let ended = worker.is_finished();
                match outputs.stdout.recv_timeout(TICK) {
                    Ok(line) => transcript.line(&line, control, events),
                    Err(_) if ended => break,
                    Err(_) => {}
                }
                while let Ok(line) = outputs.stderr.try_recv() {
                    transcript.stream(Stream::Stderr, &format!("{line}\n"), events);
                }
                control.check_timeouts(options);
                progress.report(control, events);
            }
            worker.join().map_err(|_| anyhow!("evcxr itself panicked\nhelp: restart the session, and report the cell"))
        })?;
        let stopped = control.end();
        Ok(self.outcome(code, result, transcript, stopped, events))
    }

    fn outcome(
        &mut self,
        code: &str,
        result: Result<EvalOutputs, evcxr::Error>,
        mut transcript: Transcript,
        stopped: Option<End>,
        events: &mut dyn FnMut(Event),
    ) -> Outcome {
        let end = match result {
            Ok(outputs) => {
                transcript.bundle.extend(outputs.content_by_mime_type);
                self.end_of(code, &transcript)
            }
            Err(_) if stopped.is_some() => stopped.unwrap_or_default(),
            Err(evcxr::Error::CompilationErrors(errors)) => {
                End::CompileError(errors.iter().map(|error| diagnostic(error, code)).collect())
            }
            Err(evcxr::Error::SubprocessTerminated(message)) => {
                transcript.notes.push("the process ended, and every variable with it; items stay".into());
                end::of_process(&message, &transcript.text(Stream::Stderr))
            }
            Err(error) => End::CompileError(vec![plain_diagnostic(&error.to_string())]),
        };
        if !transcript.bundle.is_empty() {
            let data = std::mem::take(&mut transcript.bundle);
            transcript.output(Output::Rich { kind: RichKind::Result, data }, events);
        }
        Outcome {
            outputs: join_streams(transcript.outputs),
            end,
            notes: transcript.notes,
            beyond_stock: transcript.beyond_stock,
        }
    }

    fn end_of(&self, code: &str, transcript: &Transcript) -> End {
        let stderr = transcript.text(Stream::Stderr);
        if transcript.panicked {
            return end::by_panic(&stderr, &self.context.last_source().unwrap_or_default(), code);
        }
        if transcript.returned_error {
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

/// evcxr takes its settings from environment variables and from a file in the current folder: the variables are set
/// while one context is made, and a file that is not ours is refused.
fn new_context(options: &SessionOptions, folder: &WarmFolder) -> Result<(CommandContext, EvalContextOutputs)> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if Path::new("evcxr.toml").exists() {
        bail!("`evcxr.toml` in the current folder would configure the session\nhelp: start from another folder");
    }
    let no_config = folder.build_folder().join("no-config");
    // SAFETY: the lock above excludes other sessions, and nothing else here reads variables through C.
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

/// Cells look for libstd by a path relative to where cargo first put them, and evcxr moves them one folder up: below
/// the home folder that path is invalid.
fn find_std(command: &mut Command) -> Result<()> {
    let name = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    let mut folders = vec![build_folder::std_folder()?];
    folders.extend(std::env::split_paths(&std::env::var_os(name).unwrap_or_default()));
    command.env(name, std::env::join_paths(folders)?);
    Ok(())
}

/// `path = "../.."` in a `:dep` line is relative to the session's folder, not to the process's.
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
    diagnostics.iter().any(|it| offline.iter().any(|phrase| it.message.contains(phrase)))
}

fn diagnostic(error: &evcxr::CompilationError, code: &str) -> Diagnostic {
    // evcxr takes a span in any file named `lib.rs` for the cell's.
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
        let headline = format!("{}: {}", error.level(), error.message());
        let label = Some(message.label.clone()).filter(|label| !label.is_empty() && *label != headline);
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
    let notes = children.iter().filter_map(|child| {
        let message = child["message"].as_str().filter(|message| !message.is_empty())?;
        let replacement = child["spans"][0]["suggested_replacement"].as_str().map(str::trim).unwrap_or_default();
        let replacement = if replacement.is_empty() { String::new() } else { format!(": `{replacement}`") };
        Some(format!("{}: {message}{replacement}", child["level"].as_str().unwrap_or("note")))
    });
    notes.collect()
}

fn plain_diagnostic(message: &str) -> Diagnostic {
    let rendered = format!("error: {message}");
    Diagnostic { level: "error".into(), message: message.to_string(), rendered, ..Diagnostic::default() }
}
