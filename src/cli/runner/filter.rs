//! Which notebooks and which of their cells are tested: paths, `--filter`, `--shard`.
//!
//! It reads notebooks, and runs none.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::execute::code_cells;
use crate::cli::files;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::suggest::nearest;

/// A notebook to test.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub path: PathBuf,
    /// The chosen cells by their places; None is all of them.
    pub cells: Option<HashSet<usize>>,
}

/// The K-th of N parts, every N-th notebook.
pub fn shard(chosen: Vec<Chosen>, (part, parts): (usize, usize)) -> Vec<Chosen> {
    chosen.into_iter().enumerate().filter(|(at, _)| at % parts == part - 1).map(|(_, it)| it).collect()
}

/// The notebooks with a cell that some filter names; all without a filter. `Err` holds what to say when a filter
/// names nothing.
pub fn filter(paths: Vec<PathBuf>, filters: &[String]) -> Result<Vec<Chosen>, String> {
    if filters.is_empty() {
        return Ok(paths.into_iter().map(|path| Chosen { path, cells: None }).collect());
    }
    let filters: Vec<Filter> = filters.iter().map(|text| Filter::new(text)).collect();
    let mut used = vec![false; filters.len()];
    let mut names = Vec::new();
    let mut all = Vec::new();
    for path in paths {
        // What cannot be read cannot be chosen by its cells: it is tested, and fails.
        let Ok(notebook) = Notebook::read(&path) else {
            let named: Vec<bool> = filters.iter().map(|filter| filter.names_notebook(&path)).collect();
            used.iter_mut().zip(&named).for_each(|(used, named)| *used |= named);
            all.extend(named.contains(&true).then_some(Chosen { path, cells: None }));
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
        all.extend((!cells.is_empty()).then_some(Chosen { path, cells: Some(cells) }));
    }
    match filters.iter().zip(&used).find(|(_, used)| !**used) {
        Some((filter, _)) => Err(names_nothing(&filter.text, &names)),
        None => Ok(all),
    }
}

fn names_nothing(filter: &str, names: &[String]) -> String {
    let wanted = filter.rsplit("::").next().unwrap_or(filter);
    let hint = match nearest(wanted, names).as_slice() {
        [] => "the ids of the cells are told by `--list`".to_string(),
        near => format!("did you mean `{}`?", near.join("` or `")),
    };
    format!("`--filter {filter}` names no cell and no notebook\nhelp: {hint}")
}

/// A filter: a notebook's name, a cell's id, or both with `::` between.
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

/// The whole name, with `*` for any text.
fn pattern(text: &str) -> Regex {
    let parts: Vec<String> = text.split('*').map(regex::escape).collect();
    Regex::new(&format!("^{}$", parts.join(".*"))).expect("an escaped text is a valid pattern")
}
