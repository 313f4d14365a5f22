//! The process that runs the cells of an evcxr session, in two halves: a runner that loads and calls them, and a
//! relay between it and evcxr that tells apart what a cell printed, what it displayed, and how it ended.
//!
//! evcxr's own loop hangs on an unterminated `print!`, and loses every variable when a panic follows one. The relay
//! reads the cell's output through a pipe, finds evcxr's marks in mid-line too, and outlives the runner, so that
//! nothing that was printed before `exit(3)` is lost. What evcxr has no word for is sent as lines of JSON that
//! begin with [`FRAME`]. It decides nothing about what an outcome means.

use std::collections::HashMap;
use std::ffi::c_void;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, Signal, raise, signal};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork};
use serde_json::{Value, json};

/// Each line of ours on the way to evcxr's reader of stdout begins with this.
pub const FRAME: &str = "\u{1}forward-pass ";

/// Names the library with `forward_pass_flush`, compiled like a cell.
pub const FLUSH_LIBRARY: &str = "FORWARD_PASS_FLUSH_LIBRARY";

/// Names a file that is there once somebody reads frames: evcxr waits until each of its lines was read, and runs a
/// first cell of its own before it hands out the channel.
pub const LISTENING: &str = "FORWARD_PASS_LISTENING";

const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";
const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
const RETURNED_ERROR: &str = "EVCXR_ERROR_OCCURRED";
const CHANGED_TYPE: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";
const BEGIN_CONTENT: &str = "EVCXR_BEGIN_CONTENT ";
const END_CONTENT: &str = "EVCXR_END_CONTENT";

/// Runs both halves; never returns.
pub fn run() -> ! {
    let code = match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the process for cells failed: {error}");
            99
        }
    };
    std::process::exit(code)
}

fn start() -> std::io::Result<i32> {
    let (commands, commands_in) = std::io::pipe()?;
    let (reports_out, reports) = std::io::pipe()?;
    let (stdout_out, stdout) = std::io::pipe()?;
    let (stderr_out, stderr) = std::io::pipe()?;
    // SAFETY: this is the first thing the process does, and it has one thread.
    match unsafe { fork()? } {
        ForkResult::Child => {
            drop((commands_in, reports_out, stdout_out, stderr_out));
            die_with_parent();
            dup2_stdin(std::fs::File::open("/dev/null")?)?;
            dup2_stdout(stdout)?;
            dup2_stderr(stderr)?;
            run_cells(commands, reports)
        }
        ForkResult::Parent { child } => {
            drop((commands, reports, stdout, stderr));
            Relay {
                child,
                commands: commands_in,
                reports: reports_out,
                stdout: stdout_out,
                stderr: stderr_out,
                text: Splitter::default(),
                listener: std::env::var_os(LISTENING).map(PathBuf::from).unwrap_or_default(),
                is_heard: false,
            }
            .serve()
        }
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent() {
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() {}

// ---- the runner ----------------------------------------------------------------------------------------------------

type CellFunction = extern "C" fn(*mut c_void) -> *mut c_void;

fn run_cells(commands: PipeReader, mut reports: PipeWriter) -> std::io::Result<i32> {
    // evcxr asks for backtraces, which cost a tenth of a second and name only generated code.
    // SAFETY: still one thread.
    unsafe { std::env::set_var("RUST_BACKTRACE", "0") };
    let flush_library = std::env::var_os(FLUSH_LIBRARY).and_then(|path| load(Path::new(&path)).ok());
    // SAFETY: the library is ours and has this function.
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

/// libloading says what failed; the system says why.
fn reason(error: libloading::Error) -> String {
    let why = std::error::Error::source(&error).map(|why| format!(": {why}")).unwrap_or_default();
    format!("{error}{why}")
}

/// Loads a library for good: values and thread-locals of a cell outlive it.
fn load(path: &Path) -> Result<&'static libloading::Library, libloading::Error> {
    // SAFETY: a cell's library runs the reader's code, as asked for.
    let library = unsafe { libloading::Library::new(path)? };
    Ok(Box::leak(Box::new(library)))
}

// ---- the relay -----------------------------------------------------------------------------------------------------

struct Relay {
    child: Pid,
    commands: PipeWriter,
    reports: PipeReader,
    stdout: PipeReader,
    stderr: PipeReader,
    text: Splitter,
    listener: PathBuf,
    is_heard: bool,
}

/// What came from the runner in one look.
struct News {
    report: Option<String>,
    died: bool,
}

impl Relay {
    fn serve(mut self) -> std::io::Result<i32> {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            self.is_heard |= self.listener.exists();
            // What threads of an earlier cell printed in the meantime comes before `started`.
            self.drain()?;
            self.finish_text()?;
            self.send(&[frame(json!({"started": true}))])?;
            let died = writeln!(self.commands, "{line}").is_err();
            let mut news = News { report: None, died };
            while news.report.is_none() && !news.died {
                news = self.look(PollTimeout::NONE)?;
            }
            if news.died {
                return self.end_like_the_runner();
            }
            self.drain()?;
            self.finish_text()?;
            if let Some(error) = news.report.as_deref().and_then(|report| report.strip_prefix("broken ")) {
                eprintln!("{error}");
                return Ok(99);
            }
            self.send(&[COMPLETE.to_string()])?;
        }
        Ok(0)
    }

    /// Waits for anything from the runner, and passes its output on.
    fn look(&mut self, timeout: PollTimeout) -> std::io::Result<News> {
        let mut ready = [false; 3];
        let mut closed = [false; 3];
        {
            let of = |pipe| PollFd::new(pipe, PollFlags::POLLIN);
            let mut fds = [of(self.stdout.as_fd()), of(self.stderr.as_fd()), of(self.reports.as_fd())];
            match poll(&mut fds, timeout) {
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
            for (at, fd) in fds.iter().enumerate() {
                let events = fd.revents().unwrap_or(PollFlags::empty());
                ready[at] = events.contains(PollFlags::POLLIN);
                closed[at] = events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR) && !ready[at];
            }
        }
        if ready[0] {
            let bytes = read_some(&mut self.stdout)?;
            let lines = self.text.stdout(&bytes);
            self.send(&lines)?;
        }
        if ready[1] {
            let bytes = read_some(&mut self.stderr)?;
            let lines = self.text.stderr(&bytes);
            self.send(&lines)?;
        }
        let report =
            if ready[2] { Some(String::from_utf8_lossy(&read_some(&mut self.reports)?).into_owned()) } else { None };
        Ok(News { report: report.filter(|report| !report.is_empty()), died: closed[2] })
    }

    /// Everything that the cell wrote is in the pipes by now: passes it on.
    fn drain(&mut self) -> std::io::Result<()> {
        loop {
            let of = |pipe| PollFd::new(pipe, PollFlags::POLLIN);
            let waiting = {
                let mut fds = [of(self.stdout.as_fd()), of(self.stderr.as_fd())];
                poll(&mut fds, PollTimeout::ZERO).unwrap_or(0);
                fds.iter().any(|fd| fd.revents().is_some_and(|events| events.contains(PollFlags::POLLIN)))
            };
            if !waiting {
                return Ok(());
            }
            self.look(PollTimeout::ZERO)?;
        }
    }

    fn finish_text(&mut self) -> std::io::Result<()> {
        let lines = self.text.finish();
        self.send(&lines)
    }

    fn send(&self, lines: &[String]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for line in lines.iter().filter(|line| self.is_heard || !line.starts_with(FRAME)) {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }

    /// The runner is gone: what it printed is passed on, and this process ends the same way.
    fn end_like_the_runner(mut self) -> std::io::Result<i32> {
        let status = waitpid(self.child, None)?;
        self.drain()?;
        self.finish_text()?;
        match status {
            WaitStatus::Exited(_, code) => Ok(code),
            WaitStatus::Signaled(_, killer, _) => {
                let _ = nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0);
                // SAFETY: the default action needs no handler of ours.
                unsafe { signal(killer, SigHandler::SigDfl)? };
                raise(killer)?;
                Ok(128 + killer as i32)
            }
            _ => Ok(99),
        }
    }
}

fn read_some(pipe: &mut PipeReader) -> std::io::Result<Vec<u8>> {
    let mut buffer = vec![0; 64 * 1024];
    let count = pipe.read(&mut buffer)?;
    buffer.truncate(count);
    Ok(buffer)
}

fn frame(value: Value) -> String {
    format!("{FRAME}{value}")
}

// ---- telling apart -------------------------------------------------------------------------------------------------

/// Splits a cell's raw output into text, rich content and evcxr's marks.
#[derive(Default)]
struct Splitter {
    /// Bytes of unfinished lines.
    pending: HashMap<bool, Vec<u8>>,
    /// The MIME type and the lines of content that has begun.
    content: Option<(String, Vec<String>)>,
}

impl Splitter {
    fn stdout(&mut self, bytes: &[u8]) -> Vec<String> {
        let lines = self.complete_lines(false, bytes);
        lines.iter().flat_map(|line| self.stdout_line(line)).collect()
    }

    fn stderr(&mut self, bytes: &[u8]) -> Vec<String> {
        let lines = self.complete_lines(true, bytes);
        lines.iter().map(|line| frame(json!({"stderr": format!("{line}\n")}))).collect()
    }

    /// The cell has ended: what is left had no line end.
    fn finish(&mut self) -> Vec<String> {
        let mut sent = Vec::new();
        for (is_stderr, name) in [(false, "stdout"), (true, "stderr")] {
            let rest = self.pending.remove(&is_stderr).unwrap_or_default();
            if !rest.is_empty() {
                sent.push(frame(json!({name: String::from_utf8_lossy(&rest)})));
            }
        }
        sent.extend(self.end_content());
        sent
    }

    fn complete_lines(&mut self, is_stderr: bool, bytes: &[u8]) -> Vec<String> {
        let pending = self.pending.entry(is_stderr).or_default();
        pending.extend_from_slice(bytes);
        let Some(last) = pending.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let rest = pending.split_off(last + 1);
        let whole = std::mem::replace(pending, rest);
        whole[..last].split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    fn stdout_line(&mut self, line: &str) -> Vec<String> {
        // A panic while content is written ends the content.
        if let Some((before, mark)) = split_mark(line, &[PANICKED, RETURNED_ERROR]) {
            let mut sent: Vec<String> = self.end_content().into_iter().collect();
            sent.extend(self.unterminated(before));
            let word = if mark == PANICKED { "panicked" } else { "returned_error" };
            sent.extend([frame(json!({word: true})), mark.to_string()]);
            return sent;
        }
        if let Some((_, lines)) = &mut self.content {
            if line != END_CONTENT {
                lines.push(line.to_string());
                return Vec::new();
            }
            return self.end_content().into_iter().collect();
        }
        if let Some(at) = line.find(BEGIN_CONTENT) {
            // As evcxr reads it: what stands behind the kind is not for this engine.
            let kind = line[at + BEGIN_CONTENT.len()..].split_whitespace().next().unwrap_or_default();
            self.content = Some((kind.to_string(), Vec::new()));
            return self.unterminated(&line[..at]).into_iter().collect();
        }
        if let Some(at) = line.find(CHANGED_TYPE) {
            let mut sent: Vec<String> = self.unterminated(&line[..at]).into_iter().collect();
            sent.push(line[at..].to_string());
            return sent;
        }
        vec![frame(json!({"stdout": format!("{line}\n")}))]
    }

    fn unterminated(&self, text: &str) -> Option<String> {
        (!text.is_empty()).then(|| frame(json!({"stdout": text})))
    }

    fn end_content(&mut self) -> Option<String> {
        let (mime, lines) = self.content.take()?;
        // evcxr drops empty lines at the beginning, so the stock kernel does.
        let content = lines.join("\n");
        Some(frame(json!({"mime": mime, "content": content.trim_start_matches('\n')})))
    }
}

/// The text before a mark at the end of a line, and the mark.
fn split_mark<'a>(line: &'a str, marks: &[&'static str]) -> Option<(&'a str, &'static str)> {
    marks.iter().find_map(|mark| line.strip_suffix(mark).map(|before| (before, *mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&str]) -> Vec<String> {
        let mut splitter = Splitter::default();
        let mut sent: Vec<String> = chunks.iter().flat_map(|chunk| splitter.stdout(chunk.as_bytes())).collect();
        sent.extend(splitter.finish());
        sent.iter().map(|line| line.strip_prefix(FRAME).unwrap_or(line).to_string()).collect()
    }

    #[test]
    fn text_content_and_marks_are_told_apart_even_in_mid_line() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["a\nb"], &[r#"{"stdout":"a\n"}"#, r#"{"stdout":"b"}"#]),
            (&["a", "b\n"], &[r#"{"stdout":"ab\n"}"#]),
            (&["xEVCXR_PANIC_NOTIFICATION\n"], &[r#"{"stdout":"x"}"#, r#"{"panicked":true}"#, PANICKED]),
            (
                &["x EVCXR_BEGIN_CONTENT text/plain\n\n42\n", "EVCXR_END_CONTENT\n"],
                &[r#"{"stdout":"x "}"#, r#"{"mime":"text/plain","content":"42"}"#],
            ),
            (
                &["EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_PANIC_NOTIFICATION\n"],
                &[r#"{"mime":"text/html","content":"<b>"}"#, r#"{"panicked":true}"#, PANICKED],
            ),
            (&["EVCXR_ERROR_OCCURRED\n"], &[r#"{"returned_error":true}"#, RETURNED_ERROR]),
            (&["EVCXR_VARIABLE_CHANGED_TYPE:x\n"], &["EVCXR_VARIABLE_CHANGED_TYPE:x"]),
        ];
        for (chunks, expected) in cases {
            assert_eq!(&split(chunks), expected, "{chunks:?}");
        }
    }
}
