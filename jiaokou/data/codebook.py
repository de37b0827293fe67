"""What every table, column and code means, in both languages.

`codebook.csv` says it. A row without a column stands for the table itself, a row without a table for a column that
means the same in every table which has no row of its own for it, and `{}_zh` for a column that says in words what the
codes of another one stand for. `served` are the columns of a frame of the library, in their order.
"""

import csv
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

Served = TypeVar("Served", bound=Callable[..., Any])


@cache
def describe(table: str, column: str = "") -> dict[str, str]:
    """A table, or one of its columns: of the data package, or as the library serves it. KeyError if there is none.

    `heading`, `meaning` and the `unit` of its numbers in each language, such as `heading_zh`, "" where there is none;
    `codes` is the table of the data package that lists the codes of a column, or "".
    """
    if row := _rows().get((table, column)) or _rows().get(("", column)):
        return row
    words, coded = _rows()["", f"{{}}{column[-3:]}"], describe(table, column[:-3])
    return {key: text.replace("{}", coded.get(f"heading{key[-3:]}", "")) for key, text in words.items()}


def columns_of(table: str) -> list[str]:
    """The columns of a frame that the library serves: for `observations` those of `load()`."""
    return describe(table)["served"].split()


def with_columns(table: str) -> Callable[[Served], Served]:
    """Let the help of a function that serves a table end with what each of its columns means."""
    meanings = "\n".join(f"    {column}: {describe(table, column)['meaning_en']}" for column in columns_of(table))

    def told(function: Served) -> Served:
        function.__doc__ = f"{inspect.getdoc(function)}\n\nColumns:\n{meanings}\n"
        return function

    return told


@cache
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {(row.pop("table"), row.pop("column")): row for row in csv.DictReader(file)}
