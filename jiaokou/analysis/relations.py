"""From the tables of a data package to relations that can be judged, and back to where they were written.

Here what the schema cannot say is checked: that each relation has the roles of its kind, and that a known defect has
a reason and names the printed values that it expects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import pandas as pd

from jiaokou.analysis.kinds import KINDS, NAME, Kind
from jiaokou.analysis.verdicts import Relation
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import Printed, forms_of, parse

Row = Mapping[str, Any]


class Number(NamedTuple):
    """A printed number, with what an audit needs to know of it; `years` is 0 where the text gives none."""

    printed: Printed
    text: str
    unit: str
    section: str
    years: int


Numbers = Mapping[str, Number]
"""The numbers of a package by observation."""


@dataclass(frozen=True)
class Written:
    """A relation as it is written: its terms by role, the relation to be judged, the unit it is compared in.

    `expected` are the observations whose printed characters the known verdict rests on, with these characters.
    """

    terms: Mapping[str, Sequence[str]]
    relation: Relation
    unit: str
    section: str
    expected: Mapping[str, str]

    @property
    def observations(self) -> tuple[str, ...]:
        """The codes of its observations, in the order of `relation.numbers` (of those that are printed)."""
        roles = (role for role in KINDS[self.relation.kind].roles if role != NAME)
        return tuple(code for role in roles for code in self.terms.get(role, ()))


def numbers(package: Package) -> Numbers:
    """The numbers of a package, read anew from the characters: floats in its frames have lost how they were printed."""
    forms = forms_of(package.frames["forms"][["form", "unit", "factor"]].itertuples(index=False))
    found = {}
    for row in package.frames["observations"].to_dict("records"):
        text, unit, start, end = (row[name] for name in ("printed", "unit", "period_start", "period_end"))
        printed = parse(text, unit, forms.get(unit, {}), row["basis"])
        years = 0 if pd.isna(end) else end.year - start.year + 1
        found[row["observation"]] = Number(printed, text, unit, row["section"], years)
    return found


def written(package: Package, known: Numbers) -> list[Written]:
    """The relations of a package, in their order. Raises JiaokouError for one that its kind cannot be made of."""
    terms: dict[str, list[Row]] = {}
    for row in sorted(_filled(package, "relation_terms"), key=lambda term: term["term"]):
        terms.setdefault(row["relation"], []).append(row)
    return [_written(package, known, row, terms.get(row["relation"], [])) for row in _filled(package, "relations")]


def _filled(package: Package, table: str) -> list[Row]:
    """The rows of a table, None for what is empty."""
    rows = package.frames[table].to_dict("records")
    return [{str(name): None if cell != cell else cell for name, cell in row.items()} for row in rows]


def _written(package: Package, known: Numbers, row: Row, terms: Sequence[Row]) -> Written:
    if row["kind"] not in KINDS:
        _fail(package, row, f"is a {row['kind']}, which the library cannot judge", f"use {', '.join(KINDS)}")
    kind = KINDS[row["kind"]]
    roles: dict[str, list[str]] = {}
    for term in terms:
        _check_term(package, row, kind, term)
        roles.setdefault(term["role"], []).append(term["milestone"] or term["observation"])
    codes = [code for role in kind.roles if role != NAME for code in roles.get(role, [None])]
    _check_relation(package, row, kind, roles, codes)
    counted = len(roles.get(NAME, ())) if NAME in kind.roles else None
    if row["kind"] == "yearly" and codes[0]:
        counted = known[codes[0]].years
    printed = tuple(None if code is None else known[code].printed for code in codes)
    relation = Relation(row["kind"], printed, counted, row["reading_en"] is not None)
    first, unit = next(filter(None, codes), ""), kind.unit
    if unit in kind.roles:
        unit = known[roles.get(unit, [first])[0]].unit
    milestones = package.frames["milestones"].set_index("milestone")["section"]
    section = known[first].section if first else str(milestones[roles[NAME][0]])
    expected = {term["observation"]: term["printed"] for term in terms if term["printed"]}
    return Written(roles, relation, unit, section, expected)


def _check_relation(
    package: Package, row: Row, kind: Kind, roles: Mapping[str, Sequence[str]], codes: Sequence[str | None]
) -> None:
    for role, terms in roles.items():
        if len(terms) > 1 and not (kind.many and role == kind.roles[-1]):
            _fail(package, row, f"has {len(terms)} terms in the role {role}", "give it one")
    if row["known"] == "cannot_hold" and row["explanation_en"] is None:
        _fail(package, row, "is known not to hold and has no explanation", "say what would explain it")
    if not roles:
        _fail(package, row, "speaks of nothing", f"add its terms, in the roles {', '.join(kind.roles)}")
    if None in codes and row["missing_en"] is None:
        cure = "add it, or say in missing_zh and missing_en what is not printed"
        _fail(package, row, "lacks a term", cure)


def _check_term(package: Package, row: Row, kind: Kind, term: Row) -> None:
    role = term["role"]
    if role not in kind.roles:
        _fail(package, row, f"has a term in the role {role}", f"{row['kind']} takes {', '.join(kind.roles)}")
    wanted, other = ("milestone", "observation") if role == NAME else ("observation", "milestone")
    if term[wanted] is None or term[other] is not None:
        _fail(package, row, f"needs {wanted} and no {other} as {role}", "correct the term")
    if row["known"] == "cannot_hold" and role != NAME and term["printed"] is None:
        _fail(package, row, "is known not to hold", f"write what is printed for {term['observation']}")


def _fail(package: Package, row: Row, what: str, cure: str) -> NoReturn:
    raise JiaokouError(f"{package.path / 'relation_terms.csv'}: the relation {row['relation']} {what}; {cure}")
