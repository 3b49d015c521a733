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
from bot.model.passages import (
    AttributionSource,
    Document,
    Kind,
    Passage,
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
from bot.model.publication import (
    PUBLICATION_FIELDS,
    WEB_ADDRESS,
    Division,
    OneLine,
    PartialDate,
    Publication,
    SideEvidence,
    VoteAnswer,
    Voter,
    WebAddress,
    is_quote_id,
    parse_partial_date,
)

__all__ = [
    "PUBLICATION_FIELDS", "WEB_ADDRESS", "AttributionSource", "Corpus", "Division", "Document", "HeldPassages",
    "Kind", "OneLine", "PartialDate", "PartyEntry", "Passage", "PassageSequence", "Publication", "Quote",
    "ReadDivision", "Response", "ResponseEntry", "Side", "SideEvidence", "Span", "Tally", "Topic", "Turn", "Voice",
    "VoiceEntry", "VoteAnswer", "Voter", "WebAddress", "digest", "hash_place", "is_quote_id", "parse_partial_date",
    "quote_id",
]  # fmt: skip
