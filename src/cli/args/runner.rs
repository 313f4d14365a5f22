//! The arguments of `run`, `test`, `review`, `lint`, `fmt` and `cells`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::help;

#[derive(Debug, Args)]
#[command(after_long_help = help::RUN)]
pub struct RunArgs {
    /// The notebook; its code, and the build scripts of its dependencies, run as you
    pub notebook: PathBuf,
    /// Write the executed notebook to this file; `-` writes it to stdout, and the outputs of cells to stderr
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Give a variable of the cell tagged `parameters` another value; can be repeated
    #[arg(short, long = "parameter", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// Run `!command` lines in the shell, instead of refusing them
    #[arg(long)]
    pub allow_shell: bool,
}

/// What `test` and `review` run, and how.
#[derive(Debug, Args)]
pub struct RunnerArgs {
    /// Notebooks, or folders of notebooks [default: this project's]
    pub paths: Vec<PathBuf>,
    /// Test only these: a cell's id, a notebook's name, or NOTEBOOK::CELL; `*` matches any text; can be repeated
    #[arg(long, value_name = "NAME")]
    pub filter: Vec<String>,
    /// Time limit for running a cell, in seconds, unless its author sets another
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    pub timeout: Duration,
    /// Time limit for compiling a cell, in seconds, unless its author sets another
    #[arg(long, value_name = "SECONDS", default_value = "1200", value_parser = seconds)]
    pub compile_timeout: Duration,
    /// Run N notebooks in parallel, 0 for one per processor; safe only if they do not share files
    #[arg(long, short, value_name = "N", default_value_t = 1)]
    pub jobs: usize,
    /// Compile each cell on its own instead of in batches; slower, with the same results
    #[arg(long)]
    pub one_by_one: bool,
    /// Run `!command` lines in the shell, instead of refusing them
    #[arg(long)]
    pub allow_shell: bool,
    /// What to do with notebooks for other kernels than Rust's
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub foreign: Foreign,
}

#[derive(Debug, Args)]
#[command(after_long_help = help::TEST)]
pub struct TestArgs {
    #[command(flatten)]
    pub runner: RunnerArgs,
    /// Store the new outputs, and change nothing else; with `--filter`, only those of the chosen cells
    #[arg(long)]
    pub accept: bool,
    /// With `--accept`: fail if anything had to be stored
    #[arg(long, requires = "accept")]
    pub fail: bool,
    /// Also write the executed notebooks, with their new outputs, into this folder, whether they pass or not
    #[arg(long, value_name = "FOLDER")]
    pub write: Option<PathBuf>,
    /// Write changed outputs to NAME.ipynb.new beside each notebook, for `review`
    #[arg(long, conflicts_with = "accept")]
    pub pending: bool,
    /// Stop at the first failure; the summary counts the cells that did not run
    #[arg(long)]
    pub fail_fast: bool,
    /// Also fail cells that pass here but would fail on the stock Jupyter kernel (by default they are only reported)
    #[arg(long)]
    pub portable: bool,
    /// Test only the K-th of N parts of the notebooks, for parallel CI jobs
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,
    /// The format of the report on stdout
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// Also write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write changed figures into this folder: stored, fresh, and the difference [default: the user's cache; not in CI]
    #[arg(long, value_name = "FOLDER")]
    pub pictures: Option<PathBuf>,
    /// Test again whenever a notebook, its settings or a path dependency changes
    #[arg(long, conflicts_with_all = ["accept", "junit", "list"])]
    pub watch: bool,
    /// List the cells that would run, without running them
    #[arg(long, conflicts_with = "accept")]
    pub list: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = help::REVIEW)]
pub struct ReviewArgs {
    #[command(flatten)]
    pub runner: RunnerArgs,
    /// Named by mistake; the message names `test --accept`
    #[arg(long, hide = true)]
    pub accept: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = help::LINT)]
pub struct LintArgs {
    /// Notebooks, or folders of notebooks [default: this project's]
    pub paths: Vec<PathBuf>,
    /// Turn this lint off; can be repeated
    #[arg(long, value_name = "LINT")]
    pub allow: Vec<String>,
    /// The format of the report on stdout
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
    /// First repair what is safe: missing and repeated ids, execution counts, and the stock kernel's `pygment_lexer`
    #[arg(long)]
    pub fix: bool,
}

#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Notebooks, or folders of notebooks [default: this project's]
    pub paths: Vec<PathBuf>,
    /// Change nothing, name the notebooks that are not formatted, and fail if there are any
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub struct WarmArgs {
    /// Notebooks, or folders of notebooks
    #[arg(required = true)]
    pub notebooks: Vec<PathBuf>,
    /// Fill this folder, and make it readable by all users [default: your own cache]
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
}

/// What to do with a notebook in another language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Foreign {
    /// Fail it
    #[default]
    Fail,
    /// Skip it, and count it in the summary
    Skip,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text
    #[default]
    Human,
    /// Text, and annotations that GitHub shows at the line
    Github,
    /// One JSON document, at the end
    Json,
}

#[derive(Debug, Args)]
pub struct CellsArgs {
    /// The file [default: stdin]
    pub file: Option<PathBuf>,
    /// Time limit for running a cell, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Time limit for compiling a cell, in seconds
    #[arg(long, value_name = "SECONDS")]
    pub compile_timeout: Option<u64>,
    /// Print how long each cell took
    #[arg(long)]
    pub time: bool,
    /// Print one line of JSON for each cell
    #[arg(long, conflicts_with = "time")]
    pub json: bool,
    /// Precompile each cell before it runs, as the prompt does, after a cell that never runs
    #[arg(long)]
    pub ahead: bool,
    /// A file with the cells to come; they are compiled in batches, as `test` does
    #[arg(long, value_name = "FILE", conflicts_with = "ahead")]
    pub script: Option<PathBuf>,
    /// Run `!command` lines in the shell
    #[arg(long)]
    pub allow_shell: bool,
    /// Print the variables at the end
    #[arg(long)]
    pub variables: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.filter(|it| !it.is_zero()).ok_or_else(|| "write seconds such as 30 or 0.5".into())
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let numbers = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    let is_part = |(k, n): &(usize, usize)| (1..=*n).contains(k);
    numbers.filter(is_part).ok_or_else(|| "write K/N with K from 1 to N, such as 1/3".into())
}
