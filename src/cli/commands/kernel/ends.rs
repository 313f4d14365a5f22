//! What ends or interrupts the kernel from outside, as each system has it.

#[cfg(unix)]
pub use of_unix::{Interrupts, Parent, Terminations};
#[cfg(windows)]
pub use of_windows::{Interrupts, Parent, Terminations};

#[cfg(unix)]
mod of_unix {
    use std::io;
    use std::os::unix::process::parent_id;
    use std::time::Duration;

    use nix::sys::signal::kill;
    use nix::unistd::Pid;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// How often the front end is checked for being alive.
    const POLL: Duration = Duration::from_millis(300);

    pub struct Terminations(Signal);

    impl Terminations {
        pub fn new() -> io::Result<Terminations> {
            signal(SignalKind::terminate()).map(Terminations)
        }

        pub async fn next(&mut self) {
            self.0.recv().await;
        }
    }

    pub struct Interrupts(Signal);

    impl Interrupts {
        pub fn new() -> io::Result<Interrupts> {
            signal(SignalKind::interrupt()).map(Interrupts)
        }

        pub async fn next(&mut self) -> bool {
            self.0.recv().await.is_some()
        }
    }

    /// The process that started the kernel.
    pub struct Parent {
        pid: u32,
        /// The process that Jupyter names, in case a wrapper started the kernel.
        named: Option<i32>,
    }

    impl Parent {
        pub fn of_this() -> Parent {
            let named = std::env::var("JPY_PARENT_PID").ok().and_then(|pid| pid.parse().ok()).filter(|pid| *pid > 1);
            Parent { pid: parent_id(), named }
        }

        /// Resolves when the parent has ended.
        pub async fn gone(&self) {
            while self.is_alive() {
                tokio::time::sleep(POLL).await;
            }
        }

        fn is_alive(&self) -> bool {
            let exists = |pid| kill(Pid::from_raw(pid), None) != Err(nix::Error::ESRCH);
            parent_id() == self.pid && self.named.is_none_or(exists)
        }
    }
}

#[cfg(windows)]
mod of_windows {
    use std::io;

    use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

    pub struct Terminations(CtrlBreak);

    impl Terminations {
        pub fn new() -> io::Result<Terminations> {
            ctrl_break().map(Terminations)
        }

        pub async fn next(&mut self) {
            self.0.recv().await;
        }
    }

    pub struct Interrupts(CtrlC);

    impl Interrupts {
        pub fn new() -> io::Result<Interrupts> {
            ctrl_c().map(Interrupts)
        }

        pub async fn next(&mut self) -> bool {
            self.0.recv().await.is_some()
        }
    }

    /// Jupyter ends its kernels by itself.
    pub struct Parent;

    impl Parent {
        pub fn of_this() -> Parent {
            Parent
        }

        pub async fn gone(&self) {
            std::future::pending().await
        }
    }
}
