"""What the bot says about itself and its corpus, and the choice between several corpora."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.model import Kind, Side
from bot.replies import catalogue
from bot.replies.buttons import arrange_in_rows, fits_command_limit
from bot.replies.catalogue import say
from bot.replies.quote_block import format_voice, render_source
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.model import Corpus, Voice
    from bot.replies.reply import Block

CHOOSE_COMMAND = "/corpus"


def render_greeting(corpus: Corpus, topics: tuple[str, ...]) -> Reply:
    """Return the greeting: what the bot does, the motion, and topics to begin with."""
    buttons = arrange_in_rows(Button(topic, f"/ask {topic}") for topic in topics)
    return Reply.with_heading(corpus.title, say("greeting"), say("motion", motion=corpus.motion), buttons=buttons)


def render_help() -> Reply:
    """Return how to ask, and the commands."""
    return Reply.from_text(say("help"))


def render_about(corpus: Corpus) -> Reply:
    """Return what is checked and what is not, who curates, and the motion."""
    facts = [
        say("motion", motion=corpus.motion),
        say("curator", curator=corpus.curator),
        say("basis", basis=corpus.basis),
        say("about_found"),
        say("about_verified"),
    ]
    return Reply.with_heading(say("name"), "\n".join(facts), say("about_checked"), say("about_not_checked"))


def render_privacy(*, is_persisted: bool, is_shared: bool = False) -> Reply:
    """Return what is stored about a question: on disk if a state folder is set, and for a while."""
    on_disk = say("privacy_on_disk") if is_persisted else say("privacy_nothing_on_disk")
    for_a_while = say("privacy_in_database") if is_shared else say("privacy_in_memory")
    return Reply.from_text(say("privacy", on_disk=on_disk, for_a_while=for_a_while))


def render_contents(corpus: Corpus) -> Reply:
    """Return the corpus's documents, voices, sides and dates, and how much each side says."""
    facts = [format_size(corpus), say("motion", motion=corpus.motion), format_coverage(corpus)]
    return Reply(
        (
            (Piece(corpus.title, Style.BOLD), Piece("\n" + "\n".join(facts))),
            (Piece(say("voices"), Style.BOLD),),
            *_render_voices(corpus),
            (Piece(say("documents"), Style.BOLD),),
            *(render_source(document) for document in corpus.documents),
        )
    )


def format_size(corpus: Corpus) -> str:
    """Return how many documents and passages there are."""
    documents = catalogue.format_count("document", len(corpus.documents))
    return f"{documents}, {catalogue.format_count('passage', len(corpus.passages))}"


def format_coverage(corpus: Corpus) -> str:
    """Return how many passages each side has; the publication's own words do not count."""
    passage_counts = Counter(passage.side for passage in corpus.passages if passage.kind is not Kind.NARRATION)
    counts = ", ".join(f"{say(f'sides.{side}')} {passage_counts[side]}" for side in Side)
    return say("coverage", counts=counts)


def _render_voices(corpus: Corpus) -> Iterator[Block]:
    """Yield the voices of each side, most quoted first."""
    for side in Side:
        passage_counts: Counter[Voice] = Counter(
            passage.voice for passage in corpus.passages if passage.voice and passage.side is side
        )
        if passage_counts:
            lines = [
                say("name_count", name=format_voice(voice), count=count)
                for voice, count in passage_counts.most_common()
            ]
            yield (Piece(say(f"sides.{side}"), Style.BOLD), Piece("\n" + "\n".join(lines)))


def add_corpus_buttons(reply: Reply, corpora: Sequence[Corpus]) -> Reply:
    """Return `reply` with a button for each of `corpora`, if there are any."""
    return replace(reply, buttons=(*reply.buttons, *_corpus_button_rows(corpora)))


def render_unknown_corpus(corpora: Sequence[Corpus]) -> Reply:
    """Return that no corpus has that name, and buttons for those there are."""
    return Reply.with_heading(say("no_such_corpus"), buttons=_corpus_button_rows(corpora))


def _corpus_button_rows(corpora: Sequence[Corpus]) -> tuple[tuple[Button, ...], ...]:
    """Build a row for each corpus whose command fits a button."""
    buttons = [Button(corpus.title, f"{CHOOSE_COMMAND} {corpus.name}") for corpus in corpora]
    return tuple((button,) for button in buttons if fits_command_limit(button))
