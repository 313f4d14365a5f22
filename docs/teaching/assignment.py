"""An assignment for nbgrader, made from the exercises of a section.

    python3 assignment.py 2 COURSE                    # COURSE/source/sigmoid/sigmoid.ipynb
    python3 assignment.py 2 COURSE --lang ko --points 5 --library /opt/forward-pass

An exercise becomes its text, a cell to fill, a check that says what is wrong, and a hidden test with the points.
It grades nothing; `nbgrader autograde` does.
"""

import argparse
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "ko")
GRADED = {"en": "{points} points. This cell stays empty: the test is added when you have handed in.",
          "ko": "{points}점. 이 셀은 비워 두세요. 채점할 때 테스트가 들어가요."}


class Exercise:
    """A file of `notebooks/exercises`."""

    def __init__(self, file):
        self.id = file.stem.split("-", 2)[2]
        self.parts = [("", "")]
        is_code = False
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            is_code ^= line.startswith("```")
            if line.startswith("## ") and not is_code:
                self.parts.append((line[3:].strip(), ""))
            else:
                name, text = self.parts[-1]
                self.parts[-1] = (name, text + line)
        self.titles = dict(zip(LANGUAGES, re.findall(r"^# (.+)$", self.text(""), re.M), strict=True))

    def text(self, name):
        return next(text for part, text in self.parts if part == name).strip()

    def code(self, name):
        return self.codes(name)[0]

    def codes(self, name):
        """The code of each part of this name; an exercise has several wrong answers."""
        return [re.search(r"```rust\n(.*?)\n```", text, re.S)[1] for part, text in self.parts if part == name]


def exercises(section):
    return [Exercise(file) for file in sorted((ROOT / "notebooks/exercises").glob(f"{section}-*.md"))]


def cell(kind, ident, source, nbgrader=None):
    made = {"cell_type": kind, "id": ident, "metadata": {}, "source": source}
    if nbgrader is not None:
        usual = {"grade": False, "solution": False, "locked": True, "task": False}
        made["metadata"]["nbgrader"] = {"schema_version": 3, "grade_id": ident} | usual | nbgrader
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


def cells(exercise, language, points):
    check = exercise.code("check")
    # The whole path: a module `check` in an answer judges only its author's own cells.
    test = f"assert!({check.replace('check::', '::forward_pass::exercise::check::', 1)}.is_solved());"
    graded = f"// {GRADED[language].format(points=points)}"
    return [
        cell("markdown", f"{exercise.id}-text", f"## {exercise.titles[language]}\n\n{exercise.text(language)}", {}),
        # Not one of nbgrader's cells: it would put the same stub into all of them.
        cell("code", f"{exercise.id}-yours", exercise.code("stub")),
        cell("code", f"{exercise.id}-check", check, {}),
        cell("code", f"{exercise.id}-points", f"{graded}\n// BEGIN HIDDEN TESTS\n{test}\n// END HIDDEN TESTS",
             {"grade": True, "points": points}),
    ]


def assignment(section, language, points, library):
    """The name of an assignment and its notebook, with the hidden tests."""
    file = next((ROOT / "notebooks" / language).glob(f"{section:02}-*.ipynb"))
    chapter = json.loads(file.read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in chapter["cells"]]
    setup = next(source for source in sources if source.startswith(":dep"))
    setup = setup.replace('"../.."', json.dumps(str(library), ensure_ascii=False))
    title = next(line for source in sources for line in source.splitlines() if line.startswith("# "))
    made = [cell("markdown", "title", title, {}), cell("code", "setup", setup, {})]
    for exercise in exercises(section):
        made += cells(exercise, language, points)
    return file.stem.split("-", 1)[1], {
        "cells": made, "metadata": chapter["metadata"], "nbformat": 4, "nbformat_minor": 5,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("section", type=int, choices=range(1, 9))
    parser.add_argument("course", type=pathlib.Path, help="the folder with `source`; it is made if it is missing")
    parser.add_argument("--lang", choices=LANGUAGES, default="en")
    parser.add_argument("--points", type=int, default=2, help="for each exercise (default: 2)")
    parser.add_argument("--library", type=pathlib.Path, default=ROOT,
                        help="forward-pass, where students find it (default: here)")
    arguments = parser.parse_args()
    name, notebook = assignment(arguments.section, arguments.lang, arguments.points, arguments.library)
    file = arguments.course / "source" / name / f"{name}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(file)


if __name__ == "__main__":
    main()
