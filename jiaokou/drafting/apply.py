"""A draft to a data package: its tables are written from the rows that are not rejected.

Codes are made from what they stand for, so that applying again finds its own rows: what was translated or corrected by
hand in `sections.csv`, `indicators.csv`, `units.csv` and `entities.csv` stays.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from fractions import Fraction
from functools import cache
from math import isclose
from pathlib import Path
from typing import Any

import pandas as pd
from numpy import format_float_positional

from jiaokou.data.descriptor import Json, codes, default_package, opened, paths, schema
from jiaokou.data.package import open_package
from jiaokou.data.scaffold import table
from jiaokou.drafting.columns import rows_of
from jiaokou.drafting.documents import read_table
from jiaokou.drafting.draft import FILE, named, records, undecided
from jiaokou.drafting.layout import Span, holding, sentences
from jiaokou.drafting.tables import ending, units
from jiaokou.errors import JiaokouError
from jiaokou.formats import replace
from jiaokou.numbers.printed import Printed, forms_of, parse

Row = dict[str, Any]

PLACE = "place"
"""The code of the place that a text is about."""
UNSTATED = {"publisher_zh": "未注明的发布者", "publisher_en": "an unnamed publisher"}
"""What stands for a publisher that nobody has stated."""

_GOVERNMENT = re.compile(r"(?:人民政府|政府|统计局|发展和改革委员会)\Z|People[’']s Government of (?=.)")
_HERE = {"label_zh": "当地", "label_en": "the place itself"}
_SIZES = {"CNY": "amount", "kW": "power", "MW": "power", "m3": "volume"} | dict.fromkeys("m2 km2 ha mu".split(), "area")
_RELATIVE = {"percent", "permille", "point", "times"}
_READ = ("printed", "value", "unit", "start", "end")
_UNTRUE = (
    "what a reviewer wrote does not follow from what is printed: {}; correct value, unit, start or end, "
    "or reject the row, and its numeral is listed as no quantity"
)
_CALLED = ("label_zh", "label_en", "definition_zh", "definition_en")
_INHERITED = {
    "note": "period_of_the_text_before",
    "text_zh": "这句没有写明时期，从上文推断，在全文的时期之外。",
    "text_en": "The sentence gives no period; that of the text before it lies outside the period of the whole text.",
}


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


def apply(text: str, rows: pd.DataFrame, folder: Path) -> list[str]:
    """Write a draft's rows into the package at `folder`, and return what could not be written, a line each.

    A range, and whatever the package's rules cannot read from its characters, is listed among the numerals instead.
    Raises JiaokouError, before anything is written, for what a reviewer wrote that cannot be so.
    """
    content, spans = opened(folder), sentences(text)
    sections = {heading: f"s{number:02d}" for number, heading in enumerate(dict.fromkeys(s.section for s in spans), 1)}
    known = {"section": [*sections]} | {name: codes(folder, content, f"codes-{name}") for name in ("basis", "reason")}
    is_counted = (rows["state"] != "rejected") & (rows["kind"] != "name")
    read = [(row, _reading(text, row)) for row in records(rows[is_counted])]
    if untrue := [_claimed(row) for row, said in read if said is None and _is_written(row)]:
        raise JiaokouError(f"{folder / FILE}: {_UNTRUE.format('; '.join(untrue))}")
    left, numerals, observed, indicators, tables = [], records(rows[~is_counted]), [], [], known_units()
    for row, said in read:
        if said is None:
            left.append(f"{named(row)}, which is listed as a numeral")
            numerals.append(row)
            continue
        _check_listed(row, known, folder / FILE)
        if row["qualifier"] not in (said[0].qualifier, row["drafted_qualifier"]):
            left.append(f"“{row['qualifier']}” of {named(row)}, whose characters say “{said[0].qualifier}”")
        if row["section"] not in sections:
            row["section"] = holding(spans, int(row["start"])).section
        indicators.append(_indicator(row, sections[row["section"]], float(said[0].value)))
        observed.append(_observation(text, row, indicators[-1], *said, content["release"]))
        if row["unit"]:  # one that is not known is called what it is printed as
            unit, called = indicators[-1]["unit"], ("label_zh", "label_en", "symbol_zh", "symbol_en")
            tables["units"].append({"unit": unit, **dict.fromkeys(called, row["unit"])})
            tables["forms"].append({"form": row["unit"], "unit": unit, "factor": "1"})
    tables |= _about(sections, content["release"]) | {
        "indicators": _indicators(folder, content, indicators, observed),
        "numerals": [_numeral(text, row, known["reason"]) for row in numerals],
        "sentences": _sentences(spans, observed),
        "notes": [_INHERITED] if any(row["note"] for row in observed) else [],
    }
    _describe(folder, content, sections.values(), undecided(rows))
    for name, listed in tables.items():
        _write(folder, name, listed)
    topics = [row | {"topic": f"{row['section']}_all"} for row in _rows(folder / "sections.csv", ["section"])]
    _write(folder, "topics", topics)  # called as their sections are by now
    for section in sections.values():
        there = [row for row in observed if row["section"] == section]
        _write(folder, "observations", there, f"observations/{section}.csv")
        _write(folder, "milestones", [], f"milestones/{section}.csv")
    open_package(folder)
    return left


def check_value(row: Row) -> None:
    """Raise JiaokouError where a reviewer has given a row a value that does not follow from its characters."""
    places = {side: str(int(row[side]) - int(row["sentence_start"])) for side in ("start", "end")}
    if _is_written(row) and _reading(row["sentence"], row | places) is None:
        raise JiaokouError(_UNTRUE.format(_claimed(row)))


def _is_written(row: Row) -> bool:
    """Whether a value is a reviewer's own, in a unit that the characters name."""
    is_changed = any(row[column] != row[f"drafted_{column}"] for column in _READ)
    return is_changed and row["value"] != "" and row["unit"] in row["printed"]


def _claimed(row: Row) -> str:
    return f"{row['value']} {row['unit']} from {named(row)}"


def _check_listed(row: Row, known: Mapping[str, list[str]], file: Path) -> None:
    """Raise JiaokouError for a section or a basis that a reviewer wrote and that there is none of."""
    for column in ("section", "basis"):
        if row["state"] == "edited" and row[column] not in ("", *known[column]):
            cure = " or ".join([*filter(None, known[column]), "nothing"])
            raise JiaokouError(f"{file}: “{row[column]}”, of {named(row)}, is no {column} that there is; write {cure}")


@cache
def _forms() -> dict[str, dict[str, Fraction]]:
    return forms_of((row["form"], row["unit"], row["factor"]) for row in known_units()["forms"])


def _code(row: Mapping[str, str]) -> str:
    """The code of a row's unit in the package; a compound or unknown one is named after its characters."""
    if row["kind"] == "rank" or (row["kind"] == "ratio" and not row["unit"]):
        return row["kind"]
    if not row["unit"]:
        return "percent" if row["kind"] == "share" else "index"
    unknown = "count" if row["kind"] == "count" else _hashed("u", row["unit"])
    return next((each["code"] for each in units().values() if each["unit"] == row["unit"]), unknown)


def _hashed(letter: str, named: str) -> str:
    return f"{letter}_{zlib.crc32(named.encode()):08x}"


def _reading(text: str, row: Row) -> tuple[Printed, int] | None:
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


def _indicator(row: Row, section: str, value: float) -> Row:
    """What a row's value is of; the code is made from all that tells it from another."""
    code, measure, called = _code(row), _measure(row, value), label(row)
    stands = measure != "growth" and row["period_start"] == row["period_end"] != ""
    return {
        **dict.fromkeys(_CALLED, called),
        "indicator": _hashed("i", " ".join((section, called, code, measure, *["stock"] * stands))),
        "section": section,
        "topic": f"{section}_all",
        "measure": measure,
        "stock_flow": "stock" if stands else "flow",
        "unit": code,
        "counter_zh": row["unit"] if code == "count" else "",
        "named": "" if row["name"] == row["drafted_name"] else row["name"],
    }


def _observation(text: str, row: Row, indicator: Row, said: Printed, begin: int, release: Json) -> Row:
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
        "note": _INHERITED["note"] if not is_printed and _outside(row, release) else "",
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


def _numeral(text: str, row: Row, reasons: Iterable[str]) -> Row:
    start, end = int(row["start"]), int(row["end"])
    reason = row["reason"] if row["reason"] in reasons else "name" if row["kind"] == "name" else "indefinite"
    where = {"paragraph": row["paragraph"], "char_start": start, "char_end": end}
    return {"numeral": f"n_{start:06d}", "printed": text[start:end], "reason": reason, **where}


def _about(sections: Mapping[str, str], release: Json) -> dict[str, list[Row]]:
    """Sections as the text heads them, and the place that the text is about."""
    rows = []
    for position, (heading, code) in enumerate(sections.items(), 1):
        names = dict.fromkeys(("label_zh", "description_zh"), heading or "正文")
        names |= dict.fromkeys(("label_en", "description_en"), heading or "Text")
        rows.append({"section": code, "position": position, **names})
    labels = {f"label_{lang}": _GOVERNMENT.sub("", release[f"publisher_{lang}"]) for lang in ("zh", "en")}
    is_stated = all(labels.values()) and release["publisher_zh"] != UNSTATED["publisher_zh"]
    entity = {"entity": PLACE, "kind": "jurisdiction", **(labels if is_stated else _HERE)}
    return {"sections": rows, "entities": [entity]}


def _sentences(spans: list[Span], observations: list[Row]) -> list[Row]:
    """The sentences, numbered in their paragraphs, and whether an observation stands in them."""
    found = pd.DataFrame(spans).rename(columns={"start": "char_start", "end": "char_end"})
    numbers = found.groupby("paragraph").cumcount() + 1
    found["sentence"] = [f"p{at:02d}s{number}" for at, number in zip(found["paragraph"], numbers, strict=True)]
    is_observed = found["char_start"].isin([holding(spans, row["char_start"]).start for row in observations])
    return records(found.assign(account=is_observed.map({True: "observed", False: "framing"})))


def _indicators(folder: Path, content: Json, drafted: list[Row], observations: list[Row]) -> list[Row]:
    """The indicators of a draft; what was written by hand of one that is there already stays.

    One that is called otherwise by now, as the rules of naming and measuring change, keeps its code: that of the values
    which stood where its own stand. A name that a reviewer gave makes another indicator.
    """
    there = {row["indicator"]: row for row in _rows(folder / "indicators.csv", ["indicator", *_CALLED])}
    now = {row["indicator"]: row for row in reversed(drafted)}
    gone = {code: row for code, row in there.items() if code not in now}
    for before, after in _beside(folder, content, observations):
        code, old = after["indicator"], gone.get(before["indicator"])
        if old and code not in there and _is_same(old, now[code]):
            there[code] = gone.pop(before["indicator"])
    found = []
    for code, new in now.items():
        row = there.get(code, new) | {"topic": new["topic"]}
        if row["indicator"] != code:
            row["stock_flow"] = new["stock_flow"]
            is_untouched = len({row[column] for column in _CALLED}) == 1
            row |= {column: new[column] for column in _CALLED if is_untouched}
        found.append(row)
    for row in observations:
        row["indicator"] = there.get(row["indicator"], row)["indicator"]
    return found


def _beside(folder: Path, content: Json, observations: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Each observation beside the one that was there of the same characters, in the order of the text."""
    columns = ["indicator", "printed", "char_start"]
    was = [row for file in _files(content, "observations") for row in _rows(folder / file, columns)]
    was.sort(key=lambda row: int(row["char_start"]))
    before, after = ([row["printed"] for row in rows] for rows in (was, observations))
    for first, second, size in SequenceMatcher(a=before, b=after).get_matching_blocks():
        yield from zip(was[first : first + size], observations[second : second + size], strict=True)


def _is_same(old: Row, new: Row) -> bool:
    """Whether two indicators measure alike, and no reviewer has told them apart by a name."""
    is_called = any(row.startswith(new["named"]) for row in (old["label_zh"], old["definition_zh"]))
    return is_called and all(old[column] == new[column] for column in ("measure", "unit"))


def _files(content: Json, name: str) -> list[str]:
    return next(paths(resource) for resource in content["resources"] if resource["name"] == name)


def _describe(folder: Path, content: Json, sections: Iterable[str], unreviewed: int) -> None:
    """Point observations and milestones to the sections' files."""
    for resource in content["resources"]:
        if resource["name"] in ("observations", "milestones"):
            files = [f"{resource['name']}/{section}.csv" for section in sections]
            for file in {*paths(resource)} - {*files}:
                with suppress(OSError):
                    (folder / file).unlink()
            resource["path"] = files if len(files) > 1 else files[0]
    write_descriptor(folder, content | {"unreviewed": unreviewed})


def write_descriptor(folder: Path, content: Json) -> None:
    """Save the descriptor of a package."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    replace(folder / "datapackage.json", text.encode())


_KEYS = {"sections": ["section", "description_zh"], "forms": ["form", "unit"]}  # a section's code is its place alone
_KEPT = {"sections", "units", "forms", "entities", "notes", "milestones"}
"""The tables of which a row that is there already stays as it is; of sections, one that the text still has."""


def _write(folder: Path, name: str, rows: Iterable[Row], file: str = "") -> None:
    resource = next(each for each in opened(default_package())["resources"] if each["name"] == name)
    model = schema(default_package(), resource)
    where = folder / (file or resource["path"])
    key = _KEYS.get(name) or model["primaryKey"]
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(str(row[column]) for column in key), row)
    for row in _rows(where, key) if name in _KEPT else ():
        code = tuple(row[column] for column in key)
        if (code in found or name != "sections") and row.get("label_zh") != _HERE["label_zh"]:
            found[code] = row
    with suppress(FileExistsError):
        where.parent.mkdir()
    replace(where, table(model, found.values()))


def _rows(file: Path, columns: Sequence[str]) -> list[Row]:
    """The rows of a file of the package, none if it is not there."""
    return records(read_table(file, columns)[0]) if file.is_file() else []
