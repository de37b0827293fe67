"""Starts a data package: the contract's tables without rows, its units and code lists, and blanks to fill in."""

from __future__ import annotations

import json
from pathlib import Path

from jiaokou.descriptor import Json, default_package, files, opened, paths, read, schema
from jiaokou.errors import JiaokouError

_KEPT = {"units", "forms"}  # with the code lists, what any county's package begins with
_BLANK_RELEASE = {
    "title_zh": "",
    "title_en": "",
    "publisher_zh": "",
    "publisher_en": "",
    "entity": "",
    "period_start": "",
    "period_end": "",
    "sha256": "",
    "characters": 0,
    "paragraphs": 0,
}


def start(folder: str | Path) -> Path:
    """Write an empty data package into a folder that is new or empty, and return the folder.

    Name, licence and release are blanks, which the validator refuses one by one until they are filled in: no
    package can be mistaken for one that says which text it was keyed in from. Filled in, it is sound and has no rows.
    Raises JiaokouError for a folder that holds anything, or that cannot be written.
    """
    where = Path(folder).expanduser().resolve()
    home = default_package()
    model = opened(home)
    contents = _tables(home, model)
    try:
        where.mkdir(parents=True, exist_ok=True)
        if any(where.iterdir()):
            raise JiaokouError(f"{where} is not empty; name a new folder, so that nothing is written over")
        # The descriptor comes last: without it, no half-written folder is taken for a package.
        for name, content in [*contents.items(), ("datapackage.json", _descriptor(model))]:
            (where / name).parent.mkdir(exist_ok=True)
            (where / name).write_bytes(content)
    except OSError as error:
        raise JiaokouError(
            f"{where} cannot be written: {error.strerror or error}; name another folder"
        ) from None
    return where


def _tables(home: Path, model: Json) -> dict[str, bytes]:
    """The files of a package but its descriptor: code lists as they are, tables of facts with their header alone."""
    contents = {
        file.relative_to(home).as_posix(): read(file)
        for file in files(home, model)
        if file.name != "datapackage.json"
    }
    for resource in model["resources"]:
        if resource["name"] in _KEPT or resource["name"].startswith("codes-"):
            continue
        header = ",".join(column["name"] for column in schema(home, resource)["fields"])
        contents |= {name: f"{header}\n".encode() for name in paths(resource)}
    return contents


def _descriptor(model: Json) -> bytes:
    blank = {
        "$schema": model["$schema"],
        "name": "",
        "title": "",
        "version": "0.1.0",
        "licenses": [],
        "release": _BLANK_RELEASE,
        "resources": model["resources"],
    }
    return (json.dumps(blank, ensure_ascii=False, indent=2) + "\n").encode()
