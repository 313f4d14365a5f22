//! `:vars` and `:type`: the types of variables and expressions.
//!
//! An expression is compiled, never run.

use super::output::{self, plain_text};
use super::screen::Screen;
use super::work::Work;
use crate::cli::outcome::{End, Outcome};
use crate::cli::syntax::{library, types};
use crate::cli::terminal::highlight;

pub fn list_variables(work: &mut Work, screen: &mut Screen) {
    if work.is_busy() && screen.interactive {
        return screen.faint(&screen.lang.starting());
    }
    work.finish_setup(screen);
    let variables = work.definitions().variables;
    if variables.is_empty() {
        return screen.faint(&screen.lang.no_variables());
    }
    for variable in variables {
        let text = format!("{}: {}", variable.name, types::short(&variable.type_name));
        screen.line(&highlight::rust(&text, &screen.look));
    }
}

pub fn show_type(work: &mut Work, screen: &mut Screen, expression: &str) {
    let known = work.definitions().variables;
    if let Some(variable) = known.iter().find(|variable| variable.name == expression) {
        return screen.line(&types::short(&variable.type_name));
    }
    match work.run_hidden(screen, &question(expression)) {
        Some(Ok(outcome)) if outcome.end == End::Passed => {
            screen.line(&types::short(plain_text(&outcome.outputs).trim()));
            // `:undo` is for the reader's own lines.
            work.undo_last(screen);
        }
        Some(Ok(Outcome { end: End::CompileError(diagnostics), .. })) => {
            // A generic function has no single type: its signature is shown.
            if let Some(found) = library::find(expression).into_iter().find(|found| found.is_public) {
                let signature = library::fitted(&found.signature(), screen.look.width);
                return screen.line(&highlight::rust(&signature, &screen.look));
            }
            // The diagnostic's places are those of the question, not of the expression.
            let message = diagnostics.first().map_or_else(String::new, |first| first.message.clone());
            screen.fail(&screen.lang.no_type(expression, message));
        }
        Some(Ok(outcome)) => drop(output::show_end(screen, &outcome)),
        Some(Err(error)) => screen.fail(&format!("{error:#}")),
        None => screen.faint(&screen.lang.cancelled()),
    }
}

/// A cell that prints the type of an expression without evaluating it; generated names are reserved.
fn question(expression: &str) -> String {
    format!(
        "{{ fn __fp_of<T>(_: &T) -> ::std::marker::PhantomData<T> {{ ::std::marker::PhantomData }} \
         fn __fp_name<T, F: FnOnce() -> ::std::marker::PhantomData<T>>(_: F) -> &'static str {{ \
         ::std::any::type_name::<T>() }} \
         ::std::println!(\"{{}}\", __fp_name(|| __fp_of(&({expression})))); }};"
    )
}
