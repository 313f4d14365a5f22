//! The arguments of `new`, `edition` and `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The course's folder, which must not exist yet; its last part is the name of the crate
    pub name: PathBuf,
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
pub struct ExportArgs {
    /// The notebook or script
    pub file: PathBuf,
    /// The target format
    #[arg(long, value_enum, value_name = "FORM")]
    pub to: Target,
    /// The file to write, or for `rs` the folder [default: stdout]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long)]
    pub force: bool,
    /// With `--to ipynb`: overwrite the notebook, and keep the outputs of cells whose id and source are the same
    #[arg(long, requires = "output")]
    pub update: bool,
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
