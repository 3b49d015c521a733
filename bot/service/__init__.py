"""The service behind every surface: question in, reply out.

service           the one object that a surface talks to
question_service  its part that answers questions
router            several of them, where one process serves several corpora
commands          what is typed, and the part of the service that answers it
live_corpus       the corpus being served, and its reload
quote_tracking    the history of quotes, and holds on them, from one generation to the next
review            what members report of quotes, doubtful voices, and what admins decide
admin             what admins ask of the service
uploads           documents that admins send
"""

from __future__ import annotations

from bot.service.question_service import ServiceOptions
from bot.service.service import Service

__all__ = ["Service", "ServiceOptions"]
