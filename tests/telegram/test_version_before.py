"""What the version before kept and sent goes on working: its state, buttons, replies, links, holds.

That version made all in `version_before/`; the README there says how. The bot of
this tree is started on a copy of its state folder, as a process of its own, and is
met on the wire alone: old messages are pressed under, replied to and followed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.replies.catalogue import say
from tests.telegram.fake import Chat, FakeTelegram, Sent
from tests.telegram.hosting import FREE, bot_run, ended

HERE = Path(__file__).parent / "version_before"
BEFORE: dict[str, Any] = json.loads((HERE / "messages.json").read_text("utf-8"))
PRIVATE = ("an answer", "one quote", "a follow-up", "context", "a voice", "a voice, page 2")
GROUPS = ("an answer in a group", "a group's own answer", "of the chosen corpus")
# The answer to which a message's way back leads.
BACK = {"context": "an answer", "a voice, page 2": "a voice"}
GAZETTE = "The Harwick Gazette on the tram (invented example)"
# What was withheld, and who said it.
HELD = {"withheld": "Mardle", "withheld and changed": "Polfrey"}


@dataclass(frozen=True, slots=True)
class Old:
    """A message of the version before, where it stood; in `chat` speaks whoever asked for it."""

    name: str
    chat: Chat
    sent: Sent

    @property
    def lines(self) -> dict[str, str]:
        """What each button stands for, without what seals it, and its label."""
        pressed = {data: label for label, data in self.sent.buttons.items() if data}
        return {data[data.index("/") :]: label for data, label in pressed.items()}

    async def press(self, line: str) -> Sent:
        """Let the asker press, and return what the message becomes."""
        self.chat.press(self.sent, self.lines[line])
        assert await self.chat.replies() == []
        return self.chat.changed(self.sent)

    async def below(self, line: str) -> Sent:
        """Let the asker press, and return what is said below the message."""
        self.chat.press(self.sent, self.lines[line])
        return await only(self.chat)

    async def reply(self, text: str, by: str | None = None) -> Sent:
        """Let somebody reply to it, and return what the bot says."""
        self.chat.says(text, to=self.sent, by=by)
        return await only(self.chat)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """The same bot, and the same people in the same chats."""
    async with FakeTelegram(BEFORE["token"], BEFORE["username"]) as server:
        server.people |= BEFORE["people"]
        server.world.chats |= {int(number): chat for number, chat in BEFORE["chats"].items()}
        server.world.last = 1_000
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where there is a copy of what that version kept, and of what it served."""
    for name in ("state", "corpus"):
        shutil.copytree(HERE / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def given(folder: Path) -> dict[str, str]:
    """Return the settings it had."""
    return {
        "BOT_ADMINS": str(BEFORE["people"]["Olga"]["id"]),
        "BOT_CORPUS": "tram",
        "BOT_CORPORA": "tram,bridge",
        "BOT_CORPORA_FOLDER": str(folder / "corpus"),
        "BOT_STATE_FOLDER": str(folder / "state"),
        "BOT_SURFACES__TELEGRAM": json.dumps(FREE),
    }


@pytest.fixture
async def bot(telegram: FakeTelegram, given: dict[str, str]) -> AsyncIterator[None]:
    async with bot_run(telegram, **given) as process:
        yield
        assert process.returncode is None, (await ended(process))[1]


def kept(name: str) -> Sent:
    return Sent(BEFORE["messages"][name]["message"], "")


def asked_for(name: str) -> str:
    """Return what was typed for the message of this name."""
    return str(BEFORE["messages"][name]["update"]["message"]["text"])


def old(telegram: FakeTelegram, name: str) -> Old:
    """Return the message of this name, as it stands again under its number."""
    sent = kept(name)
    place = sent.message["chat"]["id"], sent.id
    telegram.world.messages[place], telegram.world.markup[place] = sent.message, sent.html
    # Where the group itself asked, anyone may press.
    person = telegram.person(BEFORE["messages"][name]["asker"] or "Caro")
    return Old(name, Chat(telegram, sent.message["chat"], person), sent)


async def only(chat: Chat) -> Sent:
    [sent] = await chat.replies()
    return sent


async def said(chat: Chat, text: str) -> Sent:
    chat.says(text)
    return await only(chat)


def ids(sent: Sent) -> list[str]:
    """Return the quotes that a message links to."""
    return [link.partition("?start=q_")[2] for link in sent.links if "?start=q_" in link]


def asked(sent: Sent) -> list[str]:
    """Return what a message tells that was asked: what its link types in."""
    [text] = [parse_qs(urlsplit(link).query)["text"][0] for link in sent.links if "?text=" in link]
    return text.split("\n")


def answered() -> dict[str, str]:
    """Return the words of each quote that the version before answered with, by its id."""
    answers = [kept(name) for name in BEFORE["messages"] if name != "context"]
    pairs = [zip(ids(sent), sent.quotes, strict=True) for sent in answers]
    return {quote_id: words for each in pairs for quote_id, words in each}


WORDS = answered()
QUOTES = {name: ids(kept(name))[0] for name in ("retired", "moved", *HELD)}


def in_context(now: Sent, which: str) -> None:
    [around] = now.parsed.covered("expandable_blockquote")
    assert WORDS[which] in around
    assert WORDS[which] in now.parsed.covered("bold")


def opposed(now: Sent, which: str) -> None:
    assert which in now.text.partition("\n")[0]
    assert now.quotes
    assert WORDS[which] not in now.text


def worded(now: Sent, which: str) -> None:
    own = [quote for quote in now.quotes if quote in WORDS[which]]
    assert 0 < len(own) < len(now.quotes)


def copied(now: Sent, which: str) -> None:
    [block] = now.parsed.covered("pre")
    assert block.startswith(WORDS[which])


ABOUT_ONE = {"/context": in_context, "/opposite": opposed, "/wordings": worded, "/copy": copied}


def does_its_work(was: Old, line: str, now: Sent) -> None:
    """Fail unless the message `was` has become `now` as the button for `line` promised."""
    command, _, which = line.partition(" ")
    before = kept(BACK.get(was.name, was.name))
    if command in ABOUT_ONE:
        ABOUT_ONE[command](now, which)
    elif command == "/alone":
        assert ids(now) != ids(was.sent)
    elif line in {"/back", "/more 1"}:
        assert (ids(now), now.quotes) == (ids(before), before.quotes)
    else:
        assert command == "/more"
        assert now.quotes
        assert not set(ids(now)) & set(ids(was.sent))
    assert asked(now) == asked(was.sent)[-1 if command == "/alone" else 0 :]


def test_each_kind_of_button_was_kept() -> None:
    lines = [line for name in PRIVATE for line in old(FakeTelegram(), name).lines]

    told = {line.partition(" ")[0] for line in lines}
    assert told == {*ABOUT_ONE, "/more", "/back", "/alone"}


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("names", [PRIVATE, GROUPS], ids=["private", "groups"])
async def test_every_button_under_an_old_answer_does_its_work_and_leads_back(
    telegram: FakeTelegram, names: tuple[str, ...]
) -> None:
    for name in names:
        for line in old(telegram, name).lines:
            was = old(telegram, name)

            now = await was.press(line)

            does_its_work(was, line, now)
            if line.startswith("/context"):
                again = await Old(name, was.chat, now).press("/back")
                assert (ids(again), again.quotes) == (ids(was.sent), was.sent.quotes)
    assert not any(telegram.world.toasts)


@pytest.mark.usefixtures("bot")
async def test_an_old_button_in_a_group_is_refused_to_whoever_did_not_ask(telegram: FakeTelegram) -> None:
    lines = old(telegram, "an answer in a group").lines
    for line, label in lines.items():
        was = old(telegram, "an answer in a group")
        was.chat.press(was.sent, label, by="Caro")

        assert await was.chat.replies() == []
        assert was.chat.changed(was.sent) == was.sent
        assert telegram.world.toasts.pop()
        does_its_work(was, line, await was.press(line))


@pytest.mark.usefixtures("bot")
async def test_a_topic_or_a_late_question_is_asked_again_by_its_old_button(telegram: FakeTelegram) -> None:
    topic = await old(telegram, "nothing found").below("/ask cost")
    late = await old(telegram, "too late").below(f"/ask {asked_for('too late')}")

    assert asked(topic) == ["cost"]
    assert asked(late) == ["shops"]
    assert topic.quotes
    assert late.quotes


@pytest.mark.usefixtures("bot")
async def test_a_reply_to_an_old_answer_follows_up_what_its_link_says_was_asked(telegram: FakeTelegram) -> None:
    first = old(telegram, "an answer")
    followed = await first.reply("why?")
    in_group = await old(telegram, "an answer in a group").reply("why?", by="Caro")
    inside = await old(telegram, "context").reply("why?")
    again = await old(telegram, "a follow-up").reply("how?")

    assert asked(followed) == asked(inside) == ["grant", "why?"]
    assert asked(in_group) == ["grant", "why?"]
    assert asked(again) == ["goose", "why?", "how?"]
    for new in (followed, in_group):
        assert ids(new)
        assert not set(ids(new)) & set(ids(first.sent))
    assert again.text.partition("\n")[0] == say("notes.nothing_new")
    assert not again.quotes


@pytest.mark.usefixtures("bot")
async def test_words_typed_in_reply_to_an_old_answer_do_what_its_buttons_do(telegram: FakeTelegram) -> None:
    was, page = old(telegram, "an answer in a group"), old(telegram, "a voice")
    first, second, _ = ids(was.sent)
    in_context(await was.reply("context 2", by="Caro"), second)
    worded(await was.reply("wordings", by="Caro"), first)
    opposed(await was.reply("opposite", by="Caro"), first)

    more = await page.reply("more")
    fifth = await old(telegram, "a voice, page 2").reply("context 5")

    assert ids(more) == ids(kept("a voice, page 2"))
    in_context(fifth, ids(more)[1])


@pytest.mark.usefixtures("bot")
async def test_every_link_to_a_quote_that_still_stands_shows_it(telegram: FakeTelegram) -> None:
    ana = telegram.private("Ana")
    standing = set(WORDS) - set(QUOTES.values())
    assert len(standing) == 10
    for quote_id in standing:
        opened = await said(ana, f"/start q_{quote_id}")

        assert ids(opened) == [quote_id]
        assert WORDS[quote_id] in opened.parsed.covered("bold")


@pytest.mark.usefixtures("bot")
async def test_the_buttons_of_what_was_sent_elsewhere_lead_to_its_quote_and_its_opposite(
    telegram: FakeTelegram,
) -> None:
    ana = telegram.private("Ana")
    inline, guest = (BEFORE["abroad"][name]["answer"] for name in ("inline", "guest"))
    for result in (*inline["results"], guest["result"]):
        rows = result["reply_markup"]["inline_keyboard"]
        links = [urlsplit(button["url"]).query for row in rows for button in row]
        quote, opposite = (parse_qs(link)["start"][0] for link in links)
        which = quote.removeprefix("q_")

        opened = await said(ana, f"/start {quote}")
        other = await said(ana, f"/start {opposite}")

        assert WORDS[which] in opened.parsed.covered("bold")
        opposed(other, which)


async def links_and_buttons(telegram: FakeTelegram, name: str) -> list[Sent]:
    """Return what is shown by the link to a quote, and by each button under its answer."""
    found = [await said(telegram.private("Ana"), f"/start q_{QUOTES[name]}")]
    return [*found, *[await old(telegram, name).press(line) for line in old(telegram, name).lines]]


@pytest.mark.usefixtures("bot")
async def test_a_retired_quote_is_told_of_in_its_words_and_with_its_document(telegram: FakeTelegram) -> None:
    for told in await links_and_buttons(telegram, "retired"):
        assert QUOTES["retired"] in told.text
        assert BEFORE["day"] in told.text
        assert GAZETTE in told.text
        assert told.quotes == [WORDS[QUOTES["retired"]]]


@pytest.mark.usefixtures("bot")
async def test_a_quote_that_moved_twice_is_led_from_place_to_place(telegram: FakeTelegram) -> None:
    words = WORDS[QUOTES["moved"]]
    for told in await links_and_buttons(telegram, "moved"):
        assert QUOTES["moved"] in told.text
        assert BEFORE["between"] in told.text
        assert told.text.count(BEFORE["day"]) == 2
        assert GAZETTE in told.text
        assert words in told.parsed.covered("bold")
        [now] = ids(told)
        assert now not in {QUOTES["moved"], BEFORE["between"]}

        opened = await said(telegram.private("Ana"), f"/start q_{now}")

        assert opened.text.partition("\n")[0].endswith(now)
        assert words in opened.parsed.covered("bold")


async def sightings(telegram: FakeTelegram, name: str) -> dict[str, bool]:
    """Return wherever a withheld quote might be shown, and whether it is."""
    ana, words = telegram.private("Ana"), WORDS[QUOTES[name]]
    beside = {"withheld": ids(kept("beside what is withheld"))[0], "withheld and changed": QUOTES["moved"]}
    question = asked_for(name)
    found = await ana.results(ana.searches(question))
    guest = await ana.results(ana.mentions(f"@RecordBot {question}"))
    shown = {
        "an answer": (await said(ana, question)).text,
        "its voice": (await said(ana, f"/by {HELD[name]}")).text,
        "the context of its neighbour": (await said(ana, f"/start q_{beside[name]}")).text,
        "an inline search": "".join(each.text for each in found),
        "a mention elsewhere": "".join(each.text for each in guest),
    }
    return {where: words in text for where, text in shown.items()}


@pytest.mark.usefixtures("bot")
async def test_what_was_withheld_is_shown_nowhere_and_its_link_says_why(telegram: FakeTelegram) -> None:
    for name in HELD:
        seen = await sightings(telegram, name)

        assert not any(seen.values()), seen
        for told in await links_and_buttons(telegram, name):
            assert QUOTES[name] in told.text
            assert BEFORE["day"] in told.text
            assert BEFORE["reasons"][name] in told.text
            assert WORDS[QUOTES[name]] not in told.text


async def test_what_was_withheld_is_released_by_its_id_and_stays_so_after_a_restart(
    telegram: FakeTelegram, given: dict[str, str]
) -> None:
    olga, (first, second) = telegram.private("Olga"), HELD
    async with bot_run(telegram, **given):
        told = [await said(olga, f"/release {QUOTES[first]}")]
        seen = await sightings(telegram, first)
    async with bot_run(telegram, **given):
        again = await sightings(telegram, first)
        still = await sightings(telegram, second)
        told += [await said(olga, f"/release {QUOTES[second]}")]
        seen_too = await sightings(telegram, second)
        opened = [await said(olga, f"/start q_{QUOTES[name]}") for name in HELD]

    assert not any(still.values()), still
    assert all([*seen.values(), *again.values(), *seen_too.values()]), (seen, again, seen_too)
    for name, released, shown in zip(HELD, told, opened, strict=True):
        assert QUOTES[name] in released.text
        assert WORDS[QUOTES[name]] in shown.parsed.covered("bold")


@pytest.mark.usefixtures("bot")
async def test_the_corpus_that_a_chat_chose_is_still_chosen_there_and_nowhere_else(telegram: FakeTelegram) -> None:
    group, zoe = old(telegram, "of the chosen corpus"), telegram.private("Zoe")
    question = asked_for(group.name)

    in_group, in_private = await said(group.chat, question), await said(zoe, question)
    elsewhere = await said(telegram.private("Ana"), question)

    assert ids(in_group) == ids(in_private) == ids(group.sent)
    assert ids(elsewhere) != ids(group.sent)


@pytest.mark.usefixtures("bot")
async def test_another_corpus_is_chosen_by_an_old_button(telegram: FakeTelegram) -> None:
    before = await said(telegram.private("Zoe"), "goose")

    await old(telegram, "corpora").below("/corpus tram")

    assert not before.quotes
    assert ids(await said(telegram.private("Zoe"), "goose")) == ids(kept("one quote"))


async def prepared(telegram: FakeTelegram, folder: Path) -> Old:
    """Prepare a reload that loses a document, and return the report of the version before."""
    olga = telegram.private("Olga")
    await said(olga, "/help")
    (folder / "corpus/tram/2024-03-harwick-wireless.txt").unlink()
    olga.says("/reload")
    assert len((await olga.reply()).buttons) == 2
    return old(telegram, "reload")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(("line", "stands"), [("/reload now", False), ("/reload cancel", True)])
async def test_an_old_report_s_buttons_still_switch_and_cancel(
    telegram: FakeTelegram, folder: Path, line: str, *, stands: bool
) -> None:
    report = await prepared(telegram, folder)
    [lost] = ids(kept("context"))

    report.chat.press(report.sent, report.lines[line])
    await telegram.until(lambda: report.chat.changed(report.sent) != report.sent)
    report.chat.says("/reload now")
    await report.chat.reply()

    assert not report.chat.changed(report.sent).buttons
    opened = await said(telegram.private("Ana"), f"/start q_{lost}")
    assert (WORDS[lost] in opened.text) == stands


@pytest.mark.usefixtures("bot")
async def test_an_admin_s_old_button_is_refused_to_anybody_else(telegram: FakeTelegram, folder: Path) -> None:
    report, own = await prepared(telegram, folder), old(telegram, "one quote")
    [lost] = ids(kept("context"))
    for data in report.sent.buttons.values():
        own.chat.press(own.sent, next(iter(own.lines.values())), data=data)

        assert await own.chat.replies() == []
    assert own.chat.changed(own.sent) == own.sent
    assert len(list(filter(None, telegram.world.toasts))) == 2
    assert WORDS[lost] in (await said(own.chat, f"/start q_{lost}")).text
