//! The `:commands` at the head of a cell.
//!
//! Each command is a function of the parts of the session that it needs; its text is the cell's output.

mod command;
mod output;

use std::ops::Range;
use std::process;

use command::{Command, place_of, place_of_name};
pub use output::CommandOutput;

use super::compile::Compiler;
use super::compile::cell_cache::CellCache;
use super::compile::diagnostics::refusal;
use super::halt::Halt;
use super::session::{OwnSession, Wanted, extern_crates};
use super::shell;
use super::source::{Source, line_and_column};
use super::state::State;
use super::stop::Stop;
use crate::cli::engine::SessionOptions;
use crate::cli::engine::thread::Definitions;
use crate::cli::outcome::{End, Event, Span};
use crate::cli::syntax::complete::help::{is_error_code, look_up};

/// Why a command fails.
enum Failure {
    /// The message, with the next step.
    Refused(String),
    Halt(Halt),
}

impl From<String> for Failure {
    fn from(message: String) -> Failure {
        Failure::Refused(message)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Halt(error.into())
    }
}

impl From<shell::Failed> for Failure {
    fn from(failed: shell::Failed) -> Failure {
        match failed {
            shell::Failed::Refused(why) => Failure::Refused(why),
            shell::Failed::Stopped(end) => Failure::Halt(end.into()),
        }
    }
}

/// Runs the cell's commands, in order; the first that fails ends the cell. Neighbouring `:dep` lines are built at once.
pub fn run_all(
    session: &mut OwnSession,
    source: &Source,
    events: &mut dyn FnMut(Event),
) -> Result<CommandOutput, Halt> {
    let mut output = CommandOutput::default();
    let mut wanted: Vec<Wanted> = Vec::new();
    for line in &source.cell.commands {
        if !line.is_plain(&source.code) {
            let name = line.text.split(' ').next().unwrap_or_default();
            let why = format!("`{name}` has a comment or several lines: the stock kernel refuses that");
            output.beyond_stock.push(why);
        }
        let command = Command::parse(&line.text);
        if let Command::Dep(text) = command {
            wanted.push(Wanted { text: text.to_owned(), range: place_of(line) });
            continue;
        }
        session.add_crates(&std::mem::take(&mut wanted), &source.code, events)?;
        let place = if matches!(command, Command::Unknown(_)) { place_of_name(line) } else { place_of(line) };
        run(session, command, &mut output).map_err(|failure| match failure {
            Failure::Refused(message) => refused(message, place.clone(), &source.code).into(),
            Failure::Halt(halt) => halt,
        })?;
    }
    // A `:dep` line of the cell says more about a crate than its `extern crate`.
    session.add_crates(&wanted, &source.code, events)?;
    session.add_crates(&extern_crates(source, &session.compiler), &source.code, events)?;
    Ok(output)
}

fn run(session: &mut OwnSession, command: Command, output: &mut CommandOutput) -> Result<(), Failure> {
    let text = match command {
        Command::Dep(_) => return Ok(()),
        Command::ShowDeps => session.crates.dependencies().iter().map(|one| format!("{one}\n")).collect(),
        Command::Vars => variables(session.history.state()),
        Command::Type(name) => type_of(session.history.state(), name)?,
        Command::Clear => return Ok(session.history.clear()?),
        Command::Restart => {
            session.history.restart()?;
            "Child process restarted".to_owned()
        }
        Command::Undo => {
            let undone = session.history.undo()?;
            session.notes.extend(session.history.drop_restarted());
            undone
                .then(|| "The last cell is taken back".to_owned())
                .ok_or_else(|| session.history.why_not_undone().to_owned())?
        }
        Command::OptLevel(level) => set_opt_level(&mut session.compiler, level)?,
        Command::ErrorFormat(format) => set_error_format(&mut session.compiler, format)?,
        Command::ValueFormat(format) => set_value_format(&mut session.compiler, format),
        Command::Types => toggle("Types", &mut session.compiler.with_type),
        Command::Timing => toggle("Timing", &mut session.timing.cells),
        Command::TimePasses => toggle("Time passes", &mut session.timing.passes),
        Command::Cache(on) => set_cache(&mut session.compiler, on),
        Command::BuildEnv(pair) => set_build_env(&mut session.compiler, pair)?,
        Command::Env(pair) => return Err(explain_env(pair).into()),
        Command::Doc(name) => return Ok(doc(session, name, output)?),
        Command::Explain => explain(&session.compiler, session.last_error.as_deref())?,
        Command::LastCompileDir => session.compiler.folder.display().to_string(),
        Command::LastErrorJson => return Err("this session does not store its errors as JSON".to_owned().into()),
        Command::PreserveVars(on) => {
            output.notes.push("this session always preserves variables on a panic".to_owned());
            format!("Preserve vars on panic: {on}")
        }
        Command::Toolchain => format!("Toolchain: {}", session.compiler.toolchain.version),
        Command::Version => env!("CARGO_PKG_VERSION").to_owned(),
        Command::Help => HELP.trim_end().to_owned(),
        Command::Ignored(name) => {
            output.notes.push(format!("`{name}` has no effect in this session"));
            return Ok(());
        }
        Command::Unknown(name) => {
            return Err(format!("unrecognised command `{name}`\nhelp: `:help` lists the commands").into());
        }
        Command::Shell(line) => run_shell(line, &session.options, &session.stop)?,
    };
    output.print(&text);
    Ok(())
}

fn variables(state: &State) -> String {
    let lines = state.variables.iter().map(|(name, variable)| format!("{name}: {}\n", variable.type_text.shown()));
    lines.collect::<String>().trim_end().to_owned()
}

fn type_of(state: &State, name: &str) -> Result<String, String> {
    let shown = state.type_of(name).ok_or_else(|| format!("variable does not exist: `{name}`"))?;
    Ok(format!("{name}: {shown}"))
}

fn toggle(name: &str, setting: &mut bool) -> String {
    *setting = !*setting;
    format!("{name}: {setting}")
}

fn set_opt_level(compiler: &mut Compiler, level: &str) -> Result<String, String> {
    compiler.opt_level = match level {
        "" if compiler.opt_level == "2" => "0".to_owned(),
        "" => "2".to_owned(),
        "0" | "1" | "2" | "3" | "s" | "z" => level.to_owned(),
        _ => return Err(format!("invalid optimization level `{level}`\nhelp: 0, 1, 2 or 3")),
    };
    Ok(format!("Optimization: {}", compiler.opt_level))
}

fn set_error_format(compiler: &mut Compiler, format: &str) -> Result<String, String> {
    if !format.is_empty() {
        if !["{}", "{:?}", "{:#?}"].contains(&format) {
            return Err(format!("unsupported error format `{format}`\nhelp: {{}}, {{:?}} or {{:#?}}"));
        }
        compiler.error_format = format.to_owned();
    }
    let of = if compiler.error_format == "{}" { "std::fmt::Display" } else { "std::fmt::Debug" };
    Ok(format!("Error format: {} (errors must implement {of})", compiler.error_format))
}

fn set_value_format(compiler: &mut Compiler, format: &str) -> String {
    compiler.value_format = if format.is_empty() { "{:?}".into() } else { format.into() };
    format!("Output format: {}", compiler.value_format)
}

fn set_cache(compiler: &mut Compiler, on: bool) -> String {
    compiler.cache = if on { CellCache::open() } else { None };
    format!("Compiled cells {}", if compiler.cache.is_some() { "are cached" } else { "are not cached" })
}

fn set_build_env(compiler: &mut Compiler, pair: &str) -> Result<String, String> {
    let (key, value) = pair.split_once('=').ok_or("please supply key=value")?;
    compiler.libraries.env.insert(key.to_owned(), value.to_owned());
    Ok(format!("Set {key}={value} for compiling cells"))
}

fn explain_env(pair: &str) -> String {
    let (key, value) = pair.split_once('=').unwrap_or(("NAME", "value"));
    let help = format!("help: in a cell: unsafe {{ std::env::set_var({key:?}, {value:?}) }}");
    format!("`:env` cannot change a process that is already running\n{help}")
}

/// The signature and documentation of a name; rustc's explanation of an error's code.
fn doc(session: &mut OwnSession, name: &str, output: &mut CommandOutput) -> Result<(), String> {
    if name.is_empty() {
        return Err("`:doc` needs a name\nhelp: :doc Vec::push".to_owned());
    }
    if is_error_code(name) {
        let text = explain(&session.compiler, Some(name))?;
        output.print_page(&text, &text);
        return Ok(());
    }
    let names = Definitions::of(session).names(Vec::new, &session.options.folder);
    let page = look_up(name, &names).ok_or_else(|| {
        format!("nothing is known of `{name}`\nhelp: a name or a path, such as `:doc Vec::push` or `:doc println!`")
    })?;
    output.print_page(&page.plain(), &page.markdown());
    Ok(())
}

fn explain(compiler: &Compiler, last_error: Option<&str>) -> Result<String, String> {
    let code = last_error.ok_or("no last error to explain")?;
    match process::Command::new(&compiler.toolchain.rustc).args(["--explain", code]).output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()),
        _ => Err(format!("rustc has no explanation of `{code}`")),
    }
}

fn run_shell(line: &str, options: &SessionOptions, stop: &Stop) -> Result<String, shell::Failed> {
    if !options.shell {
        let why = "cells may not run shell commands here\nhelp: pass `--allow-shell` if you trust the notebook";
        return Err(shell::Failed::Refused(why.to_owned()));
    }
    shell::run(line, &options.folder, options.run_timeout, stop)
}

/// An error with its place in the cell; its lines after the first are notes.
pub fn refused(message: String, range: Range<usize>, code: &str) -> End {
    let (head, rest) = message.split_once('\n').unwrap_or((&message, ""));
    let notes =
        rest.lines().map(|line| if line.starts_with("help: ") { line.to_owned() } else { format!("note: {line}") });
    let mut spans = Vec::new();
    if !range.is_empty() {
        let ((line, column), (end_line, end_column)) =
            (line_and_column(code, range.start), line_and_column(code, range.end));
        spans.push(Span { line, column, end_line, end_column, label: None, is_primary: true });
    }
    End::CompileError(vec![refusal(head.to_owned(), notes.collect(), spans, code)])
}

const HELP: &str = "\
:vars             list the variables with their types
:type NAME        show the type of a variable (:t for short)
:dep NAME = ...   add a crate: a version, or a table as in Cargo.toml
:show_deps        list the crates added so far
:clear            forget all variables and items
:undo             undo the last cell
:restart          restart the process: variables go, items stay
:opt [0|1|2|3]    set the optimisation level of cells, or toggle it
:fmt [FORMAT]     set the format of values, {:?} by default
:types            toggle types beside values
:efmt [FORMAT]    set the format of errors returned by `?`
:cache [0]        cache compiled cells for later sessions, or (0) don't
:timing           toggle the time of each cell
:time_passes      toggle the times of each cell's compiler passes
:doc NAME         show the signature and documentation of a name, or explain an error's code
:explain          show rustc's explanation of the last error
:version          show this program's version
!COMMAND          run a shell command, where that is allowed
:help             show this list
";
