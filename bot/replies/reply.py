"""A reply as any chat can show it: blocks of styled text, and buttons.

A surface turns a reply into its own markup at the last moment; nothing before
it escapes, cuts or joins text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self


class Style(StrEnum):
    """The style of a piece of text."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    QUOTE = "quote"
    CONTEXT = "around"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one style.

    `url` makes it a link to a source; `quote_id` a link to that quote, whose
    address only the surface knows. A piece in style QUOTE is a quote's exact
    words and is never cut; it stands on lines of its own. Pieces in style CONTEXT
    are the source's words right before and after it, so that together they are
    one stretch of the source in which the quote stands out. CODE is to be copied.
    `links_question` marks where a surface may link to the questions answered.
    """

    text: str
    style: Style = Style.PLAIN
    url: str | None = None
    quote_id: str | None = None
    links_question: bool = False


Block = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A label, and the command that a press stands for, such as `/ask privacy`.

    The command is at most 40 bytes of UTF-8 where the button `edits`, else 64,
    so that any chat can carry it. `edits`: its reply takes the place of the
    message it stands under, where a chat can do that. `copy`: a text that
    pressing it copies instead, where a chat can do that.
    """

    label: str
    command: str
    copy: str | None = None
    edits: bool = False


class Command(NamedTuple):
    """A parsed line or button: the name of a command, and the text after it."""

    name: str
    text: str = ""

    @classmethod
    def parse(cls, line: str) -> Self:
        """Parse a line; one without a slash is a question, for `ask`.

        >>> Command.parse("/By@RecordBot  Ann Low, cost")
        Command(name='by', text='Ann Low, cost')
        """
        line = " ".join(line.split())
        if not line.startswith("/"):
            return cls("ask", line)
        name, _, text = line.removeprefix("/").partition(" ")
        return cls(name.partition("@")[0].lower(), text)

    def __str__(self) -> str:
        """Return the shortest line that means the same: a question stands for itself."""
        return self.text if self.name == "ask" else f"/{self.name} {self.text}".rstrip()


@dataclass(frozen=True, slots=True)
class AnswerRef:
    """The answer that a reader replies to: its questions (oldest first), its page, and the ids of its quotes.

    `page_size` is how many quotes a page of it has; None for as many as the settings say.
    """

    history: tuple[Command, ...] = ()
    page: int = 1
    quote_ids: tuple[str, ...] = ()
    page_size: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: blocks with a blank line between them, then rows of buttons.

    Splitting for a chat's limit happens between blocks, or between the lines of
    a block, never inside a quote. `history` is what it replies to, oldest first,
    `page` which page of that, and `page_size` how long its pages are: a surface keeps them with the message, so that
    a reply to it and a press under it are understood whenever they come. `missed_words`
    are the words asked that no quote has, where nothing could be shown. `card` says what is shown in
    place of an answer: `corpus`, `voice` or `choice`.
    `cited` are words of the message replied to that it is about, and how often they stand before: a surface quotes
    them where it can.
    `reaction` is a sign that a chat may put to the message answered, in place of this one.
    `toast` says in a line that there is nothing to open: a press then shows that alone, and its message stays.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    history: tuple[Command, ...] = ()
    page: int = 1
    missed_words: tuple[str, ...] = ()
    card: str | None = None
    toast: str = ""
    reaction: str = ""
    page_size: int | None = None
    cited: tuple[str, int] | None = None

    @classmethod
    def from_text(cls, *paragraphs: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Self:
        """Build a reply of plain `paragraphs`."""
        return cls(tuple((Piece(paragraph),) for paragraph in paragraphs), buttons)

    @classmethod
    def with_heading(cls, heading: str, *paragraphs: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> Self:
        """Build a reply of a bold `heading`, and plain `paragraphs` below it."""
        blocks = ((Piece(heading, Style.BOLD),), *((Piece(text),) for text in paragraphs))
        return cls(blocks, buttons)

    @property
    def answer_ref(self) -> AnswerRef:
        """The reference that a reader's reply to this refers to."""
        ids = (piece.quote_id for block in self.blocks for piece in block if piece.quote_id)
        return AnswerRef(self.history, self.page, tuple(dict.fromkeys(ids)), self.page_size)
