#!/usr/bin/env python3
"""The cost of a cell: every code cell of the chapter on our engine and on the stock Jupyter kernel, in one run.

    python benches/cells.py forward-pass [ROUNDS] [NOTEBOOK ...]     where nbclient and the stock kernel are installed

`tests/jupyter/run.sh` makes such an environment. For each cell it measures the time from request to answer, in
a session whose dependencies are built: compiled separately (`ours`), the same with PAUSE seconds before each cell, in
which a compiler can start (`paced`), and from the cache (`again`). It prints the medians over all cells, the ratios, the
time for all cells when they are batched (as in `test`; the first cell has all of it), and a breakdown of our time. Cells
with dependencies are skipped. All figures include the running time of the code itself.
"""

import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import jupyter_client

PAUSE = 1.0


def cells_of(path):
    notebook = json.loads(path.read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join(cell["source"]) for cell in cells if "skip-execution" not in cell["metadata"].get("tags", [])]


def told(program, path, cells, together=False):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("\n%%\n".join(cells))
        text.flush()
        script = ["--script", text.name] if together else []
        return subprocess.run(
            [program, "cells", "--time", *script, text.name], cwd=path.parent, capture_output=True, text=True, check=True
        ).stdout.splitlines()


def times(lines):
    return [float(line.split()[1]) for line in lines if line.startswith("time ") and line.endswith(" ms")]


def ours(program, path, cells):
    return times(told(program, path, [":cache 0", *cells]))[1:]


def paced(program, path, cells):
    session = subprocess.Popen(
        [program, "cells", "--json"], cwd=path.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    times = []
    for code in [":cache 0", *cells]:
        time.sleep(PAUSE)
        begun = time.perf_counter()
        session.stdin.write(code + "\n%%\n")
        session.stdin.flush()
        session.stdout.readline()
        times.append((time.perf_counter() - begun) * 1000)
    session.stdin.close()
    session.wait()
    return times[1:]


def again(program, path, cells):
    return times(told(program, path, cells))


def together(program, path, cells):
    return times(told(program, path, [":cache 0", *cells], together=True))[1:]


def parts(program, path, cells):
    """The breakdown of the time: a dictionary for each cell that was compiled and run."""
    lines = told(program, path, [":cache 0\n:time_passes", *cells])
    found = [line.removeprefix("note milliseconds: ") for line in lines if line.startswith("note milliseconds: ")]
    return [
        {name.strip(): float(time) for name, time in re.findall(r"([a-z ]+) ([0-9.]+)", line)} for line in found
    ]


def stock(path, cells):
    manager = jupyter_client.KernelManager(kernel_name="rust")
    manager.start_kernel(cwd=str(path.parent))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    times = []
    try:
        for code in cells:
            begun = time.perf_counter()
            client.execute_interactive(code, timeout=1200, output_hook=lambda message: None, allow_stdin=False)
            times.append((time.perf_counter() - begun) * 1000)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return times


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    root = pathlib.Path(__file__).resolve().parent.parent
    paths = [pathlib.Path(name).resolve() for name in sys.argv[3:]] or sorted((root / "notebooks/en").glob("*.ipynb"))
    all_ours, all_paced, all_again, all_together, all_stock, all_parts = [], [], [], [], [], []
    ratios, paced_ratios = [], []
    print(f"{'notebook':<28} {'cell':>4} {'ours':>9} {'paced':>9} {'again':>9} {'stock':>9}  ratios")
    for path in paths:
        cells = cells_of(path)
        seen_ours, seen_paced, seen_again, seen_together, seen_stock = [], [], [], [], []
        again(program, path, cells)
        all_parts += parts(program, path, cells)
        for _ in range(rounds):
            # Alternating, so that other load on the machine affects both.
            seen_ours.append(ours(program, path, cells))
            seen_paced.append(paced(program, path, cells))
            seen_again.append(again(program, path, cells))
            seen_together.append(together(program, path, cells))
            seen_stock.append(stock(path, cells))
        for at, code in enumerate(cells):
            if ":dep" in code:
                continue
            one = statistics.median(round[at] for round in seen_ours)
            after_pause = statistics.median(round[at] for round in seen_paced)
            kept = statistics.median(round[at] for round in seen_again)
            other = statistics.median(round[at] for round in seen_stock)
            all_ours.append(one)
            all_paced.append(after_pause)
            all_again.append(kept)
            all_together.append(statistics.median(round[at] for round in seen_together))
            all_stock.append(other)
            ratios.append(one / other)
            paced_ratios.append(after_pause / other)
            print(
                f"{path.name:<28} {at + 1:>4} {one:>6.0f} ms {after_pause:>6.0f} ms {kept:>6.0f} ms {other:>6.0f} ms  "
                f"{one / other:.2f} {after_pause / other:.2f}",
                flush=True,
            )
    print(
        f"\n{len(ratios)} cells, median of {rounds} rounds: ours {statistics.median(all_ours):.0f} ms, paced "
        f"{statistics.median(all_paced):.0f} ms, again {statistics.median(all_again):.0f} ms, "
        f"stock kernel {statistics.median(all_stock):.0f} ms; "
        f"ratio {statistics.median(ratios):.2f} (worst {max(ratios):.2f}), paced "
        f"{statistics.median(paced_ratios):.2f} (worst {max(paced_ratios):.2f}); in all {sum(all_ours) / 1000:.1f} s, "
        f"{sum(all_again) / 1000:.1f} s and {sum(all_stock) / 1000:.1f} s; compiled together {sum(all_together) / 1000:.1f} s"
    )
    names = ["split", "compiling", "front end", "code generation", "linking", "loading", "running"]
    medians = {name: statistics.median(cell[name] for cell in all_parts) for name in names}
    print("where our time goes, medians: " + ", ".join(f"{name} {time:.1f} ms" for name, time in medians.items()))

if __name__ == "__main__":
    main()
