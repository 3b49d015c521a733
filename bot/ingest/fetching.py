"""Fetching: HTTPS from public addresses alone, with size and time limits, politely, and as robots.txt allows.

A host is resolved here, all its addresses are checked, and the connection goes to one of them,
which prevents DNS rebinding. Every redirect is checked in the same way. A request says nothing
about the bot but its name. A response compressed with gzip is decompressed within the same limits.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple
from urllib.robotparser import RobotFileParser

import httpx

from bot.errors import BotError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Sequence[str]]
Fetcher = Callable[[str], "FetchedPage"]

MAX_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 5
TOTAL_SECONDS = 20.0
# No limit is published for the Parliament's interfaces; their clients keep to 5 or 10 a second.
REQUESTS_PER_SECOND = 5.0
TRIES = 4
# In seconds, after the first try; it doubles after each.
FIRST_WAIT = 1.0
# In seconds: a site that names a longer wait than this is tried again another day.
LONGEST_WAIT = 60.0

USER_AGENT = "on-the-record (a reader of documents for quotation)"

# In seconds, for each wait for the network.
_IO_TIMEOUT = 5.0
_HTTPS_PORT = 443
_IPV4_EMBEDDING_NETWORKS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html, application/json, application/pdf, text/plain, application/xml;q=0.9",
    "Accept-Encoding": "gzip",
}
# Both a gzip header and a bare zlib stream, as browsers accept them.
_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
# The header by which Cloudflare marks a page that only a browser may pass.
_CHALLENGE_HEADER = "cf-mitigated"
_BY_HAND = "open it yourself and add the file"
# Pages that are only linked to: scripts get a challenge there, and the interface has the text.
_ONLY_LINKED_TO = frozenset({"hansard.parliament.uk"})
_SERVER_ERRORS = range(500, 600)
# A timeout and "too many requests" pass, as may an error of the server's.
_PASSING_STATUSES = frozenset({408, 429, *_SERVER_ERRORS})


class FetchError(BotError):
    """A page could not be fetched; `status` and `retry_after` are the site's answer, None where it gave none."""

    def __init__(
        self, place: str, fact: str, remedy: str, status: int | None = None, retry_after: str | None = None
    ) -> None:
        super().__init__(place, fact, remedy)
        self.status = status
        self.retry_after = retry_after


class Network:
    """The way to the internet; a test replaces `network` with one that leads to loopback."""

    def resolve(self, host: str) -> Sequence[str]:
        """Resolve `host` with the operating system."""
        entries = socket.getaddrinfo(host, _HTTPS_PORT, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))

    def open_transport(self) -> httpx.BaseTransport | None:
        """Return the transport that carries requests, None for httpx's own."""
        return None


class FetchedPage(NamedTuple):
    """The content at `url`, the final address after redirects, and its media type."""

    url: str
    content: bytes
    media_type: str = ""


network = Network()


def is_public_address(text: str) -> bool:
    """Return whether an address is public, including any IPv4 address embedded in it.

    >>> [is_public_address(a) for a in ("93.184.215.14", "127.0.0.1", "::ffff:10.0.0.1")]
    [True, False, False]
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in _unwrap_address(address))


def fetch_page(
    url: str,
    resolve: Resolver | None = None,
    transport: httpx.BaseTransport | None = None,
    max_bytes: int = MAX_BYTES,
    seconds: float = TOTAL_SECONDS,
) -> FetchedPage:
    """Fetch the content at `url`.

    Raises:
        FetchError: an address on the way is not HTTPS or not public, or the content is missing,
            too large or too slow.
    """
    deadline = time.monotonic() + seconds
    resolve, transport = resolve or network.resolve, transport or network.open_transport()
    verified = _load_ssl_context()
    with httpx.Client(transport=transport, verify=verified, trust_env=False, timeout=_IO_TIMEOUT) as client:
        for _ in range(MAX_REDIRECTS + 1):
            outcome = _fetch_once(client, _parse_url(url), resolve, max_bytes, deadline)
            if isinstance(outcome, FetchedPage):
                return outcome._replace(url=url)
            url = str(outcome)
    raise FetchError(_redact_url(url), f"more than {MAX_REDIRECTS} redirects", "use the final address")


@cache
def _load_ssl_context() -> ssl.SSLContext:
    """Load the trusted authorities, once: that takes longer than fetching many a page."""
    return httpx.create_ssl_context(trust_env=False)


def _parse_url(url: str) -> httpx.URL:
    """Parse an address; refuse one that is not https, or that has a user name or a port."""
    try:
        parsed_url = httpx.URL(url)
        # A host of another alphabet is decoded only here, and may be malformed.
        has_host = bool(parsed_url.host)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError(_redact_url(url), "not a web address", "use one that begins with https://") from None
    if parsed_url.scheme != "https" or not has_host:
        raise FetchError(_redact_url(url), "not https", "use an address that begins with https://")
    if parsed_url.userinfo or parsed_url.port not in (None, _HTTPS_PORT):
        raise FetchError(_redact_url(url), "the address contains a user name or a port", "use an address without them")
    return parsed_url


def _fetch_once(
    client: httpx.Client, url: httpx.URL, resolve: Resolver, max_bytes: int, deadline: float
) -> FetchedPage | httpx.URL:
    """Return the content at `url`, or the target of its redirect."""
    pinned_url = url.copy_with(host=_resolve_public_address(url.host, resolve))
    request = client.build_request(
        "GET",
        pinned_url,
        headers={**_HEADERS, "Host": url.netloc.decode("ascii")},
        # The certificate must match the host name, since the request goes to an address.
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    try:
        response = client.send(request, stream=True)
        try:
            return _find_redirect_target(response, url) or _read_body(response, url, max_bytes, deadline)
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError, zlib.error) as error:
        fact = f"not fetched ({type(error).__name__})"
        raise FetchError(_redact_url(str(url)), fact, "try again later, or save the page and add the file") from error


def _resolve_public_address(host: str, resolve: Resolver) -> str:
    """Return an address of `host` after checking that all of them are public."""
    try:
        addresses = resolve(host)
    except (OSError, UnicodeError) as error:
        raise FetchError(host, "unknown host", "check the address") from error
    if not addresses or not all(map(is_public_address, addresses)):
        raise FetchError(host, "not a public address", "save the page and add the file")
    return addresses[0]


def _find_redirect_target(response: httpx.Response, url: httpx.URL) -> httpx.URL | None:
    """Return the address that a response redirects to; None where it does not redirect."""
    if response.status_code not in _REDIRECT_STATUSES:
        return None
    return url.join(response.headers.get("Location", ""))


def _read_body(response: httpx.Response, url: httpx.URL, max_bytes: int, deadline: float) -> FetchedPage:
    """Read a response within the limits of size and time, decompressed."""
    place = _redact_url(str(url))
    _check_response(response, place)
    is_compressed = _get_content_encoding(response) != "identity"
    decompressor = zlib.decompressobj(_GZIP_OR_ZLIB) if is_compressed else None
    body = bytearray()
    for chunk in response.iter_raw():
        body += decompressor.decompress(chunk, max_bytes + 1) if decompressor else chunk
        if len(body) > max_bytes:
            raise FetchError(place, f"more than {max_bytes:,} bytes", "save a part of it and add that")
        if time.monotonic() > deadline:
            raise FetchError(place, "it took longer than allowed", "try again later, or save the page and add the file")
    if decompressor and not decompressor.eof:
        raise FetchError(place, "the compressed response is cut short", "try again later")
    media_type = str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
    return FetchedPage(place, bytes(body), media_type)


def _check_response(response: httpx.Response, place: str) -> None:
    """Refuse a response that is no page: a challenge, an error, or compressed in a way nobody asked for."""
    status = response.status_code
    if response.headers.get(_CHALLENGE_HEADER):
        raise FetchError(place, "the site asks for a browser", _BY_HAND, status)
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise FetchError(place, f"the site answered {status}", _BY_HAND, status)
    if status != httpx.codes.OK:
        retry_after = response.headers.get("Retry-After")
        raise FetchError(place, f"the site answered {status}", "check the address", status, retry_after)
    if _get_content_encoding(response) not in ("identity", "gzip"):
        remedy = "save the page and add the file"
        raise FetchError(place, "the response is compressed in a way nobody asked for", remedy)


def _get_content_encoding(response: httpx.Response) -> str:
    """Return the encoding of the content in small letters, "identity" where no header says."""
    return str(response.headers.get("Content-Encoding", "identity")).strip().lower()


def _unwrap_address(address: Address) -> tuple[Address, ...]:
    """Return `address` and any addresses embedded in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    # NAT64 and the deprecated IPv4-compatible form have an IPv4 address in the last 32 bits.
    embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    translator_target = embedded if any(address in network for network in _IPV4_EMBEDDING_NETWORKS) else None
    candidates = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), translator_target)
    inner_addresses = tuple(each for each in candidates if each is not None)
    # A mapped address is not an IPv6 address in its own right.
    return inner_addresses if address.ipv4_mapped else (address, *inner_addresses)


def _redact_url(url: str) -> str:
    """Return `url` on one printable line, without user name and query, which may be secret."""
    redacted = url.partition("?")[0].rpartition("@")[2] if "@" in url else url.partition("?")[0]
    return ascii(redacted[:200])[1:-1]


class PoliteFetcher:
    """A `Fetcher` that keeps a pause between requests and tries again what may yet succeed.

    A server's error, a timeout and "too many requests" are tried again after a wait that doubles,
    or after the seconds that the site itself asks for.
    """

    def __init__(
        self,
        fetch: Fetcher = fetch_page,
        per_second: float = REQUESTS_PER_SECOND,
        tries: int = TRIES,
        first_wait: float = FIRST_WAIT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._fetch = fetch
        self._pause = 1 / per_second
        self._tries = tries
        self._first_wait = first_wait
        self._sleep = sleep
        self._next_request = 0.0

    def __call__(self, url: str) -> FetchedPage:
        """Fetch `url`, again while an error may pass and tries are left; raise the last error."""
        for attempt in range(self._tries - 1):
            self._wait_for_turn()
            try:
                return self._fetch(url)
            except FetchError as error:
                wait = max(self._first_wait * 2**attempt, _read_wait(error))
                if error.status not in _PASSING_STATUSES or wait > LONGEST_WAIT:
                    raise
            self._sleep(wait)
        self._wait_for_turn()
        return self._fetch(url)

    def _wait_for_turn(self) -> None:
        """Wait until the pause after the last request is over, and book the next."""
        now = time.monotonic()
        if now < self._next_request:
            self._sleep(self._next_request - now)
        self._next_request = max(now, self._next_request) + self._pause


class PageFetcher:
    """A `Fetcher` of web pages: none that robots.txt forbids, and none that is only linked to."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch
        self._rules: dict[str, RobotFileParser] = {}

    def __call__(self, url: str) -> FetchedPage:
        """Fetch the page at `url`, if its site lets it be fetched."""
        host = _parse_url(url).netloc.decode("ascii")
        if host.removeprefix("www.") in _ONLY_LINKED_TO:
            raise FetchError(url, "its pages are only linked to, never fetched", _BY_HAND)
        if host not in self._rules:
            self._rules[host] = self._read_rules(host)
        if not self._rules[host].can_fetch(USER_AGENT, url):
            raise FetchError(url, "the site's robots.txt forbids it", _BY_HAND)
        return self._fetch(url)

    def _read_rules(self, host: str) -> RobotFileParser:
        """Read the robots.txt of `host`: a missing one allows all, one refused or broken nothing; no answer raises."""
        try:
            return _parse_rules(self._fetch(f"https://{host}/robots.txt").content.decode("utf-8", "replace"))
        except FetchError as error:
            if error.status is None:
                raise
            # RFC 9309, 2.3.1.
            is_forbidden = error.status in (401, 403, 429, *_SERVER_ERRORS)
        except ValueError:
            # The parser takes "Crawl-delay: ²" for a number, and "Disallow: //[" for the beginning of an address.
            is_forbidden = True
        return _parse_rules("User-agent: *\nDisallow: /" if is_forbidden else "")


def _parse_rules(text: str) -> RobotFileParser:
    """Parse the text of a robots.txt."""
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    return rules


def _read_wait(error: FetchError) -> float:
    """Return the seconds after which the site asks to be tried again, 0 where it names none."""
    return float(error.retry_after) if error.retry_after and error.retry_after.isdecimal() else 0.0
