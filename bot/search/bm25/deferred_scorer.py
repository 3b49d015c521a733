"""A scorer that starts with numpy's and goes over to numba's once enough was asked.

Loading numba takes a second and 130 MB (tests/benchmarks/memory.py --loaded), which a process that answers once, or
from few texts, never gets back.
"""

from __future__ import annotations

import gc
import logging
import threading
from importlib import import_module
from typing import cast

from bot.search.bm25.scorer import BestTexts, Scorer, TextQuery

_LOG = logging.getLogger(__name__)

# Texts that numpy goes through, of all searches together: of 5,000 texts a search takes it 0.16 ms and numba 0.08
# (means of 56 questions of three words), so by then numba would have saved the second that it takes to load.
NUMPY_TEXTS = 60_000_000


class DeferredScorer(Scorer):
    """Scores by numpy, and by numba from some time after `NUMPY_TEXTS` texts on."""

    __slots__ = ("_count", "_loader", "_lock", "current")

    def __init__(self) -> None:
        """Load nothing yet."""
        self.current, self._count, self._lock = Scorer(), 0, threading.Lock()
        self._loader: threading.Thread | None = None

    def find_best(self, query: TextQuery, limit: int) -> BestTexts:
        """Return the same as any scorer, to the last bit."""
        with self._lock:
            self._count += query.text_count
            if self._count >= NUMPY_TEXTS and self._loader is None:
                # No question waits for it, and the end of the process neither.
                self._loader = threading.Thread(target=self.load, name="numba", daemon=True)
                self._loader.start()
        return self.current.find_best(query, limit)

    def load(self) -> None:
        """Switch to numba; log a warning if it cannot be loaded."""
        try:
            self.current = cast("Scorer", import_module("bot.search.bm25.numba_scorer").NumbaScorer())
            # It stays, and is as much again as a process has: no use looking for garbage among it.
            gc.freeze()
        except Exception as error:  # noqa: BLE001 - whatever a broken installation raises
            _LOG.warning("numba not used reason=%s", type(error).__name__)
