"""What a sentence stands on: verdicts of relations and comparisons of values, which the data must still bear out."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from jiaokou.analysis.audit import audit_of
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording.languages import Row, missing, records

Given = str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
"""Comparisons (one, or several joined by "and"), relations with their verdicts, or a list of these."""

_NAME = r"[A-Za-z_]\w*(?:\.(?:value|paragraph|char_start))?"
_COMPARISON = re.compile(rf"\s*({_NAME})\s*(<=|>=|!=|<|>|=)\s*({_NAME}|-?\d+(?:\.\d+)?)\s*", re.ASCII)

_Bounds = tuple[float, float]
_HOLDS: dict[str, Callable[[_Bounds, _Bounds], bool]] = {
    "<": lambda one, two: one[1] < two[0],
    "<=": lambda one, two: one[1] <= two[0],
    ">": lambda one, two: one[0] > two[1],
    ">=": lambda one, two: one[0] >= two[1],
    "=": lambda one, two: one[0] == one[1] == two[0] == two[1],
    "!=": lambda one, two: one[1] < two[0] or two[1] < one[0],
}


def check_given(given: Given, sentence: str, named: Callable[[str], Any], package: Package) -> None:
    """Raise JiaokouError, naming sentence and data, unless all that a sentence is given is so.

    `named` gives the row, or the number, that a name in a comparison stands for. A comparison must be true of every
    value within the bounds of both sides; after a name, `.value` takes the number as it is printed, `.paragraph` and
    `.char_start` its place.
    """
    for each in [given] if isinstance(given, str | Mapping) else given:
        parts = each.split(" and ") if isinstance(each, str) else [each]
        reasons = (
            _other_verdicts(part, package) if isinstance(part, Mapping) else _untrue(part, named)
            for part in parts
        )
        if untrue := next(filter(None, reasons), ""):
            raise JiaokouError(f"“{sentence}” does not stand: {untrue}")


def _other_verdicts(given: Mapping[str, str], package: Package) -> str:
    """Which relation has another verdict than the one given, and from what; empty if none has."""
    relations = audit_of(package).set_index("relation")
    printed = records(package, "observations")
    for code, verdict in given.items():
        if code not in relations.index:
            raise JiaokouError(f"given: unknown relation {code!r}{near(code, relations.index)}")
        if verdict not in (known := package.codes["verdict"].index):
            raise JiaokouError(f"given: unknown verdict {verdict!r}{near(verdict, known)}")
        if (found := str(relations.at[code, "verdict"])) != verdict:
            codes = str(relations.at[code, "observations"]).split()
            data = ", ".join(_said(each, printed[each]) for each in codes)
            return f"it is given that {code} {verdict}, and the data say {found} ({data})"
    return ""


def _untrue(comparison: str, named: Callable[[str], Any]) -> str:
    """Why a comparison is not true of all values within the bounds; empty if it is."""
    if not (parts := _COMPARISON.fullmatch(comparison)):
        raise JiaokouError(
            f"given: “{comparison}” is no comparison; write code, < <= = != >= or >, then a code or a number"
        )
    one, sign, two = parts.groups()
    sides = [_side(name, named) for name in (one, two)]
    units = {str(unit) for *_, unit in sides if unit}
    if len(units) > 1:
        raise JiaokouError(f"given: “{comparison}” compares {' with '.join(sorted(units))}")
    if _HOLDS[sign](*(bounds for bounds, *_ in sides)):
        return ""
    data = ", ".join(said for _, said, _ in sides if said)
    return f"it is given that {comparison.strip()}, and the data say {data}"


def _side(name: str, named: Callable[[str], Any]) -> tuple[_Bounds, str, str]:
    """One side of a comparison: its bounds, what the data say of it, and its unit, if any."""
    if not (name[0].isalpha() or name[0] == "_"):
        return (float(name), float(name)), "", ""
    code, _, column = name.partition(".")
    row = named(code)
    if not hasattr(row, "get"):
        return (float(row), float(row)), f"{code} is {row}", ""
    low, high = (row[column], row[column]) if column else (row["lower"], row["upper"])
    bounds = -inf if missing(low) else float(low), inf if missing(high) else float(high)
    return bounds, _said(code, row), "" if column in ("paragraph", "char_start") else str(row["unit"])


def _said(code: str, row: Row) -> str:
    """What the data have for a code: as printed, or the bounds of what is computed."""
    printed = row.get("printed")
    return f"{code} {row['lower']} to {row['upper']}" if missing(printed) else f"{code} printed {printed}"
