"""The errors that this package raises on purpose."""


class JiaokouError(Exception):
    """Something the user can put right: one clear line that says what, where, and what to do next.

    The command line prints it as ``error: …`` and ends with status 1.
    """


class WrongUseError(JiaokouError):
    """Something asked for that does not exist: a briefing, a language, a parameter. The command ends with status 2."""
