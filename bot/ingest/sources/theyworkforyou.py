"""Whole days of the Parliament in Westminster, as TheyWorkForYou keeps them in bulk.

There is no search: each day asked for is fetched, and those in which the term stands are taken. A day may have been
read several times, each time under a further letter: the highest is the one to take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.errors import CorpusError
from bot.formats.theyworkforyou import LICENCE
from bot.ingest.fetching import Fetcher
from bot.ingest.sources.base import FoundDocument, SourceQuery, build_answer_error, hand_over_day
from bot.model import Publication

SUMMARY = "whole days of both Houses, in bulk; needs --since, and fetches each day"

BULK = "https://www.theyworkforyou.com/pwdata/scrapedxml"

_FOLDERS = (
    ("debates", "debates", "Commons", "House of Commons debates"),
    ("westminhall", "westminster", "Commons", "Westminster Hall debates"),
    ("lordspages", "daylord", "Lords", "House of Lords debates"),
)
_FILE = r'href="({prefix}(\d{{4}}-\d\d-\d\d)([a-z]*)\.xml)"'
_SUPERSEDED = re.compile(rb'<publicwhip\b[^>]*\blatest="no"')


def search(query: SourceQuery, fetch: Fetcher) -> Iterator[FoundDocument]:
    """Yield each day in which the term stands, a House after the other."""
    if query.since is None:
        raise CorpusError("--since", "this source has no search, only days", "say from which day on")
    for folder, prefix, house, title in _FOLDERS:
        if query.admits(None, house):
            for day, name in sorted(_list_days(f"{BULK}/{folder}/", prefix, fetch).items()):
                if query.admits(day):
                    content = fetch(f"{BULK}/{folder}/{name}").content
                    matches = content.decode("utf-8", "replace").casefold().count(query.term.casefold())
                    if matches and not _SUPERSEDED.search(content[:1000]):
                        stated = Publication(title=f"{title}, {day}", publisher="Hansard", date=day, licence=LICENCE)
                        # The letter is left out of the address: a day that is read anew is the same day.
                        yield FoundDocument(f"{BULK}/{folder}/{prefix}{day}", stated, house, matches, content)


fetch = hand_over_day


def _list_days(url: str, prefix: str, fetch: Fetcher) -> dict[str, str]:
    """Return the file of each day that a folder lists: the one with the highest letter."""
    page = fetch(url).content.decode("utf-8", "replace")
    files = re.findall(_FILE.format(prefix=prefix), page)
    if not files and "<a " not in page:
        raise build_answer_error(url, "no list of files")
    return {day: name for name, day, _ in sorted(files, key=lambda file: (file[1], file[2]))}
