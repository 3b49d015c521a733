"""A message whose quotes are checked, and a follow-up in private that needs no reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram import Chat as TelegramChat
from telegram import Message

from bot.replies.catalogue import say
from bot.replies.reply import Command, Piece, Reply
from bot.service import Service
from bot.surfaces.telegram import references
from bot.surfaces.telegram.references import ChatMemory, find_part, read_command
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent


TRUE = "we have a duty to use new technologies to keep people safe in London"


NEGATED = "we have no duty to use new technologies to keep people safe in London"


FORWARDED: dict[str, Any] = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Carl", "date": 0}}


@pytest.mark.usefixtures("bot")
async def test_a_quote_typed_after_verify_gets_its_verdict(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says(f"/verify Ephgrave: “{TRUE}”")

    [reply] = await ana.replies()
    assert reply.text.startswith(say("verify.exact_by", voice="Ephgrave"))
    assert reply.quotes
    assert TRUE in reply.quotes[0]


@pytest.mark.usefixtures("bot")
async def test_a_verdict_s_context_leads_back_to_it(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    ana.says(f"Verify “{TRUE}”")
    [verdict] = await ana.replies()

    ana.press(verdict, say("label_context"))
    assert await ana.replies() == []
    context = ana.changed(verdict)
    ana.press(context, say("label_back"))
    await ana.replies()

    assert verdict.text.startswith(say("verify.exact"))
    assert ana.changed(context).text == verdict.text != context.text


@pytest.mark.usefixtures("bot")
async def test_verify_alone_says_how(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("/verify")
    ana.says("verify")

    assert [reply.text for reply in await ana.replies()] == [say("verify.usage")] * 2


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("is_guest", [False, True])
@pytest.mark.parametrize("line", ["@RecordBot verify", "@RecordBot Check!", "@RecordBot please verify"])
async def test_verify_in_reply_checks_what_was_said_whether_or_not_it_quotes(
    telegram: FakeTelegram, line: str, *, is_guest: bool
) -> None:
    group = telegram.group()
    claim = group.says(TRUE, by="Ben")

    if is_guest:
        query = group.mentions(line, by="Ana", to=claim)
        [reply] = await group.results(query)
    else:
        group.says(line, by="Ana", to=claim)
        [reply] = await group.replies()

    assert reply.text.startswith(say("verify.exact"))


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("line", ["/verify", "@RecordBot", "@RecordBot is that true?"])
async def test_the_words_that_differ_are_quoted_from_the_message_they_stand_in(
    telegram: FakeTelegram, line: str
) -> None:
    group = telegram.group()
    claim = group.says(f"No, no!\nEphgrave said: “{NEGATED}”", by="Ben")

    group.says(line, by="Ana", to=claim)

    [reply] = await group.replies()
    assert say("verify.altered") in reply.text
    assert reply.text.startswith(say("verify.checked_reply")) is not line.startswith("/verify")
    [parameters] = [call.given["reply_parameters"] for call in telegram.calls if call.method == "sendMessage"]
    assert parameters["message_id"] == claim.message["message_id"]
    assert parameters["quote"] == "no"
    assert claim.message["text"][parameters["quote_position"] :].startswith("no duty")


@pytest.mark.usefixtures("bot")
async def test_a_quote_that_the_platform_does_not_take_costs_no_answer(telegram: FakeTelegram) -> None:
    group = telegram.group()
    claim = group.says(f"Ephgrave said: “{NEGATED}”", by="Ben")
    telegram.world.messages[group.id, claim.message["message_id"]] = claim.message | {"text": "edited meanwhile"}

    group.says("/verify", by="Ana", to=claim)

    [reply] = await group.replies()
    assert say("verify.altered") in reply.text


@pytest.mark.usefixtures("bot")
async def test_a_message_forwarded_in_private_is_checked(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says(f"Collier said: “{TRUE}”", **FORWARDED)

    [reply] = await ana.replies()
    assert reply.text.startswith(say("verify.other_voice", voice="Clare Collier"))


FROM_ANA = {"message_id": 1, "date": 1, "from": {"id": 5, "is_bot": False, "first_name": "Ana"}}


TYPED = {"text": "/ask no", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("kind", "fields", "name"),
    [
        ("private", {"text": "no", **FORWARDED}, "verify"),
        ("private", {"text": "no"}, "ask"),
        ("supergroup", {"text": "no", **FORWARDED}, "ask"),
        ("group", {"text": "no", **FORWARDED}, "ask"),
        ("channel", {"text": "no", **FORWARDED}, "ask"),
        ("private", {**TYPED, **FORWARDED}, "ask"),
        ("private", {"text": "", **FORWARDED}, "ask"),
    ],
)
def test_only_words_that_are_forwarded_in_private_are_checked(kind: str, fields: dict[str, Any], name: str) -> None:
    message = Message.de_json(FROM_ANA | {"chat": {"id": 5, "type": kind}} | fields, None)

    assert read_command(message, Command("ask", fields["text"])) == Command(name, fields["text"])


@pytest.mark.usefixtures("bot")
async def test_of_an_album_one_message_is_answered(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    photo = [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}]

    for caption in (f"“{TRUE}”", "", ""):
        message = ana.message(caption)
        text = message.pop("text")
        fields = {"photo": photo, "media_group_id": "7", **({"caption": text} if text else {})}
        ana.push(message=message | fields | FORWARDED)

    [reply] = await ana.replies()
    assert reply.text.startswith(say("verify.exact"))


@pytest.mark.usefixtures("bot")
async def test_what_quotes_nobody_is_searched_at_a_bare_mention(telegram: FakeTelegram) -> None:
    group = telegram.group()
    claim = group.says("I worry about what these cameras do to our privacy", by="Ben")

    group.says("@RecordBot", by="Ana", to=claim)

    [reply] = await group.replies()
    assert reply.text.startswith(say("searched_reply"))
    assert "\nSearched: " in reply.text


@pytest.mark.usefixtures("bot")
async def test_ask_in_reply_to_a_quote_searches(telegram: FakeTelegram) -> None:
    group = telegram.group()
    claim = group.says(f"Ephgrave said: “{TRUE}”", by="Ben")

    group.says("/ask", by="Ana", to=claim)

    [reply] = await group.replies()
    assert reply.text.startswith(say("searched_reply"))


@pytest.mark.usefixtures("bot")
async def test_a_guest_mention_in_reply_to_a_quote_checks_it(telegram: FakeTelegram) -> None:
    group = telegram.group()
    claim = group.says(f"Clare Collier said: “{TRUE}”", by="Ben")

    [answer] = await group.results(group.mentions("@RecordBot", to=claim))

    assert answer.text.startswith(say("verify.checked_reply"))
    assert say("verify.other_voice", voice="Clare Collier") in answer.text


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("text", ["“", "x" * 4000, "“number of the words” " * 10, "“not closed " * 60, "!!! ???"])
async def test_whatever_is_to_be_verified_gets_one_courteous_message(telegram: FakeTelegram, text: str) -> None:
    ana = telegram.private("Ana")

    ana.says(f"/verify {text}")

    [reply] = await ana.replies()
    assert reply.text != say("apology")


@pytest.mark.usefixtures("bot")
def test_the_last_place_is_taken_where_there_are_fewer() -> None:
    assert find_part("not now", "not", 3) == ("not", 0)
    assert find_part("nothing", "not", 0) is None
    assert find_part("😀 not", "not", 0) == ("not", 3)


ANSWER = Reply(((Piece("words", quote_id="AAAAAAAA"),),), history=(Command("ask", "privacy"),))


async def ask(chat: Chat, text: str, by: str | None = None) -> Sent:
    chat.says(text, by=by)
    [reply] = await chat.replies()
    return reply


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("context 2", "Quote "),
        ("and the opposite?", "Opposite of "),
        ("/context", "Quote "),
        ("and the police?", "FOR"),
    ],
)
async def test_a_follow_up_needs_no_reply(telegram: FakeTelegram, typed: str, heading: str) -> None:
    ana = telegram.private("Ana")
    answer = await ask(ana, "What about privacy?")
    ana.says(typed, to=answer)
    [by_reply] = await ana.replies()
    await ask(ana, "What about privacy?")

    followed = await ask(ana, typed)

    assert followed.html == by_reply.html
    assert followed.text.startswith(heading)


@pytest.mark.usefixtures("bot")
async def test_a_number_opens_the_quote_of_the_last_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await ask(ana, "What about privacy?")

    assert (await ask(ana, "2")).parsed.covered("bold")[-1] == answer.quotes[1]


@pytest.mark.usefixtures("bot")
async def test_thanks_leave_the_last_answer_to_be_followed(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await ask(ana, "What about privacy?")
    ana.says("thanks!")
    assert await ana.replies() == []

    assert (await ask(ana, "context 2")).parsed.covered("bold")[-1] == answer.quotes[1]


@pytest.mark.usefixtures("bot")
async def test_a_whole_question_stands_by_itself(telegram: FakeTelegram) -> None:
    ana, ben = telegram.private("Ana"), telegram.private("Ben")
    await ask(ana, "What about privacy?")

    assert (await ask(ana, "surveillance state")).html == (await ask(ben, "surveillance state")).html


@pytest.mark.usefixtures("bot")
async def test_a_group_and_another_chat_remember_nothing(telegram: FakeTelegram) -> None:
    await ask(telegram.private("Ana"), "What about privacy?")
    group = telegram.group()
    await ask(group, "/ask privacy", by="Ana")

    assert (await ask(group, "/context@RecordBot", by="Ana")).text == say("no_answer_shown")
    assert (await ask(telegram.private("Ben"), "/context")).text == say("no_answer_shown")


@pytest.mark.usefixtures("bot")
async def test_what_was_pressed_last_is_followed(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    page = await ask(ana, "/by Ephgrave")
    ana.press(page, say("label_more"))
    await ana.replies()

    third = await ask(ana, "more")

    assert third.text == say("no_more")


@pytest.mark.usefixtures("bot")
async def test_forget_forgets_the_last_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    await ask(ana, "What about privacy?")
    before = (await ask(ana, "context")).text
    await ask(ana, "/forget")

    assert before != (await ask(ana, "context")).text == (await ask(ana, "/context")).text == say("no_answer_shown")


async def test_after_a_restart_and_by_a_setting_nothing_is_remembered(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    async with running(telegram, desk):
        await ask(ana, "What about privacy?")
    async with running(telegram, desk, memory_minutes=0):
        after_restart = await ask(ana, "/context")
        await ask(ana, "What about privacy?")
        turned_off = await ask(ana, "/context")

    assert after_restart.text == turned_off.text == say("no_answer_shown")


async def test_after_half_an_hour_and_beyond_two_thousand_chats_it_is_forgotten(
    desk: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 0.0
    monkeypatch.setattr(references, "MAX_CHATS", 2)
    memory = ChatMemory(30, lambda: seconds)
    chats = [TelegramChat(number, "private") for number in (1, 2, 3)]
    for chat in chats:
        memory.remember(chat, ANSWER)

    async def recall(chat: TelegramChat) -> bool:
        return (await memory.recall(chat, desk, Command("context"))).quote_ids == ("AAAAAAAA",)

    assert [await recall(chat) for chat in chats] == [False, True, True]
    seconds = 1799.0
    assert await recall(chats[2])
    seconds = 1800.0
    assert not await recall(chats[2])
    assert not (await memory.recall(TelegramChat(4, "group"), desk, Command("context"))).history
