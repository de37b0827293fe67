"""Frame + language -> an HTML table (great_tables), numbers written by `wording`, with its source line.

Every table takes `(frame, lang, *, source, package)`, of which only the frame must be given (as with charts), and
returns a `GT` whose id follows from what it shows: the same table is the same bytes on every run. Values are `<data>`
elements with their code (`data-observation`, `data-derived`) and where they were printed. A frame without rows
raises JiaokouError.

    >>> import jiaokou
    >>> from jiaokou import tables, wording
    >>> data = jiaokou.open_package()
    >>> say, rows = wording.narrator("en", data), jiaokou.pick(jiaokou.load(), "budget_revenue")
    >>> table = tables.observations(rows, "en", source=say.source(rows), package=data)
    >>> 'data-observation="budget_revenue"' in table.as_raw_html()
    True
"""

import pandas as pd
from great_tables import GT

from jiaokou import wording
from jiaokou.tables.cards import cards
from jiaokou.tables.checks import check
from jiaokou.tables.listings import hits, indicators, sections, sensitivity
from jiaokou.tables.sheet import Column, as_html, number, reading, table
from jiaokou.wording import Named, Passage, Row, Vocabulary, phrase

__all__ = [
    "audit",
    "cards",
    "derived",
    "facts",
    "hits",
    "indicators",
    "milestones",
    "notes",
    "observations",
    "sections",
    "sensitivity",
]


def __dir__() -> list[str]:
    return __all__


def observations(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Observations: label, value, printed form, bounds if they say more, period, basis, paragraph, check.

    Rows of `load()`.
    """
    data = wording.vocabulary(package, frame)
    return table("observations", frame, lang, source, _observation(lang, data), data)


def milestones(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Milestones: label, stage, kind of claim, who and where, paragraph; rows of `milestones()`."""
    data = wording.vocabulary(package, frame)

    def who(row: Row) -> str:
        names = [row.get(f"{role}_{lang}") for role in ("actor", "place")]
        return phrase("and_then", lang).join(
            dict.fromkeys(str(name) for name in names if not wording.missing(name))
        )

    columns: dict[str, Column] = {
        "milestone": lambda row: wording.label(row, lang),
        "stage": lambda row: wording.code(data, "stage", str(row["stage"]), lang),
        "claim": lambda row: wording.code(data, "claim", str(row["claim"]), lang),
        "who": who,
        "paragraph": lambda row: str(row["paragraph"]),
    }
    return table("milestones", frame, lang, source, columns, data)


def derived(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Derived quantities: label, value, bounds, formula in words, premise; rows of `derived()`."""
    data = wording.vocabulary(package, frame)
    return table("derived", frame, lang, source, _derived(lang, data), data)


def facts(kind: str, row: Row, lang: str, *, package: Vocabulary) -> list[tuple[str, str]]:
    """What the table of its `kind` (observation or derived) says of one row but for its label: heading and HTML."""
    (_, *columns) = {"observation": _observation, "derived": _derived}[kind](lang, package).items()
    cells = [(phrase(name, lang), write(row)) for name, write in columns]
    return [(heading, as_html(cell)) for heading, cell in cells if cell]


def audit(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """Relations: label, arithmetic, what is found and expected, verdict and why; rows of `audit()` or `found()`."""
    data = wording.vocabulary(package, frame)

    def bounds(what: str) -> Column:
        def written(row: Row) -> str:
            low, high = row[f"{what}_lower"], row[f"{what}_upper"]
            compared = not (wording.missing(low) and wording.missing(high))
            return wording.interval(low, high, str(row["unit"]), lang, data, row) if compared else ""

        return written

    columns: dict[str, Column] = {
        "relation": lambda row: wording.label(row, lang),
        "arithmetic": lambda row: wording.arithmetic(row, lang, data),
        "found": bounds("found"),
        "expected": bounds("expected"),
        "verdict": lambda row: wording.code(data, "verdict", str(row["verdict"]), lang),
        "because": lambda row: wording.because(row, lang, data),
    }
    return table("audit", frame, lang, source, columns, data)


def notes(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> GT:
    """The notes on the reading of rows of `load()` or `milestones()`: which rows, what was doubtful, paragraphs."""
    data = wording.vocabulary(package, frame)
    texts, text = wording.records(data.frames["notes"], "note"), f"text_{wording.check_language(lang)}"
    noted: dict[str, list[Row]] = {}
    with reading("notes", frame):
        for row in wording.rows(frame[frame["note"].notna()]):
            noted.setdefault(str(row["note"]), []).append(row)
    about = pd.DataFrame(
        {
            "label": wording.join(dict.fromkeys(wording.label(row, lang, data) for row in rows), lang),
            "note": str(texts[note][text]),
            "paragraph": wording.paragraphs([row["paragraph"] for row in rows], lang),
        }
        for note, rows in noted.items()
    )
    columns = {name: _cell(name) for name in ("label", "note", "paragraph")}
    return table("notes", about, lang, source or wording.source(frame, lang, data), columns)


def _observation(lang: str, package: Vocabulary) -> dict[str, Column]:
    return {
        "label": lambda row: wording.label(row, lang, package),
        "value": lambda row: number("observation", row, lang, package),
        "printed": lambda row: Passage(row["printed"], wording.in_chinese(row["printed"], lang)),
        "bounds": lambda row: wording.bounds(row, lang, package),
        "period": lambda row: wording.period(row, lang),
        "basis": lambda row: wording.code(package, "basis", str(row["basis"]), lang),
        "paragraph": lambda row: str(row["paragraph"]),
        "checked": lambda row: check(row, lang, package),
    }


def _derived(lang: str, package: Vocabulary) -> dict[str, Column]:
    return {
        "derived": lambda row: wording.label(row, lang),
        "value": lambda row: number("derived", row, lang, package),
        "bounds": lambda row: wording.bounds(row, lang, package),
        "formula": lambda row: wording.formula(row, lang, package),
        "premise": lambda row: str(row[f"premise_{lang}"]),
    }


def _cell(column: str) -> Column:
    return lambda row: str(row[column])
