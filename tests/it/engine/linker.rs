//! wild and mold, by a stand-in on the path that records its calls and has the toolchain's linker do the work.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::{Place, has};

const CELLS: &str = "let a = 20;\n%%\na + 1\n%%\nuse std::sync::atomic::*; static N: AtomicU8 = AtomicU8::new(6); N.load(Ordering::SeqCst)";

/// The wrapper of the toolchain's own linker.
fn lld() -> PathBuf {
    let output = Command::new("rustc").arg("--print=target-libdir").output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()).with_file_name("bin").join("gcc-ld/ld.lld")
}

/// What the cells show with this script on the path under that name, and how often it was called for a library.
fn told_with(name: &str, script: &str) -> (String, usize) {
    let place = Place::new(CELLS);
    let script = script.replace("LLD", lld().to_str().unwrap());
    place.write("bin/calls", "");
    let calls = place.folder.path().join("bin/calls");
    place.write(&format!("bin/{name}"), &format!("#!/bin/sh\necho \"$@\" >> '{}'\n{script}\n", calls.display()));
    let linker = place.folder.path().join("bin").join(name);
    std::fs::set_permissions(&linker, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", linker.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = place.command(&["cells", "cells.txt"]).env("PATH", path).output().unwrap();
    let calls = std::fs::read_to_string(calls).unwrap();
    (String::from_utf8(output.stdout).unwrap(), calls.matches("-shared").count())
}

#[test]
fn a_quicker_linker_on_the_path_is_used() {
    for name in ["wild", "mold"] {
        let (told, calls) = told_with(name, "exec LLD \"$@\"");
        has(&told, "result {\"text/plain\": \"21\"}");
        has(&told, "result {\"text/plain\": \"6\"}");
        // The static is left to the linker whose relocations are known.
        assert_eq!(calls, 2, "{name}: {told}");
    }
}

#[test]
fn a_linker_that_fails_is_replaced() {
    let (told, calls) = told_with("mold", "exit 1");
    has(&told, "result {\"text/plain\": \"21\"}");
    assert_eq!(calls, 2, "{told}");
    assert_eq!(told_with("gold", "exec LLD \"$@\"").1, 0);
}
