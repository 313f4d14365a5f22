//! `:edit` and `:draw`: code put on the reader's line, to be changed and run.
//!
//! A program has no such line: the code is printed.

use super::journal::Journal;
use super::place::{Place, defines};
use super::screen::Screen;
use super::{Then, prose};

/// A seven to start from.
pub const DRAWING: &str = "classify_drawing(\"
********
       *
      *
     *
    *
   *
   *
\")?";

/// The current cell's code, or that of the cell that has or defines this name; Enter then continues after that cell.
pub fn edit(place: &mut Place, journal: &Journal, screen: &mut Screen, name: &str) -> Then {
    let code = if name.is_empty() {
        let code = place.current_code().map(|at| place.cell(at).source.clone());
        code.ok_or_else(|| screen.lang.no_code_yet())
    } else {
        code_named(place, journal, name).ok_or_else(|| match place.section_where(|code| defines(code, name)) {
            Some(number) => screen.lang.another_section(name, number),
            None => screen.lang.nothing_to_edit(name),
        })
    };
    match code {
        Ok(code) => put_on_line(screen, &code),
        Err(message) => {
            screen.fail(&message);
            Then::Continue
        }
    }
}

pub fn put_on_line(screen: &mut Screen, code: &str) -> Then {
    if screen.interactive {
        return Then::Edit(code.trim_end().to_owned());
    }
    prose::show_code(screen, code);
    Then::Continue
}

/// The code with this id or definition; the place moves to its cell.
fn code_named(place: &mut Place, journal: &Journal, name: &str) -> Option<String> {
    let codes = || place.steps.iter().enumerate().filter_map(|(step, it)| Some((step, it.code?)));
    let by_id = codes().find(|(_, at)| place.cell(*at).id == name);
    let found = by_id.or_else(|| codes().find(|(_, at)| defines(&place.cell(*at).source, name)));
    // The reader's own version takes precedence.
    let own = if by_id.is_some() { None } else { journal.own_code().rfind(|code| defines(code, name)) };
    let code = own.map(str::to_owned).or_else(|| found.map(|(_, at)| place.cell(at).source.clone()));
    if let Some((step, _)) = found {
        place.next = step + 1;
    }
    code
}
