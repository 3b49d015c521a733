"""A cluster's answers, good and odd, from a server that says what a test tells it to."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, NamedTuple

import pytest

from bot.analysis import Analyser
from bot.errors import SearchError, SettingsError
from bot.search.opensearch import Options, client, index
from bot.search.opensearch.client import CircuitBreaker, Cluster, IndexMissingError, connect
from bot.search.opensearch.features import BulkDocument
from bot.search.opensearch.index import IndexPlace

GOOD = {
    "timed_out": False,
    "_shards": {"total": 3, "successful": 3, "failed": 0},
    "hits": {"hits": [{"_score": 1.5, "sort": [1.5, 7], "matched_queries": ["0"]}]},
}
LOST_SHARD = GOOD | {"_shards": {"total": 3, "successful": 2, "failed": 0}}
VERSION = {"version": {"number": "3.9.0", "distribution": "opensearch"}}


class Said(NamedTuple):
    status: int
    body: Any
    after: float = 0.0


class StubServer(ThreadingHTTPServer):
    """Says what stands in `script`, in turn, the last of it for ever; notes what it was asked.

    Where it may not answer for two seconds, it says that it failed.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Said] = []
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()


class _Handler(BaseHTTPRequestHandler):
    server: StubServer

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        script = self.server.script
        self.server.asked.append(f"{self.command} {self.path} {self.headers['Authorization']}")
        status, body, after = script.pop(0) if len(script) > 1 else script[0]
        time.sleep(after)
        if not self.server.may_answer.wait(2):
            status, body = 500, "kept waiting"
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        kind = "text/html" if isinstance(body, str) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815  as its base says

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubServer]:
    stub = StubServer()
    thread = threading.Thread(target=stub.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("OPENSEARCH_URL", f"http://bot:pass%20word@127.0.0.1:{stub.server_port}")
    yield stub
    stub.shutdown()
    thread.join()
    stub.server_close()


@pytest.fixture
def cluster(server: StubServer, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    server.script = [Said(200, GOOD)]
    monkeypatch.setattr(client, "_RETRY_SECONDS", 0.0)
    return connect(timeout=0.5)


def test_a_good_answer_is_its_hits(cluster: Cluster, server: StubServer) -> None:
    assert cluster.search("tram", {}) == GOOD["hits"]["hits"]  # type: ignore[index]
    assert server.asked == ["POST /tram/_search?allow_partial_search_results=false Basic Ym90OnBhc3Mgd29yZA=="]


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        (Said(200, LOST_SHARD), "not every shard answered"),
        (Said(200, GOOD | {"timed_out": True}), "not every shard answered"),
        (Said(503, {"error": {"type": "search_phase_execution_exception"}}), "answered 503"),
        (Said(500, "Node not connected"), "answered 500"),
        (Said(502, "<html>Bad Gateway</html>"), "answered 502"),
        (Said(429, {"error": {"type": "circuit_breaking_exception"}}), "answered 429"),
        (Said(400, {"error": {"type": "too_many_clauses"}}), "answered 400"),
        (Said(401, {}), "the user or the password is refused"),
        (Said(403, {}), "the user lacks a privilege"),
        (Said(404, {"error": {"type": "index_not_found_exception"}}), "the index is not there"),
        (Said(200, "<html>Welcome</html>"), "the answer makes no sense"),
        (Said(200, {}), "the answer makes no sense"),
        (Said(200, []), "the answer makes no sense"),
        (Said(200, GOOD | {"hits": None}), "the answer makes no sense"),
        (Said(200, '{"timed_out": fal'), "the answer makes no sense"),
        (Said(200, GOOD, 0.8), "no answer in time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_is_no_good_answer_is_an_error_and_no_silence(
    cluster: Cluster, server: StubServer, said: Said, fact: str
) -> None:
    server.script = [said]

    with pytest.raises(SearchError, match=fact):
        cluster.search("tram", {})


@pytest.mark.parametrize("said", [Said(200, LOST_SHARD), Said(503, {}), Said(500, "")])
def test_a_shard_that_moves_meanwhile_is_found_by_a_second_try(
    cluster: Cluster, server: StubServer, said: Said
) -> None:
    server.script = [said, Said(200, GOOD)]

    assert len(cluster.search("tram", {})) == 1


@pytest.mark.parametrize("said", [Said(404, {}), Said(200, GOOD, 0.8)])
def test_nothing_is_tried_again_that_would_only_make_the_asker_wait(
    cluster: Cluster, server: StubServer, said: Said
) -> None:
    server.script = [said]

    with pytest.raises(SearchError):
        cluster.search("tram", {})

    assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSEARCH_URL", "http://127.0.0.1:9")

    with pytest.raises(SearchError, match="not reached"):
        connect(timeout=0.5).search("tram", {})


def test_after_a_failure_the_cluster_is_let_be_and_then_tried_once() -> None:
    now, calls = [0.0], []
    breaker = CircuitBreaker(pause=2.0, clock=lambda: now[0])

    def call(*, fails: bool) -> int:
        calls.append(now[0])
        if fails:
            raise SearchError("OpenSearch", "not reached", "wait")
        return len(calls)

    def run(at: float, *, fails: bool = True) -> object:
        now[0] = at
        try:
            return breaker.run(lambda: call(fails=fails))
        except SearchError as error:
            return error.fact

    assert [run(0), run(1.9), run(2.0), run(3.9)] == [
        *("not reached", "it failed a moment ago"),
        *("not reached", "it failed a moment ago"),
    ]
    assert [run(4.0, fails=False), run(4.1, fails=False)] == [3, 4]
    assert calls == [0, 2.0, 4.0, 4.1]


def test_while_one_request_tries_the_others_are_refused() -> None:
    now = [0.0]
    breaker = CircuitBreaker(pause=2.0, clock=lambda: now[0])

    def fail() -> None:
        raise SearchError("OpenSearch", "not reached", "wait")

    def ask_another() -> None:
        with pytest.raises(SearchError, match="a moment ago"):
            breaker.run(lambda: None)

    with pytest.raises(SearchError, match="not reached"):
        breaker.run(fail)
    now[0] = 2.0

    breaker.run(ask_another)

    breaker.run(lambda: None)


@pytest.mark.parametrize(
    ("version", "fact"),
    [
        ({"number": "1.3.20", "distribution": "opensearch"}, "version 1.3.20 is too old"),
        ({"number": "", "distribution": "opensearch"}, "too old"),
        ({"number": "8.15.0"}, "the server is another one"),
        ({"number": "9.1.0", "distribution": "solr"}, "the server is another one"),
    ],
)
def test_a_server_that_cannot_serve_is_refused(
    cluster: Cluster, server: StubServer, version: dict[str, str], fact: str
) -> None:
    server.script = [Said(200, {"version": version})]

    with pytest.raises(SearchError, match=fact):
        cluster.check_version()


@pytest.mark.parametrize("number", ["2.0.0", "2.19.6", "3.9.0", "10.0.0"])
def test_a_server_that_can_serve_is_taken(cluster: Cluster, server: StubServer, number: str) -> None:
    server.script = [Said(200, {"version": {"number": number, "distribution": "opensearch"}})]

    cluster.check_version()


@pytest.mark.parametrize(
    "url",
    [
        "secret:9200",
        "ftp://secret",
        "https://:secret@",
        "http://host:secret",
        "http://secret:0",
        ",",
    ],
)
@pytest.mark.parametrize("name", ["OPENSEARCH_URL", "BONSAI_URL"])
def test_what_is_no_address_is_refused_by_name_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, url: str
) -> None:
    monkeypatch.setenv(name, url)

    with pytest.raises(SettingsError, match=f"^{name}: no address of a server;") as caught:
        connect(1.0)

    assert "secret" not in str(caught.value)


def test_without_an_address_the_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="OPENSEARCH_URL: not set"):
        connect(1.0)


def test_neither_words_nor_passwords_are_logged(
    cluster: Cluster, server: StubServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    for said in (Said(200, GOOD), Said(400, {"error": {"reason": "zebra"}}), Said(500, "zebra")):
        server.script = [said]
        try:
            cluster.search("tram", {"query": {"term": {"words": "zebra"}}})
        except SearchError as error:
            told.append(str(error))

    assert len(told) == 2
    logged = [*caplog.messages, *told]
    assert [line for line in logged if "zebra" in line or "word" in line] == []


def bulk(*items: tuple[int, str | None]) -> dict[str, Any]:
    answers = [{"index": {"status": status} | ({"error": {"type": error}} if error else {})} for status, error in items]
    return {"errors": any(error for _, error in items), "items": answers}


BUSY_ITEM = (429, "rejected_execution_exception")


def test_documents_are_sent_again_while_the_cluster_takes_no_more(server: StubServer) -> None:
    waits: list[float] = []
    cluster = Cluster(connect(0.5)._client, CircuitBreaker(), sleep=waits.append)  # noqa: SLF001
    server.script = [
        *(Said(429, {}), Said(200, bulk((201, None), BUSY_ITEM)), Said(200, bulk((200, None)))),
    ]

    cluster.send("tram", "{}\n")

    assert (len(server.asked), waits) == (3, [0.5, 0.5])


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        (Said(200, bulk((201, None), (400, "mapper_parsing_exception"))), "mapper_parsing"),
        (Said(200, bulk(BUSY_ITEM, (400, "strict_dynamic_mapping"))), "strict_dynamic_mapping"),
        (Said(429, {}), "too many requests"),
        (Said(500, {}), "answered 500"),
        (Said(200, {"items": []}), "makes no sense"),
    ],
)
def test_a_document_that_is_not_taken_ends_the_sending(server: StubServer, said: Said, fact: str) -> None:
    cluster = Cluster(connect(0.5)._client, CircuitBreaker(), sleep=lambda _: None)  # noqa: SLF001
    server.script = [said]

    with pytest.raises(SearchError, match=fact):
        cluster.send("tram", "{}\n")


def make_bodies(numbers: Iterable[int]) -> Iterator[BulkDocument]:
    """Yield documents of which each is a body for the bulk API."""
    for number in numbers:
        yield BulkDocument(str(number), str(number), "x" * index._BULK_BYTES)  # noqa: SLF001


def test_the_next_documents_are_made_while_the_cluster_takes_the_last(server: StubServer) -> None:
    server.script = [Said(200, bulk((201, None)))]
    server.may_answer.clear()
    place = IndexPlace(connect(5), "tram", Analyser("english"), Options())

    def answer_at_the_third() -> Iterator[BulkDocument]:
        yield from make_bodies(range(2))
        server.may_answer.set()
        yield from make_bodies(range(2, 4))

    assert place.send(answer_at_the_third()) == len(server.asked) == 4


def test_no_more_documents_are_made_when_one_is_not_taken(server: StubServer) -> None:
    server.script = [Said(200, bulk((201, None))), Said(200, bulk((400, "mapper_parsing_exception")))]
    place = IndexPlace(connect(5), "tram", Analyser("english"), Options())

    with pytest.raises(SearchError, match="mapper_parsing"):
        place.send(make_bodies(count()))

    assert len(server.asked) <= 4


def test_an_index_that_another_process_creates_is_taken_for_created(cluster: Cluster, server: StubServer) -> None:
    server.script = [Said(400, {"error": {"type": "resource_already_exists_exception"}})]
    cluster.create_index("tram", {})

    server.script = [Said(400, {"error": {"type": "illegal_argument_exception"}})]
    with pytest.raises(SearchError, match="answered 400"):
        cluster.create_index("tram", {})


def test_an_index_that_is_not_there_has_no_meta(cluster: Cluster, server: StubServer) -> None:
    server.script = [Said(404, {})]
    assert cluster.read_meta("tram") is None

    server.script = [Said(200, {"tram": {"mappings": {"_meta": {"complete": True}}}})]
    assert cluster.read_meta("tram") == {"complete": True}

    server.script = [Said(404, {})]
    with pytest.raises(IndexMissingError):
        cluster.count("tram")
