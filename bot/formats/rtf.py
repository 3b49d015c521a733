"""Rich text (.rtf): a stream of groups, control words and text, read once from start to end.

Paragraphs and table cells are one line each. Tracked changes are refused, as in Word files. Destinations that are no
text, such as fonts, pictures, embedded objects and notes, are skipped; hidden words and words struck through are left
out. Nothing embedded is decoded. A hearing is read as turns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.errors import CorpusError
from bot.formats import hearing
from bot.formats.base import AddedAs, Parsed, clean_line, load_table
from bot.model import Document
from bot.storage import filesystem

SUFFIXES = (".rtf",)
ADDED_AS = AddedAs.EXTRACT
MAX_BYTES = 20 * 1024 * 1024
# Word nests tables to some twenty groups.
MAX_DEPTH = 200

_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\")
_TABLE = load_table("rtf")
_CHANGES, _HIDING, _LINE_ENDS, _SKIPPED_DESTINATIONS, _NOTE_DESTINATIONS = (
    frozenset(_TABLE["words"][kind].encode().split())
    for kind in ("changes", "hiding", "line_ends", "skipped_destinations", "note_destinations")
)
_TEXT_BOX = b"shptxt"
_CHARACTERS = {word.encode(): character for word, character in _TABLE["characters"].items()}
_SYMBOLS = {b"~": "\N{NO-BREAK SPACE}", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"-": ""}
_CODE_PAGES = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}
_INFO = re.compile(rb"\{\\(title|author) ([^{}]{1,300})\}")
_ESCAPED_BYTE = re.compile(rb"\\'([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class _State:
    """The state within a group: whether its words are shown, and how many bytes stand in for a character."""

    is_skipped: bool = False
    is_note: bool = False
    is_hidden: bool = False
    substitutes: int = 1


@dataclass(slots=True)
class _Reader:
    """Reads tokens into paragraphs; `is_aside` says that the last text went to `left_out`."""

    place: str
    encoding: str = "cp1252"
    state: _State = field(default_factory=_State)
    stack: list[_State] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    skipped_characters: int = 0
    opens_group: bool = False
    is_aside: bool = False

    def read(self, content: bytes) -> None:
        """Read the whole file into `lines` and `left_out`."""
        for match in _TOKEN.finditer(content):
            word, number, code, symbol, brace, text = match.groups()
            if brace:
                self._read_brace(brace)
                continue
            if word is not None:
                self._read_word(word, number)
            elif code is not None:
                self._add(bytes([int(code, 16)]).decode(self.encoding, "replace"))
            elif symbol == b"*" and self.opens_group:
                self.state = replace(self.state, is_skipped=True)
            elif symbol is not None:
                self._end_line() if symbol in b"\r\n" else self._add(_SYMBOLS.get(symbol, ""))
            elif text is not None:
                self._add(text.decode(self.encoding, "replace"))
            self.opens_group = False
        self._end_line()

    def _read_brace(self, brace: bytes) -> None:
        """Open or close a group; a brace that closes none is passed over."""
        if brace == b"{":
            self.stack.append(self.state)
            if len(self.stack) > MAX_DEPTH:
                raise CorpusError(self.place, f"groups nested more than {MAX_DEPTH} deep", "save it in another format")
            self.opens_group = True
        elif self.stack:
            self.state = self.stack.pop()

    def _read_word(self, word: bytes, number: bytes | None) -> None:
        """Do what a control word says of the text after it; tracked changes raise a CorpusError."""
        is_off = number == b"0"
        if word in _CHANGES and not is_off and not self.state.is_skipped:
            raise CorpusError(self.place, "it contains tracked changes", "accept or reject them first")
        if self.opens_group and word in _SKIPPED_DESTINATIONS:
            self.state = replace(self.state, is_skipped=True)
        elif word in _NOTE_DESTINATIONS and self.opens_group:
            self.state = replace(self.state, is_note=True)
        elif word == _TEXT_BOX and self.opens_group:
            # What is skipped around it describes a shape.
            self._end_line()
            self.state = replace(self.state, is_skipped=False)
        elif word in _HIDING:
            self.state = replace(self.state, is_hidden=not is_off)
        elif word == b"plain":
            self.state = replace(self.state, is_hidden=False)
        elif word in _LINE_ENDS and self.state.is_note:
            self._add(" ")
        elif word in _LINE_ENDS and not self.state.is_skipped:
            self._end_line()
        elif word in _CHARACTERS:
            self._add(_CHARACTERS[word])
        else:
            self._read_encoding_word(word, number)

    def _read_encoding_word(self, word: bytes, number: bytes | None) -> None:
        """Read a word that is a character by its number, or says how characters are encoded."""
        if word == b"u" and number:
            self._add(chr(int(number) % 0x10000))
            self.skipped_characters = self.state.substitutes
        elif word == b"uc" and number:
            self.state = replace(self.state, substitutes=max(0, min(int(number), 9)))
        elif word == b"ansicpg" and number:
            self.encoding = _find_encoding(number)
        elif word in _CODE_PAGES:
            self.encoding = _CODE_PAGES[word]

    def _add(self, text: str) -> None:
        """Add text to the line, or to what is left out; what is skipped goes nowhere."""
        skipped = min(self.skipped_characters, len(text))
        self.skipped_characters -= skipped
        if self.state.is_skipped:
            return
        is_shown = not self.state.is_hidden and not self.state.is_note
        if is_shown:
            self.line.append(text[skipped:])
        elif self.is_aside:
            self.left_out[-1] += text[skipped:]
        else:
            self.left_out.append(text[skipped:])
        self.is_aside = not is_shown

    def _end_line(self) -> None:
        """Add what is read so far as a line, and begin the next."""
        # A character beyond the first plane comes as two halves.
        joined = "".join(self.line).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self.lines.append(joined)
        self.line = []


def sniff(content: bytes) -> bool:
    r"""Return whether `content` opens with `{\rtf`."""
    return content.startswith(b"{\\rtf")


def parse(path: Path, document_id: str) -> Parsed:
    """Parse the rich text at `path`.

    Raises:
        CorpusError: the file is no rich text, nests too deep, or contains tracked changes or no text.
    """
    content = filesystem.read_bytes(path, MAX_BYTES)
    if not sniff(content):
        raise CorpusError(str(path), "not a valid .rtf file", "save it again")
    reader = _Reader(str(path))
    reader.read(content)
    info = {match[1]: _decode_info(match[2], reader.encoding) for match in _INFO.finditer(content)}
    author = info.get(b"author")
    facts = Document(document_id, "", title=info.get(b"title"), authors=(author,) if author else ())
    return hearing.parse_lines(facts, reader.lines, reader.left_out, str(path))


def _decode_info(text: bytes, encoding: str) -> str | None:
    """Return a value of the file's facts; None where a control word is in it."""
    unescaped = _ESCAPED_BYTE.sub(lambda match: bytes([int(match[1], 16)]), text)
    return None if b"\\" in unescaped else clean_line(unescaped.decode(encoding, "replace"))


def _find_encoding(number: bytes) -> str:
    """Return the encoding of a Windows code page, Windows-1252 where Python has none of that number."""
    name = {b"65001": "utf-8", b"10000": "mac_roman"}.get(number, f"cp{int(number)}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
