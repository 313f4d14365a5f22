"""JupyterLab in headless Chromium, as a learner meets it: open section 2, run all, see the figure, complete, interrupt,
go on, restart and run all. The screenshots are for people: they lie in FORWARD_PASS_SCREENSHOTS, or in pytest's folder.

Skipped, aloud, where no Chromium is found: FORWARD_PASS_CHROMIUM names one.
"""

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
from playwright.sync_api import sync_playwright
from test_elsewhere import MANIFEST, SLOW
from test_notebooks import stock

ROOT = Path(__file__).resolve().parents[2]
SECTION = ROOT / "notebooks" / "en" / "02-sigmoid.ipynb"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("FORWARD_PASS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here: FORWARD_PASS_CHROMIUM names one")

# The panel in front, its cells as they would be saved, and whether each has an answer.
CELLS = "() => jupyterapp.shell.currentWidget.content.model.toJSON().cells.filter(cell => cell.cell_type === 'code')"
STATUS = "() => jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"


def section_elsewhere(folder, kernel):
    """Section 2 in a new folder, with the way to the library written out, nothing stored, and this kernel named."""
    folder.mkdir()
    notebook = nbformat.read(SECTION, as_version=4)
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": "Rust", "language": "rust"}
    for cell in notebook.cells:
        cell.source = cell.source.replace('path = "../.."', f'path = "{ROOT}"')
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, folder / "sigmoid.ipynb")
    return folder


@pytest.fixture
def folder(tmp_path):
    return section_elsewhere(tmp_path / "lab", "forward-pass")


@pytest.fixture
def address(folder, tmp_path, request):
    """A server that keeps what it knows below this test's folder; without `ipywidgets`, where a test asks for that."""
    home = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    home |= {f"JUPYTERLAB_{name}_DIR": str(tmp_path / name) for name in ("SETTINGS", "WORKSPACES")}
    # Nothing stands in the way of a screenshot.
    settings = tmp_path / "SETTINGS" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    environment = os.environ | home
    if request.node.get_closest_marker("without_widgets"):
        del environment["JUPYTER_NO_CONFIG"]
        configuration = tmp_path / "CONFIG" / "labconfig" / "page_config.json"
        configuration.parent.mkdir(parents=True)
        configuration.write_text('{"disabledExtensions": {"@jupyter-widgets/jupyterlab-manager": true}}')
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    log = tmp_path / "server.log"
    with open(log, "w") as output:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
    try:
        end = time.time() + 60
        while not (found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+", log.read_text())):
            assert server.poll() is None and time.time() < end, log.read_text()
            time.sleep(0.2)
        yield found.group()
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def page(address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


@pytest.fixture
def picture(page, tmp_path):
    shots = Path(os.environ.get("FORWARD_PASS_SCREENSHOTS", tmp_path / "screenshots"))
    shots.mkdir(parents=True, exist_ok=True)

    def take(name):
        page.evaluate("() => document.querySelector('.jp-Cell.jp-mod-active')?.scrollIntoView({block: 'end'})")
        # The front end puts cells in their places as they come into sight.
        time.sleep(0.5)
        page.screenshot(path=shots / f"{name}.png")

    return take


def open_notebook(page, address):
    page.goto(f"{address}/lab/tree/sigmoid.ipynb")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.wait_for_function(f"() => ({STATUS})() === 'idle'")


def command(page, name):
    page.evaluate("name => { jupyterapp.commands.execute(name); }", name)


def wait_for(page, wanted, seconds=600, idle=True):
    end = time.time() + seconds
    while not wanted(cells := page.evaluate(CELLS)):
        assert time.time() < end, json.dumps(cells[-3:], indent=1)
        time.sleep(0.1)
    if idle:
        page.wait_for_function(f"() => ({STATUS})() === 'idle'")
    return page.evaluate(CELLS)


def all_ran(cells):
    return all(cell["execution_count"] for cell in cells)


RUN_FIRST = """async () => {
    const content = jupyterapp.shell.currentWidget.content;
    content.activeCellIndex = content.widgets.findIndex(cell => cell.model.type === 'code');
    await jupyterapp.commands.execute('notebook:run-cell');
}"""


def run_last(page, code):
    """A new cell at the end, run; typing would close brackets and indent lines."""
    type_cell(page, "")
    page.evaluate("code => jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.setSource(code)", code)
    command(page, "notebook:run-cell")


def type_cell(page, code):
    """A new cell at the end, and what is typed into it."""
    page.evaluate("""async () => {
        await jupyterapp.commands.execute('notebook:move-cursor-to-bottom').catch(() => {});
        const content = jupyterapp.shell.currentWidget.content;
        content.activeCellIndex = content.widgets.length - 1;
        await jupyterapp.commands.execute('notebook:insert-cell-below');
        await jupyterapp.commands.execute('notebook:enter-edit-mode');
    }""")
    page.wait_for_selector(".jp-Notebook.jp-mod-editMode .jp-Cell.jp-mod-active .cm-content")
    page.keyboard.type(code)


def text_of(cell):
    return "".join("".join(o.get("text") or o.get("data", {}).get("text/plain", "")) for o in cell["outputs"])


def differences(cells):
    """Against what section 2 stores."""
    stored = [cell for cell in nbformat.read(SECTION, as_version=4).cells if cell.cell_type == "code"]
    fresh = [nbformat.from_dict(cell) for cell in cells[: len(stored)]]
    return [line for old, new in zip(stored, fresh, strict=True) for line in stock.compare(old, new)]


def test_a_learner_walks_section_2(page, address, picture, measured):
    page.goto(f"{address}/lab")
    page.wait_for_selector(".jp-LauncherCard")
    logo = page.locator(".jp-LauncherCard[title*='Rust (forward-pass)'] img").first
    logo.wait_for()
    assert logo.evaluate("image => image.complete && image.naturalWidth > 0")
    picture("1-launcher")

    open_notebook(page, address)
    picture("2-opened")
    begun = time.perf_counter()
    command(page, "runmenu:run-all")
    cells = wait_for(page, all_ran)
    measured(f"JupyterLab, section 2, run all: {time.perf_counter() - begun:.1f} s")
    assert differences(cells) == []
    figure = page.locator(".jp-RenderedSVG img, .jp-RenderedSVG svg").first
    page.evaluate("() => { const content = jupyterapp.shell.currentWidget.content; content.activeCellIndex = content.widgets.findIndex(cell => cell.node.querySelector('.jp-RenderedSVG')); }")
    figure.scroll_into_view_if_needed()
    box = figure.bounding_box()
    assert box["width"] > 300 and box["height"] > 200, box
    picture("3-figure")

    type_cell(page, "sigm")
    page.keyboard.press("Tab")
    page.wait_for_selector(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item")
    assert "sigmoid" in page.locator(".jp-Completer-item").all_inner_texts()[0]
    picture("4-completion")
    page.keyboard.press("Escape")
    page.keyboard.type("oid(")
    page.keyboard.press("Shift+Tab")
    page.wait_for_selector(".jp-Tooltip")
    assert "1 / (1 + e^-x)" in page.locator(".jp-Tooltip").inner_text()
    picture("5-tooltip")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    type_cell(page, "let kept_here = 41;")
    command(page, "notebook:run-cell")
    type_cell(page, "loop { std::hint::spin_loop(); }")
    command(page, "notebook:run-cell")
    time.sleep(2)
    begun = time.perf_counter()
    command(page, "notebook:interrupt-kernel")
    is_stopped = lambda cells: any(o["output_type"] == "error" for o in cells[-1]["outputs"])
    cells = wait_for(page, is_stopped, seconds=20)
    measured(f"JupyterLab, an endless loop: interrupted after {time.perf_counter() - begun:.2f} s")
    assert cells[-1]["outputs"][-1]["ename"] == "Interrupted"
    type_cell(page, "kept_here + 1")
    command(page, "notebook:run-cell")
    cells = wait_for(page, lambda cells: text_of(cells[-1]) != "", seconds=30)
    assert text_of(cells[-1]) == "42"
    picture("6-interrupted")

    page.evaluate("""async () => {
        const content = jupyterapp.shell.currentWidget.content;
        for (let times = 0; times < 4; times++) {
            content.activeCellIndex = content.widgets.length - 1;
            await jupyterapp.commands.execute('notebook:delete-cell');
        }
    }""")
    command(page, "notebook:restart-run-all")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    time.sleep(1)
    cells = wait_for(page, lambda cells: all_ran(cells) and cells[0]["execution_count"] == 1)
    assert differences(cells) == []
    picture("7-restarted")


# How far the last bar on the page is filled, and the words beside it.
BAR = """() => {
    const bar = [...document.querySelectorAll('.jupyter-widgets.widget-hprogress .progress-bar')].at(-1);
    return bar ? `${bar.style.width} ${bar.closest('.widget-hbox').innerText}` : '';
}"""

FAILS = {
    "compiler": "let probability: f64 = sigmoid(&\"high\");\nprintln!(\"{probability}\")",
    "panic": "// 세 번째 값은 없어요\nlet x = array![1.0, 2.0];\nx[3]",
    "question-mark": 'let n: i32 = "twelve".parse()?;\nn + 1',
}


def test_failures_and_bars_are_shown_as_a_person_reads_them(page, address, picture, folder):
    open_notebook(page, address)
    page.evaluate(RUN_FIRST)
    for name, code in FAILS.items():
        run_last(page, code)
        cells = wait_for(page, lambda cells: any(o["output_type"] == "error" for o in cells[-1]["outputs"]), 60)
        assert [output["output_type"] for output in cells[-1]["outputs"]] == ["error"], cells[-1]
        picture(f"8-{name}")
    pause = "std::thread::sleep(std::time::Duration::from_millis(50));"
    run_last(page, f'for done in 0..=40 {{ display_as("work", &Gauge::new(done, 40)); {pause} }}')
    seen, end = set(), time.time() + 60
    while "40 of 40" not in (words := page.evaluate(BAR)):
        assert time.time() < end, words
        seen.add(words)
        time.sleep(0.05)
    assert len(seen - {""}) > 5, seen
    cells = wait_for(page, lambda cells: "40 of 40" in text_of(cells[-1]), 60)
    assert len(cells[-1]["outputs"]) == 1 and text_of(cells[-1]) == "[####################] 40 of 40"
    assert page.evaluate(BAR).startswith("100% ")
    picture("9-bar")

    crate = folder / "slow"
    crate.mkdir()
    for name, text in (("Cargo.toml", MANIFEST.format(name="slow")), ("lib.rs", ""), ("build.rs", SLOW)):
        (crate / name).write_text(text)
    run_last(page, f':dep slow = {{ path = "{crate}" }}\n"built"')
    wait_for(page, lambda cells: "compiling" in text_of(cells[-1]), 60, idle=False)
    picture("10-progress")
    cells = wait_for(page, lambda cells: "built" in text_of(cells[-1]), 120)
    assert len(cells[-1]["outputs"]) == 1 and text_of(cells[-1]) == '"built"'


CURVE = """
let c = linspace(-5.0, 5.0, 101)?;
interact([slider("slope", 0.0..=10.0, 0.5, 1.0)], move |[slope]| {
    assert!(slope < 9.0, "too steep");
    while slope == 8.0 {}
    plot(&c, &sigmoid(&(&c * slope)))
})"""
NATIVE = "let c = linspace(-5.0, 5.0, 101)?;\nplot(&c, &sigmoid(&(&c * SLOPE)))"
FIGURE = ".jupyter-widgets.widget-html .widget-html-content svg"
# The picture in the last widget, and a text as the page would hold it.
SHOWN = f"() => [...document.querySelectorAll({FIGURE!r})].at(-1)?.outerHTML"
HELD = "text => { const div = document.createElement('div'); div.innerHTML = text; return div.querySelector('svg').outerHTML; }"


def native(page, slope):
    run_last(page, NATIVE.replace("SLOPE", str(slope)))
    cells = wait_for(page, lambda cells: cells[-1]["outputs"] and str(slope) in "".join(cells[-1]["source"]))
    svg = cells[-1]["outputs"][0]["data"]["image/svg+xml"]
    return page.evaluate(HELD, "".join(svg))


def press(page, key, times=1):
    handle = page.locator(".noUi-handle").first
    handle.focus()
    for _ in range(times):
        handle.press(key)


def test_a_slider_is_dragged(page, address, picture):
    open_notebook(page, address)
    page.evaluate(RUN_FIRST)
    wait_for(page, lambda cells: cells[0]["execution_count"])
    wanted = {slope: native(page, slope) for slope in (1.0, 2.0)}
    run_last(page, CURVE)
    page.wait_for_selector(FIGURE)
    assert page.evaluate(SHOWN) == wanted[1.0]
    press(page, "ArrowRight", 2)
    page.wait_for_function(f"wanted => ({SHOWN})() === wanted", arg=wanted[2.0])
    picture("8-slider")
    # A panic stands below, and the picture stays.
    press(page, "End")
    page.wait_for_selector("text=the function panicked at line 4: too steep")
    assert page.evaluate(SHOWN) == wanted[2.0]
    # An endless drag is interrupted.
    press(page, "ArrowLeft", 4)
    page.wait_for_function(f"() => ({STATUS})() === 'busy'")
    time.sleep(1)
    command(page, "kernelmenu:interrupt")
    page.wait_for_selector("text=the function was interrupted")
    press(page, "Home")
    page.wait_for_function(f"wanted => ({SHOWN})() !== wanted", arg=wanted[2.0])
    # After a restart the cell makes another one.
    command(page, "kernelmenu:restart")
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_for_function(f"() => ({STATUS})() === 'idle'")
    page.evaluate(RUN_FIRST)
    wait_for(page, lambda cells: cells[0]["execution_count"] == 1)
    run_last(page, CURVE)
    page.wait_for_function(f"wanted => ({SHOWN})() === wanted", arg=wanted[1.0])
    picture("9-slider-again")


@pytest.mark.without_widgets
def test_without_widgets_the_figure_stands_still_and_says_why(page, address, picture):
    open_notebook(page, address)
    page.evaluate(RUN_FIRST)
    wait_for(page, lambda cells: cells[0]["execution_count"])
    run_last(page, CURVE)
    page.wait_for_selector("text=pip install ipywidgets")
    assert page.locator(".jp-RenderedSVG").count() == 1
    (result, note) = page.evaluate(CELLS)[-1]["outputs"]
    assert "image/svg+xml" in result["data"] and note["name"] == "stderr"
    picture("10-still")
    # A bar is text.
    run_last(page, 'display_as("work", &Gauge::new(1, 2));')
    page.wait_for_selector("text=1 of 2")
    run_last(page, "let n = array![[1.0, 2.0]];")
    run_last(page, ":vars")
    page.wait_for_selector(".jp-RenderedHTMLCommon th:has-text('shape')")
    picture("11-variables")
