"""What changed from one edition to another."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pandas as pd

from jiaokou.errors import JiaokouError

OBSERVED = ["printed", "qualifier", "value", "unit", "basis", "period_start", "period_end"]
COLUMNS = ["kind", "name", "change", "field", "before", "after"]


def compare(before: str | Path, after: str | Path) -> pd.DataFrame:
    """What changed from one edition to another, given by their folders.

    Columns: `kind` (observation, relation or page), `name`, `change` (added, gone or changed), `field`, and its text
    `before` and `after`.
    """
    old, new = _opened(before), _opened(after)
    rows = [
        *_changes(
            "observation", _table(old, "observations", OBSERVED), _table(new, "observations", OBSERVED)
        ),
        *_changes("relation", _table(old, "audit", ["verdict"]), _table(new, "audit", ["verdict"])),
        *_changes("page", _pages(old), _pages(new)),
    ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def _opened(edition: str | Path) -> Path:
    folder = Path(edition).expanduser()
    for place in (folder, Path("editions") / folder):
        if (place / "receipt.json").is_file():
            return place
    raise JiaokouError(
        f"{edition} is no edition: it has no receipt.json; give its folder, such as editions/latest"
    )


def _table(folder: Path, name: str, fields: list[str]) -> pd.DataFrame:
    """The fields as they stand in the edition's CSV, by the code in its first column."""
    file = folder / "data" / f"{name}.csv"
    try:
        return pd.read_csv(file, dtype="str", keep_default_na=False, index_col=0)[fields]
    except (OSError, ValueError, KeyError) as error:
        raise JiaokouError(
            f"{file} cannot be read: {error}; publish the edition again with --force"
        ) from None


def _pages(folder: Path) -> pd.DataFrame:
    hashes = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
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
