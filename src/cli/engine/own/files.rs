//! Files that a cell names: `include_str!`, `include_bytes!`, `include!`, `mod x;` and `#[path]`.
//!
//! rustc looks for them beside its source, which is in a folder of the session's own. So their paths are made absolute
//! here, and modules and included items become part of the cell: what they define is then known like the cell's own
//! items, and a value never outlives a change of its type in a file.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Macros that read a file.
const READING: [&str; 3] = ["include", "include_bytes", "include_str"];

/// Modules and includes may nest this deep.
const DEEPEST: usize = 32;

/// The largest file that becomes part of a cell.
const LARGEST: u64 = 4 << 20;

/// A part of the text to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub range: Range<usize>,
    pub text: String,
    /// The file that the new text comes from; `None` if it is a path.
    pub file: Option<Arc<str>>,
}

/// May the text name a file? Wrong guesses cost only time.
pub fn may_name_files(text: &str) -> bool {
    let has_body = |after: &str| {
        let name = after.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '#');
        !name.trim_start().starts_with(';')
    };
    text.contains("include") || text.split("mod ").skip(1).any(|after| !has_body(after))
}

/// The replacements that make the text independent of its place; paths start from the folder.
pub fn edits(text: &str, folder: &Path) -> Vec<Edit> {
    let mut edits = Vec::new();
    if may_name_files(text)
        && let Ok(tokens) = text.parse::<TokenStream>()
    {
        let place = Place { folder, modules: folder.to_owned(), depth: 0 };
        collect(tokens, &place, &mut edits);
        edits.sort_by_key(|edit| edit.range.start);
    }
    edits
}

/// The text with the replacements.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for edit in edits {
        out.push_str(&text[at..edit.range.start]);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out + &text[at..]
}

/// The `include!("...")` calls of a cell whose files hold items: the texts of their arguments.
pub fn includes_of_items(code: &str, folder: &Path) -> Vec<String> {
    let Ok(tokens) = code.parse::<TokenStream>() else { return Vec::new() };
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let call = |at: usize| argument(&tokens, at, &["include"]).map(|(literal, _)| literal);
    let holds_items = |literal: &proc_macro2::Literal| {
        let text = path_of(literal).and_then(|path| read(&folder.join(path)));
        text.and_then(|text| syn::parse_file(&text).ok()).is_some_and(|file| !file.items.is_empty())
    };
    (0..tokens.len()).filter_map(call).filter(holds_items).map(|literal| literal.to_string()).collect()
}

/// The file of an `include!("...")` call, and its text with the replacements.
pub fn included(call: &str, folder: &Path) -> Option<(Arc<str>, String)> {
    let tokens: Vec<TokenTree> = call.parse::<TokenStream>().ok()?.into_iter().collect();
    let path = path_of(&argument(&tokens, 0, &["include"])?.0)?;
    let file = folder.join(&path);
    let text = read(&file)?;
    let edits = edits(&text, file.parent()?);
    Some((path.into(), edited(&text, &edits)))
}

/// Where the paths of a text start.
struct Place<'a> {
    folder: &'a Path,
    /// Where its modules are.
    modules: PathBuf,
    depth: usize,
}

fn collect(tokens: TokenStream, place: &Place, edits: &mut Vec<Edit>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut path: Option<(Range<usize>, String)> = None;
    for (at, token) in tokens.iter().enumerate() {
        if let Some((literal, range)) = argument(&tokens, at, &READING) {
            let full = path_of(&literal).map(|path| place.folder.join(path));
            if let Some(text) = full.as_ref().and_then(|full| full.to_str()) {
                edits.push(Edit { range, text: format!("{text:?}"), file: None });
            }
        } else if let Some(found) = path_attribute(&tokens, at) {
            path = Some(found);
        } else if let (true, Some(TokenTree::Ident(name))) = (is_word(token, "mod"), tokens.get(at + 1)) {
            let name = name.to_string();
            let name = name.trim_start_matches("r#");
            match tokens.get(at + 2) {
                Some(TokenTree::Punct(end)) if end.as_char() == ';' => {
                    edits.extend(inlined(name, end.span().byte_range(), path.take(), place));
                }
                Some(TokenTree::Group(body)) => {
                    let modules = place.modules.join(path.take().map_or(name.to_owned(), |(_, path)| path));
                    collect(body.stream(), &Place { modules, ..*place }, edits);
                }
                _ => {}
            }
        } else if let TokenTree::Group(group) = token {
            let is_module = at >= 2 && is_word(&tokens[at - 2], "mod");
            if !is_module {
                collect(group.stream(), &Place { modules: place.modules.clone(), ..*place }, edits);
            }
        } else if matches!(token, TokenTree::Punct(end) if end.as_char() == ';') {
            path = None;
        }
    }
}

/// The file of `mod name;` in place of its semicolon, and nothing in place of its `#[path]`.
fn inlined(name: &str, end: Range<usize>, path: Option<(Range<usize>, String)>, place: &Place) -> Vec<Edit> {
    let candidates = match &path {
        // A file that an attribute names has its modules beside it.
        Some((_, path)) => vec![(place.folder.join(path), None)],
        None => vec![
            (place.modules.join(format!("{name}.rs")), Some(name)),
            (place.modules.join(name).join("mod.rs"), None),
        ],
    };
    let found = candidates.into_iter().find_map(|(file, below)| Some((read(&file)?, file, below)));
    let (Some((text, file, below)), true) = (found, place.depth < DEEPEST) else { return Vec::new() };
    let folder = file.parent().unwrap_or(place.folder);
    let modules = below.map_or(folder.to_owned(), |name| folder.join(name));
    let mut inner = Vec::new();
    if let Ok(tokens) = text.parse::<TokenStream>() {
        collect(tokens, &Place { folder, modules, depth: place.depth + 1 }, &mut inner);
        inner.sort_by_key(|edit| edit.range.start);
    }
    let shown = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let body = Edit { range: end, text: format!(" {{\n{}\n}}", edited(&text, &inner)), file: Some(shown.into()) };
    let attribute = path.map(|(range, _)| Edit { range, text: String::new(), file: None });
    attribute.into_iter().chain([body]).collect()
}

/// The literal of a call like `include_str!("...")` at this token, and its place.
fn argument(tokens: &[TokenTree], at: usize, names: &[&str]) -> Option<(proc_macro2::Literal, Range<usize>)> {
    let [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(group)] = tokens.get(at..at + 3)? else {
        return None;
    };
    let mut inner = group.stream().into_iter();
    let first = inner.next();
    let is_one = inner.all(|more| matches!(&more, TokenTree::Punct(comma) if comma.as_char() == ','));
    match first {
        Some(TokenTree::Literal(literal)) if is_one && mark.as_char() == '!' && names.iter().any(|own| name == own) => {
            let range = literal.span().byte_range();
            Some((literal, range))
        }
        _ => None,
    }
}

/// `#[path = "..."]` at this token: its place, and the path.
fn path_attribute(tokens: &[TokenTree], at: usize) -> Option<(Range<usize>, String)> {
    let [TokenTree::Punct(hash), TokenTree::Group(group)] = tokens.get(at..at + 2)? else { return None };
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    match inner.as_slice() {
        [name, TokenTree::Punct(_), TokenTree::Literal(literal)]
            if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket && is_word(name, "path") =>
        {
            let range = hash.span().byte_range().start..group.span_close().byte_range().end;
            Some((range, path_of(literal)?))
        }
        _ => None,
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn path_of(literal: &proc_macro2::Literal) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value())
}

/// The file as rustc reads it.
fn read(file: &Path) -> Option<String> {
    let is_right = std::fs::metadata(file).is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
    let text = is_right.then(|| std::fs::read_to_string(file).ok()).flatten()?;
    Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text).replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("a.txt", "hello"),
            ("helper.rs", "//! Doc.\nmod deep;\npub fn text() -> &'static str { include_str!(\"a.txt\") }"),
            ("helper/deep.rs", "pub mod x;"),
            ("helper/deep/x.rs", "pub const X: u8 = 1;"),
            ("whole/mod.rs", "mod y;"),
            ("whole/y.rs", ""),
            ("value.rs", "1 + 2"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn files_become_part_of_the_text() {
        let folder = folder();
        let at = folder.path().display();
        let full = |name: &str| format!("{:?}", format!("{at}/{name}"));
        let helper = format!(
            "//! Doc.\nmod deep {{\npub mod x {{\npub const X: u8 = 1;\n}}\n}}\n\
             pub fn text() -> &'static str {{ include_str!({}) }}",
            full("a.txt")
        );
        for (text, expected) in [
            ("let x = include_str!(\"a.txt\",);", format!("let x = include_str!({},);", full("a.txt"))),
            ("f(include_bytes!(\"../b\"))", format!("f(include_bytes!({}))", full("../b"))),
            ("include!(\"/abs.rs\")", "include!(\"/abs.rs\")".to_owned()),
            ("pub mod helper;", format!("pub mod helper {{\n{helper}\n}}")),
            ("mod whole;", "mod whole {\nmod y {\n\n}\n}".to_owned()),
            ("#[path = \"value.rs\"] mod v;", " mod v {\n1 + 2\n}".to_owned()),
            (
                "mod helper { mod deep; }",
                "mod helper { mod deep {\npub mod x {\npub const X: u8 = 1;\n}\n} }".to_owned(),
            ),
            ("mod missing;", "mod missing;".to_owned()),
            ("include_str!(concat!(\"a\", \".txt\"))", "include_str!(concat!(\"a\", \".txt\"))".to_owned()),
            ("// include_str!(\"a.txt\")", "// include_str!(\"a.txt\")".to_owned()),
        ] {
            assert_eq!(edited(text, &edits(text, folder.path())), expected);
        }
    }

    #[test]
    fn an_included_file_holds_items_or_an_expression() {
        let folder = folder();
        let of = |code: &str| includes_of_items(code, folder.path());
        assert_eq!(of("include!(\"helper.rs\");\nlet x = 1;"), ["\"helper.rs\""]);
        assert!(of("let x = include!(\"value.rs\");").is_empty());
        assert_eq!(included("include!(\"value.rs\");", folder.path()).unwrap().1, "1 + 2");
    }
}
