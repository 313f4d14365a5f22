//! What fits at the cursor: members behind a dot, names behind `::`, fields between braces, words anywhere else.

use std::path::Path;

use super::candidate::{Candidate, Sort, chosen};
use super::cursor::{Place, Token, bracketed, levels, path_before, receiver, statements, tokens};
use super::index;
use super::infer::{Infer, Scope};
use super::outline::{Kind, Member, What};
use super::scope::{Here, Inside};
use super::ty::Ty;
use super::words;
use super::world::{Frame, Home, World};

/// What is offered for the word that begins at `start`.
pub fn candidates(code: &str, start: usize, infer: &mut Infer, folder: &Path) -> Vec<Candidate> {
    let (head, typed) = code.split_at(start);
    let (tokens, place) = tokens(code);
    match place {
        Place::Comment => return Vec::new(),
        Place::Text(at) => return in_text(code, at, start, infer, folder),
        Place::Code => {}
    }
    if typed.starts_with(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let here = super::scope::read(head, infer);
    let is_member = head.ends_with('.') && !head.ends_with("..") && !is_number(&tokens, start);
    let found = if is_member {
        members(&head[..head.len() - 1], infer)
    } else if let Some(path) = use_path(&here) {
        used(&path, infer.world)
    } else if head.ends_with("::") {
        behind_path(head, infer)
    } else if let Some(attribute) = attribute(head) {
        attribute
    } else if head.ends_with('\'') {
        lifetimes(code, start)
    } else {
        words_at(&here, typed, infer)
    };
    chosen(typed, found)
}

/// `1.` is a number.
fn is_number(tokens: &[Token], start: usize) -> bool {
    let at = tokens.iter().rposition(|token| token.end() <= start);
    // The field of a tuple is none.
    let is_field = at.is_some_and(|at| at > 0 && tokens[at - 1].text == ".");
    at.is_some_and(|at| tokens[at].text.ends_with('.') && tokens[at].text.len() > 1) && !is_field
}

fn members(before: &str, infer: &mut Infer) -> Vec<Candidate> {
    let code = receiver(before);
    let ty = infer.text(code);
    let mut found = Vec::new();
    if !ty.bare().is_known() {
        return named_in_session(infer.world);
    }
    for (name, ty, docs) in infer.world.fields(&ty) {
        let about = if docs.is_empty() { super::shown(&ty) } else { docs };
        found.push(Candidate::new(&name, Sort::Field, &about));
    }
    infer.world.each_member(&ty, true, &mut |one| {
        let in_scope = one.of_trait.is_none_or(|of| infer.world.is_in_scope(of));
        if one.member.is_method() && in_scope {
            let rank = rank_of(one.of_trait, &one.frame.home);
            found.push(Candidate::new(&one.member.name, Sort::Method, &one.member.docs).ranked(rank));
        }
    });
    found
}

/// The own come first, then those of the type, then those that nearly every type has.
fn rank_of(of_trait: Option<&str>, home: &Home) -> u8 {
    match (of_trait, home) {
        (_, Home::Own) => 1,
        (None, _) | (Some("std::Iterator" | "std::ToString" | "std::Clone"), _) => 2,
        (Some("std::Into" | "std::TryInto" | "std::ToOwned" | "std::AsRef" | "std::AsMut"), _) => 5,
        (Some(_), _) => 4,
    }
}

/// For a receiver whose type is not known: what the session's own types have, and nothing else.
fn named_in_session(world: &World) -> Vec<Candidate> {
    let mut found = Vec::new();
    for outline in &world.own {
        let fields = outline
            .types
            .iter()
            .flat_map(|item| &item.fields)
            .filter(|field| !field.name.starts_with(char::is_numeric));
        found.extend(fields.map(|field| Candidate::new(&field.name, Sort::Field, &field.docs)));
        let members = outline.impls.iter().flat_map(|one| &one.members);
        let members = members.chain(outline.types.iter().flat_map(|item| &item.members));
        let methods = members.filter(|member| member.is_method());
        found.extend(methods.map(|member| Candidate::new(&member.name, Sort::Method, &member.docs).ranked(1)));
    }
    found
}

/// What a path leads to: the items of a module, the variants and associated items of a type.
fn behind_path(head: &str, infer: &mut Infer) -> Vec<Candidate> {
    if let Some(found) = behind_brackets(head, infer.world) {
        return found;
    }
    let path = path_before(head);
    let Some(first) = path.first() else { return Vec::new() };
    let itself = match first.as_str() {
        "Self" => infer.scope.itself.clone(),
        _ => infer.scope.params.get(first).cloned(),
    };
    let named = || infer.world.resolve(&path, &Home::Own).map(|name| infer.world.unaliased(name, Vec::new()));
    let ty = itself.filter(|_| path.len() == 1).or_else(named);
    let is_itself = path.len() == 1 && (first == "Self" || infer.scope.params.contains_key(first));
    let types = ty.as_ref().filter(|_| is_itself).map(|ty| infer.world.assoc_names(ty)).unwrap_or_default();
    let mut found = ty.map(|ty| of_type(&ty, infer.world)).unwrap_or_default();
    found.extend(types.iter().map(|name| Candidate::new(name, Sort::Type, "").ranked(1)));
    found.extend(infer.world.module_names(&path).unwrap_or_default());
    found
}

/// Behind `<T>::` what the type has, behind `<T as Trait>::` what the trait declares.
fn behind_brackets(head: &str, world: &World) -> Option<Vec<Candidate>> {
    let path: syn::TypePath = syn::parse_str(&format!("{}it", bracketed(head)?)).ok()?;
    let itself = path.qself?;
    if itself.position == 0 {
        return Some(of_type(&world.ty(&itself.ty, &Frame::new(Home::Own)), world));
    }
    let names: Vec<String> = path.path.segments.iter().take(itself.position).map(|it| it.ident.to_string()).collect();
    let name = world.resolve(&names, &Home::Own)?;
    world.type_item(&name, |item| {
        let sort = |member: &Member| match &member.what {
            What::Type => Sort::Type,
            What::Constant(_) => Sort::Constant,
            What::Function(_) if member.is_method() => Sort::Method,
            What::Function(_) => Sort::Function,
        };
        item.members.iter().map(|it| Candidate::new(&it.name, sort(it), &it.docs).ranked(1)).collect()
    })
}

fn of_type(ty: &Ty, world: &World) -> Vec<Candidate> {
    let mut found = Vec::new();
    if let Some(name) = ty.name() {
        world.type_item(name, |item| {
            found.extend(item.variants.iter().map(|it| Candidate::new(&it.name, Sort::Variant, &it.docs)));
            if item.kind == Kind::Trait {
                let members = item.members.iter().filter(|member| !matches!(member.what, What::Type));
                found.extend(members.map(|it| Candidate::new(&it.name, Sort::Function, &it.docs).ranked(1)));
            }
        });
    }
    world.each_member(ty, false, &mut |one| {
        if one.of_trait.is_none_or(|of| world.is_in_scope(of)) {
            let sort = match (&one.member.what, one.member.is_method()) {
                (What::Constant(_), _) => Sort::Constant,
                (_, true) => Sort::Method,
                (_, false) => Sort::Function,
            };
            // Methods are rarely called by their path.
            let rank = match (one.of_trait, sort) {
                (None, Sort::Method) => 3,
                (None, _) => 1,
                (Some(_), Sort::Method) => 5,
                (Some(_), _) => 2,
            };
            found.push(Candidate::new(&one.member.name, sort, &one.member.docs).ranked(rank));
        }
    });
    found
}

/// The path before the word in a `use`, or nothing if this is none.
fn use_path(here: &Here) -> Option<Vec<String>> {
    let begins = |piece: &str| {
        let words: Vec<&str> = tokens(piece).0.iter().map(|token| token.text).collect();
        words.iter().take(4).position(|word| *word == "use").is_some_and(|at| at == 0 || words[0] == "pub")
    };
    let last = |text: &str| statements(text).last().map(|piece| (*piece).to_owned()).unwrap_or_default();
    let at = here.levels.iter().position(|level| matches!(level.open, ' ' | '{') && begins(&last(level.text)))?;
    let head = last(here.levels[at].text);
    let mut path = head.split_once("use").map(|(_, path)| path.to_owned())?;
    for level in &here.levels[at + 1..] {
        path.push_str(level.text.rsplit(',').next().unwrap_or_default());
    }
    Some(path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
}

fn used(path: &[String], world: &World) -> Vec<Candidate> {
    if path.is_empty() {
        let modules = world.own.iter().flat_map(|outline| &outline.modules).map(|(name, _)| name);
        let own = world.own_items().into_iter().filter(|one| one.sort == Sort::Type);
        let names = ["std".to_owned()].into_iter().chain(world.crates.iter().map(|(name, _)| name.clone()));
        return names.chain(modules.cloned()).map(|name| Candidate::new(&name, Sort::Module, "")).chain(own).collect();
    }
    let rank = |one: Candidate| if one.sort == Sort::Macro { one.ranked(3) } else { one };
    let mut found: Vec<Candidate> = world.module_names(path).unwrap_or_default().into_iter().map(rank).collect();
    if let Some(name) = world.resolve(path, &Home::Own) {
        let variants = world.type_item(&name, |item| {
            item.variants.iter().map(|it| Candidate::new(&it.name, Sort::Variant, &it.docs)).collect::<Vec<_>>()
        });
        found.extend(variants.unwrap_or_default());
    }
    found.push(Candidate::new("self", Sort::Keyword, "").ranked(9));
    found
}

/// Inside `#[...]`, and inside its `derive(...)`.
fn attribute(head: &str) -> Option<Vec<Candidate>> {
    let levels = levels(head);
    let at = levels.iter().rposition(|level| level.open == '[')?;
    let before = levels[at - 1].text.trim_end();
    if !before.ends_with('#') && !before.ends_with("#!") {
        return None;
    }
    let all = |names: &str, sort: Sort| {
        Some(names.split_whitespace().map(|name| Candidate::new(name, sort, "")).collect::<Vec<_>>())
    };
    match levels.get(at + 1) {
        None => all(words::ATTRIBUTES, Sort::Attribute),
        Some(_) if levels[at].text.trim() == "derive" => all(words::DERIVES, Sort::Trait),
        Some(_) => Some(Vec::new()),
    }
}

fn lifetimes(code: &str, start: usize) -> Vec<Candidate> {
    let (tokens, _) = tokens(code);
    let declared = tokens.iter().filter(|token| token.text.starts_with('\'') && token.end() < start);
    let names = declared.map(|token| &token.text[1..]).filter(|name| !name.ends_with('\'')).chain(["static"]);
    names.map(|name| Candidate::new(name, Sort::Lifetime, "")).collect()
}

/// In a format string, the names between braces; in any other string, the files beside the session.
fn in_text(code: &str, at: usize, start: usize, infer: &mut Infer, folder: &Path) -> Vec<Candidate> {
    let (head, text) = (&code[..at], &code[at + 1..]);
    let levels = levels(head);
    let called = levels.iter().rev().nth(1).map(|level| level.text.trim_end()).unwrap_or_default();
    let called = called.strip_suffix('!').map(|called| tokens(called).0.last().map_or("", |last| last.text));
    if called.is_some_and(|name| words::FORMATTED.split_whitespace().any(|one| one == name)) {
        let open = text.rfind('{').filter(|open| !text[*open..].contains(['}', ':']) && !text[..*open].ends_with('{'));
        if open.map(|open| at + 2 + open) != Some(start) {
            return Vec::new();
        }
        super::scope::read(head, infer);
        return chosen(&code[start..], variables(&infer.scope));
    }
    if text.contains(char::is_whitespace) || code[..at].ends_with('\'') {
        return Vec::new();
    }
    let (place, name) = text.rsplit_once('/').map_or((".", text), |(place, name)| (place, name));
    let place = if text.starts_with('/') && place.is_empty() { "/" } else { place };
    let typed_from = code.len() - name.len();
    let files = std::fs::read_dir(folder.join(place)).into_iter().flatten().flatten().take(2000);
    let mut found = Vec::new();
    for file in files {
        let own = file.file_name().to_string_lossy().into_owned();
        let fits = own.starts_with(name) && start >= typed_from && (!own.starts_with('.') || name.starts_with('.'));
        if fits {
            // What is replaced may begin later than the file's name: `a-b.t|`.
            let rest = &own[start - typed_from..];
            let is_folder = file.file_type().is_ok_and(|kind| kind.is_dir());
            found.push(Candidate::new(&format!("{rest}{}", if is_folder { "/" } else { "" }), Sort::File, ""));
        }
    }
    chosen(&code[start..], found)
}

fn variables(scope: &Scope) -> Vec<Candidate> {
    let names = scope.names.iter().rev();
    names.map(|(name, ty)| Candidate::new(name, Sort::Variable, &super::shown(ty))).collect()
}

/// The words that may stand alone.
fn words_at(here: &Here, typed: &str, infer: &mut Infer) -> Vec<Candidate> {
    let before = tokens(here.piece).0;
    let last = before.last().map_or("", |token| token.text);
    let named = ["fn", "struct", "enum", "trait", "mod", "union", "const", "static", "type", "use"];
    if named.contains(&last) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Inside::Fields(path) = &here.inside
        && (before.is_empty() || last == ",")
    {
        let given: Vec<&str> =
            here.levels.last().map(|level| tokens(level.text).0).unwrap_or_default().iter().map(|it| it.text).collect();
        let fields =
            infer.named_fields(path, &Ty::Unknown).into_iter().filter(|(name, _)| !given.contains(&name.as_str()));
        found.extend(fields.map(|(name, ty)| Candidate::new(&name, Sort::Field, &super::shown(&ty))));
        if found.is_empty() {
            found.extend(variables(&infer.scope));
        }
        return found;
    }
    if typed.is_empty() {
        return found;
    }
    let is_type = is_type_place(here, &before);
    let all = |names: &str, sort: Sort, rank: u8| {
        names.split_whitespace().map(|name| Candidate::new(name, sort, "").ranked(rank)).collect::<Vec<_>>()
    };
    let own = infer.world.own_items().into_iter().map(|one| one.ranked(1));
    let imported = infer.world.imports().into_iter().map(|one| one.ranked(2));
    let params = infer.scope.params.keys().map(|name| Candidate::new(name, Sort::Type, ""));
    found.extend(own.chain(imported).chain(params));
    found.extend(all(words::PRELUDE, Sort::Type, 3));
    found.extend(infer.world.crates.iter().map(|(name, _)| Candidate::new(name, Sort::Module, "").ranked(3)));
    found.push(Candidate::new("std", Sort::Module, "").ranked(3));
    if is_type {
        found.retain(|one| matches!(one.sort, Sort::Type | Sort::Trait | Sort::Module));
        found.extend(all("Self dyn impl mut fn", Sort::Keyword, 4));
        return found;
    }
    if here.pattern.is_none() {
        found.extend(variables(&infer.scope));
        let macros = index::module("std").iter().filter(|entry| entry.kind == 'd');
        found.extend(macros.map(|entry| super::names::of_entry(entry).ranked(3)));
    }
    found.extend(all(words::KEYWORDS, Sort::Keyword, 3));
    found
}

/// Whether a type is expected: behind a colon, an arrow, `as`, `impl` and the like.
fn is_type_place(here: &Here, before: &[Token]) -> bool {
    let mut at = before.len();
    while at > 0 && (matches!(before[at - 1].text, "&" | "mut") || before[at - 1].text.starts_with('\'')) {
        at -= 1;
    }
    let Some(last) = at.checked_sub(1).map(|at| before[at]) else { return false };
    let previous = at.checked_sub(2).map_or("", |at| before[at].text);
    match last.text {
        ":" => previous != ":" && !matches!(here.inside, Inside::Fields(_)),
        ">" => previous == "-",
        "as" | "impl" | "dyn" | "where" => true,
        "for" => before.iter().any(|token| token.text == "impl"),
        "<" => at
            .checked_sub(2)
            .is_some_and(|at| before[at].text.starts_with(char::is_uppercase) || before[at].text == ":"),
        _ => false,
    }
}
