"""Buttons that look into an answer: what each shows, who may press, and that none can be forged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from bot.replies.catalogue import say
from bot.service import Service
from bot.service.commands import PUBLIC_COMMANDS
from bot.surfaces.telegram.callbacks import SEALED_COMMANDS, ButtonOwner, find_permalink, make_sealer
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

JUDGED = ("What about privacy?", "/by Ephgrave", "police", "who calls it a surveillance state?")
STATE = "surveillance state"


async def asked(chat: Chat, text: str) -> Sent:
    chat.says(text)
    [answer] = await chat.replies()
    return answer


async def pressed(chat: Chat, sent: Sent, label: str) -> Sent:
    chat.press(sent, label)
    assert await chat.replies() == []
    return chat.changed(sent)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("question", JUDGED)
async def test_an_answer_has_at_most_five_buttons_of_at_most_64_bytes(telegram: FakeTelegram, question: str) -> None:
    answer = await asked(telegram.private("Ana"), question)

    assert 1 <= sum(map(len, answer.drawn)) <= 5
    assert all(len(data.encode()) <= 64 for data in answer.buttons.values())


@pytest.mark.usefixtures("bot")
async def test_context_shows_the_quote_in_bold_within_its_source(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, "What about privacy?")

    context = await pressed(ana, answer, "Context 2")

    [around] = context.parsed.covered("expandable_blockquote")
    assert answer.quotes[1] in context.parsed.covered("bold")
    assert answer.quotes[1] in around
    assert any(around in document.text for document in desk.corpus.documents)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("told", ["Voice: Nick Ephgrave", "direct quote", "Evidence: “", "Characters ", "SHA-256"])
async def test_context_gives_the_evidence(telegram: FakeTelegram, told: str) -> None:
    ana = telegram.private("Ana")

    context = await pressed(ana, await asked(ana, "What about privacy?"), "Context 2")

    assert told in context.text
    assert "Matched words: privacy" in context.text
    assert "Side: FOR (set by the curator, " in context.text


@pytest.mark.usefixtures("bot")
async def test_every_way_in_leads_back_to_the_same_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, STATE)
    for label in [label for label in answer.buttons if label != say("label_more")]:
        inside = await pressed(ana, ana.changed(answer), label)
        assert inside.text != answer.text

        back = await pressed(ana, inside, say("label_back"))

        assert back.html == answer.html
        assert back.buttons == answer.buttons


@pytest.mark.usefixtures("bot")
async def test_more_turns_the_pages_and_the_last_has_no_more(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    page = await asked(ana, "/by Ephgrave")
    seen = list(page.quotes)

    while say("label_more") in page.buttons:
        page = await pressed(ana, page, say("label_more"))
        seen += page.quotes

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.usefixtures("bot")
async def test_pages_of_an_answer_repeat_no_quote_and_keep_both_sides_even(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    page = await asked(ana, "police")
    pages = [page]

    while say("label_more") in page.buttons:
        page = await pressed(ana, page, say("label_more"))
        pages.append(page)

    quotes = [quote for page in pages for quote in page.quotes]
    assert len(pages) > 1
    assert len(quotes) == len(set(quotes))
    assert [page.text.count("page ") for page in pages[1:]] == [1] * (len(pages) - 1)


@pytest.mark.usefixtures("bot")
async def test_a_long_quote_is_shown_to_be_copied(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, "incorrect matches")

    copied = await pressed(ana, answer, say("label_copy"))

    [block] = copied.parsed.covered("pre")
    assert block.startswith(answer.quotes[0])
    assert "Guardian Series" in block


async def test_buttons_are_understood_after_a_restart(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    async with running(telegram, desk):
        answer = await asked(ana, "What about privacy?")

    async with running(telegram, desk):
        inside = await pressed(ana, answer, "Context 1")
        back = await pressed(ana, inside, say("label_back"))

    assert answer.quotes[0] in inside.text
    assert back.html == answer.html


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("label", ["Context", "Opposite", "Wordings"])
async def test_only_the_asker_presses_under_a_group_answer(telegram: FakeTelegram, label: str) -> None:
    group = telegram.group()
    group.says(f"/ask {STATE}", by="Ben")
    [answer] = await group.replies()

    group.press(answer, label, by="Caro")

    assert await group.replies() == []
    assert group.changed(answer) == answer
    [toast] = telegram.world.toasts
    assert label.split(maxsplit=1)[0].lower() in toast
    assert len(toast) <= 200

    group.press(answer, label, by="Ben")

    assert await group.replies() == []
    assert group.changed(answer) != answer


@pytest.mark.usefixtures("bot")
async def test_what_the_asker_turned_to_is_the_askers_too(telegram: FakeTelegram) -> None:
    group = telegram.group()
    group.says("/ask privacy", by="Ben")
    [answer] = await group.replies()
    group.press(answer, "Context 1", by="Ben")
    await group.replies()

    group.press(group.changed(answer), say("label_back"), by="Caro")

    assert await group.replies() == []
    assert say("label_back") in group.changed(answer).buttons


@pytest.mark.usefixtures("bot")
async def test_an_anonymous_admins_answer_may_be_turned_by_anyone(telegram: FakeTelegram) -> None:
    group = telegram.group()
    sender = {"id": group.id, "type": "supergroup", "title": "Debate"}
    bot_of_groups = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    anonymous: dict[str, Any] = {"from": bot_of_groups, "sender_chat": sender}
    group.says("/ask privacy", **anonymous)
    [answer] = await group.replies()

    group.press(answer, "Context 1", by="Caro")

    assert await group.replies() == []
    assert group.changed(answer) != answer


def forgeries(telegram: FakeTelegram, answer: Sent, chat: Chat) -> Iterator[str]:
    """Yield what somebody with a client of their own might send."""
    real = answer.buttons[answer.find_label("Context 1")]
    yield real[8:]  # without its seal
    yield f"AAAAAAAA{real[8:]}"
    yield real[:8] + "/context AAAAAAAA"
    yield real[:8] + "/more 7"
    caro = telegram.person("Caro")["id"]
    yield make_sealer("987:guessed", ButtonOwner(chat.id, caro), "")(real[8:])


@pytest.mark.usefixtures("bot")
async def test_a_forged_button_changes_nothing(telegram: FakeTelegram) -> None:
    group = telegram.group()
    group.says("/ask privacy", by="Ben")
    [answer] = await group.replies()

    for data in forgeries(telegram, answer, group):
        group.press(answer, "Context 1", by="Caro", data=data)
        assert await group.replies() == []

    assert group.changed(answer) == answer
    assert len(telegram.world.toasts) == 5
    assert all(telegram.world.toasts)


@pytest.mark.usefixtures("bot")
async def test_a_seal_holds_for_one_question_in_one_chat(telegram: FakeTelegram) -> None:
    here, there = telegram.group("Here"), telegram.group("There")
    here.says("/ask privacy", by="Caro")
    [own] = await here.replies()
    here.says(f"/ask {STATE}", by="Ben")
    [other] = await here.replies()
    there.says("/ask privacy", by="Ben")
    [away] = await there.replies()

    data = own.buttons[own.find_label("Context 1")]
    here.press(other, "Context", by="Caro", data=data)
    there.press(away, "Context 1", by="Caro", data=data)

    assert await here.replies() == []
    assert await there.replies() == []
    assert here.changed(other) == other
    assert there.changed(away) == away


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("line", ["/status", "/reload", "/hold AAAAAAAA x", "/unanswered"])
async def test_no_button_gives_an_admins_command_to_anyone_else(telegram: FakeTelegram, line: str) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, "What about privacy?")
    sealed = make_sealer(telegram.token, ButtonOwner(ana.id, ana.id), "")(line)

    for data in (line, sealed):
        ana.press(answer, "Context 1", data=data)
        assert await ana.replies() == []

    assert telegram.world.toasts == [say("unknown_button")] * 2


@pytest.mark.usefixtures("bot")
async def test_a_press_under_a_message_that_is_gone_is_answered_below(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, "What about privacy?")
    ana.deletes(answer)

    ana.press(answer, "Context 1")

    [anew] = await ana.replies()
    assert answer.quotes[0] in anew.text


@pytest.mark.usefixtures("bot")
async def test_pressing_twice_is_no_fault(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, "What about privacy?")

    ana.press(answer, "Context 1")
    ana.press(answer, "Context 1")

    assert await ana.replies() == []
    assert {call.status for call in telegram.answered("editMessageText")} == {200, 400}


@pytest.mark.usefixtures("bot")
async def test_a_press_under_a_message_too_old_to_see_is_refused_with_a_word(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await asked(ana, "What about privacy?")
    unseen: dict[str, Any] = {"message_id": answer.id, "chat": answer.message["chat"], "date": 0}

    ana.press(answer, "Context 1", message=unseen)

    assert await ana.replies() == []
    assert len(telegram.world.toasts) == 1


@pytest.mark.usefixtures("bot")
async def test_the_first_words_lead_to_the_bot_with_the_question_typed_in(telegram: FakeTelegram) -> None:
    answer = await asked(telegram.private("Ana"), "What about privacy & cost?")

    assert answer.links[0] == "https://t.me/RecordBot?text=What%20about%20privacy%20%26%20cost%3F"


def test_every_command_that_changes_its_message_is_one_that_can_be_typed() -> None:
    assert set(PUBLIC_COMMANDS) >= SEALED_COMMANDS


def test_a_message_that_shows_nothing_asked_has_no_address() -> None:
    class Message:
        entities = ()

        def get_bot(self) -> Any:
            class Bot:
                username = "RecordBot"

            return Bot()

    assert find_permalink(Message()) == ""  # type: ignore[arg-type]
