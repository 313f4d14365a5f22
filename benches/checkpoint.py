#!/usr/bin/env python3
"""The cost of a checkpoint with 200 MB of variables.

    python benches/checkpoint.py forward-pass [ROUNDS]

A copy of the process is kept before each cell. A cell that does not touch the variables should cost the same as
without them; one that writes to them pays once for each page that is still shared with the copy. It is compared with
the same write in the same cell, when nothing is shared any longer.
"""

import re
import statistics
import subprocess
import sys

MEGABYTES = 200
WRITE = f"""
let mut times = [0.0, 0.0];
for time in &mut times {{
    let begun = std::time::Instant::now();
    for at in (0..big.len()).step_by(4096) {{ big[at] = big[at].wrapping_add(1); }}
    *time = begun.elapsed().as_secs_f64() * 1e3;
}}
println!("{{times:?}}");
"""
CELLS = ["1 + 1", "2 + 2", f"let mut big = vec![1u8; {MEGABYTES} << 20];", "3 + 3", "4 + 4", WRITE, "5 + 5"]


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seen = {"a cell without them": [], "a cell beside them": [], "first write": [], "write again": []}
    for _ in range(rounds):
        text = "\n%%\n".join([":cache 0", *CELLS])
        said = subprocess.run([program, "cells", "--time"], input=text, capture_output=True, text=True, check=True).stdout
        times = [float(time) for time in re.findall(r"^time ([0-9.]+) ms$", said, re.MULTILINE)][1:]
        seen["a cell without them"].append(times[1])
        seen["a cell beside them"].append(times[4])
        first, again = re.search(r"\[([0-9.]+), ([0-9.]+)\]", said).groups()
        seen["first write"].append(float(first))
        seen["write again"].append(float(again))
    for name, times in seen.items():
        print(f"{name:<20} {statistics.median(times):8.1f} ms   ({min(times):.1f} to {max(times):.1f})")
    beside = statistics.median(seen["a cell beside them"]) / statistics.median(seen["a cell without them"])
    pages = (MEGABYTES << 20) / 4096
    page = (statistics.median(seen["first write"]) - statistics.median(seen["write again"])) / pages * 1e3
    print(f"beside {MEGABYTES} MB a cell takes {beside:.2f} x; a shared page costs {page:.1f} microseconds when it is first written")


if __name__ == "__main__":
    main()
