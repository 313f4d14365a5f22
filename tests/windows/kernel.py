"""The kernel under Wine, and Jupyter's own client on this side: they speak over the ports of this machine.

    python tests/windows/kernel.py WINE FORWARD_PASS_EXE KERNELS

KERNELS is where a program under Wine has installed the kernel; its program is started with WINE here.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager

wine, exe, kernels = sys.argv[1:4]
PATIENCE = 240


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r}, expected {expected!r}")
    print(f"  {what}")


def await_cell(client, sent):
    """The reply to a cell and what it showed."""
    shown, end = [], time.time() + PATIENCE
    while True:
        message = client.get_iopub_msg(timeout=max(0.1, end - time.time()))
        parent = message["parent_header"]
        if (parent.get("msg_id"), parent.get("msg_type")) != (sent, "execute_request"):
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            shown.append((content["name"], content["text"]))
        elif kind in ("execute_result", "display_data"):
            shown.append((kind, content["data"]))
        elif kind == "status" and content["execution_state"] == "idle":
            break
    while (reply := client.get_shell_msg(timeout=PATIENCE))["parent_header"].get("msg_id") != sent:
        pass
    return reply["content"], shown


def run(client, code):
    return await_cell(client, client.execute(code))


def value(client, code):
    reply, shown = run(client, code)
    texts = [data["text/plain"] for kind, data in shown if kind == "execute_result"]
    return texts or reply.get("evalue")


def asked(client, sent):
    while (reply := client.get_shell_msg(timeout=PATIENCE))["parent_header"].get("msg_id") != sent:
        pass
    return reply["content"]


def text_of(shown, stream):
    return "".join(text for kind, text in shown if kind == stream)


def cells(client):
    reply, shown = run(client, 'println!("한글"); eprintln!("to stderr"); let kept = vec![1, 2, 3]; kept.len()')
    check("a cell ends", reply["status"], "ok")
    check("it prints UTF-8, and lines end with LF", text_of(shown, "stdout"), "한글\n")
    check("it prints to stderr", text_of(shown, "stderr"), "to stderr\n")
    check("its value arrives", shown[-1], ("execute_result", {"text/plain": "3"}))
    check("cells of a front end that ends lines with CR and LF", value(client, "let a = 1;\r\nlet b = 2;\r\na + b"), ["3"])
    reply, _ = run(client, 'let broken: u8 = "text";')
    check("an error has its code", (reply["status"], reply["ename"]), ("error", "E0308"))
    reply, _ = run(client, 'panic!("no")')
    check("a panic is an error", (reply["status"], reply["ename"], reply["evalue"]), ("error", "Panic", "no"))
    check("variables outlive a panic", value(client, "kept.len()"), ["3"])
    figure = 'println!("EVCXR_BEGIN_CONTENT text/html\\n<b>hi</b>\\nEVCXR_END_CONTENT");'
    check("a cell shows HTML", run(client, figure)[1], [("display_data", {"text/html": "<b>hi</b>"})])


def questions(client):
    complete = asked(client, client.is_complete("fn f() {"))
    check("a cell is not complete", complete["status"], "incomplete")
    check("completion", "MAX" in asked(client, client.complete("i32::MA", 7))["matches"], True)
    check("inspection", asked(client, client.inspect("kept", 2))["found"], True)
    check("history", asked(client, client.history(hist_access_type="tail", n=1))["status"], "ok")
    info = asked(client, client.kernel_info())
    check("the language", info["language_info"]["name"], "rust")


def ends(manager, client):
    sent = client.execute('println!("begun"); loop { std::hint::black_box(0); }')
    time.sleep(20)
    manager.interrupt_kernel()
    reply, shown = await_cell(client, sent)
    check("an interrupt ends a cell", (reply["status"], reply["ename"]), ("error", "Interrupted"))
    check("what it printed before arrives", text_of(shown, "stdout"), "begun\n")
    said = text_of(shown, "stderr") + " ".join(reply["traceback"])
    check("the session says that it has no checkpoints", "cannot copy its process" in said, True)
    check("the earlier cells are run again, if that is known to be harmless", "cells were run again" in said, True)
    check("and the variables stay", value(client, "(kept.len(), b)"), ["(3, 2)"])
    run(client, "let time = std::time::SystemTime::now();")
    reply, shown = run(client, "std::process::abort()")
    said = text_of(shown, "stderr") + " ".join(reply["traceback"])
    check("a cell may end the process", (reply["status"], reply["ename"]), ("error", "Signal"))
    check("variables that are lost are named", "`kept`" in said and "one uses `SystemTime`" in said, True)
    check("that there are no checkpoints is said once", "cannot copy its process" in said, False)
    check("the session goes on", value(client, "6 * 7"), ["42"])


spec = json.loads(Path(kernels, "forward-pass", "kernel.json").read_text(encoding="utf-8"))
check("the kernelspec names the program as Windows does", spec["argv"][0].lower(), exe.lower())
check("interrupts are messages", spec["interrupt_mode"], "message")
with tempfile.TemporaryDirectory() as folder:
    manager = KernelManager(connection_file=f"{folder}/connection.json")
    manager.kernel_spec.argv = [wine, *(word.replace("{connection_file}", "Z:{connection_file}") for word in spec["argv"])]
    manager.kernel_spec.interrupt_mode = spec["interrupt_mode"]
    manager.start_kernel(cwd=folder)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        cells(client)
        questions(client)
        ends(manager, client)
        client.shutdown()
        end = time.time() + PATIENCE
        while manager.is_alive() and time.time() < end:
            time.sleep(0.2)
        check("a shutdown ends the kernel", manager.is_alive(), False)
    finally:
        client.stop_channels()
        if manager.is_alive():
            manager.shutdown_kernel(now=True)
