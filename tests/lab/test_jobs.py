"""Notebook jobs as an analyst makes them, by JupyterLab's menus; and notebooks from elsewhere through both of its ways."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import nbformat
import pytest
from notebooks_elsewhere import ELSEWHERE, PNG
from opened_lab import Lab, Server
from playwright.sync_api import expect
from small_notebooks import code, notebook, text, write

from jiaokou.html.exporter import BriefingExporter
from jiaokou.publishing.checks import Markup

OUTPUTS = [output for each in ELSEWHERE.values() for cell in each.notebook.cells for output in cell.get("outputs", [])]
DATA = list({json.dumps(each.data): each.data for each in OUTPUTS if "data" in each}.values())


def test_nothing_is_asked_at_the_first_start_and_the_projects_folder_is_served(lab: Lab) -> None:
    assert lab.page.evaluate("async () => (await jupyterapp.serviceManager.contents.get('docs/index.md')).name")
    assert lab.page.locator(".Toastify__toast, .jp-Dialog").count() == 0


@pytest.fixture(scope="module")
def job(server: Server, lab: Lab) -> Iterator[dict[str, str]]:
    """The files of a job, by their names, which its *Download* has brought to the folder that JupyterLab serves.

    The job shows all that the notebooks from elsewhere show.
    """
    sources = [f"import json\ndisplay(json.loads({json.dumps(each)!r}), raw=True)" for each in DATA]
    write(server.root / "to_run.ipynb", text("# Bread"), *map(code, sources))
    page = lab.page
    page.evaluate("() => jupyterapp.commands.execute('filebrowser:refresh')")
    page.locator(".jp-DirListing-item", has_text="to_run.ipynb").click(button="right")
    page.locator(".lm-Menu-itemLabel").get_by_text("Create Job", exact=True).click()
    page.get_by_role("checkbox", name="Briefing").check()
    page.get_by_role("button", name="Create", exact=True).click()
    row = page.get_by_role("row", name="to_run.ipynb")
    while not row.get_by_text("Completed").is_visible():
        page.get_by_role("button", name="Reload").click()
        page.wait_for_timeout(1000)
        assert not row.get_by_text("Failed").is_visible()
    row.get_by_role("button", name="Download").click()
    link = row.get_by_role("link", name="Briefing")
    while not link.is_visible():
        page.get_by_role("button", name="Reload").click()
        page.wait_for_timeout(500)
    link.click()
    expect(page.frame_locator(".jp-HTMLViewer iframe").locator("h1").first).to_be_visible()
    files = page.evaluate("""async () => {
        const {contents} = jupyterapp.serviceManager, [folder] = (await contents.get('jobs')).content;
        return (await contents.get(folder.path)).content.map((file) => file.path);
    }""")
    yield {path: (server.root.parent / path).read_text(encoding="utf-8") for path in files}
    page.evaluate("() => jupyterapp.commands.execute('application:close-all')")


def test_a_jobs_files_are_downloaded_by_its_button_and_lie_where_lab_shows_them(job: dict[str, str]) -> None:
    assert sorted(name.rpartition(".")[2] for name in job) == ["html", "ipynb", "ipynb"]
    (page,) = (content for name, content in job.items() if name.endswith(".briefing.html"))
    assert "<title>" in page


def test_a_job_of_what_is_shown_elsewhere_loses_what_an_export_loses_and_says_so(job: dict[str, str]) -> None:
    (page,) = (content for name, content in job.items() if name.endswith(".briefing.html"))
    static = notebook(text("# Bread"), *(code(f"{n}", outputs=[dict(each)]) for n, each in enumerate(DATA)))
    assert Markup(page).lost == Markup(BriefingExporter().from_notebook_node(static)[0]).lost != []


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_menus_briefing_of_a_notebook_from_elsewhere_shows_it_or_says_so(server: Server, name: str) -> None:
    """By the address that the menu's entry opens."""
    expected: Any = ELSEWHERE[name]
    (server.root / "pictures").mkdir(exist_ok=True)
    (server.root / "pictures" / "near by.png").write_bytes(base64.b64decode(PNG))
    nbformat.write(expected.notebook, server.root / f"{name}.ipynb")
    address = f"{server.url}/nbconvert/briefing/notebooks/{quote(name)}.ipynb"
    with urlopen(Request(address, headers={"Authorization": f"token {server.token}"})) as answer:
        found = Markup(answer.read().decode())
    assert [what for what, note in zip(expected.lost, found.lost, strict=True) if what not in note] == []
