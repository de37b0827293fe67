"""Frames for people and for programs: on a terminal and in files."""

import codecs
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd

from jiaokou import wording
from jiaokou.datasets import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.formats import as_csv, as_json
from jiaokou.provenance import quotations


def readable(frame: pd.DataFrame, table: str, lang: str, package: str | Path = "") -> pd.DataFrame:
    """A table of `jiaokou.formats` as a reader wants it: what each row is called, and what it says, in `lang`."""
    opened = open_package(package)
    if table == "audit":
        return argued(frame, package, lang)
    rows = [_readable(row, table, lang, opened) for row in frame.to_dict("records")]
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else [table.removesuffix("s")])


def _readable(row: Mapping[Any, Any], table: str, lang: str, package: Package) -> dict[str, str]:
    code, label = str(row[table.removesuffix("s")]), wording.label(row, lang, package)
    called = {table.removesuffix("s"): code, "label": label}
    match table:
        case "observations":
            return called | {
                "value": wording.quantity(row, lang, package),
                "period": wording.period(row, lang),
                "basis": wording.code(package, "basis", row["basis"], lang),
                "printed": row["printed"],
            }
        case "milestones":
            who = (row[f"{role}_{lang}"] for role in ("actor", "place"))
            return called | {
                "claim": wording.code(package, "claim", row["claim"], lang),
                "stage": wording.code(package, "stage", row["stage"], lang),
                "who_and_where": ", ".join(name for name in who if not wording.missing(name)),
            }
        case "derived":
            return called | {
                "value": wording.quantity(row, lang, package),
                "bounds": wording.bounds(row, lang, package),
                "formula": wording.formula(row, lang, package),
            }
        case _:
            unit = wording.code(package, "units", row["unit"], lang)
            return called | {"unit": unit, "definition": row[f"definition_{lang}"]}


def argued(relations: pd.DataFrame, package: str | Path = "", lang: str = "en") -> pd.DataFrame:
    """Relations as a reader wants them: verdict, arithmetic, what it rests on, and whether that was known."""
    opened = open_package(package)
    rows = [
        {
            "relation": row["relation"],
            "verdict": row["verdict"],
            "arithmetic": wording.arithmetic(row, lang, opened),
            "because": wording.because(row, lang, opened),
            "as_known": "yes" if row["as_known"] else "NO",
        }
        for _, row in relations.iterrows()
    ]
    return pd.DataFrame(rows, columns=["relation", "verdict", "arithmetic", "because", "as_known"])


def quoted(relations: pd.DataFrame, source: str, package: str | Path = "") -> pd.DataFrame:
    """Each number of each relation in its sentence, the number itself in ⟦brackets⟧."""
    sentences = quotations(source, package=package).set_index("observation")
    rows = [
        (
            row["relation"],
            str(row["verdict"]),
            code,
            "{before}⟦{printed}⟧{after}".format_map(sentences.loc[code]),
        )
        for _, row in relations.iterrows()
        for code in str(row["observations"]).split()
    ]
    return pd.DataFrame(rows, columns=["relation", "verdict", "observation", "sentence"])


def show(frame: pd.DataFrame, format_: str, columns: Sequence[str] = (), *, empty: str = "") -> None:
    """Print a frame as json, csv or a table (of `columns`, or of all); `empty` is said instead of an empty table."""
    if format_ == "json":
        written = as_json(frame)
        click.echo(written if _is_printable(written) else as_json(frame, escaped=True))
    elif format_ == "csv":
        if not _is_printable(written := as_csv(frame)):
            raise JiaokouError(
                f"{sys.stdout.encoding} lacks some of the characters; set PYTHONUTF8=1, or write a file with --out"
            )
        click.echo(written, nl=False)
    elif empty and frame.empty:
        click.echo(empty)
    elif sys.stdout.isatty():
        _draw(frame[list(columns)] if columns else frame)
    else:
        click.echo(as_tabs(frame[list(columns)] if columns else frame), nl=False)


def _is_printable(text: str) -> bool:
    """Whether standard output has all characters of a text; a console of Windows may have few."""
    encoding = codecs.lookup(sys.stdout.encoding or "utf-8").name
    try:
        text.encode("utf-8" if encoding == "ascii" else encoding)  # click takes ASCII for no setting at all
    except UnicodeEncodeError:
        return False
    return True


def as_tabs(frame: pd.DataFrame) -> str:
    """Columns apart by tabs, for `cut`, `grep` and `awk`: nothing is cut short."""
    return "".join("\t".join(row) + "\n" for row in [list(frame.columns), *_texts(frame)])


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    def text(cell: object) -> str:
        if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
            return ""
        return f"{cell:,.15g}" if isinstance(cell, float) else " ".join(str(cell).split())

    return [[text(cell) for cell in row] for row in frame.itertuples(index=False)]


def _draw(frame: pd.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in frame:  # folded, since codes and numbers are there to be copied
        table.add_column(str(name).replace("_", " "), overflow="fold")
    for row in _texts(frame):
        table.add_row(*map(Text, row))
    Console().print(table)
