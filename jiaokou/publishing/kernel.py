"""The fast kernel: forked from a warmed process instead of started, and otherwise the stock ipykernel.

A kernel's outputs do not depend on which of the two it is. `WarmProvisioner` is listed as the kernel provisioner
``jiaokou``, so that whatever starts kernels through jupyter_client (papermill, nbclient, Jupyter servers and their
schedulers) can have it by naming it in a kernelspec; `WarmKernelManager` names it for the kernels it starts.
Where a process cannot be forked safely (Windows, macOS), and for kernels that are not this interpreter's ipykernel, it
starts stock kernels and says so once in the log.
"""

import asyncio
import contextlib
import copy
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type

CAN_FORK = sys.platform == "linux"
LAUNCHER = "ipykernel_launcher"
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
# What the interpreter and libraries read from the environment once and for all, by how its name begins.
_READ_AT_IMPORT = ("HOME", "LANG", "LC_", "PLOTLY_", "PYTHON", "TZ", "XDG_")


class WarmServer:
    """The warmed process as its driver sees it; see `jiaokou.publishing.warm` for what they say to each other."""

    def __init__(self, options: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it, with an interpreter's options; it warms up while this process goes on."""
        # Run by its path: importing it by name would import the library first. The folder that it is started in must
        # not be searched for modules.
        code = "import runpy, sys; del sys.path[0]; runpy.run_path(sys.argv[1], run_name='__main__')"
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *options, "-c", code, str(SERVER), str(theirs.fileno())],
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
        order_end, orders = os.pipe()
        try:
            socket.send_fds(self._channel, [b"k"], [status_end, order_end, stdout, stderr])
        finally:
            os.close(status_end)
            os.close(order_end)
        with open(orders, "wb", buffering=0, closefd=False) as stream:
            stream.write(json.dumps(order).encode() + b"\n")
        return ForkedProcess(self, status, orders)


def _stop(process: "subprocess.Popen[bytes]", channel: socket.socket) -> None:
    channel.close()
    process.kill()
    process.wait()


class ForkedProcess:
    """What `LocalProvisioner` needs of a `subprocess.Popen`, for a process that is not this one's child."""

    stdin = stdout = stderr = None

    def __init__(self, server: WarmServer, status: int, orders: int) -> None:
        self._server = server  # which has to live until it has told of the end
        self._status, self._orders = status, orders
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
        while self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self) -> int | None:
        """Its exit code; for a process that has ended."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process and those it has started, while its number is its own."""
        if self.poll() is None:
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
        for fd in (self._status, self._orders):
            os.close(fd)

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


_latest: dict[tuple[str, ...], WarmServer] = {}


def warm_server(options: Sequence[str], environment: Mapping[str, str]) -> WarmServer:
    """The warmed process for an interpreter's options and environment; started unless the latest one will do."""
    read = sorted(item for item in environment.items() if item[0].startswith(_READ_AT_IMPORT))
    key = (*options, *map("=".join, read))
    if key not in _latest or not _latest[key].runs:
        _latest.clear()
        _latest[key] = WarmServer(options, environment)
    return _latest[key]


class WarmProvisioner(LocalProvisioner):
    """Provides kernels by forking the warmed process, and by starting them where that cannot be."""

    process: Any = None  # a `ForkedProcess`, or the `subprocess.Popen` of a stock kernel

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that runs as `cmd` would; takes `env`, `cwd`, `stdout` and `stderr` as `subprocess` does."""
        if reason := cannot_fork(cmd):
            _say_once(f"{reason}: kernels are started afresh, which takes longer")
            return await super().launch_kernel(cmd, **kwargs)
        module = cmd.index("-m")
        launcher = find_spec(LAUNCHER)
        order = {
            "argv": [launcher.origin if launcher else LAUNCHER, *cmd[module + 2 :]],
            "cwd": str(Path(kwargs.get("cwd") or ".").absolute()),
            "env": {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())},
        }
        server = warm_server(cmd[1:module], kwargs["env"])
        streams = [kwargs.get(name) for name in ("stdout", "stderr")]
        self.process = server.fork(order, *(own if fd is None else fd for own, fd in enumerate(streams, 1)))
        await self.process.started()
        self.pid, self.pgid = self.process.pid, None  # signals go through the process, which knows its group
        self.cwd = order["cwd"]
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel has ended; its exit code."""
        forked = self.process
        if not isinstance(forked, ForkedProcess):
            return await super().wait()
        await forked.ended()
        self.process = None
        forked.close()
        return forked.returncode

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and be back once it has ended."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            await self.process.ended()

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Let the kernel end by itself; should that take it long, the manager sees to it."""
        if isinstance(self.process, ForkedProcess):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.ended(), timeout=1)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of a kernel that has ended by itself."""
        if isinstance(self.process, ForkedProcess):
            self.process.kill()
            await self.wait()
        await super().cleanup(restart)


def cannot_fork(cmd: Sequence[str]) -> str:
    """Why the kernel that `cmd` starts cannot be forked from the warmed process; empty if it can."""
    if not CAN_FORK:
        return f"a process cannot safely be forked on {sys.platform}"
    if cmd[0] != sys.executable or LAUNCHER not in cmd or "-m" not in cmd:
        return f"{cmd[0]} is not the ipykernel of this Python"
    return ""


@cache
def _say_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)


class WarmKernelClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is."""

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        """Open the channels; no heartbeat, since the manager knows whether the process lives."""
        super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives; what arrives later names what it belongs to."""
        deadline = time.monotonic() + (timeout or float("inf"))
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=0.2)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")


class WarmKernelManager(AsyncKernelManager):
    """A manager of a kernel of the warmed process."""

    client_factory = Type(WarmKernelClient, klass=AsyncKernelClient)

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernelspec that is asked for, provided by `WarmProvisioner`."""
        spec = copy.copy(super().kernel_spec)
        if spec is not None:
            spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": "jiaokou"}}
        return spec

    def client(self, **kwargs: Any) -> AsyncKernelClient:  # type: ignore[override]
        """A client in this manager's ZeroMQ context."""
        return super().client(context=self.context, **kwargs)
