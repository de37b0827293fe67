"""Finds numbers, milestones and relations by the words that the data package says of them."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.package import Package, open_package, with_package
from jiaokou.data.schema import TEXT
from jiaokou.errors import JiaokouError
from jiaokou.wording.languages import LISTS

SEARCH_COLUMNS = "kind code section label_zh label_en printed value unit".split()

_LABELS, _DEFINITIONS = ("label_zh", "label_en"), ("definition_zh", "definition_en")
_ENDING = re.compile(r"(?<=[a-z]{4})(?:ings?|ed|e?s)$")
_NOWHERE = 4


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
    rows = _rows(opened)
    places = pd.concat([_place(word, rows) for word in typed], axis="columns").max(axis="columns")
    best_first = places[places < _NOWHERE].sort_values(kind="stable").index
    return with_package(rows.loc[best_first, SEARCH_COLUMNS].reset_index(drop=True), opened.path)


def _place(word: str, rows: pd.DataFrame) -> pd.Series:
    """How far a word is from what each row is called: 0 is best."""
    start = r"(?<![a-z0-9.])" if word.isascii() else ""
    patterns = [start + re.escape(part) for part in (word, _ENDING.sub("", word))]
    tries = [rows[said].str.contains(pattern) for said in ("called", "described") for pattern in patterns]
    found = pd.concat(tries, axis="columns", ignore_index=True)
    return found.idxmax(axis="columns").where(found.any(axis="columns"), _NOWHERE)


def _folded(text: str) -> str:
    """Text without case, accents and full width: `Lüliang` is `luliang`, `ＡＢ` is `ab`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=4)  # the explorer searches at each choice
def _rows(package: Package) -> pd.DataFrame:
    """All that can be found, in the order of equal matches: `called` is its name, `described` what its codes mean."""
    frames = package.frames["observations"], derived_of(package), package.frames["milestones"], audit_of(package)
    coded = [frame.assign(kind=frame.columns[0], code=frame.iloc[:, 0]) for frame in frames]
    rows = pd.concat(coded, ignore_index=True).astype(dict.fromkeys(("section", "unit"), TEXT))
    listed = {table: str(package.frames[table].columns[0]) for table in LISTS if table != "units"}
    names = {code: _names(package.frames[table], code) for table, code in listed.items()}
    names |= {"actor": names["entity"], "place": names["entity"], "observations": names["observation"]}
    described = {
        column: ["\n".join(known[code] for code in codes.split()) for codes in rows[column].astype(TEXT).fillna("")]
        for column, known in names.items()
    }
    called = rows[["code", *_LABELS, "printed"]]
    return rows.assign(called=_texts(called), described=_texts(pd.DataFrame(described)))


def _names(frame: pd.DataFrame, code: str) -> dict[str, str]:
    """Each code of a frame and what it stands for, in one text."""
    return dict(zip(frame[code], _texts(frame.filter([code, *_LABELS, *_DEFINITIONS])), strict=True))


def _texts(frame: pd.DataFrame) -> pd.Series:
    """The texts of each row on lines of their own, folded; what is missing has none."""
    rows = frame.astype(TEXT).fillna("").to_numpy().tolist()
    return pd.Series([_folded("\n".join(row)) for row in rows], index=frame.index, dtype="str")
