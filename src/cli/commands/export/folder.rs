//! `export FOLDER`: all notebooks below a folder, with links between their pages.
//!
//! A notebook that cannot be read is reported, and the others are written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{of_notebook, print_notes};
use crate::cli::args::{ExportArgs, Target};
use crate::cli::commands::asked_for;
use crate::cli::exit::{Exit, usage};
use crate::cli::files::shown_path;
use crate::cli::page::addresses::Pages;
use crate::cli::page::source::Source;
use crate::cli::page::written::Exported;
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{name, report, visible};

pub fn export(args: &ExportArgs) -> Result<Exit> {
    let ending = match args.to {
        Target::Html => "html",
        Target::Md => "md",
        Target::Script => "rs",
        Target::Rs => "",
        Target::Ipynb => {
            return Err(usage("`--to ipynb` reads one script\nhelp: name the script"));
        }
    };
    let Some(output) = &args.output else {
        return Err(usage("a folder of notebooks becomes a folder of files\nhelp: name it with `-o FOLDER`"));
    };
    let folder = std::path::absolute(&args.file)?;
    let notebooks = asked_for(std::slice::from_ref(&args.file))?;
    if notebooks.is_empty() {
        streams::eprintln!("error: nothing to export: no notebook in {}", name(&shown_path(&args.file)));
        return Ok(Exit::NothingToTest);
    }
    let pages = Pages {
        ending: matches!(args.to, Target::Html | Target::Md).then_some(ending),
        of: Some(notebooks.iter().filter_map(|path| path.canonicalize().ok()).collect::<HashSet<_>>()),
        root: Some(folder.clone()),
    };
    let mut exported: Vec<(&Path, PathBuf, Exported)> = Vec::new();
    let mut exit = Exit::Passed;
    for path in &notebooks {
        let to = output.join(path.strip_prefix(&folder).unwrap_or(path)).with_extension(ending);
        match Source::read(path).and_then(|source| of_notebook(&source, args.to, Some(&to), &pages, args.trust)) {
            Ok(files) => exported.push((path, to, files)),
            Err(error) => {
                let text = format!("error: {}: {}", name(&shown_path(path)), visible(&format!("{error:#}")));
                streams::eprintln!("{}", report(&text));
                exit = Exit::Broken;
            }
        }
    }
    exported.iter().try_for_each(|(path, to, files)| files.refuse(path, to, args.force))?;
    for (path, to, files) in &exported {
        files.write(path, to, args.force)?;
        print_notes(path, &files.notes);
    }
    streams::eprintln!("{}: {} exported", name(&shown_path(output)), count(exported.len(), "notebook"));
    Ok(exit)
}
