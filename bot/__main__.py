"""`python -m bot`: run the command line and exit with its status."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

# The status that a shell gives a process that SIGINT ended.
EXIT_INTERRUPTED = 130


def run() -> None:
    """Run the command line and exit with its status; installed as the command `on-the-record`.

    Imported modules stay to the end. Looking for garbage while they load would take a fifth of the processor time of
    one `ask` (tests/benchmarks/second_start.py).
    """
    gc.disable()
    # numpy's linear algebra, which nothing here asks for, starts a thread for each core, that waits by spinning: 25 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Pydantic looks through all that is installed for plugins of its own, 7 ms of each start; none is used here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if sys.argv[1:2] == ["run"]:
        _handle_early_signals()
    try:
        main = _load_main()
        gc.freeze()
        gc.enable()
        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    # All that is left ends with the process. Looking for garbage among it once more takes 10 ms of CPU.
    gc.freeze()
    sys.exit(status)


def _load_main() -> Callable[[list[str]], int]:
    """Import the commands; where memory is too short for that, say so and exit."""
    try:
        main: Callable[[list[str]], int] = import_module("bot.cli").main
    except (MemoryError, SystemError):
        # Where memory runs out while C code is loaded the interpreter says that no exception was set.
        sys.stderr.write("bot: memory: there is not enough to start; give the process more\n")
        sys.exit(2)
    return main


def _handle_early_signals() -> None:
    """Let a supervisor stop a bot that starts, or have it reload: the surface takes over when it serves.

    SIGHUP waits until then. What was changed while a corpus was read is so read once more.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, _exit_at_once)


def _exit_at_once(*_: object) -> NoReturn:
    """End the process well, as the handler of a signal: until something is under way there is nothing to finish.

    An exception would be lost where it is raised in a callback of an import.
    """
    os._exit(0)


if __name__ == "__main__":
    run()
