"""What follows from the observations, with the bounds that their print allows.

`derivations.csv` of the data package says what is derived from which observations and under which premise; here are
the few formulas. Nothing derived is ever stored as if it had been published.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import inf, isfinite, isinf
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from jiaokou.data.package import Package, in_section, open_package, with_package
from jiaokou.errors import JiaokouError, near
from jiaokou.numbers.intervals import BOUNDS, End, Interval, ends, exactly

DERIVED_COLUMNS = (
    "derived section topic kind formula first second value unit lower upper label_zh label_en premise_zh premise_en "
    "observations lower_open upper_open"
).split()

_HUNDRED, _ONE = exactly(100), exactly(1)
_Formula = tuple[str, Callable[[Interval, Interval], Interval]]

_FORMULAS: dict[str, _Formula] = {
    "ratio": ("{first} / {second} * 100", lambda left, right: left / right * _HUNDRED),
    "mean": ("{first} / {second}", lambda left, right: left / right),
    "difference": ("{first} - {second}", lambda left, right: left - right),
    "sum": ("{first} + {second}", lambda left, right: left + right),
    "base": ("{first} / (1 + {second} / 100)", lambda left, right: left / (_ONE + right / _HUNDRED)),
    "whole": ("{first} / ({second} / 100)", lambda left, right: left / (right / _HUNDRED)),
    "remainder": ("{first} * (100 / {second} - 1)", lambda left, right: left * (_HUNDRED / right - _ONE)),
    "part": ("{first} * {second} / 100", lambda left, right: left * right / _HUNDRED),
    "mean_growth": (
        "((1 + {first} / 100) ** (1 / {second}) - 1) * 100",
        lambda left, years: (_root(_ONE + left / _HUNDRED, years) - _ONE) * _HUNDRED,
    ),
}


def derived(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Derived indicators of one section, or of all, computed from the observations.

    `derived` code · `section`, `topic` · `kind` and `formula`, in codes of observations · `first`, `second` what it is
    computed from, observations or other derived indicators · `value` from the printed values · `unit` · `lower`,
    `upper` what their bounds allow, missing where there is no bound · `label_zh`, `label_en` · `premise_zh`,
    `premise_en` what must be true for it to follow · `observations` those of the formula, separated by spaces ·
    `lower_open`, `upper_open` whether the bound itself is excluded.

        >>> derived().set_index("derived").at["expenditure_2020", "formula"]
        'budget_expenditure / (1 + budget_expenditure_growth / 100)'
    """
    opened = open_package(package)
    return in_section(derived_of(opened), section, opened)


class _Operand(NamedTuple):
    """A number to compute with: its formula, the observations in it, its value and its bounds."""

    formula: str
    observations: tuple[str, ...]
    value: Interval
    bounds: Interval


@lru_cache(maxsize=4)
def derived_of(package: Package) -> pd.DataFrame:
    """`derived()` of a package that is already open; the same frame each time, not to be changed."""
    frame = package.frames["derivations"].copy()
    topics = package.frames["topics"].set_index("topic")
    sections = list(package.frames["sections"]["section"])
    frame["section"] = pd.Categorical(frame["topic"].map(topics["section"]), sections)
    frame["topic"] = pd.Categorical(frame["topic"], list(topics.index))
    known = {}
    for row in package.frames["observations"].to_dict("records"):
        code, value = row["observation"], exactly(_fraction(row["value"]))
        low, high = _fraction(row["lower"], -inf), _fraction(row["upper"], inf)
        bounds = Interval(low, high, bool(row["lower_open"]), bool(row["upper_open"]))
        known[code] = _Operand(code, (code,), value, bounds)
    years = package.release.period_end.year - package.release.period_start.year + 1
    # Without a second operand: over the years of the plan.
    plan = _Operand(str(years), (), exactly(years), exactly(years))
    rows = []
    for row in frame.to_dict("records"):
        for what in _faults(row, known):
            raise JiaokouError(f"{package.path / 'derivations.csv'}: {row['derived']} {what}")
        formula, compute = _FORMULAS[row["kind"]]
        left, right = known[row["first"]], plan if pd.isna(row["second"]) else known[row["second"]]
        said = formula.format(first=left.formula, second=right.formula)
        codes = tuple(dict.fromkeys(left.observations + right.observations))
        value, bounds = compute(left.value, right.value), compute(left.bounds, right.bounds)
        known[row["derived"]] = _Operand(f"({said})", codes, value, bounds)
        rows.append({"formula": said, "observations": " ".join(codes), "value": float(value.low)} | ends(bounds))
    columns = ["formula", "observations", "value", *BOUNDS]
    frame = frame.join(pd.DataFrame(rows, frame.index, columns, dtype="object"))
    return with_package(frame[DERIVED_COLUMNS].astype({"value": "Float64"} | BOUNDS), package.path)


def _faults(row: Mapping[Any, Any], known: Collection[str]) -> Iterator[str]:
    """What is wrong with a derivation, and the cure."""
    kind, is_alone = row["kind"], row["kind"] == "mean_growth"
    if kind not in _FORMULAS:
        yield f"is a {kind}, which the library cannot compute; use {', '.join(_FORMULAS)}"
    if is_alone and not pd.isna(row["second"]):
        yield f"is a {kind}, which takes no second operand; empty the column second"
    if not is_alone and pd.isna(row["second"]):
        yield f"is a {kind}, which takes a second operand; fill in the column second"
    for side in ("first", "second"):
        if not pd.isna(row[side]) and row[side] not in known:
            what = f"is computed from “{row[side]}”, which is no observation and no derivation above it"
            yield f"{what}; correct the column {side}{near(row[side], known)}"


def _root(interval: Interval, years: Interval) -> Interval:
    """The root of numbers that stays a float's: no fraction holds it, and no verdict rests on it."""
    power, ends = 1 / float(years.low), (interval.low, interval.high)
    low, high = (end if isinf(end) else Fraction(float(end) ** power) for end in ends)
    return Interval(low, high, interval.low_open, interval.high_open)


def _fraction(number: Any, missing: End = 0) -> End:
    """The decimal that a float of a table was read from; the float itself holds few of them."""
    return missing if pd.isna(number) else Fraction(str(number))


def required_growth(value: Any, target: float, years: float) -> tuple[float | None, float]:
    """Yearly growth in per cent that leads from a row's bounds to `target` in so many years: lowest and highest.

    There is no lowest for a row without an upper bound. `value` is a row with `lower` and `upper` in the unit of
    `target`. Raises JiaokouError if years or target are not above 0, or the row may be zero.
    """
    if not (isfinite(years) and years > 0):
        raise JiaokouError(f"growth over {years} years has no meaning; choose a target year after the value's period")
    if not (isfinite(target) and target > 0):
        raise JiaokouError(f"a target of {target} cannot be reached by growth; choose one above 0")
    if pd.isna(value["lower"]) or value["lower"] <= 0:
        raise JiaokouError("growth from zero, or from a value without a lower bound, cannot be computed")

    def growth(end: float) -> float:
        # A root is no fraction: here floats do, since nothing is decided by it.
        return float(((target / end) ** (1 / years) - 1) * 100)

    try:
        return None if pd.isna(value["upper"]) else growth(value["upper"]), growth(value["lower"])
    except OverflowError:
        raise JiaokouError(f"no growth within {years:g} years is large enough for a target of {target:g}") from None
