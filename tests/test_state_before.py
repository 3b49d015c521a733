"""The state folder of the version before goes on working: what it kept is read, shown, decided on and released.

`state_before/` is that folder, with the documents it was about; `make_fixture.py` there tells how it was made.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import bootstrap
from bot.replies.catalogue import use_language
from bot.replies.notifications import render_outcome
from bot.replies.reply import Command
from bot.service import Service, commands
from bot.service.router import Router
from bot.settings import Settings
from bot.storage import FlagOutcome, FlagReason, open_storage
from tests.corpus_folders import text

HERE = Path(__file__).parent / "state_before"
IDS: dict[str, str] = json.loads((HERE / "ids.json").read_text("utf-8"))
CHAT = -5


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return a copy of the state folder, beside one of the corpora."""
    for name in ("corpus", "state"):
        shutil.copytree(HERE / name, tmp_path / name)
    return tmp_path / "state"


@pytest.fixture
def service(state: Path) -> Service:
    """Return this version's service on that state."""
    settings = Settings(corpus="bridge", corpora_folder=state.parent / "corpus", state_folder=str(state))
    return asyncio.run(bootstrap.build_service(settings))


async def test_a_report_from_before_is_decided_on_and_its_reporter_told_in_english(service: Service) -> None:
    [flag] = service.flags.list_open()
    assert service.flags.count_closed() == {
        (FlagReason.WORDS, FlagOutcome.DISMISSED): 1,
        (FlagReason.VOICE, FlagOutcome.WITHHELD): 1,
    }

    await service.admin.run(Command("flag", f"dismiss {IDS['clerk']}"))

    [closed] = service.flags.take_untold()
    assert (closed.flag, flag.chat, flag.person, flag.message, flag.language) == (flag, CHAT, 7, 10, None)
    with use_language("fr"):
        assert text(render_outcome(*closed)).startswith("You reported a quote (out of context): ")


async def test_a_quote_s_history_from_before_is_told_and_goes_on(service: Service) -> None:
    await service.admin.hold(f"{IDS['clerk']} disputed again")

    history = text(await commands.run_command(service, Command("history", IDS["clerk"])))

    events = ("first shown", "withheld by an admin: disputed", "shown again", "withheld by an admin: disputed again")
    assert [history.find(event) for event in events] == sorted(history.find(event) for event in events)
    assert history.endswith("Now: not shown.")


async def test_a_quote_that_was_gone_before_is_said_to_be_gone_in_its_words(service: Service) -> None:
    shown = text(await service.show_quote(IDS["baker"]))

    assert "was removed from the corpus" in shown


async def test_a_name_withheld_before_is_still_withheld_and_can_be_released(service: Service) -> None:
    hidden = text(await service.show_quote(IDS["ferryman"]))
    await service.admin.release("Bob Low")

    assert "Bob Low" not in hidden
    assert "name withheld" in hidden
    assert "Bob Low" in text(await service.show_quote(IDS["ferryman"]))


async def test_what_a_chat_chose_and_follows_from_before_still_counts(service: Service, state: Path) -> None:
    router = Router([service], open_storage(state))
    desk = router.build_wish_desk()

    [wish] = desk.list_wishes(CHAT)
    await desk.follow(CHAT, service, f"stop {wish.key}", datetime(2031, 1, 2, tzinfo=UTC))

    assert (router.storage.find_choice(CHAT), wish.name, wish.used) == ("bridge", "Ann Bell", "2031-01-01")
    assert open_storage(state).list_wishes() == ()
