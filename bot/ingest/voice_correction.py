"""Writing a curator's correction of one passage into its document's `.voices.toml`.

All corrections are written here, whoever makes them. An entry is keyed by the fewest first and last words that no other
passage of the document has, even before any correction, so that taking another entry out never makes it ambiguous. The
corpus is then read as `check` reads it; if it could no longer be served, the file is restored.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import tomli_w

from bot.attribution import extract_passages
from bot.attribution.curation import Correction, load_corrections
from bot.corpus.folder import CORRECTIONS_SUFFIX
from bot.corpus.reader import AttributedDocument, PartialCorpus, ReusableParts, read_corpus
from bot.errors import BotError, CorpusError
from bot.languages import load_language
from bot.model import Kind, Passage
from bot.storage import filesystem
from bot.storage import filesystem as seam
from bot.storage.filesystem import lock_folder
from bot.storage.toml_schema import find_line

# As readable as the documents beside it.
_FILE_MODE = 0o644
_BY_HAND = "let the bot write in this folder, or add the correction by hand"
_TABLE_LINE = re.compile(r"\s*\[")
_KEY_LINE = re.compile(r"\s*[\w\"'-]+\s*=")


@dataclass(frozen=True, slots=True)
class VoiceChange:
    """What a curator says of a passage; None leaves it as it was found.

    `nobody` says that no speaker is named for it; `drop` that it is not to be shown at all. `date` is the day of the
    correction, which is shown with the quote.
    """

    voice: str | None = None
    role: str | None = None
    organisation: str | None = None
    kind: Kind | None = None
    nobody: bool = False
    drop: bool = False
    date: str | None = None


class WrittenCorrection(NamedTuple):
    """The file that a correction was written to, and its lines."""

    path: Path
    toml: str


class PassageKey(NamedTuple):
    """The first and last words by which a passage is found."""

    first: str
    last: str


def write_correction(
    folder: Path, passage: Passage, change: VoiceChange, reusable: ReusableParts = MappingProxyType({})
) -> WrittenCorrection:
    """Write `change` of `passage` for the corpus in `folder`, in place of an earlier one of the same passage.

    Every other line of the file stays. `reusable` spares reading the other documents again. The corpus that is served
    changes with its next reload.

    Raises:
        CorpusError: the passage is not to be found, the folder cannot be written to, or the corpus could not be served
            with the correction; the file is as it was.
        StorageError: somebody else is changing the folder.
    """
    path = folder / f"{passage.document.id}{CORRECTIONS_SUFFIX}"
    try:
        with lock_folder(folder):
            return _write_checked(folder, path, passage, change, reusable)
    except OSError as error:
        raise CorpusError(str(path), (error.strerror or str(error)).lower(), _BY_HAND) from error


def find_shortest_key(passages: Sequence[Passage], passage: Passage) -> PassageKey | None:
    """Return the fewest first and last words of `passage` that none other of `passages` has; None where all have them.

    Of keys of one length, the one whose ends are more even.
    """
    words = _split_words(passage)
    firsts = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    lasts = [" ".join(words[-count:]) for count in range(1, len(words) + 1)]
    others = [" ".join(_split_words(other)) for other in passages if other.span != passage.span]
    shared = {_count_shared_ends(firsts, lasts, other) for other in others}
    for total in range(2, 2 * len(words) + 1):
        for first, last in _divide_evenly(total, len(words)):
            if not any(ends.first >= first and ends.last >= last for ends in shared):
                return PassageKey(firsts[first - 1], lasts[last - 1])
    return None


class _SharedEnds(NamedTuple):
    """How many first words, and how many last ones, another passage has in common with one."""

    first: int
    last: int


def _count_shared_ends(firsts: Sequence[str], lasts: Sequence[str], text: str) -> _SharedEnds:
    """Count how many of the beginnings and of the ends of a passage `text` has in common with it."""
    first_count = sum(1 for _ in takewhile(text.startswith, firsts))
    return _SharedEnds(first_count, sum(1 for _ in takewhile(text.endswith, lasts)) if first_count else 0)


def _divide_evenly(total: int, limit: int) -> list[tuple[int, int]]:
    """Return the pairs of at least 1 and at most `limit` that add up to `total`, the most even first.

    >>> _divide_evenly(4, 2), _divide_evenly(3, 2)
    ([(2, 2)], [(1, 2), (2, 1)])
    """
    pairs = ((first, total - first) for first in range(max(1, total - limit), min(limit, total - 1) + 1))
    return sorted(pairs, key=lambda pair: abs(pair[0] - pair[1]))


def _split_words(passage: Passage) -> list[str]:
    """Return the words of a passage as its document has them, parted at white space."""
    return passage.document.text[slice(*passage.span)].split()


def _write_checked(
    folder: Path, path: Path, passage: Passage, change: VoiceChange, reusable: ReusableParts
) -> WrittenCorrection:
    """Write the correction, and take it back where the corpus could then not be served."""
    before = read_corpus(folder, reusable)
    entry = _render_entry(_find_key(before, path, passage), change)
    old_bytes = filesystem.read_bytes(path) if path.exists() else None
    new_toml = _insert_entry(path, passage, entry) if old_bytes is not None else f"{entry}\n"
    try:
        seam.write_atomically(path, new_toml.encode(), _find_mode(path))
        _check_servable(folder, before)
    except (BotError, OSError) as error:
        _restore(path, old_bytes, error)
        raise
    return WrittenCorrection(path, entry)


def _check_servable(folder: Path, before: PartialCorpus) -> None:
    """Raise the first error of the corpus in `folder` that it did not have `before`."""
    known_errors = set(map(str, before.errors))
    for error in read_corpus(folder, before.reusable).errors:
        if str(error) not in known_errors:
            raise error


def _find_key(partial_corpus: PartialCorpus, path: Path, passage: Passage) -> PassageKey:
    """Return the words that lead to `passage` in its document as it is on the disk."""
    document_id = passage.document.id
    if error := partial_corpus.document_errors.get(document_id):
        raise error
    part = partial_corpus.reusable.get(document_id)
    if isinstance(part, AttributedDocument) and part.document.sha256 == passage.document.sha256:
        language = load_language(part.basis.language)
        uncorrected = extract_passages(part.document, part.basis.listed_voices, language=language)
        if passage.span in {other.span for other in uncorrected}:
            if key := find_shortest_key(uncorrected, passage):
                return key
            raise CorpusError(str(path), "the document has these words twice", "mark the one you mean by hand")
    raise CorpusError(str(path), "the document has changed since it was loaded", "reload, then correct it")


def _render_entry(key: PassageKey, change: VoiceChange) -> str:
    """Return a correction as TOML: the words that lead to the passage, and what is said of it."""
    values = {each.name: getattr(change, each.name) for each in fields(change)}
    given = {name: value for name, value in values.items() if value}
    return f"[[corrections]]\n{tomli_w.dumps(key._asdict() | given)}".rstrip()


def _insert_entry(path: Path, passage: Passage, entry: str) -> str:
    """Return the text of the file at `path` with `entry` in place of that of the same passage, or at its end."""
    toml = filesystem.read_text(path)
    text = " ".join(_split_words(passage))
    for index, correction in enumerate(load_corrections(path)):
        if _leads_to(correction, text) and (line := find_line(toml, ("corrections", index))):
            return _replace_table(toml.split("\n"), line - 1, entry)
    return f"{toml.rstrip()}\n\n{entry}\n".lstrip()


def _leads_to(correction: Correction, text: str) -> bool:
    """Return whether a correction is of the passage with these words."""
    first, last = (" ".join(words.split()) for words in (correction.first, correction.last))
    return text.startswith(first) and text.endswith(last)


def _replace_table(lines: Sequence[str], start: int, entry: str) -> str:
    """Return `lines` with the table that opens at `start` replaced; comments and blank lines after it stay."""
    following = range(start + 1, len(lines))
    end = next((number for number in following if _TABLE_LINE.match(lines[number])), len(lines))
    remaining = (line for line in lines[start + 1 : end] if not _KEY_LINE.match(line))
    return "\n".join([*lines[:start], entry, *remaining, *lines[end:]])


def _find_mode(path: Path) -> int:
    """Return the permissions of the file; those of a new one where there is none."""
    try:
        return stat.S_IMODE(seam.disk.lstat(path).st_mode)
    except FileNotFoundError:
        return _FILE_MODE


def _restore(path: Path, old_bytes: bytes | None, reason: BotError | OSError) -> None:
    """Put back what stood at `path`; where the disk refuses, say what stands there now."""
    try:
        if old_bytes is None:
            seam.disk.remove(path)
        else:
            seam.write_atomically(path, old_bytes, _find_mode(path))
    except OSError as error:
        remedy = "take the new correction out by hand"
        raise CorpusError(str(path), f"a correction that was refused may stay in it ({reason})", remedy) from error
