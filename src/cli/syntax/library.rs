//! The library's own source, for `:source`: items found by name, shown as written.
//!
//! It is the source from which this binary was built.

use std::sync::LazyLock;

use syn::spanned::Spanned;
use syn::{ImplItem, Item, TraitItem};

use super::types::at_commas;

/// Path and text of every file of the library; listed by `build.rs`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The text of a file of the library.
pub fn file(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(own, _)| *own == path).map(|(_, text)| *text)
}

/// An item of the library, as in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub file: &'static str,
    pub line: usize,
    /// `sigmoid`, or `Network::forward` for a method.
    pub name: String,
    /// Its doc comment, without the slashes.
    pub docs: String,
    /// Its code, without the doc comment.
    pub code: String,
    pub is_public: bool,
}

impl Found {
    /// Everything before its body.
    pub fn signature(&self) -> String {
        let is_type = ["pub struct", "pub enum", "struct", "enum"].iter().any(|word| self.code.starts_with(word));
        let head = if is_type { self.code.lines().next() } else { self.code.split('{').next() };
        let lines = head.unwrap_or_default().lines().filter(|line| !line.trim_start().starts_with("#["));
        lines.collect::<Vec<_>>().join("\n").trim().trim_end_matches(" {").to_owned()
    }
}

/// A function's head wrapped as rustfmt does; anything else unchanged.
pub fn fitted(signature: &str, width: usize) -> String {
    let Some((open, close)) =
        parameters(signature).filter(|_| signature.lines().any(|line| line.chars().count() > width))
    else {
        return signature.to_owned();
    };
    let mut lines = vec![signature[..=open].to_owned()];
    lines.extend(at_commas(&signature[open + 1..close]).iter().map(|one| format!("    {one},")));
    lines.push(signature[close..].to_owned());
    lines.join("\n")
}

/// The brackets around a function's parameters; those within `<...>` do not count.
fn parameters(signature: &str) -> Option<(usize, usize)> {
    let (mut angles, mut rounds, mut open) = (0, 0, None);
    let mut before = ' ';
    for (at, c) in signature.char_indices() {
        match c {
            '<' => angles += 1,
            // The arrow of a return type is not a bracket.
            '>' if before != '-' => angles -= 1,
            '(' => {
                rounds += 1;
                open = open.or((angles == 0).then_some(at));
            }
            ')' => {
                rounds -= 1;
                if rounds == 0 && angles == 0 {
                    return Some((open?, at));
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

/// A doc comment for the terminal: code blocks are Rust, hidden lines are left out, links are their text.
pub fn for_readers(docs: &str) -> String {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in docs.lines() {
        if line.trim_start().starts_with("```") {
            let opens_plain = !inside && ["```", "```no_run", "```rust"].contains(&line.trim());
            inside = !inside;
            lines.push(if opens_plain { "```rust".to_owned() } else { line.to_owned() });
        } else if inside && (line.trim() == "#" || line.trim_start().starts_with("# ")) {
            // rustdoc hides it, too.
        } else if inside {
            lines.push(line.to_owned());
        } else {
            lines.push(without_links(line));
        }
    }
    lines.join("\n")
}

/// ``[`softmax`]`` -> `` `softmax` ``; a link to a web page keeps its address.
fn without_links(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("[`") {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find("`]").map(|end| at + end) else { break };
        out.push_str(&rest[at + 1..=end]);
        rest = &rest[end + 2..];
        if rest.starts_with('(') && !rest.starts_with("(http") {
            rest = rest.find(')').map_or("", |close| &rest[close + 1..]);
        }
    }
    out + rest
}

/// Every item and method of the library, in the order of its files.
static ITEMS: LazyLock<Vec<Found>> =
    LazyLock::new(|| FILES.iter().flat_map(|(file, text)| items_of(file, text)).collect());

/// Reads the library in the background.
pub fn read_ahead() {
    let _ = std::thread::Builder::new().spawn(|| LazyLock::force(&ITEMS));
}

/// The items of this name: public ones if there are any, else private ones. Methods are found as `Network::forward` or
/// `forward`.
pub fn find(name: &str) -> Vec<&'static Found> {
    let wanted = name.trim().trim_end_matches("()").trim_end_matches('!');
    let named = |found: &&Found| found.name == wanted || found.name.rsplit("::").next() == Some(wanted);
    let mut found: Vec<&Found> = ITEMS.iter().filter(named).collect();
    if found.iter().any(|item| item.is_public) {
        found.retain(|item| item.is_public);
    }
    if found.iter().any(|item| item.name == wanted) {
        found.retain(|item| item.name == wanted);
    }
    found
}

/// The functions that these items leave the work to: a method of `Float`, such as `Float::logistic`, is computed in the
/// file of its name.
pub fn behind(found: &[&'static Found]) -> Vec<&'static Found> {
    let called = found.iter().flat_map(|item| item.code.split("Float::").skip(1));
    let called = called.map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default());
    let declared = found.iter().filter(|item| item.code.trim_end().ends_with(';'));
    let declared = declared.map(|item| item.name.rsplit("::").next().unwrap_or_default());
    let files: Vec<String> = called.chain(declared).map(|name| format!("/{name}.rs")).collect();
    let is_theirs = |item: &&Found| files.iter().any(|file| item.file.ends_with(file)) && !found.contains(item);
    ITEMS.iter().filter(is_theirs).collect()
}

/// The names of all public items.
pub fn public_names() -> Vec<String> {
    let mut names: Vec<String> = ITEMS.iter().filter(|item| item.is_public).map(|item| item.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

fn items_of(file: &'static str, text: &'static str) -> Vec<Found> {
    let Ok(parsed) = syn::parse_file(text) else { return Vec::new() };
    let mut found = Vec::new();
    let page = Page { file, lines: text.lines().collect() };
    for item in &parsed.items {
        page.item(item, &mut found);
    }
    found
}

/// A file in lines.
struct Page {
    file: &'static str,
    lines: Vec<&'static str>,
}

impl Page {
    fn item(&self, item: &Item, found: &mut Vec<Found>) {
        match item {
            Item::Fn(it) => self.add(it.sig.ident.to_string(), is_public(&it.vis), item, found),
            Item::Struct(it) => self.add(it.ident.to_string(), is_public(&it.vis), item, found),
            Item::Enum(it) => self.add(it.ident.to_string(), is_public(&it.vis), item, found),
            Item::Type(it) => self.add(it.ident.to_string(), is_public(&it.vis), item, found),
            Item::Trait(it) => {
                self.add(it.ident.to_string(), is_public(&it.vis), item, found);
                for inner in &it.items {
                    if let TraitItem::Fn(method) = inner {
                        self.add(format!("{}::{}", it.ident, method.sig.ident), false, inner, found);
                    }
                }
            }
            Item::Impl(it) if it.trait_.is_none() => {
                let owner = type_name(&it.self_ty);
                for inner in &it.items {
                    if let ImplItem::Fn(method) = inner {
                        let name = format!("{owner}::{}", method.sig.ident);
                        self.add(name, is_public(&method.vis), inner, found);
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&self, name: String, is_public: bool, item: &impl Spanned, found: &mut Vec<Found>) {
        let span = item.span();
        let lines = self.lines.get(span.start().line - 1..span.end().line).unwrap_or_default();
        let indent = lines.first().map_or(0, |line| line.len() - line.trim_start().len());
        let lines = lines.iter().map(|line| line.get(indent..).unwrap_or(line.trim_start()));
        let (docs, code): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("///"));
        let docs: Vec<&str> = docs.iter().map(|line| line[3..].strip_prefix(' ').unwrap_or(&line[3..])).collect();
        found.push(Found {
            file: self.file,
            line: span.start().line + docs.len(),
            name,
            docs: docs.join("\n"),
            code: code.join("\n"),
            is_public,
        });
    }
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

fn type_name(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_of_a_file_is_found_with_its_docs() {
        const TEXT: &str = "//! head\n/// Doubles.\n///\n/// Twice.\npub fn double(x: i32) -> i32 {\n\
            \x20   x * 2\n}\n\nimpl P {\n    /// Goes.\n    pub fn go(&self) {}\n}\n";
        let found = items_of("a.rs", TEXT);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].line), ("double", 5));
        assert_eq!(found[0].docs, "Doubles.\n\nTwice.");
        assert_eq!(found[0].code, "pub fn double(x: i32) -> i32 {\n    x * 2\n}");
        assert_eq!((found[1].name.as_str(), found[1].docs.as_str()), ("P::go", "Goes."));
        assert_eq!(found[1].code, "pub fn go(&self) {}");
    }

    #[test]
    fn a_long_head_is_wrapped_as_rustfmt_does() {
        let head = "pub fn f<F: Fn(i32) -> u8, D>(x: &A<S, D>, y: (u8, u8), g: F) -> Vec<S>";
        assert_eq!(fitted(head, 80), head);
        let broken = "pub fn f<F: Fn(i32) -> u8, D>(\n    x: &A<S, D>,\n    y: (u8, u8),\n    g: F,\n) -> Vec<S>";
        assert_eq!(fitted(head, 60), broken);
        assert_eq!(fitted("pub struct Layer<T = f32>", 10), "pub struct Layer<T = f32>");
        assert_eq!(fitted(broken, 20).replace(char::is_whitespace, ""), broken.replace(char::is_whitespace, ""));
    }

    #[test]
    fn a_doc_comment_is_readable_in_a_terminal() {
        let docs = "See [`softmax`] and [`a`](crate::a).\n\n```\n# use x;\nlet y = 1;\n```";
        assert_eq!(for_readers(docs), "See `softmax` and `a`.\n\n```rust\nlet y = 1;\n```");
    }

    #[test]
    fn the_library_is_found() {
        assert!(FILES.len() > 90 && FILES.iter().all(|(file, _)| !file.starts_with("src/cli")));
        let found = find("Network::forward");
        assert!(found[0].code.starts_with("pub fn forward"), "{found:?}");
        assert!(find("nothing_of_this_name").is_empty());
    }

    #[test]
    fn a_function_leads_to_its_formula() {
        for name in ["sigmoid", "logistic"] {
            let found = behind(&find(name));
            assert!(found.iter().any(|item| item.code.contains("1.0 / (1.0 + libm::exp(-x))")), "{name}: {found:?}");
        }
        assert!(behind(&find("Network::forward")).is_empty());
    }
}
