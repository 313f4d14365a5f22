//! `clean`: empties the cache of compiled dependencies and cells, and reports how much was freed.
//!
//! Files that a running session uses and downloaded data sets stay.

use anyhow::Result;

use crate::cli::engine;
use crate::cli::exit::Exit;
use crate::cli::streams;
use crate::cli::terminal::plural::count;

pub fn run() -> Result<Exit> {
    let cleared = engine::clear_cache()?;
    let folder = cleared.folder.display();
    match (cleared.freed, cleared.in_use) {
        (0, 0) => streams::println!("nothing to free: `{folder}` is empty"),
        (0, _) => {}
        (freed, _) => streams::println!("freed {} in `{folder}`", megabytes(freed)),
    }
    if cleared.in_use > 0 {
        streams::println!("kept {} in use by a running session", count(cleared.in_use, "build"));
    }
    Ok(Exit::Passed)
}

/// To a tenth, rounded up, so that a small amount is never shown as 0.0 MB.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
