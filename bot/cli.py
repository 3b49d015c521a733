"""The command line: parse the arguments, call one room, print.

Only here does a `BotError` become one line on stderr and status 2. A surface
imports its library when it runs, so that the other commands start fast.
"""

from __future__ import annotations

import asyncio
import errno
import inspect
import io
import logging
import os
import sys
import time
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot import bootstrap, settings
from bot.command_options import AsJson, CorpusName, print_json, write_file
from bot.corpus.reader import CorpusTooLargeError
from bot.errors import BotError, find_program_name
from bot.log_output import discard_stream
from bot.replies import json_output
from bot.service.admin import measure_peak_memory_mb, read_package_version
from bot.service.heartbeat import check_heartbeat, find_heartbeat_file
from bot.settings import Settings
from bot.storage.filesystem import build_unreadable_error
from bot.surfaces import Surface, list_surfaces, load_settings, load_surface, terminal

EXIT_BAD_INPUT = 2
EXIT_BROKEN_PIPE = 1
EXIT_NOT_WELL = 1
# Standard output leads to a disk that is full, or to one that fails.
_OUTPUT_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})

# A path that no file can have, or that whoever runs the command may not look into.
_NAME_ERRORS = frozenset({errno.ENAMETOOLONG, errno.EACCES})
# In characters, as much of such a path as an error repeats: enough to know it by.
_MOST_OF_A_NAME = 100

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def _print_version(is_asked: bool) -> None:  # noqa: FBT001  typer's own signature
    """Print the version and end the command, if `is_asked`."""
    if is_asked:
        print(read_package_version())
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
        """Return a keyword parameter for the command's signature."""
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    switches = [
        parameter(name, Annotated[bool, typer.Option(f"--{name}", help=text)], default=False)
        for name, text in surface.SWITCHES.items()
    ]
    # Typer reads a command's options off its signature.
    run_surface.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # no function's type has it
        [parameter("corpus", CorpusName, None), *switches]
    )
    run_surface.__annotations__ = {}
    help_text = inspect.getdoc(surface.run) or ""
    app.command(surface.COMMAND, help=help_text.partition("\n\n")[0])(run_surface)


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
        print_json([json_output.answer_to_json(service.answer(question, after or ()))])
        return
    reply = terminal.remove_buttons(asyncio.run(service.ask(question, after or ())))
    if svg:
        write_file(svg, terminal.draw_svg(question, reply))
    else:
        terminal.print_reply(reply)


@app.command()
def verify(text: str, *, corpus: CorpusName = None, as_record: AsJson = False) -> None:
    """Check a quote. Is it in the corpus, in these words, in this voice?"""
    service = asyncio.run(bootstrap.build_service(load_settings(corpus)))
    verifications = service.verify(text)
    if not verifications:
        raise BotError("verify", "no words to check", "give a quote, such as 'Ann Low said: “We need a ferry.”'")
    if as_record:
        print_json(map(json_output.verification_to_json, verifications))
    else:
        terminal.print_reply(terminal.remove_buttons(asyncio.run(service.verify_quotes(text))))


@app.command("index")
def build_index(*, corpus: CorpusName = None) -> None:
    """Read and index a corpus. A start or a reload then finds both done.

    With OpenSearch the index lies in the cluster, for every process; with the embedded engine in `engine.cache`.
    """
    chosen, start = load_settings(corpus), time.perf_counter()
    size = _index_corpus(chosen)
    cost = f"{time.perf_counter() - start:.1f} s, {measure_peak_memory_mb():.0f} MB at most"
    print(f"{chosen.corpus}: {size}, engine {chosen.engine.name}, {cost}")


def _index_corpus(chosen: Settings) -> str:
    """Index a corpus where its size demands, and return how large it is."""
    try:
        indexed = bootstrap.build_snapshot(chosen, chosen.corpus).corpus
        passage_count, document_count = len(indexed.passages), len(indexed.documents)
    except CorpusTooLargeError:
        passage_count, document_count = bootstrap.store_corpus(chosen, chosen.corpus)
    plural = "" if document_count == 1 else "s"
    return f"{passage_count:,} passages in {document_count:,} document{plural}"


@app.command()
def health() -> None:
    """Say whether the bot with these settings runs. Status 1 if not."""
    config = load_settings()
    heartbeat_setting = str(config.surfaces.get("telegram", {}).get("heartbeat", "auto"))
    path = find_heartbeat_file(config.state_folder) if heartbeat_setting == "auto" else Path(heartbeat_setting)
    try:
        print(check_heartbeat(path))
    except BotError as error:
        _print_error(str(error))
        raise typer.Exit(EXIT_NOT_WELL) from None


@cache
def _add_surfaces() -> None:
    """Add the command of every surface, once."""
    for name in list_surfaces():
        _add_surface(name, load_surface(name))


@cache
def _add_curator_commands() -> None:
    """Add the curator's commands, once; only this imports their libraries."""
    curator_app: typer.Typer = import_module("bot.curator_commands").app
    app.registered_commands.extend(curator_app.registered_commands)


def _is_command(name: str) -> bool:
    """Return whether `name` is a command that was added."""
    return any(name in {command.name, getattr(command.callback, "__name__", "")} for command in app.registered_commands)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; no arguments ask for help."""
    # No question needs the surfaces' declarations or the curator's libraries.
    for add_commands in (_add_surfaces, _add_curator_commands):
        if not arguments or not _is_command(arguments[0]):
            add_commands()
    _replace_closed_input()
    _spell_out_unprintable()
    try:
        settings.load_env_file()
        command = typer.main.get_command(app)
        status = command.main(list(arguments) or ["--help"], find_program_name(), standalone_mode=False)
        _flush_output()
    except BotError as error:
        return _print_error(str(error))
    except TyperException as error:
        return _print_error(_format_usage(error))
    except BrokenPipeError:
        discard_stream(sys.stdout)
        return EXIT_BROKEN_PIPE
    except OSError as error:
        if (message := _explain_system_error(error)) is None:
            raise
        return _print_error(message)
    except (MemoryError, RuntimeError) as error:
        # This is how Python says that there is no room for a thread's stack.
        if isinstance(error, RuntimeError) and str(error) != "can't start new thread":
            raise
        return _print_error("memory: there is not enough; give the process more, or divide the corpus")
    return int(status or 0)


def _explain_system_error(error: OSError) -> str | None:
    """Return the line to print for output that cannot be written or a name that is refused; None for a defect."""
    if error.filename is None and error.errno in _OUTPUT_ERRORS:
        discard_stream(sys.stdout)
        return f"standard output: {str(error.strerror).lower()}; write it elsewhere"
    if error.filename is not None and error.errno in _NAME_ERRORS:
        return str(build_unreadable_error(Path(os.fsdecode(error.filename)[:_MOST_OF_A_NAME]), error))
    return None


def _flush_output() -> None:
    """Write out what standard output still holds, so that a failure is met here and not at exit."""
    # There is none where it was closed before the start.
    if sys.stdout:
        sys.stdout.flush()


def _replace_closed_input() -> None:
    """Put an empty standard input in the place of one that was closed before the start."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - to the end


def _spell_out_unprintable() -> None:
    """Print characters that an encoding such as ASCII lacks as their numbers, rather than end with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _print_error(message: str) -> int:
    """Print `message` as one line on stderr, and return the status for bad input."""
    # Lines that were logged before stand above it.
    for handler in logging.getLogger().handlers:
        handler.flush()
    # Without one, print would write to standard output.
    if sys.stderr:
        try:
            print(f"bot: {' '.join(message.split())}", file=sys.stderr)
        except OSError:
            discard_stream(sys.stderr)
    return EXIT_BAD_INPUT


def _format_usage(error: TyperException) -> str:
    """Return the message of a usage error, with the command and how to get its help."""
    place = getattr(getattr(error, "ctx", None), "command_path", "python -m bot")
    return f"{place}: {error.format_message().rstrip('.')}; see {place} --help"
