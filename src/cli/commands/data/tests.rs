//! Mirrors that misbehave, folders as sources, and what is left on disk.
//!
//! The set and the server are made up; the messages of the command as a whole are tested in `tests/it/data.rs`.

use std::path::Path;
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::server::{Answer, Server, Then};
use super::sets::Entry;
use super::{disk, fetch};

const NAME: &str = "made-idx3-ubyte.gz";

fn bytes() -> Vec<u8> {
    (0..200_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn wrong_bytes() -> Vec<u8> {
    let mut bytes = bytes();
    bytes[123_456] ^= 1;
    bytes
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entry() -> Entry {
    Entry { name: NAME, size: 200_000, sha256: hash(&bytes()).leak() }
}

fn answer(path: &str) -> Answer {
    let (all, ok, sized) = (bytes(), "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\nContent-Length: 200000");
    let moved = "HTTP/1.1 302 Found\nLocation: ";
    let (head, body, then): (&str, &[u8], Then) = match path.split('/').nth(1).unwrap_or_default() {
        "good" => (sized, &all, Then::Close),
        "unsized" => (ok, &all, Then::Close),
        "moved" => (&format!("{moved}/good/{NAME}"), b"", Then::Close),
        "encoded" => (&format!("{sized}\nContent-Encoding: gzip"), &all, Then::Close),
        "more-than-promised" => (sized, &[&all[..], b"and more"].concat(), Then::Close),
        "forbidden" => ("HTTP/1.1 403 Forbidden\nContent-Length: 2", b"no", Then::Close),
        "gone" => ("HTTP/1.1 404 Not Found\nContent-Length: 2", b"no", Then::Close),
        "broken" => ("HTTP/1.1 500 Internal Server Error", b"", Then::Close),
        "part" => ("HTTP/1.1 206 Partial Content\nContent-Length: 200000", &all, Then::Close),
        "round" => (&format!("{moved}/round/{NAME}"), b"", Then::Close),
        "nowhere" => ("HTTP/1.1 302 Found", b"", Then::Close),
        "login" => (&format!("{ok}\nContent-Type: text/html\nContent-Length: 9"), b"<p>Log in", Then::Close),
        "page" => (&format!("{ok}\nContent-Type: text/html"), b"<p>Log in", Then::Close),
        "negative" => (&format!("{ok}\nContent-Length: -5"), &all, Then::Close),
        "too-long" => (&format!("{ok}\nContent-Length: 200001"), &[&all[..], b"0"].concat(), Then::Close),
        "endless" => (ok, &all, Then::Repeat),
        "short" => (ok, &all[..70_000], Then::Close),
        "cut" => (sized, &all[..70_000], Then::Close),
        "wrong" => (sized, &wrong_bytes(), Then::Close),
        "stall" => (sized, &all[..70_000], Then::Stall),
        "mute" => ("", b"", Then::Stall),
        "slow-head" => ("", b"HTTP/1.1 200 OK\r\nX-Slow: ", Then::Trickle),
        "trickle" => (sized, &all[..70_000], Then::Trickle),
        "babble" => ("IT WORKS", b"", Then::Close),
        _ => panic!("no answer for {path}"),
    };
    Answer::new(head, body, then)
}

fn fetched(sources: &[String]) -> Result<Vec<u8>, String> {
    fetch::file(&entry(), sources, Duration::from_secs(1)).map(|(bytes, _)| bytes)
}

/// The message of one source that fails; the next one is asked.
fn failure(server: &Server, source: &str) -> String {
    let report = fetched(&[source.to_string()]).unwrap_err();
    let good = [source.to_string(), format!("{}/good/", server.address)];
    assert!(fetched(&good).is_ok_and(|found| found == bytes()), "{source}, then good");
    let start = format!("cannot fetch {NAME}:\n  {}: ", source.trim_end_matches('/'));
    let end = "help: try again later, or download the four files another way and name their folder: `--from FOLDER`";
    let message = report.strip_prefix(&start).and_then(|rest| rest.strip_suffix(&format!("\n{end}")));
    message.unwrap_or_else(|| panic!("{report}")).to_string()
}

#[test]
fn a_mirror_that_misbehaves_is_reported_and_the_next_one_is_tried() {
    let wrong = format!("sha256 {}, expected {}", hash(&wrong_bytes()), entry().sha256);
    let cases = [
        ("forbidden", "answered 403 Forbidden"),
        ("gone", "answered 404 Not Found"),
        ("broken", "answered 500 Internal Server Error"),
        ("part", "answered 206 Partial Content"),
        ("round", "too many redirects"),
        ("nowhere", "protocol: missing a location header"),
        ("login", "sent 9 bytes (text/html), expected 200000"),
        ("page", "sent 9 bytes (text/html), expected 200000"),
        ("negative", "protocol: content-length header not a number"),
        ("too-long", "sent 200001 bytes, expected 200000"),
        ("endless", "sent more than 200000 bytes"),
        ("short", "sent 70000 bytes, expected 200000"),
        ("cut", "failed after 70000 of 200000 bytes: Peer disconnected"),
        ("wrong", &wrong),
        ("stall", "failed after 70000 of 200000 bytes: timed out: no data for 1 s"),
        ("mute", "timed out: no data for 1 s"),
        ("slow-head", "timed out: no data for 1 s"),
        ("trickle", "too slow: 700... of 200000 bytes, less than 2 kB/s for 1 s"),
        ("babble", "protocol: ..."),
    ];
    let server = Server::start(answer);
    thread::scope(|scope| {
        for (case, expected) in cases {
            let server = &server;
            scope.spawn(move || {
                let found = failure(server, &format!("{}/{case}/", server.address));
                let (start, end) = expected.split_once("...").unwrap_or((expected, expected));
                assert!(found.starts_with(start) && found.ends_with(end), "{case}: {found}");
            });
        }
    });
}

#[test]
fn a_host_that_cannot_be_reached_is_reported_and_the_next_one_is_tried() {
    let server = Server::start(answer);
    assert!(failure(&server, "http://127.0.0.1:9").starts_with("Connection refused"));
    assert_eq!(failure(&server, "http://no-such-host.invalid"), "host not found; are you online?");
    // TLS with a server that does not speak it.
    failure(&server, &server.address.replace("http:", "https:"));
}

#[test]
fn sources_are_tried_in_order_and_none_after_the_first_good_one() {
    let server = Server::start(answer);
    let sources = ["gone", "forbidden", "good", "broken"].map(|case| format!("{}/{case}/", server.address));
    let entry = entry();
    let (found, source) = fetch::file(&entry, &sources, Duration::from_secs(1)).unwrap();
    assert_eq!((hash(&found).as_str(), source), (entry.sha256, format!("{}/good", server.address).as_str()));
    assert_eq!(server.seen(), ["gone", "forbidden", "good"].map(|case| format!("/{case}/{NAME}")));
}

#[test]
fn odd_answers_with_the_right_bytes_are_accepted() {
    let server = Server::start(answer);
    for case in ["unsized", "moved", "encoded", "more-than-promised"] {
        assert!(fetched(&[format!("{}/{case}", server.address)]).is_ok_and(|found| found == bytes()), "{case}");
    }
}

#[test]
fn a_folder_is_a_source_if_its_file_is_the_published_one() {
    let folder = TempDir::new().unwrap();
    let source = folder.path().display().to_string();
    let check = |source: &str, expected: &str| {
        let help = "help: name a folder with the four files as published, or omit `--from`";
        let report = format!("cannot fetch {NAME}:\n  {source}: {expected}\n{help}");
        assert_eq!(fetched(&[source.to_string()]), Err(report));
    };
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    check("/no/such/folder", "not a folder");
    // A drive of Windows is no scheme.
    assert!(fetch::check_source("c://mnist").is_ok());
    check("c://no-such-folder", "not a folder");
    check(&source, &format!("has no {NAME}"));
    put("made-idx3-ubyte", b"");
    check(&source, "has made-idx3-ubyte without .gz: `Mnist::open` reads it in place");
    put(NAME, &bytes()[1..]);
    check(&source, "199999 bytes, expected 200000");
    put(NAME, &wrong_bytes());
    check(&source, &format!("sha256 {}, expected {}", hash(&wrong_bytes()), entry().sha256));
    put(NAME, &bytes());
    assert!(fetched(&[source]).is_ok_and(|found| found == bytes()));
}

#[test]
fn a_damaged_file_is_replaced() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join(NAME), b"<html>").unwrap();
    disk::place(folder.path(), &entry(), &bytes()).unwrap();
    assert_eq!(disk::read(folder.path(), &entry()), Ok(bytes()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_as_readable_as_any_other() {
    let folder = TempDir::new().unwrap();
    disk::place(folder.path(), &entry(), &bytes()).unwrap();
    std::fs::write(folder.path().join("other"), b"").unwrap();
    let metadata = |name: &str| folder.path().join(name).metadata().unwrap();
    assert_eq!(metadata(NAME).permissions(), metadata("other").permissions());
}

#[test]
fn a_failed_write_names_the_file_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let taken = folder.path().join(NAME);
    std::fs::create_dir(&taken).unwrap();
    let error = disk::place(folder.path(), &entry(), &bytes()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot write {}: Is a directory", taken.display())), "{error}");
    assert!(error.ends_with("\nhelp: choose another folder with `--dir FOLDER`"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the folder in its place");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_refused_before_the_download() {
    let error = disk::prepare(Path::new("/proc")).unwrap_err().to_string();
    assert!(error.starts_with("cannot write to the folder /proc: "), "{error}");
    assert!(error.ends_with("\nhelp: choose another folder with `--dir FOLDER`"), "{error}");
}
