"""A draft to a data package: its tables are written from the rows that are not rejected.

Codes are made from what they stand for, so that applying again finds its own rows: labels that were translated by hand
in `indicators.csv`, `sections.csv`, `units.csv` and `entities.csv` stay.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.descriptor import default_package, opened, read, schema
from jiaokou.data.package import open_package
from jiaokou.drafting.draft import FILE
from jiaokou.drafting.layout import Span, holding, sentences
from jiaokou.drafting.tables import ending, units
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import BARE, Printed, parse

Row = dict[str, Any]

_SIZES = {"CNY": "amount", "m2": "area", "ha": "area", "mu": "area", "km2": "area", "m3": "volume", "kW": "power", "MW": "power"}
_LEVEL = ("level", "水平", "level", "以自身单位计的量，不属于其他各类", "A quantity in its own unit that is none of the others")
_ENTITY = "place"


def apply(text: str, rows: pd.DataFrame, folder: Path, title: str) -> list[str]:
    """Write a draft's rows into the package at `folder`, and return what could not be written, a line each.

    A range, and whatever the package's rules cannot read from its characters, is listed among the numerals instead.
    Raises JiaokouError for a row that the package's rules refuse.
    """
    package = _Package(folder)
    spans = sentences(text)
    sections = package.sections(list(dict.fromkeys(span.section for span in spans)))
    numerals: list[Row] = []
    observed: dict[str, list[Row]] = {code: [] for code in sections.values()}
    measured: dict[str, Row] = {}
    used: dict[str, tuple[str, str]] = {}
    left: list[str] = []
    for row in rows.to_dict("records"):
        section = sections[holding(spans, int(row["start"])).section]
        written = None if row["state"] == "rejected" or row["kind"] == "name" else _observation(text, row, section)
        if written is None:
            numerals.append(_numeral(text, row, package))
            if row["state"] != "rejected" and row["kind"] != "name":
                left.append(f"{row['printed']} (characters {row['start']} to {row['end']}): listed as a numeral")
            continue
        observation, indicator, (form, code) = written
        observed[section].append(observation)
        measured.setdefault(indicator["indicator"], indicator)
        used[f"{form} {code}"] = form, code
    package.descriptor(sections.values(), title)
    package.write("indicators", measured.values(), "indicator")
    package.write("units", [_unit(form, code) for form, code in used.values()], "unit", keep=True)
    forms = [{"form": form, "unit": code, "factor": _factor(form)} for form, code in used.values() if form]
    package.write("forms", forms, "form", "unit", keep=True)
    package.write("numerals", numerals, "numeral")
    for section, found in observed.items():
        package.write("observations", found, "observation", file=f"observations/{section}.csv")
        package.write("milestones", [], "milestone", file=f"milestones/{section}.csv", keep=True)
    every = [each for found in observed.values() for each in found]
    package.write("sentences", _sentences(spans, every), "sentence")
    open_package(folder)
    return left


def _factor(form: str) -> str:
    return "10" if form == "成" else "100" if form == "番" else "1"


def _code(row: Mapping[str, Any]) -> str:
    """The code of a row's unit in the package; a compound or unknown one is named after its characters."""
    known = units().get(row["unit"])
    if row["kind"] == "rank":
        return "rank"
    if row["kind"] == "ratio" and not row["unit"]:
        return "ratio"
    if known is not None:
        return known.code
    if not row["unit"]:
        return "percent" if row["kind"] == "share" else "index"
    return f"u_{zlib.crc32(row['unit'].encode()):08x}" if row["kind"] != "count" else "count"


def _reading(row: Mapping[str, Any], text: str, code: str) -> tuple[Printed, str, int] | None:
    """What the package's rules read from a row's characters, the printed form of its unit, and where those begin."""
    start, end = int(row["start"]), int(row["end"])
    stated = float(row["value"])
    decline = ending("direction", "decline").search(text[max(0, start - 12) : start]) if stated < 0 else None
    begins = [start] + ([start - len(decline[0])] if decline else [])
    for begin in reversed(begins):
        printed = text[begin:end]
        for form in _forms(printed, row["unit"]):
            if not form and code not in BARE and "分之" not in printed:
                continue
            try:
                said = parse(printed, code, {form: Fraction(_factor(form))}, row["basis"])
            except JiaokouError:
                continue
            if _same(float(said.value), stated, code, row):
                return said, form, begin
            if row["kind"] == "growth" and _same(-float(said.value), stated, code, row):
                return said.declined(), form, begin
    return None


def _forms(printed: str, unit: str) -> list[str]:
    """How the unit may be spelled in these characters, the longest first."""
    spelled = [form for form, known in units().items() if known.unit == unit and form in printed]
    return sorted({unit, *spelled, *(form for form in ("：1", ":1", "番", "") if form in printed)}, key=len, reverse=True)


def _same(one: float, other: float, code: str, row: Mapping[str, Any]) -> bool:
    scale = 100 if code == "percent" and row["unit"] == "" else 1
    return abs(one - scale * other) <= 1e-9 * max(1.0, abs(one))


def _observation(text: str, row: Row, section: str) -> tuple[Row, Row, tuple[str, str]] | None:
    """A row's observation, its indicator and its unit's form; None for what the package's rules cannot read."""
    code = _code(row)
    if row["value"] == "" or (read := _reading(row, text, code)) is None:
        if row["state"] == "edited" and row["value"]:
            what = f"{FILE}: {row['value']} {row['unit']} does not follow from “{row['printed']}” at {row['start']}"
            raise JiaokouError(f"{what}; correct value, unit, start or end, or reject the row")
        return None
    said, form, begin = read
    aside = re.match("高于|低于|快于|慢于|占", row["compared_with"])  # with another place, not another time
    growth = row["kind"] == "growth" and (not aside or float(said.value) < 0)
    measure = "growth" if growth else row["kind"] if row["kind"] in ("share", "rank", "count") else _SIZES.get(code, "level")
    if measure == "share" and not 0 <= float(said.value) <= 100:
        measure = "level"
    name = row["name"] or row["printed"]
    indicator = f"i_{zlib.crc32(' '.join((section, name, code, measure)).encode()):08x}"
    base = _base(row) if growth else ("", "")
    observation = {
        "observation": f"o_{int(row['start']):06d}",
        "indicator": indicator,
        "entity": _ENTITY,
        "period_start": row["period_start"],
        "period_end": row["period_end"],
        "period_implied": "false" if row["period_from"] == "printed" else "true",
        "base_start": base[0],
        "base_end": base[1],
        "basis": row["basis"] or "actual",
        "printed": text[begin : int(row["end"])],
        "qualifier": said.qualifier,
        "value": f"{float(said.value):.17g}",
        "paragraph": row["paragraph"],
        "char_start": begin,
        "char_end": row["end"],
    }
    described = {
        "indicator": indicator,
        "topic": f"{section}_all",
        "measure": measure,
        "stock_flow": "flow",
        "unit": code,
        "counter_zh": row["unit"] if code == "count" else "",
        **dict.fromkeys(("label_zh", "label_en", "definition_zh", "definition_en"), name),
    }
    return observation, described, (form, code)


def _base(row: Row) -> tuple[str, str]:
    """The period that a growth is on: the year named, or the one of the same length before its own."""
    start, end = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
    if (year := re.search(r"(?:19|20)\d\d", row["compared_with"])) and int(year[0]) < start.year:
        return f"{year[0]}-01-01", f"{year[0]}-12-31"
    before = start - timedelta(days=1)
    years = max(1, end.year - start.year + 1)
    if (start.month, start.day) == (1, 1) and before.year == start.year - 1 and row["compared_with"] != "环比":
        last = date(end.year - years, end.month, min(end.day, 28) if end.month == 2 else end.day)
        return date(start.year - years, 1, 1).isoformat(), last.isoformat()
    return (start - (end - start) - timedelta(days=1)).isoformat(), before.isoformat()


def _numeral(text: str, row: Row, package: _Package) -> Row:
    start, end = int(row["start"]), int(row["end"])
    known = row["reason"] in package.reasons
    return {
        "numeral": f"n_{start:06d}",
        "printed": text[start:end],
        "reason": row["reason"] if known else "name" if row["kind"] == "name" else "indefinite",
        "paragraph": row["paragraph"],
        "char_start": start,
        "char_end": end,
    }


def _unit(form: str, code: str) -> Row:
    known = next((each for each in units().values() if each.code == code), None)
    label = known.unit if known else form.strip() or "数值"
    english = (known.label_en if known else form.strip()) or "number"
    return {"unit": code, "label_zh": label, "label_en": english, "symbol_zh": label, "symbol_en": english}


def _sentences(spans: list[Span], observations: list[Row]) -> list[Row]:
    starts = {id(holding(spans, int(row["char_start"]))) for row in observations}
    counted: dict[int, int] = {}
    rows = []
    for span in spans:
        counted[span.paragraph] = counted.get(span.paragraph, 0) + 1
        rows.append(
            {
                "sentence": f"p{span.paragraph:02d}s{counted[span.paragraph]}",
                "account": "observed" if id(span) in starts else "framing",
                "paragraph": span.paragraph,
                "char_start": span.start,
                "char_end": span.end,
            }
        )
    return rows


class _Package:
    """The files of a package that is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.content = folder, opened(folder)
        self.resources = {resource["name"]: resource for resource in self.content["resources"]}
        self.reasons = {row["code"] for row in self.rows("codes/reason.csv")}

    def rows(self, file: str) -> list[Row]:
        """The rows of a file, none if it is not there."""
        if not (self.folder / file).is_file():
            return []
        return list(csv.DictReader(io.StringIO(read(self.folder / file).decode("utf-8-sig"))))

    def write(self, table: str, rows: Any, *key: str, file: str = "", keep: bool = False) -> None:
        """Write a table's rows, each as it stands in the file already where it does; `keep` those that are not new."""
        resource = self.resources[table]
        columns = [field["name"] for field in schema(default_package(), _model(table))["fields"]]
        name = file or resource["path"]
        old = {tuple(row[column] for column in key): row for row in self.rows(name)}
        fresh = {tuple(str(row[column]) for column in key): row for row in rows}
        kept = old if keep else {}
        by_hand = {each: old[each] for each in fresh if each in old and table in ("indicators", "units", "forms")}
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, lineterminator="\n", restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows((kept | fresh | by_hand).values())
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(out.getvalue(), encoding="utf-8")

    def sections(self, headings: list[str]) -> dict[str, str]:
        """The code of each heading's section; sections, topics, the place and the measure `level` are written."""
        old = {row["label_zh"]: row for row in self.rows("sections.csv")}
        rows, topics = [], []
        codes: dict[str, str] = {}
        for number, heading in enumerate(headings, 1):
            label, code = heading or "正文", f"s{number:02d}"
            english = old.get(label, {}).get("label_en") or heading or "Text"
            described = {"description_zh": label, "description_en": english}
            rows.append({"section": code, "position": number, "label_zh": label, "label_en": english, **described})
            topics.append({"topic": f"{code}_all", **rows[-1]})
            codes[heading] = code
        self.write("sections", rows, "section")
        self.write("topics", topics, "topic")
        if not self.rows("entities.csv"):
            place = self.content["release"].get("publisher_zh") or "本地"
            label = {"label_zh": place, "label_en": self.content["release"].get("publisher_en") or place}
            self.write("entities", [{"entity": _ENTITY, "kind": "jurisdiction", **label}], "entity")
        columns = ("code", "label_zh", "label_en", "definition_zh", "definition_en")
        measures = self.rows("codes/measure.csv")
        if not any(row["code"] == _LEVEL[0] for row in measures):
            out = io.StringIO()
            writer = csv.DictWriter(out, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows([*measures, dict(zip(columns, _LEVEL, strict=True))])
            (self.folder / "codes/measure.csv").write_text(out.getvalue(), encoding="utf-8")
        return codes

    def descriptor(self, sections: Any, title: str) -> None:
        """Point observations and milestones to the sections' files, and fill in what is still blank of the release."""
        for table in ("observations", "milestones"):
            before = self.resources[table]["path"]
            after = [f"{table}/{section}.csv" for section in sections]
            self.resources[table]["path"] = after if len(after) > 1 else after[0]
            for file in [before] if isinstance(before, str) else before:
                if file not in after:
                    (self.folder / file).unlink(missing_ok=True)
        release = self.content["release"]
        blanks = {"title_zh": title, "title_en": title, "publisher_zh": title, "publisher_en": title, "entity": _ENTITY}
        release |= {key: value for key, value in blanks.items() if not release.get(key)}
        self.content["name"] = self.content.get("name") or "draft"
        self.content["title"] = self.content.get("title") or title
        self.content["licenses"] = self.content.get("licenses") or [{"name": "notspecified"}]
        text = json.dumps(self.content, ensure_ascii=False, indent=2) + "\n"
        (self.folder / "datapackage.json").write_text(text, encoding="utf-8")


def _model(table: str) -> Row:
    return next(each for each in opened(default_package())["resources"] if each["name"] == table)
