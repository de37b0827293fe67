"""The environment that a publication's notebooks run in: the same whoever publishes, and from where.

An edition is the same to the byte on any machine. So a variable that changes what notebooks show, or what the library
writes, has a fixed value here or is left out, and `ignored` names those that a user has set in vain.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from jiaokou.data.descriptor import PUBLISHING

FIXED = {
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",  # a set has the same order in each run
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
"""Variables with their values in each run."""

LEFT_OUT = (
    "BROWSER COLUMNS FORCE_COLOR LINES MATPLOTLIBRC MPLBACKEND NO_COLOR PANDAS_* PLOTLY_RENDERER PYTHONDEVMODE "
    "PYTHONINSPECT PYTHONOPTIMIZE PYTHONSTARTUP PYTHONWARNINGS PYTHON_COLORS TQDM_*"
).split()
"""Variables, as patterns of their names, that no run is given: pandas' switches (PANDAS_FUTURE_INFER_STRING) too."""


def ignored() -> list[str]:
    """The variables that are set in this process and have no effect on an edition, each as ``NAME=value``."""
    kept = _fixed()
    return [f"{name}={value}" for name, value in sorted(os.environ.items()) if kept.get(name) != value]


def for_run(folder: Path) -> dict[str, str]:
    """The environment of one run's kernel, which is independent of the user's own Jupyter and writes to `folder`."""
    jupyter = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
    own = {name: str(folder / name.lower()) for name in jupyter}
    return {**_fixed(), **own, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)), PUBLISHING: "1"}


@contextmanager
def having(variables: Mapping[str, str] | None = None) -> Iterator[None]:
    """Let this process, and those that it starts, have an environment for a time: by default that of a publication."""
    own = dict(os.environ)
    _set(_fixed() if variables is None else variables)
    try:
        yield
    finally:
        _set(own)


@contextmanager
def standing_for(names: dict[str, Any], name: str, value: Any) -> Iterator[None]:
    """Let a name among `names` stand for another value for a time."""
    own = {name: names[name]} if name in names else {}
    names[name] = value
    try:
        yield
    finally:
        del names[name]
        names.update(own)


def without_grammars() -> AbstractContextManager[None]:
    """Let jsonschema, which nbformat imports, not find the grammars of addresses, which no notebook's schema needs.

    They are there where JupyterLab is. To compile them takes two seconds in each process, a third of an edition.
    Afterwards they can be imported as before.
    """
    return standing_for(sys.modules, "rfc3987_syntax", None)


def _fixed() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not any(fnmatchcase(name, pattern) for pattern in LEFT_OUT)
    }
    return {**kept, **FIXED}


def _set(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
