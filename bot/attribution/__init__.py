"""Documents to passages: who says what, and the words that prove it.

`passages` is the room's door. Behind it, in this order: marks (where quotations
stand), tokens and reading (sentences and people), subjects and attribution (who
speaks), reported (statements without marks), roster (the curator's names), and
corrections (the curator's last word).
"""

from bot.attribution.pipeline import extract_passages

__all__ = ["extract_passages"]
