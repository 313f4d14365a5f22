//! Forms in which a later cell can name a closure or a function: a box made from the closure's signature in the MIR,
//! or a pointer.
//!
//! Lifetimes are erased in MIR, so that the forms are guesses, and rustc judges them.

use super::types::{TypeText, with_static};
use crate::cli::syntax::types::at_commas;

/// A type to which a variable is converted when it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    type_text: String,
    is_box: bool,
    /// Other threads may use the value.
    pub for_threads: bool,
}

impl Form {
    /// The expression that converts a variable.
    pub fn of(&self, variable: &str) -> String {
        let value = if self.is_box { format!("::std::boxed::Box::new({variable})") } else { variable.to_owned() };
        format!("{value} as {}", self.type_text)
    }

    /// Is it a closure's?
    pub fn is_closure(&self) -> bool {
        self.is_box
    }
}

/// The forms to try, best first, for a variable of this type; none if it has no such form.
pub fn forms_of(type_text: &TypeText, mir: &str) -> Vec<Form> {
    if let Some(pointer) = type_text.function_pointer() {
        return vec![Form { type_text: pointer.source(), is_box: false, for_threads: true }];
    }
    type_text.closure().and_then(|closure| Signature::find(mir, closure)).map_or(Vec::new(), |found| found.forms())
}

/// A closure's parameters and result, as the MIR declares them.
struct Signature<'a> {
    /// The traits of closures that it may implement, the most general first.
    traits: &'static [&'static str],
    parameters: Vec<&'a str>,
    output: &'a str,
}

impl<'a> Signature<'a> {
    /// `fn cell::{closure#0}(_1: &{closure@cell_1.rs:6:11: 6:25}, _2: i32) -> i32 {`
    fn find(mir: &'a str, closure: &str) -> Option<Signature<'a>> {
        let heads = mir.lines().filter(|line| line.starts_with("fn ") && line.ends_with('{'));
        let mut declared = heads.filter_map(|line| line.split_once("(_1: "));
        let (borrowed, rest) = declared.find_map(|(_, rest)| {
            let (borrowed, rest) = ["&mut ", "&", ""].iter().find_map(|by| Some((*by, rest.strip_prefix(by)?)))?;
            Some((borrowed, rest.strip_prefix(closure)?))
        })?;
        let traits: &[&str] = match borrowed {
            "&" => &["Fn", "FnMut", "FnOnce"],
            "&mut " => &["FnMut", "FnOnce"],
            _ => &["FnOnce"],
        };
        let (parameters, output) =
            rest.strip_suffix('{')?.rsplit_once(") -> ").filter(|(_, it)| is_balanced(it)).or_else(
                // The result is itself a function: `) -> fn(i32) -> i32`.
                || {
                    rest.strip_suffix('{')?.match_indices(") -> ").find_map(|(at, arrow)| {
                        let (before, after) = (&rest[..at], &rest[at + arrow.len()..rest.len() - 1]);
                        (is_balanced(before) && is_balanced(after)).then_some((before, after))
                    })
                },
            )?;
        let parameters = at_commas(parameters.trim_start_matches(", "));
        let parameters = parameters.into_iter().filter_map(|it| Some(it.split_once(": ")?.1)).collect();
        Some(Signature { traits, parameters, output: output.trim() })
    }

    fn forms(&self) -> Vec<Form> {
        let has_borrows = |text: &str| text.contains('&') || text.contains("'_");
        let written = |text: &str| TypeText::new(text).written();
        let inferred = vec!["_".to_owned(); self.parameters.len()];
        let mut signatures = Vec::new();
        if self.parameters.iter().any(|parameter| has_borrows(parameter)) {
            let parameters: Vec<String> = self.parameters.iter().map(|parameter| written(parameter)).collect();
            let output = written(self.output);
            if has_borrows(&output) {
                signatures.push((parameters.clone(), output.clone()));
                signatures.push((parameters, with_static(&output)));
            } else {
                signatures.push((parameters, "_".to_owned()));
            }
        }
        signatures.push((inferred, "_".to_owned()));
        let mut forms = Vec::new();
        for of_trait in self.traits {
            for (parameters, output) in &signatures {
                for (tail, for_threads) in [(" + ::std::marker::Send + ::std::marker::Sync", true), ("", false)] {
                    let call = format!("::std::ops::{of_trait}({}) -> {output}", parameters.join(", "));
                    let type_text = format!("::std::boxed::Box<dyn {call}{tail}>");
                    forms.push(Form { type_text, is_box: true, for_threads });
                }
            }
        }
        forms
    }
}

fn is_balanced(text: &str) -> bool {
    let mut depth = 0i32;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}
