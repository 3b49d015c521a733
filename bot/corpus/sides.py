"""Sides that follow from a vote or a party, as the curator has read them.

A voice's own entry wins over a division, and a division over a party. A vote answers the question put and no other, so
it counts only if the curator has said which answer is for the motion; absence proves nothing. Members who voted both
ways, or belong to two bodies on different sides, have no side.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.attribution.curated_voices import build_curated_voices
from bot.model import (
    Corpus,
    Division,
    Document,
    PartyEntry,
    Passage,
    ReadDivision,
    Side,
    SideEvidence,
    Voice,
    VoiceEntry,
    VoteAnswer,
    Voter,
)
from bot.text import normalise_line, normalise_name

_HONORIFICS = re.compile(
    r"(?:(?:rh|rt\.? hon\.?|right hon\.?|hon\.?|mr\.?|mrs\.?|ms\.?|miss|dr\.?|sir|dame|the|professor|deputy)\s+)+",
    re.IGNORECASE,
)
# The ranks as the Lords' lists abbreviate them: "Addington, L."
_RANKS = {"L.": "Lord", "B.": "Baroness", "E.": "Earl", "V.": "Viscount", "M.": "Marquess", "D.": "Duke",
          "Bp.": "Bishop", "C.": "Countess", "Ly.": "Lady", "Abp.": "Archbishop"}  # fmt: skip


class Ballot(NamedTuple):
    """One vote, and the side that it is on."""

    side: Side
    division: Division
    answer: VoteAnswer


@dataclass(frozen=True, slots=True)
class SideRules:
    """The sides of parties and bodies by name, and the ballots of voters by identity and by name.

    `namespaces` are those of the identities: a voice identified in one of them is never matched by name.
    """

    by_body: Mapping[str, Side]
    by_id: Mapping[str, Sequence[Ballot]]
    by_name: Mapping[str, Sequence[Ballot]]
    namespaces: frozenset[str] = frozenset()

    def find_ballots(self, voice: Voice, *, is_recorded: bool) -> Sequence[Ballot]:
        """Return how `voice` voted, by its identity in the record, or else, in a record, by an unambiguous name."""
        if voice.id and voice.id.rpartition("/")[0] in self.namespaces:
            # Somebody with an identity in the record who is not on its lists did not vote: a namesake did.
            return self.by_id.get(voice.id, ())
        return self.by_name.get(normalise_voter_name(voice.name), ()) if is_recorded else ()

    def find_side(self, voice: Voice, *, is_recorded: bool) -> tuple[Side, SideEvidence | None]:
        """Return the side of a voice without an entry of its own, and why."""
        ballots = self.find_ballots(voice, is_recorded=is_recorded)
        if ballots:
            if len({ballot.side for ballot in ballots}) > 1:
                return Side.NEITHER, None
            return ballots[0].side, SideEvidence(ballots[0].division, ballots[0].answer)
        return self.find_body_side(voice)

    def find_body_side(self, voice: Voice) -> tuple[Side, SideEvidence | None]:
        """Return the side of the voice's party or organisation, and which of them it follows from."""
        bodies = {body: self.by_body[name] for body in voice.bodies if (name := normalise_name(body)) in self.by_body}
        if len(set(bodies.values())) != 1:
            return Side.NEITHER, None
        body, side = next(iter(bodies.items()))
        return side, SideEvidence(body=body)


def collect_divisions(documents: Iterable[Document]) -> dict[str, Division]:
    """Return the divisions of `documents` by id; two records of one are joined."""
    divisions: dict[str, Division] = {}
    for division in (division for document in documents for division in document.divisions):
        earlier = divisions.get(division.id)
        divisions[division.id] = _join_divisions(earlier, division) if earlier else division
    return divisions


def build_side_rules(
    parties: Iterable[PartyEntry], read_divisions: Iterable[ReadDivision], divisions: Mapping[str, Division]
) -> SideRules:
    """Build the rules that sides follow from; a division that no document has is left out."""
    by_id: dict[str, list[Ballot]] = defaultdict(list)
    by_name: dict[str, dict[str, list[Ballot]]] = defaultdict(lambda: defaultdict(list))
    for read in read_divisions:
        division = divisions.get(read.id)
        if division is None:
            continue
        for answer, voters in _list_votes(division):
            side = Side.FOR if answer is read.for_answer else Side.AGAINST
            for voter in voters:
                ballot = Ballot(side, division, answer)
                if voter.id:
                    by_id[voter.id].append(ballot)
                by_name[normalise_voter_name(voter.name)][voter.id or ""].append(ballot)
    # A name that two voters share identifies neither.
    names = {name: next(iter(people.values())) for name, people in by_name.items() if len(people) == 1}
    namespaces = frozenset(voter_id.rpartition("/")[0] for voter_id in by_id)
    return SideRules({normalise_name(party.name): party.side for party in parties}, by_id, names, namespaces)


def set_unlisted_sides(
    passages: Iterable[Passage], rules: SideRules, listed_voices: Sequence[VoiceEntry]
) -> Iterator[Passage]:
    """Yield `passages`; a voice to which the manifest gives no side gets that of its votes, or else of its party."""
    if not (rules.by_body or rules.by_id or rules.by_name):
        yield from passages
        return
    sides: dict[tuple[Voice, str | None, bool], tuple[Side, SideEvidence | None]] = {}
    for passage in passages:
        if passage.voice is None:
            yield passage
            continue
        key = (passage.voice, passage.document.date, bool(passage.document.turns))
        if key not in sides:
            entry = build_curated_voices(listed_voices, key[1]).find(passage.voice.name)
            has_own = entry is not None and entry.side is not None
            sides[key] = (passage.side, None) if has_own else rules.find_side(passage.voice, is_recorded=key[2])
        side, evidence = sides[key]
        yield passage if side is passage.side else replace(passage, side=side, side_evidence=evidence)


def find_contradictions(corpus: Corpus, rules: SideRules) -> Iterator[tuple[Voice, str]]:
    """Yield each quoted voice whose entry, votes and party disagree about its side, and what each says."""
    voices: dict[str, tuple[Voice, bool]] = {}
    for passage in corpus.passages:
        if passage.voice:
            voices.setdefault(passage.voice.id or passage.voice.name, (passage.voice, bool(passage.document.turns)))
    for voice, is_recorded in voices.values():
        entry = build_curated_voices(corpus.voices, None).find(voice.name)
        ballots = rules.find_ballots(voice, is_recorded=is_recorded)
        body_side, evidence = rules.find_body_side(voice)
        reasons = [
            *([f"{entry.side} by its own entry"] if entry and entry.side else []),
            *dict.fromkeys(f"{ballot.side} by division {ballot.division.id}" for ballot in ballots),
            *([f"{body_side} as of {evidence.body}"] if evidence else []),
        ]
        if len({text.partition(" ")[0] for text in reasons}) > 1:
            yield voice, ", ".join(reasons)


def describe_shortfalls(division: Division) -> Iterator[str]:
    """Yield each list of a division that has another number of names than the count printed beside it."""
    for answer, voters in _list_votes(division):
        count = division.ayes_count if answer is VoteAnswer.AYE else division.noes_count
        # The Lords count their tellers, the Commons do not.
        listed = sum(division.house == "lords" or not voter.is_teller for voter in voters)
        if count is not None and listed != count:
            yield f"{answer}: {count} counted, {listed} listed"


def _list_votes(division: Division) -> Iterator[tuple[VoteAnswer, Sequence[Voter]]]:
    """Yield each answer to the question put, with those who gave it."""
    yield VoteAnswer.AYE, division.ayes
    yield VoteAnswer.NO, division.noes


def _join_divisions(known: Division, other: Division) -> Division:
    """Join two records of one division: a voter counts if either lists them."""
    return replace(
        known,
        question=known.question or other.question,
        url=known.url or other.url,
        ayes=_join_voters(known.ayes, other.ayes),
        noes=_join_voters(known.noes, other.noes),
    )


def _join_voters(known: Sequence[Voter], others: Sequence[Voter]) -> tuple[Voter, ...]:
    """Return `known`, and those of `others` whose id is not among them."""
    ids = {voter.id for voter in known}
    return (*known, *(voter for voter in others if voter.id is None or voter.id not in ids))


def normalise_voter_name(name: str) -> str:
    """Return a voter's name for comparison with a speaker's: surname last, without a title, in small letters.

    >>> normalise_voter_name("Ancram, rh Mr. Michael"), normalise_voter_name("Addington, L.")
    ('michael ancram', 'lord addington')
    """
    surname, comma, rest = normalise_line(name).rstrip(".").partition(", ")
    rest = re.sub(r"\s*\[[^\]]*\]", "", rest)
    rank, _, of = rest.partition(" ")
    if comma and f"{rank.rstrip('.')}." in _RANKS:
        return f"{_RANKS[rank.rstrip('.') + '.']} {of} {surname}".replace("  ", " ").casefold()
    ordered = f"{rest} {surname}" if comma else surname
    return _HONORIFICS.sub("", ordered, count=1).strip().casefold()
