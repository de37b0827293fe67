"""Starts a data package: the contract's tables without rows, its units and code lists, and blanks to fill in."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.contract import Release
from jiaokou.data.descriptor import Json, absolute, default_package, opened, paths, read, schema
from jiaokou.errors import JiaokouError


def start(
    folder: str | Path,
    text: Mapping[str, Any] | None = None,
    rows: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
) -> Path:
    """Write an empty data package into a folder that is new or empty, and return the folder.

    Licence and release are blanks, which the validator refuses until they are filled in: no package can be mistaken for
    one that says which text it was keyed in from. `text` is what identifies the release's text
    (`jiaokou.analysis.provenance.identity`), filled in already; `rows` are those that its tables begin with, by their
    names. Filled in, the package is sound; a README.md in it says what each table is for and where to begin. Raises
    JiaokouError for a folder that holds anything, or that cannot be written.
    """
    where, home = absolute(folder), default_package()
    model = opened(home)
    called = where.parent.name if where.name in ("data", "package") else where.name
    name = re.sub("[^a-z0-9._-]+", "-", called.lower()).strip("._-")
    blank = {
        "$schema": model["$schema"],
        "name": name,
        "title": "",
        "version": "0.1.0",
        "licenses": [],
        "release": {each.name: 0 if each.type is int else "" for each in fields(Release)} | dict(text or {}),
        "resources": [  # of a table with a file for each section, which only its maker can name, there is one
            each | {"path": f"{each['name']}/section.csv"} if len(paths(each)) > 1 else each
            for each in model["resources"]
        ],
    }
    contents: dict[str, bytes] = {}
    for resource in blank["resources"]:
        if resource["name"].startswith("codes-"):
            contents |= {file: read(home / file) for file in (resource["path"], resource["schema"])}
        else:
            contents[resource["path"]] = table(schema(home, resource), (rows or {}).get(resource["name"], ()))
    guide = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    contents["README.md"] = guide.replace("{name}", name or where.name).encode()
    # The descriptor comes last: without it, no half-written folder is taken for a package.
    contents["datapackage.json"] = (json.dumps(blank, ensure_ascii=False, indent=2) + "\n").encode()
    try:
        where.mkdir(parents=True, exist_ok=True)
        if any(where.iterdir()):
            raise JiaokouError(f"{where} is not empty; name a new folder, so that nothing is written over")
        for file, content in contents.items():
            (where / file).parent.mkdir(exist_ok=True)
            (where / file).write_bytes(content)
    except OSError as error:
        raise JiaokouError(f"{where} cannot be written: {error.strerror or error}; name another folder") from None
    return where


def table(model: Json, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table's file: the columns of its schema, of each row those cells that it has."""
    columns = [column["name"] for column in model["fields"]]
    return pd.DataFrame(list(rows), columns=columns, dtype="object").to_csv(index=False, lineterminator="\n").encode()
