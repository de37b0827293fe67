"""Everything that the cells of a comparison need, in one language and about one catalogue."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from jiaokou import charts, tables
from jiaokou.catalogues.compare import comparable
from jiaokou.catalogues.core import units, vocabulary
from jiaokou.catalogues.frames import catalogue as packages
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package, open_package
from jiaokou.explore.briefing import Functions
from jiaokou.explore.origin import follow
from jiaokou.wording import narrator, period, phrase

_PLACES = [f"place_{lang}" for lang in LANGUAGES]


class Comparison:
    """A catalogue for the cells of a notebook, in one language; made by `briefing`.

    `packages` and `compared` are the frames of `jiaokou.catalogue()` and `comparable()`; `say` writes sentences,
    `charts` and `tables` draw rows, with the places' texts as their source; of places that are ranked together a chart
    is still to be read with so many as `drawn`.
    """

    drawn = 40

    def __init__(self, lang: str, catalogue: str | Path = "", suggested: bool = False) -> None:
        self.lang = lang
        self.packages = packages(catalogue)
        self.compared = comparable(catalogue, suggested=suggested)
        self.say = narrator(lang, package := self._package())
        source = phrase("source_of_each", lang)
        given = {"lang": lang, "package": package, "source": source}
        self.charts, self.tables = Functions(charts, **given), Functions(tables, **given)

    def heading(self, rows: pd.DataFrame) -> str:
        """What values that are ranked together say: whose is the largest, or that no one's certainly is."""
        top = rows[rows["rank"] == 1]
        key = "largest" if len(top) == 1 else "largest_all" if len(top) == len(rows) else "largest_of"
        first = rows.iloc[0]
        name = str(first[f"indicator_{self.lang}"])
        if first["basis"] != "actual":
            name = phrase("in_brackets", self.lang, text=name, more=self.say.label("basis", first["basis"]))
        return phrase(key, self.lang, n=len(top), indicator=name, place=first[f"label_{self.lang}"])

    def subtitle(self, rows: pd.DataFrame) -> str:
        """How many places of which level, which period and which basis values have that are ranked together, and how
        many of them are not among the first `drawn`.
        """
        first = rows.iloc[0]
        of = phrase(f"level_{first['level']}", self.lang, n=len(rows))
        parts = [of, period(first, self.lang), self.say.label("basis", first["basis"])]
        if (left := len(rows) - self.drawn) > 0:
            parts.append(phrase("more_places", self.lang, drawn=self.drawn, left=left))
        return " · ".join(parts)

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Of each core indicator that anybody prints and each package: is it `compared`, `beside` or `silent`?"""
        labels = [f"label_{lang}" for lang in LANGUAGES]
        rows = vocabulary().loc[self.compared["indicator"].unique(), labels].reset_index(names="indicator")
        read = self.packages[self.packages["fault"].isna()][["package", *_PLACES]]
        for name in _PLACES:  # two releases of one place have a column each
            named = read[name] + " (" + read["package"] + ")"
            read = read.assign(**{name: read[name].mask(read[name].duplicated(keep=False), named)})
        ranked = self.compared.groupby(["indicator", "package"])["rank"].count() > 0
        states = ranked.map({True: "compared", False: "beside"}).rename("state")
        return rows.merge(read, how="cross").join(states, ["indicator", "package"]).fillna({"state": "silent"})

    def _package(self) -> Package:
        """The core vocabulary as charts, tables and sentences ask for it: units, counters, and whose rows they are."""
        model, n = open_package(), int(self.packages["fault"].isna().sum())
        place = {"entity": "compared"} | {f"label_{lang}": phrase("places", lang, n=n) for lang in LANGUAGES}
        own = {
            "units": units().reset_index(names="unit"),
            "indicators": vocabulary().reset_index(names="indicator"),
            "entities": pd.DataFrame([place]),
        }
        return replace(model, name="core", release=replace(model.release, entity="compared"), frames=model.frames | own)


def briefing(lang: str = "zh", catalogue: str | Path = "", *, suggested: bool = False) -> Comparison:
    """A page in one language about a catalogue; `suggested` as in `comparable()`.

    Raises JiaokouError for an unknown language, for what is no catalogue, and for a parameter that the notebook was
    given against what its parameters cell says of it.
    """
    follow()
    return Comparison(lang, catalogue, suggested)
