"""Reads the tables of a package, each file once, and checks them against their schemas (Table Schema).

Checked are encoding, columns, types, constraints, keys and references. Faults are raised as a FaultsError: a
line each with file, row, column, what is wrong and the cure.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jiaokou.data.descriptor import Json, paths, read, schema
from jiaokou.data.languages import LANGUAGES
from jiaokou.errors import JiaokouError, check_none, near

TEXT = pd.StringDtype("python", na_value=np.nan)
"""How frames hold text, whatever pandas' options say and whether PyArrow is installed."""


_NUMBER = r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?"
_BOOLEAN = "true|True|TRUE|1|false|False|FALSE|0"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Of each type how columns hold it, what is made of a cell, how a cell is written (other programs take more for a
# number, each something else), and what to write.
_TYPES: dict[str, tuple[Any, Callable[[str], Any], str, str]] = {
    "string": (TEXT, str, "(?s:.*)", "text"),
    "integer": ("Int64", int, "[+-]?[0-9]{1,15}", "a whole number in the digits 0 to 9"),
    "number": ("Float64", float, _NUMBER, "a number in the digits 0 to 9, without separators"),
    "boolean": ("boolean", lambda cell: cell.lower() in ("true", "1"), _BOOLEAN, "true or false"),
    "date": ("datetime64[s]", date.fromisoformat, _DAY, "a day that there is, as YYYY-MM-DD"),
}

_BREAKS: dict[str, Callable[[Any, Any], bool]] = {
    "enum": lambda value, allowed: value not in allowed,
    "maximum": lambda value, most: value > most,
    "minimum": lambda value, least: value < least,
    "pattern": lambda value, pattern: not re.fullmatch(pattern, value),
}

_Fault = tuple[int, str, str, str]
"""A row, counted from 0 over all files of a table, its column, what is wrong, and the cure."""


def read_tables(
    folder: Path, resources: Sequence[Json], languages: Sequence[str] = LANGUAGES
) -> dict[str, pd.DataFrame]:
    """The tables of a package, typed as their schemas say; `_file` and `_line` tell where a row stands.

    Texts in a language that is not among the package's `languages` are optional: those of its first stand for them.
    """
    schemas, texts, homes = {}, {}, {}
    silent = {f"_{lang}" for lang in LANGUAGES if lang not in languages}
    for resource in resources:
        name, files = resource["name"], paths(resource)
        schemas[name] = schema(folder, resource)
        columns = [field["name"] for field in schemas[name]["fields"]]
        rows = [
            (*cells, file, line) for file in files for line, cells in enumerate(_rows(folder / file, columns), start=2)
        ]
        texts[name] = frame = pd.DataFrame(rows, columns=[*columns, "_file", "_line"], dtype="object")
        for column in columns:
            if column[-3:] in silent and (other := f"{column[:-2]}{languages[0]}") in columns:
                frame[column] = frame[column].where(frame[column] != "", frame[other])
        homes[name] = files[0] if len(files) == 1 else f"{Path(files[0]).parent.as_posix()}/"
    check_none(
        f"{folder / frame['_file'].iloc[row]}, row {frame['_line'].iloc[row]}, column {column}: {what}; {cure}"
        for name, frame in texts.items()
        for row, column, what, cure in _faults(name, schemas[name], texts, homes)
    )
    return {name: _typed(frame, schemas[name]) for name, frame in texts.items()}


def _typed(frame: pd.DataFrame, stated: Json) -> pd.DataFrame:
    values = {}
    for field in stated["fields"]:
        dtype, convert, *_ = _TYPES[field["type"]]
        values[field["name"]] = pd.array([convert(c) if c else None for c in frame[field["name"]]], dtype=dtype)
    return frame.assign(**values)


def _faults(name: str, stated: Json, tables: Mapping[str, pd.DataFrame], homes: Mapping[str, str]) -> Iterator[_Fault]:
    """What in a table is not as its schema asks."""
    frame = tables[name]
    for field in stated["fields"]:
        yield from cell_faults(frame[field["name"]], field)
        if field.get("constraints", {}).get("unique"):
            yield from _repeated(frame, [field["name"]], "give each row one of its own")
    yield from _repeated(frame, stated["primaryKey"], "give each row a code of its own")
    for key in stated.get("foreignKeys", []):
        target, listed = key["reference"]["resource"], key["reference"]["fields"]
        yield from _dangling(frame, key["fields"], tables[target or name], listed, homes.get(target, ""))


def _rows(file: Path, columns: list[str]) -> Iterator[list[str]]:
    """The rows of a file below the names of its columns."""
    text = _decoded(file)
    for what, row in unseen(text):
        raise JiaokouError(f"{file}, row {row}: {what}")
    if not text.strip():
        raise JiaokouError(f"{file} is empty; give it its row of column names")
    if not text.endswith(("\n", "\r")):  # other programs read the files of a table one after the other
        raise JiaokouError(f"{file}: the last line has no end; end it with a line break")
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for what in _misnamed(next(rows), columns):
            raise JiaokouError(f"{file}: {what}")
        for line, cells in enumerate(rows, start=2):
            if len(cells) != len(columns) or not any(cells):
                cure = "take the cell out, or quote a cell that holds a comma"
                if len(cells) < len(columns):
                    cure = "fill in every column" if cells else "take the empty row out"
                raise JiaokouError(f"{file}, row {line}: {len(cells)} cells in {len(columns)} columns; {cure}")
            yield cells
    except csv.Error as error:
        cure = "end a quoted cell with a quotation mark, and double those inside it"
        raise JiaokouError(f"{file}, line {rows.line_num}: {error}; {cure}") from None


def _decoded(file: Path) -> str:
    """A file's text. Raises JiaokouError for one that is not in UTF-8, and says what it seems to be in."""
    content, encoding = read(file), "another encoding than UTF-8"
    try:
        if b"\0" not in content[:2] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-8-sig")  # Excel's “CSV UTF-8” begins with a mark of its byte order
        encoding = "UTF-16"
    except UnicodeDecodeError:
        if "\ufffd" not in content.decode("gb18030", errors="replace"):
            encoding = "GB18030"
    raise JiaokouError(f"{file} is in {encoding}; save the file as UTF-8")


# Control characters, characters without width, marks that turn the direction of whatever text comes after them, and
# what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)


def unseen(text: str) -> Iterator[tuple[str, int]]:
    """What to say of characters that cannot be seen and could change what a reader sees, and the row of each."""
    for found in _UNSEEN.finditer(text):
        row = len(text[: found.end()].splitlines())
        yield f"an invisible character (U+{ord(found[0]):04X}); take it out", row


def _misnamed(found: list[str], columns: list[str]) -> Iterator[str]:
    for mark, name in (("\t", "tabs"), (";", "semicolons")):
        if len(found) == 1 and mark in found[0]:
            yield f"{name} stand between the columns; save it with commas between them"
    strange = "".join(f" (“{name}” is none of them)" for name in found if name not in columns)
    if found != columns:
        cure = "name them so in the first row, with commas between them"
        yield f"the columns are not {','.join(columns)}{strange}; {cure}"


def cell_faults(cells: Iterable[str], field: Json) -> Iterator[_Fault]:
    """The cells of a column that are not as its type and constraints ask."""
    name, limits = field["name"], field.get("constraints", {})
    _, convert, pattern, cure = _TYPES[field["type"]]
    for row, cell in enumerate(cells):
        if not cell and limits.get("required"):
            yield row, name, "there is nothing in it", "fill it in"
        if cell != cell.strip():
            yield row, name, f"“{cell}” begins or ends with a space", "take it out"
        if not cell:
            continue
        try:
            value = convert(cell) if re.fullmatch(pattern, cell) else None
        except ValueError:  # a day that there is not
            value = None
        if value is None:
            yield row, name, f"“{cell[:40]}” is no {field['type']}", f"write {cure}"
        for limit, stated in limits.items():
            if limit in _BREAKS and _BREAKS[limit](value, stated):
                mend = "write a to z, 0 to 9 and _ alone" if limit == "pattern" else "correct it"
                yield row, name, f"“{cell}” is not allowed, the {limit} being {stated}", mend


def _repeated(frame: pd.DataFrame, columns: list[str], cure: str) -> Iterator[_Fault]:
    """The rows whose key an earlier one has."""
    seen: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(zip(*(frame[column] for column in columns), strict=True)):
        if all(key) and (first := seen.setdefault(key, row)) != row:
            file, line = frame[["_file", "_line"]].iloc[first]
            what = f"“{', '.join(key)}” stands in {file}, row {line}, already"
            yield row, ", ".join(columns), what, cure


def _dangling(
    frame: pd.DataFrame, columns: list[str], target: pd.DataFrame, listed: list[str], home: str
) -> Iterator[_Fault]:
    """The rows that refer to what a table does not list; `home` is where its files lie, "" for the table itself."""
    known = set(zip(*(target[column] for column in listed), strict=True))
    for row, key in enumerate(zip(*(frame[column] for column in columns), strict=True)):
        if all(key) and key not in known:
            code = ", ".join(key)
            what, cure = f"“{code}” is no {listed[0]} of this table", "correct it, or add a row for it"
            if home:
                what, cure = f"“{code}” is not listed in {home}", "use a code that is, or add it there"
            yield row, ", ".join(columns), what, cure + near(code, sorted(map(", ".join, known)))
