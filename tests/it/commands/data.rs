//! `data` through the command: what it says, how it ends, and what it leaves in the folder.
//!
//! The mechanics of each failure are tested beside their code. The real files are copied only where they are present.

#[path = "../../../src/cli/commands/data/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::Command;

use forward_pass::mnist::VARIABLE;
use server::{Answer, Server, Then};
use tempfile::TempDir;

const FIRST: &str = "train-images-idx3-ubyte.gz";

struct Told {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

/// The folder of a set below such a home.
fn place(home: &Path, set: &str) -> PathBuf {
    let data = if cfg!(target_os = "macos") { "Library/Application Support/forward-pass" } else { "forward-pass" };
    home.join(data).join(set)
}

/// Runs `data ...` with a home of its own, and with no proxy between it and this machine.
fn data(home: &Path, arguments: &[&str]) -> Told {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forward-pass"));
    command.arg("data").args(arguments).env("XDG_DATA_HOME", home).env("HOME", home);
    for name in [VARIABLE, "FORWARD_PASS_FASHION_MNIST", "CLICOLOR_FORCE", "http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    Told {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code(),
    }
}

fn answer(path: &str, _range: &str) -> Answer {
    let (ok, size) = ("HTTP/1.1 200 OK", "\nContent-Length: 9912422");
    let (start, much) = ([0x1f, 0x8b], [0x1f, 0x8b].repeat(500_000));
    match path.split('/').nth(1).unwrap_or_default() {
        "forbidden" => Answer::new("HTTP/1.1 403 Forbidden", b"", Then::Close),
        "stall" => Answer::new(&format!("{ok}{size}"), &start, Then::Stall),
        "trickle" => Answer::new(&format!("{ok}{size}"), &start, Then::Trickle),
        "endless" => Answer::new(ok, &much, Then::Repeat),
        _ => Answer::new("HTTP/1.1 404 Not Found", b"", Then::Close),
    }
}

#[test]
fn every_mirror_that_fails_is_named_with_its_fault() {
    let (home, server) = (TempDir::new().unwrap(), Server::start(answer));
    let folder = home.path().join("digits");
    let mut arguments = vec!["mnist".to_string(), "--patience=1".into(), format!("--dir={}", folder.display())];
    for case in ["forbidden", "gone", "stall", "trickle", "endless"] {
        arguments.push(format!("--from={}/{case}/", server.address));
    }
    let told = data(home.path(), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let expected = "\
error: train-images-idx3-ubyte.gz could not be had:
  SERVER/forbidden: answers 403 Forbidden
  SERVER/gone: answers 404 Not Found
  SERVER/stall: broke off after 2 of 9912422 bytes: nothing came for 1 s
  SERVER/trickle: is too slow: N of 9912422 bytes came, hardly any in the last 1 s
  SERVER/endless: sends more than 9912422 bytes
help: try again later, or fetch the four files by other means and name their folder: `--from FOLDER`
";
    let said = told.stderr.replace(&server.address, "SERVER");
    let said: String = said.lines().skip_while(|line| !line.starts_with("error")).map(|l| format!("{l}\n")).collect();
    let slow = said.split("is too slow: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or("?");
    assert_eq!(said.replace(&format!("slow: {slow} "), "slow: N "), expected);
    assert_eq!((told.code, told.stdout.as_str()), (Some(1), ""));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "nothing is left of it");
    assert_eq!(server.seen().len(), 5);
}

#[test]
fn an_address_of_another_kind_is_a_misuse() {
    let home = TempDir::new().unwrap();
    let told = data(home.path(), &["mnist", "--from", "ftp://127.0.0.1/mnist"]);
    let expected = "error: `--from ftp://127.0.0.1/mnist`: ftp:// is not fetched\n\
        help: name a folder, or an address that begins with https://\n";
    assert_eq!((told.stderr.as_str(), told.code), (expected, Some(2)));
    let told = data(home.path(), &["verify", "--dir", "here"]);
    let expected = "error: `--dir` needs to know which set is there\nhelp: `data verify mnist --dir FOLDER`\n";
    assert_eq!((told.stderr.as_str(), told.code), (expected, Some(2)));
}

#[test]
fn nothing_here_is_said_with_the_command_that_fetches_it() {
    let home = TempDir::new().unwrap();
    let told = data(home.path(), &["list"]);
    let expected = format!(
        "mnist          not here: `forward-pass data mnist` fetches it\n\
         {0:14} 60,000 + 10,000 handwritten digits, 11.6 MB\n\
         {0:14} {1}\n\
         fashion-mnist  not here: `forward-pass data fashion-mnist` fetches it\n\
         {0:14} 60,000 + 10,000 pictures of clothes, as large as the digits and harder, 30.9 MB\n\
         {0:14} {2}\n",
        "",
        place(home.path(), "mnist").display(),
        place(home.path(), "fashion-mnist").display()
    );
    assert_eq!((told.stdout, told.code), (expected, Some(0)));
    let told = data(home.path(), &["verify"]);
    let expected = "no data set is here\nhelp: `forward-pass data mnist` fetches one\n";
    assert_eq!((told.stderr.as_str(), told.code), (expected, Some(4)));
}

#[test]
fn verify_tells_the_two_values_that_disagree() {
    let home = TempDir::new().unwrap();
    let folder = place(home.path(), "mnist");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(FIRST), b"<html>").unwrap();
    std::fs::write(folder.join("t10k-labels-idx1-ubyte.gz"), [0; 4542]).unwrap();
    let told = data(home.path(), &["verify"]);
    // `head -c 4542 /dev/zero | sha256sum`
    let zeros = "53a396d808dd391e83dae392ebeab5d2a08beb8037f0960d6bf56aaa0d348035";
    let expected = format!(
        "MNIST in {}\n  {FIRST}   6 bytes, not 9912422\n  train-labels-idx1-ubyte.gz   missing\n  \
         t10k-images-idx3-ubyte.gz    missing\n  t10k-labels-idx1-ubyte.gz    sha256 {zeros}, not \
         f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6\n\
         help: `forward-pass data mnist` fetches what is missing or wrong\n",
        folder.display()
    );
    assert_eq!((told.stdout, told.code), (expected, Some(1)));
    // Elsewhere the command that mends it says where.
    let other = home.path().join("elsewhere").display().to_string();
    let told = data(home.path(), &["verify", "mnist", "--dir", &other]).stdout;
    let mends = format!("help: `forward-pass data mnist --dir {other}` fetches what is missing or wrong\n");
    assert!(told.ends_with(&mends), "{told}");
    let other = home.path().join("my digits, 자료").display().to_string();
    let told = data(home.path(), &["verify", "mnist", "--dir", &other]).stdout;
    let mends = format!("help: `forward-pass data mnist --dir \"{other}\"` fetches what is missing or wrong\n");
    assert!(told.ends_with(&mends), "{told}");
}

/// Many have them without `.gz`, and the library reads them like this.
#[test]
fn unpacked_files_are_here_and_cannot_be_checked() {
    let home = TempDir::new().unwrap();
    let folder = place(home.path(), "mnist");
    std::fs::create_dir_all(&folder).unwrap();
    let names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"];
    names.into_iter().for_each(|name| std::fs::write(folder.join(name), "").unwrap());
    let told = data(home.path(), &["list"]).stdout;
    assert!(told.starts_with("mnist          not here: "), "{told}");
    std::fs::write(folder.join("t10k-labels-idx1-ubyte"), "").unwrap();
    let told = data(home.path(), &["list"]).stdout;
    assert!(told.starts_with("mnist          here, unpacked, and so not to be checked\n"), "{told}");
    let told = data(home.path(), &["verify"]);
    assert!(told.stdout.contains("t10k-labels-idx1-ubyte.gz    unpacked: it is read, and cannot be checked\n"));
    assert_eq!(told.code, Some(1));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_said() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let told = data(home.path(), &["mnist", "--dir", file.to_str().unwrap()]);
    let begins = format!("error: cannot make the folder {}: File exists", file.display());
    assert!(told.stderr.starts_with(&begins), "{}", told.stderr);
    assert!(told.stderr.ends_with("help: choose another with `--dir FOLDER`\n"), "{}", told.stderr);
}

#[test]
fn the_real_files_come_from_a_folder_and_over_http_and_are_then_left_alone() {
    let Some(real) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        eprintln!("{VARIABLE} is not set, so the real files were NOT copied");
        return;
    };
    let home = TempDir::new().unwrap();
    let told = data(home.path(), &["mnist", "--from", real.to_str().unwrap()]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let folder = place(home.path(), "mnist");
    let end = format!("MNIST: 4 files, all right, in {}\n`Mnist::find()` opens them\n", folder.display());
    assert!(told.stdout.ends_with(&end), "{}", told.stdout);
    assert_eq!(data(home.path(), &["verify"]).code, Some(0));

    let files = real.clone();
    let server = Server::start(move |path, _| match path.strip_prefix("/files/") {
        Some(name) => {
            let bytes = std::fs::read(files.join(name)).unwrap();
            Answer::new(&format!("HTTP/1.1 200 OK\nContent-Length: {}", bytes.len()), &bytes, Then::Close)
        }
        None => Answer::new("HTTP/1.1 404 Not Found", b"", Then::Close),
    });
    // One file is missing and one is wrong: only these two are fetched.
    std::fs::remove_file(folder.join(FIRST)).unwrap();
    std::fs::write(folder.join("t10k-labels-idx1-ubyte.gz"), b"<html>").unwrap();
    let sources = [format!("{}/gone", server.address), format!("{}/files", server.address)];
    let arguments = ["mnist", "--from", &sources[0], "--from", &sources[1]];
    let told = data(home.path(), &arguments);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    let labels = "t10k-labels-idx1-ubyte.gz";
    let seen =
        [format!("/gone/{FIRST}"), format!("/files/{FIRST}"), format!("/gone/{labels}"), format!("/files/{labels}")];
    assert_eq!(server.seen(), seen);

    let told = data(home.path(), &arguments);
    let expected = format!("MNIST is here already, all 4 files right: {}\n", folder.display());
    assert_eq!((told.stdout, told.code, server.seen().len()), (expected, Some(0), 4));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4, "nothing else is left there");
    assert_eq!(forward_pass::mnist::Mnist::open(&folder).unwrap().to_string(), "MNIST: 60000 to train, 10000 to test");
}
