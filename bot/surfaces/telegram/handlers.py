"""What each update leads to: one thing off it, await the desk, reply."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.replies.reply import Piece, Reply
from bot.surfaces.telegram.addressing import Where, addressed, after, command, spoken, words
from bot.surfaces.telegram.admins import FromAdmin
from bot.surfaces.telegram.sending import place, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import CallbackQuery
    from telegram.ext import BaseHandler, ContextTypes, ExtBot

    from bot.desk import Desk
    from bot.surfaces.telegram.sending import Place

    Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

ANYONES = ("ask", "start", "help", "about", "corpus", "privacy")
QUOTE = "q_"
SORRY = Reply(((Piece("Something went wrong on my side, and is logged. Please ask again."),),))
UNKNOWN_BUTTON = "I no longer know this button. Please ask again."


async def told(desk: Desk, name: str, text: str, earlier: Sequence[str] = ()) -> Reply:
    """Return what anyone gets for a command, typed or pressed; `name` is one of `ANYONES`."""
    if name == "ask":
        return await desk.ask(text, earlier)
    if name == "start" and text.startswith(QUOTE):
        return await desk.show(text.removeprefix(QUOTE))
    pages = {
        "start": desk.start,
        "about": desk.about,
        "corpus": desk.contents,
        "privacy": desk.privacy,
    }
    return pages.get(name, desk.help)()


@dataclass(frozen=True, slots=True)
class Handlers:
    """The desk, and whom it obeys."""

    desk: Desk
    admins: frozenset[int]

    def all(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers; the first that matches an update takes it.

        An admin's command from anyone else falls to `unknown`, as any other
        command that there is not: nobody learns from it that it exists.
        """
        new = filters.UpdateType.MESSAGE & Where(spoken)
        admin = new & FromAdmin(self.admins)
        unknown = new & filters.ChatType.PRIVATE & filters.Regex(r"^/\w+(?:\s|$)")
        question = new & filters.TEXT & ~filters.COMMAND & Where(addressed)
        return [
            CommandHandler(ANYONES, self.command, new),
            CommandHandler("reload", self.reload, admin),
            CommandHandler("status", self.status, admin),
            MessageHandler(unknown, self.unknown),
            MessageHandler(question, self.question),
            CallbackQueryHandler(self.press),
        ]

    async def question(self, update: Update, context: Context) -> None:
        """Any other text that is for the bot: take it for a question."""
        if message := update.message:
            reply = await self.desk.ask(words(message), after(message))
            await say(context.bot, place(message), reply)

    async def command(self, update: Update, context: Context) -> None:
        """A command that anyone may give."""
        if message := update.message:
            reply = await told(self.desk, command(message), words(message), after(message))
            await say(context.bot, place(message), reply)

    async def press(self, update: Update, context: Context) -> None:
        """A button: what typing its command would do."""
        if query := update.callback_query:
            name, _, text = (query.data or "").removeprefix("/").partition(" ")
            known = name in ANYONES
            await _acknowledge(query, None if known else UNKNOWN_BUTTON)
            if known and query.message:
                await say(context.bot, place(query.message), await told(self.desk, name, text))

    async def unknown(self, update: Update, context: Context) -> None:
        """A command that there is not, or not for this person."""
        if message := update.message:
            await say(context.bot, place(message), self.desk.help())

    async def status(self, update: Update, context: Context) -> None:
        """How the bot is, for an admin."""
        if message := update.message:
            await say(context.bot, place(message), self.desk.status())

    async def reload(self, update: Update, context: Context) -> None:
        """Load the corpus anew, for an admin; not awaited, so questions go on meanwhile."""
        if message := update.message:
            context.application.create_task(self._reload(context.bot, place(message)), update)

    async def _reload(self, bot: ExtBot[None], where: Place) -> None:
        await say(bot, where, await self.desk.reload())


async def failed(update: object, context: Context) -> None:
    """Log what a handler raised; when it was not the wire that failed, tell the asker."""
    if isinstance(context.error, TelegramError):
        # A blocked bot, a closed topic, a wire that stayed down: there is nobody to tell.
        log.warning("unsent error=%s %.100s", type(context.error).__name__, context.error)
        return
    log.error("failed", exc_info=context.error)
    message = update.effective_message if isinstance(update, Update) else None
    if message:
        await say(context.bot, place(message), SORRY)


async def _acknowledge(query: CallbackQuery, toast: str | None) -> None:
    """Stop the button's spinner; one that was pressed long ago has none."""
    try:
        await query.answer(toast)
    except BadRequest:
        log.info("pressed too long ago")
