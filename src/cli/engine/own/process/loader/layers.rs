//! The loader of a Unix, and what it says of the libraries that are loaded.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use nix::libc;

use super::Cell;

/// The layers that are loaded, each with what its memory contained then; `None` for the runtime, whose state stays.
static LAYERS: Mutex<BTreeMap<String, Option<Vec<Memory>>>> = Mutex::new(BTreeMap::new());

/// A part of the memory that a layer may write to.
struct Memory {
    start: usize,
    content: Vec<u8>,
}

/// A loaded library.
pub struct Library {
    pub file: String,
    pub base: usize,
    pub code: Vec<Range<usize>>,
    pub writable: Vec<Range<usize>>,
    /// Written to while it was loaded, and never again.
    pub fixed: Range<usize>,
    /// What this thread's variables begin as, and where they are if there are any.
    thread: Option<(Range<usize>, usize, usize)>,
}

/// Loads the layers, the last first, unless they are loaded: those after one are those that it needs. The last one is
/// the runtime.
pub fn load_layers(layers: &[String]) -> Result<(), String> {
    let mut loaded = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    for (number, layer) in layers.iter().rev().enumerate() {
        if !loaded.contains_key(layer) {
            open(layer)?;
            let library = libraries().into_iter().find(|library| library.file == *layer);
            let memory = library.filter(|_| number > 0).map(|library| library.memory());
            loaded.insert(layer.clone(), memory);
        }
    }
    Ok(())
}

/// Does this library contain crates?
pub fn is_layer(file: &str) -> bool {
    LAYERS.lock().unwrap_or_else(PoisonError::into_inner).get(file).is_some_and(Option::is_some)
}

/// Gives the statics of the layers, and their thread-locals of this thread, the content that they had when the layers
/// were loaded. Nothing is dropped.
///
/// # Safety
///
/// This must be the only thread, and no code of a layer may be running.
pub unsafe fn reset_layers() {
    let loaded = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    for Memory { start, content } in loaded.values().flatten().flatten() {
        // SAFETY: writable memory of a library that is never unloaded; the caller's promise.
        unsafe { std::ptr::copy_nonoverlapping(content.as_ptr(), *start as *mut u8, content.len()) };
    }
    let begins_anew = |library: &Library| loaded.get(&library.file).is_some_and(Option::is_some);
    for library in libraries().into_iter().filter(begins_anew) {
        let Some((image, place, size)) = library.thread else { continue };
        // SAFETY: the loader's own description: the image begins the block of this thread, and zeros follow.
        unsafe {
            let place = place as *mut u8;
            std::ptr::copy_nonoverlapping(image.start as *const u8, place, image.len());
            place.add(image.len()).write_bytes(0, size - image.len());
        }
    }
}

impl Library {
    fn memory(&self) -> Vec<Memory> {
        let parts = self.writable.iter().map(|part| {
            let is_fixed = self.fixed.contains(&part.start);
            if is_fixed { self.fixed.end.min(part.end)..part.end } else { part.clone() }
        });
        let content = |part: Range<usize>| {
            // SAFETY: the loader has mapped this part, readable.
            let content = unsafe { std::slice::from_raw_parts(part.start as *const u8, part.len()) }.to_vec();
            Memory { start: part.start, content }
        };
        parts.filter(|part| !part.is_empty()).map(content).collect()
    }
}

/// What memory of a library may be used for.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    Read,
    Write,
    Run,
}

/// Changes the access to the pages of this memory of a library; `false` if the system does not allow it.
pub fn protect(range: &Range<usize>, access: Access) -> bool {
    const PAGE: usize = 4096;
    let more = match access {
        Access::Read => 0,
        Access::Write => libc::PROT_WRITE,
        Access::Run => libc::PROT_EXEC,
    };
    let (start, end) = (range.start & !(PAGE - 1), range.end.next_multiple_of(PAGE));
    // SAFETY: pages of one library, which is loaded and none of whose code is running.
    unsafe { libc::mprotect(start as *mut libc::c_void, end - start, libc::PROT_READ | more) == 0 }
}

/// All libraries that are loaded, where the loader lists them with their parts.
#[cfg(not(target_os = "linux"))]
pub fn libraries() -> Vec<Library> {
    Vec::new()
}

#[cfg(target_os = "linux")]
pub fn libraries() -> Vec<Library> {
    extern "C" fn add(info: *mut libc::dl_phdr_info, _: usize, all: *mut libc::c_void) -> libc::c_int {
        // SAFETY: the loader's description of one library, and the list that is passed below.
        let (info, all) = unsafe { (&*info, &mut *all.cast::<Vec<Library>>()) };
        // SAFETY: as many headers as the loader says.
        let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum as usize) };
        // SAFETY: a C string.
        let file = unsafe { CStr::from_ptr(info.dlpi_name) }.to_string_lossy().into_owned();
        let base = info.dlpi_addr as usize;
        let mut library = Library { file, base, code: Vec::new(), writable: Vec::new(), fixed: 0..0, thread: None };
        for header in headers {
            let start = base + header.p_vaddr as usize;
            let range = start..start + header.p_memsz as usize;
            match header.p_type {
                libc::PT_LOAD if header.p_flags & libc::PF_X != 0 => library.code.push(range),
                libc::PT_LOAD if header.p_flags & libc::PF_W != 0 => library.writable.push(range),
                // Whole pages only.
                libc::PT_GNU_RELRO => library.fixed = start..range.end & !0xfff,
                libc::PT_TLS if !info.dlpi_tls_data.is_null() => {
                    let image = start..start + header.p_filesz as usize;
                    library.thread = Some((image, info.dlpi_tls_data as usize, range.len()));
                }
                _ => {}
            }
        }
        all.push(library);
        0
    }
    let mut all: Vec<Library> = Vec::new();
    // SAFETY: the callback does not unwind, and gets the list that it expects.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut all).cast()) };
    all
}

/// The function of this name, or its copies, that the crates of layers export.
pub fn exported(name: &str) -> Vec<*const libc::c_void> {
    let layers: Vec<String> = {
        let loaded = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.iter().filter(|(_, memory)| memory.is_some()).map(|(layer, _)| layer.clone()).collect()
    };
    let Ok(name) = CString::new(name) else { return Vec::new() };
    // SAFETY: a handle of the loader's and a C string.
    let find = |handle| unsafe { libc::dlsym(handle, name.as_ptr()) }.cast_const();
    let mut found: Vec<_> = layers.iter().filter_map(|layer| open(layer).ok()).map(find).collect();
    found.retain(|function| !function.is_null());
    // A layer finds those of the layers below it as well.
    found.sort_unstable();
    found.dedup();
    found
}

/// Loads a cell's library, and finds its function there.
pub fn load_cell(library: &str, symbol: &str) -> Result<Cell, String> {
    let handle = open(library)?;
    let symbol = CString::new(symbol).map_err(|error| error.to_string())?;
    // SAFETY: a handle of the loader's and a C string; our own compiler decided what the symbol is.
    unsafe {
        let address = libc::dlsym(handle, symbol.as_ptr());
        if address.is_null() { Err(error()) } else { Ok(std::mem::transmute::<*mut libc::c_void, Cell>(address)) }
    }
}

/// Local: a symbol of a cell must not replace one of another. A cell finds its layers by name, and they are its own.
fn open(library: &str) -> Result<*mut libc::c_void, String> {
    let library = CString::new(library).map_err(|error| error.to_string())?;
    // SAFETY: a C string.
    let handle = unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if handle.is_null() { Err(error()) } else { Ok(handle) }
}

fn error() -> String {
    // SAFETY: null, or a C string that is valid until this thread calls the loader again.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() { "no reason given".into() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
    }
}
