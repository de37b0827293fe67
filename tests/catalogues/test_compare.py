"""What is ranked, how, and what stands beside with the reason."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jiaokou
from jiaokou.catalogues.compare import ranks
from jiaokou.numbers.intervals import Interval

NUMBERS = st.integers(-3, 6)
OPEN = st.booleans()


@st.composite
def bounds(draw: st.DrawFn) -> dict[str, object]:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return {
        "lower": draw(st.sampled_from([low, low, None])),
        "upper": draw(st.sampled_from([high, high, None])),
        "lower_open": low < high and draw(OPEN),
        "upper_open": low < high and draw(OPEN),
    }


def interval(row: dict[str, object]) -> Interval:
    low, high = (end if row[name] is None else row[name] for name, end in (("lower", -inf), ("upper", inf)))
    return Interval(low, high, bool(row["lower_open"]), bool(row["upper_open"]))  # type: ignore[arg-type]


def certainly_larger(one: Interval, other: Interval) -> bool:
    return not one.meets(other) and one.low >= other.high


@given(st.lists(bounds(), max_size=8))
def test_a_rank_is_one_more_than_the_values_that_are_certainly_larger(rows: list[dict[str, object]]) -> None:
    intervals = [interval(row) for row in rows]
    assert ranks(rows) == [
        (
            1 + sum(certainly_larger(other, one) for other in intervals),
            len(rows) - sum(certainly_larger(one, other) for other in intervals),
        )
        for one in intervals
    ]


@given(st.lists(bounds(), min_size=1, max_size=8))
def test_someone_is_first_and_overlapping_values_could_share_a_rank(rows: list[dict[str, object]]) -> None:
    found, intervals = ranks(rows), [interval(row) for row in rows]
    assert min(first for first, _ in found) == 1
    assert max(last for _, last in found) == len(rows)
    for (first, last), one in zip(found, intervals, strict=True):
        assert first <= last
        for (other_first, other_last), other in zip(found, intervals, strict=True):
            if one.meets(other):
                assert max(first, other_first) <= min(last, other_last)
            elif certainly_larger(one, other):
                assert first < other_first
                assert last < other_last


@given(st.lists(NUMBERS, unique=True, max_size=8))
def test_exact_values_that_differ_are_ranked_as_numbers_are(numbers: list[int]) -> None:
    rows = [{"lower": n, "upper": n, "lower_open": False, "upper_open": False} for n in numbers]
    order = sorted(numbers, reverse=True)
    assert ranks(rows) == [(order.index(n) + 1,) * 2 for n in numbers]


def test_a_chain_of_overlaps_shares_ranks_pairwise() -> None:
    chain = [(30, 50), (20, 40), (10, 29)]
    rows = [{"lower": low, "upper": high, "lower_open": False, "upper_open": False} for low, high in chain]
    assert ranks(rows) == [(1, 2), (1, 3), (2, 3)]


@pytest.fixture(scope="module")
def found(province: Path) -> pd.DataFrame:
    return jiaokou.catalogues.comparable(province)


def of(found: pd.DataFrame, indicator: str, basis: str = "actual") -> pd.DataFrame:
    rows = found[(found["indicator"] == indicator) & (found["basis"] == basis)]
    return rows.set_index("package")


def test_equal_values_are_ranked_by_what_they_print(found: pd.DataFrame) -> None:
    rows = of(found, "budget_expenditure")
    assert rows[["rank", "rank_to", "of"]].apply(tuple, axis=1).to_dict() == {
        "beta": (1, 1, 3), "alpha": (2, 2, 3), "gamma": (3, 3, 3),
    }  # fmt: skip
    assert rows.at["beta", "label_en"] == "Beta County"


def test_values_without_an_upper_bound_share_every_rank(found: pd.DataFrame) -> None:
    rows = of(found, "base_stations_5g")
    assert (set(rows["rank"]), set(rows["rank_to"])) == ({1}, {3})


def test_values_whose_bounds_overlap_share_a_rank(found: pd.DataFrame) -> None:
    rows = of(found, "forest_cover").drop("gamma")
    assert (set(rows["rank"]), set(rows["rank_to"])) == ({1}, {2})


@pytest.mark.parametrize(
    ("package", "indicator", "basis", "reason", "said"),
    [
        (
            "gamma",
            "forest_cover",
            "actual",
            "differs",
            "It is defined otherwise: The scope is printed as the county seat",
        ),
        (
            "gamma",
            "fixed_asset_investment_growth",
            "target",
            "alone",
            "No other place of its level prints it for this period",
        ),
        ("alpha", "budget_expenditure_growth", "actual", "year_on_year", "no change on the same period a year earlier"),
        ("alpha", "new_energy_capacity", "target", "undated", "The text gives no period"),
    ],
)
def test_what_is_not_ranked_says_why(
    found: pd.DataFrame, package: str, indicator: str, basis: str, reason: str, said: str
) -> None:
    row = of(found, indicator, basis).loc[package]
    assert pd.isna(row["rank"])
    assert pd.isna(row["group"])
    assert row["reason"] == reason
    assert said in row["reason_en"]
    assert row["reason_zh"]


def test_every_value_has_either_a_rank_or_a_reason(found: pd.DataFrame) -> None:
    assert (found["rank"].notna() == found["reason"].isna()).all()
    assert (found["rank"].notna() == found["of"].ge(2).fillna(False)).all()


def test_what_only_a_name_suggests_is_ranked_if_asked_and_is_marked(tmp_path: Path, copied) -> None:  # type: ignore[no-untyped-def]
    for name in ("one", "two"):
        folder = copied(tmp_path / name)
        (folder / "core.csv").write_text("indicator,core,note\n", encoding="utf-8")
    silent, asked = (jiaokou.catalogues.comparable(tmp_path, suggested=taken) for taken in (False, True))
    assert silent["suggested"].all()
    assert set(silent["reason"]) == {"suggested"}
    ranked = asked[asked["rank"].notna()]
    assert len(ranked) > 0
    assert ranked["suggested"].all()


def test_a_value_printed_twice_is_ranked_once_as_it_is_most_precise(tmp_path: Path, copied) -> None:  # type: ignore[no-untyped-def]
    for name, share in (("one", "82"), ("two", "99")):
        core = {"budget_expenditure": {"core": "budget_revenue"}}
        printed = {
            "budget_expenditure": {"printed": "17.2亿元"},
            "new_energy_share": {"printed": f"{share}%", "value": share},
        }
        copied(tmp_path / name, core=core, observations=printed)
    rows = jiaokou.catalogues.comparable(tmp_path)
    rows = rows[(rows["indicator"] == "budget_revenue") & (rows["package"] == "one")].set_index("printed")
    assert rows["reason"].fillna("").to_dict() == {"17.2亿元": "", "突破11亿元": "closer"}
    assert "17.2亿元" in rows.at["突破11亿元", "reason_zh"]


def test_only_places_of_one_level_are_ranked_together_and_an_unknown_one_with_none(tmp_path: Path, copied) -> None:  # type: ignore[no-untyped-def]
    places = {"a_unknown": "", "province": "140000", "prefecture": "141100", "one": "141130", "two": "141131000000"}
    for name, code in places.items():
        copied(tmp_path / name, code, entities={} if code else {"jiaokou": {"code": ""}})
    rows = of(jiaokou.catalogues.comparable(tmp_path), "budget_expenditure")
    assert rows["of"].dropna().to_dict() == {"one": 2, "two": 2}
    assert rows["reason"].dropna().to_dict() == {"province": "alone", "prefecture": "alone", "a_unknown": "placed"}


def test_values_of_one_place_that_do_not_agree_are_both_left_out(tmp_path: Path, copied) -> None:  # type: ignore[no-untyped-def]
    core = {"budget_expenditure": {"core": "budget_revenue"}}
    for name in ("one", "two"):
        observed = {"budget_expenditure": {"printed": "10.2亿元", "value": "1020000000"}}
        copied(tmp_path / name, core=core, observations=observed if name == "one" else {})
    rows = jiaokou.catalogues.comparable(tmp_path)
    rows = rows[rows["indicator"] == "budget_revenue"]
    assert set(rows[rows["package"] == "one"]["reason"]) == {"agreeing"}
