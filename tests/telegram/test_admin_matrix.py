"""Every admin's command from everyone who must not give it, in every form: none passes.

Each form is one who and how; each is tried with every admin's command, through
the whole surface. Telegram is made to deliver also what the bot does not ask for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bot.replies.catalogue import say
from bot.replies.reply import Command, Piece, Reply
from bot.service import Service
from bot.service.admin import ADMIN_COMMANDS
from bot.surfaces.telegram import polling
from bot.surfaces.telegram.callbacks import ButtonOwner, make_sealer
from bot.surfaces.telegram.privacy import MIN_ASKERS
from tests.telegram.fake.conversation import noticed
from tests.telegram.fake.methods import now
from tests.telegram.fake.server import TOKEN
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

    Json = dict[str, Any]
    Form = Callable[[str], Json]

OLGA = 1000
ANA = 2000
DONE = "done as an admin asked"
COMMANDS = frozenset({*ADMIN_COMMANDS, "unanswered"})


def person(number: int = OLGA, **more: Any) -> Json:
    return {"id": number, "is_bot": False, "first_name": "Olga", "language_code": "en"} | more


def private(number: int = OLGA) -> Json:
    return {"id": number, "type": "private", "first_name": "Olga"}


def group(kind: str = "supergroup", number: int = -1001) -> Json:
    return {"id": number, "type": kind, "title": "Debate"}


BOT = person(55, is_bot=True, username="OtherBot")
THIS_BOT = person(int(TOKEN.partition(":")[0]), is_bot=True, username="RecordBot")
ANONYMOUS = person(1087968824, is_bot=True, username="GroupAnonymousBot")
CHANNEL_BOT = person(136817688, is_bot=True, username="Channel_Bot")
SERVICE = person(777000, first_name="Telegram")
CHANNEL = {"id": -1009, "type": "channel", "title": "Olga"}
ORIGINS = {
    "a person": {"type": "user", "date": 1, "sender_user": person()},
    "somebody hidden": {"type": "hidden_user", "date": 1, "sender_user_name": "Olga"},
    "a group": {"type": "chat", "date": 1, "sender_chat": group()},
    "a channel": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 5},
}


def message(line: str, **fields: Any) -> Json:
    """Return what Olga writes to the bot, but for these `fields`; None takes one away."""
    written = {"message_id": 5, "date": now(), "chat": private(), "from": person(), "text": line}
    changed = written | {"entities": list(noticed(line))} | fields
    return {name: value for name, value in changed.items() if value is not None}


def written(kind: str = "message", **fields: Any) -> Form:
    fields = {{"sender": "from"}.get(name, name): value for name, value in fields.items()}
    return lambda line: {kind: message(line, **fields)}


def at(command: str) -> Form:
    """Return a form in which another bot's name follows the command."""
    return lambda line: {"message": message(line.replace(" ", f"{command} ", 1))}


def inside(before: str) -> Form:
    return lambda line: {"message": message(before + line)}


def under(**fields: Any) -> Form:
    """Return a form in which the command stands in what the message goes with."""
    return lambda line: {"message": message("yes", **{name: message(line) for name in fields})}


def captioned(line: str) -> Json:
    photo = {"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}
    shown = {"caption": line, "caption_entities": list(noticed(line)), "photo": [photo]}
    return {"message": message(line, text=None, entities=None, **shown)}


def quoted(line: str) -> Json:
    quote = {"text": line, "position": 0, "entities": list(noticed(line))}
    return {"message": message("yes", quote=quote, reply_to_message=message(line))}


def elsewhere(line: str) -> Json:
    """Return a reply to what Olga wrote in another chat."""
    origin = ORIGINS["a person"]
    reply = {"origin": origin, "chat": group(), "message_id": 5}
    return {"message": message("yes", external_reply=reply, quote={"text": line, "position": 0})}


def poll(line: str) -> Json:
    option = {"text": line, "voter_count": 0, "persistent_id": "1"}
    asked = {"id": "1", "question": line, "options": [option], "total_voter_count": 0}
    asked |= dict.fromkeys(("is_closed", "is_anonymous", "allows_multiple_answers"), False)
    return {"message": message("yes", text=None, entities=None, poll=asked | {"type": "regular"})}


def press(sign: str | None = None, **fields: Any) -> Form:
    """Return a press by Olga in her chat, but for these `fields`; `sign` seals what it sends."""
    shown = message("shown", **{"from": THIS_BOT})
    query = {"id": "1", "from": person(), "chat_instance": "1", "message": shown} | fields
    query = {name: value for name, value in query.items() if value is not None}
    return lambda line: {"callback_query": query | {"data": (sign or "") + line}}


def sealed(owner: ButtonOwner, token: str = TOKEN, where: str = "", **fields: Any) -> Form:
    changed = {{"sender": "from"}.get(name, name): value for name, value in fields.items()}
    return lambda line: press(make_sealer(token, owner, where)(line)[:8], **changed)(line)


def flipped(place: int) -> Form:
    """Return a press whose seal is Olga's but for one letter."""

    def form(line: str) -> Json:
        real = make_sealer(TOKEN, ButtonOwner(OLGA, OLGA), "")(line)[:8]
        other = "A" if real[place] != "A" else "B"
        return press(real[:place] + other + real[place + 1 :])(line)

    return form


HERS = ButtonOwner(OLGA, OLGA)
IN_GROUP = message("shown", **{"from": THIS_BOT}, chat=group())
FORMS: dict[str, Form] = {
    # Somebody else, who may look like her.
    "another person": written(sender=person(ANA), chat=private(ANA)),
    "a namesake": written(sender=person(ANA, username="olga"), chat=private(ANA)),
    "her number as a name": written(sender=person(ANA, username="1000"), chat=private(ANA)),
    "her number as a first name": written(sender=person(1, first_name="1000"), chat=private(1)),
    "a number that begins with hers": written(sender=person(10001), chat=private(10001)),
    "a number that hers begins with": written(sender=person(100), chat=private(100)),
    "her number below zero": written(sender=person(-OLGA), chat=private(-OLGA)),
    "her number as text": written(sender=person() | {"id": "1000"}),
    "her number as a fraction": written(sender=person() | {"id": 1000.5}, chat=private(ANA)),
    "nobody": written(sender=None),
    "a bot": written(sender=BOT, chat=private(55)),
    "a bot of her number": written(sender=person(is_bot=True)),
    "this bot": written(sender=THIS_BOT, chat=private(THIS_BOT["id"])),
    "an anonymous admin alone": written(sender=ANONYMOUS, chat=private(ANONYMOUS["id"])),
    "a channel alone": written(sender=CHANNEL_BOT, chat=private(CHANNEL_BOT["id"])),
    "Telegram alone": written(sender=SERVICE, chat=private(SERVICE["id"])),
    # Not in her chat with the bot.
    "in somebody else's chat": written(chat=private(ANA)),
    "in a group": written(chat=group("group")),
    "in a supergroup": written(chat=group()),
    "in a group of her number": written(chat=group("group", OLGA)),
    "in a channel of her number": written(chat=group("channel", OLGA)),
    "in a topic": written(chat=group(), message_thread_id=7, is_topic_message=True),
    "an anonymous admin": written(sender=ANONYMOUS, chat=group(), sender_chat=group()),
    "a channel in a group": written(sender=CHANNEL_BOT, chat=group(), sender_chat=CHANNEL),
    "a linked channel": written(sender=SERVICE, chat=group(), sender_chat=CHANNEL, is_automatic_forward=True),
    "somebody else in a group": written(sender=person(ANA), chat=group()),
    # In her chat, but not her own new words.
    "as a channel": written(sender_chat=CHANNEL),
    "as a chat of her number": written(sender_chat=private()),
    **{f"forwarded from {who}": written(forward_origin=o) for who, o in ORIGINS.items()},
    "an automatic forward": written(is_automatic_forward=True),
    "by way of a bot": written(via_bot=BOT),
    "by way of this bot": written(via_bot=THIS_BOT),
    "by a business's bot": written(sender_business_bot=BOT),
    "with an edit's date": written(edit_date=2),
    "a caption": captioned,
    "a poll": poll,
    "a reply to it": under(reply_to_message=True),
    "a pinned one": under(pinned_message=True),
    "a part of it quoted": quoted,
    "a quote from elsewhere": elsewhere,
    "after a word": inside("please "),
    "after a line": inside("please\n"),
    "after a blank": inside(" "),
    "with no command marked": written(entities=[]),
    "marked as something else": written(entities=[{"type": "code", "offset": 0, "length": 7}]),
    "for another bot": at("@OtherBot"),
    "for a bot of nearly this name": at("@RecordBotty"),
    # Other kinds of update.
    "edited": written("edited_message", edit_date=2),
    "edited, without its date": written("edited_message"),
    "a channel's post": written("channel_post", chat=CHANNEL, sender_chat=CHANNEL),
    "a channel's post in her chat": written("channel_post"),
    "an edited post": written("edited_channel_post"),
    "to a business": written("business_message", business_connection_id="1"),
    "to a business, edited": written("edited_business_message", business_connection_id="1"),
    "as a guest": written("guest_message", guest_query_id="1"),
    "an inline search": lambda line: {"inline_query": {"id": "1", "from": person(), "query": line, "offset": ""}},
    "an inline result": lambda line: {"chosen_inline_result": {"result_id": "1", "from": person(), "query": line}},
    # Buttons.
    "a button without a seal": press(),
    "a button with an empty seal": press("A" * 8),
    "a button of another token": sealed(HERS, token="1:x"),
    "a button of another question": sealed(HERS, where="https://t.me/RecordBot?text=x"),
    "a button for Ana": sealed(ButtonOwner(OLGA, ANA)),
    "a button for anyone": sealed(ButtonOwner(OLGA, None)),
    "a button of another chat": sealed(ButtonOwner(ANA, OLGA)),
    "a button of Ana's own": sealed(ButtonOwner(ANA, ANA), sender=person(ANA), message=message("x", chat=private(ANA))),
    "her button pressed by Ana": sealed(HERS, sender=person(ANA)),
    "her button pressed by a bot": sealed(HERS, sender=BOT),
    "her button in a group": sealed(ButtonOwner(-1001, OLGA), message=IN_GROUP),
    "a group's button for anyone": sealed(ButtonOwner(-1001, None), message=IN_GROUP),
    "her button under nothing": sealed(HERS, message=None),
    "her button under an inline result": sealed(HERS, message=None, inline_message_id="1"),
    **{f"her button, letter {n} changed": flipped(n) for n in range(8)},
}


class Watched:
    """The bundled desk, but that it does nothing that an admin asks, and notes it in `did`."""

    def __init__(self, desk: Service) -> None:
        self._desk = desk
        self.did: list[str] = []
        self.admin = self
        self.uploads = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    async def run(self, command: Command) -> Reply:
        self.did.append(command.name)
        return Reply(((Piece(DONE),),))


@pytest.fixture
def everything(telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> FakeTelegram:
    """Return a Telegram that has each kind of update to give."""
    monkeypatch.setattr(polling, "ALLOWED_UPDATES", tuple(Update.ALL_TYPES))
    for chat in (private(), private(ANA), private(1), private(10001), private(100), group()):
        telegram.world.chats[chat["id"]] = chat
    telegram.world.presses.add("1")
    return telegram


async def tried(telegram: FakeTelegram, desk: Service, form: Form) -> tuple[list[str], list[str]]:
    """Return what every command in this `form` made the desk do, and what was said then."""
    watched = Watched(desk)
    async with running(telegram, watched, OLGA, wait=1):  # type: ignore[arg-type]
        for command in sorted(COMMANDS):
            last = telegram.inbox.put(**form(f"/{command} VL3FNN2Y"))
        await telegram.until(lambda: telegram.inbox.confirmed(last))
    assert telegram.inbox.withheld == []
    said = [call.given.get("text", "") for call in telegram.answered("sendMessage")]
    return watched.did, said


def test_there_are_more_than_two_hundred_ways() -> None:
    assert len(FORMS) * len(COMMANDS) >= 200


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
async def test_nobody_else_gives_an_admins_command(
    everything: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture, form: Form
) -> None:
    caplog.set_level("INFO")

    did, said = await tried(everything, desk, form)

    assert did == []
    assert "admin=" not in caplog.text
    assert not [text for text in said if DONE in text or NONE_MISSED in text]


NONE_MISSED = str(say("no_missed_words", askers=MIN_ASKERS))
OWN: dict[str, Form] = {"her own message": written(), "for this bot": at("@RecordBot")}


@pytest.mark.parametrize("form", OWN.values(), ids=OWN)
async def test_an_admin_gives_each_in_her_own_words(
    everything: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture, form: Form
) -> None:
    caplog.set_level("INFO")

    did, said = await tried(everything, desk, form)

    assert sorted(did) == sorted(COMMANDS - {"unanswered"})
    assert sum(DONE in text for text in said) == len(COMMANDS) - 1
    assert sum(NONE_MISSED in text for text in said) == 1
    assert caplog.text.count(f"admin={OLGA} command=/") == len(COMMANDS)


async def test_an_admin_presses_each_that_was_sealed_for_her(
    everything: FakeTelegram, desk: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    did, _ = await tried(everything, desk, sealed(HERS))

    assert sorted(did) == sorted(COMMANDS - {"unanswered"})
    assert caplog.text.count(f"admin={OLGA} press=") == len(COMMANDS) - 1
