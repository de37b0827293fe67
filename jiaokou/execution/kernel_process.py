"""A kernel in a process that was forked from the fork server: from there on the stock ipykernel."""

import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from typing import Any

LAUNCHER = "ipykernel_launcher"


class KernelProcess(ForkServerProcess):
    """The kernel that `command` starts, in a folder with an environment; as `subprocess.Popen` for who started it.

    `streams` are standard output (1) and error (2), as `subprocess` takes them.
    """

    stdin = stdout = stderr = None

    def __init__(
        self, command: Sequence[str], folder: str, environment: Mapping[str, str], streams: Mapping[int, Any]
    ) -> None:
        super().__init__(daemon=True)  # or who started it would wait for it in the end
        self._command, self._folder, self._environment = list(command), folder, dict(environment)
        own = {number: number if stream is None else stream for number, stream in streams.items()}
        self._streams: dict[int, Any] = {n: DupFd(s if isinstance(s, int) else s.fileno()) for n, s in own.items()}

    def run(self) -> None:
        """Be the kernel; where the command would import something else than was imported before, it takes over."""
        from jiaokou.execution import preload

        os.setsid()
        for number, stream in self._streams.items():
            own = stream.detach()
            os.dup2(own, number)
            os.close(own)
        os.chdir(self._folder)
        if not preload.fits(self._environment):
            os.execve(self._command[0], self._command, self._environment)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        process = multiprocessing.current_process()
        process.name, process.daemon = "MainProcess", False  # a cell may start processes of its own
        os.environ.clear()
        os.environ.update({**preload.ADDED, **self._environment})
        time.tzset()
        launcher = find_spec(LAUNCHER)  # the file that a stock kernel has as its first argument
        sys.argv[:] = [str(launcher and launcher.origin), *self._command[self._command.index(LAUNCHER) + 1 :]]
        sys.path[:] = preload.PATH
        random.seed()
        sys.modules["numpy"].random.seed()

        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(parent_handle=1)  # 1: who waits for the parent's end is the thread above

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.exitcode

    def wait(self) -> int | None:
        """Its exit code, once it has ended."""
        self.join()
        return self.exitcode

    def send_signal(self, signum: int) -> None:
        """Send a signal to the process alone, while its number is its own."""
        if self.exitcode is None and self.pid:
            os.kill(self.pid, signum)


def _end_with_parent() -> None:
    """Wait until the process that asked for the kernel has ended, and take all that the kernel started along."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.killpg(0, signal.SIGKILL)
