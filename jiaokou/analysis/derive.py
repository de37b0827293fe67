"""What follows from the observations, with the bounds that their print allows.

`derivations.csv` of the data package says what is derived from which observations and under which premise; here are
the few formulas. Nothing derived is ever stored as if it had been published.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import isfinite, isinf
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from jiaokou.analysis.kinds import HUNDRED, ONE
from jiaokou.data.codebook import columns_of, with_columns
from jiaokou.data.package import Package, in_section, open_package, with_package
from jiaokou.errors import JiaokouError, near
from jiaokou.numbers.intervals import BOUNDS, Interval, ends, exactly

_FORMULAS: dict[str, tuple[str, Callable[[Interval, Interval], Interval]]] = {
    "ratio": ("{first} / {second} * 100", lambda left, right: left / right * HUNDRED),
    "mean": ("{first} / {second}", lambda left, right: left / right),
    "difference": ("{first} - {second}", lambda left, right: left - right),
    "sum": ("{first} + {second}", lambda left, right: left + right),
    "base": ("{first} / (1 + {second} / 100)", lambda left, right: left / (ONE + right / HUNDRED)),
    "whole": ("{first} / ({second} / 100)", lambda left, right: left / (right / HUNDRED)),
    "remainder": ("{first} * (100 / {second} - 1)", lambda left, right: left * (HUNDRED / right - ONE)),
    "part": ("{first} * {second} / 100", lambda left, right: left * right / HUNDRED),
    "mean_growth": (
        "((1 + {first} / 100) ** (1 / {second}) - 1) * 100",
        lambda left, years: (_root(ONE + left / HUNDRED, years) - ONE) * HUNDRED,
    ),
}


@with_columns("derived")
def derived(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Derived indicators of one section, or of all, computed from the observations.

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
    frame = package.frames["derivations"]
    known = {
        code: _Operand(code, (code,), exactly(said.value), package.bounds[code])
        for code, said in package.printed.items()
    }
    years = package.release.period_end.year - package.release.period_start.year + 1
    # Without a second operand: over the years of the plan.
    plan = _Operand(str(years), (), exactly(years), exactly(years))
    rows = []
    for row in frame.to_dict("records"):
        for what in _faults(row, known):
            raise JiaokouError(f"{package.path / 'derivations.csv'}: {row['derived']} {what}")
        formula, compute = _FORMULAS[row["kind"]]
        left, right = known[row["first"]], plan if pd.isna(row["second"]) else known[row["second"]]
        text = formula.format(first=left.formula, second=right.formula)
        codes = tuple(dict.fromkeys(left.observations + right.observations))
        value, bounds = compute(left.value, right.value), compute(left.bounds, right.bounds)
        known[row["derived"]] = _Operand(f"({text})", codes, value, bounds)
        rows.append({"formula": text, "observations": " ".join(codes), "value": float(value.low)} | ends(bounds))
    added = ["formula", "observations", "value", *BOUNDS]
    frame = frame.join(pd.DataFrame(rows, frame.index, added, dtype="object"))
    return with_package(frame[columns_of("derived")].astype({"value": "Float64"} | BOUNDS), package.path)


def _faults(row: Mapping[Any, Any], known: Collection[str]) -> Iterator[str]:
    """What is wrong with a derivation, and the cure."""
    if row["kind"] not in _FORMULAS:
        yield f"is a {row['kind']}, which the library cannot compute; use {', '.join(_FORMULAS)}"
    for side in ("first", "second"):
        if not pd.isna(row[side]) and row[side] not in known:
            what = f"is computed from “{row[side]}”, which is no observation and no derivation above it"
            yield f"{what}; correct the column {side}{near(row[side], known)}"


def _root(interval: Interval, years: Interval) -> Interval:
    """The root of numbers that stays a float's: no fraction holds it, and no verdict rests on it."""
    power, ends = 1 / float(years.low), (interval.low, interval.high)
    low, high = (end if isinf(end) else Fraction(float(end) ** power) for end in ends)
    return Interval(low, high, interval.low_open, interval.high_open)


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

    return None if pd.isna(value["upper"]) else growth(value["upper"]), growth(value["lower"])
