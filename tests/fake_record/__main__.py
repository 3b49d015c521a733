"""Run one of the bot's commands with the made record in the place of the internet.

python -m tests.fake_record gather "night tram" --corpus NAME
"""

from __future__ import annotations

import os
import sys

from bot.cli import main
from tests.fake_record.hansard import HOST, MEMBERS_HOST, make_hansard
from tests.fake_record.server import Record, serve


def run(arguments: list[str]) -> int:
    made = make_hansard(debates=12, contributions=20)
    os.environ.update({"BOT_FETCH": "true", "BOT_FETCH_RATE": "1000", "BOT_FETCH_WAIT": "0"})
    with serve(Record({HOST: made, MEMBERS_HOST: made})):
        return main(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
