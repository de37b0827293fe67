"""The work reports of eight provinces, as packages that are compared."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import jiaokou

EXAMPLES = Path(__file__).parents[2] / "examples" / "work_reports_2025"


@pytest.fixture(scope="module")
def compared() -> pd.DataFrame:
    return jiaokou.catalogues.comparable(EXAMPLES)


def test_eight_places_of_one_year_are_sound_and_wholly_reviewed() -> None:
    places = jiaokou.catalogue(EXAMPLES)
    assert len(places) == 8
    assert places["fault"].isna().all()
    assert (places["unreviewed"] == 0).all()
    assert set(places["period_end"].astype(str)) == {"2024-12-31"}


def test_their_own_map_ranks_them_and_a_differing_definition_stands_beside(compared: pd.DataFrame) -> None:
    growth = compared[(compared["indicator"] == "gdp_growth") & (compared["basis"] == "actual")]
    assert growth["of"].eq(8).all()
    assert not compared["suggested"].any()
    noted = compared[compared["reason"] == "differs"]
    assert noted["rank"].isna().all()
    assert "good_air_share" in set(noted["indicator"])


def test_no_file_holds_a_sentence_of_a_report() -> None:
    for file in EXAMPLES.glob("*/*.csv"):
        cells = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        if file.name in ("draft.csv", "numerals.csv"):
            printed = cells[[column for column in cells if column in ("printed", "name", "drafted_name", "sentence")]]
            assert printed.map(len).to_numpy().max() <= 15, file
