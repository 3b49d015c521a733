"""Connections against real servers on loopback, with and without TLS; and clocks that are wrong."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData

from bot.surfaces.telegram import lifecycle
from bot.surfaces.telegram.http_client import MAX_UNREAD_BYTES, AsyncioBackend, CheckedRequest, ServerClock
from bot.surfaces.telegram.rate_limit import CallOutcome, classify_error
from tests.telegram.running import Echo, running

if TYPE_CHECKING:
    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
    Call = Callable[..., Coroutine[Any, Any, Any]]
    from tests.telegram.fake import FakeTelegram


BODY = b'{"ok": true, "result": true}'


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def load_contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return TLS for a server by a certificate that came with tornado, and for a client that trusts it."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with as_file(files("tornado.test")) as folder:
        server.load_cert_chain(folder / "test.crt", folder / "test.key")
        client = ssl.create_default_context(cafile=folder / "test.crt")
    # It is of another host.
    client.check_hostname = False
    return server, client


class Served(NamedTuple):
    """A server's port, the connections that it serves or served, and their ends, which both sides know of."""

    port: int
    connections: list[asyncio.Task[None]]
    ends: list[asyncio.Future[None]]


@asynccontextmanager
async def serving(serve: Serve, *, tls: bool = False, port: int = 0) -> AsyncIterator[Served]:
    """Serve each connection by `serve`, and wait for the last at the end."""
    connections: list[asyncio.Task[None]] = []
    ends: list[asyncio.Future[None]] = []

    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        end = asyncio.get_running_loop().create_future()
        ends.append(end)
        connections.append(asyncio.ensure_future(serve(reader, writer)))
        await asyncio.wait(connections)
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
        end.set_result(None)

    listener = socket.create_server(("127.0.0.1", port))
    server = await asyncio.start_server(serve_and_close, sock=listener, ssl=load_contexts()[0] if tls else None)
    async with server:
        yield Served(listener.getsockname()[1], connections, ends)
    for connection in connections:
        await connection
    # The ends of what was served.
    await asyncio.sleep(0.01)


@asynccontextmanager
async def calling(serve: Serve, *, tls: bool = False, trusts: bool = True) -> AsyncIterator[tuple[Call, Served]]:
    """Serve each connection by `serve`; what is yielded calls it, as the bot calls the Bot API."""
    context = load_contexts()[1] if trusts else ssl.create_default_context()
    async with serving(serve, tls=tls) as served, CheckedRequest(1, 2.0, ServerClock(), context) as line:
        address = f"http{'s' * tls}://127.0.0.1:{served.port}/bot1:x/sendChatAction"
        yield partial(line.post, address, RequestData([])), served


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Read what comes in one piece."""
    return await reader.read(MAX_UNREAD_BYTES)


@pytest.mark.parametrize("tls", [False, True])
async def test_calls_share_a_connection_and_each_comes_in_one_piece(*, tls: bool) -> None:
    pieces: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await read_request(reader):
            pieces.append(piece)
            writer.write(ANSWER)

    async with calling(serve, tls=tls) as (call, served):
        assert [await call() for _ in range(3)] == [True] * 3

    assert len(served.connections) == 1
    assert [piece.endswith(b"\r\n\r\n{}") for piece in pieces] == [True] * 3


@pytest.mark.parametrize("tls", [False, True])
async def test_an_answer_of_many_reads_comes_whole(*, tls: bool) -> None:
    body = b'{"ok": true, "result": ["%s"]}' % (b"word " * 60_000)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with calling(serve, tls=tls) as (call, _):
        assert await call() == ["word " * 60_000]


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("unasked", [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
async def test_a_connection_that_the_server_is_done_with_is_not_used_again(*, tls: bool, unasked: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(ANSWER)
        await asyncio.sleep(0.01)
        writer.write(unasked)

    async with calling(serve, tls=tls) as (call, served):
        for _ in range(2):
            assert await call()
            await asyncio.wait(served.ends)
            await asyncio.sleep(0.03)

    assert len(served.connections) == 2


@pytest.mark.parametrize("is_reset", [False, True])
@pytest.mark.parametrize("part", [b"", ANSWER[:20], ANSWER[:-5]])
async def test_a_connection_that_ends_within_an_answer_may_have_carried_the_call_out(
    part: bytes, *, is_reset: bool
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(part)
        await asyncio.sleep(0.01)
        if is_reset:
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async with calling(serve) as (call, _):
        with pytest.raises(NetworkError) as caught:
            await call()

    assert classify_error(caught.value) is CallOutcome.UNKNOWN


@pytest.mark.parametrize("tls", [False, True])
async def test_a_server_that_says_nothing_is_given_up_and_called_anew(*, tls: bool) -> None:
    has_gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        if has_gone.is_set():
            writer.write(ANSWER)
        else:
            await reader.read()
            has_gone.set()

    async with calling(serve, tls=tls) as (call, _):
        with pytest.raises(TimedOut) as caught:
            await call(read_timeout=0.05)
        await has_gone.wait()
        assert await call()

    assert classify_error(caught.value) is CallOutcome.UNKNOWN


async def test_a_server_that_never_ends_the_handshake_was_sent_nothing() -> None:
    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(serve) as served, CheckedRequest(1, 2.0, ServerClock(), load_contexts()[1]) as line:
        with pytest.raises(TimedOut) as caught:
            await line.post(f"https://127.0.0.1:{served.port}/bot1:x/getMe", RequestData([]), connect_timeout=0.05)

    assert classify_error(caught.value) is CallOutcome.UNSENT


async def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_sent() -> None:
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        requests.append(await read_request(reader))

    async with calling(serve, tls=True, trusts=False) as (call, _):
        with pytest.raises(NetworkError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            await call()

    assert classify_error(caught.value) is CallOutcome.UNSENT
    assert not any(requests)


@pytest.mark.parametrize(("length", "is_cut_off"), [(MAX_UNREAD_BYTES, False), (MAX_UNREAD_BYTES + 1, True)])
async def test_a_server_that_talks_to_nobody_is_cut_off(length: int, *, is_cut_off: bool) -> None:
    ends, has_ended = list[bool](), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(length))
        end = asyncio.ensure_future(reader.read())
        await asyncio.wait([end], timeout=0.1)
        ends.append(end.done())
        has_ended.set()
        writer.close()
        await asyncio.wait([end])

    async with serving(serve) as served:
        stream = await AsyncioBackend().connect_tcp("127.0.0.1", served.port)
        await has_ended.wait()
        assert stream.get_extra_info("is_readable")
        await stream.aclose()

    assert ends == [is_cut_off]


async def test_a_host_whose_first_address_leads_nowhere_is_reached_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")

    async with serving(serve) as served:
        full = socket.create_server(("127.0.0.2", served.port), backlog=0)
        # One connection waits to be taken; one that comes after it is not even refused.
        waiting = socket.create_connection(("127.0.0.2", served.port))

        async def find_addresses(*_: Any, **__: Any) -> list[Any]:
            kind = socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, ""
            return [(*kind, (place, served.port)) for place in ("127.0.0.2", "127.0.0.1")]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", find_addresses)
        stream = await AsyncioBackend().connect_tcp("api.telegram.invalid", served.port, timeout=2.0)

        assert await stream.read(9, timeout=1.0) == b"here"
        for each in (waiting, full):
            each.close()
        await stream.aclose()


async def test_who_gives_up_while_connecting_leaves_no_connection_open(recwarn: pytest.WarningsRecorder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # At some of these turns, which differ by version, the connection is made and not yet handed over.
        for turns in range(20):
            opening = asyncio.ensure_future(AsyncioBackend().connect_tcp(*listener.getsockname()))
            for _ in range(turns):
                await asyncio.sleep(0)
            opening.cancel()
            await asyncio.wait([opening])
            if not opening.cancelled():
                await opening.result().aclose()
        while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - what still connects then ends by itself
            await asyncio.sleep(0)
        await asyncio.sleep(0)
    gc.collect()

    assert [str(warning.message) for warning in recwarn if warning.category is ResourceWarning] == []


@pytest.mark.parametrize("shift", [3_700.0, 7_200.0, 86_400.0, -86_400.0, 0.0])
def test_lateness_is_told_by_the_servers_clock(shift: float) -> None:
    real = time.time()
    clock = ServerClock(lambda: real + shift, lambda: 5.0)
    assert clock.read_time() == real + shift

    clock.note_date(format_datetime(datetime.fromtimestamp(real, UTC), usegmt=True))

    assert abs(clock.read_time() - real) <= 1


@pytest.mark.parametrize(("passed", "is_read"), [(59.0, False), (61.0, True)])
def test_the_servers_clock_is_read_once_a_minute(passed: float, *, is_read: bool) -> None:
    ticks = [5.0]
    clock = ServerClock(lambda: 0.0, lambda: ticks[0])
    clock.note_date(format_datetime(datetime.fromtimestamp(1_000, UTC), usegmt=True))
    ticks[0] += passed

    clock.note_date(format_datetime(datetime.fromtimestamp(9_000, UTC), usegmt=True))

    assert clock.read_time() == (9_000 if is_read else 1_000 + passed)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Nov 2026 04:13:34 GMT", "5", "Thu, 26 Nov 999999 04:13:34 GMT"]
)
def test_a_response_without_a_date_leaves_the_clock_as_it_was(date: str) -> None:
    clock = ServerClock(lambda: 50.0)

    clock.note_date(date)

    assert clock.read_time() == 50.0


@pytest.mark.parametrize("shift", [3_700.0, -90_000.0])
async def test_no_question_is_dropped_for_a_clock_that_is_wrong(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    clock = partial(ServerClock, lambda: time.time() + shift)
    monkeypatch.setattr(lifecycle, "ServerClock", clock)
    ana = telegram.private("Ana")
    async with running(telegram, Echo()):  # type: ignore[arg-type]
        for number in range(3):
            ana.says(f"privacy {number}")
        shown = [reply.text for reply in await ana.replies()]

    assert shown == ["privacy 0", "privacy 1", "privacy 2"]


class Misdating(ServerClock):
    """A clock of a machine so many seconds ahead, which reads another date off each response than its server wrote."""

    def __init__(self, seconds_ahead: float, date: str) -> None:
        super().__init__(lambda: time.time() + seconds_ahead)
        self._date = date

    def note_date(self, _: str) -> None:
        super().note_date(self._date)


@pytest.mark.parametrize(
    ("seconds_ahead", "date"),
    [
        pytest.param(0.0, "Fri, 31 Dec 9999 23:59:59 GMT", id="a proxy of another age"),
        pytest.param(7_200.0, "", id="no date, and this machine is ahead"),
        pytest.param(86_400.0, "Mon, 01 Jan 2080 00:00:00 +0530", id="a server on this machine, both ahead"),
        pytest.param(-86_400.0, "Sat, 01 Jan 2050 12:00:00", id="one behind and one ahead"),
        pytest.param(3_700.0, "Thu, 01 Jan 1970 00:00:00 GMT", id="a server that was never set"),
    ],
)
async def test_who_asks_a_bot_that_listens_is_answered_whatever_the_clocks_say(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, seconds_ahead: float, date: str
) -> None:
    monkeypatch.setattr(lifecycle, "ServerClock", partial(Misdating, seconds_ahead, date))
    ana = telegram.private("Ana")
    async with running(telegram, Echo(), wait=0):  # type: ignore[arg-type]
        await telegram.until(lambda: sum(call.method == "getUpdates" for call in telegram.calls) > 1)
        for number in range(3):
            ana.says(f"privacy {number}")

        assert [reply.text for reply in await ana.replies()] == ["privacy 0", "privacy 1", "privacy 2"]
