"""What may be compared: values of one core indicator, basis and period are ranked, the rest says why it is not.

Ranks come from printed bounds. A value's `rank` is 1 + the number of values that are certainly larger, whatever the
rounding; `rank_to` is the last it could have, the number of values that are not certainly smaller. Where a overlaps b,
b overlaps c, and a is certainly larger than c, a and b are 1st and c is 2nd: b shares its first rank with a, and the
last it could have (3rd) with c.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.catalogue.core import KIND, cores, factor
from jiaokou.catalogue.frames import facts, observations
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.packages import named
from jiaokou.data.schema import TEXT
from jiaokou.numbers.intervals import BOUNDS
from jiaokou.wording import join, missing, phrase

COLUMNS = (
    "indicator indicator_zh indicator_en package place label_zh label_en basis period_start period_end base_start "
    "base_end printed qualifier value unit lower upper lower_open upper_open group rank rank_to of reason reason_zh "
    "reason_en suggested period_implied own_indicator observation"
).split()
_READ = (
    "package indicator observation basis period_start period_end base_start base_end printed qualifier value unit "
    "lower upper lower_open upper_open period_implied core suggested own measure measure_zh measure_en entity_zh "
    "entity_en unit_zh unit_en differs_zh differs_en"
).split()
_EQUAL = {
    "period": ("period_start", "period_end"),
    "year_on_year": ("period_start", "period_end", "base_start", "base_end"),
    "end": ("period_end",),
}

Row = dict[str, Any]
Group = tuple[Any, ...]


def comparable(catalogue: str | Path = "", *, suggested: bool = False) -> pd.DataFrame:
    """Every value of a catalogue that is one of a core indicator, ranked or with the reason why not.

    `indicator` code of the core vocabulary with `indicator_zh`, `indicator_en` · `package`, `place` division code,
    `label_zh`, `label_en` the place's names · `value`, `lower`, `upper` in the core indicator's `unit` · `group` 1 for
    the values of the indicator that most packages print for one basis and period (the latest of several), then 2 …;
    missing for what is not ranked · `rank`, `rank_to` the first and last rank by the printed bounds, 1 the largest ·
    `of` how many are ranked together · `reason` code, `reason_zh`, `reason_en` why a value is not ranked · `suggested`
    whether the name alone says that it is this indicator, which is ranked only if `suggested` asks for it ·
    `own_indicator`, `observation` the package's codes. Packages that cannot be read are left out.
    """
    folders = named(catalogue)
    return compared(folders, facts(folders), suggested=suggested)


def compared(folders: Mapping[str, Path], packages: pd.DataFrame, *, suggested: bool = False) -> pd.DataFrame:
    """`comparable()` of the packages with these names, of which `facts()` is known."""
    frame = observations(folders, _READ, core=True, strict=False) if packages["fault"].isna().any() else None
    places: dict[Any, Any] = packages.set_index("package")[["place", "place_zh", "place_en"]].to_dict("index")
    rows: list[Any] = [] if frame is None else frame.astype("object").where(frame.notna(), None).to_dict("records")
    made = [_converted(row, places[row["package"]]) for row in rows]
    alike: dict[Group, list[Row]] = {}
    for row in made:
        core = cores()[row["indicator"]]
        if not _refused(row, core, suggested):
            equal = tuple(row[day] for day in _EQUAL[core["compared"]])
            alike.setdefault((row["indicator"], row["basis"], *equal), []).append(row)
    for group in alike.values():
        _rank(list(_one_of_each(group)))
    _number(alike.values())
    order = {core: place for place, core in enumerate(cores())}
    made.sort(
        key=lambda row: (order[row["indicator"]], row["group"] or inf, row["rank"] or 0, -row["value"], row["package"])
    )
    days = dict.fromkeys((name for name in COLUMNS if name.endswith(("_start", "_end"))), "datetime64[s]")
    whole = dict.fromkeys(("group", "rank", "rank_to", "of"), "Int64")
    other = BOUNDS | {"value": "Float64", "suggested": "boolean", "period_implied": "boolean"}
    types = dict.fromkeys(COLUMNS, TEXT) | days | whole | other
    return pd.DataFrame(made, columns=COLUMNS, dtype="object").astype(types)


def ranks(rows: Iterable[Row]) -> list[tuple[int, int]]:
    """The first and the last rank that each value can have by its bounds, 1 being the largest."""
    ends = [_ends(row) for row in rows]
    lows, highs = (sorted(each) for each in zip(*ends, strict=True)) if ends else ([], [])
    return [(1 + len(lows) - bisect_right(lows, high), len(highs) - bisect_left(highs, low)) for low, high in ends]


_End = tuple[float, int]


def _ends(row: Row) -> tuple[_End, _End]:
    """The bounds of a value; an end that is no member lies a step inside, so that plain order tells what is larger."""
    low = (-inf, 0) if row["lower"] is None else (row["lower"], int(bool(row["lower_open"])))
    high = (inf, 0) if row["upper"] is None else (row["upper"], -int(bool(row["upper_open"])))
    return low, high


def _converted(row: Row, place: Row) -> Row:
    """A row with the names of its core indicator and its place, in the core indicator's unit where that is possible."""
    core, blank = cores()[row["core"]], dict.fromkeys(COLUMNS)
    times = factor(row["unit"], core["unit"])
    ends = ("value", "lower", "upper")
    scaled = {end: row[end] if not times or row[end] is None else round(row[end] * times, 12) for end in ends}
    found = (
        blank | row | scaled | {"own_indicator": row["indicator"], "indicator": row["core"], "place": place["place"]}
    )
    for lang in LANGUAGES:
        name = place[f"place_{lang}"]
        found |= {
            f"indicator_{lang}": core[f"label_{lang}"],
            f"label_{lang}": row["package"] if missing(name) else name,
        }
    if core["compared"] == "end" and row["period_end"] is not None:
        found["period_start"] = row["period_end"]  # what stands at the end of a period stands at that day
    return found | {"unit": core["unit"] if times else row["unit"], "converted": bool(times)}


def _refused(row: Row, core: Mapping[str, str], suggested: bool) -> bool:
    """Whether a value cannot be ranked with any other, for a reason that it is then given."""
    year = pd.DateOffset(years=1)
    days = [row[day] for day in _EQUAL["year_on_year"]]
    reasons = {
        "suggested": row["suggested"] and not suggested,
        "differs": row["differs_zh"] is not None,
        "kind": KIND.get(row["measure"], "level") != core["kind"],
        "unit": not row["converted"],
        "own": not row["own"],
        "undated": row["period_end"] is None,
        "year_on_year": core["compared"] == "year_on_year"
        and (None in days or (days[0] - year, days[1] - year) != (days[2], days[3])),
    }
    texts = {"differs": "differs", "kind": "measure", "unit": "unit", "own": "entity"}
    for reason, holds in reasons.items():
        if holds:
            _refuse(row, reason, {lang: row.get(f"{texts.get(reason)}_{lang}") for lang in LANGUAGES})
            return True
    return False


def _refuse(row: Row, reason: str, text: Mapping[str, Any]) -> None:
    row["reason"] = reason
    for lang in LANGUAGES:
        row[f"reason_{lang}"] = phrase(f"not_{reason}", lang, text=text[lang])


def _one_of_each(group: list[Row]) -> Iterator[Row]:
    """One value of each package: the most precise of those that agree, none of those that do not."""
    for _, found in groupby(sorted(group, key=lambda row: str(row["package"])), key=lambda row: row["package"]):
        best, *others = sorted(found, key=_width)
        ends = [_ends(row) for row in (best, *others)]
        agree = max(low for low, _ in ends) <= min(high for _, high in ends)
        for row in others:
            _refuse(row, "closer" if agree else "agreeing", dict.fromkeys(LANGUAGES, best["printed"]))
        if agree:
            yield best
        else:
            said = [row["printed"] for row in others]
            _refuse(best, "agreeing", {lang: join(said, lang) for lang in LANGUAGES})


def _width(row: Row) -> float:
    (low, _), (high, _) = _ends(row)
    return high - low


def _rank(group: list[Row]) -> None:
    """Give ranks to values of different packages that are alike; a value alone has none."""
    if len(group) == 1:
        _refuse(group[0], "alone", dict.fromkeys(LANGUAGES, ""))
        return
    for row, (first, last) in zip(group, ranks(group), strict=True):
        row |= {"rank": first, "rank_to": last, "of": len(group)}


def _number(groups: Iterable[list[Row]]) -> None:
    """Number the groups of each indicator, the one of most packages first, the latest of several."""
    ranked = [[row for row in group if row["rank"]] for group in groups]
    found = sorted(filter(None, ranked), key=lambda rows: (-len(rows), -rows[0]["period_end"].value, rows[0]["basis"]))
    numbers: dict[str, int] = {}
    for rows in found:
        code = rows[0]["indicator"]
        numbers[code] = numbers.get(code, 0) + 1
        for row in rows:
            row["group"] = numbers[code]
