"""Chats as a test speaks in them: what is said, what is pressed, what comes back.

`replies()` waits until the bot has confirmed what was said last, so it returns
an empty list as soon as it is certain that nothing came. That holds for a bot
that confirms an update after handling it; for one that confirms first, use
`reply()`, which waits for a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.telegram.fake.markup import Parsed, parse
from tests.telegram.fake.methods import now
from tests.telegram.fake.units import length

if TYPE_CHECKING:
    from tests.telegram.fake.server import FakeTelegram

Person = dict[str, Any]

_COMMAND = re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?")
_MENTION = re.compile(r"(?<![\w`])@[A-Za-z0-9_]{3,32}\b")


@dataclass(frozen=True, slots=True)
class Said:
    """A message somebody sent, and the id of the update that carries it."""

    message: dict[str, Any]
    update_id: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot's, as its readers see it; `html` is what the bot wrote."""

    message: dict[str, Any]
    html: str

    @property
    def id(self) -> int:
        """The message's number in its chat."""
        return int(self.message["message_id"])

    @property
    def parsed(self) -> Parsed:
        """The text and the entities shown."""
        return Parsed(self.text, tuple(self.message.get("entities", ())))

    @property
    def text(self) -> str:
        """The text shown."""
        return str(self.message["text"])

    @property
    def quotes(self) -> list[str]:
        """The text of each blockquote."""
        return self.parsed.covered("blockquote", "expandable_blockquote")

    @property
    def links(self) -> list[str]:
        """The address behind each linked text."""
        return [e["url"] for e in self.parsed.entities if e["type"] == "text_link"]

    @property
    def buttons(self) -> dict[str, str]:
        """Each button's label, and what pressing it sends."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button.get("callback_data", "") for row in rows for button in row}

    def find_label(self, wanted: str) -> str:
        """Return the button `wanted`: its label, or what it opens and its number, as in "Context 2".

        A number is that on the label, if one has it, else the button's place among those that open the same.
        """
        if wanted in self.buttons:
            return wanted
        word, _, number = wanted.casefold().rpartition(" ")
        alike = [label for label in self.buttons if word in label.casefold().partition(":")[2]]
        numbered = [label for label in alike if label.casefold().endswith(f" {word} {number}")]
        return (numbered or alike[int(number) - 1 :] or [wanted])[0]

    @property
    def drawn(self) -> list[list[str]]:
        """The labels of the buttons, row by row."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    @property
    def copies(self) -> dict[str, str]:
        """Each button's label that copies, and the text it copies."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return {b["text"]: b["copy_text"]["text"] for row in rows for b in row if "copy_text" in b}

    @property
    def replies_to(self) -> int | None:
        """The number of the message that this one is a reply to."""
        replied = self.message.get("reply_to_message")
        return replied["message_id"] if replied else None

    @property
    def topic(self) -> int | None:
        """The forum topic it stands in."""
        return self.message.get("message_thread_id")


class Chat:
    """A private chat, a group, or one topic of a forum."""

    def __init__(self, server: FakeTelegram, chat: dict[str, Any], person: Person, topic: int | None = None) -> None:
        self._server = server
        self._chat = chat
        self._person = person
        self._topic = topic
        self._read = server.world.last
        self._update_id = 0

    @property
    def id(self) -> int:
        """The chat's id."""
        return int(self._chat["id"])

    def topic(self, number: int) -> Chat:
        """Return the topic of this number, opened now."""
        self._server.world.topics.add((self.id, number))
        return Chat(self._server, self._chat, self._person, number)

    def message(
        self, text: str, *, by: str | None = None, to: Said | Sent | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Return a message kept in this chat; `to` is what it replies to, `fields` overrule."""
        message: dict[str, Any] = {"chat": self._chat, "from": self._by(by), "text": text}
        if entities := list(noticed(text)):
            message["entities"] = entities
        if self._topic is not None:
            message |= {"message_thread_id": self._topic, "is_topic_message": True}
        if to is not None:
            shown = to.message.items()
            message["reply_to_message"] = {k: v for k, v in shown if k != "reply_to_message"}
        return self._server.world.keep(message | fields)

    def says(self, text: str, *, by: str | None = None, to: Said | Sent | None = None, **fields: Any) -> Said:
        """Send a message to the chat; see `message`."""
        message = self.message(text, by=by, to=to, **fields)
        return Said(message, self.push(message=message))

    def sends(self, name: str, content: bytes, *, by: str | None = None, **fields: Any) -> Said:
        """Send a document to the chat; `fields` are of the message, and overrule."""
        number = f"file{len(self._server.world.files)}"
        self._server.world.files[number] = content
        document = {"file_id": number, "file_unique_id": number, "file_name": name, "file_size": len(content)}
        message = self.message("", by=by, document=document)
        del message["text"]
        message |= fields
        return Said(message, self.push(message=message))

    def edits(self, said: Said, text: str) -> Said:
        """Change what was said."""
        entities = list(noticed(text))
        message = said.message | {"text": text, "entities": entities, "edit_date": now()}
        self._server.world.messages[self.id, message["message_id"]] = message
        return Said(message, self.push(edited_message=message))

    def deletes(self, said: Said | Sent) -> None:
        """Take a message out of the chat."""
        del self._server.world.messages[self.id, said.message["message_id"]]

    def press(self, sent: Sent, label: str, *, by: str | None = None, **fields: Any) -> str:
        """Press a button under a message, and return what it sent; `fields` overrule."""
        data = sent.buttons[sent.find_label(label)]
        query = {
            "id": f"press-{self._server.world.last}-{len(self._server.calls)}",
            "from": self._by(by),
            "chat_instance": "1",
            "message": sent.message,
            "data": data,
        } | fields
        self._server.world.presses.add(query["id"])
        self.push(callback_query=query)
        return data

    def searches(self, text: str, *, by: str | None = None, offset: str = "") -> str:
        """Type an inline search, and return the query's id."""
        query = f"search-{len(self._server.calls)}-{text[:8]}-{offset}"
        self._server.world.searches.add(query)
        self.push(inline_query={"id": query, "from": self._by(by), "query": text, "offset": offset})
        return query

    def mentions(self, text: str, *, by: str | None = None, **fields: Any) -> str:
        """Mention the bot in a chat that it is not in, and return the query's id."""
        message = self.message(text, by=by, **fields)
        query = f"guest-{message['message_id']}"
        self._server.world.searches.add(query)
        self.push(guest_message=message | {"guest_query_id": query})
        return query

    async def results(self, query: str) -> list[Sent]:
        """Return what the bot answered to a search or a mention elsewhere, once it is done."""
        await self._server.until(lambda: query in self._server.world.results)
        given = self._server.world.results[query]
        return [_sent(r) for r in given.get("results", [given.get("result")])]

    def changed(self, sent: Sent) -> Sent:
        """Return a message of the bot's as it stands now."""
        place = self.id, sent.id
        return Sent(self._server.world.messages[place], self._server.world.markup[place])

    def push(self, **update: Any) -> int:
        """Queue an update of any kind for the bot; `replies` will wait for it."""
        self._update_id = self._server.inbox.put(**update)
        return self._update_id

    async def replies(self) -> list[Sent]:
        """Return what the bot sent here since it was asked last, once it is done."""
        await self._server.until(lambda: self._server.inbox.confirmed(self._update_id))
        return self._unread()

    async def reply(self) -> Sent:
        """Return the next message of the bot's here, waiting for it."""
        await self._server.until(lambda: bool(self._new()))
        first = self._new()[0]
        self._read = first.id
        return first

    def _unread(self) -> list[Sent]:
        found = self._new()
        self._read = self._server.world.last
        return found

    def _new(self) -> list[Sent]:
        world = self._server.world
        return [
            Sent(message, world.markup[chat_id, number])
            for (chat_id, number), message in world.messages.items()
            if chat_id == self.id and number > self._read
            if message["from"]["id"] == world.bot["id"] and (chat_id, number) in world.markup
            if message.get("message_thread_id") == self._topic
        ]

    def _by(self, name: str | None) -> Person:
        return self._person if name is None else self._server.person(name)


def _sent(result: dict[str, Any]) -> Sent:
    """Return the message that tapping a result sends."""
    html = result["input_message_content"]["message_text"]
    parsed = parse(html)
    message = result | {"text": parsed.text, "entities": list(parsed.entities)}
    return Sent(message, html)


def noticed(text: str) -> Iterator[dict[str, Any]]:
    """Yield the entities that Telegram finds in what a person types: commands and mentions.

    >>> [(e["type"], e["offset"], e["length"]) for e in noticed("/ask@RecordBot 😀 @RecordBot")]
    [('bot_command', 0, 14), ('mention', 18, 10)]
    """
    found = [("bot_command", match) for match in _COMMAND.finditer(text)]
    found += [("mention", match) for match in _MENTION.finditer(text)]
    taken = -1
    for kind, match in sorted(found, key=lambda pair: pair[1].start()):
        if match.start() < taken:
            continue
        taken = match.end()
        offset = length(text[: match.start()])
        yield {"type": kind, "offset": offset, "length": length(match.group())}
