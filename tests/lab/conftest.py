"""A real JupyterLab, started as `make lab` starts it, but in folders of its own, and a page of it in a real browser."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from opened_lab import Lab, Server
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds after which the server is given up; it takes a few
OWN = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")

# A kernel of another environment: one in which the library, and what it needs, is not installed.
ELSEWHERE = """
import sys
from importlib.abc import MetaPathFinder
class Lacking(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "jiaokou":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Lacking())
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on a copy of the notebooks, started from a third folder; it keeps what tests have opened and changed."""
    folder = tmp_path_factory.mktemp("lab")
    root = shutil.copytree(ROOT / "notebooks", folder / "project copied" / "notebooks")
    shutil.copytree(ROOT / "docs", root.parent / "docs")
    own = {name: folder / name.lower() for name in OWN}
    bare = {"argv": [sys.executable, "-c", ELSEWHERE, "-f", "{connection_file}"], "language": "python"}
    _write(own["JUPYTER_DATA_DIR"] / "kernels/elsewhere/kernel.json", bare | {"display_name": "Elsewhere"})
    port, token = _free_port(), secrets.token_hex(16)
    environment = {**os.environ, **{name: str(path) for name, path in own.items()}, "JUPYTER_TOKEN": token}
    environment.pop("JUPYTER_CONFIG_PATH", None)
    options = f"--no-browser --port={port} --ServerApp.port_retries=0 --ServerApp.ip=127.0.0.1"
    command = f"exec env {_recipe()} {options} --expose-app-in-browser --ServerApp.root_dir='{root.parent}'"
    log = folder / "server.log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, shell=True, cwd=folder, env=environment, stdout=said, stderr=said)
        started = Server(f"http://127.0.0.1:{port}", token, root, log)
        try:
            _wait_for(started, process)
            yield started
        finally:
            process.terminate()
            process.wait()


def _recipe() -> str:
    """The command of `make lab` for another working directory."""
    dry = ["make", "--no-print-directory", "-C", str(ROOT), "-n", "-o", ".venv/.ready", "lab"]
    recipe = subprocess.run(dry, capture_output=True, text=True, check=True).stdout.replace("\\\n", " ")
    return recipe.strip().replace("$PWD", str(ROOT)).replace(".venv/", f"'{ROOT}'/.venv/")


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urlopen(f"{server.url}/api", timeout=10).close()
            return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab does not answer:\n{server.log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def lab(server: Server, browser: Browser) -> Iterator[Lab]:
    """One page of it, for a module's tests; whatever else it asks a network for fails."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Lab.start(page, server.url, server.token)
    context.close()
