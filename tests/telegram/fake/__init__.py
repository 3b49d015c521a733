"""A Bot API server for tests: Telegram's end of the wire, on loopback, over real HTTP.

Nothing here knows the bot under test. Start the server, point any Bot API
client at its root, and talk to the bot in sentences:

    async with FakeTelegram() as telegram:
        start_your_bot(token=telegram.token, server=telegram.url)
        ana = telegram.private("Ana")
        ana.says("What about privacy?")
        [answer] = await ana.replies()
        assert "privacy" in answer.text

It is stricter than Telegram where Telegram is silent: a parameter that a method
does not have is refused, so is a link that could not be followed, and so are
entities beyond the hundred that clients draw. Where Telegram refuses, the
status and the words are Telegram's in meaning.

    server        HTTP, one call at a time: token, method, parameters, faults, record
    parameters    the methods there are, and how each parameter is written
    methods       what a method does to chats and messages
    inbox         getUpdates: order, confirmation, long wait, 409
    pushing       the webhook: pushed until it answers 200
    limits        how much a bot may say, 429 for what is more
    markup        HTML to text and entities, as clients would show it
    rules         lengths, keyboards, links
    faults        what goes wrong, said beforehand
    conversation  private chats, groups, topics; what is said, pressed and replied
"""

from __future__ import annotations

from tests.telegram.fake.conversation import Chat, Said, Sent
from tests.telegram.fake.faults import Faults
from tests.telegram.fake.markup import Parsed, parse
from tests.telegram.fake.refusal import Refusal
from tests.telegram.fake.server import Call, FakeTelegram

__all__ = ["Call", "Chat", "FakeTelegram", "Faults", "Parsed", "Refusal", "Said", "Sent", "parse"]
