"""Corpus lint: what a curator should mend before, or after, a corpus is served."""
