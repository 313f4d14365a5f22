//! The reader's pager: `$PAGER`, otherwise `less`, as `man` has it.
//!
//! Whether a text is long enough for one is decided by the screen.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

/// What a shell says of a program that cannot be started.
const NOT_STARTED: [i32; 2] = [126, 127];

/// Shows a text and waits until the reader has left it; `false` if there is no pager. `keys` says how to read on and
/// to leave.
pub fn show(text: &str, keys: &str) -> bool {
    let Some(mut command) = command() else { return false };
    // Colours pass, a page that fits is only printed, and what was read stays on the screen.
    if env::var_os("LESS").is_none() {
        command.env("LESS", format!("FRXPs{keys}$"));
    }
    if env::var_os("LESSCHARSET").is_none() {
        command.env("LESSCHARSET", "utf-8");
    }
    let Ok(mut pager) = command.stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut stdin) = pager.stdin.take() {
        // A reader who leaves early closes the pipe.
        let _ = stdin.write_all(text.as_bytes());
    }
    pager.wait().is_ok_and(|status| !status.code().is_some_and(|code| NOT_STARTED.contains(&code)))
}

/// An empty `$PAGER` means none.
fn command() -> Option<Command> {
    match env::var("PAGER") {
        Ok(pager) if pager.trim().is_empty() => None,
        Ok(pager) => {
            let mut command = Command::new("sh");
            command.args(["-c", &pager]);
            Some(command)
        }
        Err(_) => Some(Command::new("less")),
    }
}
