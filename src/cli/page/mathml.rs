//! Formulas as MathML, which browsers render natively.
//!
//! A formula that cannot be parsed stays LaTeX.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

use super::shown::escaped;

/// A formula as MathML; `block` sets it on a line of its own.
pub fn render(latex: &str, block: bool) -> String {
    let storage = Storage::new();
    // The renderer would write errors into the page, so look for them first.
    let readable = Parser::new(latex, &storage).all(|event| event.is_ok());
    let display_mode = if block { DisplayMode::Block } else { DisplayMode::Inline };
    let mut html = String::new();
    let storage = Storage::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    if readable && push_mathml(&mut html, Parser::new(latex, &storage), config).is_ok() {
        return html;
    }
    let fence = if block { "$$" } else { "$" };
    format!("<code>{}</code>", escaped(&format!("{fence}{latex}{fence}")))
}
