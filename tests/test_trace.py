"""The way of a question through our files is short, and stays so."""

from __future__ import annotations

import pytest

from tests.benchmarks.trace import MAX_DEPTH, MAX_FILES, trace_question


@pytest.mark.parametrize(
    "question", ["What about privacy?", "What does Liberty say about privacy?", "who is against it?", "/help"]
)
def test_a_question_passes_few_files_and_its_chain_is_short(question: str) -> None:
    trace = trace_question(question)

    assert "service/commands.py" in trace.files
    assert len(trace.files) <= MAX_FILES, trace.files
    assert len(trace.chain) <= MAX_DEPTH, trace.chain
