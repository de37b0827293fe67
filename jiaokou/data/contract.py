"""Whether a data package keeps the contract; its faults are raised with file, row, column and cure.

The table contract is the set of schemas in this project's own `datapackage.json`, against which `jiaokou.data.schema`
checks types, keys, patterns and references. What a schema cannot say (a value follows from its printed characters, a
place lies within the text) is checked here.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.descriptor import Json, opened, schema
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.schema import TYPES, Fault, cell_faults, in_first_language, told
from jiaokou.errors import JiaokouError, check_none, near
from jiaokou.numbers.printed import Printed, forms_of, parse


@dataclass(frozen=True)
class Release:
    """The publisher's document: its titles, publisher and period, and what identifies its text.

    `place` is the division code that the National Bureau of Statistics gives the place, or "".
    """

    title_zh: str
    title_en: str
    publisher_zh: str
    publisher_en: str
    entity: str
    sha256: str = field(metadata={"type": "digest"})
    period_start: date
    period_end: date
    characters: int = field(metadata={"constraints": {"required": True, "minimum": 1}})
    paragraphs: int = field(metadata={"constraints": {"required": True, "minimum": 1}})
    place: str = field(default="", metadata={"type": "place", "constraints": {}})


_TYPES: Mapping[Any, str] = {str: "string", date: "date", int: "integer"}  # how a schema calls the fields' types


def check_descriptor(folder: Path, content: Json, home: Path) -> Release:
    """The release's metadata. Raises JiaokouError for what is missing or wrong in a descriptor.

    It has to have every table of the package at `home`, with the same schema, but need not have `core`.
    """
    faults = chain(_unlike(folder, content, home), _untrue(content))
    check_none(f"{folder / 'datapackage.json'}{what}" for what in faults)
    cells = _cells(content)
    return Release(**{each.name: TYPES[_TYPES[each.type]][1](cells[each.name]) for each in fields(Release)})


def _unlike(folder: Path, content: Json, home: Path) -> Iterator[str]:
    """The tables of a descriptor that are not as the contract asks, with the cure."""
    found, model = {resource["name"]: resource for resource in content["resources"]}, home / "datapackage.json"
    for expected in opened(home)["resources"]:
        name = expected["name"]
        if name not in found and name != "core":
            yield f" has no resource “{name}”; add it as in {model}"
        elif name in found and schema(folder, found[name]) != schema(home, expected):
            yield f": the schema of “{name}” is not the contract's; copy it from {model}"


def _untrue(content: Json) -> Iterator[str]:
    """What a descriptor does not say, or wrongly, with the cure; its facts are checked like the cells of a table."""
    try:
        licensed = [each["name"].strip() for each in content["licenses"]]
    except (AttributeError, KeyError, TypeError):
        licensed = []
    if not (licensed and all(licensed)):
        yield ': “licenses” is no list of names; write it as [{"name": "CC-BY-4.0"}]'
    if not all(lang in LANGUAGES for lang in _spoken(content)):
        yield f": “languages” is no list of {' and '.join(LANGUAGES)}; write those of its labels, or leave it out"
    required = {"constraints": {"required": True}}
    for key, kind in (("name", "name"), ("version", "string")):
        faults = cell_faults([str(content.get(key) or "")], {"type": kind, **required})
        yield from (f", {key}: {what}" for _, what in faults)
    cells = _cells(content)
    for each in fields(Release):
        faults = cell_faults([cells[each.name]], {"type": _TYPES[each.type], **required, **each.metadata})
        yield from (f", release, {each.name}: {what}" for _, what in faults)
    if "" < cells["period_end"] < cells["period_start"]:
        yield ", release: the period ends before it starts; exchange the two dates"


def _cells(content: Json) -> dict[str, str]:
    """A release as a row of a table."""
    stated = content.get("release")
    facts = stated if isinstance(stated, dict) else {}
    cells = {each.name: str(facts.get(each.name) or "") for each in fields(Release)}
    in_first_language([cells], cells, _spoken(content))
    return cells


def _spoken(content: Json) -> list[Any]:
    """The languages that a descriptor states, all where it states none; one that there is not where it has no list."""
    spoken = content.get("languages") or [*LANGUAGES]
    return spoken if isinstance(spoken, list) else [""]


_RULES = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))["rule"]


def check_rows(folder: Path, stated: Release, tables: Mapping[str, pd.DataFrame]) -> dict[str, Printed]:
    """Raise FaultsError for rows that break the rules between columns and tables (`rules.toml`).

    Observations are joined to their indicators, and they and the milestones to their topics. Returned is what the
    characters of each observation say.
    """
    known = tables["entities"]["entity"].to_list()
    if known and stated.entity not in known:  # of a package that is only begun nothing is listed
        raise JiaokouError(
            f"{folder / 'datapackage.json'}, release: the entity “{stated.entity}” is not listed in entities.csv; "
            f"add it there, or use a code that is{near(stated.entity, known)}"
        )
    found = _with_facts(tables)
    check_none(told(folder, _broken(stated, found)))
    return dict(zip(found["observations"]["observation"], found["observations"]["read"], strict=True))


def _broken(stated: Release, tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """Each row that breaks a rule, the column to look at, and what is wrong with the cure."""
    days = {"first_day": pd.Timestamp(stated.period_start), "last_day": pd.Timestamp(stated.period_end)}
    names: dict[str, Any] = {**tables, **days, "release": stated}
    for rule in _RULES:
        for frame in (tables[name] for name in rule["tables"]):
            breaks: Any = pd.eval(rule["breaks"], engine="python", resolvers=[dict(frame.items()), names])
            for row in frame[breaks].to_dict("records") if breaks.any() else ():
                yield row, rule["column"], rule["says"].format_map(row | {"release": stated})


def _with_facts(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with the columns that the rules ask for besides their own."""
    observations = tables["observations"].join(_read(tables["observations"], tables["forms"]))
    milestones, numerals, sentences = (tables[name].copy() for name in ("milestones", "numerals", "sentences"))
    counted = milestones[milestones["same_as"].isna()].set_index("milestone")["section"]
    milestones["counted_in"] = milestones["same_as"].map(counted)
    places = observations[["observation", "char_start", "char_end"]].itertuples(index=False)
    numerals["taken_by"] = numerals["char_start"].map(
        {place: code for code, start, end in places for place in range(start, end)}
    )
    for frame in (observations, numerals):
        frame["length"] = frame["printed"].str.len().astype("Int64")
        frame["right_end"] = frame["char_start"] + frame["length"]
    ordered = sentences.sort_values("char_start")
    sentences = sentences.join(ordered[["sentence", "char_end", "paragraph"]].shift().add_suffix("_before"))
    sentences["held"] = "framing"
    for frame, account in ((milestones, "milestone"), (observations, "observed")):
        frame["stem"] = frame["_file"].map({file: Path(file).stem for file in frame["_file"].unique()})
        # The last sentence that starts there or before.
        last = ordered["char_start"].searchsorted(frame["char_start"], side="right") - 1
        holding = ordered.reset_index().reindex(last).set_axis(frame.index)
        frame["held_until"] = holding["char_end"]
        held = holding.loc[(frame["char_start"] < holding["char_end"]).fillna(False), "index"]
        sentences.loc[held, "held"] = account
    terms = tables["relation_terms"].join(tables["relations"].set_index("relation")["known"], on="relation")
    added = {"observations": observations, "milestones": milestones, "numerals": numerals, "sentences": sentences}
    return {**tables, **added, "relation_terms": terms}


def _read(observations: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """What the characters of each observation say: the number, its value and qualifier, or why it cannot be read."""
    units = forms_of(forms[["form", "unit", "factor"]].itertuples(index=False))
    found: list[tuple[Any, ...]] = []
    asked = observations[["printed", "unit", "basis", "measure", "value"]]
    for printed, unit, basis, measure, value in asked.itertuples(index=False):
        try:
            read = parse(printed, unit, units.get(unit, {}), basis)
        except JiaokouError as error:
            found.append((None, None, None, str(error)))
            continue
        if measure == "growth" and value < 0 < read.value:  # the word is before a list: 分别下降3%、2%
            read = read.declined()
        found.append((read, float(read.value), read.qualifier, None))
    columns = ["read", "read_value", "read_qualifier", "unread"]
    return pd.DataFrame(found, observations.index, columns, dtype="object").astype({"read_value": "Float64"})
