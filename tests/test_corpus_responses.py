"""Published responses and corrected voices: told wherever the quote is shown; all people here are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus import load_corpus
from bot.errors import CorpusError
from bot.replies import json_output
from bot.service import Service
from tests import corpus_folders
from tests.corpus_folders import MANIFEST, QUESTION, article, text

ANSWER = article("Ann Bell replies to what was printed of her.", title="Ann Bell answers").replace(
    "+++\n", '+++\nurl = "https://gazette.example/answers"\n', 1
)
RESPONSE = '\n[[responses]]\nquote = "{quote}"\ndocument = "answers"\nby = "Ann Bell"\n'
TOLD = "Response by Ann Bell, 3 May 2031: Ann Bell answers (invented example)"


async def serve_with_response(folder: Path, date: str = 'date = "2031-05-03"\n') -> tuple[Service, str]:
    """Return a service whose quote has a response, and the quote's id."""
    service = await corpus_folders.desk(folder.parent)
    quote_id = service.answer(QUESTION).quotes[0].quote.id
    (folder / "answers.txt").write_text(ANSWER, "utf-8")
    (folder / "corpus.toml").write_text(MANIFEST + RESPONSE.format(quote=quote_id.lower()) + date, "utf-8")
    return await corpus_folders.desk(folder.parent), quote_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return corpus_folders.corpus(tmp_path)


async def test_a_response_stands_wherever_its_quote_is_shown(folder: Path) -> None:
    service, quote_id = await serve_with_response(folder)

    replies = [
        await service.ask(QUESTION),
        await service.show_quote(quote_id),
        await service.copy_quote(quote_id),
        await service.answer_by_speaker("Ann Bell"),
        next(card.reply for card in (await service.search_cards(QUESTION)).cards if card.id == quote_id),
    ]

    assert [TOLD in text(reply) for reply in replies] == [True] * len(replies)
    urls = [
        piece.url for reply in replies for block in reply.blocks for piece in block if "answers" in (piece.url or "")
    ]
    assert set(urls) == {"https://gazette.example/answers"}
    [quote] = [q for q in json_output.answer_to_json(service.answer(QUESTION))["quotes"] if q["id"] == quote_id]
    [response] = quote["responses"]
    assert (response["by"], response["date"], response["document"]["id"]) == ("Ann Bell", "2031-05-03", "answers")


async def test_a_response_without_a_date_is_told_without_one(folder: Path) -> None:
    service, quote_id = await serve_with_response(folder, "")

    assert "Response by Ann Bell: Ann Bell answers" in text(await service.show_quote(quote_id))


async def test_no_other_quote_has_the_response(folder: Path) -> None:
    service, _ = await serve_with_response(folder)

    assert "Response by" not in text(await service.answer_by_speaker("Bob Low"))


@pytest.mark.parametrize(
    ("entry", "fact"),
    [
        ('quote = "AAAAAAAA"\ndocument = "a"\nby = "Ann Bell"', "no document has the quote AAAAAAAA; copy the ID"),
        ('quote = "{quote}"\ndocument = "c"\nby = "Ann Bell"', "there is no document 'c'; add it"),
        ('quote = "12"\ndocument = "a"\nby = "Ann Bell"', "not the ID of a quote; copy it"),
        ('quote = "{quote}"\ndocument = "a"', "responses.by: missing"),
        ('quote = "{quote}"\ndocument = "a"\nby = "Ann Bell"\ndate = "May"', "'May' is not a date"),
    ],
)
async def test_a_response_that_leads_nowhere_is_an_error_with_its_line(folder: Path, entry: str, fact: str) -> None:
    service = await corpus_folders.desk(folder.parent)
    entry = entry.format(quote=service.answer(QUESTION).quotes[0].quote.id)
    (folder / "corpus.toml").write_text(f"{MANIFEST}\n[[responses]]\n{entry}\n", "utf-8")

    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)

    assert "corpus.toml:" in str(caught.value)
    assert fact in str(caught.value)


@pytest.mark.parametrize(
    ("date", "told"),
    [('date = "2031-06-01"', "speaker corrected by the curator, 1 June 2031"), ("", "named by the curator")],
)
async def test_a_corrected_voice_is_told_wherever_the_quote_is_shown(folder: Path, date: str, told: str) -> None:
    correction = f'[[corrections]]\nfirst = "The bridge"\nlast = "in May."\nvoice = "Bob Low"\n{date}\n'
    (folder / "a.voices.toml").write_text(correction, "utf-8")
    manifest = MANIFEST.replace('[[voices]]\nname = "Ann Bell"\nside = "for"\n', "")
    (folder / "corpus.toml").write_text(manifest, "utf-8")
    service = await corpus_folders.desk(folder.parent)
    quote_id = service.answer(QUESTION).quotes[0].quote.id

    replies = [await service.ask(QUESTION), await service.show_quote(quote_id)]

    assert [told in text(reply) for reply in replies] == [True, True]
    [quote] = json_output.answer_to_json(service.answer(QUESTION))["quotes"]
    assert quote["by"] == "curator"
    assert quote["corrected"] == (date[8:-1] or None)
