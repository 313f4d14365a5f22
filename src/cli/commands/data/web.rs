//! Downloads one file over HTTP.
//!
//! It trusts no server: status, length and speed are checked as the bytes arrive, and the body is never read much
//! beyond the expected size.

use std::io::Read;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use indicatif::ProgressBar;
use ureq::Agent;
use ureq::http::{StatusCode, header};

use super::sets::Entry;

/// Bytes per second. A server that sends fewer is abandoned.
const SLOWEST: u64 = 2_048;

pub fn download(base: &str, entry: &Entry, patience: Duration, bar: &ProgressBar) -> Result<Vec<u8>> {
    let (url, size) = (format!("{base}/{}", entry.name), entry.size);
    // Compressing gzip again would change its length.
    let request = agent(&url, patience).get(&url).header(header::ACCEPT_ENCODING, "identity");
    let response = request.call().map_err(|error| anyhow!(describe(&error, patience)))?;
    if response.status() != StatusCode::OK {
        bail!("answered {}", response.status());
    }
    // A login page is often sent in place of a file.
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.map_or(String::new(), |kind| format!(" ({kind})"));
    let wrong_length = |length| anyhow!("sent {length} bytes{kind}, expected {size}");
    if let Some(length) = response.body().content_length().filter(|&length| length != size) {
        return Err(wrong_length(length));
    }
    let (mut stream, mut chunk, mut bytes) = (response.into_body().into_reader(), vec![0; 1 << 16], Vec::new());
    let (mut since, mut before) = (Instant::now(), 0);
    loop {
        let got = stream.read(&mut chunk).map_err(|error| {
            let why = describe(&ureq::Error::from(error), patience);
            anyhow!("failed after {} of {size} bytes: {why}", bytes.len())
        })?;
        bytes.extend_from_slice(&chunk[..got]);
        let length = bytes.len() as u64;
        bar.set_position(length);
        match got {
            0 if length == size => return Ok(bytes),
            0 => return Err(wrong_length(length)),
            _ if length > size => bail!("sent more than {size} bytes"),
            _ => {}
        }
        if length < size && since.elapsed() >= patience {
            if length - before < SLOWEST * patience.as_secs() {
                bail!("too slow: {length} of {size} bytes, less than 2 kB/s for {} s", patience.as_secs());
            }
            (since, before) = (Instant::now(), length);
        }
    }
}

/// Follows redirects, but never from https to http.
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

/// A network error for people who do not program networks.
fn describe(error: &ureq::Error, patience: Duration) -> String {
    match error {
        ureq::Error::Io(error) if error.to_string().contains("lookup address") => {
            "host not found; are you online?".into()
        }
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => format!("timed out: no data for {} s", patience.as_secs()),
        ureq::Error::RequireHttpsOnly(to) => format!("redirects to {to}, which is not https"),
        other => other.to_string(),
    }
}
