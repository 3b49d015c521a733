"""A question that was edited has its answer edited; nothing else that is edited is a question."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.replies.catalogue import say
from bot.replies.reply import Piece, Reply
from bot.service import Service
from bot.storage import open_storage, shared_state
from tests.telegram.fake.faults import refused
from tests.telegram.running import Desk, One, running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram


def now() -> int:
    return int(time.time()) + 1


@pytest.mark.usefixtures("bot")
async def test_editing_a_question_edits_its_answer(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    said = ana.says("privacy")
    [answer] = await ana.replies()

    ana.edits(said, "surveillance")

    assert await ana.replies() == []
    assert "\nSearched: surveillance" in ana.changed(answer).text


@pytest.mark.usefixtures("bot")
async def test_a_command_edited_in_a_group_edits_its_answer_in_its_topic(telegram: FakeTelegram) -> None:
    topic = telegram.group(forum=True).topic(7)
    said = topic.says("/ask privacy")
    [answer] = await topic.replies()

    topic.edits(said, "/ask@RecordBot surveillance")

    assert await topic.replies() == []
    assert "\nSearched: surveillance" in topic.changed(answer).text


@pytest.mark.usefixtures("bot")
async def test_an_edit_that_changes_no_word_changes_nothing(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    said = ana.says("privacy")
    [answer] = await ana.replies()

    ana.edits(said, "privacy")

    assert await ana.replies() == []
    assert ana.changed(answer) == answer
    assert [call.status for call in telegram.answered("editMessageText")] == [400]
    assert "error" not in caplog.text


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_was_deleted_is_given_anew(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    said = ana.says("privacy")
    [answer] = await ana.replies()
    ana.deletes(answer)

    ana.edits(said, "surveillance")

    [anew] = await ana.replies()
    assert "\nSearched: surveillance" in anew.text


async def test_after_a_restart_an_edited_question_is_answered_anew(telegram: FakeTelegram, desk: Service) -> None:
    ana = telegram.private("Ana")
    async with running(telegram, desk):
        said = ana.says("privacy")
        [answer] = await ana.replies()

    async with running(telegram, desk):
        ana.edits(said, "surveillance")

        [anew] = await ana.replies()
    assert "\nSearched: surveillance" in anew.text
    assert ana.changed(answer) == answer


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("what a day", "/ask privacy"),
        ("what a day", "@RecordBot privacy"),
        ("/ask@OtherBot privacy", "/ask@RecordBot privacy"),
        ("/ask privacy", "/ask@OtherBot surveillance"),
        ("/ask privacy", "I take that back"),
    ],
)
async def test_an_edit_makes_no_question_of_what_was_none_and_unasks_none(
    telegram: FakeTelegram, before: str, after: str
) -> None:
    group = telegram.group()
    said = group.says(before, date=now())
    answers = await group.replies()

    group.edits(said, after)

    assert await group.replies() == []
    assert [group.changed(answer) for answer in answers] == answers


@pytest.mark.usefixtures("bot")
async def test_an_edited_follow_up_is_still_one(telegram: FakeTelegram) -> None:
    group = telegram.group()
    group.says("/ask privacy")
    [first] = await group.replies()
    said = group.says("why?", to=first)
    [followed] = await group.replies()

    group.edits(said, "and the police?")

    assert await group.replies() == []
    assert followed.text == say("notes.nothing_new")
    assert "privacy" in group.changed(followed).text.partition("\nSearched: ")[2]

    group.edits(said, "and why, then?")

    assert await group.replies() == []
    assert group.changed(followed).text == say("notes.nothing_new")


@pytest.mark.usefixtures("bot")
async def test_an_edited_photograph_is_no_question(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    message = ana.message("x")
    del message["text"]

    ana.push(edited_message=message | {"caption": "privacy", "edit_date": 1})

    assert await ana.replies() == []


async def test_an_edit_of_a_question_that_is_no_longer_remembered_changes_nothing(
    telegram: FakeTelegram, desk: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_state, "MAX_VALUES", 2)
    async with running(telegram, desk):
        ana = telegram.private("Ana")
        questions, answers = [], []
        for text in ("privacy", "police", "cameras"):
            questions.append(ana.says(text, date=now() + 1))
            answers += await ana.replies()

        ana.edits(questions[1], "surveillance")
        ana.edits(questions[0], "surveillance")
        replies = await ana.replies()

    edits = telegram.answered("editMessageText")
    assert len(answers) == 3
    assert replies == []
    assert [call.given["message_id"] for call in edits] == [answers[1].message["message_id"]]


async def test_an_edit_that_another_process_is_sent_edits_the_answer(telegram: FakeTelegram, desk: Service) -> None:
    storage = open_storage()
    ana = telegram.private("Ana")
    async with running(telegram, One(desk, storage)):
        said = ana.says("privacy", date=now())
        [answer] = await ana.replies()
    async with running(telegram, One(desk, storage)):
        ana.edits(said, "surveillance")
        assert await ana.replies() == []

    assert "\nSearched: surveillance" in ana.changed(answer).text


class Growing(Desk):
    """A desk that says more of what is asked again."""

    async def ask(self, question: str, *_: object) -> Reply:
        many = 9 if "more of it" in question else 1
        return Reply(tuple((Piece(f"{n} {'x' * 900}"),) for n in range(many)))


async def test_an_answer_that_grew_goes_on_in_further_messages(telegram: FakeTelegram) -> None:
    async with running(telegram, Growing()):  # type: ignore[arg-type]
        ana = telegram.private("Ana")
        said = ana.says("it")
        [answer] = await ana.replies()

        ana.edits(said, "more of it")

        further = await ana.replies()
    shown = [ana.changed(answer), *further]
    assert len(further) >= 1
    assert "".join(part.text for part in shown).count("x") == 9 * 900


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_cannot_be_edited_for_another_reason_is_left(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    ana = telegram.private("Ana")
    said = ana.says("privacy")
    [answer] = await ana.replies()
    telegram.faults.next("editMessageText", refused(400, "Bad Request: TOPIC_CLOSED"))

    ana.edits(said, "surveillance")

    assert await ana.replies() == []
    assert ana.changed(answer) == answer
    assert "reply not sent error=BadRequest" in caplog.text
