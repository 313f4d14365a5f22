"""The chapter's notebooks through nbclient, and notebooks that fail through nbmake: red where Rust failed."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SPEC = importlib.util.spec_from_file_location("stock", HERE.parent / "jupyter" / "run.py")
stock = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(stock)
NOTEBOOKS = [path for language in ("en", "ko") for path in stock.chapter(language)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_notebook_shows_what_it_stores(path, monkeypatch, capsys):
    class Ours(NotebookClient):
        def __init__(self, *args, **options):
            super().__init__(*args, **{**options, "kernel_name": "forward-pass"})

    monkeypatch.setattr(stock, "NotebookClient", Ours)
    assert stock.check(path, SimpleNamespace(timeout=600, write=False)), capsys.readouterr().out


def nbmake(path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbmake", "--nbmake-timeout=600"]
    return subprocess.run([*command, f"--nbmake-kernel=forward-pass", str(path)], capture_output=True, text=True)


@pytest.mark.parametrize("code", ['panic!("no")', 'let n: i32 = "x".parse()?;', "std::process::exit(0)"])
def test_nbmake_is_red_where_rust_failed(tmp_path, code):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "forward-pass", "display_name": "Rust", "language": "rust"}
    path = tmp_path / "fails.ipynb"
    nbformat.write(notebook, path)
    ran = nbmake(path)
    assert ran.returncode == 1 and "1 failed" in ran.stdout, ran.stdout


def test_nbmake_is_green_on_a_notebook_of_ours():
    ran = nbmake(ROOT / "notebooks" / "en" / "02-sigmoid.ipynb")
    assert ran.returncode == 0 and "1 passed" in ran.stdout, ran.stdout
