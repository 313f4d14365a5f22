//! One request for one file: status, length and speed are looked at while the bytes come.
//!
//! It trusts no header and no length: at most as many bytes are read as the file has.

use std::io::Read;
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, StatusCode, header};
use ureq::{Agent, Body};

use super::fetch::{Trouble, theirs};
use super::part::Part;

/// Fewer bytes a second than this in the time that we are patient, and the next mirror is asked.
const SLOWEST: u64 = 2_048;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Goes on where the part ends, if the server can; otherwise from the beginning.
pub fn bring(
    base: &str,
    part: &mut Part<'_>,
    patience: Duration,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Trouble> {
    let url = format!("{base}{}", part.entry.name);
    let agent = agent(&url, patience);
    let mut request = agent.get(&url).header(header::ACCEPT_ENCODING, "identity");
    if part.length() > 0 {
        request = request.header(header::RANGE, format!("bytes={}-", part.length()));
    }
    let response = request.call().map_err(|error| Trouble::Theirs(words(&error, patience)))?;
    match response.status() {
        StatusCode::OK => part.clear()?,
        StatusCode::PARTIAL_CONTENT => check_range(response.headers(), part.length())?,
        StatusCode::RANGE_NOT_SATISFIABLE if part.length() > 0 => {
            part.clear()?;
            return bring(base, part, patience, progress);
        }
        status => return theirs(format!("answers {status}")),
    }
    let (length, missing) = (response.body().content_length(), part.entry.size - part.length());
    if let Some(length) = length.filter(|&length| length != missing) {
        return theirs(format!("offers {length} bytes{}, not {missing}", kind(response.headers())));
    }
    receive(response.into_body(), part, patience, progress)
}

/// Redirects are followed, but never from https to http.
fn agent(url: &str, patience: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(url.starts_with("https:"))
        .max_redirects(5)
        .timeout_resolve(Some(patience))
        .timeout_connect(Some(patience))
        .timeout_recv_response(Some(patience))
        .timeout_per_read(Some(patience))
        .user_agent(concat!("forward-pass/", env!("CARGO_PKG_VERSION")));
    config.build().into()
}

/// ` of text/html`: a page that asks to log in is often sent in the place of a file.
fn kind(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.is_empty() || kind == "application/octet-stream" { String::new() } else { format!(" of {kind}") }
}

fn check_range(headers: &HeaderMap, from: u64) -> Result<(), Trouble> {
    let range = headers.get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok()).unwrap_or("nothing");
    if from > 0 && range.starts_with(&format!("bytes {from}-")) {
        return Ok(());
    }
    theirs(format!("was asked for what follows byte {from} and sends `{range}`"))
}

fn receive(body: Body, part: &mut Part<'_>, patience: Duration, progress: &mut dyn FnMut(u64)) -> Result<(), Trouble> {
    let size = part.entry.size;
    let mut stream = body.into_with_config().limit(u64::MAX).reader();
    let mut chunk = vec![0; 1 << 16];
    let mut pace = Pace { since: Instant::now(), length: part.length() };
    loop {
        let got = match stream.read(&mut chunk) {
            Ok(got) => got,
            Err(error) => {
                let why = words(&ureq::Error::from(error), patience);
                return theirs(format!("broke off after {} of {size} bytes: {why}", part.length()));
            }
        };
        if got == 0 && part.is_full() {
            return Ok(());
        }
        if got == 0 {
            // It was sent as if it were whole, so it is no beginning to go on from.
            let length = part.length();
            part.clear()?;
            return theirs(format!("sends {length} bytes, not {size}"));
        }
        if part.length() + got as u64 > size {
            part.clear()?;
            return theirs(format!("sends more than {size} bytes"));
        }
        if part.length() == 0 && got > 1 && chunk[..2] != GZIP {
            return theirs(format!(
                "sends something else: it begins with `{}`, not with gzip's 1f 8b",
                start(&chunk[..got])
            ));
        }
        part.write(&chunk[..got])?;
        progress(part.length());
        if !part.is_full() && pace.is_too_slow(part.length(), patience) {
            let (came, seconds) = (part.length(), patience.as_secs());
            return theirs(format!("is too slow: {came} of {size} bytes came, hardly any in the last {seconds} s"));
        }
    }
}

/// A look back from time to time at how much came.
struct Pace {
    since: Instant,
    length: u64,
}

impl Pace {
    fn is_too_slow(&mut self, length: u64, patience: Duration) -> bool {
        if self.since.elapsed() < patience {
            return false;
        }
        let came = length - self.length;
        (self.since, self.length) = (Instant::now(), length);
        came < SLOWEST * patience.as_secs()
    }
}

/// The first letters of what is no gzip file: usually a web page.
fn start(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(15)]).escape_debug().to_string()
}

/// What went wrong between here and there, without the words of programmers.
fn words(error: &ureq::Error, patience: Duration) -> String {
    const NOBODY: &str = "the host is not found; is the network there?";
    match error {
        ureq::Error::HostNotFound => NOBODY.into(),
        ureq::Error::Io(error) if error.to_string().contains("lookup address") => NOBODY.into(),
        ureq::Error::Io(error) if error.to_string() == "Peer disconnected" => "the other side hung up".into(),
        ureq::Error::Timeout(_) => format!("nothing came for {} s", patience.as_secs()),
        ureq::Error::TooManyRedirects => "sends from one address to the next, more than 5 times".into(),
        ureq::Error::RequireHttpsOnly(to) => format!("sends on to {to}, which is not https"),
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
