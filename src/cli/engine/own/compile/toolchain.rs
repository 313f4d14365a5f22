//! The toolchain that compiles cells: where it is found, and what it brings.
//!
//! It compiles nothing; `rustc` does.

use std::env::consts::EXE_SUFFIX;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow, bail};

use crate::cli::engine::own::limits;

/// The toolchain that builds this program and compiles cells: `types` parses its MIR.
pub const CHANNEL: &str = "1.95.0";

/// A compiler with its cargo.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub rustc: PathBuf,
    pub cargo: PathBuf,
    pub sysroot: PathBuf,
    /// The first line of `rustc -V`.
    pub version: String,
    /// `x86_64-unknown-linux-gnu`
    pub host: String,
}

impl Toolchain {
    /// The pinned toolchain if rustup has it, else `RUSTC`, else the rustc on the path: the user's own. Ignores
    /// overrides of the current folder, and installs nothing.
    pub fn find() -> Result<Toolchain> {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found.clone());
        }
        let found = Self::search()?;
        Ok(FOUND.get_or_init(|| found).clone())
    }

    fn search() -> Result<Toolchain> {
        if let Some(sysroot) = pinned_sysroot()
            && let Ok(found) = Self::ask(&sysroot.join("bin").join(format!("rustc{EXE_SUFFIX}")))
        {
            return Ok(found);
        }
        let named = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
        Self::ask(&named).map_err(|error| match limits::behind(&format!("{error:#}")) {
            Some(met) => anyhow!("{}", met.by("the Rust compiler")),
            None => {
                error.context(format!("no Rust compiler found for cells\nhelp: rustup toolchain install {CHANNEL}"))
            }
        })
    }

    fn ask(rustc: &Path) -> Result<Toolchain> {
        let ask = |arguments: &[&str]| -> Result<String> {
            let output = Command::new(rustc)
                .args(arguments)
                .env("RUSTUP_AUTO_INSTALL", "0")
                .current_dir("/")
                .output()
                .with_context(|| format!("cannot run `{}`", rustc.display()))?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                let why = said.lines().find(|line| limits::behind(line).is_some()).or_else(|| said.lines().last());
                bail!("`{}` failed: {}", rustc.display(), why.unwrap_or("it printed nothing"));
            }
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let text = ask(&["-vV"])?;
        let host = text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::trim);
        // Two folders above rustc, unless `rustc` is rustup's proxy.
        let sysroot = match rustc.parent().and_then(Path::parent) {
            Some(above) if above.join("lib/rustlib").is_dir() => canonical(above)?,
            _ => PathBuf::from(ask(&["--print=sysroot"])?.trim()),
        };
        let (Some(host), true) = (host, sysroot.join("lib/rustlib").is_dir()) else {
            bail!("`{}` does not report where its libraries are", rustc.display());
        };
        let version = text.lines().find(|line| line.starts_with("rustc ")).unwrap_or("rustc").to_owned();
        let own = |name: &str| sysroot.join("bin").join(format!("{name}{EXE_SUFFIX}"));
        let beside = |name: &str, otherwise: &Path| if own(name).is_file() { own(name) } else { otherwise.to_owned() };
        Ok(Toolchain {
            rustc: beside("rustc", rustc),
            cargo: beside("cargo", Path::new("cargo")),
            version,
            host: host.to_owned(),
            sysroot,
        })
    }

    /// The toolchain's own linker, through a link whose name selects its `ld` flavor.
    pub fn lld(&self, folder: &Path) -> Option<PathBuf> {
        let lld = self.sysroot.join("lib/rustlib").join(&self.host).join("bin/rust-lld");
        let link = folder.join("ld.lld");
        let usable = self.host.ends_with("linux-gnu") && lld.is_file();
        (usable && (link.exists() || symlink(&lld, &link).is_ok())).then_some(link)
    }

    /// 95 of `rustc 1.95.0`.
    pub fn minor(&self) -> Option<u32> {
        self.version.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
    }

    pub fn libraries(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(&self.host).join("lib")
    }
}

/// The version of the compiler of cells, without starting it if possible.
pub fn version() -> Option<String> {
    if pinned_sysroot().is_some() {
        return Some(CHANNEL.to_owned());
    }
    Some(Toolchain::find().ok()?.version.split_whitespace().nth(1)?.to_owned())
}

/// Without links; on Windows as it is, as the form without links has a prefix that not all programs understand.
fn canonical(path: &Path) -> io::Result<PathBuf> {
    if cfg!(windows) { std::path::absolute(path) } else { path.canonicalize() }
}

/// Where a system needs a privilege for links, none is made.
fn symlink(to: &Path, link: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(to, link);
    #[cfg(not(unix))]
    Err(io::Error::other(format!("no link from `{}` to `{}`", link.display(), to.display())))
}

/// What to say of a compiler whose MIR `types` cannot read.
pub fn unreadable(version: &str) -> anyhow::Error {
    anyhow!(
        "{version} writes its MIR in an unknown form, so the types of variables cannot be read\n\
         help: rustup toolchain install {CHANNEL}\n\
         help: or `--engine evcxr`, in a build with `--features evcxr`: it finds the types in another way"
    )
}

fn pinned_sysroot() -> Option<PathBuf> {
    let home = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".rustup")))?;
    let mut found: Vec<PathBuf> = std::fs::read_dir(home.join("toolchains"))
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{CHANNEL}-"))))
        .filter(|path| {
            path.to_string_lossy().contains(std::env::consts::ARCH)
                && path.join(format!("bin/rustc{EXE_SUFFIX}")).is_file()
        })
        .collect();
    found.sort();
    found.into_iter().next()
}

/// Where the C library is, for a linker without its driver.
pub fn system_libraries() -> &'static [PathBuf] {
    static FOUND: OnceLock<Vec<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let arch = std::env::consts::ARCH;
        let mut folders: Vec<PathBuf> = vec![
            format!("/lib/{arch}-linux-gnu").into(),
            format!("/usr/lib/{arch}-linux-gnu").into(),
            "/lib64".into(),
            "/usr/lib64".into(),
            "/usr/lib".into(),
            "/lib".into(),
        ];
        for target in [format!("{arch}-linux-gnu"), format!("{arch}-pc-linux-gnu"), format!("{arch}-redhat-linux")] {
            let versions = std::fs::read_dir(Path::new("/usr/lib/gcc").join(target)).into_iter().flatten();
            folders.extend(versions.filter_map(|entry| Some(entry.ok()?.path())));
        }
        folders.retain(|folder| folder.is_dir());
        folders.sort();
        folders
    })
}
