"""Notebook jobs as an analyst makes them: by the menus of JupyterLab, from a notebook to its page on the own disk."""

from __future__ import annotations

import nbformat
from notebooks_elsewhere import ELSEWHERE
from opened_lab import Lab, Server
from playwright.sync_api import expect
from small_notebooks import code, write


def test_nothing_is_asked_at_the_first_start_and_the_projects_folder_is_served(lab: Lab) -> None:
    lab.page.wait_for_timeout(1000)
    lab.page.screenshot(path="/tmp/n/lab/first.png")
    print(lab.page.locator(".jp-toast, .Toastify__toast, .jp-Dialog").all_inner_texts())
    assert lab.page.locator(".jp-toast, .Toastify__toast, .jp-Dialog").count() == 0
    assert lab.page.evaluate("async () => (await jupyterapp.serviceManager.contents.get('docs/index.md')).name")


def test_a_job_made_by_the_menu_is_downloaded_by_its_button_and_lies_where_lab_shows_it(
    server: Server, lab: Lab
) -> None:
    page = lab.page
    write(server.root / "to_run.ipynb", code("lang"))
    page.evaluate("() => jupyterapp.commands.execute('filebrowser:refresh')")
    page.locator(".jp-DirListing-item", has_text="to_run.ipynb").click(button="right")
    page.screenshot(path="/tmp/n/lab/menu.png")
    page.locator(".lm-Menu-itemLabel").get_by_text("Create Job", exact=True).click()
    page.wait_for_timeout(3000)
    page.screenshot(path="/tmp/n/lab/create.png")
    page.get_by_role("checkbox", name="Briefing").check()
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_timeout(5000)
    page.screenshot(path="/tmp/n/lab/jobs.png")
    assert 0
