//! The arguments of `new`, `edition` and `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::help;
use crate::cli::lang::Lang;

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The course's folder, which must not exist yet; its last part is the name of the crate
    pub name: PathBuf,
}

#[derive(Debug, Args)]
pub struct LearnArgs {
    /// The folder for the copy, which must not exist yet
    pub folder: PathBuf,
    /// The language of the notebooks [default: from LC_ALL or LANG]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Lang>,
}

#[derive(Debug, Args)]
pub struct SiteArgs {
    /// A folder of notebooks to make the site from, instead of the chapter
    pub path: Option<PathBuf>,
    /// The folder to write
    #[arg(short, long, value_name = "FOLDER")]
    pub output: PathBuf,
    /// The language of the pages [default: every language of the chapter]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Lang>,
    /// Serve the site to this machine's browser afterwards; 0 takes any free port
    #[arg(long, value_name = "PORT")]
    pub serve: Option<u16>,
    /// The site's address, for a list of its pages that search engines read
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
    /// Leave out the moving figures, which have to be compiled
    #[arg(long)]
    pub still: bool,
}

#[derive(Debug, Args)]
pub struct ExercisesArgs {
    /// Run them: every stub must fail, every solution pass, and every wrong answer be rejected with its hint
    #[arg(long)]
    pub check: bool,
    /// Print one line of JSON for each exercise
    #[arg(long)]
    pub json: bool,
    /// The language of the titles [default: from LC_ALL or LANG]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Lang>,
}

#[derive(Debug, Args)]
pub struct EditionArgs {
    #[command(subcommand)]
    pub action: EditionAction,
    /// The folder with a folder for each language [default: this project's]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub notebooks: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum EditionAction {
    /// Report differences in code and outputs, and prose that has to be reviewed; nothing is changed
    Check,
    /// Copy code and outputs from one edition to another, and keep its prose
    Sync {
        /// The edition to copy from
        #[arg(long, default_value = "en", value_name = "LANGUAGE")]
        from: String,
        /// The edition to update or create
        #[arg(long, default_value = "ko", value_name = "LANGUAGE")]
        to: String,
    },
    /// Confirm that prose cells match their counterparts as they are now
    Settle {
        /// The prose cells [default: all]
        cells: Vec<String>,
    },
}

#[derive(Debug, Args)]
#[command(after_long_help = help::EXPORT)]
pub struct ExportArgs {
    /// The notebook or script, or a folder of notebooks
    pub file: PathBuf,
    /// The target format
    #[arg(long, value_enum, value_name = "FORM")]
    pub to: Target,
    /// The file to write, or `-` for stdout; for `rs`, and for a folder of notebooks, the folder [default: stdout]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long)]
    pub force: bool,
    /// With `--to ipynb`: overwrite the notebook, and keep the outputs of cells whose id and source are the same
    #[arg(long, requires = "output")]
    pub update: bool,
    /// Leave scripts, event handlers and `javascript:` links of the notebook in the page
    #[arg(long)]
    pub trust: bool,
}

/// What a notebook can be converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// A Rust program with its manifest, which prints the same output
    Rs,
    /// A Markdown page, with its figures in files beside it
    Md,
    /// A self-contained HTML page
    Html,
    /// A script with a line `// %%` before each cell, as Jupytext writes it
    Script,
    /// A notebook, from such a script
    Ipynb,
}
