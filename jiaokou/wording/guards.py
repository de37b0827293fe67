"""What a sentence stands on: verdicts of relations and comparisons of values, which the data must still bear out."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording.languages import Row, missing, records

Given = str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
"""Comparisons (one, or several joined by "and"), relations with their verdicts, or a list of these."""

_NAME = r"[A-Za-z_]\w*(?:\.(?:value|paragraph|start))?"
_COMPARISON = re.compile(rf"\s*({_NAME})\s*(<=|>=|!=|<|>|=)\s*({_NAME}|-?\d+(?:\.\d+)?)\s*", re.ASCII)

# Of these one must be true of each bound of one side with each of the other.
_HOLDS: dict[str, list[Callable[[float, float], bool]]] = {
    "<": [operator.lt],
    "<=": [operator.le],
    ">": [operator.gt],
    ">=": [operator.ge],
    "=": [operator.eq],
    "!=": [operator.lt, operator.gt],
}


def check_given(given: Given, sentence: str, named: Callable[[str], Any], package: Package) -> None:
    """Raise JiaokouError, naming sentence and data, unless all that a sentence is `given` is so (see `Narrator`).

    `named` gives the row, or the number, that a name in a comparison stands for.
    """
    for each in [given] if isinstance(given, str | Mapping) else given:
        for part in each.split(" and ") if isinstance(each, str) else each.items():
            untrue = _untrue(part, named) if isinstance(part, str) else _other_verdict(*part, package)
            if untrue:
                raise JiaokouError(f"“{sentence}” does not stand: it is given that {untrue}")


def _other_verdict(code: str, verdict: str, package: Package) -> str:
    """What the data say of a relation instead of the verdict given; empty if they say the same."""
    relations, known = records(package, "audit"), package.codes["verdict"].index
    if code not in relations:
        raise JiaokouError(f"given: unknown relation {code!r}{near(code, relations)}")
    if verdict not in known:
        raise JiaokouError(f"given: unknown verdict {verdict!r}{near(verdict, known)}")
    row, printed = relations[code], records(package, "observations")
    data = ", ".join(_said(each, printed[each]) for each in row["observations"].split())
    found = row["verdict"]
    return "" if found == verdict else f"{code} {verdict}, and the data say {found} ({data})"


def _untrue(comparison: str, named: Callable[[str], Any]) -> str:
    """What the data say instead of a comparison; empty if it is true of all values within the bounds."""
    if not (parts := _COMPARISON.fullmatch(comparison)):
        raise JiaokouError(
            f"given: “{comparison}” is no comparison; write code, < <= = != >= or >, then a code or a number"
        )
    (one, said, unit), (two, other, other_unit) = (_side(parts[n], named) for n in (1, 3))
    if unit and other_unit and unit != other_unit:
        units = " with ".join(sorted([unit, other_unit]))
        raise JiaokouError(f"given: “{comparison}” compares {units}")
    if any(all(holds(a, b) for a in one for b in two) for holds in _HOLDS[parts[2]]):
        return ""
    return f"{comparison.strip()}, and the data say {', '.join(filter(None, (said, other)))}"


def _side(name: str, named: Callable[[str], Any]) -> tuple[tuple[float, float], str, str]:
    """One side of a comparison: its bounds, what the data say of it, and its unit, if any."""
    if not re.match(r"[A-Za-z_]", name):
        return (float(name), float(name)), "", ""
    code, _, column = name.partition(".")
    row = named(code)
    if not hasattr(row, "get"):
        return (float(row), float(row)), f"{code} is {row}", ""
    low, high = (row[column], row[column]) if column else (row["lower"], row["upper"])
    bounds = -inf if missing(low) else float(low), inf if missing(high) else float(high)
    return bounds, _said(code, row), "" if column in ("paragraph", "start") else str(row["unit"])


def _said(code: str, row: Row) -> str:
    """What the data have for a code: as printed, or the bounds of what is computed."""
    printed = row.get("printed")
    return f"{code} {row['lower']} to {row['upper']}" if missing(printed) else f"{code} printed {printed}"
