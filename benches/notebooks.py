#!/usr/bin/env python3
"""Testing the whole course: `forward-pass test`, and `pytest --nbmake` on the stock Rust kernel, in one run.

    bash tests/jupyter/run.sh notebooks/en/02-sigmoid.ipynb      once: it installs the stock kernel
    python benches/notebooks.py [--repeats N] [--cold] [NOTEBOOK ...]     in an environment with pytest and nbmake

It prints both medians in seconds and their ratio. Both are warm: each has run the course once before it is timed.
With `--cold` each also runs once without built dependencies: the crates are downloaded, and nothing else is cached.
nbmake compares nothing and treats a panic as success; it is timed because there is no other runner.

The second column subtracts the running time of the cells, which no runner can save: compiled code at work, from the
moment it is loaded until it has finished. It is measured on our engine, which reports it for every cell after
`:timing`, and subtracted from both; the heavy loops are in the library, which both compile with optimisation.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def kernel_environment():
    """The stock kernel as tests/jupyter/run.sh registers it."""
    caches = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    cache = pathlib.Path(os.environ.get("FORWARD_PASS_JUPYTER_CACHE", caches / "forward-pass-jupyter"))
    if not (cache / "share/kernels/rust/kernel.json").is_file():
        sys.exit(f"the stock kernel is not in {cache}\nhelp: run tests/jupyter/run.sh once")
    library = subprocess.run(["rustc", "--print", "target-libdir"], cwd=ROOT, check=True, capture_output=True, text=True)
    return os.environ | {
        "JUPYTER_PATH": str(cache / "share"),
        "JUPYTER_NO_CONFIG": "1",
        "EVCXR_TMPDIR": str(cache / "build"),
        "LD_LIBRARY_PATH": library.stdout.strip(),
    }


def timed(command, environment):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    took = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return took


def own_seconds(program, path):
    """The running time of the code of a notebook in seconds; rounded down to a millisecond per cell."""
    notebook = json.loads(pathlib.Path(path).read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("\n%%\n".join([":timing", *cells]))
        text.flush()
        folder = pathlib.Path(path).resolve().parent
        command = [program, "cells", "--json", text.name]
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    notes = [note for line in told.splitlines() for note in json.loads(line)["notes"]]
    times = [int(found[1]) for note in notes if (found := re.search(r"running (\d+) ms", note))]
    if len(times) != len(cells):
        sys.exit(f"{path}: {len(cells)} cells, and the running time of {len(times)}\n{told}")
    return sum(times) / 1000


def cold(runs):
    """One run of each in empty build folders."""
    with tempfile.TemporaryDirectory() as folder:
        empty = {
            "forward-pass test": {"XDG_CACHE_HOME": f"{folder}/ours"},
            "pytest --nbmake": {"EVCXR_TMPDIR": f"{folder}/stock"},
        }
        for variables in empty.values():
            pathlib.Path(*variables.values()).mkdir()
        return {name: timed(command, environment | empty[name]) for name, (command, environment) in runs.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="default: notebooks/en")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cold", action="store_true", help="also a run of each with nothing built")
    arguments = parser.parse_args()
    paths = arguments.notebooks or sorted(str(path) for path in (ROOT / "notebooks/en").glob("*.ipynb"))

    subprocess.run(["cargo", "build", "--quiet", "--release", "--locked"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = target / "release/forward-pass"
    ours = [program, "test", *paths]
    nbmake = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbmake", "--nbmake-timeout=900",
              "--nbmake-kernel=rust", *paths]
    runs = {"forward-pass test": (ours, dict(os.environ)), "pytest --nbmake": (nbmake, kernel_environment())}
    for command, environment in runs.values():
        timed(command, environment)
    own = sum(own_seconds(program, path) for path in paths)
    # Alternating, so that a busy moment of the machine affects both.
    times = {name: [] for name in runs}
    for _ in range(arguments.repeats):
        for name, (command, environment) in runs.items():
            times[name].append(timed(command, environment))
    print(f"{len(paths)} notebooks, of which the cells' own code takes {own:.2f} s")
    report("warm", {name: statistics.median(all) for name, all in times.items()}, own)
    if arguments.cold:
        report("cold", cold(runs), own)


def report(what, seconds, own):
    print(f"{what:18} {'whole':>10} {'without own':>12}")
    for name, took in seconds.items():
        print(f"{name:18} {took:8.2f} s {took - own:10.2f} s")
    ours, theirs = seconds.values()
    print(f"{'ratio':18} {theirs / ours:8.1f} x {(theirs - own) / max(ours - own, 1e-9):10.1f} x", flush=True)


if __name__ == "__main__":
    main()
