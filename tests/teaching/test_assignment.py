"""Assignments made from the chapter's exercises, as nbgrader hands them out and grades what comes back."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[2]
TEACHING = ROOT / "docs" / "teaching"
sys.path.insert(0, str(TEACHING))
import assignment  # noqa: E402

NAMES = {int(file.name[:2]): file.stem[3:] for file in (ROOT / "notebooks" / "en").glob("*.ipynb")}


class Course:
    """A folder with nbgrader's settings, and one assignment."""

    def __init__(self, folder, name, exercises=()):
        self.folder, self.name, self.exercises = folder, name, exercises
        shutil.copy(TEACHING / "nbgrader_config.py", folder)

    @classmethod
    def of_section(cls, folder, section, *options):
        made = [sys.executable, TEACHING / "assignment.py", str(section), folder, *options]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        return cls(folder, NAMES[section], assignment.exercises(section))

    def nbgrader(self, command, *options, folder=None):
        said = subprocess.run(["nbgrader", command, self.name, *options], cwd=folder or self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=3000)
        assert said.returncode == 0, said.stdout
        return said.stdout

    def released(self):
        return nbformat.read(self.folder / "release" / self.name / f"{self.name}.ipynb", as_version=4)

    def submit(self, student, answers, cells=()):
        """What was given out, with these answers, and other cells than answers replaced as well."""
        notebook = self.released()
        replaced = {f"{name}-yours": code for name, code in answers.items()} | dict(cells)
        for cell in notebook.cells:
            cell.source = replaced.pop(cell.id, cell.source)
        assert not replaced, f"no such cells: {replaced}"
        file = self.folder / "submitted" / student / self.name / f"{self.name}.ipynb"
        file.parent.mkdir(parents=True)
        nbformat.write(notebook, file)

    def solutions(self):
        return {exercise.id: exercise.code("solution") for exercise in self.exercises}

    def grade(self):
        self.nbgrader("autograde")

    def scores(self, student):
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            grades = book.find_submission_notebook(self.name, self.name, student).grades
            return {grade.cell.name.removesuffix("-points"): grade.score for grade in grades}


# Each answer is graded on its own: what does not compile, ends the process or never ends costs its own points.
SIGMOID = {
    "right": ({}, 2, 2, 2, 2),
    "does-not-compile": ({"logit": "fn logit(p: f64) -> f64 { \"high\" }"}, 0, 2, 2, 2),
    "aborts": ({"tanh": "fn my_tanh(x: f64) -> f64 { std::process::abort() }"}, 2, 0, 2, 2),
    "panics": ({"log-sigmoid": "fn log_sigmoid(x: f64) -> f64 { panic!() }"}, 2, 2, 0, 2),
    "loops": ({"log-sigmoid": "fn log_sigmoid(x: f64) -> f64 { loop { std::hint::spin_loop() } }"}, 2, 2, 0, 2),
    "nothing": ({"one-line": ""}, 2, 2, 2, 0),
    "debugs": ({"logit": "fn logit(p: f64) -> f64 { dbg!((p / (1.0 - p)).ln()) }"}, 2, 2, 2, 2),
    "judges-itself": ({"logit": """mod check {
    pub struct Yes;
    impl Yes { pub fn is_solved(&self) -> bool { true } }
    pub fn logit(_: fn(f64) -> f64) -> Yes { Yes }
}
fn logit(p: f64) -> f64 { p }"""}, 0, 2, 2, 2),
}


@pytest.fixture(scope="module")
def sigmoid(tmp_path_factory):
    course = Course.of_section(tmp_path_factory.mktemp("sigmoid"), 2)
    course.nbgrader("generate_assignment")
    for student, (answers, *_) in SIGMOID.items():
        course.submit(student, course.solutions() | answers)
    for place in range(3):
        course.submit(f"wrong-{place}", {it.id: it.codes("wrong")[place] for it in course.exercises})
    # The student's own tests are not those that count.
    tests = {f"{it.id}-points": "assert!(true);" for it in course.exercises}
    course.submit("edits-the-tests", {}, tests)
    course.grade()
    return course


def test_sigmoid_is_given_out_without_tests_and_solutions(sigmoid):
    sources = {cell.id: cell.source for cell in sigmoid.released().cells}
    for exercise in sigmoid.exercises:
        assert sources[f"{exercise.id}-yours"] == exercise.code("stub")
        assert sources[f"{exercise.id}-check"] == exercise.code("check")
        assert sources[f"{exercise.id}-points"] == f"// {assignment.GRADED['en'].format(points=2)}"
    text = "\n".join(sources.values())
    assert "assert!" not in text and "HIDDEN" not in text
    assert not any(exercise.code("solution") in text for exercise in sigmoid.exercises)


@pytest.mark.parametrize("student", SIGMOID)
def test_sigmoid_each_answer_is_graded_on_its_own(sigmoid, student):
    _, *wanted = SIGMOID[student]
    assert list(sigmoid.scores(student).values()) == wanted


@pytest.mark.parametrize("student", ["wrong-0", "wrong-1", "wrong-2", "edits-the-tests"])
def test_sigmoid_wrong_answers_get_nothing(sigmoid, student):
    assert list(sigmoid.scores(student).values()) == [0, 0, 0, 0]


def test_sigmoid_is_given_out_handed_in_and_collected(sigmoid, tmp_path):
    """The commands of docs/teaching.md, by one user who is teacher and student."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    student = tmp_path / "student"
    student.mkdir()
    options = [f"--Exchange.root={exchange}", "--CourseDirectory.course_id=forward-pass"]
    sigmoid.nbgrader("release_assignment", *options)
    sigmoid.nbgrader("fetch_assignment", *options, folder=student)
    file = student / sigmoid.name / f"{sigmoid.name}.ipynb"
    notebook = nbformat.read(file, as_version=4)
    for cell in notebook.cells:
        cell.source = sigmoid.solutions().get(cell.id.removesuffix("-yours"), cell.source)
    nbformat.write(notebook, file)
    sigmoid.nbgrader("submit", *options, folder=student)
    said = sigmoid.nbgrader("collect", *options)
    # nbgrader calls the student by the name of the account.
    name = next((sigmoid.folder / "submitted").glob("*/*/timestamp.txt")).parts[-3]
    sigmoid.nbgrader("autograde", f"--student={name}")
    assert list(sigmoid.scores(name).values()) == [2, 2, 2, 2], said
    sigmoid.nbgrader("generate_feedback", f"--student={name}")
    page = (sigmoid.folder / "feedback" / name / sigmoid.name / f"{sigmoid.name}.html").read_text()
    assert "Score: 8.0 / 8.0" in page, page[:2000]


OWN = """fn twice(x: i64) -> i64 {
    // BEGIN SOLUTION
    2 * x
    // END SOLUTION
}"""
TESTS = {"all": "assert_eq!(twice(4), 8);", "part": "if twice(3) == 6 { 1.0 } else { 0.0 }"}


def test_a_notebook_of_ones_own(tmp_path):
    """What docs/teaching.md says of it: a region that is replaced, hidden tests, points in part."""
    course = Course(tmp_path, "own")
    cells = [assignment.cell("code", "twice-yours", OWN, {"solution": True, "locked": False})]
    for name, test in TESTS.items():
        hidden = f"// BEGIN HIDDEN TESTS\n{test}\n// END HIDDEN TESTS"
        cells.append(assignment.cell("code", f"{name}-points", hidden, {"grade": True, "points": 2}))
    kernel = {"kernelspec": {"name": "rust", "display_name": "Rust", "language": "rust"}}
    notebook = nbformat.from_dict({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})
    source = tmp_path / "source" / "own" / "own.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(notebook, source)
    course.nbgrader("generate_assignment")
    assert [cell.source for cell in course.released().cells] == ["fn twice(x: i64) -> i64 {\n    todo!()\n}", "", ""]
    course.submit("right", {"twice": "fn twice(x: i64) -> i64 { x + x }"})
    course.submit("untouched", {})
    course.grade()
    assert course.scores("right") == {"all": 2, "part": 1}
    assert course.scores("untouched") == {"all": 0, "part": 0}


@pytest.mark.parametrize("section", sorted(set(NAMES) - {2}))
def test_every_section_grades_its_solutions_and_its_stubs(tmp_path, section):
    course = Course.of_section(tmp_path, section, "--points", "3", "--lang", "ko" if section % 2 else "en")
    course.nbgrader("generate_assignment")
    course.submit("right", course.solutions())
    course.submit("untouched", {})
    course.grade()
    assert list(course.scores("right").values()) == [3] * 4
    assert list(course.scores("untouched").values()) == [0] * 4
