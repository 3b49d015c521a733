# ruff: noqa: E501 - a case is one line
"""Every weight and reach of attribution, pinned by one case on each side of it.

A passage is shown with its name from a confidence of 0.7 on. The tables say what each sentence
comes to; the last test moves every constant of the room to either side, one at a time, and
some case must notice.
"""

from __future__ import annotations

import ast
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import bot.attribution.pipeline
from bot.attribution import extract_passages
from bot.model import Document, Kind, Passage, Voice, VoiceEntry
from tests.english import ENGLISH

SHOWN = 0.7
LISTED = (VoiceEntry("Shelter"),)
# A small step for a weight: what changes nothing by three hundredths decides nothing.
STEP = 0.03
# Constants that decide neither who is named nor what is shown.
UNPINNED = {
    "UNLABELLED_CONFIDENCE": "never shown, whatever it is: test_attribution_monologues",
    "_MAX_CAPTIONS": "pinned in test_attribution_quotation_marks",
    "_CLOSING_MARKS_WINDOW": "any window that holds the marks behind a full stop is as good",
    "_KEY_WORD_COUNT": "the length of a draft that a curator edits",
    "_MIN_SIMILARITY": "how near the words an error names are, pinned in test_attribution_corrections",
    "MIN_SIMILARITY": "pinned in test_attribution_paraphrases",
    "_MIN_STEMS": "pinned in test_attribution_paraphrases",
    "_MAX_COMPARED": "bounds the time, pinned in test_attribution_paraphrases",
}

CASES = {
    "Ann Low – It is late.\n\nBen Dell – It is not.\n\nMary Fell – It was so.": "direct Ann Low 0.5; direct Ben Dell 0.5; "
    "direct Mary Fell 0.5",
    "Ann Low – It is late.\n\nBen Dell – It is not.": "",
    "China’s ambassador warned that piers “will fall in the end”.": "fragment China’s ambassador 0.773",
    "Deputy Director of Orme Hall said: “It rains here.”": "direct Deputy Director of Orme Hall 0.912",
    "Deputy Director of Public Kestrel Low said: “It rains here.”": "direct Deputy Director of Public Kestrel Low 0.672",
    "“It rains all day here,” Ann Low said.": "direct Ann Low 0.97",
    "A lily grower said “it rains all day here”.": "fragment A lily grower 0.651",
    "Ann Low, whose bully said “it rains all day here”, left.": "fragment Ann Low 0.93",
    "“It rains all day here,” said Ann Low.": "direct Ann Low 0.97",
    "“It rains all day here,” according to Ann Low.": "direct Ann Low 0.97",
    "Ann Low said of the weather: “It rains all day here.”": "direct Ann Low 0.96",
    "Ann Low said “it rains all day here” and left.": "fragment Ann Low 0.93",
    "Ann Low said that “it rains all day here”.": "fragment Ann Low 0.93",
    "Ann Low said that the sky was “grey all day here” again.": "fragment Ann Low 0.84",
    "Ann Low called the whole of it “grey all day here” again.": "fragment Ann Low 0.82",
    "Ann Low called the weather that we had in the town hall “grey all day here” again.": "fragment Ann Low 0.68",
    "Ann Low condemned the weather that we had in the town hall as “grey all day here” again.": "fragment Ann Low 0.82",
    "Ann Low called the a b c d e f “grey all day here” again.": "fragment Ann Low 0.82",
    "The weather was called “grey all day here” by Ann Low.": "fragment Ann Low 0.82",
    "Ann Low’s plan to “keep the rain all day” failed.": "fragment Ann Low 0.72",
    "Cy Orr claims that Ann Low said “it rains all day here”.": "fragment Ann Low 0.66",
    "“It rains all day here,” said Ann Low and her brother, Cy.": "direct Ann Low 0.679",
    "A letter from Ann Low: “It rains all day here.”": "direct Ann Low 0.72",
    "“Grey all day here” is wrong, Ann Low said.": "direct Ann Low 0.74",
    "The “grey all day here” weather is wrong, Ann Low said.": "fragment Ann Low 0.74",
    "Ann Low on the weather: “It rains all day here.”": "direct Ann Low 0.765",
    "Ann Low: “It rains all day here.”": "direct Ann Low 0.594",
    "Ann Low went “out in the rain all day” again.": "fragment Ann Low 0.54",
    "Ann Low called it “grey”.": "fragment Ann Low 0.726",
    "Ann Low hoped for “grey”.": "fragment Ann Low 0.689",
    "Ann Low called the weather that we had in the town hall “grey”.": "fragment Ann Low 0.602",
    "Ann Low and Bea Low came with Cy Orr. \n\n“It rains all day here,” Low said.": "direct Bea Low 0.582",
    "Ann Low and Bea Low came with Cy Orr. \n\nLow said “it rains all day here” and left.": "fragment Bea Low 0.558",
    "Ann Low and Bea Low came with Cy Orr. \n\nLow said of it: “It rains all day here.”": "direct Bea Low 0.576",
    "Ann Low came.\n\n“It rains all day here,” Low said.": "direct Ann Low 0.941",
    "“It rains all day here,” Liberty said.": "direct Liberty 0.679",
    "“It rains all day here,” RSOFB said.": "direct RSOFB 0.737",
    "“It rains all day here,” RSOFBA said.": "direct RSOFBA 0.679",
    "“It rains all day here,” Ofsted said.": "direct Ofsted 0.873",
    "“It rains all day here,” the Rain Council said.": "direct Rain Council 0.921",
    "Ann Low came.\n\n“It rains all day here,” she said.": "direct Ann Low 0.892",
    "Quill Zorn came.\n\n“It rains all day here,” she said.": "direct Quill Zorn 0.582",
    "Ann Low met Bea Orr.\n\n“It rains all day here,” she said.": "direct Ann Low 0.892",
    "Bea Orr came. Ann Low met Bea Orr.\n\n“It rains all day here,” she said.": "direct Ann Low 0.582",
    "“It rains all day here,” campaigners said.": "direct campaigners 0.679",
    "Campaigners said “it rains all day here” again.": "fragment Campaigners 0.651",
    "“It rains all day here,” the senator said.": "direct the senator 0.601",
    "“It rains all day here,” a spokesman said.": "direct a spokesman 0.679",
    "“It rains all day here,” Ann Low’s mother said.": "direct Ann Low’s mother 0.718",
    "A letter by Ann Low says: “It rains all day here.”": "direct Ann Low 0.864",
    "“It rains all day here,” I said.": "direct the author 0.582",
    "“It rains,” said Ann Low.\n\n“It rains all day here,” they said.": "direct Ann Low 0.97; direct Ann Low 0.533",
    "A study by Ann Low said: “It rains all day here.”": "direct Ann Low (author of A study) 0.864",
    "“It rains all day here,” said Ann Low. “It always did rain here.”": "direct Ann Low 0.97; direct Ann Low 0.873",
    "Ann Low was unmoved. “It rains all day here.”": "direct Ann Low 0.648",
    "Ann Low was unmoved:\n\n“It rains all day here.”": "direct Ann Low 0.864",
    "“It rains all day here,” said Ann Low.\n\nRain fell.\n\n“It always did rain here.”": "direct Ann Low 0.97; direct Ann Low 0.5",
    "“It rains all day here,” said Ann Low, “and then\n\n“it always did rain here.”": "direct Ann Low 0.97; direct Ann Low 0.84; direct Ann Low 0.832",
    "Ann Low said: “It rains all day here.\n\n“It always did rain here.”": "direct Ann Low 0.96; direct Ann Low 0.95",
    "Bea Orr said: “Then Ann Low said ‘it rains all day here’ and left.”": "direct Bea Orr 0.96; fragment Ann Low 0.8",
    "Ann Low said the rain is bad, adding “it rains all day here”.": "reported Ann Low 0.86; fragment Ann Low 0.865",
    "Ann Low said the rain falls all day.": "reported Ann Low 0.86",
    "Ann Low said that the rain falls all day.": "reported Ann Low 0.9",
    "The rain falls all day, Ann Low said.": "reported Ann Low 0.9",
    "According to Ann Low, the rain falls all day.": "reported Ann Low 0.9",
    "Ann Low urged the council to stop the rain.": "reported Ann Low 0.75",
    "Ann Low: It rains here.\n\nBea Orr: It is dry here.\n\nLow: It rains here.\n\nOrr: It is dry.": "direct Ann Low 0.9; direct Bea Orr 0.9; direct Ann Low 0.9; direct Bea Orr 0.9",
    "Ann Low: It rains here.\n\nLow: It is dry here.\n\nLow: It rains here.\n\nLow: It is dry.": "",
    "A headline.\n\nA byline.\n\nDear Sir,\n\nIt rains all day here.\n\nYours, Ann Low": "direct Ann Low 0.92",
    "A headline.\n\nA byline.\n\nA date.\n\nDear Sir,\n\nIt rains all day here.\n\nYours, Ann Low": "",
    "“It rains all day here,” said Ann Jan.": "direct Ann Jan 0.97",
    "“It rains all day here,” Ann Low oddly said.": "direct Ann Low 0.97",
    "“It rains all day here,” the ally said.": "direct the ally 0.601",
    "“It rains all day here,” Ann Low’s holy said.": "direct Ann Low’s holy 0.679",
    "Ann Low claimed the bride dyed her hair. Ann Low claimed the shed for her hat.": "",
    "It rained. Ann Low came. Ann Low came. It rained. It rained on Bea Orr.\n\n“It rains all day here,” she said.": "direct Ann Low 0.815",
    "Ann Low came. Bea Orr came. It rained on Quill Zorn. It rained on Quill Zorn.\n\n“It rains all day here,” she said.": "direct Ann Low 0.582",
    "Bea Orr came. Quill Zorn came. Quill Zorn came. Quill Zorn came. It rained on Bea Orr.\n\n“It rains all day here,” she said.": "direct Quill Zorn 0.582",
    "Ann Low came. “It is wet,” said Bea Orr. It rained on Ann Low. It rained.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Bea Orr 0.582",
    "Bea Orr came. Quill Zorn came. Bea Orr came. It rained on Quill Zorn. Quill Zorn came.\n\n“It rains all day here,” she said.": "direct Quill Zorn 0.582",
    "Bea Orr came. It rained on Bea Orr. Quill Zorn came. “It is wet,” said Bea Orr. It rained on Quill Zorn.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Bea Orr 0.582",
    "Quill Zorn came. Quill Zorn came. Quill Zorn came. Quill Zorn came. “It is wet,” said Ann Low. It rained.\n\n“It rains all day here,” she said.": "direct Ann Low 0.97; direct Ann Low 0.815",
    "Quill Zorn came. Quill Zorn came. “It is wet,” said Quill Zorn. “It is wet,” said Ann Low.\n\n“It rains all day here,” she said.": "direct Quill Zorn 0.97; direct Ann Low 0.97; direct Ann Low 0.815",
    "It rained on Ann Low. It rained on Quill Zorn. “It is wet,” said Bea Orr. Ann Low came. It rained on Ann Low.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Ann Low 0.582",
    "“It is wet,” said Bea Orr. “It is wet,” said Ann Low. Bea Orr came. It rained on Quill Zorn. “It is wet,” said Ann Low.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Ann Low 0.97; direct Ann Low 0.97; direct Ann Low 0.892",
    "Bea Orr came. “It is wet,” said Bea Orr. Bea Orr came. “It is wet,” said Ann Low. It rained.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Ann Low 0.97; direct Ann Low 0.815",
    "“It is wet,” said Bea Orr. “It is wet,” said Ann Low. Bea Orr came. It rained on Ann Low.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Ann Low 0.97; direct Ann Low 0.815",
    "“It is wet,” said Bea Orr. It rained on Quill Zorn. “It is wet,” said Quill Zorn. “It is wet,” said Ann Low. Quill Zorn came. It rained on Ann Low.\n\n“It rains all day here,” she said.": "direct Bea Orr 0.97; direct Quill Zorn 0.97; direct Ann Low 0.97; direct Ann Low 0.582",
    "Bea Orr came. Ann Low came. It rained on Ann Low. She sat.\n\n“It rains all day here,” she said.": "direct Ann Low 0.892",
    "Bea Orr came. Ann Low came. It rained on Ann Low. She sat. It rained.\n\n“It rains all day here,” she said.": "direct Ann Low 0.815",
    "Ann Low said: “It rains.\n\n“NOTE: It rains all day here.”": "fragment Ann Low 0.96; direct Ann Low 0.95",
    "It rained.\n\n“LOW: It rains all day here.\n\n“LOW: It rains.”": "direct LOW 0.81; direct LOW 0.81",
    "“It rains all day here,” Shelter said.": "direct Shelter 0.941",
    "Ann Low claimed the cats ended it.": "reported Ann Low 0.86",
    "Quill Zorn, Leeds, Leeds, Leeds, wet roads\n\n“It rains all day here,” Zorn said.": "direct Zorn 0.679",
    "Quill Zorn, Leeds, Leeds, Leeds, Leeds, Leeds, Leeds, Leeds, wet roads in cold rain\n\n“It rains all day here,” Zorn said.": "direct Quill Zorn 0.941",
    "“It rains all day here,” said Shelterwatch. Shelterwatch met.": "direct Shelterwatch 0.873",
    "“It rains all day here.” – Ann Low": "direct Ann Low 0.9",
    "“It rains all day here,” donations said.": "direct donations 0.679",
    "It rained on Quill Zorn. Ann Low came. Quill Zorn came. It rained. \n\n“It rains all day here,” she said.": "direct Ann Low 0.582",
    "“It is wet,” said Quill Zorn. “It is wet,” said Ann Low. It rained. It rained on Bea Orr. \n\n“It rains all day here,” she said.": "direct Quill Zorn 0.97; direct Ann Low 0.97; direct Ann Low 0.815",
    "It rained. “It is wet,” said Ann Low. “It is wet,” said Bea Orr. Mary Dunn came. \n\n“It rains all day here,” she said.": "direct Ann Low 0.97; direct Bea Orr 0.97; direct Mary Dunn 0.582",
    "Ann Low came. Quill Zorn came. It rained on Ann Low. Mary Dunn came. It rained on Mary Dunn. \n\n“It rains all day here,” she said.": "direct Mary Dunn 0.815",
    "“It is wet,” said Ann Low. “It is wet,” said Bea Orr. It rained. “It is wet,” said Ann Low. “It is wet,” said Bea Orr. \n\n“It rains all day here,” she said.": "direct Ann Low 0.97; direct Bea Orr 0.97; direct Ann Low 0.97; direct Bea Orr 0.97; direct Ann Low 0.582",
    "“It is wet,” said Mary Dunn. It rained. Quill Zorn came. Ann Low came. It rained. \n\n“It rains all day here,” she said.": "direct Mary Dunn 0.97; direct Mary Dunn 0.582",
}
# Of a template the bracket is repeated so often, and once more; what each comes to.
REACHES = (
    ("Ann Low denied [then ]having said “it rains all day here”.", 2, "fragment nobody 0", "fragment Ann Low 0.865"),
    ("“It rains,” said Ann [de ]Low.", 3, "direct Ann de de de Low 0.97", "direct Low 0.679"),
    ("Ann Low said in a [grey ]speech that the rain falls all day.", 5, "reported Ann Low 0.9", ""),
    ("Ann Low told the [grey ]that the rain falls all day.", 5, "reported Ann Low 0.9", ""),
    ("Ann Low claimed the [grey ]is wet.", 12, "reported Ann Low 0.86", ""),
    (
        "“It rains all day here,” said Ann Low.\n\n[Rain fell.\n\n]“It always did rain here.”",
        4,
        "direct Ann Low 0.97; direct Ann Low 0.5",
        "direct Ann Low 0.97; direct nobody 0",
    ),
    (
        "“It rains all day here” of the [dean ]Ann Low said.",
        24,
        "direct Ann Low (dean dean dean dean dean dean dean dean dean dean dean dean dean dean dean) 0.74",
        "direct nobody 0",
    ),
    ("Ann Low’s plan to [grey ]“keep the rain all day” failed.", 11, "fragment Ann Low 0.72", "fragment nobody 0"),
    ("Ann Low’s [grey ]plan to “keep the rain all day” failed.", 3, "fragment Ann Low 0.72", "fragment nobody 0"),
    ("Ann Low called the [grey ]“grey all day here”.", 6, "fragment Ann Low 0.82", "fragment Ann Low 0.68"),
    (
        "Ann Low said on air, Bea Orr called [grey ]“grey all day here”.",
        2,
        "fragment Bea Orr 0.82",
        "fragment Ann Low 0.84",
    ),
    ("Ann Low said [grey ]“it rains all day here” again.", 1, "fragment Ann Low 0.93", "fragment Ann Low 0.84"),
    ("Ann Low hoped for “[grey ]day”.", 2, "fragment Ann Low 0.689", "fragment Ann Low 0.82"),
    ("Ann Low read in “[Grey ]Day” again.", 5, "", "fragment Ann Low 0.93"),
    ("“[Grey ]Day”\n\nAnn Low came.", 7, "", "direct nobody 0"),
    ("Ann Low read a book titled “[Grey ]Day” again.", 11, "", "fragment Ann Low 0.84"),
    ("Ann Low said: “Grey[ grey].”", 1, "fragment Ann Low 0.96", "direct Ann Low 0.96"),
    ("“It rains all day here,” said [ANN ]LOW.", 1, "direct ANN LOW 0.97", "direct ANN ANN LOW 0.679"),
    (
        "[Zorn ]Low came.\n\n“It rains all day here,” Low said.",
        4,
        "direct Zorn Zorn Zorn Zorn Low 0.941",
        "direct Low 0.679",
    ),
    (
        "Quill Zorn, [Leeds, ]\n\n“It rains all day here,” Zorn said.",
        2,
        "direct Quill Zorn 0.941",
        "direct Zorn 0.679",
    ),
    ("Those for whom the [grey ]Ann Low said is wet came.", 1, "reported Ann Low 0.86", ""),
    (
        "The weather was called “grey all day here” [grey ]by Ann Low.",
        5,
        "fragment Ann Low 0.82",
        "fragment The weather 0.316",
    ),
    (
        "Bea Orr said: “Then Ann Low said [grey ]‘it rains all day here’ and left.”",
        2,
        "direct Bea Orr 0.96; fragment Ann Low 0.8",
        "direct Bea Orr 0.96",
    ),
    ("Ann Low said that [grey ].", 2, "", "reported Ann Low 0.9"),
    (
        "Ann Low came. [It rained. ]\n\n“It rains all day here,” she said.",
        10,
        "direct Ann Low 0.892",
        "direct nobody 0",
    ),
    (
        "“It is wet,” said Ann Low. Bea Orr came. [It rained. ]\n\n“It rains all day here,” she said.",
        3,
        "direct Ann Low 0.97; direct Ann Low 0.815",
        "direct Ann Low 0.97; direct Ann Low 0.582",
    ),
    (
        "“It is wet,” said Ann Low. [“It is dry,” said Cy Orr. ]\n\n“It rains all day here,” she said.",
        1,
        "direct Ann Low 0.97; direct Cy Orr 0.97; direct Ann Low 0.582",
        "direct Ann Low 0.97; direct Cy Orr 0.97; direct Cy Orr 0.97; direct Cy Orr 0.582",
    ),
    (
        "“Why?” Ann Low, a [grey ]woman, said.",
        17,
        "direct Ann Low (grey grey grey grey grey grey grey grey grey grey grey grey grey grey grey grey grey woman) 0.97",
        "direct Ann Low 0.97",
    ),
    ("“Why?” Ann Low, a [grey ]woman, said.", 18, "direct Ann Low 0.97", ""),
    (
        "Ann Low came. They saw [Leeds, ]there.\n\n“It rains all day here,” she said.",
        39,
        "direct Ann Low 0.892",
        "direct nobody 0",
    ),
    ("Ann Low went [grey ]“out in the rain all day” again.", 246, "fragment Ann Low 0.54", "direct nobody 0"),
    ("Those who [grey ]urged the council to stop came.", 2, "", "reported grey grey grey 0.525"),
    (
        "“It rains,” said Ann Low, b[a]ker.",
        86,
        "direct Ann Low (baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaker) 0.97",
        "direct Ann Low 0.97",
    ),
)


def find_spoken(text: str) -> list[Passage]:
    """Return the passages of `text` but for its narration."""
    found = extract_passages(Document("invented", text), LISTED, language=ENGLISH)
    return [passage for passage in found if passage.kind is not Kind.NARRATION]


def outcome(text: str) -> str:
    """Return what `text` comes to: of each passage the kind, speaker, role and confidence."""
    return "; ".join(
        f"{passage.kind} {describe_voice(passage.voice)} {passage.confidence:g}" for passage in find_spoken(text)
    )


def describe_voice(voice: Voice | None) -> str:
    """Return a voice's name, and its role in brackets."""
    if voice is None:
        return "nobody"
    return f"{voice.name} ({voice.role})" if voice.role else voice.name


def stretch(template: str, count: int) -> str:
    """Return `template` with what stands in brackets repeated `count` times."""
    return re.sub(r"\[(.*?)\]", lambda match: match[1] * count, template, flags=re.DOTALL)


@pytest.mark.parametrize("text", CASES)
def test_a_sentence_comes_to_its_speaker_and_confidence(text: str) -> None:
    assert outcome(text) == CASES[text]


@pytest.mark.parametrize(("template", "count", "within", "beyond"), REACHES)
def test_a_reach_ends_where_the_table_says(template: str, count: int, within: str, beyond: str) -> None:
    assert outcome(stretch(template, count)) == within
    assert outcome(stretch(template, count + 1)) == beyond


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann Low came with Bea Low.\n\n“It rains all day here,” Low said.", False),
        ("Ann Low came with Bea Low.\n\nLow said “it rains all day here” again.", False),
        ("Ann Low called it all “grey all day here”.", True),
        ("Ann Low hoped for all “grey”.", False),
        ("Ann Low called it all “grey”.", True),
        ("Ann Low said of the town “it rains all day here”.", True),
        ("Low of the town, Bea Low and Ann Low came. Low said of it “it rains here”.", False),
        ("“It rains all day here,” campaigners said.", False),
        ("“It rains all day here,” Ann Low’s mother said.", True),
        ("Ann Low’s mother said “it rains all day here” again.", False),
        ("Campaigners said “it rains all day here” again.", False),
        ("Ann Low’s plan to “keep the rain all day” failed.", True),
        ("Ann Low: “It rains all day here.”", False),
        ("Ann Low on the weather: “It rains all day here.”", True),
        ("Ann Low was unmoved. “It rains all day here.”", False),
    ],
)
def test_a_name_is_shown_from_seven_tenths_on(text: str, shown: bool) -> None:  # noqa: FBT001
    [passage] = find_spoken(text)

    assert passage.voice
    assert (passage.confidence >= SHOWN) is shown


def list_constants() -> list[tuple[str, float]]:
    """Return each numeric constant of the room, by name, with its value."""
    return [
        (target.id, statement.value.value)
        for path in sorted(Path(bot.attribution.__path__[0]).glob("*.py"))
        for statement in ast.parse(path.read_text("utf-8")).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, int | float)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]


def test_every_constant_has_its_reason_above_it() -> None:
    without_reason = [
        f"{path.name}: {line}"
        for path in sorted(Path(bot.attribution.__path__[0]).glob("*.py"))
        for before, line in pairwise(path.read_text("utf-8").splitlines())
        if re.match(r"[A-Z_]+ = [\d.]+$", line) and not before.startswith("# ")
    ]

    assert without_reason == []


def test_every_constant_is_pinned_or_says_why_not() -> None:
    names = {name for name, _ in list_constants()}

    assert names >= UNPINNED.keys()
    assert len(names - UNPINNED.keys()) > 70


@pytest.mark.parametrize(("name", "value"), [pair for pair in list_constants() if pair[0] not in UNPINNED])
def test_some_case_notices_when_a_constant_moves(name: str, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    step = 1 if isinstance(value, int) else STEP
    modules = [
        module
        for dotted, module in sys.modules.items()
        if dotted.startswith("bot.attribution.") and vars(module).get(name) == value
    ]
    texts = [
        *CASES.items(),
        *((stretch(template, count), within) for template, count, within, _ in REACHES),
        *((stretch(template, count + 1), beyond) for template, count, _, beyond in REACHES),
    ]
    for moved in (value - step, value + step):
        for module in modules:
            monkeypatch.setattr(module, name, moved)

        assert any(outcome(text) != expected for text, expected in texts), (name, moved)
