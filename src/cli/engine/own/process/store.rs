//! The variables between cells, and the table of functions that a cell is called with.
//!
//! It knows no types: a value is a pointer and the function that drops it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::moving;
use super::wire::ToWorker;
use super::wire::worker_side::{self, BROKEN, exit};

/// What a cell is called with. Compiled cells contain a mirror of it: keep both in step, and add only at the end.
#[repr(C)]
pub struct Api {
    pub size: usize,
    pub put: extern "C" fn(*const u8, usize, *mut (), Drop),
    pub take: extern "C" fn(*const u8, usize) -> *mut (),
    pub report: extern "C" fn(u32, *const u8, usize),
}

/// Drops a stored value; it must not unwind.
pub type Drop = unsafe extern "C" fn(*mut ());

pub static API: Api = Api { size: size_of::<Api>(), put, take, report };

static STORE: Mutex<Store> = Mutex::new(Store { values: BTreeMap::new(), declared: BTreeMap::new(), declarations: 0 });

struct Store {
    values: BTreeMap<String, Stored>,
    /// When each variable was first stored. Cells take values and put them back, which is no declaration.
    declared: BTreeMap<String, u64>,
    declarations: u64,
}

struct Stored {
    value: *mut (),
    drop: Drop,
}

// SAFETY: the values are only passed to cells, which all run on the loop's own thread.
unsafe impl Send for Stored {}

/// Carries out an order about variables; any other breaks the protocol.
pub fn obey(order: ToWorker) {
    match order {
        ToWorker::Forget(name) => forget(&name),
        ToWorker::Leak(name) => leak(&name),
        ToWorker::GoOn => {}
        ToWorker::EndMoving { id } => moving::end(id),
        ToWorker::End => {
            forget_all();
            exit(0)
        }
        _ => exit(BROKEN),
    }
}

/// Drops the variable of this name, if there is one.
pub fn forget(name: &str) {
    let stored = remove(name);
    discard(stored);
}

/// Drops all variables, the one declared last first, as at the end of a block.
pub fn forget_all() {
    loop {
        let last = store().declared.iter().max_by_key(|(_, when)| **when).map(|(name, _)| name.clone());
        match last {
            Some(name) => forget(&name),
            None => return,
        }
    }
}

/// Removes the variable of this name and never drops it.
pub fn leak(name: &str) {
    let _ = remove(name);
}

/// The beginning of every value, as the runtime of cells writes it.
#[cfg(unix)]
#[repr(C)]
struct Header {
    type_name: &'static str,
}

/// Removes the variables whose types have such names, and never drops them; returns their names. The values must have
/// been stored by the runtime of cells.
#[cfg(unix)]
pub fn leak_of_types(is_lost: impl Fn(&str) -> bool) -> Vec<String> {
    let is_held = |name: &String| {
        let store = store();
        let Some(stored) = store.values.get(name) else { return false };
        // SAFETY: the runtime stores a header first, and its text is in a library that is never unloaded.
        let header = unsafe { &*stored.value.cast::<Header>() };
        is_lost(header.type_name)
    };
    let mut names = names();
    names.retain(is_held);
    names.iter().for_each(|name| leak(name));
    names
}

/// The names of all variables. Those of the runtime, which begin with a zero, are not the user's.
#[cfg(unix)]
pub fn names() -> Vec<String> {
    store().values.keys().filter(|name| !name.starts_with('\0')).cloned().collect()
}

/// Stores a value under a name; an older one of the same name is dropped.
extern "C" fn put(name: *const u8, length: usize, value: *mut (), drop: Drop) {
    // SAFETY: the cell passes a pointer and length of one string.
    let name = unsafe { text(name, length) };
    let older = store().insert(name, Stored { value, drop });
    discard(older);
}

/// Removes the value of this name for the cell to own; null when there is none.
extern "C" fn take(name: *const u8, length: usize) -> *mut () {
    // SAFETY: the cell passes a pointer and length of one string.
    let name = unsafe { text(name, length) };
    store().values.remove(&name).map_or(std::ptr::null_mut(), |stored| stored.value)
}

extern "C" fn report(kind: u32, bytes: *const u8, length: usize) {
    // SAFETY: the cell passes a pointer and length of one slice; an empty one may be null.
    let bytes = if length == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes, length) } };
    worker_side::report(kind, bytes);
}

impl Store {
    fn insert(&mut self, name: String, stored: Stored) -> Option<Stored> {
        if !self.declared.contains_key(&name) {
            self.declarations += 1;
            self.declared.insert(name.clone(), self.declarations);
        }
        self.values.insert(name, stored)
    }
}

fn remove(name: &str) -> Option<Stored> {
    let mut store = store();
    store.declared.remove(name);
    store.values.remove(name)
}

/// Must run outside the lock: a `Drop` may call `take` and `put`.
fn discard(stored: Option<Stored>) {
    if let Some(Stored { value, drop }) = stored {
        // SAFETY: `value` was stored with its own `drop` and has just been removed from the store.
        unsafe { drop(value) };
    }
}

fn store() -> MutexGuard<'static, Store> {
    STORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// # Safety
///
/// The pointer and the length are those of one slice.
unsafe fn text(pointer: *const u8, length: usize) -> String {
    // SAFETY: the caller's promise.
    String::from_utf8_lossy(unsafe { std::slice::from_raw_parts(pointer, length) }).into_owned()
}
