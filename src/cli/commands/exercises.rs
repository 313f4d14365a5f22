//! `exercises`: lists the exercises of the chapter, or proves each of them.
//!
//! The stub must fail, the solution must pass, and each wrong answer must be rejected with its hint.

use std::time::Duration;

use anyhow::{Result, bail};
use forward_pass::exercise::{NOT_YET, SOLVED};
use serde_json::json;

use crate::cli::args::ExercisesArgs;
use crate::cli::engine::{self, Engine, Session, SessionOptions};
use crate::cli::exit::Exit;
use crate::cli::lang::Lang;
use crate::cli::notebook::exercise::{self, Exercise};
use crate::cli::notebook::progress::Progress;
use crate::cli::notebook::{chapter, ipynb};
use crate::cli::outcome::{End, Outcome, Output};
use crate::cli::streams;

/// What one exercise did.
#[derive(Debug, Default)]
struct Proof {
    stub_fails: bool,
    solution_passes: bool,
    wrong_rejected: usize,
    /// What was not as it should be.
    problems: Vec<String>,
}

pub fn run(engine: Engine, args: &ExercisesArgs) -> Result<Exit> {
    let exercises = exercise::all()?;
    if !args.check {
        list(&exercises, args);
        return Ok(Exit::Passed);
    }
    let mut session = session(engine)?;
    let cells = exercises.iter().flat_map(|it| codes(it).map(|code| it.cell(code)).collect::<Vec<_>>());
    session.script(cells.collect());
    let mut failed = 0;
    for exercise in &exercises {
        let proof = prove(session.as_mut(), exercise)?;
        failed += usize::from(!proof.problems.is_empty());
        report(exercise, &proof, args.json);
    }
    if !args.json {
        streams::println!("{} exercises, {failed} failed", exercises.len());
    }
    Ok(if failed == 0 { Exit::Passed } else { Exit::Failed })
}

fn list(exercises: &[Exercise], args: &ExercisesArgs) {
    let lang = args.lang.unwrap_or_else(Lang::of_environment);
    let progress = Progress::load();
    for it in exercises {
        let solved = progress.is_solved(&it.id);
        if args.json {
            let title = it.title.of(lang);
            let line = json!({"id": it.id, "section": it.section, "kind": it.kind, "title": title, "solved": solved});
            streams::println!("{line}");
        } else {
            let mark = if solved { "x" } else { " " };
            streams::println!("{} [{mark}] {:14} {:8} {}", it.section, it.id, it.kind, it.title.of(lang));
        }
    }
}

/// A session in which the chapter's first cell has run.
fn session(engine: Engine) -> Result<Box<dyn Session>> {
    let chapter = chapter::chapter(Lang::En)?;
    let Some(section) = chapter.course.sections.first() else { bail!("the chapter has no section") };
    let options = SessionOptions {
        folder: chapter.folder,
        compile_timeout: None,
        run_timeout: Some(Duration::from_secs(60)),
        dependencies: ipynb::dependencies(&section.cells),
        shell: false,
    };
    let mut session = engine::start(engine, options)?;
    let setup = section.cells.iter().find(|cell| cell.id == "setup");
    let outcome = session.run(setup.map_or("", |cell| cell.source.as_str()), &mut |_| {})?;
    if outcome.end != End::Passed {
        bail!("the chapter's first cell failed: {:?}", outcome.end);
    }
    Ok(session)
}

/// All the code of an exercise: the stub, the solution, the wrong answers.
fn codes(exercise: &Exercise) -> impl Iterator<Item = &str> {
    let wrong = exercise.wrong.iter().map(|wrong| wrong.code.as_str());
    [exercise.stub.as_str(), &exercise.solution].into_iter().chain(wrong)
}

fn prove(session: &mut dyn Session, exercise: &Exercise) -> Result<Proof> {
    let mut verdicts = Vec::new();
    for code in codes(exercise) {
        verdicts.push(verdict(&session.run(&exercise.cell(code), &mut |_| {})?));
    }
    let mut proof = Proof {
        stub_fails: verdicts[0].starts_with(NOT_YET),
        solution_passes: verdicts[1].starts_with(SOLVED),
        ..Proof::default()
    };
    if !proof.stub_fails {
        proof.problems.push(format!("the stub must fail, but gave: {}", verdicts[0]));
    }
    if !proof.solution_passes {
        proof.problems.push(format!("the solution must pass, but gave: {}", verdicts[1]));
    }
    for (wrong, verdict) in exercise.wrong.iter().zip(&verdicts[2..]) {
        let (hint, code) = (wrong.hint.of(Lang::En), &wrong.code);
        if verdict.starts_with(NOT_YET) && verdict.contains(hint) {
            proof.wrong_rejected += 1;
        } else {
            let problem = format!("this must be rejected with the hint `{hint}`, but gave: {verdict}\n{code}");
            proof.problems.push(problem);
        }
    }
    Ok(proof)
}

/// The text of the first output, or how the cell failed.
fn verdict(outcome: &Outcome) -> String {
    if outcome.end != End::Passed {
        return format!("{:?}", outcome.end);
    }
    let text = |output: &Output| match output {
        Output::Stream { text, .. } => text.clone(),
        Output::Rich { data, .. } => data.values().last().cloned().unwrap_or_default(),
    };
    outcome.outputs.first().map(text).unwrap_or_default()
}

fn report(exercise: &Exercise, proof: &Proof, json: bool) {
    let stub = if proof.stub_fails { "fails" } else { "passes" };
    let solution = if proof.solution_passes { "passes" } else { "fails" };
    if json {
        let mut line = json!({
            "id": exercise.id,
            "section": exercise.section,
            "stub": stub,
            "solution": solution,
            "wrong_rejected": proof.wrong_rejected,
        });
        if !proof.problems.is_empty() {
            line["problems"] = json!(proof.problems);
        }
        return streams::println!("{line}");
    }
    let word = if proof.problems.is_empty() { "ok  " } else { "FAIL" };
    let (rejected, of) = (proof.wrong_rejected, exercise.wrong.len());
    streams::println!("{word} {} {:14} {rejected} of {of} wrong answers rejected", exercise.section, exercise.id);
    for problem in &proof.problems {
        streams::println!("     {}", problem.replace('\n', "\n     "));
    }
}
