//! The exercises at the prompt: the list, a stub on the line, its check, its hints, its solution.
//!
//! Their texts and code are read by `notebook::exercise`; what is solved is remembered with the progress.

use std::collections::BTreeMap;

use forward_pass::exercise::{NOT_YET, SOLVED};

use super::screen::Screen;
use super::{Repl, Then, edit, output, prose};
use crate::cli::lang::Lang;
use crate::cli::notebook::course::Section;
use crate::cli::notebook::exercise::{self, Exercise};
use crate::cli::outcome::{Diagnostic, End, Outcome, Output};
use crate::cli::suggest::nearest;
use crate::cli::syntax::names;
use crate::cli::terminal::markdown;
use crate::cli::terminal::style::{GOOD, HEADING};

/// The exercise that the reader is working on, and how much of it was given away.
#[derive(Default)]
pub struct Trying {
    current: Option<Exercise>,
    /// Hints shown.
    hints: usize,
    /// The solution was asked for.
    asked: bool,
    /// How much code the reader had typed when it was begun.
    begun: usize,
    /// The last answers to this one and to earlier ones, by their ids.
    answers: BTreeMap<String, String>,
}

impl Repl {
    /// `:exercises`
    pub(super) fn list_exercises(&mut self) {
        let Repl { screen, progress, place, .. } = self;
        for it in exercise::all().unwrap_or_default() {
            let mark = if progress.is_solved(&it.id) { screen.look.paint(GOOD, "[x]") } else { "[ ]".to_owned() };
            let here = if it.section == place.here().number { ">" } else { " " };
            let id = format!("{:14}", it.id);
            screen.line(&format!("{here} {} {mark} {id} {}", it.section, it.title.of(screen.lang)));
        }
        screen.faint(&screen.lang.try_one());
    }

    /// `:try`: the statement, and the stub or the reader's last answer on the line; without a name the first unsolved
    /// exercise, here or farther on.
    pub(super) fn try_exercise(&mut self, name: &str) -> Then {
        let Some(exercise) = self.exercise_named("try", name) else { return Then::Continue };
        self.begin(&exercise);
        let answer = self.trying.answers.get(&exercise.id).cloned();
        let screen = &mut self.screen;
        screen.line(&screen.look.paint(HEADING, exercise.title.of(screen.lang)));
        screen.blank();
        screen.line(&markdown::render(exercise.statement.of(screen.lang), &screen.look));
        screen.blank();
        screen.faint(&if answer.is_some() { screen.lang.how_to_try_again() } else { screen.lang.how_to_try() });
        edit::put_on_line(&mut self.screen, &answer.unwrap_or(exercise.stub))
    }

    /// From now on, hints and checks are about this exercise.
    fn begin(&mut self, exercise: &Exercise) {
        self.remember_answer();
        if self.trying.current.as_ref().is_none_or(|current| current.id != exercise.id) {
            let answers = std::mem::take(&mut self.trying.answers);
            let begun = self.work.journal.own_code().count();
            self.trying = Trying { current: Some(exercise.clone()), answers, begun, ..Trying::default() };
        }
    }

    /// Keeps what the reader typed last for the current exercise since it was begun: it defines all that the stub does.
    fn remember_answer(&mut self) {
        let Trying { current: Some(current), begun, answers, .. } = &mut self.trying else { return };
        let wanted = names::defined(&current.stub);
        let is_answer = |code: &&&str| {
            let found = names::defined(code);
            !wanted.is_empty() && wanted.iter().all(|name| found.contains(name))
        };
        let typed: Vec<&str> = self.work.journal.own_code().skip(*begun).collect();
        answers.extend(typed.iter().rfind(is_answer).map(|code| (current.id.clone(), code.to_string())));
    }

    fn exercise_named(&mut self, command: &str, name: &str) -> Option<Exercise> {
        let all = exercise::all().unwrap_or_default();
        let (section, progress) = (self.place.here().number, &self.progress);
        let found = match name {
            "" => {
                let open = || all.iter().filter(|it| !progress.is_solved(&it.id));
                open().find(|it| it.section >= section).or_else(|| open().next()).or(all.first())
            }
            name => all.iter().find(|it| it.id == name),
        };
        if found.is_none() {
            let lang = self.screen.lang;
            let ids: Vec<String> = all.iter().map(|it| it.id.clone()).collect();
            let help = match nearest(name, &ids).first() {
                Some(near) => lang.did_you_mean(format!(":{command} {near}")),
                None => lang.see_exercises(),
            };
            self.screen.fail_with_help(&lang.no_exercise(name), &help);
        }
        found.cloned()
    }

    /// The exercise being tried; says how to choose one if there is none.
    fn trying(&mut self) -> Option<Exercise> {
        if self.trying.current.is_none() {
            self.screen.fail_with_help(&self.screen.lang.no_exercise_yet(), &self.screen.lang.see_exercises());
        }
        self.trying.current.clone()
    }

    /// `:check`: the verdict on what the reader defined.
    pub(super) fn check_exercise(&mut self, name: &str) {
        if !name.is_empty() {
            let Some(exercise) = self.exercise_named("check", name) else { return };
            self.begin(&exercise);
        }
        let Some(exercise) = self.trying() else { return };
        let Repl { work, screen, progress, .. } = self;
        work.finish_setup(screen);
        let outcome = match work.run_hidden(screen, &exercise.check) {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => return screen.error(&format!("{error:#}")),
            None => return screen.faint(&screen.lang.cancelled()),
        };
        if outcome.end != End::Passed {
            screen.failed = true;
            output::show_end(screen, &outcome);
            return help_after(screen, &exercise, &outcome.end);
        }
        let verdict = text_of(&outcome);
        show_verdict(screen, &exercise, &verdict);
        if verdict.starts_with(SOLVED) {
            progress.note_solved(&exercise.id);
            screen.faint(&screen.lang.why_it_works());
        } else {
            screen.failed = true;
            screen.faint(&screen.lang.hint_hint());
        }
    }

    /// `:hint`: one more each time.
    pub(super) fn hint_exercise(&mut self) {
        let Some(exercise) = self.trying() else { return };
        let screen = &mut self.screen;
        match exercise.hints.get(self.trying.hints) {
            Some(hint) => {
                self.trying.hints += 1;
                let (count, of) = (self.trying.hints, exercise.hints.len());
                screen.faint(&screen.lang.hint_number(count, of, &exercise.id));
                screen.line(&markdown::render(hint.of(screen.lang), &screen.look));
            }
            None => screen.faint(&screen.lang.no_more_hints()),
        }
    }

    /// `:solution`: after it was solved, or asked for twice.
    pub(super) fn solve_exercise(&mut self) {
        let Some(exercise) = self.trying() else { return };
        if !self.trying.asked && !self.progress.is_solved(&exercise.id) {
            self.trying.asked = true;
            return self.screen.faint(&self.screen.lang.really_the_solution());
        }
        prose::show_code(&mut self.screen, &exercise.solution);
        self.screen.line(&markdown::render(exercise.reason.of(self.screen.lang), &self.screen.look));
    }
}

/// The text of the verdict: the value, or what stands above its picture after all that the reader's code printed.
fn text_of(outcome: &Outcome) -> String {
    let texts = outcome.outputs.iter().rev().filter_map(|output| match output {
        Output::Rich { data, .. } => data.get("text/plain").map(String::as_str),
        Output::Stream { text, .. } => text.rfind(NOT_YET).map(|start| &text[start..]),
    });
    let verdict = |text: &&str| text.starts_with(SOLVED) || text.starts_with(NOT_YET);
    texts.into_iter().find(verdict).unwrap_or_default().to_owned()
}

/// What helps where the check itself did not run: the code is missing, or has other types than the exercise's.
fn help_after(screen: &mut Screen, exercise: &Exercise, end: &End) {
    let End::CompileError(diagnostics) = end else { return screen.faint(&screen.lang.hint_hint()) };
    let is_missing = |it: &Diagnostic| it.code.as_deref() == Some("E0425");
    let begin = exercise.stub.lines().next().filter(|_| !diagnostics.iter().any(is_missing));
    let help = match begin {
        Some(line) => screen.lang.begins_like(line.trim_end_matches(['{', ' '])),
        None => screen.lang.define_first(&exercise.id),
    };
    screen.help(&help);
}

/// The verdict in the reader's language: the check itself speaks English, as all of the library does.
fn show_verdict(screen: &mut Screen, exercise: &Exercise, verdict: &str) {
    let lang = screen.lang;
    let hint = exercise.hint_in(verdict, lang).filter(|_| lang != Lang::En);
    for line in verdict.lines() {
        let (name, rest) = line.split_once(": ").map_or(("", line), |(name, rest)| (name, rest.trim_start()));
        let text = match name {
            SOLVED => screen.look.paint(GOOD, &lang.exercise_solved(rest)),
            NOT_YET if lang != Lang::En && rest.contains("write your code") => lang.exercise_to_do(),
            NOT_YET if lang != Lang::En && rest.contains("predictions") => lang.exercise_first_wrong(),
            NOT_YET if lang != Lang::En => lang.exercise_not_yet(),
            "input" => lang.exercise_input(rest),
            "yours" => lang.exercise_yours(rest),
            "wanted" => lang.exercise_wanted(rest),
            "hint" => lang.exercise_hint(hint.unwrap_or(rest)),
            _ => line.to_owned(),
        };
        // It wraps between words.
        screen.say(&text);
    }
}

/// Whether the statement is about code that it does not quote: the code to mend.
pub fn speaks_of_code(name: &str) -> bool {
    exercise::all().unwrap_or_default().iter().any(|it| it.id == name && it.kind == "mend")
}

/// How many of a section's exercises are solved, if it has any: `2/2`.
pub fn solved_of(section: &Section, is_solved: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let all = exercise::all().unwrap_or_default();
    let is_here = |it: &&Exercise| section.cells.iter().any(|cell| cell.id == format!("{}-check", it.id));
    let here = all.iter().filter(is_here);
    let count = here.clone().count();
    (count > 0).then(|| (here.filter(|it| is_solved(&it.id)).count(), count))
}
