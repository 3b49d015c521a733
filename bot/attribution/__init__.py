"""Documents to passages: who says what, and the words that prove it.

`extract_passages` is the room's door. Behind it, in the order in which a document passes
through: `lexicon` (the words of its language), `quotation_marks`, `tokens` and `names`,
`noun_phrases` and `subjects` (whose verb it is), `parsing` (a document read once),
`coreference` and `resolution` (which person is meant), `cues` and `speakers` (who speaks),
`reported_speech`, `transcripts` (recorded turns and what is laid out like them), `pipeline`
(passages of all this) and `curation` (the curator's last word). `paraphrases` compares them.
"""

from bot.attribution.pipeline import extract_passages

__all__ = ["extract_passages"]
