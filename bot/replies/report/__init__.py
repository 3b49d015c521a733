"""A corpus on one page, for its curator: who speaks to what, when, and what is to mend.

The page is one file: nothing is fetched, nothing runs, and it prints.
"""

from bot.replies.report.page import render_page

__all__ = ["render_page"]
