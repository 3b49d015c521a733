"""`python -m bot`: run the command line and exit with its status."""

import gc
import os
import sys
from importlib import import_module


def run() -> None:
    """Run the command `on-the-record`, as it is installed.

    What is imported stays to the end. Looking for garbage among it, as it comes in, would take a fifth of the
    processor time of one `ask` (tests/benchmarks/second_start.py).
    """
    gc.disable()
    # numpy's linear algebra, which nothing here asks for, starts a thread for each core, that waits by spinning: 25 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Pydantic looks through all that is installed for plugins of its own, 7 ms of each start; none is used here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    main = import_module("bot.cli").main
    gc.freeze()
    gc.enable()
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
