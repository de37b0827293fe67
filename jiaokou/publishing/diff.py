"""What changed from one edition to another."""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.errors import JiaokouError

OBSERVED = ["printed", "qualifier", "value", "unit", "basis", "period_start", "period_end"]
COLUMNS = ["kind", "name", "change", "field", "before", "after"]
CHANGES = "changes.json"

Held = tuple[Path, str]
"""An edition: its folder, and its name, which each of its pages bears."""


def compare(before: Held, after: Held) -> pd.DataFrame:
    """What changed from one edition to another.

    Columns: `kind` (observation, relation or page), `name`, `change` (added, gone or changed), `field`, and its text
    `before` and `after`. Pages that differ in nothing but the edition's name are the same.
    """
    old, new = before[0], after[0]
    rows = [
        *_changes(
            "observation", _table(old, "observations", OBSERVED), _table(new, "observations", OBSERVED)
        ),
        *_changes("relation", _table(old, "audit", ["verdict"]), _table(new, "audit", ["verdict"])),
        *_changes("page", _pages(*before), _pages(*after)),
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def write(folder: Path, before: Held, after: Held) -> None:
    """Write the comparison into a folder, for the index page and for machines."""
    content = {"before": before[1], "changes": compare(before, after).to_dict("records")}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / CHANGES).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def read(folder: Path) -> dict[str, Any] | None:
    """The comparison that an edition carries: `before`, the name of the other, and `changes`; None for a first one."""
    file = folder / CHANGES
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def copy(edition: Path, folder: Path) -> None:
    """Let a folder carry the same comparison as an edition does."""
    if (edition / CHANGES).is_file():
        shutil.copyfile(edition / CHANGES, folder / CHANGES)


def _table(folder: Path, name: str, fields: list[str]) -> pd.DataFrame:
    """The fields as they stand in the edition's CSV, by the code in its first column."""
    file = folder / "data" / f"{name}.csv"
    try:
        return pd.read_csv(file, dtype="str", keep_default_na=False, index_col=0)[fields]
    except (OSError, ValueError, KeyError) as error:
        raise JiaokouError(
            f"{file} cannot be read: {error}; publish the edition again with --force"
        ) from None


def _pages(folder: Path, edition: str) -> pd.DataFrame:
    hashes = {
        path.relative_to(folder).as_posix(): sha256(
            path.read_bytes().replace(edition.encode(), b"")
        ).hexdigest()[:12]
        for path in sorted(folder.glob("*/*.html"))
    }
    return pd.DataFrame({"sha256": pd.Series(hashes, dtype="str")})


def _changes(
    kind: str, old: pd.DataFrame, new: pd.DataFrame
) -> Iterator[tuple[str, str, str, str, str, str]]:
    for name in old.index.union(new.index, sort=False):
        if name not in new.index:
            yield kind, name, "gone", "", "", ""
        elif name not in old.index:
            yield kind, name, "added", "", "", ""
        else:
            for field in new.columns:
                was, now = str(old.at[name, field]), str(new.at[name, field])
                if was != now:
                    yield kind, name, "changed", field, was, now
