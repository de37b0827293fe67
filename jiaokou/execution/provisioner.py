"""Kernels that are ready at once: the stock ipykernel, forked from a process that has imported what notebooks need.

The provisioner is listed as ``jiaokou``. Whatever starts kernels through jupyter_client (papermill, nbclient,
nbconvert, Jupyter servers and their schedulers) uses it where a kernelspec names it, or where the environment variable
``JUPYTER_DEFAULT_PROVISIONER_NAME`` does. Where a process cannot be forked safely (Windows, macOS), and for kernels
that are not this Python's ipykernel, kernels are started as ever, and the log says so once.
"""

import logging
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from multiprocessing.util import Finalize
from typing import Any

import zmq
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from jiaokou.execution.environment import having
from jiaokou.execution.scratch import scratch_folder

NAME = "jiaokou"
"""The provisioner's name among jupyter_client's entry points."""

_WHILE_IMPORTING = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # a fork would lose that thread
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # of what debuggers mind, there is nothing to warn
}
"""In the environment of the fork server alone; a kernel has its own."""
_LONGEST_PLACE = 40  # bytes: what is put behind it makes a socket's path of at most 100


def can_fork() -> bool:
    """Whether processes are forked here."""
    return sys.platform == "linux"


def why_not_forked(cmd: Sequence[str]) -> str:
    """Why the kernel that `cmd` starts cannot be forked; empty if it can."""
    if not can_fork():
        return f"processes are not forked on {sys.platform}"
    # One option is for debuggers, and ipykernel's kernelspec has it.
    if [word for word in cmd[:4] if word != "-Xfrozen_modules=off"][:3] != [sys.executable, "-m", "ipykernel_launcher"]:
        return f"{cmd[0]} is not the ipykernel of this Python"
    return ""


class ForkingProvisioner(LocalProvisioner):
    """Provides kernels by forking a process that has imported everything, and by starting them where that cannot be."""

    process: Any = None  # a `KernelProcess`, or the `subprocess.Popen` of a stock kernel

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that runs as `cmd` would; takes `env`, `cwd`, `stdout` and `stderr` as `subprocess` does."""
        reason = why_not_forked(cmd)
        if not reason:
            try:
                self.process = _forked(cmd, **kwargs)
            except (OSError, EOFError) as error:  # no memory, no descriptors, or the fork server died
                reason = f"no process could be forked ({type(error).__name__}: {error})"
        if reason:
            _say_once(f"{reason}: kernels are started afresh, which takes longer")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info


class ForkingKernelManager(AsyncKernelManager):
    """A manager of a kernel that is forked."""

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernelspec, whose kernel this provisioner provides."""
        if spec := super().kernel_spec:
            spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        return spec

    @default("transport_encryption")
    def _encrypted_if_possible(self) -> str:
        # Whoever shares the machine may connect over TCP, and ipykernel warns of that; files are this user's alone.
        return "auto" if self.transport == "tcp" and zmq.has("curve") else "disabled"


def _forked(cmd: Sequence[str], *, env: Mapping[str, str], **kwargs: Any) -> multiprocessing.process.BaseProcess:
    from jiaokou.execution.kernel_process import KernelProcess

    environment = {**env, "JPY_PARENT_PID": str(os.getpid())}
    start_fork_server(environment)
    folder = os.path.abspath(kwargs.get("cwd") or os.curdir)  # noqa: PTH100
    process = KernelProcess(cmd, folder, environment, {1: kwargs.get("stdout"), 2: kwargs.get("stderr")})
    # `multiprocessing` would run this process's program in the new one, where it has no business.
    with _having(sys.modules, "__main__", type(sys)("__main__")):
        process.start()
    return process


def start_fork_server(environment: Mapping[str, str]) -> None:
    """Let the process that kernels are forked from begin, unless it runs; it imports while this one goes on.

    The first call decides its environment. A kernel that needs another one is started in its place all the same
    (`kernel_process.KernelProcess`).
    """
    if not can_fork():
        return
    from multiprocessing.forkserver import ensure_running

    multiprocessing.get_context("forkserver").set_forkserver_preload(["jiaokou.execution.preload"])
    with (  # until it has imported what says what a signal does, Ctrl-C would tell where it was
        without_interrupts(),
        having({**environment, **_WHILE_IMPORTING}),
        # `multiprocessing` makes a folder for its sockets the first time that it needs one.
        _having(vars(tempfile), "tempdir", _socket_folder()),
    ):
        ensure_running()


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Let threads and processes that begin here hear no Ctrl-C, as far as the system can keep it from them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@cache
def _socket_folder() -> str:
    """Where the fork server's socket lies while this process lives; a socket's path must be short."""
    kept = ExitStack()
    Finalize(None, kept.close, exitpriority=-1000)  # after `multiprocessing` has taken away what it made there
    within = "" if len(os.fsencode(tempfile.gettempdir())) < _LONGEST_PLACE else "/tmp"
    return str(kept.enter_context(scratch_folder(within)))


@contextmanager
def _having(names: dict[str, Any], name: str, value: Any) -> Iterator[None]:
    """Let a name stand for another value for a time."""
    own, names[name] = names[name], value
    try:
        yield
    finally:
        names[name] = own


@cache
def _say_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)
