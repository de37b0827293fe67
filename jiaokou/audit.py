"""Relations between printed figures: held or broken.

`relations.csv` of the data package says what must hold between observations; a relation is checked with the bounds
that the print allows, never with the bare values.
"""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from jiaokou import precision
from jiaokou.datasets import Package, open_package
from jiaokou.derive import bounds_of

AUDIT_COLUMNS = (
    "relation section kind formula left right result expected_lower expected_upper found_lower found_upper unit "
    "verdict known label_zh label_en reading_zh reading_en"
).split()

_FORMULAS = {
    "same_quantity": "{left} = {right}",
    "at_most": "{left} <= {right}",
    "whole_count": "{left} / 100 * {right} is a whole number",
    "listed": "{left} = milestones listed",
    "partly_listed": "{left} >= milestones listed",
    "share": "{left} / {right} * 100 = {result}",
    "growth": "({left} / {right} - 1) * 100 = {result}",
}

Ends = tuple[float | None, float | None]


def audit(*, package: str | Path = "") -> pd.DataFrame:
    """One row for each relation of the data package.

    `relation` code · `section` of its first observation · `kind` and `formula` · `left`, `right`, `result`
    observations · `found_lower`, `found_upper` bounds of what is printed on the left, `expected_lower`,
    `expected_upper` of what it must agree with, in `unit` · `verdict` holds, holds_under_reading, cannot_hold or
    cannot_tell · `known` the verdict known for this release · `label_zh`, `label_en` the claim · `reading_zh`,
    `reading_en` the reading it assumes, if any.
    """
    opened = open_package(package)
    frame = opened.frames["relations"].copy()
    observed = opened.frames["observations"].set_index("observation")
    results = [_check(row, observed, opened) for _, row in frame.iterrows()]
    for position, column in enumerate(("found_lower", "found_upper", "expected_lower", "expected_upper")):
        frame[column] = pd.array([bounds[position] for bounds, _ in results], dtype="Float64")
    frame["verdict"] = pd.Categorical(
        [verdict for _, verdict in results], list(opened.codes["verdict"].index)
    )
    frame["section"] = frame["left"].map(observed["section"])
    # What is compared is in the unit of the first observation, but for kinds that compare something computed.
    compared = frame["left"].where(frame["kind"] != "whole_count", frame["right"])
    frame["unit"] = frame["result"].fillna(compared).map(observed["unit"])
    known = frame[["left", "right", "result"]].fillna("?").to_dict("records")
    frame["formula"] = [
        _FORMULAS[kind].format_map(row) for kind, row in zip(frame["kind"], known, strict=True)
    ]
    return frame[AUDIT_COLUMNS]


def _check(row: pd.Series, observed: pd.DataFrame, package: Package) -> tuple[tuple[float | None, ...], str]:
    """Found and expected bounds of one relation, and its verdict."""
    found = _bounds(observed, row["left"])
    expected: Ends = (None, None)
    match row["kind"]:
        case "listed" | "partly_listed":
            named = float((package.frames["milestones"]["observation"] == row["left"]).sum())
            expected = (named, named if row["kind"] == "listed" else None)
        case "whole_count":
            share, whole = bounds_of(observed.loc[row["left"]]), bounds_of(observed.loc[row["right"]])
            found = precision.ends(share * whole / 100)
            expected = _whole_numbers(found)
        case "at_most":
            expected = (None, _bounds(observed, row["right"])[1])
        case "same_quantity":
            expected = _bounds(observed, row["right"])
        case "share" | "growth":
            if pd.isna(row["right"]):
                return (*_bounds(observed, row["result"]), None, None), "cannot_tell"
            left, right = (bounds_of(observed.loc[row[name]]) for name in ("left", "right"))
            found = precision.ends((left / right - (1 if row["kind"] == "growth" else 0)) * 100)
            expected = _bounds(observed, row["result"])
    if not _overlap(found, expected):
        return (*found, *expected), "cannot_hold"
    return (*found, *expected), "holds" if pd.isna(row["reading_en"]) else "holds_under_reading"


def _bounds(observed: pd.DataFrame, code: str) -> Ends:
    return precision.ends(bounds_of(observed.loc[code]))


def _whole_numbers(within: Ends) -> Ends:
    """The least and greatest whole number in an interval; an empty pair (inf, -inf) if there is none."""
    low, high = (math.ceil(within[0] or 0), math.floor(within[1]) if within[1] is not None else None)
    return (
        (math.inf, -math.inf)
        if high is not None and high < low
        else (float(low), None if high is None else float(high))
    )


def _overlap(one: Ends, other: Ends) -> bool:
    low = max(-math.inf if end is None else end for end in (one[0], other[0]))
    high = min(math.inf if end is None else end for end in (one[1], other[1]))
    return low <= high
