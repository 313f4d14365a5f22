//! The line that a reader types on: colours, several lines with their indentation, history, Tab.
//!
//! It runs nothing: what was typed is handed back as text.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, EditMode, Editor, Event, EventContext, EventHandler,
    ExternalPrinter, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::analyzer::{Analyzer, Hover};
use super::command::is_command;
use super::complete::{Names, complete};
use super::inspect::AtHand;
use super::{inspect, state};
use crate::cli::lang::Lang;
use crate::cli::syntax::input::{Reading, indentation, reading, stepped_out};
use crate::cli::syntax::library;
use crate::cli::terminal::highlight;
use crate::cli::terminal::style::{FAINT, GOOD, Look};

/// What came from the prompt.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    Line(String),
    /// Ctrl-C: the line is given up.
    GivenUp,
    /// Ctrl-D.
    End,
}

pub struct Prompt {
    editor: Editor<Assistant, DefaultHistory>,
    history: Option<PathBuf>,
    names: Shared,
    server: Arc<Mutex<Asked>>,
}

/// The language server, and the code that has run, input by input.
struct Asked {
    analyzer: Analyzer,
    codes: Vec<String>,
}

/// The names at hand, which the keys ask as well.
type Shared = Arc<Mutex<Names>>;

fn locked<T>(names: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    names.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The library's names are there when somebody asks, and not before.
fn with_library(names: &mut Names) -> &Names {
    if names.library.is_empty() {
        names.library = library::public_names();
    }
    names
}

impl Prompt {
    pub fn new(look: Look, lang: Lang, names: Names, analyzer: Analyzer, vi: bool) -> Result<Prompt> {
        let names = Arc::new(Mutex::new(names));
        let server = Arc::new(Mutex::new(Asked { analyzer, codes: Vec::new() }));
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
            names: Arc::clone(&names),
            server: Arc::clone(&server),
            hint: HistoryHinter::new(),
        }));
        editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::NONE), EventHandler::Conditional(Box::new(NewLine)));
        if let Ok(printer) = editor.create_external_printer() {
            let printer: Mutex<Box<dyn ExternalPrinter + Send>> = Mutex::new(Box::new(printer));
            let (names, server) = (Arc::clone(&names), Arc::clone(&server));
            let about = Arc::new(About { printer, names, server, look, lang });
            for key in [KeyCode::BackTab, KeyCode::F(1)] {
                let about = Box::new(AboutKey(Arc::clone(&about)));
                editor.bind_sequence(KeyEvent(key, Modifiers::NONE), EventHandler::Conditional(about));
            }
        }
        let history = state::history();
        if let Some(file) = &history {
            // A first start has none yet.
            drop(editor.load_history(file));
        }
        Ok(Prompt { editor, history, names, server })
    }

    /// The names that Tab offers from now on.
    pub fn renew(&mut self, names: impl FnOnce(&mut Names)) {
        names(&mut locked(&self.names));
    }

    /// What has run: the language server reads it before the line.
    pub fn remember_code(&mut self, codes: Vec<String>) {
        locked(&self.server).codes = codes;
    }

    /// One complete input: a command, or Rust on as many lines as it needs. `initial` is there to be changed.
    pub fn read(&mut self, prompt: &str, initial: &str, look: &Look) -> Result<Typed> {
        let styled = look.paint(GOOD, prompt);
        match self.editor.readline_with_initial(&(prompt, styled.as_str()), (initial, "")) {
            Ok(line) => {
                let line = stepped_out(&line);
                self.remember(&line);
                Ok(Typed::Line(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::GivenUp),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(error.into()),
        }
    }

    fn remember(&mut self, line: &str) {
        if line.trim().is_empty() || !self.editor.add_history_entry(line).unwrap_or(false) {
            return;
        }
        if let Some(file) = &self.history {
            // History is a comfort: a full disk must not stop the lesson.
            drop(self.editor.append_history(file));
        }
    }
}

/// Helps with the line: rustyline asks it at every key.
#[derive(Helper)]
struct Assistant {
    look: Look,
    names: Shared,
    server: Arc<Mutex<Asked>>,
    hint: HistoryHinter,
}

/// What was typed before goes on, faintly; the right arrow takes it. Nothing for a screen reader.
impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<String> {
        let plain = !self.look.decorated || !self.look.color || line.contains('\n');
        let hint = if plain { None } else { self.hint.hint(line, position, context) };
        // More than a line would push the prompt about.
        hint.filter(|hint| !hint.contains('\n'))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        let wait = is_unfinished(context.input());
        Ok(if wait { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
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
        Cow::Owned(self.look.paint(FAINT, hint))
    }

    fn highlight_char(&self, _line: &str, _position: usize, kind: CmdKind) -> bool {
        self.look.color && kind != CmdKind::MoveCursor
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..position];
        let (at, mut names) = complete(typed, with_library(&mut locked(&self.names)));
        if !is_command(line) && (at < position || typed.ends_with(['.', ':'])) {
            let Asked { analyzer, codes } = &mut *locked(&self.server);
            names.extend(
                analyzer.complete(&codes.join("\n"), typed).into_iter().filter(|name| name.starts_with(&typed[at..])),
            );
            names.sort();
            names.dedup();
        }
        let pairs = names.into_iter().map(|name| Pair { display: name.clone(), replacement: name });
        Ok((at, pairs.collect()))
    }
}

/// Enter in unfinished code: a new line, as far in as its brackets say.
struct NewLine;

impl ConditionalEventHandler for NewLine {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let at_end = context.pos() == context.line().len();
        (at_end && is_unfinished(context.line()))
            .then(|| Cmd::Insert(1, format!("\n{}", " ".repeat(indentation(context.line())))))
    }
}

/// Says above the line what is under the cursor.
struct About {
    printer: Mutex<Box<dyn ExternalPrinter + Send>>,
    names: Shared,
    server: Arc<Mutex<Asked>>,
    look: Look,
    lang: Lang,
}

struct AboutKey(Arc<About>);

impl ConditionalEventHandler for AboutKey {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let About { printer, names, server, look, lang } = &*self.0;
        let line = context.line();
        let word = inspect::word_at(line, context.pos())?;
        let Asked { analyzer, codes } = &mut *locked(server);
        let others = || {
            let (typed, rest) = line.split_at(word.start);
            if is_command(line) { Hover::Nothing } else { analyzer.describe(&codes.join("\n"), typed, rest) }
        };
        let at_hand = AtHand { names: &locked(names), codes };
        let text = inspect::of(line, word, &at_hand, others, *lang, look);
        // The line is printed by whoever reads the keys; a line that cannot be printed is no loss.
        let mut printer = printer.lock().unwrap_or_else(PoisonError::into_inner);
        drop(printer.print(format!("{text}\n")));
        Some(Cmd::Noop)
    }
}
