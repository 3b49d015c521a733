"""What each update leads to: one thing off it, await the chat's desk, reply."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from telegram import Message, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.desk import commands
from bot.replies import words
from bot.replies.reply import Piece, Reply
from bot.surfaces.telegram import abroad, documents, presses
from bot.surfaces.telegram.addressing import (
    Where,
    addressed,
    asker,
    commands_us,
    language,
    line,
    shown,
    spoken,
    writer,
)
from bot.surfaces.telegram.admins import FromAdmin
from bot.surfaces.telegram.choosing import Choosing, wished
from bot.surfaces.telegram.presses import Right
from bot.surfaces.telegram.remembered import Remembered
from bot.surfaces.telegram.sending import place, revise, say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from telegram import CallbackQuery
    from telegram.ext import BaseHandler, ContextTypes, ExtBot

    from bot.desk.desks import Desks
    from bot.surfaces.telegram.presses import Press
    from bot.surfaces.telegram.sending import Place
    from bot.surfaces.telegram.settings import Options
    from bot.surfaces.telegram.unanswered import Unanswered

    Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handlers:
    """The desks, whom they obey, and what of the talk is kept in memory.

    `here` tells how the surface is, for /status. What was written before
    `began` may have been answered by a process before this one.
    """

    desks: Desks
    admins: frozenset[int]
    options: Options
    choosing: Choosing
    here: Callable[[], Sequence[str]]
    missed: Unanswered
    remembered: Remembered = field(default_factory=Remembered)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def for_admins(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers of what admins alone may do; they come first."""
        admin = filters.UpdateType.MESSAGE & FromAdmin(self.admins)
        at_once = [*commands.ADMINS.keys() - {"reload"}, "unanswered"]
        return [
            CommandHandler("reload", self.reload, admin),
            CommandHandler(at_once, self.admin, admin),
            MessageHandler(admin & filters.Document.ALL, self.document),
        ]

    def for_all(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the other handlers; the first that matches an update takes it.

        An admin's command from anyone else falls to `unknown`, as any other
        command that there is not: nobody learns from it that it exists.
        """
        new = filters.UpdateType.MESSAGE & Where(spoken)
        edited = filters.UpdateType.EDITED_MESSAGE & Where(spoken) & Where(self._is_question)
        guest = filters.UpdateType.GUEST_MESSAGE & filters.TEXT & Where(spoken)
        unknown = new & filters.ChatType.PRIVATE & filters.Regex(r"^/\w+(?:\s|$)")
        question = new & filters.TEXT & ~filters.COMMAND & Where(addressed)
        return [
            CommandHandler(commands.ANYONES, self.question, new),
            MessageHandler(unknown, self.unknown),
            MessageHandler(question, self.question),
            MessageHandler(edited, self.edited),
            MessageHandler(guest, self.guest),
            CallbackQueryHandler(self.press),
            InlineQueryHandler(self.inline),
        ]

    async def question(self, update: Update, context: Context) -> None:
        """A command that anyone may give, or any other text that is for the bot."""
        if message := update.message:
            with words.spoken(language(message)):
                reply = await self._reply(context.bot, message)
                numbers = await say(context.bot, place(message), reply, asker(message))
            self.remembered.note(message, numbers)

    async def edited(self, update: Update, context: Context) -> None:
        """A question that was changed: so is its answer, where it is remembered.

        Before this process began nobody knows what was a question; after it,
        what was none when it was written does not become one.
        """
        message = update.edited_message
        if message is None:
            return
        number = self.remembered.answer(message)
        if number is None and message.date >= self.began:
            return
        with words.spoken(language(message)):
            reply = await self._reply(context.bot, message)
            where, by = place(message), asker(message)
            if number is None:
                numbers = await say(context.bot, where, reply, by)
            else:
                numbers = await revise(context.bot, where, number, reply, by)
        self.remembered.note(message, numbers)

    async def guest(self, update: Update, context: Context) -> None:
        """A mention in a chat that the bot is not in."""
        if message := update.guest_message:
            with words.spoken(language(message)):
                desk = self.desks.for_chat(message.chat.id)
                reply = await commands.reply(desk, line(message))
                await abroad.answer_guest(context.bot, desk, message, reply)

    async def inline(self, update: Update, context: Context) -> None:
        """An inline search; what it finds is everyone's, so it is in one language."""
        if query := update.inline_query:
            desk = self.desks.for_chat()
            await abroad.search(context.bot, desk, query, self.options.cached)

    async def press(self, update: Update, context: Context) -> None:
        """A button: what typing its command would do, in place of its message where it can be."""
        if query := update.callback_query:
            with words.spoken(query.from_user.language_code):
                pressed = presses.read(query)
                refusal = presses.refusal(query, pressed, self.admins)
                await _acknowledge(query, refusal)
                if pressed and refusal is None:
                    await self._pressed(context, query, pressed)

    async def unknown(self, update: Update, context: Context) -> None:
        """A command that there is not, or not for this person."""
        if message := update.message:
            with words.spoken(language(message)):
                desk = self.desks.for_chat(message.chat.id)
                await say(context.bot, place(message), desk.help())

    async def admin(self, update: Update, context: Context) -> None:
        """An admin's command that is done at once."""
        if message := update.message:
            with words.spoken(language(message)):
                reply = await self._obeyed(message.chat.id, *commands.parted(line(message)))
                await say(context.bot, place(message), reply, asker(message))

    async def reload(self, update: Update, context: Context) -> None:
        """Load the corpus anew, for an admin; not awaited, so questions go on meanwhile."""
        if message := update.message:
            work = self._reload(context.bot, place(message), message)
            context.application.create_task(work, update)

    async def document(self, update: Update, context: Context) -> None:
        """A document, from an admin; not awaited either, for reading it may take long."""
        if message := update.message:
            context.application.create_task(self._document(context.bot, message), update)

    async def _reload(self, bot: ExtBot[None], where: Place, message: Message) -> None:
        with words.spoken(language(message)):
            reply = await self._obeyed(message.chat.id, *commands.parted(line(message)))
            await say(bot, where, reply, asker(message))

    async def _document(self, bot: ExtBot[None], message: Message) -> None:
        inbox, sent = self.desks.for_chat(message.chat.id).inbox, message.document
        with words.spoken(language(message)):
            if sent:
                reply = await documents.received(bot, inbox, sent, self.options.upload)
                await say(bot, place(message), reply, asker(message))

    async def _reply(self, bot: ExtBot[None], message: Message) -> Reply:
        typed = line(message)
        if name := wished(typed):
            return await self.choosing.choose(bot, message.chat, writer(message), name)
        reply = await commands.reply(self.desks.for_chat(message.chat.id), typed, shown(message))
        if message.from_user:
            self.missed.note(message.from_user.id, reply.missed)
        return reply

    async def _obeyed(self, chat: int, name: str, rest: str) -> Reply:
        """Return the reply to an admin's command, given in their own chat."""
        if name == "unanswered":
            return self.missed.reply()
        reply = await commands.ADMINS[name](self.desks.for_chat(chat), rest)
        if name == "status" and (lines := self.here()):
            return replace(reply, blocks=(*reply.blocks, (Piece("\n".join(lines)),)))
        return reply

    async def _pressed(self, context: Context, query: CallbackQuery, pressed: Press) -> None:
        chat, person = pressed.chat, query.from_user.id
        name, rest = commands.parted(pressed.line)
        if name in commands.ADMINS:
            log.info("admin=%d press=%s", person, name)
            # Not awaited, as in `reload`.
            work = self._put(context.bot, query, pressed, self._obeyed(chat.id, name, rest))
            context.application.create_task(work)
        elif choice := wished(pressed.line):
            reply = self.choosing.choose(context.bot, chat, person, choice)
            await self._put(context.bot, query, pressed, reply)
        else:
            # A choice that anyone may take up is a new question, and follows nothing.
            under = pressed.shown if pressed.right is Right.OWN else commands.NOTHING
            reply = commands.reply(self.desks.for_chat(chat.id), pressed.line, under)
            await self._put(context.bot, query, pressed, reply)

    async def _put(
        self, bot: ExtBot[None], query: CallbackQuery, pressed: Press, made: Awaitable[Reply]
    ) -> None:
        """Show what was `made` in place of the message pressed under, or else below it."""
        message = query.message
        if message is None:
            return
        reply, where = await made, place(message)
        if pressed.right is Right.OWN and isinstance(message, Message):
            await revise(bot, where, message.message_id, reply, pressed.owner)
        else:
            await say(bot, where, reply, query.from_user.id)

    def _is_question(self, message: Message) -> bool:
        """Tell whether an edited text asks the bot something."""
        if not message.text:
            return False
        opens = bool(message.entities) and message.text.startswith("/")
        return commands_us(message, commands.ANYONES) if opens else addressed(message)


async def failed(update: object, context: Context) -> None:
    """Log what a handler raised; when it was not the wire that failed, tell the asker."""
    if isinstance(context.error, TelegramError):
        # A blocked bot, a closed topic, a wire that stayed down: there is nobody to tell.
        log.warning("unsent error=%s %.100s", type(context.error).__name__, context.error)
        return
    log.error("failed", exc_info=context.error)
    message = update.effective_message if isinstance(update, Update) else None
    if message and not message.guest_query_id:
        with words.spoken(language(message)):
            await say(context.bot, place(message), Reply(((Piece(words.SORRY),),)))


async def _acknowledge(query: CallbackQuery, toast: str | None) -> None:
    """Stop the button's spinner; one that was pressed long ago has none."""
    try:
        await query.answer(toast)
    except BadRequest:
        log.info("pressed too long ago")
