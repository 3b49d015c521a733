"""HTML as the Bot API takes it: parsed to the text and the entities that clients show.

Refused, as by Telegram: an unknown tag, tags that do not nest or close, a
blockquote in a blockquote, anything inside code. Refused here and only dropped
by Telegram: an attribute that a tag does not have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.fake.refusal import Refusal, bad
from tests.telegram.fake.units import cut, length

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)(?P<attributes>[^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\s+([a-z-]+)(?:=\"([^\"]*)\")?", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));", re.IGNORECASE)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
}
_ATTRIBUTES = {"a": {"href"}, "blockquote": {"expandable"}, "code": {"class"}}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What clients show: the text, and entities with offsets in UTF-16 units."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()

    def covered(self, *kinds: str) -> list[str]:
        """Return the text under each entity of these kinds, in order."""
        return [
            cut(self.text, entity["offset"], entity["length"]) for entity in self.entities if entity["type"] in kinds
        ]


@dataclass(slots=True)
class _Open:
    """A tag that has not ended yet."""

    name: str
    offset: int
    entity: dict[str, Any]


@dataclass(slots=True)
class _Reader:
    """A parse under way."""

    text: str = ""
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str | None]) -> None:
        if name not in _KINDS:
            raise _unparsed(f'Unsupported start tag "{name}"')
        if unknown := set(attributes) - _ATTRIBUTES.get(name, set()):
            raise _unparsed(f'tag "{name}" has no attribute "{min(unknown)}"')
        around = [tag.name for tag in self.open]
        if name == "blockquote" and "blockquote" in around:
            raise _unparsed("a blockquote can't be nested")
        if "code" in around or ("pre" in around and name != "code"):
            raise _unparsed("code can't contain other entities")
        self.open.append(_Open(name, length(self.text), _entity(name, attributes)))

    def end(self, name: str) -> None:
        if not self.open:
            raise _unparsed("Unexpected end tag")
        tag = self.open.pop()
        if tag.name != name:
            raise _unparsed(f'Unmatched end tag, expected "</{tag.name}>", found "</{name}>"')
        if units := length(self.text) - tag.offset:
            self.entities.append(tag.entity | {"offset": tag.offset, "length": units})


def parse(html: str) -> Parsed:
    """Return the text and entities of `html`, trimmed at both ends.

    Raises:
        Refusal: 400, "can't parse entities", as Telegram would.

    >>> parse("<b>A &amp; B</b> ").text
    'A & B'
    """
    reader = _Reader()
    place = 0
    while place < len(html):
        if html[place] != "<":
            stop = html.find("<", place)
            stop = len(html) if stop < 0 else stop
            reader.text += _REFERENCE.sub(_character, html[place:stop])
            place = stop
            continue
        tag = _TAG.match(html, place)
        if tag is None:
            raise _unparsed("Unclosed start tag")
        _read(reader, tag)
        place = tag.end()
    if reader.open:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].name}"')
    return _trimmed(Parsed(reader.text, tuple(reader.entities)))


def _read(reader: _Reader, tag: re.Match[str]) -> None:
    name = tag["name"].lower()
    if tag["end"]:
        reader.end(name)
        return
    if not re.fullmatch(f"(?:{_ATTRIBUTE.pattern})*\\s*", tag["attributes"], re.IGNORECASE):
        raise _unparsed(f'attributes of "{name}" are not well formed')
    reader.start(name, {key.lower(): value for key, value in _pairs(tag["attributes"])})


def _pairs(attributes: str) -> list[tuple[str, str | None]]:
    return [(found[1], found[2]) for found in _ATTRIBUTE.finditer(attributes)]


def _entity(name: str, attributes: dict[str, str | None]) -> dict[str, Any]:
    kind = "expandable_blockquote" if "expandable" in attributes else _KINDS[name]
    if kind != "text_link":
        return {"type": kind}
    return {"type": kind, "url": _REFERENCE.sub(_character, attributes.get("href") or "")}


def _character(reference: re.Match[str]) -> str:
    hexadecimal, decimal, name = reference.groups()
    if name:
        return _NAMED[name.lower()]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code <= 0x10FFFF else reference.group()


def _trimmed(parsed: Parsed) -> Parsed:
    lead = length(parsed.text) - length(parsed.text.lstrip())
    text = parsed.text.strip()
    entities = []
    for entity in parsed.entities:
        start = max(0, entity["offset"] - lead)
        end = min(length(text), entity["offset"] + entity["length"] - lead)
        if start < end:
            entities.append(entity | {"offset": start, "length": end - start})
    return Parsed(text, tuple(sorted(entities, key=lambda e: (e["offset"], -e["length"]))))


def _unparsed(reason: str) -> Refusal:
    return bad(f"can't parse entities: {reason}")
