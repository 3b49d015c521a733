"""The command line: parse the arguments, call one room, print.

Only here does a `BotError` become one line on stderr and status 2. A surface
imports its library when it runs, so that the other commands start fast.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from bot import bootstrap, curator_commands, formats, settings
from bot.answers import evaluation
from bot.attribution import extract_passages
from bot.corpus import Level, check_corpus, load_corpus
from bot.corpus.reader import find_language
from bot.curator_commands import build_fetch
from bot.errors import BotError, NotFoundError
from bot.ingest import reading_list as reading
from bot.ingest.addition import prepare_addition, prepare_from_url, write_addition
from bot.languages import DEFAULT_LANGUAGE, load_language
from bot.model import Publication
from bot.replies import json_output, review
from bot.replies.report import render_page
from bot.service.admin import package_version
from bot.surfaces import list_surfaces, load_settings, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.model import Passage
    from bot.replies.reply import Reply
    from bot.surfaces import Surface

EXIT_NOT_SERVED = 1
EXIT_BAD_INPUT = 2
EXIT_BROKEN_PIPE = 1

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
Fact = Annotated[str | None, typer.Option(help="In place of what the source says.")]
CorpusName = Annotated[str | None, typer.Option(help="The corpus to ask, in place of the set one.")]


def _print_version(is_asked: bool) -> None:  # noqa: FBT001  typer's own signature
    if is_asked:
        print(package_version())
        raise typer.Exit


@app.callback()
def describe_bot(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Answer questions about a policy debate only in the words of the people in it."""


def _add_surface(name: str, surface: Surface) -> None:
    """Add the command that runs `surface`; its switches become options of the command."""

    def run_surface(corpus: str | None = None, **switches: bool) -> None:
        config = load_settings(corpus)
        values = config.surfaces.get(name, {})
        options = settings.validate_options(surface.Options, values, f"surfaces.{name}")
        surface.run(config, options, **switches)

    def parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    switches = [
        parameter(name, Annotated[bool, typer.Option(f"--{name}", help=text)], default=False)
        for name, text in surface.SWITCHES.items()
    ]
    # Typer reads a command's options off its signature.
    run_surface.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter("corpus", CorpusName, None), *switches]
    )
    run_surface.__annotations__ = {}
    help_text = inspect.getdoc(surface.run) or ""
    app.command(surface.COMMAND, help=help_text.partition("\n\n")[0])(run_surface)


for _name, _surface in list_surfaces().items():
    _add_surface(_name, _surface)
app.registered_commands.extend(curator_commands.app.registered_commands)


@app.command()
def ask(
    question: str,
    *,
    after: Annotated[list[str] | None, typer.Option(help="Asked before it; repeatable.")] = None,
    corpus: CorpusName = None,
    as_record: AsJson = False,
    svg: Annotated[Path | None, typer.Option(help="Draw the exchange into this file.")] = None,
) -> None:
    """Print one answer."""
    service = asyncio.run(bootstrap.build_service(load_settings(corpus)))
    if as_record:
        _print_json([json_output.answer_to_json(service.answer(question, after or ()))])
        return
    reply = _remove_buttons(asyncio.run(service.ask(question, after or ())))
    if svg:
        terminal.save_svg(question, reply, svg)
    else:
        terminal.print_reply(reply)


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
        terminal.print_reply(_remove_buttons(asyncio.run(service.show_quote(name.upper()))))
    else:
        ids = ", ".join(candidate.id for candidate in service.corpus.documents)
        fact = f"no document or quote of {service.corpus.name}"
        raise NotFoundError(name, fact, f"choose from {ids}, or copy a quote's id from an answer")


@app.command()
def check(
    name: Annotated[str | None, typer.Argument()] = None,
    *,
    as_record: AsJson = False,
    report: Annotated[Path | None, typer.Option(help="Write a page to read in a browser into this file.")] = None,
) -> None:
    """Lint a corpus; status 1 when it could not be served."""
    config = load_settings(name)
    lint_result = check_corpus(config.corpora_folder / config.corpus, config.answers.confidence)
    findings = lint_result.findings
    if report:
        _write_file(report, render_page(config.corpus, lint_result))
    if as_record:
        _print_json(map(asdict, findings))
    else:
        print("\n".join(map(str, findings)) or f"{config.corpus}: no problems found")
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(EXIT_NOT_SERVED)


@app.command()
def add(  # noqa: PLR0913  each is an option
    source: Annotated[str, typer.Argument(metavar="FILE|URL")],
    *,
    corpus: CorpusName = None,
    title: Fact = None,
    publisher: Fact = None,
    author: Annotated[list[str] | None, typer.Option(help="Repeatable.")] = None,
    date: Fact = None,
    url: Fact = None,
    licence: Fact = None,
    name: Annotated[str | None, typer.Option("--id", help="What to call it.")] = None,
) -> None:
    """Add a document to a corpus; what you state wins over what it says of itself."""
    config = load_settings(corpus)
    folder = config.corpora_folder / config.corpus
    stated = Publication(
        title=title, publisher=publisher, authors=tuple(author or ()), date=date, url=url, licence=licence
    )
    if source.startswith(("https://", "http://")):
        addition = prepare_from_url(folder, source, stated, name, build_fetch(config))
    else:
        addition = prepare_addition(folder, Path(source), stated, name)
    write_addition(addition)
    language = find_language(folder)
    print("\n".join(review.describe_addition(addition, config.answers.confidence, language)))


@app.command("reading-list")
def reading_list(
    name: Annotated[str | None, typer.Argument()] = None,
    *,
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch and add what it lists.")] = False,
) -> None:
    """Print what a corpus would hold at its best; with --fetch get it. Status 1 if some failed."""
    config = load_settings(name)
    folder = config.corpora_folder / config.corpus
    listing = reading.load_reading_list(folder)
    if not fetch:
        print("\n".join(review.describe_reading_list(listing)))
        return
    fetch_one = build_fetch(config)
    known_urls = {document.url for document in load_corpus(folder).documents if document.url}
    outcomes = list(reading.add_sources(folder, listing.sources, known_urls, fetch_one))
    print("\n".join(map(review.describe_outcome, outcomes)) or "nothing to fetch")
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(EXIT_NOT_SERVED)


@app.command()
def voices(paths: list[Path], *, as_record: AsJson = False) -> None:
    """Print every passage of files or corpus folders, the most doubtful first."""
    all_passages = [passage for path in paths for passage in _read_passages(path)]
    if as_record:
        _print_json(map(json_output.passage_to_json, all_passages))
        return
    threshold = load_settings().answers.confidence
    for passage in sorted(all_passages, key=lambda passage: passage.confidence):
        print("\n".join(review.describe_passage(passage, threshold)), end="\n\n")


@app.command("eval")
def evaluate(questions: Path, *, corpus: CorpusName = None, as_record: AsJson = False) -> None:
    """Print figures over judged questions; with --json each outcome."""
    service = asyncio.run(bootstrap.build_service(load_settings(corpus)))
    outcomes = evaluation.evaluate(evaluation.load_questions(questions), service.answer)
    if as_record:
        for outcome in outcomes:
            print(evaluation.to_json(outcome))
        return
    for name, count in evaluation.count_outcomes(outcomes).items():
        print(f"{count:5} {name}")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; no arguments ask for help."""
    try:
        command = typer.main.get_command(app)
        status = command.main(list(arguments) or ["--help"], "python -m bot", standalone_mode=False)
        sys.stdout.flush()
    except BotError as error:
        return _print_error(str(error))
    except TyperException as error:
        return _print_error(_format_usage(error))
    except BrokenPipeError:
        # Nobody reads on; Python would say so once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    return int(status or 0)


def _print_error(message: str) -> int:
    print(f"bot: {' '.join(message.split())}", file=sys.stderr)
    return EXIT_BAD_INPUT


def _format_usage(error: TyperException) -> str:
    place = getattr(getattr(error, "ctx", None), "command_path", "python -m bot")
    return f"{place}: {error.format_message().rstrip('.')}; see {place} --help"


def _read_passages(path: Path) -> tuple[Passage, ...]:
    """Return those of a corpus folder, with its manifest's voices, or of one file by itself."""
    return (
        load_corpus(path).passages
        if path.is_dir()
        else extract_passages(formats.read(path), language=load_language(DEFAULT_LANGUAGE))
    )


def _write_file(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        fact = (error.strerror or str(error)).lower()
        raise NotFoundError(str(file), fact, "name a file that can be written") from error


def _remove_buttons(reply: Reply) -> Reply:
    """Return `reply` for one command, after which there is nothing to press."""
    return replace(reply, buttons=())


def _print_json(objects: Iterable[dict[str, Any]]) -> None:
    for item in objects:
        print(json.dumps(item, ensure_ascii=False))
