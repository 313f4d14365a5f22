//! GitHub annotations: workflow commands that GitHub shows at a line of a file.
//!
//! `test` and `lint` print them with `--format github`.

use std::path::{Path, PathBuf};

use super::wording::{line_in_file, verdict_details, verdict_message};
use crate::cli::files;
use crate::cli::runner::result::{CellReport, NotebookReport};
use crate::cli::terminal::shown::visible;

/// One notebook's annotations, one per line.
pub fn annotations(report: &NotebookReport) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        let name = report.path.file_name().unwrap_or_default().to_string_lossy();
        text += &annotation("error", &report.path, 1, &name, &problem.text);
    }
    for cell in &report.cells {
        let line = line_in_file(report, cell);
        if cell.verdict.is_failure() {
            let title = format!("`{}`: {}", cell.id, cell.verdict.word());
            text += &annotation("error", &report.path, line, &title, &message(cell));
        }
        for reason in &cell.not_portable {
            text += &annotation("warning", &report.path, line, &format!("`{}` is not portable", cell.id), reason);
        }
    }
    text
}

/// One annotation: an `error` or a `warning` at a line of a file.
pub fn annotation(kind: &str, path: &Path, line: usize, title: &str, message: &str) -> String {
    let (file, title, message) = (property(&in_repository(path)), property(title), data(message));
    format!("::{kind} file={file},line={line},title={title}::{message}\n")
}

fn message(cell: &CellReport) -> String {
    let (verdict, details) = (verdict_message(&cell.verdict), verdict_details(cell));
    format!("`{}` {verdict}\n{details}", cell.id).trim_end().to_string()
}

/// A command is one line, and holds no other command.
fn data(text: &str) -> String {
    visible(text).replace("##", "#\\#").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A colon or comma would end a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// GitHub names files by their path in the repository.
fn in_repository(path: &Path) -> String {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from).or_else(|| files::repository(path));
    let relative = root.as_ref().and_then(|root| path.strip_prefix(root).ok());
    relative.map_or_else(|| files::shown_path(path), |path| path.display().to_string())
}
