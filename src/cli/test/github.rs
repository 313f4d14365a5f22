//! `--format github`: annotations that GitHub shows at the line of the file.
//!
//! The form is that of workflow commands; what they need escaped is escaped here.

use std::path::Path;

use crate::cli::files;

use super::notebook::{CellReport, NotebookReport};
use super::words::{line_in_file, shown_path, verdict_details, verdict_words};

/// One notebook's annotations, a line each.
pub fn annotations(report: &NotebookReport) -> String {
    let mut text = String::new();
    let file = in_repository(&report.path);
    for problem in &report.problems {
        text += &command("error", &file, 1, &report_title(report), &problem.text);
    }
    for cell in &report.cells {
        let line = line_in_file(report, cell);
        if cell.verdict.is_failure() {
            text += &command("error", &file, line, &title(cell), &message(cell));
        }
        for reason in &cell.not_portable {
            text += &command("warning", &file, line, &format!("`{}` is not portable", cell.id), reason);
        }
    }
    text
}

fn report_title(report: &NotebookReport) -> String {
    report.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn title(cell: &CellReport) -> String {
    format!("`{}`: {}", cell.id, cell.verdict.word())
}

fn message(cell: &CellReport) -> String {
    format!("`{}` {}\n{}", cell.id, verdict_words(&cell.verdict), verdict_details(&cell.verdict)).trim_end().to_string()
}

fn command(kind: &str, file: &str, line: usize, title: &str, message: &str) -> String {
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
fn in_repository(path: &Path) -> String {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(std::path::PathBuf::from).or_else(|| files::repository(path));
    let relative = root.as_ref().and_then(|root| path.strip_prefix(root).ok());
    relative.map_or_else(|| shown_path(path), |path| path.display().to_string())
}
