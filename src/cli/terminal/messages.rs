//! The REPL's own messages in English and Korean, each one a method of [`Lang`](crate::cli::lang::Lang).
//!
//! All of them are in this folder; one without its Korean does not compile. Text of notebooks, rustc and the session is
//! not here.

mod commands;
mod exercises;
mod guess;
mod python;
mod walk;

/// `name(a, b) { "... {a}", "... {b}" }` -> a method of `Lang` with these parameters, and a row for the tests.
macro_rules! messages {
    ($($(#[$docs:meta])* $name:ident($($value:ident),*) { $en:literal, $ko:literal })*) => {
        impl crate::cli::lang::Lang {
            $(
                $(#[$docs])*
                pub fn $name(self, $($value: impl std::fmt::Display),*) -> String {
                    match self {
                        crate::cli::lang::Lang::En => format!($en),
                        crate::cli::lang::Lang::Ko => format!($ko),
                    }
                }
            )*
        }

        #[cfg(test)]
        pub const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $en, $ko)),*];
    };
}
use messages;

#[cfg(test)]
mod tests {
    use super::*;

    /// The placeholders of a message, sorted.
    fn places(text: &str) -> Vec<String> {
        let rest = text.replace("{{", "").replace("}}", "");
        let mut places: Vec<String> =
            rest.split('{').skip(1).filter_map(|part| part.split('}').next()).map(str::to_owned).collect();
        places.sort();
        places
    }

    #[test]
    fn messages_agree_in_both_languages() {
        let all = [walk::ALL, commands::ALL, exercises::ALL, guess::ALL, python::ALL].concat();
        assert!(all.len() > 100, "{}", all.len());
        for (name, en, ko) in all {
            assert_eq!(places(en), places(ko), "{name}");
            // A number in brackets has no words.
            let has_words = en.split(['{', '}']).step_by(2).any(|text| text.contains(char::is_alphabetic));
            assert!(ko.contains(|c| ('가'..='힣').contains(&c)) || !has_words, "{name} is not Korean: {ko}");
            assert!(!en.chars().any(|c| ('가'..='힣').contains(&c)), "{name} is not English: {en}");
            // Commands in backticks are the same in both.
            let typed = |text: &str| text.matches("`:").count();
            assert_eq!(typed(en), typed(ko), "{name}");
        }
    }

    #[test]
    fn the_repl_has_no_messages_elsewhere() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/commands/repl");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for call in ["line(", "say(", "faint(", "fail(", "error(", "complain(", "help(", "note("] {
                for argument in code.split(call).skip(1) {
                    let argument = argument.trim_start().trim_start_matches("&format!(").trim_start();
                    let Some(words) = argument.strip_prefix('"').and_then(|words| words.split('"').next()) else {
                        continue;
                    };
                    let outside: String =
                        words.split('{').map(|part| part.split('}').next_back().unwrap_or("")).collect();
                    let is_message = outside.chars().any(|c| c.is_alphabetic());
                    assert!(!is_message, "{}: `{words}` belongs in src/cli/terminal/messages", file.display());
                }
            }
        }
    }
}
