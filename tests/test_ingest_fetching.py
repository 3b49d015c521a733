"""Pages are fetched from public addresses by https alone; here every one is on loopback."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from bot.curator_commands import build_fetch
from bot.ingest import fetching
from bot.ingest.fetching import FetchError, fetch_page, is_public_address
from bot.settings import Settings
from tests.fake_record.server import ToLoopback

BOMB = gzip.compress(b"x" * 50_000_000)
PUBLIC = "93.184.215.14"
HOSTS: dict[str, Sequence[str]] = {
    "news.example": [PUBLIC],
    "both.example": [PUBLIC, "10.0.0.7"],
    "home.example": ["127.0.0.1"],
    "none.example": [],
}


class Site(BaseHTTPRequestHandler):
    """What stands at each path; `asked` holds each request's host and path."""

    asked: list[tuple[str, str]]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        asked: list[tuple[str, str]] = self.server.asked  # type: ignore[attr-defined]
        asked.append((self.headers["Host"], self.path))
        assert "Cookie" not in self.headers
        assert self.headers["Accept-Encoding"] == "gzip"
        assert self.headers["User-Agent"].startswith("on-the-record")
        getattr(self, self.path.partition("?")[0].strip("/").partition("/")[0])()

    def page(self) -> None:
        self._send(200, b"<html>words</html>")

    def large(self) -> None:
        self._send(200, b"x" * 3000)

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 100)
                time.sleep(0.02)
        except OSError:
            return

    def packed(self) -> None:
        self._send(200, b"\x1f\x8b", {"Content-Encoding": "br"})

    def small(self) -> None:
        self._send(200, gzip.compress(b"<html>words</html>"), {"Content-Encoding": "gzip"})

    def bomb(self) -> None:
        self._send(200, BOMB, {"Content-Encoding": "gzip"})

    def torn(self) -> None:
        self._send(200, gzip.compress(b"words" * 99)[:-9], {"Content-Encoding": "gzip"})

    def garbled(self) -> None:
        self._send(200, b"no gzip at all", {"Content-Encoding": "gzip"})

    def challenge(self) -> None:
        self._send(200, b"Just a moment...", {"cf-mitigated": "challenge"})

    def forbidden(self) -> None:
        self._send(403, b"no")

    def gone(self) -> None:
        self._send(404, b"no")

    def loop(self) -> None:
        self._send(302, b"", {"Location": "/loop"})

    def to(self) -> None:
        self._send(301, b"", {"Location": self.path.removeprefix("/to/")})

    def cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"few")

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Wire(fetching.Network):
    """The network, but for where its requests end."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def resolve(self, host: str) -> Sequence[str]:
        return HOSTS[host]

    def open_transport(self) -> httpx.BaseTransport:
        return self._transport


class Web:
    """The site, and the way to it."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.transport = ToLoopback(server.server_port)

    @property
    def asked(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = self.server.asked  # type: ignore[attr-defined]
        return found

    def get(self, url: str, **given: Any) -> Any:
        return fetch_page(url, lambda host: HOSTS[host], self.transport, **given)


@pytest.fixture
def web() -> Iterator[Web]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    server.asked = []  # type: ignore[attr-defined]
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    yield Web(server)
    server.shutdown()
    running.join()
    server.server_close()


def test_a_page_is_fetched_from_the_address_that_was_looked_at(web: Web) -> None:
    found = web.get("https://news.example/page?x=1")

    assert found == ("https://news.example/page?x=1", b"<html>words</html>", "")
    assert web.asked == [("news.example", "/page?x=1")]
    assert web.transport.meant == [(PUBLIC, "news.example")]


@pytest.mark.parametrize("where", ["https://news.example/page", "//news.example/page", "/page"])
def test_a_redirect_is_followed_and_the_last_address_told(web: Web, where: str) -> None:
    assert web.get(f"https://news.example/to/{where}").url == "https://news.example/page"


@pytest.mark.parametrize(
    "where",
    [
        "https://home.example/page",
        "https://both.example/page",
        "https://127.0.0.1/page",
        "https://[::1]/page",
        "https://169.254.169.254/latest",
        "http://news.example/page",
        "https://news.example:8443/page",
        "https://me:secret@news.example/page",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_anything_else_is_not_followed(web: Web, where: str) -> None:
    hosts = HOSTS | {"127.0.0.1": ["127.0.0.1"], "::1": ["::1"], "169.254.169.254": ["169.254.169.254"]}
    with pytest.raises(FetchError) as caught:
        fetch_page(f"https://news.example/to/{where}", lambda host: hosts[host], web.transport)

    assert [path for _, path in web.asked] == [f"/to/{where}"]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://news.example/page", "not https"),
        ("https://", "not https"),
        ("news.example", "not https"),
        ("https://news.example:80/page", "the address contains a user name or a port"),
        ("https://a:b@news.example/page", "the address contains a user name or a port"),
        ("https://home.example/page", "not a public address"),
        ("https://both.example/page", "not a public address"),
        ("https://none.example/page", "not a public address"),
        ("https://news.example/gone", "the site answered 404"),
        ("https://news.example/loop", "more than 5 redirects"),
        ("https://news.example/packed", "the response is compressed in a way nobody asked for"),
        ("https://news.example/bomb", "more than 2,000 bytes"),
        ("https://news.example/torn", "the compressed response is cut short"),
        ("https://news.example/garbled", "not fetched (error)"),
        ("https://news.example/challenge", "asks for a browser; open it yourself and add the file"),
        ("https://news.example/forbidden", "answered 403; open it yourself and add the file"),
        ("https://news.example/large", "more than 2,000 bytes"),
        ("https://news.example/cut", "not fetched (RemoteProtocolError)"),
        ("https://exa mple/\0", "not a web address"),
        ("https://xn--a.example", "not a web address"),
        ("https://[::1", "not a web address"),
    ],
)
def test_what_may_not_or_cannot_be_fetched_is_told_in_a_line(web: Web, url: str, told: str) -> None:
    with pytest.raises(FetchError) as caught:
        web.get(url, max_bytes=2000)

    assert told in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_compressed_page_is_decompressed(web: Web) -> None:
    assert web.get("https://news.example/small").content == b"<html>words</html>"


def test_a_decompression_bomb_takes_no_more_memory_than_a_page_may(web: Web) -> None:
    tracemalloc.start()
    with pytest.raises(FetchError, match="more than 2,000 bytes"):
        web.get("https://news.example/bomb", max_bytes=2000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5_000_000


def test_a_site_that_never_ends_is_given_up(web: Web) -> None:
    began = time.monotonic()

    with pytest.raises(FetchError, match="it took longer than allowed"):
        web.get("https://news.example/endless", seconds=0.2)

    assert time.monotonic() - began < 5


def test_this_machine_s_own_name_is_looked_up_and_refused() -> None:
    with pytest.raises(FetchError, match="localhost: not a public address; save the page"):
        fetch_page("https://localhost/page")


def test_a_name_that_nobody_knows_is_told(web: Web) -> None:
    def unknown(host: str) -> Sequence[str]:
        raise OSError(host)

    with pytest.raises(FetchError, match="unknown host"):
        fetch_page("https://news.example/page", unknown, web.transport)


def test_a_name_that_resolves_otherwise_a_moment_later_leads_nowhere_else(web: Web) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])

    fetch_page("https://news.example/page", lambda _: next(answers), web.transport)

    assert web.transport.meant == [(PUBLIC, "news.example")]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (PUBLIC, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:93.184.215.14", True),
        *((private, False) for private in (
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.1.1.1", "169.254.169.254",
            "172.16.0.1", "192.0.0.1", "192.168.1.1", "198.18.0.1", "203.0.113.5", "224.0.0.1",
            "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
            "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
            "2002:0a00:0001::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fc00::1", "fd12::1",
            "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1", "localhost", "2130706433",
            "0x7f.1", "0177.0.0.1", "", "127.0.0.1:80",
        )),
    ],
)  # fmt: skip
def test_an_address_is_public_or_not_however_it_is_wrapped(address: str, *, public: bool) -> None:
    assert is_public_address(address) is public


def test_the_commands_fetch_no_more_and_no_longer_than_the_settings_say(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Settings(fetch=True, fetch_bytes=300, fetch_seconds=0.2)
    monkeypatch.setattr(fetching, "network", Wire(web.transport))

    fetch = build_fetch(chosen)

    with pytest.raises(FetchError, match="more than 300 bytes"):
        fetch("https://news.example/large")
    with pytest.raises(FetchError, match=r"more than 300 bytes|longer than allowed"):
        fetch("https://news.example/endless")
