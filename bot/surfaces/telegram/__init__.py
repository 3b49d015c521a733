"""The Telegram surface: python-telegram-bot, by long polling or a webhook.

settings           secrets from the environment, options from the settings
lifecycle          the application, from start to a clean stop
polling            updates fetched, and confirmed once they were handled
webhook            updates pushed, and answered once they were handled
bounded_server     the HTTP server of the webhook and of the figures
http_client        the library's HTTP client, which refuses an odd answer
intake             each update handled once, with a timeout
admission          inbound rate limit and stale updates
authorisation      the admins
handlers           one thing off the update, await the service, reply
admin_handlers     the same of what an admin sends: commands and documents
alerts             messages that nobody asked for, and an apology for what failed
addressing         which messages are for the bot, and the text they hold
references         what a message refers to: somebody's words, or the last answer
callbacks          the link in an answer that carries its questions, and sealed buttons
inline_and_guest   inline search, and mentions in chats the bot is not in
chats              who decides for a chat, what it follows, and chats that move or are left
sending            replies as HTML and keyboards, sent, split and edited
rate_limit         outbound rate limit and retries
health             counts, the heartbeat, and figures over HTTP
privacy            nothing of anybody in the log; missed words counted without who asked

This file declares the surface, and imports the library only when it runs: the
library takes half a second, and every command reads what is declared here.
"""

from __future__ import annotations

from bot.settings import Settings
from bot.surfaces.telegram.settings import TelegramOptions

COMMAND = "run"
VARIABLES = frozenset({"BOT_TOKEN", "BOT_ADMINS", "BOT_API_URL", "BOT_WEBHOOK_URL", "BOT_WEBHOOK_SECRET"})
SWITCHES = {"webhook": "Require webhook mode: BOT_WEBHOOK_URL must be set."}
Options = TelegramOptions


def run(settings: Settings, options: TelegramOptions, *, webhook: bool = False) -> None:
    """Run the Telegram bot. It needs BOT_TOKEN, and polls unless BOT_WEBHOOK_URL is set."""
    from bot.surfaces.telegram import lifecycle  # noqa: PLC0415  see above

    lifecycle.run(settings, options, webhook=webhook)
