//! Serves the site to this machine's browser: files of one folder, over HTTP on the loopback address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::cli::exit::Exit;
use crate::cli::streams;

/// A request that is longer than this is refused.
const LONGEST: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until the process is interrupted.
pub fn serve(folder: &Path, port: u16) -> Result<Exit> {
    let address = (Ipv4Addr::LOCALHOST, port);
    let busy = || format!("port {port} cannot be used\nhelp: choose another, or 0 for any that is free");
    let listener = TcpListener::bind(address).with_context(busy)?;
    streams::println!("http://{}/ (Ctrl-C ends it)", listener.local_addr()?);
    for stream in listener.incoming() {
        let (Ok(stream), folder) = (stream, folder.to_path_buf()) else { continue };
        // A browser that goes away is no error.
        std::thread::spawn(move || answer(stream, &folder));
    }
    Ok(Exit::Passed)
}

fn answer(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(stream.try_clone()?).take(LONGEST);
    let mut request = String::new();
    head.read_line(&mut request)?;
    let mut line = String::new();
    while head.read_line(&mut line)? > 2 {
        line.clear();
    }
    let (status, kind, body) = response(&request, folder);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\n\
         Connection: close\r\n\r\n"
    )?;
    if !request.starts_with("HEAD ") {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// The status, the content type and the content for a request line.
fn response(request: &str, folder: &Path) -> (&'static str, &'static str, Vec<u8>) {
    const TEXT: &str = "text/plain; charset=utf-8";
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !["GET", "HEAD"].contains(&method) {
        return ("405 Method Not Allowed", TEXT, b"only GET and HEAD\n".to_vec());
    }
    match file(target, folder).and_then(|path| Some((kind(&path), std::fs::read(path).ok()?))) {
        Some((kind, bytes)) => ("200 OK", kind, bytes),
        None => ("404 Not Found", TEXT, b"no such page\n".to_vec()),
    }
}

/// The file that a request names, if it is below the folder.
fn file(target: &str, folder: &Path) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = unescaped(path)?;
    let is_plain =
        |part: Component| matches!(part, Component::Normal(name) if !name.to_string_lossy().starts_with('.'));
    if !Path::new(&path).components().all(is_plain) {
        return None;
    }
    let path = folder.join(path);
    let path = if path.is_dir() { path.join("index.html") } else { path };
    // A link inside the folder must not lead out of it.
    path.canonicalize().ok().filter(|real| folder.canonicalize().is_ok_and(|folder| real.starts_with(folder)))
}

/// Without `%20` and the like; `None` if what is left is not UTF-8.
fn unescaped(path: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), path.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("xml") => "application/xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_served() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("site");
        std::fs::create_dir_all(folder.join("en")).unwrap();
        std::fs::write(outside.path().join("secret"), "no").unwrap();
        std::fs::write(folder.join(".hidden"), "no").unwrap();
        std::fs::write(folder.join("en/index.html"), "yes").unwrap();
        std::fs::write(folder.join("en/a b.html"), "yes").unwrap();
        let status = |line: &str| response(line, &folder).0;
        for target in ["/en/", "/en/index.html", "/en/index.html?x#y", "/en/a%20b.html"] {
            assert_eq!(status(&format!("GET {target} HTTP/1.1")), "200 OK", "{target}");
        }
        let outward =
            ["/../secret", "/en/../../secret", "/%2e%2e/secret", "//etc/passwd", "/.hidden", "/%zz", "/%ff", ""];
        for target in outward {
            assert_eq!(status(&format!("GET {target} HTTP/1.1")), "404 Not Found", "{target}");
        }
        assert_eq!(status("POST / HTTP/1.1"), "405 Method Not Allowed");
        assert_eq!(status(""), "405 Method Not Allowed");
    }
}
