//! `--fix`: repairs what needs no judgement. Outputs and sources stay as they are.

use std::path::Path;

use anyhow::Result;

use crate::cli::files::{Edited, Origin, edit, shown_path};
use crate::cli::notebook::ipynb::{Notebook, Repairs};
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::name;

/// Repairs a notebook atomically and reports what changed. One that cannot be read is left to the lints.
pub fn repair(path: &Path) -> Result<()> {
    if Notebook::read(path).is_err() {
        return Ok(());
    }
    let mut repairs = Repairs::default();
    let edited = edit(path, &Origin::of(path), &mut |bytes| {
        let notebook = Notebook::of_bytes(bytes)?;
        let (text, made) = notebook.repaired();
        repairs = made;
        Ok((text.as_bytes() != bytes).then(|| text.into_bytes()))
    })?;
    let shown = shown_path(path);
    if let Edited::Refused(why) = edited {
        streams::eprintln!("{}: nothing was repaired: {}", name(&shown), name(&why));
        return Ok(());
    }
    let Repairs { ids, counts, has_format, has_lexer } = repairs;
    let mut words = Vec::new();
    words.extend(has_format.then(|| "nbformat 4.5".to_owned()));
    words.extend((ids > 0).then(|| count(ids, "new id")));
    words.extend((counts > 0).then(|| count(counts, "new execution count")));
    words.extend(has_lexer.then(|| "`pygments_lexer` for `pygment_lexer`".to_owned()));
    if !words.is_empty() {
        streams::eprintln!("{}: repaired: {}", name(&shown), words.join(", "));
    }
    Ok(())
}
