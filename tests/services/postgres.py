"""A real PostgreSQL on loopback, in a folder of its own.

python -m tests.services.postgres        start one, print its address, end with the input
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.services import processes
from tests.services.jars import ServiceError

# The server refuses root; Debian's package brings this user.
_USER = "postgres"
_START_SECONDS = 60


class PostgresServer:
    """A server with nothing in it.

    With `durable`, what was committed survives `kill`: wanted by tests of what is lost.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._programs = _find_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._user = None
        if os.geteuid() == 0:
            entry = pwd.getpwnam(_USER)
            self._user = entry.pw_uid
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)
        self._fsync = "on" if durable else "off"
        self._port = processes.free_ports(1)[0]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def create(self) -> None:
        """Lay out an empty database."""
        command: list[str | Path] = [
            *(self._programs / "initdb", "--pgdata", self._folder / "data", "--username=postgres"),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ]
        if processes.start(command, self._output, self._user).wait(_START_SECONDS):
            raise ServiceError(f"initdb: {processes.tail(self._output)}")

    def start(self) -> None:
        """Start the server, perhaps again, and wait until it answers."""
        self.process = processes.start(
            [
                *(self._programs / "postgres", "-D", self._folder / "data"),
                # No socket folder is wanted.
                *("-h", "127.0.0.1", "-p", str(self._port), "-k", ""),
                *("-c", f"fsync={self._fsync}", "-c", "shared_buffers=32MB"),
            ],
            self._output,
            self._user,
        )
        until = time.monotonic() + _START_SECONDS
        ready: list[str | Path] = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        while subprocess.run(ready, check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > until:
                raise ServiceError(f"PostgreSQL: {processes.tail(self._output)}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a crash would: at once, to recover at the next start."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    def hang(self) -> None:
        """Stop it and all its sessions: they take connections and say nothing."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, cutting its sessions off, and remove what it kept."""
        if self.process:
            self.wake()
            processes.stop(self.process, signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _output(self) -> Path:
        return self._folder / "output.txt"

    def _signal(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            own = self.process.pid
            children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii")
            for pid in (own, *map(int, children.split())):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def __enter__(self) -> Self:
        try:
            self.create()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _find_programs() -> Path:
    """Return the folder of the newest server here; Debian keeps it off the PATH."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )
    if not (found := on_path + debian):
        raise ServiceError("PostgreSQL's server is not here; install it (Debian: apt-get install postgresql)")
    return found[0]


if __name__ == "__main__":
    with PostgresServer() as server:
        print(server.url, flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            sys.stdin.read()
