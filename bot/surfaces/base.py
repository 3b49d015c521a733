'''The seam between a surface and everything else: what a surface declares, and how it is started.

A surface is one module or package of `bot/surfaces`, found by looking there. Its name there is its
name in the settings, `[surfaces.NAME]`; its command is `python -m bot COMMAND`. What it declares is
read by every command, so a heavy library is imported by `run` alone. A surface that answers lines
from a pipe as JSON would be all of this in `bot/surfaces/jsonlines.py`, and a function `answer_lines`:

    COMMAND = "jsonlines"
    VARIABLES = frozenset({"BOT_JSON_TOKEN"})
    SWITCHES = {"pages": "Add which page each reply is."}

    class Options(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)
        indent: int = 0

    def run(settings: Settings, options: Options, *, pages: bool = False) -> None:
        """Answer each line of stdin by a line of JSON."""
        asyncio.run(answer_lines(settings, options, pages))
'''

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, Protocol

from bot.settings import Settings

if TYPE_CHECKING:
    from pydantic import BaseModel


class Surface(Protocol):
    """A module or package of `bot/surfaces`; see the example above.

    `Options` is the pydantic model of its table in the settings: each option has a default, and
    any other name is refused; with `defer_build` its schema is built only once the surface runs.
    `VARIABLES` are the BOT_ variables that it reads from the
    environment by itself, such as secrets. `SWITCHES` are its command's own switches with their
    help; each that is given reaches `run` as True.
    """

    COMMAND: str
    VARIABLES: AbstractSet[str]
    SWITCHES: Mapping[str, str]
    Options: type[BaseModel]

    @staticmethod
    def run(settings: Settings, options: Any, **switches: bool) -> None:  # noqa: ANN401  an instance of its own `Options`
        """Serve until input ends or a signal comes; the first paragraph of this docstring is the command's help.

        It builds what it serves by itself: `bootstrap.build_service` for one corpus,
        `bootstrap.build_router` for all of them.

        Raises:
            BotError: it cannot start, in one line that says why.
        """
