"""What a licence asks to be said wherever its text is shown, by the licence's name."""

from __future__ import annotations

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


def build_notice(notice: str | None, documents: Iterable[Document]) -> str | None:
    """Return the manifest's `notice`, and after it what the documents' licences ask to be said."""
    licences = dict.fromkeys(document.licence or "" for document in documents)
    asked = [ATTRIBUTIONS[licence] for licence in licences if licence in ATTRIBUTIONS]
    sentences = [
        *([notice] if notice else []),
        *(each for each in asked if each not in (notice or "")),
    ]
    return " · ".join(sentences) or None
