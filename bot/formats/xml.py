"""XML read safely, by the standard library: nothing is fetched, nothing swells.

Parliaments' older files open with a list of entities such as `&mdash;`, so a
document type cannot be refused outright. What is refused is whatever leads out
of the file, and an entity that stands for more than a few characters or for
other entities; so no file holds much more text than it has bytes. Names are
local: a namespace's prefix and version make no difference.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from bot.errors import CorpusError
from bot.formats import source
from bot.formats.canonical import stated

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 10 * 1024 * 1024
MOST_DEPTH = 100

# Up to eight characters; `&` is written as a reference to its number.
_SHORT = re.compile(r"(?:[^&]|&#\w{1,6};){0,8}", re.DOTALL)


class _Refusal(Exception):  # noqa: N818  carries a fact out of the parser, and no further
    """What a file may not hold."""


class _Opened(Exception):  # noqa: N818  ends a parse that only wants the root
    """The root is known."""


def tree(path: Path) -> Element:
    """Return the root of the XML file at `path`, names without prefixes.

    Raises:
        CorpusError: the file cannot be read, is not well formed, nests deeper
            than `MOST_DEPTH`, or declares what is refused.
    """
    return parsed(source.octets(path, MOST_BYTES), str(path))


def parsed(octets: bytes, place: str) -> Element:
    """Return the root of the XML in `octets`, which lie at `place`; see `tree`."""
    builder = TreeBuilder()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise _Refusal(f"elements nested more than {MOST_DEPTH} deep")
        builder.start(_local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    parser = _parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    _run(parser, octets, place)
    return builder.close()


def root(path: Path) -> str:
    """Return the local name of the root of the XML file at `path`.

    Raises:
        CorpusError: the file has no root that can be read.
    """
    found: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        found.append(_local(name))
        raise _Opened

    parser = _parser()
    parser.StartElementHandler = start
    with suppress(_Opened):
        _run(parser, source.octets(path, MOST_BYTES), str(path))
    return found[0]


def words(element: Element) -> str:
    """Return the text of `element` and of all within it, joined as it stands."""
    return "".join(element.itertext())


def first(element: Element, *names: str) -> Element | None:
    """Return the first element along `names`, each somewhere within the one before."""
    for name in names:
        found = next((one for one in element.iter(name) if one is not element), None)
        if found is None:
            return None
        element = found
    return element


def told(element: Element | None) -> str | None:
    """Return what `element` states, None where it is not there or empty."""
    return stated(words(element)) if element is not None else None


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _declared
    parser.SkippedEntityHandler = _skipped
    return parser


def _run(parser: expat.XMLParserType, octets: bytes, place: str) -> None:
    try:
        parser.Parse(octets, True)  # noqa: FBT003  its own signature
    except expat.ExpatError as error:
        fact = f"not XML: {expat.ErrorString(error.code)}"
        raise CorpusError(f"{place}:{error.lineno}", fact, "fetch the file again") from error
    except (_Refusal, ValueError, LookupError) as error:
        at = f"{place}:{parser.CurrentLineNumber}"
        raise CorpusError(at, str(error), "use another edition of this document") from error


def _declared(
    name: str,
    _is_parameter: bool,  # noqa: FBT001  expat's own signature
    value: str | None,
    _base: str | None,
    _system: str | None,
    _public: str | None,
    _notation: str | None,
) -> None:
    if value is None:
        raise _Refusal(f"the entity '{name}' stands for another file")
    if not _SHORT.fullmatch(value):
        raise _Refusal(f"the entity '{name}' stands for more than a character")


def _skipped(name: str, _is_parameter: bool) -> None:  # noqa: FBT001  expat's own signature
    raise _Refusal(f"the entity '{name}' is not declared in the file")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
