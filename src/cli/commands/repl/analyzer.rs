//! rust-analyzer, if it is installed: completions and descriptions of names that the session and the library lack.
//!
//! It is queried on its own thread with a time limit: if it is missing, slow or broken, the keys work without it.

mod wire;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use etcetera::BaseStrategy;
use serde_json::{Value, json};
use wire::Server;

use crate::cli::syntax::dependency::Dependency;

/// The session's `:dep` lines, and the folder that their paths are relative to.
#[derive(Clone, Debug)]
pub struct Project {
    pub dependencies: Vec<String>,
    pub folder: PathBuf,
}

/// The server, started by the first query.
pub struct Analyzer {
    project: Project,
    queries: Option<Sender<Query>>,
}

struct Query {
    kind: Kind,
    text: String,
    /// Line and column as in the protocol: from 0, in units of UTF-16.
    position: (usize, usize),
    answer: Sender<Value>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Completion,
    Hover,
}

impl Kind {
    fn method(self) -> &'static str {
        match self {
            Kind::Completion => "textDocument/completion",
            Kind::Hover => "textDocument/hover",
        }
    }
}

/// How long a key may block without being noticed.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long the server may take for a query that has been abandoned.
const LONGEST: Duration = Duration::from_secs(60);
/// Pins the crates that the session shares with this program to the tested versions.
const OWN_LOCK: &str = include_str!("../../../../Cargo.lock");

impl Analyzer {
    pub fn new(project: Project) -> Analyzer {
        Analyzer { project, queries: None }
    }

    /// The completions of `typed` after the code that has run; none if the server is too slow.
    pub fn complete(&mut self, code: &str, typed: &str) -> Vec<String> {
        self.ask(Kind::Completion, code, typed, "").map(|answer| names(&answer)).unwrap_or_default()
    }

    /// The signature or type of the name at the beginning of `rest`, and a line of its documentation.
    pub fn describe(&mut self, code: &str, typed: &str, rest: &str) -> Hover {
        match self.ask(Kind::Hover, code, typed, rest) {
            Ok(answer) => description(&answer).map_or(Hover::Nothing, Hover::Known),
            Err(RecvTimeoutError::Timeout) => Hover::Late,
            Err(RecvTimeoutError::Disconnected) => Hover::Nothing,
        }
    }

    fn ask(&mut self, kind: Kind, code: &str, typed: &str, rest: &str) -> Result<Value, RecvTimeoutError> {
        let queries = self.queries.get_or_insert_with(|| {
            let (queries, inbox) = channel();
            let project = self.project.clone();
            // Without a server the channel is closed, and every query fails at once.
            std::thread::spawn(move || drop(serve(&project, &inbox)));
            queries
        });
        let (sender, answer) = channel();
        let (text, position) = program(code, typed, rest);
        // If the thread is gone, so is the sender, and receiving fails.
        let _ = queries.send(Query { kind, text, position, answer: sender });
        answer.recv_timeout(PATIENCE)
    }
}

/// The answer about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hover {
    Known(Described),
    Nothing,
    /// The server is still loading: it may know later.
    Late,
}

/// The server's description of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Rust: a signature or a type.
    pub head: String,
    /// The first line of its documentation, if it has one.
    pub docs: String,
}

/// The session so far as one function that ends with the line, and the position in it; without the `:dep` lines.
fn program(code: &str, typed: &str, rest: &str) -> (String, (usize, usize)) {
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with(':')).collect();
    let head = format!(
        "#![allow(unused)]\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{}\n{typed}",
        code.join("\n")
    );
    let last = head.rsplit('\n').next().unwrap_or_default();
    let position = (head.matches('\n').count(), last.encode_utf16().count());
    (format!("{head}{rest}\n;\nOk(())\n}}\n"), position)
}

fn serve(project: &Project, queries: &Receiver<Query>) -> Result<()> {
    // It may be a proxy of rustup's without the component.
    let version = Command::new("rust-analyzer").arg("--version").stdin(Stdio::null()).output()?;
    if !version.status.success() {
        bail!("rust-analyzer is not installed");
    }
    let folder = prepare(project)?;
    let address = format!("file://{}/main.rs", folder.display());
    let mut server = Server::start(&folder)?;
    server.ask("initialize", initialization(&folder), Instant::now() + LONGEST)?;
    server.notify("initialized", json!({}))?;
    let document = json!({"uri": address, "languageId": "rust", "version": 0, "text": "fn main() {}\n"});
    server.notify("textDocument/didOpen", json!({"textDocument": document}))?;
    let mut version = 0;
    while let Ok(query) = queries.recv() {
        // Earlier queries have been abandoned.
        let query = queries.try_iter().last().unwrap_or(query);
        version += 1;
        let document = json!({"uri": address, "version": version});
        let change = json!({"textDocument": document, "contentChanges": [{"text": query.text}]});
        server.notify("textDocument/didChange", change)?;
        let (line, character) = query.position;
        let position = json!({"textDocument": {"uri": address}, "position": {"line": line, "character": character}});
        let answer = server.ask(query.kind.method(), position, Instant::now() + LONGEST)?;
        // The query may have been abandoned.
        drop(query.answer.send(answer));
    }
    Ok(())
}

/// Creates a package with the session's dependencies for the server.
fn prepare(project: &Project) -> Result<PathBuf> {
    let mut table = toml::Table::new();
    for line in &project.dependencies {
        for dependency in Dependency::parse(line.trim().trim_start_matches(":dep"), &project.folder)? {
            table.insert(dependency.name().to_owned(), dependency.spec().clone());
        }
    }
    let dependencies = toml::Table::from_iter([("dependencies".to_owned(), toml::Value::Table(table))]);
    let head = "[package]\nname = \"at-the-prompt\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                [[bin]]\nname = \"at-the-prompt\"\npath = \"main.rs\"\n\n[workspace]\n\n";
    let folder = etcetera::choose_base_strategy()?.cache_dir().join("forward-pass/analyzer");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    std::fs::write(folder.join("Cargo.toml"), format!("{head}{dependencies}"))?;
    std::fs::write(folder.join("Cargo.lock"), OWN_LOCK)?;
    std::fs::write(folder.join("main.rs"), "fn main() {}\n")?;
    Ok(folder)
}

/// Without builds or checks, which would compete with the session for the processor.
fn initialization(folder: &Path) -> Value {
    json!({
        "processId": std::process::id(),
        "rootUri": format!("file://{}", folder.display()),
        "capabilities": {"textDocument": {
            "completion": {"completionItem": {"snippetSupport": false}},
            "hover": {"contentFormat": ["markdown"]},
        }},
        "initializationOptions": {
            "checkOnSave": false,
            "cachePriming": {"enable": false},
            "procMacro": {"enable": false},
            "cargo": {"buildScripts": {"enable": false}},
            "completion": {"postfix": {"enable": false}, "autoimport": {"enable": false}, "limit": 500},
        },
    })
}

/// The names among the items of an answer: the inserted text up to its brackets.
fn names(answer: &Value) -> Vec<String> {
    /// The protocol's number for a snippet.
    const SNIPPET: u64 = 15;
    let items = answer.get("items").unwrap_or(answer).as_array();
    let name = |item: &Value| {
        let text =
            [&item["textEdit"]["newText"], &item["insertText"], &item["label"]].into_iter().find_map(Value::as_str)?;
        let name: String = text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '!')).collect();
        Some(name).filter(|name| !name.is_empty() && item["kind"].as_u64() != Some(SNIPPET))
    };
    items.into_iter().flatten().filter_map(name).collect()
}

/// The last code block before the answer's first rule (an earlier block names the module), and the first line of prose
/// after that rule.
fn description(answer: &Value) -> Option<Described> {
    let contents = &answer["contents"];
    let text = contents["value"].as_str().or_else(|| contents.as_str())?;
    let mut parts = text.split("\n---\n");
    let head = parts.next().unwrap_or_default();
    let head = head.trim_end().strip_suffix("```")?.rsplit("```").next()?.strip_prefix("rust")?.trim();
    let head: Vec<&str> = head.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let head = head.join("\n");
    // Size and alignment, and the types of its parameters.
    let is_detail =
        |part: &str| ["size = ", "align = ", "no Drop"].iter().any(|it| part.starts_with(it)) || part.contains("` = `");
    let docs = parts.find(|part| !is_detail(part.trim())).unwrap_or_default().trim().lines().next().unwrap_or_default();
    (!head.is_empty()).then(|| Described { head, docs: docs.trim().replace("**", "") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_one_program_with_the_line_at_its_end() {
        let (text, position) = program(":dep ndarray = \"0.17\"\nuse std::fmt;\nlet x = 1;", "let 값 = x.", "abs()");
        assert!(text.contains("{\nuse std::fmt;\nlet x = 1;\nlet 값 = x.abs()\n;\n"), "{text}");
        assert_eq!(position, (4, 10));
    }

    #[test]
    fn names_are_taken_from_the_inserted_text() {
        let answer = json!({"isIncomplete": true, "items": [
            {"label": "mapv(…)", "kind": 2, "textEdit": {"newText": "mapv()", "range": {}}},
            {"label": "println!(…)", "insertText": "println!($0)", "kind": 3},
            {"label": "len()", "kind": 2},
            {"label": "if", "insertText": "if x {}", "kind": 15},
            {"label": "(0)"},
        ]});
        assert_eq!(names(&answer), ["mapv", "println!", "len"]);
        assert_eq!(names(&Value::Null), [""; 0]);
    }

    #[test]
    fn a_signature_is_taken_from_the_hover_text() {
        let item = "```rust\nndarray::impl_methods\n```\n\n\
                    ```rust\npub fn mapv<B>(&self) -> Array<B, D>\n    // Bounds from impl:\n```\n\n---\n\n\
                    `A` = `f64`, `D` = `Ix1`\n\n---\n\nCall `f` by value.\n\nMore.";
        let local = "```rust\nlet x: i32\n```\n\n---\n\nsize = 4, align = 4, no Drop";
        for (text, head, docs) in [
            (item, "pub fn mapv<B>(&self) -> Array<B, D>", "Call `f` by value."),
            (local, "let x: i32", ""),
            ("```rust\nfn a()\n```", "fn a()", ""),
        ] {
            let answer = json!({"contents": {"kind": "markdown", "value": text}});
            assert_eq!(description(&answer), Some(Described { head: head.into(), docs: docs.into() }), "{text}");
        }
        for answer in [Value::Null, json!({"contents": {"value": "words"}}), json!({"contents": {"value": "```"}})] {
            assert_eq!(description(&answer), None, "{answer}");
        }
    }
}
