"""What commands cost with all the processes that they start: time, CPU, memory. Linux alone tells it."""

import ctypes
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
_PR_SET_CHILD_SUBREAPER = 36


class Cost(NamedTuple):
    """Seconds of wall and of CPU time."""

    wall: float
    cpu: float


def adopt() -> None:
    """Let processes whose parent ends become children of this one, so that they are counted."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cost(work: Callable[[], None]) -> Cost:
    """What work takes, until no process is left that it has started."""
    before, started = _cpu_of_children(), time.perf_counter()
    work()
    wall = time.perf_counter() - started
    with suppress(ChildProcessError):  # until none is left that has outlived the command
        while os.wait():
            continue
    return Cost(wall, _cpu_of_children() - before)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watch_memory(sizes: list[tuple[float, int]], over: threading.Event) -> None:
    """Note the proportional set size of all processes, in KiB, until told to stop."""
    while not over.wait(0.25):
        total = 0
        for number in [os.getpid(), *family()]:
            with suppress(OSError):  # it has ended meanwhile
                rollup = Path(f"/proc/{number}/smaps_rollup").read_text()
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        sizes.append((time.perf_counter(), total))


def family() -> list[int]:
    """The descendants of this process."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [os.getpid()]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return found[1:]
