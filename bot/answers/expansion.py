"""Query expansion: the vocabulary of a corpus, and the forms, synonyms and corrections searched for a typed word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from bot.analysis import Analyser, load_number_forms, load_word_forms
from bot.answers.document_words import HYPHEN, SourceVocabulary
from bot.answers.question import Concept, Form, QuestionToken
from bot.answers.question_language import Phrase, to_phrase
from bot.answers.question_tables import load_question_language
from bot.answers.word_variants import CuratedWords, SpellingCorrector, Synonym, SynonymFinder, collect_sizes, is_word
from bot.model import Corpus
from bot.text import PERCENT

# Places from one word of a curator's phrase to the next: one stop word may stand between, "freedoms of
# speech". At 1 a question of tests/relevance/facial-recognition.jsonl is no longer answered; at 3 a phrase
# may join words of two clauses.
_MAX_GAP = 2
# "Two hundred and one thousand million three hundred and four thousand five hundred and six" has fifteen.
_MAX_NUMBER_WORDS = 24
# "9:30", "4.15pm"; a point alone may be a fraction's.
_TIME = re.compile(r"(\d{1,2})(?::(\d{2})|\.(\d{2})(?=\s?[ap]\.?m\b))(?!\d)\s?([ap]\.?m\b)?", re.IGNORECASE)
# "Back-of-an-envelope"; the parts of a longer chain are searched one by one, so that it costs no time.
MAX_COMPOUND_PARTS = 5
# How many titles, and names of several words, are looked up: each takes a millisecond at 10,000 passages, since it may
# be in any document. A question with more of them is a pasted text.
MAX_LOOKUPS = 12
# Sorts behind every word that goes on.
_LAST_CHARACTER = "\U0010ffff"
# A shorter word splits into halves by chance.
_MIN_JOINED_LENGTH = 6


class Vocabulary:
    """The words of `corpus` and its curator; `idf` gives the weight of a stem."""

    def __init__(self, corpus: Corpus, analyser: Analyser, idf: Callable[[str], float]) -> None:
        self._analyser = analyser
        self._idf = idf
        self.language = corpus.language
        self._forms, self._numbers = load_word_forms(corpus.language), load_number_forms(corpus.language)
        question_language = load_question_language(corpus.language)
        self._filler = question_language.filler
        self._small_words = self._filler | analyser.stop_words
        self._links = question_language.articles | question_language.name_links
        self._prefixes = question_language.prefixes
        self._sources = sources = SourceVocabulary(corpus, analyser)
        self.lower_words, self.stems, self.small_acronyms = sources.lower_words, sources.stems, sources.small_acronyms
        self._curated = curated = CuratedWords(corpus, analyser, self._forms)
        self._motion_stems = frozenset(self.content_stems(f"{corpus.title} {corpus.motion}"))
        known_words = sources.words | {word for key in curated.by_words for word in key}
        self._known_words = known_words
        self._spelling = SpellingCorrector(known_words)
        self._synonyms = SynonymFinder(self.language, analyser, self.find_printed, self.list_relatives)
        self._sizes_by_synonym = collect_sizes(self._synonyms.table)
        # No number, compound, synonym or curator's phrase is longer than this.
        self.lookahead = max(_MAX_NUMBER_WORDS, _MAX_GAP * max(map(len, curated.by_words), default=0))

    def has_phrase(self, phrase: Phrase) -> bool:
        """Return whether a document has `phrase`, unbroken.

        Raises:
            SearchError: the documents are stored with the index, which does not answer.
        """
        return self._sources.has_phrase(phrase)

    def has_word(self, word: str) -> bool:
        """Return whether a source has this very word, folded."""
        return word in self._sources.words

    @cached_property
    def _sorted_words(self) -> list[str]:
        """Every word of the sources and the curator, sorted when the first is completed."""
        return sorted(self._known_words)

    def list_completions(self, beginning: str) -> list[str]:
        """List the words that begin with `beginning`, except itself, most frequent first; of one stem the shortest."""
        words, stem = self._sorted_words, self._analyser.stem
        completions = words[bisect_left(words, beginning) : bisect_left(words, beginning + _LAST_CHARACTER)]
        by_stem: dict[str, str] = {}
        for word in sorted(completions, key=len):
            if word != beginning and word.isalpha():
                by_stem.setdefault(stem(word), word)
        return sorted(by_stem.values(), key=lambda word: (self._idf(stem(word)), word))

    def has_correction(self, word: str) -> bool:
        """Return whether `word` is a misspelling of a word that the sources have."""
        return bool(self._find_nearest(word, self._spelling))

    def content_stems(self, text: str) -> Phrase:
        """Return the stems of the words of `text`, except stop words."""
        known_stems = self._curated.stems_by_text.get(text)
        return known_stems or tuple(word.stem for word in self._analyser.content_words(text))

    def is_known(self, token: QuestionToken) -> bool:
        """Return whether a source, the motion or the curator has the word of `token`, perhaps with accents."""
        is_in_sources = (
            token.stem in self.stems or token.stem in self._motion_stems or token.normalised in self._sources.by_plain
        )
        return is_in_sources or (token.stem,) in self._curated.by_stems or token.normalised[0].isdigit()

    def is_of_motion(self, stem: str) -> bool:
        """Return whether the title or the motion has a word of this stem, so that the whole debate is about it."""
        return stem in self._motion_stems

    def is_curated(self, word: str) -> bool:
        """Return whether the curator lists this very word."""
        return (word,) in self._curated.by_words

    def find_phrases(self, normalised_words: Phrase) -> list[range]:
        """Find the places of the curator's phrases of several words in `normalised_words`."""
        matches = self._curated.phrase_matcher.find_matches(normalised_words)
        return [range(start, start + len(phrase)) for start, phrase, _ in matches]

    def match_curated(self, tokens: Sequence[QuestionToken]) -> int:
        """Return how many of `tokens`, from the first, the curator lists as one thing; 0 if none.

        A phrase is known as typed, or by its stems with at most one stop word
        between two of them, as in "freedoms of speech".
        """
        for size in self._curated.sizes_by_word.get(tokens[0].normalised, ()):
            part = tokens[:size]
            if _is_contiguous(part, 1) and tuple(t.normalised for t in part) in self._curated.by_words:
                return len(part)
        if reach := self._match_phrasal(tokens)[1]:
            return reach
        stem_sizes = self._curated.sizes_by_stem.get(tokens[0].stem, ())
        if not stem_sizes or (tokens[0].normalised in self._analyser.stop_words and not tokens[0].stem.isupper()):
            return 0
        content = [n for n, t in enumerate(tokens) if t.normalised not in self._analyser.stop_words or t.stem.isupper()]
        for size in stem_sizes:
            part = [tokens[n] for n in content[:size]]
            if _is_contiguous(part, _MAX_GAP) and tuple(t.stem for t in part) in self._curated.by_stems:
                return content[len(part) - 1] + 1
        return 0

    def _match_phrasal(self, tokens: Sequence[QuestionToken]) -> tuple[Phrase, int]:
        """Return the stems of the longest phrase of a word and stop words that opens `tokens`, and how many it is."""
        for phrase in self._curated.phrasal_by_stem.get(tokens[0].stem, ()):
            places = [0]
            for stem in phrase[1:]:
                reach = range(places[-1] + 1, min(places[-1] + 1 + _MAX_GAP, len(tokens)))
                places += [place for place in reach if tokens[place].stem == stem][:1]
            if len(places) == len(phrase) and _is_contiguous([tokens[place] for place in places], _MAX_GAP):
                return phrase, places[-1] + 1
        return (), 0

    def build_concept(self, text: str, tokens: Sequence[QuestionToken], boost: float = 1.0) -> Concept:
        """Build the concept of `tokens`, typed as `text`; `boost` multiplies its weight."""
        stems = tuple(t.stem for t in tokens if t.normalised not in self._analyser.stop_words or t.stem.isupper())
        typed_words = tuple(token.normalised for token in tokens)
        stems = stems or typed_words
        variants = self._find_variants(tokens[0]) if len(tokens) == 1 else ()
        expansions, synonyms, corrections = self._expand(tokens, stems, variants)
        literal = tuple(dict.fromkeys([Form(stems), *(Form([self._analyser.stem(v)]) for v in variants)]))
        others = [(Form(self.content_stems(word)), self._find_phrase(word)) for word in expansions]
        others += [(synonym.form, synonym.phrase) for synonym in synonyms]
        forms = (*literal, *(form for form, _ in others))
        return Concept(
            text,
            forms,
            tuple(dict.fromkeys([*expansions, *(synonym.text for synonym in synonyms)])),
            # A phrase is as many things asked as it has words.
            self._compute_weight(forms) * boost * len(stems),
            is_of_motion=any(form <= self._motion_stems for form in forms if form),
            phrases=(*(None for _ in literal), *(phrase for _, phrase in others)),
            words=self._restrict_words(typed_words[0], variants) if len(tokens) == 1 else None,
            literal_count=len(literal),
            corrections=corrections,
            everyday=tuple(synonym.text for synonym in synonyms),
        )

    def _expand(
        self, tokens: Sequence[QuestionToken], stems: Phrase, variants: Phrase
    ) -> tuple[Phrase, tuple[Synonym, ...], Phrase]:
        """Return the curator's words for `tokens`, for want of them everyday synonyms, for want of both corrections.

        Corrections, with the curator's words for them, are among the first too.
        """
        typed_words = tuple(token.normalised for token in tokens)
        expansions = (
            self._curated.by_words.get(typed_words)
            or self._curated.by_all_stems.get(self._match_phrasal(tokens)[0])
            or self._curated.by_stems.get(stems, ())
        )
        is_found = len(tokens) == 1 and self._is_found(stems[0], variants)
        synonyms = () if expansions or is_found else self._find_synonyms(tokens) or self._find_other_order(tokens)
        corrections: Phrase = ()
        if not (expansions or synonyms) and len(stems) == 1 and not self._is_found(stems[0], variants):
            corrections = self._find_nearest(typed_words[0], self._spelling)
            expansions = self._expand_corrections(corrections)
        return tuple(w for w in expansions if self.content_stems(w) != stems or HYPHEN.search(w)), synonyms, corrections

    def match_synonyms(self, tokens: Sequence[QuestionToken]) -> int:
        """Return how many of `tokens`, from the first, are an everyday phrase that the sources have in other words.

        If the sources have one of its words, and it is more than filler, its words are searched one by one.
        """
        for size in self._sizes_by_synonym.get(tokens[0].stem, ()):
            part = tokens[:size]
            if not 1 < size <= len(tokens):
                continue
            is_known = any(t.stem in self.stems for t in part if t.normalised not in self._small_words)
            if not is_known and _is_contiguous(part, 1) and self._find_synonyms(part):
                return size
        return 0

    def _find_synonyms(self, tokens: Sequence[QuestionToken]) -> tuple[Synonym, ...]:
        """Return the everyday synonyms of `tokens`."""
        stems = tuple(token.stem for token in tokens)
        return tuple(self._synonyms.find(stems)) if stems in self._synonyms.table else ()

    def list_relatives(self, word: str) -> tuple[list[str], bool]:
        """List the words of the sources that share the stem and meaning of `word`, and whether all of that stem do."""
        family = self._sources.by_stem.get(self._analyser.stem(word), ())
        relatives = [member for member in family if not self._forms.are_strangers(word, member)]
        return relatives, len(relatives) == len(family)

    def find_printed(self, phrase: Phrase) -> list[Phrase]:
        """Find the ways in which the sources print `phrase`: with its last word in each form."""
        return [each for each in (phrase, *self._inflect(phrase)) if self._has_words(each)]

    def build_quoted(self, text: str, tokens: Sequence[QuestionToken]) -> Concept:
        """Build the concept of words in quotation marks, which must stand side by side as typed."""
        phrase = tuple(token.normalised for token in tokens)
        form = Form(token.stem for token in tokens if token.normalised not in self._analyser.stop_words)
        return Concept(text, (form,), weight=self._compute_weight((form,)), phrases=(phrase,))

    def find_unit(self, text: str, tokens: Sequence[QuestionToken]) -> tuple[int, Concept] | None:
        """Return how many of `tokens`, from the first, are one number or compound, and its concept; None for none."""
        size, phrases = self._read_number(text, tokens)
        if not size:
            size, phrases = self._read_compound(text, tokens)
        if not size:
            return None
        typed_words = tuple(token.normalised for token in tokens[:size])
        printed = [phrase for phrase in phrases if self._has_words(phrase)] or [typed_words]
        forms = tuple(
            Form(self._analyser.stem(word) for word in phrase if word not in self._analyser.stop_words)
            for phrase in printed
        )
        return size, Concept(
            text[tokens[0].start : tokens[size - 1].end],
            forms,
            weight=self._compute_weight(forms),
            phrases=tuple(phrase if len(phrase) > 1 else None for phrase in printed),
            literal_count=len(forms),
        )

    def _read_number(self, text: str, tokens: Sequence[QuestionToken]) -> tuple[int, list[Phrase]]:
        """Return how many tokens are one number, and the ways to write it; 0 for none."""
        if not self._numbers.may_begin(tokens[0].normalised):
            return 0, []
        if time := _TIME.match(text, tokens[0].start):
            size = sum(token.start < time.end() for token in tokens)
            hour, minute, other_minute, half = time.groups()
            return size, list(_write_time(hour, minute or other_minute, half and half.lower()))
        words = [token.normalised for token in tokens]
        parsed = self._numbers.parse(words)
        if parsed and (parsed[0] > 1 or words[0][0].isdigit()):
            percent = tuple(word for word in words[parsed[0] : parsed[0] + 1] if word == PERCENT)
            ways = dict.fromkeys([tuple(words[: parsed[0]]), *self._numbers.write(parsed[1])])
            return parsed[0] + len(percent), [(*way, *percent) for way in ways]
        ordinals = self._numbers.write_ordinal(words[0])
        is_written = words[0][0].isdigit() or any(map(self.has_word, ordinals))
        return (1, [(words[0],), *((ordinal,) for ordinal in ordinals)]) if ordinals and is_written else (0, [])

    def _read_compound(self, text: str, tokens: Sequence[QuestionToken]) -> tuple[int, list[Phrase]]:
        """Return how many tokens are one word, hyphenated, parted or joined, and the ways to write it; 0 for none."""
        words = tuple(token.normalised for token in tokens[: MAX_COMPOUND_PARTS + 1])
        size = 1
        while size < len(words):
            if not HYPHEN.fullmatch(text, tokens[size - 1].end, tokens[size].start):
                break
            size += 1
        if size > MAX_COMPOUND_PARTS:
            return 0, []
        if size > 1:
            part = words[:size]
            whole: Phrase = ("".join(part),)
            ways = [part, *self._inflect(part), whole, *self._inflect(whole)]
            is_telling = not self._small_words.issuperset(part)
            # If it is printed in none of these ways its parts are searched, unless they are all small words.
            return (size, ways) if any(map(self._has_words, ways)) or not is_telling else (0, [])
        if len(words) > 1 and text[tokens[0].end : tokens[1].start].isspace():
            part, joined = words[:2], "".join(words[:2])
            if self.is_joined(*part):
                return 2, [(joined,), part, *self._inflect((joined,))]
            is_plain = not self._small_words.isdisjoint(part)
            # "to-the" is a missed blank; "check-in" is a word.
            is_linked = part[-1] in self._links
            if is_plain and not is_linked and "-".join(part) in self._sources.compounds:
                return 2, [part, *self._inflect(part)]
        return (1, [(words[0],), *split]) if (split := self._split_word(words[0])) else (0, [])

    def is_joined(self, word: str, following: str) -> bool:
        """Return whether the sources print two words of a question as one, and not by a missed blank: "tothe"."""
        joined = word + following
        if len(following) <= 1 or self._analyser.stem(joined) not in self.stems:
            return False
        small_words = self._small_words
        is_plain = joined in small_words or (
            not small_words.isdisjoint((word, following)) and not is_word(joined, self.language)
        )
        is_article = len(word) == 1 and word in self._analyser.stop_words
        return not (is_plain or is_article)

    def _split_word(self, word: str) -> list[Phrase]:
        """Return the pairs of words that sources print side by side for a joined word that none has."""
        if self.has_word(word) or self._analyser.stem(word) in self.stems:
            return []
        halves: list[Phrase] = [(word[:n], word[n:]) for n in range(1, len(word))]
        if printed := [pair for pair in halves if "-".join(pair) in self._sources.compounds]:
            return printed
        if len(word) < _MIN_JOINED_LENGTH:
            return []
        return [pair for pair in halves if self.has_word(pair[0]) and self.has_word(pair[1]) and self.has_phrase(pair)]

    def _inflect(self, phrase: Phrase) -> Iterator[Phrase]:
        """Yield a phrase with its last word in each other form that the sources have."""
        for word in self._sources.by_stem.get(self._analyser.stem(phrase[-1]), ()):
            if word != phrase[-1]:
                yield (*phrase[:-1], word)

    def _has_words(self, phrase: Phrase) -> bool:
        """Return whether the sources have a word, or a phrase unbroken."""
        return self.has_word(phrase[0]) if len(phrase) == 1 else self.has_phrase(phrase)

    def _find_phrase(self, word: str) -> Phrase | None:
        """Return the words of a hyphenated word with a stop word in it, "end-of-year"; None for any other word."""
        phrase = to_phrase(word)
        return phrase if HYPHEN.search(word) and len(self.content_stems(word)) < len(phrase) else None

    def _find_variants(self, token: QuestionToken) -> tuple[str, ...]:
        """Return the other forms and spellings of a word that the sources have."""
        if token.stem.isupper():
            return ()
        accented = () if self.has_word(token.normalised) else self._sources.by_plain.get(token.normalised, ())
        forms = self._forms.list_forms(token.normalised)[1:]
        return tuple(form for form in (*accented, *forms) if self._analyser.stem(form) in self.stems)

    def _is_found(self, stem: str, variants: Sequence[str]) -> bool:
        """Whether a stem finds something: itself, by a variant, or by a curator's synonym."""
        return stem in self.stems or bool(variants) or (stem,) in self._curated.by_words

    def _restrict_words(self, word: str, variants: Sequence[str]) -> frozenset[str] | None:
        """Return the words a typed word may stand for, of all that share its stem; None for all of them."""
        families = [self.list_relatives(form) for form in (word, *variants)]
        if all(are_all for _, are_all in families):
            return None
        return frozenset(member for relatives, _ in families for member in relatives)

    def _compute_weight(self, forms: Sequence[Form]) -> float:
        """Return the idf of the most common form; the maximum if none occurs."""
        weights = [max(map(self._idf, form)) for form in forms if form and form <= self.stems]
        return min(weights) if weights else self._idf("")

    def _expand_corrections(self, corrections: Sequence[str]) -> tuple[str, ...]:
        """Return the corrections of a misspelt word, and their synonyms."""
        expansions = (self._curated.by_stems.get(self.content_stems(word), ()) for word in corrections)
        return tuple(dict.fromkeys([*corrections, *(word for words in expansions for word in words)]))

    def _find_other_order(self, tokens: Sequence[QuestionToken]) -> tuple[Synonym, ...]:
        """Return the words of the sources with just the letters of a real word, otherwise set: "trees" for "tress"."""
        word = tokens[0].normalised
        if len(tokens) > 1 or not is_word(word, self.language):
            return ()
        nearest = [near for near in self._spelling.suggest(word) if near != word and {*near} == {*word}]
        return tuple(Synonym(near, Form(self.content_stems(near)), None) for near in nearest)

    def is_misspelling(self, token: QuestionToken, spelling: SpellingCorrector) -> bool:
        """Return whether `token` is an unknown word, and a misspelling of one of `spelling`."""
        return not self.is_known(token) and bool(self._find_nearest(token.normalised, spelling))

    def _find_nearest(self, word: str, spelling: SpellingCorrector) -> tuple[str, ...]:
        """Return those of `spelling` nearest to `word`; none if it is a word of the language."""
        return () if is_word(word, self.language) else spelling.suggest(word)


def _write_time(hour: str, minute: str, half: str | None) -> Iterator[Phrase]:
    """Yield the ways in which a time of day may be written, as folded words.

    >>> list(_write_time("9", "30", "am"))
    [('9.30am',), ('9', '30am'), ('9.30',), ('9', '30')]
    """
    halves = [half.replace(".", ""), ""] if half else ["", "am", "pm"]
    for ending in halves:
        yield (f"{hour}.{minute}{ending}",)
        yield (hour, f"{minute}{ending}")


def _is_contiguous(tokens: Sequence[QuestionToken], max_gap: int) -> bool:
    """Whether the tokens stand in order, each at most `max_gap` places after the last."""
    return all(after.position - before.position <= max_gap for before, after in pairwise(tokens))
