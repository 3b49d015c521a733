"""A cluster over HTTP: every failure is a `SearchError`, and after one the cluster is left alone for a moment.

A request in that moment fails at once, rather than hold a thread while a server hangs that others have
found hanging. Then one request is let through, and its answer decides for all.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionTimeout,
    NotFoundError,
    OpenSearchException,
    SSLError,
    TransportError,
)
from opensearchpy.exceptions import ConnectionError as UnreachableError

from bot.errors import SearchError, SettingsError

Result = TypeVar("Result")
Body = Mapping[str, Any]

VARIABLES = ("OPENSEARCH_URL", "BONSAI_URL")
# rank_features and has_parent are in every version from 2 on.
_MIN_VERSION = 2
_DISTRIBUTION = "opensearch"
_EXISTS_ALREADY = "resource_already_exists_exception"
_TIMED_OUT, _TOO_MANY_REQUESTS = 408, 429
_BUSY = "too many requests"
# A copy of a shard takes over within a tenth of a second when a node dies, and a second try finds
# it. A third would only add to the wait.
_RETRY_SECONDS = 0.2
# How long a cluster that failed is left alone.
_PAUSE_SECONDS = 2.0
# How long to wait for the answer to one request other than a search, and for that to a merge.
_BULK_SECONDS = 60.0
_MERGE_SECONDS = 900.0
# How long to wait, in all, for a cluster that is too busy to take documents.
_BUSY_SECONDS = 120.0
_REMEDY = "see that the cluster is up, then try again"

log = logging.getLogger(__name__)


class IndexMissingError(SearchError):
    """The index is not in the cluster, or no longer."""

    def __init__(self) -> None:
        super().__init__("OpenSearch", "the index is not there", "it is built again; ask later")


class CircuitBreaker:
    """Refuses calls for `pause` seconds after one failed, then lets one through to try."""

    def __init__(self, pause: float = _PAUSE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._retry_at: float | None = None

    def run(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns; after a failure, refuse further calls for a pause.

        Raises:
            SearchError: the call failed, or another one did a moment ago.
        """
        with self._lock:
            if self._retry_at is not None and self._clock() < self._retry_at:
                raise SearchError("OpenSearch", "it failed a moment ago", _REMEDY)
            if self._retry_at is not None:
                # This one tries; others are refused until it has an answer, or for another pause.
                self._retry_at = self._clock() + self._pause
        try:
            result = call()
        except SearchError:
            with self._lock:
                self._retry_at = self._clock() + self._pause
            raise
        with self._lock:
            self._retry_at = None
        return result


class Cluster:
    """The requests that the engine makes; threads may share it."""

    def __init__(
        self,
        client: OpenSearch,
        breaker: CircuitBreaker,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._breaker = breaker
        self._sleep = sleep

    def check_version(self) -> None:
        """Check that the server is an OpenSearch that is new enough.

        Raises:
            SearchError: it is not, or does not answer.
        """
        version = self._request(lambda: dict(self._client.info()["version"]))
        number = str(version.get("number"))
        major, _, _ = number.partition(".")
        if version.get("distribution") != _DISTRIBUTION:
            raise SearchError("OpenSearch", "the server is another one", "correct OPENSEARCH_URL")
        if not major.isdecimal() or int(major) < _MIN_VERSION:
            raise SearchError("OpenSearch", f"version {number} is too old", f"install {_MIN_VERSION} or newer")

    def search(self, index: str, body: Body) -> list[dict[str, Any]]:
        """Return the hits of the search `body` from every shard of `index`; most failures are tried once more.

        Raises:
            IndexMissingError: there is no such index.
            SearchError: not every shard answered, or none in time.
        """
        return self._breaker.run(lambda: self._search_twice(index, body))

    def read_meta(self, index: str) -> dict[str, Any] | None:
        """Return the metadata of the index, or None where there is no such index."""
        try:
            return self.read_all_meta(index)[index]
        except IndexMissingError:
            return None

    def read_all_meta(self, pattern: str) -> dict[str, dict[str, Any]]:
        """Return the metadata of every index whose name fits `pattern`, by name."""
        get_mapping = self._client.indices.get_mapping
        return self._request(
            lambda: {name: entry["mappings"].get("_meta", {}) for name, entry in get_mapping(index=pattern).items()}
        )

    def write_meta(self, index: str, meta: Body) -> None:
        """Replace the metadata of the index."""
        body = {"_meta": dict(meta)}
        self._request(lambda: self._client.indices.put_mapping(index=index, body=body))

    def create_index(self, index: str, body: Body) -> None:
        """Create an index, unless it is there: several processes may build the same one."""
        try:
            self._request(lambda: self._client.indices.create(index=index, body=body, params=_allow_seconds()))
        except SearchError as error:
            if _EXISTS_ALREADY not in str(error.__cause__):
                raise

    def delete_index(self, index: str) -> None:
        """Delete an index, if it is there."""
        self._request(lambda: self._client.indices.delete(index=index, ignore_unavailable=True))

    def send(self, index: str, lines: str) -> None:
        """Index documents, in the format of the bulk API; a busy cluster is waited for.

        Raises:
            SearchError: the cluster failed, or did not take one of them.
        """
        waited = 0.0
        while True:
            refusals = self._request(lambda: self._send_once(index, lines))
            if not refusals:
                return
            if refusals != {_BUSY} or waited >= _BUSY_SECONDS:
                fact = f"documents were refused: {', '.join(sorted(refusals))}"
                raise SearchError("OpenSearch", fact, _REMEDY)
            # Doubling from half a second, as is usual; the same documents are sent again.
            pause = max(0.5, waited)
            self._sleep(pause)
            waited += pause

    def set_copies(self, index: str, copies: int) -> None:
        """Set the number of copies of each part, as far as there are nodes to hold them."""
        body = {"index": {"auto_expand_replicas": f"0-{copies}"}}
        self._request(lambda: self._client.indices.put_settings(index=index, body=body))

    def finish_index(self, index: str) -> int:
        """Merge the index, and return how many documents it holds."""
        indices, merged = self._client.indices, {"max_num_segments": 1}
        self._request(lambda: indices.refresh(index=index, params=_allow_seconds()))
        self._request(lambda: indices.forcemerge(index=index, params=merged | _allow_seconds(_MERGE_SECONDS)))
        self._request(lambda: indices.refresh(index=index, params=_allow_seconds()))
        self._request(lambda: indices.flush(index=index, params=_allow_seconds()))
        return self.count(index)

    def count(self, index: str) -> int:
        """Return how many documents the index holds."""
        return self._request(lambda: int(self._client.count(index=index)["count"]))

    def wait_for_copies(self, index: str, seconds: float) -> bool:
        """Wait up to `seconds` for every copy of every shard; return whether all are there."""
        # As a parameter the library would take the server's `timeout` for its own.
        path = f"/_cluster/health/{index}?wait_for_status=green&timeout={seconds:g}s"
        slowly = _allow_seconds(seconds + _BULK_SECONDS) | {"ignore": (_TIMED_OUT,)}
        ask = self._client.transport.perform_request
        status: str = self._request(lambda: ask("GET", path, params=slowly)["status"])
        return status == "green"

    def read_stored(self, index: str, document: str, field: str) -> str:
        """Return the one value of a stored `field` of the document with this id."""
        only = {"stored_fields": field, "_source": "false", "routing": document} | _allow_seconds()
        return self._request(lambda: str(self._client.get(index=index, id=document, params=only)["fields"][field][0]))

    def _search_twice(self, index: str, body: Body) -> list[dict[str, Any]]:
        """Search, and once more after a failure other than a timeout or a missing index."""
        try:
            return self._request(lambda: self._search_once(index, body))
        except SearchError as error:
            if isinstance(error.__cause__, ConnectionTimeout | NotFoundError):
                raise
        self._sleep(_RETRY_SECONDS)
        return self._request(lambda: self._search_once(index, body))

    def _search_once(self, index: str, body: Body) -> list[dict[str, Any]]:
        """Return the hits of `body`; raise a SearchError unless every shard answered in time."""
        answer = self._client.search(index=index, body=dict(body), params={"allow_partial_search_results": "false"})
        shards = answer["_shards"]
        # A missing shard does not count as failed: `failed` is 0, and the hits of the others come.
        if answer["timed_out"] or shards["successful"] != shards["total"]:
            raise SearchError("OpenSearch", "not every shard answered", _REMEDY)
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _send_once(self, index: str, lines: str) -> set[str]:
        """Return the kinds of errors that documents met, `_BUSY` for those to send again."""
        wanted = {"filter_path": "errors,items.*.status,items.*.error.type"}
        try:
            answer = self._client.bulk(body=lines, index=index, params=wanted | _allow_seconds())
        except TransportError as error:
            # A circuit breaker of the server's refuses a whole request.
            if error.status_code == _TOO_MANY_REQUESTS:
                return {_BUSY}
            raise
        items = [item for each in answer["items"] for item in each.values()] * answer["errors"]
        return {
            _BUSY if item["status"] == _TOO_MANY_REQUESTS else item["error"]["type"]
            for item in items
            if "error" in item
        }

    def _request(self, call: Callable[[], Result]) -> Result:
        """Return the answer to `call`, a request of the client, whose errors become ours.

        Raises:
            SearchError: the request failed, or the answer is not one of OpenSearch's.
        """
        try:
            return call()
        except NotFoundError as error:
            raise IndexMissingError from error
        except TransportError as error:
            raise SearchError("OpenSearch", *_explain(error)) from error
        except (OpenSearchException, AttributeError, LookupError, TypeError, ValueError) as error:
            # Something else has answered: a proxy with a page of its own, say.
            raise SearchError("OpenSearch", "the answer makes no sense", _REMEDY) from error


def connect(timeout: float) -> Cluster:
    """Return the cluster at the address in the environment; nothing is asked of it yet.

    Raises:
        SettingsError: there is no address, or it is malformed.
    """
    # The library logs what is searched for, at INFO even, and a page for each refusal.
    for name in ("opensearch", "opensearchpy.trace"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    hosts = _read_hosts()
    client = OpenSearch(
        hosts=hosts,
        timeout=timeout,
        # A refused connection goes to the next node; what one node answers is taken as it is.
        max_retries=max(1, len(hosts) - 1),
        retry_on_status=(),
        retry_on_timeout=False,
    )
    return Cluster(client, CircuitBreaker())


def _read_hosts() -> list[str]:
    """Return the addresses between the commas of the first variable that is set."""
    name = next((name for name in VARIABLES if os.environ.get(name)), None)
    if name is None:
        raise SettingsError(VARIABLES[0], "not set", "set it to the address of the cluster")
    hosts = [host.strip() for host in os.environ[name].split(",") if host.strip()]
    if not hosts or not all(map(_is_http_url, hosts)):
        # Never the value: it may hold a password.
        remedy = "write https://host:9200, or https://user:password@host:9200"
        raise SettingsError(name, "no address of a server", remedy)
    return hosts


def _is_http_url(url: str) -> bool:
    """Return whether `url` is an address of the web, with a host, and without a port 0."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _explain(error: TransportError) -> tuple[str, str]:
    """Return the fact and the remedy of `error`, without the server's own words, which may repeat what was asked."""
    if isinstance(error, AuthenticationException):
        return "the user or the password is refused", f"correct {VARIABLES[0]}"
    if isinstance(error, AuthorizationException):
        return "the user lacks a privilege", "let it read, write and manage its indexes"
    if isinstance(error, ConnectionTimeout):
        return "no answer in time", _REMEDY
    if isinstance(error, SSLError):
        return "the certificate is not accepted", f"correct {VARIABLES[0]} or the certificate"
    if isinstance(error, UnreachableError):
        return "not reached", _REMEDY
    return f"answered {error.status_code}", _REMEDY


def _allow_seconds(seconds: float = _BULK_SECONDS) -> dict[str, Any]:
    """Return the option that allows a request longer than a search."""
    return {"request_timeout": seconds}
