"""What the bot says of itself and of its corpus."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Kind, Side
from bot.replies import words
from bot.replies.quoted import format_voice, render_source
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
            _text_block(words.START),
            _text_block(words.MOTION.format(motion=corpus.motion)),
        ),
        (buttons,) if buttons else (),
    )


def render_help() -> Reply:
    """Return how to ask, and the commands."""
    return Reply((_text_block(words.HELP),))


def render_about(corpus: Corpus) -> Reply:
    """Return what is checked and what is not, who curates, and the motion."""
    facts = [
        words.MOTION.format(motion=corpus.motion),
        words.CURATOR.format(curator=corpus.curator),
        words.BASIS.format(basis=corpus.basis),
        words.ABOUT_FOUND,
    ]
    return Reply(
        (
            _bold_block(words.NAME),
            _text_block("\n".join(facts)),
            _text_block(words.ABOUT_CHECKED),
            _text_block(words.ABOUT_NOT_CHECKED),
        )
    )


def render_privacy(*, is_persisted: bool) -> Reply:
    """Return what is kept of a question, and on disk, if anything is."""
    return Reply(
        (_text_block(words.PRIVACY.format(kept=words.KEPT if is_persisted else words.NOT_KEPT)),)
    )


def render_contents(corpus: Corpus) -> Reply:
    """Return the corpus's documents, voices, sides and dates, and how much each side says."""
    counts = words.COUNTED.format(
        documents=words.format_document_count(len(corpus.documents)),
        passages=words.format_passage_count(len(corpus.passages)),
    )
    title = Piece(words.CORPUS.format(title=corpus.title), Style.BOLD)
    facts = [counts, words.MOTION.format(motion=corpus.motion), format_coverage(corpus)]
    return Reply(
        (
            (title, Piece("\n" + "\n".join(facts))),
            _bold_block(words.VOICES),
            *_render_voices(corpus),
            _bold_block(words.DOCUMENTS),
            *(render_source(document) for document in corpus.documents),
        )
    )


def format_coverage(corpus: Corpus) -> str:
    """Return how many passages stand on each side, and how many are the publication's own."""
    passage_counts = Counter(
        passage.side for passage in corpus.passages if passage.kind is not Kind.NARRATION
    )
    counts = ", ".join(f"{words.SIDES[side]} {passage_counts[side]}" for side in Side)
    return words.COVERAGE.format(counts=counts)


def _render_voices(corpus: Corpus) -> Iterator[Block]:
    """Yield the voices of each side, most heard first."""
    for side in Side:
        passage_counts: Counter[Voice] = Counter(
            passage.voice for passage in corpus.passages if passage.voice and passage.side is side
        )
        if passage_counts:
            lines = [
                words.TIMES.format(name=format_voice(voice), count=count)
                for voice, count in passage_counts.most_common()
            ]
            yield (Piece(words.SIDES[side], Style.BOLD), Piece("\n" + "\n".join(lines)))


def _bold_block(text: str) -> Block:
    return (Piece(text, Style.BOLD),)


def _text_block(text: str) -> Block:
    return (Piece(text),)
