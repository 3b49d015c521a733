"""Follow-ups: read off the answer that is replied to, by whoever replies, whenever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.replies.catalogue import say
from bot.replies.reply import AnswerRef, Command, Piece, Reply
from bot.service import Service
from bot.surfaces.telegram import callbacks
from tests.telegram.running import Desk, running

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram, Sent

SEARCHED = "Searched: "


async def said(chat: Chat, text: str, to: Sent | None = None, by: str | None = None) -> Sent:
    chat.says(text, to=to, by=by)
    [reply] = await chat.replies()
    return reply


def searched(answer: Sent) -> str:
    """Return what the answer says was searched, or its first line where that is something else."""
    first, *_ = lines = answer.text.splitlines()
    line = next((line.removeprefix(SEARCHED) for line in lines if line.startswith(SEARCHED)), first)
    return line.partition(" · ")[0].partition(" (also ")[0]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("follow", "heading"),
    [
        ("and the police?", "privacy"),
        ("and surveillance?", "surveillance"),
        ("and accuracy?", "accuracy"),
    ],
)
async def test_old_words_are_kept_unless_the_new_ones_stand_alone(
    telegram: FakeTelegram, follow: str, heading: str
) -> None:
    ana = telegram.private("Ana")
    first = await said(ana, "What about privacy?")

    followed = await said(ana, follow, to=first)

    assert heading in searched(followed)
    kept = "Carried over from your last question: privacy" in followed.text
    assert kept == (heading == "privacy")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("follow", ["why?", "is that really true?", "how so"])
async def test_a_follow_up_that_adds_nothing_never_posts_the_same_quotes_again(
    telegram: FakeTelegram, follow: str
) -> None:
    ana = telegram.private("Ana")
    first = await said(ana, "What about privacy?")

    followed = await said(ana, follow, to=first)

    assert followed.text == say("notes.nothing_new")


@pytest.mark.usefixtures("bot")
async def test_one_press_drops_what_was_kept(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    first = await said(ana, "What about privacy?")
    followed = await said(ana, "and the police?", to=first)
    label = say("label_without", words="privacy")
    assert label in followed.buttons

    ana.press(followed, label)

    assert await ana.replies() == []
    alone = ana.changed(followed)
    assert "privacy" not in searched(alone)
    assert label not in alone.buttons


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("opposite?", "Opposite"),
        ("And the opposite view?", "Opposite"),
        ("wordings", "Wordings"),
        ("context", "Context"),
    ],
)
async def test_typing_does_what_pressing_does(telegram: FakeTelegram, typed: str, label: str) -> None:
    group = telegram.group()
    answer = await said(group, "/ask surveillance state")

    by_word = await said(group, typed, to=answer, by="Caro")
    group.press(answer, label)
    await group.replies()

    assert by_word.html == group.changed(answer).html


@pytest.mark.usefixtures("bot")
async def test_a_number_typed_opens_that_quote(telegram: FakeTelegram) -> None:
    group = telegram.group()
    answer = await said(group, "/ask privacy")

    by_word = await said(group, "context 2", to=answer, by="Caro")
    group.press(answer, "Context 2")
    await group.replies()

    assert by_word.html == group.changed(answer).html


@pytest.mark.usefixtures("bot")
async def test_more_is_the_next_page_each_time(telegram: FakeTelegram) -> None:
    group = telegram.group()
    first = await said(group, "/by Ephgrave", by="Ana")

    second = await said(group, "more", to=first, by="Ben")

    assert "1–3 of 5" in first.text
    assert "4–5 of 5" in second.text
    assert (await said(group, "context 5", to=second)).parsed.covered("bold")[-1] == (second.quotes[1])


@pytest.mark.usefixtures("bot")
async def test_he_is_whoever_alone_speaks_in_the_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await said(ana, "incorrect matches")
    one = await said(ana, "/by Ephgrave privacy")

    assert "Nick Ephgrave" in searched(await said(ana, "who is he?", to=one))
    assert answer.quotes


@pytest.mark.usefixtures("bot")
async def test_where_several_speak_the_pronoun_tells_or_it_is_asked_who_is_meant(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    answer = await said(ana, "What about privacy?")

    he, she = [await said(ana, f"who is {pronoun}?", to=answer) for pronoun in ("he", "she")]
    she_again = await said(ana, "who is she?")
    ben = telegram.private("Ben")
    whom = await said(ben, "who is she?")
    ben.press(whom, "Clare Collier")
    [told] = await ben.replies()

    assert (he.text.splitlines()[0], she.text.splitlines()[0]) == ("Nick Ephgrave", "Clare Collier")
    # In a private chat the last answer is followed without a reply; where there was none, it is asked.
    assert she_again.text.startswith("Clare Collier")
    assert whom.text.startswith(say("who"))
    assert told.text.startswith("Clare Collier")


async def test_a_follow_up_is_understood_after_a_restart(telegram: FakeTelegram, desk: Service) -> None:
    group = telegram.group()
    async with running(telegram, desk):
        first = await said(group, "/ask privacy", by="Ana")

    async with running(telegram, desk):
        followed = await said(group, "and the police?", to=first, by="Ben")

    assert "privacy" in searched(followed)


@pytest.mark.usefixtures("bot")
async def test_an_abstention_can_be_followed_up(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    silence = await said(ana, "How much did the system cost?")

    followed = await said(ana, "and privacy?", to=silence)

    assert searched(followed) == "privacy"


@pytest.mark.usefixtures("bot")
async def test_a_quote_opened_by_its_link_can_be_followed_up(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    opened = await said(ana, "/start q_MJEDLBWJ")

    opposite = await said(ana, "opposite", to=opened)

    assert opposite.text.startswith("Opposite of MJEDLBWJ")


@pytest.mark.usefixtures("bot")
async def test_a_link_opens_the_other_side(telegram: FakeTelegram) -> None:
    opened = await said(telegram.private("Ana"), "/start o_MJEDLBWJ")

    assert opened.text.startswith("Opposite of MJEDLBWJ")


class Long(Desk):
    """A desk whose answers need several messages."""

    def __init__(self) -> None:
        self.after: list[tuple[str, ...]] = []

    async def ask(self, question: str, after: tuple[str, ...] = (), *_: Any) -> Reply:
        self.after.append((*after, question))
        return Reply(tuple((Piece(f"{n} {'x' * 900}\n"),) for n in range(9)))


async def test_every_part_of_a_split_answer_can_be_followed_up(telegram: FakeTelegram) -> None:
    desk = Long()
    async with running(telegram, desk):  # type: ignore[arg-type]
        ana = telegram.private("Ana")
        ana.says("everything")
        parts = await ana.replies()

        for part in parts:
            ana.says("why?", to=part)
        await ana.replies()

    assert len(parts) > 1
    assert desk.after[1:] == [("everything", "why?")] * len(parts)


@pytest.mark.usefixtures("bot")
async def test_ask_in_reply_to_somebody_asks_after_their_words(telegram: FakeTelegram) -> None:
    group = telegram.group()
    claim = group.says("This is about privacy, whatever they say", by="Ana")
    message = group.message("/ask", by="Ben", to=claim)

    group.push(message=message)
    [answer] = await group.replies()

    assert searched(answer) == "privacy"
    assert answer.replies_to == message["message_id"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("text", "fields", "found"),
    [
        ("@RecordBot", {}, "privacy"),
        ("/ask@RecordBot", {}, "privacy"),
        ("/ask surveillance", {}, "surveillance"),
        ("/ask", {"quote": {"text": "surveillance", "position": 0}}, "surveillance"),
    ],
)
async def test_own_words_and_picked_ones_go_before_all_of_somebodys(
    telegram: FakeTelegram, text: str, fields: dict[str, Any], found: str
) -> None:
    group = telegram.group()
    claim = group.says("privacy", by="Ana")

    group.says(text, by="Ben", to=claim, **fields)

    [answer] = await group.replies()
    assert searched(answer) == found


@pytest.mark.usefixtures("bot")
async def test_ask_with_nothing_to_ask_says_how(telegram: FakeTelegram, desk: Service) -> None:
    group = telegram.group()

    helped = await said(group, "/ask")

    assert helped.text == desk.help().blocks[0][0].text


@pytest.mark.parametrize("word", ["/more", "/context", "/opposite", "/back", "/alone"])
@pytest.mark.usefixtures("bot")
async def test_with_nothing_shown_there_is_nothing_to_look_into(telegram: FakeTelegram, word: str) -> None:
    assert (await said(telegram.private("Ana"), word)).text == say("no_answer_shown")


@pytest.mark.parametrize(
    "asked", [("one",), ("one", "and two & three?"), ("ein Satz mit ß und 😀",), ("/by Low taxes",)]
)
def test_what_was_asked_comes_back_from_its_address(asked: tuple[str, ...]) -> None:
    history = tuple(map(Command.parse, asked))
    where = callbacks.build_permalink("RecordBot", Reply((), history=history, page=3))

    assert callbacks.parse_answer_ref(Message(where)) == AnswerRef(history, 3, ())  # type: ignore[arg-type]


def test_an_address_that_would_be_too_long_leaves_the_earliest_out() -> None:
    history = tuple(map(Command.parse, ("é" * 100, "ß" * 100, "last " * 400)))
    where = callbacks.build_permalink("RecordBot", Reply((), history=history))

    [kept] = callbacks.parse_answer_ref(Message(where)).history  # type: ignore[arg-type]
    assert len(where) <= 1500
    assert kept.text.startswith("last last")


@pytest.mark.parametrize(("length", "is_led_back"), [(20, True), (200, False)])
def test_a_text_to_verify_comes_back_whole_or_not_at_all(length: int, is_led_back: bool) -> None:  # noqa: FBT001
    asked = Command("verify", "“" + " ".join(["tramways"] * length) + "”")

    where = callbacks.build_permalink("RecordBot", Reply((), history=(asked,)))

    assert callbacks.parse_answer_ref(Message(where)).history == ((asked,) if is_led_back else ())  # type: ignore[arg-type]


@pytest.mark.parametrize("page", ["", "x", "-1", "²"])
def test_an_address_that_was_tampered_with_is_page_one(page: str) -> None:
    shown = callbacks.parse_answer_ref(Message(f"https://t.me/RecordBot?text=a&page={page}"))  # type: ignore[arg-type]

    assert shown == AnswerRef((Command("ask", "a"),), 1, ())


class Message:
    """A message of the bot's with one link in it."""

    def __init__(self, url: str) -> None:
        self.entities = [Link(url)]

    def get_bot(self) -> Any:
        class Bot:
            username = "RecordBot"

        return Bot()


class Link:
    type = "text_link"

    def __init__(self, url: str) -> None:
        self.url = url
