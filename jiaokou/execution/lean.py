"""Imports without what nobody here needs of them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_grammars() -> Iterator[None]:
    """Let jsonschema, which nbformat imports, not find rfc3987_syntax, for which it compiles grammars for two seconds.

    They are for a check of addresses that no notebook's schema asks for. Afterwards the package is there as before.
    """
    absent = "rfc3987_syntax" not in sys.modules
    if absent:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules["rfc3987_syntax"]
