"""The errors that this package raises on purpose."""


class JiaokouError(Exception):
    """Something the user can put right: one clear line that says what, where, and what to do next.

    The command line prints it as ``error: …`` and ends with status 1; a notebook shows the line alone.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class WrongUseError(JiaokouError):
    """Something asked for that does not exist: a briefing, a language, a parameter. The command ends with status 2."""
