//! Where both engines keep their caches, and the names of what is in there.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

/// Overrides the folder.
pub const ENV: &str = "FORWARD_PASS_CACHE";

/// The folder that is filled, in place of the user's.
static TARGET: OnceLock<PathBuf> = OnceLock::new();

/// From now on, the cache is here.
pub fn redirect(folder: &Path) -> Result<()> {
    let folder = std::path::absolute(folder).with_context(|| unusable(folder))?;
    // The cache is made private first, and all users pass through the folders above it.
    folder.parent().map_or(Ok(()), std::fs::create_dir_all).with_context(|| unusable(&folder))?;
    TARGET.set(folder).map_err(|folder| anyhow!("{}: the cache is in another one already", unusable(&folder)))
}

pub fn is_redirected() -> bool {
    TARGET.get().is_some()
}

/// The folder, whether it exists or not.
pub fn place() -> Result<PathBuf> {
    if let Some(folder) = TARGET.get() {
        return Ok(folder.clone());
    }
    if let Some(folder) = std::env::var_os(ENV).filter(|folder| !folder.is_empty()) {
        return std::path::absolute(&folder).with_context(|| unusable(Path::new(&folder)));
    }
    let base = etcetera::choose_base_strategy().map_err(|error| anyhow!("there is no cache folder: {error}"))?;
    Ok(base.cache_dir().join("forward-pass"))
}

pub fn unusable(folder: &Path) -> String {
    format!("cannot use the cache folder `{}`", folder.display())
}

/// A short name for some content.
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
