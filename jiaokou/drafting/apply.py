"""A draft to a data package: its tables are written from the rows that are not rejected.

Codes are made from what they stand for, so that applying again finds its own rows: what was translated or corrected by
hand in `sections.csv`, `indicators.csv`, `units.csv` and `entities.csv` stays.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import pandas as pd

from jiaokou.data.descriptor import Json, codes, default_package, opened, paths, schema
from jiaokou.data.package import open_package
from jiaokou.data.scaffold import table
from jiaokou.drafting.documents import read_table
from jiaokou.drafting.draft import FILE, named, records, undecided
from jiaokou.drafting.layout import Span, holding, sentences
from jiaokou.drafting.observations import (
    CALLED,
    INHERITED,
    PLACE,
    UNTRUE,
    Row,
    claimed,
    indicator,
    is_written,
    known_units,
    observation,
    reading,
)
from jiaokou.errors import JiaokouError
from jiaokou.formats import replace

UNSTATED = {"publisher_zh": "未注明的发布者", "publisher_en": "an unnamed publisher"}
"""What stands for a publisher that nobody has stated."""

_GOVERNMENT = re.compile(r"(?:人民政府|政府|统计局|发展和改革委员会)\Z|People[’']s Government of (?=.)")
_HERE = {"label_zh": "当地", "label_en": "the place itself"}


def apply(text: str, rows: pd.DataFrame, folder: Path) -> list[str]:
    """Write a draft's rows into the package at `folder`, and return what could not be written, a line each.

    A range, and whatever the package's rules cannot read from its characters, is listed among the numerals instead.
    Raises JiaokouError, before anything is written, for what a reviewer wrote that cannot be so.
    """
    content, spans = opened(folder), sentences(text)
    sections = {heading: f"s{number:02d}" for number, heading in enumerate(dict.fromkeys(s.section for s in spans), 1)}
    is_counted = (rows["state"] != "rejected") & (rows["kind"] != "name")
    read = [(row, reading(text, row)) for row in records(rows[is_counted])]
    if untrue := [claimed(row) for row, said in read if said is None and is_written(row)]:
        raise JiaokouError(f"{folder / FILE}: {UNTRUE.format('; '.join(untrue))}")
    left, numerals, observed, indicators, tables = [], records(rows[~is_counted]), [], [], known_units()
    for row, said in read:
        if said is None:
            left.append(f"{named(row)}, which is listed as a numeral")
            numerals.append(row)
            continue
        row["section"] = row["section"] or holding(spans, int(row["start"])).section
        if row["section"] not in sections:
            cure = f"write {' or '.join([*filter(None, sections), 'nothing'])}"
            raise JiaokouError(f"{folder / FILE}: “{row['section']}”, of {named(row)}, heads no section; {cure}")
        if row["qualifier"] not in (said[0].qualifier, row["drafted_qualifier"]):
            left.append(f"“{row['qualifier']}” of {named(row)}, whose characters say “{said[0].qualifier}”")
        indicators.append(indicator(row, sections[row["section"]], float(said[0].value)))
        observed.append(observation(text, row, indicators[-1], *said, content["release"]))
        if row["unit"]:  # one that is not known is called what it is printed as
            unit, called = indicators[-1]["unit"], ("label_zh", "label_en", "symbol_zh", "symbol_en")
            tables["units"].append({"unit": unit, **dict.fromkeys(called, row["unit"])})
            tables["forms"].append({"form": row["unit"], "unit": unit, "factor": "1"})
    reasons = codes(folder, content, "codes-reason")
    tables |= _about(sections, content["release"]) | {
        "indicators": _indicators(folder, content, indicators, observed),
        "numerals": [_numeral(text, row, reasons) for row in numerals],
        "sentences": _sentences(spans, observed),
        "notes": [INHERITED] if any(row["note"] for row in observed) else [],
    }
    for name, listed in tables.items():
        _write(folder, name, listed)
    topics = [row | {"topic": f"{row['section']}_all"} for row in _rows(folder / "sections.csv", ["section"])]
    _write(folder, "topics", topics)  # called as their sections are by now
    for name, listed in (("observations", observed), ("milestones", [])):
        _write_sections(folder, _resource(content, name), sections.values(), listed)
    write_descriptor(folder, content | {"unreviewed": undecided(rows)})
    open_package(folder)
    return left


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
    there = {row["indicator"]: row for row in _rows(folder / "indicators.csv", ["indicator", *CALLED])}
    now = {row["indicator"]: row for row in reversed(drafted)}
    gone = {code: row for code, row in there.items() if code not in now}
    for before, after in _beside(folder, content, observations):
        code, old = after["indicator"], gone.get(before["indicator"])
        if old and code not in there and _is_same(old, now[code]):
            there[code] = gone.pop(before["indicator"])
    found = []
    for code, new in now.items():
        row = there.get(code, new) | {"topic": new["topic"], "counter_zh": new["counter_zh"]}
        if row["indicator"] != code:
            row["stock_flow"] = new["stock_flow"]
            is_untouched = len({row[column] for column in CALLED}) == 1
            row |= {column: new[column] for column in CALLED if is_untouched}
        found.append(row)
    for row in observations:
        row["indicator"] = there.get(row["indicator"], row)["indicator"]
    return found


def _beside(folder: Path, content: Json, observations: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Each observation beside the one that was there of the same characters, in the order of the text."""
    columns = ["indicator", "printed", "char_start"]
    was = [row for file in paths(_resource(content, "observations")) for row in _rows(folder / file, columns)]
    was.sort(key=lambda row: int(row["char_start"]))
    before, after = ([row["printed"] for row in rows] for rows in (was, observations))
    for first, second, size in SequenceMatcher(a=before, b=after).get_matching_blocks():
        yield from zip(was[first : first + size], observations[second : second + size], strict=True)


def _is_same(old: Row, new: Row) -> bool:
    """Whether two indicators measure alike, and no reviewer has told them apart by a name."""
    is_called = any(row.startswith(new["named"]) for row in (old["label_zh"], old["definition_zh"]))
    return is_called and all(old[column] == new[column] for column in ("measure", "unit"))


def _resource(content: Json, name: str) -> Json:
    found: Json = next(resource for resource in content["resources"] if resource["name"] == name)
    return found


def write_descriptor(folder: Path, content: Json) -> None:
    """Save the descriptor of a package."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    replace(folder / "datapackage.json", text.encode())


_KEYS = {"sections": ["section", "description_zh"], "forms": ["form", "unit"]}  # a section's code is its place alone
_KEPT = {"sections", "units", "forms", "entities", "notes", "milestones"}
"""The tables of which a row that is there already stays as it is; of sections, one that the text still has."""


def _write(folder: Path, name: str, rows: Iterable[Row], file: str = "") -> None:
    resource = _resource(opened(default_package()), name)
    model = schema(default_package(), resource)
    where, key = folder / (file or resource["path"]), _KEYS.get(name) or model["primaryKey"]
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        found.setdefault(tuple(str(row[column]) for column in key), row)
    for row in _rows(where, key) if name in _KEPT else ():
        code = tuple(row[column] for column in key)
        if (code in found or name != "sections") and row.get("label_zh") != _HERE["label_zh"]:
            found[code] = row
    replace(where, table(model, found.values()))


def _write_sections(folder: Path, resource: Json, sections: Iterable[str], rows: list[Row]) -> None:
    """Write a table that has a file for each section, and take away those of sections that there are no more."""
    files = {f"{resource['name']}/{section}.csv": section for section in sections}
    for file in {*paths(resource)} - {*files}:
        (folder / file).unlink(missing_ok=True)
    for file, section in files.items():
        _write(folder, resource["name"], [row for row in rows if row["section"] == section], file)
    resource["path"] = [*files]


def _rows(file: Path, columns: Sequence[str]) -> list[Row]:
    """The rows of a file of the package, none if it is not there."""
    return records(read_table(file, columns)[0]) if file.is_file() else []
