//! A line at the head of a cell, parsed: `:name argument` or `!command`.
//!
//! It runs nothing.

use std::ops::Range;

use crate::cli::syntax::split::commands::Command as Line;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// Add a crate.
    Dep(&'a str),
    ShowDeps,
    Vars,
    /// The type of a variable.
    Type(&'a str),
    /// Forget all variables and items.
    Clear,
    Restart,
    Undo,
    OptLevel(&'a str),
    ErrorFormat(&'a str),
    ValueFormat(&'a str),
    /// Show types beside values, or not.
    Types,
    Timing,
    TimePasses,
    Cache(bool),
    BuildEnv(&'a str),
    Env(&'a str),
    /// What is known of a name.
    Doc(&'a str),
    /// rustc's explanation of the last error.
    Explain,
    LastCompileDir,
    LastErrorJson,
    PreserveVars(bool),
    Toolchain,
    Version,
    Help,
    /// A command of the stock kernel that has no effect here.
    Ignored(&'a str),
    Unknown(&'a str),
    Shell(&'a str),
}

/// Commands of the stock kernel that have no effect here.
const IGNORED: [&str; 8] = [
    ":sccache",
    ":linker",
    ":allow_static_linking",
    ":codegen_backend",
    ":clear_cache",
    ":load_config",
    ":internal_debug",
    ":offline",
];

impl<'a> Command<'a> {
    pub fn parse(text: &'a str) -> Command<'a> {
        if let Some(line) = text.strip_prefix('!') {
            return Command::Shell(line.trim());
        }
        let (name, argument) = name_and_argument(text);
        match name {
            ":dep" => Command::Dep(argument),
            ":show_deps" => Command::ShowDeps,
            ":vars" => Command::Vars,
            ":type" | ":t" => Command::Type(argument),
            ":clear" => Command::Clear,
            ":restart" => Command::Restart,
            ":undo" => Command::Undo,
            ":opt" => Command::OptLevel(argument),
            ":efmt" => Command::ErrorFormat(argument),
            ":fmt" => Command::ValueFormat(argument),
            ":types" => Command::Types,
            ":timing" => Command::Timing,
            ":time_passes" => Command::TimePasses,
            ":cache" => Command::Cache(argument != "0"),
            ":build_env" => Command::BuildEnv(argument),
            ":env" => Command::Env(argument),
            ":doc" => Command::Doc(argument),
            ":explain" => Command::Explain,
            ":last_compile_dir" => Command::LastCompileDir,
            ":last_error_json" => Command::LastErrorJson,
            ":preserve_vars_on_panic" => Command::PreserveVars(argument == "1"),
            ":toolchain" => Command::Toolchain,
            ":version" => Command::Version,
            ":help" => Command::Help,
            _ if IGNORED.contains(&name) => Command::Ignored(name),
            _ => Command::Unknown(name),
        }
    }
}

/// The place of the argument in the cell; the whole command's if it has none.
pub fn place_of(line: &Line) -> Range<usize> {
    let (name, argument) = name_and_argument(&line.text);
    if argument.is_empty() || line.text.starts_with('!') {
        return line.range.clone();
    }
    let rest = &line.text[name.len()..];
    let start = line.range.start + name.len() + (rest.len() - rest.trim_start().len());
    start..start + argument.len()
}

/// The place of the command's name in the cell.
pub fn place_of_name(line: &Line) -> Range<usize> {
    line.range.start..line.range.start + name_and_argument(&line.text).0.len()
}

fn name_and_argument(text: &str) -> (&str, &str) {
    let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
    (name, argument.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_parsed() {
        let cases = [
            (":dep rand = \"0.8\"", Command::Dep("rand = \"0.8\"")),
            (":t  x", Command::Type("x")),
            (":cache", Command::Cache(true)),
            (":cache 0", Command::Cache(false)),
            (":linker lld", Command::Ignored(":linker")),
            (":no_such thing", Command::Unknown(":no_such")),
            ("!echo a b", Command::Shell("echo a b")),
        ];
        for (text, expected) in cases {
            assert_eq!(Command::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn the_place_of_an_argument_is_found() {
        let place = |text: &str| place_of(&Line { line: 1, range: 10..10 + text.len(), text: text.to_owned() });
        assert_eq!([place(":t  x"), place(":vars"), place("!ls -l")], [14..15, 10..15, 10..16]);
    }
}
