"""What may be compared: values of one core indicator, level, basis and period are ranked, the rest says why it is not.

Ranks come from printed bounds. A value's `rank` is 1 + the number of values that are certainly larger, whatever the
rounding; `rank_to` is the last it could have, the number of values that are not certainly smaller. Where a overlaps b,
b overlaps c, and a is certainly larger than c, a and b are 1st and c is 2nd: b shares its first rank with a, and the
last it could have (3rd) with c.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import inf
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.catalogues.core import KIND, cores, factor
from jiaokou.catalogues.frames import readable, records, stored
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.packages import named
from jiaokou.data.schema import TEXT
from jiaokou.numbers.intervals import BOUNDS
from jiaokou.wording import join, phrase

_TYPES: dict[str, Any] = (
    dict.fromkeys("indicator indicator_zh indicator_en package place level label_zh label_en basis".split(), TEXT)
    | dict.fromkeys(("period_start", "period_end", "base_start", "base_end"), "datetime64[s]")
    | {"period_implied": "boolean", "printed": TEXT, "qualifier": TEXT, "value": "Float64", "unit": TEXT}
    | BOUNDS
    | dict.fromkeys(("group", "rank", "rank_to", "of"), "Int64")
    | dict.fromkeys(("reason", "reason_zh", "reason_en"), TEXT)
    | {"suggested": "boolean", "own_indicator": TEXT, "observation": TEXT}
)
_LEVELS = {"province": 2, "prefecture": 4, "county": 6, "township": 12}
_FLOW = ("period_start", "period_end")
_DAYS = {"period": _FLOW, "year_on_year": (*_FLOW, "base_start", "base_end"), "end": ("period_end",)}

Row = dict[str, Any]


def comparable(catalogue: str | Path = "", *, suggested: bool = False) -> pd.DataFrame:
    """Every value of a catalogue that is one of a core indicator, ranked or with the reason why not.

    `indicator` code of the core vocabulary with `indicator_zh`, `indicator_en` · `package`, `place` division code,
    `level` (province, prefecture, county, township) that the code says, `label_zh`, `label_en` the place's names ·
    `value`, `lower`, `upper` in the core indicator's `unit` · `group` of values that are ranked together, from 1 for
    each indicator: actual ones first, then those that most places print · `rank`, `rank_to` the first and last rank by
    the printed bounds, 1 the largest · `of` how many are ranked together · `reason` code, `reason_zh`, `reason_en` why
    a value is not ranked · `suggested` whether the name alone says that it is this indicator, which is ranked only if
    `suggested` asks for it · `own_indicator`, `observation` the package's codes. Packages that cannot be read are left
    out.
    """
    places, _ = readable(named(catalogue))
    rows = [_converted(row) for row in records(stored("observations", places.values(), where=[("core", "!=", "")]))]
    alike = dict[tuple[Any, ...], list[Row]]()
    for row in rows:
        if _may_be_ranked(row, suggested):
            equal = (row[day] for day in _DAYS[row["compared"]])
            alike.setdefault((row["indicator"], row["level"], row["basis"], *equal), []).append(row)
    groups = [group for rows in alike.values() if (group := _ranked([*_one_of_each(rows)]))]
    numbers = Counter[str]()
    for group in sorted(groups, key=_importance):
        numbers[group[0]["indicator"]] += 1
        for row in group:
            row["group"] = numbers[row["indicator"]]
    order = [*cores()]
    rows.sort(key=lambda row: (order.index(row["indicator"]), row["group"] or inf, row["rank"] or 0, -row["value"]))
    return pd.DataFrame(rows, columns=[*_TYPES], dtype="object").astype(_TYPES)


def ranks(rows: Iterable[Row]) -> list[tuple[int, int]]:
    """The first and the last rank that each value can have by its bounds, 1 being the largest."""
    ends = [_ends(row) for row in rows]
    lows, highs = (sorted(map(itemgetter(place), ends)) for place in (0, 1))
    return [(1 + len(ends) - bisect_right(lows, high), len(ends) - bisect_left(highs, low)) for low, high in ends]


def _ends(row: Row) -> tuple[tuple[float, int], tuple[float, int]]:
    """The bounds of a value; an end that is no member lies a step inside, so that plain order tells what is larger."""
    low = (-inf, 0) if row["lower"] is None else (row["lower"], int(bool(row["lower_open"])))
    high = (inf, 0) if row["upper"] is None else (row["upper"], -int(bool(row["upper_open"])))
    return low, high


def _converted(row: Row) -> Row:
    """A row as one of its core indicator, in that one's unit where it converts."""
    core = cores()[row["core"]]
    found = dict.fromkeys(_TYPES) | row | {"own_indicator": row["indicator"], "indicator": row["core"]}
    found |= {"compared": core["compared"], "kind": core["kind"], "level": _level(row["place"])}
    for lang in LANGUAGES:
        found[f"indicator_{lang}"] = core[f"label_{lang}"]
        found[f"label_{lang}"] = row[f"place_{lang}"] or row["package"]
    if times := factor(row["unit"], core["unit"]):
        found["unit"] = core["unit"]
        for end in ("value", "lower", "upper"):
            found[end] = row[end] if row[end] is None else round(row[end] * times, 12)
    if core["compared"] == "end" and row["period_end"] is not None:
        found["period_start"] = row["period_end"]  # what stands at the end of a period stands at that day
    return found


def _level(place: str | None) -> str | None:
    """The level of a place by its division code, of which the lower levels are zeros: 140000 is a province."""
    if place is None:
        return None
    digits = len(place.rstrip("0"))
    return next(level for level, most in _LEVELS.items() if digits <= most)


def _may_be_ranked(row: Row, suggested: bool) -> bool:
    """Whether a value can be ranked with others; if not, the row says why."""
    days, year = [row[day] for day in _DAYS["year_on_year"]], pd.DateOffset(years=1)
    on_year = None not in days and [day - year for day in days[:2]] == days[2:]
    reasons = {
        ("suggested", ""): row["suggested"] and not suggested,
        ("differs", "differs"): row["differs_zh"] is not None,
        ("kind", "measure"): KIND.get(row["measure"], "level") != row["kind"],
        ("unit", "unit"): row["unit"] != cores()[row["core"]]["unit"],
        ("own", "entity"): not row["own"],
        ("placed", ""): row["level"] is None,
        ("undated", ""): row["period_end"] is None,
        ("year_on_year", ""): row["compared"] == "year_on_year" and not on_year,
    }
    for (reason, said), holds in reasons.items():
        if holds:
            _refuse(row, reason, *(row.get(f"{said}_{lang}") for lang in LANGUAGES))
            return False
    return True


def _refuse(row: Row, reason: str, *texts: Any) -> None:
    row["reason"] = reason
    for lang, text in zip(LANGUAGES, texts or [""] * len(LANGUAGES), strict=True):
        row[f"reason_{lang}"] = phrase(f"not_{reason}", lang, text=text)


def _one_of_each(rows: list[Row]) -> Iterator[Row]:
    """One value of each package: the most precise of those that agree, none of those that do not."""
    for _, found in groupby(sorted(rows, key=itemgetter("package")), key=itemgetter("package")):
        best, *others = sorted(found, key=lambda row: _ends(row)[1][0] - _ends(row)[0][0])
        lows, highs = zip(*map(_ends, (best, *others)), strict=True)
        agree = max(lows) <= min(highs)
        for row in others:
            _refuse(row, "closer" if agree else "agreeing", *[best["printed"]] * len(LANGUAGES))
        if agree:
            yield best
        else:
            _refuse(best, "agreeing", *(join([row["printed"] for row in others], lang) for lang in LANGUAGES))


def _ranked(group: list[Row]) -> list[Row]:
    """Values of different packages that are alike, with their ranks; none for one alone."""
    if len(group) < 2:
        for row in group:
            _refuse(row, "alone")
        return []
    for row, (first, last) in zip(group, ranks(group), strict=True):
        row |= {"rank": first, "rank_to": last, "of": len(group)}
    return group


def _importance(group: list[Row]) -> tuple[bool, int, int, str]:
    """What happened comes before what is hoped for, then what most print, then the latest."""
    first: Mapping[str, Any] = group[0]
    return first["basis"] != "actual", -len(group), -first["period_end"].value, first["basis"]
