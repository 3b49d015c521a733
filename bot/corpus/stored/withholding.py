"""Names withheld in a stored corpus: what prints one is found by search, and nothing else is read for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from bot.corpus import withheld_names
from bot.corpus.stored import list_tokens
from bot.corpus.stored.documents import StoredDocument
from bot.corpus.stored.passages import StoredPassages, Visibility
from bot.corpus.stored.records import StoredPassage
from bot.corpus.withheld_names import WithheldNames
from bot.model import Corpus, Voice
from bot.text import normalise_name


def withhold_names_stored(corpus: Corpus, passages: StoredPassages, names: WithheldNames) -> Corpus:
    """Return `corpus`, whose passages are `passages`, with `names` taken out of its documents, voices and facts.

    Passages that print one of them are hidden, and those of a speaker who is not to be quoted.
    """
    ids = withheld_names.collect_ids(passages.voices, names)
    documents = passages.documents.change(partial(_withhold_in_document, names=names))

    def change(passage: StoredPassage) -> StoredPassage | None:
        return withheld_names.withhold_in_passage(passage, documents.by_id, names, ids)

    voices: list[Voice | None] = []
    unquoted: list[int] = []
    for number, voice in enumerate(passages.catalogue.voices):
        is_speaker = withheld_names.is_withheld_voice(voice, names, ids)
        voices.append(None if is_speaker else withheld_names.withhold_in_voice(voice, names))
        if is_speaker and normalise_name(voice.name) in names.unquoted_keys:
            unquoted.append(number)
    hidden = np.isin(passages.catalogue.columns.voices, np.array(unquoted, np.int32))
    hidden[list(_find_printed(passages, names))] = True
    shown = passages.restrict(Visibility(hidden, voices, change), documents)
    words = frozenset(word for word in names.words if not _is_shown(shown, word))
    return replace(
        withheld_names.withhold_in_facts(corpus, names), documents=documents, passages=shown, withheld_words=words
    )


def _withhold_in_document(document: StoredDocument, names: WithheldNames) -> StoredDocument:
    """Return `document` without the names in its facts, and in its turns once they are read."""
    facts = withheld_names.withhold_in_publication(document, names)
    return document.replace_facts(**facts, change_turn=partial(withheld_names.withhold_in_turn, names=names))


def _find_printed(passages: StoredPassages, names: WithheldNames) -> Iterator[int]:
    """Yield the passages that print one of the names, or a surname."""
    candidates = {number for text in names.list_printed() for number in passages.store.find_tokens(list_tokens(text))}
    for passage in passages.iterate(sorted(candidates)):
        text = passage.document.text
        if any(names.is_printed_in(text[slice(*span)]) for span in {passage.span, passage.frame}):
            yield passage.number


def _is_shown(passages: StoredPassages, word: str) -> bool:
    """Return whether a passage that is shown has `word`, in another sense than the name."""
    pattern = withheld_names.compile_words([word])
    candidates = passages.iterate(passages.store.find_tokens(list_tokens(word)))
    return any(pattern.search(passage.document.text[slice(*passage.frame)]) for passage in candidates)
