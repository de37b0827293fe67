"""What a briefing holds, read from an executed notebook: parts in order, charts, findings, what made it."""

import mimetypes
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import Tag
from nbformat import NotebookNode

from jiaokou.explore.origin import is_outdated
from jiaokou.explore.parameters import assignments
from jiaokou.html import figures
from jiaokou.html.display import Part, parts_of, parts_of_text
from jiaokou.html.markup import data_url, plain
from jiaokou.wording import LANGUAGES

UNSEEN = {"parameters", "injected-parameters"}
IDS = ("main", "contents", "method", "reuse", "charts", "plotly")
"""The ids that a page's own script and links go by."""

_HEADINGS = [f"h{level}" for level in range(1, 7)]
_NUMBER = re.compile(r"[-−+]?[\d.,]+(?:e[-+]?\d+)?%?|[Nn]a[NT]|None|<NA>|-?inf", re.IGNORECASE)


@dataclass
class Page:
    """A briefing before it is laid out."""

    name: str
    lang: str
    parameters: dict[str, Any]
    title: str = ""
    """The text of the first heading of the highest level, or else the notebook's name."""

    headline: str = ""
    """The first paragraph as plain text."""

    contents: list[tuple[str, str]] = field(default_factory=list)
    """The id and the text of each heading of the second level."""

    parts: list[Part] = field(default_factory=list)
    templates: list[Any] = field(default_factory=list)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=lambda: set(IDS))
    anchors: set[str] = field(default_factory=set)
    """The observations and derived numbers that it shows."""

    unrun: int = 0
    """How many code cells were not run, so that what they show is missing."""

    outdated: int = 0
    """How many code cells were changed since they were run, or were run in another language than the page's."""

    doubts: list[str] = field(default_factory=list)
    """What its author should mend, one line each."""

    @property
    def errors(self) -> int:
        """How many of the notebook's cells failed, and how many outputs cannot be shown."""
        return sum(part.kind in ("error", "lost") for part in self.parts)


def parameters(notebook: NotebookNode) -> dict[str, Any]:
    """The values that the run had: those declared, with the injected ones over them."""
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and UNSEEN.intersection(cell.metadata.get("tags", [])):
            with suppress(SyntaxError):  # a scheduler injects whatever the user typed; the run itself shows the error
                values |= {name: value for name, value, _ in assignments(cell.source)}
    return values


def language(asked: Any, notebook: NotebookNode) -> str:
    """The language of the page: the one asked for, or else the one that the notebook's text is written in."""
    if asked in LANGUAGES:
        return str(asked)
    text = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in text)
    return "zh" if 4 * chinese > sum(map(str.isalpha, text)) else "en"


def is_shown(tags: set[str], lang: str) -> bool:
    """Whether a page in a language shows a cell with these tags."""
    return not tags & UNSEEN and (lang in tags or not tags & set(LANGUAGES))


def _beside(folder: str, attachments: Mapping[str, Mapping[str, str]], address: str) -> str | None:
    """The content of an image that a cell brings along, or that lies beside the notebook, as a ``data:`` address."""
    name = unquote(address)
    for type_, content in attachments.get(name.removeprefix("attachment:"), {}).items():
        return f"data:{type_};base64,{content}"
    type_ = mimetypes.guess_type(name)[0] or ""
    if ":" in name or Path(name).is_absolute() or not type_.startswith(("image/", "audio/", "video/")):
        return None
    with suppress(OSError):
        return data_url(type_, Path(folder, name).read_bytes())
    return None


def read(notebook: NotebookNode, name: str, folder: str = "") -> Page:
    """The page of an executed notebook: its language's markdown, and its outputs without their code.

    Images are looked for in `folder`, where the notebook lies.
    """
    values = parameters(notebook)
    page = Page(name, language(values.get("lang"), notebook), values)
    if values.get("lang", page.lang) != page.lang:
        page.doubts.append(
            f"lang is {values['lang']!r}, and the page is in {page.lang!r}: use {' or '.join(LANGUAGES)}"
        )
    for position, cell in enumerate(notebook.cells, start=1):
        tags = set(cell.metadata.get("tags", []))
        if not is_shown(tags, page.lang):
            continue
        find = partial(_beside, folder, cell.get("attachments", {}))
        id_ = cell.get("id") or f"cell-{position}"
        id_ = f"{id_}-cell" if id_ in IDS else id_
        if cell.cell_type == "markdown":
            shared = id_.removesuffix(f"-{page.lang}")
            heading = shared if shared != id_ else ""
            page.parts += [replace(part, id=heading) for part in parts_of_text(cell.source, find)]
        elif cell.cell_type == "code":
            page.outdated += is_outdated(cell, page.parameters)
            page.unrun += bool(cell.source.strip() and not cell.outputs and cell.get("execution_count") is None)
            for number, output in enumerate(cell.outputs, start=1):
                own = id_ if number == 1 else f"{id_}-{number}"
                page.parts += [replace(part, id=part.id or own) for part in parts_of(output, find)]
    _finish(page)
    return page


def _finish(page: Page) -> None:
    """Give the parts names, ids and the like that depend on what stands around them."""
    heading, used, titles = page.name, Counter[str](), dict[str, str]()
    for part in page.parts:
        for tag in part.soup.find_all() if part.soup else ():
            _identify(page, tag, part.id)
            # Of paragraphs only the first is read: thousands that were left open stand within one another.
            is_title = tag.name in _HEADINGS or (tag.name == "p" and "p" not in titles)
            if part.kind == "html" and is_title and (text := plain(tag)):
                titles.setdefault(tag.name, text)
                heading = text if tag.name != "p" else heading
                page.contents += [(str(tag["id"]), text)] if tag.name == "h2" else []
            elif tag.name == "table":
                _dress(part, tag, heading)
        if part.kind == "table":
            title = part.title or heading
            used[title] += 1
            part.title = f"{title} ({used[title]})" if used[title] > 1 else title
        elif part.kind == "figure":
            _add(page, part)
        if part.kind in ("figure", "image") and not part.title:
            part.name = (figures.name(part.figure) if part.figure else "") or heading
            page.doubts.append(f"a picture under {heading!r} has no title that says what it shows")
    page.headline = titles.pop("p", "")
    page.title = titles[min(titles)] if titles else page.name
    _mend_links(page)


def _identify(page: Page, tag: Tag, cell: str) -> None:
    """Give an id to headings, and to the first place of each observation and relation; take a second one away.

    A heading goes by its cell where that bears one name in each language, `finance-zh` and `finance-en`, so that links
    lead to the same place in all of them.
    """
    if tag.name == "a" and tag.get("name"):  # where links led before HTML 5
        tag["id"] = tag.get("id") or tag["name"]
    id_, code = str(tag.get("id") or ""), str(tag.get("data-observation") or tag.get("data-relation") or "")
    if code and not id_ and code not in page.ids:
        tag["id"] = code
    elif tag.name in _HEADINGS and not id_:
        name = cell or plain(tag).replace(" ", "-")
        tag["id"] = next(each for n in count() if (each := f"{name}-{n}" if n else name) not in page.ids)
    elif id_ in page.ids:
        del tag["id"]
    page.ids |= {str(tag["id"])} if tag.get("id") else set()
    page.anchors |= {str(tag[name]) for name in ("data-observation", "data-derived") if tag.get(name)}


def _dress(part: Part, table: Tag, heading: str) -> None:
    """Let a table scroll in a region of its own, and set the numbers of one of pandas' to the right."""
    if part.kind != "table":
        attributes = {"class": "table", "role": "region", "tabindex": "0", "aria-label": heading}
        table.wrap(Tag(name="div", attrs=attributes))
    elif region := table.find_parent(role="region"):
        for name in ("tabindex", "role", "aria-label"):  # the page's own says it
            del region[name]
    if "dataframe" in str(table.get("class")) or str(table.get("id")).startswith("T_"):
        for cell in table.find_all("td"):
            if _NUMBER.fullmatch(plain(cell)):
                cell["class"] = f"{cell.get('class') or ''} number".strip()


def _add(page: Page, part: Part) -> None:
    """Keep a figure's data for the page's script. Figures carry the same template; each different one is kept once."""
    layout = dict(part.figure["layout"])
    template = layout.pop("template", {})
    template = template if isinstance(template, dict) else {}
    if template not in page.templates:
        page.templates.append(template)
    page.figures[f"{part.id}-plot"] = part.figure | {"layout": layout, "template": page.templates.index(template)}


def _mend_links(page: Page) -> None:
    """Let links to headings lead there when they are written as other tools name headings."""
    ids = page.ids | {part.id for part in page.parts}
    known = {_slug(id_): id_ for id_ in sorted(page.ids)} | {_slug(text): id_ for id_, text in page.contents}
    for link in (link for part in page.parts if part.soup for link in part.soup.find_all("a", href=re.compile("^#."))):
        name = unquote(str(link["href"])[1:])
        if name not in ids and _slug(name) in known:
            link["href"] = f"#{known[_slug(name)]}"
        elif name not in ids:
            del link["href"]  # it would lead nowhere


def _slug(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
