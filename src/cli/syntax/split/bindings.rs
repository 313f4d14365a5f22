//! The variables that a `let` pattern binds.
//!
//! Whether a later cell can use one is for rustc to decide.

use syn::Pat;
use syn::visit::Visit;

/// A variable as its pattern declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    pub mutable: bool,
}

/// All names the pattern binds, in order.
pub fn bindings_of(pattern: &Pat) -> Vec<Binding> {
    let mut finder = Finder { found: Vec::new(), is_whole: true };
    finder.visit_pat(pattern);
    finder.found
}

struct Finder {
    found: Vec<Binding>,
    is_whole: bool,
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_pat(&mut self, pattern: &'ast Pat) {
        if let Pat::Ident(ident) = pattern {
            let written = ident.ident.to_string();
            let name = written.strip_prefix("r#").unwrap_or(&written).to_owned();
            // `None` inside a pattern is a constant, not a variable; alone (`let N = 3;`) it is one.
            let is_constant = (!self.is_whole || name == "None")
                && ident.subpat.is_none()
                && ident.by_ref.is_none()
                && ident.mutability.is_none()
                && name.starts_with(char::is_uppercase);
            if !is_constant {
                self.found.push(Binding { name, mutable: ident.mutability.is_some() });
            }
        }
        self.is_whole = self.is_whole && matches!(pattern, Pat::Type(_) | Pat::Paren(_));
        syn::visit::visit_pat(self, pattern);
    }

    fn visit_expr(&mut self, _: &'ast syn::Expr) {}
}
