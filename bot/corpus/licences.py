"""What a licence asks to be said wherever its text is shown, by the licence's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Document

# The words that each licence itself prescribes.
ATTRIBUTIONS = {
    "Open Parliament Licence v3.0": (
        "Contains Parliamentary information licensed under the Open Parliament Licence v3.0"
    ),
    "Open Government Licence v3.0": (
        "Contains public sector information licensed under the Open Government Licence v3.0"
    ),
    "Oireachtas (Open Data) PSI Licence": (
        "Contains Irish Public Sector Information licensed under the Oireachtas (Open Data) PSI "
        "Licence, Creative Commons Attribution 4.0"
    ),
}


# Licences by which anybody may pass a text on as a whole; whatever forbids selling or changing it is none.
_OPEN = re.compile(
    r"\b(OGL|OPL|CC[ -]?BY([ -]SA)?|CC[ -]?0|open (government|parliament) licen[cs]e|public domain"
    r"|creative commons (attribution|zero))\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\b(NC|ND|non ?commercial|no ?deriv\w*|not|except|unless|no)\b", re.IGNORECASE)


def is_open_licence(licence: str | None) -> bool:
    """Return whether a licence lets anybody pass a text on as a whole; one that is not named does not.

    >>> [is_open_licence(name) for name in ("Open Government Licence v3.0", "CC BY-SA 4.0", "CC BY-NC 4.0", None)]
    [True, True, False, False]
    """
    return licence is not None and bool(_OPEN.search(licence)) and not _RESTRICTED.search(licence.replace("-", " "))


def build_notice(notice: str | None, documents: Iterable[Document]) -> str | None:
    """Return the manifest's `notice`, and after it what the documents' licences ask to be said."""
    licences = dict.fromkeys(document.licence or "" for document in documents)
    asked = [ATTRIBUTIONS[licence] for licence in licences if licence in ATTRIBUTIONS]
    sentences = [*([notice] if notice else []), *(each for each in asked if each not in (notice or ""))]
    return " · ".join(sentences) or None
