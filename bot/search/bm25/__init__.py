"""BM25 over whole passages with rank-bm25's idf; only the postings of a query's stems are read.

Only `engine` knows of passages and voices; below it words are numbers, and a
field is an inverted index of what each word adds to each text it stands in.
"""

from bot.search.bm25.engine import SMALL_CORPUS, Options, build

__all__ = ["SMALL_CORPUS", "Options", "build"]
