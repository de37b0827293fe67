"""The front page over a catalogue: each package with its latest edition, and what could not be published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jiaokou.catalogues.storage import Bucket, Folder
from jiaokou.data.descriptor import opened
from jiaokou.data.languages import LANGUAGES
from jiaokou.errors import JiaokouError

COMPARISON = "comparison"
"""The name that the comparison of all packages is published by."""


@dataclass(frozen=True)
class Row:
    """A package on the page: what it is about in each language, its last good edition, and why there is no newer one.

    `state` is what became of it now (published, unchanged, failed), after so many `seconds`. `address` is the edition's
    folder, relative to the page, and `verdicts` counts the relations by their verdict; both are empty where nothing was
    ever published.
    """

    name: str
    state: str
    seconds: float
    about: Mapping[str, Mapping[str, str]]
    address: str
    made: str
    verdicts: Mapping[str, int]
    error: str


def row(name: str, folder: str, place: Folder | Bucket, state: str, seconds: float = 0.0, error: str = "") -> Row:
    """The row of a package; of one that cannot be opened, what its descriptor says."""
    from jiaokou.data.package import open_package
    from jiaokou.html.exporter import heading

    try:
        package = open_package(folder)
        about = {lang: heading(package, lang) for lang in LANGUAGES}
    except JiaokouError:
        about = {lang: _stated(folder, lang) for lang in LANGUAGES}
    address, receipt = place.latest(name) or ("", {})
    verdicts = Counter(receipt.get("verdicts", {}).values())
    error = error.replace(f"{folder}/", "").replace(f"{place}/", "")  # where they lie is nothing for readers
    return Row(name, state, seconds, about, address, receipt.get("made", "")[:10], verdicts, error)


def _stated(folder: str, lang: str) -> dict[str, str]:
    """The heading of a package that cannot be opened, as far as its descriptor states it."""
    try:
        release = opened(Path(folder)).get("release")
    except JiaokouError:
        release = None
    said = {key: str((release or {}).get(f"{key}_{lang}", "")) for key in ("title", "publisher")}
    return {**said, "place": said["publisher"], "period": ""}


def page(rows: Sequence[Row], place: Folder | Bucket) -> str:
    """The page as HTML, in both languages."""
    from markupsafe import Markup

    from jiaokou import wording
    from jiaokou.data.package import open_package
    from jiaokou.html.exporter import LAYOUTS, allow, asset, policy

    script, codes = Markup(asset("sorting.js") + asset("front.js")), open_package()

    def view(lang: str) -> Any:
        return SimpleNamespace(
            lang=lang,
            tag=wording.HTML_LANG[lang],
            say=wording.phrases(lang),
            counted=lambda verdicts: wording.counted(codes, "verdict", verdicts, lang),
            place=lambda row: row.about[lang]["place"] or row.name,
        )

    compared = place.latest(COMPARISON)
    return LAYOUTS.get_template("catalogue.html.j2").render(
        rows=rows,
        fronts=[view(lang) for lang in LANGUAGES],
        failed=[each for each in rows if each.error],
        total=sum((Counter(each.verdicts) for each in rows), Counter()),
        comparison=f"{compared[0]}/index.html" if compared else "",
        policy=policy(allow(script)),
        script=script,
        style=Markup(asset("style.css")),
    )
