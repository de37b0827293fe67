"""The one error that this package raises on purpose."""


class JiaokouError(Exception):
    """Something the user can put right: one clear line that says what, where, and what to do next.

    The command line prints it as ``error: …`` and ends with status 1.
    """
