"""An executed notebook as a briefing: one HTML file that needs nothing else.

``jupyter nbconvert --to briefing NOTEBOOK`` and JupyterLab's menu find it by its entry point; `jiaokou publish` uses it
for every page of an edition.
"""

import base64
import hashlib
import re
import zlib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import Exporter, FilenameExtension
from nbformat import NotebookNode
from plotly.offline import get_plotlyjs
from traitlets import Bool, List, Unicode
from traitlets.config import Config

from jiaokou import wording
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.formats import as_csv
from jiaokou.html import document, figures
from jiaokou.html.markup import data_url
from jiaokou.html.plotly_bundle import DRAWN, reduced
from jiaokou.html.popovers import explain
from jiaokou.tables import STYLE

TEMPLATES = Path(__file__).parent / "templates"
LAYOUTS = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
# JSON that is data, not JavaScript: a number that it has no word for is a defect.
LAYOUTS.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}


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
    """plotly.js as installed, or as much of it as draws the kinds in `DRAWN`: compressed and in base64.

    And what lets its code run once the browser has opened it.
    """
    code = get_plotlyjs() if whole else reduced(get_plotlyjs())
    return base64.b64encode(zlib.compress(code.encode(), level=9)).decode(), allow(code)


_NOT_IN_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
"""Characters that a notebook may hold and an HTML file may not."""


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


def css_string(text: str) -> str:
    """A text as a string of CSS, in which nothing but letters, digits and spaces stands for itself.

    An escape ends with a space of its own: without one it would take the text's.
    """
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'


LAYOUTS.globals |= {each.__name__: each for each in (heading, citation, subject, wording.phrases)}
LAYOUTS.globals["HTML_LANG"] = wording.HTML_LANG
LAYOUTS.filters["css_string"] = lambda text: Markup(css_string(text))


class BriefingExporter(Exporter):
    """A notebook's briefing in its language: self-contained, safe, with every chart drawn.

    Not nbconvert's HTML exporter: that would parse the finished page, plotly.js and all, once more.
    """

    export_from_notebook = "Briefing"
    output_mimetype = "text/html"
    file_extension = FilenameExtension(".html")
    optimistic_validation = Bool(True)  # once, not after each preprocessor

    edition = Unicode("", help="The edition that the page belongs to; empty for a page on its own.").tag(config=True)
    languages = List(Unicode(), help="The languages of the edition; the page links to the others.").tag(config=True)
    briefings = List(Unicode(), help="The names of the edition's briefings in their order.").tag(config=True)
    package = Unicode(None, allow_none=True, help="The data package, if not the notebook's own.").tag(config=True)

    @property
    def default_config(self) -> Config:
        """What nbconvert's own exporters do with a notebook that is to be read."""
        used = ("TagRemovePreprocessor", "RegexRemovePreprocessor")
        return Config({name: {"enabled": True} for name in used})

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
        package = self._package(page, folder)
        scripts = ("sorting.js", "reading.js", *(["boot.js"] if page.figures else []))
        script = Markup("".join(map(asset, scripts))) if page.figures or page.contents or page.anchors else ""
        kinds = set().union(*map(figures.kinds, page.figures.values()))
        plotly, runs_plotly = plotly_bundle(whole=not kinds <= DRAWN) if page.figures else ("", "")
        own = {name: value for name, value in page.parameters.items() if name not in ("lang", "package")}
        before, after = dict(zip(self.briefings[1:], self.briefings, strict=False)), dict(pairwise(self.briefings))
        html = LAYOUTS.get_template("page.html.j2").render(
            page=page,
            package=package,
            edition=self.edition,
            parameters=", ".join(f"{name} = {value}" for name, value in own.items()),
            others=[(lang, f"../{lang}/{name}.html") for lang in self.languages if lang != page.lang],
            steps=[(way, at[name]) for way, at in (("previous", before), ("next", after)) if name in at],
            notes=explain(page, package) if package else [],
            csv=_csv(page, package) if package else "",
            style=Markup(asset("style.css") + STYLE),
            policy=policy(*filter(None, (script and allow(script), runs_plotly))),
            plotly=plotly,
            script=script,
        )
        return _NOT_IN_HTML.sub("\ufffd", html), page

    def _package(self, page: document.Page, folder: str) -> Package | None:
        """The data package whose numbers the page shows; None where it shows none, and so claims no release."""
        if not page.anchors:
            return None
        named = str(page.parameters.get("package") or "") if self.package is None else self.package
        try:
            package = open_package(next((each for each in (named, Path(folder, named)) if Path(each).is_dir()), named))
        except JiaokouError as error:
            self.log.warning("The page has no title and period of its release: %s", error)
            return None
        known = {*wording.records(package, "observations"), *wording.records(package, "derived")}
        return package if known & page.anchors else None


def _csv(page: document.Page, package: Package) -> str:
    """The observations that a page shows as a CSV file inside it, empty if it shows none.

    With a byte-order mark, without which Excel misreads Chinese.
    """
    observations = package.frames["observations"]
    chosen = observations[observations["observation"].isin(page.anchors)]
    return "" if chosen.empty else data_url("text/csv;charset=utf-8", as_csv(chosen).encode("utf-8-sig"))
