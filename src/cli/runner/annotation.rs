//! Annotations that GitHub shows at the line of a file, in the form of workflow commands.
//!
//! What they need escaped is escaped here; what is told is decided elsewhere.

use std::path::Path;

use crate::cli::files;

/// One annotation: `error` or `warning`, at a line of a file of the repository.
pub fn command(kind: &str, file: &str, line: usize, title: &str, message: &str) -> String {
    let message = data(message);
    format!("::{kind} file={},line={line},title={}::{message}\n", property(file), property(title))
}

/// A message is one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property, colons and commas would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// GitHub knows files by their place in the repository.
pub fn in_repository(path: &Path) -> String {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(std::path::PathBuf::from).or_else(|| files::repository(path));
    let relative = root.as_ref().and_then(|root| path.strip_prefix(root).ok());
    relative.map_or_else(|| files::shown_path(path), |path| path.display().to_string())
}
