"""A reading list turned into documents: fetched, read apart, added; each by itself.

What cannot be had is told and passed over; whatever is in the corpus already,
by its address, is left alone.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from bot.corpora import sandbox
from bot.corpora.adding import Addition, Facts, Read, made, write
from bot.corpora.fetching import fetched
from bot.corpora.sniffing import suffix
from bot.errors import BotError, CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from bot.corpora.fetching import Fetched
    from bot.corpora.reading_list import Source

    Fetch = Callable[[str], Fetched]


class Outcome(NamedTuple):
    """What became of one source: an addition, or why there is none."""

    source: Source
    added: Addition | None = None
    why: BotError | None = None


def from_web(
    folder: Path,
    url: str,
    facts: Facts | None = None,
    document_id: str | None = None,
    fetch: Fetch = fetched,
) -> Addition:
    """Return what adding the page at `url` to the corpus in `folder` would write.

    Raises:
        FetchError: the page was not fetched.
        CorpusError: it cannot be read, or not be added.
    """
    last, content = fetch(url)
    kind = suffix(content)
    if kind is None:
        raise CorpusError(url, "no format reads what stands there", "save it as text, and add that")
    document, report, *_ = sandbox.parsed(f"page{kind}", content)
    read = Read(kind, content, document, report)
    if kind == ".xml":
        # A parliament's file says all this of itself, and has no header to say it in.
        return made(folder, read, document_id=document_id or PurePosixPath(last).stem)
    own = document.url or last.partition("#")[0]
    given = Facts(**{"url": own, **(facts or Facts()).given})  # type: ignore[arg-type]
    return made(folder, read, given, document_id)


def collected(
    folder: Path, sources: Sequence[Source], there: Collection[str], fetch: Fetch = fetched
) -> Iterator[Outcome]:
    """Yield what becomes of each of `sources` that has an address and is not `there` by it."""
    for source in sources:
        if source.url is None or source.url in there:
            continue
        facts = Facts(title=source.title, publisher=source.who, date=source.date, url=source.url)
        try:
            added = from_web(folder, source.url, facts, fetch=fetch)
            write(added)
        except BotError as error:
            yield Outcome(source, why=error)
        else:
            yield Outcome(source, added)
