"""A new corpus: a folder with a manifest to fill in, every key explained in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tomli_w

from bot.corpus.folder import MANIFEST_NAME
from bot.errors import CorpusError
from bot.storage import filesystem
from bot.storage.safe_read import build_unreadable_error

if TYPE_CHECKING:
    from pathlib import Path

_FILE_MODE = 0o644
_VALID_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_TEMPLATE = """\
# The debate's title, as readers see it, and the motion: one sentence that people can be for or
# against. Every side below is a side on this motion.
{title}
{motion}

# The language of the documents; who chose them and set the sides; why they may be quoted.
language = "english"
curator = "the curator of this corpus"
basis = "quotation for criticism and review, with attribution"

# A line under every answer. What the licence of a document asks to be said is added by itself.
# notice = ""

# Who speaks, each with a side: "for", "against" or "neither". `voices --draft` writes these.
# [[voices]]
# name = "Ann Bell"
# aliases = ["Cllr Bell"]
# role = "councillor"
# organisation = "Testbury Council"
# side = "for"

# The side of everybody of a party or an organisation who has none above.
# [[parties]]
# name = "Lab"
# side = "for"

# What a recorded vote means for the motion: which answer is for it. `check` lists the divisions.
# [[divisions]]
# id = "commons-2023-05-02-12"
# for = "aye"

# What the debate is about: buttons for readers, and the words that put a quote under a topic.
# [[topics]]
# name = "cost"
# words = ["cost", "price"]

# Words of a question that also look for other words of the documents.
# [synonyms]
# tram = ["light rail"]
"""


def create_corpus(corpora_folder: Path, name: str, title: str | None = None, motion: str | None = None) -> Path:
    """Create the corpus `name`, and return its manifest; without a title it is to be filled in.

    Raises:
        CorpusError: the name cannot be that of a corpus, it is taken, or the disk failed.
    """
    if not _VALID_NAME.fullmatch(name):
        remedy = "use small letters, digits and hyphens"
        raise CorpusError(ascii(name), "this cannot be the name of a corpus", remedy)
    folder = corpora_folder / name
    path = folder / MANIFEST_NAME
    if path.exists():
        raise CorpusError(str(path), "this corpus already exists", "choose another name")
    keys = {"title": title, "motion": motion}
    lines = {key: tomli_w.dumps({key: value or ""}).rstrip() for key, value in keys.items()}
    try:
        filesystem.write_atomically(path, _TEMPLATE.format(**lines).encode(), _FILE_MODE)
        # A private folder would not be served by a bot that runs as another user.
        folder.chmod(0o755)
    except OSError as error:
        raise build_unreadable_error(path, error) from error
    return path
