"""What a publication's kernels are given, and what its processes leave out when they import."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPRODUCIBLE = {"PYTHONHASHSEED": "0"}
"""A set has the same order in each kernel."""


def for_run(folder: Path) -> dict[str, str]:
    """The environment of this process, but independent of the user's own Jupyter, and writing to `folder`."""
    from jiaokou.analysis.provenance import PUBLISHING

    own = {
        name: str(folder / name.lower())
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
    }
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    return {**os.environ, **own, **temporary, **REPRODUCIBLE, PUBLISHING: "1"}


@contextmanager
def without_grammars() -> Iterator[None]:
    """Let jsonschema, which nbformat imports, not find the grammars of addresses, which no notebook's schema needs.

    To compile them takes two seconds in each process: a fifth of an edition. Afterwards they can be imported as before.
    """
    name = "rfc3987_syntax"
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if absent:
            del sys.modules[name]
