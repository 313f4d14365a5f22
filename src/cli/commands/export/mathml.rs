//! Formulas as MathML, which browsers draw by themselves.
//!
//! What can't be read as LaTeX stays as it was written.

use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser, RenderConfig, Storage, push_mathml};

/// A formula as MathML; `block` sets it on a line of its own.
pub fn render(latex: &str, block: bool) -> String {
    let storage = Storage::new();
    // The renderer writes an error into the page: look for one first.
    let readable = Parser::new(latex, &storage).all(|event| event.is_ok());
    let display_mode = if block { DisplayMode::Block } else { DisplayMode::Inline };
    let mut html = String::new();
    let storage = Storage::new();
    let config = RenderConfig { display_mode, ..RenderConfig::default() };
    if readable && push_mathml(&mut html, Parser::new(latex, &storage), config).is_ok() {
        return html;
    }
    let fence = if block { "$$" } else { "$" };
    format!("<code>{}</code>", super::html::escaped(&format!("{fence}{latex}{fence}")))
}
