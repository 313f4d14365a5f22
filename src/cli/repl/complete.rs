//! What Tab offers: commands, places, the session's names, the library's, Rust's keywords.
//!
//! It looks only at names that are at hand: it never asks the session, so it never waits.

use crate::cli::command::ENTRIES;
use crate::cli::library;

/// The names at hand; renewed between two lines.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Section names and cell ids.
    pub places: Vec<String>,
    /// The session's variables and items.
    pub session: Vec<String>,
    /// The library's public names.
    pub library: Vec<String>,
}

/// Methods that the chapter and its readers call on arrays, texts and lists.
const METHODS: &[&str] = &[
    "abs",
    "axis_iter",
    "clone",
    "collect",
    "column",
    "columns",
    "dim",
    "dot",
    "enumerate",
    "exp",
    "filter",
    "fold",
    "into_iter",
    "into_shape_with_order",
    "is_empty",
    "is_nan",
    "iter",
    "iter_mut",
    "len",
    "ln",
    "map",
    "mapv",
    "max",
    "max_by",
    "mean",
    "mean_axis",
    "min",
    "ncols",
    "ndim",
    "nrows",
    "powf",
    "powi",
    "push",
    "push_str",
    "reshape",
    "rev",
    "row",
    "rows",
    "shape",
    "sqrt",
    "std",
    "sum",
    "sum_axis",
    "t",
    "tanh",
    "to_owned",
    "to_string",
    "to_vec",
    "unwrap",
    "unwrap_or",
    "view",
    "windows",
    "zip",
];

const WORDS: &[&str] = &[
    "Array1",
    "Array2",
    "ArrayD",
    "Axis",
    "Box",
    "HashMap",
    "None",
    "Option",
    "Result",
    "Some",
    "String",
    "Vec",
    "array!",
    "assert!",
    "assert_eq!",
    "break",
    "const",
    "continue",
    "else",
    "enum",
    "false",
    "format!",
    "impl",
    "let",
    "loop",
    "match",
    "mut",
    "println!",
    "return",
    "struct",
    "trait",
    "true",
    "use",
    "vec!",
    "where",
    "while",
];

/// Commands whose argument is a name of the library.
const ABOUT_NAMES: [&str; 2] = [":doc ", ":source "];

/// Where the word to be completed begins, and what it may become.
pub fn complete(typed: &str, names: &Names) -> (usize, Vec<String>) {
    if let Some(place) = argument(typed, &[":goto ", ":g "]) {
        return (typed.len() - place.len(), beginning(place, names.places.iter().map(String::as_str)));
    }
    if let Some(name) = argument(typed, &ABOUT_NAMES) {
        return (typed.len() - name.len(), beginning(name, names.library.iter().map(String::as_str)));
    }
    if typed.starts_with(':') && !typed.contains(char::is_whitespace) {
        let commands: Vec<String> = ENTRIES.iter().map(|entry| format!(":{}", entry.name)).collect();
        return (0, beginning(typed, commands.iter().map(String::as_str)));
    }
    let at = typed
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    let word = &typed[at..];
    if word.is_empty() && !typed.ends_with(['.', ':']) {
        return (at, Vec::new());
    }
    (at, rust(&typed[..at], word, names))
}

fn argument<'a>(typed: &'a str, commands: &[&str]) -> Option<&'a str> {
    commands.iter().find_map(|command| typed.strip_prefix(command)).map(str::trim_start)
}

fn rust(before: &str, word: &str, names: &Names) -> Vec<String> {
    if before.ends_with('.') && !before.ends_with("..") {
        let own = names.library.iter().filter_map(|name| name.split_once("::")).map(|(_, method)| method);
        return beginning(word, METHODS.iter().copied().chain(own));
    }
    if let Some(path) = before.strip_suffix("::") {
        let owner = path.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let inside = names.library.iter().filter_map(|name| name.split_once("::")).filter(|(of, _)| *of == owner);
        return beginning(word, inside.map(|(_, method)| method));
    }
    let library = names.library.iter().map(String::as_str).filter(|name| !name.contains("::"));
    beginning(word, names.session.iter().map(String::as_str).chain(library).chain(WORDS.iter().copied()))
}

/// Those that begin so, in order, each once.
fn beginning<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut fitting: Vec<String> = names.filter(|name| name.starts_with(word)).map(str::to_owned).collect();
    fitting.sort();
    fitting.dedup();
    fitting
}

/// The library's public names, read once.
pub fn library_names() -> Vec<String> {
    library::public_names()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_of_a_line_has_its_own_names() {
        let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let names = Names {
            places: text(&["sigmoid", "softmax", "softmax-overflow"]),
            session: text(&["my_value", "my_step"]),
            library: text(&["Network", "Network::chapter", "Network::forward", "sigmoid", "softmax"]),
        };
        let cases: [(&str, usize, &[&str]); 11] = [
            (":go", 0, &[":goto"]),
            (":goto so", 6, &["softmax", "softmax-overflow"]),
            (":doc sig", 5, &["sigmoid"]),
            (":source Network::f", 8, &["Network::forward"]),
            ("let y = my_", 8, &["my_step", "my_value"]),
            ("sig", 0, &["sigmoid"]),
            ("Network::ch", 9, &["chapter"]),
            ("net.forw", 4, &["forward"]),
            ("가 sof", 4, &["softmax"]),
            ("x = ", 4, &[]),
            ("", 0, &[]),
        ];
        for (typed, at, offered) in cases {
            assert_eq!(complete(typed, &names), (at, text(offered)), "{typed}");
        }
    }
}
