"""What the bot says about itself and its corpus, and the choice between several corpora."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from bot.model import Corpus, Kind, Side, Voice
from bot.replies import catalogue
from bot.replies.buttons import arrange_in_rows, fits_command_limit
from bot.replies.catalogue import say
from bot.replies.quote_block import format_voice, render_source
from bot.replies.reply import Block, Button, Piece, Reply, Style

# A line or two each: as much as a phone shows without much scrolling, and far from what a message holds.
_ENTRIES_ON_A_PAGE = 12
# Examples are to be tried, not chosen from.
_MOST_EXAMPLES = 3
# The example where the corpus has no topic that anybody speaks to.
_EXAMPLE_TOPIC = "privacy"

# A line of the contents: the message that names its section, the side it stands under, and the line.
_Entry = tuple[str, Side | None, Block]


def render_greeting(corpus: Corpus, topics: tuple[str, ...]) -> Reply:
    """Return the greeting: what the bot does, the motion, and topics to start with."""
    buttons = arrange_in_rows(Button(topic, f"/ask {topic}") for topic in topics)
    return Reply.with_heading(corpus.title, say("greeting"), say("motion", motion=corpus.motion), buttons=buttons)


def render_help(corpus: Corpus, topics: Sequence[str]) -> Reply:
    """Return how to ask, and the commands, with examples to tap."""
    examples = [Button(topic, f"/ask {topic}") for topic in topics[:_MOST_EXAMPLES]]
    examples += [Button(say("label_all_of", name=voice.name), f"/by {voice.name}") for voice in corpus.voices[:1]]
    buttons = arrange_in_rows(filter(fits_command_limit, examples))
    return Reply.from_text(say("help", topic=_pick_example(topics)), buttons=buttons)


def render_sides_usage(topics: Sequence[str]) -> Reply:
    """Return how to ask for both sides of a topic."""
    return Reply.from_text(say("sides_usage", topic=_pick_example(topics)))


def _pick_example(topics: Sequence[str]) -> str:
    """Return the first topic, or `_EXAMPLE_TOPIC` where there is none."""
    return topics[0] if topics else _EXAMPLE_TOPIC


def add_admin_commands(reply: Reply) -> Reply:
    """Return `reply` with the commands of admins."""
    described = catalogue.get_section("admin_commands").items()
    lines = "\n".join(say("command_line", name=name, meaning=meaning) for name, meaning in described)
    return replace(reply, blocks=(*reply.blocks, (Piece(say("for_admins"), Style.BOLD), Piece(f"\n{lines}"))))


def render_about(corpus: Corpus) -> Reply:
    """Return what is checked and what is not, who curates, and the motion."""
    facts = [say(key, **{key: getattr(corpus, key)}) for key in ("motion", "curator", "basis")]
    facts += [say("about_found"), say("about_verified"), say("about_life")]
    return Reply.with_heading(say("name"), "\n".join(facts), say("about_checked"), say("about_not_checked"))


def render_privacy(*, is_persisted: bool, is_shared: bool = False, flag_days: int = 30) -> Reply:
    """Say what is stored of questions and of reports, where, and for how long."""
    on_disk = say("privacy_on_disk") if is_persisted else say("privacy_nothing_on_disk")
    for_a_while = say("privacy_in_database") if is_shared else say("privacy_in_memory")
    return Reply.from_text(say("privacy", on_disk=on_disk, for_a_while=for_a_while, days=flag_days))


def render_contents(corpus: Corpus, page: int = 1) -> Reply:
    """Return one page of the corpus's documents, voices, sides and dates, and on the first how much each side says.

    A page beyond the last is the last.
    """
    entries = [*_list_voices(corpus), *_list_documents(corpus)]
    page_count = -(-len(entries) // _ENTRIES_ON_A_PAGE)
    page = min(max(page, 1), page_count)
    numbered = [Piece(say("page_of", page=page, pages=page_count))] if page_count > 1 else []
    heading = (Piece(corpus.title, Style.BOLD), *numbered)
    facts = [format_size(corpus), say("motion", motion=corpus.motion), format_coverage(corpus)]
    blocks = [(*heading, Piece("\n" + "\n".join(facts)))] if page == 1 else [heading]
    end = page * _ENTRIES_ON_A_PAGE
    for section, entries_of_section in groupby(entries[end - _ENTRIES_ON_A_PAGE : end], key=itemgetter(0)):
        blocks.append((Piece(say(section), Style.BOLD),))
        side = None
        for _, entry_side, block in entries_of_section:
            if entry_side is not None and entry_side is side:
                blocks[-1] = (*blocks[-1], Piece("\n"), *block)
            else:
                name = [Piece(f"{say(f'sides.{entry_side}')}\n", Style.BOLD)] if entry_side else []
                blocks.append((*name, *block))
            side = entry_side
    back = [Button(say("label_back"), f"/contents {page - 1}", edits=True)] if page > 1 else []
    more = [Button(say("label_more"), f"/contents {page + 1}", edits=True)] if page < page_count else []
    return Reply(tuple(blocks), arrange_in_rows([*back, *more]), page=page)


def format_size(corpus: Corpus) -> str:
    """Return how many documents and passages there are."""
    documents = catalogue.format_count("document", len(corpus.documents))
    return f"{documents}, {catalogue.format_count('passage', len(corpus.passages))}"


def format_coverage(corpus: Corpus) -> str:
    """Return how many passages each side has; the publication's own words do not count."""
    passage_counts: Counter[Side] = Counter()
    for tally in corpus.passages.tallies:
        passage_counts[tally.side] += tally.passage_count if tally.kind is not Kind.NARRATION else 0
    counts = ", ".join(f"{say(f'sides.{side}')} {passage_counts[side]}" for side in Side)
    return say("coverage", counts=counts)


def _list_voices(corpus: Corpus) -> Iterator[_Entry]:
    """Yield a line for each voice of each side, most quoted first."""
    for side in Side:
        passage_counts: Counter[Voice] = Counter()
        for tally in corpus.passages.tallies:
            if tally.voice and tally.side is side:
                passage_counts[tally.voice] += tally.passage_count
        for voice, count in passage_counts.most_common():
            line = say("name_count", name=format_voice(voice), count=count)
            yield "voices", side, (Piece(line),)


def _list_documents(corpus: Corpus) -> Iterator[_Entry]:
    """Yield a line for each document, in the corpus's order."""
    for document in corpus.documents:
        yield "documents", None, render_source(document)


def add_corpus_buttons(reply: Reply, corpora: Sequence[Corpus]) -> Reply:
    """Return `reply` with a button for each of `corpora`, if there are any."""
    return replace(reply, buttons=(*reply.buttons, *_build_corpus_button_rows(corpora)))


def render_unknown_corpus(corpora: Sequence[Corpus]) -> Reply:
    """Say that no corpus has that name, with a button for each that there is."""
    return Reply.with_heading(say("no_such_corpus"), buttons=_build_corpus_button_rows(corpora))


def _build_corpus_button_rows(corpora: Sequence[Corpus]) -> tuple[tuple[Button, ...], ...]:
    """Build a row for each corpus whose command fits a button."""
    buttons = [Button(corpus.title, f"/corpus {corpus.name}") for corpus in corpora]
    return tuple((button,) for button in buttons if fits_command_limit(button))
