"""The seam of the sources: what a module of this room offers, and what it hands over.

A source is one module, found by its name: `gather "TERM" --source hansard` imports
`bot.ingest.sources.hansard`. Nothing else has to be touched. An archive with a search page
would be no more than this::

    def search(term: str, fetch: Fetcher) -> Iterator[FoundDocument]:
        page = json.loads(fetch(f"https://archive.example/search?q={quote(term)}").content)
        for entry in page["results"]:
            stated = Publication(title=entry["title"], date=entry["day"], url=entry["url"])
            yield FoundDocument(entry["url"], stated)

    def fetch(document: FoundDocument, fetch: Fetcher) -> FetchedFile:
        return FetchedFile(f"{document.stated.date}.html", fetch(document.url).content)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ingest.guarded_fetch import Fetcher
    from bot.model import Publication


class FoundDocument(NamedTuple):
    """A search result: where the document is, and what the source states of its publication."""

    url: str
    stated: Publication


class FetchedFile(NamedTuple):
    """A document as published: its bytes, and a name whose suffix is that of its format."""

    name: str
    content: bytes


@runtime_checkable
class Source(Protocol):
    """A module that finds documents by a term and fetches them.

    Politeness: every request goes through the `fetch` that is passed in, which alone decides
    about addresses, sizes, time and the pause between requests. A source opens no connection,
    sends requests one after the other, and asks for nothing that was not asked of it.
    """

    def search(self, term: str, fetch: Fetcher) -> Iterator[FoundDocument]:
        """Yield the documents that match `term`, in the source's own order, each address once.

        It is lazy: the next page of results is requested only when its first result is asked
        for. No match yields nothing. What the source does not state of a document stays None.

        Raises:
            FetchError: a page of results could not be fetched.
            CorpusError: a page of results is not what this source publishes.
        """

    def fetch(self, document: FoundDocument, fetch: Fetcher) -> FetchedFile:
        """Fetch one document that `search` yielded, byte for byte as published.

        Raises:
            FetchError: it could not be fetched.
        """
