"""Connections to the Bot API server, kept open from one call to the next: HTTP/1.1 by h11 on asyncio's transports.

The library's client takes a millisecond of CPU for a call, half as much as finding the quotes of an answer does
(`python -m tests.benchmarks.telegram`). What fails raises httpx's exceptions, as the library's client does.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import h11
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable
    from urllib.parse import SplitResult

# As the library's client: a server may close what is idle for longer at any moment.
IDLE_SECONDS = 5.0
# As the library's client: for a connection to open, and for one of the pool to be free.
CONNECT_SECONDS, POOL_SECONDS = 5.0, 1.0
_PORTS = {"https": 443, "http": 80}


class HttpResponse(NamedTuple):
    """A whole response; `date` is its header, "" without one."""

    status: int
    date: str
    body: bytes


class Connection(asyncio.Protocol):
    """One connection, which takes a call at a time."""

    def __init__(self) -> None:
        self._parser = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._pending: asyncio.Future[HttpResponse] | None = None
        self._head: h11.Response | None = None
        self._body: list[bytes] = []

    @property
    def is_ready(self) -> bool:
        """Whether another call can be made: the last was answered whole, and nothing came or ended since."""
        is_open = self._transport is not None and not self._transport.is_closing()
        is_answered = self._parser.our_state is h11.DONE and self._parser.their_state is h11.DONE
        return is_open and is_answered and self._parser.trailing_data == (b"", False)

    async def exchange(self, request: h11.Request, body: bytes, seconds: float | None) -> HttpResponse:
        """Send a request and return the response, which is to have come whole after `seconds`.

        Raises:
            httpx.HTTPError: it has not, or is none.
        """
        if self._parser.our_state is h11.DONE:
            self._parser.start_next_cycle()
        self._pending = asyncio.get_running_loop().create_future()
        events = (request, h11.Data(body), h11.EndOfMessage())
        if self._transport:
            self._transport.write(b"".join(filter(None, map(self._parser.send, events))))
        try:
            async with asyncio.timeout(seconds):
                return await self._pending
        except TimeoutError as error:
            raise httpx.ReadTimeout("no whole response") from error

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Read what came; what is no HTTP, or was not asked for, ends the connection."""
        try:
            self._parser.receive_data(data)
            self._read_events()
        except h11.RemoteProtocolError as error:
            self._fail(str(error))

    def eof_received(self) -> None:
        """Read the end, which may be that of a response without a length."""
        self.data_received(b"")

    def connection_lost(self, error: Exception | None) -> None:
        """Fail the call that has no answer yet."""
        self._fail(f"connection lost {error or ''}".rstrip())

    def _read_events(self) -> None:
        while isinstance(event := self._parser.next_event(), h11.Event):
            if isinstance(event, h11.Response):
                self._head = event
            elif isinstance(event, h11.Data):
                self._body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self._finish()
            elif isinstance(event, h11.ConnectionClosed):
                self._fail("connection closed")
                return

    def _finish(self) -> None:
        head, body = self._head, b"".join(self._body)
        self._head, self._body = None, []
        if head and self._pending and not self._pending.done():
            date = next((value for name, value in head.headers if name == b"date"), b"")
            self._pending.set_result(HttpResponse(head.status_code, date.decode("latin-1"), body))

    def _fail(self, reason: str) -> None:
        if self._pending and not self._pending.done():
            self._pending.set_exception(httpx.RemoteProtocolError(reason))
        self.close()


class ConnectionPool:
    """Makes up to `size` calls at once, each on a connection that is idle or new."""

    def __init__(self, size: int, ssl_context: ssl.SSLContext, timer: Callable[[], float] = time.monotonic) -> None:
        self._slots = asyncio.Semaphore(size)
        self._ssl_context = ssl_context
        self._timer = timer
        # The one used last comes last, with when that was.
        self._idle: list[tuple[float, tuple[str, str], Connection]] = []

    async def post(self, url: str, headers: dict[str, str], body: bytes, seconds: float | None) -> HttpResponse:
        """Post `body` to `url`, and return the response, which is to have come whole after `seconds`.

        Raises:
            httpx.HTTPError: there was none; it was surely not sent where that is a ConnectError,
                ConnectTimeout or PoolTimeout.
        """
        address = urlsplit(url)
        target = f"{address.path}?{address.query}" if address.query else address.path
        fields = {"Host": address.netloc, **headers, "Content-Length": str(len(body))}
        request = h11.Request(method="POST", target=target, headers=list(fields.items()))
        async with self._hold_slot(), self._hold_connection(address) as connection:
            return await connection.exchange(request, body, seconds)

    def close(self) -> None:
        """Close what is idle; a call under way closes its own connection when it is cancelled."""
        while self._idle:
            self._idle.pop()[-1].close()

    @asynccontextmanager
    async def _hold_slot(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(POOL_SECONDS):
                await self._slots.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("all connections are in use") from error
        try:
            yield
        finally:
            self._slots.release()

    @asynccontextmanager
    async def _hold_connection(self, address: SplitResult) -> AsyncIterator[Connection]:
        connection = self._take_idle(address) or await self._open(address)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if connection.is_ready:
            self._idle.append((self._timer(), address[:2], connection))
        else:
            connection.close()

    def _take_idle(self, address: SplitResult) -> Connection | None:
        while self._idle:
            used_at, used_for, connection = self._idle.pop()
            if used_for == address[:2] and connection.is_ready and self._timer() - used_at <= IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _open(self, address: SplitResult) -> Connection:
        is_secure = address.scheme == "https"
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection,
                    address.hostname or "",
                    address.port or _PORTS[address.scheme],
                    ssl=self._ssl_context if is_secure else None,
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("not connected in time") from error
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error)) from error
        return connection
