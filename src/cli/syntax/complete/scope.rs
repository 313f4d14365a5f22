//! What is in scope at the cursor: the cell's own items, the names bound before it, and what is being written there.

use syn::parse::Parser;
use syn::{Block, Expr, Stmt};

use super::cursor::{Level, Token, arguments, arms, levels, path_before, receiver, statements, tokens};
use super::infer::{Infer, Scope};
use super::ty::{Bound, Ty};
use super::world::{Frame, Home, World};

/// What stands between two brackets.
#[derive(Clone, Debug, PartialEq)]
pub enum Inside {
    Statements,
    /// The members of an `impl`, a trait or a module.
    Items,
    /// The fields or variants of a type that is being defined.
    Definition,
    /// The arms of a `match` on this type.
    Arms(Ty),
    /// The fields of a struct or variant, by its path.
    Fields(Vec<String>),
    Arguments,
    Use,
}

/// The place of the cursor.
pub struct Here<'a> {
    pub levels: Vec<Level<'a>>,
    pub inside: Inside,
    /// The statement, argument or arm that is being written.
    pub piece: &'a str,
    /// It is a pattern for a value of this type.
    pub pattern: Option<Ty>,
}

/// The items of a cell that is being written, with its open brackets closed.
pub fn closed(code: &str) -> String {
    let levels = levels(code);
    let mut text = String::new();
    let mut ends = 0;
    for (at, level) in levels.iter().enumerate() {
        let pieces = statements(level.text);
        let (last, whole) = pieces.split_last().map_or(("", [].as_slice()), |(last, whole)| (*last, whole));
        text.extend(whole.iter().copied());
        let follows = levels.get(at + 1).is_some_and(|next| next.open == '{');
        let words: Vec<&str> = tokens(last).0.iter().map(|token| token.text).collect();
        let has = |one: &[&str]| words.iter().take(4).any(|word| one.contains(word));
        if follows && has(&["impl", "trait", "mod"]) && !has(&["fn"]) {
            text.push_str(last);
            text.push('{');
            ends += 1;
        } else {
            if follows && words.contains(&"fn") {
                text.push_str(last);
                text.push_str("{}");
            }
            break;
        }
    }
    text + &"}".repeat(ends)
}

/// Reads the cell up to the cursor and binds its names.
pub fn read<'a>(code: &'a str, infer: &mut Infer) -> Here<'a> {
    let levels = levels(code);
    let mut inside = Inside::Statements;
    let mut here = Here { levels: Vec::new(), inside: Inside::Statements, piece: "", pattern: None };
    let mut before: (&str, Inside) = ("", Inside::Statements);
    for (at, level) in levels.iter().enumerate() {
        if at > 0 {
            inside = entered(level.open, before.0, &before.1, infer);
        }
        let pieces = match &inside {
            Inside::Statements | Inside::Items => statements(level.text),
            Inside::Arms(_) => arms(level.text),
            _ => arguments(level.text),
        };
        let (last, whole) = pieces.split_last().map_or(("", [].as_slice()), |(last, whole)| (*last, whole));
        if inside == Inside::Statements {
            whole.iter().for_each(|piece| bind_statement(piece, infer));
        }
        let (mut piece, mut pattern) = (last, None);
        if let Inside::Arms(of) = &inside {
            match arrow(last) {
                Some(end) => {
                    bind_arm(&last[..end], of, infer);
                    piece = &last[end + 2..];
                }
                None => match guard(last) {
                    Some((end, rest)) => {
                        bind_arm(&last[..end], of, infer);
                        piece = &last[rest..];
                    }
                    None => pattern = Some(of.clone()),
                },
            }
        }
        let called = if level.open == '(' { called_with(before.0, whole, infer) } else { Vec::new() };
        bind_closures(piece, &called, infer);
        before = (piece, inside.clone());
        here.pattern = pattern;
    }
    here.piece = before.0;
    here.inside = before.1;
    here.levels = levels;
    here
}

fn bind_statement(piece: &str, infer: &mut Infer) {
    if !piece.contains("let") {
        return;
    }
    for statement in Block::parse_within.parse_str(piece).unwrap_or_default() {
        if let Stmt::Local(local) = statement {
            infer.bind_local(&local);
        }
    }
}

/// Where the arrow of an arm is.
fn arrow(arm: &str) -> Option<usize> {
    let (tokens, mut depth) = (tokens(arm).0, 0);
    tokens.windows(2).find_map(|pair| {
        depth +=
            i32::from(matches!(pair[0].text, "(" | "[" | "{")) - i32::from(matches!(pair[0].text, ")" | "]" | "}"));
        (depth == 0 && pair[0].text == "=" && pair[1].text == ">" && pair[0].end() == pair[1].start)
            .then_some(pair[0].start)
    })
}

/// Where the pattern of an arm ends, and its guard begins.
fn guard(arm: &str) -> Option<(usize, usize)> {
    let found = tokens(arm).0.into_iter().find(|token| token.text == "if")?;
    Some((found.start, found.end()))
}

fn bind_arm(pattern: &str, of: &Ty, infer: &mut Infer) {
    let Ok(Expr::Match(it)) = syn::parse_str::<Expr>(&format!("match x {{ {pattern} => () }}")) else { return };
    for arm in &it.arms {
        infer.bind(&arm.pat, of);
    }
}

/// What the function before the bracket calls the argument that is being written with.
fn called_with(before: &str, earlier: &[&str], infer: &mut Infer) -> Vec<Ty> {
    let Some(callee) = callee(before, infer) else { return Vec::new() };
    infer.called_with(&callee, earlier.len(), earlier)
}

/// The function that is called by a bracket behind this text.
pub fn callee(before: &str, infer: &mut Infer) -> Option<super::infer::Callee> {
    let code = receiver(before);
    match syn::parse_str::<Expr>(&format!("{code}()")).ok()? {
        Expr::MethodCall(it) => {
            let of = infer.ty(&it.receiver);
            infer.method(&of, &it.method.to_string())
        }
        Expr::Call(it) => match &*it.func {
            Expr::Path(path) => infer.callee(&path.path),
            _ => None,
        },
        _ => None,
    }
}

/// Binds the parameters of the closures whose bodies the cursor is in.
fn bind_closures(piece: &str, called: &[Ty], infer: &mut Infer) {
    let (tokens, mut depth, mut at) = (tokens(piece).0, 0, 0);
    while at < tokens.len() {
        let token = &tokens[at];
        depth += i32::from(matches!(token.text, "(" | "[" | "{")) - i32::from(matches!(token.text, ")" | "]" | "}"));
        let begins =
            at == 0 || matches!(tokens[at - 1].text, "=" | "(" | "," | "move" | ">" | "return" | "{" | ":" | "async");
        if depth == 0 && token.text == "|" && begins {
            let Some(end) = closing_bar(&tokens, at) else { return };
            let inputs = &piece[token.end()..tokens[end].start];
            if let Ok(Expr::Closure(it)) = syn::parse_str::<Expr>(&format!("|{inputs}| ()")) {
                let is_first = tokens[..at].iter().all(|token| token.text == "move");
                for (number, pattern) in it.inputs.iter().enumerate() {
                    let ty = called.get(number).filter(|_| is_first).cloned();
                    infer.bind(pattern, &ty.unwrap_or(Ty::Unknown));
                }
            }
            at = end;
        }
        at += 1;
    }
}

fn closing_bar(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open + 1) {
        depth += i32::from(matches!(token.text, "(" | "[" | "{")) - i32::from(matches!(token.text, ")" | "]" | "}"));
        if depth == 0 && token.text == "|" {
            return Some(at);
        }
    }
    None
}

/// What the bracket behind this text opens; binds the names that its head brings.
fn entered(open: char, head: &str, outer: &Inside, infer: &mut Infer) -> Inside {
    let tokens = tokens(head).0;
    let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
    if *outer == Inside::Use || words.iter().take(4).any(|word| *word == "use") && open == '{' {
        return Inside::Use;
    }
    if open != '{' {
        return Inside::Arguments;
    }
    let at = |word: &str| words.iter().position(|own| *own == word);
    if at("fn").is_some_and(|found| at("=").is_none_or(|other| found < other)) {
        enter_function(head, infer);
        return Inside::Statements;
    }
    let first = words
        .iter()
        .take(4)
        .find(|word| matches!(**word, "impl" | "trait" | "mod" | "struct" | "enum" | "union" | "macro_rules"));
    match first {
        Some(&"impl" | &"trait") => {
            enter_items(head, infer);
            return Inside::Items;
        }
        Some(&"mod") => return Inside::Items,
        Some(_) => return Inside::Definition,
        None => {}
    }
    control(head, &tokens, infer).unwrap_or_else(|| {
        let is_name = tokens.last().is_some_and(|last| last.is_name() && last.text.starts_with(char::is_uppercase));
        if is_name {
            let mut path = path_before(&head[..tokens.last().map_or(0, |last| last.start)]);
            path.extend(words.last().map(|last| (*last).to_owned()));
            return Inside::Fields(path);
        }
        Inside::Statements
    })
}

/// The head of a loop, a condition or a `match`.
fn control(head: &str, tokens: &[Token], infer: &mut Infer) -> Option<Inside> {
    let mut depth = 0;
    let mut found = None;
    for token in tokens {
        depth += i32::from(matches!(token.text, "(" | "[" | "{")) - i32::from(matches!(token.text, ")" | "]" | "}"));
        if depth == 0 && matches!(token.text, "if" | "while" | "for" | "match" | "else" | "loop" | "unsafe" | "async") {
            found = Some(token);
        }
    }
    let word = found?;
    let code = format!("{} {{}}", &head[word.start..]);
    match syn::parse_str::<Expr>(&code).ok() {
        Some(Expr::ForLoop(it)) => {
            let of = infer.ty(&it.expr);
            let element = infer.world.element(&of);
            infer.bind(&it.pat, &element);
        }
        Some(Expr::Match(it)) => return Some(Inside::Arms(infer.ty(&it.expr))),
        Some(Expr::If(it)) => bind_conditions(&it.cond, infer),
        Some(Expr::While(it)) => bind_conditions(&it.cond, infer),
        _ => {}
    }
    Some(Inside::Statements)
}

fn bind_conditions(condition: &Expr, infer: &mut Infer) {
    match condition {
        Expr::Let(it) => {
            let of = infer.ty(&it.expr);
            infer.bind(&it.pat, &of);
        }
        Expr::Binary(it) => {
            bind_conditions(&it.left, infer);
            bind_conditions(&it.right, infer);
        }
        _ => {}
    }
}

/// Binds a function's parameters; a generic parameter is what its bounds say.
fn enter_function(head: &str, infer: &mut Infer) {
    let Ok(it) = syn::parse_str::<syn::ItemFn>(&format!("{head} {{}}")) else { return };
    // Variables of the session are not seen in a function.
    infer.scope.names.clear();
    open_generics(&it.sig.generics, infer);
    for input in &it.sig.inputs {
        match input {
            syn::FnArg::Receiver(it) => {
                let itself = infer.scope.itself.clone().unwrap_or(Ty::Unknown);
                let is_reference = matches!(it.kind, syn::ReceiverKind::Reference(..));
                let ty = if is_reference { Ty::Ref(itself.boxed()) } else { itself };
                infer.scope.names.push(("self".to_owned(), ty));
            }
            syn::FnArg::Typed(it) => {
                let ty = infer.world.ty(&it.ty, &infer.scope.frame());
                infer.bind(&it.pat, &ty);
            }
        }
    }
}

fn open_generics(generics: &syn::Generics, infer: &mut Infer) {
    let mut frame = infer.scope.frame();
    frame.open(generics);
    let bounds = infer.world.generic_bounds(generics, &frame);
    for param in generics.type_params() {
        let name = param.ident.to_string();
        let of = Ty::Param(name.clone());
        let all: Vec<Bound> = bounds
            .iter()
            .filter(|(own, _)| *own == of)
            .flat_map(|(_, bound)| if let Ty::Bounds(all) = bound { all.clone() } else { Vec::new() })
            .collect();
        infer.scope.params.insert(name, Ty::Bounds(all));
    }
}

/// `Self` of an `impl` or a trait.
fn enter_items(head: &str, infer: &mut Infer) {
    let code = format!("{head} {{}}");
    match syn::parse_str::<syn::Item>(&code) {
        Ok(syn::Item::Impl(it)) => {
            open_generics(&it.generics, infer);
            infer.scope.itself = Some(infer.world.ty(&it.self_ty, &infer.scope.frame()));
        }
        Ok(syn::Item::Trait(it)) => {
            let name = it.ident.to_string();
            infer.scope.itself = Some(Ty::Bounds(vec![Bound { name, args: Vec::new(), types: Vec::new() }]));
        }
        _ => {}
    }
}

/// The scope at the beginning of a cell: the session's variables.
pub fn session_scope(variables: &[(String, String)], world: &World) -> Scope {
    let frame = Frame::new(Home::Own);
    let ty = |text: &str| syn::parse_str(text).map_or(Ty::Unknown, |ty| world.ty(&ty, &frame));
    Scope { names: variables.iter().map(|(name, text)| (name.clone(), ty(text))).collect(), ..Scope::default() }
}
