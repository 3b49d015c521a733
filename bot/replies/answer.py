"""An answer as a reply: the quotes, which side has none, and on a quiet last line what was searched; and as cards.

Above the quotes stands only what a reader must know first: that they do not cover the question. A card is one quote
for a chat the bot is not in: it leads to the quote's context and to the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from bot.answers.answer import Answer, AnswerNote, Card, ChosenQuote, Status, VoiceFacts
from bot.answers.question_tables import load_question_language
from bot.answers.speakers import SpeakerPage
from bot.model import Corpus, Side
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import AvailableActions, PageInfo
from bot.replies.catalogue import say
from bot.replies.reply import Block, Button, Piece, Reply, Style

_YEAR_LENGTH = len("2031")
# Characters of a quote under the title of its card.
_MAX_PREVIEW_LENGTH = 120
_OPPOSING_SIDES = [Side.FOR, Side.AGAINST]


def render_answer(answer: Answer, corpus: Corpus, available: AvailableActions | None = None) -> Reply:
    """Return the reply to one question, asked of `corpus`."""
    available = available or AvailableActions()
    if answer.note is not None:
        return _render_note(answer.note, answer)
    if answer.card is Card.CHOICE:
        # A question that names nothing of its own is asked of what came before it.
        choice = render_name_choices(answer.choices, f"/ask {{name}} {' '.join(answer.inherited) or answer.question}")
        return replace(choice, blocks=(*choice.blocks, *quote_block.render_quotes(answer.quotes)))
    if answer.card is not None:
        return _render_card(answer, corpus, available)
    if answer.status is Status.ABSTAINED:
        return _render_abstention(answer, corpus)
    page, quotes = PageInfo(answer.page, answer.has_more), [chosen.quote for chosen in answer.quotes]
    blocks = (
        *_render_caveats(answer),
        *_render_other_language(answer, corpus),
        *quote_block.render_quotes(answer.quotes),
        *_render_silent_sides(answer),
        _render_search_terms(answer),
    )
    return Reply(blocks, buttons.build_answer_buttons(quotes, available, page, answer.inherited), page=answer.page)


def render_speaker_quotes(answer: SpeakerPage, available: AvailableActions) -> Reply:
    """Return one page of what a voice said, oldest first, or the people its name may mean."""
    if answer.choices:
        return render_name_choices(answer.choices, f"/by {{name}} {answer.topic}".strip())
    page = PageInfo(answer.page, answer.has_more, answer.first)
    rows = buttons.build_answer_buttons([chosen.quote for chosen in answer.quotes], available, page)
    return Reply((_render_speaker_heading(answer), *_render_through_time(answer)), rows, page=answer.page)


def render_unknown_speaker(name: str, corpus: Corpus) -> Reply:
    """Say that nobody is called `name`; without a name, how to ask."""
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


def _render_caveats(answer: Answer) -> Iterator[Block]:
    """Yield what stands above the quotes: that they are only the closest, and what they lack."""
    lines = [say("closest")] if answer.status is Status.CLOSEST else []
    left_out = [say("left_out_words", words=", ".join(answer.left_out))] if answer.left_out else []
    differences = [say(f"differs.{answer.difference}")] if answer.difference else []
    if lines := [*lines, *_describe_unmatched(answer.unmatched), *left_out, *differences]:
        yield (Piece("\n".join(lines)),)


def _render_search_terms(answer: Answer) -> Block:
    """Render the words searched, each with its synonyms, in one line; above it the words carried over."""
    search_terms = _format_search_terms(answer) or say("whole_debate")
    page = say("page", page=answer.page) if answer.page > 1 else ""
    carried_over = [say("inherited", words=", ".join(answer.inherited))] if answer.inherited else []
    return (
        *(Piece(f"{line}\n", Style.ITALIC) for line in carried_over),
        Piece(say("searched"), Style.ITALIC, links_question=True),
        Piece(f"{search_terms}{page}", Style.ITALIC),
    )


def _format_search_terms(answer: Answer) -> str:
    """Join what was searched, each term with what else was searched for it, except words that are shown anyway."""
    typed_by_word = {word: typed for typed, words in answer.corrected.items() for word in words}
    asked = [*answer.searched, *answer.voices]
    asked_words = {word for term in asked for word in term.casefold().split()}
    groups: list[str] = []
    is_open = False
    for word in asked:
        typed = typed_by_word.get(word)
        term = say("corrected", word=word, typed=typed) if typed else word
        expansions = answer.expanded.get(typed or word, ())
        further = [each for each in expansions if not asked_words >= {*each.casefold().split()}]
        if further:
            groups.append(say("searched_term", term=term, also=", ".join(further)))
        elif is_open:
            groups[-1] += f", {term}"
        else:
            groups.append(term)
        is_open = not further
    return " · ".join(groups)


def _render_speaker_heading(answer: SpeakerPage) -> Block:
    """Render a voice's name and sides, which quotes of how many are shown, what was searched, and the order."""
    last, sides = answer.first + len(answer.quotes) - 1, answer.sides or (answer.side,)
    counts = say("quote_number", number=last, total=answer.total)
    if last > answer.first:
        counts = say("quote_range", first=answer.first, last=last, total=answer.total)
    searched = " · ".join([answer.topic, *_describe_expansions(answer.expanded, [answer.topic])])
    lines = [f"{say('searched')}{searched}"] if answer.topic else []
    lines += [*_describe_unmatched(answer.unmatched), _describe_order(answer)]
    return (
        Piece(answer.voice, Style.BOLD),
        Piece(f" · {', '.join(say(f'sides.{side}') for side in sides)} · "),
        Piece(counts, links_question=True),
        Piece("\n" + "\n".join(lines)),
    )


def _describe_order(answer: SpeakerPage) -> str:
    """Say how the quotes of a page are ordered: by date, undated last, or as printed where none has a date."""
    dates = [chosen.quote.passage.document.date for chosen in answer.quotes]
    if all(dates):
        return say("by_date")
    return say("by_date_undated_last") if any(dates) else say("as_printed")


def _render_through_time(answer: SpeakerPage) -> Iterator[Block]:
    """Yield the quotes of a page; those on a topic with the years between them, and first a pair on both sides."""
    if not answer.topic:
        yield from quote_block.render_quotes(answer.quotes, answer.first)
        return
    heads = list(_list_time_heads(answer))
    for head, quotes in groupby(zip(heads, answer.quotes, strict=True), key=itemgetter(0)):
        group = [chosen for _, chosen in quotes]
        number = answer.first + next(n for n, chosen in enumerate(answer.quotes) if chosen is group[0])
        yield (Piece(head[1], Style.BOLD),)
        yield from quote_block.render_quotes(group, number)


def _list_time_heads(answer: SpeakerPage) -> Iterator[tuple[int, str]]:
    """Yield for each quote of a page its part (0 the pair, 1 the years) and the heading that stands above it."""
    dates = [chosen.quote.passage.document.date for chosen in answer.quotes]
    pair_size = 2 if answer.has_pair else 0
    pair_dates = " · ".join(catalogue.format_date(date) for date in dates[:pair_size] if date)
    for index, date in enumerate(dates):
        yield (0, pair_dates) if index < pair_size else (1, date[:_YEAR_LENGTH] if date else say("no_date"))


def _describe_expansions(expanded: Mapping[str, Sequence[str]], asked: Sequence[str]) -> Iterator[str]:
    """Yield what was searched besides; and for which word, where more than one was `asked`."""
    for term, expansions in expanded.items():
        key = "also_searched_for" if len(asked) > 1 else "also_searched"
        yield say(key, also=", ".join(expansions), asked=term)


def _describe_unmatched(words: Sequence[str]) -> Iterator[str]:
    """Yield a line with the words that nothing matched, if there are any."""
    if words:
        yield say("unmatched", words=", ".join(words))


def _render_silent_sides(answer: Answer) -> Iterator[Block]:
    """Yield which side of the motion no quote is on."""
    if answer.silent_sides == (Side.FOR, Side.AGAINST):
        yield (Piece(say("sides_silent")),)
    else:
        yield from ((Piece(say("side_silent", side=say(f"sides.{side}"))),) for side in answer.silent_sides)


def _render_note(note: AnswerNote, answer: Answer) -> Reply:
    """Return the one line that stands in place of quotes; “nothing new” can itself be followed up."""
    line = Piece(say(f"notes.{note}"), links_question=note is AnswerNote.NOTHING_NEW)
    reaction = say(f"notes.{note}") if note is AnswerNote.COURTESY else ""
    return Reply(((line,),), _build_topic_buttons(answer.topics), reaction=reaction)


def _render_card(answer: Answer, corpus: Corpus, available: AvailableActions) -> Reply:
    """Return the debate or a voice in the curator's words, and the quotes beneath."""
    if answer.voice_facts is None:
        head, rows = _render_debate(corpus), _build_topic_buttons(answer.topics)
    else:
        head = _render_voice_facts(answer.voice_facts, answer.expanded)
        page, quotes = PageInfo(answer.page, answer.has_more), [chosen.quote for chosen in answer.quotes]
        under_quotes = buttons.build_answer_buttons(quotes, available, page)
        rows = (*_build_voice_buttons(answer.voice_facts, corpus), *under_quotes)
    blocks = (head, *_render_other_language(answer, corpus), *quote_block.render_quotes(answer.quotes))
    return Reply(blocks, rows, page=answer.page, card=answer.card)


def _render_debate(corpus: Corpus) -> Block:
    """Return what the debate is, from when to when, and where the rest is."""
    dates = sorted(document.date for document in corpus.documents if document.date)
    extent = " · ".join([catalogue.format_count("document", len(corpus.documents)), *_format_dates(dates)])
    facts = [say("motion", motion=corpus.motion), extent, say("card_more")]
    return (Piece(corpus.title, Style.BOLD), Piece("\n" + "\n".join(facts)))


def _render_voice_facts(facts: VoiceFacts, expanded: Mapping[str, Sequence[str]]) -> Block:
    """Return a voice as the curator lists it."""
    names = dict.fromkeys(filter(None, (facts.role, facts.organisation)))
    description = ", ".join(name for name in names if name != facts.name)
    count = catalogue.format_count("quote", facts.quote_count)
    lines = [
        " · ".join(filter(None, [description, say(f"sides.{facts.side}")])),
        " · ".join([count, *_format_dates(sorted(filter(None, (facts.first_date, facts.last_date))))]),
        *_describe_expansions({term: also for term, also in expanded.items() if facts.name not in also}, [facts.name]),
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


def _render_topics(topics: Sequence[str]) -> Iterator[Block]:
    """Yield a line with the topics that have quotes, if there are any."""
    if topics:
        yield (Piece(say("topics", topics=" · ".join(topics))),)


def _build_topic_buttons(topics: Sequence[str]) -> tuple[tuple[Button, ...], ...]:
    """Build a button for each topic that asks about it, where its command fits."""
    choices = (Button(topic, f"/ask {topic}") for topic in topics)
    return buttons.arrange_in_rows(filter(buttons.fits_command_limit, choices))


def _render_abstention(answer: Answer, corpus: Corpus) -> Reply:
    """Say that nobody is quoted on it, and why; of a question in another language say only that, with topics."""
    if answer.question_language:
        with catalogue.use_language_of(answer.question_language):
            topics = tuple(_render_topics(answer.topics))
        language = tuple(Piece(piece.text, links_question=True) for [piece] in _render_other_language(answer, corpus))
        return Reply((language, *topics), _build_topic_buttons(answer.topics))
    lines = [say("only_loaded", documents=catalogue.format_count("document", len(corpus.documents)))]
    # Where it is asked what a voice says, others may well be quoted on it.
    voice = ", ".join(answer.voices) if answer.asks_speech else ""
    heading = say("no_match_from_voice", voice=voice) if voice else say("no_match")
    if answer.unmatched:
        words = catalogue.format_word_list(answer.unmatched)
        key = "missing_words" if len(answer.unmatched) > 1 else "missing_word"
        lines.insert(0, say("missing_from_voice", voice=voice, words=words) if voice else say(key, words=words))
    *others, last = lines
    reason = (*(Piece(f"{line}\n") for line in others), Piece(last, links_question=True))
    blocks = ((Piece(heading, Style.BOLD),), reason, *_render_topics(answer.topics))
    return Reply(blocks, _build_topic_buttons(answer.topics), missed_words=answer.unmatched)


@dataclass(frozen=True, slots=True)
class QuoteCard:
    """A quote as one of several results: its id, what the list says of it, and what is sent."""

    id: str
    title: str
    preview: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of results, and the page that follows if one does; `version` is the corpus's."""

    cards: tuple[QuoteCard, ...]
    version: str
    next_page: int | None = None


def build_card_page(answer: Answer, corpus: Corpus) -> CardPage:
    """Return the quotes of `answer`, each as a card."""
    cards = tuple(_build_card(chosen, answer.silent_sides, corpus) for chosen in answer.quotes)
    return CardPage(cards, corpus.fingerprint, answer.page + 1 if answer.has_more else None)


def _build_card(chosen: ChosenQuote, silent_sides: tuple[Side, ...], corpus: Corpus) -> QuoteCard:
    """Build the card of a quote that stands by itself: a title, a preview, and its reply."""
    quote, passage = chosen.quote, chosen.quote.passage
    speaker = passage.voice.name if passage.voice else quote_block.describe_speaker(passage)
    motion = f"{say('motion', motion=corpus.motion)}\n{_describe_other_side(passage.side, silent_sides)}"
    # The buttons open the bot's own chat.
    row = [Button(say("label_check"), f"/start {quote_block.QUOTE_PREFIX}{quote.id}")]
    if passage.side is not Side.NEITHER:
        row.append(Button(say("label_other_side"), f"/start {quote_block.OPPOSITE_PREFIX}{quote.id}"))
    title = f"{say(f'sides.{passage.side}')} · {speaker} · {quote_block.describe_kind(passage)}"
    preview = quote_block.truncate(" ".join(quote.text.split()), _MAX_PREVIEW_LENGTH)
    reply = Reply((*quote_block.render_quotes([chosen]), (Piece(motion),)), (tuple(row),))
    return QuoteCard(quote.id, title, preview, reply)


def _describe_other_side(side: Side, silent_sides: tuple[Side, ...]) -> str:
    """Say whether the same words match quotes of the other side."""
    silent_others = [other for other in _OPPOSING_SIDES if other is not side and other in silent_sides]
    if silent_others == _OPPOSING_SIDES:
        return say("sides_silent")
    if silent_others:
        return say("side_silent", side=say(f"sides.{silent_others[0]}"))
    if side is Side.NEITHER:
        return say("both_sides_match")
    other = next(candidate for candidate in _OPPOSING_SIDES if candidate is not side)
    return say("other_side_matches", side=say(f"sides.{other}"))
