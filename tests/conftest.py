"""What several test modules lean on."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # loaded where they are asked for
    from playwright.sync_api import Browser

    from jiaokou.publishing.publish import Edition

LONGEST = ("tests/lab/", "tests/browser/", "tests/test_", "tests/publishing/", "tests/execution/", "tests/cli/")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure() -> None:
    """Let Ctrl-C through: a background job of a shell ignores it, and so would each process that a test interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the rooms that take longest begin, so that short ones are left when a worker has nothing more to do."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is kept of packages is kept for these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("JIAOKOU_CACHE", str(folder))
        yield folder


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
    """The release's text; observations' `char_start` and `char_end` count its characters."""
    return source_path.read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped, but never where CI is set.

    It ends with its module: while Playwright runs, no other event loop can run in its thread.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no Chromium on this machine: install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Edition:
    """Every briefing in both languages, published once: another worker waits, and finds that nothing has changed."""
    from jiaokou.publishing.publish import publish

    own = tmp_path_factory.getbasetemp()
    return publish(out=(own if worker_id == "master" else own.parent) / "editions")
