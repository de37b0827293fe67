"""From the tables of a data package to relations that can be judged.

Here what the schema cannot say is checked: that each relation has the roles of its kind, and that a known defect has
a reason and names the printed values that it expects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from jiaokou.analysis.kinds import KINDS, NAME
from jiaokou.analysis.verdicts import Relation
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import forms_of, parse

Row = Mapping[str, Any]


def numbers(package: Package) -> dict[str, Row]:
    """The observations by code, `said` being the number read anew: floats have lost how they were printed."""
    forms = forms_of(package.frames["forms"][["form", "unit", "factor"]].itertuples(index=False))
    rows: list[dict[Any, Any]] = package.frames["observations"].to_dict("records")
    for row in rows:
        row["said"] = parse(row["printed"], row["unit"], forms.get(row["unit"], {}), row["basis"])
    return {row["observation"]: row for row in rows}


def relations(package: Package, frame: pd.DataFrame, terms: pd.DataFrame, known: Mapping[str, Row]) -> list[Relation]:
    """The relations of a frame such as `relations.csv`, with their `terms`, about the `numbers` known.

    Raises JiaokouError for one that its kind cannot be made of.
    """
    terms_of: dict[str, list[Row]] = {}
    for term in sorted(_filled(terms), key=lambda term: term["term"]):
        terms_of.setdefault(term["relation"], []).append(term)
    return [_relation(package, row, terms_of.get(row["relation"], []), known) for row in _filled(frame)]


def _filled(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table, None for what is empty."""
    rows = frame.to_dict("records")
    return [{str(name): None if cell != cell else cell for name, cell in row.items()} for row in rows]


def _relation(package: Package, row: Row, terms: Sequence[Row], known: Mapping[str, Row]) -> Relation:
    for what, cure in _faults(row, terms):
        file = package.path / "relation_terms.csv"
        raise JiaokouError(f"{file}: the relation {row['relation']} {what}; {cure}")
    roles: dict[str, list[str]] = {}
    for term in terms:
        roles.setdefault(term["role"], []).append(term["milestone"] or term["observation"])
    kind = KINDS[row["kind"]]
    codes = [code for role in kind.roles if role != NAME for code in roles.get(role, [""])]
    counted = len(roles.get(NAME, ())) if NAME in kind.roles else None
    if row["kind"] == "yearly" and codes[0]:
        start, end = (known[codes[0]][f"period_{day}"] for day in ("start", "end"))
        counted = 0 if pd.isna(end) else end.year - start.year + 1
    said = tuple(known[code]["said"] if code else None for code in codes)
    return Relation(row["kind"], said, counted, row["reading_en"] is not None, roles)


def _faults(row: Row, terms: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """What is wrong with a relation, and the cure."""
    if row["kind"] not in KINDS:
        yield f"is a {row['kind']}, which the library cannot judge", f"use {', '.join(KINDS)}"
    kind, is_defect = KINDS[row["kind"]], row["known"] == "cannot_hold"
    for term in terms:
        role = term["role"]
        if role not in kind.roles:
            yield f"has a term in the role {role}", f"{row['kind']} takes {', '.join(kind.roles)}"
        wanted, other = ("milestone", "observation") if role == NAME else ("observation", "milestone")
        if term[wanted] is None or term[other] is not None:
            yield f"needs {wanted} and no {other} as {role}", "correct the term"
        if is_defect and role != NAME and term["printed"] is None:
            yield "is known not to hold", f"write what is printed for {term['observation']}"
    found = [term["role"] for term in terms]
    for role in kind.roles[: -1 if kind.many else None]:
        if found.count(role) > 1:
            yield f"has {found.count(role)} terms in the role {role}", "give it one"
    if is_defect and row["explanation_en"] is None:
        yield "is known not to hold and has no explanation", "say what would explain it"
    if not terms:
        yield "speaks of nothing", f"add its terms, in the roles {', '.join(kind.roles)}"
    if not {NAME, *found}.issuperset(kind.roles) and row["missing_en"] is None:
        yield "lacks a term", "add it, or say in missing_zh and missing_en what is not printed"
