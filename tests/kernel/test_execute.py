"""What a front end may ask of a cell beside its code, and of the kernel beside cells."""

import os
import subprocess
import time

import pytest
from conftest import alive, begin, children


def kinds(messages):
    return [m["msg_type"] for m in messages if m["msg_type"] != "status"]


def test_a_silent_cell_runs_and_says_nothing(front):
    reply, messages = front.run('let quiet = 5; println!("nobody hears"); quiet', silent=True)
    assert (reply["status"], kinds(messages)) == ("ok", [])
    count = front.run("quiet")[0]["execution_count"]
    assert count == 1, "a silent cell is not counted"
    reply, messages = front.run('panic!("nobody hears")', silent=True)
    assert (reply["status"], reply["ename"], kinds(messages)) == ("error", "Panic", [])


def inputs(front):
    sent = front.client.history(hist_access_type="tail", n=10)
    while (reply := front.client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != sent:
        pass
    return [text for _, _, text in reply["content"]["history"]]


def test_a_cell_is_remembered_only_where_that_is_wanted(front):
    front.run("1 + 1")
    front.run("2 + 2", store_history=False)
    front.run("3 + 3", silent=True)
    assert inputs(front) == ["1 + 1"]


def test_expressions_are_evaluated_after_the_cell(front):
    wanted = {"sum": "a + b", "text": "name", "bad": "nobody", "fails": 'panic!("no")'}
    reply, messages = front.run('let (a, b) = (1, 2); let name = "ada".to_string();', user_expressions=wanted)
    assert reply["status"] == "ok" and kinds(messages) == ["execute_input"]
    came = reply["user_expressions"]
    assert came["sum"]["data"] == {"text/plain": "3"}
    assert came["text"]["data"] == {"text/plain": '"ada"'}
    assert (came["bad"]["status"], came["bad"]["ename"]) == ("error", "E0425")
    assert (came["fails"]["status"], came["fails"]["ename"]) == ("error", "Panic")
    # Looking moves nothing.
    assert front.value("name") == ['"ada"']


def test_cells_behind_a_failure_run_where_the_front_end_wants_it(front):
    pause = "std::thread::sleep(std::time::Duration::from_secs(1));"
    front.client.execute(f'{pause} panic!("no")', stop_on_error=False)
    sent = front.client.execute("1 + 1")
    reply, messages = front.await_cell(sent)
    assert reply["status"] == "ok" and kinds(messages) == ["execute_input", "execute_result"]


def test_a_cell_that_may_not_ask_gets_no_line(front):
    code = "let mut s = String::new(); let read = std::io::stdin().read_line(&mut s)?; (read, s)"
    reply, messages = front.run(code, allow_stdin=False)
    assert reply["status"] == "ok"
    assert messages[-1]["content"]["data"]["text/plain"] == '(0, "")'


def test_a_cell_that_takes_too_long_is_stopped(tmp_path, program, monkeypatch):
    prefix = ["--prefix", str(tmp_path), "--name", "hasty"]
    subprocess.run([program, "kernel", "install", *prefix, "--timeout", "2"], check=True, capture_output=True)
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path}/share/jupyter:{os.environ['JUPYTER_PATH']}")
    front = begin("hasty")
    try:
        front.run("let kept = 7;")
        reply, _ = front.run("loop { std::hint::spin_loop(); }", timeout=60)
        assert (reply["status"], reply["ename"]) == ("error", "Timeout")
        assert "2 s" in reply["evalue"]
        assert front.value("kept") == ["7"]
    finally:
        front.client.stop_channels()
        front.manager.shutdown_kernel(now=True)


def answer(front, sent):
    while (reply := front.client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != sent:
        pass
    return reply["content"]


def test_no_comm_is_open_and_one_that_is_opened_is_closed(front):
    assert answer(front, front.client.comm_info()) == {"status": "ok", "comms": {}}
    session = front.client.session
    message = session.msg("comm_open", {"comm_id": "c1", "target_name": "widget", "data": {}})
    front.client.shell_channel.send(message)
    while (heard := front.client.get_iopub_msg(timeout=20))["msg_type"] != "comm_close":
        pass
    assert heard["content"]["comm_id"] == "c1"
    assert front.value("1 + 1") == ["2"]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("let net = 3_i64;\nnet", "let net: i64"),
        ("/// Twice as much.\nfn twice(x: f64) -> f64 { 2.0 * x }\ntwice", "Twice as much."),
        ("sigmoid", "1 / (1 + e^-x)"),
        ("matmul", "(k, m, n) @ (k, n, p) -> (k, m, p)"),
    ],
)
def test_names_are_explained(front, code, word):
    cell, _, name = code.rpartition("\n")
    front.run(cell)
    found = answer(front, front.client.inspect(name, len(name)))
    assert found["found"] and word in found["data"]["text/plain"], found
    assert answer(front, front.client.inspect("no_such_name", 3))["found"] is False


@pytest.mark.parametrize(
    ("code", "first", "never"),
    [
        ("p.", ["xcoord", "ycoord", "norm"], "map"),
        ("let q = Point { xc", ["xcoord"], "norm"),
        ("name.to_up", ["to_uppercase"], "sigmoid"),
        ("\N{GRINNING FACE};\nname.len().po", ["pow"], "push_str"),
        ("sigm", [], "sigmoid"),
    ],
)
def test_what_fits_is_completed(front, code, first, never):
    front.run(
        "struct Point { xcoord: f64, ycoord: f64 }\n"
        "impl Point { fn norm(&self) -> f64 { self.xcoord.hypot(self.ycoord) } }\n"
        "let p = Point { xcoord: 1.0, ycoord: 2.0 };\nlet name = String::from(\"a\");"
    )
    found = answer(front, front.client.complete(code, len(code)))
    assert found["matches"][: len(first)] == first and never not in found["matches"], found
    assert front.value(":doc p.norm")[0].startswith("Point\nfn norm(&self) -> f64")


@pytest.mark.parametrize("restart", [False, True])
def test_the_end_leaves_no_process_behind(front, restart):
    front.client.execute("loop { std::hint::spin_loop(); }")
    time.sleep(2)
    kernel = front.manager.provisioner.process.pid
    family = [kernel, *children(kernel)]
    assert len(family) > 1
    front.client.shutdown(restart=restart)
    end = time.time() + 20
    while alive(family) and time.time() < end:
        time.sleep(0.1)
    assert alive(family) == []
