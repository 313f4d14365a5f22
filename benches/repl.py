#!/usr/bin/env python3
"""Latency at the prompt: the start and single lines, compared to `evcxr`, the stock REPL, in one run.

    python benches/repl.py forward-pass evcxr [ROUNDS]          where pexpect is installed

Both run in a pseudo-terminal with the same dependencies, built before: evcxr gets its own persistent folder, and one
session that is not timed. The time of a line is from Enter to its answer on the screen.
"""

import os
import pathlib
import statistics
import sys
import tempfile
import time

import pexpect

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 600
SETUP = [
    ':dep ndarray = "0.17"',
    f':dep forward-pass = {{ path = "{ROOT}", default-features = false }}',
    "use forward_pass::prelude::*;",
]
# The typed text, and what the screen shows only afterwards.
LINES = [
    ('println!("{}", 20 + 22);', "42"),
    ('let x = array![-1.0, 1.0, 2.0]; println!("{}", x.len() + 50);', "53"),
    ('println!("{}", show(&sigmoid(&x)));', "0.73105858"),
    ('fn twice(n: i32) -> i32 { n * 2 } println!("{}", twice(32));', "64"),
    ('let y = x.mapv(|v: f64| v.exp()); println!("{}", show(&y));', "7.3890561"),
    ('let sum = y.sum() + x.sum(); println!("{sum:.3}");', "12.475"),
    ('println!("{}", show(&matmul(&array![[1, 2], [3, 4]], &array![[5, 6], [7, 8]])?));', "50"),
    ("sigmoid(&array![3.0])", "0.95257413"),
]


class Session:
    def __init__(self, command, arguments, environment, prompt):
        self.begun = time.perf_counter()
        self.child = pexpect.spawn(
            command, arguments, env={**os.environ, **environment}, encoding="utf-8", timeout=PATIENCE, dimensions=(50, 200)
        )
        self.prompt = prompt

    def since_start(self, text):
        self.child.expect(text)
        return (time.perf_counter() - self.begun) * 1000

    def line(self, code, answer=None):
        """Milliseconds from Enter to the answer; the prompt that follows is waited for, too."""
        self.child.send(code)
        # A person needs longer from the last letter to Enter; the line editor may show letters only with the next key.
        time.sleep(0.3)
        begun = time.perf_counter()
        self.child.send("\r")
        self.child.expect_exact(answer if answer else "\n")
        took = (time.perf_counter() - begun) * 1000
        self.child.expect(self.prompt)
        time.sleep(0.1)
        return took

    def close(self):
        # Before the next prompt, evcxr ignores Ctrl-D.
        time.sleep(0.5)
        self.child.sendcontrol("d")
        self.child.expect(pexpect.EOF)
        self.child.close()


def ours(program, folder):
    environment = {"XDG_STATE_HOME": folder, "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1"}
    arguments = ["repl", str(ROOT / "notebooks/en"), "--images", "none"]
    session = Session(program, arguments, environment, r"step-function \d+/\d+> ")
    prompt = session.since_start("step-function 0/")
    session.child.expect("> ")
    # The first output of the first section, requested as soon as possible: Enter twice.
    session.child.send("\r\r")
    shown = session.since_start(r"array\(\[-0\.75")
    session.child.expect("step-function 4/")
    session.child.expect("> ")
    live = Session(program, arguments, environment, r"step-function \d+/\d+> ")
    live.child.send(LINES[0][0] + "\r")
    ready = live.since_start("42\r\n")
    live.close()
    times = [session.line(*line) for line in LINES]
    session.close()
    return {"prompt": prompt, "first output": shown, "first line's answer": ready}, times


def stock(program, folder):
    environment = {"EVCXR_TMPDIR": folder, "TERM": "xterm", "NO_COLOR": "1"}
    session = Session(program, [], environment, r">> ")
    prompt = session.since_start(">> ")
    for line in SETUP:
        session.line(line)
    session.line(*LINES[0])
    ready = (time.perf_counter() - session.begun) * 1000
    times = [session.line(*line) for line in LINES]
    session.close()
    return {"prompt": prompt, "first line's answer": ready}, times


def told(whose, seen):
    # A long run prints intermediate results.
    print(f"# {whose}: {({name: round(took) for name, took in seen[0].items()})}, lines {[round(took) for took in seen[1]]}", flush=True)
    return seen


def main():
    program, peer = (str(pathlib.Path(name).resolve()) for name in sys.argv[1:3])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    seen = {"ours": [], "evcxr": []}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        told("not counted: ours", ours(program, one))
        told("not counted: evcxr", stock(peer, two))
        for _ in range(rounds):
            # Alternating, so that other load on the machine affects both.
            seen["ours"].append(told("ours", ours(program, one)))
            seen["evcxr"].append(told("evcxr", stock(peer, two)))
    median = lambda whose, take: statistics.median(take(round) for round in seen[whose])
    print(f"medians of {rounds} rounds{'':<40} {'ours':>9} {'evcxr':>9}  ratio")
    row = lambda name, a, b: print(f"{name:<58} {a:>6.0f} ms " + (f"{b:>6.0f} ms  {a / b:.3f}" if b else ""))
    row("start: prompt", median("ours", lambda it: it[0]["prompt"]), median("evcxr", lambda it: it[0]["prompt"]))
    row("start: the section's first output", median("ours", lambda it: it[0]["first output"]), None)
    name = "first line's answer"
    row("start: a line typed at once is answered", median("ours", lambda it: it[0][name]), median("evcxr", lambda it: it[0][name]))
    pairs = []
    for at, (code, _) in enumerate(LINES):
        pair = median("ours", lambda it: it[1][at]), median("evcxr", lambda it: it[1][at])
        pairs.append(pair)
        row(code[:56], *pair)
    row("median of the lines", *(statistics.median(side) for side in zip(*pairs)))
    print(f"worst ratio of a line: {max(a / b for a, b in pairs):.3f}")


if __name__ == "__main__":
    main()
