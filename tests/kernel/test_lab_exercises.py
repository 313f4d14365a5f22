"""Exercises of section 2 in JupyterLab: as they stand, answered wrongly, and solved. The transcript lies in
FORWARD_PASS_SCREENSHOTS, or in pytest's folder.

FORWARD_PASS_LAB_KERNEL=rust takes the stock kernel, where JUPYTER_PATH names it.
"""

import os
import re
from pathlib import Path

import nbformat
import pytest
from test_lab import CELLS, CHROMIUM, ROOT, SECTION, all_ran, command, open_notebook, section_elsewhere, text_of, wait_for
from test_lab import address, page, picture  # fixtures

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here: FORWARD_PASS_CHROMIUM names one")
KERNEL = os.environ.get("FORWARD_PASS_LAB_KERNEL", "forward-pass")
EXERCISES = {"2-1-logit": "logit", "2-2-tanh": "tanh", "2-4-one-line": "one-line"}

# Sets the source of the cell with this id, and makes it the one that runs next.
EDIT = """([id, code]) => {
    const content = jupyterapp.shell.currentWidget.content;
    content.activeCellIndex = content.widgets.findIndex(cell => cell.model.id === id);
    if (code !== null) content.activeCell.model.sharedModel.setSource(code);
}"""


@pytest.fixture
def folder(tmp_path):
    return section_elsewhere(tmp_path / "lab", KERNEL)


def answers(name):
    """The first wrong answer, the start of its hint, and the solution."""
    text = (ROOT / "notebooks" / "exercises" / f"{name}.md").read_text()
    block = r"\n\n```rust\n(.*?)\n```\n"
    wrong = re.search(rf"## wrong{block}\nen: (.*?)\n", text, re.S)
    return wrong[1], wrong[2], re.search(rf"## solution{block}", text, re.S)[1]


def test_exercises_are_failed_and_solved(page, address, picture, tmp_path):
    open_notebook(page, address)
    command(page, "runmenu:run-all")
    cells = wait_for(page, all_ran)
    transcript = []

    def run(cell, code=None):
        """Runs a cell, and gives what it shows."""
        before = next(it for it in page.evaluate(CELLS) if it["id"] == cell)["execution_count"]
        page.evaluate(EDIT, [cell, code])
        command(page, "notebook:run-cell")
        wait_for(page, lambda cells: next(it for it in cells if it["id"] == cell)["execution_count"] not in (before, None))
        ran = next(it for it in page.evaluate(CELLS) if it["id"] == cell)
        transcript.append(f"[{cell}]\n{''.join(ran['source'])}\n\n{text_of(ran)}\n")
        return text_of(ran)

    stored = {cell.id: text_of(cell) for cell in nbformat.read(SECTION, as_version=4).cells if cell.cell_type == "code"}
    for name, cell in EXERCISES.items():
        wrong, hint, solution = answers(name)
        as_it_stands = next(text_of(it) for it in cells if it["id"] == f"{cell}-check")
        assert as_it_stands == stored[f"{cell}-check"] and not as_it_stands.startswith("solved"), as_it_stands
        run(f"{cell}-yours", wrong)
        failed = run(f"{cell}-check")
        assert hint in failed and not failed.startswith("solved"), failed
        picture(f"11-{cell}-wrong")
        run(f"{cell}-yours", solution)
        solved = run(f"{cell}-check")
        assert solved.startswith("solved"), solved
        picture(f"12-{cell}-solved")
    shots = Path(os.environ.get("FORWARD_PASS_SCREENSHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    (shots / f"exercises-{KERNEL}.txt").write_text("\n".join(transcript))
