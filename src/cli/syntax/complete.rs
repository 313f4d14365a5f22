//! Completion of Rust at the end of a line: the session's names, the library's, Rust's keywords.
//!
//! It only looks at names: it neither parses nor asks a session, so it never blocks.

/// The names that can be offered.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The session's variables with their types.
    pub variables: Vec<(String, String)>,
    /// The session's functions, types and other items.
    pub items: Vec<String>,
    /// The library's public names.
    pub library: Vec<String>,
}

/// Methods that the chapter and its readers call, by the beginning of the receiver's type.
const METHODS: &[(&str, &str)] = &[
    (
        "Array",
        "abs axis_iter clone column columns dim dot exp fold into_iter into_shape_with_order is_empty iter iter_mut \
         len ln map mapv mapv_inplace mean mean_axis ncols ndim nrows powf powi reversed_axes row rows shape slice \
         sqrt std sum sum_axis t tanh to_owned to_vec view windows",
    ),
    (
        "Vec",
        "clear clone concat contains extend first get insert into_iter is_empty iter iter_mut join last len pop push \
         remove reverse sort swap to_vec windows",
    ),
    ("String", TEXT),
    ("&str", TEXT),
    ("f", NUMBER),
    ("i", NUMBER),
    ("u", NUMBER),
    ("Option", "and_then expect is_none is_some map ok_or unwrap unwrap_or unwrap_or_default"),
    ("Result", "and_then err expect is_err is_ok map map_err ok unwrap unwrap_or"),
    (
        "",
        "all any chain collect count cycle enumerate filter find flat_map max_by min_by position product rev skip \
         step_by take to_string zip",
    ),
];

const TEXT: &str = "as_str bytes chars clone contains ends_with find is_empty len lines parse push push_str repeat \
                    replace split split_whitespace starts_with to_lowercase to_owned to_string to_uppercase trim";
const NUMBER: &str = "abs clamp cos exp floor is_nan ln max min pow powf powi round signum sin sqrt tanh to_string \
                      total_cmp";

/// Rust's keywords, and names that are always in scope.
const WORDS: &str = "Array1 Array2 ArrayD Axis Box HashMap None Option Result Some String Vec array! assert! \
                     assert_eq! break const continue else enum false fn for format! if impl in let loop match mut \
                     println! return struct trait true use vec! where while";

/// Where the word to complete begins, and its completions.
pub fn complete(typed: &str, names: &Names) -> (usize, Vec<String>) {
    let at = typed
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    let word = &typed[at..];
    if word.is_empty() && !typed.ends_with(['.', ':']) {
        return (at, Vec::new());
    }
    (at, completions(&typed[..at], word, names))
}

fn completions(before: &str, word: &str, names: &Names) -> Vec<String> {
    if before.ends_with('.') && !before.ends_with("..") {
        return beginning(word, methods(last_word(&before[..before.len() - 1]), names).into_iter());
    }
    if let Some(path) = before.strip_suffix("::") {
        let owner = last_word(path);
        let inside = names.library.iter().filter_map(|name| name.split_once("::")).filter(|(of, _)| *of == owner);
        return beginning(word, inside.map(|(_, method)| method));
    }
    let library = names.library.iter().map(String::as_str).filter(|name| !name.contains("::"));
    let session = names.variables.iter().map(|(name, _)| name).chain(&names.items).map(String::as_str);
    beginning(word, session.chain(library).chain(WORDS.split_whitespace()))
}

/// The methods of a variable's type; every known method if the type is unknown.
fn methods<'a>(receiver: &str, names: &'a Names) -> Vec<&'a str> {
    let kind =
        names.variables.iter().find(|(name, _)| name == receiver).map(|(_, kind)| kind.trim_start_matches("&mut "));
    let fits =
        |of: &str| kind.is_none_or(|kind| of.is_empty() || kind.trim_start_matches('&').starts_with(of) || kind == of);
    let own = names.library.iter().filter_map(|name| name.split_once("::")).filter(|(of, _)| fits(of));
    let known = METHODS.iter().filter(|(of, _)| fits(of)).flat_map(|(_, methods)| methods.split_whitespace());
    own.map(|(_, method)| method).chain(known).collect()
}

/// The name at the end of a text.
pub fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// The names that begin with `word`, sorted and deduplicated.
pub fn beginning<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut fitting: Vec<String> = names.filter(|name| name.starts_with(word)).map(str::to_owned).collect();
    fitting.sort();
    fitting.dedup();
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_of_a_line_has_its_own_names() {
        let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let names = Names {
            variables: vec![("my_value".into(), "Array1<f64>".into()), ("net".into(), "Network".into())],
            items: text(&["my_step"]),
            library: text(&["Network", "Network::chapter", "Network::forward", "sigmoid", "softmax"]),
        };
        let cases: [(&str, usize, &[&str]); 10] = [
            ("let y = my_", 8, &["my_step", "my_value"]),
            ("sig", 0, &["sigmoid"]),
            ("Network::ch", 9, &["chapter"]),
            ("net.forw", 4, &["forward"]),
            ("my_value.forw", 9, &[]),
            ("my_value.mapv", 9, &["mapv", "mapv_inplace"]),
            ("f(x).iter().enum", 12, &["enumerate"]),
            ("가 sof", 4, &["softmax"]),
            ("x = ", 4, &[]),
            ("", 0, &[]),
        ];
        for (typed, at, offered) in cases {
            assert_eq!(complete(typed, &names), (at, text(offered)), "{typed}");
        }
    }
}
