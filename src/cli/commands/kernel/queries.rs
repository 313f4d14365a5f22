//! Requests that run no code: kernel information, completeness, completion.
//!
//! Cursor positions count characters, not bytes.

use jupyter_protocol::{
    CodeMirrorMode, CompleteReply, HelpLink, IsCompleteReply, KernelInfoReply, LanguageInfo, ReplyStatus,
};
use serde_json::json;

use crate::cli::engine::rust_version;
use crate::cli::engine::thread::Definitions;
use crate::cli::syntax::complete::{self, Candidate, Names, Sort, beginning};
use crate::cli::syntax::input::{Reading, indentation, reading};

/// The commands that a cell may start with.
const COMMANDS: &[&str] = &[
    ":clear",
    ":dep",
    ":doc",
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

/// What a front end may insert at the cursor: commands, files, and what fits the code before it.
pub fn complete(code: &str, cursor: usize, known: &Definitions, names: &Names) -> CompleteReply {
    let before = &code[..byte_at(code, cursor)];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let (start, candidates) = match command(line, known) {
        Some((start, found)) => (before.len() - line.len() + start, found),
        None => complete::complete(before, names),
    };
    let (begin, end) = (before[..start].chars().count(), before.chars().count());
    let kinds: Vec<_> = candidates.iter().map(|one| described(one, begin, end)).collect();
    CompleteReply {
        matches: candidates.into_iter().map(|one| one.name).collect(),
        cursor_start: begin,
        cursor_end: end,
        metadata: serde_json::Map::from_iter([("_jupyter_types_experimental".to_owned(), json!(kinds))]),
        ..CompleteReply::default()
    }
}

/// The byte offset of this character, at most the end.
pub fn byte_at(code: &str, cursor: usize) -> usize {
    code.char_indices().nth(cursor).map_or(code.len(), |(at, _)| at)
}

/// A command, or the argument of one.
fn command(line: &str, known: &Definitions) -> Option<(usize, Vec<Candidate>)> {
    if !line.starts_with(':') || line.starts_with("::") {
        return None;
    }
    let offer = |start: usize, names: Vec<&str>| {
        let found = beginning(&line[start..], names.into_iter());
        Some((start, found.iter().map(|name| Candidate::new(name, Sort::Command, "")).collect()))
    };
    let Some((name, argument)) = line.split_once(' ') else { return offer(0, COMMANDS.to_vec()) };
    let start = line.len() - argument.trim_start().len();
    match name {
        ":type" | ":t" => offer(start, known.variables.iter().map(|one| one.name.as_str()).collect()),
        ":doc" => {
            let own = known.variables.iter().map(|one| &one.name).chain(&known.items);
            let found = own.map(|name| Candidate::new(name, Sort::Variable, "")).collect::<Vec<_>>();
            let (at, mut of_std) = complete::complete(&line[start..], &Names::default());
            of_std.retain(|one| one.sort != Sort::Keyword);
            let typed = &line[start + at..];
            let own = found.into_iter().filter(|one| at == 0 && one.name.starts_with(typed));
            Some((start + at, own.chain(of_std).collect()))
        }
        ":opt" => offer(start, vec!["0", "1", "2", "3"]),
        ":cache" => offer(start, vec!["0", "1"]),
        ":fmt" | ":efmt" => offer(start, vec!["{}", "{:?}", "{:#?}"]),
        _ => Some((line.len(), Vec::new())),
    }
}

/// A completion as front ends show it: its kind, and its type or first sentence.
fn described(one: &Candidate, start: usize, end: usize) -> serde_json::Value {
    let kind = match one.sort {
        Sort::Variable | Sort::Field => "instance",
        Sort::Method | Sort::Function => "function",
        Sort::Constant | Sort::Variant => "property",
        Sort::Type | Sort::Trait => "class",
        Sort::Module => "module",
        Sort::Macro => "magic",
        Sort::File => "path",
        Sort::Keyword | Sort::Attribute | Sort::Lifetime | Sort::Command => "keyword",
    };
    json!({"text": one.name, "start": start, "end": end, "type": kind, "signature": one.about})
}

#[cfg(test)]
mod tests {
    use jupyter_protocol::IsCompleteReplyStatus::{Complete, Incomplete, Invalid};

    use std::path::Path;

    use super::*;
    use crate::cli::engine::Variable;

    fn known() -> Definitions {
        let variable = |name: &str, type_name: &str| Variable { name: name.into(), type_name: type_name.into() };
        Definitions {
            variables: vec![variable("net", "forward_pass::network::Network"), variable("값", "i32")],
            items: vec!["neuron".into()],
            sources: Some(vec!["fn neuron(x: i32) -> i32 { x }".into()]),
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
        let offered = |code: &str, cursor| {
            let known = known();
            let reply = complete(code, cursor, &known, &known.clone().names(Vec::new, Path::new(".")));
            (reply.cursor_start, reply.cursor_end, reply.matches)
        };
        assert_eq!(offered("let 값2 = 값", 10), (9, 10, vec!["값".into()]));
        assert_eq!(offered("1;\nneu", 6), (3, 6, vec!["neuron".into()]));
        assert_eq!(offered(":va", 3), (0, 3, vec![":vars".into()]));
        assert_eq!(offered(":type n", 7), (6, 7, vec!["net".into()]));
        assert_eq!(offered(":doc neu", 8), (5, 8, vec!["neuron".into()]));
        assert_eq!(offered("", 0), (0, 0, vec![]));
    }
}
