//! The line editor: colours, several lines with indentation, history, Tab, Shift-Tab.
//!
//! It runs nothing, and returns the input as text.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter, HistoryHinter};
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, EditMode, Editor, Event, EventContext, EventHandler,
    ExternalPrinter, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::analyzer::{Analyzer, Hover};
use super::command::is_command;
use super::complete::{Candidates, complete};
use super::inspect::Known;
use super::{inspect, state};
use crate::cli::lang::Lang;
use crate::cli::syntax::input::{Reading, indentation, open_bracket, reading, stepped_out};
use crate::cli::syntax::library;
use crate::cli::terminal::highlight;
use crate::cli::terminal::style::{GOOD, Look, QUIET};

/// The input at one prompt.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    Line(String),
    /// Ctrl-C.
    Cancelled,
    /// Ctrl-D.
    End,
}

pub struct Prompt {
    editor: Editor<Assistant, DefaultHistory>,
    history: Option<PathBuf>,
    candidates: Shared,
    server: Arc<Mutex<LanguageServer>>,
    /// Prints above the line; `None` if this terminal cannot.
    printer: Option<Sender<String>>,
}

/// The language server, and the code that has run, input by input.
struct LanguageServer {
    analyzer: Analyzer,
    codes: Vec<String>,
}

/// Shared with the key handlers.
type Shared = Arc<Mutex<Candidates>>;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The library's names are only read when they are needed.
fn with_library(candidates: &mut Candidates) -> &Candidates {
    if candidates.rust.library.is_empty() {
        candidates.rust.library = library::public_names();
    }
    candidates
}

impl Prompt {
    pub fn new(look: Look, lang: Lang, candidates: Candidates, analyzer: Analyzer, vi: bool) -> Result<Prompt> {
        let candidates = Arc::new(Mutex::new(candidates));
        let server = Arc::new(Mutex::new(LanguageServer { analyzer, codes: Vec::new() }));
        let config = Config::builder()
            .max_history_size(5000)?
            .history_ignore_dups(true)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .completion_show_all_if_ambiguous(true)
            .edit_mode(if vi { EditMode::Vi } else { EditMode::Emacs })
            .bracketed_paste(true)
            .auto_add_history(false);
        let mut editor = Editor::with_config(config.build())?;
        editor.set_helper(Some(Assistant {
            look,
            candidates: Arc::clone(&candidates),
            server: Arc::clone(&server),
            lang,
            hint: HistoryHinter::new(),
        }));
        editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::NONE), EventHandler::Conditional(Box::new(NewLine)));
        let printer = editor.create_external_printer().ok().map(start_printer);
        if let Some(printer) = printer.clone() {
            let (candidates, server) = (Arc::clone(&candidates), Arc::clone(&server));
            let description = Arc::new(Description { printer, candidates, server, look, lang });
            for key in [KeyCode::BackTab, KeyCode::F(1)] {
                let key_handler = Box::new(DescribeKey(Arc::clone(&description)));
                editor.bind_sequence(KeyEvent(key, Modifiers::NONE), EventHandler::Conditional(key_handler));
            }
        }
        let history = state::history();
        if let Some(file) = &history {
            // The file does not exist before the first session.
            drop(editor.load_history(file));
        }
        Ok(Prompt { editor, history, candidates, server, printer })
    }

    /// Prints above the line that is being typed.
    pub fn printer(&self) -> Option<Sender<String>> {
        self.printer.clone()
    }

    /// Updates what Tab offers.
    pub fn update(&mut self, change: impl FnOnce(&mut Candidates)) {
        change(&mut locked(&self.candidates));
    }

    /// The code that has run, which the language server reads before the line.
    pub fn remember_code(&mut self, codes: Vec<String>) {
        locked(&self.server).codes = codes;
    }

    /// Reads one complete input: a command, or Rust on as many lines as it needs. The line starts with `initial`.
    pub fn read(&mut self, prompt: &str, initial: &str, look: &Look) -> Result<Typed> {
        let styled = look.paint(GOOD, prompt);
        match self.editor.readline_with_initial(&(prompt, styled.as_str()), (initial, "")) {
            Ok(line) => {
                let line = stepped_out(&line);
                self.remember(&line);
                Ok(Typed::Line(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::Cancelled),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(error.into()),
        }
    }

    fn remember(&mut self, line: &str) {
        if line.trim().is_empty() || !self.editor.add_history_entry(line).unwrap_or(false) {
            return;
        }
        if let Some(file) = &self.history {
            // History is optional: a full disk must not stop the lesson.
            drop(self.editor.append_history(file));
        }
    }
}

/// rustyline calls it at every key.
#[derive(Helper)]
struct Assistant {
    look: Look,
    candidates: Shared,
    server: Arc<Mutex<LanguageServer>>,
    lang: Lang,
    hint: HistoryHinter,
}

/// Faint text after the cursor.
enum Faint {
    /// From the history; the right arrow accepts it.
    Earlier(String),
    /// Why an empty line is not the end of the input.
    Unfinished(String),
}

impl Hint for Faint {
    fn display(&self) -> &str {
        let (Faint::Earlier(text) | Faint::Unfinished(text)) = self;
        text
    }

    fn completion(&self) -> Option<&str> {
        if let Faint::Earlier(text) = self { Some(text) } else { None }
    }
}

/// Off for screen readers.
impl Hinter for Assistant {
    type Hint = Faint;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<Faint> {
        if !self.look.decorated || !self.look.color {
            return None;
        }
        if let Some((_, last)) = line.rsplit_once('\n') {
            let waits = position == line.len() && last.trim().is_empty() && is_unfinished(line);
            let why = || match open_bracket(line) {
                Some(bracket) => self.lang.open_bracket(bracket),
                None => self.lang.unfinished(),
            };
            return waits.then(|| Faint::Unfinished(why()));
        }
        // A longer hint would make the prompt jump.
        self.hint.hint(line, position, context).filter(|hint| !hint.contains('\n')).map(Faint::Earlier)
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if is_unfinished(context.input()) { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

fn is_unfinished(text: &str) -> bool {
    !is_command(text) && reading(text) == Reading::Incomplete
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        if !self.look.color {
            Cow::Borrowed(line)
        } else if is_command(line) {
            Cow::Owned(self.look.paint(GOOD, line))
        } else {
            Cow::Owned(highlight::rust(line, &self.look))
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.look.paint(QUIET, hint))
    }

    fn highlight_char(&self, _line: &str, _position: usize, kind: CmdKind) -> bool {
        self.look.color && kind != CmdKind::MoveCursor
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..position];
        let (at, mut names) = complete(typed, with_library(&mut locked(&self.candidates)));
        if !is_command(line) && (at < position || typed.ends_with(['.', ':'])) {
            let LanguageServer { analyzer, codes } = &mut *locked(&self.server);
            let others = analyzer.complete(&codes.join("\n"), typed).into_iter();
            let others: Vec<String> =
                others.filter(|name| name.starts_with(&typed[at..]) && !names.contains(name)).collect();
            names.extend(others);
        }
        let pairs = names.into_iter().map(|name| Pair { display: name.clone(), replacement: name });
        Ok((at, pairs.collect()))
    }
}

/// Enter in unfinished code: a new line, indented by its open brackets.
struct NewLine;

impl ConditionalEventHandler for NewLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let at_end = context.pos() == context.line().len();
        (at_end && is_unfinished(context.line()))
            .then(|| Cmd::Insert(1, format!("\n{}", " ".repeat(indentation(context.line())))))
    }
}

/// Prints above the line, on its own thread: the editor only reads one text between two keys, and a second one would
/// block its thread.
fn start_printer(mut printer: impl ExternalPrinter + Send + 'static) -> Sender<String> {
    let (sender, texts) = channel();
    std::thread::spawn(move || {
        while let Ok(text) = texts.recv() {
            // A text that cannot be printed is no loss.
            drop(printer.print(text));
        }
    });
    sender
}

/// Prints a description of the name under the cursor.
struct Description {
    printer: Sender<String>,
    candidates: Shared,
    server: Arc<Mutex<LanguageServer>>,
    look: Look,
    lang: Lang,
}

struct DescribeKey(Arc<Description>);

impl ConditionalEventHandler for DescribeKey {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let Description { printer, candidates, server, look, lang } = &*self.0;
        let line = context.line();
        let word = inspect::word_at(line, context.pos())?;
        let LanguageServer { analyzer, codes } = &mut *locked(server);
        let ask_server = || {
            let (typed, rest) = line.split_at(word.start);
            if is_command(line) { Hover::Nothing } else { analyzer.describe(&codes.join("\n"), typed, rest) }
        };
        let known = Known { names: &locked(candidates).rust, codes, position: context.pos() };
        let text = inspect::describe(line, word, &known, ask_server, *lang, look);
        // The printer only ends with the editor.
        let _ = printer.send(format!("{text}\n"));
        Some(Cmd::Noop)
    }
}
