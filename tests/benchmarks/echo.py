"""A bare echo bot, written as anyone would with the same library; nothing of this project is in it.

python -m tests.benchmarks.echo ROOT_OF_A_BOT_API_SERVER TOKEN
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from telegram.ext import Application, ContextTypes, MessageHandler, filters

if TYPE_CHECKING:
    from telegram import Update


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what was said."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


if __name__ == "__main__":
    root, token = sys.argv[1:]
    bot = Application.builder().token(token).base_url(f"{root}/bot").build()
    bot.add_handler(MessageHandler(filters.TEXT, echo))
    bot.run_polling(allowed_updates=["message"])
