"""Kernels in processes that are forked from `multiprocessing`'s fork server: from there on the stock ipykernel.

Nothing here loads a notebook library: the server is started first, and imports while its caller does.
"""

import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from multiprocessing.util import Finalize
from typing import Any

from jiaokou.execution.environment import having, standing_for
from jiaokou.execution.scratch import scratch_folder

LAUNCHER = "ipykernel_launcher"
"""The module that a kernel's command runs."""

_LONGEST_PLACE = 40  # bytes: what is put behind it makes a socket's path of at most 100


def can_fork() -> bool:
    """Whether processes are forked here."""
    return sys.platform == "linux"


def start(environment: Mapping[str, str]) -> None:
    """Let the process that kernels are forked from begin, unless it runs; it imports while this one goes on.

    The first call decides its environment. A kernel that needs another one has it all the same (`forked`).
    """
    if not can_fork():
        return
    from multiprocessing.forkserver import ensure_running

    multiprocessing.get_context("forkserver").set_forkserver_preload(["jiaokou.execution.preload"])
    with (  # until it has imported what says what a signal does, Ctrl-C would tell where it was
        without_interrupts(),
        having({**environment, "JE_ARROW_MALLOC_CONF": "background_thread:false"}),  # a fork would lose that thread
        # `multiprocessing` makes a folder for its sockets the first time that it needs one.
        standing_for(vars(tempfile), "tempdir", _socket_folder()),
    ):
        ensure_running()


def forked(cmd: Sequence[str], *, env: Mapping[str, str], **kwargs: Any) -> "KernelProcess":
    """The kernel that `cmd` starts, in a process of the fork server; `cwd`, `stdout`, `stderr` are as in `subprocess`.

    Where the command would import something else than was imported before, it takes the process over.
    """
    from multiprocessing.connection import Connection

    environment = {**env, "JPY_PARENT_PID": str(os.getpid())}
    start(environment)
    folder = os.path.abspath(kwargs.get("cwd") or os.curdir)  # noqa: PTH100
    given = {1: kwargs.get("stdout") or 1, 2: kwargs.get("stderr") or 2}
    # Connections, since they can be sent to a process as it starts.
    streams = {n: Connection(os.dup(s if isinstance(s, int) else s.fileno())) for n, s in given.items()}
    process = multiprocessing.get_context("forkserver").Process(
        target=_be_kernel,
        args=(list(cmd), folder, environment, streams),
        daemon=True,  # or this process would wait for it in the end
    )
    # `multiprocessing` would run this process's program in the new one, where it has no business.
    with standing_for(sys.modules, "__main__", type(sys)("__main__")):
        process.start()
    return KernelProcess(process)


class KernelProcess:
    """A process of `multiprocessing`, as `subprocess.Popen` for who started it."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid: int = process.pid

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Its exit code, once it has ended."""
        self._process.join()
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process alone, while its number is its own."""
        if self.poll() is None:
            os.kill(self.pid, signum)


def _be_kernel(command: list[str], folder: str, environment: dict[str, str], streams: dict[int, Any]) -> None:
    from jiaokou.execution import preload

    os.setsid()
    for number, stream in streams.items():
        os.dup2(stream.fileno(), number)
        stream.close()
    os.chdir(folder)
    if not preload.fits(environment):
        os.execve(command[0], command, environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    process = multiprocessing.current_process()
    process.name, process.daemon = "MainProcess", False  # a cell may start processes of its own
    os.environ.clear()
    os.environ.update({**preload.ADDED, **environment})
    time.tzset()
    launcher = find_spec(LAUNCHER)  # the file that a stock kernel has as its first argument
    sys.argv[:] = [str(launcher and launcher.origin), *command[command.index(LAUNCHER) + 1 :]]
    sys.path[:] = preload.PATH
    random.seed()
    sys.modules["numpy"].random.seed()

    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(parent_handle=1)  # 1: who waits for the parent's end is the thread above


def _end_with_parent() -> None:
    """Wait until the process that asked for the kernel has ended, and take all that the kernel started along."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.killpg(0, signal.SIGKILL)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Let threads and processes that begin here hear no Ctrl-C, as far as the system can keep it from them."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # `multiprocessing` begins it with its first process, and ends the mask by that
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
