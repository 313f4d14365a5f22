//! Mirrors that fail in every way, and folders before and after.
//!
//! The set is made here, and so is the server; how the command speaks is tested from outside.

use std::path::Path;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::fetch::{Brought, Source, file};
use super::server::{Answer, Server, Then};
use super::sets::Entry;

const NAME: &str = "made-idx3-ubyte.gz";

/// 200,000 bytes that begin as gzip does.
fn bytes() -> Vec<u8> {
    let noise = (0..200_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 13) as u8);
    [0x1f, 0x8b].into_iter().chain(noise).take(200_000).collect()
}

fn entry() -> Entry {
    let hash: String = Sha256::digest(bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    Entry { name: NAME, size: 200_000, sha256: hash.leak() }
}

fn answer(path: &str, range: &str) -> Answer {
    let (all, ok) = (bytes(), "HTTP/1.1 200 OK\nContent-Length: 200000");
    let case = path.split('/').nth(1).unwrap_or_default();
    let from = range.strip_prefix("bytes=").and_then(|range| range.trim_end_matches('-').parse::<usize>().ok());
    match (case, from) {
        ("good", None) => Answer::new(ok, &all, Then::Close),
        ("good", Some(from)) => {
            let rest = 200_000 - from;
            let head = format!(
                "HTTP/1.1 206 Partial Content\nContent-Length: {rest}\nContent-Range: bytes {from}-199999/200000"
            );
            Answer::new(&head, &all[from..], Then::Close)
        }
        ("no-ranges", _) => Answer::new(ok, &all, Then::Close),
        ("other-range", Some(_)) => {
            let head = "HTTP/1.1 206 Partial Content\nContent-Range: bytes 0-199999/200000";
            Answer::new(head, &all, Then::Close)
        }
        ("range-refused", Some(_)) => Answer::new("HTTP/1.1 416 Range Not Satisfiable", b"", Then::Close),
        ("range-refused", None) => Answer::new(ok, &all, Then::Close),
        ("forbidden", _) => Answer::new("HTTP/1.1 403 Forbidden\nContent-Length: 2", b"no", Then::Close),
        ("gone", _) => Answer::new("HTTP/1.1 404 Not Found\nContent-Length: 2", b"no", Then::Close),
        ("broken", _) => Answer::new("HTTP/1.1 500 Internal Server Error", b"", Then::Close),
        ("moved", _) => Answer::new(&format!("HTTP/1.1 302 Found\nLocation: /good/{NAME}"), b"", Then::Close),
        ("round", _) => Answer::new(&format!("HTTP/1.1 302 Found\nLocation: /round/{NAME}"), b"", Then::Close),
        ("login", _) => Answer::new(
            "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nContent-Length: 9",
            b"<p>Log in",
            Then::Close,
        ),
        ("encoded", _) => Answer::new(&format!("{ok}\nContent-Encoding: gzip"), &all, Then::Close),
        ("to-and-fro", _) => {
            Answer::new(&format!("HTTP/1.1 302 Found\nLocation: /fro-and-to/{NAME}"), b"", Then::Close)
        }
        ("fro-and-to", _) => {
            Answer::new(&format!("HTTP/1.1 302 Found\nLocation: /to-and-fro/{NAME}"), b"", Then::Close)
        }
        ("nowhere", _) => Answer::new("HTTP/1.1 302 Found", b"", Then::Close),
        ("negative", _) => Answer::new("HTTP/1.1 200 OK\nContent-Length: -5", &all, Then::Close),
        ("too-long", _) => Answer::new("HTTP/1.1 200 OK\nContent-Length: 200001", &all, Then::Close),
        ("lie", _) => Answer::new(ok, &[&all[..], b"and more"].concat(), Then::Close),
        ("changed", Some(from)) => {
            let rest = all[from..].iter().map(|byte| byte ^ 1).collect::<Vec<u8>>();
            let range = format!("Content-Range: bytes {from}-199999/200000");
            Answer::new(&format!("HTTP/1.1 206 Partial Content\n{range}"), &rest, Then::Close)
        }
        ("changed", None) => Answer::new(ok, &all, Then::Close),
        ("slow-head", _) => Answer::new("", b"HTTP/1.1 200 OK\r\nX-Slow: ", Then::Trickle),
        ("page", _) => Answer::new("HTTP/1.1 200 OK", b"<!doctype html><p>Log in", Then::Close),
        ("short", _) => Answer::new("HTTP/1.1 200 OK", &all[..70_000], Then::Close),
        ("cut", _) => Answer::new(ok, &all[..70_000], Then::Close),
        ("small", _) => Answer::new("HTTP/1.1 200 OK\nContent-Length: 12", b"\x1f\x8b0123456789", Then::Close),
        ("wrong", _) => {
            let mut wrong = all;
            wrong[123_456] ^= 1;
            Answer::new(ok, &wrong, Then::Close)
        }
        ("endless", _) => Answer::new("HTTP/1.1 200 OK", &all, Then::Repeat),
        ("stall", _) => Answer::new(ok, &all[..70_000], Then::Stall),
        ("mute", _) => Answer::new("HTTP/1.1 200 OK\nContent-Length: 200000", b"", Then::Stall),
        ("trickle", _) => Answer::new(ok, &all[..70_000], Then::Trickle),
        ("babble", _) => Answer::new("IT WORKS", b"", Then::Close),
        _ => panic!("no answer for {path} {range}"),
    }
}

struct Try {
    folder: TempDir,
    server: Server,
}

impl Try {
    fn new() -> Try {
        Try { folder: TempDir::new().unwrap(), server: Server::start(answer) }
    }

    fn fetch(&self, cases: &[&str]) -> Brought {
        let sources = cases.iter().map(|case| Source::Web(format!("{}/{case}/", self.server.address)));
        self.from(&sources.collect::<Vec<_>>())
    }

    fn from(&self, sources: &[Source]) -> Brought {
        file(&entry(), sources, self.folder.path(), Duration::from_secs(1)).unwrap()
    }

    /// What the folder holds: names and lengths.
    fn holds(&self) -> Vec<(String, u64)> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap);
        entries.map(|it| (it.file_name().to_string_lossy().into_owned(), it.metadata().unwrap().len())).collect()
    }

    fn is_right(&self) -> bool {
        std::fs::read(self.folder.path().join(NAME)).is_ok_and(|read| read == bytes())
    }
}

/// Alone the case fails with these words and leaves no file; before a good mirror it does no harm.
fn check(case: &str, expected: &str) {
    let alone = Try::new();
    let Brought::Nowhere(words) = alone.fetch(&[case]) else { panic!("{case} brought it") };
    let line = words.lines().nth(1).unwrap_or_default().replace(&alone.server.address, "SERVER");
    assert_eq!(line, format!("  SERVER/{case}: {expected}"));
    assert!(!alone.folder.path().join(NAME).exists(), "{case} left a file");
    let both = Try::new();
    assert_eq!(both.fetch(&[case, "good"]), Brought::Right, "{case}, then good");
    assert!(both.is_right(), "{case}, then good");
    assert_eq!(both.holds(), [(NAME.to_string(), 200_000)], "{case}, then good");
}

#[test]
fn what_a_mirror_does_wrong_is_said_and_the_next_one_is_asked() {
    check("forbidden", "answers 403 Forbidden");
    check("gone", "answers 404 Not Found");
    check("broken", "answers 500 Internal Server Error");
    check("round", "sends from one address to the next, more than 5 times");
    check("page", "sends something else: it begins with `<!doctype html>`, not with gzip's 1f 8b");
    check("login", "offers 9 bytes of text/html, not 200000");
    check("to-and-fro", "sends from one address to the next, more than 5 times");
    check("nowhere", "protocol: missing a location header");
    check("negative", "protocol: content-length header not a number");
    check("too-long", "offers 200001 bytes, not 200000");
    check("short", "sends 70000 bytes, not 200000");
    check("small", "offers 12 bytes, not 200000");
    check("endless", "sends more than 200000 bytes");
}

#[test]
fn wrong_bytes_are_told_by_their_hash() {
    let tried = Try::new();
    let Brought::Nowhere(words) = tried.fetch(&["wrong"]) else { panic!("it is wrong") };
    assert!(words.contains("/wrong: sha256 ") && words.contains(&format!(", not {}", entry().sha256)), "{words}");
    assert_eq!(tried.holds(), []);
    assert_eq!(tried.fetch(&["wrong", "good"]), Brought::Right);
    assert!(tried.is_right());
}

#[test]
fn a_stall_and_a_trickle_end_when_patience_does() {
    let begun = Instant::now();
    check("stall", "broke off after 70000 of 200000 bytes: nothing came for 1 s");
    check("mute", "broke off after 0 of 200000 bytes: nothing came for 1 s");
    let tried = Try::new();
    let Brought::Nowhere(words) = tried.fetch(&["trickle"]) else { panic!("a trickle brought it") };
    assert!(words.contains("/trickle: is too slow: 700"), "{words}");
    assert!(words.contains(" of 200000 bytes came, hardly any in the last 1 s\nhelp: run it again, "), "{words}");
    check("slow-head", "nothing came for 1 s");
    assert!(begun.elapsed() < Duration::from_secs(60), "no stall may last");
}

#[test]
fn a_line_that_breaks_is_taken_up_where_it_broke() {
    let tried = Try::new();
    let Brought::Nowhere(words) = tried.fetch(&["cut"]) else { panic!("it was cut") };
    assert!(words.contains("/cut: broke off after 70000 of 200000 bytes: "), "{words}");
    assert_eq!(tried.holds(), [(format!("{NAME}.part"), 70_000)]);
    assert_eq!(tried.fetch(&["good"]), Brought::Right);
    assert!(tried.is_right());
    assert_eq!(tried.server.seen(), [format!("/cut/{NAME}"), format!("/good/{NAME} bytes=70000-")]);
}

#[test]
fn a_server_without_ranges_sends_the_whole_again() {
    for case in ["no-ranges", "range-refused"] {
        let tried = Try::new();
        assert_eq!(tried.fetch(&["cut", case]), Brought::Right, "{case}");
        assert!(tried.is_right(), "{case}");
    }
    let tried = Try::new();
    let Brought::Nowhere(words) = tried.fetch(&["cut", "other-range"]) else { panic!("another piece") };
    let wanted = "/other-range: was asked for what follows byte 70000 and sends `bytes 0-199999/200000`";
    assert!(words.contains(wanted), "{words}");
}

#[test]
fn a_beginning_that_turns_out_wrong_is_fetched_anew() {
    let tried = Try::new();
    std::fs::write(tried.folder.path().join(format!("{NAME}.part")), [&[0x1f, 0x8b], &[7; 50_000][..]].concat())
        .unwrap();
    assert_eq!(tried.fetch(&["good"]), Brought::Right);
    assert!(tried.is_right());
    assert_eq!(tried.server.seen(), [format!("/good/{NAME} bytes=50002-"), format!("/good/{NAME}")]);
}

#[test]
fn a_part_that_is_whole_needs_no_network() {
    let tried = Try::new();
    std::fs::write(tried.folder.path().join(format!("{NAME}.part")), bytes()).unwrap();
    assert_eq!(tried.fetch(&["forbidden"]), Brought::Right);
    assert!(tried.is_right() && tried.server.seen().is_empty());
}

/// The line breaks, and the server has another file by the time its rest is asked for.
#[test]
fn a_file_that_changed_meanwhile_is_fetched_anew() {
    let tried = Try::new();
    let Brought::Nowhere(words) = tried.fetch(&["cut"]) else { panic!("it was cut") };
    assert!(
        words.contains(": the other side hung up\nhelp: run it again, which goes on behind the 70.0 kB that came, ")
    );
    assert_eq!(tried.fetch(&["changed"]), Brought::Right);
    assert!(tried.is_right());
    let asked = [format!("/cut/{NAME}"), format!("/changed/{NAME} bytes=70000-"), format!("/changed/{NAME}")];
    assert_eq!(tried.server.seen(), asked);
}

/// Such servers mean the file itself; and nothing is read beyond its length.
#[test]
fn headers_that_say_too_much_do_no_harm() {
    for case in ["encoded", "lie"] {
        let tried = Try::new();
        assert_eq!(tried.fetch(&[case]), Brought::Right, "{case}");
        assert!(tried.is_right(), "{case}");
    }
}

#[test]
fn a_redirect_is_followed() {
    let tried = Try::new();
    assert_eq!(tried.fetch(&["moved"]), Brought::Right);
    assert!(tried.is_right());
}

#[test]
fn what_is_no_web_server_is_said() {
    let tried = Try::new();
    let Brought::Nowhere(words) = tried.fetch(&["babble"]) else { panic!("babble") };
    assert!(words.contains("/babble: protocol: "), "{words}");
    // TLS is asked for, and the other side does not speak it.
    let https = Source::Web(tried.server.address.replace("http:", "https:") + "/good/");
    let Brought::Nowhere(words) = tried.from(&[https]) else { panic!("no TLS there") };
    assert!(words.contains("/good: "), "{words}");
    let nobody = Source::Web("http://127.0.0.1:9/".into());
    let Brought::Nowhere(words) = tried.from(&[nobody]) else { panic!("nobody listens there") };
    assert!(words.contains("http://127.0.0.1:9: Connection refused"), "{words}");
    assert_eq!(tried.holds(), []);
}

#[test]
fn a_folder_gives_its_file_when_it_is_right() {
    let (tried, other) = (Try::new(), TempDir::new().unwrap());
    let source = || Source::Folder(other.path().to_path_buf());
    let said = |tried: &Try| match tried.from(&[source()]) {
        Brought::Nowhere(words) => words.lines().nth(1).unwrap_or_default().to_string(),
        Brought::Right => panic!("it is not right"),
    };
    let put = |bytes: &[u8]| std::fs::write(other.path().join(NAME), bytes).unwrap();
    assert!(said(&tried).ends_with(&format!(": has no {NAME}")));
    // Many have them like this.
    let unpacked = other.path().join(NAME.trim_end_matches(".gz"));
    std::fs::write(&unpacked, "").unwrap();
    let end = ": has made-idx3-ubyte without .gz, unpacked: `Mnist::open` reads it where it is";
    assert!(said(&tried).ends_with(end), "{}", said(&tried));
    std::fs::remove_file(unpacked).unwrap();
    let Brought::Nowhere(words) = tried.from(&[Source::Folder("/no/such/folder".into())]) else {
        panic!("it is nowhere")
    };
    let help = "name a folder that holds the four files as they are published, or leave `--from` out";
    assert_eq!(words, format!("{NAME} could not be had:\n  /no/such/folder: is no folder\nhelp: {help}"));
    put(&bytes()[1..]);
    assert!(said(&tried).ends_with(": 199999 bytes, not 200000"));
    put(&[0; 200_000]);
    assert!(said(&tried).ends_with(&format!(", not {}", entry().sha256)));
    assert_eq!(tried.holds(), []);
    put(&bytes());
    assert_eq!(tried.from(&[source()]), Brought::Right);
    assert!(tried.is_right());
}

#[test]
fn two_commands_do_not_write_into_one_file() {
    let tried = Try::new();
    let entry = entry();
    let first = super::part::Part::open(tried.folder.path(), &entry).unwrap();
    let second = file(&entry, &[], tried.folder.path(), Duration::from_secs(1)).unwrap_err().to_string();
    assert!(second.starts_with("another command is fetching ") && second.ends_with("help: wait for it to end"));
    drop(first);
    assert!(file(&entry, &[], tried.folder.path(), Duration::from_secs(1)).is_ok());
}

#[test]
fn a_folder_that_cannot_be_written_to_ends_it() {
    let error = file(&entry(), &[], Path::new("/nowhere/at/all"), Duration::from_secs(1)).unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with(&format!("cannot write /nowhere/at/all/{NAME}.part: No such file")), "{error}");
    assert!(error.ends_with("\nhelp: choose another folder with `--dir FOLDER`"), "{error}");
}
