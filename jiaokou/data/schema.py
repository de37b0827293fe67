"""Reads the tables of a package, each file once, and checks them against their schemas (Table Schema).

Checked are encoding, columns, types, constraints, keys and references. Faults are raised as a FaultsError: a
line each with file, row, column, what is wrong and the cure.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from jiaokou.data.descriptor import NAME, Json, paths, read, schema
from jiaokou.data.languages import LANGUAGES
from jiaokou.errors import JiaokouError, check_none, near

TEXT = pd.StringDtype("python", na_value=np.nan)
"""How frames hold text, whatever pandas' options say and whether PyArrow is installed."""

_NUMBER = r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?"
_BOOLEAN = "true|True|TRUE|1|false|False|FALSE|0"
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TYPES: dict[str, tuple[Any, Callable[[str], Any], str, str]] = {
    "string": (TEXT, str, "(?s:.*)", "text"),
    "integer": ("Int64", int, "[+-]?[0-9]{1,15}", "a whole number in the digits 0 to 9"),
    "number": ("Float64", float, _NUMBER, "a number in the digits 0 to 9, without separators"),
    "boolean": ("boolean", lambda cell: cell.lower() in ("true", "1"), _BOOLEAN, "true or false"),
    "date": ("datetime64[s]", date.fromisoformat, _DAY, "a day that there is, as YYYY-MM-DD"),
    "name": (TEXT, str, NAME, "a to z, 0 to 9, “.”, “_” and “-”"),
    "digest": (TEXT, str, "[0-9a-f]{64}", "the 64 hexadecimal digits that sha256sum gives"),
    "place": (TEXT, str, "[0-9]{6}([0-9]{6})?", "a division code of 6 or 12 digits, or take it out"),
}
"""Of each type how columns hold it, what is made of a cell, how a cell is written (other programs take more for a
number, each something else), and what to write. The last three are those of a descriptor.
"""

Row = dict[str, Any]  # the cells of a row, and where it stands: `_file`, and `_line`, counted from 1 as rows are
Fault = tuple[Row, str, str]  # a row, its column, and what is wrong with the cure

_PLACE = [{"name": "_file", "type": "string"}, {"name": "_line", "type": "integer"}]


class _Table(NamedTuple):
    """A table as its files have it: its schema, its rows, and where the files lie."""

    schema: Json
    rows: list[Row]
    home: str


def read_tables(folder: Path, resources: Sequence[Json], languages: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables of a package, typed as their schemas say; `_file` and `_line` tell where a row stands.

    Texts in a language that is not among the package's `languages` are optional: those of its first stand for them.
    """
    tables = {each["name"]: _read(folder, each, languages) for each in resources}
    check_none(told(folder, (fault for table in tables.values() for fault in _faults(table, tables))))
    return {name: _typed(table) for name, table in tables.items()}


def told(folder: Path, faults: Iterable[Fault]) -> Iterator[str]:
    """Each fault in the rows of a package as a line that says where it is."""
    return (f"{folder / row['_file']}, row {row['_line']}, column {column}: {what}" for row, column, what in faults)


def _read(folder: Path, resource: Json, languages: Sequence[str]) -> _Table:
    stated, files = schema(folder, resource), paths(resource)
    columns = [field["name"] for field in stated["fields"]]
    rows = [row | {"_file": file} for file in files for row in _rows(folder / file, columns)]
    in_first_language(rows, columns, languages)
    return _Table(stated, rows, files[0] if len(files) == 1 else f"{Path(files[0]).parent.as_posix()}/")


def _typed(table: _Table) -> pd.DataFrame:
    """The frame of a table with which nothing is wrong."""
    columns = {}
    for field in [*table.schema["fields"], *_PLACE]:
        dtype, convert, *_ = TYPES[field["type"]]
        cells = (row[field["name"]] for row in table.rows)
        columns[field["name"]] = pd.array([convert(cell) if cell else None for cell in cells], dtype=dtype)
    return pd.DataFrame(columns)


def in_first_language(rows: Iterable[Row], columns: Iterable[str], languages: Sequence[str]) -> None:
    """Let the texts of a package's first language stand for those that it lacks in one that is not among its own."""
    lacking = [name for name in columns if name[-2:] in LANGUAGES and name[-2:] not in languages]
    for row in rows:
        for name in lacking:
            row[name] = row[name] or row.get(f"{name[:-2]}{languages[0]}", "")


def _faults(table: _Table, tables: Mapping[str, _Table]) -> Iterator[Fault]:
    """What in a table is not as its schema asks."""
    rows = table.rows
    for field in table.schema["fields"]:
        name = field["name"]
        yield from ((rows[n], name, what) for n, what in cell_faults([row[name] for row in rows], field))
        if field.get("constraints", {}).get("unique"):
            yield from _repeated(rows, [name], "give each row one of its own")
    yield from _repeated(rows, table.schema["primaryKey"], "give each row a code of its own")
    for key in table.schema.get("foreignKeys", []):
        yield from _dangling(table, key["fields"], key["reference"], tables)


def _rows(file: Path, columns: list[str]) -> Iterator[Row]:
    """The rows of a file below the names of its columns, each with its number."""
    text = _decoded(file)
    if text and not text.endswith(("\n", "\r")):  # other programs read the files of a table one after the other
        raise JiaokouError(f"{file}: the last line has no end; end it with a line break")
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if (names := next(rows, [])) != columns:
            raise JiaokouError(f"{file}: {_misnamed(names, columns)}")
        for line, cells in enumerate(rows, start=2):
            if len(cells) != len(columns) or not any(cells):
                cure = "take the cell out, or quote a cell that holds a comma"
                if len(cells) < len(columns):
                    cure = "fill in every column" if cells else "take the empty row out"
                raise JiaokouError(f"{file}, row {line}: {len(cells)} cells in {len(columns)} columns; {cure}")
            yield {**dict(zip(columns, cells, strict=True)), "_line": line}
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


def _misnamed(found: list[str], columns: list[str]) -> str:
    for mark, name in (("\t", "tabs"), (";", "semicolons")):
        if len(found) == 1 and mark in found[0]:
            return f"{name} stand between the columns; save it with commas between them"
    strange = "".join(f" (“{name}” is none of them)" for name in found if name not in columns)
    return f"the columns are not {','.join(columns)}{strange}; name them so in the first row, with commas between them"


def cell_faults(cells: Iterable[str], field: Json) -> Iterator[tuple[int, str]]:
    """The cells of a column that are not as its type and constraints ask, by their rows, and the cure."""
    limits = field.get("constraints", {})
    _, convert, pattern, cure = TYPES[field["type"]]
    written, allowed = re.compile(pattern), re.compile(limits.get("pattern", ""))
    for row, cell in enumerate(cells):
        if not cell and limits.get("required"):
            yield row, "there is nothing in it; fill it in"
        if cell != cell.strip():
            yield row, f"“{cell}” begins or ends with a space; take it out"
        if not cell.isprintable() and (unseen := _UNSEEN.search(cell)):
            yield row, f"an invisible character (U+{ord(unseen[0]):04X}); take it out"
        if not cell:
            continue
        try:
            value = convert(cell) if written.fullmatch(cell) else None
        except ValueError:  # a day that there is not
            value = None
        if value is None:
            yield row, f"“{cell[:40]}” is no {field['type']}; write {cure}"
        elif "minimum" in limits and value < limits["minimum"]:
            yield row, f"“{cell}” is not allowed, the minimum being {limits['minimum']}; correct it"
        elif "pattern" in limits and not allowed.fullmatch(cell):
            what = f"“{cell}” is not allowed, the pattern being {limits['pattern']}"
            yield row, f"{what}; write a to z, 0 to 9 and _ alone"


def _key(row: Row, columns: Sequence[str]) -> str:
    """What stands in some columns of a row; nothing where one of them is empty."""
    cells = [row[column] for column in columns]
    return ", ".join(cells) if all(cells) else ""


def _repeated(rows: Iterable[Row], columns: Sequence[str], cure: str) -> Iterator[Fault]:
    """The rows whose key an earlier one has."""
    seen: dict[str, Row] = {}
    for row in rows:
        if (key := _key(row, columns)) and (first := seen.setdefault(key, row)) is not row:
            where = f"{first['_file']}, row {first['_line']}"
            yield row, ", ".join(columns), f"“{key}” stands in {where}, already; {cure}"


def _dangling(table: _Table, columns: Sequence[str], listed: Json, tables: Mapping[str, _Table]) -> Iterator[Fault]:
    """The rows that refer to what a table, which may be their own, does not list."""
    target = tables[listed["resource"]] if listed["resource"] else table
    known = {_key(row, listed["fields"]) for row in target.rows}
    what = f"not listed in {target.home}; use a code that is, or add it there"
    if target is table:
        what = f"no {listed['fields'][0]} of this table; correct it, or add a row for it"
    for row in table.rows:
        if (key := _key(row, columns)) and key not in known:
            yield row, ", ".join(columns), f"“{key}” is {what}{near(key, sorted(known))}"
