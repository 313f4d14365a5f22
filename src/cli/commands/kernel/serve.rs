//! `kernel run`: the five sockets of the connection file, their tasks, and an orderly shutdown.
//!
//! It ends on request, on a signal, or when the front end is gone, and leaves no process behind.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use jupyter_protocol::{ConnectionInfo, JupyterMessage, Status};
use jupyter_zmq_client::{
    KernelHeartbeatConnection, create_kernel_control_connection, create_kernel_heartbeat_connection,
    create_kernel_iopub_connection, create_kernel_shell_connection, create_kernel_stdin_connection,
};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zeromq::{SocketRecv, SocketSend};

use super::control;
use super::door::Doors;
use super::ends::{Interrupts, Parent, Terminations};
use super::shell::Shell;
use super::stdin::Stdin;
use super::wire::Publisher;
use crate::cli::engine::thread::{Message, SessionThread};
use crate::cli::engine::{self, Engine, SessionOptions};
use crate::cli::memory;
use crate::cli::runner::execute::COMPILE_TIMEOUT;

/// How long the last messages may take to be sent.
const FLUSH: Duration = Duration::from_millis(150);

/// How long the session may take to end; then the process ends anyway, and its children with it.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long to wait after a failed heartbeat.
const POLL: Duration = Duration::from_millis(300);

/// Serves the sockets of this connection file until the kernel is shut down.
pub fn serve(engine: Engine, connection: &Path, timeout: Option<Duration>) -> Result<()> {
    memory::keep_little();
    let connection = read_connection(connection)?;
    let folder = std::env::current_dir().context("the current folder cannot be read")?;
    let options = SessionOptions {
        folder,
        compile_timeout: Some(COMPILE_TIMEOUT),
        run_timeout: timeout,
        dependencies: Vec::new(),
        // As in every Jupyter kernel, cells may run anything.
        shell: true,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (outbox, messages) = unbounded_channel();
    let session =
        SessionThread::start(move || engine::start(engine, options), move |message| drop(outbox.send(message)));
    session.hear_late();
    let session = Arc::new(session);
    let served = runtime.block_on(attend(&connection, Arc::clone(&session), messages));
    session.end(PATIENCE);
    served
}

fn read_connection(file: &Path) -> Result<ConnectionInfo> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        anyhow!("cannot read the connection file `{shown}`: {error}\nhelp: Jupyter writes that file: {HOW}")
    })?;
    serde_json::from_str(&text)
        .map_err(|error| anyhow!("`{shown}` is not a Jupyter connection file: {error}\nhelp: {HOW}"))
}

const HOW: &str = "`forward-pass kernel install`, then choose \"Rust (forward-pass)\" in Jupyter";

async fn attend(
    info: &ConnectionInfo,
    session: Arc<SessionThread>,
    messages: UnboundedReceiver<Message>,
) -> Result<()> {
    let parent = Parent::of_this();
    let id = JupyterMessage::new(Status::starting(), None).header.session;
    let doors = Doors::open(info).await?;
    let info = &doors.inside;
    let iopub = create_kernel_iopub_connection(info, &id).await.map_err(|error| taken(info.iopub_port, error))?;
    let shell = create_kernel_shell_connection(info, &id).await.map_err(|error| taken(info.shell_port, error))?;
    let control = create_kernel_control_connection(info, &id).await.map_err(|error| taken(info.control_port, error))?;
    let stdin = create_kernel_stdin_connection(info, &id).await.map_err(|error| taken(info.stdin_port, error))?;
    let heart = create_kernel_heartbeat_connection(info).await.map_err(|error| taken(info.hb_port, error))?;
    let (mut terminate, interrupted) = (Terminations::new()?, Interrupts::new()?);
    let (publisher, send) = Publisher::new(iopub);
    let (stdin, hear_answers) = Stdin::new(stdin);
    let (shell, hear_requests) = Shell::new(shell, publisher.clone(), stdin, (Arc::clone(&session), messages));
    publisher.publish(Status::starting(), None);
    tokio::spawn(beat(heart));
    tokio::spawn(send);
    tokio::spawn(hear_answers);
    tokio::spawn(hear_requests);
    tokio::spawn(interrupt_cells(interrupted, Arc::clone(&session)));
    tokio::select! {
        () = control::attend(control, publisher, session) => {}
        () = shell.attend() => {}
        () = terminate.next() => {}
        () = parent.gone() => {}
    }
    tokio::time::sleep(FLUSH).await;
    Ok(())
}

pub fn taken(port: u16, error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot listen on port {port}: {error}\nhelp: start the kernel from Jupyter, which chooses free ports")
}

/// Ctrl-C interrupts the cell, not the kernel.
async fn interrupt_cells(mut interrupted: Interrupts, session: Arc<SessionThread>) {
    while interrupted.next().await {
        session.interrupt();
    }
}

/// Echoes the heartbeat.
async fn beat(mut heart: KernelHeartbeatConnection) {
    loop {
        match heart.socket.recv().await {
            // The peer may have left in between.
            Ok(beat) => drop(heart.socket.send(beat).await),
            Err(_) => tokio::time::sleep(POLL).await,
        }
    }
}
