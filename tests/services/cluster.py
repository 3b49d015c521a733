"""A real OpenSearch on loopback, of several nodes, each a process that can be killed or hung.

python -m tests.services.cluster 3       start three, print their addresses, end with the input
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from tests.services import jars, processes
from tests.services.jars import ServiceError

_JVM = ("-XX:+UseSerialGC", "-Xshare:auto")
# Quick to start rather than to run: three nodes and the tests share two cores.
_SMALL_HEAP, _QUICK_START = "256m", "-XX:TieredStopAtLevel=1"
_START_SECONDS = 120


class Cluster:
    """`count` nodes; which ones live is the test's to say. With a `heap` they are as quick as a server's."""

    def __init__(self, count: int, node: jars.Node, heap: str | None = None) -> None:
        self.names = [f"node{number}" for number in range(1, count + 1)]
        ports = processes.free_ports(2 * count)
        self._http = dict(zip(self.names, ports[:count], strict=True))
        self._transport = dict(zip(self.names, ports[count:], strict=True))
        self._node, self._heap = node, heap
        self._folder = Path(tempfile.mkdtemp(prefix="opensearch-"))
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def urls(self) -> list[str]:
        """The address of each node, living or not."""
        return [f"http://127.0.0.1:{port}" for port in self._http.values()]

    def start(self) -> None:
        """Start every node and wait until they have found each other."""
        for name in self.names:
            self.start_node(name)
        self.wait(len(self.names))

    def start_node(self, name: str) -> None:
        """Start one node, perhaps again; it keeps its data and its port."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        settings = {
            "cluster.name": "tests",
            "node.name": name,
            "node.processors": (os.cpu_count() or 1) if self._heap else 1,
            "network.host": "127.0.0.1",
            "http.port": self._http[name],
            "transport.port": self._transport[name],
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{p}" for p in self._transport.values()),
            "cluster.initial_cluster_manager_nodes": ",".join(self.names),
            # A desk's full disk is no reason for a test to hang.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            # With a heap this small its real use says little, and bulk requests are refused.
            "indices.breaker.total.use_real_memory": False,
            # A misspelt index is an error, not a new one.
            "action.auto_create_index": False,
        }
        heap = self._heap or _SMALL_HEAP
        jvm = _JVM if self._heap else (*_JVM, _QUICK_START)
        self.processes[name] = processes.start(
            [
                *(self._node.java, f"-Xms{heap}", f"-Xmx{heap}", *jvm),
                *("-cp", f"{self._node.jars}:{self._node.jars}/*", "SingleNode", home),
                *(f"{key}={str(value).lower()}" for key, value in settings.items()),
            ],
            home / "output.txt",
        )

    def wait(self, nodes: int, status: str = "green", seconds: float = _START_SECONDS) -> None:
        """Wait until any node says that `nodes` are there and their shards are `status`.

        Raises:
            ServiceError: a node ended by itself, or that never came about.
        """
        until = time.monotonic() + seconds
        query = f"_cluster/health?wait_for_nodes={nodes}&wait_for_status={status}&timeout=1s"
        while time.monotonic() < until:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise ServiceError(f"{name} ended: {self._tail(name)}")
            if any(health["timed_out"] is False for health in self._ask_each(query)):
                return
            time.sleep(0.1)
        raise ServiceError(f"not {status} with {nodes} nodes: {self._tail(self.names[0])}")

    def kill(self, name: str) -> None:
        """End a node as a machine that loses its power would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def hang(self, name: str) -> None:
        """Stop a node: it takes connections and says nothing."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """Let a node that hangs go on."""
        self.processes[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End every node and remove what they kept."""
        while self.processes:
            processes.stop(self.processes.popitem()[1])
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ask_each(self, query: str) -> list[dict[str, Any]]:
        answers = []
        for url in self.urls:
            with suppress(OSError, ValueError), urllib.request.urlopen(f"{url}/{query}", timeout=3) as answer:
                answers.append(json.load(answer))
        return answers

    def _tail(self, name: str) -> str:
        return processes.tail(self._folder / name / "output.txt")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


if __name__ == "__main__":
    with Cluster(int(sys.argv[1]), jars.prepare()) as cluster:
        print(*cluster.urls, flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            sys.stdin.read()
