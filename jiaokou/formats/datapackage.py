"""A data package as an edition publishes it: every table with its labels joined in, described for any program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.codebook import STORED_AS, describe, joined_of, with_labels
from jiaokou.data.descriptor import default_package, opened, schema
from jiaokou.data.package import Package
from jiaokou.formats import KINDS, as_csv, without_folder

_SERVED = {stored: served for served, stored in STORED_AS.items()}
_COMPUTED: dict[str, Callable[[Package], pd.DataFrame]] = {
    "observations": joined_of,
    "derivations": derived_of,
    "relations": audit_of,
}


def files(package: Package) -> Iterator[tuple[str, bytes]]:
    """The files of the data package of an edition by name, `datapackage.json` first.

    Observations say all that is known of them, derived numbers and relations what is computed; other tables are as the
    package has them, with the labels of their codes. CSV files start with a byte order mark, as spreadsheets ask.
    """
    content, resources, tables = opened(package.path), [], []
    for resource in opened(default_package())["resources"]:
        stored = resource["name"]
        name = _SERVED.get(stored, stored)
        if stored in _COMPUTED:
            frame = _COMPUTED[stored](package)
        elif stored.startswith("codes-"):
            frame = package.codes[stored.removeprefix("codes-").replace("-", "_")].reset_index()
        else:
            frame = package.frames[stored]
        frame = without_folder(with_labels(frame, name, package))
        path = resource["path"] if stored.startswith("codes-") else f"{name}.csv"
        tables.append((path, as_csv(frame).encode("utf-8-sig")))
        facts = {"name": name, "type": "table", "path": path, "format": "csv", "mediatype": "text/csv"}
        resources.append(facts | {"encoding": "utf-8"} | _said(name) | {"schema": _schema(name, frame, resource)})
    text = json.dumps(content | {"resources": resources}, ensure_ascii=False, indent=1)
    yield "datapackage.json", f"{text}\n".encode()
    yield from tables


def _said(table: str, column: str = "") -> dict[str, str]:
    """Title and description, in English and in Chinese."""
    entry = describe(table, column)
    texts = {"title": entry.heading, "description": entry.meaning}
    return {f"{name}{end}": text[lang] for end, lang in (("", "en"), ("_zh", "zh")) for name, text in texts.items()}


def _schema(name: str, frame: pd.DataFrame, resource: dict[str, Any]) -> dict[str, Any]:
    """The Table Schema of a frame: what the contract states of its columns, and types of those that are computed."""
    stated = schema(default_package(), resource)
    known = {field["name"]: field for field in stated["fields"]}
    fields = [
        {"name": column, "type": KINDS.get(str(frame[column].dtype), "string")}
        | known.get(column, {})
        | _said(name, column)
        for column in map(str, frame)
    ]
    keys = [key for key in stated.get("foreignKeys", []) if set(key["fields"]) <= set(frame)]
    for key in keys:
        target = key["reference"]["resource"]
        key["reference"]["resource"] = _SERVED.get(target, target)
    return {"fields": fields, "missingValues": [""], "primaryKey": stated["primaryKey"], "foreignKeys": keys}
