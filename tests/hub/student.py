"""A student: starts a server and a kernel through the hub, as a browser does, and runs cells."""

import asyncio
import json
import time
import uuid

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

# New cells, in turn: a value, an array through the library, a figure. The number makes each unlike all others.
CELLS = (
    "let factor_{n} = {number};\nprintln!(\"{{factor_{n}}}\");",
    "let row_{n} = arange(0.0, 1.0, 0.1)?.mapv(|x| x * {number});\nshow(&sigmoid(&row_{n}))",
    "let at_{n} = arange(-5.0, 5.0, 0.1)?;\nplot(&at_{n}, &sigmoid(&(&at_{n} * {number})))",
)


class Failed(Exception):
    """A cell that should have passed."""


class Student:
    def __init__(self, number, base, token):
        self.number, self.name, self.base, self.token = number, f"student{number}", base, token
        self.kernel, self.socket, self.times = None, None, []

    async def call(self, method, path, body=None):
        request = HTTPRequest(self.base + path, method, {"Authorization": f"token {self.token}"}, request_timeout=600,
                              body=json.dumps(body or {}) if method == "POST" else None)
        return json.loads((await AsyncHTTPClient().fetch(request)).body or "null")

    async def begin(self):
        """From the click on *Start* to the first figure of section 2, in the student's own copy."""
        begun = time.time()
        await self.call("POST", f"/hub/api/users/{self.name}")
        await self.call("POST", f"/hub/api/users/{self.name}/server")
        while not (await self.call("GET", f"/hub/api/users/{self.name}"))["servers"].get("", {}).get("ready"):
            await asyncio.sleep(0.2)
        server = time.time()
        notebook = await self.call("GET", f"/user/{self.name}/api/contents/chapter/02-sigmoid.ipynb")
        await self.start_kernel(notebook["content"]["metadata"]["kernelspec"]["name"])
        sources = [cell["source"] for cell in notebook["content"]["cells"] if cell["cell_type"] == "code"]
        first = None
        for source in sources:
            types = await self.passes(source)
            first = first or time.time()
            if "image/svg+xml" in types:
                break
        else:
            raise Failed(f"{self.name}: no figure")
        figure = time.time()
        await self.passes(f"let mine = {self.number};")
        return {"server": server - begun, "first cell": first - server, "figure": figure - begun}

    async def start_kernel(self, name):
        body = {"name": name, "path": "chapter"}
        self.kernel = (await self.call("POST", f"/user/{self.name}/api/kernels", body))["id"]
        await self.connect()

    async def connect(self):
        url = f"{self.base.replace('http', 'ws')}/user/{self.name}/api/kernels/{self.kernel}/channels"
        request = HTTPRequest(url, headers={"Authorization": f"token {self.token}"})
        self.socket = await websocket_connect(request)

    async def run(self, code, patience=600):
        """Runs a cell: how it ended, what it printed and showed, and how long that took."""
        sent, ident = time.time(), uuid.uuid4().hex
        header = {"msg_id": ident, "msg_type": "execute_request", "session": self.name, "username": self.name,
                  "version": "5.3", "date": ""}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
                   "stop_on_error": False}
        await self.socket.write_message(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                                                    "content": content, "channel": "shell", "buffers": []}))
        types, text, reply, is_idle = set(), "", None, False
        while reply is None or not is_idle:
            message = json.loads(await asyncio.wait_for(self.socket.read_message(), patience) or "{}")
            if not message:
                raise Failed(f"{self.name}: the connection has ended")
            if message["parent_header"].get("msg_id") != ident:
                continue
            content = message["content"]
            types |= set(content.get("data", {}))
            # Notes go to the other stream.
            text += content.get("text", "") if content.get("name") == "stdout" else ""
            if message["msg_type"] == "execute_reply":
                reply = content
            is_idle |= message["msg_type"] == "status" and content["execution_state"] == "idle"
        return {"reply": reply, "types": types, "text": text, "seconds": time.time() - sent}

    async def passes(self, code):
        answer = await self.run(code)
        if answer["reply"]["status"] != "ok":
            raise Failed(f"{self.name}: {code!r}: {answer['reply']}")
        return answer["types"]

    async def work(self, until, period, count):
        """A new cell every `period` seconds; the students are spread over the period."""
        due, number = time.time() + period * self.number / count, 0
        while due < until:
            await asyncio.sleep(max(0, due - time.time()))
            number += 1
            code = CELLS[number % len(CELLS)].format(n=number, number=f"{time.time():.6f}")
            answer = await self.run(code)
            if answer["reply"]["status"] != "ok":
                raise Failed(f"{self.name}: {code!r}: {answer['reply']}")
            self.times.append(answer["seconds"])
            # Who was kept waiting does not hurry afterwards.
            due = max(due + period, time.time())

    async def keeps_own(self):
        """Fails unless the session still has what it began with."""
        try:
            answer = await self.run("println!(\"mine is {mine}\");", patience=120)
        except asyncio.TimeoutError:
            raise Failed(f"{self.name} gets no answer") from None
        if answer["text"] != f"mine is {self.number}\n":
            raise Failed(f"{self.name} has lost a variable: {answer}")
