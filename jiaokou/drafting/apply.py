"""A draft to a data package: its tables are written from the rows that are not rejected.

Codes are made from what they stand for, so that applying again finds its own rows: what was translated or corrected by
hand in `sections.csv`, `indicators.csv`, `units.csv` and `entities.csv` stays.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
from numpy import format_float_positional

from jiaokou.data.descriptor import Json, default_package, opened, paths, read, schema
from jiaokou.data.package import open_package
from jiaokou.drafting.draft import FILE, records, undecided
from jiaokou.drafting.layout import Span, holding, sentences
from jiaokou.drafting.tables import cues, ending, units
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import BARE, Printed, parse

Row = dict[str, Any]

_PLACE = "place"
_SIZES = {"CNY": "amount", "kW": "power", "MW": "power", "m3": "volume"} | dict.fromkeys("m2 km2 ha mu".split(), "area")
_LEVEL = {
    "code": "level",
    "label_zh": "水平",
    "label_en": "level",
    "definition_zh": "以自身单位计的量，不属于其他各类",
    "definition_en": "A quantity in its own unit that is none of the others",
}
_FORMS = {"成": 10, "番": 100, "：1": 1, ":1": 1, "": 1}  # those that are more, or less, than a unit's name


def apply(text: str, rows: pd.DataFrame, folder: Path, title: str) -> list[str]:
    """Write a draft's rows into the package at `folder`, and return what could not be written, a line each.

    A range, and whatever the package's rules cannot read from its characters, is listed among the numerals instead.
    Raises JiaokouError for an edited row whose value does not follow from its characters.
    """
    content, spans = opened(folder), sentences(text)
    sections = {heading: f"s{number:02d}" for number, heading in enumerate(dict.fromkeys(s.section for s in spans), 1)}
    observed: dict[str, list[Row]] = {code: [] for code in sections.values()}
    reasons = {row["code"] for row in _rows(folder, "codes/reason.csv")}
    tables: dict[str, list[Row]] = {name: [] for name in ("indicators", "units", "forms", "numerals")}
    left = []
    for row in records(rows):
        section = sections[holding(spans, int(row["start"])).section]
        counted = row["state"] != "rejected" and row["kind"] != "name"
        if counted and (found := _reading(text, row)):
            said, form, begin = found
            observation, indicator = _observation(text, row, section, said, begin)
            observed[section].append(observation)
            tables["indicators"].append(indicator)
            tables["units"].append(_unit(indicator["unit"], row["unit"]))
            tables["forms"] += [{"form": form, "unit": indicator["unit"], "factor": _FORMS.get(form, 1)}] * bool(form)
            continue
        if counted:
            left.append(f"{row['printed']} (characters {row['start']} to {row['end']}), which is listed as a numeral")
        tables["numerals"].append(_numeral(text, row, reasons))
    tables |= _frame(sections, content["release"].get("publisher_zh") or title)
    tables["sentences"] = _sentences(spans, [row for each in observed.values() for row in each])
    _describe(folder, content, sections.values(), title, undecided(rows))
    for name, listed in tables.items():
        _write(folder, name, listed)
    for section, listed in observed.items():
        _write(folder, "observations", listed, f"observations/{section}.csv")
        _write(folder, "milestones", _rows(folder, f"milestones/{section}.csv"), f"milestones/{section}.csv")
    open_package(folder)
    return left


def _code(row: Mapping[str, str]) -> str:
    """The code of a row's unit in the package; a compound or unknown one is named after its characters."""
    if row["kind"] == "rank" or (row["kind"] == "ratio" and not row["unit"]):
        return row["kind"]
    if not row["unit"]:
        return "percent" if row["kind"] == "share" else "index"
    if known := next((each for each in units().values() if each.unit == row["unit"]), None):
        return known.code
    return "count" if row["kind"] == "count" else f"u_{zlib.crc32(row['unit'].encode()):08x}"


def _reading(text: str, row: Row) -> tuple[Printed, str, int] | None:
    """What the package's rules read from a row's characters, with the word of a decline where one touches them, the
    printed form of the unit, and the first place; None where they read nothing, or another value.
    """
    start, end, code = int(row["start"]), int(row["end"]), _code(row)
    if row["value"] == "":
        return None
    stated = float(row["value"]) * (100 if code == "percent" and not row["unit"] else 1)
    before = ending("direction", "decline").search(text, max(0, start - 12), start) if stated < 0 else None
    forms = {each.form for each in units().values() if each.unit == row["unit"]} | {row["unit"], *_FORMS}
    for begin in ([before.start()] if before else []) + [start]:
        printed = text[begin:end]
        for form in sorted((form for form in forms if form in printed), key=len, reverse=True):
            if not form and code not in BARE and "分之" not in printed:
                continue
            try:
                said = parse(printed, code, {form: Fraction(_FORMS.get(form, 1))}, row["basis"])
            except JiaokouError:
                continue
            for each in (said, said.declined()) if stated < 0 else (said,):
                if abs(float(each.value) - stated) <= 1e-9 * max(1.0, abs(stated)):
                    return each, form, begin
    if row["state"] == "edited":
        what = f"{FILE}: {row['value']} {row['unit']} does not follow from “{row['printed']}” at {start}"
        raise JiaokouError(f"{what}; correct value, unit, start or end, or reject the row")
    return None


def _observation(text: str, row: Row, section: str, said: Printed, begin: int) -> tuple[Row, Row]:
    """A row's observation and its indicator."""
    code, value = _code(row), float(said.value)
    aside = re.match("高于|低于|快于|慢于|占", row["compared_with"])  # with another place, not another time
    measure = row["kind"] if row["kind"] in ("share", "rank", "count") else _SIZES.get(code, "level")
    if row["kind"] == "growth" and (not aside or value < 0):
        measure = "growth"
    if measure == "share" and not 0 <= value <= 100:
        measure = "level"
    name = row["name"] or row["printed"]
    indicator = f"i_{zlib.crc32(' '.join((section, name, code, measure)).encode()):08x}"
    base = _base(row) if measure == "growth" else ("", "")
    observation = {
        **{column: row[column] for column in ("period_start", "period_end", "basis", "paragraph")},
        "observation": f"o_{begin:06d}",
        "indicator": indicator,
        "entity": _PLACE,
        "period_implied": "false" if row["period_from"] == "printed" else "true",
        "base_start": base[0],
        "base_end": base[1],
        "printed": text[begin : int(row["end"])],
        "qualifier": said.qualifier,
        "value": format_float_positional(value, trim="-"),
        "char_start": begin,
        "char_end": row["end"],
    }
    label = f"{name}增长率" if measure == "growth" and not name.endswith(("增长", "增速", "率")) else name
    described = {
        **dict.fromkeys(("label_zh", "label_en", "definition_zh", "definition_en"), label),
        "indicator": indicator,
        "topic": f"{section}_all",
        "measure": measure,
        "stock_flow": "flow",
        "unit": code,
        "counter_zh": row["unit"] if code == "count" else "",
    }
    return observation, described


def _base(row: Row) -> tuple[str, str]:
    """The period that a growth is on: the year named, or the one of the same length before its own."""
    start, end = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
    if (year := re.search(r"(?:19|20)\d\d", row["compared_with"])) and int(year[0]) < start.year:
        return f"{year[0]}-01-01", f"{year[0]}-12-31"
    if row["compared_with"] == "环比":
        return (start - (end - start) - timedelta(days=1)).isoformat(), (start - timedelta(days=1)).isoformat()
    years = end.year - start.year + 1
    last = min(end.day, 28) if end.month == 2 else end.day
    return start.replace(year=start.year - years).isoformat(), end.replace(year=end.year - years, day=last).isoformat()


def _numeral(text: str, row: Row, reasons: set[str]) -> Row:
    start, end = int(row["start"]), int(row["end"])
    reason = row["reason"] if row["reason"] in reasons else "name" if row["kind"] == "name" else "indefinite"
    where = {"paragraph": row["paragraph"], "char_start": start, "char_end": end}
    return {"numeral": f"n_{start:06d}", "printed": text[start:end], "reason": reason, **where}


def _unit(code: str, printed: str) -> Row:
    if code == "count":
        return {"unit": code, "label_zh": "个数", "label_en": "count"}
    known = next((each for each in units().values() if each.code == code), None)
    zh, en = (known.unit, known.label_en or known.unit) if known else cues()["codes"].get(code, [printed, printed])
    return {"unit": code, "label_zh": zh, "label_en": en, "symbol_zh": zh if known else "", "symbol_en": en}


def _frame(sections: Mapping[str, str], place: str) -> dict[str, list[Row]]:
    """Sections as the text heads them, a topic for each, and the place that the text is about."""
    rows = []
    for position, (heading, code) in enumerate(sections.items(), 1):
        names = dict.fromkeys(("label_zh", "description_zh"), heading or "正文")
        names |= dict.fromkeys(("label_en", "description_en"), heading or "Text")
        rows.append({"section": code, "topic": f"{code}_all", "position": position, **names})
    entity = {"entity": _PLACE, "kind": "jurisdiction", "label_zh": place, "label_en": place}
    return {"sections": rows, "topics": rows, "entities": [entity], "codes-measure": [_LEVEL]}


def _sentences(spans: list[Span], observations: list[Row]) -> list[Row]:
    observed = {holding(spans, row["char_start"]).start for row in observations}
    counted: dict[int, int] = {}
    rows = []
    for span in spans:
        counted[span.paragraph] = number = counted.get(span.paragraph, 0) + 1
        account = "observed" if span.start in observed else "framing"
        where = {"paragraph": span.paragraph, "char_start": span.start, "char_end": span.end}
        rows.append({"sentence": f"p{span.paragraph:02d}s{number}", "account": account, **where})
    return rows


def _describe(folder: Path, content: Json, sections: Iterable[str], title: str, unreviewed: int) -> None:
    """Point observations and milestones to the sections' files, and fill in what is still blank of the release."""
    for resource in content["resources"]:
        if resource["name"] in ("observations", "milestones"):
            files = [f"{resource['name']}/{section}.csv" for section in sections]
            for file in {*paths(resource)} - {*files}:
                (folder / file).unlink(missing_ok=True)
            resource["path"] = files if len(files) > 1 else files[0]
    blanks = {**dict.fromkeys(("title_zh", "title_en", "publisher_zh", "publisher_en"), title), "entity": _PLACE}
    content["release"] |= {key: text for key, text in blanks.items() if not content["release"].get(key)}
    defaults = {"name": "draft", "title": title, "licenses": [{"name": "notspecified"}]}
    content |= {key: value for key, value in defaults.items() if not content.get(key)} | {"unreviewed": unreviewed}
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


_KEPT = {"sections", "indicators", "units", "forms", "entities", "codes-measure"}
"""The tables of which a row that is there already stays as it is; all but the first two keep every row."""


def _write(folder: Path, table: str, rows: list[Row], file: str = "") -> None:
    resource = next(each for each in opened(default_package())["resources"] if each["name"] == table)
    model = schema(default_package(), resource)
    key = model.get("primaryKey", ["form", "unit"])
    name = file or resource["path"]
    found = {tuple(str(row[column]) for column in key): row for row in rows}
    if table in _KEPT:
        for row in _rows(folder, name):
            code = tuple(row[column] for column in key)
            same = code in found and row.get("label_zh") == found[code].get("label_zh")
            if same or (code not in found and table not in ("sections", "indicators")):
                found[code] = row
    out = io.StringIO()
    columns = [column["name"] for column in model["fields"]]
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(found.values())
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(out.getvalue(), encoding="utf-8")


def _rows(folder: Path, file: str) -> list[Row]:
    """The rows of a file of the package, none if it is not there."""
    if not (folder / file).is_file():
        return []
    return list(csv.DictReader(io.StringIO(read(folder / file).decode("utf-8-sig"))))
