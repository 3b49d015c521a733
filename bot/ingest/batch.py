"""A reading list turned into documents: fetched, read apart, added; each by itself.

What cannot be had is told and passed over; whatever is in the corpus already,
by its address, is left alone.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from bot import formats
from bot.errors import BotError, CorpusError
from bot.formats.base import AddedAs
from bot.ingest import sandbox
from bot.ingest.addition import Addition, ParsedFile, build_addition, write_addition
from bot.ingest.guarded_fetch import fetch_page
from bot.model import Publication

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from bot.ingest.guarded_fetch import Fetcher
    from bot.ingest.reading_list import ListedSource


class SourceOutcome(NamedTuple):
    """What became of one source: an addition, or why there is none."""

    source: ListedSource
    addition: Addition | None = None
    error: BotError | None = None


def prepare_from_url(
    folder: Path,
    url: str,
    stated: Publication | None = None,
    document_id: str | None = None,
    fetch: Fetcher = fetch_page,
) -> Addition:
    """Return what adding the page at `url` to the corpus in `folder` would write.

    Raises:
        FetchError: the page was not fetched.
        CorpusError: it cannot be read, or not be added.
    """
    final_url, content = fetch(url)
    file_suffix = formats.detect_suffix(content)
    if file_suffix is None:
        raise CorpusError(url, "no format reads what stands there", "save it as text, and add that")
    document, report, *_ = sandbox.parse_untrusted(f"page{file_suffix}", content)
    parsed_file = ParsedFile(file_suffix, content, document, report)
    if formats.find_added_as(file_suffix) is AddedAs.RECORD:
        # A record states its own publication and has no header to write facts in.
        return build_addition(
            folder, parsed_file, document_id=document_id or PurePosixPath(final_url).stem
        )
    page_url = document.url or final_url.partition("#")[0]
    facts = {"url": page_url} | (stated.facts if stated else {})
    return build_addition(folder, parsed_file, Publication(**facts), document_id)


def add_sources(
    folder: Path,
    sources: Sequence[ListedSource],
    present_urls: Collection[str],
    fetch: Fetcher = fetch_page,
) -> Iterator[SourceOutcome]:
    """Yield what becomes of each of `sources` that has an address not in `present_urls`."""
    for source in sources:
        if source.url is None or source.url in present_urls:
            continue
        stated = Publication(
            title=source.title, publisher=source.who, date=source.date, url=source.url
        )
        try:
            addition = prepare_from_url(folder, source.url, stated, fetch=fetch)
            write_addition(addition)
        except BotError as error:
            yield SourceOutcome(source, error=error)
        else:
            yield SourceOutcome(source, addition)
