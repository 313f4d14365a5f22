//! Selects the notebooks and cells to test: `--filter` and `--shard`.
//!
//! It reads notebooks and runs none.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::execute::code_cells;
use crate::cli::files::{self, Origin};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::suggest::nearest;

/// A notebook to test.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub path: PathBuf,
    /// The file it leads to, before any cell runs.
    pub origin: Origin,
    /// The places of the chosen cells; `None` means all of them.
    pub cells: Option<HashSet<usize>>,
}

impl Chosen {
    fn new(path: PathBuf, cells: Option<HashSet<usize>>) -> Chosen {
        Chosen { origin: Origin::of(&path), path, cells }
    }

    /// Whether the cell at this place is chosen.
    pub fn has(&self, at: usize) -> bool {
        self.cells.as_ref().is_none_or(|cells| cells.contains(&at))
    }
}

/// The K-th of N parts: every N-th notebook.
pub fn shard(chosen: Vec<Chosen>, (part, parts): (usize, usize)) -> Vec<Chosen> {
    chosen.into_iter().enumerate().filter(|(at, _)| at % parts == part - 1).map(|(_, it)| it).collect()
}

/// The notebooks with a cell that matches a filter; all of them without filters. `Err` is the message when a filter
/// matches nothing.
pub fn filter(paths: Vec<PathBuf>, filters: &[String]) -> Result<Vec<Chosen>, String> {
    if filters.is_empty() {
        return Ok(paths.into_iter().map(|path| Chosen::new(path, None)).collect());
    }
    let filters: Vec<Filter> = filters.iter().map(|text| Filter::new(text)).collect();
    let mut used = vec![false; filters.len()];
    let mut names = Vec::new();
    let mut all = Vec::new();
    for path in paths {
        // An unreadable notebook can only be chosen by its name; testing it reports why.
        let Ok(notebook) = Notebook::read(&path) else {
            let named: Vec<bool> = filters.iter().map(|filter| filter.names_notebook(&path)).collect();
            used.iter_mut().zip(&named).for_each(|(used, named)| *used |= named);
            all.extend(named.contains(&true).then(|| Chosen::new(path, None)));
            continue;
        };
        let mut cells = HashSet::new();
        for (at, cell) in code_cells(&notebook) {
            names.push(cell.id.clone());
            for (filter, used) in filters.iter().zip(&mut used) {
                if filter.names(&path, &cell.id) {
                    *used = true;
                    cells.insert(at);
                }
            }
        }
        names.push(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        all.extend((!cells.is_empty()).then(|| Chosen::new(path, Some(cells))));
    }
    match filters.iter().zip(&used).find(|(_, used)| !**used) {
        Some((filter, _)) => Err(no_match(&filter.text, &names)),
        None => Ok(all),
    }
}

fn no_match(filter: &str, names: &[String]) -> String {
    let wanted = filter.rsplit("::").next().unwrap_or(filter);
    let hint = match nearest(wanted, names).as_slice() {
        [] => "`--list` prints the cell ids".to_string(),
        near => format!("did you mean `{}`?", near.join("` or `")),
    };
    format!("`--filter {filter}` matches no cell and no notebook\nhelp: {hint}")
}

/// A notebook's name, a cell's id, or NOTEBOOK::CELL.
struct Filter {
    text: String,
    notebook: Option<Regex>,
    cell: Option<Regex>,
}

impl Filter {
    fn new(text: &str) -> Filter {
        let (notebook, cell) = match text.split_once("::") {
            Some((notebook, cell)) => (Some(pattern(notebook)), Some(pattern(cell))),
            None => (Some(pattern(text)), None),
        };
        Filter { text: text.to_string(), notebook, cell }
    }

    fn names(&self, path: &Path, cell: &str) -> bool {
        match &self.cell {
            Some(wanted) => self.names_notebook(path) && wanted.is_match(cell),
            None => self.names_notebook(path) || self.notebook.as_ref().is_some_and(|it| it.is_match(cell)),
        }
    }

    fn names_notebook(&self, path: &Path) -> bool {
        let part = |name: Option<&std::ffi::OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
        let names =
            [part(path.file_name()), part(path.file_stem()), files::shown_path(path), path.display().to_string()];
        self.notebook.as_ref().is_some_and(|wanted| names.iter().any(|name| wanted.is_match(name)))
    }
}

/// Matches a whole name; `*` stands for any text.
fn pattern(text: &str) -> Regex {
    let parts: Vec<String> = text.split('*').map(regex::escape).collect();
    Regex::new(&format!("^{}$", parts.join(".*"))).expect("an escaped text is a valid pattern")
}
