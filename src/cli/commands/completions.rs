//! `completions` and `man`: shell completions and manual pages, generated from the arguments.
//!
//! Nothing is installed; `--help` says where the files belong.

use std::path::Path;

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::args::Args;
use crate::cli::exit::Exit;
use crate::cli::streams;

/// Writes a shell's completions to standard output.
pub fn completions(shell: Shell) -> Result<Exit> {
    streams::write(&text_for(shell));
    Ok(Exit::Passed)
}

fn text_for(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut offered(), "forward-pass", &mut text);
    if shell == Shell::Bash {
        // clap_complete 4.6 spells the name's hyphen in two ways (clap-rs/clap#6421): options of subcommands are
        // missing.
        let spelt = String::from_utf8_lossy(&text).replace("forward__subcmd__pass", "forward__pass");
        return spelt.into_bytes();
    }
    text
}

/// The command line without its hidden subcommands, which a shell would offer as well.
fn offered() -> Command {
    let whole = Args::command();
    let shown = whole.get_subcommands().filter(|it| !it.is_hide_set()).cloned().collect::<Vec<_>>();
    Command::new("forward-pass")
        .version(env!("CARGO_PKG_VERSION"))
        .args(whole.get_arguments().cloned())
        .subcommands(shown)
}

/// The manual page to standard output, or a page for each subcommand into a folder.
pub fn man(folder: Option<&Path>) -> Result<Exit> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        clap_mangen::generate_to(Args::command(), folder)
            .with_context(|| format!("cannot write into {}", folder.display()))?;
        return Ok(Exit::Passed);
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(Args::command()).render(&mut text)?;
    streams::write(&text);
    Ok(Exit::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path of each subcommand that is shown, with its long options.
    fn shown(command: &Command, path: &str) -> Vec<(String, Vec<String>)> {
        let options = command.get_arguments().filter(|it| !it.is_hide_set()).filter_map(|it| it.get_long());
        let mut all = vec![(path.to_owned(), options.map(str::to_owned).collect())];
        for inner in command.get_subcommands().filter(|it| !it.is_hide_set()) {
            all.extend(shown(inner, format!("{path} {}", inner.get_name()).trim()));
        }
        all
    }

    #[test]
    fn the_shells_know_every_command_and_option_and_nothing_hidden() {
        let all = shown(&Args::command(), "");
        assert!(all.len() > 20 && all.iter().any(|(_, options)| options.contains(&"images".to_owned())), "{all:?}");
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = String::from_utf8(text_for(shell)).unwrap();
            let words: std::collections::HashSet<&str> =
                text.split(|c: char| !c.is_alphanumeric() && c != '-').map(|it| it.trim_start_matches('-')).collect();
            for (path, options) in &all {
                for word in path.split(' ').filter(|it| !it.is_empty()).chain(options.iter().map(String::as_str)) {
                    assert!(words.contains(word), "{shell} does not know `{word}` of `{path}`");
                }
            }
            assert!(!text.contains("Run the cells of a plain text"), "{shell}");
        }
    }

    #[test]
    fn every_command_has_a_manual_page_with_its_options() {
        let folder = tempfile::tempdir().unwrap();
        man(Some(folder.path())).unwrap();
        for (path, options) in shown(&Args::command(), "forward-pass") {
            let file = folder.path().join(format!("{}.1", path.replace(' ', "-")));
            let page = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let page = page.replace("\\-", "-");
            for option in options {
                assert!(page.contains(&format!("--{option}")), "{}: --{option}", file.display());
            }
        }
    }
}
