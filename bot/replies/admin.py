"""What an admin reads: status, what a reload would change, documents sent to be added, and doubtful voices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from bot.corpus.difference import Difference, ReloadChange
from bot.errors import BotError
from bot.formats.base import Parsed
from bot.model import Corpus, Passage, Quote
from bot.replies import catalogue
from bot.replies.about import format_coverage, format_size
from bot.replies.buttons import arrange_in_rows, fits_command_limit
from bot.replies.catalogue import describe_error, say, translate
from bot.replies.quote_block import describe_kind, format_voice, render_source
from bot.replies.reply import Button, Piece, Reply, Style
from bot.storage import NameHold
from bot.text import split_sentences

if TYPE_CHECKING:  # loaded only where it is used
    from bot.ingest.voice_correction import WrittenCorrection

# `/reload without them`: all that the last reload found broken.
ALL_BROKEN = "them"

# Hexadecimal digits that are shown of a fingerprint.
_FINGERPRINT_LENGTH = 12
# Names and faults in one list; of an upload the voices, the doubts, and the pieces left out.
_MAX_LISTED = 10
_MAX_LISTED_UPLOAD = 12
# Characters of a piece left out of an upload.
_MAX_LINE_LENGTH = 120
# As long as the longest quote (`QuoteLengths.max_characters`): enough to tell whose words they are.
_MOST_CHARACTERS = 700


class LoadStats(NamedTuple):
    """The last load: when, how long it took, after how many reloads; and peak memory."""

    loaded_at: datetime
    seconds: float
    reloads: int
    peak_megabytes: float


def render_status(corpus: Corpus, version: str, stats: LoadStats, damaged_ids: Sequence[str] = ()) -> Reply:
    """Render the status: what is served, since when, and what loading it cost."""
    facts = [
        say("version", version=version),
        say("serving", name=corpus.name, fingerprint=corpus.fingerprint[:_FINGERPRINT_LENGTH]),
        format_size(corpus),
        format_coverage(corpus),
        say("loaded", time=f"{stats.loaded_at:%Y-%m-%d %H:%M:%S}", seconds=f"{stats.seconds:.2f}"),
        say("reloads", count=stats.reloads),
        say("peak_memory", megabytes=round(stats.peak_megabytes)),
        *([_describe_damage(damaged_ids)] if damaged_ids else []),
    ]
    return Reply.with_heading(say("status"), "\n".join(facts))


def render_damage(corpus: Corpus, damaged_ids: Sequence[str]) -> Reply:
    """Return the alert that documents of `corpus` changed in memory."""
    return Reply.with_heading(say("damage_alert", name=corpus.name), _describe_damage(damaged_ids))


def render_doubtful_holds(corpus: Corpus, orphaned: Sequence[str], unsure: Sequence[str]) -> Reply:
    """Return the alert that holds were not found again for certain."""
    return Reply.with_heading(say("holds_alert", name=corpus.name), "\n".join(_list_holds(orphaned, unsure)))


def render_name_held(hold: NameHold, unnamed: int, gone: int, *, is_kept: bool) -> Reply:
    """Say that a name is withheld, how many quotes in all are now `unnamed`, and how many this made `gone`."""
    counts = say("names.held_counts", unnamed=unnamed, gone=gone)
    further = [] if hold.is_unquoted else [say("names.held_words", name=hold.name)]
    lines = [counts, *further, *([] if is_kept else [say("names.held_for_now")])]
    return Reply.with_heading(say("names.held", name=hold.name), *lines)


def render_reloaded(corpus: Corpus, change: ReloadChange, peak_megabytes: float) -> Reply:
    """Return what a reload changed, and peak memory up to its end."""
    lines = [*_describe_changes(change), say("peak_memory", megabytes=round(peak_megabytes))]
    return Reply.with_heading(say("reloaded", name=corpus.name), "\n".join(lines))


def render_ready(change: ReloadChange) -> Reply:
    """Return what a reload would change, for an admin to decide."""
    buttons = (Button(say("label_switch"), "/reload now"), Button(say("label_cancel"), "/reload cancel"))
    changes = "\n".join(_describe_changes(change))
    return Reply.with_heading(say("ready", name=change.corpus_name), changes, buttons=(buttons,))


def render_broken_documents(faults: Mapping[str, BotError]) -> Reply:
    """Return what is wrong with each document, and offer to go on without them."""
    names = tuple(faults)
    label = say("label_continue_many") if len(names) > 1 else say("label_continue_one")
    button = Button(label, f"/reload without {names[0]}")
    if len(names) > 1 or not fits_command_limit(button):
        button = Button(label, f"/reload without {ALL_BROKEN}")
    return Reply.with_heading(
        say("reload_stopped"),
        *map(describe_error, list(faults.values())[:_MAX_LISTED]),
        say("can_serve_without", names=_join_names(names)),
        buttons=((button, Button(say("label_cancel"), "/reload cancel")),),
    )


def render_upload(report: Parsed, voices: Mapping[str, int], doubts: Sequence[str], token: str) -> Reply:
    """Return what was read, left out and doubted, and ask whether to add it."""
    document = report.document
    entries = [say("name_count", name=name, count=count) for name, count in voices.items()]
    title, publisher = document.title or say("not_given"), document.publisher or say("not_given")
    facts = [
        say("upload_read", paragraphs=report.paragraph_count, share=f"{report.kept_share:.0%}"),
        say("upload_source", title=title, publisher=publisher, date=catalogue.format_date(document.date)),
        say("upload_missing", names=", ".join(document.missing) or say("upload_none")),
        say("upload_voices", names=_join_names(entries, _MAX_LISTED_UPLOAD) or say("upload_none")),
    ]
    paragraphs = ["\n".join(facts)]
    if doubts:
        listed = _join_names([f"– {translate(doubt)}" for doubt in doubts], _MAX_LISTED_UPLOAD, separator="\n")
        paragraphs.append(f"{say('upload_doubts')}\n{listed}")
    if report.left_out:
        pieces = dict.fromkeys([*report.lost_prose, *report.left_out])
        left_out = [f"– {piece[:_MAX_LINE_LENGTH]}" for piece in list(pieces)[:_MAX_LISTED_UPLOAD]]
        paragraphs.append("\n".join([say("upload_left_out"), *left_out]))
    buttons = (Button(say("label_add"), f"/add {token}"), Button(say("label_discard"), f"/discard {token}"))
    return Reply.with_heading(say("upload", id=document.id), *paragraphs, buttons=(buttons,))


def render_added(document_id: str) -> Reply:
    """Say that the document is in the corpus now, and how it is served."""
    buttons = ((Button(say("label_reload"), "/reload"),),)
    return Reply.with_heading(say("upload_added", id=document_id), say("reload_to_serve"), buttons=buttons)


def _describe_changes(change: ReloadChange) -> Iterator[str]:
    """Yield what differs, line by line."""
    yield from _describe_difference(change.difference)
    if retired_ids := [retired.id for retired in change.retired if retired.now is None]:
        yield say("would_retire", names=_join_names(retired_ids))
    if moved_count := len(change.retired) - len(retired_ids):
        yield say("would_move", count=moved_count)
    yield from _list_holds(change.orphaned_holds, change.unsure_holds)
    if change.excluded_ids:
        yield say("left_out", names=_join_names(change.excluded_ids))


def _list_holds(orphaned: Sequence[str], unsure: Sequence[str]) -> Iterator[str]:
    """Yield which holds were not found again, and which not for certain."""
    keys = {"orphaned_holds": orphaned, "unsure_holds": unsure}
    yield from (say(key, names=_join_names(names)) for key, names in keys.items() if names)


def _describe_difference(difference: Difference) -> Iterator[str]:
    """Yield which documents and how many quotes differ, and the sides of both corpora."""
    documents = (difference.added_documents, difference.removed_documents, difference.changed_documents)
    quotes = (difference.gained_quotes, difference.lost_quotes, difference.moved_quotes)
    if not any((*documents, *quotes)):
        yield say("unchanged")
    added, removed, changed = (f"{len(ids)} ({_join_names(ids)})" if ids else "0" for ids in documents)
    yield say("documents_changed", added=added, removed=removed, changed=changed)
    gained, lost, moved = map(len, quotes)
    yield say("quotes_changed", gained=gained, lost=lost, moved=moved)
    before, after = difference.sides_before, difference.sides_after
    counts = ", ".join(f"{say(f'sides.{side}')} {before[side]}→{after[side]}" for side in before)
    yield say("coverage", counts=counts)


def _describe_damage(damaged_ids: Sequence[str]) -> str:
    """Say which documents changed in memory, and how to read them again."""
    return say("damaged_documents", names=_join_names(damaged_ids))


def _join_names(names: Sequence[str], limit: int = _MAX_LISTED, separator: str = ", ") -> str:
    """Join up to `limit` of `names`; where there are more, say how many."""
    first = separator.join(names[:limit])
    remaining = len(names) - limit
    return say("and_more", first=first, count=remaining) if remaining > 0 else first


def render_doubt(doubts: Sequence[Passage], place: int) -> Reply:
    """Return the doubt at `place`, counted from 0, or say that there are none."""
    if not doubts:
        return Reply.with_heading(say("doubts.none"))
    passage = doubts[place]
    heading = Piece(say("doubts.heading", number=place + 1, total=len(doubts)), Style.BOLD)
    words = (heading, Piece(f" · {describe_kind(passage)}\n"), Piece(_cut_to_quote_length(passage), Style.QUOTE))
    evidence = (Piece("\n".join(_list_evidence(passage))),)
    buttons = arrange_in_rows(_build_buttons(passage, is_last=len(doubts) == 1))
    return Reply((words, evidence, render_source(passage.document)), buttons)


def render_name_question(passage: Passage) -> Reply:
    """Ask whose words they are; the name comes in reply."""
    quote = (Piece(say("doubts.who"), Style.BOLD), Piece("\n"), Piece(_cut_to_quote_length(passage), Style.QUOTE))
    cancel = Button(say("label_cancel"), f"/doubts {Quote(passage, passage.span).id}")
    return Reply((quote, (Piece(say("doubts.how_to_name", cancel=say("doubts.cancel"))),)), ((cancel,),))


def render_decision(correction: WrittenCorrection, next_doubt: Reply) -> Reply:
    """Return what was written, and the next doubt below it."""
    heading = Piece(say("doubts.written", file=correction.path.name), Style.BOLD)
    toml, advice = Piece(correction.toml, Style.CODE), Piece(f"\n{say('reload_to_serve')}")
    written = (heading, Piece("\n"), toml, advice)
    reload_button = Button(say("label_reload"), "/reload")
    return Reply((written, *next_doubt.blocks), (*next_doubt.buttons, (reload_button,)))


def _cut_to_quote_length(passage: Passage) -> str:
    """Return the words in question, or as many whole sentences of them as a quote may have."""
    text, span = passage.document.text, passage.span
    ends = [sentence.end for sentence in split_sentences(text, span)]
    end = max((end for end in ends if end - span.start <= _MOST_CHARACTERS), default=ends[0] if ends else span.end)
    return text[span.start : end]


def _list_evidence(passage: Passage) -> Iterator[str]:
    """Yield the words that say who speaks, and whom attribution takes for the speaker."""
    cues = " … ".join(passage.document.slice_text(span) for span in passage.cue)
    if cues:
        yield say("cue", cue=say("quoted_word", word=" ".join(cues.split())))
    yield say("doubts.guess", voice=format_voice(passage.voice)) if passage.voice else say("doubts.no_guess")


def _build_buttons(passage: Passage, *, is_last: bool) -> Iterator[Button]:
    """Yield the buttons of the decisions that can be made on a doubtful voice."""
    quote_id = Quote(passage, passage.span).id
    labels = {"right": "right", "who": "other", "nobody": "nobody", "next": "next"}
    for word, label in labels.items():
        if not ((word == "right" and passage.voice is None) or (word == "next" and is_last)):
            yield Button(say(f"doubts.label_{label}"), f"/doubts {quote_id} {word}")
