"""Makes this folder with the bot of commit 360e026, and is kept to tell how it was made.

It runs in a checkout of that commit, with this file put in its place, and never since:
`python -m tests.state_before.make_fixture`. What the bot of that day kept of an invented debate stands in `state`:
quotes shown, reported, withheld, released and gone, a name withheld, and what a chat chose and follows.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from bot import bootstrap
from bot.replies.reply import Command
from bot.service import commands
from bot.service.router import Router
from bot.settings import Settings
from bot.storage import FlagReason
from bot.storage.stores.folder import open_storage
from tests.corpus_folders import ANN, BOB, CY, MANIFEST, QUESTION, article

HERE = Path(__file__).parent
QUESTIONS = {"clerk": QUESTION, "ferryman": "Did the ferry close for repairs?", "baker": "Do customers drive round?"}
CHAT = -5
REPORTER = commands.NOBODY_TO_TELL._replace(chat=CHAT, person=7)


async def main() -> None:
    corpus, state = HERE / "corpus" / "bridge", HERE / "state"
    for folder in (HERE / "corpus", state):
        shutil.rmtree(folder, ignore_errors=True)
    corpus.mkdir(parents=True)
    files = {"corpus.toml": MANIFEST, "a.txt": article(ANN), "b.txt": article(BOB, title="Ferry open")}
    for name, content in {**files, "c.txt": article(CY, title="Long way round")}.items():
        (corpus / name).write_text(content, "utf-8")
    settings = Settings(corpus="bridge", corpora_folder=HERE / "corpus", state_folder=str(state))
    service = await bootstrap.build_service(settings)
    ids = {name: (await service.ask(question)).answer_ref.quote_ids[0] for name, question in QUESTIONS.items()}
    await service.report(ids["clerk"], FlagReason.WORDS, REPORTER._replace(message=8))
    await service.admin.run(Command("flag", f"dismiss {ids['clerk']}"))
    await service.report(ids["clerk"], FlagReason.VOICE, REPORTER._replace(message=9, thread=3))
    await service.admin.hold(f"{ids['clerk']} disputed")
    await service.admin.release(ids["clerk"])
    await service.report(ids["clerk"], FlagReason.CONTEXT, REPORTER._replace(message=10))
    await service.admin.hold("Bob Low asked to be left out")
    storage = open_storage(state)
    router = Router([service], storage)
    await storage.choose(CHAT, "bridge")
    await router.build_wish_desk().follow(CHAT, service, "Ann Bell", datetime(2031, 1, 1, 12, tzinfo=UTC))
    (corpus / "c.txt").unlink()
    await service.admin.reload()
    await service.admin.reload("now")
    (HERE / "ids.json").write_text(json.dumps(ids) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
