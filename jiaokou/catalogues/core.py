"""The core vocabulary: indicators that many governments print, and which of a package's own they are."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.package import Package, open_package
from jiaokou.data.schema import TEXT
from jiaokou.errors import JiaokouError, near

KIND = {"growth": "growth", "share": "share", "rank": "rank"}
"""The kind of a core indicator by a package's `measure`; every other measure is a level."""

_HERE = Path(__file__).parent
_PLACE = re.compile("^(全[省市县区州域]|本[省市县区州]|我[省市县区州])")
_GROWTH = re.compile("(同比|年均)?(增长率|增长速度|增长|增速|增幅|涨幅)$")


def vocabulary() -> pd.DataFrame:
    """The core indicators by their code, in the order of pages.

    `label_zh`, `label_en`, `definition_zh`, `definition_en` · `unit` · `counter_zh` of a count · `kind` level, growth
    or share · `compared` what must be equal of two periods: `period` both days, `year_on_year` both days of a growth
    on the same period a year earlier, `end` the last day · `names` a pattern of how it is printed.
    """
    return _table("core")


@cache
def cores() -> dict[str, dict[str, str]]:
    """The rows of `vocabulary()` by code; not to be changed."""
    rows: dict[Any, Any] = vocabulary().to_dict("index")
    return rows


def units() -> pd.DataFrame:
    """The units of the core vocabulary with labels and symbols, and in `others` what leads to them: `kW=0.001`."""
    return _table("units")


@cache
def factor(unit: str, core_unit: str) -> float | None:
    """What a value in a package's unit is to be multiplied by; None where the unit cannot be converted."""
    others = dict(other.split("=") for other in str(units().at[core_unit, "others"]).split())
    return 1.0 if unit == core_unit else float(others[unit]) if unit in others else None


def suggest(package: str | Path = "") -> pd.DataFrame:
    """Which indicators of a package may be core ones, by their Chinese names: something to look at, never a finding.

    Columns are those of `core.csv` (`indicator`, `core`, `note`, which is left empty) and the indicator's `label_zh`.
    What is right goes into the package's `core.csv`; until then comparisons mark it as suggested. Kind and unit must
    fit, and the whole name, without 全省 before it and 增长率 after it, must be one that the vocabulary knows.
    """
    rows = []
    for row in open_package(package).frames["indicators"].to_dict("records"):
        kind, name = KIND.get(row["measure"], "level"), _PLACE.sub("", str(row["label_zh"]))
        name = _GROWTH.sub("", name) if kind == "growth" else name
        rows += [
            (row["indicator"], core, None, row["label_zh"])
            for core, known in cores().items()
            if known["kind"] == kind and re.fullmatch(known["names"], name) and factor(row["unit"], known["unit"])
        ]
    return pd.DataFrame(rows, columns=["indicator", "core", "note", "label_zh"], dtype=TEXT)


def mapped(package: Package) -> pd.DataFrame:
    """Which core indicators a package's own are, by indicator: `core`, `note`, and whether that is only `suggested`.

    The package's `core.csv` says it; names suggest it where that has no rows. Raises JiaokouError for an unknown code.
    """
    stated = package.frames.get("core")
    if stated is None or stated.empty:
        return suggest(package.path).drop_duplicates("indicator").set_index("indicator").assign(suggested=True)
    for code in stated["core"]:
        if code not in cores():
            hint = near(code, cores()) or f"; the codes are in {_HERE / 'core.csv'}"
            raise JiaokouError(f"{package.path / 'core.csv'}: “{code}” is no core indicator{hint}")
    return stated.set_index("indicator").assign(suggested=False)


def _table(name: str) -> pd.DataFrame:
    """The rows of a file here by their first column."""
    return pd.read_csv(_HERE / f"{name}.csv", dtype=TEXT, keep_default_na=False, index_col=0)
