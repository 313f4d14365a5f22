//! The keyboard while no line is being edited: keys are not echoed, and wait for the next line, Ctrl-D included.
//!
//! It changes nothing on terminals where the line editor reads whole lines.

#[cfg(unix)]
pub use of_unix::Keyboard;
#[cfg(not(unix))]
pub use others::Keyboard;

#[cfg(unix)]
mod of_unix {
    use std::env;

    use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};

    /// The terminals on which the line editor reads whole lines: they handle the end of input themselves.
    const WHOLE_LINES: [&str; 3] = ["dumb", "cons25", "emacs"];

    /// While this is held, Ctrl-D is a key like others.
    pub struct Keyboard {
        before: Option<Termios>,
    }

    impl Keyboard {
        /// Does nothing on a terminal that cannot be changed.
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
            // An unread end of input would become a zero byte when the line editor takes over.
            changed.control_chars[SpecialCharacterIndices::VEOF as usize] = nix::libc::_POSIX_VDISABLE;
            // Echoed keys would mix with the output; the line editor shows them when it reads them.
            changed.local_flags.remove(LocalFlags::ECHO);
            let _ = tcsetattr(std::io::stdin(), SetArg::TCSANOW, &changed);
            self.before = Some(before);
        }

        /// The line editor asks the terminal which key ends the input.
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
}

/// The console keeps what is typed for the next line, and shows it then.
#[cfg(not(unix))]
mod others {
    pub struct Keyboard;

    impl Keyboard {
        pub fn hold() -> Keyboard {
            Keyboard
        }

        pub fn hold_again(&mut self) {}

        pub fn release(&mut self) {}
    }
}
