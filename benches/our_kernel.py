"""Our kernel, for the benchmarks that start it: the program that was named, installed where only this run finds it."""

import os
import pathlib
import subprocess
import sys


def named_program(usage):
    """The program that the first argument names."""
    if len(sys.argv) < 2:
        sys.exit(usage)
    path = pathlib.Path(sys.argv[1]).resolve()
    if not path.is_file():
        sys.exit(f"there is no program at {path}\nhelp: cargo build --release --locked")
    return path


def install(program, folder):
    """Installs our kernel where only this run finds it."""
    subprocess.run([program, "kernel", "install", "--prefix", folder], check=True, capture_output=True)
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [f"{folder}/share/jupyter", before]))
