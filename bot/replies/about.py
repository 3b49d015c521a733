"""What the bot says of itself and of its corpus."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.model import Kind, Side
from bot.replies import words
from bot.replies.quoted import named, source
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.model import Corpus, Voice
    from bot.replies.reply import Block


def start(corpus: Corpus, topics: tuple[str, ...]) -> Reply:
    """Return the greeting: what the bot does, the motion, and topics to begin with."""
    buttons = tuple(Button(topic, f"/ask {topic}") for topic in topics)
    return Reply(
        (_bold(corpus.title), _line(words.START), _line(words.MOTION.format(motion=corpus.motion))),
        (buttons,) if buttons else (),
    )


def help_() -> Reply:
    """Return how to ask, and the commands."""
    return Reply((_line(words.HELP),))


def about(corpus: Corpus) -> Reply:
    """Return what is checked and what is not, who curates, and the motion."""
    facts = [
        words.MOTION.format(motion=corpus.motion),
        words.CURATOR.format(curator=corpus.curator),
        words.BASIS.format(basis=corpus.basis),
        words.ABOUT_FOUND,
    ]
    return Reply(
        (
            _bold(words.NAME),
            _line("\n".join(facts)),
            _line(words.ABOUT_CHECKED),
            _line(words.ABOUT_NOT_CHECKED),
        )
    )


def privacy(*, kept: bool) -> Reply:
    """Return what is kept of a question, and on disk, if anything is."""
    return Reply((_line(words.PRIVACY.format(kept=words.KEPT if kept else words.NOT_KEPT)),))


def contents(corpus: Corpus) -> Reply:
    """Return the corpus's documents, voices, sides and dates, and how much each side says."""
    counted = words.COUNTED.format(
        documents=words.documents(len(corpus.documents)),
        passages=words.passages(len(corpus.passages)),
    )
    title = Piece(words.CORPUS.format(title=corpus.title), Style.BOLD)
    facts = [counted, words.MOTION.format(motion=corpus.motion), coverage(corpus)]
    return Reply(
        (
            (title, Piece("\n" + "\n".join(facts))),
            _bold(words.VOICES),
            *_voices(corpus),
            _bold(words.DOCUMENTS),
            *(source(document) for document in corpus.documents),
        )
    )


def coverage(corpus: Corpus) -> str:
    """Return how many passages stand on each side, and how many are the publication's own."""
    sides = Counter(p.side for p in corpus.passages if p.kind is not Kind.NARRATION)
    counts = ", ".join(f"{words.SIDES[side]} {sides[side]}" for side in Side)
    return words.COVERAGE.format(counts=counts)


def _voices(corpus: Corpus) -> Iterator[Block]:
    """Yield the voices of each side, most heard first."""
    for side in Side:
        heard: Counter[Voice] = Counter(
            passage.voice for passage in corpus.passages if passage.voice and passage.side is side
        )
        if heard:
            lines = [
                words.TIMES.format(name=named(voice), count=count)
                for voice, count in heard.most_common()
            ]
            yield (Piece(words.SIDES[side], Style.BOLD), Piece("\n" + "\n".join(lines)))


def _bold(text: str) -> Block:
    return (Piece(text, Style.BOLD),)


def _line(text: str) -> Block:
    return (Piece(text),)
