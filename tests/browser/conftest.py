"""A real edition's pages to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiaokou.publishing.publish import Edition


@pytest.fixture(scope="session")
def pages(edition: Edition) -> list[Path]:
    """The edition's pages, its index among them."""
    return sorted(edition.path.rglob("*.html"))
