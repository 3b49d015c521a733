"""What an admin is told of a document that was sent, before it is added and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import catalogue
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.formats.base import ParseReport
    from bot.model import Document

ADD_COMMAND, DISCARD_COMMAND = "/add", "/discard"

_MAX_LISTED = 12
_MAX_LINE_LENGTH = 120


def render_upload(
    document: Document,
    report: ParseReport,
    voices: Mapping[str, int],
    doubts: Sequence[str],
    token: str,
) -> Reply:
    """Return what was read, kept, left out, heard and doubted, and ask whether to add it."""
    facts = [
        catalogue.UPLOAD_READ.format(
            paragraphs=report.paragraphs, share=f"{report.kept_share:.0%}"
        ),
        catalogue.UPLOAD_SOURCE.format(
            title=document.title or catalogue.NOT_GIVEN,
            publisher=document.publisher or catalogue.NOT_GIVEN,
            date=catalogue.format_date(document.date),
        ),
        catalogue.UPLOAD_MISSING.format(names=", ".join(report.missing) or catalogue.UPLOAD_NONE),
        catalogue.UPLOAD_VOICES.format(names=_format_voices(voices) or catalogue.UPLOAD_NONE),
    ]
    blocks = [
        (Piece(catalogue.UPLOAD.format(id=document.id), Style.BOLD),),
        (Piece("\n".join(facts)),),
    ]
    if doubts:
        blocks.append((Piece(f"{catalogue.UPLOAD_DOUBTS}\n{_format_doubts(doubts)}"),))
    if report.left_out:
        left_out = "\n".join(
            f"– {line[:_MAX_LINE_LENGTH]}" for line in report.left_out[:_MAX_LISTED]
        )
        blocks.append((Piece(f"{catalogue.UPLOAD_LEFT_OUT}\n{left_out}"),))
    buttons = (
        Button(catalogue.ADD, f"{ADD_COMMAND} {token}"),
        Button(catalogue.DISCARD, f"{DISCARD_COMMAND} {token}"),
    )
    return Reply(tuple(blocks), (buttons,))


def render_refusal(reason: str) -> Reply:
    """Return why nothing was added."""
    return Reply(((Piece(catalogue.UPLOAD_REFUSED, Style.BOLD),), (Piece(reason),)))


def render_added(document_id: str) -> Reply:
    """Return that the document lies in the corpus now, and how it is served."""
    heading = (Piece(catalogue.ADDED.format(id=document_id), Style.BOLD),)
    return Reply(
        (heading, (Piece(catalogue.RELOAD_TO_SERVE),)), ((Button(catalogue.RELOAD, "/reload"),),)
    )


def _format_doubts(doubts: Sequence[str]) -> str:
    items = "\n".join(f"– {doubt}" for doubt in doubts[:_MAX_LISTED])
    remaining = len(doubts) - _MAX_LISTED
    return catalogue.AND_MORE.format(first=items, count=remaining) if remaining > 0 else items


def _format_voices(voices: Mapping[str, int]) -> str:
    entries = [catalogue.TIMES.format(name=name, count=count) for name, count in voices.items()]
    remaining = len(entries) - _MAX_LISTED
    items = ", ".join(entries[:_MAX_LISTED])
    return catalogue.AND_MORE.format(first=items, count=remaining) if remaining > 0 else items
