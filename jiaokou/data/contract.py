"""Whether a data package keeps the contract; the first fault is raised as one line with file, row, column and cure.

The table contract is the set of schemas in this project's own `datapackage.json`: frictionless checks types, keys,
patterns and references against them. What a schema cannot say (a value follows from its printed characters, a place
lies within the text) is checked here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from jiaokou.data.descriptor import Json, opened, paths, read, schema
from jiaokou.errors import JiaokouError, near
from jiaokou.numbers.intervals import BOUNDS, ends
from jiaokou.numbers.printed import RULES, Printed, forms_of, parse


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


# What a resource may say of its files, and what it must say if it does.
_PLAIN = {"encoding": "utf-8"}
_OTHERWISE = {
    "encoding": "save its files as UTF-8 and write utf-8",
    "dialect": "write plain CSV, with commas and a row of column names, and take it out",
    "compression": "unpack its files and take it out",
}


def check_contract(folder: Path, content: Json, home: Path) -> set[str]:
    """The names of the tables of the package at `home`, each of which this one has to have with the same schema.

    Raises JiaokouError if it has not.
    """
    where, model = folder / "datapackage.json", home / "datapackage.json"
    found = {resource["name"]: schema(folder, resource) for resource in content["resources"]}
    contract = {resource["name"]: schema(home, resource) for resource in opened(home)["resources"]}
    for name, expected in contract.items():
        if name not in found:
            raise JiaokouError(f"{where} has no resource “{name}”; add it as in {model}")
        if found[name] != expected:
            raise JiaokouError(f"{where}: the schema of “{name}” is not the contract's; copy it from {model}")
    for resource in content["resources"]:
        for key, cure in _OTHERWISE.items():
            if str(resource.get(key, _PLAIN.get(key, ""))).lower() != _PLAIN.get(key, ""):
                raise JiaokouError(f"{where}: “{resource['name']}” has {key} “{resource[key]}”; {cure}")
    for key in ("name", "version", "licenses", "release"):
        if not content.get(key):
            raise JiaokouError(f"{where} has no “{key}”; add it as in {model}")
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", str(content["name"])):
        raise JiaokouError(f"{where}: “{content['name']}” is no name; use a to z, 0 to 9, “.”, “_” and “-”")
    licenses = content["licenses"]
    named = isinstance(licenses, list) and all(
        isinstance(each, dict) and isinstance(each.get("name"), str) and each["name"].strip()
        for each in licenses
    )
    if not named:
        raise JiaokouError(f'{where}: “licenses” is no list of names; write it as [{{"name": "CC-BY-4.0"}}]')
    if not isinstance(content["release"], dict):
        raise JiaokouError(f"{where}: “release” is no object; write it as in {model}")
    return set(contract)


# Control characters, characters without width, marks that turn the direction of whatever text comes after them, and
# what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)


def check_characters(folder: Path, content: Json) -> None:
    """Raise JiaokouError for a character that cannot be seen and could change what a reader sees."""
    for text in _texts(content):
        _refuse_unseen(folder / "datapackage.json", text)
    for resource in content["resources"]:
        for name in paths(resource):
            if not _is_utf8(folder / name):  # said with the tables' other faults
                continue
            # Excel's “CSV UTF-8” begins with a mark of its byte order, which everything that reads CSV knows.
            lines = read(folder / name).decode("utf-8-sig").split("\n")
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

    for resource in content["resources"]:
        for name in paths(resource):
            _refuse_what_cannot_follow(folder / name)
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


def _refuse_what_cannot_follow(file: Path) -> None:
    """The files of a table are read one after the other, so that each needs its header and the end of its last line."""
    held = read(file)
    if not held.strip():
        raise JiaokouError(f"{file} is empty; give it its row of column names")
    if not held.endswith((b"\n", b"\r")):
        raise JiaokouError(f"{file}: the last line has no end; end it with a line break")


_CURES = {
    "primary-key": "give each row a code of its own",
    "unique-error": "give each row one of its own",
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
    return f"{where}: {_what_and_cure(folder, content, resource, finding)}"


_POSITION = re.compile("position ([0-9]+)$")
_LIMIT = re.compile('constraint "(\\w+)" is "(.*)"')


def _what_and_cure(folder: Path, content: Json, resource: Json, finding: Json) -> str:
    cell = finding.get("cell")
    match finding["type"]:
        case "foreign-key":
            return _unlisted(folder, content, finding)
        case "type-error":
            kind = finding["note"].partition('"')[2].partition("/")[0]
            return f"“{cell}” is no {kind}; write {_WRITTEN[kind]}"
        case "primary-key" | "unique-error" if other := _POSITION.search(finding["note"]):
            file, line = _file_and_line(folder, resource, int(other[1]))
            key = cell if cell else ", ".join(finding["cells"][: len(schema(folder, resource)["primaryKey"])])
            return f"“{key}” stands in {file}, row {line}, already; {_CURES[finding['type']]}"
        case "constraint-error" if limit := _LIMIT.search(finding["note"]):
            if limit[1] == "required":
                return "there is nothing in it; fill it in"
            if limit[1] == "pattern":
                return f"“{cell}” does not fit the pattern {limit[2]}; write a to z, 0 to 9 and _ alone"
            return f"“{cell}” is not allowed, the {limit[1]} being {limit[2]}; correct it"
    # Some kinds of finding say all in their message, the others repeat the place there.
    what = (finding["note"] or finding["message"]).strip().rstrip(".")
    if "cell" in finding and finding["note"]:
        what = f"“{cell}”: {what}"
    return f"{what}; {_CURES.get(finding['type'], 'see datapackage.json')}"


def _unlisted(folder: Path, content: Json, finding: Json) -> str:
    """A code that is not in the table that it refers to, with those there that come near."""
    code, name = ", ".join(map(str, finding["fieldCells"])), finding["referenceName"]
    target = next((each for each in content["resources"] if each["name"] == name), None)
    if target is None:  # a table that refers to itself
        return f"“{code}” is no {finding['referenceFieldNames'][0]} of this table; correct it, or add a row for it"
    column = [field["name"] for field in schema(folder, target)["fields"]].index(
        finding["referenceFieldNames"][0]
    )
    known = []
    for file in paths(target):
        rows = csv.reader(read(folder / file).decode("utf-8-sig").splitlines())
        known += [row[column] for row in list(rows)[1:] if len(row) > column]
    files = f"{Path(paths(target)[0]).parent.as_posix()}/" if len(paths(target)) > 1 else paths(target)[0]
    return f"“{code}” is not listed in {files}; use a code that is, or add it there{near(code, known)}"


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
    days = ("period_start", "period_end")
    texts = ("title_zh", "title_en", "publisher_zh", "publisher_en", "entity", "sha256", *days)
    blank = [key for key in texts if not isinstance(stated.get(key), str) or not stated[key].strip()]
    if blank:
        raise JiaokouError(f"{where}: no text for {', '.join(f'“{key}”' for key in blank)}; fill it in")
    for key in ("characters", "paragraphs"):
        if type(stated.get(key)) is not int or stated[key] < 1:
            raise JiaokouError(f"{where}: “{key}” is no whole number above 0; count them in the text")
    if not re.fullmatch("[0-9a-f]{64}", stated["sha256"]):
        raise JiaokouError(f"{where}: sha256 is not 64 hexadecimal digits; take it from sha256sum")
    for key in days:
        try:
            date.fromisoformat(stated[key] if _CELLS["date"].fullmatch(stated[key]) else "")
        except ValueError:
            raise JiaokouError(f"{where}: {key} “{stated[key]}” is no date; write it as YYYY-MM-DD") from None
    first, last = (date.fromisoformat(stated[key]) for key in days)
    if last < first:
        raise JiaokouError(f"{where}: the period ends before it starts; exchange the two dates")
    known = {key: stated[key] for key in (*texts, "characters", "paragraphs")}
    return Release(**known | {"period_start": first, "period_end": last})


# How a cell of each type is written; other programs take more for a number, each something else.
_CELLS = {
    "integer": re.compile(r"[+-]?[0-9]{1,15}"),
    "number": re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
_WRITTEN = {
    "integer": "a whole number in the digits 0 to 9",
    "number": "a number in the digits 0 to 9, without separators",
    "date": "a day that there is, as YYYY-MM-DD",
    "boolean": "true or false",
    "string": "text",
}


def check_cells(file: Path, fields: Sequence[Json], frame: pd.DataFrame) -> None:
    """Raise JiaokouError unless the columns of a file and its cells, read as text, are written as a schema asks."""
    wanted = [field["name"] for field in fields]
    if list(frame) != wanted:
        raise JiaokouError(
            f"{file}: the columns are not {','.join(wanted)}; name them so in the first row, with commas between them"
        )
    for field in fields:
        name, kind = field["name"], field["type"]
        for row, cell in enumerate(frame[name], start=2):
            if not isinstance(cell, str):
                continue
            if cell != cell.strip():
                what, cure = f"“{cell}” begins or ends with a space", "take it out"
            elif kind in _CELLS and not _CELLS[kind].fullmatch(cell):
                what, cure = f"“{cell[:40]}” is no {kind}", f"write {_WRITTEN[kind]}"
            else:
                continue
            raise JiaokouError(f"{file}, row {row}, column {name}: {what}; {cure}")


def check_rows(folder: Path, stated: Release, tables: dict[str, pd.DataFrame]) -> None:
    """The rules between columns and tables; raises the first that is broken as JiaokouError.

    On the way observations get `lower` and `upper`, and observations and milestones their `section` and `topic`.
    """
    rows = _Rows(folder, stated, tables)
    rows.release_is_about_an_entity()
    rows.values_follow_from_print()
    rows.periods_fit_what_is_measured()
    rows.derivations_have_names_of_their_own()
    for table in ("observations", "milestones"):
        rows.files_match_sections(table)
    rows.same_works_are_counted_once()
    for table in ("observations", "milestones", "numerals", "sentences"):
        rows.places_lie_in_the_text(table)
    rows.numerals_are_in_no_observation()
    rows.sentences_follow_one_another()
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

    def release_is_about_an_entity(self) -> None:
        known, entity = list(self.tables["entities"]["entity"]), self.release.entity
        if known and entity not in known:  # of a package that is only begun nothing is listed
            raise JiaokouError(
                f"{self.folder / 'datapackage.json'}, release: the entity “{entity}” is not listed in entities.csv; "
                f"add it there, or use a code that is{near(entity, known)}"
            )

    def values_follow_from_print(self) -> None:
        observations = self.tables["observations"]
        indicators: dict[str, Any] = {
            row["indicator"]: row for row in self.tables["indicators"].to_dict("records")
        }
        forms = forms_of(self.tables["forms"][["form", "unit", "factor"]].itertuples(index=False))
        bounds = []
        for _, row in observations.iterrows():
            unit, measure = (indicators[row["indicator"]][column] for column in ("unit", "measure"))
            try:
                said = parse(row["printed"], unit, forms.get(unit, {}), row["basis"])
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
            bounds.append(_natural(said, measure))
        found = pd.DataFrame(bounds, columns=list(BOUNDS), index=observations.index).astype(BOUNDS)
        observations[list(BOUNDS)] = found

    def periods_fit_what_is_measured(self) -> None:
        """A stock stands at a date, a growth is on a base, and whoever gives no year for a value gives none at all."""
        indicators = self.tables["indicators"].set_index("indicator")
        for _, row in self.tables["observations"].iterrows():
            measured = indicators.loc[row["indicator"]]
            start, end, base, base_end = (
                row[f"{of}_{at}"] for of in ("period", "base") for at in ("start", "end")
            )
            if pd.isna(start) != pd.isna(end):
                self.fail(
                    row, "period_end", "one day of the period is missing", "fill in both days, or neither"
                )
            if pd.isna(start) and row["period_implied"]:
                self.fail(
                    row, "period_implied", "there is no period to be implied", "fill it in, or write false"
                )
            if end < start:
                self.fail(row, "period_end", "the period ends before it starts", "exchange the two dates")
            if measured["stock_flow"] == "stock" and start != end and not pd.isna(start):
                what = f"“{row['indicator']}” is a stock, which stands at a date, not from {start:%F} to {end:%F}"
                self.fail(row, "period_start", what, f"write {end:%F}, or make the indicator a flow")
            if (measured["measure"] == "growth") == (pd.isna(base) or pd.isna(base_end)):
                what, cure = "a growth needs the period that it is on", "fill in base_start and base_end"
                if measured["measure"] != "growth":
                    what, cure = "only a growth has a base period", "empty base_start and base_end"
                self.fail(row, "base_start", what, cure)
            if not pd.isna(base) and (base_end < base or start <= base_end):
                self.fail(row, "base_end", "the base does not lie before the period", "correct the dates")

    def same_works_are_counted_once(self) -> None:
        """`same_as` names a milestone of the same section that is counted itself."""
        milestones = self.tables["milestones"]
        counted = milestones[milestones["same_as"].isna()].set_index("milestone")["section"].to_dict()
        for row in milestones[milestones["same_as"].notna()].to_dict("records"):
            if counted.get(row["same_as"]) != row["section"]:
                what = f"“{row['same_as']}” is not counted itself, or not in this section"
                self.fail(row, "same_as", what, "name the milestone that is counted")

    def files_match_sections(self, table: str) -> None:
        """observations/economy.csv holds the topics of the section economy alone."""
        frame, column = self.tables[table], "topic"
        if table == "observations":
            column = "indicator"
            frame["topic"] = frame["indicator"].map(self.tables["indicators"].set_index("indicator")["topic"])
        frame["section"] = frame["topic"].map(self.tables["topics"].set_index("topic")["section"])
        for _, row in frame.iterrows():
            if Path(row["_file"]).stem != row["section"]:
                what, place = f"“{row[column]}” belongs to {row['section']}", f"{table}/{row['section']}.csv"
                cure = f"move the row to {place}"
                if not (self.folder / place).exists():
                    cure += f", and name that file in the path of {table} in datapackage.json"
                self.fail(row, column, what, cure)

    def places_lie_in_the_text(self, table: str) -> None:
        for _, row in self.tables[table].iterrows():
            start, end = row["char_start"], row["char_end"]
            if not 0 <= start < end <= self.release.characters:
                what = f"{start} to {end} is no place in a text of {self.release.characters} characters"
                self.fail(row, "char_start", what, "correct char_start and char_end")
            if row["paragraph"] > self.release.paragraphs:
                self.fail(
                    row, "paragraph", f"the text has {self.release.paragraphs} paragraphs", "correct it"
                )
            if "printed" in row and len(row["printed"]) != end - start:
                what = f"“{row['printed']}” is {len(row['printed'])} characters long, its place {end - start}"
                self.fail(
                    row, "char_end", what, f"write {start + len(row['printed'])}, or correct char_start"
                )

    def numerals_are_in_no_observation(self) -> None:
        """What is a quantity is not also listed as none."""
        taken: dict[int, str] = {}
        for row in self.tables["observations"].to_dict("records"):
            taken |= dict.fromkeys(range(row["char_start"], row["char_end"]), row["observation"])
        for row in self.tables["numerals"].to_dict("records"):
            if row["char_start"] in taken:
                what = f"the numeral stands in the observation “{taken[row['char_start']]}”"
                self.fail(row, "char_start", what, "take it out here, or correct one of the places")

    def derivations_have_names_of_their_own(self) -> None:
        """Sentences name both by their codes alone."""
        observed = set(self.tables["observations"]["observation"])
        for row in self.tables["derivations"].to_dict("records"):
            if row["derived"] in observed:
                self.fail(
                    row, "derived", f"“{row['derived']}” is an observation's code", "choose another one"
                )

    def sentences_follow_one_another(self) -> None:
        """No two sentences share a character, and their paragraphs do not run backwards."""
        before: dict[Any, Any] = {}
        for row in self.tables["sentences"].sort_values("char_start", kind="stable").to_dict("records"):
            if before and row["char_start"] < before["char_end"]:
                what = f"the sentence starts before “{before['sentence']}” ends"
                self.fail(
                    row,
                    "char_start",
                    what,
                    f"write {before['char_end']} or more, or correct the end of the other",
                )
            if before and row["paragraph"] < before["paragraph"]:
                what = f"the paragraph is before that of “{before['sentence']}”, which the text has earlier"
                self.fail(row, "paragraph", what, "correct it")
            before = row

    def sentences_are_what_they_hold(self) -> None:
        """A sentence is observed if an observation starts in it, else a milestone, else framing."""
        sentences = self.tables["sentences"]
        edges = list(zip(sentences["char_start"], sentences["char_end"], strict=True))
        held: list[set[int]] = []
        for name in ("observations", "milestones"):
            held.append(set())
            for row in self.tables[name].to_dict("records"):
                inside = [
                    number for number, (start, end) in enumerate(edges) if start <= row["char_start"] < end
                ]
                if not inside:
                    what = f"no sentence of sentences.csv holds the place {row['char_start']}"
                    self.fail(row, "char_start", what, "correct it, or add the sentence there")
                if row["char_end"] > edges[inside[0]][1]:
                    what = (
                        f"{row['char_end']} lies outside of the sentence, which ends at {edges[inside[0]][1]}"
                    )
                    self.fail(row, "char_end", what, "correct it, or the sentence's end")
                held[-1].update(inside)
        for number, row in enumerate(sentences.to_dict("records")):
            account = "observed" if number in held[0] else "milestone" if number in held[1] else "framing"
            if row["account"] != account:
                what = f"“{row['account']}”, but by what starts in it the sentence is {account}"
                self.fail(row, "account", what, f"write {account}, or add what it states")


def _natural(said: Printed, measure: str) -> dict[str, float | bool | None]:
    """Bounds of a number rounded to the nearest; a share lies between 0 and 100 whatever its rounding allows."""
    bounds = said.interval(RULES[0])
    if measure == "share" and (bounds.low is None or bounds.low < 0):
        bounds = replace(bounds, low=0, low_open=False)
    if measure == "share" and (bounds.high is None or bounds.high > 100):
        bounds = replace(bounds, high=100, high_open=False)
    return ends(bounds)
