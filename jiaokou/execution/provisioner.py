"""Kernels that are ready at once: the stock ipykernel, forked from a process that has imported what notebooks need.

The provisioner is listed as ``jiaokou``. Whatever starts kernels through jupyter_client (papermill, nbclient,
nbconvert, Jupyter servers and their schedulers) uses it where a kernelspec names it, or where the environment variable
``JUPYTER_DEFAULT_PROVISIONER_NAME`` does. Where a process cannot be forked safely (Windows, macOS), and for kernels
that are not this Python's ipykernel, kernels are started as ever, and the log says so once.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from multiprocessing.forkserver import ensure_running
from multiprocessing.util import Finalize
from typing import Any

import zmq
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from jiaokou.execution.environment import having
from jiaokou.execution.kernel_process import descriptor, launcher, run_kernel
from jiaokou.execution.scratch import scratch_folder

NAME = "jiaokou"
"""The provisioner's name among jupyter_client's entry points."""

_LAUNCHER = "ipykernel_launcher"
_WHILE_IMPORTING = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a fork would lose that thread
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # of what debuggers mind, there is nothing to warn
}
"""In the environment of the fork server alone; a kernel has its own."""
_LAST = -1000  # after `multiprocessing` has taken away what it made there
_LONGEST_PLACE = 40  # bytes: what is put behind it makes a socket's path of at most 100
_NO_MATTER = {"-Xfrozen_modules=off"}  # an option for debuggers, which ipykernel's kernelspec has


def can_fork() -> bool:
    """Whether processes are forked here."""
    return sys.platform == "linux"


class ForkingProvisioner(LocalProvisioner):
    """Provides kernels by forking a process that has imported everything, and by starting them where that cannot be."""

    process: Any = None  # a `ForkedProcess`, or the `subprocess.Popen` of a stock kernel

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that runs as `cmd` would; takes `env`, `cwd`, `stdout` and `stderr` as `subprocess` does."""
        reason = why_not_forked(cmd)
        if not reason:
            try:
                self.process = ForkedProcess.start(cmd, **kwargs)
            except (OSError, EOFError) as error:  # no memory, no descriptors, or the fork server died
                reason = f"no process could be forked ({type(error).__name__}: {error})"
        if reason:
            _say_once(f"{reason}: kernels are started afresh, which takes longer")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and be back once it has ended; the manager would look every tenth of a second."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            await self.process.ended()

    async def wait(self) -> int | None:
        """Wait until the kernel has ended, and end what it has left running; its exit code."""
        process = self.process
        if isinstance(process, ForkedProcess):
            await process.ended()
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        return await super().wait()


class ForkedProcess:
    """A process of the fork server, as `LocalProvisioner` knows it from `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, process: multiprocessing.process.BaseProcess) -> None:
        self._process = process

    @classmethod
    def start(cls, cmd: Sequence[str], **kwargs: Any) -> "ForkedProcess":
        """Fork a kernel."""
        environment = {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())}
        arguments = [launcher(), *cmd[cmd.index(_LAUNCHER) + 1 :]]
        folder = os.path.abspath(kwargs.get("cwd") or os.curdir)  # noqa: PTH100
        start_fork_server(environment)
        given = ((1, kwargs.get("stdout")), (2, kwargs.get("stderr")))  # or those of this process
        streams = {number: descriptor(number if stream is None else stream) for number, stream in given}
        # A daemon, or this process would wait for it in the end.
        process = _forking().Process(
            target=run_kernel, args=(list(cmd), arguments, folder, environment, streams), daemon=True
        )
        with _without_main():
            process.start()
        return cls(process)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid or 0

    async def ended(self) -> None:
        """Wait until it has ended."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        sentinel = os.dup(self._process.sentinel)  # an event loop has one reader for each descriptor
        loop.add_reader(sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(sentinel)
            os.close(sentinel)

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Its exit code, once it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process alone, while its number is its own."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkingKernelSpecManager(KernelSpecManager):
    """Kernelspecs whose kernels this provisioner provides."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernelspec of a name."""
        spec = super().get_kernel_spec(kernel_name)
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": NAME}}
        return spec


class ForkingKernelManager(AsyncKernelManager):
    """A manager of a kernel that is forked."""

    @default("kernel_spec_manager")
    def _forking_kernel_spec_manager(self) -> ForkingKernelSpecManager:
        return ForkingKernelSpecManager(parent=self.parent)

    @default("transport_encryption")
    def _encrypted_if_possible(self) -> str:
        return "auto" if zmq.has("curve") else "disabled"  # or ipykernel warns of whoever shares the machine


def why_not_forked(cmd: Sequence[str]) -> str:
    """Why the kernel that `cmd` starts cannot be forked; empty if it can."""
    if not can_fork():
        return f"processes are not forked on {sys.platform}"
    python, *options = cmd[: cmd.index(_LAUNCHER)] if _LAUNCHER in cmd else cmd
    if python != sys.executable or set(options) - _NO_MATTER != {"-m"}:
        return f"{python} is not the ipykernel of this Python"
    return ""


def _forking() -> multiprocessing.context.ForkServerContext:
    return multiprocessing.get_context("forkserver")


def start_fork_server(environment: Mapping[str, str]) -> None:
    """Let the process that kernels are forked from begin, unless it runs; it imports while this one goes on.

    The first call decides its environment. A kernel that needs another one is started in its place all the same
    (`kernel_process.run_kernel`).
    """
    if not can_fork():
        return
    _forking().set_forkserver_preload(["jiaokou.execution.preload"])
    with having({**environment, **_WHILE_IMPORTING}), _without_interrupts(), _sockets_in(_socket_folder()):
        ensure_running()


@cache
def _socket_folder() -> str:
    """Where the fork server's socket lies while this process lives; a socket's path must be short."""
    kept = ExitStack()
    Finalize(None, kept.close, exitpriority=_LAST)
    within = "" if len(os.fsencode(tempfile.gettempdir())) < _LONGEST_PLACE else "/tmp"
    return str(kept.enter_context(scratch_folder(within)))


@contextmanager
def _sockets_in(folder: str) -> Iterator[None]:
    """Let `multiprocessing` make its folder for sockets here, the first time that it needs one."""
    own, tempfile.tempdir = tempfile.tempdir, folder
    try:
        yield
    finally:
        tempfile.tempdir = own


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Let a process that is started now ignore Ctrl-C, which a terminal sends to all: it would tell where it was."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    own = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, own)


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide this process's program: `multiprocessing` would run it in the new process, where it has no business."""
    own = sys.modules["__main__"]
    sys.modules["__main__"] = type(sys)("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = own


@cache
def _say_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)
