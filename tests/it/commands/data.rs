//! `data` as a command: its messages, its exit codes, and what it leaves in the folder.
//!
//! Each kind of failure is tested beside the code. The real files are copied only if they are present.

#[path = "../../../src/cli/commands/data/server.rs"]
mod server;

#[cfg(unix)]
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Child;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use forward_pass::mnist::VARIABLE;
use server::{Answer, Server, Then};
use tempfile::TempDir;

use crate::support::{self, Finished};

const FIRST: &str = "train-images-idx3-ubyte.gz";

/// The default folder of a set in a home folder.
fn place(home: &Path, set: &str) -> PathBuf {
    let data = if cfg!(target_os = "macos") { "Library/Application Support/forward-pass" } else { "forward-pass" };
    home.join(data).join(set)
}

/// `data ...` with its own home folder and without a proxy.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = support::command(home, &[&["data"], arguments].concat());
    command.env("XDG_DATA_HOME", home).env("HOME", home);
    for name in [VARIABLE, "FORWARD_PASS_FASHION_MNIST", "http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command
}

fn data(home: &Path, arguments: &[&str]) -> Finished {
    Finished::of(command(home, arguments).output().unwrap())
}

fn real_files() -> Option<PathBuf> {
    let folder = std::env::var_os(VARIABLE).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("{VARIABLE} is not set: the real files were NOT copied");
    }
    folder
}

fn answer(path: &str) -> Answer {
    let (ok, size) = ("HTTP/1.1 200 OK", "\nContent-Length: 9912422");
    let (start, much) = ([0x1f, 0x8b], vec![0; 1_000_000]);
    match path.split('/').nth(1).unwrap_or_default() {
        "forbidden" => Answer::new("HTTP/1.1 403 Forbidden", b"", Then::Close),
        "stall" => Answer::new(&format!("{ok}{size}"), &start, Then::Stall),
        "trickle" => Answer::new(&format!("{ok}{size}"), &start, Then::Trickle),
        "endless" => Answer::new(ok, &much, Then::Repeat),
        _ => Answer::new("HTTP/1.1 404 Not Found", b"", Then::Close),
    }
}

#[test]
fn every_mirror_that_fails_is_listed_with_its_error() {
    let (home, server) = (TempDir::new().unwrap(), Server::start(answer));
    let folder = home.path().join("digits");
    let mut arguments = vec!["mnist".to_string(), "--patience=1".into(), format!("--dir={}", folder.display())];
    for case in ["forbidden", "gone", "stall", "trickle", "endless"] {
        arguments.push(format!("--from={}/{case}/", server.address));
    }
    let finished = data(home.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let expected = "\
train-images-idx3-ubyte.gz: SERVER/forbidden: answered 403 Forbidden
train-images-idx3-ubyte.gz: SERVER/gone: answered 404 Not Found
train-images-idx3-ubyte.gz: SERVER/stall: failed after 2 of 9912422 bytes: timed out: no data for 1 s
train-images-idx3-ubyte.gz: SERVER/trickle: too slow: N of 9912422 bytes, less than 2 kB/s for 1 s
error: cannot fetch train-images-idx3-ubyte.gz:
  SERVER/forbidden: answered 403 Forbidden
  SERVER/gone: answered 404 Not Found
  SERVER/stall: failed after 2 of 9912422 bytes: timed out: no data for 1 s
  SERVER/trickle: too slow: N of 9912422 bytes, less than 2 kB/s for 1 s
  SERVER/endless: sent more than 9912422 bytes
help: try again later, or download the four files another way and name their folder: `--from FOLDER`
";
    let said = finished.stderr.replace(&server.address, "SERVER");
    let slow = said.split("too slow: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("?");
    assert_eq!(said.replace(&format!("slow: {slow} "), "slow: N "), expected);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing is left behind");
    assert_eq!(server.seen().len(), 5);
}

/// Starts the command so that Ctrl-C ends it even where the tests themselves ignore it, as in a background job.
#[cfg(unix)]
fn interruptible(home: &Path, arguments: &[&str]) -> Child {
    use nix::sys::signal::{SigHandler, Signal, signal};
    let mut command = command(home, arguments);
    // SAFETY: the default handler is no code of ours.
    let reset = || unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) }.map(drop).map_err(Into::into);
    // SAFETY: between fork and exec only `signal` is called, which is safe there.
    unsafe { command.pre_exec(reset) };
    command.spawn().unwrap()
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    use nix::{sys::signal, unistd::Pid};
    signal::kill(Pid::from_raw(child.id() as i32), signal::SIGINT).unwrap();
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_silent_download_at_once_and_leaves_nothing_behind() {
    let (home, server) = (TempDir::new().unwrap(), Server::start(answer));
    let (folder, source) = (home.path().join("digits"), format!("{}/stall", server.address));
    let arguments = ["mnist", "--dir", folder.to_str().unwrap(), "--from", &source];
    let mut child = interruptible(home.path(), &arguments);
    while server.seen().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it asked");
        thread::sleep(Duration::from_millis(10));
    }
    let begun = Instant::now();
    interrupt(&child);
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    assert!(begun.elapsed() < Duration::from_secs(5), "the server is silent for 8 s");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn ctrl_c_waits_for_a_file_that_is_being_written() {
    let Some(real) = real_files() else { return };
    let home = TempDir::new().unwrap();
    let folder = place(home.path(), "mnist");
    let mut child = interruptible(home.path(), &["mnist", "--from", real.to_str().unwrap()]);
    // The first name in the folder is that of the temporary file.
    while std::fs::read_dir(&folder).map_or(0, Iterator::count) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it wrote");
    }
    interrupt(&child);
    child.wait().unwrap();
    let mut names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.all(|name| name.to_string_lossy().ends_with(".gz")), "no temporary file is left behind");
    let verified = data(home.path(), &["verify"]).stdout;
    assert!(verified.contains(&format!("  {FIRST}   ok\n")), "{verified}");
}

#[test]
fn an_address_of_another_kind_is_a_misuse() {
    let home = TempDir::new().unwrap();
    let finished = data(home.path(), &["mnist", "--from", "ftp://127.0.0.1/mnist"]);
    let expected = "error: `--from ftp://127.0.0.1/mnist`: ftp:// is not supported\n\
        help: name a folder or an address with https://\n";
    assert_eq!((finished.stderr.as_str(), finished.code), (expected, Some(2)));
    let finished = data(home.path(), &["verify", "--dir", "here"]);
    let expected = "error: `--dir` needs the name of a set\nhelp: `data verify mnist --dir FOLDER`\n";
    assert_eq!((finished.stderr.as_str(), finished.code), (expected, Some(2)));
}

#[test]
fn a_missing_set_is_listed_with_the_command_that_downloads_it() {
    let home = TempDir::new().unwrap();
    let finished = data(home.path(), &["list"]);
    let expected = format!(
        "mnist          not downloaded: run `forward-pass data mnist`\n\
         {0:14} 60,000 + 10,000 handwritten digits, 11.6 MB\n\
         {0:14} {1}\n\
         fashion-mnist  not downloaded: run `forward-pass data fashion-mnist`\n\
         {0:14} 60,000 + 10,000 pictures of clothes, as large as the digits and harder, 30.9 MB\n\
         {0:14} {2}\n",
        "",
        place(home.path(), "mnist").display(),
        place(home.path(), "fashion-mnist").display()
    );
    assert_eq!((finished.stdout, finished.code), (expected, Some(0)));
    let finished = data(home.path(), &["verify"]);
    let expected = "no data set is downloaded\nhelp: run `forward-pass data mnist`\n";
    assert_eq!((finished.stderr.as_str(), finished.code), (expected, Some(4)));
}

#[test]
fn verify_reports_found_and_expected_values() {
    let home = TempDir::new().unwrap();
    let folder = place(home.path(), "mnist");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(FIRST), b"<html>").unwrap();
    std::fs::write(folder.join("t10k-labels-idx1-ubyte.gz"), [0; 4542]).unwrap();
    let finished = data(home.path(), &["verify"]);
    // `head -c 4542 /dev/zero | sha256sum`
    let zeros = "53a396d808dd391e83dae392ebeab5d2a08beb8037f0960d6bf56aaa0d348035";
    let expected = format!(
        "MNIST in {}\n  {FIRST}   6 bytes, expected 9912422\n  train-labels-idx1-ubyte.gz   missing\n  \
         t10k-images-idx3-ubyte.gz    missing\n  t10k-labels-idx1-ubyte.gz    sha256 {zeros}, expected \
         f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6\n\
         help: `forward-pass data mnist` downloads the missing and damaged files\n",
        folder.display()
    );
    assert_eq!((finished.stdout, finished.code), (expected, Some(1)));
    // For another folder, the suggested command names it.
    let other = home.path().join("elsewhere").display().to_string();
    let stdout = data(home.path(), &["verify", "mnist", "--dir", &other]).stdout;
    let mends = format!("help: `forward-pass data mnist --dir \"{other}\"` downloads the missing and damaged files\n");
    assert!(stdout.ends_with(&mends), "{stdout}");
    let other = home.path().join("my digits, 자료").display().to_string();
    let stdout = data(home.path(), &["verify", "mnist", "--dir", &other]).stdout;
    let mends = format!("help: `forward-pass data mnist --dir \"{other}\"` downloads the missing and damaged files\n");
    assert!(stdout.ends_with(&mends), "{stdout}");
}

/// The library reads files without `.gz`, too.
#[test]
fn unpacked_files_cannot_be_verified() {
    let home = TempDir::new().unwrap();
    let folder = place(home.path(), "mnist");
    std::fs::create_dir_all(&folder).unwrap();
    let names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"];
    names.into_iter().for_each(|name| std::fs::write(folder.join(name), "").unwrap());
    let stdout = data(home.path(), &["list"]).stdout;
    assert!(stdout.starts_with("mnist          not downloaded: "), "{stdout}");
    std::fs::write(folder.join("t10k-labels-idx1-ubyte"), "").unwrap();
    let stdout = data(home.path(), &["list"]).stdout;
    assert!(stdout.starts_with("mnist          unpacked, so it cannot be verified\n"), "{stdout}");
    let finished = data(home.path(), &["verify"]);
    assert!(finished.stdout.contains("t10k-labels-idx1-ubyte.gz    unpacked: readable, but cannot be verified\n"));
    assert_eq!(finished.code, Some(1));
}

#[test]
fn a_file_in_place_of_the_folder_is_reported() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let finished = data(home.path(), &["mnist", "--dir", file.to_str().unwrap()]);
    let begins = format!("error: cannot create the folder {}: File exists", file.display());
    assert!(finished.stderr.starts_with(&begins), "{}", finished.stderr);
    assert!(finished.stderr.ends_with("help: choose another folder with `--dir FOLDER`\n"), "{}", finished.stderr);
}

/// A limit on the size of files stands for the full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_is_reported_and_nothing_is_left_behind() {
    let Some(real) = real_files() else { return };
    let home = TempDir::new().unwrap();
    let data = command(home.path(), &["mnist", "--from", real.to_str().unwrap()]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\""]).arg(data.get_program());
    limited.args(data.get_args()).env_remove(VARIABLE).env("XDG_DATA_HOME", home.path()).env("HOME", home.path());
    let output = limited.output().unwrap();
    let (folder, stderr) = (place(home.path(), "mnist"), String::from_utf8_lossy(&output.stderr));
    let path = folder.join(FIRST).display().to_string();
    let help = "help: choose another folder with `--dir FOLDER`";
    assert_eq!(stderr, format!("error: cannot write {path}: File too large (os error 27)\n{help}\n"));
    assert_eq!((output.status.code(), std::fs::read_dir(folder).unwrap().count()), (Some(3), 0));
}

#[test]
fn the_real_files_are_fetched_from_a_folder_and_over_http_and_then_left_alone() {
    let Some(real) = real_files() else { return };
    let home = TempDir::new().unwrap();
    let finished = data(home.path(), &["mnist", "--from", real.to_str().unwrap()]);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let folder = place(home.path(), "mnist");
    let end = format!("MNIST is complete: 4 files verified in {}\nopen it with `Mnist::find()`\n", folder.display());
    assert!(finished.stdout.ends_with(&end), "{}", finished.stdout);
    assert_eq!(data(home.path(), &["verify"]).code, Some(0));

    let files = real.clone();
    let server = Server::start(move |path| match path.strip_prefix("/files/") {
        Some(name) => {
            let bytes = std::fs::read(files.join(name)).unwrap();
            Answer::new(&format!("HTTP/1.1 200 OK\nContent-Length: {}", bytes.len()), &bytes, Then::Close)
        }
        None => Answer::new("HTTP/1.1 404 Not Found", b"", Then::Close),
    });
    // One file is missing and one is damaged: only these two are fetched.
    std::fs::remove_file(folder.join(FIRST)).unwrap();
    std::fs::write(folder.join("t10k-labels-idx1-ubyte.gz"), b"<html>").unwrap();
    let sources = [format!("{}/gone", server.address), format!("{}/files", server.address)];
    let arguments = ["mnist", "--from", &sources[0], "--from", &sources[1]];
    let finished = data(home.path(), &arguments);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let labels = "t10k-labels-idx1-ubyte.gz";
    let seen =
        [format!("/gone/{FIRST}"), format!("/files/{FIRST}"), format!("/gone/{labels}"), format!("/files/{labels}")];
    assert_eq!(server.seen(), seen);

    let finished = data(home.path(), &arguments);
    let expected = format!("MNIST is already complete: 4 files verified in {}\n", folder.display());
    assert_eq!((finished.stdout, finished.code, server.seen().len()), (expected, Some(0), 4));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4, "nothing else is left behind");
    assert_eq!(forward_pass::mnist::Mnist::open(&folder).unwrap().to_string(), "MNIST: 60000 to train, 10000 to test");
}
