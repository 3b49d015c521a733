"""What the bot says of itself and of its corpus."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Kind, Side
from bot.replies import catalogue
from bot.replies.quote_block import format_voice, render_source
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Corpus, Voice
    from bot.replies.reply import Block


def render_greeting(corpus: Corpus, topics: tuple[str, ...]) -> Reply:
    """Return the greeting: what the bot does, the motion, and topics to begin with."""
    buttons = tuple(Button(topic, f"/ask {topic}") for topic in topics)
    return Reply(
        (
            _bold_block(corpus.title),
            _text_block(catalogue.START),
            _text_block(catalogue.MOTION.format(motion=corpus.motion)),
        ),
        (buttons,) if buttons else (),
    )


def render_help() -> Reply:
    """Return how to ask, and the commands."""
    return Reply((_text_block(catalogue.HELP),))


def render_about(corpus: Corpus) -> Reply:
    """Return what is checked and what is not, who curates, and the motion."""
    facts = [
        catalogue.MOTION.format(motion=corpus.motion),
        catalogue.CURATOR.format(curator=corpus.curator),
        catalogue.BASIS.format(basis=corpus.basis),
        catalogue.ABOUT_FOUND,
    ]
    return Reply(
        (
            _bold_block(catalogue.NAME),
            _text_block("\n".join(facts)),
            _text_block(catalogue.ABOUT_CHECKED),
            _text_block(catalogue.ABOUT_NOT_CHECKED),
        )
    )


def render_privacy(*, is_persisted: bool) -> Reply:
    """Return what is kept of a question, and on disk, if anything is."""
    return Reply(
        (
            _text_block(
                catalogue.PRIVACY.format(
                    kept=catalogue.KEPT if is_persisted else catalogue.NOT_KEPT
                )
            ),
        )
    )


def render_contents(corpus: Corpus) -> Reply:
    """Return the corpus's documents, voices, sides and dates, and how much each side says."""
    counts = catalogue.COUNTED.format(
        documents=catalogue.format_document_count(len(corpus.documents)),
        passages=catalogue.format_passage_count(len(corpus.passages)),
    )
    title = Piece(catalogue.CORPUS.format(title=corpus.title), Style.BOLD)
    facts = [counts, catalogue.MOTION.format(motion=corpus.motion), format_coverage(corpus)]
    return Reply(
        (
            (title, Piece("\n" + "\n".join(facts))),
            _bold_block(catalogue.VOICES),
            *_render_voices(corpus),
            _bold_block(catalogue.DOCUMENTS),
            *(render_source(document) for document in corpus.documents),
        )
    )


def format_coverage(corpus: Corpus) -> str:
    """Return how many passages stand on each side, and how many are the publication's own."""
    passage_counts = Counter(
        passage.side for passage in corpus.passages if passage.kind is not Kind.NARRATION
    )
    counts = ", ".join(f"{catalogue.SIDES[side]} {passage_counts[side]}" for side in Side)
    return catalogue.COVERAGE.format(counts=counts)


def _render_voices(corpus: Corpus) -> Iterator[Block]:
    """Yield the voices of each side, most heard first."""
    for side in Side:
        passage_counts: Counter[Voice] = Counter(
            passage.voice for passage in corpus.passages if passage.voice and passage.side is side
        )
        if passage_counts:
            lines = [
                catalogue.TIMES.format(name=format_voice(voice), count=count)
                for voice, count in passage_counts.most_common()
            ]
            yield (Piece(catalogue.SIDES[side], Style.BOLD), Piece("\n" + "\n".join(lines)))


def _bold_block(text: str) -> Block:
    return (Piece(text, Style.BOLD),)


def _text_block(text: str) -> Block:
    return (Piece(text),)
