"""The errors that this package raises on purpose, and the hint that ends the message of a mistyped word."""

from collections.abc import Iterable
from difflib import get_close_matches


class JiaokouError(Exception):
    """Something the user can put right: one clear line that says what, where, and what to do next.

    The command line prints it as ``error: …`` and ends with status 1; a notebook shows the line without a traceback,
    and `%debug` still opens the place where it was raised.
    """

    def _render_traceback_(self) -> list[str]:  # the name that IPython looks for
        return [f"{type(self).__name__}: {self}"]


class WrongUseError(JiaokouError):
    """Something asked for that does not exist: a briefing, a language, a parameter. The command ends with status 2."""


def near(word: object, known: Iterable[str]) -> str:
    """The end of an error message: `; did you mean …?` with those known that come near, or nothing if none does."""
    matches = get_close_matches(str(word), list(known), n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(matches)}?" if matches else ""
