//! The calls of Windows, for the processes of cells that cannot be copied.

use std::ffi::c_void;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::{AsHandle, AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use windows_sys::Win32::Foundation::{
    CloseHandle, EXCEPTION_STACK_OVERFLOW, HANDLE, HANDLE_FLAG_INHERIT, SetHandleInformation,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    AddVectoredExceptionHandler, EXCEPTION_POINTERS, SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode,
    SetUnhandledExceptionFilter,
};
use windows_sys::Win32::System::JobObjects::{AssignProcessToJobObject, CreateJobObjectW, TerminateJobObject};
use windows_sys::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};
use windows_sys::Win32::System::Pipes::PeekNamedPipe;
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcess, PROCESS_TERMINATE, TerminateProcess};

use super::super::wire::worker_side::announce_overflow;
use super::Limit;

/// The exit code of a process that was ended from outside.
const ENDED: u32 = 1;

/// A job object may set limits; they are not asked for.
pub fn memory_limit() -> Option<Limit> {
    None
}

pub fn process_limit() -> Option<Limit> {
    None
}

pub fn memory_kills() -> u64 {
    0
}

pub fn own_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Ends a process. What it has started ends by itself.
pub fn kill_group(process: u32) {
    // SAFETY: documented uses of each call; the handle is ours alone.
    unsafe {
        let handle = OpenProcess(PROCESS_TERMINATE, 0, process);
        if !handle.is_null() {
            TerminateProcess(handle, ENDED);
            CloseHandle(handle);
        }
    }
}

/// Without a console of its own, a program would share Ctrl-C with this one.
pub fn in_own_group(command: &mut Command) -> &mut Command {
    use std::os::windows::process::CommandExt;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP)
}

/// How many bytes can be read without waiting; 0 also at the end.
pub fn available(pipe: &impl AsHandle) -> usize {
    let mut bytes = 0;
    let none = std::ptr::null_mut();
    let handle = pipe.as_handle().as_raw_handle();
    // SAFETY: an open pipe, and a place for one number.
    let asked = unsafe { PeekNamedPipe(handle, none, 0, std::ptr::null_mut(), &raw mut bytes, std::ptr::null_mut()) };
    if asked == 0 { 0 } else { bytes as usize }
}

/// Has the writing end of this pipe been closed?
pub fn is_closed(pipe: &impl AsHandle) -> bool {
    let null = std::ptr::null_mut;
    let handle = pipe.as_handle().as_raw_handle();
    // SAFETY: an open pipe; nothing is written anywhere.
    unsafe { PeekNamedPipe(handle, null(), 0, std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut()) == 0 }
}

/// Do programs that are started from now on inherit this handle?
pub fn set_inherited(handle: &impl AsHandle, is_inherited: bool) -> io::Result<()> {
    let flags = if is_inherited { HANDLE_FLAG_INHERIT } else { 0 };
    // SAFETY: an open handle.
    match unsafe { SetHandleInformation(handle.as_handle().as_raw_handle(), HANDLE_FLAG_INHERIT, flags) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// The number by which a program that inherits a handle knows it.
pub fn number_of(handle: &impl AsHandle) -> u64 {
    handle.as_handle().as_raw_handle() as u64
}

/// # Safety
///
/// The number is that of an open handle that nothing else owns.
pub unsafe fn of_number(number: u64) -> OwnedHandle {
    // SAFETY: the caller's promise.
    unsafe { OwnedHandle::from_raw_handle(number as *mut c_void) }
}

/// Everything that a process starts, so that it can be ended with it: a job.
pub struct Household(Option<OwnedHandle>);

impl Household {
    pub fn of(child: &Child) -> Household {
        // SAFETY: documented uses of each call; the handle of the job is ours alone.
        let job = unsafe {
            let job: HANDLE = CreateJobObjectW(std::ptr::null(), std::ptr::null());
            if job.is_null() {
                return Household(None);
            }
            AssignProcessToJobObject(job, child.as_raw_handle());
            OwnedHandle::from_raw_handle(job)
        };
        Household(Some(job))
    }

    pub fn end(&self) {
        if let Some(job) = &self.0 {
            // SAFETY: an open job.
            unsafe { TerminateJobObject(job.as_raw_handle(), ENDED) };
        }
    }
}

/// Announces a stack overflow before the process ends of it. No window asks what to do about a crash.
pub fn watch_stack() {
    // SAFETY: the handler does little, on the part of the stack that the standard library has set aside for that.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
        AddVectoredExceptionHandler(1, Some(on_exception));
        SetUnhandledExceptionFilter(Some(end_by));
    }
}

/// Ends the process with the code of the exception, and starts no debugger.
unsafe extern "system" fn end_by(about: *const EXCEPTION_POINTERS) -> i32 {
    // SAFETY: the system's description of the exception.
    exit(unsafe { (*(*about).ExceptionRecord).ExceptionCode })
}

unsafe extern "system" fn on_exception(about: *mut EXCEPTION_POINTERS) -> i32 {
    const CONTINUE_SEARCH: i32 = 0;
    // SAFETY: the system's description of the exception.
    if unsafe { (*(*about).ExceptionRecord).ExceptionCode } == EXCEPTION_STACK_OVERFLOW {
        announce_overflow();
    }
    CONTINUE_SEARCH
}

/// Ends this process at once: no destructor and no exit handler runs.
pub fn exit(code: i32) -> ! {
    // SAFETY: has no preconditions, and does not return.
    unsafe { TerminateProcess(GetCurrentProcess(), code.cast_unsigned()) };
    std::process::abort()
}

/// Loads a library for good, and finds a function in it.
pub fn load(library: &Path, symbol: &str) -> io::Result<*const c_void> {
    let name: Vec<u16> = library.as_os_str().encode_wide().chain([0]).collect();
    let symbol = format!("{symbol}\0");
    // SAFETY: both names end with a zero; the library stays loaded.
    let found = unsafe {
        let module = LoadLibraryW(name.as_ptr());
        if module.is_null() { None } else { GetProcAddress(module, symbol.as_ptr()) }
    };
    found.map(|function| function as *const c_void).ok_or_else(io::Error::last_os_error)
}
