"""Buttons under a reply: at most five, each standing for a command that could be typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.model import Passage, Quote
from bot.replies.catalogue import say
from bot.replies.html import count_utf16_units
from bot.replies.quote_block import describe_speaker, format_for_copying, truncate
from bot.replies.reply import Button

MAX_BUTTONS = 5
# Limits of the Bot API: UTF-16 units of a text to copy, bytes of callback data.
MAX_COPY_UNITS = 256
MAX_COMMAND_BYTES = 64
# Half a phone's row shows about twenty letters (docs/telegram-help.png): the end of a longer label would be cut off.
BUTTONS_IN_A_ROW = 2
MAX_HALF_ROW_LABEL = 20
# Characters of a name or of inherited words within a label.
_MAX_LABEL_LENGTH = 24

Rows = tuple[tuple[Button, ...], ...]


class AvailableActions(NamedTuple):
    """The ids of quotes that may have another wording, and of those that may have an opposite.

    What a button shows is worked out when it is pressed: a search for each quote on a page took as
    long as the answer.
    """

    with_wordings: Collection[str] = ()
    with_opposite: Collection[str] = ()


class _Place(NamedTuple):
    """A quote's number in an answer, whose it is, and whether it is the only one of that voice there."""

    number: int
    name: str = ""
    is_only_one: bool = True


class PageInfo(NamedTuple):
    """A page of an answer: its number, whether another follows, its first quote's number."""

    number: int = 1
    has_more: bool = False
    first_number: int = 1


def build_answer_buttons(
    quotes: Sequence[Quote],
    available: AvailableActions,
    page: PageInfo | None = None,
    inherited_words: Sequence[str] = (),
) -> Rows:
    """Build the buttons under `quotes`: a Context for each, then what else there is room for.

    `inherited_words` are those that a press of Without would leave out.
    """
    page = page or PageInfo()
    places = _name_places(quotes, page.first_number)
    navigation = list(_iter_navigation_buttons(page, inherited_words))
    actions = _build_action_buttons(quotes, available, places)
    contexts = [_build_quote_button(say("label_context"), "context", quote, places) for quote in quotes]
    # A quote without a button can still be opened by typing "context 4".
    contexts = contexts[: MAX_BUTTONS - len(navigation)]
    if page.number > 1:
        actions.insert(0, Button(say("label_back"), f"/more {page.number - 1}", edits=True))
    # What leads on stands last, where a thumb looks for it.
    return arrange_in_rows([*contexts, *[*navigation, *actions][: MAX_BUTTONS - len(contexts)][::-1]])


def build_quote_buttons(quote: Quote, available: AvailableActions) -> Rows:
    """Build the buttons under a quote that is shown by itself."""
    return arrange_in_rows(_build_action_buttons([quote], available, {quote.id: _Place(1)}))


def arrange_in_rows(buttons: Iterable[Button]) -> Rows:
    """Arrange `buttons` two a row, in their order; a long label has a row of its own."""
    rows: list[tuple[Button, ...]] = []
    for button in buttons:
        longer = (*rows[-1], button) if rows else ()
        if 0 < len(longer) <= BUTTONS_IN_A_ROW and all(len(each.label) <= MAX_HALF_ROW_LABEL for each in longer):
            rows[-1] = longer
        else:
            rows.append((button,))
    return tuple(rows)


def fits_command_limit(button: Button) -> bool:
    """Return whether the command of `button` has at most `MAX_COMMAND_BYTES`; one that `edits` may have fewer."""
    return len(button.command.encode()) <= MAX_COMMAND_BYTES


def _iter_navigation_buttons(page: PageInfo, inherited_words: Sequence[str]) -> Iterator[Button]:
    """Yield the buttons that must be there: the next page, and Without for inherited words."""
    if page.has_more:
        yield Button(say("label_more"), f"/more {page.number + 1}", edits=True)
    if inherited_words:
        label = say("label_without", words=truncate(", ".join(inherited_words), _MAX_LABEL_LENGTH))
        yield Button(label, "/alone", edits=True)


def _name_places(quotes: Sequence[Quote], first_number: int) -> dict[str, _Place]:
    """Return by quote id its number, its speaker, and whether it is the speaker's only quote in the answer."""
    names = {quote.id: shorten_speaker(quote.passage) for quote in quotes}
    counts = Counter(names.values())
    return {
        quote.id: _Place(number, names[quote.id], is_only_one=counts[names[quote.id]] == 1)
        for number, quote in enumerate(quotes, first_number)
    }


def shorten_speaker(passage: Passage) -> str:
    """Return whose words a passage holds, in as few letters as are certain.

    Who speaks for somebody else is a person, and goes by the last name; any other may be a body, and stays whole.
    """
    voice = passage.voice
    if passage.is_unnamed:
        return describe_speaker(passage)
    if voice is None or passage.is_own_words:
        return truncate(passage.document.publisher or describe_speaker(passage), _MAX_LABEL_LENGTH)
    is_person = bool(voice.id or voice.party or voice.seat) or voice.organisation not in {None, voice.name}
    words = voice.name.split()
    # "Lord Hope of Craighead" and "Ann van der Velde" are nobody's "Craighead" or "Velde".
    is_plain = not any(word[:1].islower() for word in words)
    return words[-1] if is_person and is_plain else truncate(voice.name, _MAX_LABEL_LENGTH)


def _build_action_buttons(
    quotes: Sequence[Quote], available: AvailableActions, places: Mapping[str, _Place]
) -> list[Button]:
    """Build Wordings and Opposite, each for the first quote that has it; for a single quote Copy and Report too."""
    buttons = []
    for label, command, ids in (
        (say("label_wordings"), "wordings", available.with_wordings),
        (say("label_opposite"), "opposite", available.with_opposite),
    ):
        if quote := next((quote for quote in quotes if quote.id in ids), None):
            buttons.append(_build_quote_button(label, command, quote, places))
    if len(quotes) == 1:
        text = format_for_copying(quotes[0])
        clipboard_text = text if count_utf16_units(text) <= MAX_COPY_UNITS else None
        buttons.append(Button(say("label_copy"), f"/copy {quotes[0].id}", copy=clipboard_text, edits=True))
        # Any reader may report it, not only the asker, so the press changes no message.
        buttons.append(Button(say("label_report"), f"/report {quotes[0].id}"))
    return buttons


def _build_quote_button(label: str, command: str, quote: Quote, places: Mapping[str, _Place]) -> Button:
    """Build a button for one quote; among several its label says which, by speaker, number or both."""
    if len(places) > 1:
        place = places[quote.id]
        if not place.is_only_one:
            label = say("label_numbered", label=label, number=place.number)
        # Where all are of one voice its name says nothing, and a phone would cut the number off behind it.
        if len({other.name for other in places.values()}) > 1:
            label = say("label_of", name=place.name, label=label[:1].lower() + label[1:])
    return Button(label, f"/{command} {quote.id}", edits=True)
