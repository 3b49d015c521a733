"""Idle connections neither starve the webhook nor fill the log."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from itertools import cycle

import aiohttp
import pytest
from tornado.web import Application, RequestHandler

from bot.surfaces.telegram import bounded_server
from bot.surfaces.telegram.bounded_server import BoundedServer, count_idle_allowed

# The server alone, in a process with few descriptors; it prints its port.
SERVE = """
import asyncio, logging, resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
from tornado.web import Application, RequestHandler
from bot.surfaces.telegram import bounded_server
bounded_server._MOST_IDLE = bounded_server._LEAST_IDLE = int(sys.argv[2])

class Answer(RequestHandler):
    def post(self):
        self.finish(self.request.body)

async def main():
    server = bounded_server.BoundedServer(Application([("/", Answer)], log_function=lambda _: None))
    listener = socket.create_server(("127.0.0.1", 0), backlog=200)
    listener.setblocking(False)
    server.add_socket(listener)
    print(listener.getsockname()[1], flush=True)
    await asyncio.sleep(60)

logging.basicConfig(level="INFO", stream=sys.stderr)
asyncio.run(main())
"""


# What was written by whoever then sends no more.
HALF_REQUESTS = (
    b"",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PO",
    b"POST / HTTP/1.1\r\nX: ",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 50\r\n\r\n",
)


@pytest.mark.parametrize("most_idle", ["16", "4096"], ids=["few are kept", "none is closed"])
async def test_with_64_descriptors_and_80_idle_connections_it_is_quiet_and_answers(most_idle: str) -> None:
    command = [sys.executable, "-c", SERVE, "64", most_idle]
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout
    port = int(await child.stdout.readline())
    with ExitStack() as stack:
        idle = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(80)]
        for connection, half in zip(idle, cycle(HALF_REQUESTS), strict=False):
            with suppress(ConnectionError):
                connection.sendall(half)
        await asyncio.sleep(0.3)
        if most_idle == "4096":
            # Descriptors ran out; room comes with the end of some.
            for connection in idle[:40]:
                connection.close()
        async with aiohttp.ClientSession() as client:
            timeout = aiohttp.ClientTimeout(total=10)
            async with client.post(f"http://127.0.0.1:{port}", data=b"update", timeout=timeout) as answer:
                assert await answer.read() == b"update"
        child.kill()
        printed = (await child.communicate())[1].decode()

    assert printed.count("\n") <= 1
    assert "Traceback" not in printed
    if most_idle == "4096":
        assert "no connection accepted for 1 s reason=Too many open files" in printed


class Answer(RequestHandler):
    def post(self) -> None:
        self.finish(json.dumps(len(self.request.body)))


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(bounded_server, "count_idle_allowed", lambda _: 3)
    monkeypatch.setattr(bounded_server, "PAUSE_SECONDS", 0.05)
    server = BoundedServer(Application([("/", Answer)], log_function=lambda _: None))
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0)
    server.add_socket(listener)
    yield listener.getsockname()[1]
    server.stop()
    await server.close_all_connections()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(0.3):
            return await reader.read(1) == b""
    except TimeoutError:
        return False


async def close(*connections: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    for _, writer in connections:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_of_idle_connections_the_oldest_are_closed_and_the_newest_answered(port: int) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(6)]
    await asyncio.sleep(0.1)

    assert [await is_closed(reader) for reader, _ in opened] == [True] * 3 + [False] * 3

    _, writer = opened[-1]
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n1234")
    assert (await opened[-1][0].readline()).startswith(b"HTTP/1.1 200")
    await close(*opened)


async def test_half_a_request_does_not_keep_a_connection(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n12")
    others = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]

    assert await is_closed(reader)
    await close((reader, writer), *others)


async def test_accepting_goes_on_after_a_pause_for_each_kind_of_refusal(
    port: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EPERM, errno.EPROTO, errno.EHOSTUNREACH)
    coming = [OSError(number, os.strerror(number)) for number in numbers]
    accept = socket.socket.accept

    def refuse_first(listener: socket.socket) -> object:
        if coming:
            raise coming.pop()
        return accept(listener)

    monkeypatch.setattr(socket.socket, "accept", refuse_first)
    async with aiohttp.ClientSession() as client, client.post(f"http://127.0.0.1:{port}", data=b"12") as answer:
        assert await answer.read() == b"2"

    assert not coming
    assert caplog.text.count("no connection accepted") == 1


@pytest.mark.parametrize(("descriptors", "idle"), [(8, 4), (64, 16), (1_024, 256), (1 << 30, 256)])
def test_how_many_idle_connections_are_kept(descriptors: int, idle: int) -> None:
    assert count_idle_allowed(descriptors) == idle
