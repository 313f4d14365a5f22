//! The names of modules and crates, and the functions that a path can mean.

use std::rc::Rc;

use super::candidate::{Candidate, Sort};
use super::index;
use super::outline::{Kind, Member, Outline};
use super::world::World;

/// How often a name may be passed on.
const DEEPEST: usize = 4;

impl World {
    /// The session's function or constant of this name.
    pub fn function(&self, name: &str) -> Option<Member> {
        let of = |outline: &Rc<Outline>| {
            outline.functions.iter().chain(&outline.values).rev().find(|member| member.name == name).cloned()
        };
        self.own.iter().rev().find_map(of)
    }

    /// A function or constant by its path: in a module of the session, or in a crate.
    pub fn function_in(&self, path: &[String]) -> Option<Member> {
        let (last, before) = path.split_last()?;
        let first = before.first()?;
        if let Some((_, outline)) = self.crates.iter().find(|(name, _)| name == first) {
            return find_member(outline, last);
        }
        self.own.iter().rev().find_map(|outline| {
            let (_, inside) = outline.modules.iter().find(|(name, _)| name == first)?;
            find_member(inside, last)
        })
    }

    /// The public names of a module of std, of a crate, or of the session; `None` if there is no such module.
    pub fn module_names(&self, path: &[String]) -> Option<Vec<Candidate>> {
        let first = path.first()?;
        if matches!(first.as_str(), "std" | "core" | "alloc") {
            let entries = index::module(&path.join("::"));
            return (!entries.is_empty()).then(|| entries.iter().map(of_entry).collect());
        }
        if let Some((_, outline)) = self.crates.iter().find(|(name, _)| name == first) {
            return Some(self.public_names(inner(outline, &path[1..])?, outline, 0));
        }
        let own = self.own.iter().rev().find_map(|outline| inner(outline, path));
        if let Some(own) = own {
            return Some(self.public_names(own, own, 0));
        }
        let alias = self.uses.iter().rev().find(|one| one.name == *first && one.path != *path)?;
        let full = [&alias.path[..], &path[1..]].concat();
        if full.first() == Some(first) && full.len() <= path.len() {
            return None;
        }
        self.module_names(&full)
    }

    fn public_names(&self, outline: &Outline, root: &Outline, depth: usize) -> Vec<Candidate> {
        let mut names = Vec::new();
        let types = outline.types.iter().filter(|item| item.is_public);
        names.extend(types.map(|item| Candidate::new(&item.name, of_kind(item.kind), &item.docs)));
        let members = outline.functions.iter().filter(|member| member.is_public);
        names.extend(members.map(|member| Candidate::new(&member.name, Sort::Function, &member.docs)));
        let values = outline.values.iter().filter(|member| member.is_public);
        names.extend(values.map(|member| Candidate::new(&member.name, Sort::Constant, &member.docs)));
        names.extend(outline.modules.iter().map(|(name, _)| Candidate::new(name, Sort::Module, "")));
        let mut macros = Vec::new();
        if std::ptr::eq(outline, root) {
            all_macros(root, &mut macros);
        }
        names.extend(macros);
        for one in outline.uses.iter().filter(|one| one.is_public) {
            if one.name != "*" {
                let sort = if one.name.starts_with(char::is_uppercase) { Sort::Type } else { Sort::Function };
                names.push(Candidate::new(&one.name, sort, ""));
            } else if depth < DEEPEST {
                let path: Vec<String> =
                    one.path.iter().filter(|part| *part != "crate" && *part != "self").cloned().collect();
                if let Some(inside) = inner(root, &path).filter(|inside| !std::ptr::eq(*inside, outline)) {
                    names.extend(self.public_names(inside, root, depth + 1));
                }
            }
        }
        names
    }

    /// What imports bring in: each name, and all of a module for a glob.
    pub fn imports(&self) -> Vec<Candidate> {
        let mut names = Vec::new();
        for one in &self.uses {
            if one.name != "*" {
                let path: &[String] = &one.path;
                let entry = index::entry(path).filter(|_| path.first().is_some_and(|first| first == "std"));
                let named = Candidate::new(&one.name, sort_of(&one.name), "");
                names.push(entry.map_or(named, |entry| Candidate { name: one.name.clone(), ..of_entry(entry) }));
                continue;
            }
            let variants = self.resolve(&one.path, &super::world::Home::Own).and_then(|name| {
                self.type_item(&name, |item| {
                    let variants = item.variants.iter();
                    variants.map(|it| Candidate::new(&it.name, Sort::Variant, &it.docs)).collect::<Vec<_>>()
                })
            });
            names.extend(variants.or_else(|| self.module_names(&one.path)).unwrap_or_default());
        }
        names
    }

    /// The session's own items.
    pub fn own_items(&self) -> Vec<Candidate> {
        let mut names = Vec::new();
        for outline in &self.own {
            names.extend(outline.types.iter().map(|it| Candidate::new(&it.name, of_kind(it.kind), &it.docs)));
            names.extend(outline.functions.iter().map(|it| Candidate::new(&it.name, Sort::Function, &it.docs)));
            names.extend(outline.values.iter().map(|it| Candidate::new(&it.name, Sort::Constant, &it.docs)));
            names.extend(outline.modules.iter().map(|(name, _)| Candidate::new(name, Sort::Module, "")));
            let macros = outline.macros.iter();
            names.extend(macros.map(|(name, docs)| Candidate::new(&format!("{name}!"), Sort::Macro, docs)));
        }
        names
    }
}

fn sort_of(name: &str) -> Sort {
    if name.starts_with(char::is_uppercase) { Sort::Type } else { Sort::Function }
}

fn of_kind(kind: Kind) -> Sort {
    if kind == Kind::Trait { Sort::Trait } else { Sort::Type }
}

pub fn of_entry(entry: &index::Entry) -> Candidate {
    let sort = match entry.kind {
        'm' => Sort::Module,
        'f' => Sort::Function,
        'c' => Sort::Constant,
        'd' => Sort::Macro,
        't' => Sort::Trait,
        _ => Sort::Type,
    };
    let mark = if sort == Sort::Macro { "!" } else { "" };
    Candidate::new(&format!("{}{mark}", entry.name), sort, entry.docs)
}

fn find_member(outline: &Outline, name: &str) -> Option<Member> {
    let here = outline.functions.iter().chain(&outline.values).find(|member| member.name == name).cloned();
    here.or_else(|| outline.modules.iter().find_map(|(_, inside)| find_member(inside, name)))
}

fn inner<'a>(outline: &'a Outline, path: &[String]) -> Option<&'a Outline> {
    let Some((first, rest)) = path.split_first() else { return Some(outline) };
    let (_, inside) = outline.modules.iter().find(|(name, _)| name == first)?;
    inner(inside, rest)
}

fn all_macros(outline: &Outline, found: &mut Vec<Candidate>) {
    let macros = outline.macros.iter();
    found.extend(macros.map(|(name, docs)| Candidate::new(&format!("{name}!"), Sort::Macro, docs)));
    outline.modules.iter().for_each(|(_, inside)| all_macros(inside, found));
}
