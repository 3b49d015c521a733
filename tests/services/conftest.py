"""Where the servers are that `make services` started. Their absence is a failure, not a skip."""

from __future__ import annotations

import os

import pytest


def _address(name: str) -> str:
    if not (value := os.environ.get(name)):
        pytest.fail(f"{name} is not set: run `make services`")
    return value


@pytest.fixture(scope="session")
def opensearch_urls() -> str:
    """Return the addresses of the nodes of a cluster, between commas."""
    return _address("TEST_OPENSEARCH_URLS")


@pytest.fixture(scope="session")
def database_url() -> str:
    return _address("TEST_DATABASE_URL")
