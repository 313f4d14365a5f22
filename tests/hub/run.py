"""A class on this machine: JupyterHub on the loopback interface, and students who work at once.

`run.sh` starts it. It makes no system users: all servers run as the caller, each in a home of its own. It prints what
students wait for and what they take; it fails if a cell of theirs does, or if one student's harm reaches another.
"""

import argparse
import asyncio
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import uuid

import processes
from student import Failed, Student
from tornado.httpclient import AsyncHTTPClient, HTTPClientError

TEACHING = pathlib.Path(__file__).resolve().parents[2] / "docs" / "teaching"


def config(folder, port, token):
    """The teachers' own settings, but with names in place of accounts, and every server a process of the caller."""
    return f"""
load_subconfig({str(TEACHING / "jupyterhub_config.py")!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{port + 2}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie"
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/homes/{{username}}"
c.Spawner.args = ["--allow-root"]
import os
c.Spawner.environment |= {{name: os.environ[name] for name in {sorted(KEPT)} if name in os.environ}}
c.JupyterHub.services += [{{"name": "class", "api_token": "{token}"}}]
c.JupyterHub.load_roles += [{{"name": "class", "services": ["class"],
                             "scopes": ["admin:users", "admin:servers", "access:servers"]}}]
"""


# What the students' servers have of the caller's environment.
KEPT = {"FORWARD_PASS_CACHE_SHARED", "JUPYTER_PATH", "JUPYTER_NO_CONFIG", "RUSTUP_HOME", "HUB_TEST"}


def summary(values):
    values = sorted(values)
    at = lambda share: round(values[min(len(values) - 1, int(share * len(values)))], 2)
    return {"n": len(values), "median": at(0.5), "95 %": at(0.95), "worst": round(values[-1], 2)}


def megabytes(folder, count):
    blocks = (file.lstat().st_blocks for file in folder.rglob("*"))
    return round(sum(blocks) * 512 / 1e6 / count, 1)


def each(pair, count):
    return [round(one / count, 1) for one in pair]


async def measure(arguments, count, base, token, mark, homes):
    """A class of this size, from the first click to the harm at the end."""
    students = [Student(number, base, token) for number in range(count)]
    load = os.getloadavg()[0]
    begun = await asyncio.gather(*(student.begin() for student in students))
    used, since = sum(processes.totals(mark, processes.seconds)), time.time()
    starting = used / count
    await asyncio.gather(*(student.work(since + arguments.seconds, arguments.period, count) for student in students))
    times = [one for student in students for one in student.times]
    used = sum(processes.totals(mark, processes.seconds)) - used
    busy = each(processes.totals(mark, processes.proportional), count)
    await asyncio.sleep(arguments.idle)
    idle = each(processes.totals(mark, processes.proportional), count)
    return students, {
        "students": count, "load before": round(load, 1), "load after": round(os.getloadavg()[0], 1),
        "server (s)": summary([one["server"] for one in begun]),
        "first cell (s)": summary([one["first cell"] for one in begun]),
        "first figure (s)": summary([one["figure"] for one in begun]),
        "new cell (s)": summary(times),
        "processor seconds to the first figure, of a new cell": [round(starting, 2), round(used / len(times), 2)],
        "MB a server, a kernel": busy, f"after {arguments.idle:g} s idle": idle, "MB a home": megabytes(homes, count),
    }


async def harm(students, mark):
    """One student's kernel crashes, is killed, or meets a quota: its student can go on, and nobody else notices."""
    crashes, killed, limited = students[0], students[1 % len(students)], students[2 % len(students)]
    answer = await crashes.run("std::process::abort();")
    assert answer["reply"]["ename"] == "Signal", answer
    await crashes.keeps_own()

    full = [pid for pid, command in processes.marked(mark)[limited.name].items() if not processes.is_server(command)]
    before = [(pid, resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, -1))) for pid in full]
    answer = await limited.run(f"let limited = {time.time()};\nprintln!(\"{{limited}}\");")
    assert answer["reply"]["status"] == "error", answer
    said = "\n".join(answer["reply"]["traceback"])
    for pid, limits in before:
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        except ProcessLookupError:
            pass
    await limited.passes(f"let limited = {time.time()};\nprintln!(\"{{limited}}\");")
    await limited.keeps_own()

    others = [student for student in students if student is not killed]
    own = processes.marked(mark)[killed.name]
    processes.end(pid for pid, command in own.items() if not processes.is_server(command))
    await asyncio.gather(*(student.keeps_own() for student in others))
    await asyncio.sleep(8)
    killed.socket.close()
    await killed.connect()
    await asyncio.wait_for(killed.run("println!(\"again\");"), 120)
    return {"unharmed": len(others), "a full disk is reported as": said.splitlines()[:2]}


async def ready(base, hub):
    for _ in range(600):
        try:
            await AsyncHTTPClient().fetch(f"{base}/hub/health")
            return
        except (HTTPClientError, OSError):
            assert hub.poll() is None, "the hub has ended"
            await asyncio.sleep(0.2)
    raise TimeoutError("the hub does not answer")


def nothing_was_built(homes):
    """All crates came from the shared cache."""
    built = [str(found.relative_to(homes)) for found in homes.glob("*/.cache/forward-pass/deps/*/*")]
    if built:
        raise Failed(f"students built crates: {built[:5]}")


async def lesson(arguments, count, base, hub, token, mark, homes):
    await ready(base, hub)
    students, seen = await measure(arguments, count, base, token, mark, homes)
    nothing_was_built(homes)
    return seen | await harm(students, mark)


def class_of(arguments, count):
    token, mark = uuid.uuid4().hex, f"HUB_TEST={uuid.uuid4().hex}"
    os.environ["HUB_TEST"] = mark.partition("=")[2]
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        folder = pathlib.Path(folder)
        (folder / "homes").mkdir()
        (folder / "config.py").write_text(config(folder, arguments.port, token))
        with open(folder / "log", "w") as log:
            command = [sys.executable, "-m", "jupyterhub", "-f", str(folder / "config.py")]
            hub = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            base = f"http://127.0.0.1:{arguments.port}"
            return asyncio.run(lesson(arguments, count, base, hub, token, mark, folder / "homes"))
        except BaseException:
            sys.stderr.write((folder / "log").read_text()[-6000:])
            raise
        finally:
            hub.send_signal(signal.SIGTERM)
            try:
                hub.wait(30)
            except subprocess.TimeoutExpired:
                pass
            processes.end(pid for those in processes.marked(mark).values() for pid in those if pid != os.getpid())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", default="1,5,20", help="sizes of classes, one after the other")
    parser.add_argument("--seconds", type=float, default=120, help="how long each class works")
    parser.add_argument("--period", type=float, default=30, help="a new cell for each student every so many seconds")
    parser.add_argument("--idle", type=float, default=20, help="seconds of rest before the memory is read again")
    parser.add_argument("--port", type=int, default=18000, help="the first of three on the loopback interface")
    parser.add_argument("--limit", type=float, help="fail if the 95th percentile of a new cell is above it")
    arguments = parser.parse_args()
    for count in map(int, arguments.students.split(",")):
        seen = class_of(arguments, count)
        print(json.dumps(seen), flush=True)
        slow = seen["new cell (s)"]["95 %"]
        if arguments.limit and slow > arguments.limit:
            sys.exit(f"the 95th percentile of a new cell is {slow} s, more than {arguments.limit}")
    print("no cell failed, and no student lost what another's kernel met")


# Whoever stops this early leaves no hub behind.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
try:
    main()
except Failed as failed:
    sys.exit(f"failed: {failed}")
