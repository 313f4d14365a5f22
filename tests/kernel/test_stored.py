"""Notebooks as they are stored, which name the kernel `rust`, after the README's own commands: they open and run without a
question, and nobody has to name a kernel."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from playwright.sync_api import sync_playwright
from test_lab import CELLS, CHROMIUM, STATUS, all_ran, command, differences, wait_for

NAME = "02-sigmoid.ipynb"


def program():
    """The command that run.sh has registered."""
    return KernelSpecManager().get_kernel_spec("forward-pass").argv[0]


@pytest.fixture
def home(tmp_path):
    """A user's home, in which `kernel install` and `learn` have run, with the caller's toolchain and cache."""
    home = tmp_path / "home"
    home.mkdir()
    before = Path.home()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment |= {
        "HOME": str(home),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(before / ".rustup")),
        "CARGO_HOME": os.environ.get("CARGO_HOME", str(before / ".cargo")),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(before / ".cache")),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "LC_ALL": "C.UTF-8",
    }
    said = subprocess.run([program(), "kernel", "install"], env=environment, check=True, capture_output=True, text=True)
    if "belongs to another program" in said.stderr:
        pytest.skip("a foreign kernel named `rust` is installed for all users")
    subprocess.run([program(), "learn", home / "chapter"], env=environment, check=True, stdout=subprocess.DEVNULL)
    return home, environment


def shows_a_figure(file):
    cells = [cell for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    return any("image/svg+xml" in output.get("data", {}) for cell in cells for output in cell.outputs)


TOOLS = {
    "nbconvert": ["jupyter", "nbconvert", "--to", "notebook", "--execute", NAME, "--output", "out.ipynb"],
    "papermill": ["papermill", "--no-progress-bar", NAME, "out.ipynb"],
    "nbclient": ["jupyter", "execute", NAME, "--output", "out.ipynb"],
    "nbmake": ["python", "-m", "pytest", "--nbmake", "--nbmake-timeout=600", "--overwrite", "out.ipynb"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_run_a_stored_notebook_without_the_name_of_a_kernel(home, tool):
    home, environment = home
    chapter = home / "chapter"
    if tool == "nbmake":
        shutil.copy(chapter / NAME, chapter / "out.ipynb")
    words = [str(Path(sys.executable).parent / TOOLS[tool][0]), *TOOLS[tool][1:]]
    ran = subprocess.run(words, cwd=chapter, env=environment, text=True, timeout=900,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert ran.returncode == 0, ran.stdout
    assert shows_a_figure(chapter / "out.ipynb")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here: FORWARD_PASS_CHROMIUM names one")
def test_lab_opens_and_runs_a_stored_notebook_without_a_question(home, tmp_path):
    home, environment = home
    settings = home / ".jupyter" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    lab = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--expose-app-in-browser",
           "--ServerApp.port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={home / 'chapter'}"]
    log = tmp_path / "server.log"
    with open(log, "w") as output:
        server = subprocess.Popen(lab, env=environment, stdout=output, stderr=output)
    try:
        end = time.time() + 120
        while not (found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+", log.read_text())):
            assert server.poll() is None and time.time() < end, log.read_text()
            time.sleep(0.2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.set_default_timeout(120_000)
            page.goto(f"{found.group()}/lab/tree/{NAME}")
            page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
            # Whichever comes first: a question, or a kernel.
            page.wait_for_function(f"() => document.querySelector('.jp-Dialog') || ({STATUS})() === 'idle'")
            assert page.locator(".jp-Dialog").count() == 0, page.locator(".jp-Dialog").inner_text()
            kernel = page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.name")
            assert kernel == "rust"
            # Outputs are stored: only fresh ones have this session's numbers.
            command(page, "notebook:clear-all-cell-outputs")
            command(page, "runmenu:run-all")
            cells = wait_for(page, all_ran)
            assert differences(cells) == [], json.dumps(page.evaluate(CELLS)[-1])
            assert page.locator(".jp-Dialog").count() == 0
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
