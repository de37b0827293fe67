"""Starts a data package: the contract's tables without rows, its units and code lists, and blanks to fill in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from jiaokou.data.codebook import describe
from jiaokou.data.contract import Release
from jiaokou.data.descriptor import Json, absolute, default_package, files, opened, paths, read, schema
from jiaokou.errors import JiaokouError

_KEPT = {"units", "forms"}  # with the code lists, what any county's package begins with


def start(folder: str | Path, text: Mapping[str, Any] | None = None) -> Path:
    """Write an empty data package into a folder that is new or empty, and return the folder.

    Licence and release are blanks, which the validator refuses one by one until they are filled in: no package can be
    mistaken for one that says which text it was keyed in from. `text` is what identifies the release's text
    (`jiaokou.analysis.provenance.identity`), filled in already. Filled in, the package is sound and has no rows; a
    README.md in it says what each table is for and where to begin. Raises JiaokouError for a folder that holds
    anything, or that cannot be written.
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
        "release": {each.name: 0 if each.type == "int" else "" for each in fields(Release)} | dict(text or {}),
        "resources": model["resources"],
    }
    contents = _tables(home, model) | {"README.md": _readme(name or where.name, home, model)}
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


def _readme(name: str, home: Path, model: Json) -> bytes:
    """What each table and column is for, as the schemas say, and in which order to fill them in."""
    lines: list[str] = []
    lists = []
    for resource in model["resources"]:
        said = describe(resource["name"])
        if resource["name"].startswith("codes-"):
            lists.append(f"- `{resource['path']}`: {said.heading['zh']} · {said.heading['en']}")
            continue
        files = paths(resource)
        file = files[0] if len(files) == 1 else f"{Path(files[0]).parent.as_posix()}/<section>.csv"
        lines += [f"### `{file}` · {said.heading['zh']} · {said.heading['en']}", ""]
        lines += [said.meaning["zh"], said.meaning["en"], ""]
        lines += ["| 列 column | 类型 type | 必填 required | 含义 | means |", "| --- | --- | --- | --- | --- |"]
        for column in schema(home, resource)["fields"]:
            meant = describe(resource["name"], column["name"])
            must = "✓" if column.get("constraints", {}).get("required") else ""
            listed = f" → `{meant.codes}`" if meant.codes else ""
            cells = (f"`{column['name']}`", column["type"], must, meant.meaning["zh"], meant.meaning["en"] + listed)
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    lines += ["### `codes/` · 代码表 · Code lists", "", *lists]
    text = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    return text.replace("{tables}", "\n".join(lines)).replace("{name}", name).encode()


def _tables(home: Path, model: Json) -> dict[str, bytes]:
    """The files of a package but its descriptor: code lists as they are, tables of facts with their header alone."""
    contents = {
        file.relative_to(home).as_posix(): read(file) for file in files(home, model) if file.name != "datapackage.json"
    }
    for resource in model["resources"]:
        if resource["name"] in _KEPT or resource["name"].startswith("codes-"):
            continue
        header = ",".join(column["name"] for column in schema(home, resource)["fields"])
        contents |= {name: f"{header}\n".encode() for name in paths(resource)}
    return contents
