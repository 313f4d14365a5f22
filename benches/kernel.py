#!/usr/bin/env python3
"""Latency in Jupyter: our kernel and the stock kernel for Rust, in one run.

    bash tests/jupyter/run.sh bench kernel forward-pass [ROUNDS] [NOTEBOOK]

`forward-pass` is the path of the program, built with `--release`; the script brings jupyter_client and the stock
kernel. In each round both kernels are started, alternating, in the notebook's folder, by jupyter_client as in
JupyterLab; a first round, which is not counted, builds the dependencies. It prints the medians over all rounds of

    start         from the start of the process to the answer to `kernel_info_request`
    first figure  from the start of the process to the first figure of the notebook, all cells before it run
    cell          from the request until the kernel is idle again, over all cells without `:dep`

Ours caches compiled cells, so it is listed twice: with new cells, and with those cached by the previous round.

NOTEBOOK is section 2 by default.
"""

import json
import os
import pathlib
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager

from our_kernel import install, named_program

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = {"ours": "forward-pass", "ours, kept": "forward-pass", "stock": "rust"}
TIMEOUT = 1200


def cells_of(path):
    notebook = json.loads(path.read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join(cell["source"]) for cell in cells if "skip-execution" not in cell["metadata"].get("tags", [])]


def messages(client, sent):
    """The messages of a cell as they arrive, until it is done."""
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["parent_header"].get("msg_id") == sent:
            if message["content"].get("execution_state") == "idle":
                break
            yield message
    while True:
        reply = client.get_shell_msg(timeout=TIMEOUT)
        if reply["parent_header"].get("msg_id") == sent:
            if reply["content"]["status"] != "ok":
                sys.exit(f"a cell failed: {reply['content']}")
            return


def answered(client):
    """Asks until there is a reply: requests before the kernel listens are repeated, as in Jupyter."""
    client.kernel_info()
    while True:
        try:
            if client.get_shell_msg(timeout=1)["msg_type"] == "kernel_info_reply":
                return
        except queue.Empty:
            client.kernel_info()


def heard(client):
    """Asks until broadcast messages arrive, too: only then can a cell be followed."""
    while True:
        try:
            client.get_iopub_msg(timeout=0.2)
            return
        except queue.Empty:
            client.kernel_info()


def measure(kernel, folder, cells):
    """Milliseconds: start, first figure, and every cell without dependencies."""
    if kernel == "ours":
        shutil.rmtree(pathlib.Path(os.environ["FORWARD_PASS_CACHE"]) / "cells", ignore_errors=True)
    manager = KernelManager(kernel_name=NAMES[kernel])
    begun = time.perf_counter()
    since = lambda: (time.perf_counter() - begun) * 1000
    manager.start_kernel(cwd=str(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        answered(client)
        start, figure, times = since(), None, []
        heard(client)
        for code in cells:
            asked = since()
            for message in messages(client, client.execute(code)):
                if figure is None and "image/svg+xml" in message["content"].get("data", {}):
                    figure = since()
            if ":dep" not in code:
                times.append(since() - asked)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return start, figure, times


def main():
    program = named_program(__doc__)
    if NAMES["stock"] not in KernelSpecManager().find_kernel_specs():
        sys.exit("the stock kernel is not here\nhelp: bash tests/jupyter/run.sh bench kernel forward-pass")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    path = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else ROOT / "notebooks/en/02-sigmoid.ipynb").resolve()
    cells = cells_of(path)
    with tempfile.TemporaryDirectory() as folder:
        install(program, folder)
        os.environ["FORWARD_PASS_CACHE"] = f"{folder}/cache"
        seen = {kernel: [] for kernel in NAMES}
        for number in range(rounds + 1):
            for kernel in NAMES:
                came = measure(kernel, path.parent, cells)
                if number > 0:
                    seen[kernel].append(came)
    print(f"{path.name}, {len(seen['ours'][0][2])} cells, medians of {rounds} rounds (cells: and the slowest median)\n")
    print(f"{'':<14}" + "".join(f"{kernel:>12}" for kernel in NAMES) + "  ratio")
    for what, index in (("start", 0), ("first figure", 1)):
        if seen["ours"][0][index] is None:
            continue
        tell(what, *(statistics.median(came[index] for came in seen[kernel]) for kernel in NAMES))
    by_cell = {kernel: [statistics.median(times) for times in zip(*(came[2] for came in seen[kernel]))] for kernel in NAMES}
    tell("cell", *(statistics.median(by_cell[kernel]) for kernel in NAMES))
    tell("slowest cell", *(max(by_cell[kernel]) for kernel in NAMES))
    ratios = [ours / stock for ours, stock in zip(by_cell["ours"], by_cell["stock"])]
    print(f"\ncell by cell the ratio is {statistics.median(ratios):.3f} at the median and {max(ratios):.3f} at worst")


def tell(what, ours, kept, stock):
    print(f"{what:<14}{ours:>9.0f} ms{kept:>9.0f} ms{stock:>9.0f} ms  {ours / stock:.3f}")


if __name__ == "__main__":
    main()
