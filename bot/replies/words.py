"""Every fixed word the bot says; whatever else it shows was published by somebody.

The words state what was searched and what was found. They never say that a
quote answers a question, and never take a side.
"""

from __future__ import annotations

from calendar import month_name

from bot.model import Side

NAME = "On the Record"
NOT_GIVEN = "not given"

# The first line of an answer: a surface reads it back to take a reply for a follow-up.
SEARCHED = "Searched: "
WHOLE_DEBATE = "the whole debate"
ALSO = "Also searched: {also} (for {asked})"
CLOSEST = "Closest quotes: only part of the question is matched."
UNMATCHED = "Not matched by these quotes: {words}"

SIDES = {Side.FOR: "FOR", Side.AGAINST: "AGAINST", Side.NEITHER: "NEITHER SIDE"}
SILENT_ONE = "No quote {side} matches these words."
SILENT_BOTH = "No quote FOR or AGAINST matches these words."

OWN_WORDS = "{publisher}, in its own words"
QUOTING = "{publisher}, quoting {voice}"
REPORTING = "{publisher}, reporting {voice}"
UNCERTAIN = "quoted in {publisher}, speaker not certain"
THE_PUBLICATION = "the publication"

DIRECT = "direct quote"
FRAGMENT = "words in quotation marks, inside the publication’s sentence"
REPORTED = "reported, not a direct quote"
NARRATION = "the publication’s words"
CONTINUED = "continued"
RECORDED = "named by the record"
CURATED = "named by the curator"
CONTINUES = "The source goes on with words that limit this."
ALSO_IN = "Also printed in: {titles}"
SOURCE = "Source: "
NO_LINK = "link not given"

NOTHING = "No quote matches this."
NOT_FOUND = "Not found together in any quote: {words}"
ONLY_LOADED = (
    "I only quote what was said in the {documents} loaded; I do not look elsewhere or guess."
)
TOPICS = "Topics with quotes: {topics}"
WITHHELD = "A quote was withheld: its source is not the text that was loaded."
TRY_ASKING = "Ask about: {topics}"

CONTEXT = "Quote {id}"
VOICE = "Voice: {voice}"
CUE = "Why this voice: {cue}"
CHAIN = "How it leads there: {chain}"
NO_VOICE = "Voice: not certain"
PLACE = "Characters {start}–{end} of {document}, paragraph {paragraph}; SHA-256 {sha256}"
SIDE_SET = "Side {side}, set by the curator: {curator}"
LONG_PARAGRAPH = "[a paragraph of {length} characters is not shown]"
GONE = "No quote has the id {id} now."
GONE_WHY = (
    "An id names exact words of one document. If the document was changed or removed, the id "
    "leads nowhere, rather than to other words."
)

START = (
    "Ask a question, and I answer only in the words of the people in this debate: verbatim, with "
    "who said it, in what role, on which side, and where it was published."
)
MOTION = "Motion: {motion}"
HELP = """\
Write a question, or /ask and a question.
Reply to one of my answers to ask further.
/corpus – documents, voices, sides, dates
/about – what is checked and what is not
/privacy – what is kept of a question
In a group: /ask, a reply to me, or a mention. I am silent otherwise."""

ABOUT_CHECKED = """\
Checked: these are the words in the loaded file, character for character; the voice is the one \
that the shown words of the source name; the side was set by the curator."""
ABOUT_NOT_CHECKED = """\
Not checked: that the source is genuine, current or complete; that what was said is true; that a \
quote answers your question. I match words, I do not understand them."""
ABOUT_FOUND = "Found by BM25, a word-matching formula. No text is generated."
CURATOR = "Curator: {curator}"
BASIS = "Basis of quoting: {basis}"

CORPUS = "{title}"
COUNTED = "{documents}, {passages}"
COVERAGE = "Coverage: {counts}"
VOICES = "Voices"
DOCUMENTS = "Documents"
TIMES = "{name}: {count}"

PRIVACY = """\
Nothing of your question is kept: it is matched, answered and forgotten. The log holds counts and \
times, never words, names or ids. Telegram itself keeps the chat, as it does any other. A reply to \
an answer is understood by reading that answer again, not by remembering you."""

STATUS = "Status"
VERSION = "Version {version}"
SERVED = "Corpus {name}, fingerprint {fingerprint}"
LOADED = "Loaded {time} UTC in {seconds} s"
MEMORY = "Most memory held so far: {megabytes} MB"
RELOADS = "Reloads since the start: {count}"
RELOADED = "Reloaded. {name} is served now."
UNCHANGED = "Nothing changed."
DOCUMENTS_CHANGED = "Documents: {added} added, {removed} removed, {changed} changed"
QUOTES_CHANGED = "Quotes: {gained} gained, {lost} lost"
BALANCE = "Balance: {counts}"
RELOAD_STOPPED = "Reload stopped. The old corpus is still answering."
RELOAD_RUNNING = "A reload is running already."
DEFECT = "{kind}: a defect, see the log; report it"
ONE_DOCUMENT, MANY_DOCUMENTS = "1 document", "{count} documents"
ONE_PASSAGE, MANY_PASSAGES = "1 passage", "{count} passages"


def documents(count: int) -> str:
    """Return `count` documents in words.

    >>> documents(1), documents(2)
    ('1 document', '2 documents')
    """
    return ONE_DOCUMENT if count == 1 else MANY_DOCUMENTS.format(count=count)


def passages(count: int) -> str:
    """Return `count` passages in words."""
    return ONE_PASSAGE if count == 1 else MANY_PASSAGES.format(count=count)


def dated(date: str | None) -> str:
    """Return a document's date as it is read; a date of the year alone stays so.

    >>> dated("2020-01-24"), dated("2020-01"), dated("2020"), dated(None)
    ('24 January 2020', 'January 2020', '2020', 'not given')
    """
    if date is None:
        return NOT_GIVEN
    year, *rest = date.split("-")
    month = [month_name[int(rest[0])]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])
