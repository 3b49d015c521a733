"""What an admin is told: what is served, and what a reload changed or why it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.replies import words
from bot.replies.about import coverage
from bot.replies.reply import Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.corpora import Difference
    from bot.model import Corpus, Side

_FINGERPRINT = 12


class Load(NamedTuple):
    """How the last load went: when, how long, after how many reloads; the most memory ever held."""

    at: datetime
    seconds: float
    reloads: int
    megabytes: float


def status(corpus: Corpus, version: str, load: Load) -> Reply:
    """Return what is served, since when, and what it took."""
    counted = words.COUNTED.format(
        documents=words.documents(len(corpus.documents)),
        passages=words.passages(len(corpus.passages)),
    )
    facts = [
        words.VERSION.format(version=version),
        words.SERVED.format(name=corpus.name, fingerprint=corpus.fingerprint[:_FINGERPRINT]),
        counted,
        coverage(corpus),
        words.LOADED.format(time=f"{load.at:%Y-%m-%d %H:%M:%S}", seconds=f"{load.seconds:.2f}"),
        words.RELOADS.format(count=load.reloads),
        words.MEMORY.format(megabytes=round(load.megabytes)),
    ]
    return Reply(((Piece(words.STATUS, Style.BOLD),), (Piece("\n".join(facts)),)))


def reloaded(corpus: Corpus, change: Difference, megabytes: float) -> Reply:
    """Return what a reload changed, and the most memory held up to its end."""
    heading = (Piece(words.RELOADED.format(name=corpus.name), Style.BOLD),)
    lines = [
        words.DOCUMENTS_CHANGED.format(
            added=_named(change.added),
            removed=_named(change.removed),
            changed=_named(change.changed),
        ),
        words.QUOTES_CHANGED.format(gained=len(change.gained), lost=len(change.lost)),
        words.BALANCE.format(counts=_balance(change.before, change.after)),
        words.MEMORY.format(megabytes=round(megabytes)),
    ]
    if not any([change.added, change.removed, change.changed, change.gained, change.lost]):
        lines.insert(0, words.UNCHANGED)
    return Reply((heading, (Piece("\n".join(lines)),)))


def stopped(reason: str) -> Reply:
    """Return why a reload stopped; the old corpus answers on."""
    return Reply(((Piece(words.RELOAD_STOPPED, Style.BOLD),), (Piece(reason),)))


def running() -> Reply:
    """Return that one reload is under way already."""
    return Reply(((Piece(words.RELOAD_RUNNING, Style.BOLD),),))


def _named(ids: tuple[str, ...]) -> str:
    return f"{len(ids)} ({', '.join(ids)})" if ids else "0"


def _balance(before: Mapping[Side, int], after: Mapping[Side, int]) -> str:
    return ", ".join(f"{words.SIDES[side]} {before[side]}→{after[side]}" for side in before)
