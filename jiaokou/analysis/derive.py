"""What follows from the observations, with the bounds that their print allows.

`derivations.csv` of the data package says what is derived from which observations and under which premise; here are
the few formulas. Nothing derived is ever stored as if it had been published.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.package import Package, check_section, in_section, open_package, with_package
from jiaokou.errors import JiaokouError
from jiaokou.numbers.intervals import Interval, exactly

DERIVED_COLUMNS = (
    "derived section topic kind formula left right value unit lower upper label_zh label_en premise_zh premise_en"
).split()

_HUNDRED, _ONE = exactly(100), exactly(1)

_FORMULAS: dict[str, tuple[str, Callable[[Interval, Interval], Interval]]] = {
    "ratio": ("{left} / {right} * 100", lambda left, right: left / right * _HUNDRED),
    "mean": ("{left} / {right}", lambda left, right: left / right),
    "difference": ("{left} - {right}", lambda left, right: left - right),
    "sum": ("{left} + {right}", lambda left, right: left + right),
    "base": ("{left} / (1 + {right} / 100)", lambda left, right: left / (_ONE + right / _HUNDRED)),
    "whole": ("{left} / ({right} / 100)", lambda left, right: left / (right / _HUNDRED)),
    "remainder": ("{left} * (100 / {right} - 1)", lambda left, right: left * (_HUNDRED / right - _ONE)),
    "part": ("{left} * {right} / 100", lambda left, right: left * right / _HUNDRED),
    # Without a second observation: over the years of the plan.
    "mean_growth": (
        "((1 + {left} / 100) ** (1 / {years}) - 1) * 100",
        lambda left, years: (_root(_ONE + left / _HUNDRED, years) - _ONE) * _HUNDRED,
    ),
}


def derived(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Derived indicators of one section, or of all, computed from the observations.

    `derived` code · `section`, `topic` · `kind` and `formula`, in codes of observations · `left`, `right` the
    observations · `value` from the printed values · `unit` · `lower`, `upper` what their bounds allow, missing
    where there is no bound · `label_zh`, `label_en` · `premise_zh`, `premise_en` what must be true for it to
    follow.

        >>> derived().set_index("derived").at["expenditure_2020", "formula"]
        'budget_expenditure / (1 + budget_expenditure_growth / 100)'
    """
    opened = open_package(package)
    check_section(opened, section)
    return _selected(opened, section).copy()


@lru_cache(maxsize=16)
def _selected(package: Package, section: str | None) -> pd.DataFrame:
    return in_section(derived_of(package), section)


@lru_cache(maxsize=4)
def derived_of(package: Package) -> pd.DataFrame:
    """`derived()` of a package that is already open; the same frame each time, not to be changed."""
    frame = package.frames["derivations"].copy()
    topics = package.frames["topics"].set_index("topic")
    observed = package.frames["observations"].set_index("observation")
    frame["section"] = pd.Categorical(
        frame["topic"].map(topics["section"]), list(package.frames["sections"]["section"])
    )
    frame["topic"] = pd.Categorical(frame["topic"], list(topics.index))
    years = package.release.period_end.year - package.release.period_start.year + 1
    for row in frame.to_dict("records"):
        if row["kind"] not in _FORMULAS:
            raise JiaokouError(
                f"{package.path / 'derivations.csv'}: {row['derived']} is a {row['kind']}, which the library cannot "
                f"compute; use {', '.join(_FORMULAS)}"
            )
        alone = "{right}" not in _FORMULAS[row["kind"]][0]
        if pd.isna(row["right"]) != alone:
            needs = (
                "no second observation; empty the column right"
                if alone
                else "a second observation in the column right"
            )
            raise JiaokouError(
                f"{package.path / 'derivations.csv'}: {row['derived']} is a {row['kind']}, which takes {needs}"
            )
    rows = [_one(dict(row), years, observed) for _, row in frame.iterrows()]
    for column in ("value", "lower", "upper"):
        frame[column] = pd.array([row[column] for row in rows], dtype="Float64")
    frame["formula"] = [
        _FORMULAS[row["kind"]][0].format_map(row | {"years": years}) for row in frame.to_dict("records")
    ]
    return with_package(frame[DERIVED_COLUMNS], package.path)


def _one(row: dict[Any, Any], years: int, observed: pd.DataFrame) -> dict[str, float | None]:
    formula, codes = _FORMULAS[row["kind"]][1], [row["left"], row["right"]]
    plan = exactly(years)
    values = [plan if pd.isna(code) else exactly(_fraction(observed.at[code, "value"])) for code in codes]
    bounds = [plan if pd.isna(code) else bounds_of(observed.loc[code]) for code in codes]
    middle, result = formula(*values), formula(*bounds)
    return {"value": _float(middle.low), "lower": _float(result.low), "upper": _float(result.high)}


def _root(interval: Interval, years: Interval) -> Interval:
    """The root of numbers that stays a float's: no fraction holds it, and no verdict rests on it."""
    power = 1 / float(years.low or 1)
    low, high = (
        None if end is None else Fraction(float(end) ** power) for end in (interval.low, interval.high)
    )
    return Interval(low, high)


def bounds_of(row: Any) -> Interval:
    """The closed interval of a row that has `lower` and `upper`."""
    low, high = (None if pd.isna(row[end]) else _fraction(row[end]) for end in ("lower", "upper"))
    return Interval(low, high)


def _fraction(number: Any) -> Fraction:
    """The decimal that a float of a table was read from; the float itself holds few of them."""
    return Fraction(str(number))


def _float(end: Any) -> float | None:
    return None if end is None else float(end)


def required_growth(value: Any, target: float, years: float) -> tuple[float | None, float]:
    """Yearly growth in per cent that leads from a row's bounds to `target` in so many years: lowest and highest.

    There is no lowest for a row without an upper bound. `value` is a row with `lower` and `upper` in the unit of
    `target`. Raises JiaokouError if years or target are not above 0, or the row may be zero.
    """
    if not (math.isfinite(years) and years > 0):
        raise JiaokouError(
            f"growth over {years} years has no meaning; choose a target year after the value's period"
        )
    if not (math.isfinite(target) and target > 0):
        raise JiaokouError(f"a target of {target} cannot be reached by growth; choose one above 0")
    if pd.isna(value["lower"]) or value["lower"] <= 0:
        raise JiaokouError("growth from zero, or from a value without a lower bound, cannot be computed")

    def growth(end: float) -> float:
        # A root is no fraction: here floats do, since nothing is decided by it.
        return float(((target / end) ** (1 / years) - 1) * 100)

    try:
        return None if pd.isna(value["upper"]) else growth(value["upper"]), growth(value["lower"])
    except OverflowError:
        raise JiaokouError(
            f"no growth within {years:g} years is large enough for a target of {target:g}"
        ) from None
