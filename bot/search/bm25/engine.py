"""The BM25 engine: passages in, an index out, which can be kept in a file.

A passage is found by its own words, by its voice and cue, and by its heading;
words that stand side by side, the passages around it and the speech or document
it stands in raise it among those found. docs/decisions/0005-bm25-recipe.md has
the measurements behind every default.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from bot.analysis import Analyser
from bot.model import Passage, Span
from bot.search import Hit, Query
from bot.search.bm25.text_ranking import (
    Bm25Options,
    Ranking,
    Text,
    are_sound,
    build_ranking,
    ranking_from_arrays,
    ranking_to_arrays,
)
from bot.storage import array_file
from bot.storage.array_file import open_arrays, save_arrays
from bot.storage.cache_folder import NO_CACHE, CacheFolder

__all__ = ["SMALL_CORPUS", "Bm25Index", "Bm25Options", "Options", "build", "compute_cache_key"]

_LOG = logging.getLogger(__name__)

# What `bot.bootstrap` asks of every engine.
Options = Bm25Options

# A corpus of up to so many passages, a report or two, answers a short question in 1 ms, its first one in 8 ms. Handing
# a question to a thread and back takes 0.25 ms, 0.5 on a busy processor: docs/decisions/0029.
SMALL_CORPUS = 200
# The most passages whose tokens are kept for the next reload; more would take too much memory.
_MAX_CACHED_PASSAGES = 20_000


@dataclass(frozen=True)
class Bm25Index:
    """Passages, and their ranking by number.

    `document_texts` stay in memory with it, for a later index of some of the same documents.
    """

    passages: Sequence[Passage]
    ranking: Ranking
    document_texts: Sequence[object] = ()

    def search(self, query: Query, limit: int) -> Sequence[Hit]:
        """Return up to `limit` hits, best first; ties go to the earlier passage."""
        text_ids, scores = self.ranking.find_best(query, limit)
        matches = zip(text_ids.tolist(), scores.tolist(), self.ranking.find_matched_stems(query, text_ids), strict=True)
        return tuple(Hit(self.passages[text_id], score, matched_stems) for text_id, score, matched_stems in matches)

    def idf(self, stem: str) -> float:
        """Return the stem's idf: above zero, most for a stem no passage has."""
        return self.ranking.idf(stem)


def build(
    passages: Sequence[Passage], analyser: Analyser, options: Bm25Options, cache: Path | None = None
) -> Bm25Index:
    """Build an index of `passages`, or map the one in the file `cache` if it is of these passages.

    An index that is built is saved in that file, then mapped from it.
    """
    passages = tuple(passages)
    if cache is None:
        return _build_index(passages, analyser, options)
    cache_key = compute_cache_key(passages, analyser, options)
    if index := _open_index(cache, cache_key, passages, options):
        return index
    index = _build_index(passages, analyser, options, CacheFolder(cache.with_name(f"{cache.name}.stems")))
    is_saved = save_arrays(cache, cache_key, ranking_to_arrays(index.ranking))
    return (_open_index(cache, cache_key, passages, options) if is_saved else None) or index


def compute_cache_key(passages: Iterable[Passage], analyser: Analyser, options: Bm25Options) -> str:
    """Compute the key of an index of exactly these passages, built in exactly this way.

    The key changes with this package's code, the rules by which words are read, and the language's data:
    after a change to any of them the index is built again, without a version to be raised.
    """
    digest = hashlib.sha256(f"{compute_code_digest()} {analyser.fingerprint} {options!r}".encode())
    document = None
    for passage in passages:
        if passage.document is not document:
            document = passage.document
            digest.update(repr((document.id, document.sha256, document.title)).encode())
            digest.update(repr([(turn.span, turn.heading) for turn in document.turns]).encode())
        offsets = (*passage.span, *passage.frame, *chain.from_iterable(passage.cue))
        digest.update(f"{offsets}{passage.voice}".encode())
    return digest.hexdigest()


@cache
def compute_code_digest() -> str:
    """Compute a SHA-256 over the code of this package and of `array_file`, once per process."""
    modules = [*sorted(Path(__file__).parent.glob("*.py*")), Path(array_file.__file__)]
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()


def _open_index(cache: Path, cache_key: str, passages: Sequence[Passage], options: Bm25Options) -> Bm25Index | None:
    """Return the index in the file `cache`, None if that is not a sound one of these passages."""
    arrays = open_arrays(cache, cache_key)
    if arrays is None:
        return None
    if not are_sound(arrays, len(passages)):
        _LOG.warning("index not usable path=%s reason=of another version", cache)
        return None
    return Bm25Index(passages, ranking_from_arrays(arrays, options))


class _DocumentTexts:
    """The stems that one document's passages are found by; a class, since a tuple cannot be held weakly."""

    __slots__ = ("__weakref__", "passages", "texts")

    def __init__(self, passages: Sequence[Passage], texts: Sequence[Text]) -> None:
        self.passages, self.texts = passages, texts

    def to_json(self) -> object:
        """Return the texts as JSON, for `from_json`; a stem is its index in the list `stems`."""
        numbers: dict[str, int] = {}
        rows = [
            [[numbers.setdefault(stem, len(numbers)) for stem in stems] for stems in text[:3]] for text in self.texts
        ]
        return {"stems": list(numbers), "texts": rows}

    @classmethod
    def from_json(cls, passages: Sequence[Passage], content: Any) -> _DocumentTexts:  # noqa: ANN401 - JSON
        """Restore the texts of `passages` from what `to_json` returned.

        Raises:
            KeyError, TypeError, ValueError, IndexError: `content` is something else.
        """
        stem_at = content["stems"].__getitem__
        texts = tuple(
            Text([*map(stem_at, body)], [*map(stem_at, voice)], [*map(stem_at, heading)], _find_parent(passage))
            for passage, (body, voice, heading) in zip(passages, content["texts"], strict=True)
        )
        return cls(passages, texts)


# Texts by document and analyser, for as long as an index holds them: a reload does not tokenise
# the passages of an unchanged document again.
_TEXT_CACHE: WeakValueDictionary[tuple[str, str, str], _DocumentTexts] = WeakValueDictionary()


def _get_document_texts(
    passages: Sequence[Passage], analyser: Analyser, options: Bm25Options, kept_texts: CacheFolder
) -> _DocumentTexts:
    """Return the texts of one document's `passages`: from memory, or else from `kept_texts`, or else read."""
    document = passages[0].document
    cache_key = (document.id, document.sha256, analyser.fingerprint)
    texts = _TEXT_CACHE.get(cache_key)
    if texts is None or texts.passages != passages:
        texts = _TEXT_CACHE[cache_key] = _restore_document_texts(passages, analyser, options, kept_texts)
    return texts


def _restore_document_texts(
    passages: Sequence[Passage], analyser: Analyser, options: Bm25Options, kept_texts: CacheFolder
) -> _DocumentTexts:
    """Return the kept texts of one document's `passages`; build and keep them if there are none."""
    document_id, key = passages[0].document.id, compute_cache_key(passages, analyser, options)
    with suppress(KeyError, TypeError, ValueError, IndexError):
        return _DocumentTexts.from_json(passages, kept_texts.read(document_id, key))
    texts = _DocumentTexts(passages, tuple(read_text(passage, analyser) for passage in passages))
    kept_texts.write(document_id, key, texts.to_json())
    return texts


def _build_index(
    passages: Sequence[Passage], analyser: Analyser, options: Bm25Options, kept_texts: CacheFolder = NO_CACHE
) -> Bm25Index:
    """Build an index of `passages`; if they are few enough, their texts are kept for the next build."""
    texts: Iterable[Text] = (read_text(passage, analyser) for passage in passages)
    document_texts: tuple[_DocumentTexts, ...] = ()
    if len(passages) <= _MAX_CACHED_PASSAGES:
        groups = groupby(passages, lambda passage: passage.document.id)
        document_texts = tuple(_get_document_texts(tuple(group), analyser, options, kept_texts) for _, group in groups)
        kept_texts.keep_only({passage.document.id for passage in passages})
        texts = chain.from_iterable(entry.texts for entry in document_texts)
    return Bm25Index(passages, build_ranking(texts, options), document_texts)


def list_stems(passage: Passage, analyser: Analyser, options: Bm25Options) -> frozenset[str]:
    """Return the stems that `passage` is found by, each once."""
    text = read_text(passage, analyser)
    voice, heading = text.voice if options.voice else (), text.heading if options.heading else ()
    return frozenset((*text.body, *voice, *heading))


def read_text(passage: Passage, analyser: Analyser) -> Text:
    """Return the stems that `passage` is found by, part by part."""
    document, turn = passage.document, passage.turn
    body = [word.stem for word in analyser.content_words(document.text, passage.frame)]
    headings = (document.title or "", turn.heading or "" if turn else "")
    voice, heading = (
        [word.stem for text in texts for word in analyser.content_words(text)]
        for texts in (_list_voice_texts(passage), headings)
    )
    return Text(body, voice, heading, _find_parent(passage))


def _find_parent(passage: Passage) -> tuple[str, Span | None]:
    """Return the key of the speech that `passage` belongs to, or else of its document."""
    turn = passage.turn
    return passage.document.id, turn.span if turn else None


def _list_voice_texts(passage: Passage) -> Iterator[str]:
    """Yield the name of the voice, its role, organisation, seat and party, and its cue."""
    if passage.voice:
        yield from passage.voice.descriptions
    for span in passage.cue:
        yield passage.document.text[span.start : span.end]
