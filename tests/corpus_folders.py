"""An invented debate in a folder, for tests that change it, break it and reload it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot import bootstrap
from bot.replies.reply import Reply
from bot.service import Service
from bot.settings import Settings
from bot.storage import filesystem as seam

DEBATE = """\
title = "The Testbury bridge (invented example)"
motion = "Testbury should mend the bridge"
language = "english"
curator = "the tests"
basis = "invented"
"""
SIDES = """
[[voices]]
name = "Ann Bell"
side = "for"

[[voices]]
name = "Bob Low"
side = "against"
"""
MANIFEST = DEBATE + SIDES
HEADER = """\
+++
title = "{title} (invented example)"
publisher = "The Test Gazette"
+++
"""
ANN = "Ann Bell, clerk at Testbury Council, said: “The bridge is unsafe, and was unsafe in May.”\n"
BOB = "Bob Low, a ferryman, said: “The ferry never closed for repairs in all my forty years.”\n"
CY = "Cy Orr, a baker, said: “My customers drive round by Harwick now, ten miles each way.”\n"

UNSAFE = "The bridge is unsafe, and was unsafe in May."
QUESTION = "Was the bridge unsafe in May?"
NEVER = "The ferry never closed for repairs in all my forty years."


def article(*paragraphs: str, title: str = "Bridge shut") -> str:
    """Return a document's file with these paragraphs."""
    return HEADER.format(title=title) + "\n".join(paragraphs)


def corpus(folder: Path, name: str = "bridge") -> Path:
    """Write the corpus of two documents below `folder`, and return its own folder."""
    found = folder / name
    found.mkdir(parents=True)
    (found / "corpus.toml").write_text(MANIFEST, "utf-8")
    (found / "a.txt").write_text(article(ANN), "utf-8")
    (found / "b.txt").write_text(article(BOB, title="Ferry open"), "utf-8")
    return found


def settings(folder: Path, **given: Any) -> Settings:
    """Return settings that serve the corpus that was written below `folder`."""
    return Settings(corpus="bridge", corpora_folder=folder, **given)


async def desk(folder: Path, **given: Any) -> Service:
    """Return a service that serves it."""
    return await bootstrap.build_service(settings(folder, **given))


def text(reply: Reply) -> str:
    """Return what the reply says, without its styles."""
    return "\n\n".join("".join(piece.text for piece in block) for block in reply.blocks)


def buttons(reply: Reply) -> dict[str, str]:
    """Return the commands of the reply's buttons, by label."""
    return {button.label: button.command for row in reply.buttons for button in row}


class Failing(seam.FileSystem):
    """A disk of which the n-th call fails; `calls` counts them, the failed one included."""

    def __init__(self, n: int, error: OSError | None = None) -> None:
        self.calls = 0
        self._n = n
        self._error = error or OSError(5, "Input/output error")

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or not callable(found):
            return found
        return self._counting(found)

    def _counting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            self.calls += 1
            if self.calls == self._n:
                if call.__name__ == "close":
                    # As Linux has it: the descriptor is gone whatever `close` says, and the lock on it.
                    call(*given)
                raise self._error
            return call(*given)

        return counted


PAGE = f"""\
<!doctype html><html><head><title>Bridge shut (invented)</title>
<meta property="og:site_name" content="The Test Gazette">
<meta property="article:published_time" content="2024-05-01"></head><body><nav>Home News</nav>
<article><h1>Bridge shut (invented)</h1><p>{ANN}</p><p>{CY}</p>
<p>Nobody at the council would say when the bridge will be open to lorries again.</p>
</article></body></html>
"""
LIST = """\
note = "Invented."
[[sources]]
title = "Bridge shut"
who = "The Test Gazette"
date = "2024-05-01"
url = "https://example.org/bridge"
positions = ["for", "evidence"]
facts = "It is shut."
checked = "read on 2 May 2024"
[[sources]]
title = "Bridge lost"
who = "The Test Herald"
url = "https://example.org/lost"
checked = "not read"
[[sources]]
title = "No address"
who = "Nobody"
checked = "not read"
"""


def file(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file to be added, outside the corpus."""
    path = folder.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def listing(folder: Path) -> dict[str, bytes]:
    """Return every file of the corpus, hidden ones too, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def shown(bridge: Service, question: str = QUESTION) -> str:
    """Ask, and return the id of the first quote."""
    await bridge.ask(question)
    return bridge.answer(question).quotes[0].quote.id
