//! Which compiler compiles cells.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::{Place, has};

/// The user's own toolchain is used where the pinned one is not installed, and none is installed for it.
#[test]
fn another_toolchain_will_do() {
    let place = Place::new("let x = vec![20];\nlet f = |n: i32| n + 1;\n%%\nf(x[0])");
    let output = Command::new("rustc").arg("--print=sysroot").output().unwrap();
    let sysroot = String::from_utf8(output.stdout).unwrap();
    place.write("rustup/settings.toml", "version = \"12\"\ndefault_toolchain = \"mine\"\nprofile = \"minimal\"\n");
    place.write("rustup/toolchains/note", "");
    let home = place.folder.path().join("rustup");
    symlink(sysroot.trim(), home.join("toolchains/mine")).unwrap();
    // As a notebook's folder might have it.
    place.write("work/rust-toolchain.toml", "[toolchain]\nchannel = \"1.0.0\"\n");
    let mut command = place.command(&["cells", "cells.txt"]);
    let output = command.env("RUSTUP_HOME", &home).env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC").output().unwrap();
    has(&String::from_utf8_lossy(&output.stdout), "result {\"text/plain\": \"21\"}");
    let installed = std::fs::read_dir(home.join("toolchains")).unwrap().flatten();
    assert_eq!(installed.filter(|entry| entry.path().is_dir()).count(), 1);
}
