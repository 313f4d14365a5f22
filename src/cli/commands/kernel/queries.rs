//! Requests that run no code: kernel information, completeness, completion.
//!
//! Cursor positions count characters, not bytes.

use jupyter_protocol::{
    CodeMirrorMode, CompleteReply, HelpLink, IsCompleteReply, KernelInfoReply, LanguageInfo, ReplyStatus,
};
use serde_json::json;

use crate::cli::engine::rust_version;
use crate::cli::engine::thread::Definitions;
use crate::cli::syntax::complete::{self, Names, last_word};
use crate::cli::syntax::input::{Reading, indentation, reading};
use crate::cli::syntax::types;

/// The commands that a cell may start with.
const COMMANDS: &[&str] = &[
    ":clear",
    ":dep",
    ":efmt",
    ":explain",
    ":fmt",
    ":help",
    ":opt",
    ":restart",
    ":show_deps",
    ":timing",
    ":type",
    ":types",
    ":undo",
    ":vars",
    ":version",
];

/// The version of Jupyter's protocol that the kernel speaks.
pub const PROTOCOL: &str = "5.3";

pub fn kernel_info() -> KernelInfoReply {
    let version = env!("CARGO_PKG_VERSION");
    let link = |text: &str, url: &str| HelpLink { text: text.into(), url: url.into() };
    KernelInfoReply {
        status: ReplyStatus::Ok,
        protocol_version: PROTOCOL.into(),
        implementation: "forward-pass".into(),
        implementation_version: version.into(),
        language_info: LanguageInfo {
            name: "rust".into(),
            version: rust_version(),
            mimetype: Some("text/rust".into()),
            file_extension: Some(".rs".into()),
            pygments_lexer: Some("rust".into()),
            codemirror_mode: Some(CodeMirrorMode::Simple("rust".into())),
            nbconvert_exporter: Some("script".into()),
        },
        banner: format!("forward-pass {version}: live Rust. `:help` lists the commands that a cell may start with."),
        help_links: vec![
            link("The Rust Programming Language", "https://doc.rust-lang.org/book/"),
            link("The standard library", "https://doc.rust-lang.org/std/"),
            link("ndarray", "https://docs.rs/ndarray"),
        ],
        debugger: false,
        error: None,
    }
}

/// Decided by rustc's own lexer; `invalid` if no further input could fix it.
pub fn is_complete(code: &str) -> IsCompleteReply {
    match reading(code) {
        Reading::Incomplete => IsCompleteReply::incomplete(" ".repeat(indentation(code))),
        Reading::Complete(code) if is_invalid(&code) => IsCompleteReply::invalid(),
        Reading::Complete(_) => IsCompleteReply::complete(),
    }
}

/// An unmatched closing bracket, or a character that is not Rust.
fn is_invalid(code: &str) -> bool {
    let rust: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with(':')).collect();
    rust.join("\n").parse::<proc_macro2::TokenStream>().is_err()
}

pub fn complete(code: &str, cursor: usize, known: &Definitions, library: &[String]) -> CompleteReply {
    let before = &code[..byte_at(code, cursor)];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let (start, mut matches) = match command(line) {
        Some(matches) => (0, matches),
        None => complete::complete(line, &names(known, library)),
    };
    let owner = line[..start].strip_suffix('.').and_then(|before| type_of(last_word(before), known));
    if let Some(owner) = owner {
        let own = |method: &String| library.contains(&format!("{owner}::{method}"));
        // The methods of the variable's own type come first.
        matches.sort_by_key(|method| !own(method));
    }
    let begin = before.chars().count() - line[start..].chars().count();
    let kinds: Vec<_> = matches.iter().map(|text| kind(text, begin, cursor, known)).collect();
    CompleteReply {
        matches,
        cursor_start: begin,
        cursor_end: before.chars().count(),
        metadata: serde_json::Map::from_iter([("_jupyter_types_experimental".to_owned(), json!(kinds))]),
        ..CompleteReply::default()
    }
}

/// The byte offset of this character, at most the end.
pub fn byte_at(code: &str, cursor: usize) -> usize {
    code.char_indices().nth(cursor).map_or(code.len(), |(at, _)| at)
}

/// The variable's type without path and arguments: `Network`, `Array2`.
pub fn type_of(name: &str, known: &Definitions) -> Option<String> {
    let variable = known.variables.iter().find(|variable| variable.name == name)?;
    let name = types::short(&variable.type_name);
    Some(name.split('<').next().unwrap_or_default().trim_start_matches('&').to_owned())
}

fn command(line: &str) -> Option<Vec<String>> {
    (line.starts_with(':') && !line.contains(char::is_whitespace)).then(|| {
        let fitting = COMMANDS.iter().filter(|command| command.starts_with(line));
        fitting.map(|command| (*command).to_owned()).collect()
    })
}

fn names(known: &Definitions, library: &[String]) -> Names {
    let variables = known.variables.iter().map(|it| (it.name.clone(), types::short(&it.type_name)));
    Names { variables: variables.collect(), items: known.items.clone(), library: library.to_vec() }
}

/// The kind of name that front ends show beside it.
fn kind(text: &str, start: usize, end: usize, known: &Definitions) -> serde_json::Value {
    let kind = if known.variables.iter().any(|variable| variable.name == text) {
        "instance"
    } else if text.ends_with('!') {
        "magic"
    } else if text.starts_with(':') {
        "keyword"
    } else if text.starts_with(char::is_uppercase) {
        "class"
    } else {
        "function"
    };
    json!({"text": text, "start": start, "end": end, "type": kind})
}

#[cfg(test)]
mod tests {
    use jupyter_protocol::IsCompleteReplyStatus::{Complete, Incomplete, Invalid};

    use super::*;
    use crate::cli::engine::Variable;

    fn known() -> Definitions {
        let variable = |name: &str, type_name: &str| Variable { name: name.into(), type_name: type_name.into() };
        Definitions {
            variables: vec![variable("net", "forward_pass::network::Network"), variable("값", "i32")],
            items: vec!["neuron".into()],
        }
    }

    #[test]
    fn code_is_complete_incomplete_or_invalid() {
        let cases = [
            ("1 + 1", Complete),
            ("let x = 1", Complete),
            (":dep ndarray = \"0.17\"", Complete),
            ("fn f() {", Incomplete),
            ("let s = \"half", Incomplete),
            (")", Invalid),
            ("f(]", Invalid),
        ];
        for (code, status) in cases {
            assert_eq!(is_complete(code).status, status, "{code}");
        }
        assert_eq!(is_complete("fn f() {").indent, "    ");
    }

    #[test]
    fn names_are_completed_at_the_cursor() {
        let library = ["Network".to_owned(), "Network::forward".into(), "sigmoid".into(), "Mnist::find".into()];
        let offered = |code: &str, cursor| {
            let reply = complete(code, cursor, &known(), &library);
            (reply.cursor_start, reply.cursor_end, reply.matches)
        };
        assert_eq!(
            offered("net.f", 5),
            (4, 5, vec!["forward".into(), "filter".into(), "find".into(), "flat_map".into()])
        );
        assert_eq!(offered("let 값2 = 값", 10), (9, 10, vec!["값".into()]));
        assert_eq!(offered("1;\nne", 5), (3, 5, vec!["net".into(), "neuron".into()]));
        assert_eq!(offered("sig", 99), (0, 3, vec!["sigmoid".into()]));
        assert_eq!(offered(":va", 3), (0, 3, vec![":vars".into()]));
        assert_eq!(offered("", 0), (0, 0, vec![]));
    }
}
