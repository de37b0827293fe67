"""The core vocabulary, and which indicators of a package are core ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import jiaokou
from jiaokou.catalogues.core import KIND, cores, factor, mapped, units
from jiaokou.data.schema import TEXT


@pytest.mark.parametrize("core", cores())
def test_a_core_indicator_is_wholly_described(core: str) -> None:
    row = cores()[core]
    assert [name for name, cell in row.items() if not cell and name != "counter_zh"] == []
    assert row["unit"] in units().index
    assert row["kind"] in {"level", *KIND.values()}
    assert (row["compared"] == "year_on_year") == (row["kind"] == "growth")
    assert bool(row["counter_zh"]) == (row["unit"] == "count")
    assert re.fullmatch(
        row["names"], re.sub("(增速|涨幅)$", "", row["label_zh"]) if row["kind"] == "growth" else row["label_zh"]
    )


def test_units_convert_only_to_what_they_measure() -> None:
    assert (factor("kW", "MW"), factor("MW", "MW"), factor("CNY", "MW")) == (0.001, 1, None)


def test_suggestions_find_what_jiaokou_maps_by_hand() -> None:
    by_hand = mapped(jiaokou.open_package())["core"]
    suggested = jiaokou.catalogues.suggest().set_index("indicator")["core"]
    assert suggested.to_dict().items() <= by_hand.to_dict().items()
    assert len(suggested) >= len(by_hand) - 1  # 较2020年增长 is no name of a yearly growth


def test_names_suggest_a_core_indicator_only_where_kind_and_unit_fit(
    tmp_path: Path, copied: Callable[..., Path]
) -> None:
    names = {
        "streets_investment": "全省地区生产总值",  # money
        "fixed_asset_investment_growth": "全省地区生产总值增长率",
        "old_estates_renovated": "地区生产总值",  # a count
        "signed_investment": "地区生产总值目标",
    }
    folder = copied(tmp_path / "own", indicators={code: {"label_zh": name} for code, name in names.items()})
    found = jiaokou.catalogues.suggest(folder).set_index("indicator")["core"]
    assert {code: found.get(code) for code in names} == {
        "streets_investment": "gdp",
        "fixed_asset_investment_growth": "gdp_growth",
        "old_estates_renovated": None,
        "signed_investment": None,
    }


def test_a_package_may_leave_out_its_map_and_is_then_matched_by_names(
    tmp_path: Path, copied: Callable[..., Path]
) -> None:
    folder = copied(tmp_path / "old")
    content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    content["resources"] = [each for each in content["resources"] if each["name"] != "core"]
    (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    assert mapped(jiaokou.open_package(folder))["suggested"].all()


def test_an_unknown_core_indicator_is_named_with_those_that_come_near(
    tmp_path: Path, copied: Callable[..., Path]
) -> None:
    folder = copied(tmp_path / "typo", core={"forest_cover": {"core": "forest_covr"}})
    with pytest.raises(jiaokou.JiaokouError, match="“forest_covr” is no core indicator; did you mean forest_cover"):
        mapped(jiaokou.open_package(folder))


def test_the_vocabulary_is_a_frame_of_text() -> None:
    frame = jiaokou.catalogues.vocabulary()
    assert len(frame) >= 30
    assert frame.dtypes.eq(TEXT).all()
