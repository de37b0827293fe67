"""Frames for people and for programs: on a terminal and in files."""

import sys
from pathlib import Path

import click
import pandas as pd

from jiaokou import wording
from jiaokou.analysis.provenance import quotations
from jiaokou.data.package import open_package, without_folder
from jiaokou.data.schema import TEXT
from jiaokou.formats import as_csv, as_json
from jiaokou.tables.columns import TERMINAL


def readable(frame: pd.DataFrame, table: str, lang: str, package: str | Path = "") -> pd.DataFrame:
    """A table of `jiaokou.formats` as a reader wants it: what each row is called, and what it says, in `lang`."""
    opened, first, columns = open_package(package), frame.columns[0], TERMINAL[table]
    rows = [[str(row[first]), *(say(row, lang, opened) for say in columns.values())] for row in wording.rows(frame)]
    return pd.DataFrame(rows, columns=[first, *columns])


def quoted(relations: pd.DataFrame, source: str, package: str | Path = "") -> pd.DataFrame:
    """Each number of each relation in its sentence, the number itself in ⟦brackets⟧."""
    parts = quotations(source, package=package).set_index("observation")
    sentences = parts["before"] + "⟦" + parts["printed"] + "⟧" + parts["after"]
    rows = relations[["relation", "verdict"]].assign(observation=relations["observations"].str.split())
    rows = rows.explode("observation").dropna()  # a relation may be of no observation
    return rows.assign(sentence=rows["observation"].map(sentences))


def show(frame: pd.DataFrame, format_: str, *, empty: str = "") -> None:
    """Print a frame as json, csv or a table; `empty` is said instead of an empty table.

    What is for programs is UTF-8, whatever a console has.
    """
    frame = without_folder(frame)
    if format_ == "json":
        click.echo(as_json(frame).encode())
    elif format_ == "csv":
        click.echo(as_csv(frame).encode(), nl=False)
    elif empty and frame.empty:
        click.echo(empty)
    elif sys.stdout.isatty():
        _draw(frame)
    else:
        click.echo(as_tabs(frame), nl=False)


def as_tabs(frame: pd.DataFrame) -> str:
    """Columns apart by tabs, for `cut`, `grep` and `awk`: nothing is cut short."""
    return "".join("\t".join(row) + "\n" for row in [list(frame.columns), *_texts(frame)])


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    """The cells of each row, each on one line."""
    return [[" ".join(cell.split()) for cell in row] for row in frame.astype(TEXT).fillna("").to_numpy()]


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
