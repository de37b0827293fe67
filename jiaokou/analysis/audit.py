"""What printed figures say about each other, with their rounding taken seriously.

A printed number is an interval of truths. `relations.csv` of the data package says which numbers are tied, and by
what; a relation holds if some truth fits all that is printed, and cannot hold if none does.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.analysis.kinds import KINDS, NAME
from jiaokou.analysis.verdicts import Relation, judge
from jiaokou.data.codebook import columns_of, with_columns
from jiaokou.data.package import Package, open_package, with_package
from jiaokou.errors import JiaokouError
from jiaokou.numbers.intervals import BOUNDS, ends

SENSITIVITY_COLUMNS = "observation section printed errors caught relations".split()

Row = Mapping[Any, Any]
Roles = dict[str, list[str]]  # the codes of the observations and milestones that a relation speaks about


@with_columns("audit")
def audit(*, package: str | Path = "") -> pd.DataFrame:
    """One row for each relation of the data package, under the reading it assumes.

    Bounds are in `unit`, every number taken as rounded to the nearest. In formulas `?` stands for a number that is not
    printed. Raises JiaokouError for a package that is not sound, or a relation that its kind cannot be made of.

        >>> audit().set_index("relation").at["new_energy_one_quantity", "verdict"]
        'cannot_hold'
    """
    return audit_of(open_package(package)).copy()


@lru_cache(maxsize=4)
def audit_of(package: Package) -> pd.DataFrame:
    """`audit()` of a package that is already open; the same frame each time, not to be changed."""
    frame, terms = package.frames["relations"], package.frames["relation_terms"]
    found = judged(package, frame, roles_of(terms))
    printed = terms["observation"].map(package.frames["observations"].set_index("observation")["printed"])
    changed = terms.loc[terms["printed"].notna() & (terms["printed"] != printed), "relation"]
    found["as_known"] = (found["verdict"].astype("str") == frame["known"]) & ~frame["relation"].isin(changed)
    return with_package(found[columns_of("audit")], package.path)


def judged(package: Package, frame: pd.DataFrame, roles: Mapping[str, Roles]) -> pd.DataFrame:
    """Relations such as those of `relations.csv`, each with its roles, and what `audit()` says of them."""
    known = package.frames["observations"].set_index("observation")[["section", "unit"]].to_dict("index")
    milestones = package.frames["milestones"].set_index("milestone")["section"]
    rows = [_row(relation, known, milestones) for relation in relations(package, frame, roles)]
    added = [name for name in columns_of("audit") if name not in frame]
    found = pd.DataFrame(rows, frame.index, added, dtype="object")
    found = found.where(found.notna(), None)  # what is missing is no NaN under any option of pandas
    found["verdict"] = pd.Categorical(found["verdict"], package.codes["verdict"].index.array)
    types = {"power": "Float64", "gap": "Float64", "errors": "Int64"}
    types |= {f"{side}_{end}": dtype for side in ("found", "expected") for end, dtype in BOUNDS.items()}
    return frame.join(found.astype(types))


def _row(relation: Relation, known: Mapping[Any, Row], sections: pd.Series) -> dict[str, Any]:
    judgement, kind, codes = judge(relation), KINDS[relation.kind], relation.observations
    words = {role: " + ".join(relation.terms.get(role, ())) or "?" for role in kind.roles}
    sides = {"found": judgement.found, "expected": judgement.expected}
    return {
        "section": known[codes[0]]["section"] if codes else sections[relation.terms[NAME][0]],
        "formula": kind.formula.format_map(words | {"counted": relation.counted}),
        "observations": " ".join(dict.fromkeys(codes)),
        "unit": known[relation.terms.get(kind.unit, codes)[0]]["unit"] if kind.unit in kind.roles else kind.unit,
        "gap": None if judgement.gap is None else float(judgement.gap),
        "verdict": judgement.verdict,
        "rules": " ".join(judgement.rules),
        "power": None if judgement.power is None else float(judgement.power),
        "errors": judgement.errors or None,
    } | {f"{side}_{end}": each for side, bounds in sides.items() if bounds for end, each in ends(bounds).items()}


def roles_of(terms: pd.DataFrame) -> dict[str, Roles]:
    """The roles of each relation in terms such as those of `relation_terms.csv`, and who has them."""
    roles: dict[str, Roles] = {}
    coded = terms.assign(code=terms["milestone"].fillna(terms["observation"])).sort_values("term")
    for name, role, code in coded[["relation", "role", "code"]].itertuples(index=False):
        roles.setdefault(name, {}).setdefault(role, []).append(code)
    return roles


def relations(package: Package, frame: pd.DataFrame, roles: Mapping[str, Roles]) -> Iterator[Relation]:
    """The relations of a frame such as `relations.csv`. Raises JiaokouError for one that its kind cannot be made of."""
    periods = package.frames["observations"].set_index("observation")[["period_start", "period_end"]]
    for row in frame.to_dict("records"):
        own = roles.get(row["relation"], {})
        for what in _faults(row, own):
            raise JiaokouError(f"{package.path / 'relation_terms.csv'}: the relation {row['relation']} {what}")
        kind = KINDS[row["kind"]]
        codes = [code for role in kind.roles if role != NAME for code in own.get(role, [""])]
        counted = len(own.get(NAME, ())) if NAME in kind.roles else None
        if row["kind"] == "yearly" and codes[0]:
            days = periods.loc[codes[0]]
            counted = 0 if days.isna().any() else days["period_end"].year - days["period_start"].year + 1
        said = tuple(package.printed.get(code) for code in codes)
        yield Relation(row["kind"], said, counted, not pd.isna(row["reading_en"]), own)


def _faults(row: Row, roles: Roles) -> Iterator[str]:
    """What is wrong with a relation, and the cure."""
    if row["kind"] not in KINDS:
        yield f"is a {row['kind']}, which the library cannot judge; use {', '.join(KINDS)}"
    kind = KINDS[row["kind"]]
    for role, codes in roles.items():
        if role not in kind.roles:
            yield f"has a term in the role {role}; {row['kind']} takes {', '.join(kind.roles)}"
        if len(codes) > 1 and not (kind.many and role == kind.roles[-1]):
            yield f"has {len(codes)} terms in the role {role}; give it one"
    if not roles:
        yield f"speaks of nothing; add its terms, in the roles {', '.join(kind.roles)}"
    if not {NAME, *roles}.issuperset(kind.roles) and pd.isna(row["missing_en"]):
        yield "lacks a term; add it, or say in missing_zh and missing_en what is not printed"


def sensitivity(*, package: str | Path = "") -> pd.DataFrame:
    """How many errors in a single digit the relations would notice, without the text; one row for each observation.

    `observation`, `section`, `printed` · `errors` the other numbers that a wrong digit would make of it · `caught`
    those with which some relation that now agrees no longer could · `relations` the codes of the relations that notice
    any, separated by spaces.
    """
    opened = open_package(package)
    frame, terms = opened.frames["relations"], opened.frames["relation_terms"]
    caught: dict[str, list[tuple[tuple[int, int], str]]] = {code: [] for code in opened.printed}
    for name, relation in zip(frame["relation"], relations(opened, frame, roles_of(terms)), strict=True):
        for misprint in judge(relation).caught:
            caught[relation.observations[misprint.term]].append((misprint[1:], name))
    rows = []
    for code, section, printed in opened.frames["observations"][SENSITIVITY_COLUMNS[:3]].itertuples(index=False):
        noticed = {error for error, _ in caught[code]}
        names = " ".join(dict.fromkeys(name for _, name in caught[code]))
        rows.append((code, section, printed, len(opened.printed[code].misprints()), len(noticed), names))
    return with_package(pd.DataFrame(rows, columns=SENSITIVITY_COLUMNS), opened.path)
