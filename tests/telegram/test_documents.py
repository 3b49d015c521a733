"""Documents that admins send: read apart, shown, added or not; from nobody else, nor elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot import bootstrap, settings
from bot.replies.catalogue import say
from tests.telegram.fake.faults import refused
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

OLGA = 1000  # the first person that the fake numbers
LETTER = """\
+++
title = "A letter (invented example)"
publisher = "The Test Gazette"
date = "2024-04"
+++
Derek Polfrey, chair of the High Street Traders’ Association, said: “A tram that nobody can afford \
is a very long bench, and we have benches.”
""".encode()


@pytest.fixture
def corpora(tmp_path: Path, _warm_cache: None) -> Path:
    return shutil.copytree("corpus", tmp_path / "corpus")


def chosen(corpora: Path, **more: str) -> settings.Settings:
    return settings.load(corpus="tram", corpora_folder=str(corpora), **more)


@pytest.fixture
async def bot(telegram: FakeTelegram, corpora: Path) -> AsyncIterator[None]:
    async with running(telegram, await bootstrap.build_router(chosen(corpora, uploads="true")), OLGA, upload=4096):
        yield


def documents(corpora: Path) -> int:
    return len(list((corpora / "tram").iterdir()))


async def sent(olga: Chat, name: str, content: bytes, **fields: Any) -> Sent:
    olga.sends(name, content, **fields)
    return await olga.reply()


@pytest.mark.usefixtures("bot")
async def test_an_admin_sends_looks_adds_and_reloads(telegram: FakeTelegram, corpora: Path) -> None:
    olga, before = telegram.private("Olga"), documents(corpora)

    read = await sent(olga, "letter.txt", LETTER)

    assert read.text.startswith("Read as ")
    assert "Derek Polfrey: 1" in read.text
    assert documents(corpora) == before
    olga.press(read, say("label_add"))
    await telegram.called("editMessageText")
    added = olga.changed(read)
    assert added.text.startswith("Added as ")
    assert documents(corpora) == before + 1
    olga.press(added, say("label_reload"))
    await telegram.called("editMessageText", 2)
    assert olga.changed(read).text.startswith("Reloaded.")
    olga.says("bench")
    [answer] = await olga.replies()
    assert "a very long bench" in answer.text


@pytest.mark.usefixtures("bot")
async def test_what_was_sent_can_be_discarded(telegram: FakeTelegram, corpora: Path) -> None:
    olga, before = telegram.private("Olga"), documents(corpora)
    read = await sent(olga, "letter.txt", LETTER)

    olga.press(read, say("label_discard"))
    await telegram.called("editMessageText")

    assert olga.changed(read).text == say("upload_discarded")
    assert documents(corpora) == before


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"document": {"file_size": 4097}}, say("upload_too_large", most=4)),
        ({"document": {"file_size": None}}, say("upload_too_large", most=4)),
        ({"document": {"file_id": "another"}}, say("upload_not_fetched")),
    ],
)
async def test_what_is_too_large_or_not_to_be_had_is_told(
    telegram: FakeTelegram, fields: dict[str, Any], told: str
) -> None:
    olga = telegram.private("Olga")
    whole = {"file_id": "file0", "file_unique_id": "u", "file_name": "letter.txt", "file_size": len(LETTER)}
    document = {k: v for k, v in (whole | fields["document"]).items() if v is not None}

    refusal = await sent(olga, "letter.txt", LETTER, document=document)

    assert refusal.text == f"{say('upload_refused')}\n\n{told}"


@pytest.mark.usefixtures("bot")
async def test_a_file_that_breaks_off_is_told(telegram: FakeTelegram) -> None:
    telegram.faults.next("getFile", refused(400, "Bad Request: file is too big"))

    refusal = await sent(telegram.private("Olga"), "letter.txt", LETTER)

    assert say("upload_not_fetched") in refusal.text


@pytest.mark.usefixtures("bot")
async def test_a_caption_is_no_command(telegram: FakeTelegram) -> None:
    olga = telegram.private("Olga")
    entity = {"type": "bot_command", "offset": 0, "length": 7}

    read = await sent(olga, "a.txt", LETTER, caption="/reload", caption_entities=[entity])

    assert read.text.startswith("Read as ")


@pytest.mark.usefixtures("bot")
async def test_nobody_else_sends_anything(telegram: FakeTelegram) -> None:
    olga, ana, group = telegram.private("Olga"), telegram.private("Ana"), telegram.group()
    forwarded = {"type": "user", "date": 1, "sender_user": telegram.person("Zoe")}

    ana.sends("letter.txt", LETTER)
    assert (await ana.reply()).text == say("text_only")
    group.sends("letter.txt", LETTER, by="Olga")
    assert await group.replies() == []
    olga.sends("letter.txt", LETTER, forward_origin=forwarded)
    assert (await olga.reply()).text == say("text_only")

    assert telegram.answered("getFile") == []


async def test_where_the_operator_takes_none_that_is_said(telegram: FakeTelegram, corpora: Path) -> None:
    async with running(telegram, await bootstrap.build_router(chosen(corpora)), OLGA):
        olga = telegram.private("Olga")

        assert (await sent(olga, "letter.txt", LETTER)).text == say("uploads_off")
        for line in ("/add 12345678", "/discard 12345678"):
            olga.says(line)
            assert (await olga.reply()).text == say("uploads_off")
    assert telegram.answered("getFile") == []
