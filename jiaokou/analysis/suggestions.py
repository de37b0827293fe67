"""Relations that no one wrote: what may be one quantity, a share of some count, or the length of a list.

They are suggestions to look at, never findings: two numbers may agree, or differ, by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from jiaokou.analysis.audit import AUDIT_COLUMNS, judged
from jiaokou.analysis.kinds import NAME
from jiaokou.analysis.relations import Numbers, Written, numbers
from jiaokou.analysis.verdicts import Relation
from jiaokou.data.package import Package, open_package, with_package

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


def found(*, package: str | Path = "") -> pd.DataFrame:
    """Relations that may hold though nobody wrote them down; never a defect.

    Pairs of one unit, measure, kind of entity and basis, in periods that overlap and no more than a tenth apart, may
    be one quantity (counts and rates only within a topic, and counts in the same counter). A percentage below 100
    may be a share of a count of its section, if it is a share of few counts. Milestones that name a count, two or
    more, may be the list it counts.

    Columns are the first ones of `audit()`, the labels of what is tied, and `written`: the relations of
    `relations.csv` that already tie the same observations, separated by spaces.
    """
    return _found(open_package(package)).copy()


@lru_cache(maxsize=4)
def _found(opened: Package) -> pd.DataFrame:
    known, rows = numbers(opened), _rows(opened)
    suggestions = [*_pairs(rows), *_shares(rows), *_lists(opened, rows)]
    frame = pd.DataFrame(
        [_as_relation(suggestion, opened, rows) for suggestion in suggestions],
        columns=list(opened.frames["relations"]),
        dtype="str",
    )
    result = judged(opened, frame, [_written(suggestion, known) for suggestion in suggestions], known)
    possible = (result["kind"] != "whole_count") | (result["verdict"] == "holds")
    result = result.assign(written=_already(opened, suggestions))[possible][FOUND_COLUMNS]
    return with_package(result.reset_index(drop=True), opened.path)


def _rows(package: Package) -> dict[str, dict[Any, Any]]:
    """The observations by code, each with its measure, counter and kind of entity."""
    indicators = package.frames["indicators"].set_index("indicator")
    kinds = package.frames["entities"].set_index("entity")["kind"]
    observed = package.frames["observations"]
    joined = observed.assign(
        measure=observed["indicator"].map(indicators["measure"]),
        counter=observed["indicator"].map(indicators["counter_zh"]).fillna(""),
        entity_kind=observed["entity"].map(kinds),
    )
    return {row["observation"]: row for row in joined.to_dict("records")}


def _pairs(rows: dict[str, dict[Any, Any]]) -> Iterator[_Suggestion]:
    alike = ("unit", "measure", "counter", "entity_kind", "basis")
    for one, other in combinations(rows.values(), 2):
        close = abs(one["value"] - other["value"]) <= _NEAR * max(one["value"], other["value"])
        overlap = one["period_start"] <= other["period_end"] and other["period_start"] <= one["period_end"]
        same = all(one[column] == other[column] for column in alike)
        within = one["measure"] in _SIZES or one["topic"] == other["topic"]
        if close and overlap and same and within:
            yield _Suggestion("same_quantity", ("one", "other"), (one["observation"], other["observation"]))


def _shares(rows: dict[str, dict[Any, Any]]) -> Iterator[_Suggestion]:
    exact = [row for row in rows.values() if row["qualifier"] == "exact"]
    shares = [row for row in exact if row["measure"] == "share" and 0 < row["value"] < 100]
    counts = [row for row in exact if row["measure"] == "count"]
    for share, whole in product(shares, counts):
        if share["section"] == whole["section"]:
            yield _Suggestion("whole_count", ("share", "whole"), (share["observation"], whole["observation"]))


def _lists(package: Package, rows: dict[str, dict[Any, Any]]) -> Iterator[_Suggestion]:
    for code, listed in package.frames["milestones"].groupby("observation", sort=False)["milestone"]:
        if len(listed) > 1 and rows[str(code)]["measure"] == "count":
            yield _Suggestion("listed", ("count",), (str(code),), tuple(listed))


def _written(suggestion: _Suggestion, known: Numbers) -> Written:
    terms = {role: (code,) for role, code in zip(suggestion.roles, suggestion.codes, strict=True)}
    counted = len(suggestion.names) or None
    relation = Relation(suggestion.kind, tuple(known.printed[code] for code in suggestion.codes), counted)
    return Written(terms | {NAME: suggestion.names}, relation, known.units[suggestion.codes[-1]], {})


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
