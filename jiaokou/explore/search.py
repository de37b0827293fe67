"""Finds numbers, milestones and relations by the words that the data package says of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.package import Package, open_package, with_package
from jiaokou.errors import JiaokouError
from jiaokou.wording.languages import LISTS

SEARCH_COLUMNS = "kind code section label_zh label_en printed value unit".split()

_LABELS = ("label_zh", "label_en")
_DESCRIBED = (*_LABELS, "definition_zh", "definition_en")
_ENDING = re.compile(r"(?<=[a-z]{4})(?:ings?|ed|e?s)$")
_NOWHERE = 4


class _Entry(NamedTuple):
    """A row of the result, what it is called, and what else is said of it; both folded."""

    row: dict[str, Any]
    name: str
    about: str


def search(words: str, *, package: str | Path = "") -> pd.DataFrame:
    """Observations, derived numbers, milestones and relations of which every word typed is said.

    Looked through are codes, labels and definitions in both languages, printed forms, and the names of entity, topic
    and section; of a relation also its observations. Case, accents and full width do not matter. A Chinese word is
    found anywhere, an English word or a number at the start of a word; an English word's ending (-s, -es, -ed, -ing) is
    left off, so that "castings" finds "casting". There is no dictionary behind it: "casting" finds the foundries
    because their definitions speak of castings.

    Columns: `kind` (observation, derived, milestone or relation), `code`, `section`, `label_zh`, `label_en`,
    `printed`, `value`, `unit`; the last three are missing where a kind has none. Best matches come first: words in
    the code, label or printed form, as typed, before words without their endings and words that are said elsewhere.
    No match is a frame without rows; nothing typed is a JiaokouError.

        >>> search("forest")["code"].tolist()
        ['forest_cover', 'forest_coverage_reached', 'forest_cover_needs_area']
    """
    typed = _folded(str(words or "")).split()
    if not typed:
        raise JiaokouError('nothing to search for; type a word, as in jiaokou.search("铸造")')
    opened = open_package(package)
    entries = _entries(opened)
    ranked = [(max(_place(word, entry) for word in typed), entry) for entry in entries]
    hits = sorted((pair for pair in ranked if pair[0] < _NOWHERE), key=lambda pair: pair[0])
    frame = pd.DataFrame([entry.row for _, entry in hits], columns=SEARCH_COLUMNS, dtype="object")
    return with_package(frame.astype({"value": "Float64"}), opened.path)


def _place(word: str, entry: _Entry) -> int:
    """How far a word is from what an entry is called: 0 is best."""
    stem = _ENDING.sub("", word)
    tries = ((word, entry.name), (stem, entry.name), (word, entry.about), (stem, entry.about))
    return next((n for n, (part, text) in enumerate(tries) if _said(part, text)), _NOWHERE)


def _said(part: str, text: str) -> bool:
    if not part.isascii():
        return part in text
    return re.search(rf"(?<![a-z0-9.]){re.escape(part)}", text) is not None


def _folded(text: str) -> str:
    """Text without case, accents and full width: `Lüliang` is `luliang`, `ＡＢ` is `ab`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=4)
def _entries(package: Package) -> list[_Entry]:
    """All that can be found in a package, in the order in which equal matches are given."""
    described = {table: code for table, code in LISTS.items() if table != "units"}
    names = {code: _texts(package.frames[table], code) for table, code in described.items()}
    names |= dict.fromkeys(("actor", "place"), names["entity"])
    frames = {
        "observation": package.frames["observations"],
        "derived": derived_of(package),
        "milestone": package.frames["milestones"],
        "relation": audit_of(package),
    }
    return [_entry(kind, row, names) for kind, frame in frames.items() for row in frame.to_dict("records")]


def _texts(frame: pd.DataFrame, code: str) -> dict[str, str]:
    """What each code of a frame stands for, in one text."""
    present = [name for name in _DESCRIBED if name in frame]
    return {row[code]: _joined(row[name] for name in present) for row in frame.to_dict("records")}


def _entry(kind: str, row: Mapping[Any, Any], names: Mapping[str, Mapping[str, str]]) -> _Entry:
    found = {name: row.get(name) for name in SEARCH_COLUMNS} | {"kind": kind, "code": row[kind]}
    name = _joined(found[column] for column in ("code", *_LABELS, "printed"))
    codes = [(column, row[column]) for column in names if column in row and column != kind]
    codes += [("observation", code) for code in str(row.get("observations", "")).split()]
    about = _joined(part for column, code in codes for part in (code, names[column].get(code)))
    return _Entry(found, _folded(name), _folded(about))


def _joined(parts: Iterable[Any]) -> str:
    """Texts on lines of their own; what is missing has none."""
    return "\n".join(part for part in parts if isinstance(part, str))
