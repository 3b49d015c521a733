"""One quote in detail: its context and evidence, its opposite, other wordings, a copy, its history.

And what its permalink shows once the quote is withheld, moved or gone.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.answers.answer import ChosenQuote
from bot.answers.candidates import Opposite
from bot.model import Corpus, Division, Passage, Quote, Span, VoteAnswer
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import BUTTONS_IN_A_ROW, MAX_BUTTONS, AvailableActions
from bot.replies.catalogue import say
from bot.replies.reply import Block, Button, Piece, Reply, Style
from bot.storage import Hold, QuoteChange, QuoteEvent, ShownQuote, Tombstone
from bot.text import split_paragraphs

# Characters of the source on either side of a quote, at most.
_MAX_DISTANCE = 1200
# Hexadecimal digits of a SHA-256 that are shown.
_FINGERPRINT_LENGTH = 12
# A question names what was voted on in its first words; an amendment's whole text would fill the screen.
_MAX_QUESTION = 240
_OIREACHTAS_HOUSES = frozenset({"dail", "seanad", "oireachtas"})
# What attribution writes between words of the source, which stand in quotation marks and are never translated.
_CHAIN_WORDS = re.compile(r"“(?P<quoted>[^”]*)”| (?P<word>continues|goes on in|to)(?= |$)")
_DATE_LENGTH = len("2031-01-24")


def render_context(
    quote: Quote,
    corpus: Corpus,
    matched_words: Sequence[str] = (),
    available: AvailableActions | None = None,
    withheld_spans: Sequence[Span] = (),
) -> Reply:
    """Return `quote` with the paragraph before and after it, its evidence and its source.

    `matched_words` are the words by which it was found; what stands at the places
    `withheld_spans`, and beyond them, is not shown.
    """
    passage = quote.passage
    visible, is_complete = _find_visible_span(quote, withheld_spans)
    heading = (Piece(say("quote_heading"), Style.BOLD), Piece(quote.id, Style.BOLD, quote_id=quote.id))
    lines = [*_describe_evidence(quote, corpus.curator, matched_words)]
    lines += [] if is_complete else [say("withheld_beside")]
    has_own_link = passage.turn is not None and passage.turn.url
    evidence = (
        Piece("\n".join(lines)),
        *_render_division_link(passage),
        # The paragraph stands above; the record's own place says more where it has a name or a link.
        *([Piece("\n"), quote_block.render_location(quote)] * bool(has_own_link or passage.address)),
        *quote_block.render_responses(quote),
    )
    link = None if has_own_link else quote_block.find_words_link(quote)
    source = quote_block.render_source(passage.document, link)
    blocks = (heading, tuple(_render_surroundings(quote, visible)), evidence, source)
    return Reply(blocks, buttons.build_quote_buttons(quote, available or AvailableActions()))


def render_opposite(result: Opposite) -> Reply:
    """Return what the other side says on the same topic and how the two are linked, or why there is no opposite."""
    heading = say("opposite", id=result.quote.id)
    if result.candidate is None:
        reason = _explain_no_opposite(result)
        return replace(Reply.with_heading(heading, reason), toast=reason)
    link = say("opposite_link", topic=result.topic, words=", ".join(result.shared_words) or say("no_words"))
    head = (Piece(heading, Style.BOLD), Piece(f"\n{link}"))
    caveat = (Piece(say("not_a_reply"), Style.ITALIC, links_question=True),)
    rows = buttons.build_answer_buttons([result.candidate.quote], AvailableActions())
    return Reply((head, *quote_block.render_quotes([result.candidate.chosen_quote]), caveat), rows)


def render_wordings(quote: Quote, variants: Sequence[Quote]) -> Reply:
    """Return every wording in which the statement of `quote` is printed."""
    if not variants:
        reason = say("no_wordings", id=quote.id)
        return replace(Reply.with_heading(reason), toast=reason)
    quotes = quote_block.render_quotes([ChosenQuote(variant, 0.0) for variant in variants])
    caveat = (Piece(say("wordings_differ"), Style.ITALIC, links_question=True),)
    return Reply(((Piece(say("wordings"), Style.BOLD),), *quotes, caveat))


def render_copy(quote: Quote) -> Reply:
    """Return `quote` with its speaker and source, ready to copy."""
    text = quote_block.format_for_copying(quote)
    return Reply(((Piece(say("copy"), Style.BOLD), Piece("\n"), Piece(text, Style.CODE)),))


def render_unknown_quote(quote_id: str) -> Reply:
    """Say that no document has this quote now, and what that means."""
    return Reply.with_heading(say("unknown_quote", id=quote_id), say("unknown_quote_reason"))


def render_withheld(hold: Hold) -> Reply:
    """Say that an admin withheld the quote, when and why."""
    since = say("withheld_since", date=catalogue.format_date(hold.when), reason=hold.reason)
    return Reply.with_heading(say("withheld_now", id=hold.id), since)


def render_withheld_name(quote_id: str) -> Reply:
    """Say that a quote is not shown because of a name in it."""
    return Reply.with_heading(say("withheld_now", id=quote_id), say("names.withheld_quote"))


def render_retired(quote: ShownQuote, retirement: Tombstone, quote_text: str | None = None) -> Reply:
    """Return when and why a quote was retired, and its words if `quote_text` is given."""
    reason = say(f"retired_why.{retirement.why}", document=quote.title or quote.document)
    fingerprint = say("retired_text", sha256=quote.sha256[:_FINGERPRINT_LENGTH])
    heading = say("retired", id=quote.id, date=catalogue.format_date(retirement.when))
    reply = Reply.with_heading(heading, f"{reason}\n{fingerprint}")
    if quote_text is None:
        return reply
    words = (Piece(f"{say('retired_words')}\n"), Piece(quote_text, Style.QUOTE))
    return Reply((*reply.blocks, words))


def render_moved(quote: ShownQuote, retirement: Tombstone, current: Reply) -> Reply:
    """Return when and why a quote moved, and below that `current`, the reply that shows it."""
    tombstone = render_retired(quote, retirement).blocks
    return Reply((*tombstone, (Piece(say("retired_moved")),), *current.blocks), current.buttons)


def _explain_no_opposite(result: Opposite) -> str:
    """Say why there is no opposite: the quote has no side or no topic, or the other side has no quote on it."""
    if result.side is None:
        return say("no_side")
    if not result.topics:
        return say("no_topic")
    side, topics = say(f"sides.{result.side}"), ", ".join(result.topics)
    return say("no_opposite", side=side, topics=topics)


def _find_visible_span(quote: Quote, withheld_spans: Sequence[Span]) -> tuple[Span, bool]:
    """Return the span of the source to show around a quote, and False where something withheld cuts it short.

    Where the text around is damaged the quote stands alone, with True.
    """
    paragraph_spans = split_paragraphs(quote.passage.document.text)
    first = next(index for index, span in enumerate(paragraph_spans) if quote.span.start < span.end)
    last = next(index for index, span in enumerate(paragraph_spans) if quote.span.end <= span.end)
    start = _choose_edge(quote, [span.start for span in paragraph_spans[max(0, first - 1) : first + 1]])
    end = _choose_edge(quote, [span.end for span in paragraph_spans[last : last + 2]][::-1])
    holds_before = (span.end for span in withheld_spans if span.end <= quote.span.start)
    holds_after = (span.start for span in withheld_spans if span.start >= quote.span.end)
    visible = Span(max([start, *holds_before]), min([end, *holds_after]))
    if not quote.passage.document.is_intact(visible):
        return quote.span, True
    return visible, visible == (start, end)


def _render_surroundings(quote: Quote, visible: Span) -> Iterator[Piece]:
    """Yield the source from the paragraph before to the one after, the quote standing out."""
    if visible.start < quote.span.start:
        yield Piece(quote.passage.document.slice_text(Span(visible.start, quote.span.start)), Style.CONTEXT)
    yield Piece(quote.text, Style.QUOTE)
    if quote.span.end < visible.end:
        yield Piece(quote.passage.document.slice_text(Span(quote.span.end, visible.end)), Style.CONTEXT)


def _choose_edge(quote: Quote, edges: Sequence[int]) -> int:
    """Return the farthest of `edges`, farthest first, that is not too far; else the quote's own.

    Within a paragraph too long to be shown the quote's passage begins and ends it.
    """
    is_start = edges[0] <= quote.span.start
    quote_edge = quote.span.start if is_start else quote.span.end
    passage_edge = quote.passage.frame.start if is_start else quote.passage.frame.end
    candidates = (candidate for candidate in (*edges, passage_edge) if abs(candidate - quote_edge) <= _MAX_DISTANCE)
    return next(candidates, quote_edge)


def _describe_evidence(quote: Quote, curator: str, matched_words: Sequence[str]) -> Iterator[str]:
    """Yield the lines that prove a quote: voice, cue, how the cue leads to it, place, matched words, side."""
    passage = quote.passage
    kind = " · ".join(quote_block.list_attribution_labels(passage))
    if passage.is_own_words or passage.voice:
        yield say("voice", voice=quote_block.describe_speaker(passage), kind=kind)
    else:
        yield say("names.voice", kind=kind) if passage.is_unnamed else say("no_voice")
    if passage.cue:
        cues = " → ".join(say("quoted_word", word=passage.document.slice_text(cue)) for cue in passage.cue)
        yield say("cue", cue=cues)
    if passage.chain:
        yield say("chain", chain=_translate_chain(passage.chain))
    (start, end), document = quote.span, passage.document
    sha256 = document.sha256[:_FINGERPRINT_LENGTH]
    yield say("location", start=start, end=end, document=document.id, paragraph=passage.paragraph, sha256=sha256)
    if matched_words:
        yield say("matched_words", words=", ".join(matched_words))
    if passage.voice or passage.is_unnamed:
        yield _describe_side(passage, curator)


def _describe_side(passage: Passage, curator: str) -> str:
    """Return the side of a voice, and what it follows from: the curator's word, a vote or a party."""
    side, evidence = say(f"sides.{passage.side}"), passage.side_evidence
    if evidence is None:
        return say("side_set", side=side, curator=curator)
    division = evidence.division
    if division is None:
        return say("side_by_body", side=side, body=evidence.body, curator=curator)
    answer = say(f"vote_answers.{_find_house_answer_key(division, evidence.answer)}")
    question = textwrap.shorten(division.question or say("no_question"), _MAX_QUESTION, placeholder=" …")
    number, date = division.number, catalogue.format_date(division.date)
    return say("side_by_vote", side=side, answer=answer, number=number, date=date, question=question, curator=curator)


def _find_house_answer_key(division: Division, answer: VoteAnswer | None) -> str:
    """Return the key of what the house itself calls an Aye (Content, Tá), or else a No."""
    is_aye = answer is VoteAnswer.AYE
    if division.house == "lords":
        return "content" if is_aye else "not_content"
    if division.house in _OIREACHTAS_HOUSES:
        return "ta" if is_aye else "nil"
    return "aye" if is_aye else "no"


def _render_division_link(passage: Passage) -> tuple[Piece, ...]:
    """Return the link to the division that a side follows from, where it has an address."""
    division = passage.side_evidence.division if passage.side_evidence else None
    if division is None or division.url is None:
        return ()
    return (Piece("\n"), Piece(say("side_by_vote_link"), url=division.url))


def _translate_chain(chain: str) -> str:
    """Return the steps from a name to its words, in the language spoken."""

    def translate(match: re.Match[str]) -> str:
        if match["word"] is None:
            return say("quoted_word", word=match["quoted"])
        key = f"chain_words.{match['word'].replace(' ', '_')}"
        return f" {say(key)}"

    return _CHAIN_WORDS.sub(translate, chain)


def render_history(
    quote_id: str, events: Sequence[QuoteEvent], may_tell: Callable[[str], bool], *, is_shown: bool
) -> Reply:
    """Return what happened to a quote, oldest first; a reason that `may_tell` refuses is not given."""
    heading = (Piece(say("history.heading"), Style.BOLD), Piece(quote_id, Style.BOLD, quote_id=quote_id))
    began = events and events[0].change is QuoteChange.SHOWN
    lines: list[Block] = [] if began else [(Piece(say("history.unknown_start")),)]
    lines += [_render_event(event, quote_id, may_tell) for event in events]
    pieces = tuple(piece for line in lines for piece in (Piece("\n"), *line))[1:]
    state = say("history.now_shown" if is_shown else "history.now_not_shown")
    return Reply((heading, pieces, (Piece(state, links_question=True),)))


def add_history_button(reply: Reply, quote_id: str) -> Reply:
    """Return `reply` with a button that opens the quote's history, if there is room for one more."""
    buttons = [button for row in reply.buttons for button in row]
    if len(buttons) >= MAX_BUTTONS - 1:
        return reply
    button = Button(say("label_history"), f"/history {quote_id}", edits=True)
    # The last row takes it where there is room, so that no other button moves.
    *rows, last = reply.buttons or ((),)
    is_full = len(last) >= BUTTONS_IN_A_ROW
    return replace(reply, buttons=(*rows, last, (button,)) if is_full else (*rows, (*last, button)))


def _render_event(event: QuoteEvent, quote_id: str, may_tell: Callable[[str], bool]) -> tuple[Piece, ...]:
    """Render one event, naming the quote it befell where that is not `quote_id` but the quote this one moved to."""
    has_moved = event.change is QuoteChange.RETIRED and event.detail
    if event.change is QuoteChange.HELD:
        what = say("history.held", reason=event.detail if may_tell(event.detail) else say("not_given"))
    else:
        what = say(f"history_events.{'moved' if has_moved else event.change}")
    text = say("history.line", date=catalogue.format_date(event.when[:_DATE_LENGTH]), what=what)
    target = [Piece(event.detail, quote_id=event.detail)] if has_moved else []
    place = [Piece(f" ({event.quote})")] if event.quote != quote_id else []
    load = [Piece(say("history.load", load=event.load), Style.ITALIC)] if event.load else []
    return (Piece(text), *target, *place, *load)
