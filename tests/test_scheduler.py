"""Notebook jobs in JupyterLab: its real server with deploy/jupyter's configuration, asked through its REST API."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "deploy" / "jupyter"
NIGHTLY = json.loads((RECIPE / "nightly.json").read_text(encoding="utf-8"))
PATIENCE = 150  # seconds after which a step is given up; each takes a few
OUTLOOK = "notebooks/06_outlook.ipynb"
SOON = "* * * * * */15"  # the sixth field counts seconds: a nightly schedule's machinery without the night


def eventually(found: Callable[[], Any], what: str) -> Any:
    """What `found` gives once that is something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.25)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it listens and works, and what it says."""

    url: str
    token: str
    root: Path
    log: Path

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        """The scheduler's answer; the token goes in a header, which no log shows."""
        request = Request(
            f"{self.url}/scheduler/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def listens(self) -> bool:
        """Whether it answers yet."""
        try:
            return bool(self.ask("runtime_environments"))
        except (URLError, ConnectionError):
            return False

    def ended(self, job: str) -> dict[str, Any]:
        """A job that has ended well or badly. One that has not begun yet says it is stopped."""

        def look() -> dict[str, Any] | None:
            found = self.ask(f"jobs/{job}")
            return found if found["status"] in {"COMPLETED", "FAILED"} else None

        return eventually(look, f"the end of job {job}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab with the recipe's configuration, which serves a folder with notebooks of ours; started from another."""
    root = tmp_path_factory.mktemp("lab") / "served"
    (root / "notebooks").mkdir(parents=True)
    for name in (NIGHTLY["input_uri"], OUTLOOK):
        shutil.copy(ROOT / name, root / name)
    port, token = free_port(), secrets.token_hex(16)
    own = {f"JUPYTER_{name}_DIR": str(root / ".jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {"JUPYTER_CONFIG_PATH": str(RECIPE), "JUPYTER_TOKEN": token, **own}
    log = root / "server.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}",
             "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={root}"],
            cwd=root.parent, env={**os.environ, **environment}, stdout=said, stderr=said,
        )  # fmt: skip
        running = Lab(f"http://127.0.0.1:{port}", token, root, log)
        try:
            eventually(lambda: server.poll() is not None or running.listens(), "JupyterLab's answer")
            assert server.poll() is None, log.read_text()
            yield running
        finally:
            server.terminate()
            server.wait()


@pytest.fixture(scope="module")
def nightly(lab: Lab) -> str:
    """A scheduled job definition, which is due again and again until it is paused."""
    return lab.ask("job_definitions", NIGHTLY | {"schedule": SOON})["job_definition_id"]


@pytest.fixture(scope="module")
def misquoted(lab: Lab) -> str:
    """A job with a text that is not in quotation marks."""
    once = {name: value for name, value in NIGHTLY.items() if name not in ("schedule", "timezone")}
    return lab.ask("jobs", once | {"parameters": {"lang": "en"}})["job_id"]


@pytest.fixture(scope="module")
def unlimited(lab: Lab) -> str:
    """A job with a year that its notebook does not allow."""
    once = {name: value for name, value in NIGHTLY.items() if name not in ("schedule", "timezone")}
    return lab.ask("jobs", once | {"input_uri": OUTLOOK, "parameters": {"target_year": "2099"}})["job_id"]


@pytest.fixture(scope="module")
def due(lab: Lab, nightly: str, misquoted: str, unlimited: str) -> str:
    """The first job that the schedule has started (two others meanwhile run beside it); then it is paused."""
    jobs = eventually(lambda: lab.ask(f"jobs?job_definition_id={nightly}")["jobs"], "a job of the job definition")
    lab.ask(f"job_definitions/{nightly}", {"active": False}, "PATCH")
    return jobs[-1]["job_id"]


def test_briefings_are_offered_in_the_place_of_html_without_charts(lab: Lab) -> None:
    (environment,) = lab.ask("runtime_environments")
    assert environment["output_formats"] == [
        {"name": "ipynb", "label": "Notebook"},
        {"name": "briefing", "label": "Briefing"},
    ]


def test_a_schedule_that_is_due_makes_a_briefing_with_its_parameters_and_charts(lab: Lab, due: str) -> None:
    done = lab.ended(due)
    assert (done["status"], done["parameters"]) == ("COMPLETED", NIGHTLY["parameters"]), done["status_message"]
    lab.ask(f"jobs/{due}/download_files")
    eventually(lambda: lab.ask(f"jobs/{due}")["downloaded"], "the job's files in the folder that is served")
    assert all((lab.root / file["file_path"]).is_file() for file in lab.ask(f"jobs/{due}")["job_files"])
    (folder,) = (lab.root / "jobs").glob(f"*{due}")
    (page,) = folder.glob("*.briefing.html")
    html = page.read_text(encoding="utf-8")
    assert '<html lang="en' in html
    assert html.rstrip().endswith("</html>")
    assert html.count('id="plotly"') == 1
    executed = nbformat.read(next(folder.glob("*-*.ipynb")), as_version=4)
    assert [cell.source for cell in executed.cells if "injected-parameters" in cell.metadata.get("tags", [])] == [
        'lang = "en"'
    ]


def test_a_schedule_is_listed_and_a_paused_one_says_so(lab: Lab, nightly: str, due: str) -> None:
    assert due
    (listed,) = lab.ask("job_definitions")["job_definitions"]
    assert listed["job_definition_id"] == nightly
    assert (listed["schedule"], listed["timezone"], listed["active"]) == (SOON, NIGHTLY["timezone"], False)


def test_a_text_without_quotation_marks_fails_and_says_so(lab: Lab, misquoted: str) -> None:
    failed = lab.ended(misquoted)
    assert failed["status"] == "FAILED"
    assert "NameError" in failed["status_message"]
    assert "lang = en" in failed["status_message"]


def test_a_parameter_outside_its_limits_fails_a_job_and_the_limits_are_said(lab: Lab, unlimited: str) -> None:
    assert "target_year must be from 2026 to 2060, not 2099" in lab.ended(unlimited)["status_message"]


def test_an_unknown_token_is_turned_away_and_no_log_tells_the_right_one(lab: Lab, due: str) -> None:
    stranger = Lab(lab.url, "guessed", lab.root, lab.log)
    with pytest.raises(HTTPError, match="403") as refused:
        stranger.ask("job_definitions")
    refused.value.close()
    lab.ended(due)
    said = lab.log.read_text(encoding="utf-8")
    assert "jupyter_scheduler | extension was successfully loaded" in said
    assert lab.token not in said
