"""What several test modules lean on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C through: a background job of a shell ignores it, and so would each process that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def source_path() -> Path:
    """The release's text as a file, which is not part of this repository: JIAOKOU_SOURCE says where it lies."""
    named = os.environ.get("JIAOKOU_SOURCE")
    if not named:
        pytest.skip("JIAOKOU_SOURCE does not name the release's text, which is not part of this repository")
    path = Path(named)
    assert path.is_file(), f"JIAOKOU_SOURCE names no file: {path}"
    return path


@pytest.fixture(scope="session")
def source_text(source_path: Path) -> str:
    """The release's text; observations' `start` and `end` count its characters."""
    return source_path.read_bytes().decode("utf-8")
