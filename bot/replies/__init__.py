"""Answers to replies: the fixed words, and how chats take them."""
