"""What the reply to a text with quotes says: a verdict for each, what differs, and where the words stand."""

from __future__ import annotations

import asyncio
import json

import pytest

from bot import cli
from bot.answers.verification import MAX_CLAIMS, Verdict, Verifier
from bot.replies import json_output
from bot.replies.catalogue import say, use_language
from bot.replies.html import count_utf16_units, render_messages
from bot.replies.reply import Reply
from bot.replies.verified_quotes import render_verifications
from bot.service import Service
from tests.corpus_folders import UNSAFE, text
from tests.invented_debate import FERRY

NURSES = "A ferry after midnight brings nurses home from their shifts safely."
TAXES = "It would raise taxes for every household on the island by 40 pounds."


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(FERRY)


def reply_to(verifier: Verifier, line: str) -> Reply:
    return render_verifications(verifier.verify(line), FERRY)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"“{NURSES}”", ["verify.exact"]),
        (f"“A ferry after midnight … home from their shifts safely”: {''}", ["verify.exact", "verify.gaps"]),
        ("“Noisy engines at two in the morning brings nurses home from their shifts safely”", ["verify.spliced"]),
        ("“a submarine would cost next to nothing at all”", ["verify.nothing_near"]),
        ("“it would raise taxes for everybody who lives there”", ["verify.nearest"]),
        ("", ["verify.usage"]),
    ],
)
def test_the_verdict_and_what_is_to_be_known_of_it_are_told(verifier: Verifier, line: str, told: list[str]) -> None:
    said = text(reply_to(verifier, line))

    assert all(say(key) in said for key in told)
    assert (say("verify.unchecked") in said) is bool(line)


def test_the_words_that_differ_are_told_and_which_the_surface_may_quote(verifier: Verifier) -> None:
    reply = reply_to(verifier, "Bob High said: “It would not raise taxes for no household on the island by 400 pounds”")

    assert say("verify.delete", claimed="not") in text(reply)
    assert say("verify.replace", claimed="no", printed="every") in text(reply)
    assert say("verify.replace", claimed="400", printed="40") in text(reply)
    assert reply.cited == ("not", 0)


def test_only_the_first_differences_are_told_one_by_one(verifier: Verifier) -> None:
    claim = "It raise taxes for household island by pounds more"

    said = text(reply_to(verifier, f"“{claim}”"))

    assert say("verify.more_differences", count=1) in said


def test_altered_words_of_another_voice_are_told_to_be_both(verifier: Verifier) -> None:
    said = text(reply_to(verifier, f"Ann Low said: “{TAXES.replace('40', '50')}”"))

    assert say("verify.altered") in said
    assert say("verify.not_by", voice="Ann Low") in said


def test_words_of_nobody_else_are_told_where_only_marks_are_missing(verifier: Verifier) -> None:
    said = text(reply_to(verifier, f"Bob High said: “{NURSES}”"))

    assert said.startswith(say("verify.other_voice", voice="Bob High"))
    assert "Ann Low" in said


def test_many_quotes_are_answered_in_one_message_of_any_language(verifier: Verifier) -> None:
    line = " ".join(f"“{NURSES}” and “{TAXES.replace('40', str(number))}”" for number in range(9))
    for code in ("en", "fr"):
        with use_language(code):
            reply = reply_to(verifier, line)
            assert say("verify.too_many", count=MAX_CLAIMS) in text(reply)

            [message] = render_messages(reply, 4096, "https://t.me/RecordBot?start=q_{}".format)
            assert count_utf16_units(message) < 2 * 4096


def test_a_long_passage_is_one_message(desk: Service) -> None:
    passage = max((p for p in desk.corpus.passages if p.voice), key=lambda p: len(p.text))

    reply = asyncio.run(desk.verify_quotes(f"“{passage.text}” " * 3))

    assert len(render_messages(reply, 4096, str)) == 1


def test_json_gives_offsets_the_verdict_and_what_differs(verifier: Verifier) -> None:
    line = f"Ann Low said: “{NURSES.replace('safely', 'soundly')}”"

    [row] = (json.loads(json.dumps(json_output.verification_to_json(each))) for each in verifier.verify(line))

    assert line[slice(*row["claimed"])] == NURSES.replace("safely", "soundly")
    assert (row["verdict"], row["claimed_voice"], row["gaps"], row["continues"]) == ("altered", "Ann Low", False, False)
    [match] = row["matches"]
    assert match["text"] == NURSES
    assert match["voice"]["name"] == "Ann Low"
    assert match["difference"][-1] == ["replace", "soundly", "safely"]


def test_the_command_prints_a_line_for_each_quote(capsys: pytest.CaptureFixture[str]) -> None:
    line = "“we have a duty to use new technologies” and “we have no need of any new trams here at all”"

    assert cli.main(["verify", line, "--json"]) == 0
    rows = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert [row["verdict"] for row in rows] == ["exact", "not_found"]

    assert cli.main(["verify", line]) == 0
    assert say("verify.not_found", documents="1 document") in capsys.readouterr().out


def test_nothing_to_verify_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", " “” "]) == cli.EXIT_BAD_INPUT

    assert capsys.readouterr().err.startswith("bot: verify: no words to check; ")


def test_of_words_that_are_anybody_s_no_place_is_shown(verifier: Verifier) -> None:
    assert text(reply_to(verifier, "“it”")) == f"{say('verify.too_short')}\n\n{say('verify.unchecked')}"


async def test_what_is_withheld_is_told_by_no_verdict(bridge: Service) -> None:
    quote = next(q for q in [m.quote for v in bridge.verify(f"“{UNSAFE}”") for m in v.matches])
    await bridge.admin._live.withhold(quote, "wrong")  # noqa: SLF001  as its command does

    reply = await bridge.verify_quotes(f"“{UNSAFE}”")

    assert UNSAFE not in text(reply)
    assert text(reply).startswith(say("verify.not_found", documents="2 documents"))


async def test_damaged_words_are_shown_by_no_verdict(bridge: Service) -> None:
    document = next(d for d in bridge.corpus.documents if UNSAFE in d.text)
    object.__setattr__(document, "text", document.text.replace("unsafe", "secure"))

    [verification] = bridge.verify("“The bridge is secure, and was secure in May.”")

    assert verification.verdict is Verdict.NOT_FOUND
    assert verification.matches == ()


def test_a_text_is_read_as_far_as_one_message_goes(desk: Service) -> None:
    quotation = "“we have a duty to use new technologies”"

    [verification] = desk.verify(" " * (4096 - len(quotation)) + quotation)

    assert verification.verdict is Verdict.EXACT
    assert desk.verify(" " * 4096 + quotation) == ()
