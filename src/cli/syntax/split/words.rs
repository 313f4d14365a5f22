//! The words of a stretch of Rust: the names it mentions, also in format strings, and whether `?` or `.await` act on
//! the cell itself.
//!
//! It errs on the side of more: the name of a field is a word, too.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::Visit;

use super::plain;

/// What a stretch of Rust mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub names: BTreeSet<String>,
    /// A `?` that returns from the cell.
    pub question: bool,
    /// An `.await` in the cell itself.
    pub awaits: bool,
    /// An item inside that affects other code: an `impl` in a block.
    pub reaches_out: bool,
}

impl Words {
    pub fn add(&mut self, other: &Words) {
        self.names.extend(other.names.iter().cloned());
        self.question |= other.question;
        self.awaits |= other.awaits;
        self.reaches_out |= other.reaches_out;
    }
}

/// The names in a text, and a hash of its tokens, which ignores whitespace, comments and documentation.
pub fn names_and_hash(text: &str) -> Option<(BTreeSet<String>, u64)> {
    let tokens: TokenStream = text.parse().ok()?;
    let mut names = BTreeSet::new();
    let mut hasher = DefaultHasher::new();
    walk(tokens, &mut names, &mut hasher);
    Some((names, hasher.finish()))
}

/// The tokens separated by one space: the same for every way to format them.
pub fn plain(text: &str) -> String {
    text.parse::<TokenStream>().map_or_else(|_| text.to_owned(), |tokens| tokens.to_string())
}

pub fn of(text: &str) -> Option<Words> {
    let (names, _) = names_and_hash(text)?;
    let tokens: TokenStream = text.parse().ok()?;
    let (question, awaits) = acts_in_tokens(&tokens);
    Some(Words { names, question, awaits, reaches_out: !plain::are_plain_tokens(&tokens) })
}

pub fn of_statement(statement: &syn::Stmt, text: &str) -> Option<Words> {
    let (names, _) = names_and_hash(text)?;
    let mut acts = Acts::default();
    acts.visit_stmt(statement);
    let reaches_out = !plain::is_plain_statement(statement);
    Some(Words { names, question: acts.question, awaits: acts.awaits, reaches_out })
}

/// For text that does not parse: every word in it.
pub fn by_eye(text: &str) -> Words {
    let names = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    Words { names: names.map(str::to_owned).collect(), ..Words::default() }
}

fn walk(tokens: TokenStream, names: &mut BTreeSet<String>, hasher: &mut DefaultHasher) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                std::mem::discriminant(&group.delimiter()).hash(hasher);
                walk(group.stream(), names, hasher);
                0u8.hash(hasher);
            }
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                name.hash(hasher);
                names.insert(name.strip_prefix("r#").unwrap_or(&name).to_owned());
            }
            TokenTree::Punct(punct) => {
                if punct.as_char() == '#' && tokens.peek().is_some_and(is_documentation) {
                    tokens.next();
                    continue;
                }
                (punct.as_char(), punct.spacing() == proc_macro2::Spacing::Joint).hash(hasher);
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                text.hash(hasher);
                if text.contains(['{', '\\']) {
                    names_in_format(&text, names);
                }
            }
        }
    }
}

fn is_documentation(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == "doc")
}

/// The words in string literals, where an attribute may name a function.
pub fn in_strings(text: &str) -> BTreeSet<String> {
    fn walk(tokens: TokenStream, names: &mut BTreeSet<String>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => walk(group.stream(), names),
                TokenTree::Literal(literal) => names.extend(by_eye(&unescaped(&literal.to_string())).names),
                _ => {}
            }
        }
    }
    let mut names = BTreeSet::new();
    walk(text.parse().unwrap_or_default(), &mut names);
    names
}

/// The value of a string literal; any other literal unchanged.
fn unescaped(literal: &str) -> String {
    syn::parse_str::<syn::LitStr>(literal).map_or_else(|_| literal.to_owned(), |literal| literal.value())
}

/// `{x:>w$.p$}` mentions x, w and p.
fn names_in_format(literal: &str, names: &mut BTreeSet<String>) {
    let text = if literal.contains('\\') { unescaped(literal) } else { literal.to_owned() };
    for hole in text.split('{').skip(1) {
        let hole = hole.split('}').next().unwrap_or_default();
        let words = hole.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
        names.extend(words.map(str::to_owned));
    }
}

/// Finds `?` and `.await` of the cell's own body, not of a closure, an async block or an item in it.
#[derive(Default)]
struct Acts {
    question: bool,
    awaits: bool,
}

impl<'ast> Visit<'ast> for Acts {
    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_expr_try(&mut self, node: &'ast syn::ExprTry) {
        self.question = true;
        syn::visit::visit_expr_try(self, node);
    }

    fn visit_expr_await(&mut self, node: &'ast syn::ExprAwait) {
        self.awaits = true;
        syn::visit::visit_expr_await(self, node);
    }

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        let (question, awaits) = acts_in_tokens(&node.tokens);
        self.question |= question;
        self.awaits |= awaits;
    }
}

fn acts_in_tokens(tokens: &TokenStream) -> (bool, bool) {
    let (mut question, mut awaits, mut after_async) = (false, false, false);
    for token in tokens.clone() {
        match &token {
            TokenTree::Punct(punct) => question |= punct.as_char() == '?',
            TokenTree::Ident(ident) => awaits |= ident == "await",
            TokenTree::Group(group) if !(after_async && group.delimiter() == Delimiter::Brace) => {
                let (inner_question, inner_awaits) = acts_in_tokens(&group.stream());
                question |= inner_question;
                awaits |= inner_awaits;
            }
            _ => {}
        }
        after_async = match &token {
            TokenTree::Ident(ident) => ident == "async" || after_async && ident == "move",
            _ => false,
        };
    }
    (question, awaits)
}
