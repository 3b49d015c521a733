"""Guarded fetching: HTTPS from public addresses alone, with size and time limits.

A host is resolved here, all its addresses are checked, and the connection goes to one of them,
which prevents DNS rebinding. Every redirect is checked in the same way. A request says nothing
about the bot but its name.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

import httpx

from bot.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Resolver = Callable[[str], Sequence[str]]
    Fetcher = Callable[[str], "FetchedPage"]

MAX_BYTES = 5 * 1024 * 1024
MAX_REDIRECTS = 5
TOTAL_SECONDS = 20.0

_IO_TIMEOUT = 5.0
_HTTPS_PORT = 443
_IPV4_EMBEDDING_NETWORKS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": "on-the-record (a reader of documents for quotation)",
    "Accept": "text/html, application/pdf, text/plain, application/xml;q=0.9",
    # A compressed response could be of any size once decompressed.
    "Accept-Encoding": "identity",
}


class FetchError(BotError):
    """A page could not be fetched."""


class FetchedPage(NamedTuple):
    """The content at `url`, the final address after redirects."""

    url: str
    content: bytes


def resolve_host(host: str) -> Sequence[str]:
    """Resolve `host` with the operating system."""
    entries = socket.getaddrinfo(host, _HTTPS_PORT, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))


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
    resolve: Resolver = resolve_host,
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
    with httpx.Client(transport=transport, trust_env=False, timeout=_IO_TIMEOUT) as client:
        for _ in range(MAX_REDIRECTS + 1):
            outcome = _fetch_once(client, _parse_url(url), resolve, max_bytes, deadline)
            if isinstance(outcome, bytes):
                return FetchedPage(url, outcome)
            url = str(outcome)
    raise FetchError(_redact_url(url), f"more than {MAX_REDIRECTS} redirects", "use the final address")


def _parse_url(url: str) -> httpx.URL:
    try:
        parsed_url = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError(_redact_url(url), "not a web address", "use one that begins with https://") from None
    if parsed_url.scheme != "https" or not parsed_url.host:
        raise FetchError(_redact_url(url), "not https", "use an address that begins with https://")
    if parsed_url.userinfo or parsed_url.port not in (None, _HTTPS_PORT):
        remedy = "use an address without them"
        raise FetchError(_redact_url(url), "the address contains a user name or a port", remedy)
    return parsed_url


def _fetch_once(
    client: httpx.Client, url: httpx.URL, resolve: Resolver, max_bytes: int, deadline: float
) -> bytes | httpx.URL:
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
            return _redirect_target(response, url) or _read_body(response, url, max_bytes, deadline)
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
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


def _redirect_target(response: httpx.Response, url: httpx.URL) -> httpx.URL | None:
    if response.status_code not in _REDIRECT_STATUSES:
        return None
    return url.join(response.headers.get("Location", ""))


def _read_body(response: httpx.Response, url: httpx.URL, max_bytes: int, deadline: float) -> bytes:
    place = _redact_url(str(url))
    if response.status_code != httpx.codes.OK:
        raise FetchError(place, f"the site answered {response.status_code}", "check the address")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError(place, "the response is compressed", "save the page and add the file")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise FetchError(place, f"more than {max_bytes:,} bytes", "save part of it and add the file")
        if time.monotonic() > deadline:
            raise FetchError(place, "it took longer than allowed", "try again later, or save the page and add the file")
    return bytes(body)


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
