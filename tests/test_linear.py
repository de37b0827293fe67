"""Every regular expression that meets a user's text takes time in proportion to it."""

from __future__ import annotations

import base64
import importlib
import pkgutil
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import papermill  # noqa: F401 - before the engine that it loads by its entry point
import pytest

import jiaokou

SHORT, LONGER = 1_000, 16
METHODS = "sub subn search findall finditer split match fullmatch".split()
PIECES = (
    *'a A 县 1 0 _ - . / * # $ % ( ) < > " = & \\ ` 一 \n \t \x1b[ 1, a. %\n at\\ 0x () a( x= {} &lt;'.split(" "),
    " ",
    "\n",
    "a, ",
)


def patterns() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Each compiled pattern of the library by its name, and each method that the library calls of it."""
    sources = {path: path.read_text(encoding="utf-8") for path in Path(jiaokou.__file__).parent.rglob("*.py")}
    for module in pkgutil.walk_packages(jiaokou.__path__, "jiaokou."):
        if module.name.endswith((".preload", ".__main__")):  # which do their work as they are imported
            continue
        loaded = importlib.import_module(module.name)
        for name, value in vars(loaded).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                source = sources[Path(str(loaded.__file__))] if name[0] == "_" else "\n".join(sources.values())
                called = set(re.findall(rf"\b{name}\.({'|'.join(METHODS)})\b", source))
                yield from ((f"{module.name}.{name}", value, method) for method in sorted(called or {"search"}))


PATTERNS = list(patterns())
NOISE = base64.b64encode(random.Random(1).randbytes(SHORT)).decode()


def seconds(pattern: re.Pattern[str], method: str, text: str) -> float:
    """The quickest of three calls, since a busy machine only makes them slower."""
    found = []
    for _ in range(3):
        started = time.thread_time()
        done = getattr(pattern, method)(*([""] if method.startswith("sub") else []), text)
        list(done) if method == "finditer" else None
        found.append(time.thread_time() - started)
    return min(found)


@pytest.mark.parametrize(
    ("pattern", "method"), [each[1:] for each in PATTERNS], ids=[f"{n}.{m}" for n, _, m in PATTERNS]
)
def test_a_text_that_is_longer_takes_longer_in_proportion(pattern: re.Pattern[str], method: str) -> None:
    for piece in (*PIECES, NOISE):
        text = piece * (SHORT // len(piece))
        short, long = seconds(pattern, method, text), seconds(pattern, method, text * LONGER)
        # One that is quadratic takes 256 times as long; what takes a tenth of a millisecond cannot be told apart.
        assert long < 5 * LONGER * max(short, 1e-4), repr(piece)
