from __future__ import annotations

import logging
import random

import pytest

from tests.telegram.mutate import WHOLE, mutated, run


@pytest.mark.parametrize("transport", ["polling", "webhook"])
@pytest.mark.no_cover
async def test_broken_updates_keep_nobody_waiting(caplog: pytest.LogCaptureFixture, transport: str, times: int) -> None:
    caplog.set_level(logging.CRITICAL)  # what is logged of them is another test's matter

    outcome = await run(500 * times, seed=2, pushed=transport == "webhook")

    assert outcome.slowest < 1
    assert outcome.calls < 4 * 500 * times


def test_the_same_seed_breaks_the_same() -> None:
    first, second = random.Random(3), random.Random(3)

    assert [mutated(first, WHOLE[0]) for _ in range(20)] == [mutated(second, WHOLE[0]) for _ in range(20)]
