"""Is a quote in the corpus, in these words, in this voice: a text into verdicts.

In the order in which a text passes through: `claims` (which of its words are claimed to be whose),
`word_index` (how words are compared, and where they stand, kept in a file), `matching` (what differs) and `verifier`
(the verdict). No verdict says whether a statement is true.
"""

from bot.answers.verification.claims import MAX_CLAIMS
from bot.answers.verification.matching import Match, Verdict, Verification, WordDifference
from bot.answers.verification.verifier import Verifier
from bot.answers.verification.word_index import load_word_index

__all__ = ["MAX_CLAIMS", "Match", "Verdict", "Verification", "Verifier", "WordDifference", "load_word_index"]
