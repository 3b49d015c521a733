"""What an admin is told of a document that was sent, before it is added and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import words
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.formats.report import Report
    from bot.model import Document

ADD, DISCARD = "/add", "/discard"

_LISTED = 12
_LONGEST = 120


def received(
    document: Document,
    report: Report,
    voices: Mapping[str, int],
    doubts: Sequence[str],
    token: str,
) -> Reply:
    """Return what was read, kept, left out, heard and doubted, and ask whether to add it."""
    facts = [
        words.UPLOAD_READ.format(paragraphs=report.paragraphs, share=f"{report.share:.0%}"),
        words.UPLOAD_SOURCE.format(
            title=document.title or words.NOT_GIVEN,
            publisher=document.publisher or words.NOT_GIVEN,
            date=words.dated(document.date),
        ),
        words.UPLOAD_MISSING.format(names=", ".join(report.missing) or words.UPLOAD_NONE),
        words.UPLOAD_VOICES.format(names=_counted(voices) or words.UPLOAD_NONE),
    ]
    blocks = [(Piece(words.UPLOAD.format(id=document.id), Style.BOLD),), (Piece("\n".join(facts)),)]
    if doubts:
        blocks.append((Piece(f"{words.UPLOAD_DOUBTS}\n{_listed(doubts)}"),))
    if report.left_out:
        left = "\n".join(f"– {line[:_LONGEST]}" for line in report.left_out[:_LISTED])
        blocks.append((Piece(f"{words.UPLOAD_LEFT_OUT}\n{left}"),))
    buttons = (
        Button(words.ADD, f"{ADD} {token}"),
        Button(words.DISCARD, f"{DISCARD} {token}"),
    )
    return Reply(tuple(blocks), (buttons,))


def refused(reason: str) -> Reply:
    """Return why nothing was added."""
    return Reply(((Piece(words.UPLOAD_REFUSED, Style.BOLD),), (Piece(reason),)))


def added(document_id: str) -> Reply:
    """Return that the document lies in the corpus now, and how it is served."""
    heading = (Piece(words.ADDED.format(id=document_id), Style.BOLD),)
    return Reply((heading, (Piece(words.RELOAD_TO_SERVE),)), ((Button(words.RELOAD, "/reload"),),))


def _listed(doubts: Sequence[str]) -> str:
    shown = "\n".join(f"– {doubt}" for doubt in doubts[:_LISTED])
    more = len(doubts) - _LISTED
    return words.AND_MORE.format(first=shown, count=more) if more > 0 else shown


def _counted(voices: Mapping[str, int]) -> str:
    named = [words.TIMES.format(name=name, count=count) for name, count in voices.items()]
    more = len(named) - _LISTED
    shown = ", ".join(named[:_LISTED])
    return words.AND_MORE.format(first=shown, count=more) if more > 0 else shown
