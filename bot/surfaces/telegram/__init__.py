"""The Telegram surface: python-telegram-bot, by long polling.

settings    what it must be told: the token, the admins, another server
handlers    one thing off the update, await the desk, reply
addressing  which messages are questions, and their words
admins      who may reload
receiving   updates: none lost, none in the way of another
sending     replies: split, buttons, retried
commands    what Telegram shows of the bot before anyone asks
redaction   the token, kept out of every log
polling     all of it together, from start to a clean stop
"""

from __future__ import annotations

import os

from bot.surfaces.telegram.polling import run

__all__ = ["run"]

# The library warns at every duration it reads until it is told that its next type is welcome.
os.environ.setdefault("PTB_TIMEDELTA", "true")
