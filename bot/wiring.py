"""The only place where parts meet: settings in, a desk ready for questions out."""

from __future__ import annotations

import importlib
import pkgutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from bot import corpora, engines, state
from bot.answers.answering import Answerer, Options
from bot.answers.certainty import named_for_certain
from bot.answers.quoting import Lengths
from bot.desk import Desk
from bot.desk.desks import Desks
from bot.desk.inbox import Inbox
from bot.errors import SettingsError
from bot.served import Serving
from bot.settings import FILE, validated
from bot.terms import Analyser

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pydantic import BaseModel

    from bot.corpora import Reading
    from bot.engines import Index
    from bot.model import Corpus, Passage
    from bot.settings import Answers, Engine, Settings
    from bot.state import State


class EngineModule(Protocol):
    """What a module of bot/engines offers to be an engine."""

    Options: type[BaseModel]

    def build(
        self,
        passages: Sequence[Passage],
        analyser: Analyser,
        options: BaseModel,
        cache: Path | None = None,
    ) -> Index:
        """Return `passages` made findable; kept in the folder `cache`, or taken from there."""


def desk(settings: Settings) -> Desk:
    """Return a desk that serves the corpus of `settings`; its reload reads the same folder anew.

    Raises:
        BotError: the corpus cannot be served, or a setting names what is not there.
    """
    return _desk(settings, settings.corpus, _kept(settings))


def desks(settings: Settings) -> Desks:
    """Return the desks of all corpora of `settings`, the set one first.

    Raises:
        BotError: as `desk`, of any of them.
    """
    kept = _kept(settings)
    names = dict.fromkeys([settings.corpus, *settings.corpora])
    return Desks([_desk(settings, name, kept) for name in names], kept.chats)


def serving(
    settings: Settings, name: str, before: Reading | None = None, without: Collection[str] = ()
) -> Serving:
    """Read the corpus of this name, index it, and return both."""
    reading = corpora.read(settings.corpora_folder / name, before, without)
    corpus = named_for_certain(reading.corpus, settings.answers.confidence)
    analyser = Analyser(corpus.language)
    index = _index(corpus, analyser, settings.engine)
    options = _answering(settings.answers, settings.engine.depth)
    return Serving(corpus, Answerer(corpus, index, analyser, options), reading)


def _kept(settings: Settings) -> State:
    return state.opened(Path(settings.state_folder) if settings.state_folder else None)


def _desk(settings: Settings, name: str, kept: State) -> Desk:
    load = partial(serving, settings, name)
    made = Desk(load, settings.question_length, kept, settings.reload_seconds)
    if settings.uploads:
        made.inbox = Inbox(settings.corpora_folder / name, settings.upload_seconds)
    return made


def _index(corpus: Corpus, analyser: Analyser, chosen: Engine) -> Index:
    for name in chosen.options:
        _engine(name, f"engine.options.{name}")
    engine = _engine(chosen.name, "engine.name")
    given = chosen.options.get(chosen.name, {})
    options = validated(engine.Options, given, f"engine.options.{chosen.name}")
    cache = Path(chosen.cache) / corpus.name if chosen.cache else None
    return engine.build(corpus.passages, analyser, options, cache)


def _engine(name: str, place: str) -> EngineModule:
    """Return the engine that is called as its module is; a package holds parts of engines."""
    names = [found.name for found in pkgutil.iter_modules(engines.__path__) if not found.ispkg]
    if name not in names:
        raise SettingsError(f"{FILE}: {place}", "no such engine", f"use {', '.join(names)}")
    return cast("EngineModule", importlib.import_module(f"{engines.__name__}.{name}"))


def _answering(answers: Answers, depth: int) -> Options:
    return Options(
        most=answers.quotes,
        depth=depth,
        answered=answers.answered,
        closest=answers.closest,
        lengths=Lengths(answers.shortest, answers.longest),
    )
