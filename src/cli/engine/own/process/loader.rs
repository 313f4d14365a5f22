//! Loads cells, and the layers: the libraries with the crates that they use.
//!
//! Nothing is ever unloaded: the values and threads of a cell outlive it. The state of the crates can start again.

#[cfg(unix)]
mod layers;

#[cfg(unix)]
pub use layers::{Access, Library, exported, is_layer, libraries, load_cell, load_layers, protect, reset_layers};

use super::store::Api;

pub type Cell = unsafe extern "C" fn(*const Api) -> u32;

/// There are none.
#[cfg(windows)]
pub fn load_layers(layers: &[String]) -> Result<(), String> {
    if layers.is_empty() { Ok(()) } else { Err("layers cannot be loaded on this system".to_owned()) }
}

/// Nothing, as there are no layers.
#[cfg(windows)]
pub fn exported(_: &str) -> Vec<*const std::ffi::c_void> {
    Vec::new()
}

/// Loads a cell's library, and finds its function there.
#[cfg(windows)]
pub fn load_cell(library: &str, symbol: &str) -> Result<Cell, String> {
    let found = super::system::load(library.as_ref(), symbol).map_err(|error| format!("`{library}`: {error}"))?;
    // SAFETY: our own compiler decided what the symbol is.
    Ok(unsafe { std::mem::transmute::<*const std::ffi::c_void, Cell>(found) })
}
