"""What changed from one edition to another."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.errors import JiaokouError

COLUMNS = ["kind", "name", "change", "field", "before", "after"]

_OBSERVED = ["printed", "qualifier", "value", "unit", "basis", "period_start", "period_end"]

Held = tuple[Path, str]  # an edition: its folder, and its name, which each of its pages bears
Part = dict[Any, dict[Any, str]]  # what is compared: the fields of each observation, relation or page


def compare(before: Held, after: Held) -> pd.DataFrame:
    """What changed from one edition to another.

    Columns: `kind` (observation, relation or page), `name`, `change` (added, gone or changed), `field`, and its text
    `before` and `after`. Pages that differ in nothing but the edition's name are the same.
    """
    old, new = (
        {
            "observation": _table(folder / "data" / "observations.csv", _OBSERVED),
            "relation": _table(folder / "data" / "audit.csv", ["verdict"]),
            "page": {
                path.relative_to(folder).as_posix(): {"sha256": _digest(path, name)}
                for path in sorted(folder.glob("*/*.html"))
                if path.name != "index.html"
            },
        }
        for folder, name in (before, after)
    )
    rows = [(kind, *change) for kind in new for change in _changes(old[kind], new[kind])]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def _table(file: Path, fields: list[str]) -> Part:
    """The fields as they stand in an edition's CSV, by the code in its first column."""
    try:
        frame = pd.read_csv(file, dtype="str", keep_default_na=False, index_col=0)
        return frame[fields].to_dict("index")
    except (OSError, ValueError, KeyError) as error:
        raise JiaokouError(f"{file} cannot be read: {error}; publish the edition again with --force") from None


def _digest(page: Path, edition: str) -> str:
    return sha256(page.read_bytes().replace(edition.encode(), b"")).hexdigest()[:12]


def _changes(old: Part, new: Part) -> Iterator[tuple[str, str, str, str, str]]:
    for name in {**old, **new}:
        if name in old and name in new:
            for field, now in new[name].items():
                if (was := old[name][field]) != now:
                    yield name, "changed", field, was, now
        else:
            yield name, "added" if name in new else "gone", "", "", ""
