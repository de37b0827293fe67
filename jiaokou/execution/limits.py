"""What a run may take: time, tries, and how much it may put out."""

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event, Thread

MOST_PRINTED = 1_000_000
"""Characters that a cell may print; what it prints beyond them is left out, and the cell's output says so."""
MOST_SHOWN = 50_000_000
"""Characters of a notebook's other outputs; a run that shows more is ended."""


def check_machine(kernels: int) -> None:
    """Raise what the system raises, OSError or RuntimeError, where too few files may be open or threads run.

    Tried is what so many kernels were seen to need; one that lacks some of it ends without a word.
    """
    with ExitStack() as tried:
        for _ in range(70 + 30 * kernels):
            tried.callback(os.close, os.dup(2))
        tried.callback((done := Event()).set)
        for _ in range(24 + 24 * kernels):
            Thread(target=done.wait).start()


@dataclass(frozen=True)
class Limits:
    """Of a publication: how many runs at a time, and for each the seconds of the whole and of a cell, and its tries."""

    jobs: int
    timeout: float
    cell_timeout: float
    retries: int

    def left(self, started: float) -> float:
        """The seconds that a cell may take now, in a run that has `started` (by `time.monotonic`)."""
        left = max(0.01, started + self.timeout - time.monotonic())
        return min(left, self.cell_timeout or left)

    def broken(self, started: float) -> str:
        """What to say of a run that took too long."""
        if time.monotonic() - started < self.timeout:
            return f"not done after {self.cell_timeout:g} s; allow more with --cell-timeout"
        return f"not done after {self.timeout:g} s; allow more with --timeout"
