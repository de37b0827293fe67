"""The front pages of an edition: what is new, what does not match, every briefing, and every observation to search."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup, escape

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.html.document import Page
from jiaokou.html.exporter import LAYOUTS, allow, asset, heading, policy
from jiaokou.tables import LONGEST, large
from jiaokou.tables.columns import TABLES
from jiaokou.wording import Row
from jiaokou.wording.numbers import in_short


def front_pages(
    package: Package,
    pages: Mapping[str, Sequence[Page]],
    files: Sequence[str],
    edition: str,
    changes: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The HTML of each front page by its file: one for each language, and ``index.html`` that holds all of them.

    `pages` maps each language to its briefings in order, `files` are those in ``data/``. `changes` is the comparison
    with the edition before (see `jiaokou.publishing.diff`), None for a first one.
    """
    script = Markup(asset("sorting.js") + asset("front.js"))
    fronts = [_front(package, lang, same) for lang, same in pages.items()]
    lay_out = partial(
        LAYOUTS.get_template("index.html.j2").render,
        package=package,
        edition=edition,
        files=files,
        changes=changes,
        every=fronts,
        policy=policy(allow(script)),
        script=script,
        style=Markup(asset("style.css")),
    )
    own = {f"{front.lang}/index.html": lay_out(fronts=[front], up="../") for front in fronts}
    return {"index.html": lay_out(fronts=fronts, up="")} | own


def _front(package: Package, lang: str, pages: Sequence[Page]) -> SimpleNamespace:
    """What the layout needs in one language: the package's rows, and what writes them."""
    records, asked = partial(wording.records, package), dict[str, Any](lang=lang, package=package)
    soups = [part.soup for page in pages[:1] for part in page.parts if part.soup]
    cards = [cards for soup in soups for cards in soup.find_all(class_="figures")]
    codes = [value.get("data-observation") for each in cards for value in each.find_all("data")]

    def place(code: str, section: str = "") -> str:
        """Where a code is shown: in its section's briefing if that shows it, else in the first that does."""
        showing = [page for page in pages if code in page.ids]
        showing.sort(key=lambda page: not page.name.endswith(f"_{section}"))
        return f"{lang}/{showing[0].name}.html#{code}" if showing else ""

    def word(field: str, text: str) -> str:
        """What a field holds, a code in words; one of the edition before may be none by now."""
        with suppress(JiaokouError):
            return wording.code(package, field, text, lang)
        return text

    def cells(kind: str, row: Row) -> dict[str, Markup]:
        return {column: escape(say(row, lang, package)) for column, say in TABLES[kind].items()}

    def row_of_text(row: Row) -> tuple[Any, ...]:
        """What the page's script makes a row of."""
        code, section, texts = row["observation"], row["section"], [say(row, lang, package) for say in columns.values()]
        return code, section, row["basis"], row["value"], place(code, section), texts

    columns, observations = TABLES["observations"], records("observations")
    return SimpleNamespace(
        lang=lang,
        tag=wording.HTML_LANG[lang],
        say=wording.phrases(lang),
        code=partial(wording.code, package, lang=lang),
        word=word,
        short=partial(in_short, **asked),
        release=heading(package, lang),
        pages=pages,
        about={page.name: next((s for s in records("sections") if page.name.endswith(f"_{s}")), "") for page in pages},
        audit=next(
            (page for page in pages if 2 * len(page.ids & records("audit").keys()) > len(records("audit"))), None
        ),
        records=records,
        shares=_shares(package),
        figures=[observations[code] for code in codes if code in observations],
        columns=columns,
        longest=LONGEST,
        further=[row_of_text(row) for row in [*observations.values()][LONGEST:]],
        **{name: partial(getattr(wording, name), **asked) for name in ("arithmetic", "because", "label", "quantity")},
        large=large,
        place=place,
        cells=cells,
    )


def _shares(package: Package) -> list[Row]:
    """The shares that observations have of others; `is_read` if they stand on a reading of the text."""
    audit, derived = (wording.records(package, name).values() for name in ("audit", "derived"))
    read = [set(row["observations"].split()) for row in audit if row["verdict"] == "holds_under_reading"]
    return [{**row, "is_read": {row["first"], row["second"]} in read} for row in derived if row["kind"] == "ratio"]
