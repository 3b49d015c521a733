"""The webhook's HTTP server, which idle connections neither starve nor fill the log of.

Tornado's accept loop lets "too many open files" escape and is called again at once, 132,000 log lines a second, for
whoever reaches the port. Here accepting pauses, as asyncio's own server does, and few connections that send no
request are kept.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPMessageDelegate

from bot.errors import SettingsError

log = logging.getLogger(__name__)

# How long nothing is accepted once descriptors have run out.
PAUSE_SECONDS = 1.0
# How many open connections may send nothing: a fourth of the descriptors, from 4 to 256. Telegram keeps a few open
# between its pushes; of 64 descriptors a process needs some 30 for itself and the connections that it answers.
_MOST_IDLE, _LEAST_IDLE, _IDLE_SHARE = 256, 4, 4
# At most so many connections are accepted in one turn of the event loop.
_BACKLOG = 128


def count_idle_allowed(descriptors: int) -> int:
    """Return how many idle connections a process with this many descriptors keeps.

    >>> [count_idle_allowed(number) for number in (64, 1024, 1 << 20)]
    [16, 256, 256]
    """
    return max(_LEAST_IDLE, min(_MOST_IDLE, descriptors // _IDLE_SHARE))


class BoundedServer(HTTPServer):
    """Accepts until descriptors run out, then pauses; closes the connection that has been idle longest."""

    # Tornado's servers are made by a class method, and take their arguments here.
    def initialize(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - whatever tornado takes
        """Set up the server."""
        super().initialize(*arguments, **options)
        # Connections on which no whole request has come yet, the longest idle first.
        self.idle_connections: dict[Any, None] = {}
        self._has_reported = False

    @asynccontextmanager
    async def serve(self, address: tuple[str, int], setting: str, shown_address: str) -> AsyncIterator[None]:
        """Accept at `address`; on leaving refuse new connections, and answer the open.

        Raises:
            SettingsError: nothing can listen there; it names `setting` and `shown_address`.
        """
        try:
            listener = socket.create_server(address)
        except OSError as error:
            # Python adds the address to the reason.
            reason = (error.strerror or str(error)).partition(" (")[0]
            fact = f"cannot listen on {shown_address} ({reason})"
            raise SettingsError(setting, fact, "choose another port") from None
        listener.settimeout(0)
        self.add_socket(listener)
        try:
            yield
        finally:
            self.stop()
            await self.close_all_connections()

    def add_sockets(self, sockets: Iterable[socket.socket]) -> None:
        """Accept connections on `sockets`, which listen already, from now on."""
        for listener in sockets:
            self._sockets[listener.fileno()] = listener
            self._handlers[listener.fileno()] = self._accept_from(listener)

    def start_request(self, server_conn: Any, request_conn: Any) -> HTTPMessageDelegate:  # noqa: ANN401 - tornado's
        """Return the delegate for the next request of a connection, which counts as idle until that has come whole."""
        self.idle_connections[server_conn] = None
        self._close_longest_idle(count_idle_allowed(resource.getrlimit(resource.RLIMIT_NOFILE)[0]))
        return _RequestWatcher(super().start_request(server_conn, request_conn), self, server_conn)

    def on_close(self, server_conn: Any) -> None:  # noqa: ANN401 - tornado's
        """Forget a connection that was closed."""
        self.idle_connections.pop(server_conn, None)
        super().on_close(server_conn)

    def _accept_from(self, listener: socket.socket) -> Callable[[], None]:
        """Accept connections from now on, and return the function that stops it for good."""
        loop, pauses = asyncio.get_running_loop(), list[asyncio.TimerHandle]()

        def resume() -> None:
            """Accept connections, at first or again after a pause."""
            loop.add_reader(listener.fileno(), accept)

        def accept() -> None:
            """Accept the connections that wait; where that fails, pause."""
            for _ in range(_BACKLOG):
                try:
                    connection, address = listener.accept()
                except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                    return
                except OSError as error:
                    # Mostly no descriptor or no memory is left; asyncio's server pauses for the same, and as long.
                    self._report_pause(error)
                    loop.remove_reader(listener.fileno())
                    pauses[:] = [loop.call_later(PAUSE_SECONDS, resume)]
                    return
                self._handle_connection(connection, address)

        def stop() -> None:
            for pause in pauses:
                pause.cancel()
            loop.remove_reader(listener.fileno())

        resume()
        return stop

    def _report_pause(self, error: OSError) -> None:
        """Log the first pause, and close idle connections, so that descriptors are free again."""
        if not self._has_reported:
            log.warning("no connection accepted for %.0f s reason=%s", PAUSE_SECONDS, error.strerror)
            self._has_reported = True
        self._close_longest_idle(_LEAST_IDLE)

    def _close_longest_idle(self, allowed: int) -> None:
        """Close idle connections, the longest idle first, until `allowed` are left."""
        while len(self.idle_connections) > allowed:
            server_conn = next(iter(self.idle_connections))
            del self.idle_connections[server_conn]
            server_conn.stream.close()


@dataclass(slots=True)
class _RequestWatcher(HTTPMessageDelegate):
    """Passes a request on, and takes its connection off the idle ones once it is whole."""

    delegate: HTTPMessageDelegate
    server: BoundedServer
    server_conn: object

    def headers_received(self, start_line: Any, headers: Any) -> Any:  # noqa: ANN401 - tornado's
        """Pass the start of a request on."""
        return self.delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Any:  # noqa: ANN401 - tornado's
        """Pass a part of its body on."""
        return self.delegate.data_received(chunk)

    def finish(self) -> None:
        """Take the connection off the idle ones, and pass the end of the request on."""
        self.server.idle_connections.pop(self.server_conn, None)
        self.delegate.finish()

    def on_connection_close(self) -> None:
        """Pass on that the connection ended before the request did."""
        self.delegate.on_connection_close()
