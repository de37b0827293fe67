"""JupyterLab in a browser, as an analyst has it before the eyes.

What a test claims of a menu goes through the menu (`choose`); the rest goes through Lab's own commands, which is quicker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Download, Locator, Page

PLOTLY = "application/vnd.plotly.v1+json"

_NOTEBOOK = "const notebook = jupyterapp.shell.currentWidget;"
_OPEN = """async (path) => {
    const opened = await jupyterapp.commands.execute('docmanager:open', {path});
    await opened.context.ready;
    await opened.sessionContext.ready;
    await opened.revealed;
    jupyterapp.shell.activateById(opened.id);
}"""
# Without a question about what was not saved: a kernel that comes up late changes a notebook that was saved before.
_CLOSE = """async () => {
    const opened = jupyterapp.shell.currentWidget;
    await opened.sessionContext.ready;
    await opened.sessionContext.shutdown();
    opened.dispose();
}"""
# The end of the next command of this name, whoever gives it.
_WILL_END = """(name) => {
    const {commandExecuted} = jupyterapp.commands;
    window.ended = new Promise((resolve) => commandExecuted.connect(function see(_, {id, result}) {
        if (id === name && commandExecuted.disconnect(see)) result.then(() => resolve());
    }));
}"""
_DRAWN = """() => [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .js-plotly-plot')].map((chart) =>
    [...chart.querySelectorAll('.trace path, .trace text, .trace use')].filter((mark) => {
        const box = mark.getBoundingClientRect();
        return box.width + box.height > 0;
    }).length)"""

# Each text that outputs show and its contrast with what is behind it, as WCAG computes it; texts of charts too.
_CONTRASTS = """() => {
    const parsed = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
    const over = ([r, g, b, a], below) => [r, g, b].map((part, n) => part * a + below[n] * (1 - a));
    const linear = (part) => (part / 255 <= .04045 ? part / 255 / 12.92 : ((part / 255 + .055) / 1.055) ** 2.4);
    const light = (colour) => colour.map(linear).reduce((sum, part, n) => sum + part * [.2126, .7152, .0722][n], .05);
    const up = (element) => element ? [element, ...up(element.parentElement)] : [];
    const found = [];
    for (const output of document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea-output')) {
        const walker = document.createTreeWalker(output, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
            if (!text || element.closest('style, script, clipPath') || !element.getClientRects().length) continue;
            const styles = up(element).map((each) => getComputedStyle(each));
            const behind = styles.map((style) => parsed(style.backgroundColor)).reduceRight((below, own) => over(own, below), [255, 255, 255]);
            const [r, g, b, a] = parsed(element instanceof SVGElement ? styles[0].fill : styles[0].color);
            const shown = over([r, g, b, a * styles.reduce((all, style) => all * style.opacity, 1)], behind);
            const [high, low] = [light(shown), light(behind)].sort((one, other) => other - one);
            found.push([text.slice(0, 40), high / low]);
        }
    }
    return found;
}"""


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address, the notebooks in the folder it serves, and what it says."""

    url: str
    token: str
    root: Path
    log: Path


@dataclass(frozen=True)
class Lab:
    """JupyterLab's page; a notebook that was opened is the one that the methods speak of."""

    page: Page

    @classmethod
    def start(cls, page: Page, url: str, token: str) -> Lab:
        """Open JupyterLab and wait until it has come up."""
        page.goto(f"{url}/lab?token={token}")
        page.wait_for_function("() => window.jupyterapp")
        page.evaluate("() => jupyterapp.restored")
        page.locator(".jp-DirListing-item").first.wait_for()
        return cls(page)

    def open(self, name: str) -> None:
        """Open one of the notebooks, with a kernel of its own."""
        self.page.evaluate(_OPEN, f"notebooks/{name}")
        # Menus act on the notebook in front, which it is a moment later.
        self.page.wait_for_function(f"(name) => {{ {_NOTEBOOK} return notebook.title.label === name; }}", arg=name)

    def choose(self, *labels: str) -> Locator:
        """Go through the menus to an entry, and give it, to be clicked on."""
        first, *others = labels
        self.page.get_by_role("menuitem", name=first, exact=True).click()
        *menus, entry = others
        for label in menus:
            self._entry(label).hover()
        return self._entry(entry)

    def _entry(self, label: str) -> Locator:
        return self.page.locator(".lm-Menu .lm-Menu-itemLabel").get_by_text(label, exact=True)

    def run_all(self) -> None:
        """Run all cells by the menu, and wait until the last has ended."""
        self.page.evaluate(_WILL_END, "notebook:run-all-cells")
        self.choose("Run", "Run All Cells").click()
        self.page.evaluate("() => window.ended")

    def change(self, old: str, new: str) -> None:
        """Put a word in the place of one in the parameters cell, with mouse and keys; `old` as the cell shows it."""
        cell = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell").first
        cell.locator(".cm-line").get_by_text(old, exact=True).first.dblclick()
        self.page.keyboard.type(new)

    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells as it would be saved now."""
        return self.page.evaluate(f"() => {{ {_NOTEBOOK} return notebook.content.model.sharedModel.toJSON().cells; }}")

    def outputs(self) -> list[dict[str, Any]]:
        """What the code cells put out, one after the other."""
        return [output for cell in self.cells() for output in cell.get("outputs", [])]

    def marks(self, charts: int) -> list[int]:
        """How many marks each drawn chart has, once there are so many charts."""
        self.page.wait_for_function(
            "(charts) => document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .js-plotly-plot .main-svg:first-child').length >= charts",
            arg=charts,
        )
        return self.page.evaluate(_DRAWN)

    def use_theme(self, name: str) -> None:
        """Change to `JupyterLab Light` or `JupyterLab Dark`."""
        self.page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        self.page.wait_for_function("(name) => document.body.dataset.jpThemeName === name", arg=name)

    def contrasts(self) -> list[tuple[str, float]]:
        """Each text that is shown by an output, and its contrast with what is behind it."""
        return self.page.evaluate(_CONTRASTS)

    def export(self, folder: Path) -> Path:
        """Save the notebook as a briefing by the menu; the page that comes down, under the name that it has."""
        entry = self.choose("File", "Save and Export Notebook As", "Briefing")
        with self.page.expect_download() as started:
            entry.click()
        download: Download = started.value
        path = folder / download.suggested_filename
        download.save_as(path)
        return path

    def close(self) -> None:
        """End the notebook's kernel and close it; what was changed and not saved is gone."""
        self.page.evaluate(_CLOSE)

    def error(self) -> str:
        """The first error that a cell has put out, as the notebook shows it; without colours.

        The kernel drops what waits behind a failed cell for a moment only: on a busy machine the next may run too.
        """
        shown = next(output for output in self.outputs() if output["output_type"] == "error")
        return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(shown["traceback"]))
