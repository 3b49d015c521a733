"""What a server needs that a test starts: a free port, and an end no later than the test's own."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STOP_SECONDS = 15


def free_ports(count: int) -> list[int]:
    """Return `count` ports of loopback that nobody listens at now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def start(command: list[str | Path], output: Path, user: int | None = None) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches the tests, which end it."""
    with output.open("ab") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd=output.parent,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            preexec_fn=_die_with_parent,  # noqa: PLW1509  it makes one call and takes no lock
        )


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """End `process`, gently if it lets itself be."""
    if process.poll() is None:
        # One that was stopped takes no other signal.
        process.send_signal(signal.SIGCONT)
        process.send_signal(number)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(output: Path) -> str:
    """Return the last words of a server."""
    return output.read_text(errors="replace")[-2000:] if output.is_file() else "no output"


def _die_with_parent() -> None:
    """Ask Linux to kill this process when the tests end, however they end."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
