"""A new corpus with a manifest to fill in, and drafts of voices, parties, divisions and topics for its curator.

Everybody who is quoted and not listed is drafted, most quoted first, one entry a person. What a vote or a party would
prove is written as a comment. Nothing here sets a side: the curator alone decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import tomli_w

from bot.analysis import Analyser
from bot.corpus.folder import MANIFEST_NAME
from bot.corpus.manifest import name_keys, parse_manifest
from bot.corpus.sides import build_side_rules, collect_divisions, normalise_voter_name
from bot.errors import CorpusError
from bot.model import Corpus, Division, Kind, Passage, ReadDivision, Side, Voice, VoteAnswer
from bot.storage import filesystem
from bot.storage.filesystem import build_unreadable_error
from bot.text import normalise_name

_FILE_MODE = 0o644
_VALID_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# A manifest in which every key is explained.
_TEMPLATE = Path(__file__).with_name("template.toml")
MOST_VOICES = 10
MOST_DIVISIONS = 5
MOST_PARTIES = 8
MOST_TOPICS = 6
# A heading with fewer quotes under it leads readers to next to nothing.
_FEWEST_QUOTES = 5
_WORDS_OF_A_TOPIC = 4
_MAX_QUESTION = 120
# Offices that a transcript puts before a name: "CHAIR, MRS VALE".
_CHAIRS = frozenset({"chair", "chairman", "the chair", "the chairman"})
_BRACKETS = re.compile(r"\s*[(\[].*$")


def create_corpus(corpora_folder: Path, name: str, title: str | None = None, motion: str | None = None) -> Path:
    """Create the corpus `name`, and return its manifest's path; a title or motion not given is left empty there.

    Raises:
        CorpusError: the name cannot be that of a corpus, it is taken, the title or the motion is not
            one line of text, or the disk failed.
    """
    if not _VALID_NAME.fullmatch(name):
        raise CorpusError(ascii(name), "this cannot be the name of a corpus", "use small letters, digits and hyphens")
    folder = corpora_folder / name
    path = folder / MANIFEST_NAME
    if path.exists():
        raise CorpusError(str(path), "this corpus already exists", "choose another name")
    # What is not given yet is checked once it is filled in.
    manifest = parse_manifest(_fill_template(title or "?", motion or "?"), str(path))
    if isinstance(manifest, list):
        raise manifest[0]
    try:
        filesystem.write_atomically(path, _fill_template(title or "", motion or "").encode(), _FILE_MODE)
        # A private folder would not be served by a bot that runs as another user.
        folder.chmod(0o755)
    except UnicodeEncodeError as error:
        raise CorpusError(str(path), "half a character in its title or motion", "write it again") from error
    except OSError as error:
        raise build_unreadable_error(path, error) from error
    return path


def _fill_template(title: str, motion: str) -> str:
    """Return the TOML of a new manifest, every key explained, with this title and motion."""
    toml = _TEMPLATE.read_text("utf-8")
    for key, value in {"title": title, "motion": motion}.items():
        toml = toml.replace(f'{key} = ""', tomli_w.dumps({key: value}).rstrip(), 1)
    return toml


@dataclass(slots=True)
class DraftedVoice:
    """One person or body, under every name it is printed by."""

    names: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    roles: Counter[str] = field(default_factory=Counter)
    organisations: Counter[str] = field(default_factory=Counter)
    parties: Counter[str] = field(default_factory=Counter)
    dates: list[str] = field(default_factory=list)
    sample: Voice | None = None
    is_recorded: bool = False

    @property
    def count(self) -> int:
        """How many quotes this voice has."""
        return self.names.total()

    @property
    def name(self) -> str:
        """The name it goes by: one of several words before a single one, then the most printed, then the longest."""
        return max(self.names, key=lambda name: (len(name.split()) > 1, self.names[name], len(name)))

    def add(self, passage: Passage, voice: Voice) -> None:
        """Count `passage`, in which `voice` is the voice of this draft."""
        self.names[voice.name] += 1
        self.ids.update(filter(None, [voice.id]))
        self.roles.update(filter(None, [voice.role]))
        self.organisations.update(filter(None, [voice.organisation]))
        self.parties.update(filter(None, [voice.party]))
        self.dates.extend(filter(None, [passage.document.date]))
        self.sample = self.sample or voice
        self.is_recorded |= bool(passage.document.turns)

    def absorb(self, other: DraftedVoice) -> None:
        """Take over what was counted under another name of the same person."""
        self.names += other.names
        self.ids |= other.ids
        self.roles += other.roles
        self.organisations += other.organisations
        self.parties += other.parties
        self.dates += other.dates


def draft_manifest(corpus: Corpus, min_confidence: float, most: int = MOST_VOICES) -> Iterator[str]:
    """Yield the lines of a draft: parties, divisions, voices and topics that the manifest does not have yet."""
    drafts = collect_drafts(corpus, min_confidence)
    divisions = collect_divisions(corpus.documents)
    yield "# Drafted from who is quoted; nothing is set until it stands in corpus.toml without a #."
    yield from _draft_parties(corpus, drafts)
    yield from _draft_divisions(corpus, drafts, divisions)
    yield from _draft_voices(corpus, drafts, divisions, most)
    yield from _draft_topics(corpus)


def collect_drafts(corpus: Corpus, min_confidence: float) -> list[DraftedVoice]:
    """Return everybody who is quoted and not listed, most quoted first; one person under two names is one draft."""
    listed = {key for entry in corpus.voices for key in name_keys(entry)}
    drafts: dict[str, DraftedVoice] = {}
    for passage in corpus.passages:
        voice = passage.voice
        if voice is None or passage.kind is Kind.NARRATION or not passage.is_certain(min_confidence):
            continue
        if normalise_name(voice.name) not in listed:
            drafts.setdefault(voice.id or _build_person_key(voice.name), DraftedVoice()).add(passage, voice)
    joined = _join_by_name(drafts.values())
    return sorted(joined, key=lambda draft: (-draft.count, draft.name))


def _join_by_name(drafts: Iterable[DraftedVoice]) -> list[DraftedVoice]:
    """Join drafts whose names differ only in blanks, titles or brackets, unless identities tell them apart."""
    by_key: dict[str, list[DraftedVoice]] = defaultdict(list)
    for draft in drafts:
        by_key[_build_person_key(draft.name)].append(draft)
    joined = []
    for group in by_key.values():
        identified = [draft for draft in group if draft.ids]
        if len(identified) > 1:
            joined.extend(group)
            continue
        first, *others = [*identified, *(draft for draft in group if not draft.ids)]
        for other in others:
            first.absorb(other)
        joined.append(first)
    return joined


def _build_person_key(name: str) -> str:
    """Return what two spellings of one name share: letters alone, without a title or what follows in brackets."""
    first, _, rest = _BRACKETS.sub("", name).partition(", ")
    bare = normalise_voter_name(rest if first.casefold() in _CHAIRS and rest else first)
    return "".join(character for character in bare if character.isalnum()) or name


def _draft_parties(corpus: Corpus, drafts: Sequence[DraftedVoice]) -> Iterator[str]:
    """Yield the bodies to which several of the people quoted belong, most quoted first."""
    listed = {normalise_name(party.name) for party in corpus.parties}
    counts: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for draft in drafts:
        for body in {*draft.organisations, *draft.parties}:
            counts[body] += draft.count
            people[body] += 1
    for body, count in counts.most_common():
        if normalise_name(body) not in listed and people[body] > 1 and len(listed) < MOST_PARTIES:
            listed.add(normalise_name(body))
            yield ""
            yield f"# {people[body]:,} voices, {count:,} quotes"
            yield from _comment("[[parties]]", _render_toml(name=body), 'side = ""')


def _draft_divisions(corpus: Corpus, drafts: Sequence[DraftedVoice], divisions: dict[str, Division]) -> Iterator[str]:
    """Yield the divisions in which people who are quoted voted, most quoted first."""
    read_ids = {read.id for read in corpus.divisions}
    counted = []
    for division in divisions.values():
        rules = build_side_rules((), [ReadDivision(division.id, VoteAnswer.AYE)], {division.id: division})
        voters = [
            draft
            for draft in drafts
            if draft.sample and rules.find_ballots(draft.sample, is_recorded=draft.is_recorded)
        ]
        quotes = sum(draft.count for draft in voters)
        if quotes and division.id not in read_ids:
            counted.append((quotes, len(voters), division))
    counted.sort(key=lambda each: (-each[0], each[2].id))
    for quotes, voters_count, division in counted[:MOST_DIVISIONS]:
        yield ""
        yield f"# {voters_count:,} voices who voted, {quotes:,} quotes, on: {_describe_question(division.question)}"
        yield from _comment("[[divisions]]", _render_toml(id=division.id), 'for = ""')
    if len(counted) > MOST_DIVISIONS:
        others = ", ".join(division.id for _, _, division in counted[MOST_DIVISIONS:])
        yield f"# other divisions: {others}"


def _draft_voices(
    corpus: Corpus, drafts: Sequence[DraftedVoice], divisions: dict[str, Division], most: int
) -> Iterator[str]:
    """Yield an entry for each voice whose side does not follow already, its reason as a comment where one is known."""
    rules = build_side_rules(corpus.parties, corpus.divisions, divisions)
    pending = []
    sided = 0
    for draft in drafts:
        assert draft.sample is not None  # noqa: S101  counted with its first passage
        side, _ = rules.find_side(draft.sample, is_recorded=draft.is_recorded)
        if side is Side.NEITHER:
            pending.append(draft)
        else:
            sided += draft.count
    if sided:
        yield ""
        yield f"# {sided:,} quotes have a side already, by a vote or a party"
    for draft in pending[:most]:
        yield ""
        yield f"# {_describe_draft(draft)}"
        yield "[[voices]]"
        yield _render_toml(name=draft.name)
        yield from _draft_details(draft)
        yield '# side = ""'
    if rest := pending[most:]:
        yield ""
        yield f"# {len(rest):,} more voices with {sum(draft.count for draft in rest):,} quotes: --most {len(pending)}"


def _describe_draft(draft: DraftedVoice) -> str:
    """Return how often somebody is quoted, when, of which party, and the identity in the record."""
    dates = sorted(draft.dates)
    span = " to ".join(dict.fromkeys([dates[0], dates[-1]])) if dates else "no date"
    facts = [f"{draft.count:,} quote{'s' * (draft.count != 1)}", span, *draft.parties, *sorted(draft.ids)[:1]]
    return "; ".join(facts)


def _draft_details(draft: DraftedVoice) -> Iterator[str]:
    """Yield the TOML of a draft's aliases, and of its role and its organisation where just one was found."""
    aliases = sorted(name for name in draft.names if name != draft.name)
    if aliases:
        yield _render_toml(aliases=aliases)
    if len(draft.roles) == 1:
        yield _render_toml(role=next(iter(draft.roles)))
    if len(draft.organisations) == 1:
        yield _render_toml(organisation=next(iter(draft.organisations)))


def _draft_topics(corpus: Corpus) -> Iterator[str]:
    """Yield the headings with most quotes under them, and the words that tell each from the others."""
    analyser = Analyser(corpus.language)
    listed = {topic.name.casefold() for topic in corpus.topics}
    words_by_heading: dict[str, Counter[str]] = defaultdict(Counter)
    quotes: Counter[str] = Counter()
    for passage in corpus.passages:
        turn = passage.turn if passage.voice else None
        if turn and turn.heading:
            heading = turn.heading.rpartition(" / ")[2]
            quotes[heading] += 1
            words_by_heading[heading].update({word.normalised for word in analyser.content_words(passage.text)})
    overall: Counter[str] = Counter(chain.from_iterable(words.elements() for words in words_by_heading.values()))
    chosen = [name for name, count in quotes.most_common() if count >= _FEWEST_QUOTES and name.casefold() not in listed]
    for heading in chosen[:MOST_TOPICS]:
        words = words_by_heading[heading]
        telling = sorted(words, key=lambda word: (-(words[word] ** 2) / overall[word], word))[:_WORDS_OF_A_TOPIC]
        yield ""
        yield f"# {quotes[heading]:,} quotes under this heading; and the words that tell it from the others"
        yield from _comment("[[topics]]", _render_toml(name=heading), _render_toml(words=telling))


def _comment(*lines: str) -> Iterator[str]:
    """Return each line as a comment of TOML."""
    return (f"# {line}" for line in lines)


def _render_toml(**values: object) -> str:
    """Return the one key that is given, and its value, on one line."""
    [(key, value)] = values.items()
    if isinstance(value, list):
        return f"{key} = [{', '.join(_render_toml(_=item).partition(' = ')[2] for item in value)}]"
    return tomli_w.dumps({key: value}).strip()


def _describe_question(text: str | None) -> str:
    """Return the question of a division, cut at `_MAX_QUESTION` characters; in our words where the record has none."""
    words = text or "a question that its record does not print"
    return words if len(words) <= _MAX_QUESTION else f"{words[:_MAX_QUESTION]}…"
