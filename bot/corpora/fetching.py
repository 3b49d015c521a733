"""A page fetched from the web: only by https, only from public addresses, only so much, so long.

A name is resolved here, every address it has is looked at, and the connection
goes to one of these very addresses, so a name that resolves otherwise a moment
later leads nowhere else. Every redirect is such a fetch anew. What is sent
tells no more than what is wanted.
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
    Resolve = Callable[[str], Sequence[str]]

MOST_BYTES = 5 * 1024 * 1024
MOST_REDIRECTS = 5
SECONDS = 20.0

_PATIENCE = 5.0
_HTTPS = 443
_ENDING_IN_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
_MOVED = frozenset({301, 302, 303, 307, 308})
_SENT = {
    "User-Agent": "on-the-record (a reader of documents for quotation)",
    "Accept": "text/html, application/pdf, text/plain, application/xml;q=0.9",
    # What came packed could be any size once unpacked.
    "Accept-Encoding": "identity",
}


class FetchError(BotError):
    """A page that was not fetched."""


class Fetched(NamedTuple):
    """What stood at `url`, the last after redirects."""

    url: str
    content: bytes


def resolved(host: str) -> Sequence[str]:
    """Return the addresses of `host`, as the system knows them."""
    found = socket.getaddrinfo(host, _HTTPS, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(written: str) -> bool:
    """Return whether an address leads to the open net, in whatever form it is wrapped.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in _unwrapped(address))


def fetched(
    url: str,
    resolve: Resolve = resolved,
    transport: httpx.BaseTransport | None = None,
    most: int = MOST_BYTES,
    seconds: float = SECONDS,
) -> Fetched:
    """Return what stands at `url`.

    Raises:
        FetchError: an address on the way is not https or not public, or what
            stands there is missing, too large or too slow.
    """
    deadline = time.monotonic() + seconds
    with httpx.Client(transport=transport, trust_env=False, timeout=_PATIENCE) as client:
        for _ in range(MOST_REDIRECTS + 1):
            found = _once(client, _checked(url), resolve, most, deadline)
            if isinstance(found, bytes):
                return Fetched(url, found)
            url = str(found)
    raise FetchError(_shown(url), f"more than {MOST_REDIRECTS} redirects", "use the last address")


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise FetchError(
            _shown(url), "no web address", "use one that begins with https://"
        ) from None
    if parsed.scheme != "https" or not parsed.host:
        raise FetchError(_shown(url), "not https", "use an address that begins with https://")
    if parsed.userinfo or parsed.port not in (None, _HTTPS):
        remedy = "use a plain address, without a name or a port"
        raise FetchError(_shown(url), "a name or a port in the address", remedy)
    return parsed


def _once(
    client: httpx.Client, url: httpx.URL, resolve: Resolve, most: int, deadline: float
) -> bytes | httpx.URL:
    """Return what stands at `url`, or where it has moved to."""
    pinned = url.copy_with(host=_address(url.host, resolve))
    request = client.build_request(
        "GET",
        pinned,
        headers={**_SENT, "Host": url.netloc.decode("ascii")},
        # The certificate must be that of the name, whatever the address.
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    try:
        response = client.send(request, stream=True)
        try:
            return _moved(response, url) or _body(response, url, most, deadline)
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        fact = f"not fetched ({type(error).__name__})"
        raise FetchError(_shown(str(url)), fact, "try again later, or save the page") from error


def _address(host: str, resolve: Resolve) -> str:
    """Return an address of `host`, all of which are public."""
    try:
        found = resolve(host)
    except (OSError, UnicodeError) as error:
        raise FetchError(host, "no such host", "check the address") from error
    if not found or not all(map(is_public, found)):
        raise FetchError(host, "not a public address", "save the page, and add the file")
    return found[0]


def _moved(response: httpx.Response, url: httpx.URL) -> httpx.URL | None:
    if response.status_code not in _MOVED:
        return None
    return url.join(response.headers.get("Location", ""))


def _body(response: httpx.Response, url: httpx.URL, most: int, deadline: float) -> bytes:
    place = _shown(str(url))
    if response.status_code != httpx.codes.OK:
        raise FetchError(place, f"the site answers {response.status_code}", "check the address")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError(place, "the site sends it packed", "save the page, and add the file")
    found = bytearray()
    for part in response.iter_raw():
        found += part
        if len(found) > most:
            raise FetchError(place, f"more than {most:,} bytes", "save a part of it, and add that")
        if time.monotonic() > deadline:
            raise FetchError(place, "it takes too long", "try again later, or save the page")
    return bytes(found)


def _unwrapped(address: Address) -> tuple[Address, ...]:
    """Return `address` and, where it is a wrapper, what it wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    # The last 32 bits are an IPv4 address: behind a translator, or in the oldest form.
    behind = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    translated = behind if any(address in network for network in _ENDING_IN_IPV4) else None
    wrapped = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), translated)
    within = tuple(each for each in wrapped if each is not None)
    # A mapped address is no IPv6 address in its own right.
    return within if address.ipv4_mapped else (address, *within)


def _shown(url: str) -> str:
    """Return `url` as it can be told on one line, without whatever may be secret in it."""
    plain = url.partition("?")[0].rpartition("@")[2] if "@" in url else url.partition("?")[0]
    return ascii(plain[:200])[1:-1]
