"""The fixed words, a table for each language; `bot.replies.words` chooses among them."""
