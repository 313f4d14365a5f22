//! Reads settings files: `forward-pass.toml` of the project, `NAME.forward-pass.toml` beside a notebook.
//!
//! What a setting means is in `rules`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::rules::{Rules, Settings, check, layered, missing};
use crate::cli::notebook::ipynb::Notebook;

/// The project's file, searched for in the notebook's folder and all folders above it.
pub const PROJECT_FILE: &str = "forward-pass.toml";

/// The settings of all cells of a notebook: from the project, the file beside the notebook, and its metadata.
pub fn of_notebook(path: &Path, notebook: &Notebook) -> Result<Settings> {
    let project = project_file(path).map(|file| read(&file)).transpose()?.unwrap_or_default();
    let beside = file_beside(path);
    let beside = if beside.is_file() { read(&beside)? } else { Settings::new() };
    check(&notebook.settings).map_err(anyhow::Error::msg).context("the notebook's metadata cannot be used")?;
    let settings = layered(&[&project, &beside, &notebook.settings]);
    Ok(layered(&[&settings, &without_its_data(&settings)]))
}

/// A notebook whose data is missing may compare nothing: each of its cells is skipped with a reason.
fn without_its_data(settings: &Settings) -> Settings {
    let absent = settings.get("requires").is_some_and(|set| matches!(missing(set), Ok(Some(_))));
    let allowed = absent.then(|| ("allow".to_string(), "nothing-compared".to_string()));
    allowed.into_iter().collect()
}

/// `NAME.forward-pass.toml` beside `NAME.ipynb`.
pub fn file_beside(notebook: &Path) -> PathBuf {
    notebook.with_extension(PROJECT_FILE)
}

/// The file with the normalisers of a notebook's project, and their names. They need not match in every notebook.
pub fn project_normalisers(notebook: &Path) -> Option<(PathBuf, Vec<String>)> {
    let file = project_file(notebook)?;
    let rules = Rules::of_notebook(&read(&file).ok()?).ok()?;
    Some((file, rules.measure.normalisers.into_iter().map(|it| it.name).collect()))
}

/// The project's file for a notebook.
pub fn project_file(notebook: &Path) -> Option<PathBuf> {
    notebook.ancestors().skip(1).map(|folder| folder.join(PROJECT_FILE)).find(|file| file.is_file())
}

fn read(path: &Path) -> Result<Settings> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("cannot use {}", path.display()))
}

fn parse(text: &str) -> Result<Settings> {
    let table: toml::Table = text.parse().context("it is not TOML")?;
    let mut settings = Settings::new();
    for (key, value) in table {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Table(_) => bail!("`[{key}]` is a table\nhelp: write settings as `key = value` lines"),
            toml::Value::Array(_) => serde_json::to_string(&value).context("it has an unreadable list")?,
            other => other.to_string(),
        };
        settings.insert(key, text);
    }
    // Checked here so that the error names the file.
    check(&settings).map_err(anyhow::Error::msg)?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_sets_tolerances_and_normalisers() {
        let text = "rtol = 1e-6\nrun_timeout = 30\nunordered = true\n\n[[normalisers]]\nname = \"clock\"\n\
                    pattern = '\\d+:\\d+'\nreplace = \"TIME\"\nreason = \"the clock moves\"\n";
        let rules = Rules::of_notebook(&parse(text).unwrap()).unwrap();
        assert_eq!(rules.measure.tolerance.rtol, 1e-6);
        assert!(rules.measure.unordered);
        assert_eq!(rules.measure.normalisers[0].apply("at 12:30"), "at TIME");
    }

    #[test]
    fn errors_in_a_settings_file_are_reported() {
        let wrong = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(wrong("rtol = ").starts_with("it is not TOML"));
        assert_eq!(wrong("rtoll = 1"), "unknown setting `rtoll`\nhelp: did you mean `rtol`?");
        assert_eq!(wrong("[x]\na = 1"), "`[x]` is a table\nhelp: write settings as `key = value` lines");
    }
}
