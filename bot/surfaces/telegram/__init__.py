"""The Telegram surface: python-telegram-bot, by long polling or a webhook.

settings    what it must be told: the token, the admins, where it is reached
handlers    one thing off the update, await the desk, reply
addressing  which messages are questions, and their words
drawing     replies as messages that carry what was asked, and sealed buttons
presses     a button pressed: what it stands for, and whether whoever pressed may
abroad      inline search, and mentions where the bot is no member
remembered  which message answers which, so that an edit is followed
unanswered  words asked in vain, counted
admins      who may reload
receiving   updates: none lost, none in the way of another
polling     updates asked for, and confirmed when they are done with
webhook     updates pushed, and answered when they are done with
shedding    floods, told once and left
limiting    how fast Telegram may be written to
sending     replies: split, buttons, retried
health      how the surface is, and what it may do here
commands    what Telegram shows of the bot before anyone asks
redaction   the token, kept out of every log
pseudonyms  ids in the log, good for a day
serving     all of it together, from start to a clean stop
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

from bot.surfaces.telegram.lifecycle import run
from bot.surfaces.telegram.settings import TelegramOptions

__all__ = ["TelegramOptions", "run"]

# The HTTP client looks for this package at every call, and where it is not installed the search
# takes as much time as an answer. So it is looked for once.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

# The library warns at every duration it reads until it is told that its next type is welcome.
os.environ.setdefault("PTB_TIMEDELTA", "true")
