#!/usr/bin/env python3
"""A slider dragged in Jupyter: our kernel with `interact`, and ipykernel with ipywidgets and matplotlib, in one run.

    bash tests/kernel/run.sh bench drags forward-pass [DRAGS]

`forward-pass` is the path of the program, built with `--release`; the script brings the rest. The figure is the same on
all sides: a sigmoid of 101 points whose slope moves. A drag is the message that JupyterLab sends; it is answered by the
message with the new figure. matplotlib is measured twice: with PNG, which is its default in Jupyter, and with SVG, as
ours. The sides take turns, drag by drag; ten drags of each are not counted. The ratio is to the faster of the two.
"""

import pathlib
import statistics
import sys
import tempfile
import time

from jupyter_client.manager import start_new_kernel

from our_kernel import install, named_program

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT = 1200
WARM = 10
SLOPES = [at / 2 for at in range(1, 21)]

OURS = [
    f':dep forward-pass = {{ path = "{ROOT}", default-features = false }}\nuse forward_pass::prelude::*;',
    """let x = linspace(-5.0, 5.0, 101)?;
interact([slider("slope", 0.0..=10.0, 0.5, 1.0)], move |[slope]| plot(&x, &sigmoid(&(&x * slope))))""",
]
THEIRS = [
    """%matplotlib inline
%config InlineBackend.figure_formats = [FORMAT]
import ipywidgets, matplotlib.pyplot as plt, numpy as np
x = np.linspace(-5.0, 5.0, 101)
def draw(slope):
    plt.plot(x, 1 / (1 + np.exp(-x * slope)))
    plt.show()""",
    "_ = ipywidgets.interact(draw, slope=ipywidgets.FloatSlider(1.0, min=0.0, max=10.0, step=0.5))",
]
SIDES = {
    "ours, SVG": ("forward-pass", OURS),
    "matplotlib, PNG": ("python3", [code.replace("FORMAT", "'png'") for code in THEIRS]),
    "matplotlib, SVG": ("python3", [code.replace("FORMAT", "'svg'") for code in THEIRS]),
}


class Side:
    """A kernel with a slider on its page."""

    def __init__(self, kernel, cells):
        self.manager, self.client = start_new_kernel(kernel_name=kernel, startup_timeout=60)
        for code in cells:
            messages = self.until_idle(self.client.execute(code))
            failed = [message["content"] for message in messages if message["msg_type"] == "error"]
            if failed:
                sys.exit(f"a cell failed: {failed}")
        opened = [message["content"] for message in messages if message["msg_type"] == "comm_open"]
        (self.slider,) = [it["comm_id"] for it in opened if it["data"]["state"]["_model_name"] == "FloatSliderModel"]
        self.times, self.figures = [], set()

    def messages(self, sent):
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == sent:
                yield message
                if message["content"].get("execution_state") == "idle":
                    return

    def until_idle(self, sent):
        return list(self.messages(sent))

    def drag(self, slope):
        data = {"method": "update", "state": {"value": slope}, "buffer_paths": []}
        message = self.client.session.msg("comm_msg", {"comm_id": self.slider, "data": data})
        begun, took = time.perf_counter(), None
        self.client.shell_channel.send(message)
        for heard in self.messages(message["header"]["msg_id"]):
            figure = figure_of(heard)
            if figure and took is None:
                took = (time.perf_counter() - begun) * 1000
                self.figures.add(hash(figure))
        if took is None:
            sys.exit(f"no figure came for the slope {slope}")
        self.times.append(took)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def figure_of(message):
    """The picture in a message: in the state of a model, or displayed."""
    content = message["content"]
    if message["msg_type"] == "comm_msg":
        value = content["data"].get("state", {}).get("value")
        return value if isinstance(value, str) and "<svg" in value else None
    if message["msg_type"] in ("display_data", "update_display_data"):
        return content["data"].get("image/svg+xml") or content["data"].get("image/png")
    return None


def main():
    program = named_program(__doc__)
    drags = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with tempfile.TemporaryDirectory() as folder:
        install(program, folder)
        sides = {}
        try:
            for name, (kernel, cells) in SIDES.items():
                sides[name] = Side(kernel, cells)
            for at in range(drags + WARM):
                for side in sides.values():
                    side.drag(SLOPES[at % len(SLOPES)])
        finally:
            for side in sides.values():
                side.end()
    print(f"{drags} drags of a curve of 101 points, in ms\n")
    print(f"{'':<18}{'median':>8}{'worst':>8}")
    medians = {}
    for name, side in sides.items():
        if len(side.figures) < min(drags, len(SLOPES)):
            sys.exit(f"{name}: {len(side.figures)} figures for {len(SLOPES)} slopes")
        times = side.times[WARM:]
        medians[name] = statistics.median(times)
        print(f"{name:<18}{medians[name]:>8.1f}{max(times):>8.1f}")
    ours, *theirs = medians.values()
    print(f"\nthe ratio of the medians is {ours / min(theirs):.3f}")


if __name__ == "__main__":
    main()
