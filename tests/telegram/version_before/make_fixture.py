"""Makes this folder with the bot of commit 667f603, and is kept to tell how it was made.

It runs in a checkout of that commit, with this file put in its place, and
never since: `python -m tests.telegram.version_before.make_fixture`.

The bot is a process of its own. It answers private chats and groups; then an
admin withholds two quotes, and reloads a document that is changed twice.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import corpus_folders
from tests.telegram.fake import FakeTelegram
from tests.telegram.hosting import FREE, bot_run, ended

if TYPE_CHECKING:
    from tests.telegram.fake import Chat, Sent

HERE = Path(__file__).parent
COMMIT = "667f603"
HOUR = 3600

WIRELESS = """\
+++
title = "Harwick Wireless on the tram (invented example)"
publisher = "Harwick Wireless (invented)"
date = "2024-03-08"
+++
Councillor Miriam Tansley, cabinet member for transport at Harwick Borough Council, said: “The \
grant won’t wait for us. If Harwick says no, then the money goes to another town, and we keep the \
queue.”
"""
HEADER = """\
+++
title = "The Harwick Gazette on the tram (invented example)"
publisher = "The Harwick Gazette (invented)"
date = "2024-03-09"
+++
"""
DEPOT = """\
Colin Mardle, secretary of the Harwick Ratepayers’ League, said: “The depot will be built on the \
allotments, and nobody has asked the allotments.”

"""
LIBRARY = """\
Joanna Bewick, spokeswoman for the campaign group Tram Now, said: “A stop at the library would \
bring readers back to the library on wet days.”

"""
MARKET = """\
Derek Polfrey, chair of the High Street Traders’ Association, said: “The market would lose its \
Friday pitch, and a market without a Friday is a car park.”
"""
CORRECTION = "The Gazette has taken back what it printed of the depot.\n\n"
SORRY = "It is sorry.\n\n"

# Why an admin withholds the first quote of each of these answers.
REASONS = {"withheld": "quoted without its question", "withheld and changed": "disputed"}
REPLIED = "reply_to_message"
# How Telegram shows a bot to others; what else it tells is for the bot itself.
SHOWN_OF_BOT = ("id", "is_bot", "first_name", "username")


class Making:
    """The chats of one run, and what is kept of them."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self.telegram = telegram
        self.messages: dict[str, Any] = {}
        self.abroad: dict[str, Any] = {}
        self.between = ""

    async def asks(self, name: str, chat: Chat, text: str, by: str | None, **how: Any) -> Sent:
        """Let somebody ask, and keep the answer under `name`; `by` nobody is the group itself."""
        chat.says(text, by=by, **how)
        update = self.telegram.inbox.waiting[-1]
        sent = await chat.reply()
        await chat.replies()
        self.keep(name, sent, by, update)
        return sent

    async def presses(self, name: str, chat: Chat, sent: Sent, label: str, by: str) -> Sent:
        """Let somebody press, and keep what the message becomes under `name`."""
        chat.press(sent, label, by=by)
        update = self.telegram.inbox.waiting[-1]
        assert await chat.replies() == []
        self.keep(name, chat.changed(sent), by, update)
        return chat.changed(sent)

    async def opens(self, name: str, chat: Chat, query: str) -> None:
        """Keep what is answered to a query into a chat that the bot is not in."""
        update = self.telegram.inbox.waiting[-1]
        await chat.results(query)
        self.abroad[name] = {"update": update, "answer": self.telegram.world.results[query]}

    def keep(self, name: str, sent: Sent, by: str | None, update: dict[str, Any]) -> None:
        self.messages[name] = {"asker": by, "message": sent.message, "update": _briefly(update)}

    def written(self) -> str:
        """Return all of it as JSON, one thing a line."""
        telegram = self.telegram
        today = datetime.now(UTC)
        scalars = {
            "commit": COMMIT,
            "day": f"{today.day} {today:%B %Y}",
            "token": telegram.token,
            "username": telegram.bot["username"],
            "between": self.between,
        }
        lists: dict[str, dict[str, Any]] = {
            "people": telegram.people,
            "chats": {str(number): chat for number, chat in telegram.world.chats.items()},
            "reasons": REASONS,
            "messages": self.messages,
            "abroad": self.abroad,
        }
        told = [f'"{name}": {_json(one)}' for name, one in scalars.items()]
        told += [f'"{name}": {_lines(one)}' for name, one in lists.items()]
        made = "{" + ",\n".join(told) + "}\n"
        whole = {name: telegram.bot[name] for name in SHOWN_OF_BOT}
        return made.replace(_json(telegram.bot), _json(whole))


def ids(sent: Sent) -> list[str]:
    """Return the ids that a message links to, in order."""
    return [link.partition("?start=q_")[2] for link in sent.links if "?start=q_" in link]


def _briefly(update: dict[str, Any]) -> dict[str, Any]:
    """Return an update that only names the bot's message it is about, for that one is kept too."""
    told: dict[str, Any] = json.loads(_json(update))
    about = (told.get("callback_query", {}), "message"), (told.get("message", {}), REPLIED)
    for holder, name in about:
        if name in holder:
            holder[name] = {key: holder[name][key] for key in ("message_id", "date", "chat")}
    return told


def _json(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def _lines(things: dict[str, Any]) -> str:
    return "{\n" + ",\n".join(f"{_json(name)}: {_json(one)}" for name, one in things.items()) + "}"


async def talk(making: Making, gazette: Callable[[str], object]) -> None:
    """Say all that is kept."""
    telegram = making.telegram
    olga, ana = telegram.private("Olga"), telegram.private("Ana")
    telegram.person("Ben")
    telegram.person("Caro")
    group, other = telegram.group("Debate"), telegram.group("Bridge")

    await private(making, ana)
    await grouped(making, group)
    await chosen(making, other)
    await making.opens("inline", ana, ana.searches("goose"))
    elsewhere = telegram.group("Elsewhere")
    await making.opens("guest", elsewhere, elsewhere.mentions("@RecordBot goose", by="Caro"))
    await changed(making, olga, ana, gazette)
    await making.asks("too late", ana, "shops", "Ana", date=int(time.time()) - 9 * HOUR)


async def private(making: Making, ana: Chat) -> None:
    answer = await making.asks("an answer", ana, "grant", "Ana")
    first = await making.asks("one quote", ana, "goose", "Ana")
    await making.asks("a follow-up", ana, "why?", "Ana", to=first)
    await making.presses("context", ana, answer, "Context 1", "Ana")
    page = await making.asks("a voice", ana, "/by Sowerby", "Ana")
    await making.presses("a voice, page 2", ana, page, "More ▸", "Ana")
    await making.asks("nothing found", ana, "zebra", "Ana")


async def grouped(making: Making, group: Chat) -> None:
    sender = {"id": group.id, "type": "supergroup", "title": "Debate"}
    bot_of_groups = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    anonymous: dict[str, Any] = {"from": bot_of_groups, "sender_chat": sender}
    await making.asks("an answer in a group", group, "/ask grant", "Ben")
    await making.asks("a group's own answer", group, "@RecordBot goose", None, **anonymous)


async def chosen(making: Making, other: Chat) -> None:
    """Let a group and a person choose the other corpus."""
    telegram = making.telegram
    telegram.world.admins[other.id] = [telegram.person("Olga")]
    zoe = telegram.private("Zoe")
    await making.asks("corpora", zoe, "/corpus of trees", "Zoe")
    for chat, by in ((other, "Olga"), (zoe, "Zoe")):
        chat.says("/corpus bridge", by=by)
        await chat.replies()
    await making.asks("of the chosen corpus", other, f"/ask {corpus_folders.QUESTION}", "Ben")


async def changed(making: Making, olga: Chat, ana: Chat, gazette: Callable[[str], object]) -> None:
    """Withhold two quotes, change the document of one of them twice, and reload it each time."""
    await making.asks("retired", ana, "allotments", "Ana")
    library = await making.asks("moved", ana, "library", "Ana")
    market = await making.asks("withheld and changed", ana, "Friday pitch", "Ana")
    pool = await making.asks("withheld", ana, "swimming", "Ana")
    await making.asks("beside what is withheld", ana, "train", "Ana")
    for answer, reason in zip((pool, market), REASONS.values(), strict=True):
        [quote_id] = ids(answer)
        olga.says(f"/hold {quote_id} {reason}")
        assert quote_id in (await olga.reply()).text
    gazette(CORRECTION + LIBRARY + MARKET)
    report = await making.asks("reload", olga, "/reload", "Olga")
    olga.press(report, "Switch now")
    await making.telegram.until(lambda: "Switch now" not in olga.changed(report).buttons)
    ana.says(f"/start q_{ids(library)[0]}")
    [making.between] = ids(await ana.reply())
    gazette(CORRECTION + SORRY + LIBRARY + MARKET)
    olga.says("/reload")
    assert not (await olga.reply()).buttons


async def main() -> None:
    """Write the folder anew."""
    for name in ("state", "corpus"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tram = Path(shutil.copytree("corpus/tram", folder / "corpus/tram"))
        (tram / "2024-03-harwick-wireless.txt").write_text(WIRELESS, "utf-8")

        def gazette(body: str) -> None:
            (tram / "2024-03-harwick-gazette.txt").write_text(HEADER + body, "utf-8")

        gazette(DEPOT + LIBRARY + MARKET)
        corpus_folders.corpus(folder / "corpus")
        async with FakeTelegram() as telegram:
            making = Making(telegram)
            admin = telegram.person("Olga")
            given = {"BOT_CORPUS": "tram", "BOT_CORPORA": "tram,bridge"}
            given |= {"BOT_SURFACES__TELEGRAM": _json(FREE)}
            given |= {"BOT_CORPORA_FOLDER": str(folder / "corpus")}
            given |= {"BOT_STATE_FOLDER": str(folder / "state"), "BOT_ADMINS": str(admin["id"])}
            async with bot_run(telegram, **given) as process:
                await talk(making, gazette)
                process.send_signal(signal.SIGTERM)
                status, printed = await ended(process)
            assert status == 0, printed
            (HERE / "messages.json").write_text(making.written(), "utf-8")
        shutil.copytree(folder / "state", HERE / "state")
        shutil.copytree(folder / "corpus", HERE / "corpus")


if __name__ == "__main__":
    asyncio.run(main())
