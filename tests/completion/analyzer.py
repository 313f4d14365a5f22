#!/usr/bin/env python3
"""Asks rust-analyzer for the same points, for comparison: `python3 tests/completion/analyzer.py rust-analyzer`.

Each session is one `fn main` with the cells before the point; open brackets are closed. Snippets and imports are off.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cut import HERE, blank

MANIFEST = """[package]
name = "points"
version = "0.0.0"
edition = "2024"
[[bin]]
name = "points"
path = "main.rs"
[dependencies]
ndarray = "0.17"
forward-pass = { path = "%s", default-features = false }
[workspace]
"""


class Server:
    def __init__(self, program, folder):
        environment = {**os.environ, "CARGO_NET_OFFLINE": "true"}
        self.process = subprocess.Popen([program], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env=environment)
        self.last = 0

    def send(self, message):
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while (line := self.process.stdout.readline().strip()):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        while True:
            message = self.receive()
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            elif message.get("id") == self.last:
                return message.get("result")


def program(point):
    cells = (HERE / f"cells/{point['notebook']}.rs").read_text(encoding="utf-8").split("\n%%\n")
    before = cells[: point["cell"]] + [cells[point["cell"]][: point["at"]]]
    lines = [line for cell in before for line in cell.split("\n") if not line.startswith(":")]
    head = "#![allow(unused)]\nfn main() -> Result<(), Box<dyn std::error::Error>> {\n" + "\n".join(lines)
    closing = {"(": ")", "[": "]", "{": "}"}
    opened = []
    for c in blank(head):
        if c in closing:
            opened.append(closing[c])
        elif opened and c == opened[-1]:
            opened.pop()
    last = head.rsplit("\n", 1)[-1]
    # Without the semicolon it reads no macro call.
    return head + "".join(reversed(opened)).replace(")}", ");}") + "\n", {"line": head.count("\n"), "character": len(last)}


def main():
    folder = Path(tempfile.mkdtemp())
    (folder / "Cargo.toml").write_text(MANIFEST % HERE.parents[1])
    (folder / "Cargo.lock").write_text((HERE.parents[1] / "Cargo.lock").read_text())
    (folder / "main.rs").write_text("fn main() {}\n")
    server, address = Server(sys.argv[1], folder), f"file://{folder}/main.rs"
    server.ask("initialize", {
        "processId": os.getpid(), "rootUri": f"file://{folder}",
        "capabilities": {"textDocument": {"completion": {"completionItem": {"snippetSupport": False}}}},
        "initializationOptions": {"checkOnSave": False, "cachePriming": {"enable": False},
                                  "completion": {"postfix": {"enable": False}, "autoimport": {"enable": False}}}})
    server.send({"method": "initialized", "params": {}})
    document = {"uri": address, "languageId": "rust", "version": 0, "text": "fn main() { Vec::<i32>::new().le }\n"}
    server.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    place, begun = {"textDocument": {"uri": address}, "position": {"line": 0, "character": 32}}, time.time()
    # Until it has read std.
    while not server.ask("textDocument/completion", place) and time.time() - begun < 600:
        time.sleep(1)
    scores, times = {}, []
    for version, line in enumerate((HERE / "points.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        point = json.loads(line)
        text, position = program(point)
        server.send({"method": "textDocument/didChange", "params": {
            "textDocument": {"uri": address, "version": version}, "contentChanges": [{"text": text}]}})
        asked = time.time()
        answer = server.ask("textDocument/completion", {"textDocument": {"uri": address}, "position": position}) or {}
        times.append(time.time() - asked)
        items = answer.get("items", []) if isinstance(answer, dict) else answer
        typed = point["want"][: point["typed"]]
        names = [(item.get("sortText") or item["label"], (item.get("filterText") or item["label"]).split("(")[0].strip("!…) ")) for item in items]
        first = [name for _, name in sorted(names) if name.startswith(typed)][:10]
        hits = scores.setdefault(point["kind"], [0, 0])
        hits[0] += point["want"] in first
        hits[1] += 1
    for kind, (hits, of) in sorted(scores.items()):
        print(f"{kind:12} {hits:3} of {of}")
    times.sort()
    print(f"all {sum(hits for hits, _ in scores.values())}, median {times[len(times) // 2] * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms")
    server.process.kill()


if __name__ == "__main__":
    main()
