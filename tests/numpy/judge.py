#!/usr/bin/env python3
"""The judge: runs the pinned NumPy and writes what it printed and computed.

    python tests/numpy/judge.py            writes the fixtures beside this file
    python tests/numpy/judge.py --check    regenerates them into a temporary folder and fails if they differ

`pip install -r tests/numpy/requirements.txt` gives the pinned versions. Nothing here depends on the processor: values
of exp and its kind come from mpmath, never from NumPy's SIMD loops.
"""

import argparse
import gzip
import json
import pathlib
import sys
import tempfile

import numpy

import accuracy
import behaviour
import printing

HERE = pathlib.Path(__file__).parent
PINNED = dict(line.split("==") for line in (HERE / "requirements.txt").read_text().split())
FIXTURES = {
    "printing.jsonl.gz": lambda: printing.cases(seed=20240229, count=3600),
    "behaviour.jsonl.gz": lambda: behaviour.cases(seed=20240301, count=2400),
    "accuracy.jsonl.gz": lambda: accuracy.cases(seed=20240302, count=1500),
}


def write(folder, name, cases):
    """One JSON object a line, compressed the same way every time. Returns how many lines."""
    lines = [json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases]
    with open(folder / name, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(("\n".join(lines) + "\n").encode())
    return len(lines)


def content(path):
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def difference(name, fresh, stored):
    """The first line that differs, or nothing."""
    for number, (new, old) in enumerate(zip(fresh, stored), 1):
        if new != old:
            return f"{name}:{number}: stored {old[:200]}\n{name}:{number}: fresh  {new[:200]}"
    if len(fresh) != len(stored):
        return f"{name}: {len(stored)} cases stored, {len(fresh)} fresh"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    if numpy.__version__ != PINNED["numpy"]:
        sys.exit(f"NumPy {PINNED['numpy']} is the judge, this is {numpy.__version__}\n"
                 "help: pip install -r tests/numpy/requirements.txt")
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) if check else HERE
        for name, cases in FIXTURES.items():
            count = write(folder, name, cases())
            found = difference(name, content(folder / name), content(HERE / name)) if check else None
            print(f"{name}: {count} cases" + (", the same as stored" if check and not found else ""))
            if found:
                failed = True
                print(found, file=sys.stderr)
    if failed:
        sys.exit("the stored fixtures are not what NumPy says\nhelp: run the script without --check and read the diff")


if __name__ == "__main__":
    main()
