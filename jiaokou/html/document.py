"""What a briefing holds, read from an executed notebook: parts in order, charts, findings, what made it."""

import html
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from jiaokou.execution.parameters import assignments
from jiaokou.wording import LANGUAGES, check_language

PLOTLY = "application/vnd.plotly.v1+json"
# The element that plotly.js is put into when the rest of the page is laid out: no template need carry so much.
PLOTLY_JS = '<script type="text/plain" id="plotly">'
# Whether it is text, not base64.
IMAGES = {
    "image/png": False,
    "image/jpeg": False,
    "image/gif": False,
    "image/webp": False,
    "image/svg+xml": True,
}
UNSEEN = {"parameters", "injected-parameters"}

# It looks back to the space, since a search for fixed characters is three times as fast.
_OBSERVATION = re.compile(
    r'<(\w+)\b(?=[^>]*data-observation="(?<=\sdata-observation=")([^"]+)")(?![^>]*\sid=)'
)
_TABLE_TITLE = re.compile(r"<(caption|td)\b(?=>|[^>]*gt_title)[^>]*>(.*?)</\1>", re.DOTALL)
_NOTEBOOK_ONLY = re.compile(r'<style class="notebook-only">.*?</style>', re.DOTALL)
_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_HEADING = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
_REGION = re.compile(r'<div tabindex="0" role="region" aria-label="[^"]*"')
_PARAGRAPH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
_ELEMENT = re.compile(r"<[^>]+>")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Part:
    """One thing shown on a page. `kind` is ``html``, ``figure``, ``table``, ``image``, ``text`` or ``error``."""

    kind: str
    id: str
    html: str = ""
    title: str = ""
    subtitle: str = ""
    text: str = ""
    description: str = ""
    source: str = ""
    table: tuple[tuple[str, ...], ...] = ()
    height: int = 450
    lower: int = 0
    """By how many pixels a figure is taller on a narrow screen."""


@dataclass
class Page:
    """A briefing before it is laid out."""

    name: str
    lang: str
    parameters: dict[str, Any]
    parts: list[Part] = field(default_factory=list)
    templates: list[Any] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)
    unrun: int = 0
    """How many code cells were not run, so that what they show is missing."""

    @property
    def errors(self) -> int:
        """How many of the notebook's cells failed."""
        return sum(part.kind == "error" for part in self.parts)

    @property
    def traces(self) -> set[str]:
        """The kinds of traces that its charts have."""
        return {trace.get("type", "scatter") for figure in self.figures.values() for trace in figure["data"]}

    @property
    def title(self) -> str:
        """The text of the first heading, or else the notebook's name."""
        return next(self._texts(_TITLE), self.name)

    @property
    def headline(self) -> str:
        """The first paragraph as plain text."""
        return next(self._texts(_PARAGRAPH), "")

    def _texts(self, pattern: re.Pattern[str]) -> Iterator[str]:
        for part in self.parts:
            if part.kind == "html":
                yield from (text for found in pattern.findall(part.html) if (text := plain(found)))


def plain(markup: str) -> str:
    """The text of a piece of HTML, in one line."""
    return " ".join(html.unescape(_ELEMENT.sub("", markup)).split())


def parameters(notebook: NotebookNode) -> dict[str, Any]:
    """The values that the run had: those declared, with the injected ones over them."""
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and UNSEEN.intersection(cell.metadata.get("tags", [])):
            try:
                values |= {name: value for name, value, _ in assignments(cell.source)}
            except (
                SyntaxError
            ):  # a scheduler injects whatever the user typed; the run itself has shown the error
                continue
    return values


def read(notebook: NotebookNode, name: str, markdown: Callable[[str], str]) -> Page:
    """The page of an executed notebook: its language's markdown, and its outputs without their code."""
    values = parameters(notebook)
    page = Page(name, check_language(values.get("lang", LANGUAGES[0])), values)
    for position, cell in enumerate(notebook.cells, start=1):
        tags = set(cell.metadata.get("tags", []))
        if tags & UNSEEN or (tags & set(LANGUAGES) and page.lang not in tags):
            continue
        if cell.cell_type == "markdown":
            page.parts.append(Part("html", "", html=Markup(markdown(cell.source))))
        elif cell.cell_type == "code":
            page.unrun += bool(
                cell.source.strip() and not cell.outputs and cell.get("execution_count") is None
            )
            shown = count(1)
            for output in cell.outputs:
                number = next(shown)
                id_ = cell.get("id") or f"cell-{position}"
                part = _part(page, output, id_ if number == 1 else f"{id_}-{number}", markdown)
                if part:
                    page.parts.append(part)
    page.parts = [_anchored(part, page.anchors) for part in _named(page.parts)]
    return page


def _named(parts: list[Part]) -> Iterator[Part]:
    """The parts, tables without a title being called by the heading they stand under, and numbered if need be."""
    heading, used = "", Counter[str]()
    for part in parts:
        if part.kind == "html" and (found := _HEADING.findall(part.html)):
            heading = plain(found[-1])
        if part.kind == "table":
            title = part.title or heading
            used[title] += 1
            yield replace(part, title=f"{title} ({used[title]})" if used[title] > 1 else title)
        else:
            yield part


def _part(page: Page, output: NotebookNode, id_: str, markdown: Callable[[str], str]) -> Part | None:
    if output.output_type == "error":
        line, text = f"{output.ename}: {output.evalue}", _ANSI.sub("", "\n".join(output.traceback))
        return Part("error", id_, title=line, text="" if text == line else text)
    if (
        output.output_type == "stream"
    ):  # what libraries warn of is for the notebook's author, not for the reader
        return Part("text", id_, text=_ANSI.sub("", output.text)) if output.name == "stdout" else None
    data = output.data
    if PLOTLY in data:
        return _figure(page, data[PLOTLY], id_)
    if "text/html" in data:
        markup = _NOTEBOOK_ONLY.sub("", data["text/html"])
        if "<table" not in markup:
            return Part("html", id_, html=Markup(markup))
        title = _TABLE_TITLE.search(markup)
        # The page names each table after its heading; two regions around one table would be one too many.
        markup = _REGION.sub("<div", markup, count=1)
        return Part("table", id_, html=Markup(markup), title=plain(title[2]) if title else "")
    for type_, is_text in IMAGES.items():
        if type_ in data:
            return Part("image", id_, text=data_url(type_, data[type_], is_text))
    if "text/markdown" in data:
        return Part("html", id_, html=Markup(markdown(data["text/markdown"])))
    text = data.get("text/latex", data.get("text/plain"))
    return None if text is None else Part("text", id_, text=text)


def data_url(type_: str, content: str, is_text: bool = True) -> str:
    """A file inside the page; `content` is text, or base64 already."""
    encoded = b64encode(content.encode()).decode() if is_text else "".join(content.split())
    return f"data:{type_};base64,{encoded}"


def _as_saved(value: Any) -> Any:
    """JSON that does not tell who saved it: keys in order, whole numbers without the point that JavaScript drops."""
    if isinstance(value, dict):
        return {key: _as_saved(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_as_saved(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _figure(page: Page, chart: dict[str, Any], id_: str) -> Part:
    chart = _as_saved(chart)
    layout = dict(chart.get("layout", {}))
    meta = layout.pop("meta", None)
    meta = meta if isinstance(meta, dict) else {}
    # The page prints the title as text and decides how wide a chart is.
    for own in ("width", "autosize", *(["title"] if meta.get("title") else [])):
        layout.pop(own, None)
    heights = (each.get("height") for each in (meta, layout))
    layout["height"] = next((int(height) for height in heights if isinstance(height, int | float)), 450)
    # Every figure carries the same template; the page keeps each different one once.
    template = layout.pop("template", {})
    if template not in page.templates:
        page.templates.append(template)
    id_ = str(meta.get("id") or id_)
    figure = {
        "data": chart.get("data") or [],
        "layout": layout,
        "template": page.templates.index(template),
    }
    if narrow := _narrow(meta.get("narrow")):
        figure["narrow"] = narrow
    lower = sum(by for _, by in narrow.get("lower", ()))
    page.figures[f"{id_}-plot"] = figure
    texts = {key: str(meta.get(key) or "") for key in ("title", "subtitle", "description", "source")}
    table = tuple(tuple(map(str, row)) for row in meta.get("table") or ())
    return Part("figure", id_, table=table, height=layout["height"], lower=lower, **texts)


def _narrow(said: Any) -> dict[str, Any]:
    """What is said of narrow screens; nothing unless in the form in which `charts` says it."""

    def is_move(move: Any) -> bool:
        return isinstance(move, list) and [isinstance(each, int | float) for each in move] == [True, True]

    match said:
        case {"texts": {**texts}, "lower": [*moves]} if texts and all(map(is_move, moves)):
            return dict(said)
    return {}


def _anchored(part: Part, anchors: set[str]) -> Part:
    """The part with an id where an observation stands first on the page, for links such as ``#projects_planned``."""

    def mark(found: re.Match[str]) -> str:
        if found[2] in anchors:
            return found[0]
        anchors.add(found[2])
        return f'<{found[1]} id="{found[2]}"'

    return replace(part, html=Markup(_OBSERVATION.sub(mark, part.html))) if part.html else part
