"""Which data packages a catalogue holds. Nothing here loads pandas, for editions are named by what is in them."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from jiaokou.data.descriptor import NAME, absolute, default_package, opened
from jiaokou.errors import JiaokouError

_NO_PACKAGE = "give a folder that holds data packages, or a text file that names a package's folder on each line"


def named(catalogue: str | Path) -> dict[str, Path]:
    """The folders of a catalogue's data packages by the packages' names.

    A catalogue is a folder, whose packages may lie at any depth and come in the order of their paths; or a text file
    that names one folder on each line, relative to the file (what follows `#` is a comment). In a folder, what is
    hidden and published editions are passed over. "" holds the library's own package alone. Raises JiaokouError if
    there is no package, if a folder that is named holds none, or if two have one name.
    """
    where = absolute(catalogue) if str(catalogue) else default_package()
    found: dict[str, Path] = {}
    for folder in _listed(where) if where.is_file() else _below(where):
        name = name_of(folder)
        if name in found:
            raise JiaokouError(f"{found[name]} and {folder} are both named “{name}”; give one another name")
        found[name] = folder
    if not found:
        what = "holds no data package" if where.exists() else "is no folder and no file"
        raise JiaokouError(f"{where} {what}; {_NO_PACKAGE}")
    return found


def name_of(folder: Path) -> str:
    """The name of a package; its folder's where the descriptor cannot be read or gives none that is allowed."""
    try:
        name = str(opened(folder).get("name"))
    except JiaokouError:  # whoever opens the package is told; the others of the catalogue do not suffer
        return folder.name
    return name if re.fullmatch(NAME, name) else folder.name


def _below(where: Path) -> Iterator[Path]:
    """The packages in a folder; a package, an edition and what is hidden hold no others."""
    for place, inside, files in os.walk(where):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        if {"datapackage.json", "receipt.json"}.intersection(files):
            inside.clear()
        if "datapackage.json" in files:
            yield Path(place)


def _listed(file: Path) -> Iterator[Path]:
    """The folders that a text file names."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise JiaokouError(f"{file} cannot be read as text in UTF-8; {_NO_PACKAGE}") from None
    for number, line in enumerate(lines, start=1):
        if not (name := re.split(r"(?:^|\s)#", line)[0].strip()):
            continue
        folder = absolute(file.parent / name)
        if not (folder / "datapackage.json").is_file():
            raise JiaokouError(f"{file}, line {number}: {folder} holds no datapackage.json; correct it or take it out")
        yield folder
