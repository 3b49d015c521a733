"""A reply comes whole, with its buttons, whatever Telegram refuses about it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
from telegram import InaccessibleMessage, Message
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.replies.reply import Button, Piece, Reply
from bot.surfaces.telegram.callbacks import ButtonOwner
from bot.surfaces.telegram.sending import (
    MAX_CHATS,
    Destination,
    QuotedPart,
    Reactions,
    edit_reply,
    get_destination,
    render_reply,
    send_reply,
)
from tests.telegram.fake.faults import Fault, refused

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram

OWNER = 7
BUTTONS = ((Button("Context", "/context AAAAAAAA", edits=True),),)
SHORT = Reply(((Piece("words"),),), BUTTONS)
LONG = Reply(tuple((Piece(f"{n} {'x' * 900}"),) for n in range(14)), BUTTONS)
NO_MARKUP = refused(400, "Bad Request: can't parse entities: unsupported start tag")


@pytest.fixture
async def api(telegram: FakeTelegram) -> AsyncIterator[ExtBot[None]]:
    async with ExtBot(telegram.token, base_url=f"{telegram.url}/bot") as bot:
        yield bot


def parts_in(telegram: FakeTelegram, chat: Chat) -> dict[int, dict[str, Any]]:
    """Return the bot's messages in `chat`, by number."""
    placed = telegram.world.messages.items()
    return {number: each for (place, number), each in placed if place == chat.id and each["from"]["is_bot"]}


def keyboards(telegram: FakeTelegram, chat: Chat) -> list[Any]:
    return [each.get("reply_markup") for each in parts_in(telegram, chat).values()]


def sealed(api: ExtBot[None], chat: Chat, reply: Reply = SHORT) -> Any:
    """Return the buttons of `reply` as they are for its owner in `chat`."""
    return render_reply(api, reply, ButtonOwner(chat.id, OWNER)).keyboard


@pytest.mark.parametrize("is_edited", [False, True])
async def test_every_part_of_a_long_reply_comes_and_the_last_has_the_buttons(
    telegram: FakeTelegram, api: ExtBot[None], *, is_edited: bool
) -> None:
    ana = telegram.private()
    place = Destination(ana.id)

    if is_edited:
        [number] = await send_reply(api, place, SHORT, OWNER)
        numbers = await edit_reply(api, place, number, LONG, OWNER)
    else:
        numbers = await send_reply(api, place, LONG, OWNER)

    parts = parts_in(telegram, ana)
    assert len(parts) > 2
    assert numbers == tuple(parts)
    assert [n for n in range(14) if f"{n} xxx" not in "\n".join(part["text"] for part in parts.values())] == []
    assert keyboards(telegram, ana) == [None] * (len(parts) - 1) + [sealed(api, ana)]


@pytest.mark.parametrize("reason", ["message can't be edited", "message to edit not found", "MESSAGE CAN'T BE EDITED"])
async def test_what_can_no_longer_be_edited_is_sent_anew(
    telegram: FakeTelegram, api: ExtBot[None], reason: str
) -> None:
    ana = telegram.private()
    [old] = await send_reply(api, Destination(ana.id), Reply(((Piece("old"),),)), OWNER)
    telegram.faults.next("editMessageText", refused(400, f"Bad Request: {reason}"))

    [new] = await edit_reply(api, Destination(ana.id), old, SHORT, OWNER)

    assert new != old
    assert parts_in(telegram, ana)[new]["text"] == "words"
    assert keyboards(telegram, ana) == [None, sealed(api, ana)]


@pytest.mark.parametrize("is_edited", [False, True])
async def test_a_reply_whose_markup_is_refused_comes_without_it_and_with_its_buttons(
    telegram: FakeTelegram, api: ExtBot[None], *, is_edited: bool
) -> None:
    ana = telegram.private()
    place, reply = Destination(ana.id), Reply(((Piece("1 < 2 & 3"),),), BUTTONS)

    if is_edited:
        [number] = await send_reply(api, place, SHORT, OWNER)
        telegram.faults.next("editMessageText", NO_MARKUP)
        assert await edit_reply(api, place, number, reply, OWNER) == (number,)
    else:
        telegram.faults.next("sendMessage", NO_MARKUP)
        await send_reply(api, place, reply, OWNER)

    [part] = parts_in(telegram, ana).values()
    assert part["text"] == "1 < 2 & 3"
    assert keyboards(telegram, ana) == [sealed(api, ana)]


async def test_words_that_can_no_longer_be_cited_are_left_out_and_nothing_else(
    telegram: FakeTelegram, api: ExtBot[None]
) -> None:
    group = telegram.group()
    said = group.says("what was said")
    telegram.faults.next("sendMessage", refused(400, "Bad Request: QUOTE_TEXT_INVALID"))
    place = Destination(group.id, reply_to_id=said.message["message_id"], quoted=QuotedPart("said", 9))

    await send_reply(api, place, SHORT, OWNER)

    first, last = (call.given for call in telegram.calls if call.method == "sendMessage")
    assert json.loads(first["reply_parameters"]) == last["reply_parameters"] | {"quote": "said", "quote_position": 9}
    assert last["reply_parameters"] == {
        "message_id": said.message["message_id"],
        "allow_sending_without_reply": True,
    }
    assert keyboards(telegram, group) == [sealed(api, group)]


@pytest.mark.parametrize(
    ("quoted", "reason"), [(None, "QUOTE_TEXT_INVALID"), (QuotedPart("said", 9), "message is too long")]
)
async def test_any_other_refusal_of_a_reply_that_cites_is_raised(
    telegram: FakeTelegram, api: ExtBot[None], quoted: QuotedPart | None, reason: str
) -> None:
    group = telegram.group()
    said = group.says("what was said")
    telegram.faults.next("sendMessage", refused(400, f"Bad Request: {reason}"))

    with pytest.raises(BadRequest):
        await send_reply(api, Destination(group.id, None, said.message["message_id"], quoted), SHORT, OWNER)


@pytest.mark.parametrize("is_edited", [False, True])
async def test_a_reply_to_a_group_that_has_a_new_number_goes_there_with_its_buttons(
    telegram: FakeTelegram, api: ExtBot[None], *, is_edited: bool
) -> None:
    old, new = telegram.group(forum=True), telegram.group()
    said = old.says("what was said")
    [number] = await send_reply(api, Destination(old.id), Reply(((Piece("old"),),)), OWNER)
    telegram.world.moved[old.id] = new.id
    place = Destination(old.id, 7, said.message["message_id"], QuotedPart("said", 9))

    sent = await (edit_reply(api, place, number, SHORT, OWNER) if is_edited else send_reply(api, place, SHORT, OWNER))

    assert sent == tuple(parts_in(telegram, new))
    given = telegram.answered("sendMessage")[-1].given
    assert given.keys() & {"message_thread_id", "reply_parameters"} == set()
    assert keyboards(telegram, new) == [sealed(api, new)]


NO_COPYING = refused(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
COPY = Button("Copy", "/copy AAAAAAAA", copy="words", edits=True)
COPYING = Reply(SHORT.blocks, ((*BUTTONS[0], COPY),))


@pytest.mark.parametrize("is_edit", [False, True])
async def test_where_no_button_copies_it_sends_its_command_and_that_is_told_once(
    telegram: FakeTelegram, api: ExtBot[None], caplog: pytest.LogCaptureFixture, *, is_edit: bool
) -> None:
    caplog.set_level("INFO")
    ana = telegram.private("Ana")
    place = Destination(ana.id)
    [number] = await send_reply(api, place, SHORT, OWNER)
    telegram.faults.next("editMessageText" if is_edit else "sendMessage", NO_COPYING)

    for _ in range(2):
        if is_edit:
            await edit_reply(api, place, number, COPYING, OWNER)
            await edit_reply(api, place, number, SHORT, OWNER)
        else:
            await send_reply(api, place, COPYING, OWNER)

    asked = telegram.answered("editMessageText" if is_edit else "sendMessage")
    copying = [call for call in asked if "copy_text" in str(call.given["reply_markup"])]
    assert len(copying) == 1
    assert sum("/copy AAAAAAAA" in str(call.given["reply_markup"]) for call in asked) == 2
    assert caplog.text.count("buttons that copy are off") == 1


async def test_another_refusal_of_a_button_is_no_fault_of_copying(telegram: FakeTelegram, api: ExtBot[None]) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next(
        "sendMessage", refused(400, "Bad Request: BUTTON_DATA_INVALID"), refused(400, "Bad Request: x")
    )

    with pytest.raises(BadRequest):
        await send_reply(api, Destination(ana.id), SHORT, OWNER)
    with pytest.raises(BadRequest):
        await send_reply(api, Destination(ana.id), COPYING, OWNER)
    telegram.faults.next("sendMessage", NO_COPYING, NO_COPYING)
    with pytest.raises(BadRequest):
        await send_reply(api, Destination(ana.id), COPYING, OWNER)
    assert telegram.faults.met("sendMessage") is None


async def test_where_no_button_copies_the_last_part_of_a_long_edit_comes_with_its_command(
    telegram: FakeTelegram, api: ExtBot[None]
) -> None:
    ana, long = telegram.private("Ana"), Reply(LONG.blocks, COPYING.buttons)
    [number] = await send_reply(api, Destination(ana.id), SHORT, OWNER)
    part_count = len(render_reply(api, long, ButtonOwner(ana.id, OWNER)).parts)
    telegram.faults.next("sendMessage", *[Fault()] * (part_count - 2), NO_COPYING)

    numbers = await edit_reply(api, Destination(ana.id), number, long, OWNER)

    assert numbers == tuple(parts_in(telegram, ana))
    *others, last = keyboards(telegram, ana)
    assert "/copy AAAAAAAA" in str(last)
    assert others == [None] * (part_count - 1)


@pytest.mark.parametrize(
    ("kind", "in_topic", "expected"),
    [
        ("private", {}, Destination(7)),
        ("private", {"message_thread_id": 5}, Destination(7)),
        ("private", {"message_thread_id": 5, "is_topic_message": True}, Destination(7, 5)),
        ("group", {}, Destination(7, None, 3)),
        # The thread of replies in a group without topics is no topic.
        ("supergroup", {"message_thread_id": 5}, Destination(7, None, 3)),
        ("supergroup", {"message_thread_id": 5, "is_topic_message": True}, Destination(7, 5, 3)),
    ],
)
def test_a_reply_goes_to_the_topic_of_a_message_and_in_a_group_to_the_message(
    kind: str, in_topic: dict[str, Any], expected: Destination
) -> None:
    message = {"message_id": 3, "date": 1, "chat": {"id": 7, "type": kind}} | in_topic

    assert get_destination(Message.de_json(message)) == expected


def test_a_reply_goes_to_the_chat_of_a_message_that_nobody_can_open_any_more() -> None:
    gone = InaccessibleMessage.de_json({"message_id": 3, "date": 0, "chat": {"id": 7, "type": "supergroup"}})

    assert get_destination(gone) == Destination(7, None, 3)


async def test_an_edit_to_the_same_words_is_done(telegram: FakeTelegram, api: ExtBot[None]) -> None:
    ana = telegram.private("Ana")
    [number] = await send_reply(api, Destination(ana.id), SHORT, OWNER)

    assert await edit_reply(api, Destination(ana.id), number, SHORT, OWNER) == (number,)
    assert tuple(parts_in(telegram, ana)) == (number,)


async def test_an_edit_refused_for_any_other_reason_is_raised(telegram: FakeTelegram, api: ExtBot[None]) -> None:
    ana = telegram.private("Ana")
    [number] = await send_reply(api, Destination(ana.id), SHORT, OWNER)
    telegram.faults.next("editMessageText", refused(400, "Bad Request: MESSAGE_TOO_LONG"))

    with pytest.raises(BadRequest):
        await edit_reply(api, Destination(ana.id), number, LONG, OWNER)


@pytest.mark.parametrize(
    ("refusal", "asked_again"),
    [
        ((400, "Bad Request: REACTION_INVALID"), {"Bob"}),
        ((400, "Bad Request: not enough rights to add reactions"), {"Bob"}),
        ((400, "Bad Request: message to react not found"), {"Ana", "Bob"}),
        ((500, "Internal Server Error"), {"Ana", "Bob"}),
        ((404, "Not Found"), set()),
    ],
)
async def test_a_chat_that_takes_no_reactions_is_not_asked_again_nor_a_server_that_has_none(
    telegram: FakeTelegram,
    api: ExtBot[None],
    caplog: pytest.LogCaptureFixture,
    refusal: tuple[int, str],
    asked_again: set[str],
) -> None:
    caplog.set_level("INFO")
    reactions = Reactions()
    thanks = {name: Message.de_json(telegram.private(name).says("thanks").message, None) for name in ("Ana", "Bob")}
    telegram.faults.next("setMessageReaction", refused(*refusal))

    assert not await reactions.react(api, thanks["Ana"], "👍")

    taken = {name for name, message in thanks.items() if await reactions.react(api, message, "👍")}
    assert taken == asked_again
    assert caplog.text.count("no reaction: ") == 1


async def test_of_chats_without_reactions_no_more_are_kept_than_may_be() -> None:
    reactions = Reactions()

    for chat_id in range(MAX_CHATS + 5):
        reactions.refusing_chat_ids[chat_id] = True

    assert len(reactions.refusing_chat_ids) == MAX_CHATS


async def test_markup_that_is_refused_is_told_by_the_quotes_in_it_and_no_word(
    telegram: FakeTelegram, api: ExtBot[None], caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    telegram.faults.next("sendMessage", NO_MARKUP)
    reply = Reply(((Piece("one", quote_id="AAAAAAAA"), Piece("two")), (Piece("three", quote_id="BBBBBBBB"),)))

    await send_reply(api, Destination(ana.id), reply, OWNER)

    assert "markup refused quotes=AAAAAAAA,BBBBBBBB" in caplog.text
