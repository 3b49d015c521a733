"""One quote as blocks of a reply: its side, speaker and date, its words, and a line for its source.

What only somebody who checks a quote needs (its id, place and fingerprint) is in its context: `quote_details`. A link
to a page leads to the words themselves where they are found once in the stored text: a link to other words would be
worse than one to the page. Its form is that of the WICG's URL Fragment Text Directives.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib import parse

from bot.answers.answer import ChosenQuote
from bot.model import AttributionSource, Document, Kind, Passage, Quote, Span, Voice
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Block, Piece, Style

# Characters of a title in an answer: with the publisher it fills a phone's line, or half of one. Context has it whole.
MAX_TITLE_LENGTH, MAX_REPEATED_TITLE_LENGTH = 30, 24
# What a link to the bot carries before a quote's id: it opens the quote, or its opposite.
QUOTE_PREFIX, OPPOSITE_PREFIX = "q_", "o_"


def render_quotes(quotes: Sequence[ChosenQuote], first_number: int | None = None) -> Iterator[Block]:
    """Yield each quote, numbered if `first_number` is given; a source follows the last of its run.

    A document's title and publisher stand in full the first time only.
    """
    seen: set[str] = set()
    numbers = itertools.count(first_number or 0)
    for (document_id, link), run in itertools.groupby(quotes, lambda chosen: find_link(chosen.quote.passage)):
        *others, last = run
        # The link leads to the words where they are one quote's.
        words_link = link if others else find_words_link(last.quote)
        source = render_source_line(last.quote.passage, words_link, is_repeated=document_id in seen)
        seen.add(document_id)
        blocks = [*map(render_quote, others), (*render_quote(last), Piece("\n"), *source)]
        yield from (block if first_number is None else (Piece(f"{next(numbers)} "), *block) for block in blocks)


def render_quote(chosen: ChosenQuote) -> Block:
    """Render one quote: side, speaker, date, words, and what else is known of it.

    The date links to the quote itself, in the bot; `render_source_line` links to the page.
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
        key = "responses.dated" if response.date else "responses.undated"
        yield Piece(f"\n{say(key, by=response.author, date=catalogue.format_date(response.date))}")
        yield Piece(response.document.title or say("no_title"), url=response.document.url)


def format_for_copying(quote: Quote) -> str:
    """Format `quote` to be pasted anywhere: words, speaker, kind, source, ID."""
    voice, kind = describe_speaker(quote.passage), describe_kind(quote.passage)
    title, publisher, date = _describe_publication(quote.passage.document)
    copied_quote = say(
        "copied", text=quote.text, voice=voice, kind=kind, title=title, publisher=publisher, date=date, id=quote.id
    )
    return copied_quote + "".join(piece.text for piece in render_responses(quote))


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
    # An answer prints the kind next to a brief description, and the publication below it.
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
    """Return a passage's document id, and the URL nearest to the passage that the record gives, if any."""
    return passage.document.id, (passage.turn.url if passage.turn else None) or passage.document.url


def find_words_link(quote: Quote) -> str | None:
    """Return the URL of a quote, as near to its words as the record and browsers allow; None where none is given."""
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
    title, publisher, date = _describe_publication(document)
    missing_link = [say("no_link")] if document.url is None else []
    return (
        Piece(say("source"), Style.ITALIC, links_question=True),
        Piece(title, Style.ITALIC, url=link or document.url),
        Piece("".join(f" · {fact}" for fact in (publisher, date, *missing_link)), Style.ITALIC),
    )


def _describe_publication(document: Document) -> tuple[str, str, str]:
    """Return title, publisher and date of a document, or that one is not given."""
    title, publisher = document.title or say("no_title"), document.publisher or say("no_publisher")
    return title, publisher, catalogue.format_date(document.date) if document.date else say("no_date")


def render_location(quote: Quote) -> Piece:
    """Render the paragraph's number, with the record's own name and a link to the words if it has them."""
    passage = quote.passage
    address = f" ({passage.address})" if passage.address else ""
    is_linked = passage.turn is not None and passage.turn.url
    return Piece(f"¶{passage.paragraph}{address}", url=find_words_link(quote) if is_linked else None)


def _list_warnings(passage: Passage) -> Iterator[str]:
    """Yield what to know at once: no direct quote, captions that nobody checked, a voice set by a curator.

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


_DIRECTIVE = ":~:"
# A browser reads no words in these; a moment of a recording is marked by its player.
_NO_PAGE = re.compile(r"\.(?:pdf|docx?|odt|rtf|zip|mp[34]|vtt|srt)$", re.IGNORECASE)
_MOMENT = re.compile(r"(?:^|&)t=\d")
# As many words at each end as tell most quotes apart; a few more where they do not.
_EDGE_WORDS = (4, 6, 9)
# A quote of more words is linked by its two ends.
_MAX_WHOLE_WORDS = 10
# Marks around a quote are often printed otherwise on the page.
_MARKS = "\"'“”‘’«»„ \n"
# Documents whose folded text is kept.
_MAX_FOLDED_TEXTS = 8


def link_words(url: str | None, document: Document, span: Span) -> str | None:
    """Return `url` with a text directive for the words at `span`; as it is where no browser would find just them."""
    if url is None or not _is_page(url):
        return url
    directive = _find_directive(document, span)
    return f"{url}{'' if '#' in url else '#'}{_DIRECTIVE}text={directive}" if directive else url


def _is_page(url: str) -> bool:
    """Return whether a browser opens `url` as a page in which it can mark words."""
    parts = parse.urlsplit(url)
    is_moment = _MOMENT.search(parts.fragment) or _MOMENT.search(parts.query)
    return _DIRECTIVE not in url and not _NO_PAGE.search(parts.path) and not is_moment


def _find_directive(document: Document, span: Span) -> str | None:
    """Return the shortest directive that a browser would follow to `span` and nowhere else, if there is one."""
    start, end = span
    while start < end and document.text[start] in _MARKS:
        start += 1
    while end > start and document.text[end - 1] in _MARKS:
        end -= 1
    folded = _fold_text(document.sha256, document.text)
    for parts in _list_parts(document.text, start, end):
        if _find_first(folded, parts) == (start, end):
            # A comma parts them, and a hyphen of the words is no sign of it.
            return ",".join(parse.quote(document.text[slice(*part)], safe="").replace("-", "%2D") for part in parts)
    return None


def _list_parts(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield places of one part, the whole words, or of two, where they begin and end, the shortest first."""
    words = [(start + match.start(), start + match.end()) for match in re.finditer(r"\S+", text[start:end])]
    if not words:
        return
    if len(words) <= _MAX_WHOLE_WORDS and "\n" not in text[start:end]:
        yield ((start, end),)
    for count in _EDGE_WORDS:
        if 2 * count <= len(words):
            first, last = (start, words[count - 1][1]), (words[-count][0], end)
            # A part that reaches over a paragraph's end is found by no browser.
            if "\n" not in text[slice(*first)] and "\n" not in text[slice(*last)]:
                yield first, last


def _find_first(folded: str, parts: tuple[tuple[int, int], ...]) -> tuple[int, int] | None:
    """Return where a browser finds `parts` in order; None if one is missing, or the first stands twice."""
    first, last = parts[0], parts[-1]
    start = _find_word(folded, folded[slice(*first)], 0)
    if start is None or _find_word(folded, folded[slice(*first)], start + 1) is not None:
        return None
    if len(parts) == 1:
        return start, start + first[1] - first[0]
    last_start = _find_word(folded, folded[slice(*last)], start + first[1] - first[0])
    return None if last_start is None else (start, last_start + last[1] - last[0])


def _find_word(folded: str, words: str, position: int) -> int | None:
    """Return where `words` stand from `position` on, at the bounds of words as browsers want it; None if nowhere."""
    while (index := folded.find(words, position)) >= 0:
        end = index + len(words)
        is_inside = index and folded[index - 1].isalnum() and words[0].isalnum()
        if not is_inside and not (folded[end : end + 1].isalnum() and words[-1].isalnum()):
            return index
        position = index + 1
    return None


@lru_cache(maxsize=_MAX_FOLDED_TEXTS)
def _fold_text(_: str, text: str) -> str:
    """Return `text` in small letters, each character where it was: browsers pass over case and kinds of blanks."""
    lowered = text.lower()
    return (lowered if len(lowered) == len(text) else text).replace("\n", " ").replace("\u00a0", " ")
