"""The connections to the Bot API server, beside servers that say their bytes as they like."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.surfaces.telegram import connections
from bot.surfaces.telegram.checked_request import CheckedRequest, ServerClock
from bot.surfaces.telegram.connections import IDLE_SECONDS, ConnectionPool, HttpResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OK = b"HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 04:13:34 GMT\r\nContent-Length: 2\r\n\r\nok"
ANSWER = HttpResponse(200, "Thu, 26 Nov 2026 04:13:34 GMT", b"ok")
CONTEXT = ssl.create_default_context()


@dataclass
class Server:
    """Says one of `turns` for each request, a part at a time; `...` waits, None closes. Of no turn left it says OK."""

    turns: list[list[bytes | None]] = field(default_factory=list)
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def connections(self) -> int:
        return len(self.writers)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while head := await _read_head(reader):
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self.requests.append(head + await reader.readexactly(length))
            for part in self.turns.pop(0) if self.turns else [OK]:
                if part is None:
                    writer.close()
                    return
                writer.write(part)
                await asyncio.sleep(0.01)
        writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot7:x/getMe"


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


@asynccontextmanager
async def serving(*turns: list[bytes | None]) -> AsyncIterator[tuple[Server, ConnectionPool]]:
    server, pool = Server(list(turns)), ConnectionPool(1, CONTEXT)
    async with await asyncio.start_server(server.handle, "127.0.0.1") as listener:
        server.port = listener.sockets[0].getsockname()[1]
        yield server, pool
        pool.close()
        for writer in server.writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)


async def call(server: Server, pool: ConnectionPool, seconds: float = 1.0) -> HttpResponse:
    return await pool.post(server.url, {"User-Agent": "bot"}, b"a=1", seconds)


async def test_calls_share_a_connection() -> None:
    async with serving() as (server, pool):
        answers = [await call(server, pool) for _ in range(3)]

        assert answers == [ANSWER] * 3
        assert server.connections == 1
        assert server.requests[0].startswith(b"POST /bot7:x/getMe HTTP/1.1\r\n")
        assert server.requests[0].endswith(b"\r\n\r\na=1")


@pytest.mark.parametrize(
    ("turn", "body", "count"),
    [
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"], b"ok", 1),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok"], b"ok", 1),
        ([b"HTTP/1.1 204 No Content\r\n\r\n"], b"", 1),
        # From here on nothing more can be said on that connection.
        ([b"HTTP/1.1 200 OK\r\n\r\no", b"k", None], b"ok", 2),
        ([b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", None], b"ok", 2),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"], b"ok", 2),
        ([OK, b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"], b"ok", 2),
        ([OK, b"\x00 not asked for"], b"ok", 2),
        ([OK, None], b"ok", 2),
    ],
)
async def test_a_connection_is_used_again_where_it_can_be(turn: list[bytes | None], body: bytes, count: int) -> None:
    async with serving(turn) as (server, pool):
        first = await call(server, pool)
        await asyncio.sleep(0.05)
        second = await call(server, pool)

        assert (first.body, second, server.connections) == (body, ANSWER, count)


@pytest.mark.parametrize(
    "turn",
    [
        [None],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", None],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\no", None],
        [b"SSH-2.0-OpenSSH_9.6\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000],
        [b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok"],
    ],
)
async def test_what_is_no_whole_response_fails_the_call_and_not_the_next(turn: list[bytes | None]) -> None:
    async with serving(turn) as (server, pool):
        with pytest.raises(httpx.RemoteProtocolError):
            await call(server, pool)

        assert await call(server, pool) == ANSWER


async def test_a_response_that_drips_is_given_up_in_time() -> None:
    drips: list[bytes | None] = [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", *[b"x"] * 100]
    async with serving(drips) as (server, pool):
        with pytest.raises(httpx.ReadTimeout):
            await call(server, pool, 0.1)

        assert await call(server, pool) == ANSWER


async def test_a_call_that_is_cancelled_leaves_its_place_and_no_connection() -> None:
    async with serving([]) as (server, pool):
        task = asyncio.create_task(call(server, pool))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])

        assert await call(server, pool) == ANSWER
        assert server.connections == 2


async def test_a_call_beyond_the_size_of_the_pool_waits_so_long_and_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "POOL_SECONDS", 0.05)
    async with serving([]) as (server, pool):
        task = asyncio.create_task(call(server, pool))
        await asyncio.sleep(0.02)
        with pytest.raises(httpx.PoolTimeout):
            await call(server, pool)
        task.cancel()
        await asyncio.wait([task])

        assert len(server.requests) == 1


@pytest.mark.parametrize(("seconds", "count"), [(IDLE_SECONDS, 1), (IDLE_SECONDS + 0.1, 2)])
async def test_what_was_idle_too_long_is_opened_anew(seconds: float, count: int) -> None:
    times = iter([0.0, seconds, seconds])
    async with serving() as (server, _):
        pool = ConnectionPool(1, CONTEXT, lambda: next(times))
        await call(server, pool)
        await call(server, pool)

        assert server.connections == count
        pool.close()
        await asyncio.sleep(0.01)


async def test_each_server_has_connections_of_its_own() -> None:
    async with serving() as (server, pool), serving() as (other, _):
        for each in (server, other, server):
            await call(each, pool)

        assert (server.connections, other.connections) == (2, 1)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:9/bot7:x/getMe", httpx.ConnectError),
        ("http://" + "x" * 70 + ".invalid/getMe", httpx.ConnectError),
    ],
)
async def test_what_cannot_be_connected_to_was_not_sent(url: str, error: type[httpx.HTTPError]) -> None:
    with pytest.raises(error):
        await ConnectionPool(1, CONTEXT).post(url, {}, b"", 1.0)


async def test_a_server_that_accepts_nobody_was_not_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECT_SECONDS", 0.05)
    # It speaks no TLS, and waits for more.
    async with serving() as (server, pool):
        with pytest.raises(httpx.ConnectTimeout):
            await pool.post(server.url.replace("http", "https"), {}, b"", 1.0)


@pytest.mark.parametrize(("variable", "is_direct"), [("HTTPS_PROXY", False), ("BOT_NOTHING", True)])
def test_a_proxy_is_left_to_the_librarys_client(
    monkeypatch: pytest.MonkeyPatch, variable: str, *, is_direct: bool
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "http://127.0.0.1:9")

    request = CheckedRequest(1, 1.0, ServerClock(), CONTEXT)

    assert (request._connections is not None) is is_direct  # noqa: SLF001 - that it is used the others show
