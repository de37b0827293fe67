"""A sentence is said only as long as the data bear out what it is given."""

from __future__ import annotations

from typing import Any

import pytest

import jiaokou
from jiaokou import JiaokouError, wording

SAY = wording.narrator("en", jiaokou.open_package())


def said(given: Any, **values: object) -> str:
    return SAY(zh="如此。", en="So it is.", given=given, **values)


@pytest.mark.parametrize(
    "given",
    [
        {"new_energy_one_quantity": "cannot_hold"},
        {"new_energy_one_quantity": "cannot_hold", "started_share_is_whole": "holds"},
        "projects_completed < projects_planned",
        "projects_planned>projects_completed",
        "expressways = named_expressways",
        "total_power_from_built != total_power_from_grid",
        "projects_completed <= 79",
        "projects_completed >= 79",
        "budget_expenditure.value = 1720000000",
        "new_energy_capacity.char_start < grid_connected_capacity.char_start",
        "new_energy_capacity.paragraph = grid_connected_capacity.paragraph",
        [{"started_share_is_whole": "holds"}, "expressways = 2"],
        (),
    ],
    ids=str,
)
def test_what_the_data_bear_out_is_said(given: Any) -> None:
    assert said(given) == "So it is."


@pytest.mark.parametrize(
    ("given", "data"),
    [
        ({"new_energy_one_quantity": "holds"}, r"cannot_hold \(new_energy_capacity printed 90\.7万千瓦, .*870MW\)"),
        ("projects_completed > projects_planned", "projects_completed printed 79个, projects_planned printed 146个"),
        ("expenditure_2020 > 1350000000", "expenditure_2020 1345098039"),
        (["expressways = 2", "expressways = 3"], "expressways = 3, and the data say expressways printed 2条"),
    ],
    ids=str,
)  # fmt: skip
def test_what_they_do_not_is_refused_with_the_sentence_and_the_data(given: Any, data: str) -> None:
    with pytest.raises(JiaokouError, match=f"^“So it is.” does not stand: it is given that .*{data}"):
        said(given)


def test_a_comparison_must_be_true_of_every_value_within_the_bounds() -> None:
    assert said("budget_expenditure >= 1715000000")
    for comparison in ("budget_expenditure >= 1720000000", "budget_expenditure = 1720000000"):
        with pytest.raises(JiaokouError, match="does not stand"):
            said(comparison)
    with pytest.raises(JiaokouError, match="does not stand"):
        said("budget_revenue < budget_expenditure")  # over 1.1 billion: there is no upper end


def test_a_sentence_s_own_values_can_be_compared_and_need_not_be_said() -> None:
    assert said("others = 0", others=0)
    with pytest.raises(JiaokouError, match="given that others = 0, and the data say others is 3"):
        said("others = 0", others=3)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("projects_completed", "“projects_completed” is no comparison; write code, <"),
        ("projects_completed < projects_planned < 200", "is no comparison"),
        ("projects_completed == 79", "is no comparison"),
        ("projects_complete < 79", "did you mean projects_completed"),
        ("projects_completed < budget_revenue", "compares count with CNY"),
        ({"new_energy_one": "holds"}, "unknown relation 'new_energy_one'; did you mean new_energy_one_quantity"),
        ({"new_energy_one_quantity": "hold"}, "unknown verdict 'hold'; did you mean holds"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_whatever_the_data_say(given: Any, named: str) -> None:
    with pytest.raises(JiaokouError, match=named):
        said(given)
