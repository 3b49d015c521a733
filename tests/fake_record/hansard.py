"""A made Hansard: debates of invented members, their truth beside them, and the API's pitfalls.

What is really so at the API is so here: ids change their case by endpoint, more than 100 rows a
page answer 500, a parameter without its prefix is ignored, search marks its hits within words, an
unknown route answers 200 with a page of HTML, numbers come as text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.fake_record.server import NOT_FOUND, Answer, as_json, as_page

if TYPE_CHECKING:
    from tests.fake_record.server import Asked

HOST = "hansard-api.parliament.uk"
MEMBERS_HOST = "members-api.parliament.uk"
_FIRST_NAMES = [
    "Orla",
    "Piers",
    "Rhona",
    "Tam",
    "Jo",
    "Eddie",
    "Ida",
    "Bram",
    "Cleo",
    "Dirk",
    "Elspeth",
    "Fergus",
]
_SURNAMES = [
    "Venn",
    "Holt",
    "Beck",
    "Okoye",
    "Ruddle",
    "Marr",
    "Crane",
    "Tolley",
    "Wray",
    "Sallis",
    "Dunmore",
    "Pask",
]
_SEATS = ["Wexcombe", "Marlow Hithe", "Ash Fell", "Ludd Moor", "Harwick East", "Testbury"]
_PARTIES = ["Lab", "Con", "LD", "SNP", "Green", "Ind"]
_SUBJECTS = [
    "depot",
    "bell",
    "driver",
    "platform",
    "signal",
    "timetable",
    "bridge",
    "ferry",
    "fare",
    "carriage",
]
_VERBS = ["closed", "opened", "failed", "returned", "suffered", "improved", "waited"]
CROWDS = ("Several hon. Members", "Hon. Members", "A noble Lord", "An hon. Member")
LINES = ("Question put and agreed to.", "rose—", "indicated assent.", "The House divided.")


@dataclass(frozen=True)
class Member:
    """An invented member; whoever holds an office is printed by it."""

    id: int
    name: str
    seat: str
    party: str
    office: str | None = None


@dataclass(frozen=True)
class Spoken:
    """One paragraph of the truth: whose it is, None for nobody's, and its item's own id."""

    words: str
    speaker: Member | None
    item_id: str


@dataclass
class MadeDebate:
    """A debate as the API answers it, and the truth that it was made from."""

    ext_id: str
    title: str
    day: date
    house: str
    items: list[dict[str, Any]] = field(default_factory=list)
    truth: list[Spoken] = field(default_factory=list)
    children: list[MadeDebate] = field(default_factory=list)
    source: Any = 2
    updated: str = "2023-05-03T09:00:00"

    @property
    def all_truth(self) -> list[Spoken]:
        return [*self.truth, *(each for child in self.children for each in child.all_truth)]

    def as_answer(self) -> dict[str, Any]:
        overview = {
            "Id": 810001,
            "ExtId": self.ext_id.upper(),
            "Title": self.title,
            "HRSTag": "NewDebate",
            "Date": f"{self.day}T00:00:00",
            "Location": "Commons Chamber",
            "House": self.house,
            "Source": self.source,
            "VolumeNo": 732,
            "ContentLastUpdated": self.updated,
        }
        children = [child.as_answer() for child in self.children]
        return {
            "Overview": overview,
            "Navigator": [],
            "Items": self.items,
            "ChildDebates": children,
        }


@dataclass
class MadeHansard:
    """The API: its debates, divisions and members."""

    debates: list[MadeDebate]
    members: list[Member]
    divisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    fails_longer_than: int | None = None  # days of a window that answer 500
    empty_at_first: dict[str, int] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        """Answer a request to the API or the Members API."""
        if asked.host == MEMBERS_HOST:
            return self._answer_members(asked)
        if asked.path.startswith("/search/"):
            return self._search(asked)
        name = asked.path.rpartition("/")[2].removesuffix(".json").lower()
        if asked.path.startswith("/debates/debate/"):
            return self._answer_debate(name)
        if asked.path.startswith("/debates/division/"):
            found = self.divisions.get(name)
            return as_json(found) if found else NOT_FOUND
        if asked.path.startswith("/debates/topleveldebatebytitle"):
            return self._find_by_title(asked)
        return as_page("<html>Hansard</html>")

    def _answer_debate(self, name: str) -> Answer:
        for debate in self.debates:
            if debate.ext_id.lower() == name:
                answer = debate.as_answer()
                if self.empty_at_first.get(name, 0) > 0:
                    self.empty_at_first[name] -= 1
                    answer |= {"Items": [], "ChildDebates": []}
                return as_json(answer)
        return NOT_FOUND

    def _find_by_title(self, asked: Asked) -> Answer:
        for debate in self.debates:
            if debate.title == asked.get("sectionTitle") and str(debate.day) == asked.get("date"):
                return as_json(debate.as_answer())
        return NOT_FOUND

    def _search(self, asked: Asked) -> Answer:
        # Without the prefix a parameter is ignored in silence.
        given = {key.removeprefix("queryParameters."): value for key, value in asked.query
                 if key.startswith("queryParameters.")}  # fmt: skip
        first = date.fromisoformat(given.get("startDate", "1803-01-01"))
        last = date.fromisoformat(given.get("endDate", "2100-01-01"))
        take, skip = int(given.get("take", "20")), int(given.get("skip", "0"))
        if take > 100:
            return as_page("error", 500)
        if self.fails_longer_than and (last - first).days > self.fails_longer_than:
            return as_page("error", 500)
        term = given.get("searchTerm", "").lower()
        inside = [
            debate
            for debate in self.debates
            if first <= debate.day <= last and given.get("house", debate.house) == debate.house
        ]
        found = [row for debate in inside for row in _rows(debate, term, asked.path)]
        if "orderBy" not in given:
            # Rows repeat and go missing from page to page.
            random.Random(skip).shuffle(found)
        results = found[skip : skip + take]
        return as_json({"Results": results, "TotalResultCount": str(len(found))})

    def _answer_members(self, asked: Asked) -> Answer:
        if asked.path.endswith("/History"):
            ids = {value for key, value in asked.query if key == "ids"}
            return as_json([_history(each) for each in self.members if str(each.id) in ids])
        if asked.path.endswith("/SearchHistorical"):
            wanted = asked.get("name").lower()
            found = [each for each in self.members if wanted in each.name.lower()]
            items = [{"value": {"id": each.id, "nameDisplayAs": each.name}} for each in found]
            return as_json({"items": items, "totalResults": len(items), "skip": 0, "take": 20})
        return NOT_FOUND


def _history(member: Member) -> dict[str, Any]:
    """Return a member who was of another party before and after 2023."""
    years = [("2001-01-01", "2010-05-06", "Other"), ("2010-05-06", "2029-01-01", member.party),
             ("2029-01-01", None, "Other")]  # fmt: skip
    parties = [
        {
            "startDate": f"{start}T00:00:00",
            "endDate": f"{end}T00:00:00" if end else None,
            "party": {"name": f"The {party} party", "abbreviation": party},
        }
        for start, end, party in years
    ]
    names = [{"nameDisplayAs": member.name, "startDate": "2001-01-01T00:00:00", "endDate": None}]
    return {"value": {"id": member.id, "partyHistory": parties, "nameHistory": names}, "links": []}


def _rows(debate: MadeDebate, term: str, path: str) -> list[dict[str, Any]]:
    """Return the rows of a search: the case of ids and the meaning of keys differ by endpoint."""
    shared = {"SittingDate": f"{debate.day}T00:00:00", "House": debate.house, "Rank": 1.0}
    if path.startswith("/search/debates"):
        if term not in debate.title.lower():
            return []
        own = {"DebateSection": "Commons Chamber", "Title": debate.title,
               "DebateSectionExtId": debate.ext_id.upper()}  # fmt: skip
        return [shared | own]
    return [
        shared
        | {
            "MemberName": spoken.speaker.name,
            "AttributedTo": "",
            "ContributionExtId": None,
            "ContributionText": spoken.words.replace(term[:2], f"<em>{term[:2]}</em>"),
            "DebateSection": debate.title,
            "DebateSectionExtId": debate.ext_id.lower(),
        }
        for spoken in debate.all_truth
        if spoken.speaker and term in spoken.words.lower()
    ]


def make_members(count: int = 40, seed: int = 7) -> list[Member]:
    chance = random.Random(seed)
    names = [f"{first} {last}" for first in _FIRST_NAMES for last in _SURNAMES]
    chance.shuffle(names)
    return [
        Member(
            99000 + number,
            name,
            chance.choice(_SEATS),
            chance.choice(_PARTIES),
            f"The Minister for {chance.choice(_SUBJECTS).title()}s" if number % 9 == 0 else None,
        )
        for number, name in enumerate(names[:count])
    ]


def make_hansard(debates: int = 60, contributions: int = 100, seed: int = 7) -> MadeHansard:
    """Make debates, each of so many contributions, a fifth of them in debates within them."""
    members = make_members(seed=seed)
    made = MadeHansard([], members)
    for number in range(debates):
        made.debates.append(_make_debate(made, number, contributions, seed))
    return made


def _make_debate(made: MadeHansard, number: int, contributions: int, seed: int) -> MadeDebate:
    chance = random.Random(f"{seed}-{number}")
    day = date(2023, 1, 10) + timedelta(days=number * 3)
    house = "Lords" if number % 4 == 3 else "Commons"
    writer = _Writer(made.members, chance, f"{number:08X}")
    title = f"Night Trams: {chance.choice(_SUBJECTS).title()} {number}"
    debate = MadeDebate(writer.next_id(), title, day, house, source=chance.choice([1, 2, "2"]))
    child = MadeDebate(writer.next_id(), "New Clause 1", day, house)
    for _ in range(contributions - contributions // 5):
        writer.write(debate)
    for _ in range(contributions // 5):
        writer.write(child)
    debate.children.append(child)
    writer.divide(made, debate)
    return debate


class _Writer:
    """Writes items, and what is true of each."""

    def __init__(self, members: list[Member], chance: random.Random, prefix: str) -> None:
        self._members = members
        self._chance = chance
        self._prefix = prefix
        self._count = 0
        self._introduced: set[int] = set()

    def next_id(self) -> str:
        self._count += 1
        return f"{self._prefix}-0000-4000-8000-{self._count:012X}"

    def write(self, debate: MadeDebate) -> None:
        """Write one contribution, with now and then what is nobody's before or after it."""
        speaker = self._chance.choice(self._members)
        item_id = self.next_id()
        paragraphs = [self._sentence(debate) for _ in range(self._chance.randint(1, 3))]
        html = "".join(f"<p>{self._mark_up(words)}</p>" for words in paragraphs)
        self._add(debate, item_id, self._label(speaker), html, "hs_Para", speaker)
        debate.truth += [Spoken(words, speaker, item_id) for words in paragraphs]
        kind = self._chance.random()
        if kind < 0.15:
            self._write_quoted(debate, speaker)
        elif kind < 0.25:
            line = self._chance.choice(LINES)
            tag = self._chance.choice(["hs_Procedure", "hs_procedure"])
            self._add_nobody(debate, f"<p><em>{line}</em></p>", tag, line)
        elif kind < 0.32:
            crowd = self._chance.choice(CROWDS)
            self._add_nobody(debate, "<p><em>rose—</em></p>", "hs_Para", "rose—", crowd)
        elif kind < 0.4:
            self._add_row(debate, "Timestamp", "16:30:00")

    def divide(self, made: MadeHansard, debate: MadeDebate) -> None:
        """Write a division: its row is empty, or a line with bars, and neither is speech."""
        ext_id = self.next_id()
        value = self._chance.choice(["", "1|17:02|2|1|Bells|Agreed||2|1"])
        self._add_row(debate, "Division", value, ext_id)
        sides: list[list[Member]] = [[], []]
        for member in self._members:
            sides[self._chance.randint(0, 1)].append(member)
        made.divisions[ext_id.lower()] = {
            "Id": 5001,
            "ExternalId": ext_id.upper(),
            "Number": str(self._chance.randint(1, 300)),
            "Date": f"{debate.day}T00:00:00",
            "AyesCount": len(sides[0]) - 2,
            "NoesCount": str(len(sides[1]) - 2),
            "House": debate.house,
            "DebateSection": debate.title,
            "DebateSectionExtId": debate.ext_id,
            "TextBeforeVote": "<p>Question put, That the bells be muffled.</p>",
            "AyeMembers": _voters(sides[0]),
            "NoeMembers": _voters(sides[1]),
        }

    def _write_quoted(self, debate: MadeDebate, speaker: Member) -> None:
        """Write quoted matter as an item of its own or by a class, and let the speaker go on."""
        words = f"“{self._sentence(debate)}”"
        if self._chance.random() < 0.5:
            tag = self._chance.choice(["hs_quote", "hs_brev", "HS_QuoteFO"])
            self._add_nobody(debate, f"<p>{words}</p>", tag, words)
            rest = self._sentence(debate)
            item_id = self.next_id()
            self._add(debate, item_id, None, f"<p>{rest}</p>", "hs_Para", None)
        else:
            item_id, rest = self.next_id(), self._sentence(debate)
            html = f'<p class="hs_brev">{words}</p><p>{rest}</p>'
            self._add(debate, item_id, self._label(speaker), html, "hs_Para", speaker)
            debate.truth.append(Spoken(words, None, item_id))
        debate.truth.append(Spoken(rest, speaker, item_id))

    def _label(self, speaker: Member) -> str:
        if speaker.id in self._introduced:
            return speaker.name
        self._introduced.add(speaker.id)
        if speaker.office:
            return f"{speaker.office} ({speaker.name})"
        return self._chance.choice([
            f"{speaker.name} ({speaker.seat}) ({speaker.party})",
            f"{speaker.name} ({speaker.party})",
            f"{speaker.name} ({speaker.seat}, {speaker.party})",
        ])  # fmt: skip

    def _sentence(self, debate: MadeDebate) -> str:
        number = self.next_id()[-4:]
        subject, verb = self._chance.choice(_SUBJECTS), self._chance.choice(_VERBS)
        return f"The {subject} of night tram {number} {verb} in {debate.day:%B} & nobody was told."

    def _mark_up(self, words: str) -> str:
        """Write words as HTML, now and then with a column's mark or a cross reference in them."""
        html = words.replace("&", "&amp;")
        chance = self._chance.random()
        if chance < 0.2:
            mark = '<span id="301" class="column-number column-only" data-column-number="301">301</span>'
            return html.replace(" of ", f" of {mark}", 1)
        if chance < 0.3:
            return html.replace("night", '<span class="cross-reference">night</span>', 1)
        return html.replace("night", "<em>night</em>", 1) if chance < 0.4 else html

    def _add_nobody(self, debate: MadeDebate, html: str, tag: str, words: str, label: str | None = None) -> None:
        item_id = self.next_id()
        self._add(debate, item_id, label, html, tag, None)
        debate.truth.append(Spoken(words, None, item_id))

    def _add(
        self,
        debate: MadeDebate,
        item_id: str,
        label: str | None,
        html: str,
        tag: str,
        speaker: Member | None,
    ) -> None:
        # A minister who is printed by office has no number.
        number = speaker.id if speaker and (not speaker.office or label == speaker.name) else None
        self._append(debate, "Contribution", html, tag, item_id, label, number)

    def _add_row(self, debate: MadeDebate, kind: str, value: str, ext_id: str | None = None) -> None:
        self._append(debate, kind, value, f"hs_{kind}", ext_id, None, None)

    def _append(
        self,
        debate: MadeDebate,
        kind: str,
        value: str,
        tag: str,
        item_id: str | None,
        label: str | None,
        member_id: int | None,
    ) -> None:
        debate.items.append(
            {
                "ItemType": kind,
                "ItemId": 70000 + len(debate.items),
                "MemberId": member_id,
                "AttributedTo": label,
                "Value": value,
                "OrderInSection": len(debate.items) + 1,
                "Timecode": None,
                "ExternalId": item_id,
                "HRSTag": tag,
                "HansardSection": None,
                "UIN": None,
                "IsReiteration": False,
            }
        )


def _voters(members: list[Member]) -> list[dict[str, Any]]:
    """Return members as voters, the first two of them tellers."""
    return [
        {
            "MemberId": member.id,
            "DisplayAs": member.name,
            "ListAs": ", ".join(reversed(member.name.split())),
            "Party": f"The {member.party} party",
            "House": "Commons",
            "IsTeller": number < 2,
        }
        for number, member in enumerate(members)
    ]
