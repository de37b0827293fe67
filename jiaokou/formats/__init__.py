"""The library's tables as CSV, JSON, Parquet and Excel: typed, and written whole or not at all."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.analysis.audit import audit
from jiaokou.analysis.derive import derived
from jiaokou.data.codebook import describe
from jiaokou.data.codes import labels
from jiaokou.data.descriptor import absolute
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package, in_section, indicators, load, milestones, open_package, without_folder
from jiaokou.errors import JiaokouError

TABLES = {"observations": load, "milestones": milestones, "derived": derived, "indicators": indicators, "audit": audit}
"""What can be had as a file, by the names of an edition's files, and what gives it."""

KINDS = {"Float64": "number", "Int64": "integer", "boolean": "boolean", "bool": "boolean", "datetime64[s]": "date"}
"""What the columns of a dtype hold; any other holds text."""


def served(table: str, section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """One of `TABLES` as the library's function for it gives it, of one section or of all."""
    return without_folder(in_section(TABLES[table](package=package), section, open_package(package)))


def spoken(frame: pd.DataFrame, languages: Sequence[str]) -> pd.DataFrame:
    """The frame without the texts that it also has in one of `languages`."""
    texts = [name for name in map(str, frame) if {name[:-2] + lang for lang in LANGUAGES} <= set(frame)]
    return frame.drop(columns=[name for name in texts if name[-2:] not in languages])


def as_json(frame: pd.DataFrame) -> str:
    """Records: numbers with all their digits, dates as ISO text, null for what is missing."""
    records = pd.DataFrame({str(name): plain(frame[name]) for name in frame}, dtype="object").to_dict("records")
    return json.dumps(records, ensure_ascii=False, indent=1, default=str)


def plain(column: pd.Series) -> list[Any]:
    """The cells of a column as Python's own: str, bool, int, float, `datetime.date`, or None for what is missing."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.date
    return [None if absent else cell for cell, absent in zip(column.tolist(), column.isna(), strict=True)]


def as_csv(frame: pd.DataFrame) -> str:
    """CSV with LF line ends, whatever the system's own are, without the column `package`; booleans are true and false.

    A spreadsheet takes text that starts with =, +, - or @ for a formula; an apostrophe before it keeps it text.
    """
    frame = without_folder(frame)
    texts = frame.select_dtypes(exclude=["number", "datetime", "bool", "boolean"]).astype("object")
    kept = texts.replace(r"\A(?=[=+\-@\t\r])", "'", regex=True)
    for name, column in frame.select_dtypes(["bool", "boolean"]).items():
        kept[name] = column.astype("object").map({True: "true", False: "false"})
    return frame.assign(**kept).to_csv(index=False, lineterminator="\n")


def called(lang: str, table: str, column: str = "") -> str:
    """A table, or one of its columns, in words of `lang`; with "" the name that programs use."""
    return describe(table, column)[f"heading_{lang}"] if lang else column or table


def about(frames: dict[str, pd.DataFrame], lang: str, package: Package) -> dict[str, pd.DataFrame]:
    """What goes with tables into a file: tables of what their codes and columns mean, and of where they are from.

    Tables and lists that these speak of are named as `called` does.
    """
    columns = [(table, str(name), describe(table, str(name))) for table, frame in frames.items() for name in frame]
    lists = dict.fromkeys(entry["codes"] for *_, entry in columns)
    codes = [(called(lang, each), code, *texts) for each in lists for code, texts in labels(each, package).items()]
    entries = [
        entry
        | {"table": called(lang, table), "column": name, "codes": entry["codes"] and called(lang, entry["codes"])}
        | {"type": called(lang, "codebook", KINDS.get(str(frames[table][name].dtype), "text"))}
        for table, name, entry in columns
    ]
    heads = "table column heading_zh heading_en type unit_zh unit_en codes meaning_zh meaning_en".split()
    names = "title_zh title_en publisher_zh publisher_en period_start period_end sha256 characters".split()
    facts = {name: getattr(package.release, name) for name in names}
    facts |= {"package": package.name, "version": package.version, "license": package.license}
    items = {f"item_{each}": [describe("source", name)[f"heading_{each}"] for name in facts] for each in LANGUAGES}
    return {
        "codes": pd.DataFrame(codes, columns=["list", "code", *(f"label_{each}" for each in LANGUAGES)]),
        "codebook": pd.DataFrame(entries, columns=heads, dtype="object"),
        "source": pd.DataFrame(items | {"content": list(facts.values())}, dtype="object"),
    }


def write(
    path: Path, format_: str, frames: dict[str, pd.DataFrame], *, lang: str = "", package: str | Path = ""
) -> None:
    """Write tables by name to a file, as csv, json, parquet or xlsx: one table, or in a workbook any number.

    A workbook speaks `lang` if one is named: headings, sheets and codes are words in it. A CSV file starts with a byte
    order mark, without which Excel takes Chinese for something else. Raises JiaokouError where the file cannot be
    written, and leaves what was there as it is.
    """
    opened, frames = open_package(package), {name: without_folder(frame) for name, frame in frames.items()}
    table, frame = next(iter(frames.items()))
    try:
        match format_:
            case "xlsx":
                from jiaokou.formats.workbook import as_xlsx

                content = as_xlsx(frames, lang, opened)
            case "parquet":  # which pandas reads back with what is said of it in `attrs`
                said = about({table: frame}, "", opened)
                frame.attrs = {name: json.loads(as_json(each)) for name, each in said.items()}
                content = frame.to_parquet(engine="pyarrow", index=False)
            case "csv":
                content = as_csv(frame).encode("utf-8-sig")
            case _:
                content = f"{as_json(frame)}\n".encode()
    except ImportError:
        raise JiaokouError(f"there is nothing to write {format_} with: pip install 'jiaokou[formats]'") from None
    replace(path, content)


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that is there stays as it is until its successor is complete."""
    target, cannot = absolute(path), f"cannot write {path}:"  # through a link, not in its place
    part = target.parent / f".{target.name}.{os.getpid()}"
    try:
        if not target.parent.is_dir():
            raise JiaokouError(f"{cannot} there is no folder {target.parent}; make it, or name another file")
        if target.exists() and not os.access(target, os.W_OK):
            raise JiaokouError(f"{cannot} it is read-only; make it writable, or name another file")
        if target.exists() and not target.is_file():  # a pipe or a device has no successor
            target.write_bytes(content)
            return
        part.write_bytes(content)
        if target.exists():
            part.chmod(target.stat().st_mode)
        part.replace(target)
    except OSError as error:
        why = error.strerror or error
        raise JiaokouError(f"{cannot} {why}; close it where it is open, or name another file") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
