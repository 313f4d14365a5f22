//! The exercises of the chapter: statement, stub, check, hints, solution and wrong answers.
//!
//! A file `SECTION-PLACE-ID.md` in `notebooks/exercises` is one; nothing else registers it. Running and judging one is
//! not done here.

use anyhow::{Context, Result, bail};

use crate::cli::lang::Lang;

/// The files when this binary was built, by name.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    en: String,
    ko: String,
}

impl Both {
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ko => &self.ko,
        }
    }
}

/// An answer that looks right, and the hint that the check must give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    pub code: String,
    /// In English a part of what the check says.
    pub hint: Both,
}

/// One exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exercise {
    pub section: usize,
    pub id: String,
    /// `predict`, `write`, `mend`, `find`, `measure` or `project`.
    pub kind: String,
    pub title: Both,
    pub statement: Both,
    /// What the learner starts from.
    pub stub: String,
    /// An expression whose value is the verdict.
    pub check: String,
    pub hints: [Both; 3],
    pub solution: String,
    pub reason: Both,
    pub wrong: Vec<Wrong>,
}

const KINDS: [&str; 6] = ["predict", "write", "mend", "find", "measure", "project"];

/// All exercises, in the order of the chapter.
pub fn all() -> Result<Vec<Exercise>> {
    EMBEDDED.iter().map(|(name, text)| parse(name, text).with_context(|| format!("exercise {name}"))).collect()
}

/// Whether a cell of this id checks an exercise of the chapter.
pub fn is_check(id: &str) -> bool {
    let file =
        |id: &str| EMBEDDED.iter().any(|(name, _)| name.splitn(3, '-').nth(2) == Some(format!("{id}.md").as_str()));
    id.strip_suffix("-check").is_some_and(file)
}

/// Reads one file.
pub fn parse(name: &str, text: &str) -> Result<Exercise> {
    let parts: Vec<&str> = name.trim_end_matches(".md").splitn(3, '-').collect();
    let [section, _, id] = parts[..] else { bail!("the name must be SECTION-PLACE-ID.md") };
    let mut exercise = Exercise {
        section: section.parse().context("the name must begin with the number of a section")?,
        id: id.to_owned(),
        ..Exercise::default()
    };
    let mut blocks = blocks(text).into_iter();
    let (_, head) = blocks.next().unwrap_or_default();
    let mut titles = head.lines().filter_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    exercise.title = Both { en: titles.next().unwrap_or_default(), ko: titles.next().unwrap_or_default() };
    exercise.kind = head.lines().find_map(|line| line.strip_prefix("kind: ")).unwrap_or_default().trim().to_owned();
    for (name, body) in blocks {
        exercise.take(&name, &body).with_context(|| format!("`## {name}`"))?;
    }
    exercise.refuse_gaps()?;
    Ok(exercise)
}

/// The parts of a file, each with its heading; `## ` inside a fence is no heading.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = vec![(String::new(), String::new())];
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        match line.strip_prefix("## ").filter(|_| !is_code) {
            Some(name) => blocks.push((name.trim().to_owned(), String::new())),
            None => {
                if let Some((_, body)) = blocks.last_mut() {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
    }
    blocks
}

impl Exercise {
    fn take(&mut self, name: &str, body: &str) -> Result<()> {
        let prose = || body.trim().to_owned();
        match name {
            "en" => self.statement.en = prose(),
            "ko" => self.statement.ko = prose(),
            "stub" => self.stub = code(body)?,
            "check" => self.check = code(body)?,
            "solution" => self.solution = code(body)?,
            "reason en" => self.reason.en = prose(),
            "reason ko" => self.reason.ko = prose(),
            "hints en" => steps(body)?.into_iter().zip(&mut self.hints).for_each(|(text, hint)| hint.en = text),
            "hints ko" => steps(body)?.into_iter().zip(&mut self.hints).for_each(|(text, hint)| hint.ko = text),
            "wrong" => {
                let line = |lang: &str| body.lines().rev().find_map(|line| line.strip_prefix(lang)).map(str::to_owned);
                let (en, ko) = line("en: ").zip(line("ko: ")).context("it needs a line `en: ...` and one `ko: ...`")?;
                self.wrong.push(Wrong { code: code(body)?, hint: Both { en, ko } });
            }
            _ => bail!("there is no part of this name"),
        }
        Ok(())
    }

    fn refuse_gaps(&self) -> Result<()> {
        let texts = [&self.title, &self.statement, &self.reason].into_iter().chain(&self.hints);
        if texts.clone().any(|text| text.en.is_empty() || text.ko.is_empty()) {
            bail!("title, statement, reason and three hints are needed in English and Korean");
        }
        if [&self.stub, &self.check, &self.solution].iter().any(|code| code.is_empty()) {
            bail!("stub, check and solution are needed");
        }
        if self.wrong.len() < 3 {
            bail!("three wrong answers are needed, and there are {}", self.wrong.len());
        }
        if !KINDS.contains(&self.kind.as_str()) {
            bail!("`kind: {}` is not one of {}", self.kind, KINDS.join(", "));
        }
        Ok(())
    }

    /// The verdict on some code, as one cell that defines nothing for the cells after it.
    pub fn cell(&self, code: &str) -> String {
        format!("{{\n{code}\n{}\n}}", self.check)
    }

    /// The hint in a verdict, in another language than English.
    pub fn hint_in(&self, verdict: &str, lang: Lang) -> Option<&str> {
        self.wrong.iter().find(|wrong| verdict.contains(wrong.hint.en.as_str())).map(|wrong| wrong.hint.of(lang))
    }
}

/// What stands in the fence of a part.
fn code(body: &str) -> Result<String> {
    let (_, rest) = body.split_once("```rust\n").context("it needs a fence ```rust")?;
    let (code, _) = rest.split_once("\n```").context("its fence is not closed")?;
    Ok(code.to_owned())
}

/// The three items of a numbered list, one a line.
fn steps(body: &str) -> Result<Vec<String>> {
    let lines = body.lines().filter_map(|line| line.split_once(". ").map(|(_, text)| text.to_owned()));
    let steps: Vec<String> = lines.collect();
    if steps.len() != 3 {
        bail!("three hints are needed, and there are {}", steps.len());
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_is_complete_and_its_statement_is_short() {
        let all = all().unwrap();
        let mut ids: Vec<&str> = all.iter().map(|exercise| exercise.id.as_str()).collect();
        assert!(all.len() >= 32, "{ids:?}");
        for section in 1..=8 {
            assert!(all.iter().filter(|exercise| exercise.section == section).count() >= 4, "section {section}");
        }
        for exercise in &all {
            for lang in [Lang::En, Lang::Ko] {
                let text = exercise.statement.of(lang);
                assert!(text.chars().count() <= 8 * 80, "{}: {text}", exercise.id);
            }
            assert!(exercise.wrong.iter().all(|wrong| wrong.code != exercise.solution), "{}", exercise.id);
        }
        for kind in KINDS {
            assert!(all.iter().any(|exercise| exercise.kind == kind), "there is no exercise to {kind}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn a_file_with_a_gap_is_refused_with_the_part_that_is_missing() {
        let (name, text) = EMBEDDED[0];
        let cases = [
            ("x.md", text.to_owned(), "the name must be SECTION-PLACE-ID.md"),
            (name, text.replace("## hints en", "## hinst en"), "there is no part of this name"),
            (name, text.replacen("3. ", "", 1), "three hints are needed, and there are 2"),
            (name, text.replace("kind: ", "kind: x"), "is not one of predict, write, mend, find, measure, project"),
            (name, text.replace("## wrong", "## reason en"), "three wrong answers are needed, and there are 0"),
        ];
        for (name, text, message) in cases {
            let error = format!("{:#}", parse(name, &text).unwrap_err());
            assert!(error.contains(message), "{error}");
        }
    }
}
