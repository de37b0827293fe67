"""Everything that is known of a published value, in one row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jiaokou.data.codebook import with_labels
from jiaokou.data.package import Package, check_section, in_section, open_package, with_package


def values(section: str | None = None, *, package: str | Path = "") -> pd.DataFrame:
    """The published values of one section, or of all, with all that the data package says of them.

    The columns of `load()`, and for each value its indicator's `measure`, `stock_flow`, `counter_zh`, `definition_zh`
    and `definition_en`, and what each of its codes stands for: `entity_zh`, `entity_en`, `basis_zh`, `note_en` and so
    on. Numbers that are part of a name (basis `name`) are no values and are left out.

        >>> values().set_index("observation").at["budget_revenue", "stock_flow"]
        'flow'
    """
    opened = open_package(package)
    check_section(opened, section)
    joined = in_section(joined_of(opened), section)
    return joined[joined["basis"] != "name"].reset_index(drop=True)


def joined_of(package: Package) -> pd.DataFrame:
    """Every observation of a package, those in names too, with the columns of `values()`."""
    observed = package.frames["observations"].copy()
    indicators = package.frames["indicators"].set_index("indicator")
    for name in ("measure", "stock_flow", "counter_zh", "definition_zh", "definition_en"):
        observed[name] = observed["indicator"].map(indicators[name])
    return with_package(with_labels(observed, "observations", package), package.path)
