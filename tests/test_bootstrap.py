"""Settings in, a desk out: the parts chosen by name, and what is wrong said by place."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import bootstrap, settings
from bot.answers.answer_builder import AnswerOptions
from bot.answers.answerer import Answerer
from bot.answers.quoting import QuoteLengths
from bot.errors import BotError, SettingsError
from bot.search import bm25
from bot.service import Service
from bot.settings import AnswerSettings, EngineSettings, Settings

QUESTION = "What does Liberty say about privacy?"
BROAD = "What is said about surveillance, safeguards and privacy?"
MANIFEST = """\
title = "A tram for Wick (invented)"
motion = "Wick should build a tram"
language = "english"
curator = "a test"
basis = "invented for a test"
"""
ARTICLE = """\
+++
title = "Tram splits Wick (invented)"
publisher = "The Wick Bugle"
+++
Ann Low, chair of Riders of Wick, said: “A tram would bring people back to the High Street.”
"""


def serve(given: Settings) -> Service:
    """Return the service that `given` lead to."""
    return asyncio.run(bootstrap.build_service(given))


def corpus(folder: Path) -> Settings:
    """Write a corpus of one invented article below `folder` and return settings that serve it."""
    (folder / "tram").mkdir()
    (folder / "tram/corpus.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "tram/bugle.txt").write_text(ARTICLE, encoding="utf-8")
    return Settings(corpora_folder=folder, corpus="tram")


def test_the_defaults_serve_the_bundled_corpus() -> None:
    desk = serve(settings.load())

    assert desk.corpus.name == "facial-recognition"
    assert desk.answer(QUESTION).quotes


def test_no_more_of_a_question_is_read_than_is_set() -> None:
    desk = serve(Settings(question_length=len("privacy")))

    assert desk.answer("privacy and children").question == "privacy"


def test_no_more_of_a_text_is_verified_than_is_set() -> None:
    quotation = "“we have a duty to use new technologies”"
    desk = serve(Settings(verified_length=len(quotation)))

    assert len(desk.verify(quotation)) == 1
    assert desk.verify(" " * len(quotation) + quotation) == ()


def test_as_many_quotes_are_shown_as_set_and_none_longer() -> None:
    usual = serve(Settings()).answer(BROAD).quotes
    fewer = serve(Settings(answers=AnswerSettings(quotes=2))).answer(BROAD).quotes
    shorter = serve(Settings(answers=AnswerSettings(longest=150))).answer(BROAD).quotes

    assert (len(usual), len(fewer)) == (4, 2)
    assert max(len(chosen.quote.text) for chosen in shorter) <= 150


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (AnswerSettings(), "answered"),
        (AnswerSettings(answered=1e9), "closest"),
        (AnswerSettings(answered=1e9, closest=1e9), "abstained"),
    ],
)
def test_how_much_must_match_is_as_set(answers: AnswerSettings, status: str) -> None:
    assert serve(Settings(answers=answers)).answer(BROAD).status == status


@pytest.mark.parametrize("is_server", [False, True])
def test_topics_are_searched_for_at_the_start_where_the_engine_is_a_server(
    monkeypatch: pytest.MonkeyPatch, *, is_server: bool
) -> None:
    searched: list[Answerer] = []
    server = SimpleNamespace(find_stored=lambda *_: None)
    monkeypatch.setattr(bootstrap, "_find_storing_engine", lambda _: server if is_server else None)

    def note_search(answerer: Answerer) -> None:
        searched.append(answerer)

    monkeypatch.setattr(Answerer, "search_topics", note_search)

    serve(Settings())

    assert bool(searched) is is_server


def test_the_settings_of_answers_have_the_defaults_of_the_room_that_uses_them() -> None:
    ours = AnswerSettings()

    assert (
        AnswerOptions(
            page_size=ours.quotes,
            depth=EngineSettings().depth,
            answered_threshold=ours.answered,
            closest_threshold=ours.closest,
            lengths=QuoteLengths(ours.shortest, ours.longest),
        )
        == AnswerOptions()
    )


def test_a_voice_less_certain_than_is_set_is_not_named() -> None:
    unsure = serve(Settings(answers=AnswerSettings(confidence=1.0)))

    assert unsure.corpus.passages
    assert {p.voice for p in unsure.corpus.passages if p.confidence < 1} == {None}


async def test_a_reload_reads_the_same_folder_anew(tmp_path: Path) -> None:
    desk = await bootstrap.build_service(corpus(tmp_path))
    assert not desk.answer("noise").quotes
    article = tmp_path / "tram/bugle.txt"
    article.write_text(f"{ARTICLE}\nShe added: “The noise would be no more than a bus makes.”\n")

    await desk.admin.reload()

    assert desk.answer("noise").quotes


def test_a_corpus_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(BotError) as caught:
        serve(Settings(corpora_folder=tmp_path, corpus="bus"))

    assert caught.value.place.startswith(str(tmp_path / "bus"))


@pytest.mark.parametrize(
    ("engine", "told"),
    [
        (
            EngineSettings(name="bm52"),
            "config/bot.toml: engine.name: no such engine; use bm25, opensearch",
        ),
        (
            EngineSettings(name="inverted"),
            "config/bot.toml: engine.name: no such engine; use bm25, opensearch",
        ),
        (
            EngineSettings(options={"bm52": {}}),
            "config/bot.toml: engine.options.bm52: no such engine; use bm25, opensearch",
        ),
        (
            EngineSettings(options={"bm25": {"k1": -1}}),
            "config/bot.toml: engine.options.bm25.k1: not more than 0; write more than 0; it is 1.5 by default",
        ),
        (
            EngineSettings(options={"bm25": {"k2": 1}}),
            ("config/bot.toml: engine.options.bm25.k2: no such setting; remove it, or correct its name"),
        ),
    ],
)
def test_an_engine_that_is_not_there_or_cannot_be_so_is_told_by_place(engine: EngineSettings, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        serve(Settings(engine=engine))

    assert str(caught.value) == told


def test_an_engine_s_options_reach_it() -> None:
    usual = serve(Settings()).answer(QUESTION).quotes[0].score

    alone = {"voice": 0.0, "heading": 0.0, "pairs": 0.0, "around": 0.0, "parent": 0.0}
    other = serve(Settings(engine=EngineSettings(options={"bm25": alone})))

    assert other.answer(QUESTION).quotes[0].score < usual


@pytest.mark.parametrize(("most", "is_small"), [(17, True), (16, False)])
def test_a_corpus_is_small_up_to_what_its_engine_says(
    monkeypatch: pytest.MonkeyPatch, most: int, *, is_small: bool
) -> None:
    monkeypatch.setattr(bm25, "SMALL_CORPUS", most)

    assert bootstrap.build_snapshot(settings.load(), "facial-recognition").is_small == is_small


def test_an_index_that_was_kept_answers_as_the_one_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = serve(settings.load()).answer("privacy")
    monkeypatch.setenv("BOT_ENGINE__CACHE", str(tmp_path))

    saved, opened = (serve(settings.load()).answer("privacy") for _ in range(2))

    assert (tmp_path / "facial-recognition").is_file()
    assert saved.quotes == opened.quotes == built.quotes


@pytest.mark.parametrize(
    ("variables", "package", "told"),
    [
        (
            {"BOT_ENGINE__NAME": "opensearch"},
            "opensearchpy",
            (
                "BOT_ENGINE__NAME: opensearch needs opensearchpy, which is not installed; "
                "install the extra: pip install 'on-the-record[opensearch]'"
            ),
        ),
        (
            {"DATABASE_URL": "postgresql://bot:secret@localhost/bot"},
            "psycopg",
            (
                "DATABASE_URL: postgres needs psycopg, which is not installed; "
                "install the extra: pip install 'on-the-record[postgres]'"
            ),
        ),
    ],
)
def test_what_an_extra_would_bring_is_named_where_it_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], package: str, told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for name in [
        name for name in sys.modules if name.startswith(("bot.search.opensearch", "bot.storage.stores.postgres"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)  # so that its import fails

    with pytest.raises(SettingsError) as caught:
        serve(settings.load())

    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("DATABASE_URL", "secret", "DATABASE_URL: no address of a database;"),
        ("DATABASE_URL", "postgresql://bot:secret@127.0.0.1:9/bot", "the database: not reached;"),
        ("OPENSEARCH_URL", "secret", "OPENSEARCH_URL: no address of a server;"),
        ("BONSAI_URL", "https://bot:secret@127.0.0.1:9", "OpenSearch: not reached;"),
    ],
)
def test_a_server_that_is_not_there_is_one_line_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    if name != "DATABASE_URL":
        monkeypatch.setenv("BOT_ENGINE__NAME", "opensearch")

    with pytest.raises(BotError) as caught:
        serve(settings.load())

    assert str(caught.value).startswith(told)
    assert "secret" not in str(caught.value)
