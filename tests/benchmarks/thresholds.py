"""What each threshold costs: the judged questions' outcomes at several of them.

python tests/benchmarks/thresholds.py [QUESTIONS.jsonl]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot import bootstrap, settings
from bot.answers import evaluation

QUESTIONS = Path("tests/relevance/further.jsonl")
CLOSEST = (0.4, 0.5, 0.55, 0.6, 0.7)
ANSWERED = (0.85, 1.1, 1.3)
FIGURES = (
    "answerable shown",
    "answerable shown, answered",
    "unanswerable not answered",
    "unanswerable abstained",
    "offtopic abstained",
    "adversarial not answered",
)


def figures(questions: Path, closest: float, answered: float) -> dict[str, int]:
    """Return the counts of `python -m bot eval` at these two thresholds."""
    shipped = settings.load()
    answers = shipped.answers.model_copy(update={"closest": closest, "answered": answered})
    desk = asyncio.run(bootstrap.build_service(shipped.model_copy(update={"answers": answers})))
    return evaluation.count_outcomes(evaluation.evaluate(evaluation.load_questions(questions), desk.answer))


def main(questions: Path) -> None:
    """Print a table, as docs/settings.md shows it."""
    print("| closest | answered |", " | ".join(FIGURES), "|")
    print("|---|---|" + "---|" * len(FIGURES))
    for answered in ANSWERED:
        for closest in CLOSEST:
            if closest <= answered:
                counts = figures(questions, closest, answered)
                row = " | ".join(str(counts[figure]) for figure in FIGURES)
                print(f"| {closest} | {answered} | {row} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS)
