//! One typed line -> a command, or the Rust that it is.
//!
//! It runs nothing and prints nothing; whether the input is complete is asked in [`input`].

pub mod input;

use super::course::nearest;

/// What a reader asks for with one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the next cell and run it: also the empty line.
    Next,
    Back,
    Again,
    Sections,
    /// A section's number or name, or a cell's id.
    Goto(String),
    /// The rest of the section.
    Run,
    RunAll,
    Code,
    /// Put the cell's code on the line, to change it.
    Edit,
    /// What this cell gave against what the chapter has stored.
    Diff,
    /// The whole output where it was cut.
    All,
    Vars,
    Reset,
    Undo,
    /// The type of an expression, which is not run.
    Type(String),
    /// What the library says of a name.
    Doc(String),
    /// The library's code of a function.
    Source(String),
    /// rustc's explanation of an error code; of the last one if it is empty.
    Explain(String),
    /// The last figure again.
    Figure,
    /// The last figure into a file: SVG or PNG.
    Save(String),
    /// The last figure in the system's viewer.
    Open,
    /// The reader's own lines as a notebook or as Rust.
    Export(String),
    Progress,
    Help,
    Quit,
    /// Anything else is Rust.
    Rust(String),
}

/// One row of `:help`, and of what Tab offers.
pub struct Entry {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    /// The argument as `:help` shows it; empty if there is none.
    pub argument: &'static str,
    pub help: &'static str,
    make: Make,
}

enum Make {
    Plain(Command),
    Words(fn(String) -> Command),
    /// With words or without.
    Maybe(fn(String) -> Command),
}

/// Every command, in the order in which `:help` shows them.
pub const ENTRIES: &[Entry] = &[
    plain("next", &["n"], "show the next cell and run it (so does Enter)", Command::Next),
    plain("back", &["b"], "return to the cell before", Command::Back),
    plain("again", &["a"], "run this cell again", Command::Again),
    plain("run", &["r"], "run the rest of the section", Command::Run),
    plain("run-all", &[], "run the rest of the chapter", Command::RunAll),
    words("goto", &["g"], "PLACE", "go to a section or cell: `:goto 4`, `:goto softmax`", Command::Goto),
    plain("sections", &["s"], "list the sections", Command::Sections),
    plain("progress", &[], "what you have seen so far", Command::Progress),
    plain("code", &["c"], "show this cell's code", Command::Code),
    plain("edit", &["e"], "put this cell's code on your line, to change it", Command::Edit),
    plain("diff", &[], "compare what came with the chapter's output", Command::Diff),
    plain("all", &[], "show the whole of a long output", Command::All),
    plain("vars", &["v"], "list your variables and their types", Command::Vars),
    words("type", &["t"], "EXPR", "the type of an expression, without running it", Command::Type),
    words("doc", &["d"], "NAME", "what the library says: `:doc sigmoid`", Command::Doc),
    words("source", &[], "NAME", "the library's code: `:source sigmoid`", Command::Source),
    maybe("explain", &[], "[CODE]", "rustc's explanation of the last error, or of `E0382`", Command::Explain),
    plain("figure", &["f"], "show the last figure again", Command::Figure),
    words("save", &[], "FILE", "save the last figure: `:save plot.svg` or `.png`", Command::Save),
    plain("open", &[], "open the last figure in your viewer", Command::Open),
    words("export", &[], "FILE", "write your own lines to `mine.ipynb` or `mine.rs`", Command::Export),
    plain("undo", &["u"], "take back what the last line did", Command::Undo),
    plain("reset", &["clear"], "forget every variable and item", Command::Reset),
    plain("help", &["h", "?"], "show this page", Command::Help),
    plain("quit", &["q", "exit"], "leave (so does Ctrl-D)", Command::Quit),
];

/// Commands that belong to the session: it reads them as part of a cell.
const SESSION_COMMANDS: &[&str] = &["dep", "opt"];

const fn plain(name: &'static str, aliases: &'static [&'static str], help: &'static str, command: Command) -> Entry {
    Entry { name, aliases, argument: "", help, make: Make::Plain(command) }
}

const fn words(
    name: &'static str,
    aliases: &'static [&'static str],
    argument: &'static str,
    help: &'static str,
    make: fn(String) -> Command,
) -> Entry {
    Entry { name, aliases, argument, help, make: Make::Words(make) }
}

const fn maybe(
    name: &'static str,
    aliases: &'static [&'static str],
    argument: &'static str,
    help: &'static str,
    make: fn(String) -> Command,
) -> Entry {
    Entry { name, aliases, argument, help, make: Make::Maybe(make) }
}

/// A line that looks like a command and is none; the text names it and says what to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake(pub String);

/// Reads one line. A word after a colon is a command; `quit`, `exit`, `help`, `?` and `?name` are too; all else is
/// Rust.
pub fn parse(line: &str) -> Result<Command, Mistake> {
    let trimmed = line.trim();
    match trimmed {
        "" => return Ok(Command::Next),
        "quit" | "exit" | "quit()" | "exit()" => return Ok(Command::Quit),
        "help" | "?" | "help()" => return Ok(Command::Help),
        _ => {}
    }
    if let Some(name) = trimmed.strip_prefix('?').filter(|name| is_name(name.trim())) {
        return Ok(Command::Doc(name.trim().to_owned()));
    }
    let Some((name, argument)) = colon_word(trimmed) else { return Ok(Command::Rust(line.to_owned())) };
    if SESSION_COMMANDS.contains(&name) {
        return Ok(Command::Rust(line.to_owned()));
    }
    let entry = ENTRIES
        .iter()
        .find(|entry| entry.name == name || entry.aliases.contains(&name))
        .ok_or_else(|| unknown(name))?;
    entry.command(argument)
}

/// Does this line name a command (right or wrong), rather than Rust?
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

fn unknown(name: &str) -> Mistake {
    let names: Vec<String> = ENTRIES.iter().map(|entry| entry.name.to_owned()).collect();
    let help = match nearest(name, &names).first() {
        Some(near) => format!("did you mean `:{near}`?"),
        None => "`:help` lists the commands".to_owned(),
    };
    Mistake(format!("there is no command `:{name}`\nhelp: {help}"))
}

impl Entry {
    fn command(&self, argument: &str) -> Result<Command, Mistake> {
        let name = self.name;
        match &self.make {
            Make::Plain(command) if argument.is_empty() => Ok(command.clone()),
            Make::Plain(_) => {
                Err(Mistake(format!("`:{name}` takes nothing after it, not `{argument}`\nhelp: type `:{name}`")))
            }
            Make::Maybe(make) => Ok(make(argument.to_owned())),
            Make::Words(make) if !argument.is_empty() => Ok(make(argument.to_owned())),
            Make::Words(_) => Err(Mistake(format!("`:{name}` needs a word after it\nhelp: {}", self.help))),
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
            (":source sigmoid", Command::Source("sigmoid".into())),
            ("exit", Command::Quit),
            ("quit()", Command::Quit),
            ("?", Command::Help),
            (":?", Command::Help),
            ("?sigmoid", Command::Doc("sigmoid".into())),
            (":explain", Command::Explain(String::new())),
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
    fn a_mistake_says_what_to_type() {
        let cases = [
            (":nxt", "there is no command `:nxt`\nhelp: did you mean `:next`?"),
            (":gto 4", "there is no command `:gto`\nhelp: did you mean `:goto`?"),
            (":xylophone", "there is no command `:xylophone`\nhelp: `:help` lists the commands"),
            (":", "there is no command `:`\nhelp: `:help` lists the commands"),
            (":vars x", "`:vars` takes nothing after it, not `x`\nhelp: type `:vars`"),
            (":goto", "`:goto` needs a word after it\nhelp: go to a section or cell: `:goto 4`, `:goto softmax`"),
        ];
        for (line, message) in cases {
            assert_eq!(parse(line), Err(Mistake(message.into())), "{line:?}");
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
}
