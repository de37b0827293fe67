"""What every table and column means, in both languages.

The data package's schemas say in English what its columns mean. `codebook.csv` says the rest: the Chinese, the
headings, and what the library computes. A row without a table stands for a column of any table, a row without a
column for the table itself.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jiaokou.data.descriptor import default_package, opened, schema
from jiaokou.data.languages import LANGUAGES

STORED_AS = {"derived": "derivations", "audit": "relations"}
"""The table of the data package that a table with computed columns is made from."""

Texts = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True)
class Entry:
    """A table or a column: heading, meaning and the unit of its numbers by language; "" where there is none.

    `codes` is the table of the data package that lists the codes of a column, or "".
    """

    heading: Texts
    meaning: Texts
    unit: Texts
    codes: str


def describe(table: str, column: str = "") -> Entry:
    """A table, or one of its columns: of the data package, or as the library serves it. KeyError if there is none."""
    stored, rows = STORED_AS.get(table, table), _rows()
    places = dict.fromkeys([(table, column), (stored, column)])
    own = [rows[place] for place in places if place in rows]
    stated = [_schemas()[place] for place in places if place in _schemas()]
    said = own + ([rows["", column]] if column and ("", column) in rows else [])
    if not said:
        raise KeyError(f"{table}.{column}")
    # What is said of this very column comes before what is said of any column of its name.
    english = [row["meaning_en"] for row in own] + [each.meaning for each in stated] + [said[-1]["meaning_en"]]
    return Entry(
        heading={"zh": said[0]["heading_zh"], "en": _first(said[0]["heading_en"], *(each.title for each in stated))},
        meaning={"zh": said[0]["meaning_zh"], "en": _first(*english)},
        unit={lang: said[0][f"unit_{lang}"] for lang in LANGUAGES},
        codes=_first(*(each.codes for each in stated), _COMPUTED_CODES.get(column, "")),
    )


# The lists that codes come from in columns which no schema states.
_COMPUTED_CODES = {
    "rules": "codes-rounding",
    "section": "sections",
    "topic": "topics",
    "unit": "units",
    "verdict": "codes-verdict",
}


class _Stated(NamedTuple):
    """What a schema says of a table or a column."""

    title: str
    meaning: str
    codes: str = ""


def _first(*texts: str) -> str:
    return next(filter(None, texts), "")


@cache
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"]): row for row in csv.DictReader(file)}


@cache
def _schemas() -> dict[tuple[str, str], _Stated]:
    home, said = default_package(), {}
    for resource in opened(home)["resources"]:
        name, stated = resource["name"], schema(home, resource)
        targets = {key["fields"][0]: key["reference"]["resource"] or name for key in stated.get("foreignKeys", [])}
        said[name, ""] = _Stated(resource["title"], resource["description"])
        for field in stated["fields"]:
            column = field["name"]
            said[name, column] = _Stated("", field["description"], targets.get(column, ""))
    return said
