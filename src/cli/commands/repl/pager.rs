//! The reader's pager: `$PAGER`, otherwise `less`, as for `man`.
//!
//! Whether a text needs one is decided by `screen`.

use std::env;
use std::io::Write;
use std::process::{Command, Stdio};

/// A shell's exit codes for a program that cannot be started.
const NOT_STARTED: [i32; 2] = [126, 127];

/// Shows a text and waits until the pager exits; `false` if there is no pager. `keys` explains its keys.
pub fn show(text: &str, keys: &str) -> bool {
    let Some(mut command) = command() else { return false };
    // Pass colours through, quit at once if the text fits, leave the text on the screen.
    if env::var_os("LESS").is_none() {
        command.env("LESS", format!("FRXPs{keys}$"));
    }
    if env::var_os("LESSCHARSET").is_none() {
        command.env("LESSCHARSET", "utf-8");
    }
    let Ok(mut pager) = command.stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut stdin) = pager.stdin.take() {
        // The pager may be quit early, which closes the pipe.
        let _ = stdin.write_all(text.as_bytes());
    }
    pager.wait().is_ok_and(|status| !status.code().is_some_and(|code| NOT_STARTED.contains(&code)))
}

/// `None` if `$PAGER` is empty.
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
