//! A terminal that hands over every key at once, as each system has it; dropping it restores the terminal.

#[cfg(unix)]
pub use of_unix::Raw;
#[cfg(windows)]
pub use of_windows::Raw;

/// What reading gave.
pub enum Read {
    Bytes(usize),
    Nothing,
    /// The terminal is gone.
    #[cfg_attr(windows, expect(dead_code, reason = "a console outlives its programs"))]
    End,
}

#[cfg(unix)]
mod of_unix {
    use std::io::{self, Stdin};
    use std::os::fd::AsFd;
    use std::time::Duration;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};

    use super::Read;

    pub struct Raw {
        stdin: Stdin,
        before: Termios,
    }

    impl Raw {
        /// `None` where stdin is not a terminal. Keys pressed before are discarded.
        pub fn begin() -> Option<Raw> {
            let stdin = io::stdin();
            let before = tcgetattr(&stdin).ok()?;
            let raw = Raw { stdin, before };
            raw.hold(SetArg::TCSAFLUSH).then_some(raw)
        }

        /// The same, but `None` if a line waits to be read.
        pub fn begin_idle() -> Option<Raw> {
            let stdin = io::stdin();
            let before = tcgetattr(&stdin).ok()?;
            let raw = Raw { stdin, before };
            (!raw.is_ready(Duration::ZERO)).then_some(())?;
            raw.hold(SetArg::TCSADRAIN).then_some(raw)
        }

        /// A shell that continued the process after Ctrl-Z may have changed the terminal.
        pub fn hold_again(&self) {
            self.hold(SetArg::TCSADRAIN);
        }

        fn hold(&self, when: SetArg) -> bool {
            let mut single = self.before.clone();
            // Ctrl-C stays a signal.
            single.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
            single.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
            single.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
            tcsetattr(&self.stdin, when, &single).is_ok()
        }

        pub fn is_ready(&self, patience: Duration) -> bool {
            let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::ZERO);
            let mut stdin = [PollFd::new(self.stdin.as_fd(), PollFlags::POLLIN)];
            poll(&mut stdin, timeout).is_ok_and(|ready| ready > 0)
        }

        /// Not through the buffer of stdin, which `poll` does not see.
        pub fn read(&self, bytes: &mut [u8]) -> Read {
            match nix::unistd::read(&self.stdin, bytes) {
                Ok(count) if count > 0 => Read::Bytes(count),
                Err(Errno::EINTR | Errno::EAGAIN) => Read::Nothing,
                _ => Read::End,
            }
        }
    }

    impl Drop for Raw {
        fn drop(&mut self) {
            let _ = tcsetattr(&self.stdin, SetArg::TCSADRAIN, &self.before);
        }
    }
}

#[cfg(windows)]
mod of_windows {
    use std::io::{self, IsTerminal};
    use std::time::{Duration, Instant};

    use super::Read;

    const TICK: Duration = Duration::from_millis(5);

    unsafe extern "C" {
        fn _kbhit() -> i32;
        fn _getwch() -> u16;
    }

    /// The C library reads single keys by itself, so nothing is to be restored.
    pub struct Raw;

    impl Raw {
        pub fn begin() -> Option<Raw> {
            let raw = io::stdin().is_terminal().then_some(Raw)?;
            while raw.is_ready(Duration::ZERO) {
                raw.read(&mut [0; 4]);
            }
            Some(raw)
        }

        /// The same, but `None` if a key waits to be read.
        pub fn begin_idle() -> Option<Raw> {
            let raw = io::stdin().is_terminal().then_some(Raw)?;
            (!raw.is_ready(Duration::ZERO)).then_some(raw)
        }

        pub fn hold_again(&self) {}

        pub fn is_ready(&self, patience: Duration) -> bool {
            let until = Instant::now() + patience;
            loop {
                // SAFETY: only asks.
                if unsafe { _kbhit() } != 0 {
                    return true;
                }
                if Instant::now() >= until {
                    return false;
                }
                std::thread::sleep(TICK);
            }
        }

        /// One key; those that are no characters arrive in two parts, and are nothing here.
        pub fn read(&self, bytes: &mut [u8]) -> Read {
            // SAFETY: waits for a key, which has been pressed.
            let key = unsafe { _getwch() };
            if matches!(key, 0 | 0xe0) {
                // SAFETY: as above, for the second part.
                unsafe { _getwch() };
                return Read::Nothing;
            }
            match char::from_u32(key.into()) {
                Some(key) => Read::Bytes(if key == '\r' { '\n' } else { key }.encode_utf8(bytes).len()),
                None => Read::Nothing,
            }
        }
    }
}
