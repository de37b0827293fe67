"""Printed characters say exactly this much, and no more."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokou import precision
from jiaokou.errors import JiaokouError

FORMS = {
    "CNY": {"元": Fraction(1)},
    "t_per_a": {"吨": Fraction(1), "吨/年": Fraction(1)},
    "MW": {"兆瓦": Fraction(1), "MW": Fraction(1), "千瓦": Fraction(1, 1000)},
    "m3": {"m³": Fraction(1)},
    "percent": {"%": Fraction(1)},
    "count": {form: Fraction(1) for form in "个户座条次大"},
    "rank": {},
}


@pytest.mark.parametrize(
    ("printed", "unit", "value", "qualifier", "lower", "upper"),
    [
        ("610.83亿元", "CNY", 61_083_000_000, "exact", 61_082_500_000, 61_083_500_000),
        ("17.2亿元", "CNY", 1_720_000_000, "exact", 1_715_000_000, 1_725_000_000),
        ("突破11亿元", "CNY", 1_100_000_000, "over", 1_100_000_000, None),
        ("10万元以下", "CNY", 100_000, "below", None, 100_000),
        ("31.5万吨/年", "t_per_a", 315_000, "exact", 314_500, 315_500),
        ("百万吨", "t_per_a", 1_000_000, "exact", 500_000, 1_500_000),
        ("三十五万吨", "t_per_a", 350_000, "exact", 345_000, 355_000),
        ("90.7万千瓦", "MW", 907, "exact", 906.5, 907.5),
        ("870MW", "MW", 870, "exact", 869.5, 870.5),
        ("300m³", "m3", 300, "exact", 299.5, 300.5),
        ("85.71%", "percent", 85.71, "exact", 85.705, 85.715),
        ("146个", "count", 146, "exact", 146, 146),
        ("三次", "count", 3, "exact", 3, 3),
        ("两条", "count", 2, "exact", 2, 2),
        ("五大", "count", 5, "exact", 5, 5),
        ("一百零五个", "count", 105, "exact", 105, 105),
        ("超184座", "count", 184, "over", 184, None),
        ("近200户", "count", 200, "nearly", None, 200),
        ("不超过30个", "count", 30, "up_to", None, 30),
        ("约30个", "count", 30, "about", 20, 40),
        ("3万个", "count", 30_000, "exact", 25_000, 35_000),
        ("第一", "rank", 1, "exact", 1, 1),
        ("前三", "rank", 3, "up_to", 1, 3),
        ("一亿二千万元", "CNY", 120_000_000, "exact", 115_000_000, 125_000_000),
        ("十二万亿元", "CNY", 12 * 10**12, "exact", 11.5 * 10**12, 12.5 * 10**12),
    ],
)
def test_printed_characters_are_read_with_their_precision(printed, unit, value, qualifier, lower, upper):
    said = precision.parse(printed, unit, FORMS[unit])
    assert (float(said.value), said.qualifier) == (value, qualifier)
    assert (said.lower and float(said.lower), said.upper and float(said.upper)) == (lower, upper)


@pytest.mark.parametrize("printed", ["", "许多", "亿元以上不", "12公里", "1.2.3亿元", "-5亿元", "12 亿元"])
def test_what_is_no_number_is_refused(printed):
    with pytest.raises(JiaokouError, match=r"holds no number|no printed form"):
        precision.parse(printed, "CNY", FORMS["CNY"])


@given(st.integers(1, 10**6), st.integers(0, 4), st.sampled_from(["", "万", "亿", "万亿"]))
def test_bounds_hold_the_value_and_are_one_last_place_wide(digits, decimals, multiplier):
    number = f"{digits // 10**decimals}.{digits % 10**decimals:0{decimals}d}" if decimals else str(digits)
    said = precision.parse(f"{number}{multiplier}元", "CNY", FORMS["CNY"])
    place = Fraction(1, 10**decimals) * {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}[multiplier]
    assert said.lower < said.value < said.upper
    assert said.upper - said.lower == place


@given(st.integers(1, 99_999_999))
def test_chinese_and_arabic_numerals_agree(number):
    assert precision.parse(f"{_chinese(number)}个", "count", FORMS["count"]).value == number


def _chinese(number: int) -> str:
    """A plain writer of Chinese numerals, to read back."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return _chinese(high) + "万" + (("零" if low < 1000 else "") + _chinese(low) if low else "")
    text, gap = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            text += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = bool(text)
    return text


bounds = st.tuples(st.fractions(1, 10**9), st.fractions(0, 10**6)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)


@given(bounds, bounds, st.floats(0, 1), st.floats(0, 1))
def test_intervals_hold_every_result_of_the_numbers_within(one, other, near, far):
    left, right = (low + (high - low) * Fraction(share) for (low, high), share in ((one, near), (other, far)))
    for formula in (
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
    ):
        low, high = precision.ends(formula(precision.interval(*one), precision.interval(*other)))
        exact = formula(left, right)
        assert low <= float(exact) <= high


def test_a_missing_bound_stays_missing():
    assert precision.ends(precision.interval(Fraction("0.1"), None) * precision.interval(2, 3)) == (0.2, None)
    assert precision.ends(precision.interval(None, 5)) == (None, 5.0)
