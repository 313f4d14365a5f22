//! Help about a name: its signature or type, and its documentation, from where completion finds it.

use std::time::Duration;

use syn::spanned::Spanned;

use super::cursor::{Place, levels, path_before, receiver, tokens};
use super::infer::{Callee, Infer};
use super::outline::{Member, Outline, TypeItem, What};
pub use super::page::Page;
use super::scope::Inside;
use super::ty::Ty;
use super::world::{Home, World};
use super::{Names, PATIENCE, index, is_part, is_within_limits, on_worker, scope, shown, words, world_of};

/// Describes the name at this byte of the code; inside a call's brackets, the function that is called.
pub fn describe(code: &str, cursor: usize, names: &Names) -> Option<Page> {
    describe_within(code, cursor, names, PATIENCE)
}

/// The same with another patience.
pub fn describe_within(code: &str, cursor: usize, names: &Names, patience: Duration) -> Option<Page> {
    let start = code[..cursor].trim_end_matches(is_part).len();
    let end = cursor + code[cursor..].find(|c| !is_part(c)).unwrap_or(code.len() - cursor);
    if !is_within_limits(code) {
        return None;
    }
    let code = code.to_owned();
    on_worker(names, patience, move |names| at_cursor(&code, start, end, names)).ok().flatten()
}

/// Is this the code of an error of rustc, such as `E0382`?
pub fn is_error_code(name: &str) -> bool {
    name.len() == 5 && name.strip_prefix('E').is_some_and(|digits| digits.chars().all(|c| c.is_ascii_digit()))
}

/// Describes a name or a path: `i32`, `Vec::push`, `println!`, `std::fs::read_to_string`, `for`.
pub fn look_up(name: &str, names: &Names) -> Option<Page> {
    let wanted = name.trim().trim_end_matches("()").trim_end_matches(['.', ';']).to_owned();
    let end = wanted.trim_end_matches('!').len();
    let cursor = wanted.trim_end_matches('!').trim_end_matches(is_part).len();
    if wanted.is_empty() || cursor == end || !is_within_limits(&wanted) {
        return None;
    }
    describe_within(&wanted, cursor, names, Duration::from_secs(5))
}

fn at_cursor(code: &str, start: usize, end: usize, names: &Names) -> Option<Page> {
    let world = world_of(&code[..start], names);
    let session = scope::session_scope(&names.variables, &world);
    let mut infer = Infer::new(&world, session);
    let (head, word) = (&code[..start], &code[start..end]);
    if tokens(head).1 == Place::Comment {
        return None;
    }
    if word.is_empty() {
        return called(head, &mut infer, names);
    }
    let is_macro = code[end..].starts_with('!') && !code[end..].starts_with("!=");
    let here = scope::read(head, &mut infer);
    if head.ends_with('.') && !head.ends_with("..") {
        return member(&head[..head.len() - 1], word, &mut infer);
    }
    if head.ends_with("::") {
        let mut path = path_before(head);
        path.push(word.to_owned());
        return of_path(&path, &mut infer, names);
    }
    if is_macro {
        return of_macro(word, &infer);
    }
    if let Inside::Fields(path) = &here.inside
        && let Some((_, ty)) = infer.named_fields(path, &Ty::Unknown).into_iter().find(|(name, _)| name == word)
    {
        return Some(Page::new(format!("{word}: {}", shown(&ty)), path.join("::"), ""));
    }
    if let Some(ty) = infer.scope.get(word) {
        // The engine knows the types of the session's variables as they are.
        let written = names.variables.iter().find(|(own, _)| own == word).map(|(_, text)| text.clone());
        let is_session = written.is_some() && here.levels.len() == 1;
        let text = written.filter(|_| is_session).unwrap_or_else(|| shown(ty));
        let docs = ty.bare().name().and_then(|name| world.type_item(name, |item| item.docs.clone()));
        return Some(Page::new(format!("let {word}: {text}"), "", &docs.unwrap_or_default()));
    }
    of_path(&[word.to_owned()], &mut infer, names)
        .or_else(|| words::keyword(word).map(|said| Page::new(word, "keyword", &format!("`{word}` {said}"))))
        .or_else(|| of_macro(word, &infer))
}

/// The function whose brackets the cursor is in, and the parameter that is next.
fn called(head: &str, infer: &mut Infer, names: &Names) -> Option<Page> {
    let all = levels(head);
    let at = all.iter().rposition(|level| level.open == '(')?;
    let before = &head[..all[at].start - 1];
    let name_end = before.trim_end().len();
    if before.trim_end().ends_with('!') {
        let name = before.trim_end().trim_end_matches('!');
        return of_macro(&name[name.trim_end_matches(is_part).len()..], infer);
    }
    let start = before[..name_end].trim_end_matches(is_part).len();
    let mut page = at_cursor(head, start, name_end, names)?;
    scope::read(before, infer);
    let callee = scope::callee(before, infer)?;
    let signature = callee.member.signature()?;
    let typed: Vec<&syn::PatType> = signature
        .inputs
        .iter()
        .filter_map(|input| if let syn::FnArg::Typed(input) = input { Some(input) } else { None })
        .collect();
    let number = super::cursor::arguments(all[at].text).len().saturating_sub(1);
    if let Some(text) = typed.get(number).and_then(|input| input.span().source_text()) {
        page.docs = format!("Next: `{}`\n\n{}", spaced(&text), page.docs).trim().to_owned();
    }
    Some(page)
}

fn member(before: &str, word: &str, infer: &mut Infer) -> Option<Page> {
    let ty = infer.text(receiver(before));
    if let Some((name, field, docs)) = infer.world.fields(&ty).into_iter().find(|(name, ..)| name == word) {
        return Some(Page::new(format!("{name}: {}", shown(&field)), shown(ty.bare()), &docs));
    }
    let (callee, of) = found(infer.world, &ty, true, word)?;
    Some(of_member(&callee.member, &of))
}

/// The function, method or constant of a type, and the type or trait that it is of.
fn found(world: &World, ty: &Ty, is_value: bool, name: &str) -> Option<(Callee, String)> {
    let mut best: Option<(usize, Callee, String)> = None;
    world.each_member(ty, is_value, &mut |one| {
        let is_better = best.as_ref().is_none_or(|(depth, ..)| one.depth < *depth);
        if one.member.name == name && is_better && (!is_value || one.member.is_method()) {
            let of = one.of_trait.map(str::to_owned);
            let of = of.unwrap_or_else(|| one.frame.itself.as_ref().map(shown).unwrap_or_default());
            let callee = Callee { member: one.member.clone(), frame: one.frame.clone() };
            best = Some((one.depth, callee, of));
        }
    });
    best.map(|(_, callee, of)| (callee, of))
}

fn of_member(member: &Member, of: &str) -> Page {
    let of = of.strip_prefix("std::").map_or(of, |name| index::path_of(name).unwrap_or(name));
    Page::new(head_of(member), of, &member.docs)
}

fn head_of(member: &Member) -> String {
    match &member.what {
        What::Function(signature) => {
            spaced(&signature.span().source_text().unwrap_or_else(|| format!("fn {}", member.name)))
        }
        What::Constant(ty) => {
            format!("const {}: {}", member.name, spaced(&ty.span().source_text().unwrap_or_default()))
        }
        What::Type => format!("type {}", member.name),
    }
}

/// On one line.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a path means: a type, a function, a module, a variant, an item of a type.
fn of_path(path: &[String], infer: &mut Infer, names: &Names) -> Option<Page> {
    let world = infer.world;
    let (last, before) = path.split_last()?;
    if !before.is_empty() {
        let itself =
            if before[0] == "Self" { infer.scope.itself.clone() } else { infer.scope.get(&before[0]).cloned() };
        let holder = itself.or_else(|| world.resolve(before, &Home::Own).map(|name| Ty::Named(name, Vec::new())));
        if let Some(holder) = holder {
            if let Some(page) = variant(world, &holder, last) {
                return Some(page);
            }
            if let Some((callee, of)) = found(world, &holder, false, last) {
                return Some(of_member(&callee.member, &of));
            }
        }
    }
    if let Some(name) = world.resolve(path, &Home::Own) {
        return of_type(world, &name, names);
    }
    let parsed: syn::Path = syn::parse_str(&path.join("::")).ok()?;
    if let Some(callee) = infer.callee(&parsed) {
        let written = if callee.frame.home == Home::Own { own_item(last, names) } else { None };
        let docs = if callee.member.docs.is_empty() { of_entry(path, world) } else { callee.member.docs.clone() };
        let head = written.unwrap_or_else(|| head_of(&callee.member));
        return Some(Page::new(head, if path.len() > 1 { path.join("::") } else { String::new() }, &docs));
    }
    let full = full_path(path, world);
    let is_module = !index::module(&full.join("::")).is_empty();
    let docs = format!("{}\n\nAs in Rust {}.", of_entry(&full, world), index::version());
    is_module.then(|| Page::new(format!("mod {last}"), full.join("::"), &docs))
}

fn full_path(path: &[String], world: &World) -> Vec<String> {
    let alias = world.uses.iter().rev().find(|one| Some(&one.name) == path.first());
    alias.map_or_else(|| path.to_vec(), |one| [&one.path[..], &path[1..]].concat())
}

fn of_entry(path: &[String], world: &World) -> String {
    index::entry(&full_path(path, world)).map(|entry| entry.docs.to_owned()).unwrap_or_default()
}

fn variant(world: &World, holder: &Ty, name: &str) -> Option<Page> {
    let of = holder.name()?;
    let page = world.type_item(of, |item| {
        let variant = item.variants.iter().find(|variant| variant.name == name)?;
        let fields = variant.fields.iter().map(|field| field.ty.span().source_text().unwrap_or_default());
        let fields = fields.collect::<Vec<_>>().join(", ");
        let head = if fields.is_empty() { name.to_owned() } else { format!("{name}({fields})") };
        Some(Page::new(head, shown(holder), &variant.docs))
    });
    page.flatten()
}

fn of_type(world: &World, name: &str, names: &Names) -> Option<Page> {
    let own = own_item(name.rsplit("::").next().unwrap_or(name), names).filter(|_| Home::of(name) == Home::Own);
    let std = name.strip_prefix("std::");
    let path = std.and_then(index::path_of).map_or_else(|| name.to_owned(), str::to_owned);
    let text = std.and_then(index::text_of).unwrap_or_default();
    let docs: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("///")).collect();
    let declared = world.type_item(name, |item: &TypeItem| {
        let kind = match item.kind {
            super::outline::Kind::Struct => "struct",
            super::outline::Kind::Enum => "enum",
            super::outline::Kind::Trait => "trait",
            super::outline::Kind::Alias => "type",
        };
        let generics = item.generics.span().source_text().filter(|text| text.starts_with('<')).unwrap_or_default();
        let variants = item.variants.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
        let body = if variants.is_empty() { String::new() } else { format!(" {{ {variants} }}") };
        (format!("{kind} {}{generics}{body}", item.name), item.docs.clone())
    });
    match (own, declared) {
        (Some(code), declared) => Some(Page::new(code, "", &declared.map(|(_, docs)| docs).unwrap_or_default())),
        (None, Some((head, docs))) => Some(Page::new(head, path, &docs)),
        // A primitive type.
        (None, None) => std.map(|of| Page::new(of, path.clone(), &docs.join("\n"))),
    }
}

/// The code of one of the session's items, without its documentation.
fn own_item(name: &str, names: &Names) -> Option<String> {
    let source = names.sources.iter().rev().find_map(|source| {
        let items = super::written::item_of(source, name)?;
        Some(items)
    })?;
    let lines: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("///")).collect();
    Some(lines.join("\n"))
}

fn of_macro(name: &str, infer: &Infer) -> Option<Page> {
    let own = |outline: &std::rc::Rc<Outline>| {
        outline.macros.iter().find(|(own, _)| own == name).map(|(_, docs)| docs.clone())
    };
    let outlines = infer.world.own.iter().rev().chain(infer.world.crates.iter().map(|(_, outline)| outline));
    if let Some(docs) = outlines.clone().find_map(own) {
        return Some(Page::new(format!("{name}!"), "macro", &docs));
    }
    let entry = index::module("std").iter().find(|entry| entry.kind == 'd' && entry.name == name)?;
    Some(Page::new(format!("{name}!(...)"), format!("std::{name}"), entry.docs))
}

#[cfg(test)]
mod tests;
