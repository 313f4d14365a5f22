//! The arguments of `kernel`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The default name of the kernel.
const KERNEL_NAME: &str = "forward-pass";

#[derive(Debug, Args)]
pub struct KernelArgs {
    #[command(subcommand)]
    pub action: KernelAction,
}

#[derive(Debug, Subcommand)]
pub enum KernelAction {
    /// Register this kernel with Jupyter, and print the folder of its kernel spec
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
    /// The kernel's name, as in `jupyter nbconvert --ExecutePreprocessor.kernel_name`
    #[arg(long, default_value = KERNEL_NAME)]
    pub name: String,
    /// The kernel's name in Jupyter's menus
    #[arg(long, default_value = "Rust (forward-pass)", value_name = "TEXT")]
    pub display_name: String,
    /// Time limit for running a cell, in seconds [default: none]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub timeout: Option<u64>,
}

#[derive(Debug, Args)]
pub struct KernelUninstallArgs {
    #[command(flatten)]
    pub place: KernelPlace,
    /// The kernel's name
    #[arg(long, default_value = KERNEL_NAME)]
    pub name: String,
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
