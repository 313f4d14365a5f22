//! `kernel install`, `uninstall` and `list` through the binary, in a temporary home. The protocol is tested in
//! `tests/kernel`.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Finished, command};

/// The binary without any installed kernel: the user's folder is `home/jupyter`, the Python environment `home/venv`.
fn kernel(home: &Path, arguments: &[&str]) -> Finished {
    let mut command = command(home, &[&["kernel"], arguments].concat());
    command.env("JUPYTER_DATA_DIR", home.join("jupyter")).env("VIRTUAL_ENV", home.join("venv"));
    for name in ["JUPYTER_PATH", "CONDA_PREFIX"] {
        command.env_remove(name);
    }
    Finished::of(command.output().unwrap())
}

fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("venv")).unwrap();
    home
}

fn spec(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("kernel.json")).unwrap()).unwrap()
}

#[test]
fn a_kernel_is_installed_listed_and_removed_in_every_place() {
    let home = home();
    let cases: [(&[&str], &str); 5] = [
        (&[], "jupyter/kernels/forward-pass"),
        (&["--user", "--name", "mine"], "jupyter/kernels/mine"),
        (&["--prefix", "a b/없다"], "a b/없다/share/jupyter/kernels/forward-pass"),
        (&["--sys-prefix"], "venv/share/jupyter/kernels/forward-pass"),
        (&["--sys-prefix", "--name", "Other-1.0_x"], "venv/share/jupyter/kernels/Other-1.0_x"),
    ];
    for (arguments, place) in cases {
        let folder = home.path().join(place);
        for _ in 0..2 {
            // Installing again is not an error, and leaves no temporary files.
            let told = kernel(home.path(), &[&["install"], arguments].concat());
            assert_eq!(told.exits(0).stdout, format!("{}\n", folder.display()));
            let rust = folder.with_file_name("rust");
            if !arguments.contains(&"--name") {
                told.has("note: notebooks that name the kernel `rust` open with it, too: ").has("/rust\n");
                let (mut rust, named) = (spec(&rust), spec(&folder));
                assert_eq!(rust["display_name"], "Rust");
                rust["display_name"] = named["display_name"].clone();
                assert_eq!(rust, named);
            }
        }
        let kernels = folder.parent().unwrap();
        let left = std::fs::read_dir(kernels)
            .unwrap()
            .filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
        assert_eq!(left.count(), 0, "{place}");
        let spec = spec(&folder);
        assert_eq!(spec["language"], "rust");
        assert_eq!(spec["display_name"], "Rust (forward-pass)");
        assert_eq!(spec["interrupt_mode"], "message");
        assert_eq!(spec["kernel_protocol_version"], "5.3");
        assert_eq!(spec["argv"].as_array().unwrap().last().unwrap(), "{connection_file}");
        let program = spec["argv"][0].as_str().unwrap();
        assert!(Path::new(program).is_absolute() && Path::new(program).is_file(), "{program}");
        for logo in ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"] {
            assert!(std::fs::metadata(folder.join(logo)).unwrap().len() > 100, "{logo}");
        }
        let listed = kernel(home.path(), &["list"]);
        let is_listed = listed.exits(0).stdout.lines().any(|line| line.ends_with(&folder.display().to_string()));
        assert_eq!(is_listed, !arguments.contains(&"--prefix"), "{}", listed.stdout);
    }
    for (arguments, place) in cases {
        kernel(home.path(), &[&["uninstall"], arguments].concat()).exits(0).has("removed ").has(place);
        assert!(!home.path().join(place).exists());
        assert!(arguments.contains(&"--name") || !home.path().join(place).with_file_name("rust").exists());
        kernel(home.path(), &[&["uninstall"], arguments].concat()).exits(3).has("no kernel is installed in").has(place);
    }
    let listed = kernel(home.path(), &["list"]);
    assert!(!listed.stdout.contains(&home.path().display().to_string()), "{}", listed.stdout);
}

#[test]
fn the_display_name_and_the_time_limit_can_be_chosen() {
    let home = home();
    kernel(home.path(), &["install", "--display-name", "Rust, 느린", "--timeout", "30"]).exits(0);
    let spec = spec(&home.path().join("jupyter/kernels/forward-pass"));
    assert_eq!(spec["display_name"], "Rust, 느린");
    let arguments: Vec<&str> = spec["argv"].as_array().unwrap().iter().skip(1).map(|it| it.as_str().unwrap()).collect();
    assert_eq!(arguments, ["--engine", "own", "kernel", "run", "--timeout", "30", "{connection_file}"]);
}

#[test]
fn variables_of_the_kernel_can_be_set() {
    let home = home();
    kernel(home.path(), &["install", "--env", "A_1=x=y z", "--env", "FORWARD_PASS_CACHE_SHARED=/srv/캐시"]).exits(0);
    for name in ["forward-pass", "rust"] {
        let spec = spec(&home.path().join("jupyter/kernels").join(name));
        assert_eq!(spec["env"], serde_json::json!({"A_1": "x=y z", "FORWARD_PASS_CACHE_SHARED": "/srv/캐시"}));
    }
    for wrong in ["A", "=x", "1A=x", "A B=x"] {
        let words = format!("`--env {wrong}` sets no variable");
        kernel(home.path(), &["install", "--env", wrong]).exits(2).has(&words).has("help: write it as NAME=VALUE");
    }
}

#[test]
fn a_foreign_kernel_keeps_the_name_that_notebooks_store() {
    let text = r#"{"argv": ["evcxr_jupyter"], "display_name": "Rust", "language": "rust"}"#;
    // In the same place, and in one that Jupyter searches later.
    for theirs in ["jupyter/kernels/rust", "venv/share/jupyter/kernels/rust"] {
        let home = home();
        let theirs = home.path().join(theirs);
        std::fs::create_dir_all(&theirs).unwrap();
        std::fs::write(theirs.join("kernel.json"), text).unwrap();
        kernel(home.path(), &["install"])
            .exits(0)
            .has("belongs to another program and stays: notebooks that name it open with it")
            .has("help: choose this one in Jupyter (Kernel, Change Kernel)");
        assert_eq!(std::fs::read_to_string(theirs.join("kernel.json")).unwrap(), text);
        assert!(home.path().join("jupyter/kernels/forward-pass").exists());
        assert!(!home.path().join("jupyter/kernels/rust/logo-svg.svg").exists());
        let removed = kernel(home.path(), &["uninstall"]);
        assert_eq!(removed.exits(0).stdout.lines().count(), 1);
        assert_eq!(std::fs::read_to_string(theirs.join("kernel.json")).unwrap(), text);
    }
}

#[test]
fn mistakes_are_reported_with_the_next_step() {
    let home = home();
    std::fs::write(home.path().join("file"), "").unwrap();
    let cases: [(&[&str], i32, &str, &str); 10] = [
        (
            &["install", "--name", "a b"],
            2,
            "`a b` is not a valid kernel name",
            "help: use letters, digits, `-`, `_` and `.`",
        ),
        (&["install", "--name", "../up"], 2, "`../up` is not a valid kernel name", "help: use letters"),
        (&["uninstall", "--name", "한글"], 2, "`한글` is not a valid kernel name", "help: use letters"),
        (&["install", "--display-name", " "], 2, "`--display-name` is empty", "help: leave it out"),
        (&["install", "--timeout", "0"], 2, "invalid value '0'", "--timeout"),
        (&["install", "--user", "--sys-prefix"], 2, "'--user' cannot be used with '--sys-prefix'", "Usage: "),
        (&["install", "--prefix", "file"], 3, "cannot write `", "help: choose a writable folder with `--prefix`"),
        (
            &["uninstall"],
            3,
            "no kernel is installed in `",
            "help: `forward-pass kernel list` lists the installed kernels",
        ),
        (
            &["run", "nowhere.json"],
            3,
            "cannot read the connection file `nowhere.json`: No such file",
            "help: Jupyter writes",
        ),
        (
            &["run", "file"],
            3,
            "`file` is not a Jupyter connection file: EOF while parsing",
            "help: `forward-pass kernel",
        ),
    ];
    for (arguments, code, words, help) in cases {
        let told = kernel(home.path(), arguments);
        told.exits(code).has(words).has(help);
        assert!(told.stderr.starts_with("error: "), "{}", told.stderr);
    }
    std::fs::remove_dir(home.path().join("venv")).unwrap();
    kernel(home.path(), &["install", "--sys-prefix"]).exits(3).has("no Python environment is active").has("`--prefix`");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing was written");
    kernel(home.path(), &["list"]).exits(0);
}

#[test]
fn another_programs_kernel_is_left_alone() {
    let home = home();
    let theirs = home.path().join("jupyter/kernels/rust");
    std::fs::create_dir_all(&theirs).unwrap();
    let text = r#"{"argv": ["evcxr_jupyter"], "display_name": "Rust", "language": "rust"}"#;
    for content in [text, "no JSON"] {
        std::fs::write(theirs.join("kernel.json"), content).unwrap();
        for action in ["install", "uninstall"] {
            kernel(home.path(), &[action, "--name", "rust"])
                .exits(3)
                .has("belongs to another program")
                .has("help: choose");
        }
        assert_eq!(std::fs::read_to_string(theirs.join("kernel.json")).unwrap(), content);
    }
    std::fs::write(theirs.join("kernel.json"), text).unwrap();
    kernel(home.path(), &["list"]).exits(0).has("rust                 Rust                     ");
}

/// What a peer of ZeroMQ says first: its greeting, and that it is ready.
#[cfg(unix)]
fn greeting(socket_type: &str) -> Vec<u8> {
    let mut greeting = vec![0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0];
    greeting.extend(b"NULL");
    greeting.resize(64, 0);
    let mut ready = b"\x05READY\x0bSocket-Type\0\0\0".to_vec();
    ready.push(socket_type.len() as u8);
    ready.extend(socket_type.bytes());
    greeting.extend([4, ready.len() as u8]);
    greeting.extend(ready);
    greeting
}

/// A frame that claims 2^62 bytes closes its connection; the kernel and the other connections live.
#[cfg(unix)]
#[test]
fn a_frame_that_claims_too_much_closes_that_connection_and_nothing_else() {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::{Duration, Instant};

    let home = home();
    let free: Vec<TcpListener> = (0..5).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let ports: Vec<u16> = free.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    drop(free);
    let connection = serde_json::json!({"ip": "127.0.0.1", "transport": "tcp", "key": "secret", "signature_scheme": "hmac-sha256",
        "shell_port": ports[0], "iopub_port": ports[1], "stdin_port": ports[2], "control_port": ports[3], "hb_port": ports[4]});
    std::fs::write(home.path().join("connection.json"), connection.to_string()).unwrap();
    let mut command = crate::support::command(home.path(), &["--engine", "own", "kernel", "run", "connection.json"]);
    let mut kernel = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let connect = |port: u16| {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                    return stream;
                }
                Err(error) if Instant::now() > until => panic!("port {port}: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    };
    for length in [1_u64 << 62, 1 << 61, u64::MAX, (1 << 63) - 70_000, 1 << 40] {
        for (port, kind) in ports.iter().zip(["DEALER", "SUB", "DEALER", "DEALER", "REQ"]) {
            let mut stream = connect(*port);
            stream.write_all(&greeting(kind)).unwrap();
            stream.write_all(&[2]).unwrap();
            stream.write_all(&length.to_be_bytes()).unwrap();
            let mut rest = Vec::new();
            // Closed, by an end or by a reset.
            let ended = stream.read_to_end(&mut rest);
            let waits = ended.is_err_and(|it| it.kind() == std::io::ErrorKind::WouldBlock);
            assert!(!waits, "the connection is open after a frame of {length}");
            assert!(kernel.try_wait().unwrap().is_none(), "the kernel ended after a frame of {length}");
        }
    }
    let mut heart = connect(ports[4]);
    heart.write_all(&greeting("REQ")).unwrap();
    heart.write_all(b"\x01\0\0\x04ping").unwrap();
    let mut answer = vec![0; 4096];
    let (mut length, until) = (0, Instant::now() + Duration::from_secs(10));
    while !answer[..length].ends_with(b"ping") {
        assert!(Instant::now() < until, "no answer: {:?}", &answer[..length]);
        length += heart.read(&mut answer[length..]).unwrap();
    }
    kernel.kill().unwrap();
    kernel.wait().unwrap();
}
