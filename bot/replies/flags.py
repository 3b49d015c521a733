"""Flags as replies: the reasons to choose from, what admins read, and what became of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.answers.answer import ChosenQuote
from bot.model import Quote
from bot.replies.buttons import arrange_in_rows, fits_command_limit
from bot.replies.catalogue import say
from bot.replies.quote_block import render_quotes
from bot.replies.reply import Block, Button, Piece, Reply, Style
from bot.storage import Flag, FlagOutcome, FlagReason

REPORT_COMMAND = "/report"
# As many names as a phone shows as buttons without scrolling.
_MAX_NAMES = 6
_MAX_LISTED = 20


def render_reasons(quote_id: str, days: int) -> Reply:
    """Return the reasons for which a quote may be reported, as buttons; who reports is kept for `days` at most."""
    reasons = [
        Button(say(f"flag_reasons.{reason}"), f"{REPORT_COMMAND} {quote_id} {reason}", edits=True)
        for reason in FlagReason
    ]
    heading = (Piece(say("flags.what"), Style.BOLD), Piece(f" {quote_id}", quote_id=quote_id))
    return Reply((heading, (Piece(say("flags.kept", days=days)),)), arrange_in_rows(reasons))


def render_filed(quote_id: str) -> Reply:
    """Say that the admins are told."""
    return Reply.from_text(say("flags.filed", id=quote_id))


def render_flag_alert(flag: Flag, count: int, evidence: Reply) -> Reply:
    """Return what an admin reads of a flag: the reason, how often the quote is reported, and the `evidence`."""
    lines = [say("flags.alert", reason=say(f"flag_reasons.{flag.reason}")), say("flags.open_on_quote", count=count)]
    heading = (Piece(lines[0], Style.BOLD), Piece(f"\n{lines[1]}"))
    return Reply((heading, *evidence.blocks), arrange_in_rows(_build_decisions(flag.quote)))


def render_flags(flags: Sequence[Flag], counts: Mapping[tuple[FlagReason, FlagOutcome], int]) -> Reply:
    """Return the open flags, a line each with its quote's link, and how many were closed."""
    blocks: list[Block] = [(Piece(say("flags.open"), Style.BOLD),)]
    blocks += [
        (
            Piece(flag.quote, quote_id=flag.quote),
            Piece(f" · {say(f'flag_reasons.{flag.reason}')} · {flag.when} · /flag withhold {flag.quote}"),
        )
        for flag in flags[:_MAX_LISTED]
    ]
    lines = [
        say("flags.count", reason=say(f"flag_reasons.{reason}"), outcome=say(f"flag_outcomes.{outcome}"), count=count)
        for (reason, outcome), count in sorted(counts.items())
    ]
    blocks += [(Piece("\n".join(lines)),)] if lines else []
    return Reply(tuple(blocks)) if flags or lines else Reply.from_text(say("flags.none"))


def render_correction_help(quote: Quote, names: Iterable[str]) -> Reply:
    """Return how to correct the voice of a quote, the quote, and `names` to choose from."""
    choices = (Button(name, f"/correct {quote.id} {name}") for name in names)
    fitting = list(filter(fits_command_limit, choices))[:_MAX_NAMES]
    usage = (Piece(say("flags.correct_usage", id=quote.id)),)
    return Reply((usage, *render_quotes([ChosenQuote(quote, 0.0)])), arrange_in_rows(fitting))


def render_corrected(quote_id: str, toml: str, reload: Reply) -> Reply:
    """Return what was written to correct a quote's voice, and below it what the reload says."""
    heading = (Piece(say("flags.corrected", id=quote_id), Style.BOLD), Piece("\n"), Piece(toml, Style.CODE))
    return replace(reload, blocks=(heading, *reload.blocks))


def render_outcome(flag: Flag, outcome: FlagOutcome) -> Reply:
    """Return to whoever reported a quote what became of it."""
    reported = say("flags.you_reported", reason=say(f"flag_reasons.{flag.reason}"))
    line = (Piece(reported), Piece(flag.quote, quote_id=flag.quote), Piece(f"\n{say(f'flag_outcomes.{outcome}')}"))
    return Reply((line,))


def _build_decisions(quote_id: str) -> tuple[Button, ...]:
    return (
        Button(say("flags.withhold"), f"/flag withhold {quote_id}"),
        Button(say("flags.correct"), f"/flag correct {quote_id}"),
        Button(say("flags.dismiss"), f"/flag dismiss {quote_id}"),
    )
