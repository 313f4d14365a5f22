//! A web server for tests: it listens on this machine only and misbehaves on request.
//!
//! It sends one answer per connection, and none takes longer than a few seconds.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is sent, and what the server does afterwards.
pub struct Answer {
    /// The status line and the headers without their final empty line. If it is empty, only the body is sent.
    pub head: String,
    pub body: Vec<u8>,
    pub then: Then,
}

#[derive(Clone, Copy)]
pub enum Then {
    Close,
    /// Sends nothing more, but keeps the connection open.
    Stall,
    /// Sends a byte now and then.
    Trickle,
    /// Sends the body again and again.
    Repeat,
}

impl Answer {
    pub fn new(head: &str, body: &[u8], then: Then) -> Answer {
        Answer { head: head.to_string(), body: body.to_vec(), then }
    }
}

/// Its threads end with the test process.
pub struct Server {
    /// `http://127.0.0.1:PORT`
    pub address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `answer` gets the path of the request.
    pub fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (seen_there, answer) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, answer) = (Arc::clone(&seen_there), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &seen, &*answer));
            }
        });
        Server { address, seen }
    }

    /// The path of every request so far.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<String>>, answer: &dyn Fn(&str) -> Answer) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let Some(path) = head.first().and_then(|line| line.split(' ').nth(1)) else { return };
    seen.lock().unwrap().push(path.to_string());
    let answer = answer(path);
    // The client may have closed the connection, which some tests are about.
    let _ = send(&mut stream, &answer);
}

fn send(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    if !answer.head.is_empty() {
        write!(stream, "{}\r\nConnection: close\r\n\r\n", answer.head.trim_end().replace('\n', "\r\n"))?;
    }
    stream.write_all(&answer.body)?;
    stream.flush()?;
    match answer.then {
        Then::Close => {}
        Then::Stall => thread::sleep(Duration::from_secs(8)),
        Then::Trickle => {
            for _ in 0..40 {
                thread::sleep(Duration::from_millis(200));
                stream.write_all(b"0")?;
            }
        }
        Then::Repeat => {
            for _ in 0..4096 {
                stream.write_all(&answer.body)?;
            }
        }
    }
    Ok(())
}
