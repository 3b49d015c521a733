"""What an admin is told: what is served, and what a reload changed or why it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.replies import words
from bot.replies.about import format_coverage
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.errors import BotError
    from bot.model import Corpus, Side
    from bot.replies.reply import Block
    from bot.served import PreparedReload

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
    counts = words.COUNTED.format(
        documents=words.format_document_count(len(corpus.documents)),
        passages=words.format_passage_count(len(corpus.passages)),
    )
    facts = [
        words.VERSION.format(version=version),
        words.SERVED.format(name=corpus.name, fingerprint=corpus.fingerprint[:_FINGERPRINT_LENGTH]),
        counts,
        format_coverage(corpus),
        words.LOADED.format(
            time=f"{stats.loaded_at:%Y-%m-%d %H:%M:%S}", seconds=f"{stats.seconds:.2f}"
        ),
        words.RELOADS.format(count=stats.reloads),
        words.MEMORY.format(megabytes=round(stats.peak_megabytes)),
    ]
    return Reply(((Piece(words.STATUS, Style.BOLD),), (Piece("\n".join(facts)),)))


def render_reloaded(corpus: Corpus, prepared: PreparedReload, peak_megabytes: float) -> Reply:
    """Return what a reload changed, and the most memory held up to its end."""
    heading = words.RELOADED.format(name=corpus.name)
    lines = [*_describe_changes(prepared), words.MEMORY.format(megabytes=round(peak_megabytes))]
    return Reply((_bold_block(heading), _text_block("\n".join(lines))))


def render_ready(prepared: PreparedReload) -> Reply:
    """Return what a reload would change, for an admin to decide."""
    heading = words.READY.format(name=prepared.snapshot.corpus.name)
    buttons = (Button(words.SWITCH, RELOAD_NOW), Button(words.CANCEL, RELOAD_CANCEL))
    return Reply(
        (_bold_block(heading), _text_block("\n".join(_describe_changes(prepared)))), (buttons,)
    )


def render_reload_stopped(reason: str) -> Reply:
    """Return why a reload stopped; the old corpus answers on."""
    return Reply((_bold_block(words.RELOAD_STOPPED), _text_block(reason)))


def render_broken_documents(faults: Mapping[str, BotError]) -> Reply:
    """Return what is wrong with each document, and offer to go on without them."""
    names = tuple(faults)
    command = f"{RELOAD_WITHOUT} {names[0]}"
    if len(names) > 1 or len(command.encode()) > _MAX_COMMAND_BYTES:
        command = f"{RELOAD_WITHOUT} {ALL_BROKEN}"
    label = words.CONTINUE_MANY if len(names) > 1 else words.CONTINUE_ONE
    messages = [str(fault) for fault in list(faults.values())[:_MAX_LISTED]]
    lines = [*messages, words.WITHOUT.format(named=_join_names(names))]
    return Reply(
        (_bold_block(words.RELOAD_STOPPED), *(_text_block(line) for line in lines)),
        ((Button(label, command), Button(words.CANCEL, RELOAD_CANCEL)),),
    )


def render_message(text: str) -> Reply:
    """Return one of the fixed lines."""
    return Reply((_bold_block(text),))


def render_reload_running() -> Reply:
    """Return that one reload is under way already."""
    return Reply(((Piece(words.RELOAD_RUNNING, Style.BOLD),),))


def _describe_changes(prepared: PreparedReload) -> Iterator[str]:
    """Yield what differs, line by line."""
    change = prepared.difference
    if not any(
        [
            change.added_documents,
            change.removed_documents,
            change.changed_documents,
            change.gained_quotes,
            change.lost_quotes,
            change.moved_quotes,
        ]
    ):
        yield words.UNCHANGED
    yield words.DOCUMENTS_CHANGED.format(
        added=_format_ids(change.added_documents),
        removed=_format_ids(change.removed_documents),
        changed=_format_ids(change.changed_documents),
    )
    yield words.QUOTES_CHANGED.format(
        gained=len(change.gained_quotes),
        lost=len(change.lost_quotes),
        moved=len(change.moved_quotes),
    )
    yield words.BALANCE.format(counts=_format_balance(change.sides_before, change.sides_after))
    if retired_ids := [retired.id for retired in prepared.retired if retired.now is None]:
        yield words.WOULD_RETIRE.format(named=_join_names(retired_ids))
    if moved_count := len(prepared.retired) - len(retired_ids):
        yield words.WOULD_MOVE.format(count=moved_count)
    if prepared.orphaned_holds:
        yield words.STRAYED.format(named=_join_names(prepared.orphaned_holds))
    if prepared.excluded_ids:
        yield words.LEFT_OUT.format(named=_join_names(prepared.excluded_ids))


def _bold_block(text: str) -> Block:
    return (Piece(text, Style.BOLD),)


def _text_block(text: str) -> Block:
    return (Piece(text),)


def _format_ids(ids: Sequence[str]) -> str:
    return f"{len(ids)} ({_join_names(ids)})" if ids else "0"


def _join_names(names: Sequence[str]) -> str:
    first = ", ".join(names[:_MAX_LISTED])
    remaining = len(names) - _MAX_LISTED
    return words.AND_MORE.format(first=first, count=remaining) if remaining > 0 else first


def _format_balance(before: Mapping[Side, int], after: Mapping[Side, int]) -> str:
    return ", ".join(f"{words.SIDES[side]} {before[side]}→{after[side]}" for side in before)
