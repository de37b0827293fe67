"""Opens a data package and serves it as tidy frames; the only reader of its files.

A package is a folder with a `datapackage.json` (Data Package v2). Its tables keep the contract that stands in this
project's own `datapackage.json`; whatever is wrong in them is raised as a JiaokouError that names file, row, column and
cure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from jiaokou.data import contract
from jiaokou.data.codebook import columns_of, with_columns
from jiaokou.data.contract import Release
from jiaokou.data.descriptor import Json, default_package, files, folder_of, opened
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.schema import TEXT, read_tables
from jiaokou.errors import JiaokouError, WrongUseError, near
from jiaokou.numbers.intervals import BOUNDS, Interval, ends
from jiaokou.numbers.printed import RULES, Printed

_PLACE = ["_file", "_line"]  # where a row was read
_CATEGORIES = {"section": "sections", "topic": "topics", "unit": "units"} | {
    name: f"codes-{name}" for name in ("basis", "qualifier", "claim", "stage")
}
"""The columns that are served as categories, in the order of the tables that list their codes."""


@dataclass(frozen=True, eq=False)
class Package:
    """An opened, checked data package.

    `frames` holds a frame for each table (observations and milestones as `load()` and `milestones()` give them),
    `codes` one for each code list, indexed by code. `printed` is what the characters of each observation say, and
    `bounds` what they allow, exactly, where frames have floats.
    """

    path: Path
    name: str
    version: str
    license: str
    release: Release
    frames: dict[str, pd.DataFrame]
    codes: dict[str, pd.DataFrame]
    printed: dict[str, Printed]
    bounds: dict[str, Interval]
    unreviewed: int = 0
    """How many of its values were drafted from the text and looked at by nobody (`jiaokou.drafting`)."""
    languages: tuple[str, ...] = LANGUAGES
    """Those that it speaks; texts in another are those of the first."""


_State = dict[Path, tuple[int, int]]  # the time and size of each file of a package
_opened: dict[Path, tuple[_State, Package | None]] = {}


def open_package(package: str | Path = "") -> Package:
    """Open and check a data package: a folder, or "" for the one that comes with the library.

    Opening again is free until a file changes its time or size. Raises JiaokouError for anything missing or wrong.
    """
    folder = folder_of(package)
    state, known = _opened.get(folder, ({}, None))
    if known is None or _state(state) != state:
        content = opened(folder)
        state = _state(files(folder, content))  # before they are read, so that a change meanwhile is seen
        known = _open(folder, content)
        if len(_opened) == 4:  # packages that one process works with at a time
            _opened.clear()
        _opened[folder] = state, known
    return known


def _state(files: Iterable[Path]) -> _State:
    found = {file: file.stat() for file in files if file.is_file()}
    return {file: (each.st_mtime_ns, each.st_size) for file, each in found.items()}


@with_columns("sections")
def sections(*, package: str | Path = "") -> pd.DataFrame:
    """The sections of the summary, in order."""
    return open_package(package).frames["sections"].copy()


@with_columns("observations")
def load(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Tidy observations of one section, or of all; one row is one published value.

    `jiaokou.load` takes a list of packages too: `package` then names each, and codes are plain text.
    """
    opened = open_package(package)
    return in_section(opened.frames["observations"], section, opened)


@with_columns("milestones")
def milestones(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """Tidy milestones of one section, or of all; one row is one stated achievement or claim."""
    opened = open_package(package)
    return in_section(opened.frames["milestones"], section, opened)


@with_columns("indicators")
def indicators(*, package: str | Path = "") -> pd.DataFrame:
    """What is measured; one row is one indicator."""
    return open_package(package).frames["indicators"].copy()


def pick(frame: pd.DataFrame, *codes: str) -> pd.DataFrame:
    """The rows of a frame with these codes (its first column), in this order.

    Raises JiaokouError for a code that the frame does not have.

        >>> pick(load(), "forest_cover", "budget_revenue")["printed"].tolist()
        ['42.02%', '突破11亿元']
    """
    if not hasattr(frame, "iloc") or not all(isinstance(code, str) for code in codes):
        raise JiaokouError("jiaokou.pick takes a frame and then codes, one after the other")
    rows = frame.set_index(frame.columns[0], drop=False)
    for code in codes:
        if code not in rows.index:
            hint = near(code, map(str, rows.index.unique())) or "; see its first column for those there are"
            raise JiaokouError(f"no {frame.columns[0]} “{code}” in this frame{hint}")
    return rows.loc[[*codes]].reset_index(drop=True)


def in_section(frame: pd.DataFrame, section: str | None, package: Package) -> pd.DataFrame:
    """A section's rows of a frame, numbered anew, or a copy of all. Raises JiaokouError for an unknown section."""
    known = list(package.frames["sections"]["section"])
    if section is not None and section not in known:
        raise WrongUseError(f"unknown section “{section}”; the sections are {', '.join(known)}{near(section, known)}")
    return frame.copy() if section is None else frame[frame["section"] == section].reset_index(drop=True)


def with_package(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """A frame as callers get it: rows of another package than the library's own name its folder in a last column.

    All text is held as `TEXT`, whatever pandas' options made of it on the way.
    """
    if folder.resolve() != default_package().resolve():  # so that a chart of some rows knows whose labels they have
        frame = without_folder(frame).assign(package=str(folder))
    texts = dict.fromkeys(frame.select_dtypes(["object", "string"]), TEXT)
    return frame.astype(texts).set_axis(frame.columns.astype(TEXT), axis="columns")


def without_folder(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without the column `package`: where a package lies on this machine is nothing for a file."""
    return frame.drop(columns="package", errors="ignore")


def _natural(said: Printed, measure: str) -> Interval:
    """The bounds of an observation: of a number rounded to the nearest, and of a share no more than 0 to 100."""
    bounds = said.interval(RULES[0])
    if measure != "share":
        return bounds
    opens = bounds.low_open and bounds.low >= 0, bounds.high_open and bounds.high <= 100
    return Interval(max(bounds.low, 0), min(bounds.high, 100), *opens)


def _open(folder: Path, descriptor: Json) -> Package:
    release = contract.check_descriptor(folder, descriptor, default_package())
    wanted = {resource["name"] for resource in opened(default_package())["resources"]}
    languages = tuple(descriptor.get("languages") or LANGUAGES)
    tables = read_tables(folder, [each for each in descriptor["resources"] if each["name"] in wanted], languages)
    _join(tables)
    printed = contract.check_rows(folder, release, tables)
    observations = tables["observations"]
    bounds = dict(zip(printed, map(_natural, printed.values(), observations["measure"]), strict=True))
    limits = pd.DataFrame(map(ends, bounds.values()), columns=list(BOUNDS), dtype="object")  # None stays None
    observations[list(BOUNDS)] = limits.astype(BOUNDS)
    frames = {name: with_package(frame, folder) for name, frame in _served(tables).items()}
    lists = {name.removeprefix("codes-"): frame for name, frame in frames.items() if name.startswith("codes-")}
    return Package(
        path=folder,
        name=descriptor["name"],
        version=descriptor["version"],
        license=descriptor["licenses"][0]["name"],
        release=release,
        frames=frames,
        codes={name.replace("-", "_"): without_folder(frame).set_index("code") for name, frame in lists.items()},
        printed=printed,
        bounds=bounds,
        unreviewed=int(descriptor.get("unreviewed") or 0),
        languages=languages,
    )


def _join(tables: dict[str, pd.DataFrame]) -> None:
    """Put what is said of topics, indicators and entities into the rows that name them."""
    sections = tables["topics"].set_index("topic")["section"]
    for name in ("indicators", "milestones", "derivations"):
        tables[name] = tables[name].join(sections, on="topic")
    measured = tables["indicators"].drop(columns=_PLACE).set_index("indicator")
    tables["observations"] = tables["observations"].join(measured, on="indicator")
    names = tables["entities"].set_index("entity")[[f"label_{lang}" for lang in LANGUAGES]]
    names.columns = list(LANGUAGES)
    for role in ("actor", "place"):
        tables["milestones"] = tables["milestones"].join(names.add_prefix(f"{role}_"), on=role)
    numbers = tables["milestone_observations"].groupby("milestone", sort=False)["observation"].agg(" ".join)
    tables["milestones"] = tables["milestones"].join(numbers.rename("observations"), on="milestone")


def _served(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as they are served, with categories in the package's order."""
    tables = {name: frame.drop(columns=_PLACE) for name, frame in tables.items()}
    observations = tables["observations"]
    observations["undated"] = observations["period_start"].isna().astype("boolean")
    observations["differs_by"] = _differs_by(observations)
    for frame in (tables[name] for name in ("observations", "milestones", "derivations")):
        for column in frame.columns.intersection(list(_CATEGORIES)):
            codes = tables[_CATEGORIES[column]].iloc[:, 0].array
            frame[column] = pd.Categorical(frame[column], codes, ordered=column == "stage")
    return tables | {name: tables[name][columns_of(name)] for name in ("observations", "milestones", "indicators")}


def _differs_by(observations: pd.DataFrame) -> "pd.Series[str]":
    """For each observation the columns, as few as will do, that tell it from the others called alike."""
    columns = ["entity", "basis", "period_end", "printed"]
    numbered = pd.DataFrame({name: pd.factorize(observations[name])[0] for name in ["label_zh", *columns]})
    known, needed = ["label_zh"], pd.Series("", index=observations.index)
    for column in columns:
        several = numbered.groupby(known, sort=False)[column].transform("nunique") > 1
        needed = needed.where(~several, needed + " " + column)
        known.append(column)
    return needed.str.strip()
