"""An answer as a reply: what was searched, the quotes, which side has none, the sources."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.answer import Card, Status
from bot.answers.question_language import load_question_language
from bot.model import Side
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import AvailableActions, PageInfo
from bot.replies.catalogue import say
from bot.replies.reply import Button, Piece, Reply, Style

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.answers.answer import Answer, AnswerNote, ChosenQuote, VoiceFacts
    from bot.answers.by_speaker import SpeakerPage
    from bot.model import Corpus
    from bot.replies.reply import Block


def render_answer(answer: Answer, corpus: Corpus, available: AvailableActions | None = None) -> Reply:
    """Return the reply to one question, asked of `corpus`."""
    available = available or AvailableActions()
    if answer.note is not None:
        return _render_note(answer.note, answer)
    if answer.card is Card.CHOICE:
        choice = render_name_choices(answer.choices, f"/ask {{name}} {answer.question}")
        return replace(choice, blocks=(*choice.blocks, *_render_quotes(answer.quotes)))
    if answer.card is not None:
        return _render_card(answer, corpus, available)
    if answer.status is Status.ABSTAINED:
        return _render_abstention(answer, corpus)
    page = PageInfo(answer.page, answer.has_more)
    return Reply(
        (
            _render_heading(answer),
            *_render_other_language(answer, corpus),
            *_render_quotes(answer.quotes),
            *_render_silent_sides(answer),
        ),
        buttons.build_answer_buttons([chosen.quote for chosen in answer.quotes], available, page, answer.inherited),
        page=answer.page,
    )


def render_speaker_quotes(answer: SpeakerPage, available: AvailableActions) -> Reply:
    """Return one page of what a voice said, oldest first, or the people its name may mean."""
    if answer.choices:
        return render_name_choices(answer.choices, f"/by {{name}} {answer.topic}".strip())
    quotes = [chosen.quote for chosen in answer.quotes]
    page = PageInfo(answer.page, answer.has_more, answer.first)
    return Reply(
        (_render_speaker_heading(answer), *_render_quotes(answer.quotes, first_number=answer.first)),
        buttons.build_answer_buttons(quotes, available, page),
        page=answer.page,
    )


def render_unknown_speaker(name: str, corpus: Corpus) -> Reply:
    """Return that nobody is called `name`; without a name, how to ask."""
    example = corpus.voices[0].name if corpus.voices else "NAME"
    usage = say("by_usage", example=example)
    if name:
        return Reply.with_heading(say("unknown_speaker", name=name), usage)
    return Reply.from_text(usage)


def render_name_choices(names: Sequence[str], command_template: str) -> Reply:
    """Return the people a name or pronoun may mean; a choice fills `{name}` of the template."""
    choices = [Button(name, command_template.replace("{name}", name)) for name in names]
    rows = tuple((button,) for button in choices if buttons.fits_command_limit(button))
    heading = Piece(say("who"), Style.BOLD)
    lines = [Piece("\n" + "\n".join(names))] if names else []
    return Reply(((heading, *lines),), rows, card=Card.CHOICE)


def _render_heading(answer: Answer) -> Block:
    search_terms = ", ".join([*answer.searched, *answer.voices]) or say("whole_debate")
    told = {*answer.searched, *answer.voices}
    expanded = {term: also for term, also in answer.expanded.items() if told & {term, *also}}
    lines = [*_describe_expansions(expanded)]
    if answer.inherited:
        lines.append(say("inherited", words=", ".join(answer.inherited)))
    if answer.status is Status.CLOSEST:
        lines.append(say("closest"))
    lines += _describe_unmatched(answer.unmatched)
    page = say("page", page=answer.page) if answer.page > 1 else ""
    first = Piece(f"{say('searched')}{search_terms}{page}", Style.BOLD)
    return (first, *(Piece(f"\n{line}") for line in lines))


def _render_speaker_heading(answer: SpeakerPage) -> Block:
    last = answer.first + len(answer.quotes) - 1
    counts = say("quote_range", first=answer.first, last=last, total=answer.total)
    lines = [
        *([f"{say('searched')}{answer.topic}"] if answer.topic else []),
        *_describe_expansions(answer.expanded),
        *_describe_unmatched(answer.unmatched),
        say("by_date") if answer.is_fully_dated else say("as_printed"),
    ]
    return (Piece(answer.voice, Style.BOLD), Piece("\n".join([f" · {say(f'sides.{answer.side}')} · {counts}", *lines])))


def _describe_expansions(expanded: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for term, expansions in expanded.items():
        yield say("also_searched", also=", ".join(expansions), asked=term)


def _describe_unmatched(words: Sequence[str]) -> Iterator[str]:
    if words:
        yield say("unmatched", words=", ".join(words))


def _render_quotes(quotes: Sequence[ChosenQuote], first_number: int | None = None) -> Iterator[Block]:
    """Yield each quote, numbered if `first_number` is given; the source follows each run."""
    numbered = enumerate(quotes, first_number or 0)
    for document, run in groupby(numbered, lambda pair: pair[1].quote.passage.document):
        for number, chosen in run:
            block = quote_block.render_quote(chosen)
            yield block if first_number is None else (Piece(f"{number} "), *block)
        yield quote_block.render_source(document)


def _render_silent_sides(answer: Answer) -> Iterator[Block]:
    if answer.silent_sides == (Side.FOR, Side.AGAINST):
        yield (Piece(say("sides_silent")),)
    else:
        for side in answer.silent_sides:
            yield (Piece(say("side_silent", side=say(f"sides.{side}"))),)


def _render_note(note: AnswerNote, answer: Answer) -> Reply:
    """Return the one line that stands in place of quotes."""
    return Reply.from_text(say(f"notes.{note}"), buttons=_build_topic_buttons(answer.topics))


def _render_card(answer: Answer, corpus: Corpus, available: AvailableActions) -> Reply:
    """Return the debate or a voice in the curator's words, and the quotes beneath."""
    is_voice = answer.voice_facts is not None
    head = _render_voice_facts(answer.voice_facts, answer.expanded) if answer.voice_facts else _render_debate(corpus)
    rows = _build_voice_buttons(answer.voice_facts, corpus) if answer.voice_facts else ()
    page = PageInfo(answer.page, answer.has_more and is_voice)
    quotes = [chosen.quote for chosen in answer.quotes]
    return Reply(
        (head, *_render_other_language(answer, corpus), *_render_quotes(answer.quotes)),
        (
            *rows,
            *_build_topic_buttons(() if is_voice else answer.topics),
            *(buttons.build_answer_buttons(quotes, available, page) if is_voice else ()),
        ),
        page=answer.page,
        card=answer.card,
    )


def _render_debate(corpus: Corpus) -> Block:
    """Return what the debate is, from when to when, and where the rest is."""
    dates = sorted(document.date for document in corpus.documents if document.date)
    facts = [
        say("motion", motion=corpus.motion),
        " · ".join([catalogue.format_count("document", len(corpus.documents)), *_format_dates(dates)]),
        say("card_more"),
    ]
    return (Piece(corpus.title, Style.BOLD), Piece("\n" + "\n".join(facts)))


def _render_voice_facts(facts: VoiceFacts, expanded: Mapping[str, Sequence[str]]) -> Block:
    """Return a voice as the curator lists it."""
    known = dict.fromkeys(filter(None, (facts.role, facts.organisation)))
    description = [name for name in known if name != facts.name]
    count = catalogue.format_count("quote", facts.quote_count)
    lines = [
        " · ".join([", ".join(description)] * bool(description) + [say(f"sides.{facts.side}")]),
        " · ".join([count, *_format_dates(sorted(filter(None, (facts.first_date, facts.last_date))))]),
        *_describe_expansions(expanded),
    ]
    return (Piece(facts.name, Style.BOLD), Piece("\n" + "\n".join(lines)))


def _format_dates(dates: Sequence[str]) -> list[str]:
    """Return the first and last of sorted `dates` as one text, in a list; none for none."""
    if not dates:
        return []
    first, last = catalogue.format_date(dates[0]), catalogue.format_date(dates[-1])
    return [first if first == last else say("date_range", first=first, last=last)]


def _build_voice_buttons(facts: VoiceFacts, corpus: Corpus) -> tuple[tuple[Button, ...], ...]:
    """Return what leads on from a voice: all it said, and the other side."""
    row = [Button(say("label_all_quotes"), f"/by {facts.name}")]
    questions = load_question_language(corpus.language).side_questions
    other = {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}.get(facts.side)
    if other in questions:
        row.append(Button(say("label_other_side"), f"/ask {questions[other]}"))
    return (tuple(filter(buttons.fits_command_limit, row)),)


def _render_other_language(answer: Answer, corpus: Corpus) -> Iterator[Block]:
    """Yield in which language the quotes are, where the question is in another, in its own if that is spoken."""
    if answer.question_language:
        with catalogue.use_language_of(answer.question_language):
            yield (Piece(say("other_language", language=say(f"languages.{corpus.language}"))),)


def _build_topic_buttons(topics: Sequence[str]) -> tuple[tuple[Button, ...], ...]:
    row = tuple(filter(buttons.fits_command_limit, (Button(topic, f"/ask {topic}") for topic in topics)))
    return (row,) if row else ()


def _render_abstention(answer: Answer, corpus: Corpus) -> Reply:
    lines = [say("only_loaded", documents=catalogue.format_count("document", len(corpus.documents)))]
    if answer.unmatched:
        key = "missing_words" if len(answer.unmatched) > 1 else "missing_word"
        lines.insert(0, say(key, words=catalogue.format_word_list(answer.unmatched)))
    topics = [say("topics", topics=" · ".join(answer.topics))] if answer.topics else []
    return Reply(
        (
            *Reply.with_heading(say("no_match"), "\n".join(lines)).blocks,
            *_render_other_language(answer, corpus),
            *Reply.from_text(*topics).blocks,
        ),
        _build_topic_buttons(answer.topics),
        missed_words=answer.unmatched,
    )
