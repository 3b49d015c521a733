"""One invented article per shape that a quotation takes: whose words, how surely, by which cue."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind, Passage
from tests.english import ENGLISH

SURE = 0.7


def read(text: str) -> tuple[Passage, ...]:
    return extract_passages(Document("invented", text), language=ENGLISH)


def quoted(text: str, part: str = "") -> Passage:
    """Return the quotation in `text` that has `part` in it."""
    [found] = [p for p in read(text) if p.kind in (Kind.DIRECT, Kind.FRAGMENT) and part in p.text and p.kind]
    return found


def said(text: str, part: str = "") -> tuple[str | None, bool]:
    """Return who is named for the quotation, and whether surely enough to be shown."""
    passage = quoted(text, part)
    return passage.voice.name if passage.voice else None, passage.confidence >= SURE


SHOWN = {
    "after": ("“The line will be late,” Ann Bell said.", "Ann Bell"),
    "inverted": ("“The line will be late,” said Ann Bell.", "Ann Bell"),
    "inverted behind a title": ("“It will be late,” said Mayor Ann Bell on Monday.", "Ann Bell"),
    "inverted before apposition": ("“The line will be late,” said Ann Bell, who drives a tram.", "Ann Bell"),
    "role before the name": ("“It will be late,” said the director, Ann Bell.", "Ann Bell"),
    "according to": ("“The line will be late,” according to Ann Bell.", "Ann Bell"),
    "according to, before": ("According to Ann Bell, “the line will be late.”", "Ann Bell"),
    "before": ("Ann Bell said, “The line will be late.”", "Ann Bell"),
    "colon": ("Ann Bell said: “The line will be late.”", "Ann Bell"),
    "colon without a verb": ("The answer of Ann Bell: no more. Ann Bell: “x”", None),
    "apposition": ("Ann Bell, a driver from Leeds, said the line would “never open.”", "Ann Bell"),
    "pronoun in apposition": ("Ann Bell left. She, in tears, said: “It is late.”", "Ann Bell"),
    "relative": ("Ann Bell, who called it “a waste of good money”, left.", "Ann Bell"),
    "pronoun with a relative": ("Ann Bell left. She who said “it is late” knew.", "Ann Bell"),
    "question and name": ("“Why is it late?” Ann Bell asked.", "Ann Bell"),
    "question and long tag": ("“Is it late?” Ann Bell, a driver, asked in the hall.", "Ann Bell"),
    "opinion": ("Ann Bell called the new line “a waste of good money”.", "Ann Bell"),
    "far as": ("Ann Bell condemned the plan of the council for the old part of the town as “a waste”.", "Ann Bell"),
    "sentence before": ("Ann Bell was unmoved. “It is late.”", "Ann Bell"),
    "same paragraph": ("“It is late,” said Ann Bell. “It always is.”", "Ann Bell"),
    "paragraph before ends in a colon": ("Ann Bell had this to say:\n\n“It is late.”", "Ann Bell"),
    "noun": ("Ann Bell’s promise to “build on what we have” was welcome.", "Ann Bell"),
    "noun of": ("In the words of Ann Bell, “it is late.”", "Ann Bell"),
    "noun from": ("A statement from Ann Bell that “it is late” was read.", "Ann Bell"),
    "his words": ("Bob Low left. In his words, “it is too late.”", "Bob Low"),
    "participle": ("Ann Bell shook her head, saying “it is too late.”", "Ann Bell"),
    "participle behind a name": ("The vote was lost with Ann Bell saying “it is late.”", "Ann Bell"),
    "two verbs": ("Ann Bell opposed the plan and said “it is too late.”", "Ann Bell"),
    "infinitive": ("Ann Bell went on to say “it is too late.”", "Ann Bell"),
    "time between": ("Ann Bell on Monday also said “it is too late.”", "Ann Bell"),
    "date between": ("Ann Bell on May 5 said “it is too late.”", "Ann Bell"),
    "passive": ("The line was called “a waste of money” by Ann Bell.", "Ann Bell"),
    "two people": ("“It is late,” said Ann Bell and Bob Low.", None),
    "jointly": ("Ann Bell and Bob Low said: “It is late.”", "Ann Bell and Bob Low"),
    "three jointly": ("Ann Bell, Bob Low and Cy Orr said: “It is late.”", "Ann Bell, Bob Low and Cy Orr"),
    "body": ("“It is late,” the Tram Workers Union said.", "Tram Workers Union"),
    "spokesperson": ("“It is late,” said a spokesperson for the Tram Workers Union.", "Tram Workers Union"),
    "group": ("“It is late,” campaigners said.", "campaigners"),
    "May": ("The plan of Theresa May failed. May said: “It is late.”", "Theresa May"),
    "initial": ("“It is late,” said Ann B. Bell.", "Ann B. Bell"),
    "straight marks": ('"It is late," said Ann Bell.', "Ann Bell"),
    "mixed marks": ('“It is late," said Ann Bell.', "Ann Bell"),
    "two straight singles": ("''It is late,'' said Ann Bell.", "Ann Bell"),
    "single marks": ("‘It is too late,’ said Ann Bell.", "Ann Bell"),
    "guillemets": ("« It is late », said Ann Bell.", "Ann Bell"),
    "guillemets inwards": ("»It is late«, said Ann Bell.", "Ann Bell"),
    "low marks": ("„It is late“, said Ann Bell.", "Ann Bell"),
    "brackets": ("「It is late」, said Ann Bell.", "Ann Bell"),
    "brackets between": ("“It is late,” Ann Bell (Leeds) said.", "Ann Bell"),
    "brackets with a stop": ("“It is late,” Rep. Ann Bell (D-Md.) said.", "Ann Bell"),
    "dash": ("Ann Bell said — “It is too late.”", "Ann Bell"),
    "title and surname": ("Ann Bell came. “It is late,” Ms. Bell said.", "Ann Bell"),
    "given name": ("Hillary Bell came. “It is late,” Hillary said.", "Hillary Bell"),
    "said to have": ("Ann Bell never said “it is too late.”", None),
    "introduced by a pronoun": ("Ann Bell left. She was unmoved. “It is late.”", "Ann Bell"),
    "opinion right behind": ("“It is too late,” Ann Bell believes.", "Ann Bell"),
    "praise for showing": ("Ann Bell praised Bob for showing “the courage of all”.", "Ann Bell"),
    "pronoun of a place": ("Ann Bell left. She of the tram union said: “It is late.”", "Ann Bell"),
    "saying behind opinion": (
        "Ann Bell said the old people of this town admire all of the trams as “the best”.",
        "Ann Bell",
    ),
    "determiners": ("“It is too late,” all the drivers said.", "all the drivers"),
    "no other name": ("Then trams and Ann Bell said: “It is late.”", "Ann Bell"),
    "friend of": ("“It is late,” said a friend of, well, all.", "a friend"),
    "said she": ("Ann Bell left. “It is late,” said she.", "Ann Bell"),
    "she, in lower case behind a stop": ("Ann Bell left. “It is too late.” she said.", "Ann Bell"),
    "noun before noting": ("Ann Bell said it would rain, the union noting “it is too late”.", "Ann Bell"),
    "is who": ("Ann Bell is who called it “a waste of good money”.", "Ann Bell"),
    "possessive head": ("“It is too late,” said Ann Bell’s lawyer.", "Ann Bell’s lawyer"),
    "then": ("“It is too late,” said then Ann Bell.", "Ann Bell"),
    "the director, by one word": ("“It is too late,” said the director, Bell.", "the director"),
    "noun before saying": ("Ann Bell said it would rain, the union saying “it is too late”.", "Ann Bell"),
    "question, then a sentence": ("“Is it late?” Rain fell. “It is late,” said Ann Bell.", "Ann Bell"),
    "sentence of nouns": ("The head of Tramwatch said: “It is late.”", "The head of Tramwatch"),
}


@pytest.mark.parametrize("shape", [name for name, (_, who) in SHOWN.items() if who])
def test_the_speaker_is_found(shape: str) -> None:
    text, who = SHOWN[shape]

    voices = {p.voice.name for p in read(text) if p.voice and p.kind is not Kind.REPORTED}
    assert voices == {who}


DOUBTFUL = {
    "floating": ("“It is late,” said Ann Bell.\n\nRain fell.\n\n“It always is.”", "always"),
    "they": ("“It is late,” said Ann Bell. They said: “It never opens.”", "never"),
    "I": ("I went there. “It is late,” I said.", ""),
    "a commuter": ("A commuter who said “it is late and cold here” knew.", ""),
    "the senator": ("“It is late,” the senator said.", ""),
    "bare label": ("Ann Bell: “It is late.”", ""),
    "bare label of a part": ("Ann Bell: “the line is late again.”", ""),
    "main subject": ("Ann Bell frets “in the heart of it all”.", ""),
    "behind an inverted cue": ("“It is late,” said Ann Bell who waits in “the heart of it all”.", "heart"),
    "no cue": ("Ann Bell was at the line “in the heart of it all” on Monday.", ""),
    "later": ("“In the heart of it all” was how it went, after campaigners said so.", ""),
    "two of one sex": ("Ann Bell and Jane Roe came. She said: “It is late.”", ""),
}


@pytest.mark.parametrize("shape", DOUBTFUL)
def test_a_doubtful_speaker_is_not_shown(shape: str) -> None:
    text, part = DOUBTFUL[shape]

    assert quoted(text, part).confidence < SURE or quoted(text, part).voice is None


NOBODY = {
    "nobody": "“It is late, and it always will be late here.”",
    "no name before": "He said: “It is late.”",
    "they without anybody": "They said: “It is late.”",
    "unclosed alone": "“It is late, and it always will be late here.\n\nRain fell.",
    "a colon behind nobody": "And so: “the line is late again.”",
    "says nobody": "“the line is late again” then, says",
    "said nobody": "said “the line is late again”",
    "says nobody, adding": "says, adding “the line is late again”",
    "who": "Who called it “the worst line of all time” knew.",
    "introduced by nobody": "And so on. “It is late again today.”",
    "no noun's owner": "slogan “build it all up again” won.",
    "possessive": "Ann Bell’s tram “in the heart of it all” stopped.",
    "dateline": "LEEDS — “The line is late again here” and so on.",
    "passive without an agent": "was called “the best tram of them all”.",
    "party's claims": "Republican claims of “the best tram of them all”.",
    "something that happens to follow": "“the best of all trams” Tram Day feels free.",
    "question and no cue": "“Is it late here again?” Ann Bell",
    "question and a sentence": "“Is it late here again?” The tram came.",
    "sentence without a subject": "And in the rain of it “all of this is late” and so on.",
}


@pytest.mark.parametrize("shape", NOBODY)
def test_where_nobody_is_named_the_voice_is_none_and_a_reason_is_given(shape: str) -> None:
    passage = quoted(NOBODY[shape])

    assert passage.voice is None
    assert passage.reason


NO_QUOTE = {
    "tongs": "The ‘hotspots’ of the town were “closed for the whole of the week,” said Ann Bell.",
    "tongs after a report": "Ann Bell “spoke.” She said it will be used against ‘hotspots’.",
    "title of a show": "Ann Bell said on “The Late Tram” that it was over.",
    "title of a book": "Ann Bell wrote the novel, “The Tram That Never Came”.",
    "article titled": "Ann Bell wrote a piece titled “Why The Trams Of This Town Are Always Late”.",
    "second of two titles": "Ann Bell was in the film “The Late Tram” and “Early Bus”.",
    "heading": "Ann Bell said: “It is late.”\n\n“Trams In The Snow.”\n\nRain fell.",
    "a word without a cue": "The “late” tram.",
    "possessive": "Ann Bell spoke on Leeds FM’s “Tram Talk”.",
    "apostrophes": "It’s the workers’ tram, and ’tis theirs; the ’90s were Ann’s.",
}


@pytest.mark.parametrize("shape", NO_QUOTE)
def test_marks_that_quote_nobody_make_no_passage(shape: str) -> None:
    offered = [p.text for p in read(NO_QUOTE[shape]) if p.kind in (Kind.DIRECT, Kind.FRAGMENT)]

    assert not {"hotspots", "late", "The Late Tram", "Tram Talk", "Early Bus"} & set(offered)
    assert not any("Trams" in text or "Never" in text for text in offered)


@pytest.mark.parametrize("judgement", ["called the line", "dismissed the line as", "accused Bob Low of being"])
def test_a_word_of_judgement_is_shown(judgement: str) -> None:
    assert said(f"Ann Bell {judgement} “late”.") == ("Ann Bell", True)
    assert said(f"Ann Bell came. Bell {judgement} “late”.") == ("Ann Bell", True)


@pytest.mark.parametrize("opinion", ["likes the", "hopes for a", "tried to call the line", "wanted to call the"])
def test_a_word_of_opinion_is_named_but_not_shown(opinion: str) -> None:
    assert said(f"Ann Bell {opinion} “late” line.")[1] is False


def test_a_short_word_with_its_own_cue_behind_it_is_credited() -> None:
    assert said("The line is “late,” Ann Bell said.") == ("Ann Bell", True)
    assert said("The “late” line will be closed, Ann Bell said.")[0] == "Ann Bell"


def test_words_split_by_their_cue_are_one_quotation() -> None:
    text = "“We will build it,” Ann Bell said, “and we will open it.”"

    first, second = quoted(text, "build"), quoted(text, "open")
    assert first.quotation == second.quotation == (first.span, second.span)
    assert second.kind is Kind.DIRECT


def test_a_quotation_over_paragraphs_keeps_the_voice_of_a_cue_at_its_end() -> None:
    text = "“We waited for hours.\n\n“Then for days.\n\n“Then we left,” said Ann Bell."

    first = quoted(text, "hours")
    assert first.voice is not None
    assert first.voice.name == "Ann Bell"
    assert first.chain == "¶3 “said Ann Bell” ← goes on in ¶3"
    assert len(first.quotation) == 3
    assert quoted(text, "days").voice == first.voice


def test_single_marks_go_on_over_paragraphs_too() -> None:
    text = "Ann Bell said: we wait.\n\n‘We waited for hours\n\n‘Then we left,’ said Ann Bell."

    assert quoted(text, "hours").voice == quoted(text, "left").voice


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    text = "Ann Bell said: “It is late.\n\nThe council met on Monday."

    assert quoted(text).text == "It is late."
    assert read(text)[-1].kind is Kind.NARRATION


def test_the_words_quoted_within_a_quotation_belong_to_the_inner_speaker() -> None:
    text = "“Bob Low said, ‘The line will never open here.’ I knew it,” said Ann Bell."

    outer, inner = quoted(text, "knew"), [p for p in read(text) if p.text.startswith("The line")]
    assert outer.voice is not None
    assert outer.voice.name == "Ann Bell"
    assert [p.voice.name for p in inner if p.voice] == ["Bob Low"]
    assert [text[a:b] for p in inner for a, b in p.cue] == ["Bob Low said"]


@pytest.mark.parametrize(
    "inner",
    [
        "“He said, ‘The line will never open.’ I knew it,” said Ann Bell.",
        "“Bob Low will say, ‘The line will never open.’ I know it,” said Ann Bell.",
        "“Nobody knew ‘the line that never opens.’ I did,” said Ann Bell.",
        "“It was, said ‘the line that never opens’, late,” said Ann Bell.",
        "“Bob Low said, ‘No.’ I knew it,” said Ann Bell.",
    ],
)
def test_inner_words_without_a_name_of_their_own_stay_with_the_outer_speaker(inner: str) -> None:
    assert {p.voice.name for p in read(inner) if p.voice} == {"Ann Bell"}


OFFICES = {
    "title": ("“It is late,” said Mayor Ann Bell.", "Mayor", None),
    "words before": ("“It is late,” said tram driver Ann Bell.", "tram driver", None),
    "apposition": ("“It is late,” said Ann Bell, advocacy director at Tramwatch.", "advocacy director", "Tramwatch"),
    "article": ("“It is late,” said Ann Bell, the head of the Tram Union.", "head", "Tram Union"),
    "age": ("“It is late,” said Ann Bell, 54, a driver.", "driver", None),
    "long": ("“It is late,” said Ann Bell, " + "very " * 30 + "late driver.", None, None),
    "clause": ("Ann Bell, it seems, said: “It is late.”", None, None),
    "relative": ("“It is late,” said Ann Bell, who drives.", None, None),
    "elsewhere": ("Ann Bell, chair of Tramwatch, came.\n\n“It is late,” Bell said.", "chair", "Tramwatch"),
    "spokesman of a person": ("“It is late,” said a spokesman for Mayor Ann Bell.", "spokesman", None),
    "spokesman of a body": ("“It is late,” said a spokesman for the Tram Union.", "spokesman", "Tram Union"),
}


@pytest.mark.parametrize("shape", OFFICES)
def test_role_and_organisation_are_as_printed(shape: str) -> None:
    text, role, organisation = OFFICES[shape]

    voice = quoted(text).voice
    assert voice is not None
    assert (voice.role, voice.organisation) == (role, organisation)


def test_a_person_s_spokesman_does_not_speak_as_the_person() -> None:
    voice = quoted("“It is late,” said a spokesman for Mayor Ann Bell.").voice

    assert voice is not None
    assert voice.name == "a spokesman for Mayor Ann Bell"


KINDS = {
    "a sentence of its own": ("“It is late.” Ann Bell said so.", Kind.DIRECT),
    "behind a verb": ("Ann Bell said “It is late.”", Kind.DIRECT),
    "behind and": ("And “it is late,” Ann Bell said.", Kind.FRAGMENT),
    "behind and, capital": ("And “It is late,” Ann Bell said.", Kind.DIRECT),
    "in a sentence": ("Ann Bell said it was “late again.”", Kind.FRAGMENT),
    "capital in a sentence": ("Ann Bell said the “Late Tram Company of Leeds” was.", Kind.FRAGMENT),
    "two words": ("Ann Bell said: “Too late.”", Kind.FRAGMENT),
}


@pytest.mark.parametrize("shape", KINDS)
def test_direct_words_stand_by_themselves_and_fragments_in_a_sentence(shape: str) -> None:
    text, kind = KINDS[shape]

    assert quoted(text).kind is kind


def test_two_quotations_of_nobody_lend_each_other_no_voice() -> None:
    found = read("“The line is late again.” “And it rains here too.”")

    assert [p.voice for p in found] == [None, None]


def test_the_search_for_a_cue_ends_at_the_next_quotation() -> None:
    found = read("“The line is late again” and “it rains here too” for ever.")

    assert {p.voice for p in found} == {None}
