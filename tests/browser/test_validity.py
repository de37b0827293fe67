"""Pages are valid HTML, as the Nu validator sees it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

# Its style checker knows neither the queries by which tables fit their room, nor what places a note, nor shares in variables.
NEWER_THAN_THE_CHECKER = (
    r"CSS: .*(@container|“container”|container-type|position-area|position-try-fallbacks|var\(--done\)).*"
)


@pytest.fixture(scope="session")
def validator() -> list[str]:
    """The command that runs the Nu validator: JIAOKOU_VNU names its jar, which is not part of this repository."""
    jar = os.environ.get("JIAOKOU_VNU")
    if not jar:
        pytest.skip("JIAOKOU_VNU does not name the jar of the Nu validator (npm pack vnu-jar)")
    java = shutil.which("java")
    assert java, "JIAOKOU_VNU is set, and there is no java to run it"
    return [java, "-jar", jar, "--format", "json", "--stdout", "--errors-only", "--exit-zero-always"]


@pytest.fixture(scope="module")
def findings(validator: list[str], pages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Of all pages, and of one with a fault put in; Java is started once for all of them."""
    broken = tmp_path_factory.mktemp("broken") / "broken.html"
    html = pages[0].read_text(encoding="utf-8")
    broken.write_text(html.replace("<main", '<main align="left"', 1), encoding="utf-8")
    command = [*validator, "--filterpattern", NEWER_THAN_THE_CHECKER, *map(str, [*pages, broken])]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [f"{Path(m['url']).name}: {m['message']}" for m in json.loads(said)["messages"]]


def test_every_page_is_valid_html(findings: list[str]) -> None:
    assert [found for found in findings if not found.startswith("broken.html: ")] == []


def test_the_validator_would_find_what_is_wrong(findings: list[str]) -> None:
    assert len([found for found in findings if found.startswith("broken.html: ")]) == 1
