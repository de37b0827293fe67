"""From the tables of a data package to relations that can be judged, and back to where they were written.

Here what the schema cannot say is checked: that each relation has the roles of its kind, and that a known defect has
a reason and names the printed values that it expects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from jiaokou.analysis.kinds import KINDS, NAME, Kind
from jiaokou.analysis.verdicts import Relation
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import Printed, forms_of, parse

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Numbers:
    """The printed numbers of a package by observation, with what an audit needs to know of each."""

    printed: Mapping[str, Printed]
    units: Mapping[str, str]
    sections: Mapping[str, str]
    years: Mapping[str, int]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Written:
    """A relation as it is written: its terms by role, the relation to be judged, and the unit it is compared in.

    `expected` are the observations whose printed characters the known verdict rests on, with these characters.
    """

    terms: Mapping[str, Sequence[str]]
    relation: Relation
    unit: str
    expected: Mapping[str, str]

    @property
    def observations(self) -> tuple[str, ...]:
        """The codes of its observations, in the order of `relation.numbers` (of those that are printed)."""
        roles = (role for role in KINDS[self.relation.kind].roles if role != NAME)
        return tuple(code for role in roles for code in self.terms.get(role, ()))


def numbers(package: Package) -> Numbers:
    """The numbers of a package, read anew from the characters: floats in its frames have lost how they were printed."""
    observed = package.frames["observations"]
    codes = list(observed["observation"])
    units = list(observed["unit"].astype(str))
    forms = forms_of(package.frames["forms"][["form", "unit", "factor"]].itertuples(index=False))
    texts = list(observed["printed"])
    printed = [parse(text, unit, forms.get(unit, {})) for text, unit in zip(texts, units, strict=True)]
    years = observed["period_end"].dt.year - observed["period_start"].dt.year + 1
    columns = (printed, units, observed["section"].astype(str), map(int, years), texts)
    return Numbers(*(dict(zip(codes, column, strict=True)) for column in columns))


def written(package: Package, known: Numbers) -> list[Written]:
    """The relations of a package, in their order. Raises JiaokouError for one that its kind cannot be made of."""
    terms: dict[str, list[Row]] = {}
    for row in _filled(package, "relation_terms"):
        terms.setdefault(row["relation"], []).append(row)
    return [
        _written(package, known, row, sorted(terms.get(row["relation"], []), key=lambda term: term["term"]))
        for row in _filled(package, "relations")
    ]


def _filled(package: Package, table: str) -> list[Row]:
    """The rows of a table, None for what is empty."""
    frame = package.frames[table]
    names = list(map(str, frame))
    columns = [[None if cell != cell else cell for cell in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _written(package: Package, known: Numbers, row: Row, terms: Sequence[Row]) -> Written:
    if row["kind"] not in KINDS:
        _fail(package, row, f"is a {row['kind']}, which the library cannot judge", f"use {', '.join(KINDS)}")
    kind, roles = KINDS[row["kind"]], {}  # type: ignore[var-annotated]
    for term in terms:
        _check(package, row, kind, term)
        roles.setdefault(term["role"], []).append(term["milestone"] or term["observation"])
    for role, codes in roles.items():
        if len(codes) > 1 and not (kind.many and role == kind.roles[-1]):
            _fail(package, row, f"has {len(codes)} terms in the role {role}", "give it one")
    if row["known"] == "cannot_hold" and row["explanation_en"] is None:
        _fail(package, row, "is known not to hold and has no explanation", "say what would explain it")
    plain = [role for role in kind.roles if role != NAME]
    codes = [code for role in plain for code in roles.get(role, [None])]
    if not any(codes):
        _fail(
            package, row, "speaks of no observation", f"add its terms, in the roles {', '.join(kind.roles)}"
        )
    if None in codes and row["missing_en"] is None:
        cure = "add it, or say in missing_zh and missing_en what is not printed"
        _fail(package, row, "lacks a term", cure)
    counted = len(roles.get(NAME, ())) if NAME in kind.roles else None
    if row["kind"] == "yearly" and codes[0]:
        counted = known.years[codes[0]]
    numbers = tuple(None if code is None else known.printed[code] for code in codes)
    relation = Relation(row["kind"], numbers, counted, row["reading_en"] is not None)
    expected = {term["observation"]: term["printed"] for term in terms if term["printed"]}
    return Written(roles, relation, _unit(kind, roles, known), expected)


def _unit(kind: Kind, roles: Mapping[str, Sequence[str]], known: Numbers) -> str:
    if kind.unit not in kind.roles:
        return kind.unit
    codes = roles.get(kind.unit) or [code for role, terms in roles.items() if role != NAME for code in terms]
    return known.units[codes[0]]


def _check(package: Package, row: Row, kind: Kind, term: Row) -> None:
    role = term["role"]
    if role not in kind.roles:
        _fail(package, row, f"has a term in the role {role}", f"{row['kind']} takes {', '.join(kind.roles)}")
    wanted, other = ("milestone", "observation") if role == NAME else ("observation", "milestone")
    if term[wanted] is None or term[other] is not None:
        _fail(package, row, f"needs {wanted} and no {other} as {role}", "correct the term")
    if row["known"] == "cannot_hold" and role != NAME and term["printed"] is None:
        _fail(package, row, "is known not to hold", f"write what is printed for {term['observation']}")


def _fail(package: Package, row: Row, what: str, cure: str) -> NoReturn:
    raise JiaokouError(
        f"{package.path / 'relation_terms.csv'}: the relation {row['relation']} {what}; {cure}"
    )
