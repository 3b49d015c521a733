"""What a curator reads of one doubtful voice: its words, its evidence, the guess, and buttons to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Quote
from bot.replies.buttons import arrange_in_rows
from bot.replies.catalogue import say
from bot.replies.quote_block import describe_kind, format_voice, render_source
from bot.replies.reply import Button, Piece, Reply, Style
from bot.text import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.ingest.voice_correction import WrittenCorrection
    from bot.model import Passage

# As long as the longest quote (`QuoteLengths.max_characters`): enough to tell whose words they are.
_MOST_CHARACTERS = 700


def render_doubt(doubts: Sequence[Passage], place: int) -> Reply:
    """Return the doubt at `place`, or that there are none."""
    if not doubts:
        return Reply.with_heading(say("doubts.none"))
    passage = doubts[place]
    heading = say("doubts.heading", number=place + 1, total=len(doubts))
    return Reply(
        (
            (
                Piece(heading, Style.BOLD),
                Piece(f" · {describe_kind(passage)}\n"),
                Piece(_cut_words(passage), Style.QUOTE),
            ),
            (Piece("\n".join(_list_evidence(passage))),),
            render_source(passage.document),
        ),
        arrange_in_rows(_build_buttons(passage, is_last=len(doubts) == 1)),
    )


def render_name_question(passage: Passage) -> Reply:
    """Ask whose words they are; the name comes in reply."""
    quote = (Piece(say("doubts.who"), Style.BOLD), Piece("\n"), Piece(_cut_words(passage), Style.QUOTE))
    cancel = Button(say("label_cancel"), f"/doubts {Quote(passage, passage.span).id}")
    return Reply((quote, (Piece(say("doubts.how_to_name", cancel=say("doubts.cancel"))),)), ((cancel,),))


def render_decision(correction: WrittenCorrection, next_doubt: Reply) -> Reply:
    """Return what was written, and the next doubt below it."""
    written = (
        Piece(say("doubts.written", file=correction.path.name), Style.BOLD),
        Piece("\n"),
        Piece(correction.toml, Style.CODE),
        Piece("\n"),
        Piece(say("reload_to_serve")),
    )
    reload_button = Button(say("label_reload"), "/reload")
    return Reply((written, *next_doubt.blocks), (*next_doubt.buttons, (reload_button,)))


def _cut_words(passage: Passage) -> str:
    """Return the words in question, or as many whole sentences of them as a quote may have."""
    text, span = passage.document.text, passage.span
    ends = [sentence.end for sentence in split_sentences(text, span)]
    end = max((end for end in ends if end - span.start <= _MOST_CHARACTERS), default=ends[0] if ends else span.end)
    return text[span.start : end]


def _list_evidence(passage: Passage) -> Iterator[str]:
    cues = " … ".join(passage.document.slice_text(span) for span in passage.cue)
    if cues:
        yield say("cue", cue=f"“{' '.join(cues.split())}”")
    yield say("doubts.guess", voice=format_voice(passage.voice)) if passage.voice else say("doubts.no_guess")


def _build_buttons(passage: Passage, *, is_last: bool) -> Iterator[Button]:
    """Yield the buttons of the decisions that can be made on a doubtful voice."""
    quote_id = Quote(passage, passage.span).id
    decisions = {
        "right": say("doubts.label_right"),
        "who": say("doubts.label_other"),
        "nobody": say("doubts.label_nobody"),
        "next": say("doubts.label_next"),
    }
    for word, label in decisions.items():
        if (word == "right" and passage.voice is None) or (word == "next" and is_last):
            continue
        yield Button(label, f"/doubts {quote_id} {word}")
