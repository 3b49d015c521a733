"""A real cluster that dies, hangs, forgets and comes back: the right hits or an error, never silence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from opensearchpy import OpenSearch

from bot.analysis import Analyser
from bot.errors import SearchError
from bot.model import Passage
from bot.search import Query, bm25, opensearch
from bot.search.opensearch import client as client_module
from bot.search.opensearch import index as index_module
from bot.search.opensearch.engine import IndexBuilder, OpenSearchIndex
from tests.invented_debate import passages
from tests.services import jars
from tests.services.cluster import Cluster

pytestmark = [pytest.mark.services, pytest.mark.timeout(300)]

ENGLISH = Analyser("english")
LINES = passages(*(f"The ferry number {number} sails at {number}.{number % 7} past noon." for number in range(60)))
QUERY = Query({"ferri": 1.0, "15.1": 2.0, "noon": 0.5}, (("ferri", "number"),))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a cluster of three that a test may break; the next finds it whole."""
    with Cluster(3, jars.prepare()) as running:
        yield running


@pytest.fixture(autouse=True)
def _whole(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OPENSEARCH_URL", ",".join(cluster.urls))
    monkeypatch.setattr(client_module, "_PAUSE_SECONDS", 0.2)
    yield
    for name in cluster.names:
        if name in cluster.processes:
            cluster.wake(name)
        else:
            cluster.start_node(name)
    # Copies are made again a minute after a node left, which no test needs.
    cluster.wait(3, "yellow")


def build(lines: Sequence[Passage] = LINES, **options: Any) -> OpenSearchIndex:
    return opensearch.build(lines, ENGLISH, opensearch.Options(**{"prefix": "faults", "timeout": 1.0} | options))


def raw(cluster: Cluster) -> OpenSearch:
    return OpenSearch(hosts=cluster.urls, timeout=30)


def numbers(index: OpenSearchIndex) -> list[int] | str:
    """Return the paragraphs found, or why there are none."""
    try:
        return [hit.passage.paragraph for hit in index.search(QUERY, 20)]
    except SearchError as error:
        return error.fact


def ask(index: OpenSearchIndex, count: int) -> tuple[list[list[int] | str], float]:
    """Return what `count` questions found, and how long the slowest waited."""
    slowest, results = 0.0, []
    for _ in range(count):
        start = time.perf_counter()
        results.append(numbers(index))
        slowest = max(slowest, time.perf_counter() - start)
        time.sleep(0.02)
    return results, slowest


def wait_until(is_so: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_node_that_dies_costs_no_hit_that_has_a_copy(cluster: Cluster) -> None:
    index = build(shards=3, copies=1)
    whole = numbers(index)

    cluster.kill(cluster.names[0])
    results, slowest = ask(index, 60)

    assert len(whole) == 20
    assert all(result == whole or isinstance(result, str) for result in results)
    assert results[-30:] == [whole] * 30
    assert slowest < 4


def test_a_shard_without_a_copy_that_is_lost_is_an_error(cluster: Cluster) -> None:
    build(shards=3, copies=1)
    # What was set before is no longer so.
    index = build(shards=3, copies=0)
    whole = numbers(index)

    cluster.kill(cluster.names[2])
    lost, _ = ask(index, 20)
    cluster.start_node(cluster.names[2])
    wait_until(lambda: numbers(index) == whole)

    # Never fewer hits than there are.
    assert {str(result) for result in lost} <= {
        str(whole),
        "answered 500",
        "answered 503",
        "it failed a moment ago",
        "not reached",
    }
    assert any(result != whole for result in lost)


def test_a_node_that_hangs_is_an_error_within_the_time_and_then_let_be(cluster: Cluster) -> None:
    index = build(shards=3, copies=1)
    whole = numbers(index)

    cluster.hang(cluster.names[1])
    results, slowest = ask(index, 100)
    cluster.wake(cluster.names[1])
    wait_until(lambda: numbers(index) == whole)

    assert {str(result) for result in results} <= {
        *(str(whole), "no answer in time", "it failed a moment ago", "not every shard answered", "not reached"),
        *("answered 503", "answered 500", "answered 429"),
    }
    # One search that waits its second, and a second try of one that failed otherwise.
    assert slowest < 3


def test_two_of_three_nodes_dead_are_an_error_and_the_cluster_is_well_again_by_itself(cluster: Cluster) -> None:
    index = build(shards=3, copies=1)
    whole = numbers(index)

    for name in cluster.names[:2]:
        cluster.kill(name)
    results, slowest = ask(index, 40)
    for name in cluster.names[:2]:
        cluster.start_node(name)
    wait_until(lambda: numbers(index) == whole)

    assert all(result == whole or isinstance(result, str) for result in results)
    assert slowest < 4


def test_an_index_that_was_deleted_is_an_error_and_is_built_again(cluster: Cluster) -> None:
    index = build()
    whole = numbers(index)

    raw(cluster).indices.delete(index="faults-*")

    assert numbers(index) == "the index is not there"
    wait_until(lambda: numbers(index) == whole)


def test_builders_at_once_build_one_index(cluster: Cluster) -> None:
    async def build_twice() -> tuple[OpenSearchIndex, OpenSearchIndex]:
        return await asyncio.gather(asyncio.to_thread(build, copies=0), asyncio.to_thread(build, copies=0))

    raw(cluster).indices.delete(index="faults-*")
    indexes = asyncio.run(build_twice())

    assert numbers(indexes[0]) == numbers(indexes[1])
    assert len(raw(cluster).indices.get(index="faults-*")) == 1


def test_an_index_left_half_built_is_built_again(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = numbers(build())
    raw(cluster).indices.delete(index="faults-*")

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(client_module.Cluster, "finish_index", die)
    with pytest.raises(KeyboardInterrupt):
        build()
    monkeypatch.undo()
    monkeypatch.setenv("OPENSEARCH_URL", ",".join(cluster.urls))

    assert numbers(build()) == whole


def test_documents_that_are_missing_are_sent_again(cluster: Cluster) -> None:
    whole = numbers(build())
    [name] = raw(cluster).indices.get(index="faults-*")
    for number in range(30):
        raw(cluster).delete(index=name, id=str(number), routing="p0", refresh=True)

    assert numbers(build()) == whole


def test_a_complete_index_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    first = build()

    def die(_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(IndexBuilder, "build", die)
    second = build()

    assert numbers(second) == numbers(first)
    assert [second.idf(stem) for stem in ("ferri", "15.1", "zebra")] == [
        first.idf(stem) for stem in ("ferri", "15.1", "zebra")
    ]


def test_what_nobody_used_for_a_week_is_removed(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    build(LINES[:30])
    monkeypatch.setattr(index_module, "get_today", lambda: "2031-01-01")
    used_later = build(LINES[:40])
    monkeypatch.setattr(index_module, "get_today", lambda: "2020-01-01")
    build(LINES[:50])
    count = len(raw(cluster).indices.get(index="faults-*"))
    monkeypatch.undo()
    monkeypatch.setenv("OPENSEARCH_URL", ",".join(cluster.urls))

    index = build(LINES[:45])

    assert len(raw(cluster).indices.get(index="faults-*")) == count
    assert numbers(index)
    assert numbers(used_later)


def test_as_many_stems_and_pairs_are_searched_as_the_server_takes() -> None:
    words = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300)]
    found = passages(" ".join(words))
    index = build(found)
    stems = [word.stem for word in ENGLISH.content_words(" ".join(words))]

    query = Query(dict.fromkeys([*stems, "zebra"], 1.0), tuple(pairwise(stems)))
    [expected] = bm25.build(found, ENGLISH, bm25.Options()).search(query, 5)

    [hit] = index.search(query, 5)

    assert hit.score == pytest.approx(expected.score, rel=1e-5)
    # What is shared is told of every stem, though only so many are searched.
    assert hit.matched_stems == expected.matched_stems == set(stems)


async def test_a_search_in_the_event_loop_is_a_defect() -> None:
    index = await asyncio.to_thread(build)

    with pytest.raises(RuntimeError, match="event loop"):
        index.search(QUERY, 1)
