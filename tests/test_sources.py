"""Every source from a search to a served document, against made interfaces on loopback."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from bot import formats
from bot.cli import main
from bot.corpus import load_corpus
from bot.corpus.sides import collect_divisions
from bot.errors import BotError, CorpusError, SkippedError
from bot.ingest.fetching import FetchedPage, FetchError, PageFetcher, PoliteFetcher
from bot.ingest.gathering import gather_documents, plan_gathering
from bot.ingest.sources import list_sources, load_source
from bot.ingest.sources.base import SourceQuery
from bot.model import Document, Kind
from tests.fake_record import sites
from tests.fake_record.corpora import begin_corpus, polite
from tests.fake_record.server import Answer, Asked, Record, as_json, as_page, serve

TERM = "night tram"


@pytest.fixture(autouse=True)
def record() -> Iterator[Record]:
    with serve(Record(dict(sites.SITES))) as served:
        yield served


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return begin_corpus(tmp_path, monkeypatch)


def gather(folder: Path, name: str, **given: Any) -> dict[str, str]:
    """Gather, and return what became of each title."""
    source, fetch = load_source(name), polite()
    plan = plan_gathering(source, SourceQuery(TERM, **given), fetch)
    results = gather_documents(folder, source, plan.documents, fetch)
    return {result.document.stated.title or "": str(result.error or result.change) for result in results}


def only(folder: Path) -> Document:
    [document] = load_corpus(folder).documents
    return document


def spoken(folder: Path) -> list[tuple[str | None, str]]:
    return [
        (passage.voice.name if passage.voice else None, passage.text)
        for passage in load_corpus(folder).passages
        if passage.kind is not Kind.NARRATION
    ]


def test_there_is_a_module_for_each_source() -> None:
    assert list_sources() == ("committees", "govuk", "hansard", "oireachtas", "questions", "theyworkforyou", "votes")
    assert all(load_source(name).SUMMARY for name in list_sources())


def test_written_questions_come_whole_with_both_voices_and_without_holding_answers(folder: Path) -> None:
    changes = gather(folder, "questions")

    assert changes == {"Night Trams, written question 7001": "new", "Night Trams, written question 7004": "new"}
    documents = load_corpus(folder).documents
    assert all("..." not in document.text for document in documents)
    asking, answering = (turn.voice for turn in documents[0].turns)
    assert (asking.name, asking.party, asking.seat, asking.id) == (
        "Orla Venn",
        "Lab",
        "Wexcombe",
        "uk.parliament/99001",
    )
    assert (answering.name, answering.organisation) == ("Rhona Beck", "Department for Trams")
    assert documents[0].date == "2031-05-09"
    assert documents[0].url == ("https://questions-statements.parliament.uk/written-questions/detail/2031-05-02/7001")


def test_an_answer_that_turned_out_to_be_a_holding_one_is_told(folder: Path, record: Record) -> None:
    held = as_json({"value": sites.question(1, answerIsHolding=True)})
    record.faults["/questions/1"] = [held]

    assert "a holding answer" in gather(folder, "questions")["Night Trams, written question 7001"]


@pytest.mark.parametrize(
    ("value", "error", "fact"),
    [
        (sites.question(1, answerIsHolding=True), SkippedError, "not answered yet"),
        (sites.question(1, answerText=""), SkippedError, "not answered yet"),
        (sites.question(1, askingMember=None, answeringMember=None), CorpusError, "it names nobody"),
        ({"questionText": None, "answerIsHolding": False}, CorpusError, "not a written question by itself"),
        ([], CorpusError, "no format reads this .json file"),
    ],
)
def test_a_question_that_is_none_is_refused(value: object, error: type[CorpusError], fact: str, tmp_path: Path) -> None:
    path = tmp_path / "q.question.json"
    path.write_text(json.dumps({"value": value}), "utf-8")

    with pytest.raises(error, match=fact):
        formats.read(path)


def test_a_speech_of_gov_uk_is_its_speaker_s_but_for_what_it_quotes(folder: Path) -> None:
    gather(folder, "govuk")

    [speech] = [each for each in load_corpus(folder).documents if each.title == "On trams"]
    assert {turn.voice.name for turn in speech.turns} == {"Rhona Beck"}
    assert (speech.date, speech.publisher) == ("2031-05-02", "Department for Trams")
    assert speech.licence == "Open Government Licence v3.0"
    words = [text for name, text in spoken(folder) if name == "Rhona Beck"]
    assert "The bells of the night tram will ring." in words
    assert not any("They keep me awake" in text for text in words)


def test_what_is_announced_on_gov_uk_is_followed_to_its_page(folder: Path) -> None:
    changes = gather(folder, "govuk")

    assert set(changes) == {"On trams", "Trams to ring", "Bells: a report"}
    assert "it announces a file that is neither a page nor a PDF" in changes["Bells: a report"]
    texts = {document.title: document.text for document in load_corpus(folder).documents}
    assert texts["The report"] == "The report on the bells of night trams is long."


def test_a_quotation_that_news_set_apart_by_markup_is_the_minister_s(folder: Path) -> None:
    gather(folder, "govuk")

    said = [words for name, words in spoken(folder) if name == "Rhona Beck" and "Wexcombe" in words]
    assert said == ["The bells of Wexcombe will ring again from the first of June."]


@pytest.mark.parametrize("links", [{}, {"speaker": [{"title": "Ann Low"}, {"title": "Ben Hale"}]}])
def test_a_speech_without_one_speaker_is_an_article(links: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "s.govuk.json"
    path.write_text(json.dumps(sites.SPEECH | {"links": links}), "utf-8")

    assert formats.read(path).turns == ()


def test_evidence_comes_as_html_else_as_word_under_its_sender_s_name(folder: Path) -> None:
    changes = gather(folder, "committees")

    documents = {document.id.rpartition("-")[0]: document for document in load_corpus(folder).documents}
    first, second = (
        documents["2031-05-04-written-evidence-night-trams-ntc0001"],
        documents["2031-05-04-written-evidence-night-trams-ntc0002"],
    )
    assert (first.publisher, first.authors) == ("Wexcombe Infirmary", ("Wexcombe Infirmary",))
    assert (second.publisher, second.authors) == ("A night driver", ("A night driver",))
    assert "passes our infirmary" in first.text
    assert "nobody sleeps" in second.text
    assert {each.licence for each in documents.values()} == {"Open Parliament Licence v3.0"}
    assert "a document that is not base64" in changes["Written evidence: Night trams (NTC0003)"]
    assert "it has no HTML, Word file or PDF" in changes["Written evidence: Trams (NTC0004)"]


def test_evidence_gathered_again_is_as_before_or_replaced(folder: Path, record: Record) -> None:
    gather(folder, "committees")
    first = "Written evidence: Night trams (NTC0001)"

    assert gather(folder, "committees")[first] == "as before"
    ids = [document.id for document in load_corpus(folder).documents]
    page = sites.EVIDENCE_PAGE.replace("four times", "nine times")
    data = {"fileName": "E1.Html", "data": __import__("base64").b64encode(page.encode()).decode()}
    record.faults["/WrittenEvidence/1/Document/Html"] = [as_json(data)]
    assert gather(folder, "committees")[first] == "changed"
    assert [document.id for document in load_corpus(folder).documents] == ids


def test_a_day_of_theyworkforyou_is_the_highest_letter_that_is_the_latest(folder: Path) -> None:
    assert gather(folder, "theyworkforyou", since="2031-05") == {"House of Commons debates, 2031-05-02": "new"}

    assert "The Night Tram was late" in only(folder).text
    assert only(folder).licence == "Open Parliament Licence v3.0"


def test_a_day_that_was_read_anew_replaces_the_day_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gather(folder, "theyworkforyou", since="2031-05")
    document_id = only(folder).id
    later = sites.make_day("2031-05-02", "c", "The night tram was late, as now corrected.")
    monkeypatch.setitem(sites.TWFY_DAYS, "debates2031-05-02c.xml", later)

    assert gather(folder, "theyworkforyou", since="2031-05") == {"House of Commons debates, 2031-05-02": "changed"}
    assert (only(folder).id, "as now corrected" in only(folder).text) == (document_id, True)


def test_days_of_the_dail_are_those_in_which_the_term_stands(folder: Path) -> None:
    assert gather(folder, "oireachtas", since="2031-05-01", house="dail") == {"Dail debates, 2031-05-02": "new"}

    document = only(folder)
    assert document.licence == "Oireachtas (Open Data) PSI Licence"
    assert document.url == "https://www.oireachtas.ie/en/debates/debate/dail/2031-05-02/"
    assert load_corpus(folder).notice == (
        "Contains Irish Public Sector Information licensed under the Oireachtas (Open Data) PSI Licence, "
        "Creative Commons Attribution 4.0"
    )


@pytest.mark.parametrize("name", ["theyworkforyou", "oireachtas"])
def test_a_source_without_a_search_asks_for_a_first_day(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["gather", TERM, "--source", name]) == 2
    assert "--since: this source has no search, only days" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["committees", "govuk", "oireachtas", "questions"])
@pytest.mark.parametrize(
    "answer",
    [as_page("<html>other</html>"), Answer(b"{"), as_json({}), as_json([]), as_json({"results": 3, "items": 3})],
)
def test_a_source_that_answers_nonsense_is_told_in_a_line_and_leaves_the_corpus(
    name: str, answer: Answer, record: Record, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record.sites = dict.fromkeys(record.sites, lambda _asked: answer)
    before = sorted(folder.rglob("*"))
    capsys.readouterr()

    assert main(["gather", TERM, "--source", name, "--since", "2031", "--yes"]) == 2

    [line] = capsys.readouterr().err.splitlines()
    assert "the source answered with" in line
    assert sorted(folder.rglob("*")) == before


def list_places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within an answer, from the outside in."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*place, key)
        yield from list_places(child, (*place, key))


def change_one(content: bytes, seed: int) -> bytes:
    """Return an answer with one value of it odd, by the seed."""
    answer, chance = json.loads(content), random.Random(seed)
    *way, last = chance.choice(list(list_places(answer)))
    within = answer
    for key in way:
        within = within[key]
    within[last] = chance.choice([None, True, -1, 10**30, "", "yesterday", [], {}, [1], {"a": [1]}, "\ud800"])
    return json.dumps(answer).encode()


@pytest.mark.parametrize("name", ["committees", "govuk", "oireachtas", "questions", "votes"])
@pytest.mark.parametrize("odd_request", [0, 1, 2])
def test_an_answer_with_one_odd_value_is_taken_or_refused_in_a_line(name: str, odd_request: int) -> None:
    source = load_source(name)

    for seed in range(40):
        requests = count()

        def fetch(url: str, seed: int = seed, requests: Iterator[int] = requests) -> FetchedPage:
            parts = urlsplit(url)
            try:
                answer = sites.SITES[parts.netloc](Asked(parts.netloc, parts.path, tuple(parse_qsl(parts.query))))
            except (LookupError, ValueError):
                raise FetchError(url, "no such page", "look again", 404) from None
            is_odd = next(requests) == odd_request and answer.content[:1] in (b"{", b"[")
            content = change_one(answer.content, seed) if is_odd else answer.content
            return FetchedPage(url, content, answer.media_type.partition(";")[0])

        with contextlib.suppress(BotError):
            for document in source.search(SourceQuery(TERM, since="2031"), fetch):
                with contextlib.suppress(BotError):
                    assert source.fetch(document, fetch).name


@pytest.mark.parametrize("name", ["committees", "govuk", "oireachtas", "questions", "theyworkforyou"])
def test_interrupted_at_any_request_every_source_ends_in_the_same_corpus(
    name: str, tmp_path: Path, folder: Path, record: Record
) -> None:
    gather(folder, name, since="2031-05")
    whole = {
        path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "corpus.toml"
    }

    # Reading a page or a Word file starts a process each time.
    step = 5 if name == "committees" else 1
    for number in range(1, len(record.asked) + 1, step):
        other = tmp_path / f"again{number}"
        main(["new", other.name, "--title", "Trams", "--motion", "Bells are right"])
        record.faults = {len(record.asked) + number: [Answer(hang=True)]}
        main(["gather", TERM, "--source", name, "--since", "2031-05", "--corpus", other.name, "--yes"])
        gather(other, name, since="2031-05")
        found = {path.name: path.read_bytes() for path in other.rglob("*") if path.is_file()}
        del found["corpus.toml"]
        assert found == whole


@pytest.mark.parametrize(
    ("robots", "fact"),
    [
        (as_page("User-agent: *\nDisallow: /private"), None),
        (as_page("", 404), None),
        (as_page("User-agent: *\nDisallow: /"), "robots.txt forbids it"),
        (as_page("User-agent: on-the-record\nDisallow: /page"), "robots.txt forbids it"),
        (as_page("", 403), "robots.txt forbids it"),
        (as_page("", 503), "robots.txt forbids it"),
        (as_page("User-agent: *\nDisallow: /private\nCrawl-delay: ²"), "robots.txt forbids it"),
        (as_page("User-agent: *\nAllow: /\nDisallow: //["), "robots.txt forbids it"),
    ],
)
def test_a_page_is_fetched_only_where_robots_lets_it_be(robots: Answer, fact: str | None, record: Record) -> None:
    record.sites["news.example"] = lambda asked: robots if asked.path == "/robots.txt" else as_page("words")
    fetch = PageFetcher(PoliteFetcher(per_second=10_000, tries=1))

    if fact is None:
        assert fetch("https://news.example/page").content == b"words"
        fetch("https://news.example/page/2")
        assert [asked.path for asked in record.asked] == ["/robots.txt", "/page", "/page/2"]
        return
    with pytest.raises(FetchError, match="open it yourself and add the file") as caught:
        fetch("https://news.example/page")
    assert fact in str(caught.value)
    assert [asked.path for asked in record.asked] == ["/robots.txt"]


def test_pages_of_hansard_are_only_linked_to(record: Record) -> None:
    with pytest.raises(FetchError, match="its pages are only linked to, never fetched; open it yourself"):
        PageFetcher(polite())("https://hansard.parliament.uk/Commons/2031-05-02")

    assert record.asked == []


def test_divisions_of_both_houses_come_whole_and_each_once(folder: Path) -> None:
    changes = gather(folder, "votes")

    assert list(changes.values()) == ["new"] * 29
    divisions = collect_divisions(map(formats.read, folder.glob("*.json")))
    assert len(divisions) == 29
    first, lords = divisions["commons-2031-05-01-11"], divisions["lords-2031-05-03-1"]
    assert [(voter.name, voter.id, voter.is_teller) for voter in first.ayes] == [
        ("Orla Venn", "uk.parliament/99001", False),
        ("Tam Okoye", "uk.parliament/99006", True),
    ]
    assert [(voter.name, voter.proxy) for voter in first.noes] == [("Rhona Beck", "Ida Crane")]
    assert first.url == "https://votes.parliament.uk/votes/commons/division/1501"
    assert (lords.question or "").startswith("Lord Fenwick of Ash moved amendment 4")


def test_only_the_house_asked_for_is_searched(folder: Path, record: Record) -> None:
    assert list(gather(folder, "votes", house="lords").values()) == ["new"]
    assert {asked.host for asked in record.asked} == {sites.LORDS_VOTES_HOST}


def test_a_division_without_its_voters_is_told(folder: Path, record: Record) -> None:
    record.faults["/data/Divisions/3001"] = [as_json({"divisionId": 3001})]

    [told] = gather(folder, "votes", house="lords").values()

    assert "no division: its shape has changed" in told


def test_a_search_for_divisions_that_changed_its_shape_is_told(folder: Path, record: Record) -> None:
    record.faults["/data/Divisions/search"] = [as_json({"results": []})]

    with pytest.raises(CorpusError, match="no list of divisions: its shape has changed"):
        gather(folder, "votes", house="lords")


def test_a_vote_gives_the_speakers_of_a_debate_their_side(folder: Path) -> None:
    debate = "Orla Venn: The night tram is late.\n\nRhona Beck: The bells are right.\n"
    header = '+++\ntitle = "Trams"\npublisher = "Record"\ntranscript = "checked"\n+++\n'
    (folder / "debate.transcript").write_text(header + debate, "utf-8")
    gather(folder, "votes", house="commons", until="2031-05-01")
    with (folder / "corpus.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('[[divisions]]\nid = "commons-2031-05-01-11"\nfor = "no"\n')

    sides = {passage.voice.name: str(passage.side) for passage in load_corpus(folder).passages if passage.voice}

    assert sides == {"Orla Venn": "against", "Rhona Beck": "for"}
