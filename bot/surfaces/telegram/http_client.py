"""The library's HTTP client: calls by asyncio's own connections, and answers checked before they are used.

The library indexes any answer as if it were the Bot API's, so an odd one, which a server or a proxy may send at any
time, would be a defect of ours. Here it is a failed call, to be made again.

anyio, by which httpcore connects otherwise, stops and starts reading around each read, and lets the event loop turn at
each write; httpcore writes the head and the body of a request separately. Here a request is sent in one piece when its
answer is awaited: decision 0029 says what that saves.
"""

from __future__ import annotations

import asyncio
import json
import math
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, cast
from urllib.request import getproxies

import httpcore
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

# Seconds until a host's next address is tried too (RFC 8305): one that leads nowhere would use up the timeout.
_NEXT_ADDRESS_SECONDS = 0.25
# A connection with more unread is ended, since that is no answer: asyncio hands over a quarter of it at once, and a
# read follows.
MAX_UNREAD_BYTES = 1024 * 1024

# Statuses by which the library holds the token to be refused, which ends the bot; a proxy's page may have them too.
_TOKEN_REFUSALS = frozenset({401, 404})
_DEFAULT = BaseRequest.DEFAULT_NONE
# Timeouts in seconds of a call that sets none: the library's own.
_TIMEOUTS = {"write": 5.0, "connect": 5.0, "pool": 1.0}
# JSON is the cheapest body that the Bot API takes: encoding an answer as a form took 5 % of what the answer cost.
_HEADERS = (
    (b"User-Agent", BaseRequest.USER_AGENT.encode("ascii")),
    (b"Accept", b"*/*"),
    (b"Content-Type", b"application/json"),
)
# How long an idle connection is kept, in seconds: httpx's own default.
_KEPT_SECONDS = 5.0
# Failures of httpcore, besides timeouts, that are raised as the library's NetworkError.
_FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol)
# How long one response's date serves: reading every date took a hundredth of an answer's CPU, and a question is stale
# only after minutes.
_NOTED_SECONDS = 60.0
# No wait in seconds and no chat id is larger: the Bot API promises 53 bits.
_LARGEST_NUMBER = 1 << 53


class AsyncioStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection to a server; the next read sends what was written."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._unsent, self._received = bytearray(), bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, which sends and closes."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep the data until it is read."""
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
        """Let a `read` that waits go on."""
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - httpcore's
        """Keep a part of a request until its answer is awaited."""
        self._unsent += buffer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Send what was written, wait until something comes, and return up to `max_bytes` of it; nothing at the end."""
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
        # One turn of the loop, in which an encrypted connection tells the server that it ends.
        await asyncio.sleep(0)
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> AsyncioStream:
        """Encrypt this connection, and return it."""
        async with _connecting_errors(timeout):
            transport = await asyncio.get_running_loop().start_tls(
                self._transport, self, ssl_context, server_hostname=server_hostname
            )
            # None is what asyncio returns if the server has just hung up.
            if transport is None:
                raise ConnectionResetError
        self._transport = transport
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's
        """Return what the transport knows; of `is_readable`, whether an idle connection can no longer be used."""
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
        # If asyncio's race of addresses is cancelled half way, the winner's socket stays open.
        opening = asyncio.ensure_future(connection)
        async with _connecting_errors(timeout):
            try:
                return (await asyncio.shield(opening))[1]
            except asyncio.CancelledError:
                opening.add_done_callback(_abort_late)
                raise


def _abort_late(opening: asyncio.Task[tuple[asyncio.Transport, AsyncioStream]]) -> None:
    """Close the connection that was opened, if it was: nobody waits for it any more."""
    if not opening.cancelled() and not opening.exception():
        opening.result()[0].abort()


@asynccontextmanager
async def _connecting_errors(seconds: float | None) -> AsyncIterator[None]:
    """Give up after `seconds`, and raise failures as httpcore's errors."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


class ServerClock:
    """The time by the Bot API server, which dates messages by the same clock; this machine's until it has answered."""

    def __init__(self, clock: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        # The server's time minus the monotonic clock, which nobody can set.
        self._difference: float | None = None
        self._noted_until = -math.inf

    def read_time(self) -> float:
        """Return the time now, in seconds since 1970."""
        return self._clock() if self._difference is None else self._monotonic() + self._difference

    def note_date(self, date: str) -> None:
        """Take the time from a response's `date`, to the second, once a minute; an invalid one changes nothing."""
        if self._monotonic() < self._noted_until:
            return
        try:
            sent_at = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        self._difference = sent_at - self._monotonic()
        self._noted_until = self._monotonic() + _NOTED_SECONDS


class CheckedRequest(HTTPXRequest):
    """Calls the Bot API, and reads the time off each answer into `clock`.

    A call goes straight to httpcore, which has the connections. httpx above it adds more than a third to what a call
    costs, for cookies and redirects, which the Bot API does not use. Files, proxies and a login in the address are left
    to httpx.
    """

    def __init__(self, pool_size: int, read_timeout: float, clock: ServerClock, ssl_context: ssl.SSLContext) -> None:
        kwargs = {"verify": ssl_context, "event_hooks": {"response": [self._note_response]}}
        super().__init__(connection_pool_size=pool_size, read_timeout=read_timeout, httpx_kwargs=kwargs)
        self._clock, self._ssl_context, self._pool_size = clock, ssl_context, pool_size
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def initialize(self) -> None:
        """Get ready for calls, again after `shutdown` too."""
        await super().initialize()
        if self._pool is None and not getproxies():
            self._pool = httpcore.AsyncConnectionPool(
                self._ssl_context,
                max_connections=self._pool_size,
                keepalive_expiry=_KEPT_SECONDS,
                network_backend=AsyncioBackend(),
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        pool, self._pool = self._pool, None
        if pool:
            await pool.aclose()
        await super().shutdown()

    async def do_request(self, url: str, method: str, *arguments: Any, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401
        """Return the status and body of an answer.

        Raises:
            NetworkError: it is no answer of the Bot API, as far as `is_answer` tells, or the connection failed.
        """
        # A GET fetches a file, which may hold anything.
        if method != "POST":
            return await super().do_request(url, method, *arguments, **options)
        request_data = options.get("request_data")
        has_login = "@" in url
        if self._pool and request_data and not request_data.contains_files and not has_login:
            status, payload = await self._post(self._pool, url, **options)
        else:
            status, payload = await super().do_request(url, method, *arguments, **options)
        if not is_answer(url.rpartition("/")[2], status, payload):
            # A call whose error has a cause counts as one that may have been carried out.
            cause = ValueError() if 200 <= status < 300 else None
            raise NetworkError(f"HTTP {status} without an answer of the Bot API") from cause
        return status, payload

    async def _post(
        self,
        pool: httpcore.AsyncConnectionPool,
        url: str,
        request_data: RequestData,
        **timeouts: Any,  # noqa: ANN401 - seconds, None, or the library's sign for a default
    ) -> tuple[int, bytes]:
        """Make a call without files by httpcore; return its status and body, and raise what the library would."""
        given = {name.removesuffix("_timeout"): value for name, value in timeouts.items() if value is not _DEFAULT}
        extensions = {"timeout": {"read": self.read_timeout, **_TIMEOUTS, **given}}
        body = json.dumps(request_data.parameters).encode("ascii")
        address, host = _parse_url(url)
        headers = [(b"Host", host), *_HEADERS]
        try:
            response = await pool.request("POST", address, headers=headers, content=body, extensions=extensions)
        except httpcore.TimeoutException as error:
            raise TimedOut from error
        except _FAILURES as error:
            raise NetworkError(f"httpcore.{type(error).__name__}: {error}") from error
        dates = (value for name, value in response.headers if name.lower() == b"date")
        self._clock.note_date(next(dates, b"").decode("latin-1"))
        return response.status, response.content

    async def _note_response(self, response: httpx.Response) -> None:
        """Take the time from a response that came by httpx."""
        self._clock.note_date(response.headers.get("Date", ""))


@lru_cache(64)  # one for each method that is called
def _parse_url(url: str) -> tuple[httpcore.URL, bytes]:
    """Return `url` as httpcore takes it, and the Host header, in which an IPv6 address has brackets."""
    parsed = httpx.URL(url)
    address = httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)
    return address, parsed.netloc


def is_answer(endpoint: str, status: int, payload: bytes) -> bool:
    """Return whether the library can read an answer to `endpoint`, or, as most of what is not JSON, refuses it itself.

    >>> is_answer("getUpdates", 200, b'{"ok": true, "result": []}'), is_answer("getMe", 200, b'{"ok": false}')
    (True, False)
    """
    try:
        answer = json.loads(payload)
    except RecursionError:
        return False
    except ValueError:
        return status not in _TOKEN_REFUSALS
    if not isinstance(answer, dict):
        return False
    if 200 <= status < 300:
        result = answer.get("result")
        is_readable = _RESULT_CHECKS.get(endpoint, lambda _: True)
        return answer.get("ok") is True and result is not None and is_readable(result)
    return _is_readable_refusal(answer) and (status not in _TOKEN_REFUSALS or answer.get("ok") is False)


def _is_readable_refusal(answer: dict[str, Any]) -> bool:
    """Return whether the parts of a refusal that are read have the types that Telegram documents."""
    description, parameters = answer.get("description"), answer.get("parameters")
    if not isinstance(description, str | None) or not isinstance(parameters, dict | None):
        return False
    numbers = [(parameters or {}).get(name, 0) for name in ("retry_after", "migrate_to_chat_id")]
    return all(type(number) is int and abs(number) < _LARGEST_NUMBER for number in numbers)


def _has_types(**types: type) -> Callable[[Any], bool]:
    """Return a check that a result is an object whose members have these types."""
    return lambda result: isinstance(result, dict) and all(type(result.get(name)) is types[name] for name in types)


def _is_message(result: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether `result` is an object with the id of a message."""
    # A message that only one member is shown has an id of another name.
    return _has_types(message_id=int)(result) or _has_types(ephemeral_message_id=int)(result)


# Checks by method of the Bot API; the results of the others are not read.
_RESULT_CHECKS: dict[str, Callable[[Any], bool]] = {
    "getMe": _has_types(id=int, is_bot=bool, first_name=str, username=str),
    "getWebhookInfo": _has_types(url=str, has_custom_certificate=bool, pending_update_count=int),
    "sendMessage": _is_message,
    "getUpdates": lambda result: isinstance(result, list),
    "getChatAdministrators": lambda result: isinstance(result, list) and all(isinstance(each, dict) for each in result),
    "getFile": _has_types(file_id=str),
}
