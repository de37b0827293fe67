"""Whether a data package keeps the contract; the first fault is raised as one line with file, row, column and cure.

The table contract is the set of schemas in this project's own `datapackage.json`, against which `jiaokou.data.schema`
checks types, keys, patterns and references. What a schema cannot say (a value follows from its printed characters, a
place lies within the text) is checked here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from jiaokou.data.descriptor import Json, opened, schema
from jiaokou.data.schema import check_characters
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
        isinstance(each, dict) and isinstance(each.get("name"), str) and each["name"].strip() for each in licenses
    )
    if not named:
        raise JiaokouError(f'{where}: “licenses” is no list of names; write it as [{{"name": "CC-BY-4.0"}}]')
    if not isinstance(content["release"], dict):
        raise JiaokouError(f"{where}: “release” is no object; write it as in {model}")
    return set(contract)


def check_texts(folder: Path, value: Any) -> None:
    """Raise JiaokouError for an invisible character in a text of the descriptor, keys aside."""
    if isinstance(value, str):
        check_characters(folder / "datapackage.json", value)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            check_texts(folder, each)


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
            day = str(date.fromisoformat(stated[key]))
        except ValueError:
            day = ""
        if day != stated[key]:  # 2021-W01-1 is a day too
            raise JiaokouError(f"{where}: {key} “{stated[key]}” is no date; write it as YYYY-MM-DD")
    first, last = (date.fromisoformat(stated[key]) for key in days)
    if last < first:
        raise JiaokouError(f"{where}: the period ends before it starts; exchange the two dates")
    known = {key: stated[key] for key in (*texts, "characters", "paragraphs")}
    return Release(**known | {"period_start": first, "period_end": last})


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
    read: dict[str, list[Any]] = field(default_factory=dict)

    def rows(self, table: str) -> list[Any]:
        """A table's rows as they were before anything was joined to them."""
        if table not in self.read:
            self.read[table] = self.tables[table].to_dict("records")
        return self.read[table]

    def fail(self, row: Any, column: str, what: str, cure: str) -> NoReturn:
        raise JiaokouError(f"{self.folder / row['_file']}, row {row['_line']}, column {column}: {what}; {cure}")

    def release_is_about_an_entity(self) -> None:
        known, entity = list(self.tables["entities"]["entity"]), self.release.entity
        if known and entity not in known:  # of a package that is only begun nothing is listed
            raise JiaokouError(
                f"{self.folder / 'datapackage.json'}, release: the entity “{entity}” is not listed in entities.csv; "
                f"add it there, or use a code that is{near(entity, known)}"
            )

    def values_follow_from_print(self) -> None:
        observations = self.tables["observations"]
        indicators = {row["indicator"]: row for row in self.rows("indicators")}
        forms = forms_of(self.tables["forms"][["form", "unit", "factor"]].itertuples(index=False))
        bounds = []
        for row in self.rows("observations"):
            unit, measure = (indicators[row["indicator"]][column] for column in ("unit", "measure"))
            try:
                said = parse(row["printed"], unit, forms.get(unit, {}), row["basis"])
            except JiaokouError as error:
                self.fail(row, "printed", str(error), "print it as the text does, or add its form to forms.csv")
            if measure == "growth" and row["value"] < 0 < said.value:  # the word stands before a list: 分别下降3%、2%
                said = said.declined()
            if float(row["value"]) != float(said.value):
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
        indicators = {row["indicator"]: row for row in self.rows("indicators")}
        for row in self.rows("observations"):
            measured = indicators[row["indicator"]]
            start, end, base, base_end = (row[f"{of}_{at}"] for of in ("period", "base") for at in ("start", "end"))
            if pd.isna(start) != pd.isna(end):
                self.fail(row, "period_end", "one day of the period is missing", "fill in both days, or neither")
            if pd.isna(start) and row["period_implied"]:
                self.fail(row, "period_implied", "there is no period to be implied", "fill it in, or write false")
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
        files = frame["_file"].map(lambda file: Path(file).stem)
        for row in frame[files != frame["section"]].to_dict("records"):
            what, place = f"“{row[column]}” belongs to {row['section']}", f"{table}/{row['section']}.csv"
            cure = f"move the row to {place}"
            if not (self.folder / place).exists():
                cure += f", and name that file in the path of {table} in datapackage.json"
            self.fail(row, column, what, cure)

    def places_lie_in_the_text(self, table: str) -> None:
        for row in self.rows(table):
            start, end = row["char_start"], row["char_end"]
            if not 0 <= start < end <= self.release.characters:
                what = f"{start} to {end} is no place in a text of {self.release.characters} characters"
                self.fail(row, "char_start", what, "correct char_start and char_end")
            if row["paragraph"] > self.release.paragraphs:
                self.fail(row, "paragraph", f"the text has {self.release.paragraphs} paragraphs", "correct it")
            if "printed" in row and len(row["printed"]) != end - start:
                what = f"“{row['printed']}” is {len(row['printed'])} characters long, its place {end - start}"
                self.fail(row, "char_end", what, f"write {start + len(row['printed'])}, or correct char_start")

    def numerals_are_in_no_observation(self) -> None:
        """What is a quantity is not also listed as none."""
        taken: dict[int, str] = {}
        for row in self.rows("observations"):
            taken |= dict.fromkeys(range(row["char_start"], row["char_end"]), row["observation"])
        for row in self.rows("numerals"):
            if row["char_start"] in taken:
                what = f"the numeral stands in the observation “{taken[row['char_start']]}”"
                self.fail(row, "char_start", what, "take it out here, or correct one of the places")

    def derivations_have_names_of_their_own(self) -> None:
        """Sentences name both by their codes alone."""
        observed = set(self.tables["observations"]["observation"])
        for row in self.rows("derivations"):
            if row["derived"] in observed:
                self.fail(row, "derived", f"“{row['derived']}” is an observation's code", "choose another one")

    def sentences_follow_one_another(self) -> None:
        """No two sentences share a character, and their paragraphs do not run backwards."""
        before: dict[Any, Any] = {}
        for row in sorted(self.rows("sentences"), key=itemgetter("char_start")):
            if before and row["char_start"] < before["char_end"]:
                what = f"the sentence starts before “{before['sentence']}” ends"
                self.fail(
                    row, "char_start", what, f"write {before['char_end']} or more, or correct the end of the other"
                )
            if before and row["paragraph"] < before["paragraph"]:
                what = f"the paragraph is before that of “{before['sentence']}”, which the text has earlier"
                self.fail(row, "paragraph", what, "correct it")
            before = row

    def sentences_are_what_they_hold(self) -> None:
        """A sentence is observed if an observation starts in it, else a milestone, else framing."""
        sentences = sorted(self.rows("sentences"), key=itemgetter("char_start"))
        starts = [sentence["char_start"] for sentence in sentences]
        held: dict[str, str] = {}
        for name, account in (("observations", "observed"), ("milestones", "milestone")):
            for row in self.rows(name):
                # The last sentence that starts there or before.
                place = bisect_right(starts, row["char_start"]) - 1
                if place < 0 or row["char_start"] >= sentences[place]["char_end"]:
                    what = f"no sentence of sentences.csv holds the place {row['char_start']}"
                    self.fail(row, "char_start", what, "correct it, or add the sentence there")
                if row["char_end"] > (end := sentences[place]["char_end"]):
                    what = f"{row['char_end']} lies outside of the sentence, which ends at {end}"
                    self.fail(row, "char_end", what, "correct it, or the sentence's end")
                held.setdefault(sentences[place]["sentence"], account)
        for row in self.rows("sentences"):
            if row["account"] != (account := held.get(row["sentence"], "framing")):
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
