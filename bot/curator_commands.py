"""The curator's commands: a corpus begun, and filled from the open record."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.corpus.folder import MANIFEST_NAME
from bot.corpus.template import create_corpus
from bot.errors import NotFoundError, SettingsError
from bot.ingest.gathering import MOST_DOCUMENTS, gather_documents, plan_gathering
from bot.ingest.guarded_fetch import fetch_page
from bot.ingest.polite_fetch import PoliteFetcher
from bot.ingest.sources import load_source
from bot.ingest.sources.base import SourceQuery
from bot.model import parse_partial_date
from bot.replies import review
from bot.settings import SETTINGS_FILE
from bot.surfaces import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import TypeVar

    from bot.ingest.guarded_fetch import Fetcher
    from bot.settings import Settings

    Item = TypeVar("Item")

EXIT_SOME_FAILED = 1
HOUSES = ("commons", "lords", "dail", "seanad")

CorpusName = Annotated[str | None, typer.Option(help="The corpus, in place of the set one.")]

app = typer.Typer()


@app.command("new")
def create(
    name: str,
    *,
    title: Annotated[str | None, typer.Option(help="The debate's title.")] = None,
    motion: Annotated[str | None, typer.Option(help="What one can be for or against, in a sentence.")] = None,
) -> None:
    """Begin a corpus: a folder with a manifest to fill in."""
    config = load_settings(None)
    path = create_corpus(config.corpora_folder, name, title, motion)
    print(f"wrote {path}")
    print(review.describe_new_corpus(name, is_complete=bool(title and motion)))


@app.command()
def gather(  # noqa: PLR0913  each is an option
    term: str,
    *,
    corpus: CorpusName = None,
    source: Annotated[str, typer.Option(help="Where to look.")] = "hansard",
    since: Annotated[str | None, typer.Option(help="The first day, month or year.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day, month or year.")] = None,
    house: Annotated[str | None, typer.Option(help="One house alone, e.g. commons.")] = None,
    most: Annotated[int, typer.Option(min=1, help="Take so many, the best.")] = MOST_DOCUMENTS,
    yes: Annotated[bool, typer.Option("--yes", help="Take them without asking.")] = False,
) -> None:
    """Search a source, show what it has, and bring it into a corpus. Status 1 if some failed."""
    config = load_settings(corpus)
    folder = find_corpus(config)
    chosen = load_source(source)
    query = SourceQuery(term, check_date(since, "--since"), check_date(until, "--until"), check_house(house))
    fetch = build_fetch(config)
    plan = plan_gathering(chosen, query, fetch, most)
    print("\n".join(review.describe_plan(plan, source, term)))
    if not plan.documents or not (yes or _confirm(len(plan.documents))):
        return
    steps = gather_documents(folder, chosen, plan.documents, fetch)
    results = list(show_progress(steps, len(plan.documents), "gathering"))
    print("\n".join(review.describe_gathering(results, config.corpus)))
    if any(result.error for result in results):
        raise typer.Exit(EXIT_SOME_FAILED)


def find_corpus(config: Settings) -> Path:
    """Return the folder of the corpus that is set.

    Raises:
        NotFoundError: there is none.
    """
    folder = config.corpora_folder / config.corpus
    if not (folder / MANIFEST_NAME).is_file():
        remedy = f"begin it with: python -m bot new {config.corpus}"
        raise NotFoundError(str(folder), "there is no such corpus", remedy)
    return folder


def build_fetch(config: Settings) -> Fetcher:
    """Return the fetcher that the settings allow, guarded and polite.

    Raises:
        SettingsError: nothing may be fetched.
    """
    if not config.fetch:
        remedy = f"set fetch = true in {SETTINGS_FILE}, or save the page and add the file"
        raise SettingsError("fetch", "nothing is fetched from the web", remedy)
    guarded = partial(fetch_page, max_bytes=config.fetch_bytes, seconds=config.fetch_seconds)
    return PoliteFetcher(guarded, config.fetch_rate, config.fetch_tries, config.fetch_wait)


def check_date(text: str | None, option: str) -> str | None:
    """Return the date given to `option`.

    Raises:
        SettingsError: it is none.
    """
    if text is not None and parse_partial_date(text) is None:
        raise SettingsError(option, f"{text!a} is not a date", "write 2020, 2020-01 or 2020-01-24")
    return text


def check_house(text: str | None) -> str | None:
    """Return the house that is asked for, in small letters.

    Raises:
        SettingsError: there is no such house.
    """
    if text is not None and text.casefold() not in HOUSES:
        raise SettingsError("--house", f"{text!a} is no house", f"choose from {', '.join(HOUSES)}")
    return text.casefold() if text else None


def show_progress(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """Yield `items`, and count them in a bar on stderr where somebody is looking."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield from bar.track(items, total, description=label)


def _confirm(count: int) -> bool:
    """Ask whether to take them; where nobody can answer, say how to."""
    if sys.stdin.isatty():
        return typer.confirm(f"Take {count}?")
    print("Nothing was taken. To take them, ask again with --yes.")
    return False
