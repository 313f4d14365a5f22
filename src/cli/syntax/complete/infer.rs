//! The type of an expression, as far as it can be told from signatures.

mod call;
pub mod pattern;

use syn::{Expr, Lit, Member as FieldName, Stmt, UnOp};

pub use call::Callee;

use super::ty::Ty;
use super::world::{Frame, Home, World};

/// The names bound at a place, the newest last.
#[derive(Clone, Default)]
pub struct Scope {
    pub names: Vec<(String, Ty)>,
    pub itself: Option<Ty>,
    /// The parameters of the function that is being written: what they can do.
    pub params: super::ty::Bindings,
}

impl Scope {
    pub fn get(&self, name: &str) -> Option<&Ty> {
        self.names.iter().rev().find(|(own, _)| own == name).map(|(_, ty)| ty)
    }

    pub fn frame(&self) -> Frame {
        let frame = Frame::new(Home::Own);
        Frame { params: self.params.clone(), itself: self.itself.clone(), ..frame }
    }
}

/// How deep expressions are followed.
const DEEPEST: usize = 60;

pub struct Infer<'w> {
    pub world: &'w World,
    pub scope: Scope,
    depth: usize,
}

impl<'w> Infer<'w> {
    pub fn new(world: &'w World, scope: Scope) -> Infer<'w> {
        Infer { world, scope, depth: 0 }
    }

    /// The type of an expression that is written as text.
    pub fn text(&mut self, code: &str) -> Ty {
        syn::parse_str::<Expr>(code).map_or(Ty::Unknown, |expression| self.ty(&expression))
    }

    pub fn ty(&mut self, expression: &Expr) -> Ty {
        if self.depth > DEEPEST {
            return Ty::Unknown;
        }
        self.depth += 1;
        let ty = self.of(expression);
        self.depth -= 1;
        ty
    }

    fn of(&mut self, expression: &Expr) -> Ty {
        match expression {
            Expr::Lit(it) => literal(&it.lit),
            Expr::Path(it) => self.path(it),
            Expr::Paren(it) => self.ty(&it.expr),
            Expr::Group(it) => self.ty(&it.expr),
            Expr::Reference(it) => Ty::Ref(self.ty(&it.expr).boxed()),
            Expr::Unary(it) => self.unary(it),
            Expr::Binary(it) => self.binary(it),
            Expr::Cast(it) => self.world.ty(&it.ty, &self.scope.frame()),
            Expr::Tuple(it) => Ty::Tuple(it.elems.iter().map(|one| self.ty(one)).collect()),
            Expr::Array(it) => Ty::std("array", vec![it.elems.first().map_or(Ty::Unknown, |one| self.ty(one))]),
            Expr::Repeat(it) => Ty::std("array", vec![self.ty(&it.expr)]),
            Expr::Range(it) => self.range(it),
            Expr::Field(it) => self.field(it),
            Expr::MethodCall(it) => self.method_call(it),
            Expr::Call(it) => self.call(it),
            Expr::Struct(it) => self.path_type(&it.path),
            Expr::Index(it) => self.index(it),
            Expr::Try(it) => self.unwrapped(&it.expr),
            Expr::Closure(it) => self.closure(it, &[]),
            Expr::Macro(it) => self.invocation(&it.mac),
            Expr::If(it) => self.block(&it.then_branch.stmts),
            Expr::Block(it) => self.block(&it.block.stmts),
            Expr::Unsafe(it) => self.block(&it.block.stmts),
            Expr::Match(it) => {
                let of = self.ty(&it.expr);
                let mut known = Ty::Unknown;
                for arm in &it.arms {
                    if !known.is_known() {
                        let before = self.scope.names.len();
                        self.bind(&arm.pat, &of);
                        known = self.ty(&arm.body);
                        self.scope.names.truncate(before);
                    }
                }
                known
            }
            _ => Ty::Unknown,
        }
    }

    fn block(&mut self, statements: &[Stmt]) -> Ty {
        let before = self.scope.names.len();
        let mut last = Ty::unit();
        for statement in statements {
            match statement {
                Stmt::Local(local) => self.bind_local(local),
                Stmt::Expr(expression, None) => last = self.ty(expression),
                Stmt::Macro(it) if it.semi_token.is_none() => last = self.invocation(&it.mac),
                _ => {}
            }
        }
        self.scope.names.truncate(before);
        last
    }

    /// Adds the names of a `let`.
    pub fn bind_local(&mut self, local: &syn::Local) {
        let ty = local.init.as_ref().map_or(Ty::Unknown, |init| self.ty(&init.expr));
        self.bind(&local.pat, &ty);
    }

    fn unary(&mut self, it: &syn::ExprUnary) -> Ty {
        let ty = self.ty(&it.expr);
        match it.op {
            UnOp::Deref(_) => self.world.derefs(&ty).get(1).cloned().unwrap_or(Ty::Unknown),
            _ => self.operator(&ty, if matches!(it.op, UnOp::Neg(_)) { "Neg" } else { "Not" }),
        }
    }

    fn binary(&mut self, it: &syn::ExprBinary) -> Ty {
        use syn::BinOp::{Add, And, BitAnd, BitOr, BitXor, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Or, Rem, Sub};
        let name = match it.op {
            And(_) | Or(_) | Eq(_) | Ne(_) | Lt(_) | Le(_) | Gt(_) | Ge(_) => return Ty::std("bool", Vec::new()),
            Add(_) => "Add",
            Sub(_) => "Sub",
            Mul(_) => "Mul",
            Div(_) => "Div",
            Rem(_) => "Rem",
            BitAnd(_) => "BitAnd",
            BitOr(_) => "BitOr",
            BitXor(_) => "BitXor",
            _ => return self.ty(&it.left),
        };
        let left = self.ty(&it.left);
        // A number without a suffix is of the other side's type.
        if !left.is_known() || matches!(&*it.left, Expr::Lit(_)) {
            let right = self.ty(&it.right);
            if right.is_known() {
                return self.operator(&right, name);
            }
        }
        self.operator(&left, name)
    }

    fn operator(&self, ty: &Ty, of_trait: &str) -> Ty {
        let bare = ty.bare();
        let is_plain = bare.name().is_some_and(|name| name.starts_with("std::"));
        let output = if is_plain { None } else { self.world.assoc(bare, Some(of_trait), "Output", 0) };
        output.unwrap_or_else(|| bare.clone())
    }

    fn range(&mut self, it: &syn::ExprRange) -> Ty {
        let ends =
            [&it.start, &it.end].map(|end| end.as_ref().map(|end| (self.ty(end), matches!(**end, Expr::Lit(_)))));
        let of = ends.iter().flatten().find(|(_, is_literal)| !is_literal).or_else(|| ends.iter().flatten().next());
        let of = of.map_or(Ty::Unknown, |(ty, _)| ty.clone());
        let name = match (&it.start, &it.limits, &it.end) {
            (Some(_), syn::RangeLimits::HalfOpen(_), Some(_)) => "ops::Range",
            (Some(_), syn::RangeLimits::Closed(_), _) => "RangeInclusive",
            (Some(_), _, None) => "RangeFrom",
            _ => return Ty::Unknown,
        };
        Ty::std(name, vec![of])
    }

    fn field(&mut self, it: &syn::ExprField) -> Ty {
        let base = self.ty(&it.base);
        let name = match &it.member {
            FieldName::Named(name) => name.to_string(),
            FieldName::Unnamed(at) => at.index.to_string(),
        };
        let found = self.world.fields(&base).into_iter().find(|(own, ..)| *own == name);
        found.map_or(Ty::Unknown, |(_, ty, _)| self.world.normal(&ty, 0))
    }

    fn index(&mut self, it: &syn::ExprIndex) -> Ty {
        let base = self.ty(&it.expr);
        let is_range = matches!(&*it.index, Expr::Range(_));
        for step in self.world.derefs(&base) {
            match &step {
                Ty::Named(name, args) => match name.as_str() {
                    "std::slice" | "std::array" if is_range => return Ty::std("slice", args.clone()),
                    "std::slice" | "std::array" => return args.first().cloned().unwrap_or(Ty::Unknown),
                    "std::str" => return Ty::std("str", Vec::new()),
                    "std::HashMap" | "std::BTreeMap" => return args.get(1).cloned().unwrap_or(Ty::Unknown),
                    "std::VecDeque" => return args.first().cloned().unwrap_or(Ty::Unknown),
                    "std::Vec" | "std::String" => {}
                    _ => {
                        if let Some(output) = self.world.assoc(&step, Some("Index"), "Output", 0) {
                            return output;
                        }
                    }
                },
                _ => continue,
            }
        }
        Ty::Unknown
    }

    /// What `?` leaves of a result or an option.
    fn unwrapped(&mut self, expression: &Expr) -> Ty {
        match self.ty(expression) {
            Ty::Named(name, args) if matches!(name.as_str(), "std::Option" | "std::Result") => {
                args.into_iter().next().unwrap_or(Ty::Unknown)
            }
            _ => Ty::Unknown,
        }
    }
}

fn literal(lit: &Lit) -> Ty {
    let named = |name: &str| Ty::std(name, Vec::new());
    match lit {
        Lit::Str(_) => Ty::Ref(named("str").boxed()),
        Lit::ByteStr(_) => Ty::Ref(Ty::std("array", vec![named("u8")]).boxed()),
        Lit::CStr(_) => Ty::Ref(named("CStr").boxed()),
        Lit::Byte(_) => named("u8"),
        Lit::Char(_) => named("char"),
        Lit::Bool(_) => named("bool"),
        Lit::Int(it) => named(if it.suffix().is_empty() { "i32" } else { it.suffix() }),
        Lit::Float(it) => named(if it.suffix().is_empty() { "f64" } else { it.suffix() }),
        _ => Ty::Unknown,
    }
}
