#!/usr/bin/env python3
"""Testing the whole course: `forward-pass test`, and `pytest --nbmake` on the stock Rust kernel, in one run.

    bash tests/jupyter/run.sh notebooks/en/02-sigmoid.ipynb      once: it installs the stock kernel
    python benches/notebooks.py [--repeats N] [NOTEBOOK ...]     in an environment with pytest and nbmake

It prints each one's median in seconds and the ratio. Both are warm: each has run the course once before it is timed.
nbmake compares nothing, and takes a panic for a success; it is timed all the same, since it is what there is.
The times are whole: the cells' own running time is in both.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", help="default: notebooks/en")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    paths = arguments.notebooks or sorted(str(path) for path in (ROOT / "notebooks/en").glob("*.ipynb"))

    subprocess.run(["cargo", "build", "--quiet", "--locked"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    ours = [target / "debug/forward-pass", "test", *paths]
    nbmake = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbmake", "--nbmake-timeout=900",
              "--nbmake-kernel=rust", *paths]
    runs = {"forward-pass test": (ours, dict(os.environ)), "pytest --nbmake": (nbmake, kernel_environment())}
    medians = {}
    for name, (command, environment) in runs.items():
        first = timed(command, environment)
        times = [timed(command, environment) for _ in range(arguments.repeats)]
        medians[name] = statistics.median(times)
        print(f"{name:18} {medians[name]:8.2f} s  (median of {len(times)}; the run before them {first:.2f} s)", flush=True)
    ratio = medians["pytest --nbmake"] / medians["forward-pass test"]
    print(f"{len(paths)} notebooks: nbmake takes {ratio:.1f} times as long")


if __name__ == "__main__":
    main()
