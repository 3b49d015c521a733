"""What replies say: whose words, what kind, which source, and nothing of the bot's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers.answer import Answer, ChosenQuote, Status
from bot.model import AttributionSource, Corpus, Document, Kind, Passage, Quote, Side, Span, Voice
from bot.replies import about, catalogue, quote_block, quote_details
from bot.replies.answer import render_answer
from bot.replies.buttons import AvailableActions, PageInfo, arrange_in_rows, build_answer_buttons
from bot.replies.catalogue import say
from bot.replies.reply import Block, Button
from tests.corpus_folders import text
from tests.invented_debate import FERRY, RIDERS


def said(block: Block) -> str:
    return "".join(piece.text for piece in block)


def chosen(passage: Passage, **facts: object) -> ChosenQuote:
    return ChosenQuote(Quote(passage, passage.frame), 1.0, **facts)  # type: ignore[arg-type]


def answer(*quotes: ChosenQuote, **facts: object) -> Answer:
    told: dict[str, object] = {"status": Status.ANSWERED, "searched": ("taxes",), "quotes": quotes}
    return Answer("taxes?", "ferry", **(told | facts))  # type: ignore[arg-type]


PUBLISHED = replace(FERRY.documents[0], publisher="Harbour News", date="2031-05-02")


def published(number: int, **facts: object) -> Passage:
    passage = replace(FERRY.passages[number], document=PUBLISHED)
    return replace(passage, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "heard", "label"),
    [
        ({}, "Ann Low, Riders", ""),
        ({"kind": Kind.FRAGMENT}, "Ann Low, Riders", "partial quote"),
        ({"kind": Kind.REPORTED}, "Ann Low, Riders", "reported"),
        ({"kind": Kind.NARRATION}, "Harbour News, in its own words", say(f"kinds.{Kind.NARRATION}")),
        ({"voice": None}, "quoted in Harbour News, speaker not certain", ""),
    ],
)
def test_a_quote_says_whose_words_and_of_what_kind(facts: dict[str, object], heard: str, label: str) -> None:
    shown = said(quote_block.render_quote(chosen(published(0, **facts))))

    assert shown.startswith(" · ".join(filter(None, ["FOR", heard, "2 May 2031", label])) + "\n")


@pytest.mark.parametrize(
    ("by", "label"),
    [
        (AttributionSource.RULE, "direct quote"),
        (AttributionSource.RECORD, "direct quote · named by the record"),
        (AttributionSource.CURATOR, "direct quote · named by the curator"),
    ],
)
def test_how_the_speaker_is_known_is_told_in_the_context_and_a_curators_word_in_the_answer_too(
    by: AttributionSource, label: str
) -> None:
    passage = published(0, by=by)

    assert " · ".join(quote_block.list_attribution_labels(passage)) == label
    is_told = by is AttributionSource.CURATOR
    assert ("named by" in said(quote_block.render_quote(chosen(passage)))) is is_told


def test_a_later_paragraph_of_a_quotation_says_that_it_continues() -> None:
    first = Span(0, 5)
    passage = published(1, quotation=(first, FERRY.passages[1].span))

    assert list(quote_block.list_attribution_labels(passage)) == ["direct quote", "continued"]


def test_a_limit_left_out_and_other_printings_are_told() -> None:
    shown = said(
        quote_block.render_quote(chosen(published(0), has_caveat=True, also_in=(replace(PUBLISHED, title=None),)))
    )

    assert say("has_caveat") in shown
    assert "Also printed in: ferry" in shown


def test_a_quote_block_has_nothing_but_facts_the_words_and_messages_of_the_table() -> None:
    passage = published(0)
    quote = chosen(passage, has_caveat=True, has_wordings=True, also_in=(PUBLISHED,))

    assert said(quote_block.render_quote(quote)) == "\n".join(
        [
            f"{say(f'sides.{passage.side}')} · Ann Low, Riders · 2 May 2031",
            PUBLISHED.text[slice(*passage.frame)],
            say("has_caveat"),
            say("two_wordings"),
            say("also_in", titles=PUBLISHED.title or PUBLISHED.id),
        ]
    )


def test_a_copied_quote_has_its_words_speaker_kind_source_and_id_alone() -> None:
    passage = published(0)
    quote = chosen(passage).quote

    assert quote_block.format_for_copying(quote) == say(
        "copied",
        text=PUBLISHED.text[slice(*passage.frame)],
        voice="Ann Low, chair, Riders",
        kind="direct quote",
        title=PUBLISHED.title or say("no_title"),
        publisher="Harbour News",
        date="2 May 2031",
        id=quote.id,
    )


def test_a_quote_alone_can_be_copied_and_reported_and_none_of_several() -> None:
    quotes = [chosen(published(number)).quote for number in (0, 1)]

    alone = [button.command for row in build_answer_buttons(quotes[:1], AvailableActions()) for button in row]
    several = [button.command for row in build_answer_buttons(quotes, AvailableActions()) for button in row]

    assert alone == [f"/{name} {quotes[0].id}" for name in ("context", "report", "copy")]
    assert several == [f"/context {quote.id}" for quote in quotes]


def test_another_page_has_a_button_only_where_one_follows() -> None:
    quotes = [chosen(published(0)).quote]

    def offers_more(*, has_more: bool) -> bool:
        rows = build_answer_buttons(quotes, AvailableActions(), PageInfo(1, has_more))
        return any(button.command == "/more 2" for row in rows for button in row)

    assert offers_more(has_more=True)
    assert not offers_more(has_more=False)


def test_a_source_that_gives_nothing_says_so() -> None:
    assert said(quote_block.render_source(Document("a", ""))) == (
        "Source: title not given · publisher not given · date not given · link not given"
    )


def test_a_source_leads_to_where_it_was_published() -> None:
    block = quote_block.render_source(replace(PUBLISHED, url="https://harbour.example/1"))

    assert said(block) == "Source: Ferry · Harbour News · 2 May 2031"
    assert [piece.url for piece in block if piece.url] == ["https://harbour.example/1"]


def test_an_answer_opens_with_what_it_lacks_and_ends_with_what_was_searched() -> None:
    shown = answer(
        chosen(published(1)),
        voices=("Bob High",),
        expanded={"taxes": ("dues",), "unseen": ("x",)},
        unmatched=("tourism",),
        silent_sides=(Side.FOR,),
    )

    lines = text(render_answer(shown, FERRY)).splitlines()

    assert lines[0] == "Not matched: tourism"
    assert lines[-3:] == ["No quote FOR matches these words.", "", "Searched: taxes (also dues) · Bob High"]


@pytest.mark.parametrize(
    ("searched", "expanded", "line"),
    [
        (("taxes", "engines"), {"taxes": ("dues",)}, "taxes (also dues) · engines"),
        (("taxes",), {"taxes": ("dues", "levies")}, "taxes (also dues, levies)"),
        # Words that are searched anyway are not told twice.
        (("night", "ferry"), {"night": ("night ferry", "late boat")}, "night (also late boat) · ferry"),
        (("night", "ferry"), {"night": ("Night Ferry",)}, "night, ferry"),
        (("fares", "nurses", "taxes"), {"taxes": ("dues",)}, "fares, nurses · taxes (also dues)"),
        (("taxes",), {"bob hihg": ("Bob High",)}, "taxes"),
    ],
)
def test_of_each_word_it_is_said_what_more_was_searched(
    searched: tuple[str, ...], expanded: dict[str, tuple[str, ...]], line: str
) -> None:
    shown = answer(chosen(published(1)), searched=searched, expanded=expanded)

    assert text(render_answer(shown, FERRY)).endswith(f"\nSearched: {line}")


def test_a_name_that_was_mended_is_told_as_it_was_typed() -> None:
    shown = answer(chosen(published(1)), searched=(), voices=("Bob High",), corrected={"bob hihg": ("Bob High",)})

    assert text(render_answer(shown, FERRY)).endswith("\nSearched: Bob High (for bob hihg)")


def test_the_closest_quotes_are_headed_so() -> None:
    shown = text(render_answer(answer(chosen(published(1)), status=Status.CLOSEST), FERRY))

    assert shown.splitlines()[0] == say("closest")


def test_where_neither_side_speaks_one_line_says_so() -> None:
    told = answer(chosen(published(4)), silent_sides=(Side.FOR, Side.AGAINST))

    assert say("sides_silent") in text(render_answer(told, FERRY))


def test_a_question_without_words_of_its_own_searched_the_whole_debate() -> None:
    shown = text(render_answer(answer(chosen(published(1)), searched=()), FERRY))

    assert shown.endswith("\nSearched: the whole debate")


def test_each_source_stands_once_under_its_quotes() -> None:
    other = Document("other", "Another paper says the very same thing in its own words.")
    elsewhere = Passage(other, Span(0, 10), Span(0, 56), Kind.NARRATION, 1)
    shown = answer(chosen(published(0)), chosen(published(1)), chosen(elsewhere))

    blocks = [said(block) for block in render_answer(shown, FERRY).blocks]

    assert ["link not given" in block for block in blocks] == [False, True, True, False]


def test_a_title_is_shortened_at_a_word_and_further_where_it_repeats() -> None:
    title = "Minutes of the harbour board on the night ferry and the fares of nurses, part two"
    first = replace(published(0), document=replace(PUBLISHED, title=title, url="https://harbour.example/1"))
    between = published(1)

    blocks = quote_block.render_quotes([chosen(first), chosen(between), chosen(first)])
    lines = [said(block).splitlines()[-1] for block in blocks]

    assert lines[0] == "Minutes of the harbour board… · Harbour News"
    assert lines[2] == "Minutes of the harbour…"


def test_silence_of_a_voice_is_not_that_of_everybody() -> None:
    silent = Answer("?", "ferry", Status.ABSTAINED, unmatched=("whales",), voices=("Ann Low",), asks_speech=True)

    told = text(render_answer(silent, FERRY))
    of_her = text(render_answer(replace(silent, asks_speech=False), FERRY))

    assert told.splitlines()[0] == "Nothing from Ann Low on that."
    assert "No quote of Ann Low mentions “whales”." in told
    assert of_her.splitlines()[0] == say("no_match")


def test_silence_names_the_words_and_offers_topics_as_buttons() -> None:
    silent = Answer("?", "ferry", Status.ABSTAINED, unmatched=("whales",), topics=("noise", "x" * 70))

    reply = render_answer(silent, FERRY)

    assert text(reply).splitlines()[0] == say("no_match")
    assert "No quote mentions “whales”." in text(reply)
    assert "1 document" in text(reply)
    assert [[b.command for b in row] for row in reply.buttons] == [["/ask noise"]]


def test_silence_without_words_or_topics_is_short() -> None:
    reply = render_answer(Answer("?", "ferry", Status.ABSTAINED), FERRY)

    assert len(reply.blocks) == 2


def test_a_quote_in_its_context_shows_its_neighbours_and_its_evidence() -> None:
    passage = replace(FERRY.passages[1], cue=(Span(2, 7),), chain="¶1 “ferry” → ¶2 “It”")

    shown = text(quote_details.render_context(Quote(passage, passage.frame), FERRY, ["taxes", "island"]))

    assert FERRY.passages[0].text in shown
    assert "Matched words: taxes, island" in shown
    assert FERRY.passages[2].text in shown
    assert "Evidence: “ferry”" in shown
    assert "Step by step: ¶1" in shown
    assert f"Characters {passage.frame.start}–{passage.frame.end} of ferry" in shown
    assert "Side: AGAINST (set by the curator, nobody)" in shown


def test_the_first_and_the_last_paragraph_have_one_neighbour() -> None:
    first, last = FERRY.passages[0], FERRY.passages[-1]

    shown = [said(quote_details.render_context(Quote(p, p.frame), FERRY).blocks[1]) for p in (first, last)]

    assert shown[0] == FERRY.documents[0].text[: FERRY.passages[1].span.end]
    assert shown[1] == FERRY.documents[0].text[FERRY.passages[-2].span.start :]
    assert "Voice: " in text(quote_details.render_context(Quote(last, last.frame), FERRY))


def test_words_around_a_quote_in_its_own_paragraph_are_shown_around_it() -> None:
    document = Document("d", f"Before it. The quote itself. After it. {'long ' * 300}\n\nNext.")
    span = Span(11, 28)
    quote = Quote(Passage(document, span, span, Kind.DIRECT, 1), span)

    own = quote_details.render_context(quote, FERRY).blocks[1]

    # What follows in its own paragraph is too long to be shown.
    assert [piece.text for piece in own] == ["Before it. ", "The quote itself."]
    assert say("no_voice") in text(quote_details.render_context(quote, FERRY))


def test_an_id_that_leads_nowhere_is_told_so() -> None:
    assert text(quote_details.render_unknown_quote("ABCDEFGH")).startswith("There is no quote ABCDEFGH.")


def test_the_corpus_lists_documents_voices_sides_and_coverage() -> None:
    assert text(about.render_contents(FERRY)).split("\n\n") == [
        (
            "The ferry (invented)\n1 document, 5 passages\nMotion: The island should run a night ferry\n"
            "Quotes by side: FOR 2, AGAINST 2, NEITHER SIDE 0"
        ),
        "Voices",
        "FOR\nAnn Low, chair, Riders: 2",
        "AGAINST\nBob High, treasurer, Payers: 2",
        "Documents",
        "Source: Ferry · publisher not given · date not given · link not given",
    ]


def test_a_corpus_of_several_documents_counts_them() -> None:
    assert catalogue.format_count("document", 2) == "2 documents"
    assert catalogue.format_count("passage", 1) == "1 passage"


def test_the_greeting_offers_topics_where_there_are_any() -> None:
    assert about.render_greeting(FERRY, ("noise",)).buttons[0][0].command == "/ask noise"
    assert about.render_greeting(FERRY, ()).buttons == ()


def test_about_says_what_is_checked_and_what_is_not() -> None:
    shown = text(about.render_about(FERRY))

    assert "Checked:" in shown
    assert "Not checked:" in shown
    assert "Basis for quoting: invented" in shown


def test_a_voice_says_nothing_twice() -> None:
    assert quote_block.format_voice(Voice("Riders", None, "Riders")) == "Riders"
    assert quote_block.format_voice(RIDERS) == "Ann Low, chair, Riders"


def test_every_voice_of_a_corpus_is_listed_on_its_side() -> None:
    both = Corpus(**{name: getattr(FERRY, name) for name in FERRY.__slots__})

    assert text(about.render_contents(both)).index("Ann Low") < text(about.render_contents(both)).index("Bob High")


@pytest.mark.parametrize(
    ("lengths", "rows"),
    [
        ([], []),
        ([20], [1]),
        ([20, 20, 5], [2, 1]),
        ([20, 21, 5], [1, 1, 1]),
        ([21, 20, 20], [1, 2]),
        ([5, 5, 21, 5, 5], [2, 1, 2]),
        ([5, 21, 5, 5], [1, 1, 2]),
    ],
)
def test_a_label_that_half_a_row_would_cut_off_has_a_row_of_its_own(lengths: list[int], rows: list[int]) -> None:
    offered = [Button("x" * length, f"/ask {number}") for number, length in enumerate(lengths)]

    arranged = arrange_in_rows(offered)

    assert [len(row) for row in arranged] == rows
    assert [button for row in arranged for button in row] == offered
