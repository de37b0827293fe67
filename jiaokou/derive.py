"""What follows from the observations, with the bounds that their print allows.

`derivations.csv` of the data package says what is derived from which observations and under which premise; here are
the few formulas. Nothing derived is ever stored as if it had been published.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou import precision
from jiaokou.datasets import Package, check_section, open_package
from jiaokou.errors import JiaokouError

DERIVED_COLUMNS = (
    "derived section topic kind formula left right value unit lower upper label_zh label_en premise_zh premise_en"
).split()

# Each takes two numbers, or two intervals, alike.
_FORMULAS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "ratio": ("{left} / {right} * 100", lambda left, right: left / right * 100),
    "mean": ("{left} / {right}", lambda left, right: left / right),
    "difference": ("{left} - {right}", lambda left, right: left - right),
    "sum": ("{left} + {right}", lambda left, right: left + right),
    "base": ("{left} / (1 + {right} / 100)", lambda left, right: left / (1 + right / 100)),
    "whole": ("{left} / ({right} / 100)", lambda left, right: left / (right / 100)),
    "part": ("{left} * {right} / 100", lambda left, right: left * right / 100),
}


def derived(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Derived indicators of one section, or of all, computed from the observations.

    `derived` code · `section`, `topic` · `kind` and `formula`, in codes of observations · `left`, `right` the
    observations · `value` from the printed values · `unit` · `lower`, `upper` what their bounds allow, missing
    where there is no bound · `label_zh`, `label_en` · `premise_zh`, `premise_en` what must be true for it to
    follow.
    """
    opened = open_package(package)
    check_section(opened, section)
    frame = _derive(opened)
    return frame if section is None else frame[frame["section"] == section].reset_index(drop=True)


def _derive(package: Package) -> pd.DataFrame:
    frame = package.frames["derivations"].copy()
    topics = package.frames["topics"].set_index("topic")
    observed = package.frames["observations"].set_index("observation")
    frame["section"] = pd.Categorical(
        frame["topic"].map(topics["section"]), list(package.frames["sections"]["section"])
    )
    frame["topic"] = pd.Categorical(frame["topic"], list(topics.index))
    rows = [_one(row["kind"], row["left"], row["right"], observed) for row in frame.to_dict("records")]
    for column in ("value", "lower", "upper"):
        frame[column] = pd.array([row[column] for row in rows], dtype="Float64")
    frame["formula"] = [_FORMULAS[row["kind"]][0].format_map(row) for row in frame.to_dict("records")]
    return frame[DERIVED_COLUMNS]


def _one(kind: str, left: str, right: str, observed: pd.DataFrame) -> dict[str, float | None]:
    formula = _FORMULAS[kind][1]
    bounds = [bounds_of(observed.loc[code]) for code in (left, right)]
    # The middle is computed as an interval too: its operands are decimals, which no float holds.
    middle = [
        precision.interval(observed.at[code, "value"], observed.at[code, "value"]) for code in (left, right)
    ]
    lower, upper = precision.ends(formula(*bounds))
    return {"value": precision.ends(formula(*middle))[0], "lower": lower, "upper": upper}


def bounds_of(row: Any) -> Any:
    """The interval of a row that has `lower` and `upper`."""
    lower, upper = (None if pd.isna(row[end]) else row[end] for end in ("lower", "upper"))
    return precision.interval(lower, upper)


def required_growth(value: Any, target: float, years: float) -> tuple[float | None, float | None]:
    """Yearly growth in per cent that leads from a row's bounds to `target` in so many years: lowest and highest.

    `value` is a row with `lower` and `upper` in the unit of `target`. Raises JiaokouError if years or target are
    not above 0, or the row may be zero.
    """
    if not (math.isfinite(years) and years > 0):
        raise JiaokouError(
            f"growth over {years} years has no meaning; choose a target year after the value's period"
        )
    if not (math.isfinite(target) and target > 0):
        raise JiaokouError(f"a target of {target} cannot be reached by growth; choose one above 0")
    if pd.isna(value["lower"]) or value["lower"] <= 0:
        raise JiaokouError("growth from zero, or from a value without a lower bound, cannot be computed")
    return precision.ends(((target / bounds_of(value)) ** (1 / precision.interval(years, years)) - 1) * 100)
