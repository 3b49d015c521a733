"""The HTML report of a corpus, for its curator: who speaks to what, when, and what to fix.

It is one file: nothing is fetched, no script runs, and it prints.
"""

from bot.replies.report.page import render_page

__all__ = ["render_page"]
