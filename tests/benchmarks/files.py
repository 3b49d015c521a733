"""Small files that were once read wrongly: `python tests/benchmarks/files.py PATH [--wrong]`.

PATH is a folder with files and an `index.jsonl`, of which each line is one case: `file`, `kind`, `expected` in words
and `got`, what an earlier version printed. What is right follows from the kind and from the words in `expected`.
Printed are right and wrong cases of each kind; with --wrong also what came out. Exit status 1 where any is wrong.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable, Iterator

from bot import formats
from bot.attribution import extract_passages
from bot.errors import BotError
from bot.languages import load_language
from bot.model import Document, Kind, Passage

THRESHOLD = 0.7
NO_DOCUMENT = Document(id="none", text="")

_QUOTED = re.compile(r"“[^”]*”")
_TAG = re.compile(r"<[^>]+>")
_NAME = re.compile(r"[A-Z][\w'’]*(?:(?: (?:de|of|the|for|van))? [A-Z][\w'’]*)*")


@dataclass(frozen=True)
class Outcome:
    """What became of one file: a refusal, or a document and its passages."""

    case: dict[str, Any]
    path: Path
    refusal: BotError | None = None
    document: Document = NO_DOCUMENT
    passages: tuple[Passage, ...] = ()

    @cached_property
    def source(self) -> str:
        data = self.path.read_bytes()
        declared = re.search(rb"charset=[\"']?([\w-]+)", data)
        name = {"gb2312": "gb18030"}.get(declared[1].decode(), "utf-8") if declared else "utf-8"
        try:
            return data.decode(name)
        except ValueError:
            return data.decode("cp1252" if not declared else name, "replace")

    @property
    def expected(self) -> str:
        return str(self.case["expected"])

    @property
    def text(self) -> str:
        return self.document.text

    def certain(self) -> Iterator[Passage]:
        return (passage for passage in self.passages if passage.voice and passage.confidence >= THRESHOLD)

    def holding(self, words: str) -> list[Passage]:
        """Return the passages that hold the beginning of `words`, or that it holds."""
        opening = words[:24]
        return [passage for passage in self.passages if opening in passage.text or passage.text in words]


def read(path: Path, case: dict[str, Any]) -> Outcome:
    try:
        document = formats.read(path)
    except BotError as error:
        return Outcome(case, path, error)
    return Outcome(case, path, None, document, tuple(extract_passages(document, language=load_language("english"))))


def label_is_read(outcome: Outcome) -> bool:
    words, wrong_name = re.findall(r"\"(.+?)\" is not (.+?)'s", outcome.expected)[0]
    if outcome.refusal:
        return bool(re.search(r":\d+$", outcome.refusal.place))
    return not any(passage.voice and passage.voice.name == wrong_name for passage in outcome.holding(words))


def numbers_are_no_names(outcome: Outcome) -> bool:
    names = [passage.voice.name for passage in outcome.passages if passage.voice]
    return bool(names) and not any(re.search(r"\d", name) for name in names) and Counter(names)["Chair"] > 1


def times_are_no_words(outcome: Outcome) -> bool:
    spoken = [passage.text for passage in outcome.passages]
    return bool(spoken) and not any("-->" in text or text.isdecimal() for text in spoken)


def name_and_role(outcome: Outcome) -> bool:
    name, role = re.findall(r"name ([^,;]+), role ([^,;]+)", outcome.expected)[0]
    return any(p.voice.name == name and p.voice.role == role for p in outcome.certain() if p.voice)


def blockquote_is_no_narration(outcome: Outcome) -> bool:
    inner = _TAG.sub("", re.findall(r"<blockquote.*?</blockquote>", outcome.source, re.DOTALL)[0])
    held = outcome.holding(inner)
    return bool(held) and all(passage.kind is not Kind.NARRATION for passage in held) and voices_are_right(outcome)


def quotation_stands(outcome: Outcome) -> bool:
    marked = [" ".join(_TAG.sub("", quotation).split()) for quotation in _QUOTED.findall(outcome.source)]
    hidden = re.findall(r"(?:style=\"clip|aria-hidden|icon)[^>]*>([^<]+)<", outcome.source)
    return (
        bool(marked)
        and all(quotation in outcome.text for quotation in marked)
        and not any(words.strip() in outcome.text for words in hidden)
    )


def element_is_quoted(outcome: Outcome) -> bool:
    name = re.findall(r"direct, ([^;]+)", outcome.expected)[0]
    inner = _TAG.sub("", re.findall(r"<q>.*?</q>", outcome.source)[0])
    return any(p.text == inner and p.voice and p.voice.name == name for p in outcome.certain())


def struck_words_are_out(outcome: Outcome) -> bool:
    struck = re.findall(r"<(?:s|del|strike)>(.+?)</", outcome.source)
    return bool(outcome.text) and not any(word in p.text for word in struck for p in outcome.certain())


def authors_are_people(outcome: Outcome) -> bool:
    lists = [tuple(ast.literal_eval(found)) for found in re.findall(r"\[.*?\]", outcome.expected)]
    return outcome.document.authors in lists


def debate_is_no_narration(outcome: Outcome) -> bool:
    spoken = [_TAG.sub("", found) for found in re.findall(r"</h\d><p>(.+?)</p>", outcome.source)[1:]]
    return bool(outcome.refusal) or not any(
        passage.kind is Kind.NARRATION for words in spoken for passage in outcome.holding(words)
    )


def answer_runs_on(outcome: Outcome) -> bool:
    words = re.findall(r"\"(.+?) ?\.\.\.", outcome.expected)[0]
    ending = words.split(maxsplit=2)[-1]
    held = [passage for passage in outcome.passages if ending in passage.text]
    return not any(p.kind is Kind.NARRATION or (p.voice and p.voice.name == "the author") for p in held)


def words_are_parted(outcome: Outcome) -> bool:
    sample = re.findall(r"\"(.+?) ?\.\.\.", outcome.expected)[0]
    return sample in outcome.text and max(map(len, outcome.text.split())) < 25


def characters_stand_once(outcome: Outcome) -> bool:
    return bool(outcome.text) and not re.search(r"(\w)\1(\w)\2(\w)\3", outcome.text)


def columns_stand_apart(outcome: Outcome) -> bool:
    """Few distinct sentences: the columns repeat the same four, and one is cut at the end."""
    return 0 < len(set(re.split(r"(?<=[.\"]) ", " ".join(outcome.text.split())))) <= 6


def no_line_numbers(outcome: Outcome) -> bool:
    return bool(outcome.text) and not re.search(r"(?:^|\s)\d{1,2}(?:\s|$)", outcome.text)


def no_note_numbers(outcome: Outcome) -> bool:
    return bool(outcome.text) and not re.search(r"[a-z]\d", outcome.text)


def quotation_goes_on(outcome: Outcome) -> bool:
    quoted = [passage for passage in outcome.certain() if passage.kind is Kind.DIRECT]
    ends = [outcome.text[passage.quotation[-1].end :][:1] for passage in quoted]
    return bool(outcome.text) and all(end in {'"', "”"} for end in ends)


def names_are_bare(outcome: Outcome) -> bool:
    names = [passage.voice.name for passage in outcome.passages if passage.voice]
    return bool(names) and not any(set("()") & set(name) or name[-1] in ".-—: " for name in names)


def names_end_in_letters(outcome: Outcome) -> bool:
    names = [passage.voice.name for passage in outcome.passages if passage.voice]
    return bool(names) and all(name[-1].isalnum() or name[-1] == ")" for name in names)


def date_is_right(outcome: Outcome) -> bool:
    return bool(outcome.document.date == re.findall(r"date (\d{4}-\d\d-\d\d)", outcome.expected)[0])


def is_read(outcome: Outcome) -> bool:
    return bool(outcome.passages)


def voices_are_right(outcome: Outcome) -> bool:
    """The last words that the earlier version found are in a voice that `expected` names, or in none for certain."""
    wanted = re.split(r"; never|; not|, never", outcome.expected)[0]
    if whole := re.fullmatch(r"direct, ([^:;]+): (.+)", wanted):
        return any(p.text == whole[2] and p.voice and p.voice.name == whole[1] for p in outcome.certain())
    got = outcome.case["got"] if isinstance(outcome.case["got"], list) else []
    words = re.findall(r"'(.*)'$", got[-1])[-1] if got else ""
    held = [
        passage for passage in outcome.certain() if not words or passage.text in words or words[:30] in passage.text
    ]
    if "nothing reported" in wanted:
        return not [p for p in held if p.voice and p.voice.name not in wanted]
    names = {name.removeprefix("The ") for name in _NAME.findall(wanted)}
    if not held:
        return bool(re.search(r"not certain|doubt|or not", wanted))
    return all(_is_wanted(passage, names, wanted) for passage in held)


def _is_wanted(passage: Passage, names: set[str], expected: str) -> bool:
    voice = passage.voice
    assert voice is not None
    role = re.search(r"role ([A-Z][\w ]+|[a-z]+)(?:,|$|;)", expected)
    is_role_right = not role or "no role" in expected or (voice.role or "") in {"", role[1]}
    without_role = "no role" not in expected or voice.role in {None, "Sir", "Dame"}
    body = re.search(r"organisation ([A-Z][\w ]+)", expected)
    is_body_right = not body or voice.organisation in {None, body[1].strip()}
    banned = re.findall(r"not \"(.+?)\"", expected)
    without_body = "no organisation" not in expected or voice.organisation is None
    is_of_role = expected.startswith(("role ", "organisation "))
    named = is_of_role or voice.name.removeprefix("The ") in names or voice.name.split()[-1] in names
    return (
        named and is_role_right and without_role and is_body_right and without_body and voice.organisation not in banned
    )


CHECKS: tuple[tuple[str, Callable[[Outcome], bool]], ...] = (
    ("transcript: an unread label", label_is_read),
    ("transcript: question numbers", numbers_are_no_names),
    ("transcript: caption times", times_are_no_words),
    ("transcript: office and name", name_and_role),
    ("html: blockquote", blockquote_is_no_narration),
    ("html: <q>", element_is_quoted),
    ("html: struck-out", struck_words_are_out),
    ("html: .*(lost|refuse|encoding)", quotation_stands),
    ("html: .*authors", authors_are_people),
    ("html: a debate", debate_is_no_narration),
    ("html: second paragraph", answer_runs_on),
    ("pdf: words run together", words_are_parted),
    ("pdf: doubled", characters_stand_once),
    ("pdf: .*(columns|interleave)", columns_stand_apart),
    ("pdf: line numbers", no_line_numbers),
    ("pdf: a note's number", no_note_numbers),
    ("pdf: a footnote", quotation_goes_on),
    ("theyworkforyou: seat", names_are_bare),
    ("akoma ntoso: marks", names_end_in_letters),
    ("akoma ntoso: date", date_is_right),
    ("theyworkforyou: .*root|tei:", is_read),
    ("", voices_are_right),
)


def is_right(outcome: Outcome) -> bool:
    check = next(check for pattern, check in CHECKS if re.match(pattern, outcome.case["kind"]))
    return check(outcome)


def describe(outcome: Outcome) -> list[str]:
    if outcome.refusal:
        return [str(outcome.refusal)]
    return [
        f"{p.kind} {p.confidence:.2f} [{p.voice and p.voice.name}|{p.voice and p.voice.role}"
        f"|{p.voice and p.voice.organisation}] {p.text[:90]!r}"
        for p in outcome.passages
    ] or [f"{outcome.document.authors} {outcome.text[:200]!r}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--wrong", action="store_true", help="print what came out of wrong cases")
    given = parser.parse_args()
    lines = (given.path / "index.jsonl").read_text("utf-8").splitlines()
    outcomes = [read(given.path / case["file"], case) for case in map(json.loads, filter(str.strip, lines))]
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for outcome in outcomes:
        (right if is_right(outcome) else wrong)[outcome.case["kind"]] += 1
        if given.wrong and not is_right(outcome):
            print(outcome.case["file"], "|", outcome.expected, *describe(outcome)[:12], sep="\n    ")
    for kind in sorted({*right, *wrong}):
        print(f"{right[kind]:5} right {wrong[kind]:3} wrong  {kind}")
    print(f"{right.total():5} right {wrong.total():3} wrong  of {len(outcomes)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
