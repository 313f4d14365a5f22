"""What the processes of each student take, and how they end. It reads Linux's /proc."""

import os
import pathlib
import re
import signal

TICKS = os.sysconf("SC_CLK_TCK")


def marked(mark):
    """The processes with the mark in their environment: `{student: {pid: command}}`; the hub's are those of None."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if mark.encode() in environment:
            student = re.search(rb"(?:\0|^)JUPYTERHUB_USER=([^\0]*)", environment)
            found.setdefault(student and student[1].decode(), {})[int(folder.name)] = command
    return found


def is_server(command):
    return "singleuser" in command


def proportional(pid):
    """The memory of a process in megabytes; pages that several processes use are divided among them."""
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.M)
    return int(found[1]) / 1024 if found else 0


def seconds(pid):
    """The processor time of a process and of its children that have ended."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / TICKS


def totals(mark, measure):
    """The sum of a measure over all students: of their servers, and of their kernels."""
    servers = kernels = 0
    for student, processes in marked(mark).items():
        for pid, command in processes.items() if student else ():
            if is_server(command):
                servers += measure(pid)
            else:
                kernels += measure(pid)
    return servers, kernels


def end(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
