"""The service behind every surface: question in, reply out.

service           the one object that a surface talks to
question_service  its part that answers questions
router            one service for each corpus of a process, and which of them answers a chat
commands          what anyone may type, each run on the service
live_corpus       the corpus being served, and its reload
quote_tracking    the history of quotes, and holds on them, from one generation to the next
review            quotes that members report, doubtful voices, and what admins decide
admin             the commands of admins
uploads           documents that admins send
"""

from __future__ import annotations

from bot.service.question_service import ServiceOptions
from bot.service.service import Service

__all__ = ["Service", "ServiceOptions"]
