"""Whether a data package keeps the contract; the first fault is raised as one line with file, row, column and cure.

The table contract is the set of schemas in this project's own `datapackage.json`: frictionless checks types, keys,
patterns and references against them. What a schema cannot say (a value follows from its printed characters, a place
lies within the text) is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from jiaokou import precision
from jiaokou.descriptor import Json, opened, paths, read, schema
from jiaokou.errors import JiaokouError


@dataclass(frozen=True)
class Release:
    """The publisher's document: its titles, publisher and period, and what identifies its text."""

    title_zh: str
    title_en: str
    publisher_zh: str
    publisher_en: str
    entity: str
    sha256: str
    period_start: date
    period_end: date
    characters: int
    paragraphs: int


def check_contract(folder: Path, content: Json, home: Path) -> None:
    """Raise JiaokouError unless the package has the tables of the one at `home`, each with the same schema."""
    where, model = folder / "datapackage.json", home / "datapackage.json"
    found = {resource["name"]: schema(folder, resource) for resource in content["resources"]}
    for resource in opened(home)["resources"]:
        name = resource["name"]
        if name not in found:
            raise JiaokouError(f"{where} has no resource “{name}”; add it as in {model}")
        if found[name] != schema(home, resource):
            raise JiaokouError(f"{where}: the schema of “{name}” is not the contract's; copy it from {model}")
    for key in ("name", "version", "licenses", "release"):
        if not content.get(key):
            raise JiaokouError(f"{where} has no “{key}”; add it as in {model}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", str(content["name"])):
        raise JiaokouError(f"{where}: “{content['name']}” is no name; use a to z, 0 to 9, “.”, “_” and “-”")


# Control characters, and marks that turn the direction of whatever text comes after them.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def check_characters(folder: Path, content: Json) -> None:
    """Raise JiaokouError for a character that cannot be seen and could change what a reader sees."""
    for text in _texts(content):
        _refuse_unseen(folder / "datapackage.json", text)
    for resource in content["resources"]:
        for name in paths(resource):
            if not _is_utf8(folder / name):  # said with the tables' other faults
                continue
            lines = read(folder / name).decode("utf-8").split("\n")
            for number, line in enumerate(lines, start=1):
                _refuse_unseen(folder / name, line, f", row {number}")


def _refuse_unseen(file: Path, text: str, where: str = "") -> None:
    if found := _UNSEEN.search(text):
        raise JiaokouError(f"{file}{where}: an invisible character (U+{ord(found[0]):04X}); take it out")


def _texts(value: Any) -> Iterator[str]:
    """All texts in a descriptor, keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def check_tables(folder: Path, content: Json) -> None:
    """Types, keys, constraints and references, as frictionless finds them; raises the first as JiaokouError."""
    # Heavy, and needed only when a package is opened.
    from frictionless import FrictionlessException
    from frictionless import Package as Frictionless

    try:
        report = Frictionless(content, basepath=str(folder)).validate()
    except FrictionlessException as error:  # a descriptor that it refuses outright
        raise JiaokouError(
            f"{folder / 'datapackage.json'}: {error}; see datapackage.org for its form"
        ) from None
    for task in report.tasks:
        for finding in task.errors:
            raise JiaokouError(_as_one_line(folder, content, task.name, finding.to_descriptor()))
    for finding in report.errors:
        raise JiaokouError(f"{folder / 'datapackage.json'}: {finding.note}; see datapackage.org for its form")


_CURES = {
    "foreign-key": "use a code that is listed there, or add it there",
    "primary-key": "give each row a code of its own",
    "type-error": "write it in the type of its column",
    "constraint-error": "see the column in datapackage.json",
    "encoding-error": "save the file as UTF-8",
    "missing-label": "add the column",
    "extra-label": "take the column out",
    "incorrect-label": "name and order the columns as in datapackage.json",
    "missing-cell": "fill in every column",
    "extra-cell": "take the cell out, or quote a cell that holds a comma",
    "blank-row": "take the empty row out",
}


def _as_one_line(folder: Path, content: Json, name: str, finding: Json) -> str:
    """A finding of frictionless about a resource: file, row, column, what, and the cure."""
    resource = next(r for r in content["resources"] if r["name"] == name)
    file, line = _file_and_line(folder, resource, finding.get("rowNumber"))
    if finding["type"] == "encoding-error":
        file = next((f for f in paths(resource) if not _is_utf8(folder / f)), file)
    column = finding.get("fieldName") or ", ".join(finding.get("fieldNames", []))
    where = str(folder / file) + (f", row {line}" if line else "") + (f", column {column}" if column else "")
    # Some kinds of finding say all in their message, the others repeat the place there.
    what = (finding["note"] or finding["message"]).strip().rstrip(".")
    if "cell" in finding and finding["note"]:
        what = f"“{finding['cell']}”: {what}"
    return f"{where}: {what}; {_CURES.get(finding['type'], 'see datapackage.json')}"


def _file_and_line(folder: Path, resource: Json, row: int | None) -> tuple[str, int | None]:
    """Where a row stands that is counted over all files of a resource, without the headers after the first."""
    *earlier, last = paths(resource)
    for path in earlier:
        length = len(read(folder / path).splitlines())
        if row is None or row <= length:
            return path, row
        row -= length - 1
    return last, row


def _is_utf8(file: Path) -> bool:
    try:
        read(file).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def release(folder: Path, content: Json) -> Release:
    """The release's metadata. Raises JiaokouError for what is missing or wrong in it."""
    stated, where = content["release"], f"{folder / 'datapackage.json'}, release"
    texts = (
        "title_zh",
        "title_en",
        "publisher_zh",
        "publisher_en",
        "entity",
        "sha256",
        "period_start",
        "period_end",
    )
    for key in texts:
        if not isinstance(stated.get(key), str) or not stated[key]:
            raise JiaokouError(f"{where}: no text for “{key}”; add it")
    for key in ("characters", "paragraphs"):
        if not isinstance(stated.get(key), int) or stated[key] < 1:
            raise JiaokouError(f"{where}: “{key}” is no whole number above 0; count them in the text")
    if not re.fullmatch("[0-9a-f]{64}", stated["sha256"]):
        raise JiaokouError(f"{where}: sha256 is not 64 hexadecimal digits; take it from sha256sum")
    try:
        days = {key: date.fromisoformat(stated[key]) for key in ("period_start", "period_end")}
    except ValueError:
        raise JiaokouError(f"{where}: a period is not written YYYY-MM-DD; correct it") from None
    return Release(**{key: stated[key] for key in (*texts, "characters", "paragraphs")} | days)


def check_rows(folder: Path, stated: Release, tables: dict[str, pd.DataFrame]) -> None:
    """The rules between columns and tables; raises the first that is broken as JiaokouError.

    On the way observations get `lower` and `upper`, and observations and milestones their `section` and `topic`.
    """
    rows = _Rows(folder, stated, tables)
    rows.values_follow_from_print()
    for table in ("observations", "milestones"):
        rows.files_match_sections(table)
    for table in ("observations", "milestones", "numerals", "sentences"):
        rows.places_lie_in_the_text(table)
    rows.sentences_are_what_they_hold()


@dataclass
class _Rows:
    folder: Path
    release: Release
    tables: dict[str, pd.DataFrame]

    def fail(self, row: Any, column: str, what: str, cure: str) -> NoReturn:
        raise JiaokouError(
            f"{self.folder / row['_file']}, row {row['_line']}, column {column}: {what}; {cure}"
        )

    def values_follow_from_print(self) -> None:
        observations = self.tables["observations"]
        indicators: dict[str, Any] = {
            row["indicator"]: row for row in self.tables["indicators"].to_dict("records")
        }
        forms: dict[str, dict[str, Fraction]] = {}
        for form in self.tables["forms"].to_dict("records"):
            forms.setdefault(form["unit"], {})[form["form"]] = Fraction(str(form["factor"]))
        bounds = []
        for _, row in observations.iterrows():
            unit, measure = (indicators[row["indicator"]][column] for column in ("unit", "measure"))
            try:
                said = precision.parse(row["printed"], unit, forms.get(unit, {}))
            except JiaokouError as error:
                self.fail(
                    row, "printed", str(error), "print it as the text does, or add its form to forms.csv"
                )
            if Fraction(str(row["value"])) != said.value:
                what = f"{row['value']:.12g} does not follow from “{row['printed']}”"
                self.fail(row, "value", what, f"write {float(said.value):.12g}")
            if row["qualifier"] != said.qualifier:
                what = f"“{row['printed']}” says {said.qualifier}, not {row['qualifier']}"
                self.fail(row, "qualifier", what, f"write {said.qualifier}, or print the qualifying word")
            if row["period_end"] < row["period_start"]:
                self.fail(row, "period_end", "the period ends before it starts", "exchange the two dates")
            bounds.append(_natural(said, measure))
        observations["lower"] = pd.array([lower for lower, _ in bounds], dtype="Float64")
        observations["upper"] = pd.array([upper for _, upper in bounds], dtype="Float64")

    def files_match_sections(self, table: str) -> None:
        """observations/economy.csv holds the topics of the section economy alone."""
        frame, column = self.tables[table], "topic"
        if table == "observations":
            column = "indicator"
            frame["topic"] = frame["indicator"].map(self.tables["indicators"].set_index("indicator")["topic"])
        frame["section"] = frame["topic"].map(self.tables["topics"].set_index("topic")["section"])
        for _, row in frame.iterrows():
            if Path(row["_file"]).stem != row["section"]:
                what = f"“{row[column]}” belongs to {row['section']}"
                self.fail(row, column, what, f"move the row to {table}/{row['section']}.csv")

    def places_lie_in_the_text(self, table: str) -> None:
        for _, row in self.tables[table].iterrows():
            start, end = row["start"], row["end"]
            if not 0 <= start < end <= self.release.characters:
                what = f"{start} to {end} is no place in a text of {self.release.characters} characters"
                self.fail(row, "start", what, "correct start and end")
            if row["paragraph"] > self.release.paragraphs:
                self.fail(
                    row, "paragraph", f"the text has {self.release.paragraphs} paragraphs", "correct it"
                )
            if "printed" in row and len(row["printed"]) != end - start:
                what = f"“{row['printed']}” is {len(row['printed'])} characters long, its place {end - start}"
                self.fail(row, "end", what, f"write {start + len(row['printed'])}, or correct start")

    def sentences_are_what_they_hold(self) -> None:
        """A sentence is observed if an observation starts in it, else a milestone, else framing."""
        sentences = self.tables["sentences"]
        edges = list(zip(sentences["start"], sentences["end"], strict=True))
        held: list[set[int]] = []
        for name in ("observations", "milestones"):
            held.append(set())
            for _, row in self.tables[name].iterrows():
                inside = [number for number, (start, end) in enumerate(edges) if start <= row["start"] < end]
                if not inside:
                    self.fail(
                        row, "start", f"no sentence holds {row['start']}", "correct it, or add the sentence"
                    )
                held[-1].update(inside)
        for number, (_, row) in enumerate(sentences.iterrows()):
            account = "observed" if number in held[0] else "milestone" if number in held[1] else "framing"
            if row["account"] != account:
                what = f"“{row['account']}”, but by what starts in it the sentence is {account}"
                self.fail(row, "account", what, f"write {account}, or add what it states")


def _natural(said: precision.Printed, measure: str) -> tuple[float | None, float | None]:
    """Bounds as floats; a share lies between 0 and 100 whatever its rounding or qualifier allows."""
    lower, upper = said.lower, said.upper
    if measure == "share":
        lower, upper = (
            max(Fraction(0), lower or Fraction(0)),
            Fraction(100) if upper is None else min(upper, Fraction(100)),
        )
    return (None if lower is None else float(lower), None if upper is None else float(upper))
