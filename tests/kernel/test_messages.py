"""Messages that no good front end sends: after each of them the kernel still answers."""

import json

import pytest
import zmq


def parts(front, kind, content):
    session = front.client.session
    message = session.msg(kind, content=json.loads("{}"))
    header = session.pack(message["header"])
    return [header, session.pack({}), session.pack({}), content]


def send(front, pieces, signature=None, channel="shell"):
    session = front.client.session
    sign = session.sign(pieces) if signature is None else signature
    getattr(front.client, f"{channel}_channel").socket.send_multipart([b"<IDS|MSG>", sign, *pieces])


def still_answers(front):
    assert front.value("20 + 22") == ["42"]


BAD = {
    "broken JSON": ("execute_request", b"{\"code\": "),
    "a missing field": ("execute_request", b"{}"),
    "a list": ("complete_request", b"[1, 2]"),
    "a wrong type": ("inspect_request", b'{"code": 7, "cursor_pos": "x"}'),
    "a cursor far out": ("complete_request", b'{"code": "x", "cursor_pos": 4000000000}'),
    "an unknown type": ("surprise_request", b"{}"),
}


@pytest.mark.parametrize("channel", ["shell", "control"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_answered(front, name, channel):
    kind, content = BAD[name]
    if channel == "control" and name == "a cursor far out":
        kind, content = "shutdown_request", b'{"restart": "perhaps"}'
    send(front, parts(front, kind, content), channel=channel)
    reply = getattr(front.client, f"get_{channel}_msg")(timeout=20)
    assert reply["msg_type"] == kind.replace("_request", "_reply")
    assert reply["content"]["status"] == ("ok" if name == "a cursor far out" and channel == "shell" else "error")
    still_answers(front)


@pytest.mark.parametrize("signature", [b"", b"00", b"f" * 64, b"\xff\xfe"])
def test_a_wrong_signature_runs_nothing(front, signature):
    front.run("let mut count = 0;")
    send(front, parts(front, "execute_request", b'{"code": "count += 1;"}'), signature)
    send(front, parts(front, "shutdown_request", b'{"restart": false}'), signature, "control")
    assert front.value("count") == ["0"]


@pytest.mark.parametrize("frames", [[b"noise"], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", b"{}"], [b"\xff"] * 9])
def test_noise_is_passed_over(front, frames):
    front.client.shell_channel.socket.send_multipart(frames, zmq.NOBLOCK)
    still_answers(front)


def test_a_megabyte_of_code_is_read(front):
    reply, _ = front.run("// " + "x" * 1_000_000 + "\nlet big = 5;", timeout=300)
    assert reply["status"] == "ok"
    assert front.value("big") == ["5"]
