"""Handlers of what an admin sends: commands, and documents to be added."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache
from telegram import Document, Message, Update, User
from telegram.error import TelegramError
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, ExtBot, MessageHandler, filters

from bot.model import is_quote_id
from bot.replies import catalogue
from bot.replies.catalogue import say
from bot.replies.reply import Command, Piece, Reply
from bot.service.admin import ADMIN_COMMANDS
from bot.service.router import Router
from bot.surfaces.telegram import addressing
from bot.surfaces.telegram.addressing import MessagePredicate
from bot.surfaces.telegram.authorisation import AdminFilter
from bot.surfaces.telegram.privacy import MissedWords
from bot.surfaces.telegram.sending import get_destination, send_reply

if TYPE_CHECKING:  # loaded only where it is used
    from bot.service.uploads import Uploads

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

_KIB = 1024
# How long the next message of an admin is taken for the name that was asked for: time to look it up.
NAME_SECONDS = 300.0
# Chats of admins in which a name is awaited at a time.
_MAX_ADMINS = 100


class AwaitedNames:
    """Commands that wait for a name, each until the admin's next message: in memory alone, for `NAME_SECONDS`."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._commands: TTLCache[int, Command] = TTLCache(_MAX_ADMINS, NAME_SECONDS, timer)

    def note_reply(self, chat_id: int, reply: Reply) -> None:
        """Await a name in the chat where `reply` asks for one, and stop waiting where it does not."""
        if unfinished := addressing.find_unfinished_command(reply.history):
            self._commands[chat_id] = unfinished
        else:
            self._commands.pop(chat_id, None)

    def find_command(self, message: Message) -> Command | None:
        """Return the command that `message` completes: of the answer it replies to, else the last; None without one."""
        if not addressing.is_plain_question(message):
            return None
        if message.reply_to_message:
            return addressing.find_unfinished_command(addressing.find_answer_ref(message).history)
        # No name ends in a question mark.
        return None if "?" in addressing.get_text(message) else self._commands.get(message.chat.id)


@dataclass(frozen=True, slots=True)
class AdminHandlers:
    """Handlers of the admins' commands, and of their documents of at most `max_upload_bytes`.

    `describe_health` renders the surface's health, for /status.
    """

    router: Router
    admin_ids: frozenset[int]
    max_upload_bytes: int
    describe_health: Callable[[User], Sequence[str]]
    missed_words: MissedWords
    awaited_names: AwaitedNames = field(default_factory=AwaitedNames)

    def build_handlers(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers of admins' commands and documents, which must stand before the public ones."""
        from_admin = filters.UpdateType.MESSAGE & AdminFilter(self.admin_ids)
        immediate_commands = [*ADMIN_COMMANDS - {"reload"}, "unanswered"]
        return [
            CommandHandler("reload", self.run_in_task, from_admin),
            CommandHandler(immediate_commands, self.run_admin_command, from_admin),
            MessageHandler(from_admin & MessagePredicate(self.awaited_names.find_command), self.run_admin_command),
            MessageHandler(from_admin & filters.Document.ALL, self.receive_document),
        ]

    async def run_admin_command(self, update: Update, context: Context) -> None:
        """Run an admin's command, or the unfinished one that a message completes, and reply."""
        if message := update.message:
            if unfinished := self.awaited_names.find_command(message):
                command = addressing.complete_command(unfinished, message)
            else:
                command = addressing.extract_command(message)
            with catalogue.use_language(addressing.get_language(message)):
                reply = await self.execute(context.bot, message.chat.id, command)
                await send_reply(context.bot, get_destination(message), reply, addressing.get_button_owner(message))

    async def run_in_task(self, update: Update, context: Context) -> None:
        """Run an admin's command in a task, so that questions are answered meanwhile."""
        context.application.create_task(self.run_admin_command(update, context), update)

    async def receive_document(self, update: Update, context: Context) -> None:
        """Read an admin's document in a task, since that may take long."""
        if message := update.message:
            context.application.create_task(self._receive_and_reply(context.bot, message), update)

    async def _receive_and_reply(self, bot: ExtBot[None], message: Message) -> None:
        """Read the document of `message`, and reply with what was read or why it was refused."""
        uploads, document = self.router.for_chat(message.chat.id).admin.uploads, message.document
        with catalogue.use_language(addressing.get_language(message)):
            if document:
                reply = await self._review_document(bot, uploads, document)
                await send_reply(bot, get_destination(message), reply, addressing.get_button_owner(message))

    async def _review_document(self, bot: ExtBot[Any], uploads: Uploads | None, document: Document) -> Reply:
        """Fetch `document`, and return what was read of it, to be added or discarded, or why it was refused.

        A document that is too large by Telegram's account is not fetched.
        """
        if uploads is None:
            return Reply.with_heading(say("uploads_off"))
        if document.file_size is None or document.file_size > self.max_upload_bytes:
            reason = say("upload_too_large", most=self.max_upload_bytes // _KIB)
            return Reply.with_heading(say("upload_refused"), reason)
        try:
            file = await bot.get_file(document.file_id)
            content = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            log.warning("upload not fetched error=%s", type(error).__name__)
            return Reply.with_heading(say("upload_refused"), say("upload_not_fetched"))
        return await uploads.receive(document.file_name or "", content)

    async def execute(self, bot: ExtBot[None], chat_id: int, command: Command) -> Reply:
        """Run an admin's command on the corpus of the quote it names, else the chat's; return the reply, unsent."""
        if command.name == "unanswered":
            return await self.missed_words.render_reply()
        # A quote is decided on in the corpus that has it.
        named_id = next(filter(is_quote_id, command.text.upper().split()), None)
        service = await self.router.for_quote(named_id, chat_id) if named_id else self.router.for_chat(chat_id)
        reply = await service.admin.run(command)
        self.awaited_names.note_reply(chat_id, reply)
        if command.name == "status" and (lines := self.describe_health(bot.bot)):
            return replace(reply, blocks=(*reply.blocks, (Piece("\n".join(lines)),)))
        return reply
