"""OpenSearch as an engine: the same answers as `bm25`, from a cluster that several processes share.

The weights are those of `bm25`, computed by it and stored as features; a cluster adds them up, and
takes no part in deciding them. Only `engine` knows of passages, and only `client` of HTTP.
"""

from bot.search.opensearch.engine import Options, build, find_stored, store_corpus

__all__ = ["Options", "build", "find_stored", "store_corpus"]
