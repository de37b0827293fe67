"""What the codes in a package's tables stand for: labels beside them, words in their place."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from jiaokou.data.codebook import describe
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package, in_section, open_package, with_package, without_folder
from jiaokou.data.schema import TEXT


def labels(listed: str, package: Package) -> dict[str, list[str]]:
    """What each code of a list (`codes-basis`, `sections`, `notes` …) stands for in each language."""
    if not listed.startswith("codes-") and listed not in ("sections", "topics", "entities", "units", "notes"):
        return {}
    frame, stem = package.frames[listed], "text" if listed == "notes" else "label"
    texts = frame[[f"{stem}_{lang}" for lang in LANGUAGES]].to_numpy(dtype="str").tolist()
    return dict(zip(frame[frame.columns[0]], texts, strict=True))


def in_words(codes: pd.Series, known: Mapping[str, Sequence[str]], lang: str) -> list[str | None]:
    """What the codes of a column, one or several to a cell, stand for; None where there is none."""
    place = LANGUAGES.index(lang)
    cells = codes.astype("object").where(codes.notna(), "")
    return [", ".join(known[code][place] for code in cell.split()) or None for cell in cells]


def with_labels(frame: pd.DataFrame, table: str, package: Package) -> pd.DataFrame:
    """A frame with what the codes of each column but the first stand for, in columns `NAME_zh` and `NAME_en`."""
    known = {name: labels(describe(table, name)["codes"], package) for name in map(str, frame.columns[1:])}
    texts = {
        f"{name}_{lang}": in_words(frame[name], listed, lang)
        for name, listed in known.items()
        if listed
        for lang in LANGUAGES
    }
    return frame.join(pd.DataFrame(texts, frame.index, dtype=TEXT).drop(columns=frame.columns, errors="ignore"))


def values(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """The published values of one section, or of all, with all that the data package says of them.

    The columns of `load()`, and for each value its indicator's `measure`, `stock_flow`, `counter_zh`, `definition_zh`
    and `definition_en`, and what each of its codes stands for: `entity_zh`, `entity_en`, `basis_zh`, `note_en` and so
    on. Numbers that are part of a name (basis `name`) are no values and are left out.

        >>> values().set_index("observation").at["budget_revenue", "stock_flow"]
        'flow'
    """
    opened = open_package(package)
    joined = in_section(joined_of(opened), section, opened)
    return joined[joined["basis"] != "name"].reset_index(drop=True)


@lru_cache(maxsize=4)  # asked by every notebook, whose kernels have it from the process that they are forked from
def joined_of(package: Package) -> pd.DataFrame:
    """Every observation of a package, those in names too, with the columns of `values()`; not to be changed."""
    of_indicators = ["measure", "stock_flow", "counter_zh", "definition_zh", "definition_en"]
    indicators = package.frames["indicators"].set_index("indicator")[of_indicators]
    observed = without_folder(package.frames["observations"]).join(indicators, on="indicator")
    return with_package(with_labels(observed, "observations", package), package.path)
