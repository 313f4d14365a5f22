//! The runner: loads the cells that evcxr names and calls them, one after the other.

use std::ffi::c_void;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::path::Path;

use serde_json::json;

use super::FLUSH_LIBRARY;

type CellFunction = extern "C" fn(*mut c_void) -> *mut c_void;

/// Runs cells until evcxr closes the pipe.
pub fn run(commands: PipeReader, mut reports: PipeWriter) -> std::io::Result<i32> {
    // evcxr enables backtraces, which cost a tenth of a second and name only generated code.
    // SAFETY: still one thread.
    unsafe { std::env::set_var("RUST_BACKTRACE", "0") };
    let flush_library = std::env::var_os(FLUSH_LIBRARY).and_then(|path| load(Path::new(&path)).ok());
    // SAFETY: the library is ours and exports this function.
    let flush = flush_library.and_then(|library| unsafe { library.get::<extern "C" fn()>(b"forward_pass_flush").ok() });
    let mut store = std::ptr::null_mut();
    for line in BufReader::new(commands).lines() {
        let report = match run_cell(&line?, &mut store) {
            Ok(()) => "done\n".to_string(),
            Err(error) => format!("broken {}\n", json!(error)),
        };
        if let Some(flush) = &flush {
            flush();
        }
        reports.write_all(report.as_bytes())?;
    }
    Ok(0)
}

fn run_cell(command: &str, store: &mut *mut c_void) -> Result<(), String> {
    let call = command.strip_prefix("LOAD_AND_RUN ").and_then(|rest| rest.rsplit_once(' '));
    let (path, function) = call.ok_or_else(|| format!("unknown command `{command}`"))?;
    let library = load(Path::new(path)).map_err(reason)?;
    // SAFETY: evcxr generated this function with this signature.
    let function = unsafe { library.get::<CellFunction>(function.as_bytes()) }.map_err(reason)?;
    *store = function(*store);
    Ok(())
}

/// libloading names what failed; the system says why.
fn reason(error: libloading::Error) -> String {
    let why = std::error::Error::source(&error).map(|why| format!(": {why}")).unwrap_or_default();
    format!("{error}{why}")
}

/// Loads a library for good: values and thread-locals of a cell outlive it.
fn load(path: &Path) -> Result<&'static libloading::Library, libloading::Error> {
    // SAFETY: loading a cell's library runs the user's code, which is its purpose.
    let library = unsafe { libloading::Library::new(path)? };
    Ok(Box::leak(Box::new(library)))
}
