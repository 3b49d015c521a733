"""Questions to answers: reading, choosing, balance, and silence."""
