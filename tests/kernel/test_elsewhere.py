"""A notebook in a folder of its own, with a crate of its own beside it: it starts as soon as that is built, and says so
meanwhile in the cell, where nothing of it stays."""

import uuid

import pytest
from conftest import begin
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

MANIFEST = """[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[lib]
path = "lib.rs"
"""
# A build that takes long enough to be told of.
SLOW = 'fn main() { println!("cargo::rerun-if-changed=build.rs"); std::thread::sleep(std::time::Duration::from_secs(3)); }'
ADDS = ':dep counting = { path = "../counting" }\ncounting::count(20) + 22'


@pytest.fixture
def folder(tmp_path):
    """`counting`, a crate that needs another one, and `book`, where its notebook lies."""
    for name, lines in (("counting", '\n[dependencies]\nslow = { path = "../slow" }\n'), ("slow", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Cargo.toml").write_text(MANIFEST.format(name=name) + lines)
    (tmp_path / "counting" / "lib.rs").write_text("pub fn count(to: u64) -> u64 { slow::same(to) }\n")
    # A copy of a crate that is compiled already would not be compiled again, wherever it is.
    (tmp_path / "slow" / "lib.rs").write_text(f"// {uuid.uuid4()}\npub fn same(x: u64) -> u64 {{ x }}\n")
    (tmp_path / "slow" / "build.rs").write_text(SLOW)
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


@pytest.fixture
def there(folder):
    front = begin(cwd=str(folder))
    yield front
    front.client.stop_channels()
    front.manager.shutdown_kernel(now=True)


def told(messages):
    """What stood in the cell while its dependencies were built, and the kinds of message that came."""
    shown = ("display_data", "update_display_data")
    words = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] in shown]
    return words, [m["msg_type"] for m in messages if m["msg_type"] != "status"]


def test_progress_stands_in_the_cell_until_the_dependencies_are_built(there, folder):
    reply, messages = there.run(ADDS, timeout=300)
    assert reply["status"] == "ok"
    words, kinds = told(messages)
    assert any("slow" in line for line in words), words
    assert kinds[:2] == ["execute_input", "display_data"]
    # What was said is taken away before the value comes.
    assert kinds[-2:] == ["clear_output", "execute_result"]
    assert messages[-1]["content"]["data"]["text/plain"] == "42"
    assert there.value("counting::count(2)") == ["2"]
    # A kernel that comes later finds them built, and has nothing to tell.
    later = begin(cwd=str(folder))
    try:
        _, messages = later.run(ADDS)
        assert told(messages)[0] == []
    finally:
        later.client.stop_channels()
        later.manager.shutdown_kernel(now=True)


def test_nothing_of_the_progress_is_stored(folder):
    notebook = new_notebook(cells=[new_code_cell(ADDS), new_code_cell('println!("{}", counting::count(3));')])
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="forward-pass", timeout=300, resources=resources).execute()
    (first,), (second,) = (cell.outputs for cell in notebook.cells)
    assert (first["output_type"], first["data"]) == ("execute_result", {"text/plain": "42"})
    assert (second["output_type"], second["text"]) == ("stream", "3\n")


def test_a_crate_that_does_not_compile_is_an_error_that_says_where(there, folder):
    source = folder.parent / "counting" / "lib.rs"
    right = source.read_text()
    source.write_text("pub fn count(to: u64) -> u64 { \"not a number\" }\n")
    reply, messages = there.run(ADDS, timeout=300)
    assert reply["status"] == "error"
    page = "\n".join(reply["traceback"])
    assert "counting" in page and "mismatched types" in page, page
    assert told(messages)[1][-1] == "error"
    # Mended, it runs, in the same session.
    source.write_text(right)
    reply, _ = there.run(ADDS, timeout=300)
    assert reply["status"] == "ok"


@pytest.mark.parametrize("line", [':dep counting = { path = "../nowhere" }', ":dep counting = {", ":dep"])
def test_a_dependency_that_cannot_be_is_an_error(there, line):
    reply, _ = there.run(line, timeout=300)
    assert reply["status"] == "error" and reply["evalue"], reply
    assert there.value("6 * 7") == ["42"]


def test_a_build_is_interrupted(there):
    sent = there.client.execute(ADDS)
    while True:
        message = there.client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "display_data":
            break
    there.manager.interrupt_kernel()
    reply, _ = there.await_cell(sent, timeout=20)
    assert (reply["status"], reply["ename"]) == ("error", "Interrupted")
    assert there.value("6 * 7") == ["42"]
