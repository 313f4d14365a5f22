//! The outputs that can move: those that the cells of a session have shown, each under a number of the session's.
//!
//! The engine calls the three functions below between cells, in the process and on the thread that run the cells. In
//! any other program nothing calls them, and only the last output shown is kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::Control;
use super::interact::{Inner, Interact};
use crate::display;

/// Passes text to the caller.
type Tell = extern "C" fn(*const u8, usize);

/// How drawing ended, as a cell of the engine's ends.
const DRAWN: u32 = 0;
const PANICKED: u32 = 1;
const FAILED: u32 = 2;
/// There is no such output.
const ABSENT: u32 = 5;

/// Between controls, and between the fields of one.
const CONTROL: char = '\u{1e}';
const FIELD: char = '\u{1f}';

struct Live {
    /// The last one displayed, until the engine asks for it.
    shown: Option<Rc<Inner>>,
    all: BTreeMap<u64, Rc<Inner>>,
}

thread_local! {
    static LIVE: RefCell<Live> = const { RefCell::new(Live { shown: None, all: BTreeMap::new() }) };
}

/// Notes that a cell has displayed it.
pub(super) fn show(it: &Interact) {
    let older = LIVE.with_borrow_mut(|live| live.shown.replace(Rc::clone(&it.0)));
    drop(older);
}

/// If an output was displayed since the last call: keeps it under this number, and describes its controls.
#[unsafe(no_mangle)]
extern "C" fn forward_pass_moving_shown(id: u64, tell: Tell) {
    let Some(shown) = LIVE.with_borrow_mut(|live| live.shown.take()) else { return };
    let text = description(&shown.controls);
    let older = LIVE.with_borrow_mut(|live| live.all.insert(id, shown));
    drop(older);
    tell(text.as_ptr(), text.len());
}

/// Prints the output for these values in the kernel's protocol; says why, if its function returned an error.
///
/// # Safety
///
/// `values` are `count` numbers.
#[unsafe(no_mangle)]
unsafe extern "C" fn forward_pass_moving_draw(id: u64, values: *const f64, count: usize, tell: Tell) -> u32 {
    let Some(it) = LIVE.with_borrow(|live| live.all.get(&id).cloned()) else { return ABSENT };
    // SAFETY: the caller's promise.
    let values = if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(values, count) } };
    let end = catch_unwind(AssertUnwindSafe(|| it.parts(values, false)));
    let code = match end {
        Ok(Ok(parts)) => {
            display::print(&parts);
            DRAWN
        }
        Ok(Err(error)) => {
            let text = error.to_string();
            tell(text.as_ptr(), text.len());
            FAILED
        }
        Err(payload) => {
            // What was thrown may panic when it is dropped.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
            PANICKED
        }
    };
    let _ = std::io::stdout().flush();
    code
}

/// Drops an output.
#[unsafe(no_mangle)]
extern "C" fn forward_pass_moving_end(id: u64) {
    let it = LIVE.with_borrow_mut(|live| live.all.remove(&id));
    let _ = catch_unwind(AssertUnwindSafe(|| drop(it)));
}

/// Each control's name, smallest, largest and first value, step, `film` if it plays, and choices.
fn description(controls: &[Control]) -> String {
    let plain = |text: &str| text.replace(|c: char| c.is_control(), " ");
    let described = controls.iter().map(|control| {
        let kind = if control.plays { "film" } else { "" };
        let (first, last) = (control.range.start(), control.range.end());
        let numbers = [*first, *last, control.start, control.step].map(|number| number.to_string());
        let fields = [plain(&control.name)].into_iter().chain(numbers).chain([kind.to_owned()]);
        fields.chain(control.choices.iter().map(|choice| plain(choice))).collect::<Vec<_>>().join(&FIELD.to_string())
    });
    described.collect::<Vec<_>>().join(&CONTROL.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::{choice, interact, slider, switch};
    use super::*;
    use crate::display::CellDisplay;

    thread_local! {
        static TOLD: RefCell<String> = const { RefCell::new(String::new()) };
    }

    extern "C" fn tell(text: *const u8, length: usize) {
        // SAFETY: the slice that was passed.
        let text = unsafe { std::slice::from_raw_parts(text, length) };
        TOLD.set(String::from_utf8_lossy(text).into_owned());
    }

    fn draw(id: u64, values: &[f64]) -> (u32, String) {
        TOLD.take();
        // SAFETY: the numbers of a slice.
        let code = unsafe { forward_pass_moving_draw(id, values.as_ptr(), values.len(), tell) };
        (code, TOLD.take())
    }

    #[test]
    fn what_was_displayed_moves_until_it_ends() {
        forward_pass_moving_shown(7, tell);
        assert_eq!((TOLD.take(), draw(7, &[1.0])), (String::new(), (ABSENT, String::new())));
        let controls = [slider("a\tb", 0.0..=2.5, 0.5, 1.0), choice("c", &["x", "y"]), switch("s", true)];
        interact(controls, |[a, ..]| if a > 2.0 { Err("too much") } else { Ok(a) }).evcxr_display();
        forward_pass_moving_shown(7, tell);
        let described = TOLD.take().replace(FIELD, ",").replace(CONTROL, ";");
        assert_eq!(described, "a b,0,2.5,1,0.5,;c,0,1,0,1,,x,y;s,0,1,1,1,,off,on");
        assert_eq!(draw(7, &[1.0, 0.0, 0.0]), (DRAWN, String::new()));
        assert_eq!(draw(7, &[9.0, 0.0, 0.0]), (FAILED, "\"too much\"\nhelp: choose other values".to_owned()));
        assert_eq!(draw(7, &[1.0]), (FAILED, "1 values for 3 controls\nhelp: give one value for each control".into()));
        forward_pass_moving_shown(8, tell);
        assert_eq!((draw(8, &[]).0, TOLD.take()), (ABSENT, String::new()));
        forward_pass_moving_end(7);
        assert_eq!(draw(7, &[1.0, 0.0, 0.0]).0, ABSENT);
    }

    #[test]
    fn a_panic_leaves_it_alive() {
        interact([slider("a", 0.0..=1.0, 1.0, 0.0)], |[a]| {
            assert!(a < 1.0);
            a
        })
        .evcxr_display();
        forward_pass_moving_shown(9, tell);
        assert_eq!((draw(9, &[1.0]).0, draw(9, &[0.0]).0), (PANICKED, DRAWN));
    }
}
