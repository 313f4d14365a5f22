//! `repl`: the chapter at a prompt. Enter walks on, a colon starts a command, anything else is Rust.
//!
//! `obey` shows what each command can touch: the place, the session's work, the screen, or, when the reader moves, all
//! of them.

pub mod command;

mod analyzer;
mod complete;
mod diff;
mod edit;
mod exercises;
mod guess;
mod hints;
mod inspect;
mod journal;
mod keyboard;
mod language;
mod missing_data;
mod moves;
mod output;
mod pager;
mod pages;
mod place;
mod prompt;
mod prose;
mod python;
mod question;
mod save;
mod screen;
mod state;
mod steps;
mod types;
mod walk;
mod watch;
mod work;

use std::collections::HashSet;
use std::io::{BufRead, IsTerminal};

use analyzer::{Analyzer, Project};
use anyhow::Result;
use command::{Command, is_command};
use complete::Candidates;
use exercises::Trying;
use guess::Guess;
use keyboard::Keyboard;
use place::Place;
use prompt::{Prompt, Typed};
use question::Question;
use save::WrittenFiles;
use screen::Screen;
use work::Work;

use crate::cli::args::ReplArgs;
use crate::cli::engine::{self, Engine, SessionOptions};
use crate::cli::exit::Exit;
use crate::cli::lang::Lang;
use crate::cli::memory;
use crate::cli::notebook::chapter::Chapter;
use crate::cli::notebook::progress::Progress;
use crate::cli::notebook::{chapter, glossary, ipynb};
use crate::cli::syntax::complete::{Names, read_ahead};
use crate::cli::syntax::input::{Reading, reading};
use crate::cli::syntax::library;
use crate::cli::terminal::interrupt;
use crate::cli::terminal::picture::{Images, probe};
use crate::cli::terminal::style::{self, Look};

/// Walks through a course until the input ends.
pub fn run(engine: Engine, args: &ReplArgs) -> Result<Exit> {
    memory::keep_little();
    let interactive = args.code.is_empty() && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    interrupt::watch();
    let keyboard = interactive.then(Keyboard::hold);
    let images = if args.plain && args.images == Images::Auto { Images::None } else { args.images };
    let question = probe::ask(images, interactive);
    let lang = args.lang.unwrap_or_else(Lang::of_environment);
    let chapter = match &args.path {
        Some(path) => chapter::open(path),
        None => chapter::chapter(lang),
    };
    // The terminal answers even if there is no course, and the answer must not end up in the shell.
    let asked = question.answer();
    let chapter = chapter?;
    let screen = Screen::new(Look::of_stdout(args.plain), lang, asked.protocol, interactive);
    let project = Project { dependencies: dependencies(&chapter), folder: chapter.folder.clone() };
    let mut repl = Repl::new(engine, chapter, &project, screen);
    repl.is_own_chapter = args.path.is_none();
    if interactive {
        repl.greet();
    }
    if let Some(name) = &args.section {
        if !repl.goto(name) {
            return Ok(Exit::Usage);
        }
    } else if interactive {
        repl.announce();
    }
    match keyboard {
        Some(keyboard) => repl.converse(args.vi, project, images, asked, keyboard),
        None if args.code.is_empty() => repl.run_lines(std::io::stdin().lock().split(b'\n')),
        None => repl.run_lines(args.code.iter().map(|line| Ok(line.clone().into_bytes()))),
    }
}

/// The `:dep` lines of a course, each once.
fn dependencies(chapter: &Chapter) -> Vec<String> {
    let cells: Vec<_> = chapter.course.sections.iter().flat_map(|section| &section.cells).cloned().collect();
    let mut dependencies = ipynb::dependencies(&cells);
    let mut seen = HashSet::new();
    dependencies.retain(|line| seen.insert(line.clone()));
    dependencies
}

/// The reader's place, the session's work, and the screen.
struct Repl {
    place: Place,
    work: Work,
    screen: Screen,
    progress: Progress,
    written: WrittenFiles,
    trying: Trying,
    /// What the reader was asked: the next line may be the answer.
    question: Option<Question>,
    guess: Guess,
    /// The course is this project's chapter, which has editions in other languages.
    is_own_chapter: bool,
}

/// What to do after a line.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    Continue,
    /// Continue with this code on the line.
    Edit(String),
    Quit,
}

impl Repl {
    fn new(engine: Engine, chapter: Chapter, project: &Project, screen: Screen) -> Repl {
        let options = SessionOptions {
            folder: project.folder.clone(),
            compile_timeout: None,
            run_timeout: None,
            dependencies: project.dependencies.clone(),
            shell: true,
        };
        let place = Place::new(chapter);
        let mut work = Work::start(move || engine::start(engine, options));
        work.begin_section(&place);
        Repl {
            place,
            work,
            screen,
            progress: Progress::load(),
            written: WrittenFiles::default(),
            trying: Trying::default(),
            question: None,
            guess: Guess::default(),
            is_own_chapter: false,
        }
    }

    /// A session with a person at a terminal.
    fn converse(
        &mut self,
        vi: bool,
        project: Project,
        images: Images,
        mut asked: probe::Asked,
        mut keyboard: Keyboard,
    ) -> Result<Exit> {
        let terms = glossary::terms().into_iter().flat_map(|term| [term.english, term.korean]).collect();
        let candidates = Candidates { places: self.place.names(), terms, ..Candidates::default() };
        let mut prompt = Prompt::new(self.screen.look, self.screen.lang, candidates, Analyzer::new(project), vi)?;
        prompt.printer().into_iter().for_each(|printer| self.work.print_late(printer));
        // Tab needs it, and the first prompt does not.
        library::read_ahead();
        let mut initial = String::new();
        loop {
            let ahead = std::mem::take(&mut asked.typed);
            if self.obey_ahead(&ahead, &mut initial) == Then::Quit {
                return Ok(Exit::Passed);
            }
            self.work.catch_up(&self.place, &mut self.screen);
            self.prepare(&mut prompt);
            self.screen.fresh_line();
            let text = self.prompt();
            if std::mem::take(&mut asked.is_waiting) && initial.is_empty() {
                self.screen.prompt(&text);
                asked = probe::late_answer(images);
                self.screen.protocol = asked.protocol;
                continue;
            }
            keyboard.release();
            let typed = prompt.read(&text, &std::mem::take(&mut initial), &self.screen.look)?;
            keyboard.hold_again();
            self.screen.look.width = style::columns();
            match self.obey_typed(typed) {
                Then::Continue => {}
                Then::Edit(code) => initial = code,
                Then::Quit => return Ok(Exit::Passed),
            }
            interrupt::take();
        }
    }

    /// Obeys the whole lines of what was typed ahead; the rest is the beginning of the next line.
    fn obey_ahead(&mut self, typed: &str, initial: &mut String) -> Then {
        let mut lines: Vec<&str> = typed.split(['\n', '\r']).collect();
        initial.push_str(lines.pop().unwrap_or_default());
        for line in lines {
            self.screen.line(&format!("{}{line}", self.prompt()));
            if !self.is_guess(line) && self.obey(line) == Then::Quit {
                return Then::Quit;
            }
        }
        Then::Continue
    }

    fn obey_typed(&mut self, typed: Typed) -> Then {
        match typed {
            Typed::Line(line) if self.is_answer(&line) || self.is_guess(&line) => Then::Continue,
            Typed::Line(line) => self.obey(&line),
            Typed::Cancelled => {
                if !self.is_answer("n") {
                    let lang = self.screen.lang;
                    let is_asked = self.guess.is_asked(&self.place);
                    self.screen.faint(&if is_asked { lang.guess_cancelled() } else { lang.input_cancelled() });
                }
                Then::Continue
            }
            Typed::End => Then::Quit,
        }
    }

    /// Before the reader types: updates what Tab offers, and prefetches the next cell.
    fn prepare(&mut self, prompt: &mut Prompt) {
        if self.work.is_busy() {
            return;
        }
        prompt.remember_code(self.work.code_so_far(&self.place));
        let names = complete::names(&mut self.work, &self.place);
        read_ahead(&names);
        prompt.update(|candidates| {
            let library = std::mem::take(&mut candidates.rust.library);
            candidates.rust = Names { library, ..names };
        });
        if let Some(code) = self.place.next_code() {
            self.work.expect(code);
        }
    }

    /// A program or a file: complete inputs, one after the other.
    fn run_lines(&mut self, lines: impl Iterator<Item = std::io::Result<Vec<u8>>>) -> Result<Exit> {
        let mut pending = String::new();
        for line in lines {
            let Ok(line) = String::from_utf8(line?) else {
                // With it, the input that it is part of.
                pending.clear();
                self.screen.fail(&self.screen.lang.not_utf8());
                continue;
            };
            pending.push_str(line.strip_suffix('\r').unwrap_or(&line));
            if !is_command(&pending) && reading(&pending) == Reading::Incomplete {
                pending.push('\n');
                continue;
            }
            if self.obey(&std::mem::take(&mut pending)) == Then::Quit {
                break;
            }
        }
        if !pending.trim().is_empty() {
            self.screen.fail(&self.screen.lang.input_ends(pending.trim()));
        }
        self.screen.fresh_line();
        Ok(if self.screen.failed { Exit::Failed } else { Exit::Passed })
    }

    fn obey(&mut self, line: &str) -> Then {
        let Repl { place, work, screen, progress, written, .. } = self;
        let command = match command::parse(line) {
            Ok(command) => command,
            Err(mistake) => {
                screen.fail(&mistake.message(screen.lang));
                return Then::Continue;
            }
        };
        match command {
            Command::Quit => return Then::Quit,
            Command::Edit(name) => return edit::edit(place, &work.journal, screen, &name),
            Command::Draw => return edit::put_on_line(screen, edit::DRAWING),

            Command::Next => self.walk_on(),
            Command::Back => self.back(),
            Command::Run => drop(self.run_section()),
            Command::RunAll => self.run_all(),
            Command::Goto(name) => drop(self.goto(&name)),
            Command::Lang(name) => self.change_language(&name),

            Command::Exercises => self.list_exercises(),
            Command::Try(name) => return self.try_exercise(&name),
            Command::Check(name) => self.check_exercise(&name),
            Command::Hint => self.hint_exercise(),
            Command::Solution => self.solve_exercise(),

            Command::Rust(code) => work.run_line(place, screen, &code),
            Command::Again => work.again(place, screen),
            Command::Undo => work.undo(screen),
            Command::Reset => work.reset(place, screen),
            Command::Vars => types::list_variables(work, screen),
            Command::Type(expression) => types::show_type(work, screen, &expression),

            Command::Sections => pages::list_sections(place, screen),
            Command::Cells(name) => pages::list_cells(place, screen, &name),
            Command::Progress => pages::show_progress(place, progress, screen),
            Command::Code => pages::show_code(place, screen),
            Command::Diff => diff::show(place, &work.last, screen),
            Command::Explain(code) => pages::explain(screen, work.last.error_code.as_deref(), &code),
            Command::Export(file) => save::export(place, &work.journal, screen, written, &file),

            Command::All => screen.all(),
            Command::Doc(name) => {
                let names = complete::names(work, place);
                pages::show_doc(screen, &name, &names);
            }
            Command::Source(name) => pages::show_source(screen, &name),
            Command::Term(word) => pages::show_term(screen, &word),
            Command::Help(name) => pages::help(screen, &name),
            Command::Figure => save::show_figure(screen),
            Command::Save(file) => save::save_figure(screen, written, &file),
            Command::Open => save::open_figure(screen),
        }
        Then::Continue
    }

    fn prompt(&self) -> String {
        match self.question {
            Some(_) => self.screen.lang.yes_or_no(),
            None if self.guess.is_asked(&self.place) => self.screen.lang.guess_prompt(),
            None => self.place.prompt(self.screen.look.width),
        }
    }
}
