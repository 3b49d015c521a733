"""From a term to documents of a corpus, by a Hansard on loopback that is made with its truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.cli import main
from bot.corpus import load_corpus
from bot.corpus.lint import check_corpus
from bot.curator_commands import check_days
from bot.formats.record_fields import find_related
from bot.ingest.fetching import PoliteFetcher
from bot.ingest.gathering import Change, gather_documents, plan_gathering
from bot.ingest.sources import hansard as source
from bot.ingest.sources.base import SourceQuery
from bot.model import Corpus, Kind
from tests.corpus_folders import Failing, listing
from tests.fake_record.corpora import begin_corpus, polite
from tests.fake_record.hansard import HOST, MEMBERS_HOST, make_hansard
from tests.fake_record.server import Answer, Record, as_json, as_page, serve

if TYPE_CHECKING:
    from tests.fake_record.hansard import MadeHansard

TERM = "night tram"


@pytest.fixture
def made() -> MadeHansard:
    return make_hansard(debates=4, contributions=20)


@pytest.fixture(autouse=True)
def record(made: MadeHansard) -> Iterator[Record]:
    with serve(Record({HOST: made, MEMBERS_HOST: made})) as served:
        yield served


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return begin_corpus(tmp_path, monkeypatch)


def gather(folder: Path, query: SourceQuery | None = None) -> list[Change | None]:
    fetch = polite()
    plan = plan_gathering(source, query or SourceQuery(TERM), fetch)
    return [result.change for result in gather_documents(folder, source, plan.documents, fetch)]


def compare_with_truth(corpus: Corpus, made: MadeHansard) -> tuple[int, list[str]]:
    """Return how many paragraphs are somebody's, and what is wrong with any."""
    wrong: list[str] = []
    count = 0
    for debate in made.debates:
        document = next(each for each in corpus.documents if each.title == debate.title)
        passages = {
            passage.text: passage
            for passage in corpus.passages
            if passage.document is document and passage.kind is Kind.DIRECT
        }
        own = {spoken.words: spoken for spoken in debate.all_truth if spoken.speaker}
        wrong += [f"not spoken: {words}" for words in passages.keys() - own.keys()]
        for words, spoken in own.items():
            passage = passages.get(words)
            speaker = spoken.speaker
            assert speaker
            count += 1
            voice = passage.voice if passage else None
            turn = passage.turn if passage else None
            said = (voice and voice.name, voice and voice.party, voice and voice.role)
            link = turn.url.rpartition("#")[2] if turn and turn.url else None
            if said != (speaker.name, speaker.party, speaker.office):
                wrong.append(f"{words}: {said}, not {speaker}")
            elif link != f"contribution-{spoken.item_id}":
                wrong.append(f"{words}: {link}")
    return count, wrong


@pytest.mark.no_cover
def test_a_dozen_debates_equal_the_truth_they_were_made_from(folder: Path, times: int) -> None:
    debates = 12 * times
    made = make_hansard(debates=debates, contributions=100)

    with serve(Record({HOST: made, MEMBERS_HOST: made})):
        changes = gather(folder)
    count, wrong = compare_with_truth(load_corpus(folder), made)

    assert changes == [Change.NEW] * debates
    assert count > 100 * debates
    assert wrong == []


def test_asked_again_nothing_is_written_anew(folder: Path) -> None:
    gather(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")}

    assert gather(folder) == [Change.UNCHANGED] * 4
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")} == before


def test_a_debate_that_changed_keeps_its_id(folder: Path, made: MadeHansard) -> None:
    gather(folder)
    ids = [document.id for document in load_corpus(folder).documents]
    made.debates[1].title = "Night Trams: Renamed"
    made.debates[1].items[0]["Value"] = "<p>The night tram was late, and I said so.</p>"

    changes = gather(folder)

    assert sorted(map(str, changes)) == ["as before"] * 3 + ["changed"]
    corpus = load_corpus(folder)
    assert [document.id for document in corpus.documents] == ids
    assert "Night Trams: Renamed" in {document.title for document in corpus.documents}


def test_interrupted_at_any_request_and_asked_again_it_is_the_same_corpus(
    tmp_path: Path, folder: Path, record: Record, made: MadeHansard
) -> None:
    del made.debates[2:]
    gather(folder)
    whole, requests = listing(folder), len(record.asked)
    assert requests > 10

    for number in range(1, requests + 1):
        other = tmp_path / f"interrupted-{number}"
        assert main(["new", other.name, "--title", "Night trams", "--motion", "Bells are right"]) == 0
        record.faults[len(record.asked) + number] = [Answer(hang=True)]
        assert main(["gather", TERM, "--corpus", other.name, "--yes"]) in (1, 2)
        check = [finding for finding in check_corpus(other).findings if finding.level == "error"]
        assert check == []
        gather(other)
        assert listing(other) == whole


def test_a_full_disk_leaves_every_document_whole(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gather(folder)
    whole = listing(folder)
    for path in folder.rglob("*.json"):
        path.unlink()

    for number in range(1, 60, 4):
        with monkeypatch.context() as patched:
            patched.setattr("bot.storage.filesystem.disk", Failing(number, OSError(28, "full")))
            status = main(["gather", TERM, "--yes"])
        lines = capsys.readouterr().err.splitlines()
        assert (status, len(lines)) in ((2, 1), (1, 0), (0, 0))
        assert listing(folder).items() <= whole.items() | {("corpus.toml", b"")}
    gather(folder)
    assert listing(folder) == whole


def test_a_window_that_the_server_fails_on_is_halved(folder: Path, made: MadeHansard) -> None:
    made.fails_longer_than = 200

    assert gather(folder, SourceQuery(TERM, since="2022", until="2024")) == [Change.NEW] * 4


def test_a_server_that_fails_on_every_window_is_told_in_a_line(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    record.faults["/search/"] = [as_page("error", 500)]

    assert main(["gather", TERM, "--since", "2023-01", "--yes"]) == 2
    assert "the site answered 500" in capsys.readouterr().err


def test_only_the_days_and_the_house_asked_for_are_taken() -> None:
    plan = plan_gathering(source, SourceQuery(TERM, until="2023-01-16", house="commons"), polite())

    assert [found.stated.date for found in plan.documents] == [
        "2023-01-10",
        "2023-01-13",
        "2023-01-16",
    ]
    assert {found.house for found in plan.documents} == {"Commons"}


def test_the_debates_that_match_most_are_taken_where_few_are_asked_for() -> None:
    plan = plan_gathering(source, SourceQuery("depot"), polite())
    fewer = plan_gathering(source, SourceQuery("depot"), polite(), most=1)

    assert fewer.documents[0].matches == max(found.matches for found in plan.documents)
    assert fewer.left_out == len(plan.documents) - 1


def test_a_fresh_debate_without_its_items_is_asked_for_again(folder: Path, made: MadeHansard) -> None:
    made.empty_at_first[made.debates[0].ext_id.lower()] = 2

    assert gather(folder) == [Change.NEW] * 4


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (as_page("<html>Hansard</html>"), "a page of type text/html, not JSON"),
        (Answer(b"{nonsense"), "not JSON"),
        (Answer(b"[" * 100_000), "not JSON"),
        (as_json([]), "no debate: its shape has changed"),
        (as_json({"Overview": {}}), "no list of Items: its shape has changed"),
        (as_json({"Overview": {}, "Items": [], "ChildDebates": []}), "a debate without a word"),
        (
            as_json({"Overview": {"ExtId": "x"}, "Items": [{}], "ChildDebates": []}),
            "another debate",
        ),
        (Answer(b"x" * 6_000_000), "more than 5,242,880 bytes"),
        (as_page("no", 403), "the site answered 403; open it yourself and add the file"),
        (as_page("no", 404), "the site answered 404"),
        (
            Answer(status=302, headers={"Location": "https://127.0.0.1/x"}),
            "127.0.0.1: unknown host",
        ),
        (Answer(status=302, headers={"Location": "https://home.example/"}), "not a public address"),
        (Answer(hang=True), "not fetched (RemoteProtocolError)"),
    ],
)
def test_a_debate_that_cannot_be_had_is_told_and_the_others_come(
    answer: Answer,
    fact: str,
    folder: Path,
    record: Record,
    made: MadeHansard,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record.private_hosts.add("home.example")
    record.faults[f"/debates/debate/{made.debates[2].ext_id.lower()}"] = [answer]

    assert main(["gather", TERM, "--yes"]) == 1

    printed = capsys.readouterr()
    [line] = [line for line in printed.out.splitlines() if line.startswith("not taken")]
    assert fact in line
    assert "trams: 3 new, 1 failed" in printed.out
    assert printed.err == ""
    assert len(load_corpus(folder).documents) == 3


def test_waits_that_a_busy_site_asks_for_are_kept(folder: Path, record: Record) -> None:
    waits: list[float] = []
    fetch = PoliteFetcher(per_second=10_000, first_wait=1, sleep=waits.append)
    busy = Answer(b"", 429, headers={"Retry-After": "7"})
    record.faults["/debates/debate/"] = [as_page("", 503), busy, as_page("", 408), as_json({})]
    plan = plan_gathering(source, SourceQuery(TERM), fetch)
    waits.clear()

    list(gather_documents(folder, source, plan.documents[:1], fetch))

    assert [wait for wait in waits if wait > 0.1] == [1, 7, 4]


def test_half_a_surrogate_pair_in_an_answer_is_kept_as_it_came(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (("https://history.example", {"name": "Ann \ud800"}),)
    fetch = source.fetch
    monkeypatch.setattr(source, "fetch", lambda *given: fetch(*given)._replace(related=answers))
    plan = plan_gathering(source, SourceQuery(TERM), polite(), most=1)

    [gathered] = gather_documents(folder, source, plan.documents, polite())

    assert gathered.path
    [answer] = json.loads(find_related(gathered.path).read_bytes())["answers"]
    assert answer == {"url": "https://history.example", "content": {"name": "Ann \ud800"}}
    assert load_corpus(folder).documents


def test_requests_keep_their_distance() -> None:
    waits: list[float] = []
    # Pauses of 20 seconds, beside which what a request itself takes on a busy machine is little.
    fetch = PoliteFetcher(per_second=0.05, sleep=waits.append)

    for _ in range(4):
        fetch(f"https://{HOST}/nowhere")

    assert sum(waits) == pytest.approx(20 + 40 + 60, abs=15)


def test_what_would_be_taken_is_shown_and_nothing_taken_without_yes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gather", TERM, "--most", "2"]) == 0

    out = capsys.readouterr().out
    assert "2023-01-13  Commons  Night Trams: " in out or "2023-01-10  Commons" in out
    assert "2 from hansard, and 2 more that match less" in out
    assert "Nothing was taken." in out
    assert not list(folder.glob("*.json"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--source", "nowhere"], "nowhere: there is no such source; choose from: "),
        (["--since", "May"], "--since: 'May' is not a date"),
        (["--since", "2023-02", "--until", "2023-01-31"], "--until: 2023-01-31 is before --since, 2023-02; exchange"),
        (["--since", "2023-02-01", "--until", "2022"], "--until: 2022 is before --since, 2023-02-01; exchange them"),
        (["--house", "upper"], "--house: 'upper' is no house; choose from commons"),
        (
            ["--corpus", "nowhere"],
            "there is no such corpus; choose from trams; or begin it with: python -m bot new nowhere",
        ),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["gather", TERM, *arguments]) == 2

    [line] = capsys.readouterr().err.splitlines()
    assert told in line


@pytest.mark.parametrize("term", ["", " \n"])
def test_a_term_without_a_word_is_refused(term: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gather", term, "--corpus", "trams"]) == 2
    assert capsys.readouterr().err == 'bot: gather: no term to look for; name one, such as "night buses"\n'


def test_a_term_that_is_no_text_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["gather", "tram\udcff", "--corpus", "trams"]) == 2
    assert capsys.readouterr().err == "bot: gather: 'tram\\udcff' is not text; write the term in UTF-8\n"


@pytest.mark.parametrize(("since", "until"), [("2023-02", "2023-02-01"), ("2023-02-01", "2023"), ("2023", "2023-02")])
def test_days_may_overlap_in_part(since: str, until: str) -> None:
    assert check_days(since, until) == (since, until)


def test_without_leave_or_without_a_network_it_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(Record({})):
        assert main(["gather", TERM]) == 2
    assert capsys.readouterr().err == ("bot: hansard-api.parliament.uk: unknown host; check the address\n")
    monkeypatch.setenv("BOT_FETCH", "false")
    assert main(["gather", TERM]) == 2
    assert "fetch: nothing is fetched from the web" in capsys.readouterr().err


def test_the_answer_as_it_came_is_the_document_and_its_licence_stands_under_replies(
    folder: Path, made: MadeHansard
) -> None:
    gather(folder)

    corpus = load_corpus(folder)
    stored = {json.loads(path.read_bytes())["Overview"]["Title"] for path in folder.glob("*.json")}
    assert stored == {debate.title for debate in made.debates}
    assert all(path.name.endswith(".hansard.json") for path in folder.glob("*.json"))
    assert {document.licence for document in corpus.documents} == {"Open Parliament Licence v3.0"}
    assert corpus.notice == ("Contains Parliamentary information licensed under the Open Parliament Licence v3.0")
