"""The warmed process and the processes that it forks, as their driver sees them; see `warm` for the other side."""

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jiaokou.execution.warm import SIZE

SERVER = Path(__file__).with_name("warm.py")

# In force while the warmed process imports, never in a kernel's own environment: helper threads of these libraries
# would be lost in a fork, and starting them takes time; and ipykernel's debugger has nothing to warn of.
_WHILE_WARMING = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
REPRODUCIBLE = {"PYTHONHASHSEED": "0"}
"""In the environment of a publication's kernels: a set has the same order in each."""

# What the interpreter and libraries read from the environment once and for all, by how its name begins.
_READ_AT_IMPORT = ("HOME", "LANG", "LC_", "PLOTLY_", "PYTHON", "TZ", "XDG_")


CAN_FORK = sys.platform == "linux"


class WarmServer:
    """The warmed process as its driver sees it; see `jiaokou.execution.warm` for what they say to each other."""

    def __init__(self, options: Sequence[str], environment: Mapping[str, str], *, prepared: bool) -> None:
        """Start it, with an interpreter's options; it warms up while this process goes on.

        If it is to be `prepared`, its kernels are made before they are forked, and know no user's configuration.
        """
        # Run by its path: importing it by name would import the library first. The folder that it is started in must
        # not be searched for modules.
        code = "import runpy, sys; del sys.path[0]; runpy.run_path(sys.argv[1], run_name='__main__')"
        flags = ["prepared"] if prepared else []
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *options, "-c", code, str(SERVER), str(theirs.fileno()), *flags],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**environment, **_WHILE_WARMING},
            )

        weakref.finalize(self, _stop, self._process, self._channel)

    @property
    def number(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    async def warmed(self) -> None:
        """Wait until it has warmed up."""
        await _readable(self._channel.fileno())  # for good: what it has sent is never read

    def fork(self, order: Mapping[str, Any], stdout: int, stderr: int) -> "ForkedProcess":
        """A new kernel process that carries out `order`; its number is known as soon as the server has forked."""
        status, status_end = os.pipe()
        connection, theirs = socket.socketpair()
        try:
            socket.send_fds(self._channel, [b"k"], [status_end, theirs.fileno(), stdout, stderr])
        except OSError:
            os.close(status)
            connection.close()
            raise
        finally:
            os.close(status_end)
            theirs.close()
        content = json.dumps(order).encode()
        connection.sendall(len(content).to_bytes(SIZE, "big") + content)
        return ForkedProcess(self, status, connection)


def _stop(process: "subprocess.Popen[bytes]", channel: socket.socket) -> None:
    channel.close()
    process.kill()
    process.wait()


class ForkedProcess:
    """What `LocalProvisioner` needs of a `subprocess.Popen`, for a process that is not this one's child."""

    stdin = stdout = stderr = None

    def __init__(self, server: WarmServer, status: int, connection: socket.socket) -> None:
        self._server = server  # which has to live until it has told of the end
        self._status, self.connection = status, connection
        self._said = b""
        self.pid = 0
        self.returncode: int | None = None

    async def started(self) -> None:
        """Wait until the server has forked it."""
        while not self.pid:
            await _readable(self._status)
            self._read()
            if self.returncode is not None:
                raise RuntimeError("the warmed process ended before it could fork a kernel")

    async def ended(self) -> None:
        """Wait until it has ended."""
        while self.poll() is None:
            await _readable(self._status)

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        ready = select.poll()  # unlike select.select, at home with any descriptor's number
        ready.register(self._status, select.POLLIN)
        while self.returncode is None and ready.poll(0):
            self._read()
        return self.returncode

    def wait(self) -> int | None:
        """Its exit code; for a process that has ended."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process and those it has started, while its number is its own."""
        if self.poll() is None and self.pid:  # 0 would be this process's own group
            with contextlib.suppress(ProcessLookupError):
                try:
                    os.killpg(self.pid, signum)
                except ProcessLookupError:  # so young that it leads no group yet
                    os.kill(self.pid, signum)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Let go of it: it ends, if it has not."""
        os.close(self._status)
        self.connection.close()

    def _read(self) -> None:
        """Take in what the server says: the number, then the exit code; silence if the server itself has died."""
        heard = os.read(self._status, 64)
        self._said += heard
        number, *code = self._said.split(b"\n")[:-1] or [b"0"]
        self.pid = int(number)
        if code or not heard:
            self.returncode = int(code[0]) if code else -signal.SIGKILL


async def _readable(fd: int) -> None:
    """Wait until something can be read; on a copy, since an event loop has one reader for each descriptor."""
    loop, own, ready = asyncio.get_running_loop(), os.dup(fd), asyncio.Event()
    loop.add_reader(own, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(own)
        os.close(own)


def warm_up() -> None:
    """Let the warmed process that `jiaokou publish` will need begin, while this one goes on importing."""
    if CAN_FORK:
        warm_server((), os.environ, prepared=True)


_latest: dict[tuple[object, ...], WarmServer] = {}


def warm_server(
    options: Sequence[str], environment: Mapping[str, str], *, prepared: bool = False
) -> WarmServer:
    """The warmed process for an interpreter's options and environment; started unless the latest one will do."""
    if prepared:
        environment = {**environment, **REPRODUCIBLE}
    read = sorted(item for item in environment.items() if item[0].startswith(_READ_AT_IMPORT))
    key = (prepared, *options, *map("=".join, read))
    if key not in _latest or not _latest[key].runs:
        _latest.clear()
        _latest[key] = WarmServer(options, environment, prepared=prepared)
    return _latest[key]
