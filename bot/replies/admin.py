"""What an admin is told: what is served, and what a reload changed or why it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.replies import words
from bot.replies.about import coverage
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.errors import BotError
    from bot.model import Corpus, Side
    from bot.replies.reply import Block
    from bot.served import Prepared

# What a button of these replies stands for, as it could be typed.
NOW, CANCEL, WITHOUT, THEM = "/reload now", "/reload cancel", "/reload without", "them"

_FINGERPRINT = 12
_LISTED = 10
_MOST_BYTES = 64


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


def reloaded(corpus: Corpus, prepared: Prepared, megabytes: float) -> Reply:
    """Return what a reload changed, and the most memory held up to its end."""
    heading = words.RELOADED.format(name=corpus.name)
    lines = [*_changes(prepared), words.MEMORY.format(megabytes=round(megabytes))]
    return Reply((_bold(heading), _line("\n".join(lines))))


def ready(prepared: Prepared) -> Reply:
    """Return what a reload would change, for an admin to decide."""
    heading = words.READY.format(name=prepared.serving.corpus.name)
    buttons = (Button(words.SWITCH, NOW), Button(words.CANCEL, CANCEL))
    return Reply((_bold(heading), _line("\n".join(_changes(prepared)))), (buttons,))


def stopped(reason: str) -> Reply:
    """Return why a reload stopped; the old corpus answers on."""
    return Reply((_bold(words.RELOAD_STOPPED), _line(reason)))


def broken(faults: Mapping[str, BotError]) -> Reply:
    """Return what is wrong with each document, and offer to go on without them."""
    names = tuple(faults)
    command = f"{WITHOUT} {names[0]}"
    if len(names) > 1 or len(command.encode()) > _MOST_BYTES:
        command = f"{WITHOUT} {THEM}"
    label = words.CONTINUE_MANY if len(names) > 1 else words.CONTINUE_ONE
    told = [str(fault) for fault in list(faults.values())[:_LISTED]]
    lines = [*told, words.WITHOUT.format(named=_listed(names))]
    return Reply(
        (_bold(words.RELOAD_STOPPED), *(_line(line) for line in lines)),
        ((Button(label, command), Button(words.CANCEL, CANCEL)),),
    )


def told(text: str) -> Reply:
    """Return one of the fixed lines."""
    return Reply((_bold(text),))


def running() -> Reply:
    """Return that one reload is under way already."""
    return Reply(((Piece(words.RELOAD_RUNNING, Style.BOLD),),))


def _changes(prepared: Prepared) -> Iterator[str]:
    """Yield what differs, line by line."""
    change = prepared.change
    if not any(
        [change.added, change.removed, change.changed, change.gained, change.lost, change.moved]
    ):
        yield words.UNCHANGED
    yield words.DOCUMENTS_CHANGED.format(
        added=_named(change.added), removed=_named(change.removed), changed=_named(change.changed)
    )
    yield words.QUOTES_CHANGED.format(
        gained=len(change.gained), lost=len(change.lost), moved=len(change.moved)
    )
    yield words.BALANCE.format(counts=_balance(change.before, change.after))
    if gone := [retired.id for retired in prepared.retired if retired.now is None]:
        yield words.WOULD_RETIRE.format(named=_listed(gone))
    if moved := len(prepared.retired) - len(gone):
        yield words.WOULD_MOVE.format(count=moved)
    if prepared.strayed:
        yield words.STRAYED.format(named=_listed(prepared.strayed))
    if prepared.without:
        yield words.LEFT_OUT.format(named=_listed(prepared.without))


def _bold(text: str) -> Block:
    return (Piece(text, Style.BOLD),)


def _line(text: str) -> Block:
    return (Piece(text),)


def _named(ids: Sequence[str]) -> str:
    return f"{len(ids)} ({_listed(ids)})" if ids else "0"


def _listed(names: Sequence[str]) -> str:
    first = ", ".join(names[:_LISTED])
    more = len(names) - _LISTED
    return words.AND_MORE.format(first=first, count=more) if more > 0 else first


def _balance(before: Mapping[Side, int], after: Mapping[Side, int]) -> str:
    return ", ".join(f"{words.SIDES[side]} {before[side]}→{after[side]}" for side in before)
