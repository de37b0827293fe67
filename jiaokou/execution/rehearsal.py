"""What notebooks do, done once in the warmed process, so that no kernel has to be the first to do it."""

from collections.abc import Iterator
from typing import Any

import jiaokou
from jiaokou import charts, tables, wording
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError


def rehearse() -> None:
    """Open the library's own package, work out what follows from it, and show one figure and table of each kind.

    A package that is not in order is left to the notebooks, which say what is wrong with it.
    """
    try:
        package = open_package()
        for lang in wording.LANGUAGES:
            list(shown(lang, package))
            list(_looks(lang, package))
            _say(lang, package)
    except JiaokouError:
        return


def shown(lang: str, package: Package) -> Iterator[Any]:
    """One figure and one table of each kind, as a notebook shows them."""
    for figure in _figures(lang, package):
        yield figure._repr_mimebundle_()
    for table in _tables(lang, package):
        yield table._repr_html_()


def _looks(lang: str, package: Package) -> Iterator[Any]:
    """Tables that lack one column or another, as columns that stay empty are left out: each look is laid out once."""
    relations, reached = jiaokou.audit(), jiaokou.milestones()
    shown = [
        (tables.audit, jiaokou.found()),
        (tables.audit, relations[relations["verdict"] == "cannot_tell"]),
        (tables.milestones, reached[reached["actor"].isna() & reached["place"].isna()]),
    ]
    for section in jiaokou.sections()["section"]:
        shown.append((tables.observations, jiaokou.load(section)))
        shown.append((tables.milestones, jiaokou.milestones(section)))
        jiaokou.derived(section)  # whose tables all look alike
    for table, rows in shown:
        if not rows.empty:
            source = wording.source(rows, lang, package)
            yield table(rows, lang, source=source, package=package)._repr_html_()


def _say(lang: str, package: Package) -> None:
    """One sentence with a printed and a derived number."""
    codes = [str(code) for frame in (jiaokou.load(), jiaokou.derived()) for code in frame.iloc[:1, 0]]
    sentence = "".join(f"{{{code}}}" for code in codes)
    wording.narrator(lang, package)(zh=sentence, en=sentence)


def _figures(lang: str, package: Package) -> Iterator[Any]:
    observed, derived = jiaokou.load(), jiaokou.derived()
    some, shares = observed.head(1), derived[derived["unit"] == "percent"].head(1)
    how: dict[str, Any] = {"title": "", "source": wording.source(observed, lang, package), "package": package}
    yield charts.bars(some, lang, **how)
    yield charts.progress(shares, lang, **how)
    yield charts.comparison(some, lang, by="indicator", **how)
    yield charts.composition(observed, lang, by="section", **how)
    yield charts.stages(jiaokou.milestones(), lang, **how)
    yield charts.intervals(shares, lang, **how)
    yield charts.relations(jiaokou.audit().head(1), lang, **how)
    yield charts.verdicts(jiaokou.audit().head(1), lang, **how)
    yield charts.paths(some, lang, goals=some["value"], target_year=2030, **how)


def _tables(lang: str, package: Package) -> Iterator[Any]:
    observed, reached = jiaokou.load(), jiaokou.milestones()
    how: dict[str, Any] = {"source": wording.source(observed, lang, package), "package": package}
    yield tables.cards(observed.head(1), lang, **how)
    yield tables.observations(observed, lang, **how)
    yield tables.milestones(reached, lang, **how)
    yield tables.derived(jiaokou.derived(), lang, **how)
    yield tables.audit(jiaokou.audit(), lang, **how)
    yield tables.sections(jiaokou.sections().head(1), lang, **how)
    yield tables.indicators(jiaokou.indicators().head(1), lang, **how)
    yield tables.hits(jiaokou.search("1").head(1), lang, **how)
    yield tables.sensitivity(jiaokou.sensitivity().head(1), lang, **how)
    yield tables.notes(observed[observed["note"].notna()].head(1), lang, **how)
