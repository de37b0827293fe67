"""The errors that this package raises on purpose, and what is said of the machine's own."""

import errno
import os
import signal
from collections.abc import Iterable
from difflib import get_close_matches


class JiaokouError(Exception):
    """Something the user can put right: one clear line that says what, where, and what to do next.

    The command line prints it as ``error: …`` and ends with status 1; a notebook shows the line without a traceback,
    and `%debug` still opens the place where it was raised.
    """

    def _render_traceback_(self) -> list[str]:  # the name that IPython looks for
        return [f"{type(self).__name__}: {self}"]


class FaultsError(JiaokouError):
    """Several things to put right, of which the line says the first and how many there are; `faults` has them all."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        more = f" (and {len(self.faults) - 1} more: ask jiaokou.validate)" if len(self.faults) > 1 else ""
        super().__init__(self.faults[0] + more)


def check_none(faults: Iterable[str]) -> None:
    """Raise FaultsError if there are any."""
    if found := [*faults]:
        raise FaultsError(found)


class Stopped(SystemExit):
    """A signal stops the command: no failure of anything, so nothing that expects failures may take it."""

    told = False

    def __str__(self) -> str:
        return "interrupted" if self.code == 128 + signal.SIGINT else "terminated"

    def tell(self) -> None:
        """Say so on standard error, unless it was told already."""
        if not self.told:
            self.told = True
            os.write(2, f"error: {self}\n".encode())


class WrongUseError(JiaokouError):
    """Something asked for that does not exist: a briefing, a language, a parameter. The command ends with status 2."""


def near(word: object, known: Iterable[str]) -> str:
    """The end of an error message: `; did you mean …?` with those known that come near, or nothing if none does."""
    matches = get_close_matches(str(word), list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""


def exhausted(error: BaseException) -> str:
    """What a machine or an account has too little of, and what to do, where that is what an error means; else ""."""
    number = getattr(error, "errno", None)  # ZeroMQ's errors have one, and are no OSError
    if number in (errno.EMFILE, errno.ENFILE):
        return "too few files may be open at once; raise the limit: ulimit -n 1024"
    if number == errno.EAGAIN or (isinstance(error, RuntimeError) and "start new thread" in str(error)):
        return "no more processes or threads may be started; raise the limit (ulimit -u), or end some"
    if number == errno.ENOMEM or isinstance(error, MemoryError):
        return "there is too little memory; free some, or use fewer at a time: --jobs 1"
    return ""


def in_short(error: BaseException) -> str:
    """An error that nobody foresaw, in one line: what it means for the machine, or its kind and what it says."""
    return exhausted(error) or " ".join(f"{type(error).__name__}: {error}".split())[:300]
