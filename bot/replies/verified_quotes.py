"""A verified text as one reply: for each quote the verdict, what differs, and the place that shows it.

A claim is never printed back whole: a false quotation would stand there like a true one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.answers.answer import ChosenQuote
from bot.answers.verification import MAX_CLAIMS, Match, Verdict, Verification, WordDifference
from bot.model import Corpus, Quote
from bot.replies import buttons, catalogue, quote_block
from bot.replies.buttons import AvailableActions
from bot.replies.catalogue import say
from bot.replies.html import count_utf16_units
from bot.replies.reply import Block, Piece, Reply, Style

# Differences named for one claim, and characters of each: the quote below shows the rest.
MAX_DIFFERENCES = 4
MAX_DIFFERENCE_LENGTH = 120
# UTF-16 units of quotes in one message of 4,096: ten verdicts with names and links take the rest.
MAX_QUOTED_UNITS = 1_800


def render_verifications(verifications: Sequence[Verification], corpus: Corpus) -> Reply:
    """Return the verdicts on the claims of a text, in its order; without one how to verify a quote."""
    if not verifications:
        return Reply.from_text(say("verify.usage"))
    is_numbered = len(verifications) > 1
    blocks: list[Block] = []
    shown: list[Quote] = []
    for number, verification in enumerate(verifications, 1):
        heading = f"{number}. " if is_numbered else ""
        blocks.append(_render_verdict(verification, corpus, heading))
        for match in _choose_matches(verification, is_alone=not is_numbered):
            blocks.append(_render_match(verification, match, shown))
            shown.append(match.quote)
    too_many = [say("verify.too_many", count=MAX_CLAIMS)] if len(verifications) == MAX_CLAIMS else []
    blocks.append((Piece("\n".join([*too_many, say("verify.unchecked")]), Style.ITALIC),))
    unique = list({quote.id: quote for quote in shown}.values())
    rows = buttons.build_answer_buttons(unique, AvailableActions())
    return Reply(tuple(blocks), rows, cited=_find_cited(verifications))


def _choose_matches(verification: Verification, *, is_alone: bool) -> Sequence[Match]:
    """Return the places to show: none for too short words; of several claims the first each, but all of a splice."""
    if verification.is_too_short:
        return ()
    return verification.matches if is_alone or verification.is_splice else verification.matches[:1]


def _render_verdict(verification: Verification, corpus: Corpus, heading: str) -> Block:
    """Render the verdict in a line, and below it what a reader should know with it."""
    lines = [*_describe_differences(verification), *_describe_cuts(verification)]
    pieces = [Piece(f"{heading}{_name_verdict(verification, corpus)}", Style.BOLD)]
    return (*pieces, Piece("\n" + "\n".join(lines))) if lines else tuple(pieces)


def _name_verdict(verification: Verification, corpus: Corpus) -> str:
    """Return the heading of a verdict."""
    voice = verification.claim.voice
    if verification.is_too_short:
        return say("verify.too_short")
    if verification.verdict is Verdict.EXACT:
        return say("verify.exact_by", voice=voice) if voice else say("verify.exact")
    if verification.verdict is Verdict.OTHER_VOICE:
        return say("verify.other_voice", voice=voice)
    if verification.verdict is Verdict.ALTERED:
        return say("verify.spliced") if verification.is_splice else say("verify.altered")
    return say("verify.not_found", documents=catalogue.format_count("document", len(corpus.documents)))


def _describe_differences(verification: Verification) -> Iterator[str]:
    """Yield what differs, word by word, and that the altered words are another's than was claimed."""
    if verification.verdict is not Verdict.ALTERED or verification.is_splice:
        return
    [match] = verification.matches
    yield from _list_differences(match)
    if match.is_voice_claimed is False:
        yield say("verify.not_by", voice=verification.claim.voice)


def _list_differences(match: Match) -> Iterator[str]:
    """Yield a line for each of the first `MAX_DIFFERENCES` differences, and how many more there are."""
    different = [part for part in match.difference if part.tag != "equal"]
    yield from map(_describe_difference, different[:MAX_DIFFERENCES])
    if len(different) > MAX_DIFFERENCES:
        yield say("verify.more_differences", count=len(different) - MAX_DIFFERENCES)


def _describe_difference(part: WordDifference) -> str:
    """Say which words were replaced, put in or left out."""
    claimed, printed = (quote_block.shorten(text, MAX_DIFFERENCE_LENGTH) for text in (part.claimed, part.printed))
    if part.tag == "insert":
        return say("verify.insert", printed=printed)
    if part.tag == "delete":
        return say("verify.delete", claimed=claimed)
    return say("verify.replace", claimed=claimed, printed=printed)


def _describe_cuts(verification: Verification) -> Iterator[str]:
    """Yield what to know besides the verdict: gaps, a source that goes on, and why these quotes are shown."""
    if verification.is_too_short:
        return
    if verification.has_gaps:
        yield say("verify.gaps")
    if verification.continues:
        yield say("verify.continues")
    if verification.verdict is Verdict.NOT_FOUND:
        yield say("verify.nearest") if verification.matches else say("verify.nothing_near")


def _render_match(verification: Verification, match: Match, shown: Sequence[Quote]) -> Block:
    """Render a place as a quote, or as a link to one where the message has no more room for its words."""
    length = sum(count_utf16_units(quote.text) for quote in [*shown, match.quote])
    block = quote_block.render_quote(ChosenQuote(match.quote, 0.0))
    if shown and length > MAX_QUOTED_UNITS:
        block = tuple(piece for piece in block if piece.style is not Style.QUOTE)
    elif not shown or quote_block.find_link(shown[-1].passage) != quote_block.find_link(match.quote.passage):
        block = (*block, Piece("\n"), *quote_block.render_source_line(match.quote.passage))
    if match.is_framing:
        block = (Piece(f"{say('verify.framing')}\n"), *block)
    if verification.verdict is Verdict.OTHER_VOICE and match.is_voice_claimed:
        lines = [say("verify.nearest_by", voice=verification.claim.voice), *_list_differences(match)]
        block = (Piece("\n".join(lines) + "\n"), *block)
    return block


def _find_cited(verifications: Sequence[Verification]) -> tuple[str, int] | None:
    """Return the first claimed words that differ, and how often the same words come earlier in the text."""
    for verification in verifications:
        if verification.verdict is Verdict.ALTERED and not verification.is_splice:
            claim = verification.claim
            head = claim.text[: claim.span.start]
            for part in verification.matches[0].difference:
                if part.tag != "equal" and part.claimed:
                    return part.claimed, len(re.findall(rf"(?<!\w){re.escape(part.claimed)}(?!\w)", head))
                head += f" {part.claimed}"
    return None
