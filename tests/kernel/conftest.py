"""A kernel of this project for each test, and what Jupyter would see of one cell."""

import subprocess
import time

import pytest
from jupyter_client.kernelspec import get_kernel_spec
from jupyter_client.manager import start_new_kernel


class Front:
    """A front end in few words."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    def run(self, code, timeout=120, **options):
        """The reply and all messages of the cell."""
        return self.await_cell(self.client.execute(code, **options), timeout)

    def await_cell(self, sent, timeout=120):
        messages, end = [], time.time() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.1, end - time.time()))
            parent = message["parent_header"]
            # Jupyter's manager and its client number their messages alike: an interrupt may bear the cell's number.
            if (parent.get("msg_id"), parent.get("msg_type")) != (sent, "execute_request"):
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
            messages.append(message)
        while True:
            reply = self.client.get_shell_msg(timeout=timeout)
            if reply["parent_header"].get("msg_id") == sent:
                return reply["content"], messages

    def value(self, code):
        """The plain text of the cell's value."""
        _, messages = self.run(code)
        return [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result"]


def children(pid):
    text = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in text.splitlines()]
    found, wanted = [], [pid]
    while wanted:
        parent = wanted.pop()
        own = [child for child, of in pairs if of == parent]
        found, wanted = found + own, wanted + own
    return found


def alive(pids):
    states = [subprocess.run(["ps", "-o", "stat=", "-p", str(p)], capture_output=True, text=True).stdout for p in pids]
    return [p for p, state in zip(pids, states, strict=True) if state.strip() and not state.startswith("Z")]


def begin(name="forward-pass", **options):
    manager, client = start_new_kernel(kernel_name=name, startup_timeout=60, **options)
    return Front(manager, client)


@pytest.fixture
def program():
    """The command that the kernelspec starts."""
    return get_kernel_spec("forward-pass").argv[0]


def pytest_configure(config):
    config.addinivalue_line("markers", "without_widgets: JupyterLab without ipywidgets")


MEASURED = []


@pytest.fixture
def measured():
    """Takes a line of what was measured, to be told at the end, however the test ends."""
    return MEASURED.append


def pytest_terminal_summary(terminalreporter):
    for line in MEASURED:
        terminalreporter.write_line(line)


@pytest.fixture
def front():
    front = begin()
    yield front
    front.client.stop_channels()
    front.manager.shutdown_kernel(now=True)


@pytest.fixture
def another():
    front = begin()
    yield front
    front.client.stop_channels()
    front.manager.shutdown_kernel(now=True)
