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
from multiprocessing.reduction import DupFd
from typing import Any


def run_kernel(
    command: Sequence[str],
    arguments: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    streams: Mapping[int, Any],
) -> None:
    """Be the kernel that `command` starts, whose launcher takes `arguments`, in a folder with an environment.

    `streams` are descriptors (`DupFd`) for standard output (1) and error (2), by number. Where what was imported
    before the fork is not what the command would import, the command itself takes the process over.
    """
    from jiaokou.execution import preload

    os.setsid()
    for number, stream in streams.items():
        own = stream.detach()
        os.dup2(own, number)
        os.close(own)
    os.chdir(folder)
    if not preload.fits(environment):
        os.execve(command[0], list(command), dict(environment))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    process = multiprocessing.current_process()
    process.name, process.daemon = "MainProcess", False  # a cell may start processes of its own
    os.environ.clear()
    os.environ.update({**preload.ADDED, **environment})
    time.tzset()
    sys.path[:], sys.argv[:] = preload.PATH, arguments
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


def descriptor(stream: Any) -> Any:
    """What passes a stream (a file or its descriptor, as `subprocess` takes them) on to a process being started."""
    return DupFd(stream if isinstance(stream, int) else stream.fileno())


def launcher() -> str:
    """The file that a stock kernel has as its first argument."""
    found = find_spec("ipykernel_launcher")
    return str(found and found.origin)
