"""What handlers do beside their replies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests import corpus_folders
from tests.corpus_folders import BOB, NEVER, QUESTION, UNSAFE, article
from tests.telegram.running import running

if TYPE_CHECKING:
    from tests.telegram.fake import FakeTelegram

OLGA = 1000  # the first person that the fake numbers
SAFE = "The bridge is safe, and was never unsafe in May."


async def test_every_admin_is_sent_an_alert_once_when_text_changed_in_memory(
    telegram: FakeTelegram, tmp_path: Path
) -> None:
    folder = corpus_folders.corpus(tmp_path)
    (folder / "b.txt").write_text(article(BOB.replace(NEVER, SAFE)), "utf-8")
    desk = await corpus_folders.desk(tmp_path)
    olga, ana = telegram.private("Olga"), telegram.private("Ana")
    # The fake knows no chat of the other admin's, so that message is refused.
    async with running(telegram, desk, 999, OLGA):
        document = desk.corpus.documents[0]
        object.__setattr__(document, "text", document.text.replace("unsafe", "secure"))
        ana.says(QUESTION)
        ana.says(QUESTION)

        answers = await ana.replies()

        [alert] = await olga.replies()
    assert len(answers) == 2
    assert all(SAFE in answer.text and UNSAFE not in answer.text for answer in answers)
    assert alert.text.startswith("Corpus bridge: some quotes are no longer shown")
