"""Corpus lint: errors block serving, warnings lower quality."""
