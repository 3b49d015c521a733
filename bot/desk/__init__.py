"""The service behind every chat: question in, reply out.

desk      the one object a surface talks to
desks     several of them, where one process serves several corpora
asking    questions put to what is served
commands  what is typed, and what the desk is asked for it
backroom  what admins ask of a desk
inbox     documents that admins send
"""

from __future__ import annotations

from bot.desk.desk import Service

__all__ = ["Service"]
