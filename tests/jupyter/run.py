"""Runs notebooks on the stock Rust kernel through nbclient and compares what they show with what they store.

Exit codes: 0 all the same, 1 something differs or failed, 2 a wrong call, 4 nothing to run. It compares text
after a small normalisation (below) and does not judge pictures by eye: an SVG must be the same text, and decides for
the PNG beside it.
"""

import argparse
import copy
import difflib
import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")


def text_of(value):
    return "".join(value) if isinstance(value, list) else str(value)


def normalise(text):
    """Thread ids, and the paths and names of the code that the kernel generates around a cell."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"thread '([^']*)' \(\d+\)", r"thread '\1'", text)
    text = re.sub(r"(?:/|[A-Z]:\\)\S*?(src[/\\]lib\.rs):\d+:\d+", r"\1", text)
    return "\n".join(line.rstrip() for line in text.splitlines())


def shown(outputs):
    """What a reader sees, as a list of (kind, text): pieces of one stream are joined, counters left out."""
    streams, rich = {}, []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + text_of(output["text"])
        elif kind == "error":
            rich.append(("error", normalise("\n".join(output.get("traceback", [])) or output["evalue"])))
        else:
            for mime, data in sorted(output["data"].items()):
                # What moves the output that stands beside it.
                if mime == "application/vnd.jupyter.widget-view+json" and len(output["data"]) > 1:
                    continue
                # Drawn from the SVG: its smoothed edges may differ with the processor.
                if mime == "image/png" and "image/svg+xml" in output["data"]:
                    data = "a PNG of the SVG"
                text = json.dumps(data, sort_keys=True) if mime.endswith("json") else text_of(data)
                rich.append((mime, normalise(text)))
    return [(name, normalise(text)) for name, text in sorted(streams.items())] + rich


def same(stored, fresh, rtol):
    """Equal text; where the cell asks for a tolerance, numbers with a decimal point may differ by that much."""
    if stored == fresh:
        return True
    if not rtol or NUMBER.sub("#", stored).split() != NUMBER.sub("#", fresh).split():
        return False
    pairs = zip(NUMBER.findall(stored), NUMBER.findall(fresh), strict=True)
    return all(a == b or close(a, b, rtol) for a, b in pairs)


def close(a, b, rtol):
    if not (set(".eE") & set(a) and set(".eE") & set(b)):
        return False
    return abs(float(a) - float(b)) <= rtol * max(abs(float(a)), abs(float(b)))


def diff(kind, stored, fresh):
    lines = difflib.unified_diff(stored.splitlines(), fresh.splitlines(), "stored", "fresh", lineterm="", n=1)
    lines = [line if len(line) <= 160 else line[:157] + "..." for line in lines]
    return [f"    {kind}:"] + ["    " + line for line in lines[2:30]]


def compare(cell, fresh):
    """The differences of one cell, as lines for a person."""
    tags = cell.metadata.get("tags", [])
    if "nbval-ignore-output" in tags:
        return []
    rtol = float(cell.metadata.get("forward_pass", {}).get("rtol", 0))
    before, after = shown(cell.outputs), shown(fresh.outputs)
    if [kind for kind, _ in before] != [kind for kind, _ in after]:
        names = [", ".join(kind for kind, _ in outputs) or "nothing" for outputs in (before, after)]
        report = [f"    stored {names[0]}, fresh {names[1]}"]
        return report + [line for kind, text in after for line in diff(kind, "", text)]
    pairs = zip(before, after, strict=True)
    return [line for (kind, a), (_, b) in pairs if not same(a, b, rtol) for line in diff(kind, a, b)]


def unexpected(ran):
    """An error in a cell that does not say it wants one."""
    wanted = {"raises-exception", "nbval-raises-exception", "should_panic"} & set(ran.metadata.get("tags", []))
    errors = [] if wanted else [output for output in ran.outputs if output["output_type"] == "error"]
    return [f"    {line}" for error in errors for line in normalise("\n".join(error["traceback"])).splitlines()]


def execute(notebook, path, seconds):
    """Runs a copy from the notebook's own folder. Returns it, and a sentence if a cell stopped it."""
    fresh = copy.deepcopy(notebook)
    for cell in fresh.cells:
        if "nbval-skip" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("skip-execution")
    client = NotebookClient(
        fresh,
        timeout=seconds,
        kernel_name="rust",
        resources={"metadata": {"path": str(path.parent)}},
        allow_errors=True,  # each failing cell is reported, not only the first
        store_widget_state=False,
        record_timing=False,
    )
    try:
        client.execute()
    except (CellTimeoutError, DeadKernelError) as error:
        return fresh, f"{type(error).__name__}: {error}"
    return fresh, None


def check(path, arguments):
    """Runs one notebook and says what differs. Returns whether all is well, and how many cells ran."""
    notebook = nbformat.read(path, as_version=4)
    missing = notebook.metadata.get("forward_pass", {}).get("needs")
    code = [at for at, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    fresh, stopped = execute(notebook, path, arguments.timeout)
    report = [f"    {stopped}"] if stopped else []
    for at in code:
        cell, ran = notebook.cells[at], fresh.cells[at]
        if set(cell.metadata.get("tags", [])) & {"skip-execution", "nbval-skip"}:
            print(f"  skipped {path.name} {cell.id}")
            continue
        lines = unexpected(ran) if arguments.write else compare(cell, ran) or unexpected(ran)
        if lines:
            report += [f"  {path.name} {cell.id}"] + lines
    if arguments.write and not report:
        write(path, fresh)
    print(f"{'FAILED' if report else 'ok':6} {path} ({len(code)} code cells){' needs ' + missing if missing else ''}")
    print("\n".join(report), end="\n" if report else "")
    return not report


def write(path, fresh):
    """Stores what came, in the form the notebooks are kept in: indent 1, a final newline, one entry a stream."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    for cell, ran in zip(raw["cells"], fresh.cells, strict=True):
        if cell["cell_type"] == "code":
            cell["execution_count"] = ran.execution_count
            cell["outputs"] = [stored(output, ran.execution_count) for output in joined(ran.outputs)]
    path.write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def joined(outputs):
    result = []
    for output in outputs:
        last = result[-1] if result else {}
        if output["output_type"] == "stream" == last.get("output_type") and output["name"] == last["name"]:
            last["text"] = text_of(last["text"]) + text_of(output["text"])
        else:
            result.append(json.loads(json.dumps(output)))
    return result


def stored(output, count):
    """Long text as a list of lines, as Jupyter writes it; the kernel's own counter runs ahead of the cell's."""
    output = dict(sorted(output.items()))
    if "execution_count" in output:
        output["execution_count"] = count
    if "text" in output:
        output["text"] = text_of(output["text"]).splitlines(keepends=True)
    if "data" in output:
        data = sorted(output["data"].items())
        output["data"] = {m: v if m.endswith("json") else text_of(v).splitlines(keepends=True) for m, v in data}
    return output


def chapter(language="en"):
    """The notebooks in one language; one whose data set is not here is left out, aloud."""
    notebooks = sorted((ROOT / "notebooks" / language).glob("*.ipynb"))
    if os.environ.get("FORWARD_PASS_MNIST") or (Path.home() / ".local/share/forward-pass/mnist").is_dir():
        return notebooks
    needs_data = [path for path in notebooks if '"requires": "mnist"' in path.read_text(encoding="utf-8")]
    for path in needs_data:
        print(f"left out {path.name}: MNIST is not here; `forward-pass data mnist` fetches it", file=sys.stderr)
    return [path for path in notebooks if path not in needs_data]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of notebooks/en")
    parser.add_argument("--write", action="store_true", help="store what came instead of comparing")
    parser.add_argument("--timeout", type=int, default=600, help="seconds a cell may take (the first compiles the libraries)")
    arguments = parser.parse_args()
    paths = arguments.notebooks or chapter()
    absent = [str(path) for path in paths if not path.is_file()]
    if absent:
        print(f"no such notebook: {', '.join(absent)}", file=sys.stderr)
        return 2
    if not paths:
        print("no notebook to run", file=sys.stderr)
        return 4
    results = [check(path.resolve(), arguments) for path in paths]
    print(f"{sum(results)} of {len(results)} notebooks show on the stock kernel what they store")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
