"""Opens a data package and serves it as tidy frames; the only reader of its files.

A package is a folder with a `datapackage.json` (Data Package v2). Its tables keep the contract that stands in this
project's own `datapackage.json`; whatever is wrong in them is raised as one JiaokouError that names file, row, column
and cure.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from jiaokou.data import contract, sound
from jiaokou.data.contract import Release
from jiaokou.data.descriptor import Json, default_package, files, folder_of, opened, paths, read, schema
from jiaokou.errors import JiaokouError, WrongUseError, near

OBSERVATION_COLUMNS = (
    "observation section topic indicator entity period_start period_end basis printed qualifier value unit "
    "lower upper label_zh label_en period_implied note paragraph char_start char_end base_start base_end "
    "lower_open upper_open undated differs_by"
).split()
MILESTONE_COLUMNS = (
    "milestone section topic claim stage actor place actor_zh actor_en place_zh place_en label_zh label_en "
    "note paragraph char_start char_end same_as observations"
).split()

_DTYPES = {
    "string": "str",
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "datetime64[s]",
}

python_strings = pd.option_context("mode.string_storage", "python")
"""Decorator of what makes frames: text as without PyArrow, whose arrays cost ten times as much in tables as small."""

_BOOLEANS = dict.fromkeys(("true", "True", "TRUE", "1"), True) | dict.fromkeys(  # as Table Schema has them
    ("false", "False", "FALSE", "0"), False
)


@dataclass(frozen=True, eq=False)
class Package:
    """An opened, checked data package.

    `frames` holds a frame for each table (observations and milestones as `load()` and `milestones()` give them),
    `codes` one for each code list, indexed by code. `files` are the files it was read from.
    """

    path: Path
    name: str
    version: str
    license: str
    release: Release
    frames: dict[str, pd.DataFrame]
    codes: dict[str, pd.DataFrame]
    files: tuple[Path, ...]


def open_package(package: str | Path = "") -> Package:
    """Open and check a data package: a folder, or "" for the one that comes with the library.

    Opening again is free until a file changes. Raises JiaokouError for anything missing or wrong in it.
    """
    folder = folder_of(package)
    return _open(folder, _current_digest(folder))


def sections(*, package: str | Path = "") -> pd.DataFrame:
    """The sections of the summary, in order.

    Columns: `section` (code), `position` (from 1), `label_zh`, `label_en`, `description_zh`, `description_en`.
    """
    return open_package(package).frames["sections"].copy()


def load(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Tidy observations of one section, or of all; one row is one published value.

    Columns:
        observation: code of the published value.
        section, topic, indicator, entity: codes of where it belongs, what is measured, and for whom or what.
        period_start, period_end: first and last day; equal for a value at a date, as a stock is; missing where the
            text gives no year.
        basis: the kind of claim: actual, planned, target, announced, design_capacity, equipment, threshold or name.
        printed: the characters as printed, with the qualifying word.
        qualifier: exact, over, at_least, about, nearly, below or up_to.
        value: the number, in `unit`.
        unit: CNY, t_per_a, MW, m2, m3, percent, count or rank.
        lower, upper: what the printed precision and the qualifier allow, in `unit`; missing where there is no
            bound.
        label_zh, label_en: the indicator's names.
        period_implied: whether the period is inferred rather than printed.
        note: code of a note on the reading, if any.
        paragraph, char_start, char_end: place of `printed` in the release's decoded text; paragraphs count from 1.
        base_start, base_end: the period that a growth is on.
        lower_open, upper_open: whether the bound itself is excluded, as 184 is of 超184座.
        undated: whether the text gives no year and none is implied.
        differs_by: the columns that tell it from the other values of its indicator (entity, basis, period_end,
            printed), separated by spaces; empty where it is the only one.
    """
    return _of_section(open_package(package), "observations", section)


def milestones(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Tidy milestones of one section, or of all; one row is one stated achievement or claim.

    Columns:
        milestone: code.
        section, topic: codes of where it belongs.
        claim: project, measure, result, target_met, coverage, record, rank, elimination, trend, role or task.
        stage: ordered category, from planned to in_operation, ongoing and achieved.
        actor, place: entity codes of who and where, with labels `actor_zh`, `actor_en`, `place_zh`, `place_en`;
            missing where the text names none.
        label_zh, label_en: what it is.
        note: code of a note on the reading, if any.
        paragraph, char_start, char_end: its place in the release's decoded text; paragraphs count from 1.
        same_as: the milestone of the same works that is counted instead, if any: a count of works leaves this row out.
        observations: the observations that give its numbers, separated by spaces; missing where there is none.
    """
    return _of_section(open_package(package), "milestones", section)


def indicators(*, package: str | Path = "") -> pd.DataFrame:
    """What is measured; one row is one indicator.

    Columns:
        indicator, section, topic: codes.
        measure: count, amount, capacity, power, area, volume, share, growth or rank.
        unit: canonical unit of its values.
        counter_zh: the Chinese counter of a count.
        stock_flow: whether its values stand at a date (stock) or cover a period (flow).
        label_zh, label_en, definition_zh, definition_en: names and definitions.
    """
    return open_package(package).frames["indicators"].copy()


def pick(frame: pd.DataFrame, *codes: str) -> pd.DataFrame:
    """The rows of a frame with these codes (its first column), in this order.

    Raises JiaokouError for a code that the frame does not have.

        >>> pick(load(), "forest_cover", "budget_revenue")["printed"].tolist()
        ['42.02%', '突破11亿元']
    """
    if not hasattr(frame, "iloc") or not all(isinstance(code, str) for code in codes):
        raise JiaokouError("jiaokou.pick takes a frame and then codes, one after the other")
    places: dict[str, list[int]] = {}
    for place, code in enumerate(frame.iloc[:, 0]):
        places.setdefault(code, []).append(place)
    for code in codes:
        if code not in places:
            hint = near(code, map(str, places)) or "; see its first column for those there are"
            raise JiaokouError(f"no {frame.columns[0]} “{code}” in this frame{hint}")
    picked = frame.take([place for code in codes for place in places[code]])
    picked.index = pd.RangeIndex(len(picked))  # reset_index would copy every column for it
    return picked


def check_section(package: Package, section: str | None) -> None:
    """Raise JiaokouError unless `section` is None or a section of the package."""
    if section is not None and section not in (known := _sections(package)):
        hint = near(section, known)
        raise WrongUseError(f"unknown section “{section}”; the sections are {', '.join(known)}{hint}")


@lru_cache(maxsize=4)
def _sections(package: Package) -> list[str]:
    return list(package.frames["sections"]["section"])


def in_section(frame: pd.DataFrame, section: str | None) -> pd.DataFrame:
    """A section's rows of a frame, numbered anew; the frame itself where no section is asked for."""
    return frame if section is None else frame[frame["section"] == section].reset_index(drop=True)


def _of_section(package: Package, table: str, section: str | None) -> pd.DataFrame:
    check_section(package, section)
    return _selected(package, table, section).copy()


@lru_cache(maxsize=32)
def _selected(package: Package, table: str, section: str | None) -> pd.DataFrame:
    """What every caller gets a copy of, which takes a quarter of the time that selecting the rows takes."""
    # A copy's columns of one kind lie together, so that no later copy has to move them.
    return in_section(package.frames[table], section).copy()


def _digest(folder: Path) -> bytes:
    """What tells one content of a package from another."""
    content = hashlib.sha256()
    for file in files(folder, opened(folder)):
        content.update(f"{file.relative_to(folder).as_posix()}\0".encode())
        content.update(hashlib.sha256(read(file)).digest())
    return content.digest()


_SETTLED = 2_000_000_000  # nanoseconds after which a file's next change shows in its time on any file system
_read: dict[Path, tuple[tuple[Path, ...], list[tuple[int, int]], bytes]] = {}


def _current_digest(folder: Path) -> bytes:
    """`_digest`, without reading again what has kept its time and size since it was read."""
    names, states, digest = _read.get(folder, ((), [], b""))
    if not names or [_state(file) for file in names] != states:
        names = files(folder, opened(folder))
        states = [_state(file) for file in names]
        digest = _digest(folder)
        if max(states)[0] < time.time_ns() - _SETTLED:
            _read[folder] = names, states, digest
    return digest


def _state(file: Path) -> tuple[int, int]:
    """A file's time and size; of one that is not there, none that it could have."""
    try:
        found = file.stat()
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4)
@python_strings
def _open(folder: Path, content: bytes) -> Package:
    """The package as its files now are; `content`, their digest, makes a changed file a new call."""
    descriptor = opened(folder)
    tables_wanted = contract.check_contract(folder, descriptor, default_package())
    contract.check_characters(folder, descriptor)
    if not sound.is_known(content):
        contract.check_tables(folder, descriptor)
    release = contract.release(folder, descriptor)
    tables = {
        resource["name"]: _table(folder, resource)
        for resource in descriptor["resources"]
        if resource["name"] in tables_wanted
    }
    contract.check_rows(folder, release, tables)
    if _digest(folder) != content:
        raise JiaokouError(f"{folder} was changed while it was read; try again when nothing writes to it")
    sound.remember(content)
    codes = {
        name.removeprefix("codes-").replace("-", "_"): frame.drop(columns=["_file", "_line"]).set_index(
            "code"
        )
        for name, frame in tables.items()
        if name.startswith("codes-")
    }
    frames = _frames(tables, codes)
    if folder != default_package().resolve():  # so that a chart of some rows knows whose labels they have
        for frame in frames.values():
            frame.attrs["package"] = str(folder)
    return Package(
        path=folder,
        name=descriptor["name"],
        version=descriptor["version"],
        license=descriptor["licenses"][0]["name"],
        release=release,
        frames=frames,
        codes=codes,
        files=files(folder, descriptor),
    )


def _table(folder: Path, resource: Json) -> pd.DataFrame:
    """One resource as a frame, typed as its schema says; `_file` and `_line` tell where a row stands."""
    parts, fields = [], schema(folder, resource)["fields"]
    for name in paths(resource):
        part = pd.read_csv(
            folder / name, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8"
        )
        contract.check_cells(folder / name, fields, part)
        parts.append(part.assign(_file=name, _line=range(2, len(part) + 2)))
    frame = pd.concat(parts, ignore_index=True)
    for field in fields:
        column = frame[field["name"]]
        if field["type"] == "boolean":
            column = column.map(_BOOLEANS)
        frame[field["name"]] = column.astype(_DTYPES[field["type"]])
    return frame


def _frames(tables: dict[str, pd.DataFrame], codes: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as they are served: joined to what their codes stand for, with categories in the package's order."""
    plain = {n: f.drop(columns=["_file", "_line"]) for n, f in tables.items() if not n.startswith("codes-")}
    sections, topics = plain["sections"].set_index("section"), plain["topics"].set_index("topic")
    indicators, entities = plain["indicators"], plain["entities"].set_index("entity")
    indicators.insert(1, "section", indicators["topic"].map(topics["section"]))
    measured = indicators.set_index("indicator")
    observations, milestones = plain["observations"], plain["milestones"]
    observations["undated"] = observations["period_start"].isna().astype("boolean")
    observations["differs_by"] = _differs_by(observations)
    numbers = plain["milestone_observations"].groupby("milestone", sort=False)["observation"].agg(" ".join)
    milestones["observations"] = milestones["milestone"].map(numbers)
    for column in ("unit", "label_zh", "label_en"):
        observations[column] = observations["indicator"].map(measured[column])
    for role in ("actor", "place"):
        for language in ("zh", "en"):
            milestones[f"{role}_{language}"] = milestones[role].map(entities[f"label_{language}"])
    ordered = {"section": sections, "topic": topics, "unit": plain["units"].set_index("unit"), **codes}
    for frame, columns in (
        (observations, ("section", "topic", "unit", "basis", "qualifier")),
        (milestones, ("section", "topic", "claim", "stage")),
    ):
        for column in columns:
            frame[column] = pd.Categorical(
                frame[column], list(ordered[column].index), ordered=column == "stage"
            )
    return plain | {
        "observations": observations[OBSERVATION_COLUMNS],
        "milestones": milestones[MILESTONE_COLUMNS],
    }


def _differs_by(observations: pd.DataFrame) -> pd.Series[str]:
    """For each observation the columns, as few as will do, that tell it from the others of its indicator."""
    known, needed = ["indicator"], pd.Series("", index=observations.index)
    for column in ("entity", "basis", "period_end", "printed"):
        alike = observations.groupby(known, dropna=False, observed=True, sort=False)[column]
        several = alike.transform(lambda values: len(set(values)) > 1).astype("bool")
        needed = needed.where(~several, needed + " " + column)
        known.append(column)
    return needed.str.strip()
