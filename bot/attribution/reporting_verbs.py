"""Which verbs report what was said, by what follows them; closed lists, by base form."""

from __future__ import annotations

from bot.attribution.lexicon import CORE_REPORTING_LEMMAS, word_set

# "X says STATEMENT", without "that".
BARE_CLAUSE_VERBS = word_set(
    "say claim argue insist believe think announce confirm warn note maintain admit acknowledge "
    "deny predict contend allege estimate concede reveal explain add assert declare testify "
    "suggest recall reiterate complain emphasize emphasise stress report conclude caution "
    "vow pledge promise"
)
# "X says that STATEMENT", and "the study found that STATEMENT".
THAT_CLAUSE_VERBS = (
    BARE_CLAUSE_VERBS
    | CORE_REPORTING_LEMMAS
    | word_set(
        "hope fear feel find show demonstrate know doubt understand expect worry agree realize "
        "realise learn discover determine rule decide indicate imply boast joke lament"
    )
)
# "STATEMENT, X said".
POSTPOSED_VERBS = word_set("say add note explain argue claim insist warn report write acknowledge")
# "X told reporters that": a listener stands between.
LISTENER_VERBS = word_set("tell assure remind inform warn advise convince")
MODALS_AND_NEGATIONS = word_set(
    "would could may might should must can didn't doesn't don't not never couldn't wouldn't can't "
    "won't"
)
# What the verb itself says: "vowed to", "asked him whether", "called for", "criticised the plan".
TO_INFINITIVE_VERBS = word_set(
    "vow pledge promise threaten agree refuse decline offer hope want plan seek expect intend "
    "demand"
)
REQUEST_VERBS = word_set("ask tell remind warn advise")
REQUEST_COMPLEMENTS = word_set("to about if whether how why not")
PREPOSITIONAL_VERBS = {
    "call": ("for", "on"),
    "complain": ("about",),
    "boast": ("of", "about"),
    "speak": ("of", "about"),
    "argue": ("for", "against"),
    "disagree": ("with",),
    "apologize": ("for",),
    "apologise": ("for",),
    "object": ("to",),
}
SPEECH_ACT_VERBS = word_set(
    "urge endorse criticize criticise praise condemn accuse blame reject dismiss announce propose "
    "cite describe mock denounce question recommend slam blast demand acknowledge predict credit "
    "applaud laud mention expect fear suggest explain oppose attack defend pledge favor favour "
    "liken compare"
)
