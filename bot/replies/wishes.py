"""What a chat reads of what it follows: a wish made, the list of them, and once a day what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.answers.answer import ChosenQuote
from bot.model import Topic
from bot.replies import quote_block
from bot.replies.buttons import arrange_in_rows, fits_command_limit
from bot.replies.catalogue import say
from bot.replies.reply import Block, Button, Piece, Reply, Style
from bot.storage import Wish, WishKind

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
    names = "\n".join(wish.name for wish in wishes)
    paragraphs = [names, say("wishes.rule")]
    buttons = arrange_in_rows(map(_build_stop_button, wishes))
    return Reply.with_heading(remark or say("wishes.list"), *paragraphs, buttons=buttons)


def render_choices(text: str, choices: Sequence[tuple[WishKind, str]], topics: Sequence[Topic]) -> Reply:
    """Return whom a name may mean; where nobody is called so, the topics."""
    names = [name for _, name in choices] or [topic.name for topic in topics]
    buttons = filter(fits_command_limit, (Button(name, f"/follow {name}") for name in names))
    heading = say("who") if choices else say("wishes.unknown", name=text)
    return Reply.with_heading(heading, buttons=arrange_in_rows(buttons))


def render_ended(wishes: Sequence[Wish]) -> Reply:
    """Say that the chat no longer follows these."""
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
    notices = dict.fromkeys(each.notice for each in news if each.notice)
    blocks.extend((Piece(notice, Style.ITALIC),) for notice in notices)
    return Reply(tuple(blocks), arrange_in_rows(_build_stop_button(each.wish) for each in news))


def _describe_news(news: News) -> str:
    if news.total is not None and news.total > len(news.quotes):
        return str(say("wishes.news_more", name=news.wish.name, count=news.total))
    return str(say("wishes.news", name=news.wish.name))


def _build_stop_button(wish: Wish) -> Button:
    return Button(say("wishes.label_stop", name=quote_block.shorten(wish.name, 18)), f"/follow stop {wish.key}")
