"""The explorer in a real JupyterLab with a real browser, by mouse."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright

import jiaokou

PATIENCE = 150  # seconds after which a step is given up
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
CELLS = ["import jiaokou as jk\nview = jk.explorer()\nview", "1 + 1"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a JupyterLab with one notebook listens; nothing of this machine's own settings is read."""
    root = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), root / "view.ipynb"
    )
    own = {f"JUPYTER_{name}_DIR": str(root / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={port}"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token=secret"),
        *(
            f"--ServerApp.root_dir={root}",
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ),
    ]
    with (root / "log").open("w") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, **own, "IPYTHONDIR": str(root / "ipython")}
        )
        try:
            _wait(f"http://127.0.0.1:{port}/api", root / "log")
            yield f"http://127.0.0.1:{port}/lab/tree/view.ipynb?token=secret&reset"
        finally:
            server.terminate()
            server.wait(30)


def _wait(url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def page(lab: str) -> Iterator[Page]:
    """The notebook, its cells run; no other host may be asked for anything."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine: install chromium")
        pytest.skip("no Chromium on this machine: install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=30_000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(lab)
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        command(page, "application:toggle-left-area")
        command(page, "notebook:run-all-cells")
        expect(page.locator(".jiaokou-explorer select").first).to_be_visible()
        expect(page.locator(".jiaokou-explorer tbody tr")).to_have_count(len(jiaokou.load()))
        yield page
        assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []
        browser.close()


def command(page: Page, name: str, **arguments: str) -> None:
    """Run a command of JupyterLab's, without waiting for its end."""
    page.evaluate(
        "([name, given]) => { window.jupyterapp.commands.execute(name, given); }", [name, arguments]
    )


def rows(page: Page, number: int) -> None:
    """The table shows so many rows."""
    expect(page.locator(".jiaokou-explorer tbody tr")).to_have_count(number)


def test_by_mouse_a_unit_is_offered_chosen_and_drawn_and_the_language_switched(page: Page) -> None:
    view = page.locator(".jiaokou-explorer")
    economy = jiaokou.load("economy")
    view.get_by_label("部分").select_option(label=f"实力交口（{len(economy)}）")
    rows(page, len(economy))
    expect(view.locator(".main-svg")).to_have_count(0)
    view.get_by_role("button", name="人民币元").click()
    money = economy.query("unit == 'CNY'")
    rows(page, len(money))
    expect(view.locator(".js-plotly-plot .bars path").first).to_be_visible()
    view.get_by_role("button", name="English").click()
    expect(view.get_by_label("Section")).to_be_visible()
    expect(view.locator("textarea")).to_have_value(
        'import jiaokou as jk\n\nrows = jk.load("economy").query("unit == \'CNY\'")\njk.charts.bars(rows, "en")'
    )
