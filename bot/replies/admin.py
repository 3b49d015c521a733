"""What an admin is told: what is served, and what a reload changed or why it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.replies import catalogue
from bot.replies.about import format_coverage
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.corpus.difference import ReloadChange
    from bot.errors import BotError
    from bot.model import Corpus, Side
    from bot.replies.reply import Block

# What a button of these replies stands for, as it could be typed.
RELOAD_NOW, RELOAD_CANCEL, RELOAD_WITHOUT, ALL_BROKEN = (
    "/reload now",
    "/reload cancel",
    "/reload without",
    "them",
)

_FINGERPRINT_LENGTH = 12
_MAX_LISTED = 10
_MAX_COMMAND_BYTES = 64


class LoadStats(NamedTuple):
    """How the last load went: when, how long, after how many reloads; the most memory ever held."""

    loaded_at: datetime
    seconds: float
    reloads: int
    peak_megabytes: float


def render_status(corpus: Corpus, version: str, stats: LoadStats) -> Reply:
    """Return what is served, since when, and what it took."""
    counts = catalogue.COUNTED.format(
        documents=catalogue.format_document_count(len(corpus.documents)),
        passages=catalogue.format_passage_count(len(corpus.passages)),
    )
    facts = [
        catalogue.VERSION.format(version=version),
        catalogue.SERVED.format(
            name=corpus.name, fingerprint=corpus.fingerprint[:_FINGERPRINT_LENGTH]
        ),
        counts,
        format_coverage(corpus),
        catalogue.LOADED.format(
            time=f"{stats.loaded_at:%Y-%m-%d %H:%M:%S}", seconds=f"{stats.seconds:.2f}"
        ),
        catalogue.RELOADS.format(count=stats.reloads),
        catalogue.MEMORY.format(megabytes=round(stats.peak_megabytes)),
    ]
    return Reply(((Piece(catalogue.STATUS, Style.BOLD),), (Piece("\n".join(facts)),)))


def render_reloaded(corpus: Corpus, change: ReloadChange, peak_megabytes: float) -> Reply:
    """Return what a reload changed, and the most memory held up to its end."""
    heading = catalogue.RELOADED.format(name=corpus.name)
    lines = [*_describe_changes(change), catalogue.MEMORY.format(megabytes=round(peak_megabytes))]
    return Reply((_bold_block(heading), _text_block("\n".join(lines))))


def render_ready(change: ReloadChange) -> Reply:
    """Return what a reload would change, for an admin to decide."""
    heading = catalogue.READY.format(name=change.corpus_name)
    buttons = (Button(catalogue.SWITCH, RELOAD_NOW), Button(catalogue.CANCEL, RELOAD_CANCEL))
    return Reply(
        (_bold_block(heading), _text_block("\n".join(_describe_changes(change)))), (buttons,)
    )


def render_reload_stopped(reason: str) -> Reply:
    """Return why a reload stopped; the old corpus answers on."""
    return Reply((_bold_block(catalogue.RELOAD_STOPPED), _text_block(reason)))


def render_broken_documents(faults: Mapping[str, BotError]) -> Reply:
    """Return what is wrong with each document, and offer to go on without them."""
    names = tuple(faults)
    command = f"{RELOAD_WITHOUT} {names[0]}"
    if len(names) > 1 or len(command.encode()) > _MAX_COMMAND_BYTES:
        command = f"{RELOAD_WITHOUT} {ALL_BROKEN}"
    label = catalogue.CONTINUE_MANY if len(names) > 1 else catalogue.CONTINUE_ONE
    messages = [str(fault) for fault in list(faults.values())[:_MAX_LISTED]]
    lines = [*messages, catalogue.WITHOUT.format(named=_join_names(names))]
    return Reply(
        (_bold_block(catalogue.RELOAD_STOPPED), *(_text_block(line) for line in lines)),
        ((Button(label, command), Button(catalogue.CANCEL, RELOAD_CANCEL)),),
    )


def render_message(text: str) -> Reply:
    """Return one of the fixed lines."""
    return Reply((_bold_block(text),))


def render_reload_running() -> Reply:
    """Return that one reload is under way already."""
    return Reply(((Piece(catalogue.RELOAD_RUNNING, Style.BOLD),),))


def _describe_changes(change: ReloadChange) -> Iterator[str]:
    """Yield what differs, line by line."""
    difference = change.difference
    if not any(
        [
            difference.added_documents,
            difference.removed_documents,
            difference.changed_documents,
            difference.gained_quotes,
            difference.lost_quotes,
            difference.moved_quotes,
        ]
    ):
        yield catalogue.UNCHANGED
    yield catalogue.DOCUMENTS_CHANGED.format(
        added=_format_ids(difference.added_documents),
        removed=_format_ids(difference.removed_documents),
        changed=_format_ids(difference.changed_documents),
    )
    yield catalogue.QUOTES_CHANGED.format(
        gained=len(difference.gained_quotes),
        lost=len(difference.lost_quotes),
        moved=len(difference.moved_quotes),
    )
    yield catalogue.BALANCE.format(
        counts=_format_balance(difference.sides_before, difference.sides_after)
    )
    if retired_ids := [retired.id for retired in change.retired if retired.now is None]:
        yield catalogue.WOULD_RETIRE.format(named=_join_names(retired_ids))
    if moved_count := len(change.retired) - len(retired_ids):
        yield catalogue.WOULD_MOVE.format(count=moved_count)
    if change.orphaned_holds:
        yield catalogue.STRAYED.format(named=_join_names(change.orphaned_holds))
    if change.excluded_ids:
        yield catalogue.LEFT_OUT.format(named=_join_names(change.excluded_ids))


def _bold_block(text: str) -> Block:
    return (Piece(text, Style.BOLD),)


def _text_block(text: str) -> Block:
    return (Piece(text),)


def _format_ids(ids: Sequence[str]) -> str:
    return f"{len(ids)} ({_join_names(ids)})" if ids else "0"


def _join_names(names: Sequence[str]) -> str:
    first = ", ".join(names[:_MAX_LISTED])
    remaining = len(names) - _MAX_LISTED
    return catalogue.AND_MORE.format(first=first, count=remaining) if remaining > 0 else first


def _format_balance(before: Mapping[Side, int], after: Mapping[Side, int]) -> str:
    return ", ".join(f"{catalogue.SIDES[side]} {before[side]}→{after[side]}" for side in before)
