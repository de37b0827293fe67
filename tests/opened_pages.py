"""A page opened in a real browser without a network, which must ask for nothing and say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

DRAWN = "() => [...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('.main-svg'))"
MARKS = """() => [...document.querySelectorAll('.chart')].map((chart) =>
    [...chart.querySelectorAll('.trace path, .trace :not(.textpoint) > text, .trace use')].filter((mark) => {
        const box = mark.getBoundingClientRect();
        return box.width + box.height > 0;
    }).length)"""

CUT = """() => [...document.querySelectorAll('main :is(p, li, h1, h2, h3, dd, button, td, th, .main-svg)')]
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter((element) => {  // what a box of its own lets scroll is not cut
        const box = element.closest('.table');
        return !box || getComputedStyle(box).overflowX === 'visible';
    }).map((element) => element.outerHTML.slice(0, 100))"""
OUTSIDE = """() => [...document.querySelectorAll('.js-plotly-plot text')].filter((text) => {
    const box = text.getBoundingClientRect(), plot = text.closest('.js-plotly-plot').getBoundingClientRect();
    return box.left < plot.left || box.right > plot.right || box.bottom > plot.bottom;
}).map((text) => text.textContent)"""


@cache
def _context(browser: Browser, **how: Any) -> BrowserContext:
    """A context for all pages that are opened in the same way, and a page in it that stays open.

    Chromium takes longer to make a context, or to open its only page, than to show a page.
    """
    context = browser.new_context(offline=True, **how)
    context.new_page()
    return context


@contextmanager
def opened(
    browser: Browser, path: Path, *, width: int = 1280, scripts: bool = True, dark: bool = False, **more: Any
) -> Iterator[Page]:
    """The page, in a browser without a network; it fails where the page asks for anything, or complains."""
    with _context(browser, java_script_enabled=scripts, **more).new_page() as page:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_default_timeout(30_000)
        heard: list[str] = []
        page.on("request", lambda request: heard.append(f"request {request.url[:200]}"))
        page.on("console", lambda message: heard.append(f"console {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error {error}"))
        page.goto(path.as_uri())
        if scripts:
            page.wait_for_function(DRAWN)
        yield page
        assert heard == [f"request {path.as_uri()}"], heard
