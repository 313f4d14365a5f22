//! Parses one typed line into a command, or into Rust.
//!
//! It runs and prints nothing; `syntax/input` decides whether an input is complete.

#[cfg(test)]
mod fuzz;

use crate::cli::lang::Lang;
use crate::cli::suggest::nearest;
use crate::cli::terminal::shown::visible;

/// One line of the reader's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the next cell and run it: also the empty line.
    Next,
    Back,
    Again,
    Sections,
    /// The cells of this section, or of the named one, with their ids.
    Cells(String),
    /// To a section's number or name, or a cell's id.
    Goto(String),
    /// The rest of the section.
    Run,
    RunAll,
    Code,
    /// Put a cell's code on the line, to edit it: the current one's, or the one that has this id or defines this name.
    Edit(String),
    /// Put a drawing of a digit on the line, to edit it and have it read.
    Draw,
    /// The last output against the chapter's stored one.
    Diff,
    /// The whole of an output that was cut.
    All,
    Vars,
    Reset,
    Undo,
    /// The type of an expression, without running it.
    Type(String),
    /// The library's documentation of a name.
    Doc(String),
    /// The library's source code of a name.
    Source(String),
    /// rustc's explanation of an error code; of the last one if empty.
    Explain(String),
    /// The last figure again.
    Figure,
    /// The last figure into a file: SVG or PNG.
    Save(String),
    /// The last figure in the system's viewer.
    Open,
    /// The reader's lines as a notebook or as Rust.
    Export(String),
    Progress,
    Exercises,
    /// Begin the exercise of this id; the next unsolved one if empty.
    Try(String),
    /// Check the answer to this exercise, or to the one begun last.
    Check(String),
    Hint,
    Solution,
    /// A term of the glossary; all of them if empty.
    Term(String),
    /// The language of the chapter and of the REPL's messages.
    Lang(String),
    /// The page of commands, or one of them.
    Help(String),
    Quit,
    /// Anything else is Rust.
    Rust(String),
}

/// A command's name, and its row in `:help`.
pub struct Entry {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub group: Group,
    /// A few words for the page.
    pub brief: Text,
    /// A sentence.
    pub help: Text,
    make: Make,
}

/// The groups of commands, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Walking,
    Cell,
    Figures,
    Rust,
    Help,
    Exercises,
}

type Text = fn(Lang) -> String;

enum Make {
    Plain(Command),
    /// With an argument, shown as this.
    Needs(&'static str, fn(String) -> Command),
    /// With or without an argument.
    Maybe(&'static str, fn(String) -> Command),
}

use Group::{Cell, Exercises, Figures, Help, Rust, Walking};
use Make::{Maybe, Needs, Plain};

/// Every command, in the order of `:help`.
pub const ENTRIES: &[Entry] = &[
    entry("next", &["n"], Walking, Lang::brief_next, Lang::help_next, Plain(Command::Next)),
    entry("back", &["b"], Walking, Lang::brief_back, Lang::help_back, Plain(Command::Back)),
    entry("again", &["a"], Walking, Lang::brief_again, Lang::help_again, Plain(Command::Again)),
    entry("goto", &["g"], Walking, Lang::brief_goto, Lang::help_goto, Needs("PLACE", Command::Goto)),
    entry("run", &["r"], Walking, Lang::brief_run, Lang::help_run, Plain(Command::Run)),
    entry("run-all", &[], Walking, Lang::brief_run_all, Lang::help_run_all, Plain(Command::RunAll)),
    entry("sections", &["s"], Walking, Lang::brief_sections, Lang::help_sections, Plain(Command::Sections)),
    entry("cells", &[], Walking, Lang::brief_cells, Lang::help_cells, Maybe("[PLACE]", Command::Cells)),
    entry("progress", &[], Walking, Lang::brief_progress, Lang::help_progress, Plain(Command::Progress)),
    entry("code", &["c"], Cell, Lang::brief_code, Lang::help_code, Plain(Command::Code)),
    entry("edit", &["e"], Cell, Lang::brief_edit, Lang::help_edit, Maybe("[NAME]", Command::Edit)),
    entry("diff", &[], Cell, Lang::brief_diff, Lang::help_diff, Plain(Command::Diff)),
    entry("all", &[], Cell, Lang::brief_all, Lang::help_all, Plain(Command::All)),
    entry("draw", &[], Figures, Lang::brief_draw, Lang::help_draw, Plain(Command::Draw)),
    entry("figure", &["f"], Figures, Lang::brief_figure, Lang::help_figure, Plain(Command::Figure)),
    entry("save", &[], Figures, Lang::brief_save, Lang::help_save, Needs("FILE", Command::Save)),
    entry("open", &[], Figures, Lang::brief_open, Lang::help_open, Plain(Command::Open)),
    entry("vars", &["v"], Rust, Lang::brief_vars, Lang::help_vars, Plain(Command::Vars)),
    entry("type", &["t"], Rust, Lang::brief_type, Lang::help_type, Needs("EXPR", Command::Type)),
    entry("undo", &["u"], Rust, Lang::brief_undo, Lang::help_undo, Plain(Command::Undo)),
    entry("reset", &["clear"], Rust, Lang::brief_reset, Lang::help_reset, Plain(Command::Reset)),
    entry("export", &[], Rust, Lang::brief_export, Lang::help_export, Needs("FILE", Command::Export)),
    entry("doc", &["d"], Help, Lang::brief_doc, Lang::help_doc, Needs("NAME", Command::Doc)),
    entry("source", &[], Help, Lang::brief_source, Lang::help_source, Needs("NAME", Command::Source)),
    entry("term", &[], Help, Lang::brief_term, Lang::help_term, Maybe("[WORD]", Command::Term)),
    entry("explain", &[], Help, Lang::brief_explain, Lang::help_explain, Maybe("[CODE]", Command::Explain)),
    entry("lang", &[], Help, Lang::brief_lang, Lang::help_lang, Needs("LANG", Command::Lang)),
    entry("help", &["h", "?"], Help, Lang::brief_help, Lang::help_help, Maybe("[NAME]", Command::Help)),
    entry("exercises", &[], Exercises, Lang::brief_exercises, Lang::help_exercises, Plain(Command::Exercises)),
    entry("try", &[], Exercises, Lang::brief_try, Lang::help_try, Maybe("[ID]", Command::Try)),
    entry("check", &[], Exercises, Lang::brief_check, Lang::help_check, Maybe("[ID]", Command::Check)),
    entry("hint", &[], Exercises, Lang::brief_hint, Lang::help_hint, Plain(Command::Hint)),
    entry("solution", &[], Exercises, Lang::brief_solution, Lang::help_solution, Plain(Command::Solution)),
    entry("quit", &["q", "exit"], Help, Lang::brief_quit, Lang::help_quit, Plain(Command::Quit)),
];

/// Commands of the session, which are part of a cell.
const SESSION_COMMANDS: &[&str] = &["dep", "opt"];

const fn entry(
    name: &'static str,
    aliases: &'static [&'static str],
    group: Group,
    brief: Text,
    help: Text,
    make: Make,
) -> Entry {
    Entry { name, aliases, group, brief, help, make }
}

/// A line that looks like a command but is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// No command has this name; the nearest one.
    Unknown(String, Option<String>),
    /// The command takes no argument.
    TakesNothing(&'static str, String),
    NeedsArgument(&'static str),
}

impl Mistake {
    /// What is wrong, and what to type instead.
    pub fn message(&self, lang: Lang) -> String {
        let help = |help: String| format!("{}: {help}", lang.help());
        match self {
            Mistake::Unknown(name, near) => {
                let near = near.as_ref().map(|near| lang.did_you_mean(format!(":{near}")));
                format!("{}\n{}", lang.no_command(visible(name)), help(near.unwrap_or_else(|| lang.see_help())))
            }
            Mistake::TakesNothing(name, argument) => lang.takes_nothing(name, visible(argument)),
            Mistake::NeedsArgument(name) => {
                let sentence = named(name).map(|entry| (entry.help)(lang)).unwrap_or_default();
                format!("{}\n{}", lang.needs_argument(name), help(sentence))
            }
        }
    }
}

/// The command with this name or alias.
pub fn named(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name || entry.aliases.contains(&name))
}

/// A word after a colon is a command, and so are `quit`, `exit`, `help`, `?` and `?name`; anything else is Rust.
pub fn parse(line: &str) -> Result<Command, Mistake> {
    let trimmed = line.trim();
    match trimmed {
        "" => return Ok(Command::Next),
        "quit" | "exit" | "quit()" | "exit()" => return Ok(Command::Quit),
        "help" | "?" | "help()" => return Ok(Command::Help(String::new())),
        _ => {}
    }
    if let Some(name) = trimmed.strip_prefix('?').filter(|name| is_name(name.trim())) {
        return Ok(Command::Doc(name.trim().to_owned()));
    }
    let Some((name, argument)) = colon_word(trimmed) else { return Ok(Command::Rust(line.to_owned())) };
    if SESSION_COMMANDS.contains(&name) {
        return Ok(Command::Rust(line.to_owned()));
    }
    named(name).ok_or_else(|| unknown(name))?.command(argument)
}

/// Whether a line is a command, even a wrong one, rather than Rust.
pub fn is_command(line: &str) -> bool {
    !matches!(parse(line), Ok(Command::Rust(_)))
}

/// `sigmoid`, `Network::forward`
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ':')
}

/// `:goto 4` -> `("goto", "4")`; `::std::mem::drop(x)` is Rust, and so is `:` alone on a line of a longer cell.
fn colon_word(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix(':').filter(|rest| !rest.starts_with(':') && !line.contains('\n'))?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some((&rest[..end], rest[end..].trim()))
}

/// No command has this name.
pub fn unknown(name: &str) -> Mistake {
    let names: Vec<String> = ENTRIES.iter().map(|entry| entry.name.to_owned()).collect();
    Mistake::Unknown(name.to_owned(), nearest(name, &names).into_iter().next())
}

impl Entry {
    /// `:goto PLACE`
    pub fn usage(&self) -> String {
        match self.make {
            Plain(_) => format!(":{}", self.name),
            Needs(argument, _) | Maybe(argument, _) => format!(":{} {argument}", self.name),
        }
    }

    fn command(&self, argument: &str) -> Result<Command, Mistake> {
        match &self.make {
            Plain(command) if argument.is_empty() => Ok(command.clone()),
            Plain(_) => Err(Mistake::TakesNothing(self.name, argument.to_owned())),
            Maybe(_, make) => Ok(make(argument.to_owned())),
            Needs(_, make) if !argument.is_empty() => Ok(make(argument.to_owned())),
            Needs(..) => Err(Mistake::NeedsArgument(self.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, Command)]) {
        for (line, command) in cases {
            assert_eq!(parse(line).as_ref(), Ok(command), "{line:?}");
        }
    }

    #[test]
    fn a_line_is_a_command_or_rust() {
        let rust = |code: &str| Command::Rust(code.into());
        check(&[
            ("", Command::Next),
            ("   ", Command::Next),
            (":next", Command::Next),
            (":n", Command::Next),
            (":goto 4", Command::Goto("4".into())),
            ("  :goto   three layers ", Command::Goto("three layers".into())),
            (":cells", Command::Cells(String::new())),
            (":cells 4", Command::Cells("4".into())),
            (":source sigmoid", Command::Source("sigmoid".into())),
            ("exit", Command::Quit),
            ("quit()", Command::Quit),
            ("?", Command::Help(String::new())),
            (":?", Command::Help(String::new())),
            (":help goto", Command::Help("goto".into())),
            (":term 편향", Command::Term("편향".into())),
            (":lang ko", Command::Lang("ko".into())),
            ("?sigmoid", Command::Doc("sigmoid".into())),
            (":edit", Command::Edit(String::new())),
            (":e my_step", Command::Edit("my_step".into())),
            (":explain", Command::Explain(String::new())),
            (":check nand", Command::Check("nand".into())),
            (":explain E0382", Command::Explain("E0382".into())),
            (":type 1 + 1", Command::Type("1 + 1".into())),
            ("let x = 1;", rust("let x = 1;")),
            ("::std::mem::drop(1)", rust("::std::mem::drop(1)")),
            (":dep ndarray = \"0.17\"", rust(":dep ndarray = \"0.17\"")),
            (":opt 2", rust(":opt 2")),
            ("exit_code", rust("exit_code")),
        ]);
    }

    #[test]
    fn a_mistake_suggests_what_to_type() {
        let cases = [
            (":nxt", "there is no command `:nxt`\nhelp: did you mean `:next`?"),
            (":gto 4", "there is no command `:gto`\nhelp: did you mean `:goto`?"),
            (":xylophone", "there is no command `:xylophone`\nhelp: `:help` lists the commands"),
            (":", "there is no command `:`\nhelp: `:help` lists the commands"),
            (":vars x", "`:vars` takes no argument, but got `x`\nhelp: type `:vars`"),
            (":goto", "`:goto` needs an argument\nhelp: go to a section or a cell: `:goto 4`, `:goto softmax`"),
        ];
        for (line, message) in cases {
            let parsed = parse(line).map_err(|mistake| mistake.message(Lang::En));
            assert_eq!(parsed, Err(message.to_owned()), "{line:?}");
        }
    }

    #[test]
    fn no_name_means_two_commands() {
        let mut names: Vec<&str> = ENTRIES.iter().flat_map(|e| e.aliases.iter().copied().chain([e.name])).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    proptest::proptest! {
        /// Any line is a command, a mistake with a message, or Rust; and parsing is deterministic.
        #[test]
        fn any_line_is_parsed(line in "[:?]?[a-z-]{0,8}[ \\t]?\\PC{0,20}") {
            match parse(&line) {
                Ok(Command::Rust(code)) => proptest::prop_assert_eq!(code, line),
                Ok(command) => proptest::prop_assert_eq!(parse(&line), Ok(command)),
                Err(mistake) => for lang in [Lang::En, Lang::Ko] {
                    proptest::prop_assert!(mistake.message(lang).contains('\n'), "{:?}", mistake);
                },
            }
        }
    }
}
