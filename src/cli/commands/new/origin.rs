//! Where this program can be installed from: the only place that says so. README.md and docs/jupyter.md repeat the
//! line, and a test compares them.

/// In a clone of the source; the program is not in a registry yet.
pub const INSTALL: &str = "cargo install --locked --path .";

/// What `cargo install --locked` needs to fetch the program, or nothing while Cargo.toml names no repository.
pub fn source() -> String {
    match env!("CARGO_PKG_REPOSITORY") {
        "" => String::new(),
        repository => format!("--git {repository} forward-pass"),
    }
}
