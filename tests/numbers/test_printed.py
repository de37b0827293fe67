"""Printed characters say exactly this much, and no more."""

from __future__ import annotations

import time
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokou.errors import JiaokouError
from jiaokou.numbers import printed as precision

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
        ("10万元以下", "CNY", 100_000, "up_to", None, 100_000),
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
        ("二十个", "count", 20, "exact", 20, 20),
        ("一百个", "count", 100, "exact", 100, 100),
        ("一万二千个", "count", 12_000, "exact", 11_500, 12_500),
        ("1.5万个", "count", 15_000, "exact", 14_500, 15_500),
        ("100多个", "count", 100, "over", 100, None),
        ("十余个", "count", 10, "over", 10, None),
        ("10余万吨", "t_per_a", 100_000, "over", 100_000, None),
        ("三万多吨", "t_per_a", 30_000, "over", 30_000, None),
        ("约0.5%", "percent", 0.5, "about", 0.45, 0.55),
        ("约12.5%", "percent", 12.5, "about", 12.4, 12.6),
        ("超184座", "count", 184, "over", 184, None),
        ("近200户", "count", 200, "nearly", None, 200),
        ("不超过30个", "count", 30, "up_to", None, 30),
        ("约30个", "count", 30, "about", 28.5, 31.5),
        ("约100个", "count", 100, "about", 95, 105),
        ("约3个", "count", 3, "about", 2.5, 3.5),
        ("约5%左右", "percent", 5, "about", 4.5, 5.5),
        ("达到95%以上", "percent", 95, "at_least", 95, None),
        ("不到5%", "percent", 5, "below", None, 5),
        ("最多30个", "count", 30, "up_to", None, 30),
        ("低于5%", "percent", 5, "below", None, 5),
        ("5%以内", "percent", 5, "up_to", None, 5),
        ("-0.5%", "percent", -0.5, "exact", -0.55, -0.45),
        ("负0.3%", "percent", -0.3, "exact", -0.35, -0.25),
        ("下降6.6%", "percent", -6.6, "exact", -6.65, -6.55),
        ("下降超6%", "percent", -6, "below", None, -6),
        ("不超过-5%", "percent", -5, "up_to", None, -5),
        ("１２．５％", "percent", 12.5, "exact", 12.45, 12.55),
        ("12,000个", "count", 12_000, "exact", 12_000, 12_000),
        ("五成", "percent", 50, "exact", 45, 55),
        ("百分之五", "percent", 5, "exact", 4.5, 5.5),
        ("上百个", "count", 100, "at_least", 100, None),
        ("3千余户", "count", 3000, "over", 3000, None),
        ("123456789012.34元", "CNY", 123456789012.34, "exact", 123456789012.335, 123456789012.345),
        ("12 亿元", "CNY", 1_200_000_000, "exact", 1_150_000_000, 1_250_000_000),
        ("突破万亿元", "CNY", 10**12, "over", 10**12, None),
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
    assert tuple(end and float(end) for end in said.bounds) == (lower, upper)


@pytest.mark.parametrize("printed", ["", "许多", "亿元以上不", "12公里", "1.2.3亿元"])
def test_what_is_no_number_is_refused(printed):
    with pytest.raises(JiaokouError, match=r"holds no number|no printed form|no number before"):
        precision.parse(printed, "CNY", FORMS["CNY"])


@pytest.mark.parametrize(
    "printed", ["二〇二五", "十四五", "两三", "一万二", "三百五", "十百", "三千五千", "一万" * 40 + "五"]
)
def test_a_numeral_with_two_readings_is_refused_instead_of_guessed(printed):
    with pytest.raises(JiaokouError, match="can be read in more than one way"):
        precision.parse(f"{printed}个", "count", FORMS["count"])


@pytest.mark.parametrize(
    ("printed", "unit", "named"),
    [
        ("亿元", "CNY", "no number before “亿”; key it from its first digit on"),
        ("1.2—1.5亿元", "CNY", "is a range, and an observation has one value; leave it out"),
        ("数十个", "count", "does not say how many; leave it out, and list its numeral"),
        ("十几个", "count", "does not say how many"),
        ("约100余个", "count", "says both about and over; key it with one"),
        ("下降-5%", "percent", "is negative twice"),
        ("146", "count", "has no unit after the number; key it with its unit, which is count"),
        ("146元", "count", "no printed form of the unit count; give the indicator another unit, or add"),
    ],
)
def test_what_cannot_be_read_says_what_to_key(printed, unit, named):
    with pytest.raises(JiaokouError, match=named):
        precision.parse(printed, unit, FORMS[unit])


def test_a_third_is_kept_exactly():
    assert precision.parse("三分之一", "percent", FORMS["percent"]).value == Fraction(100, 3)


def seconds_to_read(length: int, text: str) -> float:
    """The least of three tries: what else the machine does only ever adds."""
    long = text * (length // len(text))
    tries = []
    for _ in range(3):
        begun = time.process_time()
        sum(1 for _ in precision.NUMERAL.finditer(long))
        for printed in (long, long[:100]):
            with pytest.raises(JiaokouError):
                precision.parse(printed, "MW", FORMS["MW"])
        tries.append(time.process_time() - begun)
    return min(tries)


@pytest.mark.parametrize("text", ["1", "万", "一", "x", "交口县", "aGVsbG8=", "千百十", "-", "超", "以上"])
def test_long_text_is_read_in_time_proportional_to_its_length(text):
    assert seconds_to_read(200_000, text) < 8 * seconds_to_read(50_000, text)  # a square would be 16


@given(st.integers(1, 10**6), st.integers(0, 4), st.sampled_from(["", "万", "亿", "万亿"]))
def test_bounds_hold_the_value_and_are_one_last_place_wide(digits, decimals, multiplier):
    number = f"{digits // 10**decimals}.{digits % 10**decimals:0{decimals}d}" if decimals else str(digits)
    said = precision.parse(f"{number}{multiplier}元", "CNY", FORMS["CNY"])
    place = Fraction(1, 10**decimals) * {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}[multiplier]
    lower, upper = said.bounds
    assert lower < said.value < upper
    assert upper - lower == place


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


@given(st.integers(1, 10**6), st.integers(0, 4), st.fractions(0, 1), st.sampled_from(precision.RULES))
def test_a_number_lies_in_the_interval_of_what_it_is_printed_as(digits, decimals, beyond, rule):
    true = (digits + beyond) / Fraction(10**decimals)
    said = precision.parse(f"{printed(true, decimals, rule)}亿元", "CNY", FORMS["CNY"])
    assert true * 10**8 in said.interval(rule)
    assert true * 10**8 in said.interval()


def printed(true: Fraction, decimals: int, rule: str) -> str:
    """A number as a printer who rounds by `rule` sets it."""
    mode = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "truncation": ROUND_DOWN}[rule]
    with localcontext(prec=60):
        exact = Decimal(true.numerator) / Decimal(true.denominator)
        return f"{exact.quantize(Decimal(1).scaleb(-decimals), mode):f}"


@pytest.mark.parametrize(
    ("text", "member", "no_member"),
    [
        ("超184座", 185, 184),
        ("184座以上", 184, 183),
        ("近200户", 199, 200),
        ("不足200户", 199, 200),
        ("200户以下", 200, 201),
        ("不超过30个", 30, 31),
    ],
)
def test_a_qualifying_word_says_whether_the_number_itself_is_meant(text, member, no_member):
    interval = precision.parse(text, "count", FORMS["count"]).interval()
    assert member in interval
    assert no_member not in interval


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [("half_up", True, False), ("half_even", False, False), ("truncation", False, True), ("", True, True)],
)
def test_the_ends_of_a_rounded_number_belong_to_it_as_the_rule_says(rule, low, high):
    interval = precision.parse("85.71%", "percent", FORMS["percent"]).interval(rule)
    assert (Fraction("85.705") in interval, Fraction("85.715") in interval) == (low, high)


def test_emphasis_is_no_bound():
    assert precision.parse("高达82%", "percent", FORMS["percent"]).qualifier == "exact"


def test_a_misprint_is_another_digit_and_never_a_leading_zero():
    said = precision.parse("90.7万千瓦", "MW", FORMS["MW"])
    assert said.digits == (7, 0, 9)
    wrong = {power: [digit for place, digit, _ in said.misprints() if place == power] for power in range(3)}
    assert wrong == {0: [0, 1, 2, 3, 4, 5, 6, 8, 9], 1: [1, 2, 3, 4, 5, 6, 7, 8, 9], 2: [1, 2, 3, 4, 5, 6, 7, 8]}
    assert {change for place, digit, change in said.misprints() if (place, digit) == (2, 1)} == {-800}
    below_one = precision.parse("0.05%", "percent", FORMS["percent"])
    assert below_one.digits == (5, 0, 0)
    less = precision.parse("3.5%", "percent", FORMS["percent"]).misprints()
    assert [digit for power, digit, _ in less if power == 1] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
