"""A folder made into a corpus that can be served, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.corpora.draft import draft

if TYPE_CHECKING:
    from pathlib import Path

    from bot.model import Corpus


def load(folder: Path) -> Corpus:
    """Return the corpus in `folder`; its name is the folder's.

    Documents are ordered by id, a document's id being its file's name without
    the suffix, so that links to it survive a move of the corpus. The
    fingerprint changes with the manifest, a document, its header or its
    corrections, and with nothing else.

    Raises:
        CorpusError: the first of whatever `check` would call an error.
    """
    found = draft(folder)
    if found.errors or found.corpus is None:
        raise found.errors[0]
    return found.corpus
