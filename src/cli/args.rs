//! The arguments; their doc comments are the help.
//!
//! The long texts that teach stand in `args/help.rs`.

mod help;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::engine::Engine;
use crate::cli::lang::Lang;
use crate::cli::terminal::picture::Images;

/// A chapter on neural networks that runs, and a tool that tests Rust notebooks
///
/// Running a notebook runs its code, and the build scripts of its dependencies, as you: look before you run a
/// stranger's.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// What compiles and runs the cells
    #[arg(long, global = true, value_enum, default_value_t)]
    pub engine: EngineChoice,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk through the chapter, with live Rust at the prompt
    ///
    /// Press Enter to see the next cell run. Anything you type is Rust, in the same session; a colon begins a
    /// command, and `:help` lists them. Ctrl-C stops a running cell, Ctrl-D leaves. What you typed, which cells you
    /// have seen and the figures are kept in the folder for state (`$XDG_STATE_HOME/forward-pass`).
    ///
    /// Examples: `forward-pass repl` walks from the beginning; `forward-pass repl --section softmax` begins there;
    /// `forward-pass repl -c 'sigmoid(&array![0.0, 2.0])'` runs one line; `forward-pass repl mine.ipynb` walks
    /// through a notebook of yours; lines that are piped in are run one after the other.
    Repl(ReplArgs),
    /// Run a notebook and show what it shows
    Run(RunArgs),
    /// Run notebooks and compare what comes with their stored outputs
    Test(TestArgs),
    /// Look at changed outputs one at a time: accept, reject, or leave for later
    Review(ReviewArgs),
    /// Compare the chapter's editions in different languages, or carry code and outputs across
    Edition(EditionArgs),
    /// Say what can be seen to be wrong with notebooks; nothing is run
    Lint(LintArgs),
    /// Turn a notebook into a program, a page or a script, or a script into a notebook; nothing is run
    Export(ExportArgs),
    /// Begin a course: a crate, a notebook, a test and a CI file, green as they stand
    New(NewArgs),
    /// Fetch the real digits, or say whether they are here and right
    Data(DataArgs),
    /// Live Rust in Jupyter: install the kernel, take it away, see what is there
    Kernel(KernelArgs),
    /// Empty the cache of compiled dependencies and cells; what a running session uses stays
    #[cfg(unix)]
    Clean,
    /// Write a shell's completions of this command, to be put where that shell looks for them
    ///
    /// bash: `forward-pass completions bash > ~/.local/share/bash-completion/completions/forward-pass`
    ///
    /// zsh: `forward-pass completions zsh > FOLDER/_forward-pass`, where FOLDER is one of `$fpath`
    ///
    /// fish: `forward-pass completions fish > ~/.config/fish/completions/forward-pass.fish`
    Completions { shell: Shell },
    /// Write the manual page, or one for each subcommand into a folder: `forward-pass man | man -l -`
    Man { folder: Option<PathBuf> },
    /// Run the cells of a plain text, with a line `%%` between them, and tell of each how it ended
    #[command(hide = true)]
    Cells(CellsArgs),
}

#[derive(Debug, clap::Args)]
pub struct ReplArgs {
    /// A notebook or a folder of notebooks to walk through instead of the chapter
    pub path: Option<PathBuf>,
    /// How figures are shown in the terminal
    #[arg(long, value_enum, default_value = "auto", value_name = "HOW")]
    pub images: Images,
    /// No colours, rules or moving signs: for screen readers
    #[arg(long)]
    pub plain: bool,
    /// The language of the chapter and of the REPL's words; without it, the one of LC_ALL or LANG
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Lang>,
    /// Begin at this section or cell: a number, a name, or a cell's id
    #[arg(long, value_name = "PLACE")]
    pub section: Option<String>,
    /// Run this instead of reading lines: Rust, or a command such as `:run`; may be given again
    #[arg(short, long = "code", value_name = "CODE")]
    pub code: Vec<String>,
    /// Edit the line with the keys of vi, not of emacs
    #[arg(long)]
    pub vi: bool,
}

#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// The notebook; its code runs as you, and so do the build scripts of what it depends on
    pub notebook: PathBuf,
    /// Write the executed notebook here
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Hand lines `!command` to the shell; without it they are refused
    #[arg(long)]
    pub allow_shell: bool,
}

/// What `test` and `review` run, and how.
#[derive(Debug, clap::Args)]
pub struct RunnerArgs {
    /// Notebooks, or folders of notebooks; without any, this project's own
    pub paths: Vec<PathBuf>,
    /// Only these: a cell's id, a notebook's name, or NOTEBOOK::CELL; `*` stands for any text; may be given again
    #[arg(long, value_name = "NAME")]
    pub filter: Vec<String>,
    /// Seconds that a cell may run, where its author set nothing else
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = seconds)]
    pub timeout: Duration,
    /// Seconds that a cell may compile, where its author set nothing else
    #[arg(long, value_name = "SECONDS", default_value = "1200", value_parser = seconds)]
    pub compile_timeout: Duration,
    /// How many notebooks run at once; 0 is one for each processor. More than 1 only where notebooks leave each other's files alone
    #[arg(long, short, value_name = "N", default_value_t = 1)]
    pub jobs: usize,
    /// Compile each cell alone, as the prompt does, not a notebook's cells together: slower, and nothing else may differ
    #[arg(long)]
    pub one_by_one: bool,
    /// Hand lines `!command` to the shell; without it they are refused
    #[arg(long)]
    pub allow_shell: bool,
    /// What to do with a notebook whose kernel is not Rust's
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub foreign: Foreign,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = help::TEST)]
pub struct TestArgs {
    #[command(flatten)]
    pub runner: RunnerArgs,
    /// Store the outputs that came, and change nothing else; with `--filter`, only those of the chosen cells
    #[arg(long)]
    pub accept: bool,
    /// Keep what changed in a file beside each notebook, NAME.ipynb.new, for `review`
    #[arg(long, conflicts_with = "accept")]
    pub pending: bool,
    /// Stop at the first failure; what did not run is counted
    #[arg(long)]
    pub fail_fast: bool,
    /// A cell that would be red on the stock Jupyter kernel is red here too, not only told
    #[arg(long)]
    pub portable: bool,
    /// Only the K-th of N parts of the notebooks, for CI jobs side by side
    #[arg(long, value_name = "K/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,
    /// How the results are told on stdout
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub format: Format,
    /// Write the results as JUnit XML, too
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Where figures that changed are written: as stored, as they came, and what differs; without it, in the user's cache, and nowhere in CI
    #[arg(long, value_name = "FOLDER")]
    pub pictures: Option<PathBuf>,
    /// Run again whenever a notebook, its settings or a crate that it takes by path changes
    #[arg(long, conflicts_with_all = ["accept", "junit", "list"])]
    pub watch: bool,
    /// Tell what would run, and run nothing
    #[arg(long, conflicts_with = "accept")]
    pub list: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = help::REVIEW)]
pub struct ReviewArgs {
    #[command(flatten)]
    pub runner: RunnerArgs,
}

/// What becomes of a notebook in another language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Foreign {
    /// It fails
    #[default]
    Fail,
    /// It is left out, and counted
    Skip,
}

/// How results are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// For people, and as annotations that GitHub shows at the line
    Github,
    /// For programs: one document, at the end
    Json,
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

#[derive(Debug, clap::Args)]
pub struct KernelArgs {
    #[command(subcommand)]
    pub action: KernelAction,
}

#[derive(Debug, Subcommand)]
pub enum KernelAction {
    /// Let Jupyter know this kernel, and print where that is written
    Install(KernelInstallArgs),
    /// Take this kernel away from Jupyter
    Uninstall(KernelUninstallArgs),
    /// Show the kernels that are installed
    List,
    /// Be the kernel: Jupyter starts this
    Run(KernelRunArgs),
}

#[derive(Debug, clap::Args)]
pub struct KernelInstallArgs {
    #[command(flatten)]
    pub place: KernelPlace,
    /// The kernel's name, as in `jupyter nbconvert --ExecutePreprocessor.kernel_name`
    #[arg(long, default_value = KERNEL_NAME)]
    pub name: String,
    /// The kernel's name on the screen
    #[arg(long, default_value = "Rust (forward-pass)", value_name = "WORDS")]
    pub display_name: String,
    /// Seconds that a cell may run; without it as long as it likes
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub timeout: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub struct KernelUninstallArgs {
    #[command(flatten)]
    pub place: KernelPlace,
    /// The kernel's name
    #[arg(long, default_value = KERNEL_NAME)]
    pub name: String,
}

/// The kernel's name when nobody chose one.
const KERNEL_NAME: &str = "forward-pass";

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct KernelPlace {
    /// In the user's own folder: also without this
    #[arg(long)]
    pub user: bool,
    /// Below this folder, in `share/jupyter/kernels`
    #[arg(long, value_name = "FOLDER")]
    pub prefix: Option<PathBuf>,
    /// In the Python environment that is active
    #[arg(long)]
    pub sys_prefix: bool,
}

#[derive(Debug, clap::Args)]
pub struct KernelRunArgs {
    /// The connection file that Jupyter wrote
    pub connection: PathBuf,
    /// Seconds that a cell may run; without it as long as it likes
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub timeout: Option<u64>,
}

#[derive(Debug, clap::Args)]
pub struct CellsArgs {
    /// The text; stdin without it
    pub file: Option<PathBuf>,
    /// Seconds that a cell may run
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Seconds that a cell may compile
    #[arg(long, value_name = "SECONDS")]
    pub compile_timeout: Option<u64>,
    /// Tell how long each cell took
    #[arg(long)]
    pub time: bool,
    /// Tell of each cell in one line of JSON
    #[arg(long, conflicts_with = "time")]
    pub json: bool,
    /// Compile each cell before it is asked for, as the prompt does, after another that never comes
    #[arg(long)]
    pub ahead: bool,
    /// The cells that will come, in the same form: those that can be are compiled together, as `test` does
    #[arg(long, value_name = "FILE", conflicts_with = "ahead")]
    pub script: Option<PathBuf>,
    /// Hand lines `!command` to the shell
    #[arg(long)]
    pub allow_shell: bool,
    /// Tell the variables at the end
    #[arg(long)]
    pub variables: bool,
}

#[derive(Debug, clap::Args)]
pub struct EditionArgs {
    #[command(subcommand)]
    pub action: EditionAction,
    /// The folder that holds a folder for each language; without it, this project's own
    #[arg(long, global = true, value_name = "FOLDER")]
    pub notebooks: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum EditionAction {
    /// Say where code and outputs differ, and which prose has to be looked at; change nothing
    Check,
    /// Carry code and outputs from one edition to another; its prose stays as it is
    Sync {
        /// The edition to take from
        #[arg(long, default_value = "en", value_name = "LANGUAGE")]
        from: String,
        /// The edition to bring up to date, or to begin
        #[arg(long, default_value = "ko", value_name = "LANGUAGE")]
        to: String,
    },
    /// Say that prose and its counterpart match as they are now
    Settle {
        /// The prose cells; without any, all of them
        cells: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = help::LINT)]
pub struct LintArgs {
    /// Notebooks, or folders of notebooks; without any, this project's own
    pub paths: Vec<PathBuf>,
    /// Leave this lint out; may be given again
    #[arg(long, value_name = "LINT")]
    pub allow: Vec<String>,
    /// How the findings are told on stdout
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub format: Format,
}

#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The notebook, or the script
    pub file: PathBuf,
    /// What it becomes
    #[arg(long, value_enum, value_name = "FORM")]
    pub to: Target,
    /// Write it here, and for `rs` into this folder; without it, it goes to stdout
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long)]
    pub force: bool,
}

/// What a notebook can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// One Rust program with its manifest, which prints the same
    Rs,
    /// A Markdown page, its figures in files beside it
    Md,
    /// An HTML page that needs no other file
    Html,
    /// A script with a line `// %%` before each cell, as Jupytext has it
    Script,
    /// A notebook again, from such a script
    Ipynb,
}

#[derive(Debug, clap::Args)]
pub struct NewArgs {
    /// The course's folder, which must not be there yet; its last part is the name of the crate
    pub name: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct DataArgs {
    #[command(subcommand)]
    pub action: DataAction,
}

#[derive(Debug, Subcommand)]
pub enum DataAction {
    /// Fetch MNIST, 11.6 MB: nothing where it is here and right
    Mnist(FetchArgs),
    /// Fetch Fashion-MNIST, 30.9 MB: clothes instead of digits
    FashionMnist(FetchArgs),
    /// Say which sets there are, and which of them are here
    List,
    /// Compare every file that is here with its size and sha256
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
pub struct FetchArgs {
    /// Take the files from this folder or address, not from the usual mirrors; may be given again for a second choice
    #[arg(long, value_name = "FOLDER|URL")]
    pub from: Vec<String>,
    /// Put them here, not where `Mnist::find()` looks
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
    /// How long nothing may come before the next mirror is asked
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    pub patience: u16,
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The set; without it, every one that is here
    #[arg(value_enum)]
    pub set: Option<KnownSet>,
    /// Where it lies, if not where `Mnist::find()` looks
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

/// The data sets by their names on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KnownSet {
    Mnist,
    FashionMnist,
}

/// The engines by their names on the command line.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum EngineChoice {
    /// Our own: types from rustc, cells compiled by rustc directly
    #[default]
    Own,
    /// The evaluation context of the stock Jupyter kernel; needs a build with `--features evcxr`
    Evcxr,
}

impl From<EngineChoice> for Engine {
    fn from(choice: EngineChoice) -> Engine {
        match choice {
            EngineChoice::Own => Engine::Own,
            EngineChoice::Evcxr => Engine::Evcxr,
        }
    }
}
