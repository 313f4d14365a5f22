"""Outputs that move: the comms and models of ipywidgets, as a front end sees them. No widget is drawn here."""

import json
import statistics
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = f':dep forward-pass = {{ path = "{ROOT}", default-features = false }}\nuse forward_pass::prelude::*;'
CURVE = """
let x = linspace(-5.0, 5.0, 101)?;
interact([slider("slope", 0.0..=10.0, 0.5, 1.0)], move |[slope]| plot(&x, &sigmoid(&(&x * slope))))"""
VIEW = "application/vnd.jupyter.widget-view+json"


class Widget:
    """The models that a cell has opened."""

    def __init__(self, front, messages):
        self.front = front
        opened = [m for m in messages if m["msg_type"] == "comm_open"]
        assert all(m["content"]["target_name"] == "jupyter.widget" for m in opened)
        assert all(m["metadata"]["version"] == "2.1.0" for m in opened)
        self.states = {m["content"]["comm_id"]: m["content"]["data"]["state"] for m in opened}
        (result,) = [m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"]
        self.still, self.root = result, result[VIEW]["model_id"]
        children = [name.removeprefix("IPY_MODEL_") for name in self.states[self.root]["children"]]
        *self.controls, self.output, self.note = children

    def send(self, **state):
        """A change of the first control, as a front end sends it; returns the id of the message."""
        return self.tell({"method": "update", "state": state, "buffer_paths": []})

    def tell(self, data):
        client = self.front.client
        message = client.session.msg("comm_msg", {"comm_id": self.controls[0], "data": data})
        client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def hear(self, sent, timeout=60):
        """What the kernel publishes about a message until it is idle again; takes over the states."""
        heard = []
        while True:
            message = self.front.client.get_iopub_msg(timeout=timeout)
            if message["parent_header"].get("msg_id") != sent:
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    return heard
                continue
            heard.append(message)
            if message["msg_type"] == "comm_msg":
                self.states[message["content"]["comm_id"]].update(message["content"]["data"]["state"])

    def drag(self, **state):
        return self.hear(self.send(**state))

    @property
    def shown(self):
        return self.states[self.output]["value"]

    @property
    def words(self):
        return self.states[self.note]["value"]


@pytest.fixture
def ready(front):
    front.run(LIBRARY, timeout=600)
    return front


def begin(front, code=CURVE, **options):
    reply, messages = front.run(code, **options)
    assert reply["status"] == "ok", reply
    return Widget(front, messages)


def svg(front, slope):
    code = f"let x = linspace(-5.0, 5.0, 101)?;\nplot(&x, &sigmoid(&(&x * {slope})))"
    _, messages = front.run(code)
    (data,) = [m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"]
    return data


def test_a_slider_moves_the_figure_that_a_cell_would_show(ready):
    widget = begin(ready)
    still = {kind: text for kind, text in widget.still.items() if kind != VIEW}
    assert still == svg(ready, 1.0), "a front end without widgets shows the figure itself"
    (slider,) = widget.controls
    state = widget.states[slider]
    assert (state["_model_name"], state["min"], state["max"], state["step"]) == ("FloatSliderModel", 0.0, 10.0, 0.5)
    assert widget.shown.strip() == still["image/svg+xml"].strip()
    for slope in (2.0, 10.0, 0.5):
        widget.drag(value=slope)
        assert widget.shown.strip() == svg(ready, slope)["image/svg+xml"].strip()
        assert widget.words == ""


def test_anything_that_a_cell_can_show_moves(ready):
    code = """
    interact([choice("which", &["text", "number"]), switch("on", false)], |[which, on]| {
        println!("drawn");
        if which < 0.5 { format!("a < {on}") } else { repr(&array![on]) }
    })"""
    widget = begin(ready, code)
    models = [widget.states[comm]["_model_name"] for comm in widget.controls]
    assert models == ["DropdownModel", "CheckboxModel"]
    assert widget.shown == "<pre>&quot;a &lt; 0&quot;</pre>"
    widget.drag(index=1)
    assert (widget.shown, widget.words) == ("<pre>&quot;array([0.])&quot;</pre>", "<pre>drawn</pre>")


def test_a_panic_and_an_error_are_reported_below_and_lose_nothing(ready):
    code = """
    let seen = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let own = seen.clone();
    interact([slider("n", 0.0..=9.0, 1.0, 0.0)], move |[n]| {
        own.borrow_mut().push(n);
        assert!(n < 7.0, "too large");
        if n > 4.0 { return Err(Error::new(ErrorKind::Value, "not five", "choose less")); }
        Ok(n)
    })"""
    widget = begin(ready, code)
    widget.drag(value=8)
    assert (widget.shown, widget.words) == ("<pre>0.0</pre>", "<pre>the function panicked at line 6: too large</pre>")
    widget.drag(value=5)
    assert "not five" in widget.words and widget.shown == "<pre>0.0</pre>"
    widget.drag(value=3)
    assert (widget.shown, widget.words) == ("<pre>3.0</pre>", "")
    assert ready.value("seen.borrow().clone()") == ["[0.0, 8.0, 5.0, 3.0]"]


def test_a_panic_names_its_line_in_the_cell(ready):
    code = """
    // The value comes later.
    let most = 7.0;
    interact([slider("n", 0.0..=9.0, 1.0, 0.0)], move |[n]| {
        assert!(n < most, "too large");
        n
    })"""
    widget = begin(ready, code)
    begin(ready, 'interact([slider("n", 0.0..=9.0, 1.0, 0.0)], |[n]| n)')
    widget.drag(value=8)
    assert widget.words == "<pre>the function panicked at line 5: too large</pre>"
    widget.drag(value=1)
    assert (widget.shown, widget.words) == ("<pre>1.0</pre>", "")


def test_what_drags_change_is_kept_by_a_crash_and_by_undo(ready):
    code = """
    let sum = std::rc::Rc::new(std::cell::Cell::new(0.0));
    let own = sum.clone();
    interact([slider("n", 0.0..=9.0, 1.0, 0.0)], move |[n]| { own.set(own.get() + n); n })"""
    widget = begin(ready, code)
    widget.drag(value=3)
    widget.drag(value=4)
    reply, _ = ready.run("std::process::abort()")
    assert reply["status"] == "error"
    assert ready.value("sum.get()") == ["7.0"], "a checkpoint follows the drags"
    ready.run("sum.set(100.0);")
    ready.run(":undo")
    assert ready.value("sum.get()") == ["7.0"]
    widget.drag(value=1)
    assert widget.shown == "<pre>1.0</pre>"


def test_an_interrupt_stops_the_drag_and_not_the_widget(ready):
    code = """
    let kept = 5;
    interact([slider("n", 0.0..=9.0, 1.0, 0.0)], |[n]| { while n > 8.0 { std::hint::black_box(n); } n })"""
    widget = begin(ready, code)
    sent = widget.send(value=9)
    time.sleep(1)
    ready.manager.interrupt_kernel()
    widget.hear(sent)
    assert widget.words == "<pre>the function was interrupted</pre>"
    assert ready.value("kept") == ["5"]
    widget.drag(value=2)
    assert (widget.shown, widget.words) == ("<pre>2.0</pre>", "")


def test_a_crash_ends_the_widget_and_the_session_goes_on(ready):
    code = """
    let kept = 5;
    interact([slider("n", 0.0..=9.0, 1.0, 0.0)], |[n]| { if n > 8.0 { std::process::abort(); } n })"""
    widget = begin(ready, code)
    widget.drag(value=9)
    assert "SIGABRT" in widget.words and "run the cell again to move it" in widget.words, widget.words
    assert ready.value("kept") == ["5"]
    heard = widget.drag(value=1)
    assert widget.shown == "<pre>0.0</pre>" and len(heard) == 1, "only the echo"


def test_a_cell_that_runs_again_closes_the_widget_before(ready):
    first = begin(ready)
    reply, messages = ready.run(CURVE)
    closed = {m["content"]["comm_id"] for m in messages if m["msg_type"] == "comm_close"}
    assert reply["status"] == "ok" and closed == set(first.states)
    assert first.states.keys().isdisjoint(Widget(ready, messages).states)
    # In another cell it is another one.
    _, messages = ready.run(CURVE + " ")
    assert not [m for m in messages if m["msg_type"] == "comm_close"]


def test_an_undone_cell_leaves_nothing_that_moves(ready):
    widget = begin(ready)
    ready.run(":undo")
    other = begin(ready, 'interact([slider("slope", 0.0..=1.0, 1.0, 0.0)], |[it]| it)')
    widget.drag(value=3.0)
    assert widget.words == "<pre>it cannot be moved: the session no longer has it: run the cell again</pre>"
    other.drag(value=1)
    assert other.shown == "<pre>1.0</pre>"


def test_drags_that_wait_are_dropped_except_the_last(ready):
    code = """
    let drawn = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let own = drawn.clone();
    interact([slider("n", 0.0..=99.0, 1.0, 0.0)], move |[n]| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        own.borrow_mut().push(n);
        n
    })"""
    widget = begin(ready, code)
    sent = [widget.send(value=n) for n in range(1, 41)]
    for message in sent:
        widget.hear(message)
    assert widget.shown == "<pre>40.0</pre>"
    (drawn,) = ready.value("drawn.borrow().len()")
    assert int(drawn) < 10, drawn


def info(front, **content):
    message = front.client.session.msg("comm_info_request", content)
    front.client.shell_channel.send(message)
    while True:
        reply = front.client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            return reply["content"]["comms"]


def test_comms_as_the_protocol_has_them(ready):
    client = ready.client
    assert info(ready) == {}
    widget = begin(ready)
    assert info(ready) == {comm: {"target_name": "jupyter.widget"} for comm in widget.states}
    assert info(ready, target_name="other") == {} and len(info(ready, target_name="jupyter.widget")) == len(widget.states)
    before = dict(widget.states[widget.controls[0]])
    (answer,) = widget.hear(widget.tell({"method": "request_state"}))
    assert answer["content"]["data"]["state"] == before
    message = client.session.msg("comm_close", {"comm_id": widget.root, "data": {}})
    client.shell_channel.send(message)
    assert info(ready) == {}
    assert widget.drag(value=2.0) == []


STILL = (
    "note: the figure stands still: this front end has no widgets (run `pip install ipywidgets` where Jupyter is "
    "installed, then reload the page)\n"
)


def refuse(widget):
    """Closes the comms, as a front end does that does not know their target; returns what the kernel says."""
    client, sent = widget.front.client, []
    for comm in widget.states:
        message = client.session.msg("comm_close", {"comm_id": comm, "data": {}})
        client.shell_channel.send(message)
        sent.append(message["header"]["msg_id"])
    heard = []
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "status":
            is_idle = message["content"]["execution_state"] == "idle"
            if is_idle and message["parent_header"]["msg_id"] == sent[-1]:
                return heard
        else:
            heard.append(message)


def test_a_front_end_without_widgets_has_a_word_below_the_figure(ready):
    sent = ready.client.execute(CURVE)
    _, messages = ready.await_cell(sent)
    widget = Widget(ready, messages)
    (note,) = refuse(widget)
    assert note["parent_header"]["msg_id"] == sent, "below the figure"
    assert note["msg_type"] == "stream" and note["content"] == {"name": "stderr", "text": STILL}
    assert refuse(widget) == [], "once"
    # Each figure has its own; nothing says so before.
    second = begin(ready, CURVE + " ")
    assert len(refuse(second)) == 1
    # With widgets installed, the page is reloaded, and asks for those that there are.
    info(ready, target_name="jupyter.widget")
    third = begin(ready, CURVE + "  ")
    assert refuse(third) == []


def test_a_note_on_widgets_is_not_compared(ready, program, tmp_path):
    """What a front end without widgets has saved is what `test` wants."""
    code = 'interact([slider("n", 0.0..=9.0, 1.0, 0.0)], |[n]| n)'
    cells = [
        {"cell_type": "code", "execution_count": at, "id": f"c{at}", "metadata": {}, "source": source, "outputs": outputs}
        for at, source, outputs in [
            (1, LIBRARY, []),
            (2, code, [
                {"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": {"text/plain": "0.0"}},
                {"output_type": "stream", "name": "stderr", "text": STILL},
            ]),
        ]
    ]
    kernel = {"name": "forward-pass", "display_name": "Rust", "language": "rust"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "still.ipynb"
    path.write_text(json.dumps(notebook))
    done = subprocess.run([program, "test", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    cells[1]["outputs"][1]["text"] = "note: another\n"
    path.write_text(json.dumps(notebook))
    assert subprocess.run([program, "test", str(path)], capture_output=True, text=True).returncode == 1


BARS = """
for done in 0..=3 {
    display_as("work", &Gauge::new(done, 3));
    std::thread::sleep(std::time::Duration::from_millis(60));
}"""


def test_a_progress_bar_is_a_widget_where_widgets_are(ready):
    _, messages = ready.run(BARS)
    kinds = [m["msg_type"] for m in messages if m["msg_type"] not in ("status", "execute_input")]
    assert kinds[0] == "display_data" and set(kinds[1:]) == {"update_display_data"}, "no front end asked for widgets"
    texts = [m["content"]["data"] for m in messages if "data" in m["content"]]
    assert [list(data) for data in texts] == [["text/plain"]] * len(texts)

    info(ready, target_name="jupyter.widget")
    _, messages = ready.run(BARS)
    states = {m["content"]["comm_id"]: m["content"]["data"]["state"] for m in messages if m["msg_type"] == "comm_open"}
    (shown,) = [m["content"] for m in messages if m["msg_type"] == "display_data"]
    root = states[shown["data"][VIEW]["model_id"]]
    bar, words = (name.removeprefix("IPY_MODEL_") for name in root["children"])
    assert root["_model_name"] == "HBoxModel" and states[bar]["_model_name"] == "FloatProgressModel"
    assert (states[bar]["value"], states[bar]["max"], states[words]["value"]) == (0.0, 3.0, "0 of 3")
    assert shown["data"]["text/plain"] == "[--------------------] 0 of 3"
    moves = [m["content"] for m in messages if m["msg_type"] == "comm_msg"]
    values = [m["data"]["state"]["value"] for m in moves if m["comm_id"] == bar]
    assert values == [1.0, 2.0, 3.0] and states[words]["value"] == "0 of 3"
    # The output itself is replaced once, at the end, with the text that is stored.
    (last,) = [m["content"] for m in messages if m["msg_type"] == "update_display_data"]
    assert last["transient"] == shown["transient"]
    assert last["data"] == {"text/plain": "[####################] 3 of 3", VIEW: shown["data"][VIEW]}
    kinds = [m["msg_type"] for m in messages]
    assert kinds.index("update_display_data") > max(at for at, kind in enumerate(kinds) if kind == "comm_msg")
    # The bar stays until its cell runs again.
    assert set(info(ready)) == set(states)
    _, messages = ready.run(BARS)
    assert {m["content"]["comm_id"] for m in messages if m["msg_type"] == "comm_close"} == set(states)


def test_a_bar_that_is_cleared_or_replaced_is_the_same_one(ready):
    info(ready, target_name="jupyter.widget")
    code = """
    let pause = || std::thread::sleep(std::time::Duration::from_millis(60));
    for round in 1..=2 {
        clear_output(false);
        display_as("work", &Gauge::new(round, 4));
        pause();
    }
    display_as("work", "done");
    pause();"""
    _, messages = ready.run(code)
    kinds = [m["msg_type"] for m in messages]
    assert kinds.count("display_data") == 2 and kinds.count("comm_open") == 6, kinds
    assert messages[-1]["msg_type"] == "update_display_data"
    assert messages[-1]["content"]["data"] == {"text/plain": '"done"'}


def test_training_is_a_bar_with_its_words(ready):
    info(ready, target_name="jupyter.widget")
    code = """
    let digits = Mnist::drawn(300, 100, 1);
    let mut net = Network::untrained(&[784, 30, 10], 1)?;
    Training::adam(0.01).epochs(2).fit_watched(&mut net, &digits.train, |progress| display_as("training", progress))?;"""
    reply, messages = ready.run(code)
    assert reply["status"] == "ok", reply
    states = {m["content"]["comm_id"]: m["content"]["data"]["state"] for m in messages if m["msg_type"] == "comm_open"}
    for message in messages:
        if message["msg_type"] == "comm_msg":
            states[message["content"]["comm_id"]].update(message["content"]["data"]["state"])
    (bar,) = [state for state in states.values() if state["_model_name"] == "FloatProgressModel"]
    (words,) = [state for state in states.values() if state["_model_name"] == "LabelModel"]
    assert (bar["description"], bar["value"], bar["max"], bar["bar_style"]) == ("epoch 2/2", 3.0, 3.0, "success")
    (text,) = [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "update_display_data"]
    assert text == f"epoch 2/2 [####################] {words['value']}" and words["value"].startswith("loss ")


def test_a_restarted_kernel_knows_no_widget(ready):
    widget = begin(ready)
    ready.manager.restart_kernel()
    ready.client.wait_for_ready(timeout=60)
    assert widget.drag(value=2.0) == []
    assert ready.value("1 + 1") == ["2"]


def test_a_drag_answers_at_once(ready, measured):
    widget = begin(ready)
    times = []
    for at in range(50):
        begun = time.perf_counter()
        sent = widget.send(value=(at % 20 + 1) * 0.5)
        while True:
            message = ready.client.get_iopub_msg(timeout=60)
            content = message["content"]
            if message["msg_type"] == "comm_msg" and content["comm_id"] == widget.output:
                times.append(time.perf_counter() - begun)
                break
        widget.hear(sent)
    median = statistics.median(times) * 1000
    measured(f"a drag of a curve of 101 points: median {median:.1f} ms of 50, slowest {max(times) * 1000:.1f} ms")
    assert median < 30
