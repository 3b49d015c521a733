"""What makes the bot pleasant to hold: a corpus in pages, examples, a sign for thanks, evidence in one's language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.answers.answer import ChosenQuote
from bot.answers.speakers import SpeakerPage
from bot.model import Corpus, HeldPassages, Quote, Voice
from bot.replies import about, catalogue, quote_details
from bot.replies.answer import render_speaker_quotes
from bot.replies.buttons import AvailableActions
from bot.replies.catalogue import say
from bot.service import Service
from tests.corpus_folders import text
from tests.invented_debate import FERRY
from tests.telegram.fake.faults import refused
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

OLGA = 1000  # the first person that the fake numbers


def crowd(count: int) -> list[str]:
    return [f"Member {number:02}" for number in range(count)]


def many_voices(count: int) -> Corpus:
    passages = (*FERRY.passages, *(replace(FERRY.passages[0], voice=Voice(name)) for name in crowd(count)))
    return replace(FERRY, passages=HeldPassages(passages))


@pytest.mark.parametrize("count", [0, 1, 9, 10, 40])
def test_a_corpus_of_many_voices_comes_in_pages_that_lack_none_and_repeat_none(count: int) -> None:
    corpus = many_voices(count)
    pages = [about.render_contents(corpus, 1)]
    while say("label_more") in [button.label for row in pages[-1].buttons for button in row]:
        pages.append(about.render_contents(corpus, len(pages) + 1))

    shown = "\n".join(map(text, pages))
    assert [shown.count(f"{name}:") for name in crowd(count)] == [1] * count
    assert shown.count("Source: ") == len(corpus.documents)
    assert shown.count("Motion: ") == 1
    assert max(len(text(page)) for page in pages) < 2_000
    assert text(about.render_contents(corpus, 99)) == text(pages[-1])
    assert (say("page_of", page=1, pages=len(pages)) in shown) == (len(pages) > 1)


async def test_pages_are_turned_in_place(
    telegram: FakeTelegram, desk: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(about, "_ENTRIES_ON_A_PAGE", 3)
    async with running(telegram, desk):
        ana = telegram.private("Ana")
        ana.says("/corpus")
        [first] = await ana.replies()
        ana.press(first, say("label_more"))
        await ana.replies()
        second = ana.changed(first)
        ana.press(second, say("label_back"))
        await ana.replies()

        assert second.text != first.text
        assert " · page 2 of " in second.text
        assert ana.changed(first).text == first.text


async def test_help_has_examples_to_tap_and_for_admins_alone_their_commands(
    telegram: FakeTelegram, desk: Service
) -> None:
    async with running(telegram, desk, OLGA):
        olga, ana = telegram.private("Olga"), telegram.private("Ana")
        olga.says("/help")
        [to_admin] = await olga.replies()
        ana.says("/help")
        [to_ana] = await ana.replies()
        ana.press(to_ana, "privacy")
        [answer] = await ana.replies()

    assert "Searched: privacy" in answer.text
    commands = catalogue.get_section("admin_commands")
    assert all(f"/{name} – " in to_admin.text for name in commands)
    assert not any(f"/{name} – " in to_ana.text for name in commands)


@pytest.mark.parametrize("typed", ["thanks!", "ok got it, cheers", "ta, very helpful", "lol nice one mate"])
async def test_thanks_get_a_sign_and_no_message(telegram: FakeTelegram, desk: Service, typed: str) -> None:
    async with running(telegram, desk):
        ana = telegram.private("Ana")
        thanks = ana.says(typed)
        replies = await ana.replies()

    assert replies == []
    assert telegram.world.reactions == {(ana.id, thanks.message["message_id"]): ["👍"]}


async def test_where_a_chat_allows_no_signs_it_is_a_message(telegram: FakeTelegram, desk: Service) -> None:
    async with running(telegram, desk):
        ana = telegram.private("Ana")
        telegram.faults.next("setMessageReaction", refused(400, "Bad Request: REACTION_INVALID"))
        ana.says("thanks!")
        [reply] = await ana.replies()

    assert reply.text == say("notes.courtesy")


@pytest.mark.parametrize(
    ("dates", "key"),
    [
        (("2031", "2032"), "by_date"),
        (("2031", None), "by_date_undated_last"),
        ((None, None), "as_printed"),
    ],
)
def test_the_order_said_is_the_order_shown(dates: tuple[str | None, ...], key: str) -> None:
    quotes = tuple(
        ChosenQuote(Quote(replace(passage, document=replace(passage.document, date=date)), passage.span), 0.0)
        for passage, date in zip(FERRY.passages, dates, strict=False)
    )

    page = SpeakerPage("Ann Low", quotes=quotes, total=len(quotes))

    assert text(render_speaker_quotes(page, AvailableActions())).splitlines()[1] == say(key)


@pytest.mark.parametrize(
    ("chain", "french"),
    [
        ("¶1 “she” → ¶2 continues", "¶1 « she » → ¶2 se poursuit"),
        ("¶1 “she” → ¶2 to ¶4 continues", "¶1 « she » → ¶2 à ¶4 se poursuit"),
        ("¶9 “Ann Low” ← goes on in ¶12", "¶9 « Ann Low » ← continue au ¶12"),
        ("¶1 “who goes on in time” → ¶2 continues", "¶1 « who goes on in time » → ¶2 se poursuit"),
        ("¶1 “she continues to” → ¶2 “said she”", "¶1 « she continues to » → ¶2 « said she »"),
    ],
)
def test_evidence_has_no_english_but_the_words_of_the_source(chain: str, french: str) -> None:
    with catalogue.use_language("fr"):
        context = quote_details.render_context(
            Quote(replace(FERRY.passages[0], chain=chain), FERRY.passages[0].span), FERRY
        )

    assert f"Pas à pas : {french}" in text(context).replace("\xa0", " ")
