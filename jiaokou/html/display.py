"""What can be shown of a notebook's output on a page: the one place that decides it.

A page loads nothing and runs no script but its own. An output often has several forms; of those with anything to see
the one is taken that loses least by that, and what is lost is said in its place.
"""

import json
import math
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from bs4 import BeautifulSoup
from markupsafe import Markup
from nbformat import NotebookNode

from jiaokou.html import figures
from jiaokou.html.markup import LESSER, SEEN, Find, Loss, clean, markdown, plain, terminal

PLOTLY = "application/vnd.plotly.v1+json"
IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")

_FOLDERS = re.compile(r"(?<![\w./:~\\])(?:~|[A-Za-z]:)?[/\\](?:[^\s/\\:\"'<>|]++[/\\])++")
"""What a file's name tells of the machine that it lies on."""
_NAME = re.compile(r"\s*(?:<(?=[\w.]+[ >])|(?=[\w.]+\())([A-Za-z_][\w.]*)")
_IPYTHON = re.compile(r"\s*<IPython\.[\w.]+ (?:object|at \w+)>\s*")


@dataclass
class Part:
    """One thing on a page: ``html``, ``figure``, ``table``, ``image``, ``text``, ``error``, or what is ``lost``."""

    kind: str
    id: str = ""
    soup: BeautifulSoup | None = None
    title: str = ""
    subtitle: str = ""
    name: str = ""
    """What it is called where it has no title."""

    text: str = ""
    description: str = ""
    source: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    figure: dict[str, Any] = field(default_factory=dict)
    size: Mapping[str, Any] = field(default_factory=dict)
    """The height and width in pixels that its author gave an image or a figure."""

    @cached_property
    def html(self) -> Markup:
        """Its markup, once nothing changes it any more."""
        return Markup(self.soup.decode(formatter="minimal") if self.soup else "")

    @property
    def rows(self) -> int:
        """How many rows its table has below its head."""
        # Not `select`, whose patterns fail on Python 3.11.2, Debian 12's.
        return sum(len(body.find_all("tr")) for body in self.soup.find_all("tbody")) if self.soup else 0


def parts_of(output: NotebookNode, find: Find) -> list[Part]:
    """What a page shows of an output, and what it says of the rest; `find` gives a file beside the notebook."""
    if output.output_type == "error":
        failed = f"{output.ename}: {output.evalue}".rstrip(": "), "\n".join(output.traceback)
        line, text = (_FOLDERS.sub("", terminal(each)) for each in failed)
        return [Part("error", title=line, text="" if text == line else text)]
    if output.output_type == "stream":  # what libraries warn of is for the notebook's author, not for the reader
        said = terminal(output.text) if output.name == "stdout" else ""
        return [Part("text", text=said)] if said.strip() else []
    return _best(output, find)


def parts_of_text(text: str, find: Find) -> list[Part]:
    """What a page shows of a Markdown cell, and what it says of the rest."""
    return [replace(part, kind="html") if part.soup else part for part in _html(markdown(text), find)]


def _best(output: NotebookNode, find: Find) -> list[Part]:
    """The form of a displayed output that shows most of it."""
    data, about = output.data, output.get("metadata", {})
    forms: dict[str, Callable[[Any], list[Part]]] = {
        PLOTLY: _figure,
        "text/html": lambda html: _html(html, find),
        "text/markdown": lambda text: _html(markdown(text), find),
        "text/latex": lambda text: _html(markdown(text), find),
        **{type_: partial(_image, type_, about.get(type_, {})) for type_ in IMAGES},
        "application/json": lambda value: [Part("text", text=json.dumps(value, ensure_ascii=False, indent=2))],
    }
    tried = [parts for type_, form in forms.items() if type_ in data and (parts := form(data[type_]))]
    text, others = terminal(data.get("text/plain", "")), [t for t in data if t not in (*forms, "text/plain")]
    if tried:
        best = min(tried, key=lambda parts: len(parts) if parts[0].kind != "lost" else math.inf)
        if best[0].kind == "lost":
            best = [min(best, key=lambda part: part.title in LESSER)]
    elif others:
        kind = "widget" if "widget" in others[0] else "script" if "javascript" in others[0] else "rich"
        best = _lost([Loss(kind, _named(text) or others[0])])
    elif not text or forms.keys() & data.keys():
        best = []
    else:
        best = _lost([Loss("rich", text)]) if _IPYTHON.fullmatch(text) else [Part("text", text=text)]
    return [part if part.kind != "lost" or part.text else replace(part, text=_named(text)) for part in best]


def _lost(losses: Iterable[Loss]) -> list[Part]:
    return [Part("lost", title=kind, text=what[:200]) for kind, what in dict.fromkeys(losses)]


def _html(html: str, find: Find) -> list[Part]:
    """A piece of HTML as a part of the page, and what it lost."""
    soup, losses = clean(html, find)
    if not soup.find(SEEN) and not plain(soup):
        return _lost(losses)
    table = soup.find("table")
    title = (table and table.caption) or soup.find(class_=re.compile(r"\bgt_title\b"))  # great_tables has no caption
    return [Part("table" if table else "html", soup=soup, title=plain(title) if table else ""), *_lost(losses)]


def _named(text: str) -> str:
    """What a plain text says that it stands for: ``IntSlider`` in ``IntSlider(value=3)``."""
    found = _NAME.match(text)
    return found[1] if found and not found[1].startswith("IPython") else ""


def _image(type_: str, about: Mapping[str, Any], content: str) -> list[Part]:
    if type_ == "image/svg+xml":
        named = 'xmlns="http://www.w3.org/2000/svg"'
        whole = content if "xmlns=" in content else content.replace("<svg", f"<svg {named}", 1)
        content = b64encode(whole.encode()).decode()
    size = {side: about[side] for side in ("width", "height") if isinstance(about.get(side), int)}
    url = f"data:{type_};base64,{''.join(content.split())}"
    return [Part("image", title=str(about.get("alt") or ""), text=url, size=size)]


def _figure(chart: dict[str, Any]) -> list[Part]:
    """A figure; the page prints its title as text, and leaves room for the size that its author gave it."""
    said = {key: value for key, value in figures.normal(chart).items() if value}
    figure: dict[str, Any] = {"data": [], "layout": {}} | said
    if lost := _lost(figures.losses(figure)):
        return lost
    layout = figure["layout"] = dict(figure["layout"])
    meta = layout.pop("meta", None)
    meta = meta if isinstance(meta, dict) else {}
    formulas = _lost(figures.formulas(figure))
    texts: dict[str, Any] = {key: str(meta.get(key) or "") for key in ("title", "subtitle", "description", "source")}
    if texts["title"]:
        layout.pop("title", None)
    layout.pop("autosize", None)
    size = {side: _pixels(meta.get(side), layout.pop(side, None)) for side in ("height", "width")}
    if size["width"] is None or "title" in meta:
        layout["height"] = size["height"] or 450
        size = {"height": layout["height"]}
    for width in ("narrow", "broad"):
        match figures.normal(meta.get(width)):  # as `charts` says it, a change of each trace
            case {"data": [*data], "layout": {"height": int()} as change} if len(data) == len(figure["data"]):
                figure[width] = {"data": data, "layout": change}
    table = tuple(tuple(map(str, row)) for row in meta.get("table") or ())
    return [Part("figure", str(meta.get("id") or ""), table=table, figure=figure, size=size, **texts), *formulas]


def _pixels(*said: Any) -> int | None:
    """The first of what is said of a side that is a number."""
    return next((int(each) for each in said if isinstance(each, int | float) and each > 0), None)
