"""Frames for people and for programs: on a terminal and in files."""

import codecs
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pandas as pd

from jiaokou import wording
from jiaokou.analysis.provenance import quotations
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError
from jiaokou.formats import as_csv, as_json, without_folder
from jiaokou.tables.columns import TERMINAL


def readable(frame: pd.DataFrame, table: str, lang: str, package: str | Path = "") -> pd.DataFrame:
    """A table of `jiaokou.formats` as a reader wants it: what each row is called, and what it says, in `lang`."""
    opened, columns = open_package(package), TERMINAL[table]
    heads = [
        frame.columns[0],
        *(column.key for column in columns),
    ]  # every table begins with what names a row
    rows = [
        [str(row[heads[0]]), *(column.say(row, lang, opened) for column in columns)]
        for row in wording.rows(frame)
    ]
    return pd.DataFrame(rows, columns=heads)


def quoted(relations: pd.DataFrame, source: str, package: str | Path = "", lang: str = "") -> pd.DataFrame:
    """Each number of each relation in its sentence, the number itself in ⟦brackets⟧.

    Verdicts are codes, or words of `lang`.
    """
    sentences = quotations(source, package=package).set_index("observation")
    opened = open_package(package)
    rows = [
        (
            row["relation"],
            wording.code(opened, "verdict", str(row["verdict"]), lang) if lang else str(row["verdict"]),
            code,
            "{before}⟦{printed}⟧{after}".format_map(sentences.loc[code]),
        )
        for _, row in relations.iterrows()
        for code in str(row["observations"]).split()
    ]
    return pd.DataFrame(rows, columns=["relation", "verdict", "observation", "sentence"])


def show(frame: pd.DataFrame, format_: str, columns: Sequence[str] = (), *, empty: str = "") -> None:
    """Print a frame as json, csv or a table (of `columns`, or of all); `empty` is said instead of an empty table."""
    frame = without_folder(frame)
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
