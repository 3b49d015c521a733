"""One quote as blocks of a reply: its side, speaker and date, its words, and a line for its source; and as a card.

A card is for chats the bot is not in: it stands by itself, and leads to the context and the other side.
What only who checks a quote wants (its id, place and fingerprint) is in its context: `quote_details`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answers.answer import Answer, ChosenQuote
from bot.model import AttributionSource, Corpus, Document, Kind, Passage, Quote, Response, Side, Voice
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Block, Button, Piece, Reply, Style
from bot.replies.text_fragments import link_words

# Characters of a title in an answer: with the publisher it fills a phone's line, or half of one. Context has it whole.
MAX_TITLE_LENGTH, MAX_REPEATED_TITLE_LENGTH = 30, 24
QUOTE_PREFIX, OPPOSITE_PREFIX = "q_", "o_"
_MAX_PREVIEW_LENGTH = 120
_OPPOSING_SIDES = [Side.FOR, Side.AGAINST]


def render_quotes(quotes: Sequence[ChosenQuote], first_number: int | None = None) -> Iterator[Block]:
    """Yield each quote, numbered if `first_number` is given; a source follows the last of its run.

    A document's title and publisher stand in full the first time only.
    """
    seen: set[str] = set()
    run_length = 0
    for number, chosen in enumerate(quotes, first_number or 0):
        block = render_quote(chosen)
        passage = chosen.quote.passage
        run_length += 1
        following = quotes[number - (first_number or 0) + 1 :][:1]
        if not following or find_link(following[0].quote.passage) != find_link(passage):
            # The link leads to the words where they are one quote's.
            link = find_words_link(chosen.quote) if run_length == 1 else find_link(passage)[1]
            is_repeated = passage.document.id in seen
            block = (*block, Piece("\n"), *render_source_line(passage, link, is_repeated=is_repeated))
            seen.add(passage.document.id)
            run_length = 0
        yield block if first_number is None else (Piece(f"{number} "), *block)


def render_quote(chosen: ChosenQuote) -> Block:
    """Render one quote: side, speaker, date, words, and what else is known of it.

    The date is the link to it, as a date is elsewhere.
    """
    quote = chosen.quote
    passage = quote.passage
    date = passage.document.date
    pieces = [
        Piece(say(f"sides.{passage.side}"), Style.BOLD),
        Piece(f" · {describe_speaker(passage, is_brief=True)} · "),
        Piece(catalogue.format_date(date) if date else say("no_date"), quote_id=quote.id),
        Piece("".join(f" · {label}" for label in _list_warnings(passage)) + "\n"),
        Piece(quote.text, Style.QUOTE),
    ]
    if chosen.has_caveat:
        pieces.append(Piece(f"\n{say('has_caveat')}"))
    if chosen.has_wordings:
        pieces.append(Piece(f"\n{say('two_wordings')}"))
    pieces += render_responses(quote)
    if chosen.also_in:
        titles = "; ".join(document.title or document.id for document in chosen.also_in)
        pieces.append(Piece(f"\n{say('also_in', titles=titles)}"))
    return tuple(pieces)


def render_responses(quote: Quote) -> Iterator[Piece]:
    """Yield a line for each published response to the quote: by whom, when, and a link to it."""
    for response in quote.responses:
        yield Piece(f"\n{_introduce_response(response)}")
        yield Piece(response.document.title or say("no_title"), url=response.document.url)


def _introduce_response(response: Response) -> str:
    if response.date is None:
        return say("responses.undated", by=response.author)
    return say("responses.dated", by=response.author, date=catalogue.format_date(response.date))


def format_for_copying(quote: Quote) -> str:
    """Format `quote` to be pasted anywhere: words, speaker, kind, source, ID."""
    document = quote.passage.document
    copied_quote = say(
        "copied",
        text=quote.text,
        voice=describe_speaker(quote.passage),
        kind=describe_kind(quote.passage),
        title=document.title or say("no_title"),
        publisher=document.publisher or say("no_publisher"),
        date=catalogue.format_date(document.date) if document.date else say("no_date"),
        id=quote.id,
    )
    responses = "".join(f"{piece.text}" for piece in render_responses(quote))
    return f"{copied_quote}{responses}"


def describe_speaker(passage: Passage, *, is_brief: bool = False) -> str:
    """Describe whose words a passage holds; a brief description leaves out what it can of role and party."""
    publisher = passage.document.publisher or say("the_publication")
    if passage.is_own_words:
        return say("own_words", publisher=publisher)
    if passage.is_unnamed:
        return say("names.unnamed")
    if passage.voice is None:
        turn = passage.turn
        is_named = turn is not None and turn.voice.name
        return say("quoted_by", voice=turn.voice.name) if turn and is_named else say("uncertain", publisher=publisher)
    voice = format_voice_briefly(passage.voice) if is_brief else format_voice(passage.voice)
    # The kind stands beside a brief description, and the publication right below.
    if is_brief or passage.kind is Kind.DIRECT:
        return voice
    return say(f"framed.{passage.kind}", publisher=publisher, voice=voice)


def describe_kind(passage: Passage) -> str:
    """Return what kind of words a passage holds, as a reply says it."""
    is_unattributed = passage.kind is Kind.NARRATION and not passage.is_own_words
    return say("kinds.unattributed" if is_unattributed else f"kinds.{passage.kind}")


def format_voice(voice: Voice) -> str:
    """Join a voice's name, role, organisation, seat and party, without repeating one.

    >>> from bot.model import Voice
    >>> format_voice(Voice("Ann Low", "chair", "Riders"))
    'Ann Low, chair, Riders'
    >>> format_voice(Voice("Riders", None, "Riders")), format_voice(Voice("Ann Low", "chair of the Riders", "Riders"))
    ('Riders', 'Ann Low, chair of the Riders')
    """
    has_organisation = bool(voice.role and voice.organisation) and f" {voice.organisation} " in f" {voice.role} "
    return ", ".join(each for each in voice.descriptions if not (has_organisation and each == voice.organisation))


def format_voice_briefly(voice: Voice) -> str:
    """Join a voice's name and whom it speaks for, or where that is not given its role.

    >>> from bot.model import Voice
    >>> format_voice_briefly(Voice("Ann Low", "chair", "Riders")), format_voice_briefly(Voice("Ann Low", "chair"))
    ('Ann Low, Riders', 'Ann Low, chair')
    """
    further = next(
        (part for part in (voice.organisation, voice.party, voice.role) if part and part != voice.name), None
    )
    return ", ".join(filter(None, (voice.name, further)))


def find_link(passage: Passage) -> tuple[str, str | None]:
    """Return a passage's document, and where that is published, as near to the passage as the record says."""
    return passage.document.id, (passage.turn.url if passage.turn else None) or passage.document.url


def find_words_link(quote: Quote) -> str | None:
    """Return where a quote is published, as near to its words as the record and browsers allow."""
    return link_words(find_link(quote.passage)[1], quote.passage.document, quote.span)


def render_source_line(passage: Passage, link: str | None = None, *, is_repeated: bool = False) -> Block:
    """Render the quiet line below a quote: title and publisher, shortened where they repeat.

    `link` is nearer to the words than the record's own, where it is given.
    """
    document = passage.document
    title = document.title or say("no_title")
    link = link or find_link(passage)[1]
    if is_repeated:
        return (Piece(shorten(title, MAX_REPEATED_TITLE_LENGTH), Style.ITALIC, url=link),)
    missing_link = [] if link else [say("no_link")]
    facts = [document.publisher or say("no_publisher"), *missing_link]
    return (
        Piece(shorten(title, MAX_TITLE_LENGTH), Style.ITALIC, url=link),
        Piece(f" · {' · '.join(facts)}", Style.ITALIC),
    )


def render_source(document: Document, link: str | None = None) -> Block:
    """Render the line with a document's title, publisher and date in full, and its link, or one nearer to the words."""
    title = document.title or say("no_title")
    publisher = document.publisher or say("no_publisher")
    date = catalogue.format_date(document.date) if document.date else say("no_date")
    pieces = [
        Piece(say("source"), Style.ITALIC, links_question=True),
        Piece(title, Style.ITALIC, url=link or document.url),
        Piece(f" · {publisher} · {date}", Style.ITALIC),
    ]
    if document.url is None:
        pieces.append(Piece(f" · {say('no_link')}", Style.ITALIC))
    return tuple(pieces)


def render_location(quote: Quote) -> Piece:
    """Render the paragraph's number, with the record's own name and a link to the words if it has them."""
    passage = quote.passage
    address = f" ({passage.address})" if passage.address else ""
    is_linked = passage.turn is not None and passage.turn.url
    return Piece(f"¶{passage.paragraph}{address}", url=find_words_link(quote) if is_linked else None)


def _list_warnings(passage: Passage) -> Iterator[str]:
    """Yield what a reader must know at once: that words are no direct quote, or that nobody checked them.

    Where no voice is named the description of the speaker says so already.
    """
    if passage.kind is not Kind.DIRECT and passage.voice:
        yield say(f"brief_kinds.{passage.kind}")
    if passage.document.transcript == "automatic":
        yield say("automatic_captions")
    if passage.by is AttributionSource.CURATOR:
        yield describe_correction(passage)


def describe_correction(passage: Passage) -> str:
    """Say that a curator set the voice of a passage, and when if that is written."""
    if passage.corrected is None:
        return say("named_by_curator")
    return say("responses.corrected", date=catalogue.format_date(passage.corrected))


def list_attribution_labels(passage: Passage) -> Iterator[str]:
    """Yield what kind of words a passage holds, and how its speaker is known."""
    yield describe_kind(passage)
    first_span = passage.quotation[:1]
    if passage.kind is Kind.DIRECT and first_span and first_span[0].start < passage.span.start:
        yield say("continued")
    if passage.by is AttributionSource.RECORD and passage.voice:
        is_automatic = passage.document.transcript == "automatic"
        yield say("automatic_captions" if is_automatic else "named_by_record")
    if passage.by is AttributionSource.CURATOR:
        yield describe_correction(passage)


def truncate(text: str, limit: int) -> str:
    """Return `text`, or as much of it as fits before an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def shorten(text: str, limit: int) -> str:
    """Return `text`, or as many whole words of it as fit, and an ellipsis; a first word that is too long is cut.

    >>> shorten("one two three", 9), shorten("one", 3), shorten("indivisible", 6)
    ('one two…', 'one', 'indiv…')
    """
    if len(text) <= limit:
        return text
    words, _, _ = text[:limit].rpartition(" ")
    return f"{(words or text[: limit - 1]).rstrip(' ,;:–—-')}…"


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
    """Return the quotes of `answer`, each by itself."""
    cards = tuple(_build_card(chosen, answer.silent_sides, corpus) for chosen in answer.quotes)
    return CardPage(cards, corpus.fingerprint, answer.page + 1 if answer.has_more else None)


def _build_card(chosen: ChosenQuote, silent_sides: tuple[Side, ...], corpus: Corpus) -> QuoteCard:
    """Build the card of a quote that stands by itself: a title, a preview, and its reply."""
    quote, passage = chosen.quote, chosen.quote.passage
    speaker = passage.voice.name if passage.voice else describe_speaker(passage)
    blocks = (
        *render_quotes([chosen]),
        (Piece(f"{say('motion', motion=corpus.motion)}\n{_describe_other_side(passage.side, silent_sides)}"),),
    )
    return QuoteCard(
        quote.id,
        f"{say(f'sides.{passage.side}')} · {speaker} · {describe_kind(passage)}",
        truncate(" ".join(quote.text.split()), _MAX_PREVIEW_LENGTH),
        Reply(blocks, (tuple(_build_card_buttons(quote)),)),
    )


def _build_card_buttons(quote: Quote) -> Iterator[Button]:
    """Yield the buttons that open the bot's chat: on the quote's context, and on its opposite."""
    yield Button(say("label_check"), f"/start {QUOTE_PREFIX}{quote.id}")
    if quote.passage.side is not Side.NEITHER:
        yield Button(say("label_other_side"), f"/start {OPPOSITE_PREFIX}{quote.id}")


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
