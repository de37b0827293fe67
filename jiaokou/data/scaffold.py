"""Starts a data package: the contract's tables without rows, its units and code lists, and blanks to fill in."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from jiaokou.data.codebook import describe
from jiaokou.data.contract import Release
from jiaokou.data.descriptor import Json, absolute, default_package, opened, paths, read, schema
from jiaokou.errors import JiaokouError

_UNITS = Path(__file__).parents[1] / "drafting" / "units.csv"
_Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def start(folder: str | Path, text: Mapping[str, Any] | None = None) -> Path:
    """Write an empty data package into a folder that is new or empty, and return the folder.

    Licence and release are blanks, which the validator refuses until they are filled in: no package can be mistaken for
    one that says which text it was keyed in from. `text` is what identifies the release's text
    (`jiaokou.analysis.provenance.identity`), filled in already. It begins with every unit and form that drafting knows.
    Filled in, the package is sound; a README.md in it says what each table is for and where to begin. Raises
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
        "release": {each.name: 0 if each.type == "int" else "" for each in fields(Release)} | dict(text or {}),
        "resources": [_begun(resource) for resource in model["resources"]],
    }
    contents = _tables(home, blank, known_units()) | {"README.md": _readme(name or where.name, home, blank)}
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


def _begun(resource: Json) -> Json:
    """A table of the contract, without the files of the sections that this project's own package has."""
    return resource | {"path": f"{resource['name']}/section.csv"} if len(paths(resource)) > 1 else resource


def _readme(name: str, home: Path, model: Json) -> bytes:
    """What each table and column is for, as the schemas say, and in which order to fill them in."""
    lines: list[str] = []
    lists = []
    for resource in model["resources"]:
        said = describe(resource["name"])
        if resource["name"].startswith("codes-"):
            lists.append(f"- `{resource['path']}`: {said.heading['zh']} · {said.heading['en']}")
            continue
        file = resource["path"].replace("/section.csv", "/<section>.csv")
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


def known_units() -> dict[str, list[dict[str, str]]]:
    """The rows of `units.csv` and `forms.csv` that a package begins with: every unit that drafting knows."""
    with _UNITS.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    units = {"rank": {"unit": "rank", "label_zh": "位次", "label_en": "rank", "symbol_zh": "位"}}
    units |= {
        code: {"unit": code, "label_zh": zh, "label_en": code} for code, zh in (("index", "指数"), ("ratio", "比"))
    }
    bare = (("名", "rank"), ("位", "rank"), ("：1", "ratio"), (":1", "ratio"))
    forms = [{"form": form, "unit": unit, "factor": "1"} for form, unit in bare]
    for row in known:
        code, zh, en = row["code"], row["unit"], row["label_en"]
        symbols = {"symbol_zh": zh, "symbol_en": zh if zh.isascii() else code if code.isupper() else en}
        units.setdefault(code, {"unit": code, "label_zh": zh, "label_en": en, **symbols})
        forms.append({"form": row["form"], "unit": code, "factor": row["factor"]})
    units["count"] = {"unit": "count", "label_zh": "个数", "label_en": "number"}
    return {"units": list(units.values()), "forms": forms}


def _tables(home: Path, model: Json, given: _Tables) -> dict[str, bytes]:
    """The files of a package but its descriptor: code lists as they are, other tables with their header and what is
    `given` alone.
    """
    contents: dict[str, bytes] = {}
    for resource in model["resources"]:
        file = resource["path"]
        if resource["name"].startswith("codes-"):
            contents |= {name: read(home / name) for name in (file, resource["schema"])}
            continue
        contents[file] = table(schema(home, resource), given.get(resource["name"], ()))
    return contents


def table(model: Json, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A table's file: the columns of its schema, of each row those cells that it has."""
    out = io.StringIO()
    columns = [column["name"] for column in model["fields"]]
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
