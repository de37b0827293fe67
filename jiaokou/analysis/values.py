"""Everything that is known of a published value, in one row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jiaokou.data.package import load, open_package, with_package


def values(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """The published values of one section, or of all, with all that the data package says of them.

    The columns of `load()`, and for each value its indicator's `measure`, `stock_flow`, `counter_zh`, `definition_zh`
    and `definition_en`, and the texts behind its codes: `entity_zh`, `entity_en`, `basis_zh`, `basis_en`, `note_zh`,
    `note_en`. Numbers that are part of a name (basis `name`) are no values and are left out.

        >>> values().set_index("observation").at["budget_revenue", "stock_flow"]
        'flow'
    """
    opened, observed = open_package(package), load(section, package=package)
    observed = observed[observed["basis"] != "name"].reset_index(drop=True)
    frames = opened.frames
    indicators = frames["indicators"].set_index("indicator")
    for name in ("measure", "stock_flow", "counter_zh", "definition_zh", "definition_en"):
        observed[name] = observed["indicator"].map(indicators[name])
    texts = (
        ("entity", frames["entities"].set_index("entity"), "label"),
        ("basis", opened.codes["basis"], "label"),
        ("note", frames["notes"].set_index("note"), "text"),
    )
    for code, table, text in texts:
        for lang in ("zh", "en"):
            observed[f"{code}_{lang}"] = observed[code].astype("str").map(table[f"{text}_{lang}"])
    return with_package(observed, opened.path)
