"""The real surface as a process of its own, without the limits; what can be killed and measured.

The parent says by JSON on the command line how it is to be:
`python -m tests.telegram.hosting '{"options": {...}, "slow": 0.5}'`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot import bootstrap
from bot.errors import BotError
from bot.replies.reply import Piece, Reply
from bot.service.router import Router
from bot.surfaces import load_settings
from bot.surfaces.telegram import lifecycle
from bot.surfaces.telegram.lifecycle import schedule_forced_exit, serve_until_signalled
from bot.surfaces.telegram.settings import TelegramOptions, TelegramSecrets, WebhookSettings
from tests.telegram.running import QUICK, Desk, One

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

FREE: dict[str, Any] = {name: QUICK[name].model_dump() for name in ("rates", "flood")}


class Slow(Desk):
    """A desk that takes its time, and says back what it was asked."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def ask(self, question: str, *_: Any) -> Reply:
        await asyncio.sleep(self._seconds)
        return Reply(((Piece(question),),))


class Stuck(Desk):
    """A desk that lets nothing else go on."""

    async def ask(self, *_: Any) -> Reply:
        time.sleep(600)  # noqa: ASYNC251 - that is the defect
        return Reply(())


@asynccontextmanager
async def hosted(
    telegram: FakeTelegram,
    pushed: WebhookSettings | None = None,
    slow: float | None = None,
    last: float | None = None,
    **options: Any,
) -> AsyncIterator[Process]:
    """Run the surface on `telegram`, of the bundled corpus or with a desk this slow.

    With `last` the desk is stuck, and the process ends so many seconds after a signal.
    """
    arguments = json.dumps({"options": FREE | options, "slow": slow, "last": last})
    async with start_process(telegram, "tests.telegram.hosting", arguments, **webhook(pushed)) as child:
        yield child


def bot_run(telegram: FakeTelegram, command: str = "run", **variables: str) -> AbstractAsyncContextManager[Process]:
    """Run `python -m bot` and a command, as an operator does."""
    return start_process(telegram, "bot", *command.split(), **variables)


@asynccontextmanager
async def start_process(
    telegram: FakeTelegram, module: str, *arguments: str, **variables: str
) -> AsyncIterator[Process]:
    """Run `python -m module` as a bot on `telegram`, with no other variable of a bot; it is killed at the end."""
    given = {"BOT_ENGINE__CACHE": "none", "BOT_TOKEN": telegram.token, "BOT_API_URL": telegram.url} | variables
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        env=clean | given,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()


def webhook(hook: WebhookSettings | None) -> dict[str, str]:
    """Return what the environment says of a webhook."""
    if hook is None:
        return {}
    secret = hook.secret.get_secret_value()
    return {"BOT_WEBHOOK_URL": hook.base_url, "BOT_WEBHOOK_SECRET": secret, "PORT": str(hook.port)}


async def ended(child: Process) -> tuple[int | None, str]:
    """Return the exit status, and all that was printed."""
    out, err = await child.communicate()
    return child.returncode, (out + err).decode()


def _count() -> None:
    print(json.dumps({"tasks": len(asyncio.all_tasks())}), flush=True)  # noqa: T201


async def _serve(desks: Router, options: TelegramOptions) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _count)
    await serve_until_signalled(desks, TelegramSecrets.load(), options, WebhookSettings.load(), schedule_forced_exit)


def main(given: dict[str, Any]) -> int:
    """Serve until a signal."""
    logging.basicConfig(level="WARNING")
    slow, last = given["slow"], given["last"]
    alone: Any = Stuck() if last else Slow(slow) if slow is not None else None
    desks: Any = One(alone) if alone else asyncio.run(bootstrap.build_router(load_settings()))
    lifecycle._FORCED_EXIT_SECONDS = last or lifecycle._FORCED_EXIT_SECONDS  # noqa: SLF001 - so that a test need not wait
    try:
        asyncio.run(_serve(desks, TelegramOptions.model_validate(given["options"])))
    except BotError as error:
        print(f"bot: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
