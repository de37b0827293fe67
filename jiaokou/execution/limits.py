"""What a run may take: time, tries, and how much it may put out."""

import time
from dataclasses import dataclass

MOST_PRINTED = 1_000_000
"""Characters that a cell may print; what it prints beyond them is left out, and the cell's output says so."""
MOST_SHOWN = 50_000_000
"""Characters of a notebook's other outputs; a run that shows more is ended."""


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
