//! A formula on one line: what cannot be drawn on it is written out, `e^(x + 1)` or `a / b`, and never as LaTeX.
//!
//! It knows the commands of school mathematics; of any other it keeps the name.

/// What a formula is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Char(char),
    /// `\name`
    Command(String),
    /// `{...}`
    Group(Vec<Part>),
    /// `^` or `_`
    Raise,
    Lower,
}

/// The formula as text.
pub fn text(latex: &str) -> String {
    let parts = parse(&mut latex.chars().peekable(), 0);
    spaced(&written(&parts))
}

/// Deeper brackets are read as characters: nobody writes them.
const DEEPEST: usize = 64;

fn parse(chars: &mut std::iter::Peekable<std::str::Chars>, depth: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    while let Some(c) = chars.next() {
        parts.push(match c {
            '\\' => command(chars),
            '{' if depth < DEEPEST => Part::Group(parse(chars, depth + 1)),
            '}' => return parts,
            '^' => Part::Raise,
            '_' => Part::Lower,
            c if c.is_whitespace() => Part::Char(' '),
            c => Part::Char(c),
        });
    }
    parts
}

fn command(chars: &mut std::iter::Peekable<std::str::Chars>) -> Part {
    let mut name = String::new();
    while let Some(c) = chars.next_if(char::is_ascii_alphabetic) {
        name.push(c);
    }
    if name.is_empty() {
        name.extend(chars.next());
    }
    Part::Command(name)
}

fn written(parts: &[Part]) -> String {
    let mut text = String::new();
    let mut rest = parts;
    while let Some((part, after)) = rest.split_first() {
        rest = after;
        match part {
            Part::Char(c) => text.push(*c),
            Part::Group(inside) => text.push_str(&written(inside)),
            Part::Raise => text.push_str(&shifted(&argument(&mut rest), '^', raised)),
            Part::Lower => text.push_str(&shifted(&argument(&mut rest), '_', lowered)),
            Part::Command(name) => match name.as_str() {
                "frac" | "dfrac" | "tfrac" => {
                    let (above, below) = (argument(&mut rest), argument(&mut rest));
                    text.push_str(&format!("{} / {}", bracketed(&above), bracketed(&below)));
                }
                "sqrt" => {
                    let inside = argument(&mut rest);
                    text.push_str(&format!("√{}", bracketed(&inside)));
                }
                // Fonts and accents.
                "text" | "mathrm" | "mathbf" | "mathbb" | "mathit" | "operatorname" | "hat" | "bar" | "vec" => {
                    text.push_str(&argument(&mut rest));
                }
                "left" | "right" | "big" | "Big" | "displaystyle" | "limits" => {}
                name => push_symbol(&mut text, name),
            },
        }
    }
    text
}

/// The group, command or character that follows, written.
fn argument(rest: &mut &[Part]) -> String {
    while let Some((Part::Char(' '), after)) = rest.split_first() {
        *rest = after;
    }
    let Some((first, after)) = rest.split_first() else { return String::new() };
    *rest = after;
    spaced(&written(std::slice::from_ref(first)))
}

/// A name such as `ln` stands apart from a letter before it; a sign does as it is written.
fn push_symbol(text: &mut String, name: &str) {
    match SYMBOLS.iter().find(|(latex, _)| *latex == name) {
        Some((_, symbol)) => text.push_str(symbol),
        None => {
            if text.ends_with(char::is_alphanumeric) {
                text.push(' ');
            }
            text.push_str(name);
        }
    }
}

/// Raised or lowered letters, if all exist; otherwise after the mark, in brackets if it has several parts.
fn shifted(text: &str, mark: char, shift: fn(char) -> Option<char>) -> String {
    match text.chars().filter(|c| *c != ' ').map(shift).collect::<Option<String>>() {
        Some(shifted) => shifted,
        None => format!("{mark}{}", bracketed(text)),
    }
}

fn bracketed(text: &str) -> String {
    let has_parts = text.contains([' ', '+', '-', '/', '=']);
    if has_parts && !is_enclosed(text) { format!("({text})") } else { text.to_owned() }
}

/// Whether the bracket that a text begins with is closed by its end.
fn is_enclosed(text: &str) -> bool {
    let mut depth = 0;
    let closes = text.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        depth == 0
    });
    text.starts_with('(') && closes.is_some_and(|(at, _)| at + 1 == text.len())
}

/// Single spaces.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub fn raised(c: char) -> Option<char> {
    const PLAIN: &str = "0123456789+-=()abcdefghijklmnoprstuvwxyzT";
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ";
    PLAIN.chars().position(|plain| plain == c).and_then(|at| RAISED.chars().nth(at))
}

fn lowered(c: char) -> Option<char> {
    const PLAIN: &str = "0123456789+-=()aehijklmnoprstuvx";
    const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ";
    PLAIN.chars().position(|plain| plain == c).and_then(|at| LOWERED.chars().nth(at))
}

const SYMBOLS: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("Delta", "Δ"),
    ("epsilon", "ε"),
    ("varepsilon", "ε"),
    ("eta", "η"),
    ("theta", "θ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("Sigma", "Σ"),
    ("tau", "τ"),
    ("phi", "φ"),
    ("varphi", "φ"),
    ("omega", "ω"),
    ("Omega", "Ω"),
    ("cdot", "·"),
    ("times", "×"),
    ("div", "÷"),
    ("pm", "±"),
    ("le", "≤"),
    ("leq", "≤"),
    ("ge", "≥"),
    ("geq", "≥"),
    ("ne", "≠"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("equiv", "≡"),
    ("to", "→"),
    ("rightarrow", "→"),
    ("Rightarrow", "⇒"),
    ("in", "∈"),
    ("infty", "∞"),
    ("sum", "Σ"),
    ("prod", "∏"),
    ("int", "∫"),
    ("partial", "∂"),
    ("nabla", "∇"),
    ("cdots", "…"),
    ("ldots", "…"),
    ("dots", "…"),
    (",", " "),
    (";", " "),
    (":", " "),
    (" ", " "),
    ("!", ""),
    ("quad", "  "),
    ("qquad", "  "),
    ("\\", " "),
    ("_", "_"),
    ("%", "%"),
    ("{", "{"),
    ("}", "}"),
    ("|", "‖"),
    ("#", "#"),
    ("&", "&"),
    ("$", "$"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_written_on_one_line() {
        let cases = [
            (r"e^x / (1 + e^x)", "eˣ / (1 + eˣ)"),
            (r"x \cdot m - |m|^2 / 2", "x · m - |m|² / 2"),
            (r"\ln \sum_i e^{x_i}", "ln Σᵢ e^xᵢ"),
            (r"e^m \sum_i e^{x_i - m}", "eᵐ Σᵢ e^(xᵢ - m)"),
            (r"\ln \frac{1}{1 + e^{-x}} = -\ln(1 + e^{-x})", "ln 1 / (1 + e⁻ˣ) = -ln(1 + e⁻ˣ)"),
            (r"e^{709.78}", "e^709.78"),
            (r"10^{-1}", "10⁻¹"),
            (r"\frac{a + b}{c}", "(a + b) / c"),
            (r"\frac{(a + b)}{(c)(d)}", "(a + b) / (c)(d)"),
            (r"\sqrt{x + 1}", "√(x + 1)"),
            (r"2\,\sigma(2x) - 1", "2 σ(2x) - 1"),
            (r"\mathrm{relu}(x - c_1)", "relu(x - c₁)"),
            (r"W^T W_{12}", "Wᵀ W₁₂"),
            (r"a_{ij}^2", "aᵢⱼ²"),
            (r"x_B", "x_B"),
            (r"\unknown{x}", "unknownx"),
            (r"\frac{a", "a / "),
            (r"x^", "x"),
            (r"}{", ""),
            ("", ""),
        ];
        for (latex, expected) in cases {
            assert_eq!(text(latex), spaced(expected), "{latex}");
        }
        assert!(text(&"{".repeat(100_000)).len() < 200_000);
    }
}
