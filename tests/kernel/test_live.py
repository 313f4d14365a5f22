"""What a cell shows while it runs, and replaces: `update_display_data` and `clear_output`, as a Rust cell asks for them."""

import subprocess
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = f':dep forward-pass = {{ path = "{ROOT}", default-features = false }}\nuse forward_pass::prelude::*;'
SLEEP = "std::thread::sleep(std::time::Duration::from_millis(200));"


def begin(kind, wish=""):
    return f"EVCXR_BEGIN_CONTENT {kind}{wish}"


def shown(messages):
    """Kind of message, name, and text or pictures of all that came."""
    lines = []
    for message in messages:
        content = message["content"]
        if message["msg_type"] == "clear_output":
            lines.append(("clear_output", content["wait"]))
        elif message["msg_type"] == "stream":
            lines.append(("stream", content["text"]))
        elif "data" in content:
            lines.append((message["msg_type"], content["transient"].get("display_id"), content["data"]))
    return lines


def test_a_value_shown_again_under_its_name_is_an_update(front):
    front.run(LIBRARY, timeout=600)
    code = f'for done in 0..3 {{ display_as("my bar", &Gauge::new(done, 2)); {SLEEP} }} println!("done"); 7'
    reply, messages = front.run(code)
    assert reply["status"] == "ok"
    lines = shown(messages)
    name = lines[0][1]
    assert name.startswith("my-bar-")
    gauges = ["[" + "#" * full + "-" * (20 - full) + f"] {done} of 2" for done, full in ((0, 0), (1, 10), (2, 20))]
    kinds = ["display_data", "update_display_data", "update_display_data"]
    assert lines[:3] == [(kind, name, {"text/plain": gauge}) for kind, gauge in zip(kinds, gauges, strict=True)]
    assert lines[3:] == [("stream", "done\n"), ("execute_result", None, {"text/plain": "7"})]
    # In the next cell the name stands for another place.
    _, messages = front.run('display_as("my bar", &Gauge::new(0, 1));')
    ((kind, other, _),) = shown(messages)
    assert kind == "display_data" and other != name


def test_a_figure_is_replaced_with_its_text(front):
    front.run(LIBRARY, timeout=600)
    code = f"""
    println!("before");
    display_as("curve", &plot(&[1, 2], &[1, 2]).title("first"));
    {SLEEP}
    display_as("curve", &plot(&[1, 2], &[2, 1]).title("second"));"""
    _, messages = front.run(code)
    (_, (first, name, old), (second, same, new)) = shown(messages)
    assert (first, second, name) == ("display_data", "update_display_data", same)
    assert sorted(old) == sorted(new) == ["image/svg+xml", "text/plain"]
    assert 'label="first"' in old["image/svg+xml"] and 'label="second"' in new["image/svg+xml"]


def test_a_bar_that_is_drawn_too_often_is_sent_as_often_as_it_is_seen(front):
    front.run(LIBRARY, timeout=600)
    _, messages = front.run('for done in 0..=100_000 { display_as("bar", &Gauge::new(done, 100_000)); }')
    lines = shown(messages)
    assert lines[-1][2] == {"text/plain": "[" + "#" * 20 + "] 100000 of 100000"}
    # Jupyter's server stops to listen to a kernel that says more than a thousand things a second.
    assert len(lines) < 1000


def test_output_is_cleared_at_once_or_with_what_comes_next(front):
    front.run(LIBRARY, timeout=600)
    code = 'for at in 0..2 { println!("{at}"); clear_output(at == 0); } display_as("a", &1); clear_output(false); display_as("a", &2);'
    _, messages = front.run(code)
    lines = shown(messages)
    assert [line[:2] for line in lines[:4]] == [("stream", "0\n"), ("clear_output", True), ("stream", "1\n"), ("clear_output", False)]
    # What was cleared cannot be updated: the name begins anew.
    assert [line[0] for line in lines[4:]] == ["display_data", "clear_output", "display_data"]


def test_a_panic_leaves_the_bar_where_it_was(front):
    front.run(LIBRARY, timeout=600)
    reply, messages = front.run('for at in 0..5 { display_as("bar", &Gauge::new(at, 5)); if at == 3 { panic!("no"); } }')
    assert reply["ename"] == "Panic"
    assert shown(messages)[-1][2]["text/plain"].endswith("3 of 5")


CELLS = {
    "bar": 'for at in 0..=4 { display_as("bar", &Gauge::new(at, 4)); println!("step {at}"); }',
    "waits": 'for at in 0..3 { clear_output(true); println!("now {at}"); }',
    "clears": 'println!("gone"); display_as("x", &1); clear_output(false);',
    "clears-late": 'println!("stays"); clear_output(true);',
    "curve": 'for at in 1..4 { display_as("curve", &plot(&[1, 2], &[at, 2]).title(&format!("{at}"))); }',
    "two": 'display_as("a", &1); display_as("b", &2); display_as("a", &3);',
    "html": "".join(
        f'println!("{begin("text/html", " display-id=h")}\\n<b>{at}</b>\\nEVCXR_END_CONTENT");' for at in range(3)
    ),
}


def joined(outputs):
    """The plain text of each output; neighbouring pieces of a stream are one."""
    texts, was_stream = [], False
    for output in outputs:
        is_stream = output["output_type"] == "stream"
        text = output["text"] if is_stream else output["data"].get("text/plain")
        if is_stream and was_stream:
            texts[-1] += text
        else:
            texts.append(text)
        was_stream = is_stream
    return texts


def test_what_stays_is_the_same_in_jupyter_and_in_our_runner(tmp_path, program):
    """nbclient stores what Jupyter would; `forward-pass test` takes that for right, cell by cell."""
    cells = [nbformat.v4.new_code_cell(LIBRARY, id="library")]
    cells += [nbformat.v4.new_code_cell(code, id=name) for name, code in CELLS.items()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="forward-pass", timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    stored = {cell.id: cell.outputs for cell in notebook.cells}
    texts = {id: joined(outputs) for id, outputs in stored.items()}
    assert texts["bar"] == ["[" + "#" * 20 + "] 4 of 4", "step 0\nstep 1\nstep 2\nstep 3\nstep 4\n"]
    assert texts["waits"] == ["now 2\n"]
    assert texts["clears"] == []
    assert texts["clears-late"] == ["stays\n"]
    assert texts["two"] == ["3", "2"]
    assert [output["data"]["text/html"] for output in stored["html"]] == ["<b>2</b>"]
    assert len(stored["curve"]) == 1 and 'label="3"' in stored["curve"][0]["data"]["image/svg+xml"]
    for outputs in stored.values():
        for output in outputs:
            assert "transient" not in output and set(output.get("data", {})) <= {"text/plain", "text/html", "image/svg+xml"}
    path = tmp_path / "live.ipynb"
    nbformat.write(notebook, path)
    ran = subprocess.run([program, "test", str(path)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    path.write_text(path.read_text().replace("step 4", "step 5"))
    assert subprocess.run([program, "test", str(path)], capture_output=True).returncode == 1


def test_what_a_thread_prints_after_its_cell_is_published_when_it_comes_as_output_of_that_cell(front):
    sleep = "std::thread::sleep(std::time::Duration::from_millis(700));"
    sent = front.client.execute(f'std::thread::spawn(|| {{ {sleep} println!("late"); {sleep} eprintln!("too") }}); 1')
    front.await_cell(sent)
    came = []
    while "".join(text for _, text in came) != "late\ntoo\n":
        message = front.client.get_iopub_msg(timeout=30)
        assert message["parent_header"]["msg_id"] == sent and message["msg_type"] == "stream"
        came.append((message["content"]["name"], message["content"]["text"]))
    assert [name for name, _ in came] == ["stdout", "stderr"]
    # The next cell has nothing of it.
    assert front.value("2") == ["2"]
