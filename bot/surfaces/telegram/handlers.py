"""Handlers: each takes one thing off the update, awaits the chat's service and replies."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from cachetools import LRUCache
from telegram import CallbackQuery, Chat, MaybeInaccessibleMessage, Message, Update
from telegram.constants import CallbackQueryLimit, ChatType
from telegram.error import BadRequest
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ContextTypes,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.answers.answer_builder import PageSize
from bot.replies import about, catalogue
from bot.replies.catalogue import say
from bot.replies.reply import AnswerRef, Command, Reply
from bot.service import commands
from bot.service.admin import ADMIN_COMMANDS
from bot.service.review import Reporter
from bot.service.router import Router
from bot.surfaces.telegram import addressing, callbacks, inline_and_guest, references
from bot.surfaces.telegram.addressing import MessagePredicate
from bot.surfaces.telegram.admin_handlers import AdminHandlers
from bot.surfaces.telegram.alerts import send_alerts
from bot.surfaces.telegram.callbacks import ButtonPress, Permission
from bot.surfaces.telegram.chats import CorpusChooser, Following
from bot.surfaces.telegram.privacy import MissedWords, ReportLimit
from bot.surfaces.telegram.references import ChatMemory
from bot.surfaces.telegram.sending import PrivateLooks, Reactions, edit_reply, get_destination, send_reply
from bot.surfaces.telegram.settings import TelegramOptions

Context = ContextTypes.DEFAULT_TYPE

log = logging.getLogger(__name__)

# How long the id of an answer is kept; after that an edit of its question is ignored.
_ANSWER_SECONDS = 86_400.0
# Commands of buttons that are offered before it is known whether there is anything to open.
_MAY_OPEN_NOTHING = frozenset({"opposite", "wordings"})
# Albums that are remembered; the pictures of one come within seconds of each other.
MAX_ALBUMS = 1000


@dataclass(frozen=True, slots=True)
class Handlers:
    """Handlers of what anybody may send; `admin` has those of the admins.

    A question from before `started_at` may have been answered by an earlier process, whose notes of it are gone.
    """

    router: Router
    admin: AdminHandlers
    options: TelegramOptions
    corpus_chooser: CorpusChooser
    missed_words: MissedWords
    report_limit: ReportLimit
    following: Following
    memory: ChatMemory
    private_looks: PrivateLooks
    reactions: Reactions = field(default_factory=Reactions)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    album_ids: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(MAX_ALBUMS))

    def build_public_handlers(self) -> list[BaseHandler[Any, Context, Any]]:
        """Return the handlers of what anybody may send, in order: the first that matches an update takes it.

        An admin's command from anybody else gets the same reply as an unknown command,
        so nobody learns that it exists.
        """
        from_person = MessagePredicate(addressing.is_from_person)
        public_command, question = MessagePredicate(_is_public_command), MessagePredicate(addressing.is_plain_question)
        unknown_command = MessagePredicate(addressing.is_unknown_command)
        new_message = filters.UpdateType.MESSAGE & from_person
        edited_question = filters.UpdateType.EDITED_MESSAGE & from_person & (public_command | question)
        guest_text = filters.UpdateType.GUEST_MESSAGE & (filters.TEXT | filters.CAPTION) & from_person
        unreadable = new_message & filters.ChatType.PRIVATE & addressing.UNREADABLE
        return [
            MessageHandler(new_message & public_command, self.answer_question),
            MessageHandler(new_message & unknown_command, self.answer_unknown_command),
            MessageHandler(new_message & question, self.answer_question),
            MessageHandler(unreadable, self.explain_text_only),
            MessageHandler(edited_question, self.update_answer),
            MessageHandler(guest_text, self.answer_guest),
            CallbackQueryHandler(self.handle_press),
            InlineQueryHandler(self.answer_inline),
        ]

    async def send_alerts(self, _: Update, context: Context) -> None:
        """Send alerts and outcomes that are due, after whatever update; see `alerts.send_alerts`."""
        await send_alerts(context.bot, self.router, self.admin.admin_ids)

    async def answer_question(self, update: Update, context: Context) -> None:
        """Answer a public command, or a text for the bot: thanks by a reaction, and words to others not at all."""
        if message := update.message:
            self._note_album(message)
            with catalogue.use_language(addressing.get_language(message)):
                command = addressing.extract_command(message)
                if await references.turns_to_others(self.router.for_chat(message.chat.id), message, command.text):
                    return
                reply = await self._build_reply(context.bot, message, command)
                if reply.reaction and await self.reactions.react(context.bot, message, reply.reaction):
                    return
                destination = references.get_destination_at_cited_words(message, reply)
                message_ids = await send_reply(context.bot, destination, reply, addressing.get_button_owner(message))
            await self._note_answer(message, message_ids)

    async def update_answer(self, update: Update, context: Context) -> None:
        """Edit the answer to an edited question, if it is of the last day.

        A message from before the start may have been a question, so it gets a new answer.
        A later one that was no question does not become one.
        """
        message = update.edited_message
        if message is None:
            return
        answer_id = await self._find_answer(message)
        if answer_id is None and message.date >= self.started_at:
            return
        with catalogue.use_language(addressing.get_language(message)):
            reply = await self._build_reply(context.bot, message, addressing.extract_command(message))
            destination, owner_id = get_destination(message), addressing.get_button_owner(message)
            if answer_id is None:
                message_ids = await send_reply(context.bot, destination, reply, owner_id)
            else:
                message_ids = await edit_reply(context.bot, destination, answer_id, reply, owner_id)
        await self._note_answer(message, message_ids)

    async def _note_answer(self, question: Message, message_ids: Sequence[int]) -> None:
        """Keep the id of the first message of an answer, by the ids of its question: nobody's words."""
        number = str(message_ids[0]).encode("ascii")
        await self.router.state.keep("answer", _get_key(question), number, _ANSWER_SECONDS)

    async def _find_answer(self, question: Message) -> int | None:
        """Return the id of the message that answers `question`; None where it is not kept."""
        number = await self.router.state.find_kept("answer", _get_key(question))
        return None if number is None else int(number)

    async def answer_guest(self, update: Update, context: Context) -> None:
        """Answer a mention in a chat that the bot is not in."""
        if message := update.guest_message:
            with catalogue.use_language(addressing.get_language(message)):
                service = self.router.for_chat(message.chat.id)
                request = await references.read_request(service, message, addressing.extract_command(message))
                reply = request.verdict or request.add_note(await commands.run_command(service, request.command))
                await inline_and_guest.answer_guest_query(context.bot, service, message, reply)

    async def answer_inline(self, update: Update, context: Context) -> None:
        """Answer an inline search from the default corpus, in one language: Telegram caches the results for all."""
        if query := update.inline_query:
            service = self.router.for_chat()
            await inline_and_guest.answer_inline_query(context.bot, service, query, self.options.cached)

    async def handle_press(self, update: Update, context: Context) -> None:
        """Run the command of a pressed button unless refused; show the reply in place of its message if possible."""
        if query := update.callback_query:
            with catalogue.use_language(query.from_user.language_code):
                press = callbacks.parse_press(query)
                refusal_reason = callbacks.find_refusal_reason(query, press, self.admin.admin_ids)
                if press and refusal_reason is None and press.command.name in _MAY_OPEN_NOTHING:
                    await self._open_or_explain(context.bot, query, press)
                    return
                await _acknowledge_press(query, refusal_reason)
                if press and refusal_reason is None:
                    await self._act_on_press(context, query, press)

    async def answer_unknown_command(self, update: Update, context: Context) -> None:
        """Say that a command does not exist, or not for this person."""
        if message := update.message:
            with catalogue.use_language(addressing.get_language(message)):
                reply = Reply.from_text(say("unknown_command", name=addressing.get_command_name(message)))
                await send_reply(context.bot, get_destination(message), reply)

    async def explain_text_only(self, update: Update, context: Context) -> None:
        """Say that only text can be read, under what has none; once for all pictures of an album."""
        if (message := update.message) and self._note_album(message):
            with catalogue.use_language(addressing.get_language(message)):
                await send_reply(context.bot, get_destination(message), Reply.from_text(say("text_only")))

    def _note_album(self, message: Message) -> bool:
        """Note that an album is answered, and return whether `message` is the first of its album, or of no album."""
        album_id = message.media_group_id
        is_first = album_id is None or album_id not in self.album_ids
        if album_id:
            self.album_ids[album_id] = True
        return is_first

    async def _build_reply(self, bot: ExtBot[None], message: Message, command: Command) -> Reply:
        """Return the reply to `command` of `message`, or to words it points at; remember it and its missed words."""
        service, sender_id = self.router.for_chat(message.chat.id), addressing.get_sender_id(message)
        request = await references.read_request(service, message, command)
        if request.verdict:
            return request.verdict
        command, answer_ref = request.command, addressing.find_answer_ref(message)
        if command.name == "forget":
            self.memory.forget(message.chat.id)
        if (chat_reply := await self._run_for_chat(bot, message.chat, sender_id, command)) is not None:
            return chat_reply
        if command.name == "report":
            return await self._report(command, answer_ref, message, addressing.get_button_owner(message))
        if message.reply_to_message is None and message.edit_date is None:
            answer_ref = await self.memory.recall(message.chat, service, command)
        reply = await self._run_command(message.chat, command, answer_ref)
        # A private chat has the id of the person.
        if command.name == "help" and message.chat.id in self.admin.admin_ids:
            reply = about.add_admin_commands(reply)
        self.memory.remember(message.chat, reply)
        if message.from_user:
            await self.missed_words.record(message.from_user.id, reply.missed_words)
        return request.add_note(reply)

    async def _act_on_press(self, context: Context, query: CallbackQuery, press: ButtonPress) -> None:
        """Run what a permitted press stands for, and show its reply; an admin's in a task."""
        chat, person_id = press.chat, query.from_user.id
        await self.following.note_press(chat.id)
        if press.command.name in ADMIN_COMMANDS:
            log.info("admin=%d press=%s", person_id, press.command.name)
            # In a task, for a reload takes long.
            context.application.create_task(self._press_as_admin(context.bot, query, press))
            return
        if press.command.name == "report" and query.message:
            reply = await self._report(press.command, press.answer_ref, query.message, person_id)
        elif (chat_reply := await self._run_for_chat(context.bot, chat, person_id, press.command)) is not None:
            reply = chat_reply
        else:
            reply = await self._run_pressed_command(press)
        await self._put_reply(context.bot, query, press, reply)

    async def _run_for_chat(self, bot: ExtBot[None], chat: Chat, person_id: int, command: Command) -> Reply | None:
        """Run a command on what is kept of a chat: what it follows, or its corpus; None for any other."""
        if command.name in commands.CHAT_COMMANDS:
            return await self.following.run(bot, chat, person_id, command)
        if command.name == "corpus" and command.text:
            return await self.corpus_chooser.choose_corpus(bot, chat, person_id, command.text)
        return None

    async def _press_as_admin(self, bot: ExtBot[None], query: CallbackQuery, press: ButtonPress) -> None:
        """Run the command of a press that an admin may make, show its reply, then send the alerts that are due."""
        reply = await self.admin.execute(bot, press.chat.id, press.command)
        await self._put_reply(bot, query, press, reply)
        await send_alerts(bot, self.router, self.admin.admin_ids)

    async def _report(
        self, command: Command, answer_ref: AnswerRef, message: MaybeInaccessibleMessage, person_id: int | None
    ) -> Reply:
        """Return the reasons to choose from, or file a report that gives one; `person_id` is None for a chat."""
        quote_id, reason = commands.split_report(command.text)
        if reason and person_id is not None and not await self.report_limit.take_one(person_id):
            return Reply.from_text(say("flags.too_many", most=self.report_limit.most))
        service = await self.router.for_quote(quote_id.upper(), message.chat.id)
        destination = get_destination(message)
        reporter = Reporter(message.chat.id, person_id, message.message_id, destination.thread_id)
        return await commands.report_quote(service, command.text, answer_ref, reporter)

    async def _run_pressed_command(self, press: ButtonPress) -> Reply:
        """Return the reply to a permitted press, and remember it if it is an answer."""
        # A button that anybody may press asks a new question, not a follow-up.
        answer_ref = press.answer_ref if press.permission is Permission.OWNER else commands.NOTHING_SHOWN
        reply = await self._run_command(press.chat, press.command, answer_ref)
        self.memory.remember(press.chat, reply)
        return reply

    async def _open_or_explain(self, bot: ExtBot[None], query: CallbackQuery, press: ButtonPress) -> None:
        """Show what the button opens; where that is nothing, say so in a toast and change no message."""
        toast: str | None = None
        try:
            reply = await self._run_pressed_command(press)
            toast = reply.toast or None
        finally:
            # Also when it fails, or the button keeps spinning.
            await _acknowledge_press(query, toast)
        if toast is None:
            await self._put_reply(bot, query, press, reply)

    async def _put_reply(self, bot: ExtBot[None], query: CallbackQuery, press: ButtonPress, reply: Reply) -> None:
        """Show the reply only to the person who pressed, else in place of the pressed message, else as a new one."""
        message = query.message
        if message is None or await self.private_looks.show(bot, query, press.chat, press.command.name, reply):
            return
        destination = get_destination(message)
        if press.permission is Permission.OWNER and isinstance(message, Message):
            await edit_reply(bot, destination, message.message_id, reply, press.owner_id)
        else:
            await send_reply(bot, destination, reply, query.from_user.id)

    async def _run_command(self, chat: Chat, command: Command, answer_ref: AnswerRef) -> Reply:
        """Run a command; in a group an answer is shorter, since everybody scrolls past it.

        A follow-up has pages as long as those of its answer.
        """
        options, quotes = self.options, answer_ref.page_size
        if chat.type != ChatType.PRIVATE and not answer_ref.history:
            quotes = options.group_quotes
        characters = options.private_characters if quotes is None else options.group_characters
        service = self.router.for_chat(chat.id).with_page_size(PageSize(quotes or 0, characters))
        return replace(await commands.run_command(service, command, answer_ref), page_size=quotes)


def _is_public_command(message: Message) -> bool:
    """Return whether a message is a command of this bot that anybody may give."""
    # In a group a bare /stop may be meant for any bot.
    names = {references.STOP} if message.chat.type == ChatType.PRIVATE else set[str]()
    return addressing.is_own_command(message, {*commands.PUBLIC_COMMANDS, *commands.CHAT_COMMANDS, *names})


def truncate_toast(text: str) -> str:
    """Return `text`, cut off with an ellipsis where it is longer than a toast of Telegram may be."""
    longest: int = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


async def _acknowledge_press(query: CallbackQuery, toast: str | None) -> None:
    """Stop the button's spinner and show `toast`, unless the press has expired."""
    try:
        await query.answer(toast and truncate_toast(toast))
    except BadRequest:
        log.info("press expired")


def _get_key(message: Message) -> str:
    """Return the key by which the answer to `message` is kept: the ids of its chat and of itself."""
    return f"{message.chat.id}/{message.message_id}"
