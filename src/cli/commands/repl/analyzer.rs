//! rust-analyzer's language server, where it is installed: what Tab can offer, and Shift-Tab say, beyond the names at
//! hand.
//!
//! It is asked on a thread of its own, and with a limit: where it is missing, slow or broken, the keys are as they were.

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

/// What the session may use: its `:dep` lines, and the folder that their paths start from.
#[derive(Clone, Debug)]
pub struct Project {
    pub dependencies: Vec<String>,
    pub folder: PathBuf,
}

/// The server, started by the first question.
pub struct Analyzer {
    project: Project,
    questions: Option<Sender<Question>>,
}

struct Question {
    about: About,
    text: String,
    /// Line and column, as the protocol counts them: from 0, in units of UTF-16.
    place: (usize, usize),
    answer: Sender<Value>,
}

/// What is asked of a place.
#[derive(Clone, Copy, Debug)]
enum About {
    /// How it may go on.
    Completion,
    /// What stands there.
    Hover,
}

impl About {
    fn method(self) -> &'static str {
        match self {
            About::Completion => "textDocument/completion",
            About::Hover => "textDocument/hover",
        }
    }
}

/// How long a key may wait: less than is noticed as waiting.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long the server may think about a question that nobody waits for any more.
const LONGEST: Duration = Duration::from_secs(60);
/// Bound to the crates that this program was tested with, where the session uses the same.
const OWN_LOCK: &str = include_str!("../../../../Cargo.lock");

impl Analyzer {
    pub fn new(project: Project) -> Analyzer {
        Analyzer { project, questions: None }
    }

    /// The names that may stand at the end of `typed`, after the code that has run; none if they do not come in time.
    pub fn complete(&mut self, code: &str, typed: &str) -> Vec<String> {
        self.ask(About::Completion, code, typed, "").map(|said| names(&said)).unwrap_or_default()
    }

    /// Signature or type of what `rest` begins with, and a line on it.
    pub fn describe(&mut self, code: &str, typed: &str, rest: &str) -> Hover {
        match self.ask(About::Hover, code, typed, rest) {
            Ok(said) => described(&said).map_or(Hover::Nothing, Hover::Known),
            Err(RecvTimeoutError::Timeout) => Hover::Late,
            Err(RecvTimeoutError::Disconnected) => Hover::Nothing,
        }
    }

    /// There is no answer in time, or nobody who could give one.
    fn ask(&mut self, about: About, code: &str, typed: &str, rest: &str) -> Result<Value, RecvTimeoutError> {
        let questions = self.questions.get_or_insert_with(|| {
            let (questions, inbox) = channel();
            let project = self.project.clone();
            // Without a server the questions find nobody, and that is all.
            std::thread::spawn(move || drop(serve(&project, &inbox)));
            questions
        });
        let (answer, said) = channel();
        let (text, place) = program(code, typed, rest);
        // An answer that nobody will give is the same as one that nobody can.
        let _ = questions.send(Question { about, text, place, answer });
        said.recv_timeout(PATIENCE)
    }
}

/// What came of asking about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hover {
    Known(Described),
    Nothing,
    /// The server is still reading: the next time it may know.
    Late,
}

/// What the server says of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Rust.
    pub head: String,
    /// The first line of its documentation, if it has one.
    pub docs: String,
}

/// The session so far as one function, with the line at its end, and the place in the line; `:dep` lines are no Rust.
fn program(code: &str, typed: &str, rest: &str) -> (String, (usize, usize)) {
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with(':')).collect();
    let head = format!(
        "#![allow(unused)]\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{}\n{typed}",
        code.join("\n")
    );
    let last = head.rsplit('\n').next().unwrap_or_default();
    let place = (head.matches('\n').count(), last.encode_utf16().count());
    (format!("{head}{rest}\n;\nOk(())\n}}\n"), place)
}

fn serve(project: &Project, questions: &Receiver<Question>) -> Result<()> {
    // A proxy of rustup's may stand there without the program behind it.
    let version = Command::new("rust-analyzer").arg("--version").stdin(Stdio::null()).output()?;
    if !version.status.success() {
        bail!("rust-analyzer is not installed");
    }
    let folder = prepare(project)?;
    let address = format!("file://{}/main.rs", folder.display());
    let mut server = Server::start(&folder)?;
    server.ask("initialize", initialization(&folder), Instant::now() + LONGEST)?;
    server.tell("initialized", json!({}))?;
    let document = json!({"uri": address, "languageId": "rust", "version": 0, "text": "fn main() {}\n"});
    server.tell("textDocument/didOpen", json!({"textDocument": document}))?;
    let mut version = 0;
    while let Ok(question) = questions.recv() {
        // Only the last line typed is of interest.
        let question = questions.try_iter().last().unwrap_or(question);
        version += 1;
        let document = json!({"uri": address, "version": version});
        let change = json!({"textDocument": document, "contentChanges": [{"text": question.text}]});
        server.tell("textDocument/didChange", change)?;
        let (line, character) = question.place;
        let place = json!({"textDocument": {"uri": address}, "position": {"line": line, "character": character}});
        let said = server.ask(question.about.method(), place, Instant::now() + LONGEST)?;
        // Whoever asked may have gone on.
        drop(question.answer.send(said));
    }
    Ok(())
}

/// A package with the session's dependencies, which only the server reads.
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
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(folder.join("Cargo.toml"), format!("{head}{dependencies}"))?;
    std::fs::write(folder.join("Cargo.lock"), OWN_LOCK)?;
    std::fs::write(folder.join("main.rs"), "fn main() {}\n")?;
    Ok(folder)
}

/// Nothing is built or checked on the side: that would take the processor from the session.
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

/// The names among the items of an answer: what is inserted, up to its brackets.
fn names(said: &Value) -> Vec<String> {
    /// The protocol's number for a template.
    const SNIPPET: u64 = 15;
    let items = said.get("items").unwrap_or(said).as_array();
    let name = |item: &Value| {
        let text =
            [&item["textEdit"]["newText"], &item["insertText"], &item["label"]].into_iter().find_map(Value::as_str)?;
        let name: String = text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '!')).collect();
        Some(name).filter(|name| !name.is_empty() && item["kind"].as_u64() != Some(SNIPPET))
    };
    items.into_iter().flatten().filter_map(name).collect()
}

/// An answer's last piece of code before its first rule (the one before that names the module), and the first line of
/// prose behind the rule.
fn described(said: &Value) -> Option<Described> {
    let contents = &said["contents"];
    let text = contents["value"].as_str().or_else(|| contents.as_str())?;
    let mut parts = text.split("\n---\n");
    let head = parts.next().unwrap_or_default();
    let head = head.trim_end().strip_suffix("```")?.rsplit("```").next()?.strip_prefix("rust")?.trim();
    let head: Vec<&str> = head.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let head = head.join("\n");
    // How large it is, and which types its parameters are here.
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
        let (text, place) = program(":dep ndarray = \"0.17\"\nuse std::fmt;\nlet x = 1;", "let 값 = x.", "abs()");
        assert!(text.contains("{\nuse std::fmt;\nlet x = 1;\nlet 값 = x.abs()\n;\n"), "{text}");
        assert_eq!(place, (4, 10));
    }

    #[test]
    fn names_are_taken_from_what_would_be_inserted() {
        let said = json!({"isIncomplete": true, "items": [
            {"label": "mapv(…)", "kind": 2, "textEdit": {"newText": "mapv()", "range": {}}},
            {"label": "println!(…)", "insertText": "println!($0)", "kind": 3},
            {"label": "len()", "kind": 2},
            {"label": "if", "insertText": "if x {}", "kind": 15},
            {"label": "(0)"},
        ]});
        assert_eq!(names(&said), ["mapv", "println!", "len"]);
        assert_eq!(names(&Value::Null), [""; 0]);
    }

    #[test]
    fn a_signature_is_taken_from_what_would_be_shown_beside_the_mouse() {
        let item = "```rust\nndarray::impl_methods\n```\n\n```rust\npub fn mapv<B>(&self) -> Array<B, D>\n    // Bounds from impl:\n```\n\n---\n\n`A` = `f64`, `D` = `Ix1`\n\n---\n\n\
                    Call `f` by value.\n\nMore.";
        let local = "```rust\nlet x: i32\n```\n\n---\n\nsize = 4, align = 4, no Drop";
        for (text, head, docs) in [
            (item, "pub fn mapv<B>(&self) -> Array<B, D>", "Call `f` by value."),
            (local, "let x: i32", ""),
            ("```rust\nfn a()\n```", "fn a()", ""),
        ] {
            let said = json!({"contents": {"kind": "markdown", "value": text}});
            assert_eq!(described(&said), Some(Described { head: head.into(), docs: docs.into() }), "{text}");
        }
        for said in [Value::Null, json!({"contents": {"value": "words"}}), json!({"contents": {"value": "```"}})] {
            assert_eq!(described(&said), None, "{said}");
        }
    }
}
