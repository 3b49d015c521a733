"""The server: one token, one bot, loopback, a free port.

It answers `POST /bot<token>/<method>`, and hands out files, and nothing else:
another token gets 401, an unknown method 404, an unknown parameter 400. Every
call is recorded.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.telegram.fake.conversation import Chat, Person
from tests.telegram.fake.faults import Faults
from tests.telegram.fake.inbox import Inbox
from tests.telegram.fake.methods import World
from tests.telegram.fake.parameters import decoded
from tests.telegram.fake.pushing import Pusher
from tests.telegram.fake.refusal import Refusal
from tests.telegram.fake.signals import Signal

TOKEN = "987654321:AAfakefakefakefakefakefakefakefakefake"
PATIENCE = 20.0


@dataclass(slots=True)
class Call:
    """One call as it came: the method, its parameters, and the status it got (0: none yet).

    `at` is when it came, by the monotonic clock.
    """

    method: str
    given: dict[str, Any]
    status: int = 0
    at: float = field(default_factory=time.monotonic)


class FakeTelegram:
    """The Bot API for one bot, and the people it talks to.

    >>> FakeTelegram().bot["username"]
    'RecordBot'
    """

    def __init__(self, token: str = TOKEN, username: str = "RecordBot") -> None:
        self.token = token
        self.bot: dict[str, Any] = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "On the Record",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.changed = Signal()
        self.inbox = Inbox(self.changed)
        self.pusher = Pusher(self.inbox, self.changed)
        self.world = World(self.bot, self.inbox, self.pusher)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.people: dict[str, Person] = {}
        self.url = ""

    async def __aenter__(self) -> Self:
        """Start to listen."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/documents/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self.pusher.close()
        await self._runner.cleanup()

    def person(self, name: str, **more: Any) -> Person:
        """Return the person of this name, the same one each time; `more` are fields of User."""
        if name not in self.people:
            number = 1_000 + len(self.people)
            user = {"id": number, "is_bot": False, "first_name": name, "language_code": "en"}
            self.people[name] = user | more
        return self.people[name]

    def private(self, name: str = "Ana", **more: Any) -> Chat:
        """Return the private chat with this person, opened by them."""
        person = self.person(name, **more)
        chat = {"id": person["id"], "type": "private", "first_name": name}
        return self._chat(chat, person)

    def group(self, title: str = "Debate", *, forum: bool = False) -> Chat:
        """Return a new supergroup that the bot is a member of."""
        number = -1_001_000_000_000 - len(self.world.chats)
        chat = {"id": number, "type": "supergroup", "title": title, "is_forum": forum}
        return self._chat(chat, self.person("Ben"))

    async def until(self, true: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until `true()`; fail with what was called when it takes too long."""
        if not await self.changed.until(true, seconds):
            last = [f"{call.method} {call.status}" for call in self.calls[-20:]]
            raise AssertionError(f"did not come about in {seconds} s; last calls: {last}")

    async def called(self, method: str, times: int = 1) -> list[Call]:
        """Return the calls of `method` once there have been this many answered."""
        await self.until(lambda: len(self.answered(method)) >= times)
        return self.answered(method)

    def answered(self, method: str) -> list[Call]:
        """Return the calls of `method` that were answered, in order."""
        return [call for call in self.calls if call.method == method and call.status]

    def forget(self) -> None:
        """Forget what was called and said, as a run of hours must."""
        self.calls.clear()
        self.pusher.tries.clear()
        self.world.messages.clear()
        self.world.markup.clear()

    def _chat(self, chat: dict[str, Any], person: Person) -> Chat:
        self.world.chats[chat["id"]] = chat
        return Chat(self, chat, person)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            refusal = Refusal(401, "Unauthorized")
            return web.json_response(refusal.body, status=refusal.status)
        method = request.match_info["method"]
        written = await _read_parameters(request)
        call = Call(method, dict(written))
        self.calls.append(call)
        self.changed.fire()
        fault = self.faults.met(method)
        try:
            if fault is None:
                return await self._work(call, written)
            return await fault.meet(request, lambda: self._work(call, written))
        finally:
            call.status = call.status or -1
            self.changed.fire()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        content = self.world.files.get(request.match_info["name"])
        if request.match_info["token"] != self.token or content is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/octet-stream")

    async def _work(self, call: Call, written: dict[str, str]) -> web.StreamResponse:
        try:
            call.given = decoded(call.method, written)
            result = await self.world.call(call.method, call.given)
        except Refusal as refusal:
            call.status = refusal.status
            return web.json_response(refusal.body, status=refusal.status)
        call.status = 200
        self.changed.fire()
        return web.json_response({"ok": True, "result": result})


async def _read_parameters(request: web.Request) -> dict[str, str]:
    """Return what a call gives, as a form or as JSON; of JSON whatever is no string is its text, as in a form."""
    if request.content_type != "application/json":
        return {name: str(value) for name, value in (await request.post()).items()}
    given = await request.json()
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
