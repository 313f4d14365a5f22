//! Every word that the REPL says of its own accord, in English and in Korean, each message as a function.
//!
//! The words stand in the files of this folder and nowhere else; a message without its Korean does not compile.
//! What notebooks, rustc and the session say is not here.

mod commands;
mod walk;

/// `name(a, b) { "... {a}", "... {b}" }` -> a method of [`Lang`] with these parameters, and a row for the tests.
macro_rules! words {
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
use words;

#[cfg(test)]
mod tests {
    use super::*;

    /// What a message fills in, sorted.
    fn places(text: &str) -> Vec<String> {
        let rest = text.replace("{{", "").replace("}}", "");
        let mut places: Vec<String> =
            rest.split('{').skip(1).filter_map(|part| part.split('}').next()).map(str::to_owned).collect();
        places.sort();
        places
    }

    #[test]
    fn every_message_says_the_same_in_both_languages() {
        let all = [walk::ALL, commands::ALL].concat();
        assert!(all.len() > 100, "{}", all.len());
        for (name, en, ko) in all {
            assert_eq!(places(en), places(ko), "{name}");
            assert!(ko.chars().any(|c| ('가'..='힣').contains(&c)), "{name} is not Korean: {ko}");
            assert!(!en.chars().any(|c| ('가'..='힣').contains(&c)), "{name} is not English: {en}");
            // What stands in backticks is typed as it is, in both.
            let typed = |text: &str| text.matches("`:").count();
            assert_eq!(typed(en), typed(ko), "{name}");
        }
    }

    #[test]
    fn no_word_of_the_repl_stands_elsewhere() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/commands/repl");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
            let text = std::fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for call in ["line(", "faint(", "fail(", "error(", "complain("] {
                for said in code.split(call).skip(1) {
                    let said = said.trim_start().trim_start_matches("&format!(").trim_start();
                    let Some(words) = said.strip_prefix('"').and_then(|words| words.split('"').next()) else {
                        continue;
                    };
                    let outside: String =
                        words.split('{').map(|part| part.split('}').next_back().unwrap_or("")).collect();
                    let is_said = outside.chars().any(|c| c.is_alphabetic());
                    assert!(!is_said, "{}: `{words}` belongs into src/cli/terminal/messages", file.display());
                }
            }
        }
    }
}
