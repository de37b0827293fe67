"""An executed notebook as a briefing: one HTML file that needs nothing else.

``jupyter nbconvert --to briefing NOTEBOOK`` and JupyterLab's menu find it by its entry point; `jiaokou publish` uses it
for every page of an edition.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import List, Unicode, default
from traitlets.config import Config

from jiaokou import wording
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.formats import as_csv
from jiaokou.html import document
from jiaokou.html.markup import data_url
from jiaokou.html.plotly_bundle import DRAWN, script
from jiaokou.html.popovers import explain
from jiaokou.tables.table import STYLE

TEMPLATES = Path(__file__).parent / "templates"
LAYOUTS = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)

UNFOLDED = 8
"""How many rows a table of ours has at most before a page folds it."""
UNFOLDED_FOREIGN = 60
"""The same for any other table: as many as pandas shows."""


@cache
def asset(name: str) -> str:
    """A file of the templates folder as text."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def allow(code: str) -> str:
    """The expression that lets a content policy run exactly this inline script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def policy(*scripts: str) -> str:
    """A content policy that runs the given scripts (see `allow`), loads nothing, and makes no request of any kind."""
    return (
        f"default-src 'none'; script-src {' '.join(scripts) or chr(39) + 'none' + chr(39)}; "
        "style-src 'unsafe-inline'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def plotly_bundle(*, whole: bool) -> tuple[str, str]:
    """plotly.js, compressed and in base64, and what lets its code run once the browser has opened it."""
    code = script(whole=whole)
    return base64.b64encode(zlib.compress(code.encode(), level=9)).decode(), allow(code)


_NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
"""Characters that a notebook may hold and an HTML file may not."""


def as_json(value: Any) -> Markup:
    """JSON that is safe inside a ``<script>`` element: it can neither end the element nor open a comment."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e"))


def heading(package: Package, lang: str) -> dict[str, str]:
    """The release's title, place and period in `lang`, as they stand at the top of a page."""
    release = package.release
    return {
        "title": getattr(release, f"title_{lang}"),
        "publisher": getattr(release, f"publisher_{lang}"),
        "place": wording.code(package, "entities", release.entity, lang),
        "period": wording.period(vars(release), lang),
    }


def citation(package: Package, lang: str, edition: str = "") -> str:
    """How the data are cited."""
    say = wording.phrases(lang)
    return say["cite"].format(
        **heading(package, lang),
        data=f"{package.name} {package.version}",
        edition=say["cite_edition"].format(edition=edition) if edition else "",
        license=say["license_unstated"] if package.license == "notspecified" else package.license,
    )


def subject(name: str, package: Package | None, lang: str) -> str:
    """What a briefing is about in a word or two: the label of its section, or else its own name."""
    code = re.sub(r"^\d\d_", "", name)
    if package and code in wording.records(package, "sections"):
        return wording.code(package, "sections", code, lang)
    return wording.phrases(lang).get(f"subject_{code}", code.replace("_", " "))


def _holds(package: Package, page: document.Page) -> bool:
    """Whether any of the numbers that a page shows is the package's."""
    known = ((page.anchors, "observations"), (page.derived, "derived"))
    return any(not codes.isdisjoint(wording.records(package, list_)) for codes, list_ in known)


def _csv(page: document.Page, package: Package) -> str:
    """The observations that a page shows as a CSV file inside it, empty if it shows none.

    With a byte-order mark, without which Excel misreads Chinese.
    """
    observations = package.frames["observations"]
    chosen = observations[observations["observation"].isin(page.anchors)]
    return "" if chosen.empty else data_url("text/csv;charset=utf-8", f"\ufeff{as_csv(chosen)}".encode())


def _running_head(page: document.Page, release: dict[str, str] | None) -> str:
    """A style sheet of one rule: what stands at the top of each sheet of paper."""
    corners = {"left": page.title, "right": release["title"] if release else ""}
    texts = "".join(f"@top-{corner} {{ content: {css_string(text)}; }} " for corner, text in corners.items())
    return f"@media print {{ @page {{ {texts}}} }}\n"


def css_string(text: str) -> str:
    """A text as a string of CSS, in which nothing but letters, digits and spaces stands for itself.

    An escape ends with a space of its own: without one it would take the text's.
    """
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'


def _dataset(page: document.Page, package: Package) -> dict[str, Any]:
    """What the page says of its data to machines, in the terms of schema.org."""
    release = package.release
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": page.title,
        "description": page.headline,
        "inLanguage": wording.HTML_LANG[page.lang],
        "isBasedOn": getattr(release, f"title_{page.lang}"),
        "creator": {"@type": "Organization", "name": getattr(release, f"publisher_{page.lang}")},
        "temporalCoverage": f"{release.period_start}/{release.period_end}",
        "spatialCoverage": wording.code(package, "entities", release.entity, page.lang),
        "license": {"@type": "CreativeWork", "name": package.license},
        "version": package.version,
    }


class BriefingExporter(Exporter):
    """A notebook's briefing in its language: self-contained, safe, with every chart drawn.

    Not nbconvert's HTML exporter: that would parse the finished page, plotly.js and all, once more.
    """

    export_from_notebook = "Briefing"
    output_mimetype = "text/html"

    edition = Unicode("", help="The edition that the page belongs to; empty for a page on its own.").tag(config=True)
    languages = List(Unicode(), help="The languages of the edition; the page links to the others.").tag(config=True)
    briefings = List(Unicode(), help="The names of the edition's briefings in their order.").tag(config=True)
    package = Unicode(None, allow_none=True, help="The data package, if not the one the notebook names.").tag(
        config=True
    )

    @property
    def default_config(self) -> Config:
        """What nbconvert's own exporters do with a notebook that is to be read."""
        used = ("TagRemovePreprocessor", "RegexRemovePreprocessor")
        return Config({name: {"enabled": True} for name in used})

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("optimistic_validation")
    def _optimistic_validation_default(self) -> bool:
        return True  # once, not after each preprocessor

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page as HTML, and resources whose ``page`` says what it holds (see `jiaokou.html.document.Page`)."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        source = resources["metadata"]
        html, resources["page"] = self.lay_out(nb, str(source["name"]), str(source.get("path") or ""))
        return html, resources

    def lay_out(self, notebook: NotebookNode, name: str, folder: str = "") -> tuple[str, document.Page]:
        """The page of a notebook as it is, which nbconvert's preprocessors have or have not had: HTML, and its parts.

        Images are looked for in `folder`, where the notebook lies.
        """
        page = document.read(notebook, name, folder)
        for doubt in page.doubts:
            self.log.warning("%s: %s", page.name, doubt)
        view = self.view(page, self.release_of(page, folder))
        html = LAYOUTS.get_template("page.html.j2").render(page=page, view=view)
        return _NOT_IN_HTML.sub("\ufffd", html), page

    def release_of(self, page: document.Page, folder: str) -> Package | None:
        """The data package whose numbers the page shows; None where it shows none, and so claims no release."""
        if not page.anchors | page.derived:
            return None
        named = str(page.parameters.get("package") or "") if self.package is None else self.package
        for place in (named, str(Path(folder, named))) if named else ("",):
            try:
                package = open_package(place)
            except JiaokouError as error:
                problem = str(error)
            else:
                return package if _holds(package, page) else None
        self.log.warning("The page has no title and period of its release: %s", problem)
        return None

    def _steps(self, name: str) -> Iterator[tuple[str, str]]:
        """The briefings before and after one."""
        yield from (("previous", one) for one, other in pairwise(self.briefings) if other == name)
        yield from (("next", other) for one, other in pairwise(self.briefings) if one == name)

    def view(self, page: document.Page, package: Package | None) -> SimpleNamespace:
        """What the template needs beside the page itself."""
        say = wording.phrases(page.lang)
        release = heading(package, page.lang) if package else None
        own = {name: value for name, value in page.parameters.items() if name not in ("lang", "package")}
        facts = {
            say["edition"]: self.edition,
            say["parameters"]: ", ".join(f"{name} = {value}" for name, value in own.items()),
            say["data"]: f"{package.name} {package.version}" if package else "",
            say["publisher"]: release["publisher"] if release else "",
            say["unreviewed"]: str(package.unreviewed or "") if package else "",
        }
        packed, plotly = plotly_bundle(whole=not page.traces <= DRAWN) if page.figures else ("", "")
        others = [lang for lang in self.languages if lang != page.lang]
        script = Markup("".join(map(asset, ("sorting.js", "reading.js", *(["boot.js"] if page.figures else [])))))
        has_script = bool(page.figures or page.contents or page.anchors)
        about = subject(page.name, package, page.lang) if package else ""
        return SimpleNamespace(
            say=say,
            tag=wording.HTML_LANG[page.lang],
            style=Markup(asset("style.css") + STYLE),
            running_head=Markup(_running_head(page, release)),
            release=release,
            facts={term: text for term, text in facts.items() if text},
            csv=_csv(page, package) if package else "",
            notes=explain(page, package) if package else [],
            cite=citation(package, page.lang, self.edition) if package else "",
            dataset=as_json(_dataset(page, package)) if package else "",
            edition=self.edition,
            others=[
                {"lang": lang, "tag": wording.HTML_LANG[lang], "language": wording.phrases(lang)["language_name"]}
                for lang in others
            ],
            alternates=[(wording.HTML_LANG[lang], f"../{lang}/{page.name}.html") for lang in others],
            subject="" if page.title.startswith(about) else about,
            steps={way: (name, subject(name, package, page.lang)) for way, name in self._steps(page.name)},
            unfolded=UNFOLDED,
            unfolded_foreign=UNFOLDED_FOREIGN,
            policy=policy(*filter(None, (allow(script), plotly))) if has_script else policy(),
            charts=as_json({"templates": page.templates, "figures": page.figures, "undrawn": say["undrawn"]}),
            plotly=packed,
            script=script if has_script else "",
        )
