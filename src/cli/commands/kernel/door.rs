//! The doors of the kernel: its ports, where each connection is read before the sockets see it.
//!
//! A frame says how long it is before it comes, and the crate of the sockets reserves that much memory at once. Here a
//! frame that is too long closes its connection, and nothing else. The sockets themselves listen in a folder that only
//! this user can enter; on Windows, at other ports of this machine.

use anyhow::{Context, Result};
use jupyter_protocol::{ConnectionInfo, Transport};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
#[cfg(windows)]
use tokio::net::TcpStream as Inside;
#[cfg(unix)]
use tokio::net::UnixStream as Inside;
use tokio::net::{TcpListener, TcpStream};

use super::wire::log;

/// No message of a front end is longer: its frames together.
const MOST_BYTES: u64 = 512 << 20;

/// What each side sends first.
const GREETING: u64 = 64;

/// A frame's flags: more frames of the message follow, its length has eight bytes, it is a command.
const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

/// The sockets' own places, as long as it lives.
pub struct Doors {
    /// Where the sockets listen.
    pub inside: ConnectionInfo,
    /// Removed at the end.
    _folder: Option<TempDir>,
}

impl Doors {
    /// Listens on the ports of the connection file, and hands each connection on to the sockets.
    pub async fn open(info: &ConnectionInfo) -> Result<Doors> {
        if info.transport != Transport::TCP {
            return Ok(Doors { inside: info.clone(), _folder: None });
        }
        let folder = tempfile::Builder::new().prefix("fp-").tempdir().context("no temporary folder can be made")?;
        let inside = inside(info, &folder)?;
        let ports = |it: &ConnectionInfo| [it.iopub_port, it.shell_port, it.control_port, it.stdin_port, it.hb_port];
        for (port, theirs) in ports(info).into_iter().zip(ports(&inside)) {
            let listener =
                TcpListener::bind((info.ip.as_str(), port)).await.map_err(|error| super::serve::taken(port, error))?;
            let separator = if inside.transport == Transport::TCP { ':' } else { '-' };
            tokio::spawn(admit(listener, format!("{}{separator}{theirs}", inside.ip)));
        }
        Ok(Doors { inside, _folder: Some(folder) })
    }
}

#[cfg(unix)]
fn inside(info: &ConnectionInfo, folder: &TempDir) -> Result<ConnectionInfo> {
    let prefix = folder.path().join("s").display().to_string();
    Ok(ConnectionInfo { transport: Transport::IPC, ip: prefix, ..info.clone() })
}

/// At ports that are free now.
#[cfg(windows)]
fn inside(info: &ConnectionInfo, _: &TempDir) -> Result<ConnectionInfo> {
    let ip = "127.0.0.1";
    let held: Vec<_> = (0..5).map(|_| std::net::TcpListener::bind((ip, 0))).collect::<Result<_, _>>()?;
    let ports: Vec<u16> = held.iter().map(|it| Ok(it.local_addr()?.port())).collect::<std::io::Result<_>>()?;
    Ok(ConnectionInfo {
        ip: ip.to_owned(),
        iopub_port: ports[0],
        shell_port: ports[1],
        control_port: ports[2],
        stdin_port: ports[3],
        hb_port: ports[4],
        ..info.clone()
    })
}

async fn admit(listener: TcpListener, socket: String) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(attend(stream, socket.clone()))),
            // Too many open files, perhaps: later there may be fewer.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
        }
    }
}

/// Both directions, until either side ends.
async fn attend(front_end: TcpStream, socket: String) {
    drop(front_end.set_nodelay(true));
    let Ok(kernel) = connected(&socket).await else { return };
    let (mut from_front_end, mut to_front_end) = front_end.into_split();
    let (mut from_kernel, mut to_kernel) = kernel.into_split();
    tokio::select! {
        refused = pass_frames(&mut from_front_end, &mut to_kernel) => {
            if let Err(why) = refused {
                log(&format!("closed a connection: {why}"));
            }
        }
        _ = tokio::io::copy(&mut from_kernel, &mut to_front_end) => {}
    }
}

/// The ports open a moment before the sockets.
async fn connected(socket: &str) -> std::io::Result<Inside> {
    for _ in 0..100 {
        match Inside::connect(socket).await {
            Ok(stream) => return Ok(stream),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
    Inside::connect(socket).await
}

/// Passes frames on as long as they are of a sane length. `Err` says what is wrong with one.
async fn pass_frames(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin)) -> Result<(), String> {
    let mut passed: u64 = 0;
    if pass(from, to, GREETING).await.is_none() {
        return Ok(());
    }
    loop {
        let Ok(flags) = from.read_u8().await else { return Ok(()) };
        let mut head = vec![flags];
        let length = if flags & LONG == 0 {
            let Ok(length) = from.read_u8().await else { return Ok(()) };
            head.push(length);
            u64::from(length)
        } else {
            let Ok(length) = from.read_u64().await else { return Ok(()) };
            head.extend(length.to_be_bytes());
            length
        };
        passed = length.saturating_add(passed);
        if passed > MOST_BYTES {
            return Err(format!("its message has {passed} bytes or more, and at most {MOST_BYTES} are read"));
        }
        if to.write_all(&head).await.is_err() || pass(from, to, length).await.is_none() {
            return Ok(());
        }
        if flags & MORE == 0 || flags & COMMAND != 0 {
            passed = 0;
        }
    }
}

/// Passes so many bytes on; `None` when either side has ended.
async fn pass(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin), length: u64) -> Option<()> {
    let passed = tokio::io::copy(&mut from.take(length), to).await.ok()?;
    to.flush().await.ok()?;
    (passed == length).then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What passes of these bytes, and whether the connection is refused.
    fn passed(bytes: &[u8]) -> (Vec<u8>, bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut out = Vec::new();
        let refused = runtime.block_on(pass_frames(&mut &bytes[..], &mut out)).is_err();
        (out, refused)
    }

    fn greeted(rest: &[u8]) -> Vec<u8> {
        [&[0xff; GREETING as usize][..], rest].concat()
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused_and_what_came_before_passes() {
        for length in [MOST_BYTES + 1, 1 << 34, 1 << 62, 1 << 63, u64::MAX] {
            for flags in [LONG, LONG | MORE, LONG | COMMAND] {
                let fine = greeted(&[0, 2, 7, 7]);
                let all = [&fine[..], &[flags], &length.to_be_bytes()].concat();
                assert_eq!(passed(&all), (fine, true), "{length} {flags}");
            }
        }
        // Many frames of one message are one claim.
        let half = (MOST_BYTES / 2 + 1).to_be_bytes();
        let mut message = [&[LONG | MORE][..], &half].concat();
        message.resize(message.len() + MOST_BYTES as usize / 2 + 1, 0);
        assert!(passed(&greeted(&[&message[..], &[LONG], &half].concat())).1);
    }

    proptest! {
        #[test]
        fn whatever_comes_passes_as_it_is_or_not_at_all(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let all = greeted(&bytes);
            let (out, _) = passed(&all);
            prop_assert!(all.starts_with(&out));
        }
    }
}
