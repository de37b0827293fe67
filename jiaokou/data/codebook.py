"""What every table, column and code means, in both languages.

The data package's schemas say in English what its columns mean. `codebook.csv` says the rest: the Chinese, the
headings, and what the library computes. A row without a table stands for a column of any table, a row without a
column for the table itself, and `{}_zh` for a column that says in words what the codes of another one stand for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from jiaokou.data.descriptor import default_package, opened, schema
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package, in_section, open_package, with_package
from jiaokou.data.schema import TEXT

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
    rows, schemas = _rows(), _schemas()
    places = dict.fromkeys([(table, column), (STORED_AS.get(table, table), column)])
    # What is said of this very column comes before what is said of any column of its name.
    said = [rows[place] for place in places if place in rows]
    stated = [schemas[place] for place in places if place in schemas]
    facts, called = said + stated, dict.fromkeys(LANGUAGES, "")
    if column:
        said = said or [rows[place] for place in [("", column)] if place in rows]
        facts += [rows.get(("", column), {}), *(each for (_, name), each in schemas.items() if name == column)]
    if not said and (words := rows.get(("", f"{{}}{column[-3:]}"))):
        said, facts, called = [words], [words], dict(describe(table, column[:-3]).heading)
    if not said:
        raise KeyError(f"{table}.{column}")

    def first(key: str, lang: str) -> str:
        return next(filter(None, (fact.get(key) for fact in facts)), "").format(called[lang])

    heading, meaning, unit = (
        {lang: first(f"{text}_{lang}", lang) for lang in LANGUAGES} for text in ("heading", "meaning", "unit")
    )
    codes = stated[0].get("codes", "") if stated else first("codes", "en")
    return Entry(heading, meaning, unit, codes or _COMPUTED_CODES.get(column, ""))


def labels(listed: str, package: Package) -> dict[str, list[str]]:
    """What each code of a list (`codes-basis`, `sections`, `notes` …) stands for in each language."""
    if listed.startswith("codes-"):
        frame = package.codes[listed.removeprefix("codes-").replace("-", "_")]
    elif listed in ("sections", "topics", "entities", "units", "notes"):
        frame = package.frames[listed]
        frame = frame.set_index(frame.columns[0])
    else:
        return {}
    stem = "text" if listed == "notes" else "label"
    texts = frame[[f"{stem}_{lang}" for lang in LANGUAGES]].to_numpy(dtype="str").tolist()
    return dict(zip(frame.index, texts, strict=True))


def in_words(codes: pd.Series, known: Mapping[str, Sequence[str]], lang: str) -> list[str | None]:
    """What the codes of a column, one or several to a cell, stand for; None where there is none."""
    place = LANGUAGES.index(lang)
    cells = codes.astype("object").where(codes.notna(), "")
    return [", ".join(known[code][place] for code in cell.split()) or None for cell in cells]


def with_labels(frame: pd.DataFrame, table: str, package: Package) -> pd.DataFrame:
    """A frame with what the codes of each column but the first stand for, in columns `NAME_zh` and `NAME_en`."""
    columns = [str(name) for name in frame.columns[1:] if name != "package"]
    known = {name: labels(describe(table, name).codes, package) for name in columns}
    texts = {f"{name}_{lang}": (name, lang) for name, listed in known.items() if listed for lang in LANGUAGES}
    added = {
        column: pd.Series(in_words(frame[name], known[name], lang), frame.index, TEXT)
        for column, (name, lang) in texts.items()
        if column not in frame
    }
    return frame.assign(**added)


def values(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """The published values of one section, or of all, with all that the data package says of them.

    The columns of `load()`, and for each value its indicator's `measure`, `stock_flow`, `counter_zh`, `definition_zh`
    and `definition_en`, and what each of its codes stands for: `entity_zh`, `entity_en`, `basis_zh`, `note_en` and so
    on. Numbers that are part of a name (basis `name`) are no values and are left out.

        >>> values().set_index("observation").at["budget_revenue", "stock_flow"]
        'flow'
    """
    opened = open_package(package)
    joined = in_section(joined_of(opened), section, opened)
    return joined[joined["basis"] != "name"].reset_index(drop=True)


@lru_cache(maxsize=4)  # asked by every notebook, whose kernels have it from the process that they are forked from
def joined_of(package: Package) -> pd.DataFrame:
    """Every observation of a package, those in names too, with the columns of `values()`; not to be changed."""
    observed = package.frames["observations"].copy()
    indicators = package.frames["indicators"].set_index("indicator")
    for name in ("measure", "stock_flow", "counter_zh", "definition_zh", "definition_en"):
        observed[name] = observed["indicator"].map(indicators[name])
    return with_package(with_labels(observed, "observations", package), package.path)


_COMPUTED_CODES = {"rules": "codes-rounding", "verdict": "codes-verdict"}  # of columns which no schema states


@cache
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"]): row for row in csv.DictReader(file)}


@cache
def _schemas() -> dict[tuple[str, str], dict[str, str]]:
    home, said = default_package(), {}
    for resource in opened(home)["resources"]:
        name, stated = resource["name"], schema(home, resource)
        targets = {key["fields"][0]: key["reference"]["resource"] or name for key in stated.get("foreignKeys", [])}
        said[name, ""] = {"heading_en": resource["title"], "meaning_en": resource["description"]}
        for field in stated["fields"]:
            column = field["name"]
            said[name, column] = {"meaning_en": field["description"], "codes": targets.get(column, "")}
    return said
