"""English, loaded once for the tests of attribution."""

from __future__ import annotations

from bot.attribution.lexicon import load_lexicon
from bot.languages import load_language

ENGLISH = load_language("english")
ENGLISH_LEXICON = load_lexicon(ENGLISH)
