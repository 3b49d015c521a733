"""The nouns of a debate: who said what, where, and on which side.

Values here are immutable and know nothing of files, indexes or chats.
"""

from bot.model.corpus import (
    Corpus,
    HeldPassages,
    PartyEntry,
    PassageSequence,
    ReadDivision,
    ResponseEntry,
    Tally,
    Topic,
    VoiceEntry,
)
from bot.model.divisions import Division, SideEvidence, VoteAnswer, Voter
from bot.model.field_types import WEB_ADDRESS, OneLine, PartialDate, WebAddress, is_quote_id, parse_partial_date
from bot.model.passages import (
    PUBLICATION_FIELDS,
    AttributionSource,
    Document,
    Kind,
    Passage,
    Publication,
    Quote,
    Response,
    Side,
    Span,
    Turn,
    Voice,
    digest,
    hash_place,
    quote_id,
)

__all__ = [
    "PUBLICATION_FIELDS", "WEB_ADDRESS", "AttributionSource", "Corpus", "Division", "Document", "HeldPassages",
    "Kind", "OneLine", "PartialDate", "PartyEntry", "Passage", "PassageSequence", "Publication", "Quote",
    "ReadDivision", "Response", "ResponseEntry", "Side", "SideEvidence", "Span", "Tally", "Topic", "Turn", "Voice",
    "VoiceEntry", "VoteAnswer", "Voter", "WebAddress", "digest", "hash_place", "is_quote_id", "parse_partial_date",
    "quote_id",
]  # fmt: skip
