"""Run a command beside a real OpenSearch and a real PostgreSQL, and end as it ends.

    python -m tests.services NODES COMMAND...     NODES of OpenSearch; 0 for PostgreSQL alone
    python -m tests.services 1:2g COMMAND...      one with a heap of 2 GB, as a server has, and all processors

The command finds them by TEST_OPENSEARCH_URLS and TEST_DATABASE_URL. A service that does not
start ends the run with status 1 before the command is begun.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack

from tests.services import jars
from tests.services.cluster import Cluster
from tests.services.jars import ServiceError
from tests.services.postgres import PostgresServer


def main(servers: str, command: list[str]) -> int:
    """Return the status of `command`."""
    start = time.monotonic()
    count, _, heap = servers.partition(":")
    nodes = int(count)
    try:
        with ExitStack() as running:
            urls = running.enter_context(Cluster(nodes, jars.prepare(), heap or None)).urls if nodes else []
            server = running.enter_context(PostgresServer())
            print(f"Services are ready after {time.monotonic() - start:.1f} s.", flush=True)  # noqa: T201
            addresses = {"TEST_OPENSEARCH_URLS": ",".join(urls), "TEST_DATABASE_URL": server.url}
            return subprocess.run(command, env={**os.environ, **addresses}, check=False).returncode
    except ServiceError as error:
        print(f"services: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
