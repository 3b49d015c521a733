"""The heartbeat of a running bot: a small file that tells another process whether the bot is alive.

Ages are measured by the machine's monotonic clock, which all processes share and nobody sets.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import BotError, CorpusError
from bot.storage.cache_folder import is_own_file
from bot.storage.filesystem import open_replacement, read_bytes

# Seconds between two heartbeats; when the last is six times as old, the process is stuck or gone.
BEAT_SECONDS = 5.0
MAX_AGE = 6 * BEAT_SECONDS
# Seconds without Telegram: twice the longest time between two failing polls, the pause and a poll that is given up.
MAX_SILENCE = 150.0
_MAX_BYTES = 16 * 1024


def find_heartbeat_file(state_folder: str) -> Path:
    """Return where a bot started in the current folder, with this `state_folder` or "", writes its heartbeat."""
    if state_folder:
        return Path(state_folder) / "heartbeat.json"
    place = hashlib.sha256(os.fsencode(Path.cwd())).hexdigest()[:12]
    # Not tempfile.gettempdir, which chooses another folder, or fails, where this one is full or may not be written to.
    folder = Path(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108  only a file of our own is believed
    return folder / f"on-the-record-{os.geteuid()}-{place}.json"


def write_heartbeat(path: Path, content: Mapping[str, Any]) -> None:
    """Write `content` and the time of this beat as the heartbeat, atomically.

    Raises:
        OSError: the disk refused.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_replacement(path) as file:
        file.write(json.dumps({**content, "beat": time.monotonic()}).encode())


def remove_heartbeat(path: Path) -> None:
    """Remove the heartbeat at `path` when the bot ends; one that is left shows that the bot was killed."""
    with suppress(OSError):
        path.unlink()


def check_heartbeat(path: Path) -> str:
    """Return a line on the health of the bot whose heartbeat is at `path`.

    Raises:
        BotError: it is not running, is stuck, or has not heard from Telegram for too long.
    """
    content = _read_heartbeat(path)
    age = time.monotonic() - content["beat"]
    if not 0 <= age <= MAX_AGE:
        raise BotError(str(path), f"no heartbeat for {age:.0f} s", "look at the log, and start the bot again")
    # Before the first contact what counts is how long it has run.
    silence = content.get("silence")
    silence = age + (content.get("running", 0.0) if silence is None else silence)
    if content.get("transport") == "polling" and silence > MAX_SILENCE:
        raise BotError("Telegram", f"not reached for {silence:.0f} s", "check the network and the token")
    return f"{content.get('transport')}: last contact {silence:.0f} s ago, {content.get('queue')} in progress"


def _read_heartbeat(path: Path) -> dict[str, Any]:
    """Read the heartbeat at `path`; raise BotError where there is none, or where it is not one of our own."""
    if not is_own_file(path):
        raise BotError(str(path), "no heartbeat", "start the bot in this folder, as this user, with this state folder")
    try:
        content = json.loads(read_bytes(path, _MAX_BYTES))
        return {**content, "beat": float(content["beat"])}
    except (CorpusError, ValueError, TypeError, KeyError, RecursionError):
        raise BotError(str(path), "no heartbeat of a bot", "remove it, and start the bot again") from None
