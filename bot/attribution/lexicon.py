"""The English words by which an article says who speaks; closed lists, no opinion.

Every word has one kind here. A verb's forms follow from its base; only the
irregular ones are written out. British spellings stand beside American ones.
"""

from __future__ import annotations

from enum import StrEnum


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`, as a set."""
    return frozenset(text.split())


class Tag(StrEnum):
    """What a word does in a sentence, as far as finding a speaker needs it."""

    QUOTATION = "quote"
    NAME = "name"
    PRONOUN = "pronoun"
    DETERMINER = "determiner"
    PREPOSITION = "preposition"
    ADVERB = "adverb"
    AUXILIARY = "auxiliary"
    BE = "be"
    REPORTING_VERB = "cue"
    REPORTING_PARTICIPLE = "cue-ing"
    VERB = "verb"
    CONJUNCTION = "join"
    SUBORDINATOR = "clause"
    RELATIVE = "relative"
    TIME = "time"
    NUMBER = "number"
    POSSESSIVE = "possessive"
    COMMA = "comma"
    COLON = "colon"
    DASH = "dash"
    OPEN_BRACKET = "open"
    CLOSE_BRACKET = "close"
    SENTENCE_END = "stop"
    OBJECT_PRONOUN = "object"
    OTHER = "other"


# Verbs of saying: they may follow a quotation, stand before their subject, and report.
CORE_REPORTING_VERBS = word_set(
    "say add state announce argue explain insist claim note warn declare assert maintain stress "
    "reply respond observe remark comment recall acknowledge admit concede confirm deny suggest "
    "predict conclude contend estimate reveal emphasize emphasise caution testify allege complain "
    "reiterate report reason boast joke lament quip muse vow pledge promise urge tell write tweet "
    "post ask continue agree counter recount declaim proclaim charge advise assure remind inform "
    "point signal indicate"
)

# These carry a quotation well, and a report only before "that" or not at all.
MANNER_VERBS = word_set(
    "shout yell cry exclaim whisper mutter interject chime gush fume snap retort rejoin scoff "
    "deadpan crow chant sing sigh groan grumble gripe grouse vent rant thunder bellow roar scream "
    "text email blog caption message intone opine surmise theorize theorise speculate venture "
    "implore plead beg inquire enquire wonder question demand instruct order begin start offer "
    "repeat echo quote laugh shrug crack ruminate reflect elaborate clarify summarize summarise "
    "chuckle protest object volunteer chide admonish scold rage bemoan banter bark blare "
    "proffer protest confess confide counsel declare relate read conclude pronounce preach "
    "marvel enthuse blast retweet ponder recite sum put lecture hint tease taunt sneer beam blurt"
)

# These put somebody's words inside the publication's sentence.
ATTITUDE_VERBS = word_set(
    "call describe label brand dub term deem characterize characterise portray paint cast frame "
    "criticize criticise condemn denounce decry deride dismiss mock ridicule blast slam attack "
    "accuse blame fault praise hail laud applaud credit thank celebrate tout promote bill rate "
    "believe think feel hope fear expect want wish consider regard view see doubt worry know "
    "understand propose recommend support back endorse oppose reject refuse decline defend "
    "cite mention reference refer discuss detail outline address invoke present express voice "
    "compare liken welcome lambast lambaste rail rip bash hammer skewer savage pan slap "
    "apologize apologise apologise speak talk focus threaten challenge swear convince "
    "show find demonstrate prove highlight underscore underline imply forecast foresee project "
    "envision envisage plan seek aim intend appeal commend salute scoff bristle disagree "
    "dispute rebut refute rebuff scorn sneer jeer lash fire shoot issue release publish pen sign "
    "deliver publicise publicize ask invite encourage call commit favor favour advocate champion "
    "lobby press push warn identify name cheer greet admire love hate like dislike prefer "
    "embrace adopt recommend depict assail pillory lecture rebuke reprimand upbraid chastise "
    "berate belittle demean disparage malign insult imagine realize realise learn discover "
    "determine rule decide assess judge conclude complain sense suspect remember forget"
)

_IRREGULAR_FORMS = {
    "say": ("says", "said", "saying"),
    "tell": ("tells", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"),
    "put": ("puts", "put", "putting"),
    "read": ("reads", "read", "reading"),
    "begin": ("begins", "began", "begun", "beginning"),
    "sing": ("sings", "sang", "sung", "singing"),
    "see": ("sees", "saw", "seen", "seeing"),
    "know": ("knows", "knew", "known", "knowing"),
    "think": ("thinks", "thought", "thinking"),
    "feel": ("feels", "felt", "feeling"),
    "find": ("finds", "found", "finding"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "show": ("shows", "showed", "shown", "showing"),
    "shoot": ("shoots", "shot", "shooting"),
    "seek": ("seeks", "sought", "seeking"),
    "understand": ("understands", "understood", "understanding"),
    "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"),
    "swear": ("swears", "swore", "sworn", "swearing"),
    "cast": ("casts", "cast", "casting"),
    "forget": ("forgets", "forgot", "forgotten", "forgetting"),
    "recount": ("recounts", "recounted", "recounting"),
    "forecast": ("forecasts", "forecast", "forecasting"),
    "beg": ("begs", "begged", "begging"),
    "label": ("labels", "labeled", "labelled", "labeling", "labelling"),
    "term": ("terms", "termed", "terming"),
    "slam": ("slams", "slammed", "slamming"),
    "dub": ("dubs", "dubbed", "dubbing"),
    "plan": ("plans", "planned", "planning"),
    "pan": ("pans", "panned", "panning"),
    "slap": ("slaps", "slapped", "slapping"),
    "rip": ("rips", "ripped", "ripping"),
    "quip": ("quips", "quipped", "quipping"),
    "sum": ("sums", "summed", "summing"),
    "pen": ("pens", "penned", "penning"),
    "snap": ("snaps", "snapped", "snapping"),
    "admit": ("admits", "admitted", "admitting"),
    "commit": ("commits", "committed", "committing"),
    "prefer": ("prefers", "preferred", "preferring"),
    "refer": ("refers", "referred", "referring"),
    "learn": ("learns", "learned", "learnt", "learning"),
    "blog": ("blogs", "blogged", "blogging"),
}
_VOWELS = "aeiou"
_DOUBLED_CONSONANT_VERBS = word_set("shrug rebut concur regret omit permit spar")


def inflect(base: str) -> tuple[str, ...]:
    """Return the finite forms of a verb and, last, its -ing form.

    >>> inflect("deny"), inflect("tell")
    (('deny', 'denies', 'denied', 'denying'), ('tell', 'tells', 'told', 'telling'))
    """
    if base in _IRREGULAR_FORMS:
        return (base, *_IRREGULAR_FORMS[base])
    if base.endswith("y") and base[-2] not in _VOWELS:
        return (base, base[:-1] + "ies", base[:-1] + "ied", base + "ing")
    if base.endswith("e"):
        stem = base if base.endswith("ee") else base[:-1]
        return (base, base + "s", base + "d", stem + "ing")
    if base in _DOUBLED_CONSONANT_VERBS:
        return (base, base + "s", base + base[-1] + "ed", base + base[-1] + "ing")
    suffix = "es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else "s"
    return (base, base + suffix, base + "ed", base + "ing")


def _lemma_by_form(bases: frozenset[str]) -> dict[str, str]:
    return {form: base for base in bases for form in inflect(base)}


LEMMAS = {
    **_lemma_by_form(ATTITUDE_VERBS),
    **_lemma_by_form(MANNER_VERBS),
    **_lemma_by_form(CORE_REPORTING_VERBS),
}
CORE_REPORTING_LEMMAS = CORE_REPORTING_VERBS
SPEECH_LEMMAS = CORE_REPORTING_VERBS | MANNER_VERBS

# Forms that are a noun more often than a verb, unless a person stands right before them.
USUALLY_NOUNS = word_set(
    "claim claims report reports note notes comment comments post posts tweet tweets text texts "
    "email emails message messages state states charge charges point points signal signals order "
    "orders question questions demand demands plan plans view views support attack attacks press "
    "hope hopes fear fears doubt doubts project projects bill bills rule rules start cast back "
    "focus challenge challenges issue issues release releases address term terms brand label "
    "sign signs pledge pledges promise promises vow vows offer offers joke jokes reason reasons "
    "estimate estimates record push fire love like put text present sense show shows rate rates "
    "talk thought finding findings feeling feelings meaning writing reading saying sayings cry "
    "cries quote quotes appeal appeals object objects counter protest protests lecture lectures "
    "remark remarks call calls reply warning warnings crack crow sum second voice voices name "
    "names boast response stress value favor favour champion beginning wonder echo "
    "echoes sigh laugh blast shot hint hints snap groan fault blame credit praise judge frame "
    "paint reference push bash pan pen like read request review whisper account shout"
)

_WORDS_BY_TAG: dict[Tag, str] = {
    Tag.PRONOUN: "he she they it we i you who",
    Tag.DETERMINER: (
        "the a an this that these those his her their its my our your some any no each every "
        "both all another many several most few one two three four other others such what which"
    ),
    Tag.PREPOSITION: (
        "of in on at by for from with without to into onto about against between among under over "
        "after before during through since until near outside inside upon via toward towards amid "
        "despite beyond across around behind like per within along throughout besides regarding "
        "including following because"
    ),
    Tag.AUXILIARY: (
        "has had have having did does do will would could can may might should must ought shall "
        "didn't doesn't don't hasn't hadn't haven't wouldn't won't couldn't can't never not "
        "he's she's they've he'd she'd"
    ),
    Tag.BE: ("is was are were be been being am isn't wasn't aren't weren't got gets get getting"),
    Tag.ADVERB: (
        "also then later once again often ever still just even now ago soon first already "
        "sometimes too yet only today yesterday tonight tomorrow earlier previously long "
        "afterward afterwards instead meanwhile always perhaps simply there here recently "
        "publicly repeatedly famously further else almost rather quite very so though however "
        "indeed moreover nonetheless nevertheless online together twice"
    ),
    Tag.OBJECT_PRONOUN: "him them me us himself herself themselves itself myself",
    Tag.CONJUNCTION: "and but or nor &",
    Tag.SUBORDINATOR: (
        "that if as when while although because whether unless where than why how whereas"
    ),
    Tag.RELATIVE: "who whom whose which",
    Tag.TIME: (
        "monday tuesday wednesday thursday friday saturday sunday january february march april "
        "june july august september october november december mon tue wed thu fri sat sun "
        "jan feb mar apr jun jul aug sept oct nov dec morning afternoon evening night week month "
        "year weekend day"
    ),
    Tag.VERB: (
        "went came made took gave got became left ran won lost met told stood sat led held kept "
        "brought began grew turned moved started tried used appeared seemed looked became meant "
        "goes comes makes takes gives runs wins loses stands leads holds keeps brings turns moves "
        "tries uses appears seems looks becomes means continues remains remained includes included "
        "launched joined faced faces spent sent paid built bought sold voted won vote let lets "
        "answered answers drew draws fell falls rose rises hit hits cut set sets require requires "
        "required happen happens happened provide provides provided allow allows allowed follow "
        "follows followed create creates created help helps helped live lives lived work works "
        "worked serve serves served hold die died dies want need needs needed contain contains "
        "contained receive receives received reach reaches reached win lose pay pays meet meets "
        "bring carry carries carried attend attends attended arrive arrives arrived leave visit "
        "visited visits produce produces produced lead appear enter enters entered hear hears "
        "heard watch watches watched wait waits waited die kill killed kills attract attracts "
        "attracted raise raises raised increase increases increased decrease deserve deserves "
        "deserved belong belongs belonged depend depends depended exist exists existed avoid "
        "avoids avoided earn earns earned own owns owned play plays played fight fights fought "
        "choose chooses chose chosen walk walks walked throw throws threw hurt hurts fail fails "
        "failed manage manages managed struggle struggles struggled travel travels travelled "
        "traveled return returns returned grow wear wears wore write become talks occur occurs "
        "occurred involve involves involved affect affects affected hire hires hired fixates "
        "fixated campaigns campaigned forwards forwarded"
    ),
}

TAG_BY_WORD: dict[str, Tag] = {
    word: form for form, words in _WORDS_BY_TAG.items() for word in words.split()
}
for _base in sorted(ATTITUDE_VERBS | MANNER_VERBS | CORE_REPORTING_VERBS):
    _forms = inflect(_base)
    for _form in _forms[:-1]:
        TAG_BY_WORD.setdefault(_form, Tag.REPORTING_VERB)
    TAG_BY_WORD.setdefault(_forms[-1], Tag.REPORTING_PARTICIPLE)
# "put", "began" and the like carry quotations: being a cue wins over being any verb.
for _word in ("told", "began", "continues", "spoke", "sat"):
    TAG_BY_WORD[_word] = Tag.REPORTING_VERB if _word in LEMMAS else Tag.VERB
TAG_BY_WORD["who"] = TAG_BY_WORD["which"] = Tag.RELATIVE
TAG_BY_WORD["may"] = Tag.AUXILIARY

CUE_NOUNS = word_set(
    "words word plan plans claim claims statement statements remark remarks comment comments "
    "promise promises pledge pledges call calls vow tweet tweets letter letters message messages "
    "description argument arguments assertion assertions view views belief warning warnings "
    "accusation accusations allegation allegations criticism response reply answer question "
    "slogan motto phrase line quote quotation op-ed column essay email emails post posts speech "
    "suggestion proposal pitch vision demand demands mantra declaration complaint complaints "
    "contention charge observation insistence acknowledgment acknowledgement admission advice "
    "verdict conclusion assessment characterization memo manifesto testimony term report "
    "refusal chant chants cry cries joke jokes concern concerns quip retort catchphrase "
    "commitment goal aim hope desire idea opinion reaction explanation proclamation"
)

STUDY_NOUNS = word_set(
    "study report survey poll research analysis review paper inquiry investigation audit data "
    "findings figures statistics assessment trial surveys polls studies reports"
)

TITLES = word_set(
    "president vice senator sen. sen rep. rep representative governor gov. gov lt. lt secretary "
    "prime minister chancellor commissioner assistant deputy chief judge justice attorney general "
    "mayor director chairman chairwoman chair professor prof. prof dr. dr sir dame lord lady mr. "
    "mr "
    "mrs. mrs ms. ms miss congressman congresswoman speaker officer captain capt. capt former "
    "republican democratic democrat rev. rev reverend senior executive spokesman spokeswoman "
    "spokesperson gen. gen col. col sgt. sgt maj. adm. councillor cllr cllr. councilman "
    "councilwoman detective inspector superintendent constable sergeant sheriff ambassador "
    "archbishop bishop father sister brother pope king queen prince princess baroness baron "
    "leader majority minority house senate state acting then-president ex-president pastor rabbi "
    "imam lieutenant colonel major admiral foreign home interior defense defence treasury "
    "solicitor baroness hon. hon right honourable independent labour conservative tory "
    "chief-executive coach counsel managing editor author actor actress host anchor"
)
MALE_TITLES = word_set(
    "mr mr. sir lord congressman spokesman chairman councilman father brother king prince baron"
)
FEMALE_TITLES = word_set(
    "mrs mrs. ms ms. miss dame lady congresswoman spokeswoman chairwoman councilwoman sister "
    "queen princess baroness actress"
)
PERSON_TITLES = word_set(
    "mr mr. mrs mrs. ms ms. miss dr dr. prof prof. professor sir dame sen. sen rep. rep gov. gov "
    "senator representative governor president judge justice mayor rev. rev gen. gen col. col "
    "sgt. capt. lt. congressman congresswoman cllr cllr. councillor lord lady baroness pastor "
    "secretary chancellor commissioner superintendent inspector constable"
)

ORGANISATION_WORDS = word_set(
    "university college school department bank ministry office council committee commission "
    "association institute foundation party union group company corp corporation inc ltd llc "
    "news times post journal press service agency authority court police force house senate "
    "congress parliament government administration campaign network club church society trust "
    "center centre board bureau federation fund alliance coalition league team army navy "
    "media magazine radio television tv channel watch international national street journal "
    "tribune herald guardian telegraph gazette observer chronicle review network pac "
    "caucus forum project initiative industries systems technologies group partners hall "
    "hospital constabulary yard airlines airport museum act bill amendment constitution war "
    "convention command foundation monitor america awards award "
    "day avenue road park island county city "
    "states kingdom"
)
PLACES = word_set(
    "america britain england scotland wales ireland london paris washington york jersey texas "
    "florida ohio iowa hampshire carolina california virginia georgia nevada arizona michigan "
    "wisconsin pennsylvania illinois indiana colorado massachusetts maryland vermont maine "
    "connecticut oregon minnesota missouri kansas nebraska alabama tennessee kentucky arkansas "
    "louisiana mississippi oklahoma utah alaska hawaii idaho montana wyoming dakota delaware "
    "chicago boston miami dallas houston philadelphia cleveland manhattan brooklyn europe asia "
    "africa russia china iran iraq syria israel germany france mexico canada turkey moscow beijing "
    "brussels berlin india pakistan japan korea australia manchester birmingham leeds glasgow "
    "edinburgh cardiff belfast u.s. us u.k. uk usa eu u.n. un north south east west united new "
    "northern southern eastern western central twitter facebook instagram youtube"
)
NOT_NAMES = word_set(
    "god christmas easter thanksgiving islam christian christians muslim muslims jewish jews "
    "american americans british english french german russian chinese european republicans "
    "democrats conservatives liberals tories constitution internet bible english republican "
    "democrat democratic conservative liberal latino hispanic latinos hispanics gop african asian "
    "african-american n.h. d.c. calif. n.y. n.j. mass. fla. ohio va. md. pa. mich. wis. tex. ky. "
    "tenn. ga. ala. la. ariz. colo. nev. conn. ill. ind. minn. mo. neb. okla. ore. wash. n.c. s.c. "
    "v.a. l.a. tv p.m. a.m."
)
NAME_PARTICLES = word_set("de van von der den al el bin bint la le du di da dos del ten ter")

SPEAKER_NOUNS = word_set(
    "spokesman spokeswoman spokesperson official officials aide aides adviser advisor advisers "
    "source sources critic critics supporter supporters campaigner campaigners campaign police "
    "report study statement letter"
)
SPOKESPEOPLE = word_set("spokesman spokeswoman spokesperson spokesmen spokespeople representative")

FEMALE_NAMES = word_set(
    "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa margaret "
    "betty sandra ashley dorothy kimberly emily donna michelle carol amanda melissa deborah "
    "stephanie rebecca laura sharon cynthia kathleen amy shirley angela helen anna brenda pamela "
    "nicole samantha katherine emma ruth christine catherine debra rachel carolyn janet virginia "
    "maria heather diane julie joyce victoria olivia kelly christina lauren joan evelyn judith "
    "megan cheryl andrea hannah martha jacqueline frances gloria ann teresa kathryn sara janice "
    "jean alice madison doris abigail julia judy grace denise amber marilyn beverly danielle "
    "theresa sophia marie diana brittany natalie isabella charlotte rose alexis kayla hillary "
    "carly sally jane claire clare fiona gillian moira priti yvette theresa nicola angela harriet "
    "caroline louise joanna lucy zoe sophie chloe imogen ivanka melania megyn huma kellyanne "
    "donna debbie wendy elaine ellen eileen maureen sheila shelley paula tina gina anne annie "
    "anita nina katie kate kathy cathy cindy nikki loretta condoleezza sonia elena ruth kirsten "
    "tammy claire maggie peggy molly polly holly beth leah erin tara dana jill joy hope faith "
    "april june monica veronica valerie vanessa yolanda rosa carmen juanita lucia elise elisa "
    "michele marsha marcia margo meg mia naomi nadia noor fatima aisha amina khadija leila layla "
    "priya anjali sunita mei ling yuki ingrid astrid greta helga olga irina svetlana tatiana "
    "gabrielle gabriela bridget brigid siobhan aoife niamh ciara una oonagh edith ethel hazel "
    "ivy iris vera pearl mabel agnes winifred beatrice daisy freya isla poppy ella ava lily "
    "jo jodie josephine gwen gwendolyn lorraine lynn lynne marian marianne miriam myra nora "
    "norma pam pat penny penelope rhonda robyn rosalind roberta rosemary sabrina sadie selina "
    "shannon shirley stacy stella sue suzanne sylvia tamara thelma tracy trudy ursula vicky viola "
    "vivian wanda whitney yvonne haley hope arianna carla celia constance cora dolores eliza "
    "esther eva florence gail geraldine ginger heidi hilda ida irene jasmine jeanne jeannette "
    "jeanine joann joanne jocelyn kara kristen kristin kristina kristine lena lois lucille "
    "lynda mandy marjorie maxine mildred minnie nellie opal patti patty phyllis ramona renee "
    "rita sheri sherry sonya tanya teri terri tiffany toni velma violet willa"
)
MALE_NAMES = word_set(
    "james robert john michael david william richard joseph thomas charles christopher daniel "
    "matthew anthony mark donald steven paul andrew joshua kenneth kevin brian george timothy "
    "ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin "
    "scott brandon benjamin samuel gregory alexander frank patrick raymond jack dennis jerry "
    "tyler aaron jose adam nathan henry douglas zachary peter kyle noah ethan jeremy walter "
    "christian keith roger terry austin sean gerald carl harold dylan arthur lawrence jordan "
    "jesse bryan billy bruce gabriel joe logan alan juan albert willie elijah wayne randy "
    "vincent mason roy ralph bobby russell bradley philip eugene ted marco jeb ben chris mike "
    "rand rick jim tim tom bill bob bernie barack mitt mitch martin lincoln lindsey harry newt "
    "rudy corey reince jeff steve greg dan ron ken don ed sam max fred phil dave matt nick tony "
    "andy josh doug chuck glenn glen neil nigel boris jeremy keir gordon ian colin stuart simon "
    "graham trevor clive derek barry gavin hugh angus alistair callum ewan fergus hamish rory "
    "pete rob rod lee luke louis leo liam kurt karl ivan igor vladimir dmitri sergei mikhail "
    "mohammed muhammad mohamed ahmed ali omar hassan hussein ibrahim khalid yusuf abdul bashar "
    "sajid sadiq rishi vikram raj sanjay arjun hiroshi kenji wei jorge luis carlos miguel pedro "
    "pablo diego fernando rafael antonio manuel francisco alejandro javier roberto mario giovanni "
    "pierre jean-claude francois jacques claude hans klaus jurgen wolfgang dieter helmut cass "
    "marty marvin murray norman oliver oscar otto owen perry preston quentin ralph randall "
    "reginald reuben rex roland ross rupert sebastian seth sidney solomon spencer stanley "
    "sylvester terence theodore toby todd travis troy vernon victor wade wallace warren wendell "
    "wesley wilbur willard woodrow xavier zach abraham adrian al alan alec alex alfred allan allen "
    "alvin amos archie arnold barney basil benny bernard bert brad brendan brent brett byron "
    "calvin "
    "cameron cecil chad chester clarence clark clay clayton clifford clint clinton clyde cody "
    "craig "
    "curtis dale damian darrell darren dean dexter dominic drew duane dustin dwight earl eddie "
    "edgar "
    "edmund edwin elliot elliott ellis elmer emmett ernest ervin evan felix floyd francis franklin "
    "gene geoffrey geoff gilbert grant gus guy harvey hector herbert herman homer horace howard "
    "hubert hugo isaac jake jamie jared jay jed jerome jimmy joel johnny jon julian julius "
    "kent kirk lamar lance lars leon leonard leroy leslie lester lewis lionel lloyd lou lowell "
    "luther lyle malcolm marcus marshall maurice melvin merle micah mickey miles milton mitchell "
    "morris moses myron nathaniel ned nelson nicolas noel"
)
# Sentence-opening words that the lists above do not hold and that are no names.
SENTENCE_OPENERS = word_set(
    "asked according meanwhile yes well critics officials supporters police people experts "
    "campaigners voters today yesterday thanks sorry please maybe speaking "
    "writing responding referring calling citing given based like unlike except even let's "
    "additionally nor none nobody somebody someone everyone everybody nothing something part "
    "half more less another neither either whoever"
)
