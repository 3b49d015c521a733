"""The fixed words in English, and which there are: every other table has the same names.

The words state what was searched and what was found. They never say that a
quote answers a question, and never take a side.
"""

from __future__ import annotations

from bot.model import Kind, Side

NAME = "On the Record"
NOT_GIVEN = "not given"

SEARCHED = "Searched: "
WHOLE_DEBATE = "the whole debate"
ALSO = "Also searched: {also} (for {asked})"
PAGE = " · page {page}"
INHERITED = "Kept from the question before: {words}"
CLOSEST = "Closest quotes: only part of the question is matched."
UNMATCHED = "Not matched by these quotes: {words}"

SIDES = {Side.FOR: "FOR", Side.AGAINST: "AGAINST", Side.NEITHER: "NEITHER SIDE"}
SILENT_ONE = "No quote {side} matches these words."
SILENT_BOTH = "No quote FOR or AGAINST matches these words."

OWN_WORDS = "{publisher}, in its own words"
FRAMED = {
    Kind.FRAGMENT: "{publisher}, quoting {voice}",
    Kind.REPORTED: "{publisher}, reporting {voice}",
}
UNCERTAIN = "quoted in {publisher}, speaker not certain"
THE_PUBLICATION = "the publication"

KINDS = {
    Kind.DIRECT: "direct quote",
    Kind.FRAGMENT: "words in quotation marks, inside the publication’s sentence",
    Kind.REPORTED: "reported, not a direct quote",
    Kind.NARRATION: "the publication’s words",
}
CONTINUED = "continued"
RECORDED = "named by the record"
CURATED = "named by the curator"
CONTINUES = "The source goes on with words that limit this."
TWO_WORDINGS = "Printed in two wordings: see “Wordings”."
ALSO_IN = "Also printed in: {titles}"
SOURCE = "Source: "
NO_TITLE, NO_PUBLISHER, NO_DATE = "title not given", "publisher not given", "date not given"
NO_LINK = "link not given"

NOTHING = "No quote matches this."
NOT_FOUND = "Not found together in any quote: {words}"
ONLY_LOADED = (
    "I only quote what was said in the {documents} loaded; I do not look elsewhere or guess."
)
TOPICS = "Topics with quotes: {topics}"

CONTEXT = "Quote "
VOICE = "Voice: {voice} · {kind}"
CUE = "Why this voice: {cue}"
CHAIN = "How it leads there: {chain}"
NO_VOICE = "Voice: not certain"
MATCHED = "Matched words: {words}"
PLACE = "Characters {start}–{end} of {document}, paragraph {paragraph}; SHA-256 {sha256}"
SIDE_SET = "Side {side}, set by the curator: {curator}"
GONE = "No quote has the id {id} now."
GONE_WHY = (
    "An id names exact words of one document. If the document was changed or removed, the id "
    "leads nowhere, rather than to other words."
)

LABEL_CONTEXT, LABEL_OPPOSITE, LABEL_WORDINGS = "Context", "Opposite", "Wordings"
LABEL_COPY, LABEL_MORE, LABEL_BACK = "Copy", "More ▸", "◂ Back"
LABEL_NUMBERED = "{label} {number}"
LABEL_WITHOUT = "Without “{words}”"
LABEL_CHECK, LABEL_OTHER_SIDE = "Check this quote", "Other side"
# What may be typed under an answer instead of pressing a button, and the command it stands for.
TYPED = {
    "more": "/more",
    "more quotes": "/more",
    "opposite": "/opposite",
    "the opposite": "/opposite",
    "opposite view": "/opposite",
    "the opposite view": "/opposite",
    "the other side": "/opposite",
    "other side": "/opposite",
    "wordings": "/wordings",
    "other wordings": "/wordings",
    "context": "/context",
    "copy": "/copy",
}
# What may stand before one of those.
TYPED_BEFORE = ("and ", "show ", "please ", "what about ")

OPPOSITE = "Opposite of {id}"
LINKED = "Linked by the curator’s topic: {topic}. Shared words: {words}."
NO_WORDS = "none"
NOT_A_REPLY = "Not said in reply to that quote."
NO_OPPOSITE = "No quote {side} speaks to its topics: {topics}."
NO_TOPIC = "It touches no topic of the curator’s, and words alone link nothing here."
NO_SIDE = "It stands on neither side, so it has no opposite."

WORDINGS = "Two wordings of one statement"
WORDINGS_DIFFER = "The wordings differ. I cannot tell which is the original."
NO_WORDINGS = "No other wording of quote {id} is in the documents loaded."

COPY = "To copy:"
COPIED = "{text}\n— {voice} ({kind}). {title}, {publisher}, {date}. Quote {id}"

SPOKEN = "{first}–{last} of {total}"
BY_DATE, AS_PRINTED = "Order: by date, undated last", "Order: as printed (date not given)"
WHOM = "Whom do you mean?"
BY_USAGE = "Write /by and a name, and after it, if you like, what about: /by {example}"
NOBODY = "Nobody in this corpus is called so: {name}"
NO_QUOTES_SHOWN = "There is no answer here to look into. Reply to one of mine."

OTHER_SPEAKS = "Quotes {side} match these words too."
BOTH_SPEAK = "Quotes FOR and AGAINST match these words too."

CONTINUES_HERE = "Continued"
SORRY = "Something went wrong on my side, and is logged. Please ask again."
TOO_MANY = "That is more than I can answer at once. Please wait a little and ask again."
TOO_LATE = (
    "I was away when this was written, so it is not answered now. Whatever you still want to know, "
    "please ask again."
)
ASK_AGAIN = "Ask it again"
UNKNOWN_BUTTON = "I no longer know this button. Please ask again."
NOT_YOURS = "This answer belongs to whoever asked. Reply to it with “{word}”, and I answer you."
INLINE_HELP = "How this works"
INLINE_NOTHING = "No quote matches. Ask me directly"

COMMANDS = {
    "ask": "Find what was said: /ask privacy",
    "by": "All that one voice said: /by NAME, or /by NAME and a topic",
    "corpus": "Documents, voices, sides and dates",
    "about": "What is checked and what is not",
    "privacy": "What is kept of your questions: nothing",
    "help": "How to ask",
}
ADMIN_COMMANDS = {
    "reload": "Load the corpus anew",
    "status": "How the bot is",
    "unanswered": "What was asked and not found, as counted words",
    "hold": "Withhold a quote: /hold ID REASON",
    "release": "Show a withheld quote again: /release ID",
}
DESCRIPTION = (
    "I answer questions about one debate only in the words of the people in it: exact quotes, each "
    "with who said it, on which side, and where it was published. I write nothing of my own, and "
    "I say so when nobody spoke to your question. Write to me here, or add me to a group and use "
    "/ask."
)
SHORT = "Exact quotes from both sides of a debate: who said what, and where. Nothing made up."

HEARD_POLLING, HEARD_PUSHED = "Last poll: {ago}", "Last update: {ago}"
AGO, NEVER = "{seconds} s ago", "never"
QUEUE = "Queue: {count}"
HANDLED = "Updates handled: {count}"
SET_ASIDE = "Set aside, unreadable: {count}"
GIVEN_UP = "Given up, too slow: {count}"
SHED = "Shed, too many at once: {count}"
LATE = "Too old to answer when they came: {count}"
PRIVACY_ON = "Privacy mode is on: of a group only commands, mentions and replies come here"
PRIVACY_OFF = "Privacy mode is off: every message of a group comes here; @BotFather, /setprivacy"
ADMIN_IN = "Made admin since the start in groups: {count}; every message of theirs comes here"
NO_GROUPS = "It cannot be added to groups; @BotFather, /setjoingroups"
INLINE_ON = "Inline mode is on"
INLINE_OFF = "Inline mode is off; @BotFather, /setinline"

UNANSWERED = "Asked and not found since the start"
UNANSWERED_NONE = "No word was asked in vain by {askers} people or more since the start."
UNANSWERED_WORD = "{word}: {askers} askers"
UNANSWERED_OFF = "Words not found are not counted here; see the setting `unanswered`."

START = (
    "Ask a question, and I answer only in the words of the people in this debate: verbatim, with "
    "who said it, in what role, on which side, and where it was published."
)
MOTION = "Motion: {motion}"
HELP = """\
Write a question, or /ask and a question.
Reply to one of my answers to ask further: a question, or “more”, “opposite”, “wordings”, “context”.
/by – all that one voice said: /by and a name
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
Your question is not kept: it is matched, answered and forgotten. The log holds counts and times, \
never your words or your name; an id stands in it only as a code that is drawn anew each day, but \
for an admin's own commands.
{kept}
In memory, until the next restart: the numbers of the last questions and their answers, so that \
an edited question has its answer edited; those of the last askers, so that nobody floods the \
bot; and, unless switched off, words that no quote has, counted without who asked them and shown \
to the admins once three people asked for one on the same day.
An answer's first words are a link that holds what was asked. That is how a reply to it is \
understood: I read the answer again, and remember nothing. Telegram itself keeps the chat, as it \
does any other."""

KEPT = (
    "Kept on disk: which quotes were ever shown, so that their links stay good, and which corpus a "
    "chat chose. Never who asked, nor what."
)
NOT_KEPT = "Kept on disk: nothing. Which corpus a chat chose is forgotten at the next restart too."

STATUS = "Status"
VERSION = "Version {version}"
SERVED = "Corpus {name}, fingerprint {fingerprint}"
LOADED = "Loaded {time} UTC in {seconds} s"
MEMORY = "Most memory held so far: {megabytes} MB"
RELOADS = "Reloads since the start: {count}"
RELOADED = "Reloaded. {name} is served now."
UNCHANGED = "Nothing changed."
DOCUMENTS_CHANGED = "Documents: {added} added, {removed} removed, {changed} changed"
QUOTES_CHANGED = "Quotes: {gained} gained, {lost} lost, {moved} moved"
BALANCE = "Balance: {counts}"
RELOAD_STOPPED = "Reload stopped. The old corpus is still answering."
RELOAD_RUNNING = "A reload is running already."
READY = "Ready to switch. The old corpus of {name} is still answering."
WOULD_RETIRE = "Quotes that were shown and would be gone: {named}"
WOULD_MOVE = "Quotes that were shown and whose links would lead to a new place: {count}"
STRAYED = "Withheld quotes whose words are no longer found: {named}"
LEFT_OUT = "Left out: {named}"
AND_MORE = "{first} and {count} more"
WITHOUT = "The rest can be served without: {named}"
CONTINUE_ONE = "Continue without it"
CONTINUE_MANY = "Continue without them"
SWITCH, CANCEL = "Switch now", "Cancel"
CANCELLED = "Cancelled. Nothing was changed."
NOTHING_PREPARED = "Nothing is prepared. Send /reload first."
RELOAD_USAGE = "Use /reload, /reload without NAME, /reload now or /reload cancel."
NOTHING_LEFT_OUT = "No document of that name was found broken. Send /reload first."

HOLD_USAGE = "Use /hold ID REASON; the reason is shown to whoever opens the quote."
RELEASE_USAGE = "Use /release ID."
HELD = "Quote {id} is withheld from now on."
HELD_FOR_NOW = (
    "Quote {id} is withheld until the bot is restarted. Set state_folder, and holds outlive that."
)
RELEASED = "Quote {id} is shown again."
NOT_HELD = "Quote {id} is not withheld."
WITHHELD_BESIDE = "Words beside it are withheld by an admin, and not shown."
WITHHELD_NOW = "Quote {id} is withheld."
WITHHELD_SINCE = "Since {date}, by an admin: {reason}"
RETIRED = "Quote {id} was retired on {date}."
RETIRED_WHY = {
    "removed": "“{document}” was taken out of the corpus.",
    "changed": "The text of “{document}” was changed.",
    "reread": "“{document}” is read in another way: these words are no quote of it any more.",
}
RETIRED_NOW = "The same words stand in it at another place:"
RETIRED_WORDS = "The words as they were shown; the text loaded now does not have them:"
RETIRED_TEXT = "SHA-256 of the text they were shown from: {sha256}"

CHOSEN = "This chat is answered from {title} now."
NOT_CHOSEN = "Not chosen. The corpus before still answers."
NOT_A_CHOOSER = "Only an admin of this group may choose what it is answered from."
ONE_CORPUS = "There is one corpus here, and no other to choose."
NO_SUCH_CORPUS = "No corpus is called that."

UPLOAD = "Read as {id}. Nothing is added yet."
UPLOAD_READ = "{paragraphs} paragraphs, {share} of the file’s text"
UPLOAD_SOURCE = "{title} · {publisher} · {date}"
UPLOAD_MISSING = "Not given: {names}"
UPLOAD_VOICES = "Voices found: {names}"
UPLOAD_NONE = "none"
UPLOAD_DOUBTS = "To look at:"
UPLOAD_LEFT_OUT = "Left out:"
UPLOAD_REFUSED = "Nothing was added."
UPLOAD_TOO_LARGE = "It is larger than {most} KiB, or does not say how large it is."
UPLOAD_NOT_FETCHED = "Telegram did not hand it over. Please send it again."
UPLOADS_OFF = "Documents are not taken here. Whoever runs the bot may set uploads."
NOTHING_WAITS = "Nothing of that name waits to be added. Send the document again."
DISCARDED = "Discarded."
ADDED = "Added as {id}."
RELOAD_TO_SERVE = "It is served after the next /reload."
ADD, DISCARD, RELOAD = "Add", "Discard", "Reload"
DEFECT = "{kind}: a defect, see the log; report it"
ONE_DOCUMENT, MANY_DOCUMENTS = "1 document", "{count} documents"
ONE_PASSAGE, MANY_PASSAGES = "1 passage", "{count} passages"

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
