"""Whether a data package keeps the contract; its faults are raised with file, row, column and cure.

The table contract is the set of schemas in this project's own `datapackage.json`, against which `jiaokou.data.schema`
checks types, keys, patterns and references. What a schema cannot say (a value follows from its printed characters, a
place lies within the text) is checked here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.descriptor import NAME, Json, opened, schema
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.schema import cell_faults, unseen
from jiaokou.errors import JiaokouError, check_none, near
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
    characters: int = field(metadata={"minimum": 1})
    paragraphs: int = field(metadata={"minimum": 1})


_TYPES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "str": ("string", str),
    "date": ("date", date.fromisoformat),
    "int": ("integer", int),
}
"""Of the types of a release's fields how a schema calls them, and what makes one of a text."""


OPTIONAL = {"core"}
"""The tables that a package need not have."""

_PLAIN = {"encoding": "utf-8", "dialect": "", "compression": ""}  # what a resource may say of its files, if anything


def check_descriptor(folder: Path, content: Json, home: Path) -> Release:
    """The release's metadata. Raises JiaokouError for what is missing or wrong in a descriptor.

    It has to have every table of the package at `home` but those that are optional, with the same schema. The
    release's `place` is optional too: the place's division code of the National Bureau of Statistics.
    """
    faults = chain(_unlike(folder, content, home), _unsaid(content, home), _unseen(content), _untrue(content))
    check_none(f"{folder / 'datapackage.json'}{what}" for what in faults)
    spoken, stated = content.get("languages") or LANGUAGES, content["release"]
    # A text that the package has in its first language alone stands for the other one.
    told = {each.name: stated.get(each.name) or stated.get(f"{each.name[:-2]}{spoken[0]}") for each in fields(Release)}
    return Release(**{each.name: _TYPES[str(each.type)][1](str(told[each.name])) for each in fields(Release)})


def _unlike(folder: Path, content: Json, home: Path) -> Iterator[str]:
    """The tables of a descriptor that are not as the contract asks, with the cure."""
    found, model = {resource["name"]: resource for resource in content["resources"]}, home / "datapackage.json"
    for expected in opened(home)["resources"]:
        name = expected["name"]
        if name not in found and name not in OPTIONAL:
            yield f" has no resource “{name}”; add it as in {model}"
        elif name in found and schema(folder, found[name]) != schema(home, expected):
            yield f": the schema of “{name}” is not the contract's; copy it from {model}"
    for name, resource in found.items():
        for key, plain in _PLAIN.items():
            if str(resource.get(key, plain)).lower() != plain:
                cure = "save its files as plain CSV in UTF-8, with commas and a row of column names, and take it out"
                yield f": “{name}” has {key} “{resource[key]}”; {cure}"


def _unsaid(content: Json, home: Path) -> Iterator[str]:
    """What a descriptor does not say of the package, or not in the way that it is to be said, with the cure."""
    model = home / "datapackage.json"
    for key in ("name", "version", "licenses", "release"):
        if not content.get(key):
            yield f" has no “{key}”; add it as in {model}"
    name, licenses, spoken = (content.get(key) for key in ("name", "licenses", "languages"))
    if name and not re.fullmatch(NAME, str(name)):
        yield f": “{name}” is no name; use a to z, 0 to 9, “.”, “_” and “-”"
    if licenses and not (isinstance(licenses, list) and all(map(_is_licence, licenses))):
        yield ': “licenses” is no list of names; write it as [{"name": "CC-BY-4.0"}]'
    if spoken is not None and not (isinstance(spoken, list) and spoken and set(spoken) <= set(LANGUAGES)):
        yield f": “languages” is no list of {' and '.join(LANGUAGES)}; write those of its labels, or leave it out"
    if not isinstance(content.get("release", {}), dict):
        yield f": “release” is no object; write it as in {model}"


def _is_licence(stated: Any) -> bool:
    return isinstance(stated, dict) and bool(str(stated.get("name", "")).strip())


def _unseen(value: Any) -> Iterator[str]:
    """Invisible characters in the texts of a descriptor, keys aside."""
    if isinstance(value, str):
        yield from (f": {what}" for what, _ in unseen(value))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _unseen(each)


def _untrue(content: Json) -> Iterator[str]:
    """What is missing or wrong in a release, with the cure; it is checked like the cells of a table."""
    stated, spoken = content.get("release"), content.get("languages") or LANGUAGES
    if not isinstance(stated, dict):
        return
    for each in fields(Release):
        required = each.name[-2:] in spoken or each.name[-2:] not in LANGUAGES
        rule = {"type": _TYPES[str(each.type)][0], "constraints": {"required": required, **each.metadata}}
        for _, what in cell_faults([str(stated.get(each.name) or "")], rule):
            yield f", release, {each.name}: {what}"
    if not re.fullmatch("([0-9]{6}([0-9]{6})?)?", str(stated.get("place", ""))):
        yield ", release: place is no division code of 6 or 12 digits; correct it, or take it out"
    if stated.get("sha256") and not re.fullmatch("[0-9a-f]{64}", stated["sha256"]):
        yield ", release: sha256 is not 64 hexadecimal digits; take it from sha256sum"
    if stated.get("period_end") and stated["period_end"] < stated["period_start"]:
        yield ", release: the period ends before it starts; exchange the two dates"


_Rows = Mapping[str, Sequence[Any]]  # the rows of each table, as dictionaries
_Fault = tuple[Any, str, str]  # a row, its column, and what is wrong with the cure


def check_rows(folder: Path, stated: Release, tables: dict[str, pd.DataFrame]) -> None:
    """The rules between columns and tables; raises what breaks the first that is broken as FaultsError.

    Observations are joined to their indicators, and they and the milestones to their topics. On the way observations
    get their bounds.
    """
    rows: dict[str, list[Any]] = {name: frame.to_dict("records") for name, frame in tables.items()}
    known = [row["entity"] for row in rows["entities"]]
    if known and stated.entity not in known:  # of a package that is only begun nothing is listed
        raise JiaokouError(
            f"{folder / 'datapackage.json'}, release: the entity “{stated.entity}” is not listed in entities.csv; "
            f"add it there, or use a code that is{near(stated.entity, known)}"
        )
    for rule in _RULES:
        check_none(
            f"{folder / row['_file']}, row {row['_line']}, column {column}: {what}"
            for row, column, what in rule(rows, stated)
        )
    bounds = pd.DataFrame(rows["observations"], columns=list(BOUNDS), dtype="object")  # None stays None
    tables["observations"][list(BOUNDS)] = bounds.astype(BOUNDS)


def _values_follow_from_print(rows: _Rows, _: Release) -> Iterator[_Fault]:
    forms = forms_of((row["form"], row["unit"], row["factor"]) for row in rows["forms"])
    for row in rows["observations"]:
        try:
            said = parse(row["printed"], row["unit"], forms.get(row["unit"], {}), row["basis"])
        except JiaokouError as error:
            yield row, "printed", f"{error}; print it as the text does, or add its form to forms.csv"
            continue
        if row["measure"] == "growth" and row["value"] < 0 < said.value:  # before a list: 分别下降3%、2%
            said = said.declined()
        if float(row["value"]) != float(said.value):
            what = f"{row['value']:.12g} does not follow from “{row['printed']}”"
            yield row, "value", f"{what}; write {float(said.value):.12g}"
        if row["qualifier"] != said.qualifier:
            what = f"“{row['printed']}” says {said.qualifier}, not {row['qualifier']}"
            yield row, "qualifier", f"{what}; write {said.qualifier}, or print the qualifying word"
        row |= _natural(said, row["measure"])


def _natural(said: Printed, measure: str) -> dict[str, float | bool | None]:
    """Bounds of a number rounded to the nearest; a share lies between 0 and 100 whatever its rounding allows."""
    bounds = said.interval(RULES[0])
    if measure == "share" and bounds.low < 0:
        bounds = replace(bounds, low=0, low_open=False)
    if measure == "share" and bounds.high > 100:
        bounds = replace(bounds, high=100, high_open=False)
    return ends(bounds)


def _periods_fit_what_is_measured(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """A stock stands at a date, a growth is on a base, and whoever gives no year for a value gives none at all."""
    for row in rows["observations"]:
        start, end, base, base_end = (row[f"{of}_{at}"] for of in ("period", "base") for at in ("start", "end"))
        if pd.isna(start) != pd.isna(end):
            yield row, "period_end", "one day of the period is missing; fill in both days, or neither"
        if pd.isna(start) and row["period_implied"]:
            yield row, "period_implied", "there is no period to be implied; fill it in, or write false"
        if end < start:
            yield row, "period_end", "the period ends before it starts; exchange the two dates"
        if row["stock_flow"] == "stock" and start != end and not pd.isna(start):
            what = f"“{row['indicator']}” is a stock, which stands at a date, not from {start:%F} to {end:%F}"
            yield row, "period_start", f"{what}; write {end:%F}, or make the indicator a flow"
        is_growth, has_base = row["measure"] == "growth", not (pd.isna(base) or pd.isna(base_end))
        if is_growth and not has_base:
            yield row, "base_start", "a growth needs the period that it is on; fill in base_start and base_end"
        if has_base and not is_growth:
            yield row, "base_start", "only a growth has a base period; empty base_start and base_end"
        if not pd.isna(base) and (base_end < base or start <= base_end):
            yield row, "base_end", "the base does not lie before the period; correct the dates"


def _periods_lie_in_the_releases(rows: _Rows, stated: Release) -> Iterator[_Fault]:
    """A period that nobody printed is the release's own, unless it is planned or a note says why."""
    first, last = pd.Timestamp(stated.period_start), pd.Timestamp(stated.period_end)
    for row in rows["observations"]:
        said = not row["period_implied"] or not pd.isna(row["note"]) or row["basis"] in ("planned", "target")
        if not said and (row["period_start"] < first or row["period_end"] > last):
            what = f"the implied period lies outside the release's, {first:%F} to {last:%F}, and nothing says why"
            yield row, "period_start", f"{what}; correct it, or say in a note why it is so"


def _derivations_have_names_of_their_own(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """Sentences name both by their codes alone."""
    observed = {row["observation"] for row in rows["observations"]}
    for row in rows["derivations"]:
        if row["derived"] in observed:
            yield row, "derived", f"“{row['derived']}” is an observation's code; choose another one"


def _files_match_sections(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """observations/economy.csv holds the topics of the section economy alone."""
    for table, column in (("observations", "indicator"), ("milestones", "topic")):
        for row in rows[table]:
            if Path(row["_file"]).stem != (section := row["section"]):
                cure = f"move the row to {table}/{section}.csv, and name that file in the path of {table}"
                yield row, column, f"“{row[column]}” belongs to {section}; {cure} in datapackage.json"


def _same_works_are_counted_once(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """`same_as` names a milestone of the same section that is counted itself."""
    counted = {row["milestone"]: row["section"] for row in rows["milestones"] if pd.isna(row["same_as"])}
    for row in rows["milestones"]:
        if not pd.isna(row["same_as"]) and counted.get(row["same_as"]) != row["section"]:
            what = f"“{row['same_as']}” is not counted itself, or not in this section"
            yield row, "same_as", f"{what}; name the milestone that is counted"


def _places_lie_in_the_text(rows: _Rows, stated: Release) -> Iterator[_Fault]:
    for row in chain(*(rows[table] for table in ("observations", "milestones", "numerals", "sentences"))):
        start, end, printed = row["char_start"], row["char_end"], row.get("printed")
        if not 0 <= start < end <= stated.characters:
            what = f"{start} to {end} is no place in a text of {stated.characters} characters"
            yield row, "char_start", f"{what}; correct char_start and char_end"
        if row["paragraph"] > stated.paragraphs:
            yield row, "paragraph", f"the text has {stated.paragraphs} paragraphs; correct it"
        if printed is not None and len(printed) != end - start:
            what = f"“{printed}” is {len(printed)} characters long, its place {end - start}"
            yield row, "char_end", f"{what}; write {start + len(printed)}, or correct char_start"


def _numerals_are_in_no_observation(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """What is a quantity is not also listed as none."""
    taken: dict[int, str] = {}
    for row in rows["observations"]:
        taken |= dict.fromkeys(range(row["char_start"], row["char_end"]), row["observation"])
    for row in rows["numerals"]:
        if row["char_start"] in taken:
            what = f"the numeral stands in the observation “{taken[row['char_start']]}”"
            yield row, "char_start", f"{what}; take it out here, or correct one of the places"


def _sentences_follow_one_another(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """No two sentences share a character, and their paragraphs do not run backwards."""
    ordered = sorted(rows["sentences"], key=itemgetter("char_start"))
    for before, row in pairwise(ordered):
        if row["char_start"] < before["char_end"]:
            cure = f"write {before['char_end']} or more, or correct the end of the other"
            yield row, "char_start", f"the sentence starts before “{before['sentence']}” ends; {cure}"
        if row["paragraph"] < before["paragraph"]:
            what = f"the paragraph is before that of “{before['sentence']}”, which the text has earlier"
            yield row, "paragraph", f"{what}; correct it"


def _sentences_are_what_they_hold(rows: _Rows, _: Release) -> Iterator[_Fault]:
    """A sentence is observed if an observation starts in it, else a milestone, else framing."""
    sentences = sorted(rows["sentences"], key=itemgetter("char_start"))
    starts = [sentence["char_start"] for sentence in sentences]
    held: dict[str, str] = {}
    for name, account in (("observations", "observed"), ("milestones", "milestone")):
        for row in rows[name]:
            # The last sentence that starts there or before.
            place = bisect_right(starts, row["char_start"]) - 1
            if place < 0 or row["char_start"] >= sentences[place]["char_end"]:
                what = f"no sentence of sentences.csv holds the place {row['char_start']}"
                yield row, "char_start", f"{what}; correct it, or add the sentence there"
                continue
            if row["char_end"] > (end := sentences[place]["char_end"]):
                what = f"{row['char_end']} lies outside of the sentence, which ends at {end}"
                yield row, "char_end", f"{what}; correct it, or the sentence's end"
            held.setdefault(sentences[place]["sentence"], account)
    for row in rows["sentences"]:
        if row["account"] != (account := held.get(row["sentence"], "framing")):
            what = f"“{row['account']}”, but by what starts in it the sentence is {account}"
            yield row, "account", f"{what}; write {account}, or add what it states"


_RULES = (
    _values_follow_from_print,
    _periods_fit_what_is_measured,
    _periods_lie_in_the_releases,
    _derivations_have_names_of_their_own,
    _files_match_sections,
    _same_works_are_counted_once,
    _places_lie_in_the_text,
    _numerals_are_in_no_observation,
    _sentences_follow_one_another,
    _sentences_are_what_they_hold,
)
