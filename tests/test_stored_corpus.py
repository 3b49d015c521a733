"""A corpus that lies with its index is served as one in memory is, from first to last."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot import bootstrap
from bot.answers.document_words import find_stop_compounds
from bot.cli import main
from bot.corpus import compare_corpora
from bot.corpus.stored.passages import StoredPassages
from bot.corpus.stored.records import StoredDocuments, decode_content, decode_passage, encode_passage
from bot.errors import BotError, CorpusError, IntegrityError
from bot.model import Document, Kind, Passage, Quote, Span
from bot.replies import about, json_output
from bot.replies.catalogue import say
from bot.replies.reply import Command
from bot.service import Service
from bot.service.commands import run_command
from bot.settings import Settings
from bot.storage.cache_folder import CacheFolder
from tests import corpus_folders
from tests.corpus_folders import ANN, BOB, CY, MANIFEST, NEVER, QUESTION, UNSAFE, article, text
from tests.stored_corpora import MemoryEngine

if TYPE_CHECKING:
    from tests.stored_corpora import MemoryStore

ROOT = Path(__file__).parents[1]
CORPORA = ("facial-recognition", "tram")
LINES = """\
/by Liberty
/by Ephgrave privacy
/sides privacy
/about
/corpus
/contents
/contents 2
/start
/verify “Facial recognition technology gives the State unprecedented power to track and monitor any one of us”
/verify “This is a careful and completely justified move by the Met.”
/verify Nobody ever said these words.
who is Clare Collier
who is against it?
what does Liberty say about privacy?
Does Ada Lovelace Institute mention human rights?
and the police?""".splitlines()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> MemoryEngine:
    """Return the engine that a process finds instead of the embedded one; no passage is held in memory."""
    engine = MemoryEngine()
    monkeypatch.setattr(bootstrap, "load_engine", lambda _: engine)
    monkeypatch.setenv("BOT_ENGINE__IN_MEMORY", "1")
    return engine


@pytest.fixture(scope="module")
def pairs() -> Iterator[list[tuple[Service, Service]]]:
    """Return each bundled corpus served from memory, and served by hit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("BOT_ENGINE__CACHE", "none")
        held = [asyncio.run(bootstrap.build_service(Settings(corpus=name))) for name in CORPORA]
        engine = MemoryEngine()
        patch.setattr(bootstrap, "load_engine", lambda _: engine)
        patch.setenv("BOT_ENGINE__IN_MEMORY", "1")
        for name in CORPORA:
            bootstrap.store_corpus(Settings(), name)
        stored = [asyncio.run(bootstrap.build_service(Settings(corpus=name))) for name in CORPORA]
        assert all(isinstance(service.corpus.passages, StoredPassages) for service in stored)
        yield list(zip(held, stored, strict=True))


async def serve(engine: MemoryEngine, folder: Path, **given: Any) -> Service:
    """Return a service of the corpus below `folder`, which is indexed first."""
    bootstrap.store_corpus(corpus_folders.settings(folder, **given), "bridge")
    assert engine.shelf
    service = await corpus_folders.desk(folder, **given)
    assert isinstance(service.corpus.passages, StoredPassages)
    return service


def passages_of(service: Service) -> StoredPassages:
    assert isinstance(service.corpus.passages, StoredPassages)
    return service.corpus.passages


def store_of(service: Service) -> MemoryStore:
    return cast("MemoryStore", passages_of(service).store)


def judged_questions() -> list[str]:
    """Return every judged question of the tree."""
    files = sorted((ROOT / "tests/relevance").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [row["question"] for row in rows if "question" in row]


async def test_a_judged_question_has_the_same_reply_as_from_memory(pairs: list[tuple[Service, Service]]) -> None:
    # All of them are asked on a cluster, beside the servers.
    questions = judged_questions()[::8]
    assert len(questions) > 30

    for held, stored in pairs:
        for question in questions:
            assert await stored.ask(question) == await held.ask(question), question


@pytest.mark.parametrize("line", LINES)
async def test_every_command_has_the_same_reply_as_from_memory(pairs: list[tuple[Service, Service]], line: str) -> None:
    name, _, rest = line[1:].partition(" ") if line.startswith("/") else ("ask", "", line)
    command = Command(name, rest)

    for held, stored in pairs:
        assert await run_command(stored, command) == await run_command(held, command)


async def test_every_passage_is_what_it_is_in_memory(pairs: list[tuple[Service, Service]]) -> None:
    for held, stored in pairs:
        assert len(stored.corpus.passages) == len(held.corpus.passages)
        for one, other in zip(stored.corpus.passages, held.corpus.passages, strict=True):
            names = [name for name in other.__dataclass_fields__ if name not in {"document", "responses"}]
            assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
            assert one.document.text == other.document.text
            assert (one.turn, one.address) == (other.turn, other.address)
        ids = [Quote(passage, passage.span).id for passage in held.corpus.passages]
        for quote_id in ids:
            quote, expected = stored.find_quote(quote_id), held.find_quote(quote_id)
            assert quote is not None
            assert expected is not None
            assert (quote.text, quote.passage.voice) == (expected.text, expected.passage.voice)
            for reply in ("show_quote", "show_opposite", "show_wordings", "copy_quote"):
                assert await getattr(stored, reply)(quote_id) == await getattr(held, reply)(quote_id)
        assert stored.find_quote("AAAAAAAA") is None


def test_what_is_counted_is_what_is_counted_in_memory(pairs: list[tuple[Service, Service]]) -> None:
    for held, stored in pairs:
        assert json_output.corpus_to_json(stored.corpus) == json_output.corpus_to_json(held.corpus)
        assert about.format_coverage(stored.corpus) == about.format_coverage(held.corpus)
        assert stored.corpus.fingerprint == held.corpus.fingerprint


def test_groups_of_passages_have_the_keys_and_sizes_that_they_have_in_memory(
    pairs: list[tuple[Service, Service]],
) -> None:
    for held, stored in pairs:
        for name in ("by_sha256", "by_document_id", "by_name"):
            expected = {key: len(passages) for key, passages in getattr(held.corpus.passages, name).items()}
            groups = getattr(stored.corpus.passages, name)

            assert {key: len(passages) for key, passages in groups.items()} == expected
            assert (len(groups), "nobody's" in groups) == (len(expected), False)


def test_walking_through_documents_reads_no_text(pairs: list[tuple[Service, Service]]) -> None:
    for _, stored in pairs:
        store = store_of(stored)
        before = store.reads
        assert [document.id for document in stored.corpus.documents]
        assert about.format_coverage(stored.corpus)

        assert store.reads == before


def test_a_stored_passage_may_stand_in_a_set(pairs: list[tuple[Service, Service]]) -> None:
    for _, stored in pairs:
        first, second = stored.corpus.passages[0], stored.corpus.passages[1]

        assert len({first, second, first}) == 2


async def test_a_corpus_beyond_the_limit_is_refused_until_it_is_indexed(
    engine: MemoryEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus_folders.corpus(tmp_path)
    with pytest.raises(CorpusError, match=r"more than 1 passages, .* run `python -m bot index` first, or raise"):
        await corpus_folders.desk(tmp_path)
    monkeypatch.setenv("BOT_CORPORA_FOLDER", str(tmp_path))
    monkeypatch.setenv("BOT_CORPUS", "bridge")

    assert await asyncio.to_thread(main, ["index"]) == 0

    assert "bridge: 4 passages in 2 documents" in capsys.readouterr().out
    service = await corpus_folders.desk(tmp_path)
    assert UNSAFE in text(await service.ask(QUESTION))
    # Indexed once, it is found.
    assert await asyncio.to_thread(main, ["index"]) == 0
    assert len(engine.shelf) == 1


@pytest.mark.parametrize(("limit", "is_stored"), [(4, False), (3, True)])
async def test_a_corpus_at_the_limit_is_held_and_one_beyond_it_is_not(
    engine: MemoryEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, *, is_stored: bool
) -> None:
    corpus_folders.corpus(tmp_path)
    bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")
    monkeypatch.setenv("BOT_ENGINE__IN_MEMORY", str(limit))

    service = await corpus_folders.desk(tmp_path)

    assert engine.shelf
    assert isinstance(service.corpus.passages, StoredPassages) == is_stored
    assert isinstance(service.corpus.documents, StoredDocuments) == is_stored


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.txt").write_text(article(CY), "utf-8"),
        lambda folder: (folder / "corpus.toml").write_text(MANIFEST.replace("mend", "close"), "utf-8"),
        lambda folder: (folder / "b.txt").unlink(),
        lambda folder: (folder / "b.txt").rename(folder / "c.txt"),
    ],
)
def test_whatever_is_served_of_it_changes_the_key(engine: MemoryEngine, tmp_path: Path, change: Any) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    chosen = corpus_folders.settings(tmp_path)
    bootstrap.store_corpus(chosen, "bridge")
    bootstrap.store_corpus(chosen, "bridge")
    assert len(engine.shelf) == 1

    change(folder)
    bootstrap.store_corpus(chosen, "bridge")

    assert len(engine.shelf) == 2


async def test_a_withheld_quote_and_its_release_reach_every_answer(engine: MemoryEngine, tmp_path: Path) -> None:
    corpus_folders.corpus(tmp_path)
    service = await serve(engine, tmp_path)
    [chosen] = service.answer(QUESTION).quotes
    document = chosen.quote.passage.document

    await service.admin.run(Command("hold", f"{chosen.quote.id} a court order"))
    withheld = await service.ask(QUESTION)
    shown = await service.show_quote(chosen.quote.id)
    assert service.find_quote(chosen.quote.id) is None
    assert service.withholds_in(document)
    assert passages_of(service).hidden_count == 1
    await service.admin.run(Command("release", chosen.quote.id))

    assert UNSAFE not in text(withheld)
    assert "a court order" in text(shown)
    assert UNSAFE in text(await service.ask(QUESTION))


async def test_a_hold_finds_its_words_in_another_document(engine: MemoryEngine, tmp_path: Path) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    service = await serve(engine, tmp_path)
    [chosen] = service.answer(QUESTION).quotes
    await service.admin.run(Command("hold", f"{chosen.quote.id} a court order"))
    (folder / "a.txt").rename(folder / "c.txt")
    (folder / "c.txt").write_text(article(CY, ANN), "utf-8")
    bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")

    told = text(await service.admin.reload(""))
    await service.admin.reload("now")

    assert chosen.quote.id in told
    assert UNSAFE not in text(await service.ask(QUESTION))


@pytest.mark.parametrize("unquoted", [False, True])
async def test_a_withheld_name_is_shown_nowhere(engine: MemoryEngine, tmp_path: Path, *, unquoted: bool) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "b.txt").write_text(article(BOB, CY, "Bell rang twice, said Bob Low.\n", title="By Ann Bell"), "utf-8")
    service = await serve(engine, tmp_path)
    before = await service.ask(QUESTION)

    told = text(await service.admin.run(Command("hold", f"{'words of ' * unquoted}Ann Bell a court order")))

    assert "Ann Bell" in text(before)
    after = text(await service.ask(QUESTION))
    assert (UNSAFE in after) is not unquoted
    assert "Bell" not in after.replace("“Bell", "")
    assert all(title != "By Ann Bell" for title in (document.title for document in service.corpus.documents))
    assert "Bell rang" not in text(await service.ask("Who rang twice?"))
    assert NEVER in text(await service.ask("Did the ferry close for repairs?"))
    counts = (0, 3) if unquoted else (1, 2)
    assert "Quotes shown without a name: {}. Quotes no longer shown: {}.".format(*counts) in told
    assert about.format_coverage(service.corpus)


async def test_a_reload_tells_what_it_changes_and_serves_it(engine: MemoryEngine, tmp_path: Path) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "corpus.toml").write_text(MANIFEST.partition("\n[[")[0], "utf-8")
    service = await serve(engine, tmp_path, state_folder=str(tmp_path / "state"))
    [chosen] = service.answer(QUESTION).quotes
    await service.record_shown([chosen.quote])
    (folder / "a.txt").write_text(article(CY, ANN), "utf-8")
    old = service.corpus

    refused = await service.admin.reload("")
    bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")
    await service.admin.reload("")
    await service.admin.reload("now")

    assert "index` first" in text(refused)
    difference = compare_corpora(old, service.corpus)
    assert (difference.changed_documents, difference.moved_quotes != ()) == (("a",), True)
    assert "ten miles each way" in text(await service.ask("Who drives round by Harwick?"))
    assert UNSAFE in text(await service.show_quote(chosen.quote.id))


async def test_doubts_of_a_corpus_this_large_are_not_gone_through_in_a_chat(
    engine: MemoryEngine, tmp_path: Path
) -> None:
    corpus_folders.corpus(tmp_path)
    service = await serve(engine, tmp_path)

    reply = await service.admin.run(Command("doubts"))

    assert text(reply) == say("doubts.not_in_memory", program="python -m bot")


async def test_a_record_that_is_another_one_is_never_shown(engine: MemoryEngine, tmp_path: Path) -> None:
    corpus_folders.corpus(tmp_path)
    service = await serve(engine, tmp_path)
    store = store_of(service)
    store.documents[0], store.documents[1] = store.documents[1], b"nothing that was ever packed"

    replies = [text(await service.ask(question)) for question in (QUESTION, "Did the ferry close for repairs?")]

    assert all(UNSAFE not in reply and NEVER not in reply for reply in replies)
    assert service.corpus.documents[0].id == "a"
    with pytest.raises(IntegrityError, match="a: the text is not the one that was indexed"):
        _ = service.corpus.documents[0].text
    with pytest.raises(IntegrityError, match="b: the text is not the one that was indexed"):
        _ = service.corpus.passages[3]
    documents = service.corpus.documents
    assert isinstance(documents, StoredDocuments)
    assert documents.damaged_ids == ["a", "b"]


@pytest.mark.parametrize("number", [1, 3])
async def test_a_passage_that_is_none_of_its_text_is_never_shown(
    engine: MemoryEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    corpus_folders.corpus(tmp_path)
    service = await serve(engine, tmp_path)
    store = store_of(service)
    outside = replace(service.corpus.passages[number], frame=Span(0, 9999))
    store.passages[number] = [b"no record", encode_passage(outside, 0, {})][number // 2]

    replies = [text(await service.ask(question)) for question in (QUESTION, "Did the ferry close for repairs?")]

    assert [UNSAFE in replies[0], NEVER in replies[1]] == [number != 1, number != 3]
    assert f"not as it was indexed, not shown document={'ab'[number // 2]} passage={number}" in caplog.text


@pytest.mark.parametrize("record", [b"", b"nothing", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_was_never_packed_is_no_record(record: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_content(record)
    with pytest.raises(ValueError, match=r"."):
        decode_passage(record, (), (), {})


async def test_a_text_is_let_go_of_and_read_again(
    engine: MemoryEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.corpus.stored.records.CACHE_CHARACTERS", 1)
    corpus_folders.corpus(tmp_path)
    service = await serve(engine, tmp_path)
    store = store_of(service)
    passage = service.corpus.passages[1]
    before = store.reads

    assert passage.text == UNSAFE
    assert store.reads == before, "its passage holds it"
    del passage
    assert service.corpus.documents[0].slice_text(Span(0, 8)) == "Ann Bell"
    assert store.reads > before


async def test_follows_look_at_their_own_documents_alone(engine: MemoryEngine, tmp_path: Path) -> None:
    corpus_folders.corpus(tmp_path)
    service = await serve(engine, tmp_path)

    answerer = service.restrict_to_documents({"b"})

    assert not answerer.answer(QUESTION).quotes
    assert [each.quote.text for each in answerer.answer("Did the ferry close for repairs?").quotes] == [NEVER]


@pytest.mark.parametrize(
    ("manifest", "fact"),
    [
        (f'{MANIFEST}[[voices]]\nname = "Di Kay"\nside = "for"\n', "'Di Kay' has a side but is never quoted"),
        (f'{MANIFEST}[[voices]]\nname = "Di Kay"\nunnamed = true\n', "no document names 'Di Kay'"),
        (f'{MANIFEST}[[parties]]\nname = "Blue"\nside = "for"\n', "nobody quoted is of 'Blue'"),
        (f'{MANIFEST}[[responses]]\nquote = "AAAAAAAA"\ndocument = "a"\nby = "Ann"\n', "no document has the quote"),
        ("title = 1", "title"),
    ],
)
def test_a_corpus_that_could_not_be_served_is_not_stored(
    engine: MemoryEngine, tmp_path: Path, manifest: str, fact: str
) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "corpus.toml").write_text(manifest, "utf-8")

    with pytest.raises(BotError, match=fact):
        bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")
    assert not engine.shelf


def test_responses_come_with_the_quotes_that_they_answer(engine: MemoryEngine, tmp_path: Path) -> None:
    folder = corpus_folders.corpus(tmp_path)
    bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")
    service = asyncio.run(corpus_folders.desk(tmp_path))
    quote = service.answer(QUESTION).quotes[0].quote
    response = f'{MANIFEST}[[responses]]\nquote = "{quote.id}"\ndocument = "b"\nby = "Bob Low"\ndate = "2031"\n'
    (folder / "corpus.toml").write_text(response, "utf-8")
    bootstrap.store_corpus(corpus_folders.settings(tmp_path), "bridge")

    answered = asyncio.run(corpus_folders.desk(tmp_path)).answer(QUESTION).quotes[0].quote

    [told] = answered.responses
    assert (told.author, told.date, told.document.id) == ("Bob Low", "2031", "b")
    assert len(engine.shelf) == 2


def test_what_was_read_and_is_gone_from_the_disk_is_told(tmp_path: Path) -> None:
    from bot.corpus.kept_documents import stream_corpus  # noqa: PLC0415  wanted here alone

    folder = corpus_folders.corpus(tmp_path)
    stream = stream_corpus(folder, CacheFolder(tmp_path / "disk"))
    assert [document.id for document, _ in stream] == ["a", "b"]
    for file in (tmp_path / "disk").iterdir():
        file.unlink()

    with pytest.raises(CorpusError, match="what was read is gone"):
        list(stream)


@pytest.mark.timeout(20)
def test_compounds_are_found_beside_a_word_of_a_hundred_thousand_letters() -> None:
    line = f"It is a has-been, {'x' * 100_000} and out\u2010of-it."
    document = Document("a", line)
    passage = Passage(document, Span(0, len(line)), Span(0, len(line)), Kind.NARRATION, 1)

    assert [*find_stop_compounds(passage, frozenset({"has", "been", "out", "of", "it"}))] == [
        ("has", "been"),
        ("out", "of", "it"),
    ]


@pytest.mark.parametrize("fewest", [True, False])
async def test_one_document_answers_as_the_same_one_in_memory(
    pairs: list[tuple[Service, Service]], *, fewest: bool
) -> None:
    held, stored = pairs[1]
    counts = Counter(passage.document.id for passage in held.corpus.passages)
    [(shown, count)] = counts.most_common()[-1:] if fewest else counts.most_common(1)

    answerers = [service.restrict_to_documents({shown}) for service in (held, stored)]

    assert (2 * count < counts.total()) is fewest
    answers = [[a.answer(question).quotes for question in ("shops", "parking")] for a in answerers]
    ids = [[chosen.quote.id for quotes in each for chosen in quotes] for each in answers]
    assert ids[0] == ids[1] != []


async def test_what_is_found_is_not_lost_behind_what_is_withheld(
    engine: MemoryEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_ENGINE__DEPTH", "1")
    folder = corpus_folders.corpus(tmp_path)
    words = (
        "I say that the bridge is unsafe in May, {}.".format("as it was before, " * n + "so mend it") for n in (1, 2)
    )
    (folder / "c.txt").write_text(
        article(*(f"Cy Orr, a baker, said: “{each}”\n" for each in words), title="Bread"), "utf-8"
    )
    service = await serve(engine, tmp_path)

    shown = []
    for _ in range(3):
        [chosen] = service.answer(QUESTION).quotes
        shown.append(chosen.quote.text)
        await service.admin.run(Command("hold", f"{chosen.quote.id} a court order"))

    assert len({*shown}) == 3
    assert passages_of(service).hidden_count == 3
