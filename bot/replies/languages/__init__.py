"""The fixed words, a table for each language; `bot.replies.catalogue` chooses among them."""
