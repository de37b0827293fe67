"""A data package's descriptor and the files it lists; what is in them is for `jiaokou.data.contract`.

Nothing here loads pandas: whether the files have changed can be told at once.
"""

import csv
import json
import os
from pathlib import Path
from typing import Any

from jiaokou.errors import JiaokouError

Json = dict[str, Any]

PUBLISHING = "JIAOKOU_PUBLISHING"
"""The variable of the environment that is set while notebooks run for an edition."""

NAME = r"[a-z0-9][a-z0-9._-]*"
"""What the name of a package may be."""


def default_package() -> Path:
    """The folder of the data package that comes with the library."""
    library = Path(__file__).parent.parent
    inside = library / "package"  # of an installed wheel
    return inside if inside.is_dir() else library.parent / "data"


def folder_of(package: str | Path = "") -> Path:
    """The folder of a package, "" being the one that comes with the library."""
    return absolute(package) if str(package) else default_package()


def absolute(path: str | Path) -> Path:
    """A path that a user gave, with `~` and links followed. Raises JiaokouError for one that cannot be followed."""
    try:
        return Path(path).expanduser().resolve()
    except (OSError, RuntimeError, TypeError, ValueError) as error:  # a link to itself, no such user
        why = str(error).rstrip(".")
        raise JiaokouError(f"the path {str(path)!r} cannot be followed: {why}; give another") from None


def read(file: str | Path, cure: str = "add it, or take its path out of datapackage.json") -> bytes:
    """A file, of a package if nothing else is said. Raises JiaokouError, with the cure, if it cannot be read."""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise JiaokouError(f"{file} cannot be read: {error.strerror}; {cure}") from None


def opened(folder: Path) -> Json:
    """The content of `datapackage.json`. Raises JiaokouError if it is missing or lists no resources."""
    file = folder / "datapackage.json"
    if not os.path.isdir(folder):  # noqa: PTH112 - pathlib's raises for a name that is too long
        raise JiaokouError(f"{folder} is no folder; give the folder that holds a datapackage.json")
    if not os.path.lexists(file):
        raise JiaokouError(
            f"{folder} is no data package: it holds no datapackage.json; give the folder that does, "
            "or start a package in a new one: jiaokou new DIR"
        )
    content = _json(file)
    try:
        sound = all(each["name"].strip() and "".join(paths(each)) for each in content["resources"])
    except (AttributeError, KeyError, TypeError):
        sound = False
    if not sound:
        raise JiaokouError(f"{file} needs a list “resources”, each with a name and a path or list of paths")
    return content


def paths(resource: Json) -> list[str]:
    """The files of a resource, relative to the package."""
    return resource["path"] if isinstance(resource["path"], list) else [resource["path"]]


def schema(folder: Path, resource: Json) -> Json:
    """The schema of a resource, which may stand in a file of its own."""
    stated = resource.get("schema", {})
    return _json(folder / stated) if isinstance(stated, str) else stated


def _json(file: Path) -> Any:
    try:
        return json.loads(read(file))
    except (ValueError, RecursionError) as error:
        raise JiaokouError(f"{file} is not JSON in UTF-8: {error}; correct it there") from None


def files(folder: Path, content: Json) -> tuple[Path, ...]:
    """Every file of a package. Raises JiaokouError for a path that leads out of its folder."""
    names, home = {"datapackage.json"}, absolute(folder)
    for resource in content["resources"]:
        stated = resource.get("schema")
        names.update(paths(resource), [stated] if isinstance(stated, str) else [])
    for name in names:
        if not absolute(home / name).is_relative_to(home):
            raise JiaokouError(f"{home / 'datapackage.json'}: “{name}” leads out of the folder; keep files inside it")
    return tuple(folder / name for name in sorted(names))


def codes(folder: Path, content: Json, name: str) -> list[str]:
    """The first column of a resource, in its order; nothing where the package has no such resource."""
    found = [file for resource in content["resources"] if resource["name"] == name for file in paths(resource)]
    lines = (line for file in found for line in read(folder / file).decode("utf-8-sig", "replace").splitlines()[1:])
    return [row[0] for row in csv.reader(lines) if row]
