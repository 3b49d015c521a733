"""What is typed and what the desk is asked for it; what may be pressed, and what else is said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers.answer import Answer, ChosenQuote, Status
from bot.answers.speakers import SpeakerPage
from bot.model import Quote, Side
from bot.replies import buttons, catalogue, quote_block
from bot.replies.answer import build_card_page
from bot.replies.answer import render_speaker_quotes as whom
from bot.replies.buttons import AvailableActions, PageInfo
from bot.replies.catalogue import say
from bot.replies.html import count_utf16_units
from bot.replies.reply import AnswerRef, Command, Reply, Style
from bot.service import Service, commands
from tests.invented_debate import FERRY, said

COLLIER, EPHGRAVE = "MJEDLBWJ", "AW3SAD7O"
LOADED = [
    "Why do the {slur} {party} keep lying about {topic}?",
    "How can the {slur} {party} be allowed to mislead us on {topic}?",
    "Isn't everything the {slur} {party} claim about {topic} propaganda?",
    "When will the {slur} {party} stop bullying everybody over {topic}?",
]
PARTIES = [("police", "campaigners"), ("Met", "campaigners")]
TOPICS = ["privacy", "surveillance", "safeguards"]
SLURS = {"fascist", "paranoid", "lying", "mislead", "propaganda", "bullying"}


def text(reply: Reply) -> str:
    return "\n\n".join("".join(piece.text for piece in block) for block in reply.blocks)


def quotes(reply: Reply) -> list[str]:
    return [p.text for block in reply.blocks for p in block if p.style is Style.QUOTE]


def pressed(reply: Reply) -> dict[str, str]:
    return {button.label: button.command for row in reply.buttons for button in row}


def run_line(desk: Service, line: str, answer_ref: AnswerRef = commands.NOTHING_SHOWN) -> Awaitable[Reply]:
    """Run a line as a surface would."""
    return commands.run_command(desk, Command.parse(line), answer_ref)


@pytest.mark.parametrize(
    "typed",
    [
        "/by Ephgrave privacy",
        "/BY  Nick Ephgrave   privacy",
        "/by@RecordBot Assistant Commissioner privacy",
        "What did Ephgrave say about privacy?",
        "/ask what has the Assistant Commissioner said about privacy",
        "all quotes by Nick Ephgrave about privacy",
    ],
)
async def test_however_one_voice_is_asked_after_the_same_is_shown(desk: Service, typed: str) -> None:
    shown = await run_line(desk, typed)

    assert text(shown) == text(await desk.answer_by_speaker("Ephgrave privacy"))
    assert "Nick Ephgrave · FOR · 1 of 1" in text(shown)


DUTY = "“we have a duty to use new technologies to keep people safe”"


async def test_the_context_of_a_verified_quote_leads_back_to_the_verdict(desk: Service) -> None:
    verdict = await run_line(desk, f"/verify {DUTY}")

    context = await run_line(desk, pressed(verdict)[say("label_context")], verdict.answer_ref)
    back = await run_line(desk, pressed(context)[say("label_back")], context.answer_ref)

    assert text(back) == text(verdict)
    assert text(verdict).startswith(say("verify.exact"))
    assert (await desk.verify_quotes("“nothing of that kind was ever said”")).history == ()


async def test_what_was_verified_is_no_question_asked_before(desk: Service) -> None:
    verdict = await run_line(desk, f"/verify {DUTY}")

    followed = await run_line(desk, "and privacy?", verdict.answer_ref)

    assert text(followed) == text(await run_line(desk, "and privacy?"))
    assert followed.history == (Command("ask", "and privacy?"),)


@pytest.mark.parametrize(
    ("typed", "is_verified"),
    [
        (f"verify {DUTY}", True),
        (f"Please verify: Ephgrave said {DUTY}", True),
        ('Check "we have a duty to use new technologies"', True),
        ("verify ‘we have a duty to use new technologies’", True),
        ("verify « we have a duty to use new technologies »", True),
        ("verify that we have a duty to use new technologies", False),
        ("how do they verify “suspects”?", False),
        ("checkpoints “suspects”", False),
        ("check the public’s safety", False),
    ],
)
async def test_verify_is_typed_without_a_slash_ahead_of_quotation_marks(
    desk: Service,
    typed: str,
    is_verified: bool,  # noqa: FBT001
) -> None:
    assert (say("verify.unchecked") in text(await run_line(desk, typed))) is is_verified


@pytest.mark.parametrize("word", ["vérifie", "Vérifiez :", "verify"])
async def test_verify_is_typed_in_the_reader_s_language_or_by_its_name(desk: Service, word: str) -> None:
    with catalogue.use_language("fr"):
        assert text(await run_line(desk, f"{word} {DUTY}")).startswith(say("verify.exact"))


async def test_what_a_voice_did_not_say_is_asked_of_the_whole_debate(desk: Service) -> None:
    by = await run_line(desk, "/by Ephgrave whales")
    asked = await run_line(desk, "what did Ephgrave say about whales?")

    assert "whales" in text(by)
    assert not by.blocks[0][0].text.startswith("Nick Ephgrave")
    assert not asked.blocks[0][0].text.startswith("Nick Ephgrave")


async def test_a_name_that_nobody_has_is_told_with_how_to_ask(desk: Service) -> None:
    shown = text(await run_line(desk, "/by Boris"))

    assert "Nobody in this debate is called Boris." in shown
    assert desk.corpus.voices[0].name in shown
    assert text(await run_line(desk, "/by")).startswith("Use /by NAME")


@pytest.mark.parametrize("command", commands.PUBLIC_COMMANDS)
async def test_every_command_can_be_typed_alone(desk: Service, command: str) -> None:
    assert (await run_line(desk, f"/{command}")).blocks


async def test_a_command_that_there_is_not_is_named(desk: Service) -> None:
    told = text(await run_line(desk, "/weather tomorrow"))

    assert told == "I don’t know /weather. /help lists what I can do."


async def test_a_question_is_the_same_however_it_is_spaced(desk: Service) -> None:
    once = await run_line(desk, "what about privacy?")

    assert await run_line(desk, "  what \n about  privacy? ") == once


@pytest.mark.parametrize("which", ["", "1", COLLIER, COLLIER.lower()])
async def test_a_quote_is_meant_by_its_id_its_number_or_as_the_first(desk: Service, which: str) -> None:
    shown = AnswerRef((Command("ask", "surveillance state"),), 1, (COLLIER, EPHGRAVE))

    opposite = await run_line(desk, f"/opposite {which}", shown)

    assert opposite.blocks[0][0].text == f"Opposite of {COLLIER}"


@pytest.mark.parametrize("which", ["0", "3", "4", "99"])
async def test_a_number_that_no_quote_has_is_none(desk: Service, which: str) -> None:
    shown = AnswerRef((Command("ask", "surveillance state"),), 1, (COLLIER, EPHGRAVE))

    answered = await run_line(desk, f"/opposite {which}", shown)

    assert text(answered) == f"There is no quote {which} there: that answer shows 2 quotes."


async def test_a_number_alone_opens_the_quote_that_it_counts(desk: Service) -> None:
    shown = AnswerRef((Command("ask", "surveillance state"),), 1, (COLLIER, EPHGRAVE))

    assert await run_line(desk, "2", shown) == await run_line(desk, "/context 2", shown)
    assert text(await run_line(desk, "9", shown)) == "There is no quote 9 there: that answer shows 2 quotes."
    # A year is asked after. After a restart nothing is known of what was shown.
    assert "2020" in str((await run_line(desk, "2020", shown)).history)
    assert text(await run_line(desk, "2")) == text(await run_line(desk, "99")) == say("no_answer_shown")


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("en", "2."),
        ("en", "#2"),
        ("en", "(2)"),
        ("en", "[2]"),
        ("en", "No. 2"),
        ("en", "quote 2?"),
        ("en", "the second one!"),
        ("en", "and the second?"),
        ("en", "context two"),
        ("en", "context #2"),
        ("fr", "n° 2"),
        ("fr", "la deuxième"),
        ("fr", "contexte 2"),
        ("fr", "la 2"),
        ("en", "٢"),
    ],
)
async def test_a_quote_is_counted_as_people_count(desk: Service, code: str, typed: str) -> None:
    shown = AnswerRef((Command("ask", "surveillance state"),), 1, (COLLIER, EPHGRAVE))

    with catalogue.use_language(code):
        assert await run_line(desk, typed, shown) == await run_line(desk, "/context 2", shown)


@pytest.mark.parametrize("typed", ["1.", "#2", "(2)", "[9]"])
async def test_a_number_with_a_sign_opens_nothing_where_nothing_is_shown(desk: Service, typed: str) -> None:
    assert text(await run_line(desk, typed)) == say("no_answer_shown")


@pytest.mark.parametrize("typed", ["30%", "2020", "80.5", "second thoughts", "no more"])
def test_a_number_that_counts_no_quote_is_no_phrase(typed: str) -> None:
    assert commands.match_phrase(typed) is None


@pytest.mark.parametrize(("code", "typed"), [("en", "help"), ("en", "Help me!"), ("fr", "aide")])
async def test_help_is_given_to_whoever_asks_for_it_in_a_word(desk: Service, code: str, typed: str) -> None:
    with catalogue.use_language(code):
        assert await run_line(desk, typed) == desk.help()


@pytest.mark.parametrize("typed", ["context", "more", "Other wordings", "and the other side?", "history 2", "copy"])
async def test_what_opens_an_answer_is_told_where_there_is_none(desk: Service, typed: str) -> None:
    assert text(await run_line(desk, typed)) == say("no_answer_shown")


@pytest.mark.parametrize("code", ["en", "fr"])
@pytest.mark.parametrize(
    ("english", "french", "expected"),
    [
        ("you idiot", "espèce d’imbécile", "insults"),
        ("shut up bot!", "tais-toi", "insults"),
        ("This is complete rubbish.", "c’est nul", "insults"),
        ("thank you so much", "merci beaucoup !", "thanks"),
        ("thx", "Merci", "thanks"),
        ("you’re useless", "tu es nul", "insults"),
        ("hello there all", "bonjour à tous", "greetings"),
        ("howdy everyone", "coucou", "greetings"),
        ("ta very much", "merci bien", "thanks"),
        ("rubbish", "inutile", None),
        ("is it useless?", "c’est inutile ?", None),
        ("are the police idiots?", "la police est-elle stupide ?", None),
        ("you and it", "tu es là", None),
    ],
)
def test_chatter_is_told_by_its_words_alone(code: str, english: str, french: str, expected: str | None) -> None:
    with catalogue.use_language(code):
        assert catalogue.find_chatter(french if code == "fr" else english) == expected


async def test_an_insult_gets_one_courteous_line_and_what_it_follows_stands(desk: Service) -> None:
    shown = AnswerRef((Command("ask", "surveillance state"),), 1, (COLLIER, EPHGRAVE))

    reply = await run_line(desk, "you stupid bot", shown)

    assert (text(reply), reply.history) == (say("notes.insult"), ())


async def test_a_greeting_or_thanks_among_words_that_ask_nothing_is_met_as_such(desk: Service) -> None:
    assert text(await run_line(desk, "hey you")) == text(desk.start())
    assert (await run_line(desk, "cheers you thing")).reaction == say("notes.courtesy")


@pytest.mark.parametrize(("typed", "is_sign"), [("merci", True), ("bonjour", False)])
async def test_a_french_reader_is_greeted_in_french(desk: Service, typed: str, *, is_sign: bool) -> None:
    with catalogue.use_language("fr"):
        reply = await run_line(desk, typed)

        assert reply.reaction == (say("notes.courtesy") if is_sign else "")
        # The card of the debate, which says in French that its quotes are in English.
        assert reply.card == (None if is_sign else "corpus")
        assert is_sign or "Les citations ici sont en anglais" in text(reply)


async def test_only_the_corpus_that_is_there_is_shown_by_its_name(desk: Service) -> None:
    assert text(await run_line(desk, "/corpus foo")) == say("no_such_corpus")
    assert await run_line(desk, "/corpus Facial-Recognition") == desk.contents()


@pytest.mark.parametrize("typed", ["/context AAAAAAAA", "/opposite AAAAAAAA", "/wordings AAAAAAAA", "/copy AAAAAAAA"])
async def test_looking_into_a_quote_that_there_is_not_says_so(desk: Service, typed: str) -> None:
    assert "There is no quote AAAAAAAA" in text(await run_line(desk, typed))


async def test_a_quote_of_one_wording_and_one_without_an_opposite_say_so(desk: Service) -> None:
    one = text(await desk.show_wordings(EPHGRAVE))
    neither = text(await desk.show_opposite("RDFDT4N5"))
    silent = text(await desk.show_opposite("F4TXZAK4"))
    bare = text(await desk.show_opposite("IULGGCD3"))

    assert one == say("no_wordings", id=EPHGRAVE)
    assert say("no_side") in neither
    assert "No quote AGAINST is on the same topic: public safety." in silent
    assert "No quote AGAINST" in bare


async def test_a_quote_without_a_topic_has_nothing_to_link_it(desk: Service) -> None:
    assert say("no_topic") in text(await desk.show_opposite("P4VH2JQU"))


@pytest.mark.parametrize("question", LOADED)
@pytest.mark.parametrize("parties", PARTIES)
@pytest.mark.parametrize("topic", TOPICS)
async def test_mirrored_loaded_questions_are_answered_alike(
    desk: Service, question: str, parties: tuple[str, str], topic: str
) -> None:
    one, other = parties

    first = await desk.ask(question.format(slur="fascist", party=one, topic=topic))
    second = await desk.ask(question.format(slur="paranoid", party=other, topic=topic))

    assert layout(first) == layout(second)
    assert count_sides(first, desk) == count_sides(second, desk)
    for reply in (first, second):
        searched = [
            line for line in text(reply).splitlines() if line.startswith(("Searched: ", "Nobody here", "Nothing from"))
        ]
        assert len(searched) == 1
        assert not SLURS & set(re.findall(r"\w+", searched[0].lower()))


def count_sides(reply: Reply, desk: Service) -> list[int]:
    """Return how many quotes a reply has of each side, whichever side that is."""
    quotes = filter(None, map(desk.find_quote, reply.answer_ref.quote_ids))
    counts = Counter(quote.passage.side for quote in quotes)
    return [counts[Side.NEITHER], *sorted(counts[side] for side in (Side.FOR, Side.AGAINST))]


def layout(reply: Reply) -> set[str]:
    """Return of what kinds of lines a reply is made, whatever they say."""
    lines = [line for line in text(reply).splitlines() if line]
    fixed = ["Searched: ", "Closest", "Not matched", "Nobody here", "Nothing from", "Topics"]
    return {start for start in fixed for line in lines if line.startswith(start)} - {"Topics"}


def test_a_short_quote_is_copied_at_once_and_a_long_one_by_command() -> None:
    passage = FERRY.passages[0]
    short, long = (said(passage.document, text, passage.voice) for text in ("A ferry", passage.text))
    for each in (short, long):
        quote = Quote(each, each.frame)
        [button, report] = [b for row in buttons.build_quote_buttons(quote, AvailableActions()) for b in row]

        fits = count_utf16_units(quote_block.format_for_copying(Quote(each, each.frame))) <= 256
        assert (button.copy is not None) == fits
        assert button.command == f"/copy {quote.id}"
        assert (report.command, report.edits) == (f"/report {quote.id}", False)


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("dropped", [(), ("privacy, surveillance and whatever else there was",)])
@pytest.mark.parametrize("count", range(1, 6))
def test_under_an_answer_there_are_at_most_five_buttons_and_the_way_on_is_among_them(
    desk: Service, count: int, dropped: tuple[str, ...], *, more: bool
) -> None:
    shown = [Quote(p, p.frame) for p in desk.corpus.passages if p.voice][:count]
    known = AvailableActions({quote.id for quote in shown}, {quote.id for quote in shown})

    rows = buttons.build_answer_buttons(shown, known, PageInfo(2, more, 4), dropped)

    drawn = [button for row in rows for button in row]
    assert len(drawn) <= 5
    assert all(len(button.command.encode()) <= 55 for button in drawn)
    assert all(button.edits for button in drawn)
    assert any(button.label == say("label_more") for button in drawn) == more
    assert any(button.command == "/alone" for button in drawn) == bool(dropped)


@pytest.mark.parametrize(
    ("side", "silent", "told"),
    [
        (Side.FOR, (Side.AGAINST,), "No quote AGAINST matches these words."),
        (Side.FOR, (), "Quotes AGAINST match these words too."),
        (Side.AGAINST, (), "Quotes FOR match these words too."),
        (Side.NEITHER, (), "Quotes FOR and AGAINST match these words too."),
        (Side.NEITHER, (Side.FOR,), "No quote FOR matches these words."),
        (Side.NEITHER, (Side.FOR, Side.AGAINST), "No quote FOR or AGAINST matches these words."),
    ],
)
def test_a_quote_that_stands_alone_tells_of_the_other_side(side: Side, silent: tuple[Side, ...], told: str) -> None:
    passage = replace(FERRY.passages[0], side=side)
    chosen = ChosenQuote(Quote(passage, passage.frame), 1.0)
    answer = Answer("?", "ferry", Status.ANSWERED, silent_sides=silent, quotes=(chosen,))

    [alone] = build_card_page(answer, FERRY).cards

    assert told in text(alone.reply)
    assert (say("label_other_side") in pressed(alone.reply)) == (side is not Side.NEITHER)
    assert alone.title.startswith(say(f"sides.{side}"))


async def test_no_search_shows_what_the_topics_have(desk: Service) -> None:
    found = await desk.search_cards("")

    assert found.cards
    assert found.version == desk.corpus.fingerprint


async def test_a_french_reader_is_answered_in_french_and_quoted_in_english(desk: Service) -> None:
    english = await run_line(desk, "What about privacy?")
    with catalogue.use_language("fr"):
        french = await run_line(desk, "What about privacy?")
        context = await run_line(desk, "/context 1", french.answer_ref)

    assert "\nRecherché\xa0: privacy" in text(french)
    assert quotes(french) == quotes(english)
    assert "CONTRE · Clare Collier" in text(french)
    assert "Camp\xa0: CONTRE" in text(context)
    assert "janvier 2020" in text(french)


async def test_everything_a_french_reader_may_be_shown_is_french(desk: Service) -> None:
    with catalogue.use_language("fr"):
        for line in ("/start", "/help", "/about", "/corpus", "/privacy", "zebra", "/by Ephgrave"):
            shown = await run_line(desk, line)
            assert not re.search(r"\b(the|Source: |quotes?|Motion: )\b", fixed(shown, desk)), line


def fixed(reply: Reply, desk: Service) -> str:
    """Return what a reply says that neither a document nor the manifest does."""
    shown = "\n".join(p.text for b in reply.blocks for p in b if p.style is not Style.QUOTE)
    corpus = desk.corpus
    told = [say("name"), corpus.title, corpus.motion, corpus.curator, corpus.basis]
    told += [name for d in corpus.documents for name in (d.title, d.publisher) if name]
    for each in told:
        shown = shown.replace(each, "")
    return re.sub(r", (?:a|an)\b[^\n]*|University[^\n]*|authors of[^\n]*", "", shown)


def test_the_judged_questions_that_ask_after_a_voice_find_it(desk: Service) -> None:
    answerer = desk._live.snapshot.answerer  # noqa: SLF001
    lines = Path("tests/relevance/facial-recognition.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]

    wanted = [found for question in asked if (found := answerer.parse_speaker_question(question))]

    assert wanted
    assert all(found.names for found in wanted)


def test_a_name_of_several_is_a_choice_of_buttons_and_the_topic_goes_with_it() -> None:
    spoken = SpeakerPage(choices=("Ann Low", "Jo Low", "x" * 70), topic="taxes")

    reply = whom(spoken, AvailableActions())

    assert text(reply).splitlines() == [say("who"), "Ann Low", "Jo Low", "x" * 70]
    assert pressed(reply) == {"Ann Low": "/by Ann Low taxes", "Jo Low": "/by Jo Low taxes"}


def test_what_a_voice_was_not_found_to_say_is_told() -> None:
    passage = FERRY.passages[0]
    chosen = ChosenQuote(Quote(passage, passage.frame), 1.0)
    spoken = SpeakerPage("Ann Low", Side.FOR, "nurses whales", {}, ("whales",), quotes=(chosen,))

    shown = text(whom(replace(spoken, total=1), AvailableActions()))

    assert "Not matched: whales" in shown
    assert "In printed order (no date given)" in shown


async def test_a_button_under_a_follow_up_that_asked_nothing_leads_to_the_quotes_it_followed(desk: Service) -> None:
    first = Command.parse("What about privacy?")
    expected = quotes(await run_line(desk, "What about privacy?"))

    page = await run_line(desk, "/more 1", AnswerRef((first, Command.parse("why?")), 2, ()))

    assert expected
    assert quotes(page) == expected
    assert page.history == (first, Command.parse("why?"))
