//! The variable of a place expression, and whether an expression mentions a variable.
//!
//! It knows nothing about cells.

use proc_macro2::Span;
use syn::Expr;
use syn::visit::Visit;

use crate::cli::syntax::split::words;

/// `x` of `x.a[0]`.
pub fn root(place: &Expr) -> Option<(String, Span)> {
    match place {
        Expr::Path(path) => path.path.get_ident().map(|ident| (ident.to_string(), ident.span())),
        Expr::Field(field) => root(&field.base),
        Expr::Index(index) => root(&index.expr),
        Expr::Paren(paren) => root(&paren.expr),
        Expr::Unary(unary) => root(&unary.expr),
        _ => None,
    }
}

/// Whether an expression contains this variable.
pub fn mentions(expression: &Expr, name: &str) -> bool {
    let mut search = Search { name, found: false };
    search.visit_expr(expression);
    search.found
}

struct Search<'a> {
    name: &'a str,
    found: bool,
}

impl<'ast> Visit<'ast> for Search<'_> {
    // A field or a method may have the same name.
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.found |= path.path.is_ident(self.name);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let names = words::of(&call.tokens.to_string());
        self.found |= names.is_some_and(|words| words.names.contains(self.name));
    }
}
