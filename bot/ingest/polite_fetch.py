"""Polite fetching: few requests a second, growing waits, and no page that robots.txt forbids.

Whatever gathers goes through here, and from here through the guarded fetcher alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from bot.ingest.guarded_fetch import USER_AGENT, FetchedPage, Fetcher, FetchError, fetch_page

# No limit is published for the Parliament's interfaces; their clients keep to 5 or 10 a second.
REQUESTS_PER_SECOND = 5.0
TRIES = 4
FIRST_WAIT = 1.0
# A site that names a longer wait than this is tried again another day.
LONGEST_WAIT = 60.0

_BY_HAND = "open it yourself and add the file"
# Pages that are only linked to: scripts get a challenge there, and the interface has the text.
_ONLY_LINKED_TO = frozenset({"hansard.parliament.uk"})
_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS, _SERVER_ERRORS = 408, 429, range(500, 600)


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
        """Fetch `url`, as often as it takes and is allowed."""
        for attempt in range(self._tries):
            self._wait_for_turn()
            try:
                return self._fetch(url)
            except FetchError as error:
                wait = self._wait_before_retry(error, attempt)
                if wait is None:
                    raise
                self._sleep(wait)
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

    def _wait_for_turn(self) -> None:
        """Wait until the pause after the last request is over."""
        now = time.monotonic()
        if now < self._next_request:
            self._sleep(self._next_request - now)
        self._next_request = max(now, self._next_request) + self._pause

    def _wait_before_retry(self, error: FetchError, attempt: int) -> float | None:
        """Return how long to wait before the next attempt, None where there is to be none."""
        if attempt + 1 >= self._tries or not is_passing(error):
            return None
        wait: float = self._first_wait * 2**attempt
        if error.retry_after and error.retry_after.isdecimal():
            wait = max(wait, float(error.retry_after))
        return wait if wait <= LONGEST_WAIT else None


class PageFetcher:
    """A `Fetcher` of web pages: none that robots.txt forbids, and none that is only linked to."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch
        self._rules: dict[str, RobotFileParser] = {}

    def __call__(self, url: str) -> FetchedPage:
        """Fetch the page at `url`, if its site lets it be fetched."""
        host = urlsplit(url).netloc
        if host.removeprefix("www.") in _ONLY_LINKED_TO:
            raise FetchError(url, "its pages are only linked to, never fetched", _BY_HAND)
        if host not in self._rules:
            self._rules[host] = self._read_rules(host)
        if not self._rules[host].can_fetch(USER_AGENT, url):
            raise FetchError(url, "the site's robots.txt forbids it", _BY_HAND)
        return self._fetch(url)

    def _read_rules(self, host: str) -> RobotFileParser:
        """Read the robots.txt of `host`: a missing one allows everything, a refused or broken one nothing."""
        rules = RobotFileParser()
        try:
            text = self._fetch(f"https://{host}/robots.txt").content.decode("utf-8", "replace")
        except FetchError as error:
            if error.status is None:
                raise
            text = "User-agent: *\nDisallow: /" if _forbids_all(error.status) else ""
        rules.parse(text.splitlines())
        return rules


def is_passing(error: FetchError) -> bool:
    """Return whether what failed may succeed a little later."""
    return error.status in (_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS, *_SERVER_ERRORS)


def _forbids_all(status: int) -> bool:
    """Return whether a robots.txt answered with `status` forbids everything (RFC 9309, 2.3.1)."""
    return status in (401, 403, 429) or status in _SERVER_ERRORS
