"""One tidy frame of many packages, read by pyarrow from Parquet files, of which one is kept for each content.

To open a package takes a third of a second, for every rule of the contract is checked. What came of it is kept in
`~/.cache/jiaokou`, or the folder that `JIAOKOU_CACHE` names, under the hash of the package's files and of the library's
code, so that it can never be out of date; the folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.catalogue.core import mapped
from jiaokou.data import package as data
from jiaokou.data.descriptor import files, folder_of, opened, read
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import OBSERVATION_COLUMNS, Package, open_package
from jiaokou.data.packages import name_of, named
from jiaokou.data.schema import TEXT
from jiaokou.errors import JiaokouError, WrongUseError

_ROOMS = ("analysis", "catalogue", "data", "numbers")  # whose code decides what is kept
_DAYS = ["period_start", "period_end", "base_start", "base_end"]


def catalogue(catalogue: str | Path = "") -> pd.DataFrame:
    """The packages of a catalogue (see `jiaokou.catalogue.packages.folders`), one row each, by place and name.

    `package` name and `folder` · `publisher_zh`, `publisher_en`, `title_zh`, `title_en` of the release · `place` the
    division code of the National Bureau of Statistics, from the descriptor (`release.place`) or the entity's code in
    `entities.csv`, missing where neither says it; `place_zh`, `place_en` its names · `period_start`, `period_end` ·
    `values` how many it publishes · `unreviewed` how many drafted ones nobody looked at · `fault` why it cannot be
    read, missing where it can.
    """
    return facts(named(catalogue))


def facts(folders: Mapping[str, Path]) -> pd.DataFrame:
    """`jiaokou.catalogue()` of the packages with these names."""
    readable, faults = _readable(folders)
    frame = _read("packages", readable.values()) if readable else pd.DataFrame({"package": []}, dtype=TEXT)
    # The folder stands in a column of its own, and a page is to name none of this machine's.
    said = [fault.replace(f"{folders[name]}{os.sep}", "") for name, fault in faults.items()]
    broken = pd.DataFrame({"package": [*faults], "fault": said}, dtype=TEXT)
    frame = pd.concat([frame, broken]) if faults else frame.assign(fault=pd.Series(None, frame.index, TEXT))
    frame.insert(1, "folder", frame["package"].map({name: str(folder) for name, folder in folders.items()}))
    return frame.sort_values(["place", "package"], ignore_index=True)


def load(section: str | None = None, *, package: str | Path | Iterable[str | Path] = "") -> pd.DataFrame:  # noqa: D103
    if isinstance(package, str | Path):
        return data.load(section, package=package)
    folders = [folder_of(each) for each in package]
    if not folders:
        raise WrongUseError("jiaokou.load got an empty list of packages; name one, or leave package out for Jiaokou's")
    frame = observations({name_of(folder): folder for folder in folders}, [*OBSERVATION_COLUMNS, "package"])
    if section is None:
        return frame
    if section not in set(frame["section"]):
        raise WrongUseError(f"no package of these has values in a section “{section}”; see jiaokou.sections(package=…)")
    return frame[frame["section"] == section].reset_index(drop=True)


load.__doc__ = data.load.__doc__


def observations(
    folders: Mapping[str, Path], columns: list[str], *, core: bool = False, strict: bool = True
) -> pd.DataFrame:
    """Columns of what the packages with these names publish; with `core`, of what may be a core indicator alone.

    Raises JiaokouError for a package that cannot be read, or (not `strict`) leaves it out.
    """
    readable, faults = _readable(folders)
    if faults and strict:
        raise JiaokouError(next(iter(faults.values())))
    return _read("observations", readable.values(), columns, core=core)


def relations(catalogue: str | Path = "") -> pd.DataFrame:
    """What the audit of each readable package found: `package`, `relation`, `verdict`, `label_zh`, `label_en`."""
    return found(named(catalogue))


def found(folders: Mapping[str, Path]) -> pd.DataFrame:
    """`relations()` of the packages with these names."""
    return _read("relations", _readable(folders)[0].values())


def _readable(folders: Mapping[str, Path]) -> tuple[dict[str, Path], dict[str, str]]:
    """Where what is kept of each package lies, and why some cannot be read."""
    places, faults = {}, {}
    for name, folder in folders.items():
        try:
            places[name] = _kept(folder)
        except JiaokouError as error:
            faults[name] = str(error)
    return places, faults


def _read(table: str, places: Iterable[Path], columns: list[str] | None = None, *, core: bool = False) -> pd.DataFrame:
    from pyarrow import bool_, dataset, float64, int64, string

    types = {string(): TEXT, float64(): pd.Float64Dtype(), int64(): pd.Int64Dtype(), bool_(): pd.BooleanDtype()}
    found = dataset.dataset([str(place / f"{table}.parquet") for place in places], format="parquet")
    rows = found.to_table(columns=columns, filter=dataset.field("core").is_valid() if core else None)
    frame = rows.to_pandas(types_mapper=types.get, ignore_metadata=True)
    days = {name: "datetime64[s]" for name in _DAYS if name in frame}
    return frame.set_axis(frame.columns.astype(TEXT), axis="columns").astype(days)


def _kept(folder: Path) -> Path:
    """The folder of what is kept of a package, made if need be. Raises JiaokouError for one that is not sound."""
    content = opened(folder)
    digest = hashlib.sha256(_code())
    for file in files(folder, content):
        digest.update(f"{file.relative_to(folder)}\0{hashlib.sha256(read(file)).hexdigest()}\0".encode())
    home = Path(os.environ.get("JIAOKOU_CACHE") or Path.home() / ".cache" / "jiaokou")
    place = home / digest.hexdigest()[:32]
    if place.is_dir():
        return place
    tables = _tables(open_package(folder))
    try:
        home.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(dir=home))
        for name, frame in tables.items():
            frame.to_parquet(aside / f"{name}.parquet", engine="pyarrow", index=False)
        try:
            aside.rename(place)
        except OSError:  # another process has kept the same
            shutil.rmtree(aside)
    except ImportError:
        raise JiaokouError("a catalogue is read with pyarrow: pip install 'jiaokou[formats]'") from None
    except OSError as error:
        raise JiaokouError(
            f"{home} cannot be written: {error.strerror}; name another folder with JIAOKOU_CACHE"
        ) from None
    return place


@cache
def _code() -> bytes:
    """The code that decides what is kept of a package."""
    library = Path(__file__).parent.parent
    found = sorted(file for room in _ROOMS for file in (library / room).glob("*.[pcj]*") if file.is_file())
    return b"".join(hashlib.sha256(file.read_bytes()).digest() for file in found)


def _tables(package: Package) -> dict[str, pd.DataFrame]:
    """What is kept of a package, every column typed: one without a type, having no text, would fit no other file."""
    observed = package.frames["observations"].drop(columns="package", errors="ignore")
    tables = {
        "packages": _facts(package),
        "observations": observed.assign(**_joined(package)),
        "relations": audit_of(package)[["relation", "verdict", "label_zh", "label_en"]],
    }
    for name, frame in tables.items():
        coded = {str(column): TEXT for column in frame.select_dtypes(["category", "object", "str"])}
        tables[name] = frame.astype(coded)
        tables[name].insert(0, "package", pd.Series(package.name, frame.index, TEXT))
    return tables


def _facts(package: Package) -> pd.DataFrame:
    """The row of `jiaokou.catalogue()` of a package, as far as it says it itself."""
    release, entities = package.release, package.frames["entities"].set_index("entity")
    texts = ("publisher_zh", "publisher_en", "title_zh", "title_en")
    row = {name: getattr(release, name) for name in texts}
    row["place"] = opened(package.path)["release"].get("place") or entities["code"].get(release.entity)
    row |= {f"place_{lang}": entities[f"label_{lang}"].get(release.entity) for lang in LANGUAGES}
    return pd.DataFrame([row], dtype=TEXT).assign(
        **{day: pd.Series([getattr(release, day)]).astype("datetime64[s]") for day in _DAYS[:2]},
        values=pd.array([int((package.frames["observations"]["basis"] != "name").sum())], "Int64"),
        unreviewed=pd.array([package.unreviewed], "Int64"),
    )


def _joined(package: Package) -> dict[str, pd.Series]:
    """What a comparison asks of each observation: its core indicator, and its codes in words."""
    frames, known = package.frames, mapped(package)
    observed, notes = frames["observations"], frames["notes"].set_index("note")
    of = {column: observed["indicator"].map(known[column]) for column in ("core", "note", "suggested")}
    entities, units = frames["entities"].set_index("entity"), frames["units"].set_index("unit")
    measure = observed["indicator"].map(frames["indicators"].set_index("indicator")["measure"])
    texts = {"measure": measure, "core": of["core"].where(observed["basis"] != "name")}
    for lang in LANGUAGES:
        label = f"label_{lang}"
        texts[f"entity_{lang}"] = observed["entity"].map(entities[label])
        texts[f"unit_{lang}"] = observed["unit"].astype(TEXT).map(units[label])
        texts[f"measure_{lang}"] = measure.map(package.codes["measure"][label])
        texts[f"differs_{lang}"] = of["note"].map(notes[f"text_{lang}"])
    flags = {"own": observed["entity"] == package.release.entity, "suggested": of["suggested"]}
    return {name: column.astype(TEXT) for name, column in texts.items()} | {
        name: column.astype("boolean") for name, column in flags.items()
    }
