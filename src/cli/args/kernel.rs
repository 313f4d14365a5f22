//! The arguments of `kernel`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The default name of the kernel.
pub const KERNEL_NAME: &str = "forward-pass";

#[derive(Debug, Args)]
pub struct KernelArgs {
    #[command(subcommand)]
    pub action: KernelAction,
}

#[derive(Debug, Subcommand)]
pub enum KernelAction {
    /// Register this kernel with Jupyter, and print the folder of its kernel spec
    ///
    /// Notebooks name the kernel that they were written with: for Rust, that is `rust`. Where no kernel of that name is
    /// installed, this one takes the name as well, so that they open and run without a question. Another program's
    /// kernel is never replaced. With `--name`, only that name is used.
    Install(KernelInstallArgs),
    /// Remove this kernel from Jupyter
    Uninstall(KernelUninstallArgs),
    /// List the installed kernels
    List,
    /// Run the kernel; Jupyter calls this
    Run(KernelRunArgs),
}

#[derive(Debug, Args)]
pub struct KernelInstallArgs {
    #[command(flatten)]
    pub place: KernelPlace,
    /// The kernel's name, as in `jupyter nbconvert --ExecutePreprocessor.kernel_name` [default: forward-pass, and rust]
    #[arg(long)]
    pub name: Option<String>,
    /// The kernel's name in Jupyter's menus
    #[arg(long, default_value = "Rust (forward-pass)", value_name = "TEXT")]
    pub display_name: String,
    /// Time limit for running a cell, in seconds [default: none]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub timeout: Option<u64>,
    /// A variable of the kernel's environment, such as FORWARD_PASS_CACHE_SHARED=/srv/cache; can be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
}

#[derive(Debug, Args)]
pub struct KernelUninstallArgs {
    #[command(flatten)]
    pub place: KernelPlace,
    /// The kernel's name [default: forward-pass, and rust]
    #[arg(long)]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct KernelPlace {
    /// In the user's own folder (the default)
    #[arg(long)]
    pub user: bool,
    /// In `share/jupyter/kernels` of this folder
    #[arg(long, value_name = "FOLDER")]
    pub prefix: Option<PathBuf>,
    /// In the active Python environment
    #[arg(long)]
    pub sys_prefix: bool,
}

#[derive(Debug, Args)]
pub struct KernelRunArgs {
    /// The connection file that Jupyter wrote
    pub connection: PathBuf,
    /// Time limit for running a cell, in seconds [default: none]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub timeout: Option<u64>,
}
