"""The files that teachers copy: what can be said of them without a hub, a container engine or a class."""

import ast
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import image
import pytest

ROOT = Path(__file__).resolve().parents[2]
TEACHING = ROOT / "docs" / "teaching"
SCRIPTS = [TEACHING / "start", TEACHING / "binder" / "postBuild"]


def shell(text, *flags):
    """shellcheck where it is installed, else the shell's own parser."""
    checker = ["shellcheck", "-s", "sh", *flags, "-"] if shutil.which("shellcheck") else ["sh", "-n"]
    return subprocess.run(checker, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_the_commands_of_the_image_are_sound():
    for word, rest in sum(image.stages(), []):
        if word == "RUN":
            checked = shell(f"#!/bin/sh\n{rest}\n")
            assert checked.returncode == 0, checked.stdout
        elif word in ("CMD", "ENTRYPOINT"):
            assert isinstance(json.loads(rest), list), rest


def test_hadolint_has_nothing_to_say_of_the_image():
    checked = subprocess.run(["hadolint", "--no-color", image.FILE], text=True, capture_output=True)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr


def test_the_image_has_the_toolchain_of_the_checkout_and_no_root():
    channel = re.search(r'channel = "(.*)"', (ROOT / "rust-toolchain.toml").read_text())[1]
    stages = image.stages()
    assert all(stage[0][1].startswith(f"rust:{channel}-") for stage in stages), stages
    assert [rest for word, rest in stages[-1] if word == "USER"] == ["1000"]


def test_the_image_gets_every_file_that_cargo_wants(tmp_path):
    """What the list of files leaves out is missed by neither the build script nor a manifest."""
    for file in image.context():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    cargo = ["cargo", "metadata", "--locked", "--no-deps", "--offline", "--format-version", "1"]
    read = subprocess.run(cargo, cwd=tmp_path, text=True, capture_output=True)
    assert read.returncode == 0, read.stderr
    for target in json.loads(read.stdout)["packages"][0]["targets"]:
        assert Path(target["src_path"]).exists(), target
    included = re.compile(r'include_(?:str|bytes)!\("((?:\.\./)+(?:notebooks|docs|tests|web|Cargo)[^"]*)"\)')
    for source in (tmp_path / "src").rglob("*.rs"):
        if source.name != "tests.rs":
            # The image is built without its tests.
            built = source.read_text().partition("#[cfg(test)]\nmod tests {")[0]
            for path in included.findall(built):
                assert (source.parent / path).exists(), f"{source}: {path}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_are_sound_and_can_be_started(script):
    text = script.read_text()
    assert os.access(script, os.X_OK)
    checked = shell(text) if text.startswith("#!/bin/sh") else subprocess.run(
        ["shellcheck", script] if shutil.which("shellcheck") else ["bash", "-n", script],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert checked.returncode == 0, checked.stdout


def test_a_home_that_exists_is_kept_and_one_that_cannot_be_written_to_is_no_obstacle(tmp_path):
    program = tmp_path / "bin" / "forward-pass"
    program.parent.mkdir()
    program.symlink_to(os.environ["FORWARD_PASS_COMMAND"])
    path = f"{program.parent}:{os.environ['PATH']}"
    begin = lambda home: subprocess.run([TEACHING / "start", "echo", "started"], text=True, capture_output=True,
                                        env=os.environ | {"HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8"})
    home = tmp_path / "home"
    home.mkdir()
    assert begin(home).stdout.endswith("started\n")
    mine = home / "chapter" / "01-step-function.ipynb"
    assert f'path = \\"{ROOT}\\"' in mine.read_text()
    mine.write_text("mine")
    assert begin(home).stdout == "started\n"
    assert mine.read_text() == "mine"
    # Also for root, who may write anywhere: below a file there is no folder.
    (tmp_path / "file").write_text("")
    said = begin(tmp_path / "file")
    assert said.stdout == "started\n" and "cannot create" in said.stderr, said


@pytest.mark.parametrize("name", ["jupyterhub_config.py", "nbgrader_config.py", "assignment.py"])
def test_python_files_compile_and_their_lines_are_not_too_wide(name):
    text = (TEACHING / name).read_text()
    ast.parse(text)
    wide = [line for line in text.splitlines() if len(line) > 120]
    assert not wide, wide


def test_the_same_versions_are_installed_and_tested():
    lists = [ROOT / "tests" / name / "requirements.txt" for name in ("hub", "teaching", "kernel")]
    tested = "\n".join(file.read_text() for file in lists)
    for file in (image.FILE, TEACHING / "binder" / "requirements.txt"):
        for pinned in re.findall(r"\b[\w-]+==[\w.]+", file.read_text()):
            assert pinned in tested, f"{file.name}: {pinned} is not what the tests use"
