#!/usr/bin/env python3
"""Printing a million elements in full: NumPy and this crate's release build, side by side in one run.

    python benches/printing.py [ELEMENTS]      in an environment with tests/numpy/requirements.txt

It prints both medians and their ratio, and fails when the two texts differ. `tests/numpy/run.sh bench` runs it in an
environment of its own. The arrays have rows of 1000: for one long row, NumPy's time grows with the square of its
length, minutes for a million, and the ratio would flatter us.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPEATS = 3
ROW = 1000


def arrays(count):
    """The same elements for both, drawn with a seed."""
    rng = np.random.default_rng(7)
    normal = rng.normal(size=count)
    yield "normal", normal
    yield "normal", normal.astype(np.float32)
    yield "mixed magnitudes", 10.0 ** rng.uniform(-12, 12, count)
    yield "two decimals", np.round(rng.uniform(-100, 100, count), 2)
    yield "any size", rng.integers(-(2**62), 2**62, count)
    yield "small", rng.integers(0, 100, count)
    yield "true or false", rng.random(count) < 0.5
    yield "normal", normal + 1j * rng.normal(size=count)


def build():
    """The bench program, as cargo names it."""
    command = ["cargo", "bench", "--locked", "--no-default-features", "--bench", "printing", "--no-run",
               "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    messages = [json.loads(line) for line in lines if line.startswith("{")]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "printing")


def numpys(a):
    """NumPy's text, and its median in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        text = np.array2string(a, threshold=sys.maxsize)
        times.append((time.perf_counter() - start) * 1e3)
    return text, statistics.median(times)


def ours(program, a, folder):
    """Our text, its median in milliseconds, and the number of allocations."""
    elements, out = folder / "elements", folder / "text"
    elements.write_bytes(a.tobytes())
    answer = subprocess.run([program, a.dtype.name, elements, out, str(REPEATS)], check=True, stdout=subprocess.PIPE)
    median, allocations = answer.stdout.split()
    return out.read_text(), float(median), int(allocations)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    program = build()
    print(f"{count} elements in full, NumPy {np.__version__}; medians in ms")
    print(f"{'dtype':12}{'elements':18}{'NumPy':>10}{'ours':>10}{'ratio':>8}  large allocations")
    with tempfile.TemporaryDirectory() as folder:
        for name, flat in arrays(count):
            a = flat.reshape(-1, ROW)
            expected, slow = numpys(a)
            text, fast, allocations = ours(program, a, pathlib.Path(folder))
            print(f"{a.dtype.name:12}{name:18}{slow:10.0f}{fast:10.1f}{slow / fast:7.1f}x  {allocations}", flush=True)
            if text != expected:
                sys.exit(f"the texts of {a.dtype.name} ({name}) differ")


if __name__ == "__main__":
    main()
