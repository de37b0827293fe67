"""A data package's descriptor and the files it lists; what is in them is for `jiaokou.validation`.

Nothing here loads pandas: whether the files have changed can be told at once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jiaokou.errors import JiaokouError

Json = dict[str, Any]


def default_package() -> Path:
    """The folder of the data package that comes with the library."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


def folder_of(package: str | Path = "") -> Path:
    """The folder of a package, "" being the one that comes with the library."""
    return Path(package).expanduser().resolve() if str(package) else default_package()


def read(file: Path) -> bytes:
    """A file of a package. Raises JiaokouError if it is missing or cannot be read."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise JiaokouError(f"{file} is missing; add it, or take its path out of datapackage.json") from None
    except OSError as error:
        raise JiaokouError(f"{file} cannot be read: {error.strerror}") from None


def opened(folder: Path) -> Json:
    """The content of `datapackage.json`. Raises JiaokouError if it is missing or lists no resources."""
    file = folder / "datapackage.json"
    if not folder.is_dir():
        raise JiaokouError(f"{folder} is no folder; give the folder that holds a datapackage.json")
    try:
        content = json.loads(read(file))
    except ValueError as error:
        raise JiaokouError(f"{file} is not JSON in UTF-8: {error}; correct it there") from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not all(_is_resource(resource) for resource in resources):
        raise JiaokouError(f"{file} needs a list “resources”, each with a name and a path or list of paths")
    return content


def _is_resource(resource: Any) -> bool:
    if not isinstance(resource, dict) or not isinstance(resource.get("name"), str):
        return False
    path = resource.get("path")
    return bool(path) and all(isinstance(name, str) for name in (path if isinstance(path, list) else [path]))


def paths(resource: Json) -> list[str]:
    """The files of a resource, relative to the package."""
    return resource["path"] if isinstance(resource["path"], list) else [resource["path"]]


def schema(folder: Path, resource: Json) -> Json:
    """The schema of a resource, which may stand in a file of its own."""
    stated = resource.get("schema", {})
    if not isinstance(stated, str):
        return stated
    try:
        return json.loads(read(folder / stated))
    except ValueError as error:
        raise JiaokouError(f"{folder / stated} is not JSON in UTF-8: {error}; correct it there") from None


def files(folder: Path, content: Json) -> tuple[Path, ...]:
    """Every file of a package. Raises JiaokouError for a path that leads out of its folder."""
    names = {"datapackage.json"}
    for resource in content["resources"]:
        names.update(paths(resource))
        if isinstance(resource.get("schema"), str):
            names.add(resource["schema"])
    for name in names:
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise JiaokouError(
                f"{folder / 'datapackage.json'}: “{name}” leads out of the folder; keep files inside it"
            )
    return tuple(folder / name for name in sorted(names))
