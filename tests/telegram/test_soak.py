from __future__ import annotations

import pytest

from tests.telegram import soak


@pytest.mark.parametrize("transport", ["polling", "webhook"])
async def test_a_crowd_that_asks_steadily_is_answered_to_the_last(transport: str) -> None:
    outcome = await soak.soak(2, transport, rate=50, warming=1, cooling=0)

    assert outcome.lost == 0
    assert len(outcome.waits) == outcome.asked == 100  # each of the eighty questions, thanks among them
    assert outcome.printed == ""
