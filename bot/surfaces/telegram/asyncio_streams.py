"""Connections for httpcore by asyncio's own transports, in place of anyio's.

anyio stops and starts reading around each read, and lets the event loop turn at each write; httpcore writes the head
and the body of a request apart. Here a request is sent in one piece, once its answer is waited for: decision 0029 says
what that saves.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import httpcore

# Seconds until a host's next address is tried too (RFC 8305): one that leads nowhere would use up the timeout.
_NEXT_ADDRESS_SECONDS = 0.25
# What comes while nobody waits is no answer. asyncio hands over a quarter of this at once, and a read takes its turn.
MAX_UNREAD_BYTES = 1024 * 1024


class AsyncioStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection to a server; what is written is sent by the next read."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._unsent, self._received = bytearray(), bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what sends and closes."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came until it is read."""
        self._received += data
        if len(self._received) > MAX_UNREAD_BYTES:
            self._transport.abort()
        self._wake_reader()

    def eof_received(self) -> None:
        """Note that no more will come; the transport closes itself."""
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is over, and what broke it."""
        self._is_over, self._error = True, exc
        self._wake_reader()

    def _wake_reader(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - httpcore's
        """Keep a part of a request until its answer is waited for."""
        self._unsent += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Send what was written, and return what comes; nothing at the end."""
        if self._unsent and not self._is_over:
            self._transport.write(bytes(self._unsent))
            self._unsent.clear()
        if not self._received and not self._is_over:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(timeout):
                    await self._waiter
            except TimeoutError as error:
                raise httpcore.ReadTimeout from error
        if self._error and not self._received:
            raise httpcore.ReadError(str(self._error)) from self._error
        data = bytes(self._received[:max_bytes])
        del self._received[:max_bytes]
        return data

    async def aclose(self) -> None:
        """Close the connection, whatever is still under way."""
        self._transport.close()
        # One turn, in which the server is told where that is encrypted.
        await asyncio.sleep(0)
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> AsyncioStream:
        """Encrypt the connection."""
        async with _connecting_errors(timeout):
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, self, ssl_context, server_hostname=server_hostname
            )
            # As asyncio says it where the server has hung up in that moment.
            if transport is None:
                raise ConnectionResetError
        self._transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's
        """Return whether an idle connection is of no use any more, or what the transport knows."""
        return self._is_over or bool(self._received) if info == "is_readable" else self._transport.get_extra_info(info)


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
        local_address: str | None = None,  # noqa: ARG002 - nor is this ever set
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> AsyncioStream:
        """Connect to whichever address of `host` answers first."""
        connection = asyncio.get_running_loop().create_connection(
            AsyncioStream, host, port, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS
        )
        # asyncio's race of addresses, cancelled in its midst, leaves the socket of the winner open.
        opening = asyncio.ensure_future(connection)
        async with _connecting_errors(timeout):
            try:
                return (await asyncio.shield(opening))[1]
            except asyncio.CancelledError:
                opening.add_done_callback(_abort_late)
                raise


def _abort_late(opening: asyncio.Task[tuple[asyncio.Transport, AsyncioStream]]) -> None:
    """Close a connection for which nobody waits any more."""
    if not opening.cancelled() and not opening.exception():
        opening.result()[0].abort()


@asynccontextmanager
async def _connecting_errors(seconds: float | None) -> AsyncIterator[None]:
    """Give up after `seconds`, and raise what fails as httpcore's errors."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
