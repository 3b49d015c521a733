"""Makes this folder with the bot of commit 4131b31, and is kept to tell how it was made.

It runs in a checkout of that commit, with this file put in its place, and never since:
`python -m tests.reading_before.make_fixture`. What the bot of that day showed and withheld stands in `state`, as it
read the documents of `corpus`: with the marks of Markdown among the words, sentences that end at "hon.", and letters
that a member reads out in the member's own voice.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from bot import bootstrap
from bot.settings import Settings

HERE = Path(__file__).parent

MANIFEST = """\
title = "The Ludd weir (invented example)"
motion = "Ludd should mend its weir"
language = "english"
curator = "the tests"
basis = "invented"
"""
ARTICLE = """\
+++
title = "Weir gone (invented example)"
publisher = "The Ludd Courier (invented)"
date = "2024-05-01"
+++
Norah Tibbs, keeper of the weir, said: “The weir is *rotten* and it **will fall** before the winter floods.”

Piers Holt, a baker, said: “The *mill* has stood without a weir for forty years and sold its flour.”
"""
RECORD = """\
<publicwhip latest="yes">
<major-heading id="uk.org.publicwhip/debate/2024-05-02a.1.0">Weirs</major-heading>
<speech id="uk.org.publicwhip/debate/2024-05-02a.1.1" speakername="Orla Venn" person_id="uk.org.publicwhip/person/1">
<p>I thank my hon. Friend the Member for Ludd, who knows that eels need a ladder at every weir.</p>
<p>A lock keeper wrote to me about the sluice:</p>
<p class="indent" pwmotiontext="yes">I slept beside the sluice for three weeks and nobody asked me why.</p>
<p>The surveyor told us, “The sluice gates are cracked from top to bottom.” I agree with the surveyor on the gates.</p>
</speech></publicwhip>
"""
SHOWN = {
    "a Markdown quote": "Is the weir rotten?",
    "another Markdown quote": "Has the mill sold flour?",
    "a sentence with hon.": "Do eels need a ladder?",
    "a letter": "Who slept beside the sluice?",
    "words quoted in a turn": "Are the sluice gates cracked?",
}
WITHHELD = ("a Markdown quote", "a letter")


async def main() -> None:
    corpus, state = HERE / "corpus" / "weir", HERE / "state"
    shutil.rmtree(HERE / "corpus", ignore_errors=True)
    shutil.rmtree(state, ignore_errors=True)
    corpus.mkdir(parents=True)
    for name, content in {"corpus.toml": MANIFEST, "courier.md": ARTICLE, "debates2024-05-02a.xml": RECORD}.items():
        (corpus / name).write_text(content, "utf-8")
    settings = Settings(corpus="weir", corpora_folder=HERE / "corpus", state_folder=str(state))
    service = await bootstrap.build_service(settings)
    shown = {}
    for kind, question in SHOWN.items():
        await service.ask(question)
        quote = service.answer(question).quotes[0].quote
        shown[kind] = {"id": quote.id, "text": quote.text, "question": question}
    for kind in WITHHELD:
        await service.admin.hold(f"{shown[kind]['id']} disputed")
        shown[kind]["withheld"] = "disputed"
    (HERE / "shown.json").write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
