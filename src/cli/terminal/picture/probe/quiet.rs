//! The terminal without echo, and what it answers meanwhile. Consoles of Windows are not asked.

#[cfg(unix)]
pub use of_unix::{Quiet, listen};
#[cfg(windows)]
pub use of_windows::{Quiet, listen};

#[cfg(unix)]
mod of_unix {
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};

    use super::super::{Answer, parse};

    /// The terminal without echo; dropping it restores the settings.
    pub struct Quiet {
        pub terminal: File,
        before: Termios,
    }

    impl Quiet {
        pub fn begin() -> Option<Quiet> {
            // The terminal by its own name where `poll` does not work on `/dev/tty`.
            let name = if cfg!(target_os = "macos") { nix::unistd::ttyname(std::io::stdin()).ok() } else { None };
            let name = name.unwrap_or_else(|| "/dev/tty".into());
            let terminal = File::options().read(true).write(true).open(name).ok()?;
            let before = tcgetattr(&terminal).ok()?;
            let mut quiet = before.clone();
            quiet.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
            quiet.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
            quiet.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
            tcsetattr(&terminal, SetArg::TCSANOW, &quiet).ok()?;
            Some(Quiet { terminal, before })
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            let _ = tcsetattr(&self.terminal, SetArg::TCSANOW, &self.before);
        }
    }

    /// How long the rest of an answer may take once it has begun.
    const BREATH: Duration = Duration::from_millis(100);

    pub fn listen(terminal: &mut File, until: Option<Instant>) -> Option<Answer> {
        let mut received = Vec::new();
        while !parse(&received).complete {
            let timeout = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                None if received.is_empty() => Duration::MAX,
                None => BREATH,
            };
            let timeout = PollTimeout::try_from(timeout).unwrap_or(PollTimeout::NONE);
            let ready = poll(&mut [PollFd::new(terminal.as_fd(), PollFlags::POLLIN)], timeout).ok()?;
            let mut bytes = [0; 256];
            match terminal.read(&mut bytes) {
                Ok(count) if ready > 0 && count > 0 => received.extend(&bytes[..count]),
                _ => break,
            }
            // Typed letters must be shown at once.
            if until.is_none() && !received.contains(&0x1b) {
                break;
            }
        }
        Some(parse(&received))
    }
}

#[cfg(windows)]
mod of_windows {
    use std::fs::File;
    use std::time::Instant;

    use super::super::Answer;

    pub struct Quiet {
        pub terminal: File,
    }

    impl Quiet {
        pub fn begin() -> Option<Quiet> {
            None
        }
    }

    pub fn listen(_: &mut File, _: Option<Instant>) -> Option<Answer> {
        None
    }
}
