#!/usr/bin/env python3
"""Reading, training and classifying: this crate against NumPy (one thread, and one per core) and JAX, alternating.

    FORWARD_PASS_MNIST=FOLDER python benches/mnist.py [ROUNDS]      in an environment with numpy, and optionally jax

Every round runs each peer once, in a separate process, so that a slow minute of the machine affects all. It prints
the median of each, the ratio to the better NumPy run, and the share of the peak speed of the processor if all products
were computed: four fifths of an image are black, and ours skips what is black in all images of a tile. Without the variable
the images are noise, as black as digits, and reading is not measured.
"""

import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = ["read", "train", "classify-1", "classify-100", "classify-10000"]
# Multiplications and additions for one image: 2 for each weight forwards; training goes back through all but the first.
WEIGHTS = [784 * 50, 50 * 100, 100 * 10]
FORWARD = 2 * sum(WEIGHTS)
WORK = {"train": 2 * FORWARD + 2 * sum(WEIGHTS[1:])} | {f"classify-{n}": FORWARD for n in (1, 100, 10_000)}


def build():
    command = ["cargo", "bench", "--locked", "--no-default-features", "--bench", "mnist", "--no-run"]
    told = subprocess.run([*command, "--message-format=json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = [json.loads(line) for line in told.stdout.splitlines()]
    return next(it["executable"] for it in found if it.get("target", {}).get("name") == "mnist" and it.get("executable"))


def peers():
    threads = lambda count: {name: str(count) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    ours = build()
    numpy = [sys.executable, str(ROOT / "benches/mnist_numpy.py")]
    found = {
        "ours": ([ours], {}),
        "numpy 1": (numpy, threads(1)),
        f"numpy {os.cpu_count()}": (numpy, threads(os.cpu_count())),
    }
    if importlib.util.find_spec("jax"):
        found["jax"] = ([sys.executable, str(ROOT / "benches/mnist_jax.py")], {})
    return found


def measured(command, extra):
    told = subprocess.run(command, env=os.environ | extra, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name: float(value) for name, value in map(str.split, told.splitlines())}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    everyone = peers()
    seen = {name: [] for name in everyone}
    for _ in range(rounds):
        for name, (command, extra) in everyone.items():
            seen[name].append(measured(command, extra))
    median = lambda who, row: statistics.median(run[row] for run in seen[who]) if row in seen[who][0] else None
    peaks = median("ours", "peak-1"), median("ours", "peak-all")
    print(f"images a second, medians of {rounds} rounds; at most {peaks[0]:.0f} GFLOP/s on one core, {peaks[1]:.0f} on all")
    print(f"{'':16}" + "".join(f"{name:>18}" for name in everyone) + f"{'ours / numpy':>16}")
    numpys = [name for name in everyone if name.startswith("numpy")]
    for row in ROWS:
        values = {name: median(name, row) for name in everyone}
        if values["ours"] is None:
            continue
        cells = "".join(f"{cell(value, row, peaks[1]):>18}" for value in values.values())
        print(f"{row:16}{cells}{values['ours'] / max(values[name] for name in numpys):>15.2f}x")
    one = median("ours", "train-1")
    print(f"{'train, 1 thread':16}{cell(one, 'train', peaks[0]):>18}{'':>54}{one / median('numpy 1', 'train'):>15.2f}x")


def cell(value, row, peak):
    if value is None:
        return "-"
    share = f" ({WORK[row] * value / peak / 1e9:4.0%})" if row in WORK else ""
    return f"{value:,.0f}{share}"


main()
