//! The `forward-pass` command: the session's hooks first, then parse, run, and one place for errors and exit codes.
//!
//! It decides nothing else: what the command does is in `cli`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // The same binary is also the process that runs the cells: then this does not return.
    cli::engine::hook();
    cli::main()
}
