"""Shown voices drawn by their places, for a person to read against the text; and what came of reading them.

    python tests/benchmarks/voice_samples.py roles ARTICLES.jsonl[.gz] [--pages FOLDER] [--seed N]
    python tests/benchmarks/voice_samples.py pronouns ARTICLES.jsonl[.gz] [--seed N]

A place is ranked by the SHA-256 of seed, document, start and end, and the first 120 of what is shown are drawn: so the
draw stays the same when the rules change, but for places that are shown no more, or newly shown. `roles` draws
quotations shown with a role or an organisation, `pronouns` those given to a pronoun; of the saved pages in FOLDER every
one is printed. A verdict is a line of `readings/roles.jsonl` or `readings/pronouns.jsonl`: {document, start, end,
claim, verdict}, no words. `claim` is the start of the SHA-1 of name, role and organisation, so that a verdict no longer
counts once something else is shown. With `--unread` only what has no verdict yet is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Iterator, Sequence

from bot.attribution import extract_passages
from bot.languages import load_language
from bot.model import Document, Kind, Passage
from tests.benchmarks.voice_cases import is_shown, read_page
from tests.benchmarks.voices import articles

SEED, DRAWN = 20261126, 120
READINGS = Path(__file__).parent / "readings"
# So much of the text stands around a quotation, and around where a role is printed.
BEFORE, BEHIND, AROUND = 260, 140, 90


def quoted_passages(document: Document) -> Iterator[Passage]:
    """Yield the quotations of a document that are shown with their voice as certain."""
    for passage in extract_passages(document, language=load_language("english")):
        if passage.kind in (Kind.DIRECT, Kind.FRAGMENT) and is_shown(passage):
            yield passage


def is_wanted(passage: Passage, kind: str) -> bool:
    """Say whether a passage is one of those read as roles, or as pronouns."""
    voice = passage.voice
    if kind == "pronouns":
        return bool(passage.chain)
    return voice is not None and bool(voice.role or voice.organisation)


def find_pool(documents: Sequence[Document], kind: str) -> list[Passage]:
    """Return every passage of the documents that is one of those read."""
    return [passage for document in documents for passage in quoted_passages(document) if is_wanted(passage, kind)]


def draw(pool: Sequence[Passage], seed: int) -> list[Passage]:
    """Return the passages drawn, first the one whose place ranks first."""
    return sorted(pool, key=lambda passage: rank_place(passage, seed))[:DRAWN]


def rank_place(passage: Passage, seed: int) -> str:
    """Return by what a place is drawn before others, whatever is claimed of it."""
    place = f"{seed} {passage.document.id} {passage.span.start} {passage.span.end}"
    return hashlib.sha256(place.encode()).hexdigest()


def read_pages(folder: Path) -> Iterator[Document]:
    """Yield the saved pages of a folder as documents."""
    for path in sorted(folder.glob("*.html*")):
        name = path.name.removesuffix(".gz")
        yield Document(name, read_page(folder, name))


def describe_claim(passage: Passage) -> str:
    """Return what is claimed of the speaker."""
    voice = passage.voice
    return f"{voice.name} | {voice.role} | {voice.organisation}" if voice else ""


def identify(passage: Passage) -> tuple[str, int, int, str]:
    """Return by what a verdict knows a passage."""
    claim = hashlib.sha1(describe_claim(passage).encode()).hexdigest()[:8]
    return passage.document.id, passage.span.start, passage.span.end, claim


def load_verdicts(kind: str) -> dict[tuple[str, int, int, str], str]:
    """Return the verdicts kept so far."""
    path = READINGS / f"{kind}.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    return {(row["document"], row["start"], row["end"], row["claim"]): row["verdict"] for row in rows}


def show(passage: Passage) -> Iterator[str]:
    """Yield the claim, where its role is printed, and the quotation with the text around it."""
    text, span = passage.document.text, passage.span
    yield json.dumps(identify(passage))
    yield f"   {describe_claim(passage)}" + (f"   {passage.chain}" if passage.chain else "")
    voice = passage.voice
    for words in filter(None, (voice.role, voice.organisation) if voice and not passage.chain else ()):
        at = text.find(words)
        yield "   @ " + " ".join(text[max(0, at - AROUND) : at + len(words) + AROUND].split())
    before, quoted = text[max(0, span.start - BEFORE) : span.start], text[span.start : span.end]
    yield "   " + " ".join(f"{before}⟦{quoted[:80]}…⟧{text[span.end : span.end + BEHIND]}".split())


def summarise(documents: Sequence[Document], verdicts: dict[tuple[str, int, int, str], str], kind: str) -> str:
    """Return what became of every place that was read in these documents."""
    names = {document.id for document in documents}
    shown = {identify(passage) for passage in find_pool(documents, kind)}
    kept = {claim: verdict for claim, verdict in verdicts.items() if claim[0] in names}
    counts = Counter(verdict if claim in shown else "shown otherwise" for claim, verdict in kept.items())
    total = len(kept) - counts["shown otherwise"]
    return f"{counts['right']} of {total} read are right ({counts['right'] / max(1, total):.1%}); {dict(counts)}"


def main() -> None:
    """Print what is drawn, and how much of what was read is right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("roles", "pronouns"))
    parser.add_argument("path", type=Path, metavar="ARTICLES")
    parser.add_argument("--pages", type=Path, help="a folder of saved pages, of which all are printed")
    parser.add_argument("--seed", type=int, default=SEED, help="another draw")
    parser.add_argument("--unread", action="store_true", help="print only what has no verdict")
    given = parser.parse_args()
    verdicts = load_verdicts(given.kind)
    documents = [Document(article["id"], article["text"]) for article in articles(str(given.path))]
    sets = {given.path.name: (documents, draw(find_pool(documents, given.kind), given.seed))}
    if given.pages:
        pages = list(read_pages(given.pages))
        sets[given.pages.name] = (pages, find_pool(pages, given.kind))
    for name, (read, passages) in sets.items():
        for number, passage in enumerate(passages, 1):
            verdict = verdicts.get(identify(passage), "unread")
            if verdict == "unread" or not given.unread:
                print(f"\n{number}. {verdict}", *show(passage), sep="\n")
        print(f"\n{name}: {summarise(read, verdicts, given.kind)}")


if __name__ == "__main__":
    main()
