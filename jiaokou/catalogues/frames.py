"""One tidy frame of many packages, read by pyarrow from Parquet files, of which one is kept for each content.

To open a package takes a third of a second, for every rule of the contract is checked. What came of it is kept in
`~/.cache/jiaokou`, or the folder that `JIAOKOU_CACHE` names, under the hash of the package's files and of the library's
code, so that it can never be out of date; the folder may be deleted at any time.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.catalogues.core import mapped
from jiaokou.data import package as data
from jiaokou.data.codebook import columns_of
from jiaokou.data.descriptor import files, folder_of, opened, read
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package, open_package
from jiaokou.data.packages import name_of, named
from jiaokou.data.schema import TEXT
from jiaokou.errors import JiaokouError, WrongUseError

_ROOMS = ("analysis", "catalogues", "data", "numbers", "wording")  # whose code decides what is kept


def catalogue(catalogue: str | Path = "") -> pd.DataFrame:
    """The packages of a catalogue (see `jiaokou.data.packages.named`), one row each, by place and name.

    `package` name and `folder` · `place` the division code of the National Bureau of Statistics, from the descriptor
    (`release.place`) or the entity's code in `entities.csv`, missing where neither says it; `place_zh`, `place_en` its
    names · `publisher_zh`, `publisher_en`, `title_zh`, `title_en`, `period_start`, `period_end` of the release ·
    `values` how many it publishes · `unreviewed` how many drafted ones nobody looked at, missing for none ·
    `relations`, `cannot_hold` how many the audit judged, and found not to hold; `verdicts_zh`, `verdicts_en`,
    `mismatches_zh`, `mismatches_en` the same in words · `fault` why it cannot be read, missing where it can.
    """
    folders = named(catalogue)
    places, faults = readable(folders)
    frame = stored("packages", places.values())
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
    places, faults = readable({name_of(folder): folder for folder in folders})
    if faults:
        raise JiaokouError(next(iter(faults.values())))
    of_section = () if section is None else [("section", "==", section)]
    frame = stored("observations", places.values(), [*columns_of("observations"), "package"], of_section)
    if section is not None and frame.empty:
        raise WrongUseError(f"no package of these has values in a section “{section}”; see jiaokou.sections(package=…)")
    return frame


load.__doc__ = data.load.__doc__


def readable(folders: Mapping[str, Path]) -> tuple[dict[str, Path], dict[str, str]]:
    """By the packages' names: where what is kept of each lies, and why some cannot be read.

    Raises JiaokouError if none can.
    """
    places, faults = {}, {}
    for name, folder in folders.items():
        try:
            places[name] = _kept(folder)
        except JiaokouError as error:
            faults[name] = str(error)
    if not places:
        raise JiaokouError(next(iter(faults.values()), "there is no package in the list of packages; name one"))
    return places, faults


def stored(
    table: str, places: Iterable[Path], columns: list[str] | None = None, where: Sequence[tuple[str, str, str]] = ()
) -> pd.DataFrame:
    """A table that is kept of packages; of its rows those `where` columns are what is said: ``("core", "!=", "")``."""
    found: Any = [str(place / f"{table}.parquet") for place in places]
    frame = pd.read_parquet(found, columns=columns, filters=where or None, dtype_backend="numpy_nullable")
    types: dict[Any, Any] = dict.fromkeys(frame.select_dtypes("string"), TEXT)
    types |= dict.fromkeys(frame.select_dtypes("datetime"), "datetime64[s]")
    return frame.astype(types).set_axis(frame.columns.astype(TEXT), axis="columns")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, None where a cell is missing."""
    rows: list[Any] = frame.astype("object").where(frame.notna(), None).to_dict("records")
    return rows


def facts(folder: Path) -> dict[str, Any]:
    """The row of `catalogue()` of one package, without its folder. Raises JiaokouError for one that is not sound."""
    return records(stored("packages", [_kept(folder)]))[0]


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
    package = open_package(folder)
    try:
        home.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(dir=home))
        for name, frame in (("packages", _facts(package)), ("observations", _observations(package))):
            # A column without a type, having nothing in it, would fit no other file.
            typed = frame.astype(dict.fromkeys(frame.select_dtypes(["category", "object", "str"]), TEXT))
            typed.to_parquet(aside / f"{name}.parquet", engine="pyarrow", index=False)
        try:
            aside.rename(place)
        except OSError:  # another process has kept the same
            shutil.rmtree(aside)
    except ImportError:
        raise JiaokouError("a catalogue is read with pyarrow: pip install 'jiaokou[formats]'") from None
    except OSError as error:
        raise JiaokouError(f"{home} cannot be written: {error.strerror}; name another with JIAOKOU_CACHE") from None
    return place


@cache
def _code() -> bytes:
    """The code that decides what is kept of a package."""
    library = Path(__file__).parent.parent
    found = sorted(file for room in _ROOMS for file in (library / room).iterdir() if file.is_file())
    return b"".join(hashlib.sha256(file.read_bytes()).digest() for file in found)


def counted(package: Package, list_: str, numbers: Mapping[Any, int], lang: str) -> str:
    """How many there are of each code of a list, in its order: `consistent (6) and does not match (1)`."""
    from jiaokou.wording import code, join, phrase  # with Babel, which nothing here takes but a first reading

    counts = {each: int(numbers[each]) for each in package.codes[list_].index if numbers.get(each)}
    said = {each: code(package, list_, each, lang) for each in counts}
    return join((phrase("in_brackets", lang, text=said[each], more=n) for each, n in counts.items()), lang)


def _facts(package: Package) -> pd.DataFrame:
    """The row of `catalogue()` of a package, as far as it says it itself."""
    from jiaokou.wording import phrase

    release, audit = package.release, audit_of(package)
    names = ("publisher_zh", "publisher_en", "title_zh", "title_en", "period_start", "period_end")
    row = {"package": package.name, **_place(package), **{name: getattr(release, name) for name in names}}
    row["values"] = int((package.frames["observations"]["basis"] != "name").sum())
    row |= {"unreviewed": package.unreviewed or None, "relations": len(audit)}
    verdicts, broken = audit["verdict"].value_counts().to_dict(), audit[audit["verdict"] == "cannot_hold"]
    row["cannot_hold"] = len(broken)
    for lang in LANGUAGES:
        row[f"verdicts_{lang}"] = counted(package, "verdict", verdicts, lang) or None
        row[f"mismatches_{lang}"] = phrase("semicolon", lang).join(broken[f"label_{lang}"]) or None
    types = dict.fromkeys(("values", "unreviewed", "relations", "cannot_hold"), "Int64")
    return pd.DataFrame([row]).astype(types | dict.fromkeys(names[-2:], "datetime64[s]"))


def _place(package: Package) -> dict[str, str | None]:
    """The code and the names of the place that a package is about."""
    (entity,) = records(package.frames["entities"].set_index("entity").reindex([package.release.entity]))
    code = package.release.place or entity["code"]
    return {"place": code} | {f"place_{lang}": entity[f"label_{lang}"] for lang in LANGUAGES}


def _observations(package: Package) -> pd.DataFrame:
    """The observations of a package with what a comparison asks of each: core indicator, place, codes in words."""
    frames, known = package.frames, mapped(package)
    observed, notes = frames["observations"].astype({"unit": TEXT}), frames["notes"].set_index("note")
    entities, units = frames["entities"].set_index("entity"), frames["units"].set_index("unit")
    indicator = observed["indicator"]
    found = observed.assign(
        package=package.name,
        **_place(package),
        own=(observed["entity"] == package.release.entity).astype("boolean"),
        suggested=indicator.map(known["suggested"]).astype("boolean"),
        core=indicator.map(known["core"]).where(observed["basis"] != "name").astype(TEXT),
        measure=indicator.map(frames["indicators"].set_index("indicator")["measure"]),
    )
    for lang in LANGUAGES:
        label = f"label_{lang}"
        words = {
            "entity": observed["entity"].map(entities[label]),
            "unit": observed["unit"].map(units[label]),
            "measure": found["measure"].map(package.codes["measure"][label]),
            "differs": indicator.map(known["note"]).map(notes[f"text_{lang}"]),
        }
        found = found.assign(**{f"{name}_{lang}": column.astype(TEXT) for name, column in words.items()})
    return found
