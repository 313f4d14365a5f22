//! The keyboard while no line is being typed: what is pressed then waits for the next line, unseen, Ctrl-D too.
//!
//! Where the line editor leaves the reading to the terminal, it changes nothing.

use std::env;

use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};

/// The terminals on which the line editor reads whole lines: there the end of input is the terminal's own affair.
const WHOLE_LINES: [&str; 3] = ["dumb", "cons25", "emacs"];

/// Ctrl-D is a key like others while this is held.
pub struct Keyboard {
    before: Option<Termios>,
}

impl Keyboard {
    /// A terminal that cannot be changed stays as it is.
    pub fn hold() -> Keyboard {
        let mut keyboard = Keyboard { before: None };
        keyboard.hold_again();
        keyboard
    }

    pub fn hold_again(&mut self) {
        let term = env::var("TERM").unwrap_or_default();
        let Ok(before) = tcgetattr(std::io::stdin()) else { return };
        if self.before.is_some() || WHOLE_LINES.contains(&term.as_str()) {
            return;
        }
        let mut changed = before.clone();
        // An end of input that nobody reads turns into a zero when the line editor takes over.
        changed.control_chars[SpecialCharacterIndices::VEOF as usize] = nix::libc::_POSIX_VDISABLE;
        // Output and the spinner have the screen for themselves; the line editor shows the keys when it reads them.
        changed.local_flags.remove(LocalFlags::ECHO);
        let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &changed);
        self.before = Some(before);
    }

    /// The line editor asks the terminal which key means the end.
    pub fn release(&mut self) {
        if let Some(before) = self.before.take() {
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &before);
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.release();
    }
}
