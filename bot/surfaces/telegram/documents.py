"""A document that an admin sends: fetched as far as it may be, and given to the inbox."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError

from bot.replies.catalogue import say
from bot.replies.reply import Reply

if TYPE_CHECKING:
    from telegram import Document
    from telegram.ext import ExtBot

    from bot.service.uploads import Uploads

log = logging.getLogger(__name__)

_KIB = 1024


async def receive_document(
    bot: ExtBot[Any], pending_uploads: Uploads | None, document: Document, max_bytes: int
) -> Reply:
    """Return what `document` holds, and whether to add it, or why it is not taken.

    What says of itself that it has more than `max_bytes` bytes is not fetched.
    """
    if pending_uploads is None:
        return Reply.with_heading(say("uploads_off"))
    if document.file_size is None or document.file_size > max_bytes:
        reason = say("upload_too_large", most=max_bytes // _KIB)
        return Reply.with_heading(say("upload_refused"), reason)
    try:
        file = await bot.get_file(document.file_id)
        content = bytes(await file.download_as_bytearray())
    except TelegramError as error:
        log.warning("upload not fetched error=%s", type(error).__name__)
        return Reply.with_heading(say("upload_refused"), say("upload_not_fetched"))
    return await pending_uploads.receive(document.file_name or "", content)
