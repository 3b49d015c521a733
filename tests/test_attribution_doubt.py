"""Doubt is never certainty: whoever may be somebody else is not shown as who spoke."""

from __future__ import annotations

import pytest

from bot.attribution import extract_passages
from bot.model import Document, Kind, Passage, VoiceEntry
from tests.english import ENGLISH

SHOWN = 0.7


def find_quoted(text: str) -> list[Passage]:
    """Return the quoted passages of `text`."""
    found = extract_passages(Document("invented", text), language=ENGLISH)
    return [passage for passage in found if passage.kind in (Kind.DIRECT, Kind.FRAGMENT)]


def name_shown(text: str) -> str | None:
    """Return who is shown for the last quotation of `text`."""
    passage = find_quoted(text)[-1]
    return passage.voice.name if passage.voice and passage.confidence >= SHOWN else None


WITHHELD = {
    "a message read out": "Edna Orme read out a message from Ivo Marsh: “We are sorry.”",
    "a letter by another": "Edna Orme was sent a letter by Ivo Marsh saying: “We are sorry.”",
    "a call from another": "Edna Orme got a call from Ivo Marsh saying: “We are sorry.”",
    "a suggestion rejected": "Edna Orme rejected the suggestion that piers were “a danger to ships”.",
    "claims dismissed": "Edna Orme dismissed claims that she had “lied to the house”.",
    "had she said": "Had Edna Orme said “sorry for the pier”, it would have been over.",
    "did she say": "Did Edna Orme say “sorry for the pier”?",
    "her family": "Edna Orme spoke. The Orme family said: “We thank you.” Edna Orme left.",
    "her allies": "Edna Orme spoke. The Orme assembly said: “We thank you.” Edna Orme left.",
    "a letter read out": "Edna Orme read out a constituent’s letter: “I am cold every night.”",
    "an email quoted": "Edna Orme quoted from Ivo Marsh’s long email: “I am cold every night.”",
    "neither of two": "Neither Ivo Marsh nor Edna Orme said “sorry for the pier”.",
    "nor did he": "Ivo Marsh left. Nor did Edna Orme say “sorry for the pier”.",
    "asked whether she had": "Edna Orme was asked if she had said “sorry for the pier”.",
    "whether she had, refused": "Edna Orme refused to say whether she had said “sorry for the pier”.",
    "a claim that another makes": "Ivo Marsh said Ms Orme’s claim that piers were “a danger to ships” was wrong.",
    "a suggestion that another makes": "Ivo Marsh dismissed Edna Orme’s suggestion that he had “lied to the town”.",
    "a shared surname": "Ivo Marsh met Edna Marsh.\n\n“The pier is closing,” Marsh said.",
    "a shared surname of brothers": "Brothers Ivo Marsh and Karl Marsh own it.\n\nMarsh said: “The pier is closing.”",
    "three of one surname": "Ivo Marsh, Edna Marsh and Karl Marsh came. “The pier is closing,” said Marsh.",
    "a surname shared later": "“The pier is closing,” said Marsh. Ivo Marsh is Edna Marsh’s rival.",
    "a shared surname and an office": "Mayor Ivo Marsh and Edna Marsh came. “The pier is closing,” said Marsh.",
    "his wife": "Tamlin Reeve keeps bees. His wife helps.\n\n“The hives are full,” said Mrs Reeve.",
    "somebody's mother": "Kestrel Orme runs the shop. The mother did before.\n\n“The hives are full,” said Ms Orme.",
    "Mrs where a man is named": "Karl Orme runs the shop.\n\n“The hives are full,” said Mrs Orme.",
    "Mrs of an unknown": "Kestrel Orme runs the shop.\n\n“The hives are full,” said Mrs Orme.",
    "old Mr": "Kestrel Orme runs the shop.\n\n“The hives are full,” said old Mr Orme.",
    "the elder": "Kestrel Orme runs the shop.\n\n“The hives are full,” said elder Dr Orme.",
    "a body is no he": "Fell Walkers wrote to all. Fell Walkers met.\n\n“The path should close,” he said.",
    "somebody unnamed is nearer": "Karl Marsh came.\n\nA lorry driver disagreed.\n\n“The pier is closing,” he said.",
    "the mayor, unnamed": "Karl Marsh came.\n\nThe mayor said it was late.\n\n“The pier is closing,” he said.",
    "another resident": "Edna Marsh came. Another resident did not.\n\nShe said: “The pier is closing.”",
    "a first known victim": "Edna Marsh rang. He took his first known victim.\n\n“The pier is closing,” she said.",
    "her sister": "Edna Marsh came. Her sister left. “The pier is closing,” she said.",
    "the shift's first driver": "Edna Marsh sat. The shift’s first driver left. “It is late here,” she said.",
    "a driver whom somebody met": "Edna Marsh met a lorry driver. “The pier is closing,” she said.",
    "a doubt goes on over the cue": "Emma Low rose. “No,” said Low. “No, no,” said Low.\n\nAnn Orr came. She was old. "
    "She was stout.\n\n“Emma,” said she, “who is that over there?”",
    "Mr and Mrs of one surname": "“Where is he?” asked Mrs Marsh.\n\nMr Marsh sat. “In the mill,” she said.",
    "an aside within the marks": "Karl Marsh spoke.\n\n“MARSH: It is old.\n\n“MARSH: It is late.\n\n“(Long laughter.)”",
    "a given name of men and of women": "Jaime Marsh came.\n\n“The pier is closing,” she said.",
    "a Christian is no name": "He became a Christian at ten. “The pier is closing,” he said.",
    "a school is no he": "He went to St Oswin Primary. St Oswin Primary is shut. “It was cold there,” he said.",
    "denied": "Karl Marsh denied saying that nurses were “lazy and rude all day”.",
    "denied that": "Karl Marsh denied that he had ever called them “lazy and rude all day”.",
    "did not say": "Karl Marsh did not say that nurses were “lazy and rude all day”.",
    "refused to call": "Karl Marsh refused to call the nurses “lazy and rude all day”.",
    "never said": "Karl Marsh never said “lazy and rude all day”.",
    "never said, behind": "“They are lazy and rude all day,” Karl Marsh did not say.",
    "quoting another": "Quoting the late Lord Orme, Edna Marsh said a tax “must be seen to be fair”.",
    "documents seen by a paper": "Papers seen by the Wigton Courier said “the pier is closing soon”.",
    "seen by, passive": "The pier, in plans seen by the Wigton Courier, is “closing soon for good”.",
    "seen by somebody": "The pier was seen by Edna Marsh “in the dark of night”.",
    "he, introduced by a line, when nobody was named": "He said:\n\n“The pier is closing.”",
    "two offices and no name": "“The pier is closing,” said the mayor and the council.",
    "a lone word": "“The pier is closing,” Harbourwatch said.",
    "a noun without a name": "“The pier is closing,” a fisherman said.",
    "a noun that is no person": "“The pier is closing,” donations said.",
    "a label in marks": "Edna Marsh lectures with chalk in a “classroom” on the beach.",
    "accused of having said": "Karl Marsh stands accused of having said “lazy and rude all day” to a nurse.",
    "accusing another": "Edna Orme accused the head of the club, Karl Marsh, of saying “lazy and rude all day”.",
    "accusing somebody of having said": "Edna Orme suspected Karl Marsh of having shouted: “The pier is mine!”",
    "could not bring herself": "Edna Orme could not bring herself to say “sorry for the pier”.",
    "stopped short": "Edna Orme stopped short of calling it “a theft from the town”.",
    "fell short": "Edna Orme fell just short of describing it as “a theft from the town”.",
    "failed to say": "Edna Orme failed to say “sorry for the pier”.",
    "avoided saying": "Edna Orme avoided saying “sorry for the pier” all week.",
    "shied away": "Edna Orme shied away from calling it “a theft from the town”.",
    "should have said": "Edna Orme should have said: “Sorry for the pier.”",
    "must now say": "Edna Orme must now say “sorry for the pier”.",
    "imagined": "Imagine Edna Orme saying: “Sorry for the pier.”",
    "supposed": "Suppose Edna Orme said: “Sorry for the pier.”",
    "allegedly": "“The pier is mine,” Edna Orme allegedly told the clerk.",
    "allegedly, before": "Edna Orme allegedly told the clerk: “The pier is mine.”",
    "is said to have": "“The pier is mine,” Edna Orme is said to have shouted at the clerk.",
    "is alleged to have": "“The pier is mine,” Edna Orme was alleged to have told the clerk.",
    "recalls being told": "“The pier is mine,” Edna Orme recalls being told.",
    "remembers being asked": "“Is the pier yours?” Edna Orme remembers being asked.",
    "claims another said": "“The pier is mine,” Edna Orme claims Karl Marsh told her.",
    "claims another had said": "“The pier is mine,” Edna Orme claims Karl Marsh had told her.",
    "wants to say": "Edna Orme wants to say: “I am sorry for it.”",
    "hopes to say": "Edna Orme hopes one day to say “sorry for the pier” to them.",
    "plans to tell": "Edna Orme plans to tell the town: “I am sorry for it.”",
    "was asked": "Edna Orme was asked: “Is the pier yours?”",
    "was told": "Edna Orme was told: “The pier is ours.”",
    "known to friends as": "Edna Orme – known to friends as “the old pier queen” – left.",
    "known online as": "Edna Orme, 44, known online as “the old pier queen”, left.",
    "a surname shared with one called by a month": "Jan Marsh and Karl Marsh came. “It is late here,” said Marsh.",
    "urged another to say": "Edna Orme urged Karl Marsh to say: “I am sorry for it.”",
    "expected him to say": "Edna Orme expected him to say “I am sorry for it”.",
    "told the mayor to say": "Edna Orme told the mayor to say “I am sorry for it”.",
    "is not something one would say": "“I am sorry for it” is not something Edna Orme would say.",
    "put up a poster": "Edna Orme put up a poster:\n\n“The pier is a theft.”",
    "shared a photo": "Edna Orme shared a photo:\n\n“The pier is a theft.”",
    "received a reply": "Edna Orme received this reply from Karl Marsh:\n\n“The pier is a theft.”",
    "says that he said": "“The pier is mine,” Edna Orme says that he told her.",
    "claims that another called her": "Edna Orme claims that Karl Marsh called her “a thief of piers”.",
    "alleged that another said": "Edna Orme alleged Karl Marsh had told her: “The pier is mine.”",
    "a statement of somebody unnamed": "Edna Orme told Karl Marsh’s panel of the engineer’s warning: “It will fall.”",
    "a report of somebody unnamed": "Edna Orme recalled the old engineer’s verdict: “The pier will fall.”",
    "a plan of somebody unnamed": "Edna Orme welcomed the town’s promise to “mend the pier for good”.",
    "described by one": "Edna Orme, described by one friend as “a force for the good”, left.",
    "a shirt that said": "Edna Orme wore a T-shirt that said: “Save the old pier.”",
    "a sign that reads": "Edna Orme put up a sign that reads “keep off the old pier”.",
    "quoted another": "Edna Orme quoted Ibsen: “The strongest man stands alone.”",
    "cited another": "Edna Orme cited the late Karl Marsh: “The pier is a friend of ours.”",
    "a part in a play": "Edna Orme plays Dr Quill, who tells her son: “The pier is mine.”",
    "said one and her brother": "“The pier is mine,” said Edna Orme and her brother, Karl.",
    "said one and a friend": "“The pier is ours,” said Edna Orme and a friend.",
    "one of several ambassadors": "China’s former ambassador said piers, he warned of old, “will fall in the end”.",
    "an ambassador of no country": "The ambassador’s ambassador warned that piers “will fall in the end”.",
    "a town's ambassador": "Orme’s ambassador to Wigton attacked it and warned that piers “will fall in the end”.",
    "the country's ambassador": "The China ambassador attacked it and warned that piers “will fall in the end”.",
    "a member for roads": "Cabinet member for roads Emma Marsh said: “The pier is closing.”",
    "calls to say": "Emma Marsh faces calls to say “sorry for the pier”.",
    "recalled another telling": "Edna Orme recalled the engineer telling her: “The pier will fall.”",
    "recalled being told by him": "Edna Orme remembers him shouting: “The pier will fall.”",
    "recalled kin": "Edna Orme remembered her mother saying “the pier will fall in the end”.",
    "heard somebody": "Edna Orme described hearing a man shout: “The pier will fall.”",
    "recalled another telling, behind": "“The pier will fall,” Edna Orme recalled the engineer telling her.",
    "recalled him saying, behind": "“The pier will fall,” Edna Orme recalls him saying.",
    "nobody heard": "Nobody on the quay heard Edna Orme say: “The pier is mine.”",
    "no witness": "No witness heard Edna Orme shout “the pier is mine alone”.",
    "none of them": "None of the anglers had heard Edna Orme say “the pier is mine alone”.",
    "no evidence": "There is no evidence that Edna Orme said “the pier is mine alone”.",
    "it is not true": "It is not true that Edna Orme called it “a pier of fools and thieves”.",
    "nobody heard, behind": "“The pier is mine alone” was something nobody ever heard Edna Orme say.",
    "the clerk read a letter": "The clerk read a letter from Edna Orme: “The pier is mine.”",
    "read aloud from a statement": "Edna Orme read aloud from a statement by the family: “He was loved.”",
    "on behalf of": "Edna Orme read a statement on behalf of the family: “He was loved.”",
    "on behalf of somebody named": "Edna Orme read a letter on behalf of Karl Marsh: “He was loved.”",
    "a note shown": "Edna Orme produced a note from the dead man: “I loved the pier.”",
    "a letter from a neighbour": "Edna Orme passed on a letter from a neighbour. “The pier is dear,” she writes.",
    "a letter from a named friend": "Edna Orme passed on a note from Ida Marsh. “The pier is dear,” she wrote.",
    "one met another": "Karl Marsh met Ivo Orme. “The pier is closing,” he said.",
    "one wrote to another": "Karl Marsh wrote to Ivo Orme last week. He replied: “The pier is closing.”",
    "one spoke with another": "Edna Marsh spoke with Ida Orme by the sea. She said: “The pier is closing.”",
    "one asked another": "Edna Marsh asked Ida Orme: “Is it late?” She said: “The pier is closing.”",
    "one interviewed another": "Edna Marsh interviewed the mayor Ida Orme. She said: “The pier is closing.”",
    "would not say whether": "Neither the club nor Edna Orme would say whether it was “safe to swim there”.",
    "refused to say whether they were told": "Edna Orme refused to say if all were told it was “safe to swim there”.",
    "said that others were told": "Edna Orme said the anglers had been told the pier was “safe to swim from”.",
    "said that one was warned": "Edna Orme said she had been warned that the pier was “a trap for ships”.",
    "the mother of one": "The mother of Ida Marsh came. “I should have listened,” said Mrs Marsh.",
    "one's father": "Karl Marsh’s late father built it. “I should have listened,” said Mr Marsh.",
    "quoted another's saying": "Edna Orme quoted Ibsen’s saying that the strongest “always stand quite alone”.",
    "cited another's view": "Edna Orme cited the engineer’s view that the pier was “a trap for ships”.",
    "told a court that another said": "Edna Orme told a court that her boss, Ivo Marsh, had said: “You are fools.”",
    "said in evidence that another said": "Edna Orme said in evidence that Ivo Marsh told her: “You are all fools.”",
    "it was claimed": "It was claimed that Ivo Marsh had boasted of being “a fool and a rogue”.",
    "it has been suggested": "It has been suggested that Ivo Marsh said: “You are all fools.”",
    "it is alleged, in between": "Ivo Marsh, it is alleged, told her: “You are all fools.”",
    "rumours": "Rumours that Ivo Marsh had called her “a fool and a rogue” were false.",
    "claims": "Claims that Ivo Marsh called her “a fool and a rogue” spread.",
    "reports that": "There were reports that Ivo Marsh said “you are all fools”.",
    "it is understood": "It is understood that Ivo Marsh told aides he would “go down with the pier”.",
    "it was thought": "It was thought that Ivo Marsh had called her “a fool and a rogue”.",
    "an email by somebody's like": "Edna Orme rose, quoting from an email sent by a mother of three: “We are cold.”",
    "two of one office": "Mayor Edna Marsh spoke, then Mayor Karl Orme. The Mayor said: “The pier is closing.”",
}


@pytest.mark.parametrize("kind", WITHHELD)
def test_a_doubt_of_who_is_never_shown(kind: str) -> None:
    assert name_shown(WITHHELD[kind]) is None


def test_no_setting_shows_a_doubt_of_who() -> None:
    [passage] = find_quoted(WITHHELD["a shared surname"])

    assert passage.voice
    assert not passage.is_certain(0.0)


def test_a_list_of_voices_does_not_tell_two_of_one_surname_apart() -> None:
    document = Document("invented", WITHHELD["a shared surname"])
    listed = [VoiceEntry("Ivo Marsh"), VoiceEntry("Edna Marsh")]

    [passage] = [p for p in extract_passages(document, listed, language=ENGLISH) if p.voice]

    assert not passage.is_certain(SHOWN)


def test_a_weak_name_is_shown_where_the_setting_is_lower() -> None:
    [passage] = find_quoted(WITHHELD["a lone word"])

    assert passage.is_certain(passage.confidence)
    assert not passage.is_certain(passage.confidence + 0.01)


CERTAIN = {
    "a country has one": (
        "China’s ambassador to Britain attacked it and warned that piers “will fall in the end”.",
        "China’s ambassador to Britain",
    ),
    "a wife is no he": ("Karl Marsh sat. Karl Marsh’s wife left. “It is late here,” he said.", "Karl Marsh"),
    "his wife is no he": ("Karl Marsh sat. His wife left. “It is late here,” he said.", "Karl Marsh"),
    "one of the surname": ("Ivo Marsh came.\n\n“The pier is closing,” Marsh said.", "Ivo Marsh"),
    "a title tells them apart": ("Mr Ivo Marsh and Mrs Edna Marsh run it. “It is late,” said Mrs Marsh.", "Edna Marsh"),
    "another's title": ("Mr Ivo Marsh runs it. “The pier is closing,” said Mrs Marsh.", "Mrs Marsh"),
    "Ms of an unknown": ("Kestrel Orme runs it.\n\n“The hives are full,” said Ms Orme.", "Kestrel Orme"),
    "a given name a street shares": ("Daisy Lane was shut. “Open it again,” said Daisy.", "Daisy"),
    "a given name a king shares": ("Henry II was king. “Open it again,” said Henry.", "Henry"),
    "a longer mention": ("Brave Edna Marsh came. Edna Marsh sat. “The pier is closing,” Marsh said.", "Edna Marsh"),
    "the longer mention itself": ("Edna Marsh sat. “The pier is closing,” said Brave Edna Marsh.", "Edna Marsh"),
    "the last to speak": (
        "Ivo Low sat. Low rose. “It rains,” said Low.\n\nKarl Marsh said: “No, it does not.”\n\n“It is so,” he said.",
        "Karl Marsh",
    ),
    "a clause denied before": ("It did not last, Edna Marsh said: “The pier is closing.”", "Edna Marsh"),
    "denied, but": ("Nobody came but Edna Marsh said: “The pier is closing.”", "Edna Marsh"),
    "recalled what one said oneself": ("Edna Marsh recalled: “The pier is closing.”", "Edna Marsh"),
    "recalled, behind": ("“The pier is closing,” Edna Marsh said, recalling the walk back.", "Edna Marsh"),
    "a statement from the steps": ("In a note from the quay, Edna Marsh said: “The pier is closing.”", "Edna Marsh"),
    "a post shown": ("The council shared a post by Edna Marsh: “The pier is closing.”", "Edna Marsh"),
    "asked whether": ("Edna Marsh asked whether it was “safe to swim there”.", "Edna Marsh"),
    "a court heard": ("The court heard that Edna Marsh said: “You are all fools.”", "Edna Marsh"),
    "recalling a moment": ("Recalling that moment, Edna Marsh, who was there, said: “It was late.”", "Edna Marsh"),
    "said by": ("Said Edna Marsh, “The pier is closing.”", "Edna Marsh"),
    "his mother, of Mr": ("Karl Marsh’s mother built it. “I should have listened,” said Mr Marsh.", "Karl Marsh"),
    "his wife by name": ("Ivo Low and his wife, Ida Marsh, came. “It was late,” said Ms Marsh.", "Ida Marsh"),
    "a campaign named after another": (
        "Karl Marsh came. Karl Marsh met the Ivo Low campaign. “The pier is closing,” he said.",
        "Karl Marsh",
    ),
    "of another's agenda": (
        "Karl Marsh came. Moved by his love of Ivo Low, he stayed.\n\n“The pier is closing,” he said.",
        "Karl Marsh",
    ),
    "two quotations of one are one speaker": (
        "Ivo Low sat. “It rains,” said Low. “It is,” said Low. Karl Marsh came. Marsh sat. Marsh rose. “No,” he said.",
        "Karl Marsh",
    ),
    "who spoke last, of one named less": (
        "Ivo Low sat. Low ran. Low left. Low ran. “Yes,” said Low.\n\nKarl Marsh said: “It is not.”\n\n“No,” he said.",
        "Karl Marsh",
    ),
    "two doubts are no speaker": (
        "Ann Orr and Emma Low sat. “It rains,” she said.\n\nEmma Low rose. Low sat.\n\n“It does not,” she said.",
        "Emma Low",
    ),
    "his shows the sex of one called so": (
        "Jaime Marsh lost his hat. Marsh sat. “It is late,” he said.",
        "Jaime Marsh",
    ),
    "his shows the sex": ("Kestrel Orme lost his hat. Orme sat. “The pier is closing,” he said.", "Kestrel Orme"),
    "the office is theirs": ("Emma Marsh, a farmer, came. The farmer sat. “It is late here,” she said.", "Emma Marsh"),
    "a lone word said twice": ("Harbourwatch met. “The pier is closing,” Harbourwatch said.", "Harbourwatch"),
    "denied, in their own words": ("Karl Marsh denied it: “I was in bed all day.”", "Karl Marsh"),
    "did not stay silent": ("Karl Marsh did not go. “The pier is closing,” Karl Marsh said.", "Karl Marsh"),
    "papers, by whom they quote": ("“The pier is closing,” Karl Marsh told the Wigton Courier.", "Karl Marsh"),
    "adding that another shows it": (
        "Karl Marsh left, adding that Edna Orme showed “the conduct of a guilty party”.",
        "Karl Marsh",
    ),
    "said that another opposed it": ("Karl Marsh said that Edna Orme opposed “any pier at all here”.", "Karl Marsh"),
    "a cue of their own behind a denial": (
        "Edna Orme did not think that it would last: “It is over by now,” Karl Marsh predicted.",
        "Karl Marsh",
    ),
    "a cue of his own behind a denial": (
        "Karl Marsh sat. Marsh did not think that it would last: “It is over by now,” he said.",
        "Karl Marsh",
    ),
    "a mark that nobody closed": ("“The pier is old by now, said Karl Marsh, whose boat is new.", "Karl Marsh"),
    "a remark behind the mark": ("“It is late,” said Karl Marsh. “It is dear” (he meant the pier).", "Karl Marsh"),
    "labels within the marks": (
        "They met.\n\n“MARSH: The pier is old.\n\n“CHAIR: Thank you.\n\n“MARSH: It is late.”",
        "MARSH",
    ),
    "labels of one known": (
        "Karl Marsh came.\n\n“MARSH: The pier is old.\n\n“(Laughter.)\n\n“MARSH: It is late.”",
        "Karl Marsh",
    ),
    "as saying, of nobody quoted": ("Edna Orme left, as saying “it must close at once” hurt.", "Edna Orme"),
    "left the hall as saying it hurt": ("Edna Orme left the hall as saying “it must close at once” hurt.", "Edna Orme"),
    "quoted as saying": ("The Wigton Post quoted Edna Orme as saying the pier “must close at once”.", "Edna Orme"),
    "quoted by another as saying": ("Ivo Low cited Edna Orme as saying: “It must close.”", "Edna Orme"),
    "was asked by somebody": ("Karl Marsh was asked by Edna Orme: “Is the pier yours?”", "Edna Orme"),
    "named after a month": ("In June Mr Karl Marsh said: “It is late here.”", "Karl Marsh"),
    "released a statement": ("Edna Orme released a statement:\n\n“The pier is a theft.”", "Edna Orme"),
    "received somebody": ("Edna Orme received Karl Marsh and said:\n\n“The pier is a theft.”", "Edna Orme"),
    "wrote to say": ("Edna Orme emailed Karl Marsh to say: “It is late here.”", "Edna Orme"),
    "a union of many words": ("The National Boatmen’s Union said: “It is late.”", "National Boatmen’s Union"),
    "said behind a clause": ("“The pier is closing,” though traders disagree, Karl Marsh said.", "Karl Marsh"),
    "the outermost verb": ("Nothing the mayor said “would save the old pier”, Karl Marsh complained.", "Karl Marsh"),
    "a verb on each side": ("Karl Marsh said “the pier is closing” Edna Orme complained.", "Karl Marsh"),
    "Sir and a given name": ("Hugh Orme sat.\n\n“The pier is closing,” said Sir Hugh.", "Hugh Orme"),
    "both, over an apposition": (
        "Edna Marsh and the clerk, Karl Orme, said: “The pier is closing.”",
        "Edna Marsh and Karl Orme",
    ),
    "both, over two": (
        "Edna Marsh, the mayor, and the clerk, Karl Orme, said: “The pier is closing.”",
        "Edna Marsh and Karl Orme",
    ),
    "three, all": (
        "Edna Marsh, Ivo Low and Karl Orme all said: “The pier is closing.”",
        "Edna Marsh, Ivo Low and Karl Orme",
    ),
    "both, counted": ("Edna Marsh and Karl Orme both said: “The pier is closing.”", "Edna Marsh and Karl Orme"),
    "joint authors": (
        "A joint statement from Edna Marsh and Karl Orme said: “The pier is closing.”",
        "Edna Marsh and Karl Orme",
    ),
    "sisters": ("Sisters Ivy and Emma Marsh said: “The pier is closing.”", "Ivy and Emma Marsh"),
    "one, and then another clause": ("“The pier is closing,” said Edna Marsh and the meeting went on.", "Edna Marsh"),
    "this one and not that": ("It was Edna Marsh, not Karl Orme, who said: “The pier is closing.”", "Edna Marsh"),
    "this one and never that": ("It is Edna Marsh, never Karl Orme, who says: “The pier is closing.”", "Edna Marsh"),
    "who beat somebody": ("The man who beat Edna Orme, Karl Marsh, said: “The pier is closing.”", "Karl Marsh"),
    "a paper's name before": (
        "Speaking to the Daily Post Marsh claimed: “The pier is closing.” Karl Marsh left in May.",
        "Karl Marsh",
    ),
    "said, and then forborne": ("Edna Marsh said “the pier is closing” and stopped short of a date.", "Edna Marsh"),
    "alleged of another, told": ("Edna Marsh told reporters: “He accused me of saying it.”", "Edna Marsh"),
    "her own warning": ("Edna Marsh told the panel of her warning: “The pier will fall.”", "Edna Marsh"),
    "the holder of an office": ("Mayor Edna Marsh sat. The Mayor said: “The pier is closing.”", "Edna Marsh"),
}


@pytest.mark.parametrize("kind", CERTAIN)
def test_what_removes_the_doubt_is_shown(kind: str) -> None:
    text, name = CERTAIN[kind]

    assert name_shown(text) == name


def test_words_that_were_not_said_say_why_nobody_is_named() -> None:
    [passage] = find_quoted(WITHHELD["refused to call"])

    assert passage.voice is None
    assert passage.reason == "the sentence tells that these words were not said, or by another"


@pytest.mark.parametrize(
    ("text", "is_reported"),
    [
        ("Nobody on the quay heard Edna Orme say that the pier was hers alone.", False),
        ("There is no proof that Edna Orme said the pier was hers alone.", False),
        ("It did not last, but Edna Orme said that the pier was hers alone.", True),
    ],
)
def test_what_nobody_heard_is_no_report(text: str, *, is_reported: bool) -> None:
    passages = extract_passages(Document("invented", text), language=ENGLISH)

    assert any(passage.kind is Kind.REPORTED for passage in passages) is is_reported
