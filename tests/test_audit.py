"""Relations are judged by what the print allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jiaokou
from jiaokou.audit import _overlap, _whole_numbers


def test_every_relation_comes_to_the_verdict_known_for_this_release():
    frame = jiaokou.audit()
    assert list(frame["verdict"]) == list(frame["known"])


@pytest.mark.parametrize(
    ("relation", "verdict"),
    [
        ("started_share_is_whole", "holds"),
        ("new_energy_one_quantity", "cannot_hold"),
        ("grid_within_new_energy", "holds_under_reading"),
        ("expenditure_growth_needs_base", "cannot_tell"),
        ("stations_are_villages", "cannot_hold"),
        ("safety_systems_as_listed", "holds"),
    ],
)
def test_relations_an_expert_finds_by_hand(relation, verdict):
    assert jiaokou.audit().set_index("relation").at[relation, "verdict"] == verdict


def test_a_share_that_no_count_can_print_as_does_not_hold():
    """85.70 % of 35 is 29.995: no whole number of projects prints so."""
    assert _whole_numbers((29.99325, 29.99675)) == (float("inf"), -float("inf"))
    assert _whole_numbers((29.99675, 30.00025)) == (30, 30)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_intervals_overlap_exactly_when_a_number_lies_in_both(low, width, other, reach):
    one, two = (low, low + width), (other, other + reach)
    assert _overlap(one, two) == (max(one[0], two[0]) <= min(one[1], two[1]))
    assert _overlap(one, (None, None))
