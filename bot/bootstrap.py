"""Composition: the only place where the parts are put together, as the settings say."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from bot.analysis import Analyser
from bot.answers.answer_builder import AnswerOptions
from bot.answers.answerer import Answerer
from bot.answers.document_words import keep_document_words
from bot.answers.lookup import PassageFacts, compute_facts_digest
from bot.answers.quoting import QuoteLengths, drop_uncertain_voice, drop_uncertain_voices
from bot.corpus import LoadedCorpus, load_incrementally
from bot.corpus.folder import compute_folder_digest, find_corpus
from bot.corpus.kept_documents import KeptDocuments, compute_rules_digest, stream_corpus
from bot.corpus.reader import find_language
from bot.errors import CorpusError, SettingsError
from bot.model import Corpus
from bot.search import EngineModule, list_engines, load_engine
from bot.search.base import StoringEngine
from bot.service import Service, ServiceOptions
from bot.service.live_corpus import LiveCorpus
from bot.service.router import Router
from bot.service.snapshot import Snapshot
from bot.settings import AUTOMATIC_CACHE, NO_CACHE_NAME, EngineSettings, Settings, find_place, validate_options
from bot.storage import Storage
from bot.storage.cache_folder import CacheFolder, find_cache_folder
from bot.storage.stores import list_stores, load_store

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.answers.verification import Verifier


# The store that is used unless the variable of another is set.
_DEFAULT_STORE = "folder"


async def build_service(settings: Settings, *, is_lasting: bool = False) -> Service:
    """Load the corpus of `settings` and return the service that answers from it.

    A service that `is_lasting` answers any number of questions, so the index of verification and the search for topics
    are not left to the first person who needs them.

    Raises:
        BotError: the corpus cannot be served, or a setting is wrong.
    """
    storage = await _open_storage(settings)
    live = await _load_live_corpus(settings, settings.corpus, storage, is_lasting=is_lasting)
    return _build_service(settings, storage, live)


async def build_router(settings: Settings) -> Router:
    """Load every corpus of `settings`, and return the router that finds the service for a chat.

    Raises:
        BotError: one of them cannot be served, or a setting is wrong.
    """
    storage = await _open_storage(settings)
    names = dict.fromkeys([settings.corpus, *settings.corpora])
    loaded = [await _load_live_corpus(settings, name, storage, is_lasting=True) for name in names]
    services = [
        _build_service(settings, storage, live, [other for other in loaded if other is not live]) for live in loaded
    ]
    return Router(services, storage)


def build_snapshot(
    settings: Settings,
    name: str,
    previous: LoadedCorpus | None = None,
    excluded_ids: Collection[str] = (),
    *,
    is_lasting: bool = False,
) -> Snapshot:
    """Return the corpus of this name as it is stored with its index, or read and index it, reusing unchanged parts."""
    folder, cache_folder = find_corpus(settings.corpora_folder, name), _find_cache(settings)
    if not excluded_ids and (stored := _find_stored(settings, folder)):
        return stored
    limit = settings.engine.in_memory if _find_storing_engine(settings.engine) else None
    kept_documents = KeptDocuments(CacheFolder(cache_folder and cache_folder / f"{name}.documents"), folder)
    if previous is None:
        kept_documents.load()
    reading = load_incrementally(folder, previous or kept_documents, excluded_ids, limit)
    kept_documents.save(reading.reusable)
    corpus = drop_uncertain_voices(reading.corpus, settings.answers.confidence)
    analyser = Analyser(corpus.language)
    engine, engine_options = _load_engine(settings.engine.name), _build_engine_options(settings.engine)
    index = engine.build(corpus.passages, analyser, engine_options, cache_folder and cache_folder / name)
    load_verifier = _prepare_verifier(corpus, cache_folder and cache_folder / f"{name}.verbatim")
    kept_words = CacheFolder(cache_folder and cache_folder / f"{name}.words")
    with keep_document_words(corpus.documents, kept_words, analyser.fingerprint):
        answerer = Answerer(corpus, index, analyser, _build_answer_options(settings))
    if is_lasting:
        load_verifier().get_index()
    # Topics may be needed in the event loop, which must not wait for a server.
    if is_lasting or _find_storing_engine(settings.engine):
        answerer.search_topics()
    is_small = len(corpus.passages) <= getattr(engine, "SMALL_CORPUS", 0)
    return Snapshot(corpus, answerer, load_verifier, reading, is_small=is_small)


def _prepare_verifier(corpus: Corpus, index_path: Path | None = None) -> Callable[[], Verifier]:
    """Return a function that loads the verifier: its imports are left to the first text that is verified."""

    @cache
    def load_verifier() -> Verifier:
        """Return the verifier, the same at every call; its index is loaded when it is needed."""
        verification = import_module("bot.answers.verification")
        verifier: Verifier = verification.Verifier(
            corpus, partial(verification.load_word_index, corpus.passages, index_path)
        )
        return verifier

    return load_verifier


def store_corpus(settings: Settings, name: str) -> tuple[int, int]:
    """Store the corpus of this name with its index, and return how many passages and documents it has.

    Documents are read one at a time, and kept on a disk until they are indexed.

    Raises:
        BotError: the corpus cannot be served, or the index cannot be made.
    """
    folder = find_corpus(settings.corpora_folder, name)
    engine, answers = cast("StoringEngine", _load_engine(settings.engine.name)), settings.answers
    with TemporaryDirectory() as disk:
        adjust = partial(drop_uncertain_voice, threshold=answers.confidence)
        stream = stream_corpus(folder, CacheFolder(Path(disk)), adjust)
        analyser = Analyser(stream.corpus.language)
        finder = PassageFacts(analyser, QuoteLengths(answers.shortest, answers.longest))
        key, options = _compute_stored_key(settings, folder), _build_engine_options(settings.engine)
        return engine.store_corpus(key, stream, finder, analyser, options), len(stream.corpus.documents)


def _find_stored(settings: Settings, folder: Path) -> Snapshot | None:
    """Return the corpus in `folder` as it is stored with its index; None if it is not, or fits into memory."""
    engine = _find_storing_engine(settings.engine)
    if engine is None:
        return None
    analyser = Analyser(find_language(folder).name)
    try:
        key = _compute_stored_key(settings, folder)
    except CorpusError:
        # Files that cannot be read are reported, one by one, when the corpus is read.
        return None
    stored = engine.find_stored(key, analyser, _build_engine_options(settings.engine))
    if stored is None or len(stored.corpus.passages) <= settings.engine.in_memory:
        return None
    answerer = Answerer(stored.corpus, stored.search_index, analyser, _build_answer_options(settings))
    answerer.search_topics()
    return Snapshot(stored.corpus, answerer, _prepare_verifier(stored.corpus), LoadedCorpus(stored.corpus))


def _compute_stored_key(settings: Settings, folder: Path) -> str:
    """Compute a key that changes with anything that is stored of the corpus in `folder`."""
    rules = compute_rules_digest(), compute_facts_digest(), settings.answers.confidence
    return f"{compute_folder_digest(folder)} {rules}"


def _find_storing_engine(engine_settings: EngineSettings) -> StoringEngine | None:
    """Return the engine, if it can store a corpus with its index."""
    engine = _load_engine(engine_settings.name)
    return cast("StoringEngine", engine) if hasattr(engine, "find_stored") else None


def _find_cache(settings: Settings) -> Path | None:
    """Return the cache folder for parsed documents and indexes; None to keep nothing."""
    cache_setting = settings.engine.cache
    if cache_setting != AUTOMATIC_CACHE:
        return Path(cache_setting) if cache_setting not in {"", NO_CACHE_NAME} else None
    state_folder = Path(settings.state_folder) if settings.state_folder else None
    return find_cache_folder(state_folder, str(settings.corpora_folder.absolute()))


def find_store(settings: Settings) -> tuple[str, str]:
    """Return the name and the address of the store whose variable is set, or else of the folder; "" keeps nothing.

    Raises:
        SettingsError: the variables of two stores are set.
    """
    variables = {name: load_store(name).ADDRESS for name in list_stores()}
    addresses = {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}
    if len(addresses) > 1:
        place = " and ".join(variables[name] for name in addresses)
        raise SettingsError(place, "each names a store, and one is used", "unset all but one")
    return next(iter(addresses.items()), (_DEFAULT_STORE, settings.state_folder))


async def _open_storage(settings: Settings) -> Storage:
    """Open the store that the settings and the environment choose.

    Raises:
        BotError: it cannot be used, or a library that it needs is not installed.
    """
    name, address = find_store(settings)
    store = load_store(name)
    options = validate_options(store.Options, settings.stores.get(name, {}), f"stores.{name}")
    try:
        return await store.open_store(address, options)
    except ModuleNotFoundError as error:
        raise _explain_missing(error, store.ADDRESS, name) from None


async def _load_live_corpus(settings: Settings, name: str, storage: Storage, *, is_lasting: bool) -> LiveCorpus:
    """Load the corpus of this name to be served; a switch that another process makes meanwhile is not undone."""
    loader = partial(build_snapshot, settings, name, is_lasting=is_lasting)
    await storage.refresh()
    return await LiveCorpus.load(loader, storage, settings.reload_seconds, served_before=storage.find_served(name))


def _build_service(
    settings: Settings, storage: Storage, live: LiveCorpus, siblings: Sequence[LiveCorpus] = ()
) -> Service:
    """Build the service of `live`; `siblings` are the other corpora that this process serves."""
    folder = find_corpus(settings.corpora_folder, live.snapshot.corpus.name)
    # The module that reads uploads is imported only where they are allowed.
    uploads = (
        import_module("bot.service.uploads").Uploads(folder, settings.upload_seconds, storage)
        if settings.uploads
        else None
    )
    options = ServiceOptions(settings.question_length, folder, settings.flag_days, settings.verified_length)
    return Service(live, storage, siblings, uploads, options)


def _build_engine_options(engine_settings: EngineSettings) -> BaseModel:
    """Return the options of the chosen engine; refuse a table of options for an unknown engine."""
    for name in engine_settings.options:
        _check_engine(name, f"engine.options.{name}")
    engine = _load_engine(engine_settings.name)
    values = engine_settings.options.get(engine_settings.name, {})
    return validate_options(engine.Options, values, f"engine.options.{engine_settings.name}")


def _load_engine(name: str) -> EngineModule:
    """Return the engine of this name, which is its module's.

    Raises:
        SettingsError: there is no such engine, or a library that it needs is not installed.
    """
    _check_engine(name, "engine.name")
    try:
        return load_engine(name)
    except ModuleNotFoundError as error:
        raise _explain_missing(error, find_place("engine.name"), name) from None


def _explain_missing(error: ModuleNotFoundError, place: str, extra: str) -> SettingsError:
    """Build the error for a missing library; the extra that installs it has the name of the part that needs it."""
    fact = f"{extra} needs {error.name}, which is not installed"
    return SettingsError(place, fact, f"install the extra: pip install 'on-the-record[{extra}]'")


def _check_engine(name: str, place: str) -> None:
    """Raise a SettingsError, with the place where it is set, for a name that is not an engine's."""
    if name not in (names := list_engines()):
        raise SettingsError(find_place(place), "no such engine", f"use {', '.join(names)}")


def _build_answer_options(settings: Settings) -> AnswerOptions:
    """Return the options of answers that the settings give."""
    answers = settings.answers
    return AnswerOptions(
        page_size=answers.quotes,
        depth=settings.engine.depth,
        answered_threshold=answers.answered,
        closest_threshold=answers.closest,
        lengths=QuoteLengths(answers.shortest, answers.longest),
    )
