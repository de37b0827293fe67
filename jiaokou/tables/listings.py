"""Tables of what there is to ask for: sections, indicators, what a search found, misprints that would be noticed."""

import pandas as pd
from great_tables import GT

from jiaokou import wording
from jiaokou.tables.sheet import Column, number, table
from jiaokou.wording import Named, Passage, Row, phrase


def sections(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Sections: label, what they are about, code; rows of `sections()`."""
    columns: dict[str, Column] = {
        "section": lambda row: wording.label(row, lang),
        "description": lambda row: str(row[f"description_{lang}"]),
        "code": lambda row: str(row["section"]),
    }
    return table("sections", frame, lang, source, columns)


def indicators(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Indicators: label, definition, unit, kind of measure, topic, code; rows of `indicators()`."""
    data = wording.vocabulary(package, frame)
    columns: dict[str, Column] = {
        "label": lambda row: wording.label(row, lang),
        "definition": lambda row: str(row[f"definition_{lang}"]),
        "unit": lambda row: wording.code(data, "units", str(row["unit"]), lang),
        "measure": lambda row: wording.code(data, "measure", str(row["measure"]), lang),
        "topic": lambda row: wording.code(data, "topics", str(row["topic"]), lang),
        "code": lambda row: str(row["indicator"]),
    }
    return table("indicators", frame, lang, source, columns)


def hits(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """What was found: label, kind, value, printed form, section, code; rows of `search()`."""
    data = wording.vocabulary(package, frame)

    def value(row: Row) -> str:
        kind = str(row["kind"])
        known = kind in ("observation", "derived") and not wording.missing(row["value"])
        return number(kind, {**row, kind: row["code"]}, lang, data) if known else ""

    columns: dict[str, Column] = {
        "row": lambda row: wording.label(row, lang),
        "kind": lambda row: phrase(str(row["kind"]), lang),
        "value": value,
        "printed": lambda row: _printed(row, lang),
        "section": lambda row: wording.code(data, "sections", str(row["section"]), lang),
        "code": lambda row: str(row["code"]),
    }
    return table("hits", frame, lang, source, columns)


def sensitivity(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Misprints that relations would notice: label, printed form, how many of how many, by which relations.

    Rows of `sensitivity()`.
    """
    data = wording.vocabulary(package, frame)
    columns: dict[str, Column] = {
        "label": lambda row: wording.code(data, "observations", str(row["observation"]), lang),
        "printed": lambda row: _printed(row, lang),
        "errors": lambda row: str(row["errors"]),
        "caught": lambda row: str(row["caught"]),
        "noticing": lambda row: str(row["relations"]),
    }
    return table("sensitivity", frame, lang, source, columns)


def _printed(row: Row, lang: str) -> str:
    printed = row["printed"]
    return "" if wording.missing(printed) else Passage(printed, wording.in_chinese(printed, lang))
