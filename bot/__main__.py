"""`python -m bot`: run the command line and exit with its status."""

import sys

from bot.cli import main


def run() -> None:
    """Run the command `on-the-record`, as it is installed."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
