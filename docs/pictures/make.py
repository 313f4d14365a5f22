#!/usr/bin/env python3
"""The three pictures of the README, from real runs: nothing in them is written by hand.

    cargo build && python3 docs/pictures/make.py [prompt] [digit] [figure]

`prompt.svg` is what tmux shows after two lines typed at the prompt; `figure.svg` and `digit.svg` are what cells return.
The digit needs the real set (`cargo run -- data mnist`, or FORWARD_PASS_MNIST). It needs tmux, and takes a minute where
the cells' dependencies were never compiled.
"""

import html
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug/forward-pass"

SETUP = (
    ':dep ndarray = "0.17"\n'
    f':dep forward-pass = {{ path = "{ROOT}", default-features = false }}\n'
    "use forward_pass::prelude::*;"
)
FIGURE = "plot_sigmoid()"
NETWORK = "plot_network(&Network::chapter())"
# A three of the test set, as section 8's network reads it.
DIGIT = """let digits = Mnist::find()?;
let mut net = Network::untrained(&[784, 50, 100, 10], 1)?;
Training::sgd(0.1).momentum(0.9).epochs(10).fit(&mut net, &digits.train)?;
let image = digits.test.images.row(18).to_owned();
let probabilities = net.forward(&image)?;
let digit = argmax(&probabilities, All)? as usize;
println!("read as {digit}, labelled {}", digits.test.labels[18]);
plot_reading(&Reading { digit, probabilities, image })"""

# The prompt: what is typed, and what shows that its answer is complete.
LINES = [("sigmoid(&array![-1.0, 1.0, 2.0])", "0.88079708]"), (FIGURE, "saved: ")]
COLUMNS, ROWS = 84, 44
CELL_WIDTH, CELL_HEIGHT = 8.4, 17
PAPER, INK = "#1e1e2e", "#cdd6f4"
PALETTE = ["#45475a", "#f38ba8", "#a6e3a1", "#f9e2af", "#89b4fa", "#cba6f7", "#94e2d5", "#bac2de"] * 2


def outputs(cells):
    """The SVG that the last of these cells shows, after a run of all of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cells.ipynb")
        cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        notebook = {
            "cells": [cell | {"id": f"cell-{n}", "source": text} for n, text in enumerate(cells)],
            "metadata": {"kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path.write_text(json.dumps(notebook))
        without_ci = {name: value for name, value in os.environ.items() if name != "CI"}
        subprocess.run([BINARY, "test", path, "--accept"], check=True, env=without_ci)
        shown = json.loads(path.read_text())["cells"][-1]["outputs"]
        return "".join(next(o["data"]["image/svg+xml"] for o in shown if "image/svg+xml" in o.get("data", {})))


def screen():
    """What the terminal shows after LINES were typed, with its escapes."""
    with tempfile.TemporaryDirectory() as state:
        tmux = ["tmux", "-L", f"pictures-{os.getpid()}", "-f", "/dev/null"]
        command = f"COLORTERM=truecolor XDG_STATE_HOME={state} {BINARY} repl --section sigmoid --images blocks"
        environment = os.environ | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        start = ["new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), "-c", str(ROOT), command]
        subprocess.run(tmux + start, check=True, env=environment)

        def pane(*options):
            capture = tmux + ["capture-pane", "-p", *options]
            return subprocess.run(capture, check=True, capture_output=True, text=True).stdout

        def wait(text, prompts):
            for _ in range(1200):
                seen = pane()
                if text in seen and len(re.findall(r"^sigmoid \d+/\d+>", seen, re.M)) == prompts:
                    return
                time.sleep(0.25)
            sys.exit(f"`{text}` never appeared:\n{seen}")

        try:
            wait("sigmoid", 1)
            for n, (line, end) in enumerate(LINES):
                subprocess.run(tmux + ["send-keys", "-l", line], check=True)
                subprocess.run(tmux + ["send-keys", "Enter"], check=True)
                wait(end, n + 2)
            # The state folder of this run stands for the reader's.
            return pane("-e", "-N").replace(state, "~/.local/state").rstrip().split("\n")
        finally:
            subprocess.run(tmux + ["kill-server"], check=False)


def colour(codes, at):
    """The colour behind 38 or 48, and how many codes it takes."""
    if codes[at] == 2:
        return "#%02x%02x%02x" % tuple(codes[at + 1 : at + 4]), 4
    n = codes[at + 1]
    if n < 16:
        return PALETTE[n], 2
    if n > 231:
        return "#%02x%02x%02x" % ((8 + 10 * (n - 232),) * 3), 2
    levels = [0, 95, 135, 175, 215, 255]
    return "#%02x%02x%02x" % tuple(levels[(n - 16) // step % 6] for step in (36, 6, 1)), 2


def cells(lines):
    """Row, column, letter and style (ink, paper, bold, faint) of each place on the screen."""
    ink = paper = None
    bold = faint = False
    for row, line in enumerate(lines):
        column = 0
        for escape, letter in re.findall(r"\x1b\[([\d;]*)m|(.)", line):
            if letter:
                yield row, column, letter, (ink, paper, bold, faint)
                column += 1
                continue
            codes, at = [int(code or 0) for code in escape.split(";")], 0
            while at < len(codes):
                code, at = codes[at], at + 1
                if code == 0:
                    ink, paper, bold, faint = None, None, False, False
                elif code == 1:
                    bold = True
                elif code == 2:
                    faint = True
                elif code == 22:
                    bold = faint = False
                elif code in (38, 48):
                    found, used = colour(codes, at)
                    at += used
                    ink, paper = (found, paper) if code == 38 else (ink, found)
                elif code == 39:
                    ink = None
                elif code == 49:
                    paper = None
                elif 30 <= code <= 37 or 90 <= code <= 97:
                    ink = PALETTE[code % 10 + (8 if code > 89 else 0)]
                elif 40 <= code <= 47:
                    paper = PALETTE[code % 10]


def drawn(lines):
    """The screen as SVG: coloured rectangles and text, equal neighbours joined."""
    width, height = COLUMNS * CELL_WIDTH + 24, len(lines) * CELL_HEIGHT + 24
    blocks, texts = [], []

    def block(row, column, colour, half, halves):
        """Half a cell is one block; blocks beside each other are one rectangle."""
        last = blocks[-1] if blocks else None
        if last and last[0] == row and last[3:] == [colour, half, halves] and last[2] == column:
            last[2] += 1
        else:
            blocks.append([row, column, column + 1, colour, half, halves])

    places = list(cells(lines))
    for row, column, letter, (ink, paper, _, _) in places:
        if letter == "▀":
            block(row, column, ink or INK, 0, 1)
    for row, column, letter, (ink, paper, _, _) in places:
        if paper:
            block(row, column, paper, *((1, 1) if letter == "▀" else (0, 2)))
    for row, column, letter, (ink, _, bold, faint) in places:
        if letter in " ▀":
            continue
        style = (ink or INK, bold, faint)
        last = texts[-1] if texts else None
        if last and last[0] == row and last[2] == style and last[1] + len(last[3]) in (column, column - 1):
            last[3] += " " * (column - last[1] - len(last[3])) + letter
        else:
            texts.append([row, column, style, letter])

    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}">',
        f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
        '<g transform="translate(12 12)" shape-rendering="crispEdges">',
    ]
    for row, first, end, fill, half, halves in blocks:
        x, y = first * CELL_WIDTH, (row + half / 2) * CELL_HEIGHT
        w, h = (end - first) * CELL_WIDTH, halves * CELL_HEIGHT / 2
        svg.append(f'<path fill="{fill}" d="M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z"/>')
    fonts = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
    svg.append(f'</g><g transform="translate(12 12)" font-family="{fonts}" font-size="13.5" xml:space="preserve">')
    for row, column, (fill, bold, faint), text in texts:
        more = (' font-weight="bold"' if bold else "") + (' opacity=".6"' if faint else "")
        svg.append(
            f'<text x="{column * CELL_WIDTH:g}" y="{row * CELL_HEIGHT + 13:g}" textLength="{len(text) * CELL_WIDTH:g}" '
            f'fill="{fill}"{more}>{html.escape(text)}</text>'
        )
    return "\n".join(svg) + "\n</g></svg>\n"


PICTURES = {
    "figure": lambda: outputs([SETUP, NETWORK]),
    "prompt": lambda: drawn(screen()),
    "digit": lambda: outputs([SETUP, DIGIT]),
}

for name in sys.argv[1:] or PICTURES:
    picture = PICTURES[name]()
    (HERE / f"{name}.svg").write_text(picture)
    print(f"{name}.svg: {len(picture):,} bytes")
