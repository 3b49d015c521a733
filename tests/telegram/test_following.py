"""A chat follows a voice or a topic: who may, what is sent and when, what is kept, and how it ends."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from telegram.ext import ApplicationBuilder, CallbackContext, ExtBot

from bot import bootstrap
from bot.replies.catalogue import say
from bot.replies.reply import Command
from bot.service import Service
from bot.service.router import Router
from bot.storage import StateInMemory, Wish, WishKind, open_storage
from bot.storage import filesystem as seam
from bot.surfaces.telegram.chats import CorpusChooser, Following
from bot.surfaces.telegram.health import Health
from bot.surfaces.telegram.lifecycle import build_application
from bot.surfaces.telegram.privacy import MissedWords, Pseudonyms
from bot.surfaces.telegram.settings import FollowOptions, TelegramOptions
from tests import corpus_folders
from tests.corpus_folders import Failing, article
from tests.telegram.fake.faults import refused
from tests.telegram.running import running, secrets

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, FakeTelegram

ANA = 1000  # the first person that the fake numbers
MORNING = datetime(2031, 5, 2, 9, 0, tzinfo=UTC)
NEW_ANN = "Ann Bell, clerk at Testbury Council, said: “The bridge will be mended, and the ferry bought, by June.”\n"
NEW_BOB = "Bob Low, a ferryman, said: “The bridge will never be mended, whatever the council says.”\n"
LEAVING = {"old": "member", "new": "left"}
TOPICS = '\n[[topics]]\nname = "the bridge"\nwords = ["bridge"]\n'


class Clock:
    """The time, as a test sets it."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def get_day(self) -> date:
        return self.now.date()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = corpus_folders.corpus(tmp_path)
    manifest = found / "corpus.toml"
    manifest.write_text(manifest.read_text("utf-8") + TOPICS, "utf-8")
    return found


async def start(folder: Path) -> Router:
    """Return what a start of the process serves."""
    config = corpus_folders.settings(folder.parent, state_folder=str(folder.parent / "state"))
    return await bootstrap.build_router(config)


@pytest.fixture
async def router(folder: Path) -> Router:
    return await start(folder)


@pytest.fixture
async def sender(telegram: FakeTelegram) -> AsyncIterator[ExtBot[None]]:
    assert telegram.private("Ana").id == ANA
    async with ExtBot[None](telegram.token, f"{telegram.url}/bot") as bot:
        yield bot


def build(router: Router, clock: Clock, **options: Any) -> Following:
    return Following(
        router,
        CorpusChooser(router, 300.0),
        FollowOptions(**options),
        Pseudonyms(),
        MissedWords(StateInMemory(), b"secret", get_day=clock.get_day),
        frozenset({ANA}),
        clock,
    )


def add(folder: Path, *paragraphs: str, name: str = "n") -> None:
    (folder / f"{name}.txt").write_text(article(*paragraphs, title=f"News {name}"), "utf-8")


async def reload(service: Service) -> None:
    await service.admin.run(Command("reload"))
    await service.admin.run(Command("reload", "now"))


async def follow(chat: Chat, text: str) -> str:
    chat.says(text)
    [reply] = await chat.replies()
    return reply.text


def leave(telegram: FakeTelegram, group: Chat) -> dict[str, Any]:
    """Return that the bot left the group."""
    members = {f"{when}_chat_member": {"user": telegram.bot, "status": status} for when, status in LEAVING.items()}
    chat = {"id": group.id, "type": "supergroup", "title": "Other"}
    return {"chat": chat, "from": telegram.person("Caro"), "date": 1, **members}


def list_sent(telegram: FakeTelegram) -> list[str]:
    return [call.given["text"] for call in telegram.answered("sendMessage") if call.status == 200]


async def wish(router: Router, name: str, chat_id: int = ANA, when: datetime = MORNING) -> None:
    made = await router.build_wish_desk().follow(chat_id, router.for_chat(), name, when)
    assert corpus_folders.text(made).startswith("This chat now follows ")


async def test_stop_as_a_command_ends_what_a_private_chat_follows_and_is_not_for_us_in_a_group(
    telegram: FakeTelegram, router: Router
) -> None:
    ana, group = telegram.private("Ana"), telegram.group()
    async with running(telegram, router):
        await follow(ana, "/follow the bridge")

        stopped = await follow(ana, "/stop")
        group.says("/stop")

        assert await group.replies() == []
    assert stopped == say("wishes.ended", names="the bridge")
    assert router.build_wish_desk().list_wishes(ana.id) == []


async def test_new_quotes_come_once_a_day_with_both_sides_and_a_way_out(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path
) -> None:
    clock = Clock()
    following = build(router, clock)
    await wish(router, "the bridge", when=MORNING - timedelta(hours=1))
    await following.send_news(sender)
    assert list_sent(telegram) == []

    add(folder, NEW_ANN, NEW_BOB)
    await reload(router.for_chat())
    await following.send_news(sender)
    await following.send_news(sender)

    [message] = list_sent(telegram)
    assert message.startswith("<b>New on the bridge</b>")
    assert "<b>FOR</b>" in message
    assert "AGAINST" in message
    assert "unsafe" not in message
    add(folder, "Ann Bell, clerk, said: “The bridge was mended twice in one long week of May.”\n", name="o")
    await reload(router.for_chat())
    clock.now += timedelta(minutes=10)
    await following.send_news(sender)
    assert len(list_sent(telegram)) == 1
    clock.now += timedelta(days=1)
    await following.send_news(sender)
    [_, second] = list_sent(telegram)
    assert "twice in one long week" in second
    assert "by June" not in second


async def test_a_voice_is_followed_by_any_name_it_goes_by(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path
) -> None:
    await wish(router, "ann bell", when=MORNING - timedelta(hours=1))
    add(folder, NEW_ANN, NEW_BOB)
    await reload(router.for_chat())

    await build(router, Clock()).send_news(sender)

    [message] = list_sent(telegram)
    assert message.startswith("<b>New on Ann Bell</b>")
    assert "Bob Low" not in message


@pytest.mark.parametrize(("hour", "minute", "is_sent"), [(7, 59, False), (8, 0, True), (20, 59, True), (21, 0, False)])
async def test_nothing_is_sent_at_night(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path, hour: int, minute: int, *, is_sent: bool
) -> None:
    clock = Clock()
    await wish(router, "Bob Low", when=MORNING - timedelta(days=1))
    add(folder, NEW_BOB)
    await reload(router.for_chat())
    clock.now = MORNING.replace(hour=hour, minute=minute)

    await build(router, clock).send_news(sender)

    assert bool(list_sent(telegram)) is is_sent


async def test_a_restart_neither_sends_twice_nor_skips_a_day(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path
) -> None:
    clock = Clock()
    await wish(router, "Bob Low", when=MORNING - timedelta(days=1))
    add(folder, NEW_BOB)
    await build(await start(folder), clock).send_news(sender)
    assert len(list_sent(telegram)) == 1

    await build(await start(folder), clock).send_news(sender)
    clock.now += timedelta(days=1)
    await build(await start(folder), clock).send_news(sender)
    assert len(list_sent(telegram)) == 1

    # A kill after the day was kept and before the news was: nothing more that day, and all of it the next.
    add(folder, NEW_ANN, "Bob Low, a ferryman, said: “I ferry whoever asks, at any hour of the night.”\n", name="o")
    restarted = await start(folder)
    desk = restarted.build_wish_desk()
    [due] = await desk.collect(clock.now)
    assert await desk.claim_day(due.chat_id, clock.now)
    await build(await start(folder), clock).send_news(sender)
    assert len(list_sent(telegram)) == 1
    clock.now += timedelta(days=1)
    await build(await start(folder), clock).send_news(sender)
    assert "at any hour of the night" in list_sent(telegram)[1]


async def test_of_two_processes_one_sends(router: Router, folder: Path) -> None:
    await wish(router, "Bob Low", when=MORNING - timedelta(days=1))
    add(folder, NEW_BOB)
    await reload(router.for_chat())
    desk = router.build_wish_desk()
    [due] = await desk.collect(MORNING)

    assert [await desk.claim_day(due.chat_id, MORNING), await desk.claim_day(due.chat_id, MORNING)] == [True, False]


async def test_what_could_not_be_sent_is_tried_again_and_a_chat_that_blocks_is_forgotten(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path
) -> None:
    await wish(router, "Bob Low", when=MORNING - timedelta(days=1))
    add(folder, NEW_BOB)
    await reload(router.for_chat())
    following = build(router, Clock())
    telegram.faults.next("sendMessage", refused(400, "Bad Request: not enough rights"))
    await following.send_news(sender)
    assert router.build_wish_desk().list_wishes(ANA)[0].sent == ""

    telegram.faults.next("sendMessage", refused(403, "Forbidden: bot was blocked by the user"))
    await following.send_news(sender)

    assert router.build_wish_desk().list_wishes(ANA) == []


async def test_after_a_year_without_a_press_a_wish_ends(router: Router) -> None:
    desk = router.build_wish_desk()
    await wish(router, "Bob Low")
    await desk.collect(MORNING + timedelta(days=365))
    assert len(desk.list_wishes(ANA)) == 1

    await desk.note_press(ANA, MORNING + timedelta(days=1))
    await desk.collect(MORNING + timedelta(days=366))
    assert len(desk.list_wishes(ANA)) == 1
    await desk.collect(MORNING + timedelta(days=367))
    assert desk.list_wishes(ANA) == []


async def test_a_disk_that_refuses_sends_nothing_and_says_so(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wish(router, "Bob Low", when=MORNING - timedelta(days=1))
    add(folder, NEW_BOB)
    await reload(router.for_chat())
    desk = router.build_wish_desk()
    for n in range(1, 40):
        disk = Failing(n)
        monkeypatch.setattr(seam, "disk", disk)
        told = corpus_folders.text(await desk.follow(78, router.for_chat(), "Ann Bell", MORNING))
        ended = corpus_folders.text(await desk.follow(ANA, router.for_chat(), "stop", MORNING))
        monkeypatch.undo()
        if disk.calls < n:
            break
        assert (say("wishes.not_kept") in told) + (say("wishes.not_ended") in ended) <= 1
        await router.forget_chat(78)
        if not desk.list_wishes(ANA):
            await wish(router, "Bob Low", when=MORNING - timedelta(days=1))
    await wish(router, "Bob Low", 79, MORNING - timedelta(days=1))
    monkeypatch.setattr(seam, "disk", Failing(1))
    await build(router, Clock()).send_news(sender)
    assert list_sent(telegram) == []


async def test_a_chat_has_ten_wishes_each_once_in_a_file_of_the_owners(router: Router, folder: Path) -> None:
    desk, service = router.build_wish_desk(most=2), router.for_chat()
    await wish(router, "Bob Low")
    again = await desk.follow(ANA, service, "bob low", MORNING)
    await wish(router, "the bridge")
    refused_one = await desk.follow(ANA, service, "Ann Bell", MORNING)

    assert len(desk.list_wishes(ANA)) == 2
    assert corpus_folders.text(again).startswith(say("wishes.list"))
    assert corpus_folders.text(refused_one).startswith(say("wishes.too_many", most=2))
    file = folder.parent / "state" / "wishes.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_storage(file.parent).list_wishes() == tuple(desk.list_wishes(ANA))


async def test_a_wish_of_a_corpus_that_is_served_no_more_waits(router: Router) -> None:
    desk = router.build_wish_desk()
    gone = Wish(ANA, "tram", WishKind.VOICE, "Ann Bell", "2031-05-01T00:00:00", "2031-05-01")
    await desk._storage.set_wishes(ANA, [gone])  # noqa: SLF001 - another process's

    assert await desk.collect(MORNING) == []
    assert desk.list_wishes(ANA) == [gone]


async def test_a_group_that_became_another_takes_its_wishes_along(router: Router) -> None:
    desk = router.build_wish_desk()
    await wish(router, "Bob Low")
    before = desk.list_wishes(ANA)

    await router.move_chat(ANA, -78)

    assert desk.list_wishes(ANA) == []
    assert desk.list_wishes(-78) == [replace(each, chat=-78) for each in before]


async def test_it_is_asked_for_listed_and_ended_in_a_chat(telegram: FakeTelegram, router: Router) -> None:
    async with running(telegram, router):
        ana = telegram.private("Ana")
        assert await follow(ana, "/follow") == say("wishes.usage")
        assert (await follow(ana, "/follow Zebedee")).startswith("Nobody and no topic here is called Zebedee.")
        made = await follow(ana, "/follow bob low")
        assert made.startswith("This chat now follows Bob Low.")
        assert say("wishes.kept") in made
        assert say("wishes.rule") in made
        ana.says("/follow")
        [listed] = await ana.replies()
        ana.press(listed, say("wishes.label_stop", name="Bob Low"))
        [ended] = await ana.replies()
        assert ended.text == "Stopped: Bob Low"
        await follow(ana, "/follow the bridge")
        assert await follow(ana, "/forget") == say("wishes.forgotten")
        assert router.build_wish_desk().list_wishes(ana.id) == []
        await follow(ana, "/follow the bridge")
        assert "the bridge" in await follow(ana, "/follow stop the bridge")


async def test_in_a_group_its_admins_decide_and_leaving_it_forgets(telegram: FakeTelegram, router: Router) -> None:
    async with running(telegram, router):
        group = telegram.group()
        group.says("/follow@RecordBot Bob Low", by="Ben")
        [refusal] = await group.replies()
        assert refusal.text == say("wishes.admins_only")
        caro = telegram.group("Other")
        telegram.world.admins[caro.id] = [telegram.person("Caro")]
        caro.says("/follow@RecordBot Bob Low", by="Caro")
        [made] = await caro.replies()
        assert made.text.startswith("This chat now follows")
        caro.push(my_chat_member=leave(telegram, caro))
        await caro.replies()
        assert router.build_wish_desk().list_wishes(caro.id) == []


async def test_it_can_be_turned_off(telegram: FakeTelegram, router: Router) -> None:
    async with running(telegram, router, follow=FollowOptions(enabled=False)):
        assert await follow(telegram.private("Ana"), "/follow Bob Low") == say("wishes.off")


def test_the_job_queue_looks_for_news(telegram: FakeTelegram, router: Router) -> None:
    app = build_application(router, secrets(telegram), TelegramOptions(), Health("polling"))

    assert app.job_queue is not None
    assert [job.callback.__name__ for job in app.job_queue.jobs()] == ["run_job"]


async def test_admins_hear_once_a_week_what_was_asked_in_vain_and_a_restart_loses_no_day(
    telegram: FakeTelegram, sender: ExtBot[None], router: Router, folder: Path
) -> None:
    clock = Clock()
    following = build(router, clock)
    await following.send_digest(sender)
    for asker in (1, 2, 3):
        await following.missed_words.record(asker, ["whales"])
        await following.missed_words.record(1, ["my own street"])
    clock.now += timedelta(days=1)
    await following.send_digest(sender)
    assert list_sent(telegram) == []

    restarted = build(await start(folder), clock)
    clock.now += timedelta(days=6)
    clock.now = clock.now.replace(hour=7)
    await restarted.send_digest(sender)
    assert list_sent(telegram) == []
    clock.now = clock.now.replace(hour=8)
    await restarted.send_digest(sender)
    await restarted.send_digest(sender)
    await build(await start(folder), clock).send_digest(sender)

    [digest] = list_sent(telegram)
    assert digest == f"<b>{say('missed_words_digest')}</b>\n\n{say('missed_word', word='whales', askers=3)}"
    words = (folder.parent / "state" / "words.json").read_text("utf-8")
    assert "my own street" not in words


async def test_what_a_failing_disk_holds_up_is_sent_when_it_writes_again(
    telegram: FakeTelegram,
    sender: ExtBot[None],
    router: Router,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    following = build(router, clock)
    context = CallbackContext(ApplicationBuilder().updater(None).bot(sender).build())
    await following.run_job(context)
    for asker in (1, 2, 3):
        await following.missed_words.record(asker, ["whales"])
    await wish(router, "the bridge", when=clock.now)
    add(folder, NEW_ANN, NEW_BOB)
    await reload(router.for_chat())
    clock.now += timedelta(days=7)

    monkeypatch.setattr(seam, "disk", Failing(1))
    await following.send_news(sender)
    for n in range(1, 40):
        monkeypatch.setattr(seam, "disk", disk := Failing(n))
        await following.send_digest(sender)
        if disk.calls < n:
            break
    monkeypatch.undo()
    await following.run_job(context)

    digest, news = list_sent(telegram)
    assert digest.endswith(say("missed_word", word="whales", askers=3))
    assert "bridge" in news
    held_up = [message.partition(" ")[0] for message in caplog.messages if "not sent: " in message]
    assert held_up == ["news", *["digest"] * (len(held_up) - 1)]
    assert len(held_up) > 2


async def test_an_empty_week_sends_nothing(telegram: FakeTelegram, sender: ExtBot[None], router: Router) -> None:
    clock = Clock()
    following = build(router, clock)
    for _ in range(3):
        await following.send_digest(sender)
        clock.now += timedelta(days=7)

    assert list_sent(telegram) == []


async def test_a_digest_is_sent_where_it_is_set_alone(telegram: FakeTelegram, router: Router) -> None:
    health = Health("polling")
    apps = [
        build_application(router, secrets(telegram, ANA), TelegramOptions(unanswered_digest=is_set), health)
        for is_set in (True, False)
    ]
    jobs = [app.job_queue.jobs()[0] for app in apps if app.job_queue]

    assert [job.callback.__self__.digest_admin_ids for job in jobs] == [{ANA}, frozenset()]  # type: ignore[attr-defined]
