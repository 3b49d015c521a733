"""Notifications: what a chat follows and the news it gets, and quotes that members report and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.answers.answer import ChosenQuote
from bot.model import Quote, Topic
from bot.replies import quote_block
from bot.replies.buttons import arrange_in_rows, fits_command_limit
from bot.replies.catalogue import say, use_language
from bot.replies.quote_block import render_quotes
from bot.replies.reply import Block, Button, Piece, Reply, Style
from bot.storage import Flag, FlagOutcome, FlagReason, Wish, WishKind

# One message holds 4,096 characters (Telegram); what stands around the quotes of ten wishes takes a third of them.
_MOST_CHARACTERS = 2_600


class News(NamedTuple):
    """New quotes of one wish, how many there are if that is known, and the notice of their corpus."""

    wish: Wish
    quotes: tuple[ChosenQuote, ...]
    total: int | None
    notice: str | None


def render_made(wish: Wish, *, is_kept: bool) -> Reply:
    """Say whom or what the chat follows from now on, what is stored for that, and how to end it."""
    key = "wishes.kept" if is_kept else "wishes.kept_for_now"
    return Reply.with_heading(
        say("wishes.made", name=wish.name), say("wishes.rule"), say(key), buttons=((_build_stop_button(wish),),)
    )


def render_wishes(wishes: Sequence[Wish], remark: str | None = None) -> Reply:
    """Return what the chat follows, with a button for each that ends it; without any how to follow."""
    if not wishes:
        return Reply.from_text(say("wishes.usage"))
    names, buttons = "\n".join(wish.name for wish in wishes), arrange_in_rows(map(_build_stop_button, wishes))
    return Reply.with_heading(remark or say("wishes.list"), names, say("wishes.rule"), buttons=buttons)


def render_choices(text: str, choices: Sequence[tuple[WishKind, str]], topics: Sequence[Topic]) -> Reply:
    """Return the people a name may mean, or the topics where nobody has that name."""
    names = [name for _, name in choices] or [topic.name for topic in topics]
    buttons = filter(fits_command_limit, (Button(name, f"/follow {name}") for name in names))
    heading = say("who") if choices else say("wishes.unknown", name=text)
    return Reply.with_heading(heading, buttons=arrange_in_rows(buttons))


def render_ended(wishes: Sequence[Wish]) -> Reply:
    """Say whom and what the chat no longer follows."""
    return Reply.from_text(say("wishes.ended", names=", ".join(wish.name for wish in wishes)))


def render_forgotten() -> Reply:
    """Say that nothing is stored for the chat now."""
    return Reply.from_text(say("wishes.forgotten"))


def render_news(news: Sequence[News]) -> Reply:
    """Return what is new, in one message: of each wish its quotes while there is room, else its name."""
    blocks: list[Block] = []
    unshown: list[str] = []
    length = 0
    for each in news:
        needed = sum(len(chosen.quote.text) for chosen in each.quotes)
        if blocks and length + needed > _MOST_CHARACTERS:
            unshown.append(each.wish.name)
            continue
        length += needed
        blocks.append((Piece(_describe_news(each), Style.BOLD),))
        blocks.extend(quote_block.render_quotes(each.quotes))
    if unshown:
        blocks.append((Piece(say("wishes.also_new", names=", ".join(unshown))),))
    blocks += [(Piece(notice, Style.ITALIC),) for notice in dict.fromkeys(each.notice for each in news) if notice]
    return Reply(tuple(blocks), arrange_in_rows(_build_stop_button(each.wish) for each in news))


def _describe_news(news: News) -> str:
    """Say what a wish has news on, and how many quotes where there are more than are shown."""
    if news.total is not None and news.total > len(news.quotes):
        return say("wishes.news_more", name=news.wish.name, count=news.total)
    return say("wishes.news", name=news.wish.name)


def _build_stop_button(wish: Wish) -> Button:
    """Build the button that ends a wish."""
    return Button(say("wishes.label_stop", name=quote_block.shorten(wish.name, 18)), f"/follow stop {wish.key}")


# As many names as a phone shows as buttons without scrolling.
_MAX_NAMES = 6
# Open flags in one list, a line each.
_MAX_LISTED = 20


def render_reasons(quote_id: str, days: int) -> Reply:
    """Return the reasons for which a quote may be reported, as buttons; who reports is kept for `days` at most."""
    labels = {reason: say(f"flag_reasons.{reason}") for reason in FlagReason}
    reasons = (Button(label, f"/report {quote_id} {reason}", edits=True) for reason, label in labels.items())
    heading = (Piece(say("flags.what"), Style.BOLD), Piece(f" {quote_id}", quote_id=quote_id))
    return Reply((heading, (Piece(say("flags.kept", days=days)),)), arrange_in_rows(reasons))


def render_filed(quote_id: str) -> Reply:
    """Thank the reporter, and say that the admins have been told."""
    return Reply.from_text(say("flags.filed", id=quote_id))


def render_flag_alert(flag: Flag, count: int, evidence: Reply) -> Reply:
    """Return what an admin reads of a flag: the reason, how often the quote is reported, and the `evidence`."""
    alert = Piece(say("flags.alert", reason=say(f"flag_reasons.{flag.reason}")), Style.BOLD)
    heading = (alert, Piece(f"\n{say('flags.open_on_quote', count=count)}"))
    labels = {"withhold": say("flags.withhold"), "correct": say("flags.correct"), "dismiss": say("flags.dismiss")}
    decisions = (Button(label, f"/flag {decision} {flag.quote}") for decision, label in labels.items())
    return Reply((heading, *evidence.blocks), arrange_in_rows(decisions))


def render_flags(flags: Sequence[Flag], counts: Mapping[tuple[FlagReason, FlagOutcome], int]) -> Reply:
    """Return the open flags, a line each with its quote's link, and how many were closed."""
    blocks: list[Block] = [(Piece(say("flags.open"), Style.BOLD),)]
    for flag in flags[:_MAX_LISTED]:
        facts = f" · {say(f'flag_reasons.{flag.reason}')} · {flag.when} · /flag withhold {flag.quote}"
        blocks.append((Piece(flag.quote, quote_id=flag.quote), Piece(facts)))
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
    """Tell the reporter of a quote what became of it, in the language of the report."""
    with use_language(flag.language):
        reported = say("flags.you_reported", reason=say(f"flag_reasons.{flag.reason}"))
        became = say(f"flag_outcomes.{outcome}")
    return Reply(((Piece(reported), Piece(flag.quote, quote_id=flag.quote), Piece(f"\n{became}")),))
