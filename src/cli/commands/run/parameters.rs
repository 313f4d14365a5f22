//! `-p NAME=VALUE`: a cell after the one tagged `parameters` defines its variables again, as papermill does.
//!
//! A value is written as the kind of literal that the notebook's own value is.

use anyhow::{Result, bail};
use serde_json::json;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Expr, Lit, Pat, Stmt};

use crate::cli::exit::usage;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::suggest::nearest;

/// The tag of the author's cell, and of the one that is put in.
const TAG: &str = "parameters";
const INJECTED: &str = "injected-parameters";

/// A definition in the author's cell.
struct Parameter {
    name: String,
    /// `let mut `, `const `
    keyword: String,
    /// `f32`; empty without a type.
    kind: String,
    value: Expr,
    /// The value as written.
    text: String,
}

/// The notebook with these values; an earlier run's cell is replaced.
pub fn injected(notebook: Notebook, given: &[String]) -> Result<Notebook> {
    if given.is_empty() {
        return Ok(notebook);
    }
    let has = |cell: &Cell, tag: &str| cell.tags.iter().any(|its| its == tag);
    let earlier = notebook.cells.iter().position(|cell| has(cell, INJECTED));
    let notebook = match earlier {
        Some(at) if at > 0 => Notebook::parse(&notebook.without_cell(at))?,
        _ => notebook,
    };
    let Some(at) = notebook.cells.iter().position(|cell| has(cell, TAG)) else {
        return Err(usage(format!(
            "`-p` needs a cell with parameters\nhelp: tag the cell that defines them with `{TAG}`"
        )));
    };
    let known = parameters(&notebook.cells[at].source)?;
    let mut lines = Vec::new();
    for text in given {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => (name.trim(), value),
            _ => return Err(usage(format!("`-p {text}` has no value\nhelp: write -p NAME=VALUE"))),
        };
        // Of two definitions of a name, the last one counts.
        let Some(parameter) = known.iter().rev().find(|it| it.name == name) else {
            return Err(unknown(name, &known));
        };
        lines.push(parameter.with(value)?);
    }
    let source = format!("// Parameters\n{}", lines.join("\n"));
    let source: Vec<&str> = source.split_inclusive('\n').collect();
    let used = |id: &str| notebook.cells.iter().any(|cell| cell.id == id);
    let id = (1..).map(|number| format!("{INJECTED}-{number}")).find(|id| !used(id));
    let id = if used(INJECTED) { id.unwrap_or_default() } else { INJECTED.to_owned() };
    let cell = json!({"cell_type": "code", "execution_count": null, "id": id, "metadata": {"tags": [INJECTED]},
        "outputs": [], "source": source});
    Notebook::parse(&notebook.with_cell_after(at, &cell))
}

fn unknown(name: &str, known: &[Parameter]) -> anyhow::Error {
    let names: Vec<String> = known.iter().map(|it| it.name.clone()).collect();
    let help = match (nearest(name, &names).first(), names.is_empty()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, true) => "it defines none".to_owned(),
        (None, false) => format!("the parameters are {}", names.join(", ")),
    };
    usage(format!("the cell tagged `{TAG}` has no parameter `{name}`\nhelp: {help}"))
}

/// The definitions of a cell: `let NAME = VALUE;`, constants and statics.
fn parameters(source: &str) -> Result<Vec<Parameter>> {
    let source = crate::cli::syntax::split::without_commands(source);
    let Ok(statements) = syn::Block::parse_within.parse_str(&source) else {
        bail!("the cell tagged `{TAG}` is not valid Rust");
    };
    Ok(statements.into_iter().filter_map(|statement| parameter(statement, &source)).collect())
}

fn parameter(statement: Stmt, source: &str) -> Option<Parameter> {
    let written = |node: &dyn Spanned| source.get(node.span().byte_range()).unwrap_or_default().to_owned();
    let of_item = |keyword: &str, name: &syn::Ident, kind: &syn::Type, value: Expr| {
        let (name, keyword, kind, text) = (name.to_string(), keyword.to_owned(), written(kind), written(&value));
        Parameter { name, keyword, kind, value, text }
    };
    match statement {
        Stmt::Local(local) => {
            let value = *local.init?.expr;
            let (pattern, kind) = match local.pat {
                Pat::Type(typed) => (*typed.pat, written(&typed.ty)),
                pattern => (pattern, String::new()),
            };
            let Pat::Ident(ident) = pattern else { return None };
            let keyword = if ident.mutability.is_some() { "let mut " } else { "let " }.to_owned();
            let text = written(&value);
            Some(Parameter { name: ident.ident.to_string(), keyword, kind, value, text })
        }
        Stmt::Item(syn::Item::Const(item)) => Some(of_item("const ", &item.ident, &item.ty, *item.expr)),
        Stmt::Item(syn::Item::Static(item)) => Some(of_item("static ", &item.ident, &item.ty, *item.expr)),
        _ => None,
    }
}

impl Parameter {
    /// The definition with another value.
    fn with(&self, value: &str) -> Result<String> {
        let kind = if self.kind.is_empty() { String::new() } else { format!(": {}", self.kind) };
        let literal = self
            .literal(value)
            .map_err(|wanted| usage(format!("`{}` cannot be `{value}`: it is {wanted} in the notebook", self.name)))?;
        Ok(format!("{}{}{kind} = {literal};", self.keyword, self.name))
    }

    /// The value as Rust; the error says what it should be.
    fn literal(&self, value: &str) -> Result<String, &'static str> {
        let kind = self.kind.as_str();
        let quoted = || format!("{value:?}");
        let bare = value.trim();
        match (&self.value, kind) {
            (Expr::Lit(it), _) => of_literal(&it.lit, kind, bare, value),
            // -0.5
            (Expr::Unary(it), _) if matches!(&*it.expr, Expr::Lit(_)) => match &*it.expr {
                Expr::Lit(it) => of_literal(&it.lit, kind, bare, value),
                _ => Err("a number"),
            },
            (_, "String") => Ok(format!("String::from({})", quoted())),
            _ if makes_string(&self.text) => Ok(format!("String::from({})", quoted())),
            _ => match syn::parse_str::<Expr>(bare) {
                Ok(_) => Ok(bare.to_owned()),
                Err(_) => Err("an expression"),
            },
        }
    }
}

fn of_literal(own: &Lit, kind: &str, bare: &str, value: &str) -> Result<String, &'static str> {
    let is_float = |suffix: &str| matches!(suffix, "f32" | "f64");
    // Digits may be grouped, as in Rust.
    let number = bare.replace('_', "");
    match own {
        Lit::Int(own) if !is_float(own.suffix()) && !is_float(kind) => {
            let digits = number.strip_prefix('-').unwrap_or(&number);
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { Ok(format!("{bare}{}", own.suffix())) } else { Err("an integer") }
        }
        Lit::Int(_) | Lit::Float(_) => {
            let suffix = match own {
                Lit::Float(own) => own.suffix(),
                Lit::Int(own) => own.suffix(),
                _ => "",
            };
            let is_number = number.parse::<f64>().is_ok_and(f64::is_finite) && !number.starts_with('+');
            // `1` alone would be an integer, and `.5` no number.
            let (sign, digits) = bare.strip_prefix('-').map_or(("", bare), |digits| ("-", digits));
            let lead = if digits.starts_with('.') { "0" } else { "" };
            let point = if digits.contains(['.', 'e', 'E']) { "" } else { ".0" };
            if is_number { Ok(format!("{sign}{lead}{digits}{point}{suffix}")) } else { Err("a number") }
        }
        Lit::Bool(_) => match bare {
            "true" | "false" => Ok(bare.to_owned()),
            "True" | "False" => Ok(bare.to_lowercase()),
            _ => Err("true or false"),
        },
        Lit::Char(_) => {
            let mut letters = value.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => Ok(format!("{letter:?}")),
                _ => Err("one character"),
            }
        }
        Lit::Str(_) => Ok(format!("{value:?}")),
        _ => Err("a literal that no value can be given to"),
    }
}

/// `"a".to_string()`, `String::from("a")`, `"a".into()` and the like.
fn makes_string(expression: &str) -> bool {
    let begins = ["String::from(", "String::new(", "std::string::String::"];
    let ends = [".to_string()", ".to_owned()", ".into()"];
    begins.iter().any(|begin| expression.starts_with(begin))
        || expression.starts_with('"') && ends.iter().any(|end| expression.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: &str = ":dep x = \"1\"\nlet rate = 0.1;\nlet mut steps: usize = 10;\nlet name = \"a\";\n\
        let owned = String::from(\"a\");\nlet on = true;\nlet small: f32 = 1.0;\nlet key = 'k';\nconst N: u8 = 3;\n\
        let sizes: Vec<i32> = vec![1, 2];\nlet low = -0.5f32;\nlet text: &'static str = \"a\";";

    #[test]
    fn values_are_literals_of_the_same_kind() {
        let known = parameters(CELL).unwrap();
        let cases = [
            ("rate", "1", Ok("let rate = 1.0;")),
            ("rate", "-.5", Ok("let rate = -0.5;")),
            ("rate", "1e-3", Ok("let rate = 1e-3;")),
            ("rate", "x", Err("it is a number in the notebook")),
            ("rate", "inf", Err("it is a number in the notebook")),
            ("steps", "1_000", Ok("let mut steps: usize = 1_000;")),
            ("steps", "0.5", Err("it is an integer in the notebook")),
            ("name", "say \"hi\"\n", Ok("let name = \"say \\\"hi\\\"\\n\";")),
            ("owned", "b; c", Ok("let owned = String::from(\"b; c\");")),
            ("on", "False", Ok("let on = false;")),
            ("on", "1", Err("it is true or false in the notebook")),
            ("small", "2", Ok("let small: f32 = 2.0;")),
            ("key", "\"", Ok("let key = '\"';")),
            ("N", "7", Ok("const N: u8 = 7;")),
            ("sizes", "vec![3]", Ok("let sizes: Vec<i32> = vec![3];")),
            ("sizes", "vec![3", Err("it is an expression in the notebook")),
            ("low", "2", Ok("let low = 2.0f32;")),
            ("text", "", Ok("let text: &'static str = \"\";")),
        ];
        for (name, value, expected) in cases {
            let parameter = known.iter().find(|it| it.name == name).unwrap();
            match (parameter.with(value), expected) {
                (Ok(line), Ok(expected)) => assert_eq!(line, expected),
                (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
                (other, _) => panic!("{name}={value}: {other:?}"),
            }
        }
    }
}
