"""Frames for people and for programs: on a terminal and in files."""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pandas as pd

from jiaokou import wording
from jiaokou.datasets import open_package
from jiaokou.errors import JiaokouError
from jiaokou.provenance import quotations


def readable(observations: pd.DataFrame, lang: str, package: str | Path = "") -> pd.DataFrame:
    """Observations as a reader wants them: label, value with its unit, period and basis in `lang`, and as printed."""
    opened = open_package(package)
    rows = [
        {
            "observation": row["observation"],
            "label": wording.label(row, lang, opened),
            "value": wording.quantity(row, lang, opened),
            "period": wording.period(row, lang),
            "basis": wording.code(opened, "basis", row["basis"], lang),
            "printed": row["printed"],
        }
        for _, row in observations.iterrows()
    ]
    return pd.DataFrame(rows)


def argued(relations: pd.DataFrame, package: str | Path = "") -> pd.DataFrame:
    """Relations as a reader wants them: verdict, arithmetic, what it rests on, and whether that was known."""
    opened = open_package(package)
    rows = [
        {
            "relation": row["relation"],
            "verdict": row["verdict"],
            "arithmetic": wording.arithmetic(row, "en", opened),
            "because": wording.because(row, "en", opened),
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


def spoken(frame: pd.DataFrame, languages: Sequence[str]) -> pd.DataFrame:
    """The frame with labels in `languages` alone."""
    silent = [name for name in frame if str(name).startswith("label_") and str(name)[6:] not in languages]
    return frame.drop(columns=silent)


def as_json(frame: pd.DataFrame) -> str:
    """Records, with dates as ISO text and null for what is missing."""
    dates = frame.select_dtypes("datetime")
    plain = frame.assign(**{str(name): dates[name].dt.strftime("%Y-%m-%d") for name in dates})
    records = json.loads(plain.to_json(orient="records", double_precision=15))
    return json.dumps(records, ensure_ascii=False, indent=1)


def as_csv(frame: pd.DataFrame) -> str:
    """CSV with LF line ends, whatever the system's own are."""
    return frame.to_csv(index=False, lineterminator="\n")


def write(frame: pd.DataFrame, format_: str, path: Path) -> None:
    """Write a frame as csv, json, parquet, xlsx, or as a table separated by tabs."""
    content = io.BytesIO()
    try:
        if format_ == "parquet":
            frame.to_parquet(content, engine="pyarrow", index=False)
        elif format_ == "xlsx":
            frame.to_excel(content, engine="openpyxl", index=False)
        else:
            content.write({"csv": as_csv, "json": as_json, "table": _tabbed}[format_](frame).encode())
        path.write_bytes(content.getvalue())
    except ImportError:
        raise JiaokouError(
            f"there is nothing to write {format_} with: pip install 'jiaokou[formats]'"
        ) from None
    except OSError as error:
        raise JiaokouError(f"cannot write {path}: {error.strerror or error}") from None


def show(frame: pd.DataFrame, format_: str, columns: Sequence[str] = (), *, empty: str = "") -> None:
    """Print a frame as json, csv or a table (of `columns`, or of all); `empty` is said instead of an empty table."""
    if format_ == "json":
        click.echo(as_json(frame))
    elif format_ == "csv":
        click.echo(as_csv(frame), nl=False)
    elif empty and frame.empty:
        click.echo(empty)
    elif sys.stdout.isatty():
        _draw(frame[list(columns)] if columns else frame)
    else:  # for `cut`, `grep` and `awk`: nothing is cut short
        click.echo(_tabbed(frame[list(columns)] if columns else frame), nl=False)


def _tabbed(frame: pd.DataFrame) -> str:
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

    table = Table(*(str(name).replace("_", " ") for name in frame))
    for row in _texts(frame):
        table.add_row(*map(Text, row))
    Console().print(table)
