"""Many packages as one frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import jiaokou
from jiaokou.data.codebook import columns_of


def test_a_catalogue_says_of_each_package_who_where_and_when(province: Path) -> None:
    frame = jiaokou.catalogue(province).set_index("package")
    assert frame["place"].dropna().to_dict() == {"alpha": "141131", "beta": "141132", "gamma": "141133"}
    assert frame["place_en"].dropna().tolist() == ["Jiaokou County", "Beta County", "Gamma County"]
    assert frame.at["beta", "period_end"] == pd.Timestamp("2025-12-31")
    assert Path(frame.at["beta", "folder"]) == province / "beta"
    assert frame.at["beta", "values"] == len(jiaokou.values())


def test_a_package_that_cannot_be_read_says_why_and_hides_no_other(province: Path) -> None:
    frame = jiaokou.catalogue(province).set_index("package")
    assert frame["fault"].notna().to_dict() == {"alpha": False, "beta": False, "gamma": False, "broken": True}
    assert "units.csv" in frame.at["broken", "fault"]


def test_many_packages_load_as_one_frame_that_names_each(province: Path) -> None:
    folders = [province / "alpha", str(province / "beta")]
    frame = jiaokou.load("ecology", package=folders)
    alone = jiaokou.load("ecology", package=province / "beta")
    assert frame["package"].unique().tolist() == ["alpha", "beta"]
    beta = frame[frame["package"] == "beta"].reset_index(drop=True)[columns_of("observations")]
    texts = alone.select_dtypes("category").columns
    pd.testing.assert_frame_equal(
        beta, alone[columns_of("observations")].astype(dict.fromkeys(texts, beta["unit"].dtype))
    )


def test_loading_many_refuses_a_broken_package_an_unknown_section_and_none(province: Path) -> None:
    with pytest.raises(jiaokou.JiaokouError, match=r"units\.csv"):
        jiaokou.load(package=[province / "alpha", province / "broken"])
    with pytest.raises(jiaokou.JiaokouError, match="no package of these has values in a section “weather”"):
        jiaokou.load("weather", package=[province / "alpha"])
    with pytest.raises(jiaokou.JiaokouError, match="no package in the list"):
        jiaokou.load(package=[])


def test_where_no_package_can_be_read_the_first_fault_is_raised(province: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{province / 'broken'}\n", encoding="utf-8")
    with pytest.raises(jiaokou.JiaokouError, match=r"units\.csv"):
        jiaokou.catalogue(tmp_path / "list.txt")


def test_what_is_kept_of_a_package_follows_its_content_and_nothing_else(
    tmp_path: Path, copied: Callable[..., Path], cache: Path
) -> None:
    def value() -> float:
        frame = jiaokou.load(package=[folder])
        return float(frame.set_index("observation").at["forest_cover", "value"])

    folder = copied(tmp_path / "one")
    assert value() == 42.02
    kept = set(cache.iterdir())
    copied(tmp_path / "elsewhere" / "one")
    jiaokou.load(package=[tmp_path / "elsewhere" / "one"])
    assert set(cache.iterdir()) == kept
    file = folder / "observations" / "ecology.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("42.02", "43.02"), encoding="utf-8")
    assert value() == 43.02


def test_a_division_code_has_six_or_twelve_digits(tmp_path: Path, copied: Callable[..., Path]) -> None:
    folder = copied(tmp_path / "odd", "1411")
    with pytest.raises(jiaokou.JiaokouError, match=r"place: “.*” is no place; write a division code of 6 or 12 digits"):
        jiaokou.open_package(folder)
