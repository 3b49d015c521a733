"""A real HTTP server on loopback that answers for many hosts, and a network that ends there."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from bot.ingest import fetching

if TYPE_CHECKING:
    Site = Callable[["Asked"], "Answer"]

PUBLIC_ADDRESS = "93.184.215.14"


@dataclass(frozen=True)
class Asked:
    """One request: whom it was meant for, and what it asks."""

    host: str
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"

    def get(self, name: str, default: str = "") -> str:
        return dict(self.query).get(name, default)


@dataclass(frozen=True)
class Answer:
    """What is sent back; `hang` sends nothing, and closes."""

    content: bytes = b""
    status: int = 200
    media_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False


def as_json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), status)


def as_page(content: bytes | str, status: int = 200) -> Answer:
    body = content.encode() if isinstance(content, str) else content
    return Answer(body, status, "text/html; charset=utf-8")


NOT_FOUND = as_page("<html>no such page</html>", 404)


class Record:
    """The hosts there are, what was asked of them, and faults to come.

    A fault is keyed by the number of a request, from 1, or by a part of its address.
    """

    def __init__(self, sites: dict[str, Site]) -> None:
        self.sites = sites
        self.asked: list[Asked] = []
        self.faults: dict[int | str, list[Answer]] = {}
        self.private_hosts: set[str] = set()

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        fault = self.faults.get(len(self.asked), [])
        for part, answers in self.faults.items():
            if isinstance(part, str) and part in f"{asked.url}?{asked.query}":
                fault = fault or answers
        if fault:
            return fault.pop(0) if len(fault) > 1 else fault[0]
        site = self.sites.get(asked.host)
        return site(asked) if site else NOT_FOUND


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    record: Record

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        assert self.headers["User-Agent"].startswith("on-the-record")
        answer = self.record.answer(Asked(self.headers["Host"], parts.path, query))
        if answer.hang:
            self.close_connection = True
            return
        body, headers = answer.content, dict(answer.headers)
        if "gzip" in self.headers.get("Accept-Encoding", "") and not headers:
            body, headers = gzip.compress(body, 1), {"Content-Encoding": "gzip"}
        self.send_response(answer.status)
        headers |= {"Content-Type": answer.media_type, "Content-Length": str(len(body))}
        for name, value in headers.items():
            self.send_header(name, value)
        # Whoever has read enough of what is too large goes away.
        with suppress(OSError):
            self.end_headers()
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of whoever hung up."""


class ToLoopback(httpx.BaseTransport):
    """Leads a request, wherever it is meant to go, to a server on loopback, without encryption.

    `meant` holds the address that each was meant for, and the name that its certificate would have to bear.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._wire = httpx.HTTPTransport(verify=False)  # never encrypted
        self.meant: list[tuple[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.meant.append((str(request.url.host), request.extensions["sni_hostname"]))
        assert request.url.scheme == "https"
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        sent = httpx.Request(request.method, url, headers=request.headers)
        sent.extensions = {"timeout": request.extensions["timeout"]}
        return self._wire.handle_request(sent)

    def close(self) -> None:
        self._wire.close()


class _ToRecord(ToLoopback):
    """The same, for hosts of the record alone."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.host == PUBLIC_ADDRESS
        return super().handle_request(request)


class _Network(fetching.Network):
    """The internet, as far as these sites are on it."""

    def __init__(self, record: Record, port: int) -> None:
        self._record = record
        self._port = port

    def resolve(self, host: str) -> Sequence[str]:
        if host in self._record.private_hosts:
            return ["127.0.0.1"]
        if host not in self._record.sites:
            raise OSError(host)
        return [PUBLIC_ADDRESS]

    def open_transport(self) -> httpx.BaseTransport:
        return _ToRecord(self._port)


@contextmanager
def serve(record: Record) -> Iterator[Record]:
    """Serve `record` on loopback, and let the fetcher's network end there."""
    handler = type("Handler", (_Handler,), {"record": record})
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    real, fetching.network = fetching.network, _Network(record, server.server_port)
    try:
        yield record
    finally:
        fetching.network = real
        server.shutdown()
        running.join()
        server.server_close()
