"""The curator's commands: begin a corpus, fill it from files and the open record, check it, and judge its answers."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import bootstrap, formats
from bot.analysis import Analyser
from bot.answers import evaluation
from bot.attribution import extract_passages
from bot.command_options import AsJson, CorpusName, print_json, write_file
from bot.corpus import load_corpus
from bot.corpus.folder import MANIFEST_NAME, find_own_corpus, list_corpora
from bot.corpus.folder import find_corpus as find_served_corpus
from bot.corpus.lint import Level, check_corpus
from bot.corpus.reader import find_language
from bot.errors import NotFoundError, SettingsError, find_program_name
from bot.ingest.addition import AddedFile, Choice, add_files, list_files
from bot.ingest.drafting import MOST_VOICES, create_corpus, draft_manifest
from bot.ingest.fetching import Fetcher, PoliteFetcher, fetch_page
from bot.ingest.gathering import MOST_DOCUMENTS, add_sources, gather_documents, load_reading_list, plan_gathering
from bot.ingest.sources import load_source
from bot.ingest.sources.base import SourceQuery
from bot.languages import DEFAULT_LANGUAGE, load_language
from bot.model import Passage, Publication, parse_partial_date
from bot.replies import json_output, review
from bot.replies.quote_block import truncate
from bot.replies.report_page import render_page
from bot.replies.review import describe_findings
from bot.settings import SETTINGS_FILE, Settings
from bot.surfaces import load_settings, terminal

Item = TypeVar("Item")

EXIT_SOME_FAILED = 1
EXIT_NOT_SERVED = 1
HOUSES = ("commons", "lords", "dail", "seanad")
# What an error about an unknown name repeats of it, and how many others it offers: some lines of a terminal.
MOST_CHARACTERS_NAMED, MOST_IDS_NAMED = 60, 12

Fact = Annotated[str | None, typer.Option(help="In place of what the source says.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Print every detail.")]

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
    most: Annotated[int, typer.Option(min=1, help="Take the best, up to this many.")] = MOST_DOCUMENTS,
    yes: Annotated[bool, typer.Option("--yes", help="Take them without asking.")] = False,
) -> None:
    """Fill a corpus from a public record. Shows what it would take, and asks. Status 1 if some failed."""
    config = load_settings(corpus)
    folder = find_corpus(config)
    chosen = load_source(source)
    if not term.strip():
        raise SettingsError("gather", "no term to look for", 'name one, such as "night buses"')
    if term.encode("utf-8", "replace").decode() != term:
        raise SettingsError("gather", f"{term!a} is not text", "write the term in UTF-8")
    query = SourceQuery(term, *check_days(since, until), check_house(house))
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


@app.command()
def check(
    name: Annotated[str | None, typer.Argument()] = None,
    *,
    as_record: AsJson = False,
    report: Annotated[Path | None, typer.Option(help="Write a page to read in a browser into this file.")] = None,
    verbose: Verbose = False,
) -> None:
    """Lint a corpus; status 1 when it could not be served."""
    config = load_settings(name)
    lint_result = check_corpus(find_served_corpus(config.corpora_folder, config.corpus), config.answers.confidence)
    if report:
        write_file(report, render_page(config.corpus, lint_result))
    if as_record:
        print_json(map(asdict, lint_result.findings))
    else:
        lines = describe_findings(lint_result, is_verbose=verbose)
        print("\n".join(lines) or f"{config.corpus}: no problems found")
    if any(finding.level is Level.ERROR for finding in lint_result.findings):
        raise typer.Exit(EXIT_NOT_SERVED)


@app.command()
def add(  # noqa: PLR0913  each is an option
    sources: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|URL...")],
    *,
    corpus: CorpusName = None,
    title: Fact = None,
    publisher: Fact = None,
    author: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    date: Fact = None,
    url: Fact = None,
    licence: Fact = None,
    name: Annotated[str | None, typer.Option("--id", help="What to call it.")] = None,
    since: Annotated[str | None, typer.Option(help="Leave out what is older.")] = None,
    until: Annotated[str | None, typer.Option(help="Leave out what is newer.")] = None,
    about: Annotated[str | None, typer.Option(help="Of a long record, the sections alone that hold this term.")] = None,
    verbose: Verbose = False,
) -> None:
    """Add documents to a corpus. What you state wins over what they say of themselves. Status 1 if some failed."""
    config = load_settings(corpus)
    stated = Publication(
        title=title, publisher=publisher, authors=tuple(author or ()), date=date, url=url, licence=licence
    )
    choice = Choice(*check_days(since, until), about)
    added = _add_sources(config, sources, choice, stated, name)
    language, threshold = find_language(config.corpora_folder / config.corpus), config.answers.confidence
    print("\n".join(review.describe_added(added, threshold, language, is_verbose=verbose)))
    if any(each.error for each in added):
        raise typer.Exit(EXIT_SOME_FAILED)


def _add_sources(
    config: Settings, sources: Sequence[str], choice: Choice, stated: Publication, name: str | None
) -> list[AddedFile]:
    """Add files, folders and addresses, and show the progress; the error of one by itself is raised."""
    folder = find_own_corpus(config.corpora_folder, config.corpus)
    if not all(sources):
        # To the system it is the name of the folder that one is in.
        raise SettingsError("add", "an empty name", "name a file, a folder or an address")
    addresses = [source for source in sources if source.startswith(("https://", "http://"))]
    files: list[Path | str] = [*addresses, *list_files(Path(source) for source in sources if source not in addresses)]
    is_single = len(files) == 1
    if not is_single and (stated.facts or name):
        raise SettingsError("add", "facts stated for more than one document", "add each by itself")
    fetch = build_fetch(config) if addresses else fetch_page
    steps = add_files(folder, files, choice, stated, name, fetch)
    added = list(show_progress(steps, len(files), "adding"))
    if is_single and added[0].error:
        raise added[0].error
    return added


@app.command("reading-list")
def reading_list(
    name: Annotated[str | None, typer.Argument()] = None,
    *,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch and add what it lists.")] = False,
) -> None:
    """Print what a corpus should hold. With --fetch get it. Status 1 if some failed."""
    config = load_settings(name)
    find_folder = find_own_corpus if fetch else find_served_corpus
    folder = find_folder(config.corpora_folder, config.corpus)
    listing = load_reading_list(folder)
    if not fetch:
        print("\n".join(review.describe_reading_list(listing)))
        return
    fetch_one = build_fetch(config)
    corpus_documents = load_corpus(folder).documents if list_files([folder]) != [folder] else ()
    known_urls = {document.url for document in corpus_documents if document.url}
    steps = add_sources(folder, listing.sources, known_urls, fetch_one)
    outcomes = list(show_progress(steps, len(listing.sources), "fetching"))
    print(
        "\n".join([*map(review.describe_outcome, outcomes), review.summarise_outcomes(outcomes, len(listing.sources))])
    )
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(EXIT_SOME_FAILED)


@app.command()
def voices(
    paths: Annotated[list[Path] | None, typer.Argument()] = None,
    *,
    as_record: AsJson = False,
    draft: Annotated[bool, typer.Option("--draft", help="Draft the manifest's voices, most quoted first.")] = False,
    corpus: CorpusName = None,
    most: Annotated[int, typer.Option(min=1, help="Draft up to this many voices.")] = MOST_VOICES,
) -> None:
    """Print who says what in files or corpora. The most doubtful stand first; or draft a corpus's voices."""
    if draft:
        config = load_settings(corpus)
        served = load_corpus(find_served_corpus(config.corpora_folder, config.corpus))
        print("\n".join(draft_manifest(served, config.answers.confidence, most)))
        return
    if not paths:
        raise SettingsError("voices", "no file or folder is named", "name one, or ask for --draft")
    all_passages = [passage for path in paths for passage in _read_passages(path)]
    if as_record:
        print_json(map(json_output.passage_to_json, all_passages))
        return
    threshold = load_settings().answers.confidence
    for passage in sorted(all_passages, key=lambda passage: passage.confidence):
        print("\n".join(review.describe_passage(passage, threshold)), end="\n\n")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="DOCUMENT|ID")],
    *,
    text: Annotated[bool, typer.Option("--text", help="Print its canonical text alone.")] = False,
    corpus: CorpusName = None,
) -> None:
    """Print a document, or a quote in its context."""
    service = asyncio.run(bootstrap.build_service(load_settings(corpus)))
    document = next((candidate for candidate in service.corpus.documents if candidate.id == name), None)
    if document and text:
        print(document.text, end="")
    elif document:
        print("\n".join(review.describe_document(document)))
    elif re.fullmatch(r"[A-Za-z2-7]{8}", name) and not text and service.knows_quote(name.upper()):
        terminal.print_reply(terminal.remove_buttons(asyncio.run(service.show_quote(name.upper()))))
    else:
        ids = [candidate.id for candidate in islice(service.corpus.documents, MOST_IDS_NAMED + 1)]
        if len(ids) > MOST_IDS_NAMED:
            ids[-1] = "…"
        fact = f"no document or quote of {service.corpus.name}"
        place = truncate(name, MOST_CHARACTERS_NAMED) or "''"
        raise NotFoundError(place, fact, f"choose from {', '.join(ids)}, or copy a quote's id from an answer")


@app.command("eval")
def evaluate(
    questions: Annotated[Path | None, typer.Argument(help="Judged questions; without them the balance alone.")] = None,
    *,
    corpus: CorpusName = None,
    answers: Annotated[int, typer.Option(min=1, help="Without questions, how many answers both sides match in.")] = 500,
    seed: Annotated[int, typer.Option(help="Without questions, what they are drawn by.")] = 1,
    as_record: AsJson = False,
) -> None:
    """Print figures over judged questions. With --json each outcome; without a file, how balanced answers are."""
    service = asyncio.run(bootstrap.build_service(load_settings(corpus)))
    if questions is None:
        drawn_questions = evaluation.draw_questions(service.corpus, Analyser(service.corpus.language), seed)
        asked = evaluation.ask_until_balanced(drawn_questions, service.answer, answers)
        _print_balance(evaluation.count_balance(asked), as_record=as_record)
        return
    outcomes = evaluation.evaluate(evaluation.load_questions(questions), service.answer)
    if as_record:
        for outcome in outcomes:
            print(evaluation.to_json(outcome))
        return
    for name, count in evaluation.count_outcomes(outcomes).items():
        print(f"{count:5} {name}")
    _print_balance(evaluation.count_balance(outcome.answer for outcome in outcomes), as_record=False)


def find_corpus(config: Settings) -> Path:
    """Return the folder of the corpus that is set, to write to; one that comes with the program is not written to.

    Raises:
        NotFoundError: there is none, or it is to be copied first.
    """
    folder = find_own_corpus(config.corpora_folder, config.corpus)
    if not (folder / MANIFEST_NAME).is_file():
        names = [name for name in list_corpora(config.corpora_folder) if (config.corpora_folder / name).is_dir()]
        choice = f"choose from {', '.join(names)}; or " if names else ""
        remedy = f"{choice}begin it with: {find_program_name()} new {config.corpus}"
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


def check_days(since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """Return the dates given to `--since` and `--until`: a day, month or year, or None.

    Raises:
        SettingsError: one is no date, or the second is before the first.
    """
    for option, text in {"--since": since, "--until": until}.items():
        if text is not None and parse_partial_date(text) is None:
            raise SettingsError(option, f"{text!a} is not a date", "write 2020, 2020-01 or 2020-01-24")
    # A year and a month within it are compared by the year alone.
    if since and until and until < since[: len(until)]:
        raise SettingsError("--until", f"{until} is before --since, {since}", "exchange them")
    return since, until


def check_house(text: str | None) -> str | None:
    """Return the house given to `--house`, in lower case.

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


def _print_balance(figures: evaluation.BalanceFigures, *, as_record: bool) -> None:
    """Print how balanced answers are: as one JSON object, or a count and its name a line."""
    if as_record:
        print_json([figures._asdict()])
        return
    for count, name in evaluation.describe_balance(figures):
        print(f"{count:5} {name}")


def _confirm(count: int) -> bool:
    """Return whether somebody agrees to take `count` documents; where nobody can answer, print how to take them."""
    if sys.stdin.isatty():
        return typer.confirm(f"Take {count}?")
    print("Nothing was taken. To take them, ask again with --yes.")
    return False


def _read_passages(path: Path) -> tuple[Passage, ...]:
    """Return the passages of a corpus folder, with its manifest's voices, or of one file by itself."""
    return (
        tuple(load_corpus(path).passages)
        if path.is_dir()
        else extract_passages(formats.read(path), language=load_language(DEFAULT_LANGUAGE))
    )
