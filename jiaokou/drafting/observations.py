"""A draft's row as a package holds it: an observation, and the indicator that it is of."""

import re
import zlib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import isclose
from typing import Any

import pandas as pd
from numpy import format_float_positional

from jiaokou.data.descriptor import Json
from jiaokou.drafting.draft import named
from jiaokou.drafting.tables import base_units, ending, rows_of, units
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import Printed, forms_of, parse

Row = dict[str, Any]

PLACE = "place"
"""The code of the place that a text is about."""
CALLED = ("label_zh", "label_en", "definition_zh", "definition_en")
"""What an indicator is called and how it is defined, which a reviewer may write anew in the package."""
INHERITED = {
    "note": "period_of_the_text_before",
    "text_zh": "这句没有写明时期，从上文推断，在全文的时期之外。",
    "text_en": "The sentence gives no period; that of the text before it lies outside the period of the whole text.",
}
"""The note on a value whose period is inferred and lies outside the release's."""
_SIZES = {"CNY": "amount", "kW": "power", "MW": "power", "m3": "volume"} | dict.fromkeys("m2 km2 ha mu".split(), "area")
_RELATIVE = {"percent", "permille", "point", "times"}
_READ = ("printed", "value", "unit", "start", "end")
UNTRUE = (
    "what a reviewer wrote does not follow from what is printed: {}; correct value, unit, start or end, "
    "or reject the row, and its numeral is listed as no quantity"
)


def known_units() -> dict[str, list[dict[str, str]]]:
    """The rows of `units.csv` and `forms.csv` that a package begins with: every unit that drafting knows."""
    found = {row["unit"]: row for row in rows_of("unprinted.csv")}
    forms = [
        {"form": form, "unit": code, "factor": "1"} for code, row in found.items() for form in row["forms"].split()
    ]
    for row in units().values():
        code, zh, en = row["code"], row["unit"], row["label_en"]
        symbols = {"symbol_zh": zh, "symbol_en": zh if zh.isascii() else code if code.isupper() else en}
        found.setdefault(code, {"unit": code, "label_zh": zh, "label_en": en, **symbols})
        forms.append({"form": row["form"], "unit": code, "factor": row["factor"]})
    return {"units": list(found.values()), "forms": forms}


def check_value(row: Row) -> None:
    """Raise JiaokouError where a reviewer has given a row a value that does not follow from its characters."""
    places = {side: str(int(row[side]) - int(row["sentence_start"])) for side in ("start", "end")}
    if is_written(row) and reading(row["sentence"], row | places) is None:
        raise JiaokouError(UNTRUE.format(claimed(row)))


def is_written(row: Row) -> bool:
    """Whether a value is a reviewer's own, in a unit that the characters name."""
    is_changed = any(row[column] != row[f"drafted_{column}"] for column in _READ)
    return is_changed and row["value"] != "" and row["unit"] in row["printed"]


def claimed(row: Row) -> str:
    """What a reviewer says that the characters say."""
    return f"{row['value']} {row['unit']} from {named(row)}"


@cache
def _forms() -> dict[str, dict[str, Fraction]]:
    return forms_of((row["form"], row["unit"], row["factor"]) for row in known_units()["forms"])


def _code(row: Mapping[str, str]) -> str:
    """The code of a row's unit in the package; a compound or unknown one is named after its characters."""
    if row["kind"] == "rank" or (row["kind"] == "ratio" and not row["unit"]):
        return row["kind"]
    if not row["unit"]:
        return "percent" if row["kind"] == "share" else "index"
    return base_units().get(row["unit"], "count" if row["kind"] == "count" else _hashed("u", row["unit"]))


def _hashed(letter: str, named: str) -> str:
    return f"{letter}_{zlib.crc32(named.encode()):08x}"


def reading(text: str, row: Row) -> tuple[Printed, int] | None:
    """What the package's rules read from a row's characters, with the word of a decline where one touches them, and
    the first place; None where they read nothing, or another value.
    """
    start, end, code = int(row["start"]), int(row["end"]), _code(row)
    if row["value"] == "":
        return None
    stated = float(row["value"]) * (100 if code == "percent" and not row["unit"] else 1)
    forms = {**({row["unit"]: Fraction(1)} if row["unit"] else {}), **_forms().get(code, {})}
    word = ending("direction", "decline").search(text, max(0, start - 12), start) if stated < 0 else None
    for begin in ([word.start()] if word else []) + [start]:
        try:
            said = parse(text[begin:end], code, forms, row["basis"])
        except JiaokouError:
            continue
        for each in (said, said.declined()) if stated < 0 else (said,):
            if isclose(each.value, stated, abs_tol=1e-9):
                return each, begin
    return None


def indicator(row: Row, section: str, value: float) -> Row:
    """What a row's value is of; the code is made from all that tells it from another."""
    code, measure, called = _code(row), _measure(row, value), label(row)
    stands = measure != "growth" and row["period_start"] == row["period_end"] != ""
    return {
        **dict.fromkeys(CALLED, called),
        "indicator": _hashed("i", " ".join((section, called, code, measure, *["stock"] * stands))),
        "section": section,
        "topic": f"{section}_all",
        "measure": measure,
        "stock_flow": "stock" if stands else "flow",
        "unit": code,
        "counter_zh": row["unit"] if code == "count" else "",
        "named": "" if row["name"] == row["drafted_name"] else row["name"],
    }


def observation(text: str, row: Row, indicator: Row, said: Printed, begin: int, release: Json) -> Row:
    """A row as an observation: what is `said` from the place `begin` on."""
    base = _base(row) if indicator["measure"] == "growth" and row["period_start"] and row["period_end"] else ("", "")
    is_printed = row["period_from"] == "printed"
    return {
        **{column: row[column] for column in ("period_start", "period_end", "basis", "paragraph")},
        **{column: indicator[column] for column in ("indicator", "section")},
        "observation": f"o_{begin:06d}",
        "entity": PLACE,
        "period_implied": "false" if is_printed else "true",
        "base_start": base[0],
        "base_end": base[1],
        "printed": text[begin : int(row["end"])],
        "qualifier": said.qualifier,
        "value": format_float_positional(float(said.value), trim="-"),
        "note": INHERITED["note"] if not is_printed and _outside(row, release) else "",
        "char_start": begin,
        "char_end": row["end"],
    }


def _measure(row: Row, value: float) -> str:
    """What kind of quantity a row is of, in the package's codes."""
    code = _code(row)
    measure: str = row["kind"] if row["kind"] in ("share", "rank", "count") else _SIZES.get(code, "level")
    aside = re.match("高于|低于|快于|慢于|占", row["compared_with"])  # with another place, not another time
    if row["kind"] == "growth" and (not aside or value < 0):  # 增产42.2亿斤, 上升3位: how much more, and no rate
        return "growth" if code in _RELATIVE else "level"
    return "level" if measure == "share" and not 0 <= value <= 100 else measure


def label(row: Row) -> str:
    """What a row's indicator is called: its name, and what its kind adds to that."""
    name, added, said_by = row["name"] or row["printed"], "", tuple[str, ...]()
    if row["kind"] == "rank":
        added, said_by = "排名", ("排名", "位次", "排位")
    elif row["kind"] == "growth" and _code(row) in _RELATIVE:
        added, said_by = "年均增长率" if _is_yearly(row) else "增长率", ("增长", "增速", "增幅", "降幅", "率")
    elif row["kind"] == "growth":
        added, said_by = ("变化", ("变化",)) if row["unit"] == "位" else ("增减量", ("增产", "减产", "增收", "量"))
    return name if name.endswith(said_by) else name + added


def _outside(row: Row, release: Json) -> bool:
    """Whether what happened did so outside the release's period."""
    if row["basis"] in ("planned", "target") or not row["period_start"]:
        return False
    return bool(row["period_start"] < release["period_start"] or row["period_end"] > release["period_end"])


def _is_yearly(row: Row) -> bool:
    """Whether it is a yearly mean of a growth over several years."""
    several = row["period_start"][:4] < row["period_end"][:4]
    return bool(row["kind"] == "growth" and row["compared_with"] == "年均" and several)


def _base(row: Row) -> tuple[str, str]:
    """The period that a growth is on: the year named, of a yearly mean the one before all, or else the one of the same
    length before its own.
    """
    start, end = (pd.Timestamp(row[f"period_{side}"]) for side in ("start", "end"))
    named = re.search(r"(?:19|20)\d\d", row["compared_with"])
    year = int(named[0]) if named else start.year - _is_yearly(row)
    if year < start.year:
        return f"{year}-01-01", f"{year}-12-31"
    years = pd.DateOffset(years=end.year - start.year + 1)
    before = end - start + pd.Timedelta(days=1) if row["compared_with"] == "环比" else years
    return str((start - before).date()), str((end - before).date())
