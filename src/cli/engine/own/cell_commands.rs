//! The `:commands` that stand at the head of a cell.
//!
//! What a command does to the session is here; what it prints goes out as the cell's output.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;

use super::compile::cell_cache::Shelf;
use super::compile::diagnostics::refusal;
use super::compile::source::line_and_column;
use super::deps::{Dependency, NotBuilt};
use super::session::OwnSession;
use super::shell::Failed;
use super::{cache, shell};
use crate::cli::outcome::{Diagnostic, End, Event, Output, Phase, RichKind, Span};
use crate::cli::syntax::split::{Cell, Command};

/// What commands set, beside how cells are compiled.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub timing: bool,
    pub passes: bool,
    pub last_errors: Vec<Diagnostic>,
}

/// What the commands of a cell say.
#[derive(Debug, Default)]
pub struct Said {
    pub outputs: Vec<Output>,
    pub notes: Vec<String>,
}

impl Said {
    /// As in the stock kernel, texts of several commands are one text, the later below.
    fn plain(&mut self, text: String) {
        if let Some(Output::Rich { data, .. }) = self.outputs.first_mut() {
            let whole = data.entry("text/plain".to_owned()).or_default();
            whole.push('\n');
            whole.push_str(&text);
            return;
        }
        let data = BTreeMap::from([("text/plain".to_owned(), text)]);
        self.outputs.push(Output::Rich { kind: RichKind::Result, data });
    }
}

type Answer = std::result::Result<(), String>;

impl OwnSession {
    /// Carries out the cell's commands, in order; the first that fails ends the cell.
    pub(super) fn commands(
        &mut self,
        cell: &Cell,
        code: &str,
        events: &mut dyn FnMut(Event),
    ) -> Result<std::result::Result<Said, End>> {
        let mut said = Said::default();
        let mut wanted: Vec<(Range<usize>, String)> = Vec::new();
        if !cell.commands.is_empty() {
            // What it is compiled with may be about to change.
            self.ahead = None;
        }
        for command in &cell.commands {
            let (name, argument) = parse(&command.text);
            if name == ":dep" {
                wanted.push((argument_range(command), argument.to_owned()));
                continue;
            }
            if let Err(end) = self.add_dependencies(&std::mem::take(&mut wanted), code, events)? {
                return Ok(Err(end));
            }
            if let Some(line) = command.text.strip_prefix('!') {
                match self.shell(line.trim()) {
                    Ok(text) => said.plain(text),
                    Err(Failed::Refused(why)) => return Ok(Err(refused(why, command.range.clone(), code))),
                    Err(Failed::Stopped(end)) => return Ok(Err(end)),
                }
                continue;
            }
            if let Err(message) = self.command(name, argument, &mut said)? {
                return Ok(Err(refused(message, argument_range(command), code)));
            }
        }
        // A `:dep` of the cell says more of a crate than its `extern crate`.
        if let Err(end) = self.add_dependencies(&std::mem::take(&mut wanted), code, events)? {
            return Ok(Err(end));
        }
        let crates = self.crates_asked_for(cell);
        wanted.extend(crates.into_iter().map(|name| (0..0, format!("{name} = \"*\""))));
        Ok(self.add_dependencies(&wanted, code, events)?.map(|()| said))
    }

    /// `extern crate name;` brings a crate in, as evcxr does.
    fn crates_asked_for(&self, cell: &Cell) -> Vec<String> {
        use crate::cli::syntax::split::PartKind;
        use crate::cli::syntax::split::items::ItemKind;
        let known = |name: &str| {
            ["std", "core", "alloc", "proc_macro", "test", "self"].contains(&name)
                || self.workshop.externs.iter().any(|(own, _)| own == name)
        };
        let items = cell.parts.iter().filter_map(|part| match &part.kind {
            PartKind::Item(item) => Some(&item.kind),
            _ => None,
        });
        let named = items.filter_map(|kind| match kind {
            ItemKind::ExternCrate(name) if !known(name) => Some(name.clone()),
            _ => None,
        });
        named.collect()
    }

    /// Adds dependencies and builds; a crate that is named again replaces its earlier line.
    pub(super) fn add_dependencies(
        &mut self,
        wanted: &[(Range<usize>, String)],
        code: &str,
        events: &mut dyn FnMut(Event),
    ) -> Result<std::result::Result<(), End>> {
        if wanted.is_empty() {
            return Ok(Ok(()));
        }
        let mut all = self.dependencies.clone();
        for (range, text) in wanted {
            let parsed = match Dependency::parse(text, &self.folder()) {
                Ok(parsed) => parsed,
                Err(error) => return Ok(Err(refused(format!("{error:#}"), range.clone(), code))),
            };
            for dependency in parsed {
                all.retain(|other| other.name() != dependency.name());
                all.push(dependency);
            }
        }
        if all == self.dependencies {
            return Ok(Ok(()));
        }
        if let Err(error) = self.build(all, events) {
            let range = wanted.first().map_or(0..0, |(range, _)| range.clone());
            if self.was_stopped() {
                return Ok(Err(End::Interrupted));
            }
            if error.downcast_ref() == Some(&NotBuilt::TimedOut) {
                let seconds = self.options.compile_timeout.unwrap_or_default().as_secs_f64();
                return Ok(Err(End::TimedOut { phase: Phase::Compile, seconds }));
            }
            return Ok(Err(refused(cache::in_words(&error), range, code)));
        }
        Ok(Ok(()))
    }

    fn shell(&mut self, line: &str) -> std::result::Result<String, Failed> {
        if !self.options.shell {
            let why = "the shell is closed to cells here\nhelp: `--allow-shell`, where you trust the notebook";
            return Err(Failed::Refused(why.to_owned()));
        }
        shell::run(line, &self.options.folder, self.options.run_timeout, self.stop())
    }

    fn command(&mut self, name: &str, argument: &str, said: &mut Said) -> Result<Answer> {
        let on = argument == "1";
        let text = match name {
            ":vars" => self.vars(),
            ":type" | ":t" => match self.state.variables.get(argument) {
                Some(kept) => format!("{argument}: {}", kept.type_text.shown()),
                None => return Ok(Err(format!("variable does not exist: `{argument}`"))),
            },
            ":clear" => {
                self.forget_all()?;
                return Ok(Ok(()));
            }
            ":restart" => {
                self.child.reset()?;
                self.state.variables.clear();
                "Child process restarted".to_owned()
            }
            ":undo" => {
                if !self.take_back()? {
                    return Ok(Err("there is no cell to take back".to_owned()));
                }
                "The last cell is taken back".to_owned()
            }
            ":opt" => match self.set_opt(argument) {
                Ok(text) => text,
                Err(message) => return Ok(Err(message)),
            },
            ":efmt" => match self.set_error_format(argument) {
                Ok(text) => text,
                Err(message) => return Ok(Err(message)),
            },
            ":fmt" => {
                self.workshop.value_format = if argument.is_empty() { "{:?}".into() } else { argument.into() };
                format!("Output format: {}", self.workshop.value_format)
            }
            ":types" => {
                self.workshop.with_type = !self.workshop.with_type;
                format!("Types: {}", self.workshop.with_type)
            }
            ":timing" => {
                self.settings.timing = !self.settings.timing;
                format!("Timing: {}", self.settings.timing)
            }
            ":time_passes" => {
                self.settings.passes = !self.settings.passes;
                format!("Time passes: {}", self.settings.passes)
            }
            ":version" => env!("CARGO_PKG_VERSION").to_owned(),
            ":help" => HELP.trim_end().to_owned(),
            ":show_deps" => self.dependencies.iter().map(|dependency| format!("{dependency}\n")).collect(),
            ":explain" => match self.explain() {
                Ok(text) => text,
                Err(message) => return Ok(Err(message)),
            },
            ":last_compile_dir" => self.workshop.folder.display().to_string(),
            ":last_error_json" => return Ok(Err("this session keeps no JSON of its errors".to_owned())),
            ":preserve_vars_on_panic" => {
                said.notes.push("variables are always kept on a panic here".to_owned());
                format!("Preserve vars on panic: {on}")
            }
            ":sccache"
            | ":linker"
            | ":allow_static_linking"
            | ":codegen_backend"
            | ":clear_cache"
            | ":load_config"
            | ":internal_debug"
            | ":offline" => {
                said.notes.push(format!("`{name}` has no effect in this session"));
                return Ok(Ok(()));
            }
            ":cache" => {
                self.workshop.shelf = if argument == "0" { None } else { Shelf::open() };
                let keeps = if self.workshop.shelf.is_some() { "are kept" } else { "are compiled anew" };
                format!("Compiled cells {keeps}")
            }
            ":toolchain" => format!("Toolchain: {}", self.workshop.toolchain.version),
            ":env" => {
                let (key, value) = argument.split_once('=').unwrap_or(("NAME", "value"));
                let help = format!("help: in a cell: unsafe {{ std::env::set_var({key:?}, {value:?}) }}");
                return Ok(Err(format!("`:env` sets nothing for a process that already runs\n{help}")));
            }
            ":build_env" => match argument.split_once('=') {
                Some((key, value)) => {
                    self.workshop.env.insert(key.to_owned(), value.to_owned());
                    format!("Set {key}={value} for compiling cells")
                }
                None => return Ok(Err("please supply key=value".to_owned())),
            },
            _ => return Ok(Err(format!("unrecognised command `{name}`\nhelp: `:help` lists them"))),
        };
        said.plain(text);
        Ok(Ok(()))
    }

    fn vars(&self) -> String {
        let lines = self.state.variables.iter().map(|(name, kept)| format!("{name}: {}\n", kept.type_text.shown()));
        lines.collect::<String>().trim_end().to_owned()
    }

    fn set_opt(&mut self, argument: &str) -> std::result::Result<String, String> {
        self.workshop.opt_level = match argument {
            "" if self.workshop.opt_level == "2" => "0".to_owned(),
            "" => "2".to_owned(),
            "0" | "1" | "2" | "3" | "s" | "z" => argument.to_owned(),
            _ => return Err(format!("invalid optimization level `{argument}`\nhelp: 0, 1, 2 or 3")),
        };
        Ok(format!("Optimization: {}", self.workshop.opt_level))
    }

    fn set_error_format(&mut self, argument: &str) -> std::result::Result<String, String> {
        if !argument.is_empty() {
            if !["{}", "{:?}", "{:#?}"].contains(&argument) {
                return Err(format!("unsupported error format `{argument}`\nhelp: {{}}, {{:?}} or {{:#?}}"));
            }
            self.workshop.error_format = argument.to_owned();
        }
        let of = if self.workshop.error_format == "{}" { "std::fmt::Display" } else { "std::fmt::Debug" };
        Ok(format!("Error format: {} (errors must implement {of})", self.workshop.error_format))
    }

    fn explain(&self) -> std::result::Result<String, String> {
        let codes = self.settings.last_errors.iter().filter_map(|diagnostic| diagnostic.code.as_deref());
        let Some(code) = codes.into_iter().next() else { return Err("no last error to explain".to_owned()) };
        let output = std::process::Command::new(&self.workshop.toolchain.rustc).args(["--explain", code]).output();
        match output {
            Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()),
            _ => Err(format!("rustc has no explanation of `{code}`")),
        }
    }
}

fn parse(text: &str) -> (&str, &str) {
    let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
    (name, argument.trim())
}

/// The argument's place in the cell; the command's own where it has none.
fn argument_range(command: &Command) -> Range<usize> {
    let (name, argument) = parse(&command.text);
    if argument.is_empty() {
        return command.range.clone();
    }
    let skipped = command.text[name.len()..].len() - command.text[name.len()..].trim_start().len();
    let start = command.range.start + name.len() + skipped;
    start..start + argument.len()
}

pub(super) fn refused(message: String, range: Range<usize>, code: &str) -> End {
    let (head, rest) = message.split_once('\n').unwrap_or((&message, ""));
    let notes =
        rest.lines().map(|line| if line.starts_with("help: ") { line.to_owned() } else { format!("note: {line}") });
    let spans = if range.is_empty() {
        Vec::new()
    } else {
        let ((line, column), (end_line, end_column)) =
            (line_and_column(code, range.start), line_and_column(code, range.end));
        vec![Span { line, column, end_line, end_column, label: None, is_primary: true }]
    };
    End::CompileError(vec![refusal(head.to_owned(), notes.collect(), spans, code)])
}

const HELP: &str = "\
:vars             the variables and their types
:type NAME        the type of a variable (:t for short)
:dep NAME = ...   add a crate: a version, or a table as in Cargo.toml
:show_deps        the crates added so far
:clear            forget all variables and items
:undo             take the last cell back
:restart          start the process anew: variables go, items stay
:opt [0|1|2|3]    how much rustc optimises the cells
:fmt [FORMAT]     how values are shown, {:?} at first
:types            show types beside values, or not
:efmt [FORMAT]    how errors that leave through `?` are shown
:cache [0]        keep what cells were compiled to for the next time, or (0) don't
:timing           show how long each cell takes, or not
:time_passes      show where the time of each cell goes, or not
:explain          rustc's explanation of the last error
:version          this program's version
!COMMAND          hand a line to the shell, where that is allowed
:help             this list
";
