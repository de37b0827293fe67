"""Relations that no one wrote: what may be one quantity, a share of some count, or the length of a list.

They are suggestions to look at, never findings: two numbers may agree, or differ, by chance.
"""

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.analysis.audit import Roles, judged
from jiaokou.analysis.kinds import NAME
from jiaokou.data.codebook import columns_of
from jiaokou.data.codes import values
from jiaokou.data.package import Package, open_package, with_package
from jiaokou.numbers.printed import NOMINAL

FOUND_COLUMNS = [*columns_of("audit")[: columns_of("audit").index("known")], "written", "label_zh", "label_en"]
_SIZES = {"amount", "capacity", "power", "area", "volume"}  # measures whose values seldom agree by chance
_NEAR = 0.1  # two numbers further apart than this part of the larger are not taken for one quantity
_SIGN = {"same_quantity": " = ", "whole_count": " × "}

_Rows = dict[str, dict[str, Any]]  # observations by code, each with its measure and kind of entity
_Suggestion = tuple[str, Roles]  # the kind of relation, and what it speaks about


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
    kinds = opened.frames["entities"].set_index("entity")["kind"]
    observed = values(package=package)
    observed["entity_kind"] = observed["entity"].map(kinds)
    rows: _Rows = observed.set_index("observation", drop=False).to_dict("index")  # type: ignore[assignment]
    relations: list[dict[str, str]] = []
    roles: dict[str, Roles] = {}
    for kind, spoken_of in (*_pairs(rows), *_shares(rows), *_lists(opened, rows)):
        codes = [code for role, each in spoken_of.items() if role != NAME for code in each]
        name = "_".join(("found", kind, *codes))
        labels = ("label_zh", "label_en")
        said = {label: _SIGN.get(kind, "").join(rows[code][label] for code in codes) for label in labels}
        relations.append({"relation": name, "kind": kind} | said)
        roles[name] = spoken_of
    result = judged(opened, pd.DataFrame(relations, columns=list(opened.frames["relations"]), dtype="str"), roles)
    ties = opened.frames["relation_terms"].groupby("relation", sort=False)["observation"].agg(set)
    result["written"] = [
        " ".join(str(name) for name, tied in ties.items() if tied.issuperset(codes.split()))
        for codes in result["observations"]
    ]
    # A range that is wide enough to hold a whole number by chance tells nothing.
    telling = (result["verdict"] == "holds") & (result["found_upper"] - result["found_lower"] < _NEAR)
    result = result[(result["kind"] != "whole_count") | telling][FOUND_COLUMNS]
    return with_package(result.reset_index(drop=True), opened.path)


def _pairs(rows: _Rows) -> Iterator[_Suggestion]:
    alike = ("unit", "measure", "entity_kind", "basis")
    sizes = [row for row in rows.values() if row["measure"] in _SIZES and row["basis"] not in NOMINAL]
    for one, other in combinations(sizes, 2):
        close = abs(one["value"] - other["value"]) <= _NEAR * max(one["value"], other["value"])
        overlap = one["period_start"] <= other["period_end"] and other["period_start"] <= one["period_end"]
        if close and overlap and all(one[column] == other[column] for column in alike):
            yield "same_quantity", {"one": [one["observation"]], "other": [other["observation"]]}


def _shares(rows: _Rows) -> Iterator[_Suggestion]:
    exact = [row for row in rows.values() if row["qualifier"] == "exact"]
    shares = [row for row in exact if row["measure"] == "share" and 0 < row["value"] < 100]
    counts = [row for row in exact if row["measure"] == "count"]
    for share, whole in product(shares, counts):
        if share["section"] == whole["section"]:
            yield "whole_count", {"share": [share["observation"]], "whole": [whole["observation"]]}


def _lists(package: Package, rows: _Rows) -> Iterator[_Suggestion]:
    listed = package.frames["milestone_observations"].groupby("observation", sort=False)["milestone"].agg(list)
    for code, names in listed.items():
        if len(names) > 1 and code in rows and rows[code]["measure"] == "count":
            yield "listed", {"count": [code], NAME: names}
