//! The arguments of `data`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub struct DataArgs {
    #[command(subcommand)]
    pub action: DataAction,
}

#[derive(Debug, Subcommand)]
pub enum DataAction {
    /// Download MNIST, 11.6 MB, unless the right files are already present
    Mnist(FetchArgs),
    /// Download Fashion-MNIST, 30.9 MB: clothes instead of digits
    FashionMnist(FetchArgs),
    /// List the data sets, and which of them are present
    List,
    /// Check the size and the sha256 of every file that is present
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub struct FetchArgs {
    /// Take the files from this folder or URL instead of the usual mirrors; repeat it to add fallbacks
    #[arg(long, value_name = "FOLDER|URL")]
    pub from: Vec<String>,
    /// Save the files in this folder [default: where `Mnist::find()` looks]
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
    /// Try the next mirror after this many seconds without data
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    pub patience: u16,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The data set [default: all that are present]
    #[arg(value_enum)]
    pub set: Option<KnownSet>,
    /// The folder of the files [default: where `Mnist::find()` looks]
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

/// The data sets by their names on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KnownSet {
    Mnist,
    FashionMnist,
}
