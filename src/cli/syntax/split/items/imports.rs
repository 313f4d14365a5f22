//! The names that a `use` imports.

use syn::UseTree;

use super::plain_name;

/// One name of a `use`, with a `use` of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// `None` for `*` and `as _`.
    pub name: Option<String>,
    pub text: String,
}

/// Adds the imports of a tree whose path so far is `path`.
pub fn imports_of(tree: &UseTree, head: &str, path: &str, imports: &mut Vec<Import>) {
    match tree {
        UseTree::Path(it) => imports_of(&it.tree, head, &format!("{path}{}::", it.ident), imports),
        UseTree::Group(it) => it.items.iter().for_each(|tree| imports_of(tree, head, path, imports)),
        UseTree::Glob(_) => imports.push(Import { name: None, text: format!("{head}{path}*;") }),
        UseTree::Name(it) if it.ident == "self" => {
            let parent = path.trim_end_matches("::");
            let name = parent.rsplit("::").next().unwrap_or(parent).to_owned();
            imports.push(Import { name: Some(name), text: format!("{head}{path}{{self}};") });
        }
        UseTree::Name(it) => {
            imports.push(Import { name: Some(plain_name(&it.ident)), text: format!("{head}{path}{};", it.ident) });
        }
        UseTree::Rename(it) => {
            let name = (it.rename != "_").then(|| plain_name(&it.rename));
            let text = if it.ident == "self" {
                format!("{head}{path}{{self as {}}};", it.rename)
            } else {
                format!("{head}{path}{} as {};", it.ident, it.rename)
            };
            imports.push(Import { name, text });
        }
    }
}
