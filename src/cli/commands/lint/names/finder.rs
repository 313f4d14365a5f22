//! Walks through a cell's syntax tree and collects uses, definitions and changes of names.
//!
//! Macros are searched only if their input is a list of expressions.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Item, Pat, Stmt, Token};

use super::format::named_in_format;
use super::place::{mentions, root};
use super::{Change, Names, Use};
use crate::cli::syntax::split::bindings::bindings_of;
use crate::cli::syntax::split::items::name_of;

/// Methods that change their receiver, with another result the second time.
const CHANGING: &[&str] = &[
    "append",
    "drain",
    "extend",
    "extend_from_slice",
    "fetch_add",
    "fetch_sub",
    "insert",
    "insert_str",
    "map_inplace",
    "mapv_inplace",
    "next",
    "next_back",
    "pop",
    "pop_back",
    "pop_front",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "remove",
    "reverse",
    "rotate_left",
    "rotate_right",
    "shuffle",
    "swap",
    "swap_remove",
    "truncate",
];

/// The names found so far, and the scopes around the current node.
#[derive(Default)]
pub struct Finder {
    names: Names,
    /// The names bound in each scope, the innermost last; the first one is the cell's own.
    scopes: Vec<HashSet<String>>,
    in_item: usize,
}

impl Finder {
    /// The names of these statements.
    pub fn names_of(statements: &[Stmt]) -> Names {
        let mut finder = Finder::default();
        finder.scopes.push(HashSet::new());
        for statement in statements {
            if let Stmt::Item(item) = statement {
                finder.declare(item);
            }
        }
        for statement in statements {
            finder.visit_stmt(statement);
        }
        finder.names.variables = finder.scopes.pop().unwrap_or_default();
        finder.names
    }

    /// Macros do not count: calls of macros are not uses of names.
    fn declare(&mut self, item: &Item) {
        let name = name_of(item).filter(|_| !matches!(item, Item::Macro(_)));
        self.names.items.extend(name);
    }

    fn is_own(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(name)) || self.names.items.contains(name)
    }

    fn name(&mut self, name: &str, span: Span, is_item: bool) {
        if !self.is_own(name) {
            let line = span.start().line;
            self.names.used.push(Use { name: name.to_owned(), line, is_item: is_item || self.in_item > 0 });
        }
    }

    fn bind(&mut self, pattern: &Pat) {
        let bound = bindings_of(pattern);
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(bound.into_iter().map(|binding| binding.name));
        }
    }

    fn within(&mut self, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(HashSet::new());
        visit(self);
        self.scopes.pop();
    }

    fn changes(&mut self, place: &Expr, how: &str) {
        let Some((name, span)) = root(place) else { return };
        if self.in_item == 0 && !self.is_own(&name) {
            self.names.changed.push(Change { name, line: span.start().line, how: how.to_owned() });
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_local(&mut self, local: &'ast syn::Local) {
        if let Some(init) = &local.init {
            visit::visit_local_init(self, init);
            for binding in bindings_of(&local.pat) {
                if self.scopes.len() == 1 && self.in_item == 0 && mentions(&init.expr, &binding.name) {
                    let line = local.span().start().line;
                    let is_own = self.is_own(&binding.name);
                    let how = format!("let {} = ... {0} ...", binding.name);
                    self.names.changed.extend((!is_own).then_some(Change { name: binding.name, line, how }));
                }
            }
        }
        self.bind(&local.pat);
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.within(|it| {
            block.stmts.iter().for_each(|statement| {
                if let Stmt::Item(item) = statement {
                    it.declare(item);
                }
            });
            visit::visit_block(it, block);
        });
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.within(|it| {
            closure.inputs.iter().for_each(|pattern| it.bind(pattern));
            it.visit_expr(&closure.body);
        });
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.within(|it| {
            it.bind(&arm.pat);
            visit::visit_arm(it, arm);
        });
    }

    fn visit_expr_for_loop(&mut self, node: &'ast syn::ExprForLoop) {
        self.visit_expr(&node.expr);
        self.within(|it| {
            it.bind(&node.pat);
            it.visit_block(&node.body);
        });
    }

    fn visit_expr_if(&mut self, node: &'ast syn::ExprIf) {
        self.within(|it| {
            it.visit_expr(&node.cond);
            it.visit_block(&node.then_branch);
        });
        if let Some((_, other)) = &node.else_branch {
            self.visit_expr(other);
        }
    }

    fn visit_expr_while(&mut self, node: &'ast syn::ExprWhile) {
        self.within(|it| visit::visit_expr_while(it, node));
    }

    fn visit_expr_let(&mut self, node: &'ast syn::ExprLet) {
        self.visit_expr(&node.expr);
        self.bind(&node.pat);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        self.in_item += 1;
        self.within(|it| visit::visit_item(it, item));
        self.in_item -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        fn has_glob(tree: &syn::UseTree) -> bool {
            match tree {
                syn::UseTree::Glob(_) => true,
                syn::UseTree::Path(path) => has_glob(&path.tree),
                syn::UseTree::Group(group) => group.items.iter().any(has_glob),
                _ => false,
            }
        }
        self.names.has_glob |= has_glob(&item.tree);
    }

    fn visit_generics(&mut self, generics: &'ast syn::Generics) {
        let names = generics.params.iter().filter_map(|parameter| match parameter {
            syn::GenericParam::Type(it) => Some(it.ident.to_string()),
            syn::GenericParam::Const(it) => Some(it.ident.to_string()),
            syn::GenericParam::Lifetime(_) => None,
        });
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(names);
        }
        visit::visit_generics(self, generics);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.visit_generics(&signature.generics);
        for input in &signature.inputs {
            if let syn::FnArg::Typed(typed) = input {
                self.bind(&typed.pat);
            }
        }
        visit::visit_signature(self, signature);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(|it| visit::visit_impl_item_fn(it, item));
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let first = path.path.segments.first();
            first.into_iter().for_each(|first| self.name(&first.ident.to_string(), first.ident.span(), true));
        } else {
            self.visit_expr(&call.func);
        }
        call.args.iter().for_each(|argument| self.visit_expr(argument));
    }

    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let is_item = path.path.segments.len() > 1;
        if let Some(first) = path.path.segments.first().filter(|_| path.path.leading_colon.is_none()) {
            self.name(&first.ident.to_string(), first.ident.span(), is_item);
        }
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        if let Some(first) = path.path.segments.first() {
            self.name(&first.ident.to_string(), first.ident.span(), true);
        }
        visit::visit_type_path(self, path);
    }

    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        use syn::BinOp as B;
        if matches!(
            node.op,
            B::AddAssign(_)
                | B::SubAssign(_)
                | B::MulAssign(_)
                | B::DivAssign(_)
                | B::RemAssign(_)
                | B::BitXorAssign(_)
                | B::ShlAssign(_)
                | B::ShrAssign(_)
        ) {
            self.changes(&node.left, "an assignment that depends on the old value");
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_assign(&mut self, node: &'ast syn::ExprAssign) {
        if root(&node.left).is_some_and(|(name, _)| mentions(&node.right, &name)) {
            self.changes(&node.left, "an assignment that depends on the old value");
        }
        visit::visit_expr_assign(self, node);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        if CHANGING.contains(&method.as_str()) {
            self.changes(&call.receiver, &format!("`.{method}()`"));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_reference(&mut self, node: &'ast syn::ExprReference) {
        if node.mutability.is_some() {
            self.changes(&node.expr, "`&mut`");
        }
        visit::visit_expr_reference(self, node);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let Ok(arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(call.tokens.clone()) else { return };
        for argument in &arguments {
            match argument {
                // `println!("{a}", a = x)` names its own `a`.
                Expr::Assign(named) => self.visit_expr(&named.right),
                Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => {
                    for name in named_in_format(&text.value()) {
                        let is_named = arguments
                            .iter()
                            .any(|it| matches!(it, Expr::Assign(named) if mentions(&named.left, &name)));
                        if !is_named {
                            self.name(&name, text.span(), false);
                        }
                    }
                }
                other => self.visit_expr(other),
            }
        }
    }
}
