"""A corpus whose texts and passages lie with its index: what a process holds of it, and how it reads the rest.

`catalogue` is what is counted of all passages once, and held. `documents` and `passages` are sequences that read what
is asked for from a `RecordStore`, and let it go again. `views` is what others ask of a corpus, wherever it lies.
"""

from bot.corpus.stored.catalogue import Catalogue, CatalogueBuilder, SourceWords
from bot.corpus.stored.documents import StoredDocuments
from bot.corpus.stored.passages import StoredPassages, Tally
from bot.corpus.stored.records import RecordStore, list_tokens
from bot.corpus.stored.views import (
    count_unnamed,
    find_latest_sides,
    find_similar_passages,
    group_by_document_id,
    group_by_sha256,
    leave_out_equal,
    list_divisions,
    list_passages,
    list_voices,
    select_documents,
    tally_passages,
)

__all__ = [
    "Catalogue",
    "CatalogueBuilder",
    "RecordStore",
    "SourceWords",
    "StoredDocuments",
    "StoredPassages",
    "Tally",
    "count_unnamed",
    "find_latest_sides",
    "find_similar_passages",
    "group_by_document_id",
    "group_by_sha256",
    "leave_out_equal",
    "list_divisions",
    "list_passages",
    "list_tokens",
    "list_voices",
    "select_documents",
    "tally_passages",
]
