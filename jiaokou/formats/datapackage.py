"""A data package as an edition publishes it: every table with its labels joined in, described for any program."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.codebook import describe
from jiaokou.data.codes import joined_of, with_labels
from jiaokou.data.descriptor import default_package, opened, schema
from jiaokou.data.package import Package, without_folder
from jiaokou.formats import KINDS, as_csv

_COMPUTED: dict[str, tuple[str, Callable[[Package], pd.DataFrame]]] = {
    "observations": ("observations", joined_of),
    "derivations": ("derived", derived_of),
    "relations": ("audit", audit_of),
}
"""Of the tables that are published with what is computed from them the name, and what gives them."""


def files(package: Package) -> Iterator[tuple[str, bytes]]:
    """The files of the data package of an edition by name, `datapackage.json` first.

    Observations say all that is known of them, derived numbers and relations what is computed; other tables are as the
    package has them, with the labels of their codes. CSV files start with a byte order mark, as spreadsheets ask.
    """
    content, resources, tables = opened(package.path), [], []
    for resource in opened(default_package())["resources"]:
        stored = resource["name"]
        name, computed = _COMPUTED.get(stored, (stored, None))
        frame = computed(package) if computed else package.frames[stored]
        frame = with_labels(without_folder(frame), name, package)
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
    in_english = {"title": entry["heading_en"], "description": entry["meaning_en"]}
    return in_english | {"title_zh": entry["heading_zh"], "description_zh": entry["meaning_zh"]}


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
    for reference in (key["reference"] for key in keys):
        reference["resource"], *_ = _COMPUTED.get(reference["resource"], (reference["resource"],))
    return {"fields": fields, "missingValues": [""], "primaryKey": stated["primaryKey"], "foreignKeys": keys}
