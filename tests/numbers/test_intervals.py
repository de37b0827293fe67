"""Intervals hold every result of the numbers within, and their ends only if these are results."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import inf, isinf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokou.numbers.intervals import Interval, exactly

numbers = st.integers(-6, 6)
ends = st.sampled_from([-inf, inf]) | numbers


@st.composite
def intervals(draw):
    low, high = sorted((draw(ends), draw(ends)))
    low, high = (-inf if low == inf else low), (inf if high == -inf else high)
    closed = low == high
    return Interval(low, high, not closed and draw(st.booleans()), not closed and draw(st.booleans()))


def members(interval):
    """Some numbers of an interval: its ends, what lies close to them, and what lies far out."""
    tried = {Fraction(n, 4) for n in range(-40, 41)} | {Fraction(n, 1000) for n in (-1, 1)}
    tried |= {
        end + step
        for end in (interval.low, interval.high)
        if not isinf(end)
        for step in (0, Fraction(1, 97), -Fraction(1, 97))
    }
    return [number for number in tried if number in interval]


@settings(deadline=None)
@given(intervals(), intervals())
def test_every_result_of_numbers_within_lies_in_the_result(one, two):
    for a, b in product(members(one)[::5], members(two)[::5]):
        assert a + b in one + two
        assert a - b in one - two
        assert a * b in one * two
        if b:
            assert a / b in one / two


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Interval(1, 2, True) * Interval(3, 4), Interval(3, 8, True, False)),
        (Interval(-1, 2, True) * Interval(-3, 4), Interval(-6, 8)),
        (Interval(0, 2) * Interval(3, inf, True), Interval(0, inf)),
        (Interval(0, 2, True) * Interval(3, inf), Interval(0, inf, True)),
        (exactly(1) / Interval(2, inf), Interval(0, Fraction(1, 2), True, False)),
        (exactly(1) / Interval(0, 4, True), Interval(Fraction(1, 4), inf)),
        (exactly(1) / Interval(-1, 1), Interval()),
        (exactly(3) - Interval(1, 2, True), Interval(1, 2, False, True)),
    ],
)
def test_an_end_belongs_to_a_result_only_if_it_is_one(result, expected):
    assert (result.low, result.high) == (expected.low, expected.high)
    for end, is_open, other in (
        (result.low, result.low_open, expected.low_open),
        (result.high, result.high_open, expected.high_open),
    ):
        assert isinf(end) or is_open == other


@given(intervals(), intervals())
def test_intervals_meet_exactly_if_a_number_lies_in_both(one, two):
    # Whole ends: if they share anything, they share an end, the middle of two neighbours, or something far out.
    both = set(members(one)) & set(members(two))
    assert one.meets(two) == two.meets(one) == bool(both)
    assert not (one.meets(two) and one.gap(two))


def test_the_gap_is_the_distance_of_what_does_not_meet():
    assert Interval(1, 2).gap(Interval(5)) == Interval(5).gap(Interval(1, 2)) == 3
    assert Interval(1, 2, high_open=True).gap(exactly(2)) == 0


@given(intervals())
def test_whole_numbers_are_those_within(interval):
    within = [n for n in range(-10, 11) if n in interval]
    found = interval.whole_numbers()
    assert (found is None) == (not within)
    if found is not None:
        assert [n for n in range(-10, 11) if n in found] == within
