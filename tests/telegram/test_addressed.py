"""Everything addressed to the bot is answered or told: sixty shapes of message, through the fake server."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from bot.replies.catalogue import say
from tests.telegram.fake.units import length

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram
    from tests.telegram.fake.conversation import Chat, Sent

pytestmark = pytest.mark.usefixtures("bot")

PICTURE = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
CLAIM = "Facial recognition destroys our privacy."

GROUP_TEXTS = [
    "@RecordBot",
    "@RecordBot @RecordBot",
    "@RecordBot what about privacy?",
    "what about privacy? @RECORDBOT",
    "/ask@RecordBot privacy",
    "/ask privacy",
    "/weather@RecordBot",
    "@RecordBot @Ana_B what about privacy?",
    "@RecordBot is that true?",
    "@RecordBot ?",
]
PRIVATE_TEXTS = ["what about privacy?", "/topics?", "/hello!", "/foo@RecordBot", "/80.5 per cent", "@RecordBot"]


def as_caption(chat: Chat, text: str, **fields: Any) -> dict[str, Any]:
    """Return `text` as what stands below a picture."""
    message = chat.message(text, **fields)
    entities = message.pop("entities", None)
    message |= PICTURE | {"caption": message.pop("text")} | ({"caption_entities": entities} if entities else {})
    return message


def with_style(chat: Chat, text: str, style: str, **fields: Any) -> dict[str, Any]:
    """Return `text` with all of it in a style, which Telegram lists before what it holds."""
    message = chat.message(text, **fields)
    message["entities"] = [{"type": style, "offset": 0, "length": length(text)}, *message.get("entities", [])]
    return message


def shape(chat: Chat, text: str, how: str, **fields: Any) -> dict[str, Any]:
    if how == "caption":
        return as_caption(chat, text, **fields)
    return chat.message(text, **fields) if how == "text" else with_style(chat, text, how, **fields)


@pytest.mark.parametrize(("text", "how"), list(product(GROUP_TEXTS, ["text", "caption", "bold", "blockquote"])))
async def test_whatever_addresses_the_bot_in_a_group_gets_one_reply(
    telegram: FakeTelegram, text: str, how: str
) -> None:
    group = telegram.group()

    group.push(message=shape(group, text, how))

    [reply] = await group.replies()
    assert reply.text != say("apology")


@pytest.mark.parametrize(("text", "how"), list(product(PRIVATE_TEXTS, ["text", "caption", "italic"])))
async def test_whatever_is_written_in_private_gets_one_reply(telegram: FakeTelegram, text: str, how: str) -> None:
    ana = telegram.private("Ana")

    ana.push(message=shape(ana, text, how))

    [reply] = await ana.replies()
    assert reply.text != say("apology")


@pytest.mark.parametrize("kind", ["text_mention", "text_link"])
async def test_a_mention_by_name_or_by_link_is_a_mention(telegram: FakeTelegram, kind: str) -> None:
    group = telegram.group()
    target = {"user": telegram.bot} if kind == "text_mention" else {"url": f"tg://user?id={telegram.bot['id']}"}

    group.says("Record what about privacy?", entities=[{"type": kind, "offset": 0, "length": 6} | target])
    group.says(
        "Ana what about privacy?", entities=[{"type": "text_link", "offset": 0, "length": 3, "url": "tg://user?id=5"}]
    )

    [reply] = await group.replies()
    assert "\nSearched: privacy" in reply.text


async def ask_first(group: Chat) -> Sent:
    """Ask the bot something in a group, and return its answer."""
    group.says("/ask privacy", by="Ana")
    return await group.reply()


@pytest.mark.parametrize(
    "words",
    [
        "@Bob_B look at that",
        "@Bob_B tu as vu ?",
        "@Bob_B what about privacy?",
        "@Bob_B @Cy_B that is what I said about cost",
        "👉 @Bob_B !",
        "hey @Bob_B, privacy again",
        "salut @Bob_B, et privacy ?",
        "thanks @Bob_B!",
        "@OtherBot what about cost?",
        "have you seen this, @Bob_B?",
        "tu as vu ça @Bob_B ?",
        "what do you think, @Bob_B and @Cy_B?",
    ],
)
async def test_a_reply_to_the_bot_that_turns_to_somebody_else_is_not_answered(
    telegram: FakeTelegram, words: str
) -> None:
    telegram.person("Ana", language_code="fr" if words.startswith("salut") else "en")
    group = telegram.group()
    answer = await ask_first(group)

    group.says(words, by="Ana", to=answer)

    assert await group.replies() == []


@pytest.mark.parametrize("kind", ["text_mention", "text_link"])
@pytest.mark.parametrize("words", ["Bob Low what about privacy?", "Bob Low"])
async def test_a_name_picked_from_the_members_is_somebody_else_too(
    telegram: FakeTelegram, words: str, kind: str
) -> None:
    group = telegram.group()
    bob = telegram.person("Bob")
    answer = await ask_first(group)
    target = {"user": bob} if kind == "text_mention" else {"url": f"tg://user?id={bob['id']}"}

    group.says(words, by="Ana", to=answer, entities=[{"type": kind, "offset": 0, "length": 7} | target])

    assert await group.replies() == []


@pytest.mark.parametrize(
    ("words", "searched"),
    [
        ("@RecordBot @Bob_B what about surveillance?", "surveillance"),
        ("@Bob_B @RecordBot what about surveillance?", "surveillance"),
        ("@Bob_B look, @RecordBot what about surveillance?", "surveillance"),
        ("what about surveillance? @Bob_B", "surveillance"),
        ("and surveillance, @Bob_B?", "surveillance"),
        ("/ask surveillance @Bob_B", "surveillance"),
        ("/ask @Bob_B surveillance", "surveillance"),
    ],
)
async def test_a_question_to_the_bot_is_answered_whoever_else_is_tagged(
    telegram: FakeTelegram, words: str, searched: str
) -> None:
    group = telegram.group()
    answer = await ask_first(group)

    group.says(words, by="Ana", to=answer)

    [reply] = await group.replies()
    assert searched in reply.text.partition("\nSearched: ")[2]


@pytest.mark.parametrize("words", ["context @Bob_B", "and the other side? @Bob_B", "2 @Bob_B"])
async def test_a_word_that_opens_something_is_done_for_somebody_who_is_tagged(
    telegram: FakeTelegram, words: str
) -> None:
    group = telegram.group()
    answer = await ask_first(group)

    group.says(words, by="Ana", to=answer)

    assert len(await group.replies()) == 1


async def test_in_private_whatever_is_tagged_is_asked_of_the_bot(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")

    ana.says("@Bob_B what about privacy?")

    [reply] = await ana.replies()
    assert "\nSearched: privacy" in reply.text


@pytest.mark.parametrize("words", ["is that true?", "?", "who said this?", "really?", "", "source?"])
async def test_words_that_ask_nothing_search_the_message_replied_to_and_say_so(
    telegram: FakeTelegram, words: str
) -> None:
    group = telegram.group()
    claim = group.says(CLAIM, by="Ben")

    group.says(f"@RecordBot {words}".strip(), by="Ana", to=claim)

    [reply] = await group.replies()
    assert "privacy" in reply.text.partition("\nSearched: ")[2]
    assert reply.text.startswith(say("searched_reply"))


async def test_words_that_ask_something_search_for_that_alone(telegram: FakeTelegram) -> None:
    group = telegram.group()
    claim = group.says(CLAIM, by="Ben")

    group.says("@RecordBot what about surveillance?", by="Ana", to=claim)

    [reply] = await group.replies()
    assert "surveillance" in reply.text.partition("\nSearched: ")[2]
    assert say("searched_reply") not in reply.text


async def test_a_part_picked_from_an_answer_opens_the_quote_it_stands_in(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    ana.says("what about privacy?")
    [answer] = await ana.replies()
    picked = answer.quotes[1][:30]

    ana.says("context", to=answer, quote={"text": picked, "position": answer.text.index(picked)})

    [context] = await ana.replies()
    assert picked in context.text
    assert context.parsed.covered("bold")[-1] == answer.quotes[1]


@pytest.mark.parametrize(
    "kind", ["voice", "sticker", "photo", "dice", "venue", "game", "checklist", "story", "live_photo"]
)
async def test_what_has_no_words_is_told_in_private_and_ignored_in_a_group(telegram: FakeTelegram, kind: str) -> None:
    file: dict[str, Any] = {"file_id": "f", "file_unique_id": "f"}
    sticker = {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    media: dict[str, dict[str, Any]] = {
        "voice": {"voice": file | {"duration": 1}},
        "sticker": {"sticker": file | sticker},
        "photo": PICTURE,
        "dice": {"dice": {"emoji": "🎲", "value": 3}},
        "venue": {"venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": "x", "address": "y"}},
        "game": {"game": {"title": "x", "description": "y", "photo": []}},
        "checklist": {"checklist": {"title": "x", "tasks": []}},
        "live_photo": {"live_photo": file | {"width": 1, "height": 1, "duration": 1}},
        "story": {"story": {"chat": {"id": 5, "type": "private"}, "id": 2}},
    }
    ana, group = telegram.private("Ana"), telegram.group()
    for chat in (ana, group):
        message = chat.message("")
        del message["text"]
        chat.push(message=message | media[kind])

    assert [sent.text for sent in await ana.replies()] == [say("text_only")]
    assert await group.replies() == []


async def test_another_bots_command_is_met_with_silence_and_an_unknown_one_of_ours_named(
    telegram: FakeTelegram,
) -> None:
    group = telegram.group()

    group.says("/weather@OtherBot")
    group.says("/weather")
    group.says("/weather@RecordBot tomorrow")

    assert [sent.text for sent in await group.replies()] == [say("unknown_command", name="weather")]


async def test_an_edited_mention_in_a_topic_edits_its_answer_there(telegram: FakeTelegram) -> None:
    topic = telegram.group(forum=True).topic(7)
    question = topic.says("@RecordBot what about privacy?", by="Ben")
    [answer] = await topic.replies()

    topic.edits(question, "@RecordBot what about surveillance?")

    assert await topic.replies() == []
    assert answer.topic == 7
    assert "\nSearched: surveillance" in topic.changed(answer).text


@pytest.mark.parametrize("how", ["text", "caption", "bold"])
async def test_a_guest_is_answered_however_it_is_written(telegram: FakeTelegram, how: str) -> None:
    elsewhere = telegram.group("Elsewhere")
    message = shape(elsewhere, "@RecordBot what about privacy?", how)

    telegram.world.searches.add(f"guest-{how}")
    elsewhere.push(guest_message=message | {"guest_query_id": f"guest-{how}"})
    await elsewhere.replies()

    [call] = telegram.answered("answerGuestQuery")
    assert call.status == 200
    assert "privacy" in str(call.given["result"])
