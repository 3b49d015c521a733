"""The service behind every chat: question in, reply out.

service           the one object a surface talks to
router            several of them, where one process serves several corpora
question_service  questions put to what is served
commands          what is typed, and what the service is asked for it
live_corpus       the corpus being served, and its reload
admin             what admins ask of the service
uploads           documents that admins send
"""

from __future__ import annotations

from bot.service.service import Service

__all__ = ["Service"]
