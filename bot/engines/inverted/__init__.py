"""The parts of an engine that touches only what matches: counting, fitting, scoring, saving.

Nothing here knows of passages or voices; words are numbers, and a field is an
inverted index of what each word adds to each text it stands in.
"""
