"""Relations that no one wrote: what may be one quantity, a share of some count, or the length of a list.

They are suggestions to look at, never findings: two numbers may agree, or differ, by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from jiaokou.analysis.audit import AUDIT_COLUMNS, judged
from jiaokou.analysis.kinds import NAME
from jiaokou.analysis.relations import Numbers, Row, Written, numbers
from jiaokou.analysis.verdicts import Relation
from jiaokou.data.package import Package, open_package, with_package
from jiaokou.numbers.printed import NOMINAL

FOUND_COLUMNS = [*AUDIT_COLUMNS[: AUDIT_COLUMNS.index("known")], "written", "label_zh", "label_en"]
_SIZES = {"amount", "capacity", "power", "area", "volume"}  # measures whose values seldom agree by chance
_NEAR = 0.1  # two numbers further apart than this part of the larger are not taken for one quantity
_SIGN = {"same_quantity": " = ", "whole_count": " × "}


class _Suggestion(NamedTuple):
    """A kind of relation, the observations by role, and the milestones listed."""

    kind: str
    terms: dict[str, str]
    names: tuple[str, ...] = ()


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
    terms = opened.frames["relation_terms"].groupby("relation", sort=False)["observation"].agg(set)
    frame = pd.DataFrame(
        [_as_relation(suggestion, rows) for suggestion in suggestions],
        columns=list(opened.frames["relations"]),
        dtype="str",
    )
    result = judged(opened, frame, [_written(suggestion, known) for suggestion in suggestions], known)
    result["written"] = [
        " ".join(str(name) for name, codes in terms.items() if codes.issuperset(suggestion.terms.values()))
        for suggestion in suggestions
    ]
    # A range that is wide enough to hold a whole number by chance tells nothing.
    telling = (result["verdict"] == "holds") & (result["found_upper"] - result["found_lower"] < _NEAR)
    result = result[(result["kind"] != "whole_count") | telling][FOUND_COLUMNS]
    return with_package(result.reset_index(drop=True), opened.path)


def _rows(package: Package) -> dict[str, Row]:
    """The observations by code, each with its measure and kind of entity; numbers inside names left out."""
    measures = package.frames["indicators"].set_index("indicator")["measure"]
    kinds = package.frames["entities"].set_index("entity")["kind"]
    observed = package.frames["observations"]
    joined = observed[observed["basis"] != "name"].assign(
        measure=observed["indicator"].map(measures), entity_kind=observed["entity"].map(kinds)
    )
    return {row["observation"]: {str(n): cell for n, cell in row.items()} for row in joined.to_dict("records")}


def _pairs(rows: dict[str, Row]) -> Iterator[_Suggestion]:
    alike = ("unit", "measure", "entity_kind", "basis")
    sizes = [row for row in rows.values() if row["measure"] in _SIZES and row["basis"] not in NOMINAL]
    for one, other in combinations(sizes, 2):
        close = abs(one["value"] - other["value"]) <= _NEAR * max(one["value"], other["value"])
        overlap = one["period_start"] <= other["period_end"] and other["period_start"] <= one["period_end"]
        if close and overlap and all(one[column] == other[column] for column in alike):
            yield _Suggestion("same_quantity", {"one": one["observation"], "other": other["observation"]})


def _shares(rows: dict[str, Row]) -> Iterator[_Suggestion]:
    exact = [row for row in rows.values() if row["qualifier"] == "exact"]
    shares = [row for row in exact if row["measure"] == "share" and 0 < row["value"] < 100]
    counts = [row for row in exact if row["measure"] == "count"]
    for share, whole in product(shares, counts):
        if share["section"] == whole["section"]:
            yield _Suggestion("whole_count", {"share": share["observation"], "whole": whole["observation"]})


def _lists(package: Package, rows: dict[str, Row]) -> Iterator[_Suggestion]:
    listed: dict[str, list[str]] = {}
    links = package.frames["milestone_observations"][["milestone", "observation"]]
    for milestone, code in links.itertuples(index=False):
        listed.setdefault(code, []).append(milestone)
    for code, names in listed.items():
        if len(names) > 1 and code in rows and rows[code]["measure"] == "count":
            yield _Suggestion("listed", {"count": code}, tuple(names))


def _written(suggestion: _Suggestion, known: Numbers) -> Written:
    said = [known[code] for code in suggestion.terms.values()]
    printed = tuple(number.printed for number in said)
    relation = Relation(suggestion.kind, printed, len(suggestion.names) or None)
    terms = {role: (code,) for role, code in suggestion.terms.items()} | {NAME: suggestion.names}
    return Written(terms, relation, said[-1].unit, said[0].section, {})


def _as_relation(suggestion: _Suggestion, rows: dict[str, Row]) -> dict[str, str]:
    """The suggestion as a row of `relations.csv`; its labels are those of what it ties, joined by a sign."""
    codes, sign = suggestion.terms.values(), _SIGN.get(suggestion.kind, "")
    labels = {name: sign.join(str(rows[code][name]) for code in codes) for name in ("label_zh", "label_en")}
    return {"relation": "_".join(("found", suggestion.kind, *codes)), "kind": suggestion.kind, **labels}
