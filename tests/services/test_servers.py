"""The servers that tests start are real ones: killed, hung, and well again."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from tests.services import jars
from tests.services.cluster import Cluster
from tests.services.jars import ServiceError

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


def ask(url: str, path: str) -> Any:
    with urllib.request.urlopen(f"{url}/{path}", timeout=5) as answer:
        return json.load(answer)


def test_the_cluster_has_three_nodes_that_hold_data(opensearch_urls: str) -> None:
    health = ask(opensearch_urls.split(",", maxsplit=1)[0], "_cluster/health")

    assert (health["status"], health["number_of_data_nodes"]) == ("green", 3)


def test_a_node_that_is_killed_comes_back_where_it_was() -> None:
    with Cluster(1, jars.prepare()) as cluster:
        [url], [name] = cluster.urls, cluster.names
        cluster.kill(name)
        with pytest.raises(OSError, match="refused"):
            ask(url, "")
        cluster.start_node(name)
        cluster.wait(1)

        assert ask(url, "")["name"] == name


def test_a_node_that_hangs_says_nothing_until_it_is_woken() -> None:
    with Cluster(1, jars.prepare()) as cluster:
        [url], [name] = cluster.urls, cluster.names
        cluster.hang(name)
        with pytest.raises(TimeoutError):
            ask(url, "")
        cluster.wake(name)

        assert ask(url, "")["name"] == name


def test_a_node_that_does_not_start_is_told_with_its_last_words() -> None:
    node = jars.prepare()
    cluster = Cluster(1, node._replace(jars=node.jars / "nowhere"))

    with pytest.raises(ServiceError, match=r"node1 ended: .*SingleNode"), cluster:
        pass
