"""Remembers which contents of a data package have been found sound.

A full check loads a validator that takes longer than everything else in opening a package, and its verdict on the same
bytes is always the same. So it is kept in the user's cache folder, as one empty file for each content; where that
cannot be written, every process checks anew. Deleting the folder is harmless.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

_VALIDATOR = "frictionless"


def is_known(content: bytes) -> bool:
    """Whether the installed validator has found a package with this digest sound before."""
    try:
        return _mark(content).is_file()
    except OSError:
        return False


def remember(content: bytes) -> None:
    """Keep that it has."""
    with suppress(OSError):
        mark = _mark(content)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _mark(content: bytes) -> Path:
    key = hashlib.sha256(content + version(_VALIDATOR).encode()).hexdigest()
    return user_cache_path("jiaokou") / "sound" / key
