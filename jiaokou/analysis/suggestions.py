"""Relations that no one wrote: what may be one quantity, a share of some count, or the length of a list.

They are suggestions to look at, never findings: two numbers may agree, or differ, by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from jiaokou.analysis.audit import AUDIT_COLUMNS, judged
from jiaokou.analysis.kinds import NAME
from jiaokou.analysis.relations import Numbers, Written, numbers
from jiaokou.analysis.verdicts import Relation
from jiaokou.data.package import Package, open_package, python_strings
from jiaokou.numbers.printed import NOMINAL

FOUND_COLUMNS = [*AUDIT_COLUMNS[: AUDIT_COLUMNS.index("known")], "written", "label_zh", "label_en"]
_SIZES = {"amount", "capacity", "power", "area", "volume"}  # measures whose values seldom agree by chance
_NEAR = 0.1  # two numbers further apart than this part of the larger are not taken for one quantity
_SIGN = {"same_quantity": " = ", "whole_count": " × "}


class _Suggestion(NamedTuple):
    """A kind of relation, the observations in the order of its roles, and the milestones listed."""

    kind: str
    roles: tuple[str, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...] = ()


@python_strings
def found(*, package: str | Path = "") -> pd.DataFrame:
    """Relations that may hold though nobody wrote them down; never a defect.

    Pairs of one unit, measure, kind of entity and basis, in periods that overlap and no more than a tenth apart, may
    be one quantity; not counts, rates and nominal numbers, which often agree by chance. A percentage below 100 may be
    a share of a count of its section, if it is a share of few counts. Milestones that name a count, two or more, may
    be the list it counts.

    Columns are the first ones of `audit()`, the labels of what is tied, and `written`: the relations of
    `relations.csv` that already tie the same observations, separated by spaces.
    """
    opened = open_package(package)
    known, rows = numbers(opened), _rows(opened)
    suggestions = [*_pairs(rows), *_shares(rows), *_lists(opened, rows)]
    frame = pd.DataFrame(
        [_as_relation(suggestion, opened, rows) for suggestion in suggestions],
        columns=list(opened.frames["relations"]),
        dtype="str",
    )
    result = judged(opened, frame, [_written(suggestion, known) for suggestion in suggestions], known)
    # A range that is wide enough to hold a whole number by chance tells nothing.
    width = result["found_upper"] - result["found_lower"]
    possible = (result["kind"] != "whole_count") | ((result["verdict"] == "holds") & (width < _NEAR))
    return result.assign(written=_already(opened, suggestions))[possible][FOUND_COLUMNS].reset_index(
        drop=True
    )


def _rows(package: Package) -> dict[str, dict[Any, Any]]:
    """The observations by code, each with its measure and kind of entity; numbers inside names left out."""
    measures = package.frames["indicators"].set_index("indicator")["measure"]
    kinds = package.frames["entities"].set_index("entity")["kind"]
    observed = package.frames["observations"]
    observed = observed[observed["basis"] != "name"]
    joined = observed.assign(
        measure=observed["indicator"].map(measures), entity_kind=observed["entity"].map(kinds)
    )
    return {row["observation"]: row for row in joined.to_dict("records")}


def _pairs(rows: dict[str, dict[Any, Any]]) -> Iterator[_Suggestion]:
    alike = ("unit", "measure", "entity_kind", "basis")
    sizes = [row for row in rows.values() if row["measure"] in _SIZES and row["basis"] not in NOMINAL]
    for one, other in combinations(sizes, 2):
        close = abs(one["value"] - other["value"]) <= _NEAR * max(one["value"], other["value"])
        overlap = one["period_start"] <= other["period_end"] and other["period_start"] <= one["period_end"]
        same = all(one[column] == other[column] for column in alike)
        if close and overlap and same:
            yield _Suggestion("same_quantity", ("one", "other"), (one["observation"], other["observation"]))


def _shares(rows: dict[str, dict[Any, Any]]) -> Iterator[_Suggestion]:
    exact = [row for row in rows.values() if row["qualifier"] == "exact"]
    shares = [row for row in exact if row["measure"] == "share" and 0 < row["value"] < 100]
    counts = [row for row in exact if row["measure"] == "count"]
    for share, whole in product(shares, counts):
        if share["section"] == whole["section"]:
            yield _Suggestion("whole_count", ("share", "whole"), (share["observation"], whole["observation"]))


def _lists(package: Package, rows: dict[str, dict[Any, Any]]) -> Iterator[_Suggestion]:
    for code, listed in package.frames["milestone_observations"].groupby("observation", sort=False)[
        "milestone"
    ]:
        if len(listed) > 1 and code in rows and rows[str(code)]["measure"] == "count":
            yield _Suggestion("listed", ("count",), (str(code),), tuple(listed))


def _written(suggestion: _Suggestion, known: Numbers) -> Written:
    terms = {role: (code,) for role, code in zip(suggestion.roles, suggestion.codes, strict=True)}
    said = [known[code] for code in suggestion.codes]
    relation = Relation(
        suggestion.kind, tuple(number.printed for number in said), len(suggestion.names) or None
    )
    return Written(terms | {NAME: suggestion.names}, relation, said[-1].unit, said[0].section, {})


def _as_relation(
    suggestion: _Suggestion, package: Package, rows: dict[str, dict[Any, Any]]
) -> dict[str, str]:
    """The suggestion as a row of `relations.csv`; its labels are those of what it ties, joined by a sign."""
    sign = _SIGN.get(suggestion.kind, "")
    labels = {
        name: sign.join(str(rows[code][name]) for code in suggestion.codes)
        for name in ("label_zh", "label_en")
    }
    name = "_".join(("found", suggestion.kind, *suggestion.codes))
    return {"relation": name, "kind": suggestion.kind, **labels}


def _already(package: Package, suggestions: list[_Suggestion]) -> list[str]:
    """For each suggestion the written relations that speak of all its observations."""
    terms = package.frames["relation_terms"].groupby("relation", sort=False)["observation"].agg(set)
    return [
        " ".join(str(name) for name, codes in terms.items() if set(suggestion.codes) <= codes)
        for suggestion in suggestions
    ]
