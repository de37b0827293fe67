"""Markup from anywhere made fit for a page: whole, closed, harmless, and asking no network for anything.

What is taken away is returned as losses, so that the page can say it. The same rule (`requests`) tells the gate what a
browser would fetch.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import tinycss2
from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString, Stylesheet
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

Find = Callable[[str], str | None]
"""The content of a file beside the notebook as a ``data:`` address, None where there is none."""


class Loss(NamedTuple):
    """What a page does not show: a kind that its phrases name (``lost_<kind>``), and what it was."""

    kind: str
    what: str = ""


ACTIVE = {
    **dict.fromkeys(("script", "canvas"), "script"),
    **dict.fromkeys(("iframe", "frame", "object", "embed", "applet"), "frame"),
    **dict.fromkeys(("form", "button", "select", "textarea"), "form"),
}
"""Elements that do nothing on a page, and what is lost with them."""

LESSER = ("network", "missing")
"""Losses that say less of an output than a script's, which they come with."""

LOST = {"formula": "formula", "mermaid": "script"}
"""Classes of what rendering Markdown left as it was typed."""

# Of no use on a page, or read by browsers as text that no parser could close for them.
_DROPPED = {*ACTIVE, *"base link meta title template noscript noembed noframes plaintext xmp frameset".split()}
_UNWRAPPED = ("html", "head", "body")
_LOADED = {"src", "srcset", "imagesrcset", "poster", "background", "data", "ping", "manifest", "lowsrc"}
_LINKS, _FOLLOWED = ("a", "area"), ("href", "xlink:href", "action", "formaction")
_ADDRESS = re.compile(r"\s*(?:https?:|mailto:|ftp:|data:(?!text/html)|[^:]*(?:[/?#]|$))", re.IGNORECASE)
_STAYS = re.compile(r"data:|#|\d+(?:\.\d+)?[wxh],?$", re.IGNORECASE)
_LOADING = {"url", "src", "image", "image-set", "-webkit-image-set"}
_LOADING_CSS = re.compile(r"(?:url|src|image|image-set)\(|@import|\\", re.IGNORECASE)
_COLOURED = re.compile(
    r"(?<![-\w])(?:background|(?:background-)?color)\s*:\s*(?!inherit|none|transparent)", re.IGNORECASE
)
_PLACED = re.compile(rf"{_COLOURED.pattern}|(?<![-\w])(?:position|width)\s*:", re.IGNORECASE)
_MEDIA = ("img", "source", "video", "audio", "picture", "image")
_MEDIA_FROM = {"src", "srcset", "href", "xlink:href"}
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*>", re.IGNORECASE)
_MONEY = re.compile(r"\d[^\\^_=<>{}]*\W")
SEEN = (*_MEDIA, "svg", "table", "math", "hr", "progress", "meter")
"""Elements that show something without a word."""


def requests(tag: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """The addresses that a browser would ask for by itself because of an element; a link to follow is none."""
    followed = tag in _LINKS or (tag == "link" and attributes.get("rel") == "alternate")
    for name, value in attributes.items():
        if name in _LOADED or (name in ("href", "xlink:href") and not followed):
            yield from (each for each in value.split() if not _STAYS.match(each))
        elif name == "style":
            yield from style_requests(value)
    if tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        yield attributes.get("content", "")


def style_requests(css: str) -> Iterator[str]:
    """The addresses that a style sheet, or an element's style, would ask for."""
    if _LOADING_CSS.search(css):
        yield from _loaded(tinycss2.parse_component_value_list(css))


def _loaded(tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "url" and not _STAYS.match(token.value):
            yield token.value
        elif token.type == "at-keyword" and token.lower_value == "import":
            yield "@import"
        elif token.type == "function" and token.lower_name in _LOADING:
            yield from (t.value for t in token.arguments if t.type == "string" and not _STAYS.match(t.value))
        yield from _loaded(getattr(token, "arguments", None) or getattr(token, "content", None) or ())


def scoped(css: str) -> str:
    """A style sheet for the element alone that it stands in; empty if it would ask a network for anything.

    A brace too many, which would end it early, is left out.
    """
    tokens = tinycss2.parse_component_value_list(css, skip_comments=True)
    whole = tinycss2.serialize([token for token in tokens if token.type != "error"])
    return "" if not whole or list(_loaded(tokens)) else f"@scope {{{whole}}}".replace("</", "<\\/")


def parse(html: str) -> BeautifulSoup:
    """A piece of HTML as a tree."""
    # The comment in front says that it is one: the parser warns of what might be a file's name. At each end tag it
    # looks through all breaks that were not closed.
    soup = BeautifulSoup(f"<!---->{_BREAK.sub('<br/>', html)}", "html.parser", multi_valued_attributes=None)
    soup.contents[0].extract()
    return soup


def clean(html: str, find: Find) -> tuple[BeautifulSoup, list[Loss]]:
    """The tree of a piece of HTML with all that a page cannot use taken out, and what was lost by that."""
    soup, lost = parse(html), list[Loss]()
    for each in list(soup.descendants):
        if isinstance(each, Tag):
            lost += _removed(each)
        elif isinstance(each, PreformattedString):
            each.extract()
    tags = soup.find_all()
    for tag in tags:
        lost += _attributes(tag, find)
    for tag in reversed(tags):
        if tag.name in _MEDIA and not _MEDIA_FROM & tag.attrs.keys() and not tag.find(_MEDIA):
            tag.extract()
    css = "".join(tag.extract().get_text() for tag in tags if tag.name == "style")
    if css or any("style" in tag.attrs and _PLACED.search(str(tag["style"])) for tag in tags):
        _isolate(soup, scoped(css))
        lost += [Loss("network", each) for each in list(style_requests(css))[:1]]
    return soup, lost


def _removed(tag: Tag) -> Iterator[Loss]:
    """Take an element away if a page cannot use it."""
    said = {name: str(value) for name, value in tag.attrs.items()}
    if kind := LOST.get(said.get("class", "")):
        yield Loss(kind, plain(tag))
    elif tag.name in ("meta", "link"):
        yield from (Loss("network", each) for each in requests(tag.name, said))
    elif tag.name in ACTIVE and "json" not in said.get("type", "") and not _HIDDEN.search(said.get("style", "")):
        yield Loss(ACTIVE[tag.name], said.get("src", "") if tag.name != "script" else "")
    if "srcdoc" in said and (beside := tag.find_previous_sibling("span")):
        beside.extract()  # a map of Folium's, and its advice to trust the notebook
    if tag.name in _UNWRAPPED:
        tag.unwrap()
    elif (
        tag.name in _DROPPED
        or (tag.name == "input" and "disabled" not in said)
        or (tag.name == "style" and ("scoped" in said or said.get("class") == "notebook-only"))  # the former is pandas'
    ):
        tag.extract()


def _attributes(tag: Tag, find: Find) -> Iterator[Loss]:
    """Take from an element what would act or ask a network, once files beside the notebook have come inside."""
    src = str(tag.get("src") or "").strip()
    if src and not _STAYS.match(src) and (content := find(src)):
        tag["src"] = content
    for name, value in {name: str(value) for name, value in tag.attrs.items()}.items():
        asked = list(requests(tag.name, {name: value}))
        if asked or name.startswith("on") or (name in _FOLLOWED and not _ADDRESS.match(value)):
            del tag[name]
        if asked and name not in ("srcset", "ping"):
            yield Loss("network" if ":" in asked[0] or asked[0].startswith("//") else "missing", asked[0])


def _isolate(soup: BeautifulSoup, css: str) -> None:
    """Put a piece of HTML with its style sheet into an element of its own, with paper of its own if it is coloured."""
    coloured = _COLOURED.search(css) or soup.find(style=_COLOURED)
    box = soup.new_tag("div", attrs={"class": "scoped coloured" if coloured else "scoped"})
    if css:
        box.append(soup.new_tag("style", string=Stylesheet(css)))
    box.extend(soup)
    soup.append(box)


def plain(element: Tag | None) -> str:
    """The text of an element in one line."""
    return " ".join(element.get_text().split()) if element else ""


class _Renderer(IPythonRenderer):
    """nbconvert's, with formulas as MathML, and images left to what looks over all markup of a page."""

    def inline_math(self, body: str) -> str:
        if body != body.strip() or _MONEY.fullmatch(body):  # between “$5” and “$10”
            return f"${self.escape_html(body)}$"
        return self._formula(body, "inline")

    def block_math(self, body: str) -> str:
        return self._formula(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return super(IPythonRenderer, self).image(text, url, title)

    def _formula(self, latex: str, display: str) -> str:
        """A formula as MathML; as it was typed where it is not wholly understood."""
        typed = f'<code class="formula">{self.escape_html(latex)}</code>'
        latex = re.sub(r"\\label\{[^{}]*\}", "", latex)
        latex = re.sub(r"\\(begin|end)\{(?:aligned|eqnarray\*?)\}", r"\\\1{align*}", latex)
        try:
            found = convert(latex, display=display)
        except Exception:  # noqa: BLE001 - it raises whatever it comes across
            return typed
        unread = "\\" in found or "<mi>&</mi>" in found or latex.count("{") != latex.count("}")
        return typed if unread else found


class _Markdown(MarkdownWithMath):
    DEFAULT_PLUGINS = (*MarkdownWithMath.DEFAULT_PLUGINS, "footnotes")  # type: ignore[assignment]  # one more


def markdown(text: str) -> str:
    """Markdown as HTML."""
    return _Markdown(_Renderer(escape=False, exclude_anchor_links=True)).render(text)


def data_url(type_: str, content: bytes) -> str:
    """A file inside the page."""
    return f"data:{type_};base64,{b64encode(content).decode()}"


# What a terminal shows; what it does: titles and links, colours and moves of the cursor, and the rest of its orders.
_PIECE = re.compile(
    r"(?P<text>[^\x1b\x9b\r\b]+)"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|(?:\x1b\[|\x9b)(?P<csi>[0-?]*)[ -/]*(?P<does>[@-~])"
    r"|\x1b[ -/]*[0-~]?|[\r\b]"
)


def terminal(text: str) -> str:
    """Text as a terminal leaves it: without colours and orders, what was overwritten gone."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    cells, cursor = list[str](), 0
    for piece in _PIECE.finditer(line):
        if text := piece["text"]:
            cells[cursor : cursor + len(text)] = text
            cursor += len(text)
        elif piece[0] in "\r\b":
            cursor = 0 if piece[0] == "\r" else max(0, cursor - 1)
        elif piece["does"] == "K":
            del cells[0 if piece["csi"] == "2" else cursor :]
    return "".join(cells)
