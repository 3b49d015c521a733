"""The way of one question: our files and functions that it passes, and the deepest chain of them.

python tests/benchmarks/trace.py [QUESTION]

Traced from the typed line to the HTML of the reply, on the bundled corpus, in one thread, for the
thread that searches would cut the chain in two. Status 1 past 28 files or 14 frames.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from collections.abc import Callable
from types import CodeType, FrameType

from bot import bootstrap
from bot.replies.html import render_messages
from bot.replies.reply import Command
from bot.service import Service, commands
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
OURS = f"{ROOT / 'bot'}/"
MAX_FILES, MAX_DEPTH = 28, 14
TELEGRAM_LIMIT = 4096


class Trace(NamedTuple):
    """Calls of our own functions, and the longest chain of them, outermost first."""

    calls: Counter[CodeType]
    chain: list[CodeType]

    @property
    def files(self) -> list[str]:
        """The files passed, in the order of their names."""
        return sorted({code.co_filename.removeprefix(OURS) for code in self.calls})


def trace_question(question: str) -> Trace:
    """Ask a service that has answered other questions, so that nothing is loaded on the way."""
    to_thread = asyncio.to_thread
    asyncio.to_thread = _run_inline  # type: ignore[assignment]
    asked = asyncio.run(bootstrap.build_service(Settings()))
    asyncio.run(_ask(asked, "Are children scanned?"))
    asyncio.run(_ask(asked, "arguments for and against"))
    trace = Trace(Counter(), [])

    def record(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and _is_ours(frame.f_code):
            trace.calls[frame.f_code] += 1
            chain = _list_chain(frame)
            if len(chain) > len(trace.chain):
                trace.chain[:] = chain

    sys.setprofile(record)
    try:
        asyncio.run(_ask(asked, question))
    finally:
        sys.setprofile(None)
        asyncio.to_thread = to_thread
    return trace


async def _run_inline(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


async def _ask(asked: Service, question: str) -> list[str]:
    reply = await commands.run_command(asked, Command.parse(question))
    return render_messages(reply, TELEGRAM_LIMIT, lambda quote_id: quote_id)


def _is_ours(code: CodeType) -> bool:
    # A comprehension is part of the function that it stands in.
    return code.co_filename.startswith(OURS) and (not code.co_name.startswith("<") or code.co_name == "<lambda>")


def _list_chain(frame: FrameType | None) -> list[CodeType]:
    chain: list[CodeType] = []
    while frame:
        if _is_ours(frame.f_code):
            chain.append(frame.f_code)
        frame = frame.f_back
    return chain[::-1]


def main(arguments: list[str]) -> int:
    """Print the trace, and return whether it is too long."""
    trace = trace_question(arguments[0] if arguments else "What about privacy?")
    print(*trace.files, sep="\n")
    print("\ndeepest chain:")
    for code in trace.chain:
        print(f"  {code.co_filename.removeprefix(OURS)} {code.co_qualname}")
    print(
        f"\nfiles {len(trace.files)} (at most {MAX_FILES}), deepest {len(trace.chain)} "
        f"(at most {MAX_DEPTH}), functions {len(trace.calls)}, calls {trace.calls.total()}"
    )
    return int(len(trace.files) > MAX_FILES or len(trace.chain) > MAX_DEPTH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
