//! `repl`: the chapter at a prompt. Enter walks on, a colon begins a command, anything else is Rust.
//!
//! What is shown and how is in its modules: the steps (`walk`), the session's queue, the line (`prompt`).

pub mod command;
pub mod complete;

mod inspect;
mod missing_data;
mod analyzer;
mod save;
mod keyboard;
mod language;
mod pager;
mod pages;
mod prompt;
mod running;
mod screen;
mod output;
mod state;
mod hints;
mod steps;
mod walking;

use std::collections::HashSet;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use analyzer::{Analyzer, Project};
use anyhow::Result;
use command::{Command, is_command};
use complete::Names;
use hints::Belongings;
use keyboard::Keyboard;
use prompt::{Prompt, Typed};
use screen::Screen;
use state::Progress;
use steps::Step;

use crate::cli::args::ReplArgs;
use crate::cli::engine::thread::{Definitions, Ticket};
use crate::cli::engine::thread::queue::Queue;
use crate::cli::engine::{self, Engine, SessionOptions};
use crate::cli::exit::Exit;
use crate::cli::lang::Lang;
use crate::cli::notebook::chapter::Chapter;
use crate::cli::notebook::course::{Cell, Lookup, Section};
use crate::cli::notebook::{chapter, glossary, ipynb};
use crate::cli::outcome::{Outcome, Output};
use crate::cli::syntax::input::{Reading, reading};
use crate::cli::syntax::{library, types};
use crate::cli::terminal::picture::{Images, probe};
use crate::cli::terminal::style::Look;
use crate::cli::terminal::{interrupt, style};

/// Walks through a course until the input ends.
pub fn run(engine: Engine, args: &ReplArgs) -> Result<Exit> {
    let interactive = args.code.is_empty() && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    interrupt::watch();
    let keyboard = interactive.then(Keyboard::hold);
    let images = if args.plain && args.images == Images::Auto { Images::None } else { args.images };
    let question = probe::ask(images, interactive);
    let lang = args.lang.unwrap_or_else(Lang::of_environment);
    let shelf = match &args.path {
        Some(path) => chapter::open(path),
        None => chapter::chapter(lang),
    };
    // The answer comes whatever the shelf holds, and belongs to no shell.
    let asked = question.answer();
    let shelf = shelf?;
    let screen = Screen::new(Look::of_stdout(args.plain), lang, asked.canvas, interactive);
    let mut repl = Repl::new(engine, shelf, screen, interactive);
    repl.own_chapter = args.path.is_none();
    if interactive {
        repl.greet();
    }
    if let Some(place) = &args.section {
        if !repl.goto(place) {
            return Ok(Exit::Usage);
        }
    } else if interactive {
        repl.announce();
    }
    match keyboard {
        Some(keyboard) => repl.converse(args.vi, images, asked, keyboard),
        None if args.code.is_empty() => repl.run_lines(std::io::stdin().lock().lines()),
        None => repl.run_lines(args.code.iter().cloned().map(Ok)),
    }
}

/// The reader's place, the session behind it, and the screen in front.
struct Repl {
    shelf: Chapter,
    /// Is it this project's chapter, which there is in other languages?
    own_chapter: bool,
    project: Project,
    queue: Queue,
    screen: Screen,
    interactive: bool,
    section: usize,
    steps: Vec<Step>,
    /// The step that Enter shows next.
    next: usize,
    /// The section's first code cell, handed in before anybody asks for it.
    setup: Option<(usize, Ticket)>,
    /// Code cells that have been handed to the session since it was fresh.
    ran: HashSet<usize>,
    /// Cells whose stored output was shown while the session was starting.
    shown_stored: Vec<(usize, Ticket)>,
    /// How many figures the reader's own lines have drawn.
    own_lines: usize,
    /// What ran to its end, the reader's own lines among it.
    journal: Vec<save::Entry>,
    /// Where in the journal this session begins.
    session_begins: usize,
    /// What ran to its end since the session was fresh: `:undo` goes back by these.
    done: Vec<Done>,
    belongings: Belongings,
    /// Files that this session has written, and may write again.
    written: HashSet<PathBuf>,
    /// What ran last, and which cell of the chapter it was, if it was one.
    last_outcome: Option<Outcome>,
    last_cell: Option<usize>,
    /// The last error code of rustc's.
    last_error: Option<String>,
    progress: Progress,
    /// A data set that the reader has been asked about: the next line may be the answer.
    offered: Option<String>,
    failed: bool,
    /// The session could not be started.
    dead: bool,
}

/// One input that ran to its end: a cell of this section, or a line of the reader's.
struct Done {
    cell: Option<usize>,
}

/// Whether to read on.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    ReadOn,
    /// Read on, with this code on the line.
    Edit(String),
    Leave,
}

impl Repl {
    fn new(engine: Engine, shelf: Chapter, screen: Screen, interactive: bool) -> Repl {
        let cells = shelf.course.sections.iter().flat_map(|section| &section.cells).cloned().collect::<Vec<_>>();
        let mut dependencies = ipynb::dependencies(&cells);
        let mut seen = HashSet::new();
        dependencies.retain(|line| seen.insert(line.clone()));
        let project = Project { dependencies: dependencies.clone(), folder: shelf.folder.clone() };
        let options = SessionOptions {
            folder: shelf.folder.clone(),
            compile_timeout: None,
            run_timeout: None,
            dependencies,
            shell: true,
        };
        let mut repl = Repl {
            project,
            queue: Queue::start(move || engine::start(engine, options)),
            shelf,
            own_chapter: false,
            screen,
            interactive,
            section: 0,
            steps: Vec::new(),
            next: 0,
            setup: None,
            ran: HashSet::new(),
            shown_stored: Vec::new(),
            own_lines: 0,
            journal: Vec::new(),
            session_begins: 0,
            done: Vec::new(),
            belongings: Belongings::default(),
            written: HashSet::new(),
            last_outcome: None,
            last_cell: None,
            last_error: None,
            progress: Progress::load(),
            offered: None,
            failed: false,
            dead: false,
        };
        repl.enter(0);
        repl
    }

    fn greet(&mut self) {
        let text = self.screen.lang.greeting(env!("CARGO_PKG_VERSION"));
        self.screen.say(&text);
        if let Some(text) = self.where_it_was_left() {
            self.screen.faint(&text);
        }
        self.screen.blank();
    }

    /// The cell that a reader saw last in an earlier session.
    fn where_it_was_left(&self) -> Option<String> {
        let (name, id) = self.progress.last()?;
        let course = &self.shelf.course;
        let at = course.sections.iter().position(|it| it.name == name)?;
        let section = &course.sections[at];
        let cell = section.cells.iter().position(|it| it.id == id)?;
        // Sections may use the same id.
        let is_enough = course.find(id) == Lookup::Found { section: at, cell: Some(cell) };
        let place = if is_enough { id.to_owned() } else { format!("{name}/{id}") };
        Some(self.screen.lang.resume(section.bare_title(), place))
    }

    /// A person at a terminal.
    fn converse(&mut self, vi: bool, images: Images, mut asked: probe::Asked, mut keyboard: Keyboard) -> Result<Exit> {
        let terms = glossary::terms().into_iter().flat_map(|term| [term.english, term.korean]).collect();
        let names = Names { places: self.places(), terms, ..Names::default() };
        let analyzer = Analyzer::new(self.project.clone());
        let mut prompt = Prompt::new(self.screen.look, self.screen.lang, names, analyzer, vi)?;
        // Tab needs it, and the first prompt does not.
        library::read_ahead();
        let mut initial = String::new();
        loop {
            // Whole lines that were typed ahead come first; the rest stands on the line.
            let ahead = std::mem::take(&mut asked.typed);
            let mut ahead: Vec<&str> = ahead.split(['\n', '\r']).collect();
            initial.push_str(ahead.pop().unwrap_or_default());
            for line in ahead {
                self.screen.line(&format!("{}{line}", self.prompt()));
                if self.obey(line) == Then::Leave {
                    return Ok(Exit::Passed);
                }
            }
            self.catch_up();
            self.between_lines(&mut prompt);
            self.screen.fresh_line();
            let text = self.prompt();
            if std::mem::take(&mut asked.is_waiting) && initial.is_empty() {
                self.screen.prompt(&text);
                asked = probe::canvas_at_last(images);
                self.screen.canvas = asked.canvas;
                continue;
            }
            keyboard.release();
            let typed = prompt.read(&text, &std::mem::take(&mut initial), &self.screen.look)?;
            keyboard.hold_again();
            self.screen.look.width = style::columns();
            match typed {
                Typed::Line(line) if self.is_answer(&line) => {}
                Typed::Line(line) => match self.obey(&line) {
                    Then::ReadOn => {}
                    Then::Edit(code) => initial = code,
                    Then::Leave => return Ok(Exit::Passed),
                },
                Typed::GivenUp if self.is_answer("n") => {}
                Typed::GivenUp => self.screen.faint(&self.screen.lang.line_given_up()),
                Typed::End => return Ok(Exit::Passed),
            }
            interrupt::take();
        }
    }

    /// While the reader reads: the names for Tab, and the next cell, which may be compiled ahead.
    fn between_lines(&mut self, prompt: &mut Prompt) {
        if self.queue.is_busy() {
            return;
        }
        prompt.remember_code(self.code_so_far());
        let Definitions { variables, items } = self.queue.definitions();
        prompt.renew(|names| {
            names.items = items;
            names.variables =
                variables.into_iter().map(|variable| (variable.name, types::short(&variable.type_name))).collect();
        });
        if let Some(code) = self.next_code() {
            self.queue.expect(&code);
        }
    }

    /// What the session has run: the section's cells, then the reader's own lines.
    fn code_so_far(&self) -> Vec<String> {
        let cells = self.steps.iter().filter_map(|step| step.code).filter(|at| self.ran.contains(at));
        let own = self.journal.iter().skip(self.session_begins).filter(|entry| entry.is_own);
        cells.map(|at| self.cell(at).source.clone()).chain(own.map(|entry| entry.code.clone())).collect()
    }

    /// A program, or a file: complete inputs, one after the other.
    fn run_lines(&mut self, lines: impl Iterator<Item = std::io::Result<String>>) -> Result<Exit> {
        let mut pending = String::new();
        for line in lines {
            pending.push_str(&line?);
            if !is_command(&pending) && reading(&pending) == Reading::Incomplete {
                pending.push('\n');
                continue;
            }
            if self.obey(&std::mem::take(&mut pending)) == Then::Leave {
                break;
            }
        }
        if !pending.trim().is_empty() {
            self.fail(&self.screen.lang.input_ends(pending.trim()));
        }
        self.screen.fresh_line();
        Ok(if self.failed { Exit::Failed } else { Exit::Passed })
    }

    fn obey(&mut self, line: &str) -> Then {
        let command = match command::parse(line) {
            Ok(command) => command,
            Err(mistake) => {
                self.fail(&mistake.said(self.screen.lang));
                return Then::ReadOn;
            }
        };
        match command {
            Command::Quit => return Then::Leave,
            Command::Edit(name) => return self.edit(&name),
            Command::Draw => return self.on_the_line(walking::DRAWING),
            Command::Next => drop(self.step()),
            Command::Back => self.back(),
            Command::Again => self.again(),
            Command::Run => drop(self.run_section()),
            Command::RunAll => self.run_all(),
            Command::Goto(place) => drop(self.goto(&place)),
            Command::Sections => self.list_sections(),
            Command::Cells(place) => self.list_cells(&place),
            Command::Progress => self.show_progress(),
            Command::Code => self.show_code(),
            Command::Diff => self.show_diff(),
            Command::All => self.screen.all(),
            Command::Vars => self.list_variables(),
            Command::Type(expression) => self.show_type(&expression),
            Command::Doc(name) => self.show_doc(&name),
            Command::Source(name) => self.show_source(&name),
            Command::Explain(code) => self.explain(&code),
            Command::Figure => self.show_figure(),
            Command::Save(file) => self.save_figure(&file),
            Command::Open => self.open_figure(),
            Command::Export(file) => self.export(&file),
            Command::Undo => self.undo(),
            Command::Reset => self.reset(),
            Command::Term(word) => self.show_term(&word),
            Command::Lang(name) => self.speak(&name),
            Command::Help(name) => self.help(&name),
            Command::Rust(code) => self.own_line(&code),
        }
        Then::ReadOn
    }

    fn fail(&mut self, message: &str) {
        self.failed = true;
        self.screen.error(message);
    }

    fn fail_with_help(&mut self, message: &str, help: &str) {
        let head = self.screen.lang.help();
        self.fail(&format!("{message}\n{head}: {help}"));
    }

    fn here(&self) -> &Section {
        &self.shelf.course.sections[self.section]
    }

    fn cell(&self, at: usize) -> &Cell {
        &self.here().cells[at]
    }

    /// `sigmoid 4/14> `: the section, and how far the reader has come.
    fn prompt(&self) -> String {
        if self.offered.is_some() {
            return self.screen.lang.yes_or_no();
        }
        let section = self.here();
        let done = self.next.checked_sub(1).and_then(|at| self.steps.get(at)).map_or(0, |step| step.last() + 1);
        let name = if self.screen.look.width < 60 { section.number.to_string() } else { section.name.clone() };
        format!("{name} {done}/{}> ", section.cells.len())
    }

    fn places(&self) -> Vec<String> {
        let sections = &self.shelf.course.sections;
        let names = sections.iter().map(|section| section.name.clone());
        names.chain(sections.iter().flat_map(|section| section.cells.iter().map(|cell| cell.id.clone()))).collect()
    }
}

fn is_skipped(cell: &Cell) -> bool {
    cell.tags.iter().any(|tag| ["skip-execution", "nbval-skip"].contains(&tag.as_str()))
}

fn is_expected_to_fail(cell: &Cell) -> bool {
    const TAGS: [&str; 3] = ["raises-exception", "nbval-raises-exception", "should_panic"];
    cell.tags.iter().any(|tag| TAGS.contains(&tag.as_str()) || tag.starts_with("compile_fail"))
}

/// The text of all outputs, to see whether two runs said the same.
fn plain_text(outputs: &[Output]) -> String {
    let texts = outputs.iter().map(|output| match output {
        Output::Stream { text, .. } => text.as_str(),
        Output::Rich { data, .. } => data.get("text/plain").map_or("", String::as_str),
    });
    texts.collect()
}
